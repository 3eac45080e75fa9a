/* trust/notary/ - signatures of the Notary Project: JWS and COSE envelopes, trust policy and store.
 *
 * Source: notaryproject/specifications: signature-specification.md, signature-envelope-jws.md,
 * signature-envelope-cose.md, trust-store-trust-policy.md. What is read and how it is judged:
 * doc/formats/notary.md.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "facts/trust.h"

enum {
	NOTARY_ENVELOPE_MAX = 4 << 20, /* bytes of an envelope */
	NOTARY_CHAIN_MAX = 16,         /* certificates in it */
	NOTARY_ATTRIBUTES_MAX = 64,    /* signed attributes of it */
	NOTARY_POLICY_MAX = 1 << 20,   /* bytes of a trust policy */
	NOTARY_STATEMENTS_MAX = 256,   /* of a trust policy */
	NOTARY_LIST_MAX = 1024,        /* scopes, stores or identities of one statement */
	NOTARY_STORE_FILES_MAX = 1024, /* files of one trust store */
};

struct notary_config;

/* What notation has in its configuration folder: trustpolicy.oci.json, or else trustpolicy.json,
 * and the trust stores that it names, in truststore/x509. Errors: SCOV_E_NOT_FOUND, SCOV_E_IO,
 * SCOV_E_FORMAT, SCOV_E_LIMIT, SCOV_E_MEMORY. */
must_check int notary_config_open(
	const char *folder, struct notary_config **out, struct scov_err *err);
/* The policy alone; its stores are empty. */
must_check int notary_config_parse(
	struct span policy, struct notary_config **out, struct scov_err *err);
void notary_config_free(struct notary_config *c); /* accepts NULL */

struct notary_input {
	struct span reference; /* REGISTRY/REPOSITORY, with or without tag and digest */
	struct digest manifest;
	struct digest index;                /* DIGEST_NONE: none led to it */
	const struct notary_config *config; /* NULL: there is no store and no policy */
	int64_t now;
};
/* at: of one of the two forms of Notary. Fills kind, level, is_bad, is_wrong_signer, is_of_index,
 * signer, issuer, key_id, time, time_source, subject and why of *e. */
void notary_verify(const struct attached *at, const struct notary_input *in, struct arena *a,
	struct trust_evidence *e);
