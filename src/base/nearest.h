/* nearest.h - the known name that a mistyped one was meant to be.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/span.h"

enum { NEAREST_MAX = 40, NEAREST_HINT = 80 };

/* { .given = text } is ready. Names are tried one by one; those longer than NEAREST_MAX are not. */
struct nearest {
	struct span given;
	const char *best; /* the caller's */
	size_t least;
};

void nearest_try(struct nearest *n, const char *name);
/* NULL: none is close enough to name. */
const char *nearest_name(const struct nearest *n);
/* ": did you mean 'NAME'?", or "". */
const char *nearest_hint(const struct nearest *n, char out[NEAREST_HINT]);
