/* setting_lex.c - what lies around a name and its value: blanks, quotes, brackets, separators,
 * types.
 *
 * Every step looks at a bounded number of bytes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "secret/value/setting_parts.h"

enum {
	BLANKS_MAX = 32,
	CLOSERS_MAX = 6,
};

bool lex_at(struct span s, size_t i, struct span what)
{
	return span_eq(span_sub(s, i, what.len), what);
}

bool lex_at_nocase(struct span s, size_t i, struct span what)
{
	return span_eq_nocase(span_sub(s, i, what.len), what);
}

size_t lex_blanks(struct span s, size_t i)
{
	size_t n = 0;

	while (n < BLANKS_MAX && (span_at(s, i + n) == ' ' || span_at(s, i + n) == '\t'))
		n++;
	return n;
}

size_t lex_space(struct span s, size_t i)
{
	size_t n = 0;

	while (n < 2 * BLANKS_MAX && i + n < s.len && span_at(s, i + n) <= ' ' && span_at(s, i + n))
		n++;
	return n;
}

size_t lex_line_end(struct span s, size_t i, size_t most)
{
	size_t end = i;

	while (end < s.len && end - i < most && span_at(s, end) != '\n')
		end++;
	return end;
}

/* The opening quote at i, with what may be before it (b"", r'', N'', @"", \", &quot;). Sets
 * the quote and whether it is escaped itself; 0 bytes: not one. */
static size_t quote_at(struct span s, size_t i, uint8_t *quote, size_t *slashes)
{
	size_t n = 0;

	*slashes = 0;
	if (lex_at(s, i, SPAN("&quot;")) || lex_at(s, i, SPAN("&#34;"))) {
		*quote = '&';
		return span_at(s, i + 1) == 'q' ? 6 : 5;
	}
	while (n < 2 && (ascii_is_letter(span_at(s, i + n)) || span_at(s, i + n) == '@' ||
				span_at(s, i + n) == '$'))
		n++;
	if (n && !lex_is_quote(span_at(s, i + n)))
		n = 0;
	while (*slashes < 3 && span_at(s, i + n) == '\\') {
		++*slashes;
		n++;
	}
	*quote = span_at(s, i + n);
	if (!lex_is_quote(*quote) || span_at(s, i) == '$')
		return 0;
	if (span_at(s, i + n + 1) == *quote && span_at(s, i + n + 2) == *quote)
		n += 2;
	return n + 1;
}

/* From after the opening quote to the closing one, in the same line. */
static bool take_quoted(struct setting *x, size_t i, uint8_t quote, size_t slashes)
{
	struct span s = x->text;

	x->value = i;
	x->is_bare = false;
	for (size_t n = 0; i < s.len && n <= SETTING_VALUE_MAX; i++, n++) {
		uint8_t c = span_at(s, i);

		x->value_end = i;
		if (quote == '&' && lex_at(s, i, SPAN("&quot;")))
			return true;
		if (slashes && c == '\\') {
			size_t k = i;

			while (span_at(s, k) == '\\')
				k++;
			if (span_at(s, k) == quote && k - i <= slashes)
				return true;
			i = k;
			continue;
		}
		if (c == '\\' && quote != '\'') {
			i++;
			continue;
		}
		if (c == '\n' || c == quote)
			return c == quote && quote != '&';
	}
	return false;
}

bool lex_quoted(struct setting *x, size_t i)
{
	uint8_t quote;
	size_t slashes, n = quote_at(x->text, i, &quote, &slashes);

	return n && take_quoted(x, i + n, quote, slashes);
}

/* What ends a bare value although no blank does. */
static bool bare_ends(struct span s, size_t i, bool is_line)
{
	uint8_t c = span_at(s, i), next = span_at(s, i + 1);

	switch (c) {
	case ';':
		return true;
	case '<':
		return next == '/' || next == 'b' || next == '!';
	case '&':
		return ascii_is_letter(next) || next == '&';
	case ',':
		return next <= ' ' || lex_is_quote(next) || !is_line ||
		       span_find(span_sub(s, i, TYPE_MAX), '=') < TYPE_MAX;
	case '\\':
		return next == 'n' || next == 'r' || next == '\n' || next == '"' || next == '\'';
	case ')':
	case '}':
	case ']':
	case '|':
		return !is_line;
	default:
		return lex_is_quote(c);
	}
}

