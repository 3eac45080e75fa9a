/* rewrite.h - a part with other names.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "facts/part.h"

/* The new text for a name; .p NULL: no memory. */
typedef struct span rewrite_fn(void *ctx, struct span name);

/* *out is the part with every name replaced; what has none is shared with it. False: no memory. */
bool part_rewrite(
	const struct part *p, struct arena *a, rewrite_fn *rewrite, void *ctx, struct part *out);
