/* setting.c - `name = value` as usual files write it.
 *
 * Shell and .env, ini, properties, YAML, JSON, TOML, XML (element, attribute, pairs of name and
 * value), Dockerfile, options of commands, SQL, calls and assignments of many languages, defaults
 * of look-ups. Where a value begins is told by what follows the name; how sure that is, by the
 * form. Every step looks at a bounded number of bytes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "secret/value/setting.h"

#include "base/ascii.h"

enum {
	BLANKS_MAX = 32,
	CLOSERS_MAX = 6,
	TYPE_MAX = 40, /* of a type between the name and '=' */
	HEAD_MAX = 160,
	CALL_MAX = 200, /* bytes of an expression that may end in a default */
	TAG_MAX = 200,
};

static bool is_word(uint8_t c)
{
	return ascii_is_digit(c) || ascii_is_letter(c) || c == '_' || c == '-' || c == '.';
}

static bool is_quote(uint8_t c)
{
	return c == '"' || c == '\'' || c == '`';
}

static bool at(struct span s, size_t i, struct span what)
{
	return span_eq(span_sub(s, i, what.len), what);
}

static bool at_nocase(struct span s, size_t i, struct span what)
{
	return span_eq_nocase(span_sub(s, i, what.len), what);
}

static size_t blanks(struct span s, size_t i)
{
	size_t n = 0;

	while (n < BLANKS_MAX && (span_at(s, i + n) == ' ' || span_at(s, i + n) == '\t'))
		n++;
	return n;
}

/* Blanks and line ends. */
static size_t space(struct span s, size_t i)
{
	size_t n = 0;

	while (n < 2 * BLANKS_MAX && i + n < s.len && span_at(s, i + n) <= ' ' && span_at(s, i + n))
		n++;
	return n;
}

static size_t line_end(struct span s, size_t i, size_t most)
{
	size_t end = i;

	while (end < s.len && end - i < most && span_at(s, end) != '\n')
		end++;
	return end;
}

/* The opening quote at i, with what may stand ahead of it (b"", r'', N'', @"", \", &quot;). Sets
 * the quote and whether it is escaped itself; 0 bytes when there is none. */
static size_t quote_at(struct span s, size_t i, uint8_t *quote, size_t *slashes)
{
	size_t n = 0;

	*slashes = 0;
	if (at(s, i, SPAN("&quot;")) || at(s, i, SPAN("&#34;"))) {
		*quote = '&';
		return span_at(s, i + 1) == 'q' ? 6 : 5;
	}
	while (n < 2 && (ascii_is_letter(span_at(s, i + n)) || span_at(s, i + n) == '@' ||
				span_at(s, i + n) == '$'))
		n++;
	if (n && !is_quote(span_at(s, i + n)))
		n = 0;
	while (*slashes < 3 && span_at(s, i + n) == '\\') {
		++*slashes;
		n++;
	}
	*quote = span_at(s, i + n);
	if (!is_quote(*quote) || span_at(s, i) == '$')
		return 0;
	if (span_at(s, i + n + 1) == *quote && span_at(s, i + n + 2) == *quote)
		n += 2;
	return n + 1;
}

/* From behind the opening quote to the closing one, in the same line. */
static bool take_quoted(struct setting *x, size_t i, uint8_t quote, size_t slashes)
{
	struct span s = x->text;

	x->value = i;
	x->is_bare = false;
	for (size_t n = 0; i < s.len && n <= SETTING_VALUE_MAX; i++, n++) {
		uint8_t c = span_at(s, i);

		x->value_end = i;
		if (quote == '&' && at(s, i, SPAN("&quot;")))
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

static bool quoted(struct setting *x, size_t i)
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
		return next <= ' ' || is_quote(next) || !is_line ||
		       span_find(span_sub(s, i, TYPE_MAX), '=') < TYPE_MAX;
	case '\\':
		return next == 'n' || next == 'r' || next == '\n' || next == '"' || next == '\'';
	case ')':
	case '}':
	case ']':
	case '|':
		return !is_line;
	default:
		return is_quote(c);
	}
}

static bool take_bare(struct setting *x, size_t i, bool is_line)
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
	/* A quote opened behind the name: not a bare value. */
	return i - x->value <= SETTING_VALUE_MAX &&
	       !(is_quote(span_at(s, i)) && is_word(span_at(s, i + 1)));
}

