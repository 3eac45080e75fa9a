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

struct name_row { /* of a piece */
	struct span marked, shown;
	uint32_t more; /* others that look like this */
};

static struct name_row *row_of(const struct join *j, bool is_shown, struct span piece)
{
	const struct names *t = &j->names;
	uint64_t hash = hash_span(j->key, piece);
	struct table_slot *s = NULL;

	while (t->rows.n && (s = table_next(&t->slots, hash, s))->row) {
		struct name_row *r = &t->rows.p[s->row - 1];

		if (span_eq(is_shown ? r->shown : r->marked, piece))
			return r;
	}
	return NULL;
}

/* The last row is found by this piece. */
static bool index_row(struct join *j, struct span piece)
{
	struct names *t = &j->names;

	if (!table_room(&t->slots, &j->out->arena))
		return false;
	table_add(&t->slots, hash_span(j->key, piece), t->rows.n - 1);
	return true;
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
	struct arena *a = &j->out->arena;
	scoped_buf struct buf b = { .limit = 1 << 20 };
	const struct name_row *row = row_of(j, false, piece);

	if (row)
		return row->shown;
	strip(piece, &b);
	struct span plain = arena_dup(a, buf_view(&b)), shown = plain;
	struct name_row *first = row_of(j, true, plain);

	while (row_of(j, true, shown)) {
		shown = join_text(j, "%.*s(%u)", SPAN_ARG(plain), ++first->more + 1);
		if (!shown.len)
			return (struct span){ 0 };
	}
	piece = arena_dup(a, piece);
	return !b.failed && plain.p && piece.p &&
			       vec_add(&j->names.rows, a, &(struct name_row){ piece, shown, 0 }) &&
			       index_row(j, piece) && index_row(j, shown)
		       ? shown
		       : (struct span){ 0 };
}

static bool parts_pieces(uint8_t c)
{
	return c == '/' || c == ':' || c == ' ' || c == '=' || c == ',' || c == '"' || c == '\'' ||
	       c == '\n' || c == '\t';
}

static struct span marked_piece(struct join *j, struct span piece)
{
	const struct name_row *r = row_of(j, true, piece);

	return r ? r->marked : piece;
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
	if (!j->names.rows.n || span_find(shown, '*') == shown.len)
		return shown;
	return replace(j, shown, tmp, marked_piece);
}
