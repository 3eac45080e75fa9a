/* utf8.h - is this text UTF-8?
 *
 * Source: RFC 3629: no surrogates, no overlong forms, nothing above U+10FFFF.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/span.h"

/* Bytes of the character at off, 1 to 4; 0 when no valid one begins there (or at the end).
 * code may be NULL. */
size_t utf8_step(struct span s, size_t off, uint32_t *code);
/* The bytes of a character, 1 to 4: a surrogate and what is above U+10FFFF are not for it. */
size_t utf8_put(uint32_t code, uint8_t to[4]);
