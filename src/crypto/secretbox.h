/* secretbox.h - the private keys of cosign: PKCS#8 in a box of NaCl that a password opens.
 *
 * Sources: cosign's pkg/cosign/keys and its specification of keys; RFC 7914 (scrypt); Bernstein,
 * "Extending the Salsa20 nonce" (XSalsa20); RFC 8439 (Poly1305).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"

enum { SECRETBOX_KEY = 32, SECRETBOX_NONCE = 24, SECRETBOX_MAC = 16 };

/* out has box.len - SECRETBOX_MAC bytes. False: another key, or damaged. */
bool secretbox_open(const uint8_t key[SECRETBOX_KEY], const uint8_t nonce[SECRETBOX_NONCE],
	struct span box, uint8_t *out);
/* text: the JSON inside the PEM block. Errors: SCOV_E_FORMAT, SCOV_E_AUTH (no password, or
 * another), SCOV_E_LIMIT (more than 128 MiB). */
must_check int secretbox_key_open(struct span text, struct span password, struct arena *a,
	struct span *out, struct scov_err *err);