bool lex_bare(struct setting *x, size_t i, bool is_line)
{
	struct span s = x->text;

	x->value = i;
	x->is_bare = true;
	for (; i < s.len && i - x->value <= SETTING_VALUE_MAX; i++) {
		uint8_t c = span_at(s, i);

		if (c <= ' ' || bare_ends(s, i, is_line))
			break;
		if (c == '(' || c == '{' || c == '[' || c >= 0x7f)
			return false;
	}
	x->value_end = i;
	/* A quote opened after the name: not a bare value. */
	return i - x->value <= SETTING_VALUE_MAX &&
	       !(lex_is_quote(span_at(s, i)) && lex_is_word(span_at(s, i + 1)));
}

bool lex_ends_alone(struct span s, size_t i)
{
	for (size_t n = 0; n < CLOSERS_MAX; n++) {
		uint8_t c = span_at(s, i);

		if (!lex_is_quote(c) && c != ']' && c != ')' && c != '}' && c != ',' && c != ';')
			break;
		i++;
	}
	size_t gap = lex_blanks(s, i);
	uint8_t c = span_at(s, i + gap), next = span_at(s, i + gap + 1);

	return i + gap >= s.len || c == '\n' || c == '\r' || c == '\\' || c == '#' ||
	       (gap && (c == '&' || c == '|' || (c == '/' && next == '/') || c == '-' || c == ';' ||
			       c == '.'));
}

size_t lex_closers(struct span s, size_t i)
{
	size_t from = i;

	for (size_t n = 0; n < CLOSERS_MAX; n++) {
		uint8_t c = span_at(s, i), next = span_at(s, i + 1);

		if (lex_is_quote(c) || c == ']' || c == '*' || c == '}' || (c == ')' && i > from))
			i++;
		else if (c == '\\' && (lex_is_quote(next) || next == '\\'))
			i++;
		else if (lex_at(s, i, SPAN("&quot;")))
			i += 6;
		else
			break;
	}
	return i;
}

size_t lex_opened_quote(struct span s, size_t from)
{
	size_t i = from;
	uint8_t quote;
	size_t slashes;

	for (size_t n = 0; n < 3; n++) {
		uint8_t c = span_at(s, i);

		if (c == '[' || c == '(' || c == '{')
			i++;
		i += lex_blanks(s, i);
	}
	return quote_at(s, i, &quote, &slashes) ? i : from;
}

size_t lex_next_line(struct span s, size_t i)
{
	uint8_t c = span_at(s, i);

	if ((c == '|' || c == '>') && (span_at(s, i + 1) == '\n' || span_at(s, i + 1) == '-'))
		i += 1 + (span_at(s, i + 1) == '-');
	else if (c == '\\' && span_at(s, i + 1) == '\n')
		i++;
	else if (c != '\n' && c != '\r')
		return i;
	size_t next = i + lex_space(s, i);

	return lex_is_quote(span_at(s, next)) || c == '|' || c == '>' ? next : i;
}

size_t lex_type(struct span s, size_t i)
{
	size_t from = i;

	i += lex_blanks(s, i);
	while (i - from < TYPE_MAX &&
		(lex_is_word(span_at(s, i)) || span_at(s, i) == '&' || span_at(s, i) == '[' ||
			span_at(s, i) == ']' || span_at(s, i) == '?' || span_at(s, i) == '*'))
		i++;
	i += lex_blanks(s, i);
	return i > from && span_at(s, i) == '=' && span_at(s, i + 1) != '=' && i - from < TYPE_MAX
		       ? i + 1
		       : from;
}

size_t lex_separator(struct span s, size_t i, bool *compares)
{
	uint8_t c = span_at(s, i), next = span_at(s, i + 1), third = span_at(s, i + 2);

	*compares = (c == '=' || c == '!') && next == '=';
	if (*compares)
		return third == '=' ? 3 : 2;
	switch (c) {
	case '=':
		return next == '>' ? 2 : next == '~' ? 0 : 1;
	case ':':
		return next == '=' ? 2 : next == ':' ? 0 : 1;
	case '?':
		return next == '=' ? 2 : next == '?' && third == '=' ? 3 : 0;
	case '|':
		return next == '|' && third == '=' ? 3 : 0;
	case '<':
		return next == '-' ? 2 : 0;
	default:
		return 0;
	}
}
