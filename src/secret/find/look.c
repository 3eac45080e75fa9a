/* look.c - a stream through tier one: windows around hits, across the borders of its pieces.
 *
 * Hits of one rule that are near each other share a window. A window is confirmed as soon as its
 * last byte is there, in the piece itself where it lies in it, else in the hold, which keeps the
 * few bytes before the piece that a window may want.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <time.h>

#include "secret/find/parts.h"
#include "secret/value/setting.h"

size_t slot_of(const struct finder *f, enum pattern_kind kind)
{
	return f->rules->n + kind;
}

size_t slots(const struct finder *f)
{
	return f->rules->n + PATTERN_KINDS;
}

typedef uint8_t wide __attribute__((vector_size(16), aligned(1), may_alias));

enum { LANES = 4, LANES_BYTES = LANES * sizeof(wide) };

/* Every byte of a long file passes here: one sum for each of 64 bytes is 3 times as fast as one for
 * each of 16. */
static uint32_t line_feeds(struct span s)
{
	uint32_t n = 0;
	size_t i = 0;

	while (s.len - i >= LANES_BYTES) {
		wide sum[LANES] = { 0 };

		for (int k = 0; k < 255 && s.len - i >= LANES_BYTES; k++, i += LANES_BYTES)
			for (size_t x = 0; x < LANES; x++)
				sum[x] -= (wide)(((const wide *)(s.p + i))[x] == '\n');
		for (size_t k = 0; k < LANES_BYTES; k++)
			n += sum[k / sizeof(wide)][k % sizeof(wide)];
	}
	for (; i < s.len; i++)
		n += s.p[i] == '\n';
	return n;
}

uint32_t look_line(struct look *l, uint64_t at)
{
	if (l->line_base)
		return l->line_base;
	if (at < l->pos) {
		uint64_t back = l->pos - at;

		back = back < l->hold_n ? back : l->hold_n;
		return l->lines + 1 - line_feeds(span_of(l->hold + l->hold_n - back, (size_t)back));
	}
	if (at < l->line_at) {
		l->line_at = l->pos;
		l->line_n = 0;
	}
	l->line_n += line_feeds(
		span_sub(l->piece, (size_t)(l->line_at - l->pos), (size_t)(at - l->line_at)));
	l->line_at = at;
	return l->lines + l->line_n + 1;
}

bool look_make(struct finder *f, struct look *l)
{
	l->hold = mem_alloc(HOLD);
	l->windows = mem_alloc(WINDOWS_MAX * sizeof(*l->windows));
	l->open = mem_alloc(slots(f) * sizeof(*l->open));
	l->done = mem_alloc(slots(f) * sizeof(*l->done));
	l->used = mem_alloc(slots(f) * sizeof(*l->used));
	l->seen = mem_alloc(slots(f) * sizeof(*l->seen));
	l->before = f->before;
	if (!l->hold || !l->windows || !l->open || !l->done || !l->used || !l->seen)
		return false;
	for (int i = 0; i < PATTERN_SETS; i++)
		if (hs_open_stream(f->db[i], 0, &l->streams[i]))
			return false;
	return true;
}

void look_drop(struct look *l)
{
	for (int i = 0; i < PATTERN_SETS; i++)
		if (l->streams[i])
			hs_close_stream(l->streams[i], NULL, NULL, NULL);
	if (l->hold)
		explicit_bzero(l->hold, HOLD);
	mem_free(l->hold);
	mem_free(l->windows);
	mem_free(l->open);
	mem_free(l->done);
	mem_free(l->used);
	mem_free(l->seen);
}

struct look *look_begin(struct finder *f, const struct look *outer)
{
	if (f->depth >= LOOKS) {
		f->dropped++;
		return NULL;
	}
	struct look *l = &f->looks[f->depth++];

	l->pos = l->line_at = 0;
	l->lines = l->line_n = 0;
	l->hold_n = l->hold_lent = l->windows_n = 0;
	l->is_binary = l->is_last = l->has_nul = false;
	l->line_base = 0;
	l->piece = (struct span){ 0 };
	l->encoding = outer ? outer->encoding : ENCODED_PLAIN;
	l->surface = outer ? outer->surface : f->surface;
	l->member = outer ? outer->member : (struct span){ 0 };
	l->decoded = outer ? outer->decoded : 0;
	for (size_t i = 0; i < l->used_n; i++) {
		l->open[l->used[i]] = 0;
		l->done[l->used[i]] = 0;
		l->seen[l->used[i]] = false;
	}
	l->used_n = 0;
	return l;
}

/* `len` bytes of the look from `from` on; they are there. */
static struct span bytes_at(struct look *l, uint64_t from, size_t len)
{
	if (from >= l->pos)
		return span_sub(l->piece, (size_t)(from - l->pos), len);
	uint64_t end = from + len, start = l->pos - l->hold_n;
	size_t want = end > l->pos ? (size_t)(end - l->pos) : 0;

