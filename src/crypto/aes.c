/* aes.c - one block of AES-128, for MILENAGE.
 *
 * The library's own block function, not a cipher of a provider: a provider's first cipher costs a
 * millisecond in a process that may never see a subscriber key.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/aes.h"

#include <openssl/aes.h>
#include <openssl/crypto.h>

bool aes128_block(const uint8_t key[AES_BLOCK], const uint8_t in[AES_BLOCK], uint8_t out[AES_BLOCK])
{
	AES_KEY schedule;
	bool good = AES_set_encrypt_key(key, 8 * AES_BLOCK, &schedule) == 0;

	if (good)
		AES_encrypt(in, out, &schedule);
	OPENSSL_cleanse(&schedule, sizeof(schedule));
	return good;
}
