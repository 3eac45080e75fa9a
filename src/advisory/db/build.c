/* build.c - keeps what feeds say until it is written.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/db/build.h"

#include <stdlib.h>

#include "advisory/db/file.h"
#include "advisory/db/parts.h"

enum { BUILD_SOURCES = 1024 };

int advisory_build_new(
	struct advisory_build **out, const struct limits *limits, struct scov_err *err)
{
	struct advisory_build *b = mem_alloc(sizeof(*b));

	if (!b)
		return err_memory(err);
	b->arena.limit = limits->advisory_build;
	b->key = hash_random_key();
	vec_add(&b->texts, &b->arena, &SPAN(""));
	vec_push(&b->extras, &b->arena);
	int rc = arena_check(&b->arena, err);

	if (rc)
		advisory_build_free(b);
	else
		*out = b;
	return rc;
}

void advisory_build_free(struct advisory_build *b)
{
	if (!b)
		return;
	arena_release(&b->arena);
	mem_free(b);
}

static uint32_t text(struct advisory_build *b, struct span s)
{
	if (!s.len || !table_room(&b->text_table, &b->arena))
		return 0;
	uint64_t hash = hash_span(b->key, s);
	struct table_slot *slot = table_next(&b->text_table, hash, NULL);

	while (slot->row && !span_eq(b->texts.p[slot->row - 1], s))
		slot = table_next(&b->text_table, hash, slot);
	if (!slot->row) {
		struct span copy = arena_dup(&b->arena, s);

		if (!vec_add(&b->texts, &b->arena, &copy))
			return 0;
		table_put(&b->text_table, slot, hash, b->texts.n - 1);
	}
	return slot->row - 1;
}

uint32_t parts_extra(struct advisory_build *b, const struct build_extra *e)
{
	const struct build_extra none = { 0 };

	if (!memcmp(e, &none, sizeof(none)) || !table_room(&b->extra_table, &b->arena))
		return 0;
	uint64_t hash = hash_span(b->key, span_of(e, sizeof(*e)));
	struct table_slot *slot = table_next(&b->extra_table, hash, NULL);

	while (slot->row && memcmp(&b->extras.p[slot->row - 1], e, sizeof(*e)) != 0)
		slot = table_next(&b->extra_table, hash, slot);
	if (!slot->row) {
		if (!vec_add(&b->extras, &b->arena, e))
			return 0;
		table_put(&b->extra_table, slot, hash, b->extras.n - 1);
	}
	return slot->row - 1;
}

int advisory_build_source(struct advisory_build *b, const struct advisory_source *s,
	uint16_t *out_source, struct scov_err *err)
{
	struct build_source mine = { text(b, s->name), text(b, s->address), text(b, s->licence),
		s->day, 0, s->classes };
	size_t i = 0;

	while (i < b->sources.n &&
		(b->sources.p[i].name != mine.name || b->sources.p[i].address != mine.address ||
			b->sources.p[i].licence != mine.licence))
		i++;
	if (i == BUILD_SOURCES)
		return err_fail(err, SCOV_E_LIMIT, "more than %d sources", BUILD_SOURCES);
	if (i == b->sources.n)
		vec_add(&b->sources, &b->arena, &mine);
	int rc = arena_check(&b->arena, err);

	if (rc)
		return rc;
	*out_source = (uint16_t)i;
	b->sources.p[i].classes |= mine.classes;
	advisory_build_day(b, *out_source, mine.day);
	return 0;
}

void advisory_build_day(struct advisory_build *b, uint16_t source, int64_t day)
{
	if (b->sources.p[source].day < day)
		b->sources.p[source].day = day;
}

void advisory_build_copied(struct advisory_build *b, uint16_t source, int64_t day)
{
	if (b->sources.p[source].copied < day)
		b->sources.p[source].copied = day;
}

int64_t advisory_build_newest(const struct advisory_build *b)
{
	int64_t newest = 0;

	for (size_t i = 0; i < b->sources.n; i++)
		if (newest < b->sources.p[i].day)
			newest = b->sources.p[i].day;
	return newest;
}

static uint32_t symbols_text(struct advisory_build *b, const struct advisory_row *row)
{
	scoped_buf struct buf joined = { 0 };

	for (size_t i = 0; i < row->symbols_n; i++) {
		buf_span(&joined, row->symbols[i]);
		buf_byte(&joined, '\n');
	}
	if (joined.failed)
		arena_fail(&b->arena);
	return text(b, buf_view(&joined));
}

int advisory_build_row(struct advisory_build *b, uint16_t source, const struct advisory_row *row,
	struct scov_err *err)
{
	const struct advisory_ecosystem *e = advisory_ecosystem(row->ecosystem);
	struct arena *a = &b->arena;
	scoped_arena struct arena scratch = { 0 };

	b->sum.rows++;
	if (!e) {
		b->sum.other_ecosystems++;
		return 0;
	}
	if ((!row->ranges_n && !row->versions_n && row->state != FIX_NOT_AFFECTED) ||
		!row->package.len) {
		b->sum.empty_rows++;
		return 0;
	}
	struct build_extra extra = { text(b, row->cvss), text(b, row->module), text(b, row->arch),
		text(b, row->advisory), symbols_text(b, row) };
	struct build_row mine = {
		.ecosystem = text(b, row->ecosystem),
		.package = text(b, advisory_package(e, row->package, &scratch)),
		.id = text(b, row->id),
		.extra = parts_extra(b, &extra),
		.ranges = (uint32_t)b->ranges.n,
		.ranges_n = (uint32_t)row->ranges_n,
		.versions = (uint32_t)b->versions.n,
		.versions_n = (uint32_t)row->versions_n,
		.source = source,
		.family = e->family,
		.state = row->state,
		.rating = row->rating,
		.flags = row->is_unimportant ? GROUP_UNIMPORTANT : 0,
	};

	for (size_t i = 0; i < row->ranges_n; i++) {
		const struct advisory_range *r = &row->ranges[i];
		bool is_first = span_eq(r->introduced, SPAN("0"));
		struct build_range range = { is_first ? 0 : text(b, r->introduced),
			text(b, r->fixed), text(b, r->last_affected) };

		vec_add(&b->ranges, a, &range);
	}
	for (size_t i = 0; i < row->versions_n; i++) {
		uint32_t version = text(b, row->versions[i]);

		vec_add(&b->versions, a, &version);
	}
	if (!row->ranges_n && !row->versions_n) {
		vec_push(&b->ranges, a); /* negative, for every version */
		mine.ranges_n = 1;
	}
	vec_add(&b->rows, a, &mine);
	return arena_check(a, err);
}

