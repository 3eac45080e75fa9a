/* name.c - `name = value` where the name says that the value is a secret, in the syntaxes of usual
 * files.
 *
 * Shell and .env, ini, properties, YAML, JSON, TOML, XML (element and attribute), Dockerfile,
 * options of commands, and quoted values in source code. A bare value counts only where nothing but
 * a setting can stand.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "secret/parts.h"

enum { BLANKS_MAX = 16, VALUE_LEAST = 6, SUFFIX_MAX = 24 };

static bool is_word(uint8_t c)
{
	return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '_' ||
	       c == '-' || c == '.';
}

static bool is_quote(uint8_t c)
{
	return c == '"' || c == '\'' || c == '`';
}

/* What may follow the noun in a name that still names the value itself. */
static bool suffix_fits(struct span s)
{
	static const struct span fine[] = {
		SPAN_INIT(""),
		SPAN_INIT("ord"),
		SPAN_INIT("d"),
		SPAN_INIT("word"),
		SPAN_INIT("_key"),
		SPAN_INIT("key"),
		SPAN_INIT("-key"),
		SPAN_INIT(".key"),
		SPAN_INIT("_value"),
		SPAN_INIT("value"),
		SPAN_INIT("_base64"),
		SPAN_INIT("_b64"),
		SPAN_INIT("_token"),
		SPAN_INIT("token"),
		SPAN_INIT("s"),
		SPAN_INIT("_text"),
		SPAN_INIT("_string"),
		SPAN_INIT("_access_key"),
		SPAN_INIT("accesskey"),
		SPAN_INIT("_id_key"),
	};

	while (s.len && span_at(s, s.len - 1) >= '0' && span_at(s, s.len - 1) <= '9')
		s.len--;
	if (s.len > 1 && span_at(s, s.len - 1) == '_')
		s.len--;
	for (size_t i = 0; i < sizeof(fine) / sizeof(*fine); i++)
		if (span_eq_nocase(s, fine[i]))
			return true;
	return false;
}

static size_t blanks(struct span s, size_t i)
{
	size_t n = 0;

	while (n < BLANKS_MAX && (span_at(s, i + n) == ' ' || span_at(s, i + n) == '\t'))
		n++;
	return n;
}

static size_t word_end(struct span s, size_t i)
{
	while (i < s.len && i < NAME_BYTES && is_word(span_at(s, i)))
		i++;
	return i;
}

bool noun_is_name(struct span behind)
{
	size_t end = word_end(behind, 0), i = end;

	if (end > SUFFIX_MAX || !suffix_fits(span_sub(behind, 0, end)))
		return false;
	for (size_t k = 0; k < 3 && (is_quote(span_at(behind, i)) || span_at(behind, i) == ']' ||
					    span_at(behind, i) == '\\');
		k++)
		i++;
	size_t gap = blanks(behind, i);

	switch (span_at(behind, i + gap)) {
	case '=':
	case ':':
	case '>':
	case ',':
		return true;
	default:
		return gap > 0;
	}
}

/* A name and its value, as they stand. */
struct setting {
	struct span text;
	size_t name, name_end; /* offsets in text */
	size_t value, value_end;
};

static size_t name_start(struct span s, size_t i)
{
	size_t n = 0;

	while (i && n++ < NAME_BYTES && is_word(span_at(s, i - 1)))
		i--;
	while (span_at(s, i) == '-' || span_at(s, i) == '.')
		i++;
	return i;
}

/* The line up to the name: nothing but what a setting may have ahead. */
static bool stands_alone(struct span s, size_t name)
{
	static const struct span heads[] = {
		SPAN_INIT("export"),
		SPAN_INIT("set"),
		SPAN_INIT("ENV"),
		SPAN_INIT("ARG"),
		SPAN_INIT("-"),
		SPAN_INIT("-e"),
		SPAN_INIT("--env"),
		SPAN_INIT("--build-arg"),
		SPAN_INIT("#"),
		SPAN_INIT("--"),
		SPAN_INIT("//"),
		SPAN_INIT(";"),
		SPAN_INIT("setenv"),
		SPAN_INIT("env"),
	};
	struct span line = span_sub(s, 0, name);

	line = span_from(line, span_rfind(line, '\n') < line.len ? span_rfind(line, '\n') + 1 : 0);
	line = span_trim(line);
	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++)
		if (span_ends(line, heads[i]))
			return true;
	return line.len == 0 || is_quote(span_at(line, line.len - 1)) ||
	       span_ends(line, SPAN("?")) || span_ends(line, SPAN("&")) ||
	       span_ends(line, SPAN(";"));
}

/* in_string: the quotes themselves are escaped. */
static bool take_quoted(struct setting *x, size_t i, bool in_string)
{
	uint8_t quote = span_at(x->text, i);

	x->value = ++i;
	for (size_t n = 0; i < x->text.len && n <= VALUE_BYTES; i++, n++) {
		uint8_t c = span_at(x->text, i);

		if (in_string && c == '\\') {
			x->value_end = i;
			return span_at(x->text, i + 1) == quote;
		}
		if (c == '\\' && quote != '\'') {
			i++;
			continue;
		}
		if (c == '\n' || c == quote) {
			x->value_end = i;
			return c == quote;
		}
	}
	return false;
}

static bool take_bare(struct setting *x, size_t i)
{
	x->value = i;
	for (; i < x->text.len && i - x->value <= VALUE_BYTES; i++) {
		uint8_t c = span_at(x->text, i);

		if (c <= ' ' || c == ';' || c == '&' || c == '<' || c == ',' || c == '#')
			break;
		if (is_quote(c) || c == '(' || c == '{' || c == '[' || c >= 0x7f)
			return false;
	}
	x->value_end = i;
	return i - x->value <= VALUE_BYTES;
}

