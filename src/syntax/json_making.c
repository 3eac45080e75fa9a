/* json_making.c - lists and objects from the members that a parser finds.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include "syntax/json_value.h"

enum { FEW = 24 }; /* members that are compared each with each */

const char json_no_room[] = "it needs too much memory";

static int compare_names(const void *a, const void *b)
{
	return span_cmp(
		(*(const struct json *const *)a)->name, (*(const struct json *const *)b)->name);
}

static bool has_twice(struct json_making *m, const struct json *p, size_t n)
{
	if (n <= FEW) {
		for (size_t i = 1; i < n; i++)
			for (size_t j = 0; j < i; j++)
				if (span_eq(p[i].name, p[j].name))
					return true;
		return false;
	}
	m->sorting.len = 0;
	for (size_t i = 0; i < n; i++) {
		const struct json *v = &p[i];

		buf_bytes(&m->sorting, &v, sizeof(v));
	}
	if (m->sorting.failed)
		return false;
	const struct json **sorted = (const struct json **)(void *)m->sorting.p;

	qsort(sorted, n, sizeof(*sorted), compare_names);
	for (size_t i = 1; i < n; i++)
		if (span_eq(sorted[i - 1]->name, sorted[i]->name))
			return true;
	return false;
}

bool json_making_add(struct json_making *m, const struct json *v)
{
	buf_bytes(&m->pending, v, sizeof(*v));
	return !m->pending.failed;
}

size_t json_making_mark(const struct json_making *m)
{
	return m->pending.len;
}

const char *json_making_end(struct json_making *m, size_t mark, struct json *v)
{
	size_t bytes = m->pending.len - mark;

	v->members.n = bytes / sizeof(*v);
	v->members.p = arena_alloc(m->arena, bytes);
	if (v->members.p && bytes)
		memcpy(v->members.p, m->pending.p + mark, bytes);
	m->pending.len = mark;
	if (!v->members.p)
		return json_no_room;
	if (v->kind == JSON_DICT && has_twice(m, v->members.p, v->members.n))
		return "a key twice";
	return NULL;
}

bool json_making_failed(const struct json_making *m)
{
	return m->pending.failed || m->sorting.failed;
}

void json_making_release(struct json_making *m)
{
	buf_release(&m->pending);
	buf_release(&m->sorting);
}
