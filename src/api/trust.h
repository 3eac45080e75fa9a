/* trust.h - inside api/: trust roots, expected signers, and what was found attached.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "scoville/scoville.h"
#include "trust/trust.h"

struct api_trust {
	struct trust_roots *roots;
	struct trust_policy *policy;
	struct notary_config *notary; /* NULL: none was named */
	int64_t now;
};
/* From the files that are named. given NULL: the built-in root, and nobody expected. */
must_check int api_trust_open(
	const struct scov_trust *given, struct api_trust *out, struct scov_err *err);
void api_trust_release(struct api_trust *t);
/* Everything that is shown goes through the rules for secrets; payloads do not. */
void api_trust_mask(struct trust *t, struct arena *a);

typedef VEC(struct attached) attached_rows;
/* The bundles, envelopes or statements of a file that the user names. */
must_check int api_trust_file(
	const char *path, struct arena *a, attached_rows *list, struct scov_err *err);