	if (from < start) { /* the hold was cut: what is left of it */
		len -= len < start - from ? len : (size_t)(start - from);
		from = start;
	}
	if (want > HOLD - l->hold_n)
		want = HOLD - l->hold_n;
	if (want > l->hold_lent) {
		struct span more = span_sub(l->piece, l->hold_lent, want - l->hold_lent);

		if (more.len)
			memcpy(l->hold + l->hold_n + l->hold_lent, more.p, more.len);
		l->hold_lent += more.len;
	}
	return span_sub(span_of(l->hold, l->hold_n + l->hold_lent), (size_t)(from - start), len);
}

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void confirm(struct finder *f, struct look *l, struct window *w)
{
	uint64_t kept = l->pos - l->hold_n, end = l->pos + l->piece.len;

	w->to = w->to < end ? w->to : end;
	if (w->from < kept) { /* the hold was cut */
		f->dropped++;
		w->from = kept;
	}
	if (w->to <= w->from)
		return;
	struct span text = bytes_at(l, w->from, (size_t)(w->to - w->from));

	if (!f->work_of) {
		f->confirm(f, l, w, text);
		return;
	}
	struct slot_work *work = &f->work_of[w->slot];
	uint64_t start = now();

	f->confirm(f, l, w, text);
	work->ns += now() - start;
	work->windows++;
	work->bytes += text.len;
}

static void open_window(struct finder *f, struct look *l, const struct window *w, bool may_merge)
{
	uint32_t at = l->open[w->slot];

	if (may_merge && at) {
		struct window *last = &l->windows[at - 1];

		if (w->from <= last->to && w->to > last->to &&
			w->to - last->from <= WINDOW_MERGED_MAX + 2 * (w->to - w->from)) {
			last->to = w->to;
			return;
		}
		if (w->to <= last->to)
			return;
	}
	if (l->windows_n >= WINDOWS_MAX) {
		f->dropped++;
		return;
	}
	if (!l->seen[w->slot]) {
		l->seen[w->slot] = true;
		l->used[l->used_n++] = w->slot;
	}
	l->windows[l->windows_n++] = *w;
	l->open[w->slot] = (uint32_t)l->windows_n;
}

struct hit {
	struct finder *f;
	struct look *l;
	uint64_t base; /* of the look: where the stream began */
};

enum { ESCAPE_MAX = 6 }; /* at the start of a piece nobody asks what is ahead */

/* The byte before `at` is the last one of an escape (\n, \x3d, \u003d, %3D): what it stands for
 * is decided later. */
static bool ends_escape(struct span s, size_t at)
{
	return (at >= 2 && span_at(s, at - 2) == '\\') || (at >= 3 && span_at(s, at - 3) == '%') ||
	       (at >= 4 && span_at(s, at - 4) == '\\') || (at >= 6 && span_at(s, at - 6) == '\\');
}

/* One of the rule's literals of this length may be it. */
static bool is_guarded_off(const struct hit *h, size_t row, size_t len, uint64_t end)
{
	const struct secret_rule *r = &h->f->rules->p[row];
	struct guard *g = &h->f->guards[h->f->first_guard[row]];
	const struct look *l = h->l;
	int before = -1;

	if (end < l->pos)
		return false;
	/* in a binary it may be of another kind: adjacent.c */
	if (end - l->pos > len + ESCAPE_MAX && !l->is_binary &&
		!(r->strong && ends_escape(l->piece, (size_t)(end - l->pos) - len)))
		before = span_at(l->piece, (size_t)(end - l->pos) - len - 1);
	struct span behind = span_from(l->piece, (size_t)(end - l->pos));

	for (size_t i = 0; i < r->literals_n; i++) {
		if (r->literals[i].len != len)
			continue;
		if (!g[i].is_made)
			guard_make(r, r->literals[i], &g[i]);
		if (guard_fits(&g[i], before, behind, r->strong))
			return false;
	}
	return true;
}

/* Can a value follow the noun that ends at `end`? The quick answer for most nouns. */
static bool noun_fits(const struct finder *f, struct span piece, size_t end)
{
	struct setting x = { .words = f->words };

	if (address_ends(piece, end))
		return address_password(piece, end, &x);
	return setting_may_follow(f->words, piece, end);
}

