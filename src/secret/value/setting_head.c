/* setting_head.c - the name, and what the line says before it: a comment, a command, an argument.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "secret/value/setting_parts.h"

enum { HEAD_MAX = 160 };

struct span head_of(const struct setting *x)
{
	size_t n = x->name < HEAD_MAX ? x->name : HEAD_MAX;
	struct span s = span_sub(x->text, x->name - n, n);
	size_t feed = span_rfind(s, '\n');

	return feed < s.len ? span_from(s, feed + 1) : s;
}

bool setting_is_comment(const struct setting *x)
{
	struct span ahead = span_sub(x->text, 0, x->name);

	if (lexicon_starts(x->words, WORDS_SETTING_COMMENT, span_trim(head_of(x))))
		return true;
	/* Markup's comments may begin lines ahead. */
	for (size_t i = span_rfind(ahead, '-'); i < ahead.len; i = span_rfind(ahead, '-')) {
		if (lex_at(ahead, i, SPAN("->")))
			return false;
		if (i >= 3 && lex_at(ahead, i - 3, SPAN("<!--")))
			return true;
		ahead.len = i;
	}
	return false;
}

struct span head_last_word(struct span head)
{
	head = span_trim(head);
	while (head.len && lex_is_quote(span_at(head, head.len - 1)))
		head = span_trim(span_sub(head, 0, head.len - 1));
	size_t from = head.len;

	while (from && span_at(head, from - 1) > ' ')
		from--;
	return span_from(head, from);
}

bool head_announces(const struct lexicon *l, struct span word)
{
	return lexicon_in(lexicon_of(l, word), WORDS_SETTING_ANNOUNCES);
}

bool head_is_alone(const struct lexicon *l, struct span head)
{
	struct span last = head_last_word(head);
	uint64_t of = lexicon_of(l, last);

	return !last.len || lexicon_in(of, WORDS_SETTING_ANNOUNCES) ||
	       lexicon_in(of, WORDS_SETTING_AHEAD);
}

bool setting_name(struct setting *x, size_t end)
{
	struct span s = x->text;
	size_t from, n = 0;

	while (end && n++ < 3 && !lex_is_word(span_at(s, end - 1)))
		end--;
	for (n = 0; end < s.len && n < SETTING_NAME_MAX && lex_is_word(span_at(s, end)); n++)
		end++;
	while (end && span_at(s, end - 1) == '.')
		end--;
	from = end;
	for (n = 0; from && n < 2 * SETTING_NAME_MAX && lex_is_word(span_at(s, from - 1)); n++)
		from--;
	while (from < end && (span_at(s, from) == '-' || span_at(s, from) == '.'))
		from++;
	x->ahead = from;
	while (x->ahead && from - x->ahead < SETTING_NAME_MAX && span_at(s, from - 1) == ' ' &&
		lex_is_word(span_at(s, x->ahead - 1 - (x->ahead == from))))
		x->ahead -= 1 + (x->ahead == from);
	x->name = from;
	x->name_end = end;
	return end > from && end - from <= 2 * SETTING_NAME_MAX;
}

/* Without quotes, blanks and backslashes at the end. */
static size_t undressed(struct span head, size_t n)
{
	while (n && (lex_is_quote(span_at(head, n - 1)) || span_at(head, n - 1) == ' ' ||
			    span_at(head, n - 1) == '\\'))
		n--;
	return n;
}

bool head_names(const struct lexicon *l, struct span head)
{
	size_t n = undressed(head, head.len);

	if (!n || (span_at(head, n - 1) != ':' && span_at(head, n - 1) != '='))
		return false;
	struct span key = span_sub(head, 0, undressed(head, n - 1));

	return lexicon_in(lexicon_of(l, key), WORDS_SETTING_NAMES);
}

bool head_is_statement(const struct lexicon *l, struct span head)
{
	return lexicon_has(l, WORDS_SETTING_STATEMENT, head);
}

bool head_is_argument(struct span head, bool is_quoted, uint8_t first)
{
	size_t n = head.len;

	if (!is_quoted)
		return first >= 'A' && first <= 'Z';
	if (n && span_at(head, n - 1) == '-')
		return true;
	n = undressed(head, n);
	return n && span_at(head, n - 1) == '(';
}
