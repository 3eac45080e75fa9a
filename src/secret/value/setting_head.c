/* setting_head.c - the name, and what the line says ahead of it: a comment, a command, an argument.
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

static bool begins_comment(struct span head)
{
	static const struct span marks[] = { SPAN_INIT("#"), SPAN_INIT("//"), SPAN_INIT(";"),
		SPAN_INIT("*"), SPAN_INIT("/*"), SPAN_INIT("<!--"), SPAN_INIT("-- "),
		SPAN_INIT("REM "), SPAN_INIT("dnl "), SPAN_INIT("%%") };

	head = span_trim(head);
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (span_starts(head, marks[i]))
			return true;
	return false;
}

bool setting_is_comment(const struct setting *x)
{
	struct span ahead = span_sub(x->text, 0, x->name);

	if (begins_comment(head_of(x)))
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

bool head_announces(struct span word)
{
	static const struct span all[] = { SPAN_INIT("ENV"), SPAN_INIT("ARG"), SPAN_INIT("set"),
		SPAN_INIT("SET"), SPAN_INIT("setenv"), SPAN_INIT("#define"), SPAN_INIT("%define"),
		SPAN_INIT("%global"), SPAN_INIT("setx"), SPAN_INIT("define"), SPAN_INIT("ALTER"),
		SPAN_INIT("WITH"), SPAN_INIT("ENCRYPTED") };

	return lex_among(word, all, sizeof(all) / sizeof(*all));
}

bool head_is_alone(struct span head)
{
	static const struct span starts[] = { SPAN_INIT("export"), SPAN_INIT("-"), SPAN_INIT("*"),
		SPAN_INIT("+"), SPAN_INIT("-e"), SPAN_INIT("--env"), SPAN_INIT("--build-arg"),
		SPAN_INIT("#"), SPAN_INIT("#!"), SPAN_INIT("//"), SPAN_INIT(";"), SPAN_INIT("env"),
		SPAN_INIT("-x"), SPAN_INIT("declare"), SPAN_INIT("local"), SPAN_INIT("readonly"),
		SPAN_INIT("Environment="), SPAN_INIT("$"), SPAN_INIT(">"), SPAN_INIT("&&") };
	struct span last = head_last_word(head);

	return !last.len || head_announces(last) ||
	       lex_among(last, starts, sizeof(starts) / sizeof(*starts));
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

bool head_names(struct span head)
{
	static const struct span names[] = { SPAN_INIT("name"), SPAN_INIT("key"), SPAN_INIT("Key"),
		SPAN_INIT("Name"), SPAN_INIT("ParameterKey"), SPAN_INIT("id") };
	size_t n = head.len;

	while (n && (lex_is_quote(span_at(head, n - 1)) || span_at(head, n - 1) == ' ' ||
			    span_at(head, n - 1) == '\\'))
		n--;
	if (!n || (span_at(head, n - 1) != ':' && span_at(head, n - 1) != '='))
		return false;
	n--;
	while (n && (lex_is_quote(span_at(head, n - 1)) || span_at(head, n - 1) == ' ' ||
			    span_at(head, n - 1) == '\\'))
		n--;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (n >= names[i].len && lex_at(head, n - names[i].len, names[i]))
			return true;
	return false;
}

bool head_is_statement(struct span head)
{
	static const struct span words[] = { SPAN_INIT("user "), SPAN_INIT("role "),
		SPAN_INIT("login ") };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		for (size_t k = 0; k + words[i].len <= head.len; k++)
			if (lex_at_nocase(head, k, words[i]))
				return true;
	return false;
}

bool head_is_argument(struct span head, bool is_quoted, uint8_t first)
{
	size_t n = head.len;

	if (!is_quoted)
		return first >= 'A' && first <= 'Z';
	if (n && span_at(head, n - 1) == '-')
		return true;
	while (n && (lex_is_quote(span_at(head, n - 1)) || span_at(head, n - 1) == ' ' ||
			    span_at(head, n - 1) == '\\'))
		n--;
	return n && span_at(head, n - 1) == '(';
}