/* Behind the name: the separator, and where the value begins. */
static bool take_value(struct setting *x)
{
	struct span s = x->text;
	size_t i = x->name_end;
	bool alone = stands_alone(s, x->name);

	for (size_t k = 0;
		k < 3 && (is_quote(span_at(s, i)) || span_at(s, i) == ']' || span_at(s, i) == '\\');
		k++)
		i++;
	bool has_quote = i > x->name_end;
	size_t gap = blanks(s, i);
	uint8_t c = span_at(s, i + gap), next = span_at(s, i + gap + 1);

	if (span_starts(span_from(s, i + gap), SPAN("value=")) && has_quote && gap)
		i += gap + 6;
	else if ((c == '=' && next == '>') || (c == ':' && next == '='))
		i += gap + 2;
	else if ((c == '=' && next != '=' && next != '~') || (c == ':' && next != ':'))
		i += gap + 1;
	else if ((c == '>' && gap == 0 && !has_quote && span_at(s, x->name - 1) == '<') ||
		 (c == ',' && has_quote && gap == 0))
		i += 1;
	else if (gap && alone && !has_quote && c != '=' && c != ':')
		i += 0;
	else
		return false;
	alone = alone || c == '>';
	i += blanks(s, i);
	bool in_string = span_at(s, i) == '\\' && is_quote(span_at(s, i + 1));

	i += in_string;
	if (is_quote(span_at(s, i)))
		return take_quoted(x, i, in_string);
	return alone && take_bare(x, i);
}

/* A reference, a place, a truth: not the secret itself. */
static bool is_reference(struct span v)
{
	static const struct span heads[] = {
		SPAN_INIT("$"),
		SPAN_INIT("{{"),
		SPAN_INIT("<"),
		SPAN_INIT("%("),
		SPAN_INIT("%{"),
		SPAN_INIT("/"),
		SPAN_INIT("./"),
		SPAN_INIT("@"),
		SPAN_INIT("http://"),
		SPAN_INIT("https://"),
		SPAN_INIT("#{"),
		SPAN_INIT("file:"),
		SPAN_INIT("env("),
		SPAN_INIT("vault:"),
		SPAN_INIT("arn:"),
		SPAN_INIT("~/"),
	};

	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++)
		if (span_starts(v, heads[i]))
			return true;
	return span_has(v, SPAN("${")) || span_has(v, SPAN("{{")) || span_has(v, SPAN("$("));
}

/* Bare letters with dots between: a member of something, as code writes it. */
static bool is_member(struct span v)
{
	for (size_t i = 0; i < v.len; i++)
		if ((span_at(v, i) | 32) < 'a' || (span_at(v, i) | 32) > 'z')
			if (span_at(v, i) != '.' && span_at(v, i) != '_')
				return false;
	return span_find(v, '.') < v.len;
}

static bool one_character(struct span v)
{
	for (size_t i = 1; i < v.len; i++)
		if (span_at(v, i) != span_at(v, 0))
			return false;
	return true;
}

static const struct {
	struct span rule, kind;
	uint8_t class;
} classes[] = {
	[NOUN_PASSWORD] = { SPAN_INIT("named-password"), SPAN_INIT("password"), CLASS_PASSWORD },
	[NOUN_SECRET] = { SPAN_INIT("named-secret"), SPAN_INIT("generic-secret"), CLASS_TOKEN },
	[NOUN_TOKEN] = { SPAN_INIT("named-token"), SPAN_INIT("generic-token"), CLASS_TOKEN },
	[NOUN_KEY] = { SPAN_INIT("named-key"), SPAN_INIT("generic-key"), CLASS_TOKEN },
};

/* The class of the noun that ends at `end` in the text: the longest. */
static unsigned noun_at(struct span text, size_t end, size_t len)
{
	struct span literal = span_sub(text, end - len, len);

	for (size_t i = 0; i < nouns_n; i++)
		if (span_eq_nocase(nouns[i].text, literal))
			return nouns[i].class;
	return NOUN_SECRET;
}

void confirm_noun(
	struct finder *f, struct look *l, uint64_t from, uint64_t hit, size_t len, struct span text)
{
	const char *why = NULL;
	size_t at = hit > from ? (size_t)(hit - from) : 0;
	struct setting x = { .text = text };

	if (at < len || at > text.len || !noun_is_name(span_from(text, at)))
		return;
	x.name = name_start(text, at - len);
	x.name_end = word_end(span_from(text, at), 0) + at;
	if (!take_value(&x) || x.value_end - x.value < VALUE_LEAST)
		return;
	struct span value = span_sub(text, x.value, x.value_end - x.value);
	unsigned class = noun_at(text, at, len);
	size_t slot = slot_of(f, PATTERN_NOUN);

	if (from + x.value < l->done[slot] || is_reference(value) || one_character(value) ||
		(!is_quote(span_at(text, x.value - 1)) && is_member(value)) ||
		span_eq_nocase(value, span_sub(text, x.name, x.name_end - x.name)) ||
		!value_plausible(classes[class].class, value, &why))
		return;
	if (!l->seen[slot]) {
		l->seen[slot] = true;
		l->used[l->used_n++] = (uint32_t)slot;
	}
	l->done[slot] = from + x.value_end;
	struct found s = {
		.rule = classes[class].rule,
		.kind = classes[class].kind,
		.value = value,
		.at = from + x.value,
		.level = SECRET_MEDIUM,
		.flags = SECRET_GENERIC,
	};

	report(f, l, &s);
}
