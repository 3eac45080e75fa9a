/* parts.h - inside trust/site/: a policy, and what it asks for one image.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "syntax/json.h"
#include "trust/site/site.h"

struct site_policy {
	struct arena arena;
	const struct json *root;
	bool is_own; /* of our form */
};

enum requirement_kind {
	REQUIRE_NOTHING, /* insecureAcceptAnything */
	REQUIRE_REJECT,
	REQUIRE_GPG, /* signedBy */
	REQUIRE_SIGSTORE,
	REQUIRE_OWN, /* of our form */
};

enum match_kind {
	MATCH_REPO_DIGEST_OR_EXACT, /* the default of sigstoreSigned */
	MATCH_EXACT,
	MATCH_REPOSITORY,
	EXACT_REFERENCE,
	EXACT_REPOSITORY,
	REMAP_IDENTITY,
};

struct requirement {
	uint8_t kind, match; /* enum requirement_kind, enum match_kind */
	struct span wanted,
		signed_as; /* of exact...: the reference; of a remap: prefix, signedPrefix */
	bool needs_log;
	struct span email, host;       /* of a certificate of a PKI; empty: not asked */
	bool expects;                  /* somebody */
	struct trust_policy *policy;   /* NULL: nobody is expected */
	struct trust_roots *roots;     /* NULL: those of the caller */
	uint8_t least[ATTACHED_KINDS]; /* enum trust_level; of our form */
};

struct site_rules {
	struct arena arena;
	struct span reference; /* as the policy has it */
	bool is_docker;
	VEC(struct requirement) list;
};

/* "alpine" as docker.io/library/alpine; *tag with its ':' or '@', may be empty. False: not a
 * reference. */
struct named {
	struct span name, tag;
};
bool named_read(struct span text, struct arena *a, struct named *out);
/* What the signer wrote is what the requirement asks of it. */
bool identity_fits(const struct requirement *q, const struct site_rules *r, struct span signer,
	struct arena *a);

/* policy_json.c, own.c: the requirements for rules->reference. */
must_check int policy_json_check(const struct json *root, struct scov_err *err);
must_check int policy_json_apply(const struct json *root, const char *transport, site_load_fn *load,
	void *ctx, struct site_rules *r, struct scov_err *err);
must_check int own_check(const struct json *root, struct scov_err *err);
must_check int own_apply(const struct json *root, site_load_fn *load, void *ctx,
	struct site_rules *r, struct scov_err *err);
/* Only these keys; names ended by NULL. */
must_check int keys_check(
	const struct json *v, const char *const *names, const char *what, struct scov_err *err);
must_check int key_add(
	struct requirement *q, struct span pem, struct span name, struct scov_err *err);
