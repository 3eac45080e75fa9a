/* store_pkcs12.c - PKCS#12: is there a key in the open part, and does a default password open it?
 *
 * Source: RFC 7292. Round counts are read first: what has more than PBE_ROUNDS_MAX is not tried.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "secret/proof/pbe.h"
#include "secret/proof/proof.h"

enum { BAGS_MAX = 1024, DEPTH_MAX = 4 };

#define OID_PKCS7 "\x2a\x86\x48\x86\xf7\x0d\x01\x07"
#define OID_BAG "\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01"

struct store {
	size_t plain_keys, closed_keys, certificates, closed_parts;
	struct span plain, closed; /* the first of each: PrivateKeyInfo, EncryptedPrivateKeyInfo */
	struct span part;          /* the first closed part: EncryptedContentInfo's body */
	struct span certificate;   /* the first */
};

struct mac {
	enum hash_kind hash;
	struct span want, salt;
	uint64_t rounds;
};

/* CertBag: SEQUENCE { OID x509Certificate, [0] OCTET STRING }. */
static void certificate(struct cur bag, struct store *s)
{
	struct cur in = der_enter(&bag, DER_CONTEXT), pair = der_enter(&in, DER_SEQUENCE);

	der_take(&pair, DER_OID);
	struct cur value = der_enter(&pair, DER_CONTEXT);
	struct span der = der_take(&value, DER_OCTETS);

	s->certificates++;
	if (!s->certificate.len)
		s->certificate = der;
}

static void keep(struct cur bag, struct span *first, size_t *count)
{
	struct cur in = der_enter(&bag, DER_CONTEXT);
	struct der key = { 0 };

	der_next(&in, &key);
	++*count;
	if (!first->len)
		*first = key.whole;
}

/* SafeContents: SEQUENCE OF SEQUENCE { bag OID, [0] value, attributes }. A bag may hold
 * SafeContents again. */
static void safe_contents(struct cur c, unsigned depth, struct store *s)
{
	struct cur list = der_enter(&c, DER_SEQUENCE);

	for (size_t n = 0; n < BAGS_MAX && cur_left(&list); n++) {
		struct cur bag = der_enter(&list, DER_SEQUENCE);
		struct span oid = der_take(&bag, DER_OID);

		if (bag.bad || !span_starts(oid, SPAN(OID_BAG)) || oid.len != sizeof(OID_BAG))
			continue;
		switch (span_at(oid, oid.len - 1)) {
		case 1:
			keep(bag, &s->plain, &s->plain_keys);
			break;
		case 2:
			keep(bag, &s->closed, &s->closed_keys);
			break;
		case 3:
			certificate(bag, s);
			break;
		case 6:
			if (depth < DEPTH_MAX)
				safe_contents(der_enter(&bag, DER_CONTEXT), depth + 1, s);
			break;
		default:
			break;
		}
	}
}

/* EncryptedData: [0] SEQUENCE { version, SEQUENCE { OID, algorithm, [0] bytes } }. */
static void closed_part(struct cur info, struct store *s)
{
	struct cur in = der_enter(&info, DER_CONTEXT), data = der_enter(&in, DER_SEQUENCE);

	der_number(&data, 2);
	struct span body = der_take(&data, DER_SEQUENCE);

	s->closed_parts++;
	if (!s->part.len && !data.bad)
		s->part = body;
}

/* AuthenticatedSafe: SEQUENCE OF ContentInfo, data or encrypted data. */
static bool authenticated(struct span safe, struct store *s)
{
	struct cur c = cur_over(safe), list = der_enter(&c, DER_SEQUENCE);

	for (size_t n = 0; n < BAGS_MAX && cur_left(&list); n++) {
		struct cur info = der_enter(&list, DER_SEQUENCE);
		struct span oid = der_take(&info, DER_OID);

		if (!span_starts(oid, SPAN(OID_PKCS7)) || info.bad)
			return false;
		if (span_at(oid, oid.len - 1) != 1) {
			closed_part(info, s);
			continue;
		}
		struct cur content = der_enter(&info, DER_CONTEXT);

		safe_contents(cur_over(der_take(&content, DER_OCTETS)), 0, s);
	}
	return !list.bad && !c.bad;
}

/* MacData: SEQUENCE { DigestInfo, salt, rounds DEFAULT 1 }. */
static enum pbe_state read_mac(struct cur c, struct mac *out)
{
	struct cur mac = der_enter(&c, DER_SEQUENCE);
	struct cur info = der_enter(&mac, DER_SEQUENCE), algorithm = der_enter(&info, DER_SEQUENCE);
	struct span oid = der_take(&algorithm, DER_OID);

	out->hash = pbe_hash(oid);
	out->want = der_take(&info, DER_OCTETS);
	out->salt = der_take(&mac, DER_OCTETS);
	out->rounds = 1;
	if (cur_left(&mac))
		out->rounds = der_number(&mac, INT64_MAX);
	if (mac.bad || info.bad || algorithm.bad || !out->rounds)
		return PBE_BROKEN;
	if (out->hash == HASH_NONE || out->want.len != hash_size(out->hash)) /* PBMAC1 too */
		return PBE_FOREIGN;
	return out->rounds > PBE_ROUNDS_MAX ? PBE_ROUNDS : PBE_READY;
}

