/* known_key.h - the list of publicly known keys, as the build embeds it. Inside secret/ only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/span.h"

struct known_key {
	struct span hash; /* 64 hex digits */
	struct span use;  /* "telecom", "tls", "ca", "product", "test" or "value" */
	struct span name, source;
};

extern const struct known_key known_keys[];
extern const size_t known_keys_n;
