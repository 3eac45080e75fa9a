/* vulns.c - words and counts of vulnerabilities, as all writers have them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "report/vulns.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/hashtable.h"
#include "facts/matches.h"

_Static_assert(sizeof(((struct vulns_summary *)0)->ratings) / sizeof(size_t) == RATINGS,
	"a count for each rating");

const char *vulns_class_text(uint8_t classes)
{
	return classes & FEED_PARTIAL  ? "a part"
	       : classes & FEED_UNFIXED  ? "fixed and unfixed"
	       : classes & FEED_FIXED  ? "fixed only"
	       : classes & FEED_RATING ? "ratings"
				       : "none";
}

bool vulns_counts(const struct report *r, bool only_fixed, size_t i)
{
	const struct vulnerability *v = &r->matches->list.p[i];

	return vulnerability_counts(v, span_eq(r->profile, SPAN("strict"))) &&
	       (!only_fixed || v->fix_state == FIX_FIXED);
}

/* A source builds many packages, and one upgrade mends all. */
static struct span group_name(const struct package_fact *p)
{
	return p->source.len && p->type != PACKAGE_RPM ? p->source : p->name;
}

static void add(struct vulns_group *g, const struct vulnerability *v)
{
	if (!g->n++ || v->rating > g->rating) {
		g->rating = v->rating;
		g->worst = 0;
	}
	g->worst += v->rating == g->rating;
}

static void by_package(struct vulns_summary *s, struct table *t, struct hash_key key,
	struct arena *a, const struct vulnerability *v)
{
	struct span name = group_name(v->package->fact);
	uint64_t hash = hash_span(key, name);
	struct table_slot *slot;

	if (!table_room(t, a))
		return;
	slot = table_next(t, hash, NULL);
	while (slot->row && !span_eq(group_name(s->packages.p[slot->row - 1].package->fact), name))
		slot = table_next(t, hash, slot);
	if (!slot->row) {
		if (!vec_add(&s->packages, a, &((struct vulns_group){ .package = v->package })))
			return;
		table_put(t, slot, hash, s->packages.n - 1);
	}
	add(&s->packages.p[slot->row - 1], v);
}

static int most_first(const void *left, const void *right)
{
	const struct vulns_group *a = left, *b = right;

	if (a->n != b->n)
		return a->n < b->n ? 1 : -1;
	return package_cmp(a->package->fact, b->package->fact);
}

void vulns_sum(const struct report *r, bool only_fixed, struct arena *a, struct vulns_summary *out)
{
	size_t layers = r->image->layers_n + 1;
	struct vulns_group *by_layer = arena_array(a, layers, sizeof(*by_layer));
	struct hash_key key = hash_random_key();
	struct table names = { 0 };

	*out = (struct vulns_summary){ 0 };
	for (size_t i = 0; by_layer && r->matches && i < r->matches->list.n; i++) {
		const struct vulnerability *v = &r->matches->list.p[i];

		if (!vulns_counts(r, only_fixed, i)) {
			out->unimportant += v->is_unimportant && v->status == MATCH_AFFECTED;
			continue;
		}
		bool is_base = vulnerability_is_base(v, r->image);
		uint32_t layer = v->package->layer < layers ? v->package->layer : 0;

		out->n++;
		out->ratings[v->rating]++;
		out->base += is_base;
		out->base_fixed += is_base && v->fix_state == FIX_FIXED;
		by_package(out, &names, key, a, v);
		by_layer[layer].layer = layer;
		add(&by_layer[layer], v);
	}
	for (size_t i = 0; by_layer && i < layers; i++)
		if (by_layer[i].n)
			vec_add(&out->layers, a, &by_layer[i]);
	if (out->packages.n)
		qsort(out->packages.p, out->packages.n, sizeof(*out->packages.p), most_first);
}
