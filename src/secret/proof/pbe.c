/* pbe.c - what a password closes, and the few passwords that everybody tries.
 *
 * Source: RFC 8018 (PBES2), RFC 7292 appendix C (PKCS#12's own), RFC 1421 and OpenSSL's
 * EVP_BytesToKey for "DEK-Info". DES alone, RC2 and scrypt are not tried.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "secret/proof/pbe.h"

#include <string.h>

#include "secret/proof/proof.h"

#define OID_PKCS5 "\x2a\x86\x48\x86\xf7\x0d\x01\x05"
#define OID_PKCS12_PBE "\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01"
#define OID_AES "\x60\x86\x48\x01\x65\x03\x04\x01"
#define OID_SHA2 "\x60\x86\x48\x01\x65\x03\x04\x02"

const struct span pbe_passwords[PBE_PASSWORDS] = {
	SPAN_INIT(""),
	SPAN_INIT("changeit"),
	SPAN_INIT("changeme"),
	SPAN_INIT("password"),
	SPAN_INIT("secret"),
};

bool pbe_work(const struct candidate *c, uint64_t rounds)
{
	if (!c->work)
		return true;
	if (*c->work < rounds)
		return false;
	*c->work -= rounds;
	return true;
}

enum hash_kind pbe_hash(struct span oid)
{
	static const struct {
		struct span oid;
		enum hash_kind hash;
	} rows[] = {
		{ SPAN_INIT("\x2b\x0e\x03\x02\x1a"), HASH_SHA1 },
		{ SPAN_INIT(OID_SHA2 "\x01"), HASH_SHA256 },
		{ SPAN_INIT(OID_SHA2 "\x02"), HASH_SHA384 },
		{ SPAN_INIT(OID_SHA2 "\x03"), HASH_SHA512 },
		{ SPAN_INIT("\x2a\x86\x48\x86\xf7\x0d\x02\x07"), HASH_SHA1 }, /* hmacWith... */
		{ SPAN_INIT("\x2a\x86\x48\x86\xf7\x0d\x02\x09"), HASH_SHA256 },
		{ SPAN_INIT("\x2a\x86\x48\x86\xf7\x0d\x02\x0a"), HASH_SHA384 },
		{ SPAN_INIT("\x2a\x86\x48\x86\xf7\x0d\x02\x0b"), HASH_SHA512 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (span_eq(oid, rows[i].oid))
			return rows[i].hash;
	return HASH_NONE;
}

static enum cipher_kind cipher_of(struct span oid)
{
	if (span_eq(oid, SPAN("\x2a\x86\x48\x86\xf7\x0d\x03\x07")))
		return CIPHER_3DES;
	if (span_eq(oid, SPAN(OID_AES "\x02")))
		return CIPHER_AES128;
	if (span_eq(oid, SPAN(OID_AES "\x16")))
		return CIPHER_AES192;
	return span_eq(oid, SPAN(OID_AES "\x2a")) ? CIPHER_AES256 : CIPHER_NONE;
}

static uint64_t rounds_of(struct cur *c)
{
	return der_number(c, INT64_MAX);
}

static void read_pbes2(struct cur c, struct pbe *out, struct cur *all)
{
	struct cur kdf = der_enter(&c, DER_SEQUENCE), cipher = der_enter(&c, DER_SEQUENCE);
	bool is_pbkdf2 = span_eq(der_take(&kdf, DER_OID), SPAN(OID_PKCS5 "\x0c"));

	out->cipher = cipher_of(der_take(&cipher, DER_OID));
	cur_need(all, !c.bad && !kdf.bad && !cipher.bad);
	if (!is_pbkdf2 || out->cipher == CIPHER_NONE)
		return;
	out->iv = der_take(&cipher, DER_OCTETS);
	struct cur p = der_enter(&kdf, DER_SEQUENCE);

	out->salt = der_take(&p, DER_OCTETS);
	out->rounds = rounds_of(&p);
	if (der_peeks(&p, DER_INTEGER))
		der_number(&p, CIPHER_KEY_MAX);
	out->hash = HASH_SHA1;
	if (der_peeks(&p, DER_SEQUENCE)) {
		struct cur prf = der_enter(&p, DER_SEQUENCE);

		out->hash = pbe_hash(der_take(&prf, DER_OID));
	}
	cur_need(all, !p.bad && out->iv.len == cipher_iv_size(out->cipher) && out->rounds);
}

static void read_pkcs12(struct cur c, uint8_t which, struct pbe *out, struct cur *all)
{
	out->salt = der_take(&c, DER_OCTETS);
	out->rounds = rounds_of(&c);
	cur_need(all, !c.bad && out->salt.len && out->rounds);
	if (which != 3) /* 1 and 2: RC4; 4: two keys of DES; 5 and 6: RC2 */
		return;
	out->is_pkcs12 = true;
	out->hash = HASH_SHA1;
	out->cipher = CIPHER_3DES;
}

