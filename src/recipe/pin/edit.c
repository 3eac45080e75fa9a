/* edit.c - edits put into a file, and shown as a unified diff.
 *
 * The names are "./FILE": patch -p0 and git apply, which takes one folder off, both find it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include "base/ascii.h"
#include "recipe/pin/pin.h"

enum { CONTEXT = 3 };

void pin_write(const struct pin_spot *s, struct span digest, struct arena *a, pin_edits *out)
{
	struct span text = digest;
	size_t at = span_rfind(s->image, '@');

	switch (s->form) {
	case PIN_NAME:
		text = span_str(arena_printf(a, "@%.*s", SPAN_ARG(digest)));
		break;
	case PIN_HEX:
		text = span_from(digest, span_find(digest, ':') + 1);
		break;
	case PIN_VERSION:
		text = s->version;
		break;
	default:
		break;
	}
	if (s->needs_blank)
		text = span_str(arena_printf(a, " %.*s", SPAN_ARG(text)));
	vec_add(out, a, &(struct pin_edit){ s->from, s->to, s->line, text });
	if (s->form == PIN_COMMIT && s->comment_at && !s->digest.len)
		vec_add(out, a,
			&(struct pin_edit){ s->comment_at, s->comment_at, s->line,
				span_str(arena_printf(
					a, " # %.*s", SPAN_ARG(span_from(s->image, at + 1)))) });
}

static int by_place(const void *a, const void *b)
{
	const struct pin_edit *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return x->to == y->to ? 0 : x->to < y->to ? -1 : 1;
}

bool pin_sort(pin_edits *edits)
{
	size_t n = 0, end = 0;

	if (edits->n)
		qsort(edits->p, edits->n, sizeof(*edits->p), by_place);
	for (size_t i = 0; i < edits->n; i++) {
		if (n && (edits->p[i].from < end || !by_place(&edits->p[i], &edits->p[n - 1])))
			continue;
		end = edits->p[i].to;
		edits->p[n++] = edits->p[i];
	}
	bool is_all = n == edits->n;

	edits->n = n;
	return is_all;
}

/* The bytes from..to of the file with the edits from *next on that are in it; one at the end of the
 * file is in its last line. */
static void put_range(struct span file, const pin_edits *edits, size_t *next, size_t from,
	size_t to, struct buf *out)
{
	for (; *next < edits->n && (edits->p[*next].from < to || to == file.len); ++*next) {
		const struct pin_edit *e = &edits->p[*next];

		buf_span(out, span_sub(file, from, e->from - from));
		buf_span(out, e->text);
		from = e->to;
	}
	buf_span(out, span_sub(file, from, to - from));
}

void pin_apply(struct span file, const pin_edits *edits, struct buf *out)
{
	size_t next = 0;

	put_range(file, edits, &next, 0, file.len, out);
}

/* ---- diff ------------------------------------------------------------------------------------ */

struct line {
	size_t from, to;
	bool is_secret, is_changed;
};

struct diff {
	struct span file;
	VEC(struct line) lines;
	const pin_edits *edits;
	size_t next; /* of the edits */
	struct buf *out;
};

static void split(struct diff *d, struct span masked, struct arena *a)
{
	for (size_t at = 0; at < d->file.len;) {
		struct span rest = span_from(d->file, at);
		size_t n = span_find(rest, '\n');

		n += n < rest.len;
		vec_add(&d->lines, a,
			&(struct line){ .from = at,
				.to = at + n,
				.is_secret =
					!span_eq(span_sub(rest, 0, n), span_sub(masked, at, n)) });
		at += n;
	}
}

static void put_line(struct diff *d, char mark, struct span text)
{
	buf_byte(d->out, mark);
	buf_span(d->out, text);
	if (!span_ends(text, SPAN("\n")))
		buf_str(d->out, "\n\\ No newline at end of file\n");
}

static void put_lines(struct diff *d, char mark, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		const struct line *l = &d->lines.p[i];

		if (mark != '+') {
			put_line(d, mark, span_sub(d->file, l->from, l->to - l->from));
			continue;
		}
		scoped_buf struct buf b = { 0 };

		put_range(d->file, d->edits, &d->next, l->from, l->to, &b);
		put_line(d, mark, buf_view(&b));
	}
}

