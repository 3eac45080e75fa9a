/* base64.h - base64 text to bytes and back.
 *
 * Source: RFC 4648, sections 4 and 5.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "scoville/scoville.h"

/* Takes the standard alphabet or the one for URLs (not both in one text), padded or not; no blanks,
 * and the bits behind the last byte must be zero. Errors: SCOV_E_FORMAT, SCOV_E_LIMIT (arena full).
 */
int base64_decode(struct span text, struct arena *a, struct span *out, struct scov_err *err);
/* Standard alphabet, padded. */
void base64_encode(struct buf *b, struct span bytes);
