/* same.c - which facts are one finding, and which findings belong together.
 *
 * All by sorting or by a table: thousands of secrets of an image that wants to cost time stay
 * cheap.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include "judge/parts.h"

enum { PAIR_LINES = 12 };

/* ---- the same bytes, found by two rules ---- */

struct stretch {
	const struct secret_fact *x;
	uint32_t row;
};

static int cmp_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* What is looked at: facts of two texts never overlap. Offsets of decoded text count in that text,
 * of which line belongs to which one. */
static int cmp_text(const struct secret_fact *a, const struct secret_fact *b)
{
	int d = cmp_u64(a->entry, b->entry);

	d = d ? d : cmp_u64(a->surface, b->surface);
	d = d ? d : cmp_u64(a->encoding, b->encoding);
	d = d || !a->encoding ? d : cmp_u64(a->line, b->line);
	return d ? d : span_cmp(a->member, b->member);
}

static int by_offset(const void *p, const void *q)
{
	const struct stretch *a = p, *b = q;
	int d = cmp_text(a->x, b->x);

	d = d ? d : cmp_u64(a->x->offset, b->x->offset);
	d = d ? d : cmp_u64(b->x->length, a->x->length);
	return d ? d : cmp_u64(a->row, b->row);
}

static uint64_t end_of(const struct secret_fact *x)
{
	return x->offset > UINT64_MAX - x->length ? UINT64_MAX : x->offset + x->length;
}

static bool is_generic(const struct secret_fact *x)
{
	return x->flags & SECRET_GENERIC;
}

/* a says more than b of the same bytes. */
static bool is_stronger(const struct secret_fact *a, const struct secret_fact *b)
{
	if (is_generic(a) != is_generic(b)) {
		const struct secret_fact *kind = is_generic(a) ? b : a,
					 *name = is_generic(a) ? a : b;
		bool by_name = kind->level < SECRET_MEDIUM && name->level >= SECRET_MEDIUM;

		return (a == name) == by_name;
	}
	if (!a->known.len != !b->known.len)
		return a->known.len > 0;
	if (a->level != b->level)
		return a->level > b->level;
	if (!a->proof != !b->proof)
		return a->proof > 0;
	return a->length > b->length;
}

/* a begins first, or is the longer one. Two specific secrets that only touch are two. */
static bool is_same(const struct secret_fact *a, const struct secret_fact *b)
{
	if (cmp_text(a, b) != 0 || b->offset >= end_of(a))
		return false;
	return is_generic(a) || is_generic(b) || end_of(b) <= end_of(a);
}

bool same_bytes(struct judge *j, size_t source, struct arena *a, uint32_t **kept, size_t *n)
{
	const struct part *p = judge_source(j, source);
	struct stretch *all = arena_array(a, p->secrets.n, sizeof(*all));
	bool *gone = arena_array(a, p->secrets.n, sizeof(*gone));
	size_t last = 0, rows = 0;

	*n = 0;
	*kept = arena_array(a, p->secrets.n, sizeof(**kept));
	if (!all || !gone || !*kept)
		return false;
	for (size_t i = 0; i < p->secrets.n; i++)
		if (names_count(j, source, (uint32_t)i))
			all[rows++] = (struct stretch){ &p->secrets.p[i], (uint32_t)i };
		else
			gone[i] = true;
	qsort(all, rows, sizeof(*all), by_offset);
	for (size_t i = 1; i < rows; i++) {
		bool same = is_same(all[last].x, all[i].x);

		if (same && is_stronger(all[i].x, all[last].x))
			gone[all[last].row] = true;
		else if (same)
			gone[all[i].row] = true;
		if (!gone[all[i].row])
			last = i;
	}
	for (size_t i = 0; i < p->secrets.n; i++)
		if (!gone[i])
			(*kept)[(*n)++] = (uint32_t)i;
	return true;
}

/* ---- a table of suspects by what they have in common ---- */

static uint64_t mix(const struct judge *j, uint64_t a, uint64_t b)
{
	uint64_t both[2] = { a, b };

	return hash_span(j->key, span_of(both, sizeof(both)));
}

static bool is_one_value(const struct suspect *a, const struct suspect *b)
{
	const struct secret_fact *x = a->f.fact, *y = b->f.fact;

	return a->source == b->source && x->entry == y->entry && x->surface == y->surface &&
	       span_eq(x->fingerprint, y->fingerprint) && span_eq(x->member, y->member);
}

