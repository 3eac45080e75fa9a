/* arena.c - memory that is freed all at once, and growing arrays in it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/arena.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

enum { ALIGN = 16, CHUNK_MIN = 4096, CHUNK_MAX = 1 << 20 };

struct arena_chunk {
	struct arena_chunk *next;
	size_t cap, used;
	_Alignas(ALIGN) uint8_t bytes[];
};

static struct arena_chunk *chunk_new(struct arena *a, size_t need)
{
	size_t cap = a->head ? a->head->cap * 2 : CHUNK_MIN;

	if (cap > CHUNK_MAX)
		cap = CHUNK_MAX;
	if (cap < need)
		cap = need;
	/* One for a single large thing is of fresh pages: they cost nothing until they are used. */
	struct arena_chunk *c =
		cap == need ? calloc(1, sizeof(*c) + cap) : malloc(sizeof(*c) + cap);

	if (!c)
		return NULL;
	c->cap = cap;
	c->used = 0;
	c->next = a->head;
	a->head = c;
	return c;
}

static atomic_size_t fail_in;

size_t arena_fail_nth(size_t n)
{
	return atomic_exchange(&fail_in, n);
}

static bool is_the_nth(void)
{
	return atomic_load_explicit(&fail_in, memory_order_relaxed) && --fail_in == 0;
}

static void *fail(struct arena *a, int code)
{
	a->failed = code;
	return NULL;
}

void *arena_alloc(struct arena *a, size_t size)
{
	if (a->failed)
		return NULL;
	if (size > SIZE_MAX / 4)
		return fail(a, SCOV_E_LIMIT);
	size_t need = (size + ALIGN - 1) / ALIGN * ALIGN;

	if (need == 0)
		need = ALIGN;
	if (a->limit && (need > a->limit || a->used > a->limit - need))
		return fail(a, SCOV_E_LIMIT);
	struct arena_chunk *c = a->head;
	bool is_zero = false;

	if (!c || c->cap - c->used < need) {
		c = chunk_new(a, need);
		is_zero = c && c->cap == need;
	}
	if (!c || is_the_nth())
		return fail(a, SCOV_E_MEMORY);
	void *p = c->bytes + c->used;

	c->used += need;
	a->used += need;
	return is_zero ? p : memset(p, 0, need);
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	size_t bytes;

	return arena_alloc(a, __builtin_mul_overflow(count, size, &bytes) ? SIZE_MAX : bytes);
}

int arena_check(const struct arena *a, struct scov_err *err)
{
	if (a->failed == SCOV_E_LIMIT)
		return err_fail(err, SCOV_E_LIMIT, "needs more than %zu bytes of memory", a->limit);
	return a->failed ? err_memory(err) : 0;
}

void arena_fail(struct arena *a)
{
	a->failed = a->failed ? a->failed : SCOV_E_MEMORY;
}

void arena_reopen(struct arena *a, size_t more)
{
	a->limit = a->used + more;
	a->failed = 0;
}

struct span arena_dup(struct arena *a, struct span s)
{
	uint8_t *p = arena_alloc(a, s.len);

	if (p && s.len)
		memcpy(p, s.p, s.len);
	return p ? span_of(p, s.len) : (struct span){ 0 };
}

char *arena_cstr(struct arena *a, struct span s)
{
	if (span_find(s, 0) < s.len)
		return NULL;
	char *p = arena_alloc(a, s.len + 1);

	if (p && s.len)
		memcpy(p, s.p, s.len);
	return p;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;

	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	char *p = arena_alloc(a, n < 0 ? SIZE_MAX : (size_t)n + 1);

	if (p)
		vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	va_end(ap);
	return p;
}

void arena_reset(struct arena *a)
{
	struct arena_chunk *keep = a->head;

	a->failed = 0;
	if (!a->used)
		return;
	for (struct arena_chunk *c = keep->next, *next; c; c = next) {
		next = c->next;
		free(c);
	}
	keep->next = NULL;
	keep->used = 0;
	a->used = 0;
	if (keep->cap > CHUNK_MAX) {
		free(keep);
		a->head = NULL;
	}
}

void arena_release(struct arena *a)
{
	if (!a)
		return;
	for (struct arena_chunk *c = a->head, *next; c; c = next) {
		next = c->next;
		free(c);
	}
	a->head = NULL;
	a->used = 0;
	a->failed = 0;
}

void *vec_push_raw(void **p, size_t *n, size_t *cap, size_t size, struct arena *a)
{
	if (a->failed)
		return NULL;
	if (*n == *cap) {
		size_t more = *cap ? *cap * 2 : 8;
		void *q = arena_array(a, more, size);

		if (!q)
			return NULL;
		if (*n)
			memcpy(q, *p, *n * size);
		*p = q;
		*cap = more;
	}
	return (uint8_t *)*p + (*n)++ * size;
}

bool vec_add_raw(void **p, size_t *n, size_t *cap, size_t size, struct arena *a, const void *value)
{
	void *row = vec_push_raw(p, n, cap, size, a);

	if (row)
		memcpy(row, value, size);
	return row;
}

void *mem_alloc(size_t size)
{
	return calloc(1, size ? size : 1);
}

void mem_free(void *p)
{
	free(p);
}

void mem_free_at(void *pp)
{
	free(*(void **)pp);
}