/* The line ahead of the name. */
static struct span head_of(const struct setting *x)
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
		if (at(ahead, i, SPAN("->")))
			return false;
		if (i >= 3 && at(ahead, i - 3, SPAN("<!--")))
			return true;
		ahead.len = i;
	}
	return false;
}

/* The last word of the head, without the quote that may open behind it. */
static struct span last_word(struct span head)
{
	head = span_trim(head);
	while (head.len && is_quote(span_at(head, head.len - 1)))
		head = span_trim(span_sub(head, 0, head.len - 1));
	size_t from = head.len;

	while (from && span_at(head, from - 1) > ' ')
		from--;
	return span_from(head, from);
}

static bool among(struct span s, const struct span *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_eq(s, list[i]))
			return true;
	return false;
}

/* The word ahead says that a name and a value follow, with a blank between them or another sign. */
static bool announces(struct span word)
{
	static const struct span all[] = { SPAN_INIT("ENV"), SPAN_INIT("ARG"), SPAN_INIT("set"),
		SPAN_INIT("SET"), SPAN_INIT("setenv"), SPAN_INIT("#define"), SPAN_INIT("%define"),
		SPAN_INIT("%global"), SPAN_INIT("setx"), SPAN_INIT("define"), SPAN_INIT("ALTER"),
		SPAN_INIT("WITH"), SPAN_INIT("ENCRYPTED") };

	return among(word, all, sizeof(all) / sizeof(*all));
}

/* Nothing but what a setting may have ahead of it in its line. */
static bool stands_alone(struct span head)
{
	static const struct span starts[] = { SPAN_INIT("export"), SPAN_INIT("-"), SPAN_INIT("*"),
		SPAN_INIT("+"), SPAN_INIT("-e"), SPAN_INIT("--env"), SPAN_INIT("--build-arg"),
		SPAN_INIT("#"), SPAN_INIT("#!"), SPAN_INIT("//"), SPAN_INIT(";"), SPAN_INIT("env"),
		SPAN_INIT("-x"), SPAN_INIT("declare"), SPAN_INIT("local"), SPAN_INIT("readonly"),
		SPAN_INIT("Environment="), SPAN_INIT("$"), SPAN_INIT(">"), SPAN_INIT("&&") };
	struct span last = last_word(head);

	return !last.len || announces(last) ||
	       among(last, starts, sizeof(starts) / sizeof(*starts));
}

/* Nothing behind the value but what ends a line or a command in it. */
static bool ends_alone(struct span s, size_t i)
{
	for (size_t n = 0; n < CLOSERS_MAX; n++) {
		uint8_t c = span_at(s, i);

		if (!is_quote(c) && c != ']' && c != ')' && c != '}' && c != ',' && c != ';')
			break;
		i++;
	}
	size_t gap = blanks(s, i);
	uint8_t c = span_at(s, i + gap), next = span_at(s, i + gap + 1);

	return i + gap >= s.len || c == '\n' || c == '\r' || c == '\\' || c == '#' ||
	       (gap && (c == '&' || c == '|' || (c == '/' && next == '/') || c == '-' || c == ';' ||
			       c == '.'));
}

bool setting_name(struct setting *x, size_t end)
{
	struct span s = x->text;
	size_t from, n = 0;

	while (end && n++ < 3 && !is_word(span_at(s, end - 1)))
		end--;
	for (n = 0; end < s.len && n < SETTING_NAME_MAX && is_word(span_at(s, end)); n++)
		end++;
	while (end && span_at(s, end - 1) == '.')
		end--;
	from = end;
	for (n = 0; from && n < 2 * SETTING_NAME_MAX && is_word(span_at(s, from - 1)); n++)
		from--;
	while (from < end && (span_at(s, from) == '-' || span_at(s, from) == '.'))
		from++;
	x->ahead = from;
	while (x->ahead && from - x->ahead < SETTING_NAME_MAX && span_at(s, from - 1) == ' ' &&
		is_word(span_at(s, x->ahead - 1 - (x->ahead == from))))
		x->ahead -= 1 + (x->ahead == from);
	x->name = from;
	x->name_end = end;
	return end > from && end - from <= 2 * SETTING_NAME_MAX;
}

/* What closes the name: quotes, brackets, marks of emphasis. */
static size_t closers(struct span s, size_t i)
{
	size_t from = i;

	for (size_t n = 0; n < CLOSERS_MAX; n++) {
		uint8_t c = span_at(s, i), next = span_at(s, i + 1);

		if (is_quote(c) || c == ']' || c == '*' || c == '}' || (c == ')' && i > from))
			i++;
		else if (c == '\\' && (is_quote(next) || next == '\\'))
			i++;
		else if (at(s, i, SPAN("&quot;")))
			i += 6;
		else
			break;
	}
	return i;
}

