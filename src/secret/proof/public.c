/* public.c - public halves of asymmetric keys: from numbers, points and SSH blobs to the hash of
 * the SubjectPublicKeyInfo.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "secret/proof/proof.h"

#include <string.h>

#include "base/buf.h"
#include "crypto/digest.h"
#include "format/der.h"

/* Bodies of object identifiers: RFC 3279, RFC 5480, RFC 8410, SEC 2. */
#define OID_RSA "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"
#define OID_DSA "\x2a\x86\x48\xce\x38\x04\x01"
#define OID_EC "\x2a\x86\x48\xce\x3d\x02\x01"

static const struct {
	enum key_curve curve;
	struct span oid;
	const char *ssh;
} curve_rows[] = {
	{ CURVE_P256, SPAN_INIT("\x2a\x86\x48\xce\x3d\x03\x01\x07"), "nistp256" },
	{ CURVE_P384, SPAN_INIT("\x2b\x81\x04\x00\x22"), "nistp384" },
	{ CURVE_P521, SPAN_INIT("\x2b\x81\x04\x00\x23"), "nistp521" },
	{ CURVE_SECP256K1, SPAN_INIT("\x2b\x81\x04\x00\x0a"), NULL },
	{ CURVE_ED25519, SPAN_INIT("\x2b\x65\x70"), NULL },
	{ CURVE_X25519, SPAN_INIT("\x2b\x65\x6e"), NULL },
};

enum { CURVE_ROWS = sizeof(curve_rows) / sizeof(*curve_rows) };

enum key_curve curve_of_oid(struct span oid)
{
	for (size_t i = 0; i < CURVE_ROWS; i++)
		if (span_eq(oid, curve_rows[i].oid))
			return curve_rows[i].curve;
	return CURVE_NONE;
}

enum key_curve curve_of_ssh(struct span name)
{
	for (size_t i = 0; i < CURVE_ROWS; i++)
		if (curve_rows[i].ssh && span_eq(name, span_str(curve_rows[i].ssh)))
			return curve_rows[i].curve;
	return CURVE_NONE;
}

static struct span oid_of(enum key_curve curve)
{
	for (size_t i = 0; i < CURVE_ROWS; i++)
		if (curve_rows[i].curve == curve)
			return curve_rows[i].oid;
	return (struct span){ 0 };
}

static void put(struct buf *b, uint8_t tag, struct span body)
{
	uint8_t head[DER_HEAD_MAX];

	buf_bytes(b, head, der_head(head, tag, body.len));
	buf_span(b, body);
}

/* INTEGER of a magnitude: leading zeros off, one put back where the top bit is set. */
static void put_number(struct buf *b, struct span v)
{
	uint8_t head[DER_HEAD_MAX];

	while (v.len > 1 && span_at(v, 0) == 0)
		v = span_from(v, 1);
	bool pad = span_at(v, 0) & 0x80;

	buf_bytes(b, head, der_head(head, DER_INTEGER, v.len + pad));
	if (pad)
		buf_byte(b, 0);
	buf_span(b, v);
}

/* SEQUENCE { SEQUENCE { oid, parameters }, BIT STRING key }: RFC 5280, 4.1.2.7. */
static bool hash_spki(struct span oid, struct span parameters, struct span key, struct proof *out)
{
	scoped_buf struct buf algorithm = { .limit = 4 * KEY_BYTES_MAX };
	scoped_buf struct buf bits = { .limit = 4 * KEY_BYTES_MAX };
	scoped_buf struct buf body = { .limit = 8 * KEY_BYTES_MAX };
	scoped_buf struct buf all = { .limit = 8 * KEY_BYTES_MAX };

	put(&algorithm, DER_OID, oid);
	buf_span(&algorithm, parameters);
	buf_byte(&bits, 0);
	buf_span(&bits, key);
	put(&body, DER_SEQUENCE, buf_view(&algorithm));
	put(&body, DER_BITS, buf_view(&bits));
	put(&all, DER_SEQUENCE, buf_view(&body));
	if (algorithm.failed || bits.failed || body.failed || all.failed)
		return false;
	struct digest d = digest_of(DIGEST_SHA256, buf_view(&all));

	if (d.algorithm != DIGEST_SHA256)
		return false;
	memcpy(out->public_hash, d.bytes, sizeof(out->public_hash));
	out->has_public = true;
	proof_known_hash(out->public_hash, out);
	return true;
}

