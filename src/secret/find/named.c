/* named.c - is the value after a name that says so a secret?
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "secret/find/parts.h"
#include "base/ascii.h"
#include "secret/value/name.h"
#include "secret/value/setting.h"
#include "secret/value/value.h"

enum { HOST_MAX = 64 };

/* A name and its value, to be judged. */
struct named {
	const struct finder *finder;
	const struct setting *x;
	struct span name, value;
	enum name_class class;
};

/* ---- what rows ask: TEST_... of lexicon.h ---- */

static bool is_member(const struct named *n)
{
	struct span v = n->value;

	for (size_t i = 0; i < v.len; i++) {
		uint8_t c = span_at(v, i);

		if (!((c | 32) >= 'a' && (c | 32) <= 'z') && c != '.' && c != '_')
			return false;
	}
	return span_find(v, '.') < v.len;
}

static bool is_echo(const struct named *n)
{
	for (size_t i = 0; i + n->value.len <= n->name.len; i++)
		if (span_eq_nocase(span_sub(n->name, i, n->value.len), n->value))
			return true;
	return false;
}

static bool is_record(const struct named *n)
{
	size_t colons = 0;

	for (size_t i = 0; i < n->value.len; i++)
		colons += span_at(n->value, i) == ':';
	return colons > 2;
}

static bool has_backslash(const struct named *n)
{
	return span_find(n->value, '\\') < n->value.len;
}

static bool is_comment(const struct named *n)
{
	return setting_is_comment(n->x);
}

static bool is_sample_host(const struct named *n)
{
	const struct lexicon *l = n->finder->words;
	struct span host = span_sub(n->x->text, n->x->value_end + 1, HOST_MAX);

	return lexicon_starts(l, WORDS_SAMPLE_HOST, host) ||
	       lexicon_has(l, WORDS_SAMPLE_HOST_PART, host);
}

static bool is_bare(const struct named *n)
{
	return n->x->is_bare;
}

static bool is_after_equals(const struct named *n)
{
	return span_at(n->x->text, n->x->value - 1) == '=';
}

static bool is_lone(const struct named *n)
{
	return n->name.len == 3;
}

static bool is_all_hex(const struct named *n)
{
	for (size_t i = 0; i < n->value.len; i++)
		if (!ascii_is_hex(span_at(n->value, i)))
			return false;
	return true;
}

static bool has_key_length(const struct named *n)
{
	return n->value.len == 32 || n->value.len == 48 || n->value.len == 64;
}

/* "ghp_" and "glpat-" are of one kind; "api-", "key-" and "SCW" begin many a value of others. */
static bool tells_kind(struct span literal)
{
	return literal.len > 4 || (literal.len == 4 && span_at(literal, 3) == '_');
}

/* That kind's rule says whether it is one. */
static bool has_known_prefix(const struct named *n)
{
	const struct secret_rules *rules = n->finder->rules;

	if (span_starts(n->value, SPAN("eyJ")) && span_find(n->value, '.') < n->value.len)
		return true;
	for (size_t i = 0; i < rules->n; i++) {
		const struct secret_rule *r = &rules->p[i];

		for (size_t k = 0; r->prefix >= 3 && k < r->literals_n; k++)
			if (tells_kind(r->literals[k]) && span_starts(n->value, r->literals[k]))
				return true;
	}
	return false;
}

static bool begins_as(struct span value, struct span head)
{
	for (size_t i = 0; i < head.len; i++)
		if (span_at(head, i) != '?' && span_at(head, i) != span_at(value, i))
			return false;
	return true;
}

static bool names_form(const struct key_form_row *row, const struct name_words *x)
{
	bool service = false, noun = false;

	for (size_t i = 0; i < x->n; i++) {
		service |= span_eq_nocase(x->w[i], row->service);
		noun |= span_eq_nocase(x->w[i], row->nouns[0]) ||
			(row->nouns[1].len && span_eq_nocase(x->w[i], row->nouns[1]));
	}
	return service && noun;
}

static bool has_other_form(const struct named *n)
{
	const struct lexicon *l = n->finder->words;
	struct name_words x;

	name_words(n->name, &x);
	for (size_t i = 0; i < l->key_forms.n; i++) {
		const struct key_form_row *row = &l->key_forms.p[i];

		if (!names_form(row, &x) || !begins_as(n->value, row->head))
			continue;
		for (size_t k = 0; k < row->lengths_n; k++)
			if (n->value.len >= row->lengths[k].least &&
				n->value.len <= row->lengths[k].most)
				return false;
		return true;
	}
	return false;
}

static bool is_version(const struct named *n)
{
	return value_is_version(n->value);
}

