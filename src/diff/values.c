/* values.c - two JSON documents, value by value.
 *
 * What only follows from other differences is left out: the digests and sizes of config and layers
 * in the manifest, the diff_ids of the config.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include "diff/parts.h"

static int by_pointer(const void *x, const void *y, void *ctx)
{
	const struct value_fact *const *a = x, *const *b = y;
	int d = span_cmp((*a)->pointer, (*b)->pointer);

	(void)ctx;
	return d ? d : (*a > *b) - (*a < *b);
}

static const struct value_fact **sorted(struct comparing *c, const struct part *p)
{
	const struct value_fact **list = arena_array(c->scratch, p->values.n + 1, sizeof(*list));

	for (size_t i = 0; list && i < p->values.n; i++)
		list[i] = &p->values.p[i];
	if (list)
		qsort_r(list, p->values.n, sizeof(*list), by_pointer, NULL);
	return list;
}

static const struct {
	bool is_config;
	struct span head, tail;
	uint8_t kind; /* DIFFERENCE_KINDS: it follows from others */
} rows[] = {
	{ true, SPAN_INIT("/created"), SPAN_INIT("/created"), DIFFER_TIME },
	{ true, SPAN_INIT("/history/"), SPAN_INIT("/created"), DIFFER_TIME },
	{ true, SPAN_INIT("/history"), SPAN_INIT(""), DIFFER_HISTORY },
	{ true, SPAN_INIT("/rootfs/"), SPAN_INIT(""), DIFFERENCE_KINDS },
	{ true, SPAN_INIT(""), SPAN_INIT(""), DIFFER_CONFIG },
	{ false, SPAN_INIT("/annotations"), SPAN_INIT(""), DIFFER_ANNOTATIONS },
	{ false, SPAN_INIT("/layers/"), SPAN_INIT("/digest"), DIFFERENCE_KINDS },
	{ false, SPAN_INIT("/layers/"), SPAN_INIT("/size"), DIFFERENCE_KINDS },
	{ false, SPAN_INIT("/layers/"), SPAN_INIT("/mediaType"), DIFFERENCE_KINDS },
	{ false, SPAN_INIT("/config/digest"), SPAN_INIT("/digest"), DIFFERENCE_KINDS },
	{ false, SPAN_INIT("/config/size"), SPAN_INIT("/size"), DIFFERENCE_KINDS },
	{ false, SPAN_INIT(""), SPAN_INIT(""), DIFFER_MANIFEST },
};

static uint8_t kind_of(struct span pointer, bool is_config)
{
	struct span rest = span_from(pointer, sizeof("/layers/") - 1);

	/* Annotations of a layer may have any name. */
	if (!is_config && span_starts(pointer, SPAN("/layers/")) &&
		span_starts(span_from(rest, span_find(rest, '/')), SPAN("/annotations")))
		return DIFFER_ANNOTATIONS;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].is_config == is_config && span_starts(pointer, rows[i].head) &&
			span_ends(pointer, rows[i].tail))
			return rows[i].kind;
	return DIFFER_CONFIG;
}

static void note(
	struct comparing *c, const struct value_fact *a, const struct value_fact *b, bool is_config)
{
	struct span pointer = a ? a->pointer : b->pointer;
	uint8_t kind = kind_of(pointer, is_config);
	struct difference *d = kind == DIFFERENCE_KINDS
				       ? NULL
				       : diff_note(c, (enum difference_kind)kind, pointer, NULL);

	if (!d)
		return;
	d->a = a ? arena_dup(c->arena, a->value) : (struct span){ 0 };
	d->b = b ? arena_dup(c->arena, b->value) : (struct span){ 0 };
	if (a && b && span_eq(a->value, b->value))
		d->why = "they differ in what is masked or not shown";
}

int diff_values(struct comparing *c, const struct part *a, const struct part *b, bool is_config,
	struct scov_err *err)
{
	const struct value_fact **x = sorted(c, a), **y = sorted(c, b);

	if (!x || !y)
		return arena_check(c->scratch, err);
	for (size_t i = 0, j = 0; (i < a->values.n || j < b->values.n) && watch_on(c->watch);) {
		int d = i == a->values.n   ? 1
			: j == b->values.n ? -1
					   : span_cmp(x[i]->pointer, y[j]->pointer);

		if (d || !span_eq(x[i]->content, y[j]->content))
			note(c, d <= 0 ? x[i] : NULL, d >= 0 ? y[j] : NULL, is_config);
		i += d <= 0;
		j += d >= 0;
	}
	return watch_check(c->watch, err);
}
