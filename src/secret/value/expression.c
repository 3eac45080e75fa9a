/* expression.c - what is written in the place of a value: code, a reference, a version.
 *
 * Rules of the form `name = value` know a value by its name alone, so what is after the name
 * decides.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "secret/value/setting_parts.h"
#include "secret/value/value.h"

enum { PARTS_MAX = 32 };

static bool is_name_byte(uint8_t c)
{
	return ascii_is_alnum(c) || c == '_' || c == '$';
}

/* From the value back over blanks, and quotes that open it. */
struct ahead {
	uint8_t quote, sign; /* 0: none; the separator that is before it */
	bool is_next_line;
};

static struct ahead look_ahead(struct span s, size_t at)
{
	struct ahead x = { 0 };

	if (at && lex_is_quote(span_at(s, at - 1)))
		x.quote = span_at(s, --at);
	while (x.quote && at && (span_at(s, at - 1) == x.quote || span_at(s, at - 1) == '\\'))
		at--;
	while (at && span_at(s, at - 1) <= ' ') {
		x.is_next_line |= span_at(s, at - 1) == '\n';
		at--;
	}
	uint8_t c = at ? span_at(s, at - 1) : 0;

	if (c == '=' || c == ':' || (c == '>' && at > 1 && span_at(s, at - 2) == '='))
		x.sign = c;
	return x;
}

static bool starts_with_word(const struct lexicon *l, struct span s)
{
	size_t n = 0;

	while (ascii_is_letter(span_at(s, n)))
		n++;
	return n && span_at(s, n) == ' ' &&
	       lexicon_in(lexicon_of(l, span_sub(s, 0, n)), WORDS_OPERATOR);
}

/* What joins the names of a member, with a name after it. */
static size_t joint_at(struct span s, size_t i)
{
	static const struct span joints[] = { SPAN_INIT("."), SPAN_INIT("::"), SPAN_INIT("->"),
		SPAN_INIT("?.") };

	for (size_t k = 0; k < sizeof(joints) / sizeof(*joints); k++)
		if (lex_at(s, i, joints[k]) && is_name_byte(span_at(s, i + joints[k].len)))
			return joints[k].len;
	return 0;
}

/* A name, or names with dots between: how long it is. */
static size_t names_at(struct span s, size_t *dots, bool *has_digit)
{
	size_t i = 0;

	*dots = 0;
	*has_digit = false;
	for (;;) {
		size_t joint = i ? joint_at(s, i) : 0;

		if (!joint && !is_name_byte(span_at(s, i)))
			break;
		*dots += joint > 0;
		*has_digit |= ascii_is_digit(span_at(s, i));
		i += joint ? joint : 1;
	}
	return ascii_is_digit(span_at(s, 0)) ? 0 : i;
}

/* What may be after an operand in code, where a setting's value would be at its end. */
static bool goes_on(struct span s)
{
	static const struct span signs[] = { SPAN_INIT("||"), SPAN_INIT("&&"), SPAN_INIT("??"),
		SPAN_INIT("? "), SPAN_INIT("+ "), SPAN_INIT("or "), SPAN_INIT("and "),
		SPAN_INIT("if "), SPAN_INIT("=>"), SPAN_INIT("= ") };

	s = span_from(s, lex_blanks(s, 0));
	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++)
		if (span_starts(s, signs[i]))
			return true;
	return false;
}

/* f(x), a.b[c], a.b || c, Type[x] = y; a.b alone where no digit is in it. */
static bool is_operand(struct span line)
{
	size_t dots, n;
	bool has_digit;

	n = names_at(line, &dots, &has_digit);
	if (!n)
		return false;
	struct span names = span_sub(line, 0, n), rest = span_from(line, n);
	uint8_t c = span_at(rest, 0), close = c == '(' ? ')' : c == '[' ? ']' : c == '{' ? '}' : 0;

	if (close)
		return span_find(rest, close) < rest.len && letters_of_words(names) > 0;
	if (goes_on(rest))
		return true;
	rest = span_from(rest, lex_blanks(rest, 0));
	c = span_at(rest, 0);
	return dots && !has_digit &&
	       (!rest.len || c == ';' || c == ',' || c == ')' || c == '}' || c == '\r');
}

/* ${X:?why it must be set} and ${X:+another}: no value of X. */
static bool is_expansion(struct span s, size_t at)
{
	uint8_t c = span_at(s, at);
	size_t i = at ? at - 1 : 0;

	if ((c != '?' && c != '+') || span_at(s, i) != ':')
		return false;
	while (i && at - i < SETTING_NAME_MAX && is_name_byte(span_at(s, i - 1)) &&
		span_at(s, i - 1) != '$')
		i--;
	return i > 1 && span_at(s, i - 1) == '{' && span_at(s, i - 2) == '$';
}

bool value_is_expression(const struct lexicon *l, struct span text, size_t at, enum file_kind kind)
{
	struct ahead x = look_ahead(text, at);
	struct span line = span_sub(text, at, lex_line_end(text, at, SETTING_VALUE_MAX) - at);
	uint8_t c = span_at(line, 0), next = span_at(line, 1);

	if (kind == FILE_SETTINGS && (x.quote == '`' || (c == '`' && x.quote != '\'')))
		return span_find(span_from(line, 1), '`') <
		       line.len - 1; /* a command of the shell */
	if (!x.sign || x.quote || lex_is_quote(c))
		return false;
	if (x.is_next_line)
		return value_look(l, span_trim(line)) != LOOKS_RANDOM;
	if (kind == FILE_CODE || is_expansion(text, at))
		return true;
	if ((c == '$' && (next == '(' || next == '{' || ascii_is_letter(next) || next == '_')) ||
		span_starts(line, SPAN("{{")) || span_starts(line, SPAN("<%")) ||
		span_starts(line, SPAN("%(")))
		return true;
	return starts_with_word(l, line) || is_operand(line);
}

/* 1.2, v1.2.3-rc.1, 7.x, ^7.1.2: whole numbers with dots between. */
static bool is_one_version(struct span s)
{
	size_t i = 0, dots = 0;
	bool has_sign = false;

	while (span_has(SPAN("^~<>=!"), span_sub(s, i, 1)) && i < s.len) {
		has_sign = true;
		i++;
	}
	i += span_at(s, i) == 'v';
	for (;; dots++, i++) {
		size_t from = i;

		while (ascii_is_digit(span_at(s, i)))
			i++;
		if (i == from && (span_at(s, i) == 'x' || span_at(s, i) == '*'))
			i++;
		if (i == from)
			return false;
		if (span_at(s, i) != '.')
			break;
	}
	if (i < s.len && (span_at(s, i) == '-' || span_at(s, i) == '+' ||
				 (dots && ascii_is_letter(span_at(s, i)))))
		while (i < s.len && (ascii_is_alnum(span_at(s, i)) || span_at(s, i) == '.' ||
					    span_at(s, i) == '-' || span_at(s, i) == '+'))
			i++;
	return i == s.len && (dots || has_sign);
}

bool value_is_version(struct span s)
{
	size_t n = 0;

	for (size_t from = 0, i = 0; i <= s.len; i++) {
		uint8_t c = span_at(s, i);
		struct span part = span_sub(s, from, i - from);

		if (i < s.len && c != ' ' && c != ',' && c != '|')
			continue;
		from = i + 1;
		if (!part.len || span_eq(part, SPAN("-")))
			continue;
		if (n++ >= PARTS_MAX || !is_one_version(part))
			return false;
	}
	return n > 0;
}
