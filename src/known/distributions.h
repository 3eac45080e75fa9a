/* distributions.h - Linux distributions: which are full, which are minimal, and when a release's
 * support ends.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "known/tables.h"

/* The release of an os-release's ID, VERSION_ID and VERSION_CODENAME; NULL: unknown, never
 * "supported". */
const struct known_release *known_release_find(
	struct span id, struct span version_id, struct span codename);
/* What an image is whose only mark is the ID of its os-release: KNOWN_MINIMAL (alpine, wolfi,
 * chainguard), KNOWN_FULL (debian, ubuntu, fedora ...), KNOWN_NOTHING (any other). */
enum known_kind known_distribution_kind(struct span id);
