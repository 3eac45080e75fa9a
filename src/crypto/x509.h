/* x509.h - certificates: what they say, chains at a given time, their entries in CT logs.
 *
 * Sources: RFC 5280, RFC 4514, RFC 6962.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "crypto/verify.h"

enum {
	CERTIFICATE_MAX = 64 << 10,      /* bytes of one, DER */
	CERTIFICATES_TEXT_MAX = 4 << 20, /* bytes of a file of them */
	CERTIFICATES_MAX = 1024,         /* in one list */
	CERTIFICATE_NAMES_MAX = 256,     /* alternative names, or attributes of a subject */
	CHAIN_MAX = 10,                  /* certificates between and with leaf and root */
	SCTS_MAX = 64,                   /* in one certificate */
};

struct certificate;

/* A list owns its certificates. { 0 } is a ready, empty one. */
struct certificates {
	struct certificate **p;
	size_t n, cap;
};

/* Exactly one, DER or PEM. Errors: SCOV_E_FORMAT, SCOV_E_LIMIT, SCOV_E_MEMORY. */
must_check int certificate_parse(struct span text, struct certificate **out, struct scov_err *err);
void certificate_free(struct certificate *c); /* accepts NULL */
/* Adds one in DER, or all of a PEM text (other text between them is passed over); on failure the
 * list is as before. max: of the list afterwards. Errors: SCOV_E_FORMAT (also: none in it),
 * SCOV_E_LIMIT, SCOV_E_MEMORY. */
must_check int certificates_add(
	struct certificates *list, struct span text, size_t max, struct scov_err *err);
void certificates_release(struct certificates *list);

struct span certificate_der(const struct certificate *c);
int64_t certificate_not_before(const struct certificate *c);
int64_t certificate_not_after(const struct certificate *c); /* inclusive */
/* NULL: not a kind that verify.h accepts. Lives with the certificate. */
const struct public_key *certificate_key(const struct certificate *c);
bool certificate_same(const struct certificate *a, const struct certificate *b);
bool certificate_is_ca(const struct certificate *c);
/* Issuer and subject are equal, and its own key signed it. */
bool certificate_is_self_signed(const struct certificate *c);

/* As RFC 4514 writes a name, UTF-8; empty for an empty name. */
struct span certificate_subject(const struct certificate *c, struct arena *a);
struct span certificate_issuer(const struct certificate *c, struct arena *a);

struct name_attribute {
	struct span type;  /* "C", "ST", "O" ..., else the OID in digits */
	struct span value; /* UTF-8 */
};
struct name_attributes {
	struct name_attribute *p;
	size_t n, cap;
};
/* The subject's, in the order of the certificate. Errors: SCOV_E_FORMAT, SCOV_E_LIMIT. */
must_check int certificate_attributes(const struct certificate *c, struct arena *a,
	struct name_attributes *out, struct scov_err *err);

enum san_kind {
	SAN_EMAIL,
	SAN_URI,
	SAN_DNS,
	SAN_FULCIO /* otherName 1.3.6.1.4.1.57264.1.7 */,
	SAN_OTHER
};
struct san {
	uint8_t kind;
	struct span text; /* UTF-8 without control bytes; empty for SAN_OTHER */
};
struct sans {
	struct san *p;
	size_t n, cap;
};
/* Subject alternative names. Errors: SCOV_E_FORMAT (damaged, control bytes), SCOV_E_LIMIT. */
must_check int certificate_names(
	const struct certificate *c, struct arena *a, struct sans *out, struct scov_err *err);
/* The raw value of an extension, oid in digits; p == NULL: there is none. Lives with the
 * certificate. */
struct span certificate_extension(const struct certificate *c, const char *oid);

enum chain_purpose {
	CHAIN_ANY,
	CHAIN_CODE_SIGNING,  /* extended key usage codeSigning, key usage digitalSignature */
	CHAIN_TIME_STAMPING, /* timeStamping alone, critical */
};
struct chain {
	const struct certificate *p[CHAIN_MAX]; /* from the leaf to the root that it ends at */
	size_t n;
};
/* A path from leaf through helpers (may be NULL) to one of roots, all valid at `at`, of signatures
 * of 112 bits or more. A root may be an intermediate CA, or the leaf itself. *out borrows the
 * certificates; may be NULL. Errors: SCOV_E_AUTH with the reason. */
must_check int certificate_chain(const struct certificate *leaf, const struct certificates *helpers,
	const struct certificates *roots, int64_t at, enum chain_purpose purpose, struct chain *out,
	struct scov_err *err);

struct ct_log {
	const struct public_key *key; /* its id is the SHA-256 of its SPKI */
	int64_t from, until;          /* inclusive; INT64_MAX: no end */
};
/* At least one embedded SCT is of one of the logs and good, its time within the log's window.
 * *out_time: of that SCT, in seconds. Errors: SCOV_E_FORMAT, SCOV_E_AUTH. */
must_check int certificate_sct_check(const struct certificate *leaf,
	const struct certificate *issuer, const struct ct_log *logs, size_t n, int64_t *out_time,
	struct scov_err *err);
