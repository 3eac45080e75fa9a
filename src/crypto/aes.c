/* aes.c - one block of AES-128, for MILENAGE.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crypto/aes.h"

#include <openssl/evp.h>
#include <stdatomic.h>
#include <stddef.h>

/* Fetched once a process and kept, as digest.c does. */
static EVP_CIPHER *method(void)
{
	static _Atomic(EVP_CIPHER *) kept;
	EVP_CIPHER *have = atomic_load(&kept);

	if (have)
		return have;
	EVP_CIPHER *made = EVP_CIPHER_fetch(NULL, "AES-128-ECB", NULL);

	if (made && !atomic_compare_exchange_strong(&kept, &have, made)) {
		EVP_CIPHER_free(made);
		return have;
	}
	return made;
}

bool aes128_block(const uint8_t key[AES_BLOCK], const uint8_t in[AES_BLOCK], uint8_t out[AES_BLOCK])
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	EVP_CIPHER *cipher = method();
	int n = 0;
	bool good = ctx && cipher && EVP_EncryptInit_ex2(ctx, cipher, key, NULL, NULL) == 1 &&
		    EVP_CIPHER_CTX_set_padding(ctx, 0) == 1 &&
		    EVP_EncryptUpdate(ctx, out, &n, in, AES_BLOCK) == 1 && n == AES_BLOCK;

	EVP_CIPHER_CTX_free(ctx); /* wipes the key schedule */
	return good;
}

void aes_warm(void)
{
	static const uint8_t zero[AES_BLOCK];
	uint8_t out[AES_BLOCK];

	aes128_block(zero, zero, out);
}