bool proof_rsa(struct span n, struct span e, struct arena *a, struct proof *out)
{
	scoped_buf struct buf numbers = { .limit = 2 * KEY_BYTES_MAX + 64 };
	scoped_buf struct buf key = { .limit = 2 * KEY_BYTES_MAX + 128 };

	(void)a;
	if (!n.len || !e.len || n.len > KEY_BYTES_MAX || e.len > KEY_BYTES_MAX)
		return false;
	put_number(&numbers, n);
	put_number(&numbers, e);
	put(&key, DER_SEQUENCE, buf_view(&numbers));
	return !key.failed && hash_spki(SPAN(OID_RSA), SPAN("\x05\x00"), buf_view(&key), out);
}

bool proof_dsa(struct span p, struct span q, struct span g, struct span y, struct arena *a,
	struct proof *out)
{
	scoped_buf struct buf numbers = { .limit = 2 * KEY_BYTES_MAX };
	scoped_buf struct buf parameters = { .limit = 2 * KEY_BYTES_MAX };
	scoped_buf struct buf key = { .limit = KEY_BYTES_MAX };

	(void)a;
	if (!p.len || !q.len || !g.len || !y.len)
		return false;
	put_number(&numbers, p);
	put_number(&numbers, q);
	put_number(&numbers, g);
	put(&parameters, DER_SEQUENCE, buf_view(&numbers));
	put_number(&key, y);
	return !numbers.failed && !parameters.failed && !key.failed &&
	       hash_spki(SPAN(OID_DSA), buf_view(&parameters), buf_view(&key), out);
}

bool proof_point(enum key_curve curve, struct span public, struct arena *a, struct proof *out)
{
	struct span oid = oid_of(curve);
	scoped_buf struct buf parameters = { .limit = 64 };

	(void)a;
	if (!oid.len || !public.len || public.len > KEY_PUBLIC_MAX)
		return false;
	if (curve == CURVE_ED25519 || curve == CURVE_X25519)
		return hash_spki(oid, (struct span){ 0 }, public, out);
	put(&parameters, DER_OID, oid);
	return hash_spki(SPAN(OID_EC), buf_view(&parameters), public, out);
}

int proof_dsa_pair(const struct span v[5], struct arena *a, struct proof *out)
{
	if (!key_power(v[2], v[4], v[0], v[3]))
		return proof_invalid(out, "its public half is of another key");
	if (!proof_dsa(v[0], v[1], v[2], v[3], a, out))
		return SCOV_E_LIMIT;
	return proof_proven(out, PROOF_PAIR, "a DSA key whose halves belong together");
}

static struct span ssh_string(struct cur *c)
{
	uint32_t len = cur_be32(c);

	cur_need(c, len <= KEY_TEXT_MAX);
	return cur_take(c, len);
}

bool proof_ssh_public(struct span blob, struct arena *a, struct proof *out)
{
	struct cur c = cur_over(blob);
	struct span type = ssh_string(&c), v[4] = { 0 };
	size_t n = span_eq(type, SPAN("ssh-dss")) ? 4 : span_eq(type, SPAN("ssh-ed25519")) ? 1 : 2;

	for (size_t i = 0; i < n; i++)
		v[i] = ssh_string(&c);
	if (c.bad || cur_left(&c))
		return false;
	if (span_eq(type, SPAN("ssh-rsa")))
		return proof_rsa(v[1], v[0], a, out);
	if (n == 4)
		return proof_dsa(v[0], v[1], v[2], v[3], a, out);
	if (n == 1)
		return v[0].len == 32 && proof_point(CURVE_ED25519, v[0], a, out);
	return span_starts(type, SPAN("ecdsa-sha2-")) &&
	       proof_point(curve_of_ssh(v[0]), v[1], a, out);
}
