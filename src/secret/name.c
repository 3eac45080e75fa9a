/* name.c - does a name say that its value is a secret, and is the value one?
 *
 * A name is its words: camels, separators and digits split it, and its last word that carries a
 * meaning decides. So "db.rootPassword_prod" names a password, "password_file" a file.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "secret/parts.h"
#include "secret/proof.h"
#include "secret/setting.h"

enum { WORDS_MAX = 16, TOKEN_SHORT = 10, TOKEN_LEAST = 16, WEAK_LEAST = 6, HOST_MAX = 64 };

/* What a name says of its value, from nothing to most. */
enum name_class {
	NAME_NONE,
	NAME_WEAK,
	NAME_KEY,
	NAME_TOKEN,
	NAME_SECRET,
	NAME_PASSWORD,
	NAME_ADDRESS
};

static bool is_upper(uint8_t c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_lower(uint8_t c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_hex(uint8_t c)
{
	return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f');
}

/* The last words of a name, the last one first. */
struct words {
	struct span w[WORDS_MAX];
	size_t n;
};

static void words_of(struct span name, struct words *out)
{
	size_t end = name.len;

	out->n = 0;
	while (end && out->n < WORDS_MAX) {
		if (!is_upper(span_at(name, end - 1)) && !is_lower(span_at(name, end - 1))) {
			end--;
			continue;
		}
		size_t from = end - 1;
		bool is_small = is_lower(span_at(name, from));

		while (from && (is_small ? is_lower(span_at(name, from - 1))
					 : is_upper(span_at(name, from - 1))))
			from--;
		if (is_small && from && is_upper(span_at(name, from - 1)))
			from--;
		out->w[out->n++] = span_sub(name, from, end - from);
		end = from;
	}
}

static bool one_of(struct span word, const struct span *list, size_t n)
{
	uint8_t first = span_at(word, 0) | 0x20;

	for (size_t i = 0; i < n; i++)
		if (list[i].len == word.len && span_at(list[i], 0) == first &&
			span_eq_nocase(word, list[i]))
			return true;
	return false;
}
#define ONE_OF(word, list) one_of(word, list, sizeof(list) / sizeof(*(list)))
#define W SPAN_INIT

static bool ends_in(struct span word, struct span end)
{
	return word.len >= end.len && span_eq_nocase(span_from(word, word.len - end.len), end);
}

/* Behind the noun they only say which value of it. */
static const struct span which[] = { W("val"), W("value"), W("txt"), W("text"), W("str"),
	W("string"), W("plain"), W("plaintext"), W("clear"), W("cleartext"), W("raw"), W("base"),
	W("b"), W("hex"), W("env"), W("default"), W("new"), W("old"), W("prod"), W("production"),
	W("dev"), W("development"), W("test"), W("testing"), W("staging"), W("stage"), W("live"),
	W("current"), W("main"), W("primary"), W("secondary"), W("local"), W("data"), W("encoded"),
	W("backup"), W("replica"), W("rw"), W("ro"), W("v"), W("a"), W("x"), W("db"), W("user"),
	W("admin"), W("root"), W("here"), W("any") };
/* Anywhere ahead of the noun: the value is a truth, a count, something shown to all. */
static const struct span not_it[] = { W("is"), W("has"), W("no"), W("needs"), W("use"), W("show"),
	W("hide"), W("forgot"), W("csrf"), W("xsrf"), W("public"), W("pub"), W("min"), W("max"),
	W("num"), W("page"), W("cursor"), W("continuation"), W("cancellation"), W("invalid"),
	W("wrong"), W("bad"), W("mask"), W("authenticity"), W("fake"), W("dummy"), W("require"),
	W("requires"), W("required"), W("allow"), W("enable"), W("disable"), W("missing"),
	W("short"), W("empty"), W("label"), W("error"), W("err"), W("msg"), W("message"),
	W("xpath"), W("selector") };
/* Ahead of "key": a place in a table or a cache. A password of such a thing is one. */
static const struct span not_key[] = { W("primary"), W("foreign"), W("partition"), W("sort"),
	W("cache"), W("registry"), W("row"), W("index"), W("hot") };
/* Ahead of "key" they make it a secret. */
static const struct span keys[] = { W("api"), W("access"), W("secret"), W("private"), W("priv"),
	W("account"), W("auth"), W("encryption"), W("encrypt"), W("decryption"), W("signing"),
	W("sign"), W("master"), W("app"), W("application"), W("consumer"), W("client"),
	W("license"), W("licence"), W("session"), W("storage"), W("shared"), W("subscription"),
	W("admin"), W("crypt"), W("crypto"), W("cipher"), W("aes"), W("des"), W("hmac"), W("jwt"),
	W("write"), W("ingest"), W("webhook"), W("deploy"), W("integration"), W("activation"),
	W("service"), W("authentication"), W("security"), W("credential"), W("wep"), W("wpa"),
	W("preshared") };
static const struct span key_ends[] = { W("apikey"), W("accesskey"), W("secretkey"),
	W("privatekey"), W("authkey"), W("appkey"), W("masterkey"), W("accountkey"),
	W("encryptionkey"), W("signingkey"), W("clientkey"), W("sharedkey"), W("passkey"),
	W("cryptkey"), W("aeskey"), W("licensekey") };
static const struct span weak[] = { W("key"), W("pkey"), W("auth"), W("authorization"), W("oauth"),
	W("jwt"), W("bearer"), W("credential"), W("credentials"), W("creds"), W("cred"),
	W("verifier"), W("signature"), W("psk") };
/* End in "pass" and are none. */
static const struct span no_pass[] = { W("bypass"), W("compass"), W("encompass"), W("surpass"),
	W("trespass"), W("overpass"), W("underpass"), W("subpass"), W("renderpass"), W("onepass"),
	W("twopass"), W("firstpass"), W("multipass"), W("getpass"), W("lastpass"), W("xpass") };

/* p(a)(ss)w(o)(r)d, as it is and as it is mistyped. */
static bool is_password(struct span w)
{
	static const struct span ends[] = { W("password"), W("passwd"), W("pwd"), W("passphrase"),
		W("passwort"), W("passcode"), W("pswd"), W("psswd"), W("pswrd"), W("psword"),
		W("psswrd"), W("pssword"), W("paswd"), W("paswrd"), W("pasword"), W("passwrd"),
		W("passwords"), W("passworsd"), W("pw"), W("requirepass"), W("masterauth") };

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (ends_in(w, ends[i]))
			return true;
	return ends_in(w, SPAN("pass")) && !ONE_OF(w, no_pass);
}

static enum name_class class_of(struct span name)
{
	struct words x;
	size_t i = 0;

	words_of(name, &x);
	while (i + 1 < x.n && ONE_OF(x.w[i], which))
		i++;
	if (i >= x.n)
		return NAME_NONE;
	for (size_t k = i + 1; k < x.n; k++)
		if (ONE_OF(x.w[k], not_it))
			return NAME_NONE;
	struct span last = x.w[i], before = i + 1 < x.n ? x.w[i + 1] : SPAN("");
	bool is_index = false;

	for (size_t k = i + 1; k < x.n; k++)
		is_index |= ONE_OF(x.w[k], not_key);
	if (is_password(last) || (ends_in(last, SPAN("word")) && ends_in(before, SPAN("pass"))) ||
		(ends_in(last, SPAN("phrase")) && ends_in(before, SPAN("pass"))))
		return NAME_PASSWORD;
	if (ends_in(last, SPAN("secret")) || ends_in(last, SPAN("secrets")))
		return NAME_SECRET;
	if (ends_in(last, SPAN("token")))
		return NAME_TOKEN;
	if (is_index)
		return NAME_NONE;
	if ((span_eq_nocase(last, SPAN("key")) && ONE_OF(before, keys)) || ONE_OF(last, key_ends))
		return NAME_KEY;
	return ONE_OF(last, weak) || ends_in(last, SPAN("key")) ? NAME_WEAK : NAME_NONE;
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

	if (ends_in(base, SPAN(".gz")))
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

		if (!is_upper(c) && !is_lower(c) && c != '.' && c != '_')
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
	struct words x;
	bool aws = false, vault = false, key = false, token = false;

	words_of(name, &x);
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
	enum name_class name = class_of(span_sub(x->text, x->name, x->name_end - x->name));

	if (name == NAME_WEAK &&
		class_of(span_sub(x->text, x->ahead, x->name_end - x->ahead)) == NAME_KEY)
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
