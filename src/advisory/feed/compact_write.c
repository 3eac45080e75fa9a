/* compact_write.c - what a builder holds, as lines of text.
 *
 * Rows of a package that say the same are one line with several ids, and everything is sorted: the
 * text is small once it is compressed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/feed/compact.h"

#include <stdlib.h>

#include "advisory/db/file.h"
#include "advisory/db/parts.h"
#include "base/date.h"

static void put(struct buf *out, struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = span_at(s, i);

		if (c <= ' ' || c == '%' || c == 0x7f)
			buf_printf(out, "%%%02x", c);
		else
			buf_byte(out, (char)c);
	}
}

static void token(struct buf *out, const struct advisory_build *b, char kind, uint32_t text)
{
	if (!text)
		return;
	buf_printf(out, "%s%c", out->len ? " " : "", kind);
	put(out, b->texts.p[text]);
}

static void row_tokens(struct buf *out, const struct advisory_build *b, const struct build_row *r)
{
	const struct build_extra *x = &b->extras.p[r->extra];
	struct span symbols = b->texts.p[x->symbols], symbol;

	for (uint32_t i = 0; i < r->ranges_n; i++) {
		const struct build_range *range = &b->ranges.p[r->ranges + i];

		buf_printf(out, "%si", out->len ? " " : "");
		put(out, b->texts.p[range->introduced]);
		token(out, b, 'f', range->fixed);
		token(out, b, 'l', range->last_affected);
	}
	for (uint32_t i = 0; i < r->versions_n; i++)
		token(out, b, 'v', b->versions.p[r->versions + i]);
	if (r->state)
		buf_printf(out, " s%u", r->state);
	if (r->rating)
		buf_printf(out, " r%u", r->rating);
	if (r->flags & GROUP_UNIMPORTANT)
		buf_str(out, " u");
	token(out, b, 'c', x->cvss);
	token(out, b, 'm', x->module);
	token(out, b, 'a', x->arch);
	token(out, b, 'e', x->advisory);
	while (span_line(&symbols, &symbol)) {
		buf_str(out, " y");
		put(out, symbol);
	}
}

struct line {
	struct span tokens;
	uint32_t id;
	uint16_t source;
};

static int line_order(const struct line *x, const struct line *y)
{
	int order = span_cmp(x->tokens, y->tokens);

	return x->source != y->source ? (x->source < y->source ? -1 : 1) : order;
}

static int by_line(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	int order = line_order(x, y);

	return order ? order : (x->id > y->id) - (x->id < y->id);
}

static int write_package(struct buf *out, const struct advisory_build *b,
	const struct build_row *rows, size_t n, struct scov_err *err)
{
	scoped_arena struct arena a = { 0 };
	struct line *lines = arena_array(&a, n, sizeof(*lines));

	for (size_t i = 0; lines && i < n; i++) {
		scoped_buf struct buf text = { 0 };

		row_tokens(&text, b, &rows[i]);
		lines[i] =
			(struct line){ arena_dup(&a, buf_view(&text)), rows[i].id, rows[i].source };
	}
	int rc = arena_check(&a, err);

	if (rc)
		return rc;
	qsort(lines, n, sizeof(*lines), by_line);
	buf_str(out, "p\t");
	put(out, b->texts.p[rows->package]);
	for (size_t i = 0; i < n; i++) {
		if (i && by_line(&lines[i - 1], &lines[i]) == 0)
			continue;
		if (i && line_order(&lines[i - 1], &lines[i]) == 0) {
			buf_byte(out, ' ');
			put(out, b->texts.p[lines[i].id]);
			continue;
		}
		if (i) {
			buf_byte(out, '\t');
			buf_span(out, lines[i - 1].tokens);
		}
		buf_printf(out, "\nr\t%u\t", lines[i].source);
		put(out, b->texts.p[lines[i].id]);
	}
	buf_byte(out, '\t');
	buf_span(out, lines[n - 1].tokens);
	buf_byte(out, '\n');
	return 0;
}

static int write_rows(struct buf *out, const struct advisory_build *b, struct scov_err *err)
{
	const struct build_row *rows = b->rows.p;

	for (size_t i = 0, end; i < b->rows.n; i = end) {
		if (!i || rows[i].ecosystem != rows[i - 1].ecosystem) {
			buf_str(out, "e\t");
			put(out, b->texts.p[rows[i].ecosystem]);
			buf_byte(out, '\n');
		}
		for (end = i; end < b->rows.n && rows[end].ecosystem == rows[i].ecosystem &&
			      rows[end].package == rows[i].package;)
			end++;
		int rc = write_package(out, b, rows + i, end - i, err);

		if (rc)
			return rc;
	}
	return 0;
}

static void record_tokens(
	struct buf *out, const struct advisory_build *b, const struct build_record *r)
{
	char day[DATE_TEXT];

	if (r->published)
		buf_printf(out, " d%s", date_format_day(r->published, day));
	if (r->rating)
		buf_printf(out, " r%u", r->rating);
	if (r->rating_class && (r->rating || r->cvss))
		buf_printf(out, " k%u", r->rating_class);
	if (r->flags & RECORD_EXPLOITED)
		buf_str(out, " x");
	if (r->flags & RECORD_RANSOMWARE)
		buf_str(out, " w");
	if (r->flags & RECORD_REJECTED)
		buf_str(out, " j");
	if (r->flags & RECORD_EPSS)
		buf_printf(out, " p%u q%u", r->epss, r->epss_percentile);
	if (r->cvss) {
		buf_str(out, " c");
		put(out, b->texts.p[r->cvss]);
	}
}

static int by_from(const void *a, const void *b)
{
	const struct build_edge *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (x->to > y->to) - (x->to < y->to);
}

/* The aliases of an id go to the first of its records. */
static void write_records(struct buf *out, struct advisory_build *b)
{
	const struct build_edge *e = b->edges.p;
	size_t at = 0;

	if (b->edges.n)
		qsort(b->edges.p, b->edges.n, sizeof(*b->edges.p), by_from);
	for (size_t i = 0; i < b->records.n; i++) {
		const struct build_record *r = &b->records.p[i];
		scoped_buf struct buf tokens = { 0 };

		record_tokens(&tokens, b, r);
		for (; at < b->edges.n && e[at].from == r->id; at++) {
			if (at && by_from(&e[at - 1], &e[at]) == 0)
				continue;
			buf_str(&tokens, " a");
			put(&tokens, b->texts.p[e[at].to]);
		}
		if (!tokens.len)
			continue;
		buf_printf(out, "v\t%u\t", r->source);
		put(out, b->texts.p[r->id]);
		buf_byte(out, '\t');
		buf_span(out, span_from(buf_view(&tokens), 1));
		buf_byte(out, '\n');
		out->failed |= tokens.failed;
	}
}

int advisory_table_write(struct advisory_build *b, struct buf *out, struct scov_err *err)
{
	int rc = parts_rank(b, err);
	char day[DATE_TEXT];

	if (!rc)
		rc = parts_sort(b, err);
	if (rc)
		return rc;
	buf_str(out, TABLE_MAGIC);
	for (size_t i = 0; i < b->sources.n; i++) {
		const struct build_source *s = &b->sources.p[i];

		buf_str(out, "s\t");
		put(out, b->texts.p[s->name]);
		buf_byte(out, '\t');
		put(out, b->texts.p[s->address]);
		buf_byte(out, '\t');
		put(out, b->texts.p[s->licence]);
		buf_printf(out, "\t%s\t%u\n", date_format_day(s->day, day), s->classes);
	}
	rc = write_rows(out, b, err);
	write_records(out, b);
	if (!rc && out->failed)
		rc = err_memory(err);
	return rc;
}
