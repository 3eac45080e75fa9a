/* hmac.c - HMAC-SHA-256 over pieces.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crypto/hmac.h"

#include <string.h>

#include "crypto/digest.h"

enum { BLOCK = 64, INNER = 0x36, OUTER = 0x5c };

static void pad(uint8_t block[BLOCK], uint8_t with)
{
	for (size_t i = 0; i < BLOCK; i++)
		block[i] ^= with;
}

bool hmac_sha256(struct span key, const struct span *pieces, size_t n, uint8_t out[HMAC_SIZE])
{
	uint8_t block[BLOCK] = { 0 };
	struct digester *h = digester_new(DIGEST_SHA256);

	if (!h)
		return false;
	if (key.len > BLOCK) {
		struct digest d = digest_of(DIGEST_SHA256, key);

		memcpy(block, d.bytes, HMAC_SIZE);
	} else if (key.len) {
		memcpy(block, key.p, key.len);
	}
	pad(block, INNER);
	digester_add(h, block, BLOCK);
	for (size_t i = 0; i < n; i++)
		digester_add(h, pieces[i].p, pieces[i].len);
	struct digest inner = digester_end(h);

	pad(block, INNER ^ OUTER);
	digester_add(h, block, BLOCK);
	digester_add(h, inner.bytes, HMAC_SIZE);
	inner = digester_end(h);
	memcpy(out, inner.bytes, HMAC_SIZE);
	digester_free(h);
	explicit_bzero(block, BLOCK);
	return true;
}

void hmac_text(const uint8_t mac[HMAC_SIZE], char out[FINGERPRINT_TEXT])
{
	static const char digits[] = "abcdefghijklmnopqrstuvwxyz234567";

	for (unsigned i = 0; i < FINGERPRINT_TEXT; i++) {
		unsigned bit = i * 5, two = (unsigned)mac[bit / 8] << 8 | mac[bit / 8 + 1];

		out[i] = digits[two >> (11 - bit % 8) & 31];
	}
}
