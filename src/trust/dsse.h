/* dsse.h - DSSE envelopes: what is in one, and the text that is signed.
 *
 * Source: secure-systems-lab/dsse, protocol.md and envelope.md, v1.0.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "syntax/json.h"

enum { DSSE_SIGNATURES_MAX = 16, DSSE_TYPE_MAX = 1024 };

struct dsse {
	struct span payload, payload_type; /* decoded */
	struct span signatures[DSSE_SIGNATURES_MAX];
	size_t n; /* at least 1 */
};

/* v: the envelope. Both alphabets of base64 are read; other members are passed over. Errors:
 * SCOV_E_FORMAT, SCOV_E_LIMIT. */
must_check int dsse_read(
	const struct json *v, struct arena *a, struct dsse *out, struct scov_err *err);
/* The pre-authentication encoding. Empty: the arena is full. */
struct span dsse_signed_text(struct span type, struct span payload, struct arena *a);
