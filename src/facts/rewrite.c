/* rewrite.c - a part with other names.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "facts/rewrite.h"

#include <string.h>

#include "facts/schema.h"

static bool has_names(const struct record *r)
{
	for (size_t i = 0; i < r->fields_n; i++)
		if (r->fields[i].is_name)
			return true;
	return false;
}

static bool rewrite_row(const struct record *r, uint8_t *row, rewrite_fn *rewrite, void *ctx)
{
	for (size_t i = 0; i < r->fields_n; i++) {
		struct span name;

		if (!r->fields[i].is_name)
			continue;
		memcpy(&name, row + r->fields[i].offset, sizeof(name));
		name = rewrite(ctx, name);
		if (!name.p)
			return false;
		memcpy(row + r->fields[i].offset, &name, sizeof(name));
	}
	return true;
}

bool part_rewrite(
	const struct part *p, struct arena *a, rewrite_fn *rewrite, void *ctx, struct part *out)
{
	*out = *p;
	for (size_t i = 0; i < RECORDS; i++) {
		const struct record *r = &part_records[i];
		struct raw_vec *v = (struct raw_vec *)(void *)((uint8_t *)out + r->offset);
		uint8_t *rows = v->n && has_names(r) ? arena_array(a, v->n, r->size) : NULL;

		if (!v->n || !has_names(r))
			continue;
		if (!rows)
			return false;
		memcpy(rows, v->p, v->n * r->size);
		v->p = rows;
		v->cap = v->n;
		for (size_t k = 0; k < v->n; k++)
			if (!rewrite_row(r, rows + k * r->size, rewrite, ctx))
				return false;
	}
	return true;
}
