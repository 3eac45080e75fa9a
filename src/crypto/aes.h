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

/* False: the library has no AES. */
bool aes128_block(
	const uint8_t key[AES_BLOCK], const uint8_t in[AES_BLOCK], uint8_t out[AES_BLOCK]);
