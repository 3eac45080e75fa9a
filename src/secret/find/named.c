/* named.c - is the value after a name that says so a secret?
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "secret/find/parts.h"
#include "secret/value/name.h"
#include "secret/value/setting.h"
#include "secret/value/value.h"

enum { TOKEN_SHORT = 10, TOKEN_LEAST = 16, WEAK_LEAST = 6, HOST_MAX = 64 };

#define ONE_OF(word, list) span_one_of(word, list, sizeof(list) / sizeof(*(list)))
#define W SPAN_INIT

static bool is_hex(uint8_t c)
{
	return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f');
}

static bool is_address(struct span text, size_t end)
{
	return end > 3 && span_at(text, end - 1) == '/' && span_at(text, end - 2) == '/' &&
	       span_at(text, end - 3) == ':';
}

bool noun_fits(struct span piece, size_t end)
{
	struct setting x;

	if (is_address(piece, end))
		return address_password(piece, end, &x);
	return setting_may_follow(piece, end);
}

/* What kind of file it is, by its name: where words stand for their own sake, and where names stand
 * for values. */
enum text_kind { TEXT_SETTINGS, TEXT_CODE, TEXT_PROSE, TEXT_ENVIRONMENT };

static enum text_kind kind_of(struct span path)
{
	static const struct span code[] = { W("c"), W("h"), W("cc"), W("cpp"), W("hpp"), W("cs"),
		W("java"), W("py"), W("pyi"), W("js"), W("mjs"), W("cjs"), W("ts"), W("tsx"),
		W("jsx"), W("go"), W("rs"), W("rb"), W("php"), W("pl"), W("pm"), W("kt"),
		W("scala"), W("swift"), W("groovy"), W("lua"), W("m"), W("vb"), W("hs"), W("ex"),
		W("exs"), W("erl"), W("clj"), W("dart"), W("map"), W("tcl"), W("el"), W("ml"),
		W("vue") };
	static const struct span prose[] = { W("md"), W("rst"), W("adoc"), W("po"), W("pot"),
		W("html"), W("htm"), W("xhtml"), W("templates"), W("tex"), W("texi"), W("info"),
		W("pod"), W("man"), W("changelog"), W("news"), W("changes"), W("markdown"),
		W("org"), W("rtf"), W("mo") };
	struct span base = span_base(path);

	if (span_ends_nocase(base, SPAN(".gz")))
		base.len -= 3;
	size_t dot = span_rfind(base, '.');
	struct span ext = dot < base.len ? span_from(base, dot + 1) : base;

	if (ext.len == 1 && span_at(ext, 0) >= '1' && span_at(ext, 0) <= '9')
		return TEXT_PROSE;
	if (ONE_OF(ext, prose) || span_has(path, SPAN("/man/")) || span_has(path, SPAN("/doc/")) ||
		span_has(path, SPAN("LC_MESSAGES")) || span_has(path, SPAN("i18n")) ||
		span_has(path, SPAN("locale")))
		return TEXT_PROSE;
	return ONE_OF(ext, code) ? TEXT_CODE : TEXT_SETTINGS;
}

/* Bare letters with dots between: a member of something, as code writes it. */
static bool is_member(struct span v)
{
	for (size_t i = 0; i < v.len; i++) {
		uint8_t c = span_at(v, i);

		if (!((c | 32) >= 'a' && (c | 32) <= 'z') && c != '.' && c != '_')
			return false;
	}
	return span_find(v, '.') < v.len;
}

/* The value says the name again, or a part of it; or it is fields of a record. */
static bool is_echo(struct span name, struct span value)
{
	size_t colons = 0;

	for (size_t i = 0; i < value.len; i++)
		colons += span_at(value, i) == ':';
	for (size_t i = 0; i + value.len <= name.len; i++)
		if (span_eq_nocase(span_sub(name, i, value.len), value))
			return true;
	return colons > 2;
}

/* Random characters: enough of them for what the name says? */
static bool is_token(
	enum name_class name, const struct setting *x, struct span value, enum text_kind kind)
{
	size_t hex = 0;