bool setting_may_follow(struct span text, size_t end)
{
	struct setting x = { .text = text };

	if (!setting_name(&x, end))
		return false;
	size_t i = closers(text, x.name_end), gap = blanks(text, i);
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
	       span_at(text, x.name) < 'a' || announces(last_word(head_of(&x))) || c == 'r' ||
	       c == 'v';
}

/* Calls that look something up: their first argument is a name, their second the default. */
static bool is_lookup(struct span callee)
{
	static const struct span parts[] = { SPAN_INIT("get"), SPAN_INIT("env"),
		SPAN_INIT("lookup"), SPAN_INIT("fetch"), SPAN_INIT("param"), SPAN_INIT("option"),
		SPAN_INIT("config"), SPAN_INIT("prop"), SPAN_INIT("setting"), SPAN_INIT("default"),
		SPAN_INIT("pop"), SPAN_INIT("argument"), SPAN_INIT("read"), SPAN_INIT("load"),
		SPAN_INIT("find"), SPAN_INIT("resolve"), SPAN_INIT("input"), SPAN_INIT("prompt"),
		SPAN_INIT("ask") };

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		for (size_t k = 0; k + parts[i].len <= callee.len; k++)
			if (at_nocase(callee, k, parts[i]))
				return true;
	return false;
}

