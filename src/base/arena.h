/* arena.h - memory that is freed all at once, and growing arrays in it.
 *
 * malloc is called in base/ only. An arena has a byte limit. Failure is sticky, as in a buffer or a
 * cursor: an allocation over the limit, or without memory, marks the arena as failed, and from then
 * on every allocation and every push fails. So a step allocates as it goes, leaves out what it did
 * not get, and asks arena_check once at its end. What a failed arena holds is incomplete: whoever
 * made it returns the error and shows none of it.
 *
 * After a failure arena_alloc, arena_array, arena_cstr, arena_printf and vec_push return NULL, and
 * arena_dup the empty span with .p NULL. An empty span is safe to read; who writes through a
 * pointer looks at it first.
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
	int failed; /* 0, SCOV_E_LIMIT or SCOV_E_MEMORY */
};

struct scov_err;

/* Why an allocation failed since the last reset: SCOV_E_LIMIT, SCOV_E_MEMORY; 0: none did. */
static inline int arena_failed(const struct arena *a)
{
	return a->failed;
}
/* The same, and *err is filled. */
int arena_check(const struct arena *a, struct scov_err *err);
/* Marks it as failed: what belongs in it could not be made for want of memory elsewhere. */
void arena_fail(struct arena *a);
/* Usable again with `more` bytes over what it holds: for the words that say that it failed. */
void arena_reopen(struct arena *a, size_t more);
/* For tests: the n-th allocation from now, of all arenas, fails as if memory ran out; 0: none.
 * Returns how many were left to the one set before; 0: it has failed. */
size_t arena_fail_nth(size_t n);

/* Zeroed, aligned to 16. Size 0 gives a valid pointer. */
void *arena_alloc(struct arena *a, size_t size);
void *arena_array(struct arena *a, size_t count, size_t size); /* an overflow is a failure too */
/* A copy; that of an empty span has .p set and .len 0. */
struct span arena_dup(struct arena *a, struct span s);
/* NUL added; NULL also when s holds a NUL, which is not a failure of the arena. */
char *arena_cstr(struct arena *a, struct span s);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void arena_reset(struct arena *a);   /* empty and usable again; keeps one chunk */
void arena_release(struct arena *a); /* the same, and keeps none; accepts NULL */

#define scoped_arena __attribute__((cleanup(arena_release)))

/* A growing array of T in an arena:  VEC(struct entry) entries = { 0 };
 * struct entry *e = vec_push(&entries, arena);   NULL: the arena failed */
#define VEC(T)                                                                                     \
	struct {                                                                                   \
		T *p;                                                                              \
		size_t n, cap;                                                                     \
	}
#define vec_push(v, a)                                                                             \
	((__typeof__((v)->p))vec_push_raw(                                                         \
		(void **)&(v)->p, &(v)->n, &(v)->cap, sizeof(*(v)->p), (a)))
void *vec_push_raw(void **p, size_t *n, size_t *cap, size_t size, struct arena *a);
/* The same with a copy of what the third argument points to. False: the arena failed. */
#define vec_add(v, a, ...)                                                                         \
	vec_add_raw((void **)&(v)->p, &(v)->n, &(v)->cap, sizeof(*(v)->p), (a),                    \
		1 ? (__VA_ARGS__) : (v)->p)
bool vec_add_raw(void **p, size_t *n, size_t *cap, size_t size, struct arena *a, const void *value);

/* Heap memory for what an arena does not fit: rings, codec states. NULL without memory; zeroed. */
void *mem_alloc(size_t size);
void mem_free(void *p);
#define scoped_mem __attribute__((cleanup(mem_free_at)))
void mem_free_at(void *pp);
