/* base64.h - base64 text to bytes and back.
 *
 * Source: RFC 4648, sections 4 and 5.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "scoville/scoville.h"

/* 0 to 63 by either alphabet; -1: not a digit. */
static inline int base64_digit(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+' || c == '-')
		return 62;
	return c == '/' || c == '_' ? 63 : -1;
}

/* Reads the standard alphabet or the one for URLs (not both in one text), padded or not; no blanks,
 * and the bits after the last byte must be zero. Errors: SCOV_E_FORMAT, SCOV_E_LIMIT (arena full).
 */
must_check int base64_decode(
	struct span text, struct arena *a, struct span *out, struct scov_err *err);
/* Standard alphabet, padded. */
void base64_encode(struct buf *b, struct span bytes);
