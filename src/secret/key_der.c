/* key_der.c - private keys in DER: PKCS#1, PKCS#8, SEC1 and OpenSSL's DSA form.
 *
 * Source: RFC 8017 A.1.2, RFC 5208, RFC 5915, RFC 8410. Our own walker reads; the library only
 * multiplies.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "format/der.h"
#include "secret/proof.h"

static struct span number(struct cur *c)
{
	struct span s = der_magnitude(c);

	cur_need(c, s.len <= KEY_BYTES_MAX);
	return s;
}

/* version 0, n, e, d, p, q, dp, dq, qinv */
static int rsa(struct cur c, struct arena *a, struct proof *out)
{
	struct span v[8];
	uint64_t version = der_number(&c, 1);

	for (size_t i = 0; i < 8; i++)
		v[i] = number(&c);
	if (c.bad)
		return proof_invalid(out, "not the numbers of an RSA key");
	if (version == 0 && (cur_left(&c) || !key_product(v[3], v[4], v[0])))
		return proof_invalid(out, "the primes do not make the modulus");
	if (!proof_rsa(v[0], v[1], a, out))
		return SCOV_E_LIMIT;
	return proof_proven(out, PROOF_PARSED,
		v[0].len < 96 ? "an RSA key too short to protect" : "an RSA key that parses");
}

/* version 0, p, q, g, y, x */
static int dsa(struct cur c, struct arena *a, struct proof *out)
{
	struct span v[5];

	der_number(&c, 0);
	for (size_t i = 0; i < 5; i++)
		v[i] = number(&c);
	if (c.bad || cur_left(&c) || v[4].len > v[1].len)
		return proof_invalid(out, "not the numbers of a DSA key");
	if (!proof_dsa(v[0], v[1], v[2], v[3], a, out))
		return SCOV_E_LIMIT;
	return proof_proven(out, PROOF_PARSED, "a DSA key that parses");
}

static int scalar(enum key_curve curve, struct span private, struct span public, struct arena *a,
	struct proof *out)
{
	uint8_t point[KEY_PUBLIC_MAX];
	size_t len;

	proof_known(private, out);
	if (!key_public(curve, private, point, &len))
		return proof_invalid(out, "a scalar that the curve does not have");
	struct span own = span_of(point, len);
	bool compressed = public.len && (span_at(public, 0) == 2 || span_at(public, 0) == 3);
	struct span shown = compressed ? span_sub(own, 1, (len - 1) / 2) : own;

	if (public.len && !span_eq(compressed ? span_from(public, 1) : public, shown))
		return proof_invalid(out, "its public half is of another key");
	if (!proof_point(curve, own, a, out))
		return SCOV_E_LIMIT;
	return proof_proven(
		out, public.len ? PROOF_PAIR : PROOF_PARSED, "an elliptic curve key that parses");
}

/* version 1, OCTET STRING, [0] curve, [1] public */
static int sec1(struct cur c, enum key_curve curve, struct arena *a, struct proof *out)
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
		return proof_unknown(
			out, "an elliptic curve key of a curve that is not known here");
	return scalar(curve, private, public, a, out);
}

static int pkcs8(struct cur c, struct arena *a, struct proof *out)
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
		return scalar(curve, raw, (struct span){ 0 }, a, out);
	}
	if (span_eq(oid, SPAN("\x2a\x86\x48\xce\x38\x04\x01"))) {
		struct cur p = der_enter(&algorithm, DER_SEQUENCE);
		struct span v[3] = { number(&p), number(&p), number(&p) }, x = number(&in);

		if (p.bad || in.bad || cur_left(&in) || x.len > v[1].len)
			return proof_invalid(out, "not the numbers of a DSA key");
		return proof_proven(out, PROOF_PARSED, "a DSA key that parses");
	}
	bool is_rsa = span_eq(oid, SPAN("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01")) ||
		      span_eq(oid, SPAN("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a"));
	bool is_ec = span_eq(oid, SPAN("\x2a\x86\x48\xce\x3d\x02\x01"));

	if (!is_rsa && !is_ec)
		return proof_unknown(out, "a PKCS#8 key of a kind that is not known here");
	in = der_enter(&in, DER_SEQUENCE);
	if (is_ec && der_peeks(&algorithm, DER_OID))
		curve = curve_of_oid(der_take(&algorithm, DER_OID));
	if (in.bad)
		return proof_invalid(out, "a PKCS#8 key without a body");
	return is_rsa ? rsa(in, a, out) : sec1(in, curve, a, out);
}

/* SEQUENCE { SEQUENCE { OID of PKCS#5 or PKCS#12, ... }, OCTET STRING }: RFC 5208, 6. */
static bool is_encrypted(struct cur c)
{
	struct cur algorithm = der_enter(&c, DER_SEQUENCE);
	struct span oid = der_take(&algorithm, DER_OID), body = der_take(&c, DER_OCTETS);

	return !c.bad && !algorithm.bad && !cur_left(&c) && body.len >= 8 &&
	       span_starts(oid, SPAN("\x2a\x86\x48\x86\xf7\x0d\x01")) && oid.len >= 9;
}

int proof_key_der(struct span der, struct arena *a, struct proof *out)
{
	struct cur c = cur_over(span_sub(der, 0, der.len));
	struct cur in = der_enter(&c, DER_SEQUENCE), look = in;

	if (der.len > KEY_TEXT_MAX || c.bad || cur_left(&c))
		return proof_invalid(out, "not one ASN.1 sequence");
	if (der_peeks(&in, DER_SEQUENCE)) {
		if (!is_encrypted(in))
			return proof_invalid(out, "an ASN.1 sequence that is no private key");
		out->flags |= SECRET_ENCRYPTED;
		return proof_unknown(out, "a private key that a password closes");
	}
	uint64_t version = der_number(&look, 1);

	if (look.bad)
		return proof_invalid(out, "an ASN.1 sequence that is no private key");
	if (der_peeks(&look, DER_SEQUENCE))
		return pkcs8(look, a, out);
	if (der_peeks(&look, DER_OCTETS) && version == 1)
		return sec1(in, CURVE_NONE, a, out);
	size_t numbers = 0;

	for (struct der d;
		numbers < 10 && cur_left(&look) && der_next(&look, &d) && d.tag == DER_INTEGER;)
		numbers++;
	return numbers == 5 ? dsa(in, a, out) : rsa(in, a, out);
}

static int asn1_key(const struct candidate *c, struct span parameter, struct proof *out)
{
	(void)parameter;
	return proof_key_der(c->value, c->scratch, out);
}

const struct validator check_asn1_key = { "asn1-key", "a private key in DER that parses",
	asn1_key };
