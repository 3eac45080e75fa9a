/* symbols.c - whether the Go programs that a module is linked into hold what is vulnerable of it.
 *
 * Every copy counts, those that later layers buried too: one that may hold a symbol is enough.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include "advisory/match/parts.h"
#include "base/search.h"
#include "facts/symbols.h"

static int by_fact(const void *a, const void *b)
{
	const struct linked *x = a, *y = b;

	return package_cmp(x->fact, y->fact);
}

static int fact_and_key(const void *row, const void *key)
{
	return package_cmp(((const struct linked *)row)->fact, key);
}

/* The filter of a program; empty: none was made. */
static struct span filter_of(const struct part *p, uint32_t entry)
{
	for (size_t i = 0; i < p->symbols.n; i++)
		if (p->symbols.p[i].entry == entry)
			return p->symbols.p[i].bits;
	return (struct span){ 0 };
}

static void add_part(struct matcher *m, const struct part *p)
{
	struct linked one = { 0 };

	for (size_t i = 0; i < p->packages.n; i++) {
		if (p->packages.p[i].type != PACKAGE_GO)
			continue;
		/* those of one program follow each other */
		if (!one.fact || one.fact->entry != p->packages.p[i].entry)
			one.filter = filter_of(p, p->packages.p[i].entry);
		one.fact = &p->packages.p[i];
		vec_add(&m->linked, m->a, &one);
	}
}

static void collect(struct matcher *m)
{
	m->has_linked = true;
	for (size_t i = 0; m->image->parts && i < m->image->layers_n; i++)
		if (m->image->parts[i])
			add_part(m, m->image->parts[i]);
	if (m->linked.n)
		qsort(m->linked.p, m->linked.n, sizeof(*m->linked.p), by_fact);
}

static bool may_have_any(struct span filter, const struct flaw *f)
{
	for (size_t i = 0; i < f->symbols.n; i++)
		if (!filter.len || symbols_may_have(filter, f->symbols.p[i]))
			return true;
	return false;
}

/* As the report that is graded again says. Of other symbols than it looked for it says nothing. */
static bool was_absent(const struct matcher *m, const struct image_package *p, const struct flaw *f,
	struct span digest)
{
	for (size_t i = 0; i < m->opt->absent_n; i++) {
		const struct absent_symbols *one = &m->opt->absent[i];

		if (span_eq(one->id, f->id) && span_eq(one->package, p->fact->name) &&
			span_eq(one->version, p->fact->version) && digest.len &&
			span_eq(one->symbols, digest))
			return true;
	}
	return false;
}

bool match_lacks_symbols(struct matcher *m, const struct image_package *p, const struct flaw *f,
	struct span digest)
{
	size_t first, i;

	if (p->fact->type != PACKAGE_GO)
		return false;
	if (!m->has_linked)
		collect(m);
	first = vec_first(&m->linked, p->fact, fact_and_key);
	for (i = first; i < m->linked.n && !package_cmp(m->linked.p[i].fact, p->fact); i++)
		if (may_have_any(m->linked.p[i].filter, f))
			return false;
	return i > first || was_absent(m, p, f, digest);
}
