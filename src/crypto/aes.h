/* aes.h - one block of AES-128, for MILENAGE.
 *
 * Source: FIPS 197.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { AES_BLOCK = 16 };

/* False without memory. */
bool aes128_block(
	const uint8_t key[AES_BLOCK], const uint8_t in[AES_BLOCK], uint8_t out[AES_BLOCK]);
/* Makes the library load what it opens lazily; call before a worker's filter. */
void aes_warm(void);
