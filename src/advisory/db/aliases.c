/* aliases.c - which ids are one flaw.
 *
 * Ids that name each other as aliases are one flaw, with two exceptions. An id with several CVEs
 * (an erratum that fixes them together) is not one of them: each of its rows becomes a row of every
 * CVE. And two CVEs are never joined, also not by way of a third id. A rejected CVE does not count:
 * it was often a duplicate.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include "advisory/db/file.h"
#include "advisory/db/parts.h"
#include "base/search.h"

struct aliases {
	struct advisory_build *b;
	struct build_edge *links; /* both ways, sorted, each once */
	size_t n;
	uint32_t *parent; /* of each text */
	uint32_t *cve;    /* of the set whose smallest this is; 0: none */
	bool *is_rejected, *is_erratum;
};

static int edge_order(const void *a, const void *b)
{
	const struct build_edge *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (x->to > y->to) - (x->to < y->to);
}

static int links_make(struct aliases *al, struct scov_err *err)
{
	struct advisory_build *b = al->b;
	size_t texts = b->texts.n, n = 0;
	struct arena *a = &b->arena;

	al->links = arena_array(a, 2 * b->edges.n, sizeof(*al->links));
	al->parent = arena_array(a, texts, sizeof(*al->parent));
	al->cve = arena_array(a, texts, sizeof(*al->cve));
	al->is_rejected = arena_array(a, texts, sizeof(*al->is_rejected));
	al->is_erratum = arena_array(a, texts, sizeof(*al->is_erratum));
	int rc = arena_check(a, err);

	if (rc)
		return rc;
	for (size_t i = 0; i < b->edges.n; i++) {
		struct build_edge e = b->edges.p[i];

		al->links[2 * i] = e;
		al->links[2 * i + 1] = (struct build_edge){ e.to, e.from };
	}
	qsort(al->links, 2 * b->edges.n, sizeof(*al->links), edge_order);
	for (size_t i = 0; i < 2 * b->edges.n; i++)
		if (!n || edge_order(&al->links[n - 1], &al->links[i]) != 0)
			al->links[n++] = al->links[i];
	al->n = n;
	return 0;
}

static bool is_live_cve(const struct aliases *al, uint32_t id)
{
	return span_starts(al->b->texts.p[id], SPAN("CVE-")) && !al->is_rejected[id];
}

/* The end of the links of the id at `at`. */
static size_t links_of(const struct aliases *al, size_t at)
{
	size_t end = at;

	while (end < al->n && al->links[end].from == al->links[at].from)
		end++;
	return end;
}

static void find_errata(struct aliases *al)
{
	for (size_t at = 0, end; at < al->n; at = end) {
		size_t cves = 0;

		end = links_of(al, at);
		for (size_t i = at; i < end; i++)
			cves += is_live_cve(al, al->links[i].to);
		al->is_erratum[al->links[at].from] =
			cves > 1 && !is_live_cve(al, al->links[at].from);
	}
}

static uint32_t smallest(struct aliases *al, uint32_t id)
{
	while (al->parent[id] != id) {
		al->parent[id] = al->parent[al->parent[id]];
		id = al->parent[id];
	}
	return id;
}

static void join(struct aliases *al, uint32_t a, uint32_t b)
{
	uint32_t x = smallest(al, a), y = smallest(al, b);

	if (x == y || (al->cve[x] && al->cve[y]))
		return;
	if (y < x) {
		uint32_t swap = x;

		x = y;
		y = swap;
	}
	al->parent[y] = x;
	if (!al->cve[x])
		al->cve[x] = al->cve[y];
}

/* Links of a CVE come first: what names it directly belongs to it. */
static void join_all(struct aliases *al)
{
	for (size_t i = 0; i < al->b->texts.n; i++) {
		al->parent[i] = (uint32_t)i;
		al->cve[i] = is_live_cve(al, (uint32_t)i) ? (uint32_t)i : 0;
	}
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < al->n; i++) {
			struct build_edge e = al->links[i];
			bool is_direct = is_live_cve(al, e.from) || is_live_cve(al, e.to);

			if (is_direct == !pass && !al->is_erratum[e.from] && !al->is_erratum[e.to])
				join(al, e.from, e.to);
		}
}

static int member_order(const void *a, const void *b)
{
	const struct build_member *x = a, *y = b;

	if (x->closure != y->closure)
		return x->closure < y->closure ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

static void list_members(struct aliases *al)
{
	struct advisory_build *b = al->b;

	for (size_t at = 0, end; at < al->n; at = end) {
		uint32_t id = al->links[at].from;
		struct build_member m = { smallest(al, id), id };

		end = links_of(al, at);
		vec_add(&b->members, &b->arena, &m);
	}
	if (b->members.n)
		qsort(b->members.p, b->members.n, sizeof(*b->members.p), member_order);
}

static int link_order(const void *row, const void *key)
{
	uint32_t from = ((const struct build_edge *)row)->from, id = *(const uint32_t *)key;

	return (from > id) - (from < id);
}

/* A row of an erratum: the row itself takes the first CVE, copies take the others. */
static void spread(struct aliases *al, size_t row)
{
	struct advisory_build *b = al->b;
	struct build_row r = b->rows.p[row];
	struct build_extra extra = b->extras.p[r.extra];
	bool is_first = true;

	if (!extra.advisory)
		extra.advisory = r.id;
	r.extra = parts_extra(b, &extra);
	for (size_t i = search_first(al->links, al->n, sizeof(*al->links), &r.id, link_order),
		    end = links_of(al, i);
		i < end; i++) {
		if (!is_live_cve(al, al->links[i].to))
			continue;
		r.id = al->links[i].to;
		if (is_first)
			b->rows.p[row] = r;
		else
			vec_add(&b->rows, &b->arena, &r);
		is_first = false;
	}
}

int parts_aliases(struct advisory_build *b, struct scov_err *err)
{
	struct aliases al = { .b = b };
	size_t n = b->rows.n;
	int rc = links_make(&al, err);

	if (rc)
		return rc;
	for (size_t i = 0; i < b->records.n; i++)
		if (b->records.p[i].flags & RECORD_REJECTED)
			al.is_rejected[b->records.p[i].id] = true;
	find_errata(&al);
	join_all(&al);
	list_members(&al);
	for (size_t i = 0; i < n; i++)
		if (al.is_erratum[b->rows.p[i].id])
			spread(&al, i);
	return arena_check(&b->arena, err);
}
