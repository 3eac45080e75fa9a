/* write.c - one family's file.
 *
 * A text is placed at its first use. As rows are sorted and texts are numbered in the order of
 * their bytes, the file depends on what was said, not on the order in which it was read.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <endian.h>
#include <stdlib.h>

#include "advisory/db/file.h"
#include "advisory/db/parts.h"
#include "version/version.h"

#define UNREAD UINT32_MAX /* an ordinal: the scheme cannot read the version */

/* One interval of one id, or one exact version. */
struct interval {
	uint32_t low, high; /* exact: the text, 0 */
	uint32_t extra, id;
	uint16_t source;
	uint8_t words, flags;
};

struct run {
	uint32_t first, n; /* rows of FILE_IDS */
};

struct writer {
	struct advisory_build *b;
	struct buf section[FILE_SECTIONS];
	uint32_t *offset;  /* of each text; 0: not placed yet */
	uint32_t *ordinal; /* of each text in the package being written, + 1; UNREAD; 0: not used */
	uint32_t *extra;   /* of each extra; 0: not placed yet */
	uint16_t *source;  /* of each source, + 1; 0: not placed yet */
	struct table runs; /* of ids: the same are written once; rows: run */
	VEC(struct run) run;
	struct arena kept;
	struct arena scratch; /* of the package being written */
	VEC(uint32_t) bounds, used;
	VEC(struct interval) intervals, exacts;
	uint32_t unread_n, advisories; /* of the package; of all so far */
};

static uint32_t rows_n(const struct writer *w, enum file_section s)
{
	return (uint32_t)(w->section[s].len / file_row_size[s]);
}

static void put32(struct writer *w, enum file_section s, uint32_t v)
{
	v = htole32(v);
	buf_bytes(&w->section[s], &v, sizeof(v));
}

static void put16(struct writer *w, enum file_section s, uint16_t v)
{
	v = htole16(v);
	buf_bytes(&w->section[s], &v, sizeof(v));
}

static void put8(struct writer *w, enum file_section s, uint8_t v)
{
	buf_byte(&w->section[s], (char)v);
}

static uint32_t place(struct writer *w, uint32_t text)
{
	struct span t = w->b->texts.p[text];
	struct buf *out = &w->section[FILE_STRINGS];

	if (!text || w->offset[text])
		return w->offset[text];
	size_t len = t.len;

	w->offset[text] = (uint32_t)out->len;
	for (; len >= 0x80; len >>= 7)
		buf_byte(out, (char)(len | 0x80));
	buf_byte(out, (char)len);
	buf_span(out, t);
	return w->offset[text];
}

static void put_text(struct writer *w, enum file_section s, uint32_t text)
{
	put32(w, s, place(w, text));
}

static uint16_t place_source(struct writer *w, uint16_t source)
{
	const struct build_source *s = &w->b->sources.p[source];

	if (!w->source[source]) {
		w->source[source] = (uint16_t)(rows_n(w, FILE_SOURCES) + 1);
		put_text(w, FILE_SOURCES, s->name);
		put_text(w, FILE_SOURCES, s->address);
		put_text(w, FILE_SOURCES, s->licence);
		put32(w, FILE_SOURCES, (uint32_t)(int32_t)s->day);
		put32(w, FILE_SOURCES, s->classes);
	}
	return (uint16_t)(w->source[source] - 1);
}

static uint32_t place_extra(struct writer *w, uint32_t extra)
{
	const struct build_extra *e = &w->b->extras.p[extra];

	if (extra && !w->extra[extra]) {
		w->extra[extra] = rows_n(w, FILE_EXTRAS);
		put_text(w, FILE_EXTRAS, e->cvss);
		put_text(w, FILE_EXTRAS, e->module);
		put_text(w, FILE_EXTRAS, e->arch);
		put_text(w, FILE_EXTRAS, e->advisory);
		put_text(w, FILE_EXTRAS, e->symbols);
	}
	return w->extra[extra];
}

/* Bounds of a package */

static void use_bound(struct writer *w, enum version_scheme scheme, uint32_t text)
{
	if (!text || w->ordinal[text])
		return;
	bool is_version = version_valid(scheme, w->b->texts.p[text]);

	w->ordinal[text] = is_version ? 1 : UNREAD;
	vec_add(&w->used, &w->scratch, &text);
	if (is_version)
		vec_add(&w->bounds, &w->scratch, &text);
}

