/* key_der.c - private keys in DER: PKCS#1, PKCS#8, SEC1 and OpenSSL's DSA form.
 *
 * Source: RFC 8017 A.1.2, RFC 5208, RFC 5915, RFC 8410. Our own walker reads; the library only
 * multiplies.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "format/der.h"
#include "secret/proof/pbe.h"
#include "secret/proof/proof.h"

static struct span number(struct cur *c)
{
	struct span s = der_magnitude(c);

	cur_need(c, s.len <= KEY_BYTES_MAX);
	return s;
}

/* version 0, n, e, d, p, q, dp, dq, qinv */
static int rsa(struct cur c, const struct candidate *from, struct proof *out)
{
	struct span v[8];
	uint64_t version = der_number(&c, 1);

	for (size_t i = 0; i < 8; i++)
		v[i] = number(&c);
	if (c.bad)
		return proof_invalid(out, "not the numbers of an RSA key");
	if (version == 0 && (cur_left(&c) || !key_product(v[3], v[4], v[0])))
		return proof_invalid(out, "the primes do not make the modulus");
	if (!proof_rsa(v[0], v[1], from->scratch, out))
		return SCOV_E_LIMIT;
	return proof_proven(out, PROOF_PARSED,
		v[0].len < 96 ? "an RSA key too short to protect"
			      : "an RSA key whose primes make its modulus");
}

/* version 0, p, q, g, y, x */
static int dsa(struct cur c, const struct candidate *from, struct proof *out)
{
	struct span v[5];

	der_number(&c, 0);
	for (size_t i = 0; i < 5; i++)
		v[i] = number(&c);
	if (c.bad || cur_left(&c))
		return proof_invalid(out, "not the numbers of a DSA key");
	if (!pbe_work(from, WORK_CURVE))
		return proof_unknown(out, "one DSA key of too many to look at each");
	return proof_dsa_pair(v, from->scratch, out);
}

static int scalar(enum key_curve curve, struct span private, struct span public,
	const struct candidate *from, struct proof *out)
{
	uint8_t point[KEY_PUBLIC_MAX];
	size_t len;

	proof_known(private, out);
	if (!pbe_work(from, WORK_CURVE))
		return proof_unknown(out, "one elliptic curve key of too many to look at each");
	if (!key_public(curve, private, point, &len))
		return proof_invalid(out, "a scalar that the curve does not have");
	struct span own = span_of(point, len);
	bool compressed = public.len && (span_at(public, 0) == 2 || span_at(public, 0) == 3);
	struct span shown = compressed ? span_sub(own, 1, (len - 1) / 2) : own;

	if (public.len && !span_eq(compressed ? span_from(public, 1) : public, shown))
		return proof_invalid(out, "its public half is of another key");
	if (!proof_point(curve, own, from->scratch, out))
		return SCOV_E_LIMIT;
	if (!public.len)
		return proof_proven(out, PROOF_PARSED, "an elliptic curve key that parses");
	return proof_proven(out, PROOF_PAIR, "an elliptic curve key whose halves belong together");
}

/* version 1, OCTET STRING, [0] curve, [1] public */
static int sec1(struct cur c, enum key_curve curve, const struct candidate *from, struct proof *out)
{
	struct span private, public = { 0 };

	cur_need(&c, der_number(&c, 1) == 1);
	private = der_take(&c, DER_OCTETS);
	if (der_peeks(&c, DER_CONTEXT)) {
		struct cur in = der_enter(&c, DER_CONTEXT);
		struct der d;

		if (der_next(&in, &d) && d.tag == DER_OID)
			curve = curve_of_oid(d.body);
	}
	if (der_peeks(&c, DER_CONTEXT + 1)) {
		struct cur in = der_enter(&c, DER_CONTEXT + 1);

		public = der_bits(&in);
		cur_done(&c, &in);
	}
	if (c.bad || cur_left(&c) || !private.len || private.len > 128)
		return proof_invalid(out, "not an elliptic curve key");
	if (curve == CURVE_NONE)
		return proof_unknown(out, "an elliptic curve key on an unknown curve");
	return scalar(curve, private, public, from, out);
}

/* PKCS#8 leaves the public half out. */
static int dsa_scalar(
	const struct span v[3], struct span x, const struct candidate *from, struct proof *out)
{
	uint8_t y[KEY_DSA_MAX];

	if (!pbe_work(from, WORK_CURVE))
		return proof_unknown(out, "one DSA key of too many to look at each");
	if (!key_raise(v[2], x, v[0], y))
		return proof_invalid(out, "not the numbers of a DSA key");
	if (!proof_dsa(v[0], v[1], v[2], span_of(y, v[0].len), from->scratch, out))
		return SCOV_E_LIMIT;
	return proof_proven(out, PROOF_PARSED, "a DSA key that parses");
}

