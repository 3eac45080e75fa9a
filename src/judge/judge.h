/* judge.h - at the join: state, owner, pairs and path class make the level that the verdict uses.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/err.h"
#include "facts/image.h"
#include "scoville/scoville.h"
#include "secret/rules/rule.h"

/* Findings of one image that are kept. Our own bound, see doc/limits.md. */
enum { SECRETS_JUDGED_MAX = 100000 };

struct judge_options {
	int64_t now; /* seconds; for expiry */
	/* Random, of this run: what fingerprints are printed under when the user gave no key.
	 * Empty: the user did, and the fingerprints of the facts are printed. */
	struct span run_key;
	const struct secret_rules *rules; /* titles and advice; NULL: the built-in ones */
};

/* Fills image->secrets from the secrets and publics of its layers, config and documents: state of
 * the file, layers of both events, history line, owner package, pairs across parts, repeats, and
 * the level with the reason of every step up and down. *dropped counts what SECRETS_JUDGED_MAX left
 * out. Errors: SCOV_E_MEMORY. */
must_check int secrets_judge(struct image_facts *image, const struct judge_options *opt,
	uint64_t *dropped, struct scov_err *err);
/* One of the classes that --requirements 3gpp-nf lets nobody ignore: known keys, K/OPc, SUCI, CA
 * keys. */
bool secret_never_waived(const struct secret_finding *s);
