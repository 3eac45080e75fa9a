/* bases.h - base images and publishers by reference.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "known/tables.h"

struct known_reference {
	struct span repository; /* "docker.io/library/alpine" */
	struct span
		tag; /* "latest" where there is neither tag nor digest; empty: by digest alone */
	struct span digest; /* empty: none */
	struct span text;   /* all of it, normalised */
};

/* "alpine:3.20" to "docker.io/library/alpine:3.20", by the rules of docker.io short names. False:
 * not a reference (empty, blanks, control characters, over 512 bytes, a digest without a name) or
 * no memory. */
bool known_reference(struct arena *a, struct span text, struct known_reference *out);
/* The row of a base's reference, normalised or short; NULL: not in the table. "scratch" is minimal.
 */
const struct known_base *known_base_find(struct span reference);
