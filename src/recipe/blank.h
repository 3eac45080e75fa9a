/* blank.h - the blanks of Unicode, which BuildKit takes off the ends of lines.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/span.h"

/* Bytes of the blank that begins at a byte; 0: none does. */
size_t recipe_blank(struct span s, size_t at);
size_t recipe_blanks(struct span s); /* bytes of those at the start */
struct span recipe_trim(struct span s);
