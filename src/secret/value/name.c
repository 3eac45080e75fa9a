/* name.c - does a name say that its value is a secret?
 *
 * A name is its words: camels, separators and digits split it, and its last word that carries a
 * meaning decides. So "db.rootPassword_prod" names a password, "password_file" a file.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "secret/value/name.h"

static bool is_upper(uint8_t c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_lower(uint8_t c)
{
	return c >= 'a' && c <= 'z';
}

void name_words(struct span name, struct name_words *out)
{
	size_t end = name.len;

	out->n = 0;
	while (end && out->n < NAME_WORDS_MAX) {
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

#define ONE_OF(word, list) span_one_of(word, list, sizeof(list) / sizeof(*(list)))
#define W SPAN_INIT

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
		if (span_ends_nocase(w, ends[i]))
			return true;
	return span_ends_nocase(w, SPAN("pass")) && !ONE_OF(w, no_pass);
}

enum name_class name_class(struct span name)
{
	struct name_words x;
	size_t i = 0;

	name_words(name, &x);
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
	if (is_password(last) ||
		(span_ends_nocase(last, SPAN("word")) && span_ends_nocase(before, SPAN("pass"))) ||
		(span_ends_nocase(last, SPAN("phrase")) && span_ends_nocase(before, SPAN("pass"))))
		return NAME_PASSWORD;
	if (span_ends_nocase(last, SPAN("secret")) || span_ends_nocase(last, SPAN("secrets")))
		return NAME_SECRET;
	if (span_ends_nocase(last, SPAN("token")))
		return NAME_TOKEN;
	if (is_index)
		return NAME_NONE;
	if ((span_eq_nocase(last, SPAN("key")) && ONE_OF(before, keys)) || ONE_OF(last, key_ends))
		return NAME_KEY;
	return ONE_OF(last, weak) || span_ends_nocase(last, SPAN("key")) ? NAME_WEAK : NAME_NONE;
}
