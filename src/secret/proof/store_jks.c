/* store_jks.c - Java's key stores, JKS and JCEKS, and Bouncy Castle's: is there a private key in
 * it, or only certificates?
 *
 * Source: sun.security.provider.JavaKeyStore and KeyProtector, as described in the JDK's
 * documentation of key store types. Their digest is one round of SHA-1 over the password in UTF-16,
 * twelve constant words and the store; a key of JKS is masked with chained SHA-1.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "secret/proof/pbe.h"
#include "secret/proof/proof.h"

enum {
	ENTRIES_MAX = 65536,
	CHAIN_MAX = 64,
	STORE_MAX = 16 << 20,
	SUM = 20,
	WIDE_MAX = 64, /* bytes of a password in UTF-16 */
	HASH_BLOCK = 64,
};

struct jks {
	struct span key; /* of the first private key: EncryptedPrivateKeyInfo */
	size_t keys;
	bool has_more; /* a sealed object, whose end is unknown */
};

static struct span text(struct cur *c)
{
	return cur_take(c, cur_be16(c));
}

static struct span certificate(struct cur *c, uint32_t version)
{
	if (version == 2)
		text(c);
	uint32_t len = cur_be32(c);

	return cur_take(c, len);
}

static void key(struct cur *c, uint32_t version, struct arena *a, struct jks *s, struct proof *out)
{
	bool is_ca = false;
	int64_t until;
	uint32_t len = cur_be32(c);
	struct span closed = cur_take(c, len);
	uint32_t n = cur_be32(c);

	cur_need(c, n <= CHAIN_MAX);
	for (uint32_t i = 0; i < n && !c->bad; i++) {
		struct span cert = certificate(c, version);

		if (i == 0 && !out->has_public &&
			certificate_public(cert, a, out->public_hash, &is_ca, &until)) {
			out->has_public = true;
			out->flags |= is_ca ? SECRET_CA : 0u;
			proof_known_hash(out->public_hash, out);
		}
	}
	s->keys += !c->bad;
	if (!c->bad && !s->key.len)
		s->key = closed;
}

static struct span wide(struct span password, uint8_t out[WIDE_MAX])
{
	size_t n = password.len < WIDE_MAX / 2 ? password.len : WIDE_MAX / 2;

	memset(out, 0, WIDE_MAX);
	for (size_t i = 0; i < n; i++)
		out[2 * i + 1] = span_at(password, i);
	return span_of(out, 2 * n);
}

/* The digest at the end of the store. */
static bool store_opens(struct span store, struct span password)
{
	uint8_t buffer[WIDE_MAX], sum[HASH_MAX];
	struct span pieces[] = { wide(password, buffer), SPAN("Mighty Aphrodite"),
		span_sub(store, 0, store.len - SUM) };

	return hash_pieces(HASH_SHA1, pieces, 3, sum) &&
	       span_eq(span_of(sum, SUM), span_from(store, store.len - SUM));
}

/* EncryptedPrivateKeyInfo whose OCTET STRING is salt, masked key, check. */
static bool key_opens(struct span closed, struct span password, struct arena *a, struct span *out)
{
	uint8_t buffer[WIDE_MAX], mask[HASH_MAX];
	struct cur c = cur_over(closed), in = der_enter(&c, DER_SEQUENCE);
	struct cur algorithm = der_enter(&in, DER_SEQUENCE);
	struct span oid = der_take(&algorithm, DER_OID), body = der_take(&in, DER_OCTETS);
	struct span last = span_sub(body, 0, SUM), data = span_sub(body, SUM, body.len - 2 * SUM);
	struct span utf16 = wide(password, buffer);

	if (in.bad || body.len <= 2 * SUM || body.len > KEY_TEXT_MAX ||
		!span_eq(oid, SPAN("\x2b\x06\x01\x04\x01\x2a\x02\x11\x01\x01")))
		return false;
	uint8_t *plain = arena_alloc(a, data.len);

	if (!plain)
		return false;
	for (size_t i = 0; i < data.len; i++) {
		struct span pieces[] = { utf16, last };

		if (i % SUM == 0 && !hash_pieces(HASH_SHA1, pieces, 2, mask))
			return false;
		last = span_of(mask, SUM);
		plain[i] = span_at(data, i) ^ mask[i % SUM];
	}
	struct span pieces[] = { utf16, span_of(plain, data.len) };

	*out = pieces[1];
	return hash_pieces(HASH_SHA1, pieces, 2, mask) &&
	       span_eq(span_of(mask, SUM), span_from(body, body.len - SUM));
}

