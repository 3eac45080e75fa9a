/* entry.h - the body of a log entry: what it says was signed, and by which key.
 *
 * Source: sigstore/rekor, pkg/types; sigstore/rekor-tiles, api/proto. A log vouches for what is in
 * the body alone, so an entry proves nothing about a signature unless digest, signature and key are
 * the same.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "trust/parts.h"

struct entry_form {
	struct span kind, version;
	uint8_t what;           /* enum entry_hash: of what the hash is */
	bool is_v2;             /* of Rekor v2: without a time of its own */
	const char *hash;       /* path of an object with algorithm and value (v2: digest) */
	const char *signature;  /* path; NULL: only the hash of the envelope holds it */
	const char *signatures; /* path of a list that must have one member; NULL: none */
	const char *verifier;   /* path */
	bool is_twice;          /* the signature is base64 of base64 */
};

enum entry_hash { ENTRY_OF_TEXT, ENTRY_OF_PAYLOAD, ENTRY_OF_ENVELOPE };

struct entry_body {
	const struct entry_form *form;
	uint8_t hash; /* enum hash_kind */
	struct span digest;
	struct span payload_digest; /* besides; empty: none */
	struct span signature;      /* empty: only where form->signature is NULL */
	struct span verifier;       /* PEM, or DER in v2, of a certificate or of a key */
	struct span key_details;    /* v2 */
	bool is_certificate;
};

/* Errors: SCOV_E_FORMAT (damaged), SCOV_E_UNSUPPORTED (an unknown kind or version), SCOV_E_LIMIT.
 */
must_check int entry_read(
	const struct log_entry *e, struct arena *a, struct entry_body *out, struct scov_err *err);
/* The entry is about this signature of this thing, made by k (leaf: its certificate, or NULL).
 * Errors: SCOV_E_AUTH with what differs. */
must_check int entry_bind(const struct entry_body *b, const struct signed_thing *t,
	const struct public_key *k, const struct certificate *leaf, struct scov_err *err);
