/* judge.h - at the join: state, owner, pairs and path class make the level that the verdict uses.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "facts/image.h"
#include "scoville/scoville.h"

/* Fills image->secrets from the parts' secrets and publics: state of the file, layers of both
 * events, history line, owner package, pairs across layers, duplicates, demotions with their
 * reasons. now: for expiry. Errors: SCOV_E_LIMIT, SCOV_E_MEMORY. */
int secrets_judge(
	struct image_facts *image, int64_t now, struct span run_key, struct scov_err *err);
/* One of the classes that --requirements 3gpp-nf lets nobody ignore: known keys, K/OPc, SUCI, CA
 * keys. */
bool secret_never_waived(const struct secret_finding *s);
