/* distributions.h - Linux distributions: when a release's support ends.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "known/tables.h"

/* The release of an os-release's ID, VERSION_ID and VERSION_CODENAME; NULL: unknown, never
 * "supported". */
const struct known_release *known_release_find(
	struct span id, struct span version_id, struct span codename);
