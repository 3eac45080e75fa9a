/* trust.h - inside api/: trust roots, expected signers, and what was found attached.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <limits.h>

#include "scoville/scoville.h"
#include "trust/site/site.h"
#include "trust/trust.h"
#include "trust/tuf/tuf.h"

/* Where the roots come from when no file of them is named. */
struct trust_root_origin {
	bool is_updated, is_own; /* the user's, kept by `trust update`, else the built-in one */
	char file[PATH_MAX];
	struct tuf_state state; /* of the user's; without its target */
	struct scov_err why;    /* the user's could not be used; empty text: it was, or is absent */
};
/* Adds the user's root where there is one that verifies, else the built-in one. */
must_check int api_trust_default(
	struct trust_roots *roots, struct trust_root_origin *out, struct scov_err *err);

struct api_trust {
	struct trust_roots *roots;
	struct trust_root_origin origin;
	bool has_origin; /* no file of roots was named */
	bool is_ready;   /* the default roots were read */
	struct trust_policy *policy;
	struct notary_config *notary; /* NULL: none was named */
	struct site_policy *site;     /* the same */
	int64_t now;
};
/* From the files that are named. given NULL: the default roots, and nobody expected. */
must_check int api_trust_open(
	const struct scov_trust *given, struct api_trust *out, struct scov_err *err);
/* Before anything is verified, or the roots are shown: where no file of them was named, the default
 * ones are read, once. A grade without anything to verify does not need them. */
must_check int api_trust_ready(struct api_trust *t, struct scov_err *err);
void api_trust_release(struct api_trust *t);
/* Everything that is shown goes through the rules for secrets; payloads do not. */
void api_trust_mask(struct trust *t, struct arena *a);

typedef VEC(struct attached) attached_rows;
/* The bundles, envelopes, statements or documents of a file that the user names. option: for their
 * place. */
must_check int api_trust_file(const char *option, const char *path, struct arena *a,
	attached_rows *list, struct scov_err *err);

/* Whom the user expects, and what was given as files. */
struct api_given {
	struct api_trust trust;
	attached_rows list;
	struct arena arena;
};
/* Errors: those of the files. */
must_check int api_given_open(
	const struct scov_policy *given, struct api_given *out, struct scov_err *err);
void api_given_release(struct api_given *g);

struct scov_verification {
	struct api_given given; /* of an image: rows point into it */
	struct arena arena;
	struct trust trust;
	struct span artifact; /* masked */
	struct digest digest;
	bool is_image;
};
