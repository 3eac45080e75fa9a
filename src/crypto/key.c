/* key.c - public halves recomputed from private ones, and the one product that RSA rests on.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crypto/key.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/objects.h>
#include <string.h>

static const struct {
	int nid;
	size_t size;
} curves[] = {
	[CURVE_NONE] = { 0, 0 },
	[CURVE_P256] = { NID_X9_62_prime256v1, 32 },
	[CURVE_P384] = { NID_secp384r1, 48 },
	[CURVE_P521] = { NID_secp521r1, 66 },
	[CURVE_SECP256K1] = { NID_secp256k1, 32 },
	[CURVE_ED25519] = { EVP_PKEY_ED25519, 32 },
	[CURVE_X25519] = { EVP_PKEY_X25519, 32 },
};

enum { CURVES = sizeof(curves) / sizeof(*curves) };

size_t key_private_size(enum key_curve curve)
{
	return (size_t)curve < CURVES ? curves[curve].size : 0;
}

static bool raw_public(int type, struct span private, uint8_t *out, size_t *out_len)
{
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(type, NULL, private.p, private.len);
	size_t len = KEY_PUBLIC_MAX;
	bool good = key && EVP_PKEY_get_raw_public_key(key, out, &len) == 1;

	EVP_PKEY_free(key);
	if (good)
		*out_len = len;
	return good;
}

static bool point_public(int nid, struct span private, uint8_t *out, size_t *out_len)
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name(nid);
	EC_POINT *point = group ? EC_POINT_new(group) : NULL;
	BIGNUM *d = BN_bin2bn(private.p, (int)private.len, NULL);
	size_t len = 0;

	if (point && d && !BN_is_zero(d) && BN_cmp(d, EC_GROUP_get0_order(group)) < 0 &&
		EC_POINT_mul(group, point, d, NULL, NULL, NULL) == 1)
		len = EC_POINT_point2oct(
			group, point, POINT_CONVERSION_UNCOMPRESSED, out, KEY_PUBLIC_MAX, NULL);
	BN_clear_free(d);
	EC_POINT_free(point);
	EC_GROUP_free(group);
	if (len)
		*out_len = len;
	return len > 0;
}

bool key_public(
	enum key_curve curve, struct span private, uint8_t out[KEY_PUBLIC_MAX], size_t *out_len)
{
	size_t size = key_private_size(curve);

	if (!size || !private.len || private.len > size)
		return false;
	if (curve == CURVE_ED25519 || curve == CURVE_X25519)
		return private.len == size && raw_public(curves[curve].nid, private, out, out_len);
	return point_public(curves[curve].nid, private, out, out_len);
}

bool key_product(struct span p, struct span q, struct span n)
{
	if (!p.len || !q.len || p.len > KEY_PRIME_MAX || q.len > KEY_PRIME_MAX ||
		n.len > 2 * KEY_PRIME_MAX)
		return false;
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *a = BN_bin2bn(p.p, (int)p.len, NULL), *b = BN_bin2bn(q.p, (int)q.len, NULL);
	BIGNUM *want = BN_bin2bn(n.p, (int)n.len, NULL), *got = BN_new();
	bool good = ctx && a && b && want && got && BN_num_bits(a) > 1 && BN_num_bits(b) > 1 &&
		    BN_mul(got, a, b, ctx) == 1 && BN_cmp(got, want) == 0;

	BN_clear_free(a);
	BN_clear_free(b);
	BN_free(want);
	BN_clear_free(got);
	BN_CTX_free(ctx);
	return good;
}

void key_warm(void)
{
	uint8_t one[66], out[KEY_PUBLIC_MAX];
	size_t len;

	memset(one, 1, sizeof(one));
	one[0] = 0;
	for (size_t i = CURVE_P256; i < CURVES; i++)
		key_public((enum key_curve)i, span_of(one, curves[i].size), out, &len);
	key_product(SPAN("\3"), SPAN("\5"), SPAN("\17"));
}