	if (x->form >= FORM_INLINE && kind == TEXT_PROSE)
		return value.len >= TOKEN_LEAST && name != NAME_WEAK;
	if (name != NAME_WEAK)
		return value.len >= TOKEN_SHORT;
	for (size_t i = 0; i < value.len; i++)
		hex += is_hex(span_at(value, i));
	/* "key" alone, without quotes, is also what things are stored under. */
	if (x->is_bare && x->form != FORM_QUERY && x->name_end - x->name == 3)
		return false;
	/* A "key" in hex is a fingerprint or an id, but for the lengths that ciphers take. */
	return value.len >= TOKEN_LEAST && kind != TEXT_PROSE &&
	       (hex < value.len || value.len == 32 || value.len == 48 || value.len == 64);
}

/* An address of documentation: RFC 2606, and what stands for a host. */
static bool is_sample(const struct setting *x)
{
	static const struct span hosts[] = { W("host"), W("hostname"), W("domain."), W("server"),
		W("your"), W("foo") };
	struct span host = span_sub(x->text, x->value_end + 1, HOST_MAX);

	for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++)
		if (span_eq_nocase(span_sub(host, 0, hosts[i].len), hosts[i]))
			return true;
	return span_has(host, SPAN("example"));
}

static bool is_set(enum text_kind kind)
{
	return kind == TEXT_SETTINGS || kind == TEXT_ENVIRONMENT;
}

/* Low is worth a line to a reader, medium is what a gate stops at. */
static uint8_t level_of(enum name_class name, const struct setting *x, struct span value,
	enum text_kind kind, enum value_look look)
{
	if (look <= LOOKS_TEXT)
		return SECRET_NONE;
	if (is_echo(span_sub(x->text, x->name, x->name_end - x->name), value) ||
		(kind == TEXT_PROSE && span_find(value, '\\') < value.len))
		return SECRET_NONE;
	if ((x->form == FORM_LINE || x->form == FORM_INLINE) &&
		(kind == TEXT_CODE || is_member(value)))
		return SECRET_NONE;
	if (name < NAME_PASSWORD)
		return look == LOOKS_RANDOM && is_token(name, x, value, kind) ? SECRET_MEDIUM
									      : SECRET_NONE;
	if (look == LOOKS_RANDOM || look == LOOKS_STRONG)
		return SECRET_MEDIUM;
	if (x->form >= FORM_COMPARED)
		return SECRET_NONE;
	if (name == NAME_ADDRESS && look <= LOOKS_DEFAULT && is_sample(x))
		return SECRET_LOW;
	if (look == LOOKS_DEFAULT)
		return is_set(kind) && x->form != FORM_DEFAULT && !setting_is_comment(x)
			       ? SECRET_MEDIUM
			       : SECRET_LOW;
	/* "name=value" without blanks is a setting in prose too. */
	if (look == LOOKS_WEAK && kind == TEXT_CODE &&
		(value.len < WEAK_LEAST || (x->form == FORM_OPTION && x->is_bare)))
		return SECRET_LOW;
	if (look == LOOKS_WEAK && name == NAME_ADDRESS && kind == TEXT_PROSE)
		return SECRET_LOW;
	if (look == LOOKS_WEAK)
		return kind != TEXT_PROSE || x->form < FORM_LINE ||
				       span_at(x->text, x->value - 1) == '='
			       ? SECRET_MEDIUM
			       : SECRET_LOW;
	if (!is_set(kind) || setting_is_comment(x))
		return SECRET_NONE;
	return name == NAME_ADDRESS || kind == TEXT_ENVIRONMENT ? SECRET_MEDIUM : SECRET_LOW;
}

static const struct {
	struct span rule, kind;
} rules[] = {
	[NAME_WEAK] = { W("named-value"), W("generic-secret") },
	[NAME_KEY] = { W("named-key"), W("generic-key") },
	[NAME_TOKEN] = { W("named-token"), W("generic-token") },
	[NAME_SECRET] = { W("named-secret"), W("generic-secret") },
	[NAME_PASSWORD] = { W("named-password"), W("password") },
	[NAME_ADDRESS] = { W("url-password"), W("url-password") },
};

static void report_setting(struct finder *f, struct look *l, uint64_t from, const struct setting *x,
	enum name_class name, uint8_t level, uint32_t flags)
{
	size_t slot = slot_of(f, PATTERN_NOUN);

