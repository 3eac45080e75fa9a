/* key.h - public keys computed from private ones, and the check of RSA's primes.
 *
 * Callers parse containers themselves (format/der.h); only arithmetic is done here, on sizes
 * bounded first.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/span.h"

enum key_curve {
	CURVE_NONE,
	CURVE_P256,
	CURVE_P384,
	CURVE_P521,
	CURVE_SECP256K1,
	CURVE_ED25519,
	CURVE_X25519
};

enum {
	KEY_PUBLIC_MAX = 1 + 2 * 66, /* an uncompressed point of P-521 */
	KEY_PRIME_MAX = 2048, /* bytes of an RSA prime that we multiply: keys of 32768 bits */
	KEY_DSA_MAX = 512,    /* bytes of a DSA prime: FIPS 186-4 ends at 384 */
	KEY_EXPONENT_MAX = 64,
};

/* The public key of a private one: an uncompressed point, or 32 bytes of the two Edwards/Montgomery
 * curves. Shorter scalars count as padded in front. False: out of range, or no memory. */
bool key_public(
	enum key_curve curve, struct span private, uint8_t out[KEY_PUBLIC_MAX], size_t *out_len);
/* p * q == n, all big-endian magnitudes of at most 2 * KEY_PRIME_MAX bytes, neither of them 0 or 1.
 */
bool key_product(struct span p, struct span q, struct span n);
/* base ^ exponent mod prime into prime.len bytes: the public half of a DSA key. The prime, odd, has
 * at most KEY_DSA_MAX bytes, the exponent KEY_EXPONENT_MAX; all are big-endian magnitudes. */
bool key_raise(struct span base, struct span exponent, struct span prime, uint8_t out[KEY_DSA_MAX]);
/* The same, and the answer is want. */
bool key_power(struct span base, struct span exponent, struct span prime, struct span want);
/* Makes the library load what it opens lazily; call before a worker's filter. */
void key_warm(void);