int advisory_build_record(struct advisory_build *b, uint16_t source,
	const struct advisory_record *record, struct scov_err *err)
{
	struct build_record mine = {
		.id = text(b, record->id),
		.cvss = text(b, record->cvss),
		.title = text(b, record->title),
		.published = (int32_t)record->published,
		.source = source,
		.rating = record->rating,
		.rating_class = record->rating_class,
		.flags = (uint8_t)((record->is_exploited ? RECORD_EXPLOITED : 0) |
				   (record->is_ransomware ? RECORD_RANSOMWARE : 0) |
				   (record->is_rejected ? RECORD_REJECTED : 0) |
				   (record->has_epss ? RECORD_EPSS : 0)),
		.epss = record->epss,
		.epss_percentile = record->epss_percentile,
	};

	b->sum.records++;
	vec_add(&b->records, &b->arena, &mine);
	for (size_t i = 0; i < record->aliases_n; i++) {
		struct build_edge e = { mine.id, text(b, record->aliases[i]) };

		if (e.to && e.to != e.from)
			vec_add(&b->edges, &b->arena, &e);
	}
	return arena_check(&b->arena, err);
}

static int by_text(const void *a, const void *b, void *texts)
{
	const struct span *t = texts;

	return span_cmp(t[*(const uint32_t *)a], t[*(const uint32_t *)b]);
}

int parts_rank(struct advisory_build *b, struct scov_err *err)
{
	size_t n = b->texts.n;
	uint32_t *order = arena_array(&b->arena, n, sizeof(*order));
	uint32_t *rank = arena_array(&b->arena, n, sizeof(*rank));
	struct span *texts = arena_array(&b->arena, n, sizeof(*texts));

	if (!order || !rank || !texts)
		return arena_check(&b->arena, err);
	for (size_t i = 0; i < n; i++)
		order[i] = (uint32_t)i;
	qsort_r(order, n, sizeof(*order), by_text, b->texts.p);
	for (size_t i = 0; i < n; i++) {
		rank[order[i]] = (uint32_t)i;
		texts[i] = b->texts.p[order[i]];
	}
	b->texts.p = texts;
	b->text_table = (struct table){ 0 }; /* no text is added from here on */
	for (size_t i = 0; i < b->sources.n; i++) {
		struct build_source *s = &b->sources.p[i];

		s->name = rank[s->name];
		s->address = rank[s->address];
		s->licence = rank[s->licence];
	}
	for (size_t i = 0; i < b->extras.n; i++) {
		struct build_extra *e = &b->extras.p[i];

		*e = (struct build_extra){ rank[e->cvss], rank[e->module], rank[e->arch],
			rank[e->advisory], rank[e->symbols] };
	}
	for (size_t i = 0; i < b->ranges.n; i++) {
		struct build_range *r = &b->ranges.p[i];

		*r = (struct build_range){ rank[r->introduced], rank[r->fixed],
			rank[r->last_affected] };
	}
	for (size_t i = 0; i < b->versions.n; i++)
		b->versions.p[i] = rank[b->versions.p[i]];
	for (size_t i = 0; i < b->rows.n; i++) {
		struct build_row *r = &b->rows.p[i];

		r->ecosystem = rank[r->ecosystem];
		r->package = rank[r->package];
		r->id = rank[r->id];
	}
	for (size_t i = 0; i < b->records.n; i++) {
		struct build_record *r = &b->records.p[i];

		r->id = rank[r->id];
		r->cvss = rank[r->cvss];
		r->title = rank[r->title];
	}
	for (size_t i = 0; i < b->edges.n; i++)
		b->edges.p[i] =
			(struct build_edge){ rank[b->edges.p[i].from], rank[b->edges.p[i].to] };
	/* Keyed by their numbers, which have changed. */
	b->extra_table = (struct table){ 0 };
	return 0;
}
