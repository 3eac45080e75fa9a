/* setting.c - `name = value` as usual files write it.
 *
 * Shell and .env, ini, properties, YAML, JSON, TOML, XML (element, attribute, pairs of name and
 * value), Dockerfile, options of commands, SQL, calls and assignments of many languages, defaults
 * of look-ups. Where a value begins is decided by what follows the name; how sure that is, by the
 * form. Every step looks at a bounded number of bytes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "secret/value/setting_parts.h"

enum {
	CALL_MAX = 200, /* bytes of an expression that may end in a default */
	TAG_MAX = 200,
};

bool setting_may_follow(const struct lexicon *l, struct span text, size_t end)
{
	struct setting x = { .text = text };

	if (!setting_name(&x, end))
		return false;
	size_t i = lex_closers(text, x.name_end), gap = lex_blanks(text, i);
	uint8_t c = span_at(text, i + gap), next = span_at(text, i + gap + 1);

	switch (c) {
	case '=':
	case ':':
	case '>':
	case ',':
	case '(':
		return c != ':' || next != ':';
	case '!':
	case '?':
	case '|':
		return next == '=' || next == '|';
	case '<':
		return i > x.name_end || span_at(text, x.name ? x.name - 1 : 0) == '>' ||
		       next == '-' || next == '/';
	default:
		break;
	}
	if (!gap)
		return false;
	if (i > x.name_end)
		return ascii_is_letter(c);
	if (c == '\'')
		return true;
	return (x.name && (span_at(text, x.name - 1) == '-' || span_at(text, x.name - 1) == '/')) ||
	       span_at(text, x.name) < 'a' || head_announces(l, head_last_word(head_of(&x))) ||
	       c == 'r' || c == 'v';
}

/* `or "value"`, `|| 'value'`, `?? "value"`, `?: "value"` in the rest of the line. */
static bool take_fallback(struct setting *x, size_t i)
{
	size_t end = lex_line_end(x->text, i, CALL_MAX);

	for (; i < end; i++) {
		uint8_t c = span_at(x->text, i), next = span_at(x->text, i + 1);
		bool is = (c == '|' && next == '|') || (c == '?' && (next == '?' || next == ':')) ||
			  (c == 'o' && next == 'r' && span_at(x->text, i + 2) == ' ');

		if (is && lex_quoted(x, i + 2 + lex_blanks(x->text, i + 2))) {
			x->form = FORM_DEFAULT;
			return true;
		}
	}
	return false;
}

/* `name("value")` that makes the value, or `get("name", "value")` that falls back on it. */
static bool take_call(struct setting *x, size_t i)
{
	struct span s = x->text;
	size_t from = i;

	while (i < s.len && i - from < CALL_MAX &&
		(lex_is_word(span_at(s, i)) || span_at(s, i) == ':' || span_at(s, i) == '$' ||
			span_at(s, i) == '>'))
		i++;
	struct span callee = span_sub(s, from, i - from);

	if (!callee.len || span_at(s, i) != '(')
		return take_fallback(x, i);
	i += 1 + lex_blanks(s, i + 1);
	if (!lex_quoted(x, i))
		return take_fallback(x, i);
	size_t after = lex_closers(s, x->value_end);
	size_t gap = lex_blanks(s, after);

	if (!lexicon_has(x->words, WORDS_SETTING_LOOKUP, callee)) {
		x->form = FORM_QUOTED;
		return span_at(s, x->value_end + 1) == ')' || span_at(s, after - 1) == ')';
	}
	if (span_at(s, after + gap) != ',')
		return take_fallback(x, after);
	i = after + gap + 1;
	i += lex_blanks(s, i);
	for (size_t n = 0; n < TYPE_MAX && lex_is_word(span_at(s, i + n)); n++)
		if (span_at(s, i + n + 1) == '=')
			i += n + 2;
	x->form = FORM_DEFAULT;
	return lex_quoted(x, i);
}

/* ${NAME:-value} and its relatives. */
static bool take_shell_default(struct setting *x, size_t i)
{
	struct span s = x->text;
	size_t end = lex_line_end(s, i, CALL_MAX);

	for (i += 2; i < end && lex_is_word(span_at(s, i)) && span_at(s, i) != '-'; i++)
		continue;
	i += span_at(s, i) == ':';
	if (span_at(s, i) == '?' || span_at(s, i) == '+')
		return false;
	if (span_at(s, i) != '-' && span_at(s, i) != '=' && span_at(s, i - 1) != ':')
		return false;
	i += span_at(s, i) == '-' || span_at(s, i) == '=';
	x->value = i;
	while (i < end && span_at(s, i) != '}')
		i++;
	x->value_end = i;
	x->form = FORM_DEFAULT;
	struct span v = span_sub(s, x->value, i - x->value);

	if (v.len > 2 && lex_is_quote(span_at(v, 0)) && span_at(v, v.len - 1) == span_at(v, 0)) {
		x->value++;
		x->value_end--;
	}
	return i < end && span_find(v, '$') == v.len && span_find(v, '{') == v.len;
}

