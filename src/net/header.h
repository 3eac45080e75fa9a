/* header.h - the values of HTTP headers that a registry client must understand.
 *
 * Source: RFC 9110, sections 8.3, 10.2.3, 11.6.1 and 14.4; RFC 8288.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "scoville/scoville.h"

enum {
	CHALLENGES_MAX = 16,       /* in one answer */
	CHALLENGE_PARAMS_MAX = 32, /* of one challenge */
};

/* One way to authenticate that WWW-Authenticate offers. Empty: not given. */
struct challenge {
	struct span scheme; /* as written: compare without case */
	struct span realm, service, scope, error;
};
typedef VEC(struct challenge) challenges;

/* All challenges of the header; several headers are joined with ", " first. Quoted values are
 * unquoted into the arena, others are views. Errors: SCOV_E_FORMAT, SCOV_E_LIMIT. */
must_check int challenges_parse(
	struct span header, struct arena *a, challenges *out, struct scov_err *err);

struct content_range {
	uint64_t first, last, total;
	bool has_total;
};

/* "bytes 0-9/10", "bytes 0-9/\*". Errors: SCOV_E_FORMAT. */
must_check int content_range_parse(
	struct span header, struct content_range *out, struct scov_err *err);
/* The target of rel="next" in a Link header; several headers are joined with ", " first. A view,
 * empty: there is none. Errors: SCOV_E_FORMAT: it cannot be known whether there is one. */
must_check int link_next(struct span header, struct span *out, struct scov_err *err);
/* "Sun, 06 Nov 1994 08:49:37 GMT", the one form that may be sent. */
bool http_date(struct span text, int64_t *seconds);
/* Retry-After: seconds, or a date. False when it is neither; a date in the past is 0. */
bool retry_after_parse(struct span header, int64_t now_seconds, uint64_t *out_seconds);
/* The media type of a Content-Type without its parameters; a view. */
struct span media_type_of(struct span content_type);