static int pkcs8(struct cur c, const struct candidate *from, struct proof *out)
{
	struct cur algorithm = der_enter(&c, DER_SEQUENCE);
	struct span oid = der_take(&algorithm, DER_OID), key = der_take(&c, DER_OCTETS);
	struct cur in = cur_over(key);
	enum key_curve curve = curve_of_oid(oid);

	if (c.bad || algorithm.bad)
		return proof_invalid(out, "not a PKCS#8 key");
	if (curve != CURVE_NONE) { /* RFC 8410: the key is an OCTET STRING in the OCTET STRING */
		struct span raw = der_take(&in, DER_OCTETS);

		if (in.bad || cur_left(&in) || raw.len != 32)
			return proof_invalid(out, "not 32 bytes of a key");
		return scalar(curve, raw, (struct span){ 0 }, from, out);
	}
	if (span_eq(oid, SPAN("\x2a\x86\x48\xce\x38\x04\x01"))) {
		struct cur p = der_enter(&algorithm, DER_SEQUENCE);
		struct span v[3] = { number(&p), number(&p), number(&p) }, x = number(&in);

		if (p.bad || in.bad || cur_left(&in))
			return proof_invalid(out, "not the numbers of a DSA key");
		return dsa_scalar(v, x, from, out);
	}
	bool is_rsa = span_eq(oid, SPAN("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01")) ||
		      span_eq(oid, SPAN("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a"));
	bool is_ec = span_eq(oid, SPAN("\x2a\x86\x48\xce\x3d\x02\x01"));

	if (!is_rsa && !is_ec)
		return proof_unknown(out, "a PKCS#8 key of an unknown kind");
	in = der_enter(&in, DER_SEQUENCE);
	if (is_ec && der_peeks(&algorithm, DER_OID))
		curve = curve_of_oid(der_take(&algorithm, DER_OID));
	if (in.bad)
		return proof_invalid(out, "a PKCS#8 key without a body");
	return is_rsa ? rsa(in, from, out) : sec1(in, curve, from, out);
}

int pbe_try_key(const struct pbe *p, struct span in, const struct candidate *c, struct proof *out)
{
	for (size_t i = 0; i < PBE_PASSWORDS; i++) {
		struct proof inner = { 0 };
		struct span plain = { 0 };

		if (!pbe_work(c, p->rounds + in.len / WORK_BYTES))
			return pbe_closed(PBE_ROUNDS, out);
		if (!pbe_open(p, pbe_passwords[i], in, c->scratch, &plain))
			continue;
		bool good =
			proof_key_plain(plain, c, &inner) == 0 && inner.validity == VALID_PROVEN;

		wipe(plain);
		if (!good)
			continue;
		inner.flags |= out->flags | SECRET_ENCRYPTED | SECRET_DEFAULT;
		*out = inner;
		return proof_proven(
			out, PROOF_OPENED, "a private key that an empty or default password opens");
	}
	return pbe_closed(PBE_READY, out);
}

/* EncryptedPrivateKeyInfo: SEQUENCE { AlgorithmIdentifier, OCTET STRING }, RFC 5208, 6. */
static int closed(struct span der, struct cur c, const struct candidate *from, struct proof *out)
{
	struct cur algorithm = der_enter(&c, DER_SEQUENCE), look = algorithm;
	struct span oid = der_take(&look, DER_OID), body = der_take(&c, DER_OCTETS);
	struct pbe pbe;

	if (c.bad || look.bad || cur_left(&c) || body.len < 8 || oid.len < 9 ||
		!span_starts(oid, SPAN("\x2a\x86\x48\x86\xf7\x0d\x01")))
		return proof_invalid(out, "an ASN.1 sequence, not a private key");
	enum pbe_state state = pbe_read(algorithm, &pbe);

	if (state == PBE_BROKEN)
		return proof_invalid(out, "an encrypted private key that does not parse");
	proof_known_whole(der, out);
	if (state == PBE_READY && out->validity != VALID_PROVEN)
		return pbe_try_key(&pbe, body, from, out);
	return pbe_closed(state, out);
}

/* The body of a SEQUENCE that begins with a version. */
static int key(struct cur in, const struct candidate *from, struct proof *out)
{
	struct cur look = in;
	uint64_t version = der_number(&look, 1);

	if (look.bad)
		return proof_invalid(out, "an ASN.1 sequence, not a private key");
	if (der_peeks(&look, DER_SEQUENCE))
		return pkcs8(look, from, out);
	if (der_peeks(&look, DER_OCTETS) && version == 1)
		return sec1(in, CURVE_NONE, from, out);
	size_t numbers = 0;

	for (struct der d;
		numbers < 10 && cur_left(&look) && der_next(&look, &d) && d.tag == DER_INTEGER;)
		numbers++;
	return numbers == 5 ? dsa(in, from, out) : rsa(in, from, out);
}

int proof_key_plain(struct span der, const struct candidate *from, struct proof *out)
{
	struct cur c = cur_over(der), in = der_enter(&c, DER_SEQUENCE);

	if (der.len > KEY_TEXT_MAX || c.bad || cur_left(&c))
		return proof_invalid(out, "not one ASN.1 sequence");
	int rc = key(in, from, out);

	/* What is not computed here may be listed as a whole. */
	if (rc == 0 && out->validity == VALID_UNKNOWN)
		proof_known_whole(der, out);
	return rc;
}

int proof_key_der(struct span der, const struct candidate *from, struct proof *out)
{
	struct cur c = cur_over(der), in = der_enter(&c, DER_SEQUENCE);

	if (der.len <= KEY_TEXT_MAX && !c.bad && !cur_left(&c) && der_peeks(&in, DER_SEQUENCE))
		return closed(der, in, from, out);
	return proof_key_plain(der, from, out);
}

static int asn1_key(const struct candidate *c, struct span parameter, struct proof *out)
{
	struct cur in = cur_over(c->value);
	struct der first = { 0 };

	(void)parameter;
	if (!der_next(&in, &first)) /* what is after it is not asked for */
		return proof_invalid(out, "not one ASN.1 sequence");
	return proof_key_der(first.whole, c, out);
}

const struct validator check_asn1_key = { "asn1-key", "a private key in DER that parses",
	asn1_key };