struct order {
	const struct span *texts;
	enum version_scheme scheme;
};

static int version_order(const struct order *o, uint32_t a, uint32_t b)
{
	int order = 0;

	version_cmp(o->scheme, o->texts[a], o->texts[b], &order);
	return order;
}

static int by_version(const void *a, const void *b, void *ctx)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	int order = version_order(ctx, x, y);

	return order ? order : (x > y) - (x < y);
}

static int write_bounds(struct writer *w, enum version_scheme scheme, struct scov_err *err)
{
	struct order o = { w->b->texts.p, scheme };
	uint32_t n = 0;

	if (w->bounds.n)
		qsort_r(w->bounds.p, w->bounds.n, sizeof(*w->bounds.p), by_version, &o);
	for (size_t i = 0; i < w->bounds.n; i++) {
		uint32_t text = w->bounds.p[i];
		int order = i ? version_order(&o, w->bounds.p[i - 1], text) : -1;

		if (order > 0)
			return err_fail(err, SCOV_E_FORMAT, "versions %.*s and %.*s have no order",
				SPAN_ARG(o.texts[w->bounds.p[i - 1]]), SPAN_ARG(o.texts[text]));
		if (order < 0) {
			put_text(w, FILE_BOUNDARIES, text);
			n++;
		}
		w->ordinal[text] = n;
	}
	return 0;
}

/* Intervals of a row */

static void add_exact(struct writer *w, const struct interval *like, uint32_t text)
{
	struct interval v = *like;
	uint32_t i = w->ordinal[text];

	if (i == UNREAD) {
		v.low = text;
		v.flags |= GROUP_EXACT;
		vec_add(&w->exacts, &w->scratch, &v);
	} else {
		v.low = file_at(i - 1);
		v.high = v.low + 1;
		vec_add(&w->intervals, &w->scratch, &v);
	}
}

static void add_range(struct writer *w, const struct interval *like, const struct build_range *r)
{
	struct interval v = *like;
	uint32_t end = r->fixed ? r->fixed : r->last_affected;

	if ((r->introduced && w->ordinal[r->introduced] == UNREAD) ||
		(end && w->ordinal[end] == UNREAD)) {
		w->unread_n++;
		w->b->sum.unread_ranges++;
		/* What it says without any order. */
		if (r->introduced)
			add_exact(w, like, r->introduced);
		if (!r->fixed && end)
			add_exact(w, like, end);
		return;
	}
	v.low = r->introduced ? file_at(w->ordinal[r->introduced] - 1) : 0;
	v.high = !end ? FILE_OPEN : file_at(w->ordinal[end] - 1) + (r->fixed ? 0 : 1);
	if (v.low < v.high)
		vec_add(&w->intervals, &w->scratch, &v);
}

static int by_low(const void *a, const void *b)
{
	const struct interval *x = a, *y = b;

	if (x->low != y->low)
		return x->low < y->low ? -1 : 1;
	return (x->high > y->high) - (x->high < y->high);
}

/* Intervals of one row that touch are one. */
static void merge(struct writer *w, size_t first)
{
	struct interval *v = w->intervals.p;
	size_t n = first;

	if (w->intervals.n - first < 2)
		return;
	qsort(v + first, w->intervals.n - first, sizeof(*v), by_low);
	for (size_t i = first; i < w->intervals.n; i++)
		if (n > first && v[i].low <= v[n - 1].high) {
			if (v[n - 1].high < v[i].high)
				v[n - 1].high = v[i].high;
		} else {
			v[n++] = v[i];
		}
	w->intervals.n = n;
}

static void add_row(struct writer *w, const struct build_row *r)
{
	const struct interval like = {
		.extra = r->extra,
		.id = r->id,
		.source = r->source,
		.words = (uint8_t)(r->state + 16 * r->rating),
		.flags = r->flags,
	};
	const struct advisory_build *b = w->b;
	size_t first = w->intervals.n;

	for (uint32_t i = 0; i < r->ranges_n; i++)
		add_range(w, &like, &b->ranges.p[r->ranges + i]);
	for (uint32_t i = 0; i < r->versions_n; i++) {
		uint32_t text = b->versions.p[r->versions + i];

		w->b->sum.unread_versions += w->ordinal[text] == UNREAD;
		if (text)
			add_exact(w, &like, text);
	}
	merge(w, first);
}

