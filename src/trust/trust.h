/* trust/ - who signed what: cosign, sigstore bundles, DSSE and in-toto statements, checked offline.
 *
 * Pure: bytes, trust roots, policy and the time come in, evidence goes out. What is wrong with one
 * thing is reported in its evidence and never ends the check of the others.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "base/call.h"
#include "base/err.h"
#include "facts/trust.h"

enum {
	TRUST_ATTACHED_MAX = 1000,      /* things checked of one image */
	TRUST_ROOT_MAX = 4 << 20,       /* bytes of a file of trust roots */
	TRUST_ROOTS_MAX = 16,           /* documents of all such files */
	TRUST_BUNDLE_MAX = 128 << 20,   /* bytes of a bundle or an envelope */
	TRUST_PAYLOAD_MAX = 1 << 20,    /* bytes of a simple-signing payload */
	TRUST_LOG_ENTRY_MAX = 16 << 20, /* bytes of the body of a log entry */
	TRUST_LOG_ENTRIES_MAX = 32,     /* of one signature */
	TRUST_TIMESTAMPS_MAX = 32,      /* of one signature */
	TRUST_CERTIFICATES_MAX = 16,    /* of one chain */
	TRUST_SUBJECTS_MAX = 4096,      /* of one statement */
	TRUST_RULES_MAX = 1024,         /* of one policy */
	TRUST_PATTERN_MAX = 4096,       /* bytes of a regular expression */
};

struct trust_roots;
/* Empty. NULL without memory. */
struct trust_roots *trust_roots_new(void);
/* The sigstore root that the program has from its build. */
must_check int trust_roots_builtin(struct trust_roots *r, struct scov_err *err);
/* A trusted_root.json, JSON lines of several, or PEM certificates: roots of a PKI of one's own.
 * Errors: SCOV_E_FORMAT, SCOV_E_LIMIT; then nothing was added. */
must_check int trust_roots_add(struct trust_roots *r, struct span text, struct scov_err *err);
/* The same, as of a time in seconds: roots that were fetched. */
must_check int trust_roots_add_dated(
	struct trust_roots *r, struct span text, int64_t date, struct scov_err *err);
/* Of a PKI of one's own: anchors, and certificates below them that signatures need not carry. Both
 * PEM; helpers may be empty. */
must_check int trust_roots_add_pki(
	struct trust_roots *r, struct span anchors, struct span helpers, struct scov_err *err);
int64_t trust_roots_date(const struct trust_roots *r); /* of the oldest; 0: none has a date */
void trust_roots_free(struct trust_roots *r);

/* Whom the user expects: a key, or an identity with its issuer. */
struct trust_rule {
	struct span key, key_name;                 /* PEM or DER; name for reports: its file */
	struct span identity, issuer;              /* empty: any */
	bool identity_is_regexp, issuer_is_regexp; /* found anywhere in the text */
};

struct trust_policy;
struct trust_policy *trust_policy_new(void); /* expects nobody; NULL without memory */
/* One more signer that will do. Copies what it keeps. Errors: SCOV_E_FORMAT (key, expression),
 * SCOV_E_LIMIT. */
must_check int trust_policy_add(
	struct trust_policy *p, const struct trust_rule *rule, struct scov_err *err);
bool trust_policy_expects(const struct trust_policy *p); /* any rule; NULL: false */
void trust_policy_free(struct trust_policy *p);

/* What a file of JSON is by its members: a bundle, an envelope, a statement, else a document. */
enum attached_form trust_form(struct span text);

struct notary_config; /* trust/notary/notary.h */

struct trust_input {
	struct span reference;  /* repository, for policies */
	struct digest manifest; /* or of a file, for a bundle of one */
	struct digest index;    /* DIGEST_NONE: none led to it */
	struct span artifact;   /* the bytes of that file, if available */
	const struct attached *list;
	size_t n;
	const struct trust_roots *roots;    /* NULL: none */
	const struct trust_policy *policy;  /* NULL: none */
	const struct notary_config *notary; /* NULL: no trust policy of notation */
	int64_t now;
	const struct call *call;
	/* A last word on each thing, once it is known what it is worth, and before what it vouches
	 * for is judged; NULL: none. */
	void (*judge)(void *ctx, const struct attached *at, struct trust_evidence *e);
	void *judge_ctx;
};

/* Appends to out->list one row for each thing (a duplicate gives none), in the order of the input.
 * Views point into the input and into the arena. Errors: SCOV_E_CANCELLED, SCOV_E_TIMEOUT,
 * SCOV_E_MEMORY, SCOV_E_LIMIT (arena). */
must_check int trust_verify(
	const struct trust_input *in, struct arena *a, struct trust *out, struct scov_err *err);
