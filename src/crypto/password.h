/* password.h - keys made from passwords, and what they open.
 *
 * Only for trying well-known passwords: the caller bounds rounds and sizes, and the oldest ciphers
 * (DES, RC2, RC4) are not supported.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/span.h"

enum hash_kind { HASH_NONE, HASH_MD5, HASH_SHA1, HASH_SHA256, HASH_SHA384, HASH_SHA512 };
enum cipher_kind {
	CIPHER_NONE,
	CIPHER_3DES,
	CIPHER_AES128,
	CIPHER_AES192,
	CIPHER_AES256
}; /* CBC */

enum { HASH_MAX = 64, CIPHER_KEY_MAX = 32, CIPHER_IV_MAX = 16 };

size_t hash_size(enum hash_kind h);
size_t cipher_key_size(enum cipher_kind c);
size_t cipher_iv_size(enum cipher_kind c);
/* The pieces count as one text; out has hash_size() bytes. Each returns false without memory, or
 * where the library refuses the algorithm. */
bool hash_pieces(enum hash_kind h, const struct span *pieces, size_t n, uint8_t out[HASH_MAX]);
bool hash_hmac(enum hash_kind h, struct span key, struct span text, uint8_t out[HASH_MAX]);
/* RFC 8018, 5.2. */
bool password_pbkdf2(enum hash_kind h, struct span password, struct span salt, uint32_t rounds,
	uint8_t *out, size_t len);
/* RFC 7292, appendix B.2; purpose 1 a key, 2 an IV, 3 a MAC. The password is ASCII; an absent one
 * (p == NULL) is not the empty one. */
bool password_pkcs12(enum hash_kind h, uint8_t purpose, struct span password, struct span salt,
	uint32_t rounds, uint8_t *out, size_t len);
/* The one round of MD5 that "DEK-Info" in PEM files uses; the salt is the IV's first 8
 * bytes. */
bool password_pem(struct span password, struct span iv, uint8_t *out, size_t len);
/* CBC with padding. out has in.len bytes. False: the padding is wrong, so the key is. */
bool cipher_open(enum cipher_kind c, struct span key, struct span iv, struct span in, uint8_t *out,
	size_t *out_len);