/* All but the id: what is one group. */
static int group_order(const struct interval *x, const struct interval *y)
{
	const uint32_t a[] = { x->low, x->high, x->extra, x->source, x->words, x->flags };
	const uint32_t b[] = { y->low, y->high, y->extra, y->source, y->words, y->flags };

	for (size_t i = 0; i < sizeof(a) / sizeof(*a); i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return 0;
}

static int by_group(const void *a, const void *b)
{
	const struct interval *x = a, *y = b;
	int order = group_order(x, y);

	return order ? order : (x->id > y->id) - (x->id < y->id);
}

/* The ids of v, each once: where they are in FILE_IDS. Packages that are built together have the
 * same flaws, so most runs are there already. */
static struct run write_ids(struct writer *w, const struct interval *v, size_t n)
{
	struct buf *out = &w->section[FILE_IDS];
	struct run mine = { rows_n(w, FILE_IDS), 0 };
	size_t from = out->len;

	for (size_t i = 0; i < n; i++)
		if (!i || v[i].id != v[i - 1].id) {
			put_text(w, FILE_IDS, v[i].id);
			mine.n++;
		}
	if (out->failed || !table_room(&w->runs, &w->kept))
		return mine;
	struct span bytes = span_from(buf_view(out), from);
	uint64_t hash = hash_span(hash_fact_key, bytes);
	struct table_slot *slot = table_next(&w->runs, hash, NULL);

	for (; slot->row; slot = table_next(&w->runs, hash, slot)) {
		struct run r = w->run.p[slot->row - 1];

		if (r.n == mine.n &&
			span_eq(span_sub(buf_view(out), (size_t)r.first * 4, (size_t)r.n * 4),
				bytes)) {
			out->len = from;
			return r;
		}
	}
	if (vec_add(&w->run, &w->kept, &mine))
		table_put(&w->runs, slot, hash, w->run.n - 1);
	return mine;
}

static uint32_t write_groups(struct writer *w, struct interval *v, size_t n, bool is_exact)
{
	uint32_t groups = 0;

	if (n)
		qsort(v, n, sizeof(*v), by_group);
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i; end < n && group_order(&v[i], &v[end]) == 0;)
			end++;
		struct run ids = write_ids(w, v + i, end - i);

		put32(w, FILE_GROUPS, is_exact ? place(w, v[i].low) : v[i].low);
		put32(w, FILE_GROUPS, v[i].high);
		put32(w, FILE_GROUPS, place_extra(w, v[i].extra));
		put32(w, FILE_GROUPS, ids.first);
		put32(w, FILE_GROUPS, ids.n);
		put16(w, FILE_GROUPS, place_source(w, v[i].source));
		put8(w, FILE_GROUPS, v[i].words);
		put8(w, FILE_GROUPS, v[i].flags);
		groups++;
		w->advisories += ids.n;
		w->b->sum.intervals++;
	}
	return groups;
}

