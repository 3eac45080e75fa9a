/* hmac.h - HMAC-SHA-256 over pieces.
 *
 * Source: RFC 2104, FIPS 180-4.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/span.h"

enum { HMAC_SIZE = 32, FINGERPRINT_TEXT = 26 };

/* The pieces count as one text. False without memory. */
bool hmac_sha256(struct span key, const struct span *pieces, size_t n, uint8_t out[HMAC_SIZE]);
/* The first 130 bits of the code in base32 (RFC 4648, lower case), as fingerprints are written. No
 * NUL. */
void hmac_text(const uint8_t mac[HMAC_SIZE], char out[FINGERPRINT_TEXT]);
