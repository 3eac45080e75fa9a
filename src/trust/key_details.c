/* key_details.c - the table of kinds of keys.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "trust/key_details.h"

#define ECDSA(name, curve, hash)                                                                   \
	{                                                                                          \
		SPAN_INIT(name), PUBLIC_KEY_##curve, 0, HASH_##hash, SIGNATURE_OF_KEY              \
	}
#define RSA(name, bits, scheme)                                                                    \
	{                                                                                          \
		SPAN_INIT(name), PUBLIC_KEY_RSA, bits, HASH_SHA256, SIGNATURE_##scheme             \
	}
static const struct key_details rows[] = {
	ECDSA("PKIX_ECDSA_P256_SHA_256", P256, SHA256),
	ECDSA("PKIX_ECDSA_P384_SHA_384", P384, SHA384),
	ECDSA("PKIX_ECDSA_P384_SHA_256", P384, SHA256),
	ECDSA("PKIX_ECDSA_P521_SHA_512", P521, SHA512),
	ECDSA("PKIX_ECDSA_P521_SHA_256", P521, SHA256),
	{ SPAN_INIT("PKIX_ED25519"), PUBLIC_KEY_ED25519, 0, HASH_SHA512, SIGNATURE_OF_KEY },
	RSA("PKCS1_RSA_PKCS1V5", 0, OF_KEY),
	RSA("PKCS1_RSA_PSS", 0, RSA_PSS),
	RSA("PKIX_RSA_PKCS1V5", 0, OF_KEY),
	RSA("PKIX_RSA_PSS", 0, RSA_PSS),
	RSA("PKIX_RSA_PKCS1V15_2048_SHA256", 2048, OF_KEY),
	RSA("PKIX_RSA_PKCS1V15_3072_SHA256", 3072, OF_KEY),
	RSA("PKIX_RSA_PKCS1V15_4096_SHA256", 4096, OF_KEY),
	RSA("PKIX_RSA_PSS_2048_SHA256", 2048, RSA_PSS),
	RSA("PKIX_RSA_PSS_3072_SHA256", 3072, RSA_PSS),
	RSA("PKIX_RSA_PSS_4096_SHA256", 4096, RSA_PSS),
};

const struct key_details *key_details_named(struct span name)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (span_eq(rows[i].name, name))
			return &rows[i];
	return NULL;
}

bool key_details_fit(const struct key_details *d, const struct public_key *k)
{
	return k && d->kind == public_key_kind(k) && (!d->bits || d->bits == public_key_bits(k));
}
