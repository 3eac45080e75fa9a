/* names.c - masked names as they are shown.
 *
 * In part facts a mark after the stars identifies the masked value (facts/mark.h). Here each
 * piece of a name loses its marks; where another piece then looks the same, a number after it tells
 * them apart: "ghp_****", "ghp_****(2)". So from here on two names are equal when they were equal
 * in the image, and every step compares what is shown. What the databases of packages know by hash
 * is looked up with the marks.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "base/buf.h"
#include "facts/mark.h"
#include "facts/rewrite.h"
#include "join/steps.h"

enum way {
	TO_SHOWN = 1, /* a piece with its marks -> as shown */
	TO_MARKED,    /* the way back */
	TO_COUNT,     /* how many look like this */
};

struct name_row {
	uint8_t way; /* enum way; 0: free */
	struct span from, to;
	uint32_t n;
};

static struct name_row *row_of(const struct names *t, enum way way, struct span from)
{
	size_t at = (size_t)hash_span(t->key, from) + (size_t)way;

	for (size_t i = at & (t->rows_n - 1);; i = (i + 1) & (t->rows_n - 1)) {
		struct name_row *r = &t->rows[i];

		if (!r->way || (r->way == way && span_eq(r->from, from)))
			return r;
	}
}

static bool grow(struct names *t, struct arena *a)
{
	struct names more = { .key = t->key, .rows_n = t->rows_n ? t->rows_n * 2 : 64 };

	if (t->used + 4 < t->rows_n / 2)
		return true;
	more.rows = arena_array(a, more.rows_n, sizeof(*more.rows));
	if (!more.rows)
		return false;
	for (size_t i = 0; i < t->rows_n; i++)
		if (t->rows[i].way)
			*row_of(&more, (enum way)t->rows[i].way, t->rows[i].from) = t->rows[i];
	more.used = t->used;
	*t = more;
	return true;
}

static struct name_row *row_make(struct names *t, enum way way, struct span from, struct span to)
{
	struct name_row *r = row_of(t, way, from);

	if (!r->way) {
		*r = (struct name_row){ .way = (uint8_t)way, .from = from, .to = to };
		t->used++;
	}
	return r;
}

/* Without its marks: a piece that has none is as it was. */
static void strip(struct span piece, struct buf *out)
{
	for (size_t i = 0; i < piece.len; i++)
		if (span_at(piece, i) == MARK)
			i += MARK_DIGEST;
		else
			buf_byte(out, (char)span_at(piece, i));
}

static struct span shown_piece(struct join *j, struct span piece)
{
	struct names *t = &j->names;
	struct arena *a = &j->out->arena;
	scoped_buf struct buf b = { .limit = 1 << 20 };

	if (!grow(t, a))
		return (struct span){ 0 };
	struct name_row *known = row_of(t, TO_SHOWN, piece);

	if (known->way)
		return known->to;
	strip(piece, &b);
	struct span plain = arena_dup(a, buf_view(&b)), shown = plain;
	struct name_row *count = row_make(t, TO_COUNT, plain, plain);

	while (row_of(t, TO_MARKED, shown)->way) {
		shown = join_text(j, "%.*s(%u)", SPAN_ARG(plain), ++count->n + 1);
		if (!shown.len)
			return (struct span){ 0 };
	}
	piece = arena_dup(a, piece);
	if (b.failed || !plain.p || !piece.p)
		return (struct span){ 0 };
	row_make(t, TO_SHOWN, piece, shown);
	row_make(t, TO_MARKED, shown, piece);
	return shown;
}

static bool parts_pieces(uint8_t c)
{
	return c == '/' || c == ':' || c == ' ' || c == '=' || c == ',' || c == '"' || c == '\'' ||
	       c == '\n' || c == '\t';
}

static struct span marked_piece(struct join *j, struct span piece)
{
	struct name_row *r = row_of(&j->names, TO_MARKED, piece);

	return r->way ? r->to : piece;
}

/* The text with every piece that has a star or a mark replaced. */
static struct span replace(struct join *j, struct span text, struct arena *a,
	struct span (*piece)(struct join *j, struct span piece))
{
	scoped_buf struct buf b = { .limit = 16 << 20 };

	for (size_t from = 0, end; from < text.len; from = end + 1) {
		for (end = from; end < text.len && !parts_pieces(span_at(text, end));)
			end++;
		struct span one = span_sub(text, from, end - from);
		bool is_masked = span_find(one, '*') < one.len || span_find(one, MARK) < one.len;

		if (is_masked && !(one = piece(j, one)).p)
			return (struct span){ 0 };
		buf_span(&b, one);
		if (end < text.len)
			buf_byte(&b, (char)span_at(text, end));
	}
	return b.failed ? (struct span){ 0 } : arena_dup(a, buf_view(&b));
}

static struct span shown(void *ctx, struct span name)
{
	struct join *j = ctx;

	if (span_find(name, '*') == name.len && span_find(name, MARK) == name.len)
		return name.p ? name : SPAN("");
	return replace(j, name, &j->out->arena, shown_piece);
}

const struct part *names_show(struct join *j, const struct part *p)
{
	struct part *copy = p && p->has_stars ? arena_alloc(&j->out->arena, sizeof(*copy)) : NULL;

	if (!p || !p->has_stars)
		return p;
	if (!copy || !part_rewrite(p, &j->out->arena, shown, j, copy)) {
		arena_fail(&j->out->arena);
		return NULL;
	}
	return copy;
}

struct span names_marked(struct join *j, struct span shown, struct arena *tmp)
{
	if (!j->names.used || span_find(shown, '*') == shown.len)
		return shown;
	return replace(j, shown, tmp, marked_piece);
}
