/* key.c - public keys computed from private ones, and the check of RSA's primes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define OPENSSL_SUPPRESS_DEPRECATED /* EC_POINT_get_Jprojective_coordinates_GFp */
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

/* Double and add from the highest bit, without the library's blinding: that seeds a random
 * generator in every worker, and what is multiplied here has leaked already. */
static bool multiply(EC_GROUP *group, EC_POINT *out, const BIGNUM *d, BN_CTX *ctx)
{
	const EC_POINT *base = EC_GROUP_get0_generator(group);
	bool good = EC_POINT_copy(out, base) == 1;

	for (int bit = BN_num_bits(d) - 2; bit >= 0 && good; bit--) {
		good = EC_POINT_dbl(group, out, out, ctx) == 1;
		if (good && BN_is_bit_set(d, bit))
			good = EC_POINT_add(group, out, out, base, ctx) == 1;
	}
	return good;
}

/* x = X / Z^2, y = Y / Z^3, each in size bytes after the byte 4. */
static bool affine(
	const EC_GROUP *group, const EC_POINT *point, size_t size, uint8_t *out, BN_CTX *ctx)
{
	BN_CTX_start(ctx);
	BIGNUM *x = BN_CTX_get(ctx), *y = BN_CTX_get(ctx), *z = BN_CTX_get(ctx);
	BIGNUM *i = BN_CTX_get(ctx), *p = BN_CTX_get(ctx);
	bool good = p && EC_GROUP_get_curve(group, p, NULL, NULL, ctx) == 1 &&
		    EC_POINT_get_Jprojective_coordinates_GFp(group, point, x, y, z, ctx) == 1 &&
		    BN_mod_inverse(i, z, p, ctx) && BN_mod_sqr(z, i, p, ctx) == 1 &&
		    BN_mod_mul(x, x, z, p, ctx) == 1 && BN_mod_mul(z, z, i, p, ctx) == 1 &&
		    BN_mod_mul(y, y, z, p, ctx) == 1;

	out[0] = POINT_CONVERSION_UNCOMPRESSED;
	good = good && BN_bn2binpad(x, out + 1, (int)size) > 0 &&
	       BN_bn2binpad(y, out + 1 + size, (int)size) > 0;
	BN_CTX_end(ctx);
	return good;
}

static bool point_public(int nid, size_t size, struct span private, uint8_t *out, size_t *out_len)
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name(nid);
	EC_POINT *point = group ? EC_POINT_new(group) : NULL;
	BIGNUM *d = BN_bin2bn(private.p, (int)private.len, NULL);
	BN_CTX *ctx = BN_CTX_new();
	bool good =
		point && d && ctx && !BN_is_zero(d) && BN_cmp(d, EC_GROUP_get0_order(group)) < 0;

	/* The library has special code for these two: faster, and without blinding. */
	if (good && (nid == NID_X9_62_prime256v1 || nid == NID_secp521r1))
		good = EC_POINT_mul(group, point, d, NULL, NULL, ctx) == 1 &&
		       EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, out,
			       KEY_PUBLIC_MAX, ctx) == 1 + 2 * size;
	else if (good)
		good = multiply(group, point, d, ctx) && affine(group, point, size, out, ctx);
	BN_CTX_free(ctx);
	BN_clear_free(d);
	EC_POINT_clear_free(point);
	EC_GROUP_free(group);
	if (good)
		*out_len = 1 + 2 * size;
	return good;
}

bool key_public(
	enum key_curve curve, struct span private, uint8_t out[KEY_PUBLIC_MAX], size_t *out_len)
{
	size_t size = (size_t)curve < CURVES ? curves[curve].size : 0;

	if (!size || !private.len || private.len > size)
		return false;
	if (curve == CURVE_ED25519 || curve == CURVE_X25519)
		return private.len == size && raw_public(curves[curve].nid, private, out, out_len);
	return point_public(curves[curve].nid, size, private, out, out_len);
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

bool key_raise(struct span base, struct span exponent, struct span prime, uint8_t out[KEY_DSA_MAX])
{
	if (!base.len || !exponent.len || !prime.len || exponent.len > KEY_EXPONENT_MAX ||
		prime.len > KEY_DSA_MAX || base.len > prime.len ||
		!(span_at(prime, prime.len - 1) & 1))
		return false;
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *g = BN_bin2bn(base.p, (int)base.len, NULL);
	BIGNUM *x = BN_bin2bn(exponent.p, (int)exponent.len, NULL);
	BIGNUM *p = BN_bin2bn(prime.p, (int)prime.len, NULL), *got = BN_new();
	bool good = ctx && g && x && p && got && BN_num_bits(p) > 1 && !BN_is_zero(x) &&
		    BN_mod_exp(got, g, x, p, ctx) == 1 &&
		    BN_bn2binpad(got, out, (int)prime.len) > 0;

	BN_free(g);
	BN_clear_free(x);
	BN_free(p);
	BN_clear_free(got);
	BN_CTX_free(ctx);
	return good;
}

bool key_power(struct span base, struct span exponent, struct span prime, struct span want)
{
	uint8_t out[KEY_DSA_MAX] = { 0 };

	if (!key_raise(base, exponent, prime, out))
		return false;
	struct span got = span_of(out, prime.len);

	while (got.len > want.len && span_at(got, 0) == 0)
		got = span_from(got, 1);
	return span_eq(got, want);
}

/* Only the Edwards and Montgomery curves need a provider. */
void key_warm(void)
{
	uint8_t one[32], out[KEY_PUBLIC_MAX];
	size_t len;

	memset(one, 1, sizeof(one));
	key_public(CURVE_ED25519, span_of(one, sizeof(one)), out, &len);
	key_public(CURVE_X25519, span_of(one, sizeof(one)), out, &len);
}