/* `or "value"`, `|| 'value'`, `?? "value"`, `?: "value"` in the rest of the line. */
static bool take_fallback(struct setting *x, size_t i)
{
	size_t end = line_end(x->text, i, CALL_MAX);

	for (; i < end; i++) {
		uint8_t c = span_at(x->text, i), next = span_at(x->text, i + 1);
		bool is = (c == '|' && next == '|') || (c == '?' && (next == '?' || next == ':')) ||
			  (c == 'o' && next == 'r' && span_at(x->text, i + 2) == ' ');

		if (is && quoted(x, i + 2 + blanks(x->text, i + 2))) {
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
		(is_word(span_at(s, i)) || span_at(s, i) == ':' || span_at(s, i) == '$' ||
			span_at(s, i) == '>'))
		i++;
	struct span callee = span_sub(s, from, i - from);

	if (!callee.len || span_at(s, i) != '(')
		return take_fallback(x, i);
	i += 1 + blanks(s, i + 1);
	if (!quoted(x, i))
		return take_fallback(x, i);
	size_t behind = closers(s, x->value_end);
	size_t gap = blanks(s, behind);

	if (!is_lookup(callee)) {
		x->form = FORM_QUOTED;
		return span_at(s, x->value_end + 1) == ')' || span_at(s, behind - 1) == ')';
	}
	if (span_at(s, behind + gap) != ',')
		return take_fallback(x, behind);
	i = behind + gap + 1;
	i += blanks(s, i);
	for (size_t n = 0; n < TYPE_MAX && is_word(span_at(s, i + n)); n++)
		if (span_at(s, i + n + 1) == '=')
			i += n + 2;
	x->form = FORM_DEFAULT;
	return quoted(x, i);
}

/* ${NAME:-value} and its relatives. */
static bool take_shell_default(struct setting *x, size_t i)
{
	struct span s = x->text;
	size_t end = line_end(s, i, CALL_MAX);

	for (i += 2; i < end && is_word(span_at(s, i)) && span_at(s, i) != '-'; i++)
		continue;
	i += span_at(s, i) == ':';
	if (span_at(s, i) != '-' && span_at(s, i) != '=' && span_at(s, i - 1) != ':')
		return false;
	i += span_at(s, i) == '-' || span_at(s, i) == '=';
	x->value = i;
	while (i < end && span_at(s, i) != '}')
		i++;
	x->value_end = i;
	x->form = FORM_DEFAULT;
	struct span v = span_sub(s, x->value, i - x->value);

	if (v.len > 2 && is_quote(span_at(v, 0)) && span_at(v, v.len - 1) == span_at(v, 0)) {
		x->value++;
		x->value_end--;
	}
	return i < end && span_find(v, '$') == v.len && span_find(v, '{') == v.len;
}

/* Brackets ahead of a quote are passed over. */
static size_t opened_quote(struct span s, size_t from)
{
	size_t i = from;
	uint8_t quote;
	size_t slashes;

	for (size_t n = 0; n < 3; n++) {
		uint8_t c = span_at(s, i);

		if (c == '[' || c == '(' || c == '{')
			i++;
		i += blanks(s, i);
	}
	return quote_at(s, i, &quote, &slashes) ? i : from;
}

/* From the first byte that may be of the value. */
static bool take_value(struct setting *x, size_t i, bool alone)
{
	struct span s = x->text;
	uint8_t c;

	if (at(s, i, SPAN("new ")))
		i += 4;
	i = opened_quote(s, i);
	if (at(s, i, SPAN("!!str ")))
		i += 6;
	size_t dollar = i + is_quote(span_at(s, i));

	if (at(s, dollar, SPAN("${")))
		return take_shell_default(x, dollar);
	if (quoted(x, i))
		return true;
	c = span_at(s, i);
	if (is_quote(c) || c <= ' ')
		return false;
	if (x->form == FORM_QUOTED)
		x->form = alone ? FORM_LINE : FORM_INLINE;
	if (!take_bare(x, i, alone))
		return is_word(c) && take_call(x, i);
	size_t end = x->value_end + blanks(s, x->value_end);

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
	else if (x->form == FORM_LINE && !ends_alone(s, x->value_end))
		x->form = FORM_INLINE;
	return true;
}

/* A block scalar (| or >), or the value on the next line. */
static size_t next_line(struct span s, size_t i)
{
	uint8_t c = span_at(s, i);

	if ((c == '|' || c == '>') && (span_at(s, i + 1) == '\n' || span_at(s, i + 1) == '-'))
		i += 1 + (span_at(s, i + 1) == '-');
	else if (c == '\\' && span_at(s, i + 1) == '\n')
		i++;
	else if (c != '\n' && c != '\r')
		return i;
	size_t next = i + space(s, i);

	return is_quote(span_at(s, next)) || c == '|' || c == '>' ? next : i;
}

/* `: Type =` between the name and its value. */
static size_t type_at(struct span s, size_t i)
{
	size_t from = i;

	i += blanks(s, i);
	while (i - from < TYPE_MAX &&
		(is_word(span_at(s, i)) || span_at(s, i) == '&' || span_at(s, i) == '[' ||
			span_at(s, i) == ']' || span_at(s, i) == '?' || span_at(s, i) == '*'))
		i++;
	i += blanks(s, i);
	return i > from && span_at(s, i) == '=' && span_at(s, i + 1) != '=' && i - from < TYPE_MAX
		       ? i + 1
		       : from;
}

/* The text of an element, up to its end. */
static bool take_element(struct setting *x, size_t i)
{
	return take_bare(x, i + space(x->text, i), false) &&
	       span_at(x->text, x->value_end + space(x->text, x->value_end)) == '<' &&
	       span_at(x->text, x->value_end + space(x->text, x->value_end) + 1) == '/';
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
		i += 1 + space(s, i + 1);
		if (span_at(s, i) != '<' || span_at(s, i + 1) == '/' || span_at(s, i + 1) == '!')
			return false;
		while (i < end && span_at(s, i) != '>')
			i++;
		return i < end && take_element(x, i + 1);
	}
	if (span_at(s, i) == '>')
		return take_element(x, i + 1);
	for (k = i; k < end && span_at(s, k) != '>' && span_at(s, k) != '<'; k++)
		if (at_nocase(s, k, SPAN("value=")))
			return quoted(x, k + 6);
	return span_at(s, k) == '>' && span_at(s, k - 1) != '/' && take_element(x, k + 1);
}

/* "name": "X", "value": "V" and - name: X, value: V. */
static bool take_pair(struct setting *x, size_t i)
{
	static const struct span values[] = { SPAN_INIT("value"), SPAN_INIT("Value"),
		SPAN_INIT("VALUE"), SPAN_INIT("default"), SPAN_INIT("content") };
	struct span s = x->text;

	i += span_at(s, i) == ',';
	i += space(s, i);
	size_t open = closers(s, i);

	for (size_t k = 0; k < sizeof(values) / sizeof(*values); k++) {
		if (!at(s, open, values[k]))
			continue;
		i = closers(s, open + values[k].len);
		i += blanks(s, i);
		if (span_at(s, i) != ':' && span_at(s, i) != '=')
			return false;
		i++;
		x->form = FORM_MARKUP;
		return take_value(x, i + blanks(s, i), true);
	}
	return false;
}