static int write_package(struct writer *w, enum version_scheme scheme, const struct build_row *rows,
	size_t n, struct scov_err *err)
{
	const struct advisory_build *b = w->b;
	uint32_t first = rows_n(w, FILE_BOUNDARIES), groups = rows_n(w, FILE_GROUPS);

	arena_reset(&w->scratch);
	memset(&w->bounds, 0, sizeof(w->bounds));
	memset(&w->used, 0, sizeof(w->used));
	memset(&w->intervals, 0, sizeof(w->intervals));
	memset(&w->exacts, 0, sizeof(w->exacts));
	w->unread_n = 0;
	for (size_t i = 0; i < n; i++) {
		for (uint32_t k = 0; k < rows[i].ranges_n; k++) {
			const struct build_range *r = &b->ranges.p[rows[i].ranges + k];

			use_bound(w, scheme, r->introduced);
			use_bound(w, scheme, r->fixed);
			use_bound(w, scheme, r->last_affected);
		}
		for (uint32_t k = 0; k < rows[i].versions_n; k++)
			use_bound(w, scheme, b->versions.p[rows[i].versions + k]);
	}
	int rc = write_bounds(w, scheme, err);

	if (rc)
		return rc;
	for (size_t i = 0; i < n; i++)
		add_row(w, &rows[i]);
	put_text(w, FILE_PACKAGES, rows->package);
	put32(w, FILE_PACKAGES, first);
	put32(w, FILE_PACKAGES, rows_n(w, FILE_BOUNDARIES) - first);
	put32(w, FILE_PACKAGES, groups);
	put32(w, FILE_PACKAGES, write_groups(w, w->intervals.p, w->intervals.n, false));
	put32(w, FILE_PACKAGES, write_groups(w, w->exacts.p, w->exacts.n, true));
	put32(w, FILE_PACKAGES, w->unread_n);
	put32(w, FILE_PACKAGES, 0);
	for (size_t i = 0; i < w->used.n; i++)
		w->ordinal[w->used.p[i]] = 0;
	w->b->sum.packages++;
	return arena_check(&w->scratch, err);
}

/* What the sources of an ecosystem say together. */
struct extent {
	uint32_t whole, part; /* classes of sources that are not partial, and of those that are */
	int64_t fixed, unfixed, any; /* the newest day of each kind */
};

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static void add_source(struct extent *x, const struct build_source *s)
{
	x->any = later(x->any, s->day);
	if (s->classes & FEED_PARTIAL) {
		x->part |= s->classes;
		return;
	}
	x->whole |= s->classes;
	if (s->classes & FEED_FIXED)
		x->fixed = later(x->fixed, s->day);
	if (s->classes & FEED_UNFIXED)
		x->unfixed = later(x->unfixed, s->day);
}

static bool is_whole(const struct extent *x)
{
	return x->whole || !x->part;
}

static uint32_t extent_classes(const struct extent *x)
{
	return is_whole(x) ? x->whole | (x->part & (FEED_NEGATIVE | FEED_RATING)) : x->part;
}

static int64_t extent_newest(const struct extent *x)
{
	bool fixed = x->whole & FEED_FIXED, unfixed = x->whole & FEED_UNFIXED;

	if (fixed && unfixed)
		return x->fixed < x->unfixed ? x->fixed : x->unfixed;
	return fixed ? x->fixed : unfixed ? x->unfixed : x->any;
}

static int write_ecosystem(
	struct writer *w, const struct build_row *rows, size_t n, struct scov_err *err)
{
	const struct advisory_build *b = w->b;
	const struct advisory_ecosystem *e = advisory_ecosystem(b->texts.p[rows->ecosystem]);
	uint32_t first = rows_n(w, FILE_PACKAGES), before = w->advisories;
	struct extent extent = { 0 };

	for (size_t i = 0, end; i < n; i = end) {
		for (end = i; end < n && rows[end].package == rows[i].package; end++)
			add_source(&extent, &b->sources.p[rows[end].source]);
		int rc = write_package(w, (enum version_scheme)e->scheme, rows + i, end - i, err);

		if (rc)
			return err_wrap(err, "%.*s, package %.*s",
				SPAN_ARG(b->texts.p[rows->ecosystem]),
				SPAN_ARG(b->texts.p[rows[i].package]));
	}
	put_text(w, FILE_ECOSYSTEMS, rows->ecosystem);
	put32(w, FILE_ECOSYSTEMS, extent_classes(&extent));
	put32(w, FILE_ECOSYSTEMS, (uint32_t)(int32_t)extent_newest(&extent));
	put32(w, FILE_ECOSYSTEMS, first);
	put32(w, FILE_ECOSYSTEMS, rows_n(w, FILE_PACKAGES) - first);
	put32(w, FILE_ECOSYSTEMS, w->advisories - before);
	w->b->sum.advisories += w->advisories - before;
	w->b->sum.ecosystems++;
	return 0;
}

/* Records */

static bool is_same_score(const struct build_record *a, const struct build_record *b)
{
	return a->source == b->source && a->rating_class == b->rating_class && a->cvss == b->cvss &&
	       a->rating == b->rating;
}

