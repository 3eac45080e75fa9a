/* compact.c - the compact form of what a builder holds, read back.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/feed/compact.h"

#include "advisory/feed/feed.h"
#include "base/ascii.h"
#include "base/date.h"

struct table {
	struct feed *f;
	struct arena scratch; /* of one line */
	struct arena kept;    /* the rest of it */
	VEC(struct advisory_source) sources;
	struct span ecosystem, package;
};

static bool is_table(const struct feed_head *h)
{
	return span_starts(h->bytes, SPAN(TABLE_MAGIC));
}

/* %XX is a byte; blanks, control bytes and '%' are written so. */
static struct span plain(struct span s, struct arena *a)
{
	uint8_t *out;
	size_t n = 0;

	if (span_find(s, '%') == s.len)
		return s;
	out = arena_alloc(a, s.len);
	for (size_t i = 0; out && i < s.len; i++) {
		int byte = span_percent(s, i);

		if (byte >= 0) {
			out[n++] = (uint8_t)byte;
			i += 2;
		} else {
			out[n++] = span_at(s, i);
		}
	}
	return span_of(out, out ? n : 0);
}

static struct span field(struct span *line, struct arena *a)
{
	struct span s = { 0 };

	span_split(line, '\t', &s);
	return plain(s, a);
}

static uint64_t number(struct span s, uint64_t max)
{
	uint64_t n = 0;

	span_number(s, 10, max, &n);
	return n;
}

static bool source_line(struct table *t, struct span line)
{
	struct advisory_source s = { .name = field(&line, &t->kept),
		.address = field(&line, &t->kept),
		.licence = field(&line, &t->kept) };
	bool has_day = date_parse_day(field(&line, &t->scratch), &s.day);

	s.classes = (uint8_t)number(field(&line, &t->scratch), 31);
	vec_add(&t->sources, &t->kept, &s);
	return has_day && s.name.len;
}

/* The number of a source; false: there is none. */
static bool choose_source(struct table *t, struct span *line)
{
	uint64_t n;

	if (!t->sources.n || !span_number(field(line, &t->scratch), 10, t->sources.n - 1, &n))
		return false;
	feed_from(t->f, &t->sources.p[n]);
	return true;
}

struct row_lists {
	VEC(struct advisory_range) ranges;
	VEC(struct span) versions, symbols;
};

static void range_token(struct row_lists *l, uint8_t kind, struct span s, struct arena *a)
{
	struct advisory_range *r = kind == 'i' || !l->ranges.n ||
						   l->ranges.p[l->ranges.n - 1].fixed.len ||
						   l->ranges.p[l->ranges.n - 1].last_affected.len
					   ? vec_push(&l->ranges, a)
					   : &l->ranges.p[l->ranges.n - 1];

	if (r)
		*(kind == 'i' ? &r->introduced : kind == 'f' ? &r->fixed : &r->last_affected) = s;
}

static bool row_token(
	struct advisory_row *row, struct row_lists *l, uint8_t kind, struct span s, struct arena *a)
{
	switch (kind) {
	case 'i':
	case 'f':
	case 'l':
		range_token(l, kind, s, a);
		return true;
	case 'v':
		return vec_add(&l->versions, a, &s);
	case 'y':
		return vec_add(&l->symbols, a, &s);
	case 's':
		row->state = (uint8_t)number(s, FIX_STATES - 1);
		return true;
	case 'r':
		row->rating = (uint8_t)number(s, RATINGS - 1);
		return true;
	case 'c':
		row->cvss = s;
		return true;
	case 'm':
		row->module = s;
		return true;
	case 'a':
		row->arch = s;
		return true;
	case 'e':
		row->advisory = s;
		return true;
	case 'u':
		row->is_unimportant = true;
		return true;
	default:
		return false;
	}
}

