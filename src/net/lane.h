/* lane.h - one libcurl connection, whose transfer runs only while its owner waits.
 *
 * A lane has its own multi handle, which keeps the connection for the
 * next request, and one easy handle. Private to net/.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/err.h"
#include "net/certs.h"
#include "net/curl.h"
#include "net/http.h"
#include "net/stall.h"

enum lane_fault {
	LANE_GOOD,
	LANE_LOST /* may work when repeated */,
	LANE_REFUSED /* nobody there */,
	LANE_NOT_TLS,
	LANE_FATAL
};

struct lane {
	struct lane *next; /* in the pool of its http */
	const struct curl_calls *curl;
	const struct http_options *opt;
	const struct call *call; /* of the transfer that runs */
	CURLM *multi;
	CURL *easy;
	struct curl_slist *headers;
	bool is_running; /* the easy handle is in the multi handle */
	char problem[CURL_ERROR_SIZE];

	struct http_answer answer;
	struct buf location, authenticate, link;
	bool has_headers; /* the final answer's, complete */
	bool is_done;
	CURLcode result; /* once done */

	uint8_t *target; /* of the read that is running */
	size_t room, got;
	struct buf spill; /* what did not fit: at most one piece of libcurl's */
	size_t spill_from;
	bool is_paused;
	bool is_discarding;
	size_t discarded;

	curl_off_t sent;  /* of the request's body */
	int64_t heard_ms; /* last byte of any kind */
	struct stall *stall;
	bool may_help; /* a second try, after a stall */
};

must_check int lane_new(const struct curl_calls *curl, const struct http_options *opt,
	struct stall *stall, struct lane **out, struct scov_err *err);
void lane_free(struct lane *l); /* accepts NULL */
/* Send `rq` to `u` and wait for the headers. *fault says whether a repeat may help. */
must_check int lane_start(struct lane *l, const struct http_request *rq, const struct url *u,
	const struct certs *certs, bool with_authorization, enum lane_fault *fault,
	struct scov_err *err);
int64_t lane_read(struct lane *l, void *p, size_t len, struct scov_err *err);
/* End the transfer; `drain`: read a short rest first, to keep the connection. */
void lane_stop(struct lane *l, bool drain);
