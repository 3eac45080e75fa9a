/* shadow.c - the password field of shadow(5) and its relatives.
 *
 * Source: crypt(5) of libxcrypt for the forms and their lengths.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "secret/proof/proof.h"

enum { FIELD_MAX = 1024 };

/* Characters of the hash after the last '$'; 0: any. */
static const struct {
	struct span head;
	size_t len;
	const char *detail;
} forms[] = {
	{ SPAN_INIT("$1$"), 22, "a password hash, MD5: weak" },
	{ SPAN_INIT("$apr1$"), 22, "a password hash, Apache's MD5: weak" },
	{ SPAN_INIT("$5$"), 43, "a password hash, SHA-256" },
	{ SPAN_INIT("$6$"), 86, "a password hash, SHA-512" },
	{ SPAN_INIT("$y$"), 43, "a password hash, yescrypt" },
	{ SPAN_INIT("$gy$"), 43, "a password hash, gost-yescrypt" },
	{ SPAN_INIT("$7$"), 43, "a password hash, scrypt" },
	{ SPAN_INIT("$2a$"), 53, "a password hash, bcrypt" },
	{ SPAN_INIT("$2b$"), 53, "a password hash, bcrypt" },
	{ SPAN_INIT("$2x$"), 53, "a password hash, bcrypt" },
	{ SPAN_INIT("$2y$"), 53, "a password hash, bcrypt" },
	{ SPAN_INIT("$argon2i$"), 0, "a password hash, Argon2" },
	{ SPAN_INIT("$argon2id$"), 0, "a password hash, Argon2" },
};

static bool crypt_text(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = span_at(s, i);

		if (!(c >= '.' && c <= '9') && !(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z'))
			return false;
	}
	return true;
}

/* len 0: Argon2's, of any length and in base64. */
static bool fits(struct span hash, size_t len)
{
	return len ? hash.len == len && crypt_text(hash)
		   : hash.len >= 16 && span_find(hash, ',') == hash.len;
}

/* "{SHA}" and its like, as htpasswd and LDAP write them: base64 of the hash, salted ones with the
 * salt after it. */
static const char *named_form(struct span s)
{
	static const struct {
		struct span head;
		size_t hash;
		bool is_salted;
		const char *detail;
	} named[] = {
		{ SPAN_INIT("{SHA}"), 20, false, "a password hash, SHA-1 without salt: weak" },
		{ SPAN_INIT("{SSHA}"), 20, true, "a password hash, SHA-1" },
		{ SPAN_INIT("{SMD5}"), 16, true, "a password hash, MD5: weak" },
		{ SPAN_INIT("{MD5}"), 16, false, "a password hash, MD5 without salt: weak" },
		{ SPAN_INIT("{SSHA256}"), 32, true, "a password hash, SHA-256" },
		{ SPAN_INIT("{SSHA512}"), 64, true, "a password hash, SHA-512" },
	};

	for (size_t i = 0; i < sizeof(named) / sizeof(*named); i++) {
		if (!span_starts(s, named[i].head))
			continue;
		struct span text = span_from(s, named[i].head.len);
		size_t pad = span_ends(text, SPAN("==")) ? 2 : span_ends(text, SPAN("=")) ? 1 : 0;
		size_t bytes = text.len % 4 ? 0 : text.len / 4 * 3 - pad;

		return (named[i].is_salted ? bytes > named[i].hash : bytes == named[i].hash)
			       ? named[i].detail
			       : NULL;
	}
	return NULL;
}

static const char *hash_form(struct span s)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		struct span hash = span_from(s, span_rfind(s, '$') + 1);

		if (span_starts(s, forms[i].head))
			return fits(hash, forms[i].len) && s.len > forms[i].head.len + hash.len
				       ? forms[i].detail
				       : NULL;
	}
	const char *named = named_form(s);

	if (named)
		return named;
	return s.len == 13 && crypt_text(s) ? "a password hash, DES: weak" : NULL;
}

/* The value is the field, or the whole line. */
static int shadow(const struct candidate *c, struct span parameter, struct proof *out)
{
	struct span field = c->value, rest = c->value, name;

	(void)parameter;
	if (c->value.len > FIELD_MAX)
		return proof_invalid(out, "longer than any password field");
	if (span_find(c->value, ':') < c->value.len) {
		span_split(&rest, ':', &name);
		field = span_sub(rest, 0, span_find(rest, ':'));
		if (!name.len)
			return proof_invalid(out, "a line without a name");
	}
	bool locked = span_at(field, 0) == '!' || span_at(field, 0) == '*';

	if (!field.len) {
		out->flags |= SECRET_DEFAULT;
		return proof_proven(out, PROOF_FORMAT, "an account without a password");
	}
	while (span_at(field, 0) == '!' || span_at(field, 0) == '*')
		field = span_from(field, 1);
	if (locked && !field.len)
		return proof_harmless(out, 0, "a locked account");
	if (span_eq(field, SPAN("x")) || span_eq_nocase(field, SPAN("NP")) ||
		span_eq_nocase(field, SPAN("LK")))
		return proof_harmless(out, 0, "a field that holds no hash");
	const char *form = hash_form(field);

	if (!form)
		return proof_invalid(out, "not a password hash");
	return locked ? proof_unknown(out, "the hash of a locked account")
		      : proof_proven(out, PROOF_FORMAT, form);
}

const struct validator check_shadow = { "shadow-field", "the password field of shadow(5)", shadow };
