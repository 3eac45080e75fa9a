/* password.c - keys made from passwords, and what they open.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crypto/password.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pkcs12.h>
#include <string.h>

enum { PASSWORD_MAX = 64, TEXT_MAX = 32 << 20 };

static const struct {
	const EVP_MD *(*method)(void);
	size_t size;
} hashes[] = {
	[HASH_NONE] = { NULL, 0 },
	[HASH_MD5] = { EVP_md5, 16 },
	[HASH_SHA1] = { EVP_sha1, 20 },
	[HASH_SHA256] = { EVP_sha256, 32 },
	[HASH_SHA384] = { EVP_sha384, 48 },
	[HASH_SHA512] = { EVP_sha512, 64 },
};
static const struct {
	const EVP_CIPHER *(*method)(void);
	size_t key, iv;
} ciphers[] = {
	[CIPHER_NONE] = { NULL, 0, 0 },
	[CIPHER_3DES] = { EVP_des_ede3_cbc, 24, 8 },
	[CIPHER_AES128] = { EVP_aes_128_cbc, 16, 16 },
	[CIPHER_AES192] = { EVP_aes_192_cbc, 24, 16 },
	[CIPHER_AES256] = { EVP_aes_256_cbc, 32, 16 },
};

enum {
	HASHES = sizeof(hashes) / sizeof(*hashes),
	CIPHERS = sizeof(ciphers) / sizeof(*ciphers),
};

size_t hash_size(enum hash_kind h)
{
	return (size_t)h < HASHES ? hashes[h].size : 0;
}

size_t cipher_key_size(enum cipher_kind c)
{
	return (size_t)c < CIPHERS ? ciphers[c].key : 0;
}

size_t cipher_iv_size(enum cipher_kind c)
{
	return (size_t)c < CIPHERS ? ciphers[c].iv : 0;
}

bool hash_pieces(enum hash_kind h, const struct span *pieces, size_t n, uint8_t out[HASH_MAX])
{
	EVP_MD_CTX *ctx = hash_size(h) ? EVP_MD_CTX_new() : NULL;
	bool good = ctx && EVP_DigestInit_ex(ctx, hashes[h].method(), NULL) == 1;

	for (size_t i = 0; i < n && good; i++)
		good = !pieces[i].len || EVP_DigestUpdate(ctx, pieces[i].p, pieces[i].len) == 1;
	good = good && EVP_DigestFinal_ex(ctx, out, NULL) == 1;
	EVP_MD_CTX_free(ctx);
	return good;
}

bool hash_hmac(enum hash_kind h, struct span key, struct span text, uint8_t out[HASH_MAX])
{
	/* With a NULL key the library would reuse the last one. */
	const void *bytes = key.len ? key.p : (const uint8_t *)"";

	return hash_size(h) && key.len <= TEXT_MAX && text.len <= TEXT_MAX &&
	       HMAC(hashes[h].method(), bytes, (int)key.len, text.p, text.len, out, NULL);
}

bool password_pbkdf2(enum hash_kind h, struct span password, struct span salt, uint32_t rounds,
	uint8_t *out, size_t len)
{
	return hash_size(h) && rounds && rounds <= INT32_MAX && salt.len <= TEXT_MAX &&
	       password.len <= PASSWORD_MAX && len <= CIPHER_KEY_MAX &&
	       PKCS5_PBKDF2_HMAC(password.len ? (const char *)password.p : "", (int)password.len,
		       salt.p, (int)salt.len, (int)rounds, hashes[h].method(), (int)len, out) == 1;
}

bool password_pkcs12(enum hash_kind h, uint8_t purpose, struct span password, struct span salt,
	uint32_t rounds, uint8_t *out, size_t len)
{
	uint8_t wide[2 * PASSWORD_MAX + 2] = { 0 };

	if (!hash_size(h) || !rounds || rounds > INT32_MAX || password.len > PASSWORD_MAX ||
		!salt.len || salt.len > TEXT_MAX || len > HASH_MAX)
		return false;
	for (size_t i = 0; i < password.len; i++)
		wide[2 * i + 1] = span_at(password, i);
	/* The parameters are not const, but the library only reads them. */
	return PKCS12_key_gen_uni(password.p ? wide : NULL,
		       password.p ? (int)(2 * password.len + 2) : 0,
		       (unsigned char *)(uintptr_t)salt.p, (int)salt.len, purpose, (int)rounds,
		       (int)len, out, hashes[h].method()) == 1;
}

bool password_pem(struct span password, struct span iv, uint8_t *out, size_t len)
{
	uint8_t last[HASH_MAX];
	size_t have = 0;

	for (size_t n = 0; have < len; n++) {
		struct span pieces[] = { span_of(last, n ? hash_size(HASH_MD5) : 0), password,
			span_sub(iv, 0, 8) };
		size_t take = len - have < hash_size(HASH_MD5) ? len - have : hash_size(HASH_MD5);

		if (!hash_pieces(HASH_MD5, pieces, 3, last))
			return false;
		memcpy(out + have, last, take);
		have += take;
	}
	return true;
}

bool cipher_open(enum cipher_kind c, struct span key, struct span iv, struct span in, uint8_t *out,
	size_t *out_len)
{
	int n = 0, last = 0;
	bool fits = cipher_key_size(c) && key.len == cipher_key_size(c) &&
		    iv.len == cipher_iv_size(c) && in.len && in.len % iv.len == 0 &&
		    in.len <= TEXT_MAX;
	EVP_CIPHER_CTX *ctx = fits ? EVP_CIPHER_CTX_new() : NULL;
	bool good = ctx && EVP_DecryptInit_ex(ctx, ciphers[c].method(), NULL, key.p, iv.p) == 1 &&
		    EVP_DecryptUpdate(ctx, out, &n, in.p, (int)in.len) == 1 &&
		    EVP_DecryptFinal_ex(ctx, out + n, &last) == 1;

	EVP_CIPHER_CTX_free(ctx);
	if (good)
		*out_len = (size_t)n + (size_t)last;
	return good;
}