	if (!l->seen[slot]) {
		l->seen[slot] = true;
		l->used[l->used_n++] = (uint32_t)slot;
	}
	l->done[slot] = from + x->value_end;
	struct found s = {
		.rule = rules[name].rule,
		.kind = rules[name].kind,
		.value = span_sub(x->text, x->value, x->value_end - x->value),
		.at = from + x->value,
		.level = level,
		.flags = flags,
	};

	report(f, l, &s);
}

/* "ghp_" and "glpat-" are of one kind; "api-", "key-" and "SCW" begin many a value of others. */
static bool tells_kind(struct span literal)
{
	return literal.len > 4 || (literal.len == 4 && span_at(literal, 3) == '_');
}

/* It begins as tokens of a known kind do: that kind's rule says whether it is one. */
static bool is_of_kind(const struct finder *f, struct span value)
{
	if (span_starts(value, SPAN("eyJ")) && span_find(value, '.') < value.len)
		return true;
	for (size_t i = 0; i < f->rules->n; i++) {
		const struct secret_rule *r = &f->rules->p[i];

		for (size_t k = 0; r->prefix >= 3 && k < r->literals_n; k++)
			if (tells_kind(r->literals[k]) && span_starts(value, r->literals[k]))
				return true;
	}
	return false;
}

/* Names of services whose keys have one form. Source: the AWS documentation of secret access keys
 * (40 characters; session tokens are longer than 100) and of Vault's tokens. */
static bool has_other_form(struct span name, struct span value)
{
	struct name_words x;
	bool aws = false, vault = false, key = false, token = false;

	name_words(name, &x);
	for (size_t i = 0; i < x.n; i++) {
		aws |= span_eq_nocase(x.w[i], SPAN("aws"));
		vault |= span_eq_nocase(x.w[i], SPAN("vault"));
		key |= span_eq_nocase(x.w[i], SPAN("key"));
		token |= span_eq_nocase(x.w[i], SPAN("token"));
	}
	if (aws && key)
		return value.len != 40 && value.len < 100;
	if (vault && (key || token) && span_at(value, 1) == '.')
		return value.len != 26 && value.len < 60;
	return false;
}

static enum name_class name_and_value(struct setting *x, size_t at)
{
	if (!setting_name(x, at))
		return NAME_NONE;
	enum name_class name = name_class(span_sub(x->text, x->name, x->name_end - x->name));

	if (name == NAME_WEAK &&
		name_class(span_sub(x->text, x->ahead, x->name_end - x->ahead)) == NAME_KEY)
		name = NAME_KEY;
	return name != NAME_NONE && setting_value(x) ? name : NAME_NONE;
}

void confirm_noun(
	struct finder *f, struct look *l, uint64_t from, uint64_t hit, size_t len, struct span text)
{
	size_t at = hit > from ? (size_t)(hit - from) : 0;
	struct setting x = { .text = text };

	if (at < len || at > text.len)
		return;
	enum name_class name = is_address(text, at)
				       ? (address_password(text, at, &x) ? NAME_ADDRESS : NAME_NONE)
				       : name_and_value(&x, at);

	if (name == NAME_NONE || x.value_end <= x.value ||
		from + x.value < l->done[slot_of(f, PATTERN_NOUN)])
		return;
	struct span member = span_base(l->member);
	struct span value = span_sub(text, x.value, x.value_end - x.value);
	enum value_look look = value_look(value);
	uint8_t level = level_of(name, &x, value,
		l->surface == SURFACE_ENV
			? TEXT_ENVIRONMENT
			: kind_of(span_find(member, '.') < member.len ? l->member : f->path),
		look);

	if (level == SECRET_MEDIUM && name < NAME_PASSWORD &&
		(is_of_kind(f, value) ||
			has_other_form(span_sub(text, x.name, x.name_end - x.name), value)))
		level = SECRET_LOW;
	if (level > SECRET_NONE)
		report_setting(f, l, from, &x, name, level,
			SECRET_GENERIC |
				(look == LOOKS_DEFAULT && level > SECRET_LOW ? SECRET_DEFAULT
									     : 0u));
}