/* The repeat's own level may be the higher one: of two rules that know the value. */
static void count_repeat(struct judge *j, struct suspect *first, const struct suspect *s)
{
	first->f.count++;
	if (first->f.lines.n < SECRET_LINES_MAX) {
		vec_add(&first->f.lines, &j->image->arena, &s->f.fact->line);
	}
	if (!is_stronger(s->f.fact, first->f.fact))
		return;
	struct place at = first->f.at;
	size_t count = first->f.count;

	first->f.fact = s->f.fact;
	first->f.level = s->f.level;
	first->f.proof = s->f.proof;
	first->f.flags = s->f.flags;
	first->f.at = at;
	first->f.count = count;
}

bool same_values(struct judge *j)
{
	struct table table;
	size_t n = 0;

	if (!table_make(&table, &j->scratch, j->all.n))
		return false;
	for (size_t i = 0; i < j->all.n; i++) {
		struct suspect s = j->all.p[i];
		const struct secret_fact *x = s.f.fact;
		uint64_t h = mix(j, hash_span(j->key, x->fingerprint),
			mix(j, hash_span(j->key, x->member), (uint64_t)s.source << 32 | x->entry));
		struct table_slot *slot = table_next(&table, h, NULL);

		while (slot->row && !is_one_value(&j->all.p[slot->row - 1], &s))
			slot = table_next(&table, h, slot);
		if (x->fingerprint.len && slot->row) {
			count_repeat(j, &j->all.p[slot->row - 1], &s);
			continue;
		}
		if (x->fingerprint.len)
			table_put(&table, slot, h, n);
		j->all.p[n++] = s;
	}
	j->all.n = n;
	return true;
}

/* ---- id and secret of one account ---- */

static int by_text_and_line(const void *p, const void *q)
{
	const struct suspect *const *pa = p, *const *pb = q;
	const struct suspect *a = *pa, *b = *pb;
	const struct secret_fact *x = a->f.fact, *y = b->f.fact;
	int d = cmp_u64(a->source, b->source);

	d = d ? d : cmp_u64(x->entry, y->entry);
	d = d ? d : span_cmp(x->member, y->member);
	d = d ? d : cmp_u64(x->line, y->line);
	return d ? d : cmp_u64(a->order, b->order);
}

static bool is_near(const struct suspect *a, const struct suspect *b)
{
	return a && a->source == b->source && a->f.fact->entry == b->f.fact->entry &&
	       span_eq(a->f.fact->member, b->f.fact->member) &&
	       b->f.fact->line - a->f.fact->end_line <= PAIR_LINES;
}

static void pair(struct judge *j, struct suspect *a, struct suspect *b, struct span what)
{
	struct suspect *both[] = { a, b };

	for (size_t i = 0; i < 2; i++) {
		bool spoiled =
			both[i]->f.flags & (SECRET_PAIRED | SECRET_CHECKSUM_BAD | SECRET_ENCRYPTED);

		both[i]->f.flags |= SECRET_PAIRED;
		if (!spoiled)
			level_rise(j, both[i], (uint8_t)(both[i]->f.level + 1),
				"both halves of the %.*s are in one place", SPAN_ARG(what));
	}
}

/* The last id and the last secret of each row of pairs, as the lines go by. */
static void pair_next(struct judge *j, struct suspect *(*last)[2], struct suspect *s)
{
	for (size_t k = 0; k < j->words->pairs.n; k++) {
		const struct pair_row *row = &j->words->pairs.p[k];
		bool is_id = span_eq(s->f.fact->kind, row->id),
		     is_secret = span_eq(s->f.fact->kind, row->secret);

		if (!is_id && !is_secret)
			continue;
		struct suspect *other = last[k][is_id];

		last[k][is_secret] = s;
		if (is_near(other, s))
			pair(j, other, s, row->what);
	}
}

/* Environment, labels and history of one config: a line tells nothing there. */
static bool has_lines(const struct suspect *s)
{
	return s->f.fact->line > 0;
}

