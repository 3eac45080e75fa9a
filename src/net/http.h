/* http.h - HTTPS requests of a registry client: retries, redirects, bodies as pull streams.
 *
 * Nothing here starts a thread: a transfer runs only while its owner waits for the
 * answer or for bytes. One struct http may serve several threads; a body
 * belongs to one thread at a time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "base/call.h"
#include "base/err.h"
#include "base/limits.h"
#include "net/url.h"

/* For tests and distributions; zero means the default. */
struct net_options {
	/* NULL-ended; default /etc/containers/certs.d, /etc/docker/certs.d */
	const char *const *certs_dirs;
	unsigned retry_ms;      /* pause before the first repeat, doubled after each; default 250 */
	const char *user_agent; /* default "scoville/VERSION" */
};

/* Pointers are kept, not copied. */
struct http_options {
	struct limits limits;          /* answer_stall, redirects, retries */
	const struct net_options *net; /* may be NULL */
	const char *ca_file;           /* PEM, trusted in addition to the system's; may be NULL */
	bool plain_http;               /* http: is allowed everywhere, not only on loopback */
};

struct http;

/* Errors: SCOV_E_UNSUPPORTED (no libcurl), SCOV_E_IO (ca_file), SCOV_E_MEMORY. */
must_check int http_new(const struct http_options *opt, struct http **out, struct scov_err *err);
void http_free(struct http *h); /* accepts NULL; no body may be open */

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_PUT };

struct http_request {
	enum http_method method;
	const char *url;
	const char *accept;        /* may be NULL */
	const char *authorization; /* never sent to another scheme, host or port; may be NULL */
	struct span body;          /* HTTP_POST, HTTP_PUT */
	const char *type;          /* of the body; NULL: application/x-www-form-urlencoded */
	const char *etag;          /* If-None-Match: the answer may be 304; may be NULL */
	const char *modified;      /* If-Modified-Since, likewise */
	const char *if_match;      /* If-Match: the answer may be 412; may be NULL */
	uint64_t range_from;       /* not 0: "Range: bytes=N-" */
};

enum { HTTP_VALUE_MAX = 512 }; /* of the short headers below; a longer value counts as absent */

struct http_answer {
	int status;
	bool has_length;
	uint64_t length;                     /* Content-Length: of this body */
	char content_type[HTTP_VALUE_MAX];   /* "" without, as for the next two */
	char content_digest[HTTP_VALUE_MAX]; /* Docker-Content-Digest */
	char content_range[HTTP_VALUE_MAX];
	char retry_after[HTTP_VALUE_MAX];
	char etag[HTTP_VALUE_MAX], modified[HTTP_VALUE_MAX]; /* Last-Modified */
	char subject[HTTP_VALUE_MAX];                        /* OCI-Subject */
	struct span authenticate; /* all WWW-Authenticate, joined; lives as long as the body */
	struct span location;     /* as it was sent; lives as long as the body */
	struct span link;         /* all Link, joined; lives as long as the body */
	bool is_elsewhere;        /* a redirect led to another scheme, host or port */
	bool is_not_tls;          /* set by a failed http_open: the server does not speak TLS */
	char from[URL_SHOWN];     /* who answered, without the query */
};

struct http_body;

/* Send and wait for the headers of the final answer: redirects of GET and HEAD are followed, 429,
 * 5xx and lost connections repeated (all bounded by limits and `call`, which the body minds too).
 * Any status is a success here. Errors: SCOV_E_NET, SCOV_E_FORMAT (an unusable redirect),
 * SCOV_E_LIMIT (too many), SCOV_E_TIMEOUT, SCOV_E_CANCELLED, SCOV_E_MEMORY, SCOV_E_AUTH (a proxy).
 */
must_check int http_open(struct http *h, const struct call *call, const struct http_request *rq,
	struct http_answer *out, struct http_body **body, struct scov_err *err);
/* Bytes read, 0 at the end, or a negative code. SCOV_E_NET: the connection broke or stalled, after
 * which the body yields nothing more. */
int64_t http_read(struct http_body *b, void *p, size_t len, struct scov_err *err);
/* The rest of the body in the arena. Errors: those of http_read, SCOV_E_LIMIT over `limit` bytes.
 */
must_check int http_read_all(
	struct http_body *b, size_t limit, struct arena *a, struct span *out, struct scov_err *err);
/* Accepts NULL. A finished body leaves its connection for the next request. */
void http_close(struct http_body *b);

/* Wait before repeat number `attempt` (0: the first): exponential, with jitter, at least
 * `at_least_ms`. False when the deadline, the cancel or the end of limits.answer_stall comes first;
 * *err says which. */
bool http_pause(struct http *h, const struct call *call, unsigned attempt, int64_t at_least_ms,
	struct scov_err *err);
/* The error for an answer that is not what was asked for: 401 and 403 SCOV_E_AUTH, 404
 * SCOV_E_NOT_FOUND, 429 and others SCOV_E_NET. `note`: "" or a word from the answer's body. */
must_check int http_fail_status(
	const struct http_answer *answer, const char *note, struct scov_err *err);
