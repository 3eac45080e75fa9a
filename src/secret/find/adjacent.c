/* adjacent.c - values in programs and databases, whose neighbours are bytes of another kind.
 *
 * The text of a column of sqlite begins right after the one before it, and a constant of compiled
 * Python after a letter that says what it is. So in binaries the expression is tried at the
 * literal once more, without what it asks of the byte before the value and of the one after it;
 * what it finds must be proved, or begin with a prefix that chance does not write.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "secret/find/parts.h"

enum { PREFIX_TOLD = 5, ADJACENT_WINDOW = 1024 };

/* Without "(?<![...])" at the head and "(?![...])" at the tail. */
static struct span without_edges(struct span e)
{
	size_t head = span_starts(e, SPAN("(?<![")) ? span_find(e, ')') : e.len;
	size_t tail = 0;

	if (head < e.len)
		e = span_from(e, head + 1);
	for (size_t at = 0; at < e.len; at = tail + 4) {
		tail = at + span_find_span(span_from(e, at), SPAN("(?!["));
		if (tail < e.len && tail + span_find(span_from(e, tail), ')') + 1 == e.len)
			return span_sub(e, 0, tail);
	}
	return e;
}

static const pcre2_code *code_of(struct finder *f, size_t row)
{
	const struct secret_rule *r = &f->rules->p[row];
	struct span e = without_edges(r->expression);
	int why;
	PCRE2_SIZE at;

	if (!f->adjacent[row] && e.len < r->expression.len)
		f->adjacent[row] = pcre2_compile(e.p, e.len,
			PCRE2_MULTILINE | PCRE2_NEVER_UTF | PCRE2_NEVER_BACKSLASH_C |
				(r->nocase ? PCRE2_CASELESS : 0u),
			&why, &at, NULL);
	return f->adjacent[row];
}

static bool is_word(uint8_t c)
{
	return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '_';
}

/* Where the edges are clean the expression itself has found it. */
static bool has_word_beside(struct span text, size_t from, size_t to)
{
	return (from && is_word(span_at(text, from - 1))) || is_word(span_at(text, to));
}

static void try_at(struct finder *f, struct look *l, const struct window *w, struct span text,
	size_t at, bool is_told)
{
	const struct secret_rule *r = &f->rules->p[w->slot];
	const pcre2_code *code = code_of(f, w->slot);
	struct span rest = span_from(text, at);
	int rc = code ? pcre2_match(code, rest.p, rest.len, 0, PCRE2_ANCHORED, f->match, f->context)
		      : PCRE2_ERROR_NOMATCH;
	const PCRE2_SIZE *range = pcre2_get_ovector_pointer(f->match);
	size_t g = 2u * r->group;

	if (rc < 0 && rc != PCRE2_ERROR_NOMATCH)
		f->dropped++;
	if (rc <= 0 || rc <= r->group || range[g] == PCRE2_UNSET || range[g + 1] <= range[g])
		return;
	size_t from = at + range[g], to = at + range[g + 1];

	if (has_word_beside(text, from, to))
		confirm_value(f, l, w, text, span_sub(text, from, to - from), !is_told);
}

void confirm_adjacent(struct finder *f, struct look *l, const struct window *w, struct span text)
{
	const struct secret_rule *r = &f->rules->p[w->slot];
	size_t n = 0;

	for (size_t i = 0; i < r->literals_n; i++) {
		struct span literal = r->literals[i];

		for (size_t at = 0; at < text.len && n < ADJACENT_WINDOW; n++) {
			at += span_find_span(span_from(text, at), literal);
			if (at >= text.len)
				break;
			try_at(f, l, w, text, at, literal.len >= PREFIX_TOLD);
			at += literal.len;
		}
	}
	f->dropped += n == ADJACENT_WINDOW;
}