enum pbe_state pbe_read(struct cur algorithm, struct pbe *out)
{
	struct span oid = der_take(&algorithm, DER_OID);
	struct pbe p = { 0 };

	if (algorithm.bad)
		return PBE_BROKEN;
	if (span_eq(oid, SPAN(OID_PKCS5 "\x0d")))
		read_pbes2(der_enter(&algorithm, DER_SEQUENCE), &p, &algorithm);
	else if (span_starts(oid, SPAN(OID_PKCS12_PBE)) && oid.len == sizeof(OID_PKCS12_PBE))
		read_pkcs12(der_enter(&algorithm, DER_SEQUENCE), span_at(oid, oid.len - 1), &p,
			&algorithm);
	else
		return PBE_FOREIGN;
	if (algorithm.bad)
		return PBE_BROKEN;
	*out = p;
	if (p.hash == HASH_NONE || p.cipher == CIPHER_NONE)
		return PBE_FOREIGN;
	return p.rounds > PBE_ROUNDS_MAX ? PBE_ROUNDS : PBE_READY;
}

/* Key and IV as the password makes them. */
static bool pbe_key(const struct pbe *p, struct span password, uint8_t key[CIPHER_KEY_MAX],
	uint8_t iv[CIPHER_IV_MAX])
{
	size_t key_len = cipher_key_size(p->cipher), iv_len = cipher_iv_size(p->cipher);
	uint32_t rounds = (uint32_t)p->rounds;

	if (p->is_pkcs12)
		return password_pkcs12(p->hash, 1, password, p->salt, rounds, key, key_len) &&
		       password_pkcs12(p->hash, 2, password, p->salt, rounds, iv, iv_len);
	for (size_t i = 0; i < iv_len && i < CIPHER_IV_MAX; i++)
		iv[i] = span_at(p->iv, i);
	if (p->is_pem)
		return password_pem(password, p->iv, key, key_len);
	return password_pbkdf2(p->hash, password, p->salt, rounds, key, key_len);
}

bool pbe_open(const struct pbe *p, struct span password, struct span in, struct arena *a,
	struct span *out)
{
	uint8_t key[CIPHER_KEY_MAX], iv[CIPHER_IV_MAX];
	uint8_t *plain = in.len && in.len <= KEY_TEXT_MAX ? arena_alloc(a, in.len) : NULL;
	size_t len = 0;
	bool good = plain && pbe_key(p, password, key, iv) &&
		    cipher_open(p->cipher, span_of(key, cipher_key_size(p->cipher)),
			    span_of(iv, cipher_iv_size(p->cipher)), in, plain, &len);

	explicit_bzero(key, sizeof(key));
	if (good)
		*out = span_of(plain, len);
	return good;
}

/* "AES-128-CBC,<hex>" */
enum pbe_state pbe_read_pem(struct span dek, uint8_t iv[CIPHER_IV_MAX], struct pbe *out)
{
	static const struct {
		struct span name;
		enum cipher_kind cipher;
	} rows[] = {
		{ SPAN_INIT("DES-EDE3-CBC"), CIPHER_3DES },
		{ SPAN_INIT("AES-128-CBC"), CIPHER_AES128 },
		{ SPAN_INIT("AES-192-CBC"), CIPHER_AES192 },
		{ SPAN_INIT("AES-256-CBC"), CIPHER_AES256 },
	};
	struct span name, rest = dek;
	struct pbe p = { .hash = HASH_MD5, .rounds = 1, .is_pem = true };

	if (!span_split(&rest, ',', &name))
		return PBE_BROKEN;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (span_eq(span_trim(name), rows[i].name))
			p.cipher = rows[i].cipher;
	if (p.cipher == CIPHER_NONE)
		return PBE_FOREIGN;
	size_t len = cipher_iv_size(p.cipher);

	if (!text_hex(span_trim(rest), iv, len))
		return PBE_BROKEN;
	p.iv = span_of(iv, len);
	*out = p;
	return PBE_READY;
}

int pbe_closed(enum pbe_state state, struct proof *out)
{
	out->flags |= SECRET_ENCRYPTED;
	switch (state) {
	case PBE_ROUNDS:
		return proof_unknown(out, "a password-protected private key with too many "
					  "rounds to try");
	case PBE_FOREIGN:
		return proof_unknown(
			out, "a password-protected private key whose encryption is not supported");
	default:
		return proof_unknown(
			out, "a password-protected private key that no common password opens");
	}
}
