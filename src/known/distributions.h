/* distributions.h - Linux distributions: when a release's support ends.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "known/tables.h"

/* The oldest release of the table, when `version_id` is older than that; else NULL. */
const struct known_release *known_release_after(struct span id, struct span version_id);
/* The release of an os-release's ID, VERSION_ID and VERSION_CODENAME; NULL: unknown, never
 * "supported". */
const struct known_release *known_release_find(
	struct span id, struct span version_id, struct span codename);
/* The base to build on for a family (data/replacements.tsv) and a release of it; .len 0: any
 * release. NULL: none that is supported at `now`, in seconds. */
const struct known_replacement *known_replacement_find(
	struct span family, struct span version_id, int64_t now);
