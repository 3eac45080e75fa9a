/* glob.h - patterns over paths and references.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/span.h"

/* A longer pattern or text does not match. Our own bound, see doc/limits.md. */
enum { GLOB_MAX = 4096 };

/* '*' is any text within a path part, '**' any text, a leading "**" and slash also nothing, '?' one
 * byte but '/'. */
bool glob_match(struct span pattern, struct span text);
