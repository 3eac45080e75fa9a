/* timestamp.h - RFC 3161 time stamp tokens.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "crypto/x509.h"

enum { TIMESTAMP_MAX = 256 << 10 /* bytes of a token */ };

struct timestamp_trust {
	const struct certificates *roots;   /* where a chain may end */
	const struct certificates *helpers; /* the authority's own and those between; may be NULL */
	int64_t from, until;                /* when it was in use, inclusive; INT64_MAX: no end */
};

/* der: a TimeStampResp, or the token alone. text: the bytes that it is about, hashed with SHA-256,
 * 384 or 512. The chain is checked at the time of the token, which must be within the window.
 * *out_time in seconds. Errors: SCOV_E_FORMAT, SCOV_E_AUTH, SCOV_E_LIMIT. */
must_check int timestamp_check(struct span der, struct span text,
	const struct timestamp_trust *trust, int64_t *out_time, struct scov_err *err);
