/* signed.h - which manifest an update may take: its signature, its sequence number, its last day.
 *
 * manifest.sig holds Ed25519 signatures of the bytes of manifest.json, 64 bytes each, one after
 * the other: one for each key, so that a publisher can change keys. doc/formats has the rules.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "advisory/db/manifest.h"
#include "crypto/verify.h"

#define SIGNED_NAME "manifest.sig"
enum {
	SIGNED_SIZE = 64, /* bytes of one signature */
	SIGNATURES_MAX = 16,
	SIGNED_MAX = SIGNATURES_MAX * SIGNED_SIZE,
	SIGNED_KEYS_MAX = 16,
};

/* { 0 } is ready: no keys. */
struct signed_keys {
	struct public_key *p[SIGNED_KEYS_MAX];
	size_t n;
};
/* Adds those of a PEM text. Errors: SCOV_E_FORMAT (also: one that is not Ed25519), SCOV_E_LIMIT. */
must_check int signed_keys_add(struct signed_keys *keys, struct span pem, struct scov_err *err);
void signed_keys_release(struct signed_keys *keys);
#define scoped_signed_keys __attribute__((cleanup(signed_keys_release)))
/* A signature by the Ed25519 key of a PEM text, which has no password. Errors: SCOV_E_FORMAT,
 * SCOV_E_AUTH. */
must_check int signed_make(
	struct span pem, struct span manifest, struct buf *out, struct scov_err *err);

/* *out_key: which of the keys has signed. Errors: SCOV_E_FORMAT (not a file of signatures),
 * SCOV_E_AUTH (of none of the keys), those of manifest_parse. */
must_check int signed_open(struct span manifest, struct span signatures,
	const struct signed_keys *keys, struct arena *a, struct advisory_manifest *out,
	size_t *out_key, struct scov_err *err);
/* seen: the greatest sequence number that was taken from this key; 0: none. Errors: SCOV_E_AUTH: an
 * older one, an expired one, one that was never published. */
must_check int signed_is_fresh(
	const struct advisory_manifest *m, uint64_t seen, int64_t today, struct scov_err *err);