static int on_hit(
	unsigned id, unsigned long long from, unsigned long long end, unsigned flags, void *ctx)
{
	struct hit *h = ctx;
	struct finder *f = h->f;
	struct look *l = h->l;
	enum pattern_kind kind = (enum pattern_kind)PATTERN_KIND(id);
	size_t len = PATTERN_LEN(id), before = ENCODED_BEFORE, after = ENCODED_AFTER,
	       row = PATTERN_ROW(id);
	struct window w = {
		.hit = end + h->base, .len = (uint8_t)len, .slot = (uint32_t)slot_of(f, kind)
	};

	(void)from;
	(void)flags;
	if (kind == PATTERN_PACE)
		return 0;
	end += h->base;
	if (f->work_of)
		f->work_of[kind == PATTERN_PLAIN ? row : w.slot].hits++;
	if (kind == PATTERN_NOUN) {
		/* Most are decided at once, in the piece. */
		if ((l->is_binary && row != NOUN_ADDRESS) || l->decoded)
			return 0;
		if (end >= l->pos + NOUN_NEAR && end + NOUN_NEAR < l->pos + l->piece.len &&
			!noun_fits(f, l->piece, (size_t)(end - l->pos)))
			return 0;
		before = NOUN_BEFORE;
		after = NOUN_AFTER;
	} else if (kind == PATTERN_CERTIFICATE) {
		before = 0;
		after = CERTIFICATE_AFTER;
	} else if (kind == PATTERN_PLAIN) {
		const struct secret_rule *r = &f->rules->p[row < f->rules->n ? row : 0];

		if ((l->is_binary && !r->strong && !r->binary) || is_guarded_off(h, row, len, end))
			return 0;
		w.slot = (uint32_t)row;
		before = r->before;
		after = r->after;
	} else if (l->decoded >= DECODED_DEPTH) {
		return 0;
	}
	w.from = end > len + before ? end - len - before : 0;
	w.to = end + after;
	open_window(f, l, &w, kind != PATTERN_NOUN);
	return 0;
}

/* Windows that end in the piece, or all at the end. */
static void close_windows(struct finder *f, struct look *l)
{
	uint64_t end = l->pos + l->piece.len;
	size_t left = 0, n = l->windows_n;

	for (size_t i = 0; i < l->used_n; i++)
		l->open[l->used[i]] = 0;
	for (size_t i = 0; i < n; i++) {
		struct window w = l->windows[i];

		if (!l->is_last && w.to > end) {
			l->windows[left++] = w;
			l->open[w.slot] = (uint32_t)left;
			continue;
		}
		confirm(f, l, &w);
	}
	l->windows_n = left;
}

/* Keeps what open windows and the next hits may want, and moves after the piece. */
static void move_on(struct look *l)
{
	uint64_t end = l->pos + l->piece.len, want = end > l->before ? end - l->before : 0;

	for (size_t i = 0; i < l->windows_n; i++)
		want = l->windows[i].from < want ? l->windows[i].from : want;
	uint64_t start = l->pos - l->hold_n;

	if (want < start)
		want = start;
	if (end - want > HOLD - STEP)
		want = end - (HOLD - STEP);
	size_t keep = (size_t)(end - want), of_piece = keep < l->piece.len ? keep : l->piece.len;
	size_t of_hold = keep - of_piece;

	if (of_hold)
		memmove(l->hold, l->hold + l->hold_n - of_hold, of_hold);
	if (of_piece)
		memcpy(l->hold + of_hold, l->piece.p + l->piece.len - of_piece, of_piece);
	l->hold_n = keep;
	l->hold_lent = 0;
	l->lines += line_feeds(l->piece);
	l->pos = l->line_at = end;
	l->line_n = 0;
	l->piece = (struct span){ 0 };
}

static void scan(struct finder *f, struct look *l, enum pattern_set set, struct hit *h)
{
	if (!l->is_open[set])
		l->starts[set] = l->pos;
	l->is_open[set] = true;
	h->base = l->starts[set];
	if (hs_scan_stream(l->streams[set], (const char *)l->piece.p, (unsigned)l->piece.len, 0,
		    f->scratch, on_hit, h))
		f->dropped++;
}

static void step(struct finder *f, struct look *l, struct span piece, bool last)
{
	struct hit h = { .f = f, .l = l };

	l->piece = piece;
	l->is_last = last;
	/* Once a text shows a NUL, UTF-16 may be in it. */
	l->has_nul = l->has_nul || (!l->is_binary && span_find(piece, 0) < piece.len);
	if (!l->is_binary)
		scan(f, l, PATTERNS_TEXT, &h);
	if (l->is_binary || l->has_nul)
		scan(f, l, PATTERNS_BINARY, &h);
	close_windows(f, l);
	if (!last)
		move_on(l);
}

void look_push(struct finder *f, struct look *l, struct span data, bool last)
{
	if (!l->pos && data.len)
		l->is_binary =
			(l->surface == SURFACE_CONTENT || l->surface == SURFACE_ATTESTATION) &&
			span_find(span_sub(data, 0, BINARY_HEAD), 0) <
				span_sub(data, 0, BINARY_HEAD).len;
	while (data.len && !finder_is_full(f)) {
		struct span piece = span_sub(data, 0, STEP);

		data = span_from(data, piece.len);
		step(f, l, piece, last && !data.len);
	}
}

void look_end(struct finder *f, struct look *l)
{
	l->is_last = true;
	close_windows(f, l);
	for (int i = 0; i < PATTERN_SETS; i++) {
		if (l->is_open[i])
			hs_reset_stream(l->streams[i], 0, NULL, NULL, NULL);
		l->is_open[i] = false;
	}
	explicit_bzero(l->hold, l->hold_n + l->hold_lent < HOLD ? l->hold_n + l->hold_lent : HOLD);
	l->windows_n = 0;
	l->piece = (struct span){ 0 };
	f->depth--;
}