/* Ahead of the name stands "name": or name: or key=, so that the name is itself a value. */
static bool is_named(struct span head)
{
	static const struct span names[] = { SPAN_INIT("name"), SPAN_INIT("key"), SPAN_INIT("Key"),
		SPAN_INIT("Name"), SPAN_INIT("ParameterKey"), SPAN_INIT("id") };
	size_t n = head.len;

	while (n && (is_quote(span_at(head, n - 1)) || span_at(head, n - 1) == ' ' ||
			    span_at(head, n - 1) == '\\'))
		n--;
	if (!n || (span_at(head, n - 1) != ':' && span_at(head, n - 1) != '='))
		return false;
	n--;
	while (n && (is_quote(span_at(head, n - 1)) || span_at(head, n - 1) == ' ' ||
			    span_at(head, n - 1) == '\\'))
		n--;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (n >= names[i].len && at(head, n - names[i].len, names[i]))
			return true;
	return false;
}

/* SQL that makes a user: CREATE ROLE x LOGIN PASSWORD 'value'. */
static bool is_statement(struct span head)
{
	static const struct span words[] = { SPAN_INIT("user "), SPAN_INIT("role "),
		SPAN_INIT("login ") };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		for (size_t k = 0; k + words[i].len <= head.len; k++)
			if (at_nocase(head, k, words[i]))
				return true;
	return false;
}

/* Behind a blank: an option's value, a Dockerfile's or a definition's, a directive's. */
static bool take_blank(struct setting *x, size_t i, struct span head)
{
	static const struct span directives[] = { SPAN_INIT("requirepass"), SPAN_INIT("masterauth"),
		SPAN_INIT("PASSWORD") };
	struct span s = x->text, last = last_word(head);
	uint8_t ahead = span_at(head, head.len ? head.len - 1 : 0);
	bool is_directive = among(span_sub(s, x->name, x->name_end - x->name), directives,
		sizeof(directives) / sizeof(*directives));

	if (ahead == '-' || (ahead == '/' && head.len > 1 && span_at(head, head.len - 2) == ' ')) {
		x->form = FORM_OPTION;
		if (quoted(x, i))
			return true;
		return take_bare(x, i, false);
	}
	if (!announces(last) && !is_directive && !(span_at(s, i) == '\'' && is_statement(head)))
		return false;
	if (quoted(x, i))
		return true;
	x->form = FORM_LINE;
	return !span_eq(last, SPAN("ALTER")) && take_bare(x, i, true) &&
	       ends_alone(s, x->value_end);
}

/* The separator at i: how many bytes it takes; 0 when it is none. */
static size_t separator(struct span s, size_t i, bool *compares)
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

/* Ahead of `name, "value"`: the name is the first argument of a call, an option in a list of words,
 * or a constant. */
static bool is_argument(struct span head, bool is_quoted, uint8_t first)
{
	size_t n = head.len;

	if (!is_quoted)
		return first >= 'A' && first <= 'Z';
	if (n && span_at(head, n - 1) == '-')
		return true;
	while (n && (is_quote(span_at(head, n - 1)) || span_at(head, n - 1) == ' ' ||
			    span_at(head, n - 1) == '\\'))
		n--;
	return n && span_at(head, n - 1) == '(';
}

bool setting_value(struct setting *x)
{
	struct span s = x->text, head = head_of(x);
	size_t i = closers(s, x->name_end);
	bool has_closer = i > x->name_end, compares = false, alone = stands_alone(head);
	size_t gap = blanks(s, i), n = separator(s, i + gap, &compares);
	uint8_t c = span_at(s, i + gap);

	x->form = FORM_QUOTED;
	if (n) {
		i += gap + n;
		if (span_at(s, i - 1) == ':')
			i = type_at(s, i);
		i += blanks(s, i);
		x->form = compares                             ? FORM_COMPARED
			  : span_at(last_word(head), 0) == '-' ? FORM_OPTION
							       : FORM_QUOTED;
		return take_value(x, next_line(s, i), alone);
	}
	if (is_named(head) && (c == ',' || c == '\n' || c == '\r') && take_pair(x, i + gap))
		return true;
	if (c == '<' || (c == '>' && span_at(head, head.len ? head.len - 1 : 0) != '-') ||
		(gap && has_closer && ascii_is_letter(c)))
		return take_markup(x, i + gap);
	if (c == ',' && is_argument(head, has_closer, span_at(s, x->name))) {
		i += gap + 1;
		return quoted(x, i + space(s, i));
	}
	if (c == '(' && !gap)
		return quoted(x, i + 1 + blanks(s, i + 1));
	return gap && !has_closer && take_blank(x, i + gap, head);
}