static bool row_line(struct table *t, struct span line, int *rc, struct scov_err *err)
{
	struct advisory_row row = { .ecosystem = t->ecosystem, .package = t->package };
	struct row_lists l = { 0 };
	struct span ids, token;

	if (!t->ecosystem.len || !t->package.len || !choose_source(t, &line) ||
		!span_split(&line, '\t', &ids) || !ids.len)
		return false;
	while (span_split(&line, ' ', &token))
		if (!row_token(&row, &l, span_at(token, 0), plain(span_from(token, 1), &t->scratch),
			    &t->scratch))
			return false;
	row.ranges = l.ranges.p;
	row.ranges_n = l.ranges.n;
	row.versions = l.versions.p;
	row.versions_n = l.versions.n;
	row.symbols = l.symbols.p;
	row.symbols_n = l.symbols.n;
	while (!*rc && span_split(&ids, ' ', &token)) {
		row.id = plain(token, &t->scratch);
		if (!row.id.len)
			return false;
		*rc = feed_row(t->f, &row, err);
	}
	return true;
}

static bool record_token(struct advisory_record *r, uint8_t kind, struct span s)
{
	switch (kind) {
	case 'c':
		r->cvss = s;
		return true;
	case 'r':
		r->rating = (uint8_t)number(s, RATINGS - 1);
		return true;
	case 'k':
		r->rating_class = (uint8_t)number(s, RATED_CLASSES - 1);
		return true;
	case 'd':
		return date_parse_day(s, &r->published);
	case 'x':
		r->is_exploited = true;
		return true;
	case 'w':
		r->is_ransomware = true;
		return true;
	case 'j':
		r->is_rejected = true;
		return true;
	case 'p':
		r->has_epss = true;
		r->epss = (uint16_t)number(s, UINT16_MAX);
		return true;
	case 'q':
		r->epss_percentile = (uint16_t)number(s, UINT16_MAX);
		return true;
	default:
		return false;
	}
}

static bool record_line(struct table *t, struct span line, int *rc, struct scov_err *err)
{
	struct advisory_record r = { 0 };
	VEC(struct span) aliases = { 0 };
	struct span token;

	if (!choose_source(t, &line))
		return false;
	r.id = field(&line, &t->scratch);
	if (!r.id.len)
		return false;
	while (span_split(&line, ' ', &token)) {
		struct span s = plain(span_from(token, 1), &t->scratch);

		if (span_at(token, 0) == 'a' ? !vec_add(&aliases, &t->scratch, &s)
					     : !record_token(&r, span_at(token, 0), s))
			return false;
	}
	r.aliases = aliases.p;
	r.aliases_n = aliases.n;
	*rc = feed_record(t->f, &r, err);
	return true;
}

static bool line_read(struct table *t, struct span line, int *rc, struct scov_err *err)
{
	struct span kind;

	if (!span_split(&line, '\t', &kind) || kind.len != 1)
		return false;
	switch (span_at(kind, 0)) {
	case 's':
		return source_line(t, line);
	case 'e':
		t->ecosystem = field(&line, &t->kept);
		return t->ecosystem.len > 0;
	case 'p':
		t->package = field(&line, &t->kept);
		return t->package.len > 0;
	case 'r':
		t->f->counts->records++;
		return row_line(t, line, rc, err);
	case 'v':
		t->f->counts->records++;
		return record_line(t, line, rc, err);
	default:
		return false;
	}
}

static int table_text(struct feed *f, struct span text, struct scov_err *err)
{
	struct table t = { .f = f };
	struct span line;
	size_t n = 0;
	int rc = 0;

	while (!rc && span_line(&text, &line)) {
		n++;
		arena_reset(&t.scratch);
		if (!line.len || span_starts(line, SPAN("#")))
			continue;
		if (!line_read(&t, line, &rc, err))
			rc = err_fail(err, SCOV_E_FORMAT, "line %zu is not one of a table", n);
		if (!rc)
			rc = arena_check(&t.scratch, err);
	}
	feed_from(f, NULL);
	arena_release(&t.scratch);
	arena_release(&t.kept);
	return rc;
}

const struct feed_format feed_compact = {
	.name = "table",
	.what = "the tables of data/advisories",
	.is = is_table,
	.text = table_text,
	.states_days = true,
	.source = { .name = SPAN_INIT("table") },
};