void pairs_find(struct judge *j)
{
	struct suspect **order = arena_array(&j->scratch, j->all.n + 1, sizeof(*order));
	struct suspect *(*last)[2] = arena_array(&j->scratch, j->words->pairs.n + 1, sizeof(*last));

	if (!order || !last)
		return;
	for (size_t i = 0; i < j->all.n; i++)
		order[i] = &j->all.p[i];
	qsort(order, j->all.n, sizeof(*order), by_text_and_line);
	for (size_t i = 0; i < j->all.n; i++)
		if (has_lines(order[i]))
			pair_next(j, last, order[i]);
}

/* ---- one value in two places ---- */

static int by_fingerprint(const void *p, const void *q)
{
	const struct suspect *const *pa = p, *const *pb = q;
	const struct suspect *a = *pa, *b = *pb;
	int d = span_cmp(a->f.fact->fingerprint, b->f.fact->fingerprint);

	d = d ? d : cmp_u64(a->source, b->source);
	return d ? d : cmp_u64(a->order, b->order);
}

/* Where it is says that somebody uses it. */
static bool counts(const struct suspect *s)
{
	return s->f.fact->fingerprint.len && !s->was_lowered && s->f.level > SECRET_NONE &&
	       !(s->f.flags & (SECRET_CHECKSUM_BAD | SECRET_ENCRYPTED | SECRET_EXAMPLE)) &&
	       !s->f.owner.len;
}

static bool is_file(const struct suspect *s)
{
	return s->f.at.kind == PLACE_FILE;
}

/* Not the same file again: under its path in another layer, copied under its name, or, with the
 * value at the same byte, under another (backups, and the caches of those who manage
 * configuration). What config, history and labels say is one statement. */
static bool is_elsewhere(const struct suspect *a, const struct suspect *b)
{
	if (!is_file(a) || !is_file(b))
		return is_file(a) != is_file(b);
	return !span_eq(span_base(a->f.at.path), span_base(b->f.at.path)) &&
	       (a->f.fact->offset != b->f.fact->offset || a->f.fact->line != b->f.fact->line);
}

/* What a package's script made from the package's own file: settings copied to etc, and the caches
 * of who copied them. */
static void lower_copies(struct judge *j, struct suspect **group, size_t n)
{
	const struct suspect *from = NULL;

	for (size_t i = 0; i < n && !from; i++)
		if (group[i]->shipper && group[i]->f.fact->fingerprint.len)
			from = group[i];
	for (size_t i = 0; from && i < n; i++) {
		struct suspect *s = group[i];

		if (s->was_lowered || !is_file(s) || is_elsewhere(from, s) ||
			!(s->f.flags & SECRET_GENERIC))
			continue;
		s->was_lowered = true;
		level_fall(j, s, (uint8_t)(s->f.level ? s->f.level - 1 : 0),
			"a copy of /%.*s, shipped by package %.*s", SPAN_ARG(from->f.at.path),
			SPAN_ARG(from->shipper->name));
	}
}

static void rise_group(struct judge *j, struct suspect **group, size_t n)
{
	const struct suspect *first = NULL, *other = NULL;

	for (size_t i = 0; i < n; i++) {
		if (!counts(group[i]))
			continue;
		if (!first)
			first = group[i];
		else if (!other && is_elsewhere(first, group[i]))
			other = group[i];
	}
	for (size_t i = 0; other && i < n; i++) {
		const struct suspect *also =
			group[i] == first || !is_elsewhere(first, group[i]) ? other : first;

		if (counts(group[i]) && group[i]->f.level == SECRET_MEDIUM)
			level_rise(j, group[i], SECRET_HIGH, "the same value is also in %s%.*s",
				is_file(also) ? "/" : "the settings of the image",
				SPAN_ARG(is_file(also) ? also->f.at.path : (struct span){ 0 }));
	}
}

void duplicates_find(struct judge *j)
{
	struct suspect **order = arena_array(&j->scratch, j->all.n + 1, sizeof(*order));
	size_t from = 0;

	if (!order)
		return;
	for (size_t i = 0; i < j->all.n; i++)
		order[i] = &j->all.p[i];
	qsort(order, j->all.n, sizeof(*order), by_fingerprint);
	for (size_t i = 1; i <= j->all.n; i++) {
		if (i < j->all.n &&
			span_eq(order[i]->f.fact->fingerprint, order[from]->f.fact->fingerprint))
			continue;
		lower_copies(j, order + from, i - from);
		rise_group(j, order + from, i - from);
		from = i;
	}
}
