/* tables.h - the tables of data/ as the build embeds them; a row's last field is the address of its
 * source.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stdint.h>

#include "base/span.h"

enum { KNOWN_ROLLING = INT32_MAX }; /* updates do not end with a release */

struct known_release {
	struct span id, version, codename;
	int32_t end; /* last day of free security support, since 1970; or KNOWN_ROLLING */
	struct span source;
};

enum known_kind { KNOWN_NOTHING, KNOWN_MINIMAL, KNOWN_FULL };

struct known_base {
	struct span repository, tag;
	uint8_t kind; /* enum known_kind */
	struct span name, source;
};

struct known_publisher {
	struct span pattern, name, source;
};

extern const struct known_release known_releases[];
extern const size_t known_releases_n;
extern const struct known_base known_bases[];
extern const size_t known_bases_n;
extern const struct known_publisher known_publishers[];
extern const size_t known_publishers_n;