static bool mac_fits(const struct mac *m, struct span password, struct span safe)
{
	uint8_t key[HASH_MAX], have[HASH_MAX];
	size_t len = hash_size(m->hash);

	return password_pkcs12(m->hash, 3, password, m->salt, (uint32_t)m->rounds, key, len) &&
	       hash_hmac(m->hash, span_of(key, len), safe, have) &&
	       span_eq(span_of(have, len), m->want);
}

/* The key's public half, and whether its certificate is an authority's. */
static void describe(struct span key, struct span password, const struct candidate *c,
	struct store *s, struct proof *out)
{
	uint8_t hash[32];
	bool is_ca = false;
	int64_t until;
	struct cur in = cur_over(key), list = der_enter(&in, DER_SEQUENCE);
	struct span plain = key, body;
	struct proof inner = { 0 };
	struct pbe pbe;

	if (password.p) {
		enum pbe_state state = pbe_read(der_enter(&list, DER_SEQUENCE), &pbe);

		body = der_take(&list, DER_OCTETS);
		if (state != PBE_READY || list.bad || !pbe_work(c, pbe.rounds) ||
			!pbe_open(&pbe, password, body, c->scratch, &plain))
			return;
	}
	if (proof_key_plain(plain, c, &inner) == 0 && inner.has_public) {
		out->has_public = true;
		memcpy(out->public_hash, inner.public_hash, sizeof(out->public_hash));
		proof_known_hash(out->public_hash, out);
		if (certificate_public(s->certificate, c->scratch, hash, &is_ca, &until) && is_ca &&
			memcmp(hash, out->public_hash, sizeof(hash)) == 0)
			out->flags |= SECRET_CA;
	}
	if (password.p)
		wipe(plain);
}

/* Keys and certificates of the closed part. */
static void open_part(struct span password, const struct candidate *c, struct store *s)
{
	struct cur in = cur_over(s->part);
	struct span plain;
	struct pbe pbe;

	der_take(&in, DER_OID);
	enum pbe_state state = pbe_read(der_enter(&in, DER_SEQUENCE), &pbe);
	struct span body = der_take(&in, DER_CONTEXT & ~0x20);

	if (state == PBE_READY && !in.bad && pbe_work(c, pbe.rounds) &&
		pbe_open(&pbe, password, body, c->scratch, &plain))
		safe_contents(cur_over(plain), 0, s);
}

static int try_passwords(const struct candidate *c, const struct mac *m, struct span safe,
	struct store *s, struct proof *out)
{
	static const struct span absent = { 0 };

	for (size_t i = 0; i <= PBE_PASSWORDS; i++) {
		/* Without a password some writers leave it out altogether, others write an empty
		 * one. */
		const struct span *password = i < PBE_PASSWORDS ? &pbe_passwords[i] : &absent;

		if (!pbe_work(c, m->rounds + safe.len / WORK_BYTES))
			return pbe_closed(PBE_ROUNDS, out);
		if (!mac_fits(m, *password, safe))
			continue;
		out->flags |= SECRET_DEFAULT;
		if (s->part.len)
			open_part(*password, c, s);
		if (!s->closed_keys && !s->plain_keys)
			return proof_harmless(out, 0,
				"a PKCS#12 store without a key, opened by an "
				"empty or default password");
		describe(s->closed_keys ? s->closed : s->plain, s->closed_keys ? *password : absent,
			c, s, out);
		return proof_proven(out, PROOF_OPENED,
			"a PKCS#12 store with a key, opened by an empty or default password");
	}
	return s->closed_keys ? proof_unknown(out, "a PKCS#12 store with an encrypted key")
			      : proof_unknown(out, "a PKCS#12 store with encrypted parts alone");
}

static int pkcs12(const struct candidate *c, struct span parameter, struct proof *out)
{
	struct cur in = cur_over(c->value), all = der_enter(&in, DER_SEQUENCE);
	struct store s = { 0 };
	struct mac mac = { 0 };

	(void)parameter;
	cur_need(&all, der_number(&all, 3) == 3);
	struct cur info = der_enter(&all, DER_SEQUENCE);
	struct span oid = der_take(&info, DER_OID);
	struct cur content = der_enter(&info, DER_CONTEXT);
	struct span safe = der_take(&content, DER_OCTETS);

	if (all.bad || info.bad || content.bad || !span_starts(oid, SPAN(OID_PKCS7)) ||
		!authenticated(safe, &s))
		return proof_invalid(out, "not a PKCS#12 store");
	if (s.plain_keys) {
		describe(s.plain, (struct span){ 0 }, c, &s, out);
		return proof_proven(out, PROOF_PARSED, "an unprotected PKCS#12 store with a key");
	}
	if (!s.closed_keys && !s.closed_parts)
		return proof_harmless(out, 0, "a PKCS#12 store with certificates only");
	out->flags |= SECRET_ENCRYPTED;
	switch (cur_left(&all) ? read_mac(all, &mac) : PBE_FOREIGN) {
	case PBE_READY:
		return try_passwords(c, &mac, safe, &s, out);
	case PBE_ROUNDS:
		return proof_unknown(out, "a PKCS#12 store with too many rounds to try");
	case PBE_BROKEN:
		return proof_invalid(out, "a PKCS#12 store whose MAC does not parse");
	default:
		return proof_unknown(out, "a PKCS#12 store whose MAC is not supported");
	}
}

const struct validator check_pkcs12 = { "pkcs12-open",
	"a PKCS#12 store with a key; default passwords are tried", pkcs12 };
