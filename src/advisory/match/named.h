/* named.h - which package or image a package URL names. Inside advisory/match only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "facts/image.h"
#include "format/purl.h"

/* What the URL says is true of the package; what it leaves out is any. */
bool purl_names(const struct purl *u, const struct image_package *p,
	const struct image_facts *image, struct arena *a);
