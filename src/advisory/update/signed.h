/* signed.h - which manifest an update may take: its signature, its sequence number, its last day.
 *
 * manifest.sig holds Ed25519 signatures of the bytes of manifest.json, 64 bytes each, one after
 * the other: one for each key, so that a publisher can change keys. doc/formats has the rules.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "advisory/db/manifest.h"
#include "crypto/sign.h"

#define SIGNED_NAME "manifest.sig"
enum { SIGNATURES_MAX = 16, SIGNED_MAX = SIGNATURES_MAX * SIGN_SIZE, SIGNED_KEYS_MAX = 16 };

/* *out_key: which of the n keys has signed. Errors: SCOV_E_FORMAT (not a file of signatures),
 * SCOV_E_AUTH (of none of the keys), those of manifest_parse. */
must_check int signed_open(struct span manifest, struct span signatures,
	const struct sign_key *keys, size_t n, struct arena *a, struct advisory_manifest *out,
	size_t *out_key, struct scov_err *err);
/* seen: the greatest sequence number that was taken from this key; 0: none. Errors: SCOV_E_AUTH: an
 * older one, an expired one, one that was never published. */
must_check int signed_is_fresh(
	const struct advisory_manifest *m, uint64_t seen, int64_t today, struct scov_err *err);
