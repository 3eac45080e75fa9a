/* arena.h - memory that is freed all at once, and growing arrays in it.
 *
 * malloc is called in base/ only. An arena has a byte limit: over it
 * arena_alloc returns NULL and the caller answers SCOV_E_LIMIT.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stddef.h>

#include "base/span.h"

struct arena_chunk;

/* { .limit = bytes } is a ready arena; limit 0 means no limit of its own. */
struct arena {
	size_t limit;
	size_t used; /* bytes handed out, padding included */
	struct arena_chunk *head;
};

/* Zeroed, aligned to 16. NULL over the limit or without memory. Size 0 gives a valid pointer. */
void *arena_alloc(struct arena *a, size_t size);
void *arena_array(struct arena *a, size_t count, size_t size); /* NULL on overflow too */
/* A copy. On failure .p is NULL; the copy of an empty span has .p set and .len 0. */
struct span arena_dup(struct arena *a, struct span s);
char *arena_cstr(
	struct arena *a, struct span s); /* NUL added; NULL on failure or when s holds a NUL */
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void arena_reset(struct arena *a);   /* empty again; keeps one chunk */
void arena_release(struct arena *a); /* takes NULL */

#define scoped_arena __attribute__((cleanup(arena_release)))

/* A growing array of T in an arena:  VEC(struct entry) entries = { 0 };
 * struct entry *e = vec_push(&entries, arena);   NULL when the arena is full. */
#define VEC(T)                                                                                     \
	struct {                                                                                   \
		T *p;                                                                              \
		size_t n, cap;                                                                     \
	}
#define vec_push(v, a)                                                                             \
	((__typeof__((v)->p))vec_push_raw(                                                         \
		(void **)&(v)->p, &(v)->n, &(v)->cap, sizeof(*(v)->p), (a)))
void *vec_push_raw(void **p, size_t *n, size_t *cap, size_t size, struct arena *a);

/* Heap memory for what an arena does not fit: rings, codec states. NULL without memory; zeroed. */
void *mem_alloc(size_t size);
void mem_free(void *p);
#define scoped_mem __attribute__((cleanup(mem_free_at)))
void mem_free_at(void *pp);