static bool (*const tests[NAMED_TESTS])(const struct named *n) = {
	[TEST_ECHO] = is_echo,
	[TEST_RECORD] = is_record,
	[TEST_BACKSLASH] = has_backslash,
	[TEST_MEMBER] = is_member,
	[TEST_COMMENT] = is_comment,
	[TEST_SAMPLE_HOST] = is_sample_host,
	[TEST_BARE] = is_bare,
	[TEST_EQUALS] = is_after_equals,
	[TEST_LONE] = is_lone,
	[TEST_HEX] = is_all_hex,
	[TEST_KEY_LENGTH] = has_key_length,
	[TEST_KNOWN_PREFIX] = has_known_prefix,
	[TEST_VERSION] = is_version,
	[TEST_OTHER_FORM] = has_other_form,
};

static bool passes(const struct named *n, const struct named_row *row)
{
	if (row->under && n->value.len >= row->under)
		return false;
	for (size_t i = 0; i < NAMED_TESTS; i++) {
		bool is = row->is >> i & 1, is_not = row->is_not >> i & 1;

		if ((is || is_not) && tests[i](n) != is)
			return false;
	}
	return true;
}

/* The row that decides, from 1; 0: none. */
static uint32_t judgment_of(const struct named *n, uint8_t look, enum file_kind kind)
{
	const struct lexicon *l = n->finder->words;

	for (size_t i = 0; i < l->named.n; i++) {
		const struct named_row *row = &l->named.p[i];

		if ((row->names >> n->class & 1) && (row->looks >> look & 1) &&
			(row->forms >> n->x->form & 1) && (row->files >> kind & 1) &&
			passes(n, row))
			return (uint32_t)i + 1;
	}
	return 0;
}

static void report_setting(struct finder *f, struct look *l, uint64_t from, const struct named *n,
	uint32_t judgment, uint32_t flags)
{
	size_t slot = slot_of(f, PATTERN_NOUN);

	if (!l->seen[slot]) {
		l->seen[slot] = true;
		l->used[l->used_n++] = (uint32_t)slot;
	}
	l->done[slot] = from + n->x->value_end;
	struct found s = {
		.rule = name_rules[n->class].id,
		.kind = name_rules[n->class].kind,
		.value = n->value,
		.at = from + n->x->value,
		.level = f->words->named.p[judgment - 1].level,
		.flags = flags,
		.judgment = judgment,
	};

	report(f, l, &s);
}

static enum name_class name_and_value(const struct lexicon *l, struct setting *x, size_t at)
{
	if (!setting_name(x, at))
		return NAME_NONE;
	enum name_class name = name_class_by(l, span_sub(x->text, x->name, x->name_end - x->name));

	if (name == NAME_WEAK &&
		name_class_by(l, span_sub(x->text, x->ahead, x->name_end - x->ahead)) == NAME_KEY)
		name = NAME_KEY;
	return name != NAME_NONE && setting_value(x) ? name : NAME_NONE;
}

/* Options of commands and comparisons are in strings of code too. */
static bool is_expression(const struct named *n, enum file_kind kind)
{
	const struct setting *x = n->x;

	return n->class != NAME_ADDRESS &&
	       (x->form == FORM_QUOTED || x->form == FORM_LINE || x->form == FORM_INLINE) &&
	       value_is_expression(n->finder->words, x->text, x->value, kind);
}

void confirm_noun(
	struct finder *f, struct look *l, uint64_t from, uint64_t hit, size_t len, struct span text)
{
	size_t at = hit > from ? (size_t)(hit - from) : 0;
	struct setting x = { .text = text, .words = f->words };
	struct named n = { .finder = f, .x = &x };

	if (at < len || at > text.len)
		return;
	if (address_ends(text, at))
		n.class = address_password(text, at, &x) ? NAME_ADDRESS : NAME_NONE;
	else
		n.class = name_and_value(f->words, &x, at);
	if (n.class == NAME_NONE || x.value_end <= x.value ||
		from + x.value < l->done[slot_of(f, PATTERN_NOUN)])
		return;
	n.name = span_sub(text, x.name, x.name_end - x.name);
	n.value = span_sub(text, x.value, x.value_end - x.value);
	uint8_t look = value_look(f->words, n.value);
	enum file_kind kind = kind_of_look(f, l);
	uint32_t judgment = is_expression(&n, kind) ? 0 : judgment_of(&n, look, kind);
	uint8_t level = judgment ? f->words->named.p[judgment - 1].level : SECRET_NONE;

	if (level > SECRET_NONE)
		report_setting(f, l, from, &n, judgment,
			SECRET_GENERIC |
				(look == LOOKS_DEFAULT && level > SECRET_LOW ? SECRET_DEFAULT
									     : 0u));
}
