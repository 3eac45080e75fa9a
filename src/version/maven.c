/* maven.c - Maven: any text; numbers and words, split at ".", "-" and between digits and others.
 *
 * Source: maven.apache.org/pom.html, "Version Order Specification", with ".word" the same as
 * "-word" everywhere. Without that the order is not transitive: 1.0.alpha < 1 < 1-1 < 1.0.alpha.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/ascii.h"
#include "version/schemes.h"

/* In their order. The end is as NOTHING, without end. */
enum rank { ALPHA, BETA, MILESTONE, RC, SNAPSHOT, NOTHING, SP, WORD, DASH_NUMBER, DOT_NUMBER };

static const struct {
	struct span word;
	enum rank rank;
} words[] = {
	{ SPAN_INIT("alpha"), ALPHA },
	{ SPAN_INIT("beta"), BETA },
	{ SPAN_INIT("milestone"), MILESTONE },
	{ SPAN_INIT("rc"), RC },
	{ SPAN_INIT("cr"), RC },
	{ SPAN_INIT("snapshot"), SNAPSHOT },
	{ SPAN_INIT("ga"), NOTHING },
	{ SPAN_INIT("final"), NOTHING },
	{ SPAN_INIT("release"), NOTHING },
	{ SPAN_INIT("sp"), SP },
};

struct token {
	enum rank rank;
	struct span text;
	bool is_null; /* 0 or NOTHING */
	bool is_dash; /* begins a part: "-", a word, a number after a word */
};

struct walk {
	struct span rest;
	bool has_begun;
	size_t keep; /* zeros count as long as so many bytes or more are left */
};

static enum rank rank_of(struct span word, bool before_digit)
{
	if (word.len == 1 && before_digit) {
		uint8_t c = ascii_lower(span_at(word, 0));

		if (c == 'a' || c == 'b' || c == 'm')
			return c == 'a' ? ALPHA : c == 'b' ? BETA : MILESTONE;
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (span_eq_nocase(words[i].word, word))
			return words[i].rank;
	return WORD;
}

static bool is_word(uint8_t c)
{
	return c != '.' && c != '-' && !ascii_is_digit(c);
}

/* False at the end. */
static bool read(struct walk *w, struct token *out)
{
	struct token t = { .rank = NOTHING, .is_null = true };
	size_t n = 0;

	*out = t;
	if (!w->rest.len)
		return false;
	if (w->has_begun && !take_byte(&w->rest, '.')) {
		take_byte(&w->rest, '-');
		t.is_dash = true;
	}
	w->has_begun = true;
	t.text = take_digits(&w->rest);
	while (!t.text.len && n < w->rest.len && is_word(span_at(w->rest, n)))
		n++;
	if (n) {
		t.text = span_sub(w->rest, 0, n);
		w->rest = span_from(w->rest, n);
		t.rank = rank_of(t.text, ascii_is_digit(span_at(w->rest, 0)));
		t.is_null = t.rank == NOTHING;
		t.is_dash = true;
	} else {
		t.rank = t.is_dash ? DASH_NUMBER : DOT_NUMBER;
		t.is_null = !digits_cmp(t.text, SPAN(""));
	}
	*out = t;
	return true;
}

/* The same without nulls before the end or before a "-" that counts. The first token counts. */
static bool next(struct walk *w, struct token *out)
{
	struct walk kept = *w, ahead;

	if (!read(w, out))
		return false;
	if (!kept.has_begun || !out->is_null || w->rest.len >= w->keep)
		return true;
	for (ahead = *w;; ahead = *w) { /* a run of nulls: what ends it? */
		if (!read(w, out))
			return false;
		if (!out->is_null && out->is_dash)
			return true;
		if (!out->is_null)
			break;
		if (out->is_dash)
			kept = ahead;
	}
	kept.keep = ahead.rest.len; /* a number with a dot: the last part of the run counts */
	*w = kept;
	return read(w, out);
}

bool version_maven(struct span a, struct span b, int *out_order)
{
	struct walk x = { .rest = a, .keep = SIZE_MAX }, y = { .rest = b, .keep = SIZE_MAX };
	struct token s, t;
	bool more;
	int order;

	do {
		more = next(&x, &s);
		more |= next(&y, &t);
		order = (int)s.rank - (int)t.rank;
		if (!order && s.rank == WORD)
			order = span_cmp_nocase(s.text, t.text);
		else if (!order && s.rank > WORD)
			order = digits_cmp(s.text, t.text);
	} while (!order && more);
	*out_order = order;
	return true;
}