/* The first password that opens both the store and, where it is a JKS, its first key. */
static int try_passwords(struct span store, const struct candidate *c, const struct jks *s,
	bool is_jks, struct proof *out)
{
	for (size_t i = 0; i < PBE_PASSWORDS; i++) {
		struct span plain = { 0 };

		if (!pbe_work(c, (store.len + s->key.len) / HASH_BLOCK + 1))
			return proof_unknown(
				out, "a Java key store with a key; there were too many to try");
		if (!store_opens(store, pbe_passwords[i]))
			continue;
		bool good = !is_jks || key_opens(s->key, pbe_passwords[i], c->scratch, &plain);

		wipe(plain);
		if (!good)
			continue;
		out->flags |= SECRET_DEFAULT;
		return proof_proven(out, PROOF_OPENED,
			"a Java key store with a key, opened by an empty or default password");
	}
	return proof_unknown(out, "a Java key store with a private key");
}

static int judge(struct cur *in, bool is_jks, const struct candidate *c, const struct jks *s,
	struct proof *out)
{
	if (in->bad && !s->keys)
		return proof_invalid(out, "not a Java key store, or cut off");
	if (!s->keys && !s->has_more)
		return proof_harmless(out, 0, "a Java key store with certificates only");
	out->flags |= SECRET_ENCRYPTED;
	if (in->bad)
		return proof_unknown(
			out, "a Java key store with a private key, its end is not in view");
	if (s->has_more) /* a serialised object without a length: what follows is unknown */
		return try_passwords(c->value, c, s, is_jks, out);
	return try_passwords(span_sub(c->value, 0, in->off), c, s, is_jks, out);
}

static int jks(const struct candidate *c, struct span parameter, struct proof *out)
{
	struct cur in = cur_over(c->value);
	uint32_t magic = cur_be32(&in), version = cur_be32(&in), n = cur_be32(&in);
	bool is_jks = magic == 0xfeedfeed;
	struct jks s = { 0 };

	(void)parameter;
	cur_need(&in, is_jks || magic == 0xcececece);
	cur_need(&in,
		(version == 1 || version == 2) && n <= ENTRIES_MAX && c->value.len <= STORE_MAX);
	for (uint32_t i = 0; i < n && !in.bad && !s.has_more; i++) {
		uint32_t tag = cur_be32(&in);

		text(&in);
		cur_skip(&in, 8); /* when it was made */
		cur_need(&in, tag == 1 || tag == 2 || (tag == 3 && !is_jks));
		if (tag == 1)
			key(&in, version, c->scratch, &s, out);
		else if (tag == 2)
			certificate(&in, version);
		else
			s.has_more = !in.bad;
	}
	cur_skip(&in, SUM); /* the digest over all of it */
	return judge(&in, is_jks, c, &s, out);
}

/* Version, salt, rounds, then entries: type, alias, date, chain. Only read, never opened: its keys
 * are closed with ciphers of its own. UBER closes all after the rounds. */
static int bks(const struct candidate *c, struct span parameter, struct proof *out)
{
	struct cur in = cur_over(c->value);
	uint32_t version = cur_be32(&in), salt = cur_be32(&in);

	(void)parameter;
	cur_need(&in, version <= 2 && salt == SUM && c->value.len <= STORE_MAX);
	cur_skip(&in, SUM);
	uint32_t rounds = cur_be32(&in);

	cur_need(&in, rounds >= 1 && rounds <= 1u << 24 && cur_left(&in) > SUM);
	if (in.bad)
		return proof_invalid(out, "not a key store of Bouncy Castle");
	uint8_t type = cur_u8(&in);

	if (type == 0 && cur_left(&in) == SUM)
		return proof_harmless(out, 0, "a key store of Bouncy Castle without entries");
	out->flags |= SECRET_ENCRYPTED;
	return proof_unknown(out, type <= 4 ? "a key store of Bouncy Castle, not assessed"
					    : "a closed key store of Bouncy Castle (UBER), not "
					      "assessed");
}

/* key4.db: an SQLite database with the table nssPrivate; key3.db: a Berkeley database with its
 * salt. */
static int nss_keys(const struct candidate *c, struct span parameter, struct proof *out)
{
	struct span head = span_sub(c->value, 0, KEY_TEXT_MAX);

	(void)parameter;
	if (span_has(head, SPAN("nssPrivate"))) {
		out->flags |= SECRET_ENCRYPTED;
		return proof_unknown(out, "a key database of NSS, not assessed");
	}
	if (span_has(head, SPAN("global-salt")) && span_has(head, SPAN("password-check"))) {
		out->flags |= SECRET_ENCRYPTED;
		return proof_unknown(out, "an old key database of NSS, not assessed");
	}
	return proof_invalid(out, "not a key database of NSS");
}

const struct validator check_bks = { "bks-store", "a key store of Bouncy Castle; never opened",
	bks };
const struct validator check_jks = { "jks-entries",
	"a Java key store that holds a key; default passwords are tried", jks };
const struct validator check_nss_keys = { "nss-keys", "a key database of NSS; never opened",
	nss_keys };
