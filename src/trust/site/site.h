/* trust/site/ - whom a site trusts for which images: policy.json of skopeo and podman, read as it
 * is, and a policy file of our own.
 *
 * Sources: containers/image, docs/containers-policy.json.5.md, docs/containers-signature.5.md. Our
 * own form: doc/formats/trust-policy.md. Pure: files that a policy names come by a call of the
 * caller.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "trust/trust.h"

enum {
	SITE_POLICY_MAX = 1 << 20, /* bytes of a policy */
	SITE_FILE_MAX = 1 << 20,   /* of a file that it names */
	SITE_REQUIREMENTS_MAX = 64 /* of one image */
};

/* A file that a policy names, as it is written there. */
typedef int site_load_fn(
	void *ctx, const char *path, struct arena *a, struct span *out, struct scov_err *err);

struct site_policy;
/* Either form: an object is policy.json, a list our own. An unknown key is an error, as in skopeo.
 * Errors: SCOV_E_FORMAT, SCOV_E_UNSUPPORTED, SCOV_E_LIMIT. */
must_check int site_policy_read(struct span text, struct site_policy **out, struct scov_err *err);
void site_policy_free(struct site_policy *p); /* accepts NULL */

struct site_rules;
/* What is asked for one image. transport: "docker", "oci" ...; reference: "host/repo:tag" or
 * "host/repo@digest" for docker, "/folder:name" for oci. Errors: those of load and of keys. */
must_check int site_apply(const struct site_policy *p, const char *transport, struct span reference,
	site_load_fn *load, void *ctx, struct site_rules **out, struct scov_err *err);
void site_rules_free(struct site_rules *r); /* accepts NULL */

/* trust_verify by these rules, in place of in->policy: out->has_policy says whether the site
 * expects anybody. Every requirement has to be met by some signature; else no row is at the level
 * that counts, and says why. A GPG signature is not checked: then not everything was searched. */
must_check int site_verify(const struct site_rules *r, const struct trust_input *in,
	struct arena *a, struct trust *out, struct scov_err *err);
