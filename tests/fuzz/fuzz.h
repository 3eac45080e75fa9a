/* fuzz.h - what the fuzz targets share: a truth that fails like a crash, and views that must lie
 * inside.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stdlib.h>

#include "base/span.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void must(bool truth)
{
	if (!truth)
		abort();
}

static inline void must_lie_in(struct span view, struct span whole)
{
	if (view.len)
		must(view.p >= whole.p && view.len <= whole.len &&
			(size_t)(view.p - whole.p) <= whole.len - view.len);
}