static void write_scores(struct writer *w, const struct build_record *r, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if ((!r[i].cvss && !r[i].rating) || (i && is_same_score(&r[i - 1], &r[i])))
			continue;
		put_text(w, FILE_SCORES, r[i].cvss);
		put16(w, FILE_SCORES, place_source(w, r[i].source));
		put8(w, FILE_SCORES, r[i].rating_class);
		put8(w, FILE_SCORES, r[i].rating);
	}
}

/* n records of one id, of several sources; the members of its closure from `first` on. */
static void write_record(struct writer *w, uint32_t id, const struct build_record *r, size_t n,
	uint32_t first, uint32_t members_n)
{
	uint32_t scores = rows_n(w, FILE_SCORES);
	struct build_record all = { 0 };

	for (size_t i = 0; i < n; i++) {
		if (!all.title || (r[i].title && r[i].title < all.title))
			all.title = r[i].title;
		if (!all.published || (r[i].published && r[i].published < all.published))
			all.published = r[i].published;
		if (all.epss < r[i].epss)
			all.epss = r[i].epss;
		if (all.epss_percentile < r[i].epss_percentile)
			all.epss_percentile = r[i].epss_percentile;
		all.flags |= r[i].flags;
	}
	write_scores(w, r, n);
	put_text(w, FILE_RECORDS, id);
	put32(w, FILE_RECORDS, first);
	put32(w, FILE_RECORDS, members_n);
	put32(w, FILE_RECORDS, scores);
	put_text(w, FILE_RECORDS, all.title);
	put32(w, FILE_RECORDS, (uint32_t)all.published);
	put16(w, FILE_RECORDS, all.epss);
	put16(w, FILE_RECORDS, all.epss_percentile);
	put16(w, FILE_RECORDS, (uint16_t)(rows_n(w, FILE_SCORES) - scores));
	put16(w, FILE_RECORDS, all.flags);
	w->b->sum.ids++;
}

struct closure {
	uint32_t id, first, n; /* the id has these rows of FILE_MEMBERS */
};