/* Lines from..to, of which some are changed. */
static void put_hunk(struct diff *d, size_t from, size_t to)
{
	buf_printf(d->out, "@@ -%zu,%zu +%zu,%zu @@\n", from + 1, to - from, from + 1, to - from);
	while (from < to) {
		size_t end = from;

		while (end < to && d->lines.p[end].is_changed == d->lines.p[from].is_changed)
			end++;
		put_lines(d, d->lines.p[from].is_changed ? '-' : ' ', from, end);
		if (d->lines.p[from].is_changed)
			put_lines(d, '+', from, end);
		from = end;
	}
}

/* quiet: lines up to `to` without a change. patch takes a hunk with less context at one side for an
 * end of the file, git one without any after it: so both sides have as much, but for the ends of
 * the file, and where nothing can be before it. */
static void balance(struct diff *d, size_t first, size_t quiet, size_t *from, size_t *to)
{
	size_t before = first - *from, after = quiet > CONTEXT ? CONTEXT : quiet;

	*to -= quiet - after;
	if (*from && before < after)
		*to -= before ? after - before : after == CONTEXT;
	if (*to < d->lines.n && after < before)
		*from += before - after;
}

static void put_hunks(struct diff *d)
{
	for (size_t i = 0, done = 0; i < d->lines.n; i++) {
		size_t from = i, to = i + 1, quiet = 0;

		if (!d->lines.p[i].is_changed)
			continue;
		while (from > done && i - from < CONTEXT && !d->lines.p[from - 1].is_secret)
			from--;
		for (size_t k = to; k < d->lines.n && quiet <= 2 * CONTEXT; k++) {
			if (d->lines.p[k].is_secret)
				break;
			quiet = d->lines.p[k].is_changed ? 0 : quiet + 1;
			to = k + 1;
		}
		balance(d, i, quiet, &from, &to);
		put_hunk(d, from, to);
		done = to;
		i = to - 1;
	}
}

static bool is_plain_name(struct span name)
{
	for (size_t i = 0; i < name.len; i++)
		if (span_at(name, i) < 0x20 || span_at(name, i) == 0x7f ||
			span_at(name, i) == '"' || span_at(name, i) == '\\')
			return false;
	return true;
}

/* As git quotes it. */
static void put_name(struct buf *out, const char *mark, const char *path)
{
	struct span name = span_str(path), head = SPAN("./");

	while (span_starts(name, head))
		name = span_from(name, head.len);
	if (span_at(name, 0) == '/')
		head.len = 0;
	if (is_plain_name(name)) {
		buf_printf(out, "%s %.*s", mark, SPAN_ARG(head));
		buf_span(out, name);
		buf_str(out, span_find(name, ' ') < name.len ? "\t\n" : "\n");
		return;
	}
	buf_printf(out, "%s \"%.*s", mark, SPAN_ARG(head));
	for (size_t i = 0; i < name.len; i++) {
		uint8_t c = span_at(name, i);

		if (c < 0x20 || c == 0x7f)
			buf_printf(out, "\\%03o", c);
		else
			buf_printf(out, "%s%c", c == '"' || c == '\\' ? "\\" : "", c);
	}
	buf_str(out, "\"\n");
}

static struct line *line_at(struct diff *d, size_t at)
{
	size_t low = 0, high = d->lines.n;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (d->lines.p[middle].from <= at)
			low = middle;
		else
			high = middle;
	}
	return &d->lines.p[low];
}

size_t pin_diff(struct span file, struct span masked, const char *path, const pin_edits *edits,
	struct arena *a, struct buf *out)
{
	pin_edits shown = { 0 };
	struct diff d = { .file = file, .edits = &shown, .out = out };

	split(&d, masked, a);
	for (size_t i = 0; i < edits->n && d.lines.n; i++) {
		struct line *l = line_at(&d, edits->p[i].from);

		if (l->is_secret || !vec_add(&shown, a, &edits->p[i]))
			continue;
		l->is_changed = true;
	}
	if (shown.n) {
		put_name(out, "---", path);
		put_name(out, "+++", path);
		put_hunks(&d);
	}
	return edits->n - shown.n;
}