/* From the first byte that may be of the value. */
static bool take_value(struct setting *x, size_t i, bool alone)
{
	struct span s = x->text;
	uint8_t c;

	if (lex_at(s, i, SPAN("new ")))
		i += 4;
	i = lex_opened_quote(s, i);
	if (lex_at(s, i, SPAN("!!str ")))
		i += 6;
	size_t dollar = i + lex_is_quote(span_at(s, i));

	if (lex_at(s, dollar, SPAN("${")))
		return take_shell_default(x, dollar);
	if (lex_quoted(x, i))
		return true;
	c = span_at(s, i);
	if (lex_is_quote(c) || c <= ' ')
		return false;
	if (x->form == FORM_QUOTED)
		x->form = alone ? FORM_LINE : FORM_INLINE;
	if (!lex_bare(x, i, alone))
		return lex_is_word(c) && take_call(x, i);
	size_t end = x->value_end + lex_blanks(s, x->value_end);

	c = span_at(s, end);
	if (end > x->value_end && (c == '|' || c == '?' || c == 'o')) {
		struct setting copy = *x;

		if (take_fallback(&copy, end)) {
			*x = copy;
			return true;
		}
	}
	uint8_t ahead = x->name ? span_at(s, x->name - 1) : 0;

	if (ahead == '?' || ahead == '&')
		x->form = FORM_QUERY;
	else if (x->form == FORM_LINE && !lex_ends_alone(s, x->value_end))
		x->form = FORM_INLINE;
	return true;
}

/* The text of an element, up to its end. */
static bool take_element(struct setting *x, size_t i)
{
	return lex_bare(x, i + lex_space(x->text, i), false) &&
	       span_at(x->text, x->value_end + lex_space(x->text, x->value_end)) == '<' &&
	       span_at(x->text, x->value_end + lex_space(x->text, x->value_end) + 1) == '/';
}

/* name="..." value="...", and elements: <key>name</key><string>value</string>. */
static bool take_markup(struct setting *x, size_t i)
{
	struct span s = x->text;
	size_t end = i + TAG_MAX < s.len ? i + TAG_MAX : s.len, k;

	x->form = FORM_MARKUP;
	if (span_at(s, i) == '<' && span_at(s, i + 1) == '/') {
		while (i < end && span_at(s, i) != '>')
			i++;
		i += 1 + lex_space(s, i + 1);
		if (span_at(s, i) != '<' || span_at(s, i + 1) == '/' || span_at(s, i + 1) == '!')
			return false;
		while (i < end && span_at(s, i) != '>')
			i++;
		return i < end && take_element(x, i + 1);
	}
	if (span_at(s, i) == '>')
		return take_element(x, i + 1);
	for (k = i; k < end && span_at(s, k) != '>' && span_at(s, k) != '<'; k++)
		if (lex_at_nocase(s, k, SPAN("value=")))
			return lex_quoted(x, k + 6);
	return span_at(s, k) == '>' && span_at(s, k - 1) != '/' && take_element(x, k + 1);
}

/* "name": "X", "value": "V" and - name: X, value: V. */
static bool take_pair(struct setting *x, size_t i)
{
	struct span s = x->text;

	i += span_at(s, i) == ',';
	i += lex_space(s, i);
	size_t open = lex_closers(s, i), n;
	const struct span *values = lexicon_phrases(x->words, WORDS_SETTING_VALUES, &n);

	for (size_t k = 0; k < n; k++) {
		if (!lex_at(s, open, values[k]))
			continue;
		i = lex_closers(s, open + values[k].len);
		i += lex_blanks(s, i);
		if (span_at(s, i) != ':' && span_at(s, i) != '=')
			return false;
		i++;
		x->form = FORM_MARKUP;
		return take_value(x, i + lex_blanks(s, i), true);
	}
	return false;
}

/* After a blank: an option's value, a Dockerfile's or a definition's, a directive's. */
static bool take_blank(struct setting *x, size_t i, struct span head)
{
	struct span s = x->text, last = head_last_word(head);
	uint8_t ahead = span_at(head, head.len ? head.len - 1 : 0);
	bool is_directive =
		lexicon_in(lexicon_of(x->words, span_sub(s, x->name, x->name_end - x->name)),
			WORDS_SETTING_DIRECTIVE);

	if (ahead == '-' || (ahead == '/' && head.len > 1 && span_at(head, head.len - 2) == ' ')) {
		x->form = FORM_OPTION;
		if (lex_quoted(x, i))
			return true;
		return lex_bare(x, i, false);
	}
	if (!head_announces(x->words, last) && !is_directive &&
		!(span_at(s, i) == '\'' && head_is_statement(x->words, head)))
		return false;
	if (lex_quoted(x, i))
		return true;
	x->form = FORM_LINE;
	return !span_eq(last, SPAN("ALTER")) && lex_bare(x, i, true) &&
	       lex_ends_alone(s, x->value_end);
}

bool setting_value(struct setting *x)
{
	struct span s = x->text, head = head_of(x);
	size_t i = lex_closers(s, x->name_end);
	bool has_closer = i > x->name_end, compares = false, alone = head_is_alone(x->words, head);
	size_t gap = lex_blanks(s, i), n = lex_separator(s, i + gap, &compares);
	uint8_t c = span_at(s, i + gap);

	x->form = FORM_QUOTED;
	if (n) {
		i += gap + n;
		if (span_at(s, i - 1) == ':')
			i = lex_type(s, i);
		i += lex_blanks(s, i);
		x->form = compares                                  ? FORM_COMPARED
			  : span_at(head_last_word(head), 0) == '-' ? FORM_OPTION
								    : FORM_QUOTED;
		return take_value(x, lex_next_line(s, i), alone);
	}
	if (head_names(x->words, head) && (c == ',' || c == '\n' || c == '\r') &&
		take_pair(x, i + gap))
		return true;
	if (c == '<' || (c == '>' && span_at(head, head.len ? head.len - 1 : 0) != '-') ||
		(gap && has_closer && ascii_is_letter(c)))
		return take_markup(x, i + gap);
	if (c == ',' && head_is_argument(head, has_closer, span_at(s, x->name))) {
		i += gap + 1;
		return lex_quoted(x, i + lex_space(s, i));
	}
	if (c == '(' && !gap)
		return lex_quoted(x, i + 1 + lex_blanks(s, i + 1));
	return gap && !has_closer && take_blank(x, i + gap, head);
}
