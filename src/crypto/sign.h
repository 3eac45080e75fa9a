/* sign.h - Ed25519: keys from PEM, signatures made and checked.
 *
 * Source: RFC 8032, RFC 8410. `openssl pkeyutl -rawin` makes and checks the same signatures.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/err.h"
#include "base/span.h"

enum { SIGN_SIZE = 64, SIGN_KEY_SIZE = 32, SIGN_PEM_MAX = 64 << 10 };

struct sign_key {
	uint8_t bytes[SIGN_KEY_SIZE]; /* public */
};

/* The public keys of a PEM text, at most `max`; other text between them is passed over. Errors:
 * SCOV_E_FORMAT: none, a damaged one, one that is not Ed25519; SCOV_E_LIMIT. */
must_check int sign_public_keys(
	struct span pem, struct sign_key *out, size_t max, size_t *out_n, struct scov_err *err);
/* With the private key of a PEM text without a password. Errors: SCOV_E_FORMAT. */
must_check int sign_make(
	struct span pem, struct span text, uint8_t out[SIGN_SIZE], struct scov_err *err);
bool sign_check(const struct sign_key *key, struct span text, const uint8_t signature[SIGN_SIZE]);
