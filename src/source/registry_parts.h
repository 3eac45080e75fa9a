/* registry_parts.h - inside source/: what reading from a registry and writing to it share.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stdatomic.h>

#include "net/http.h"
#include "source/auth.h"
#include "source/reference.h"
#include "source/source.h"

struct registry {
	struct source source; /* first: the callers' view */
	struct arena arena;
	struct source_options opt;
	struct reference name;
	struct http *http;
	struct auth *auth;
	atomic_bool is_plain; /* http: --plain-http, or a loopback registry that speaks no TLS */
	bool is_loopback;
	struct descriptor root; /* once read */
	struct span root_bytes;
};

must_check int registry_new(const char *name, const struct source_options *opt,
	struct registry **out, struct scov_err *err);
void registry_end(struct registry *r); /* accepts NULL */
/* Sends rq to KIND/WHAT of the repository, or to rq->url, and meets a challenge once. Any status
 * but 401 is a success. Errors: those of http_open and of auth_answer. */
must_check int registry_ask(struct registry *r, const struct call *call, const char *kind,
	const char *what, const struct http_request *rq, struct http_answer *an,
	struct http_body **body, struct scov_err *err);
/* The error for an answer with another status than the one that was wanted. */
must_check int registry_refuse(struct registry *r, const struct http_answer *an,
	struct http_body *body, struct scov_err *err);
/* What a tag names, or a document of another kind, whole. */
must_check int registry_get(struct registry *r, const struct call *call, const char *kind,
	const char *what, const char *url, size_t limit, struct arena *a, struct http_answer *an,
	struct span *out, struct scov_err *err);
/* What the registry's own list has. *lacks: an error that says that it has no such lists. */
must_check int registry_ask_referrers(struct registry *r, const struct digest *subject, size_t most,
	const struct call *call, struct arena *a, struct referrers *out, bool *lacks,
	struct scov_err *err);
must_check int registry_url(const struct registry *r, const char *kind, const char *what,
	struct arena *a, const char **out, struct scov_err *err);