static int by_id(const void *a, const void *b)
{
	const struct closure *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

/* Writes the members of every closure; *out has a row for each id in one, sorted. */
static void write_members(struct writer *w, struct closure *out)
{
	const struct build_member *m = w->b->members.p;
	size_t n = w->b->members.n;

	for (size_t i = 0, end; i < n; i = end) {
		uint32_t first = rows_n(w, FILE_MEMBERS);

		for (end = i; end < n && m[end].closure == m[i].closure; end++)
			put_text(w, FILE_MEMBERS, m[end].id);
		for (size_t k = i; k < end; k++)
			out[k] = (struct closure){ m[k].id, first, (uint32_t)(end - i) };
	}
	if (n)
		qsort(out, n, sizeof(*out), by_id);
}

static void write_records(struct writer *w)
{
	const struct build_record *r = w->b->records.p;
	size_t n = w->b->records.n, closures = w->b->members.n, at = 0, c = 0;
	struct closure *closure = arena_array(&w->b->arena, closures, sizeof(*closure));

	if (!closure)
		return;
	write_members(w, closure);
	while (at < n || c < closures) {
		bool is_record = at < n && (c == closures || r[at].id <= closure[c].id);
		uint32_t id = is_record ? r[at].id : closure[c].id;
		struct closure none = { 0 }, *own = &none;
		size_t end = at;

		while (end < n && r[end].id == id)
			end++;
		if (c < closures && closure[c].id == id)
			own = &closure[c++];
		write_record(w, id, r + at, end - at, own->first, own->n);
		at = end;
	}
}

/* The whole */

static const uint8_t zeros[FILE_SUMS];

static uint64_t padded(uint64_t len)
{
	return (len + FILE_ALIGN - 1) / FILE_ALIGN * FILE_ALIGN;
}

static void put_head(struct buf *out, const struct writer *w, enum advisory_family family,
	const struct advisory_build_options *options)
{
	uint8_t head[FILE_SUMS] = FILE_MAGIC;
	uint32_t words[] = { FILE_FORMAT, 0, 0, 0, 0, 0, family, 0,
		options->is_builtin ? FILE_BUILTIN : 0, FILE_SECTIONS };
	uint64_t body = 0, at = FILE_BLOCK;

	for (int s = 0; s < FILE_SECTIONS; s++)
		body += padded(w->section[s].len);
	while (at < file_head(at + body))
		at += FILE_BLOCK;
	for (uint64_t n = 0; n < at; n += sizeof(head)) /* also the room for the sums */
		buf_bytes(out, zeros, sizeof(head));
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		words[i] = htole32(words[i]);
	memcpy(head + 8, words, sizeof(words));
	for (int s = 0; s < FILE_SECTIONS; s++) {
		uint64_t offset = htole64(at);
		uint32_t rows[] = { htole32(rows_n(w, (enum file_section)s)),
			htole32(file_row_size[s]) };

		memcpy(head + 48 + 16 * s, &offset, sizeof(offset));
		memcpy(head + 56 + 16 * s, rows, sizeof(rows));
		at += padded(w->section[s].len);
	}
	uint64_t size = htole64(at);

	memcpy(head + 24, &size, sizeof(size));
	if (!out->failed)
		memcpy(out->p, head, sizeof(head));
}

static int put_all(struct buf *out, const struct writer *w, enum advisory_family family,
	const struct advisory_build_options *options, struct scov_err *err)
{
	put_head(out, w, family, options);
	for (int s = 0; s < FILE_SECTIONS; s++) {
		out->failed |= w->section[s].failed;
		buf_span(out, buf_view(&w->section[s]));
		buf_bytes(out, zeros, padded(out->len) - out->len);
	}
	if (out->failed)
		return err_fail(
			err, SCOV_E_LIMIT, "more than %d bytes, or out of memory", FILE_SIZE_MAX);
	advisory_file_seal((uint8_t *)out->p, out->len);
	return 0;
}

static int write_rows(struct writer *w, enum advisory_family family, struct scov_err *err)
{
	const struct build_row *rows = w->b->rows.p;
	size_t n = w->b->rows.n, at = 0;

	while (at < n && rows[at].family < family)
		at++;
	for (size_t end; at < n && rows[at].family == family; at = end) {
		for (end = at; end < n && rows[end].ecosystem == rows[at].ecosystem;)
			end++;
		int rc = write_ecosystem(w, rows + at, end - at, err);

		if (rc)
			return rc;
	}
	return 0;
}

int parts_file(struct advisory_build *b, enum advisory_family family,
	const struct advisory_build_options *options, struct buf *out, struct scov_err *err)
{
	struct arena maps = { 0 };
	struct writer w = {
		.b = b,
		.offset = arena_array(&maps, b->texts.n, sizeof(*w.offset)),
		.ordinal = arena_array(&maps, b->texts.n, sizeof(*w.ordinal)),
		.extra = arena_array(&maps, b->extras.n, sizeof(*w.extra)),
		.source = arena_array(&maps, b->sources.n, sizeof(*w.source)),
	};
	int rc = arena_check(&maps, err);

	out->limit = FILE_SIZE_MAX;
	if (!rc) {
		const struct build_extra none = { 0 };

		put8(&w, FILE_STRINGS, 0);
		buf_bytes(&w.section[FILE_EXTRAS], &none, sizeof(none));
		if (family == FAMILY_CVE)
			write_records(&w);
		else
			rc = write_rows(&w, family, err);
	}
	if (!rc)
		rc = arena_check(&w.kept, err);
	if (!rc)
		rc = arena_check(&b->arena, err);
	if (!rc && (w.section[FILE_ECOSYSTEMS].len || w.section[FILE_RECORDS].len))
		rc = put_all(out, &w, family, options, err);
	for (int s = 0; s < FILE_SECTIONS; s++)
		buf_release(&w.section[s]);
	arena_release(&w.scratch);
	arena_release(&w.kept);
	arena_release(&maps);
	return rc;
}

/* Sorting */

static int by_extra(const void *a, const void *b, void *extras)
{
	const struct build_extra *e = extras;
	const struct build_extra *x = &e[*(const uint32_t *)a], *y = &e[*(const uint32_t *)b];
	const uint32_t l[] = { x->cvss, x->module, x->arch, x->advisory, x->symbols };
	const uint32_t r[] = { y->cvss, y->module, y->arch, y->advisory, y->symbols };

	for (size_t i = 0; i < sizeof(l) / sizeof(*l); i++)
		if (l[i] != r[i])
			return l[i] < r[i] ? -1 : 1;
	return 0;
}

/* Rows number their extra by the order of these. */
static int sort_extras(struct advisory_build *b, struct scov_err *err)
{
	size_t n = b->extras.n, kept = 0;
	uint32_t *order = arena_array(&b->arena, n, sizeof(*order));
	uint32_t *number = arena_array(&b->arena, n, sizeof(*number));
	struct build_extra *sorted = arena_array(&b->arena, n, sizeof(*sorted));

	if (!order || !number || !sorted)
		return arena_check(&b->arena, err);
	for (size_t i = 0; i < n; i++)
		order[i] = (uint32_t)i;
	qsort_r(order, n, sizeof(*order), by_extra, b->extras.p);
	for (size_t i = 0; i < n; i++) {
		if (!i || by_extra(&order[i - 1], &order[i], b->extras.p) != 0)
			sorted[kept++] = b->extras.p[order[i]];
		number[order[i]] = (uint32_t)(kept - 1);
	}
	b->extras.p = sorted;
	b->extras.n = kept;
	for (size_t i = 0; i < b->rows.n; i++)
		b->rows.p[i].extra = number[b->rows.p[i].extra];
	return 0;
}

static int by_source(const void *a, const void *b, void *sources)
{
	const struct build_source *s = sources;
	const struct build_source *x = &s[*(const uint16_t *)a], *y = &s[*(const uint16_t *)b];

	if (x->name != y->name)
		return x->name < y->name ? -1 : 1;
	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return (x->licence > y->licence) - (x->licence < y->licence);
}

static int sort_sources(struct advisory_build *b, struct scov_err *err)
{
	size_t n = b->sources.n;
	uint16_t *order = arena_array(&b->arena, n, sizeof(*order));
	uint16_t *number = arena_array(&b->arena, n, sizeof(*number));
	struct build_source *sorted = arena_array(&b->arena, n, sizeof(*sorted));

	if (!order || !number || !sorted)
		return arena_check(&b->arena, err);
	for (size_t i = 0; i < n; i++)
		order[i] = (uint16_t)i;
	if (n)
		qsort_r(order, n, sizeof(*order), by_source, b->sources.p);
	for (size_t i = 0; i < n; i++) {
		sorted[i] = b->sources.p[order[i]];
		number[order[i]] = (uint16_t)i;
	}
	b->sources.p = sorted;
	for (size_t i = 0; i < b->rows.n; i++)
		b->rows.p[i].source = number[b->rows.p[i].source];
	for (size_t i = 0; i < b->records.n; i++)
		b->records.p[i].source = number[b->records.p[i].source];
	return 0;
}

static int by_package(const void *a, const void *b)
{
	const struct build_row *x = a, *y = b;

	if (x->family != y->family)
		return x->family < y->family ? -1 : 1;
	if (x->ecosystem != y->ecosystem)
		return x->ecosystem < y->ecosystem ? -1 : 1;
	return (x->package > y->package) - (x->package < y->package);
}

/* Within an id the best score first: by class, and of a class the highest version of CVSS, whose
 * text is the last. The rest only makes the order independent of the input. */
static int by_record(const void *a, const void *b)
{
	const struct build_record *x = a, *y = b;
	const uint32_t l[] = { x->id, x->rating_class, UINT32_MAX - x->cvss, x->source, x->rating };
	const uint32_t r[] = { y->id, y->rating_class, UINT32_MAX - y->cvss, y->source, y->rating };

	for (size_t i = 0; i < sizeof(l) / sizeof(*l); i++)
		if (l[i] != r[i])
			return l[i] < r[i] ? -1 : 1;
	return 0;
}

int parts_sort(struct advisory_build *b, struct scov_err *err)
{
	int rc = sort_extras(b, err);

	if (!rc)
		rc = sort_sources(b, err);
	if (rc)
		return rc;
	if (b->rows.n)
		qsort(b->rows.p, b->rows.n, sizeof(*b->rows.p), by_package);
	if (b->records.n)
		qsort(b->records.p, b->records.n, sizeof(*b->records.p), by_record);
	return 0;
}
