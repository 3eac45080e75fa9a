/* auth.h - the Authorization of one repository: Basic, or a bearer token and its renewal.
 *
 * One object serves one registry and one scope ("repository:NAME:pull"), from
 * any thread. Source: distribution-spec "token" and "oauth" pages.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/err.h"
#include "net/http.h"
#include "source/credentials.h"
#include "source/reference.h"

enum {
	TOKEN_MAX = 64 << 10, /* bytes of a token */
	TOKEN_ANSWER_MAX = 1 << 20,
};

struct auth_options {
	struct http *http;
	const struct reference *name;
	const char *authfile;           /* of the user; may be NULL */
	struct span username, password; /* as given by the user: then no file is looked at */
	bool plain_http;
};

struct auth;

must_check int auth_new(const struct auth_options *opt, struct auth **out, struct scov_err *err);
void auth_free(struct auth *a); /* accepts NULL */
/* The header's value for the next request, in the arena; *out NULL: none. *version goes back into
 * auth_answer. Renews a token that is about to end. Errors: those of auth_answer. */
must_check int auth_header(struct auth *a, const struct call *call, struct arena *arena,
	const char **out, unsigned *version, struct scov_err *err);
/* The registry answered 401 with these challenges to a request of `version`: get what it wants. 0:
 * ask again. Errors: SCOV_E_AUTH, SCOV_E_FORMAT, and those of http_open. */
must_check int auth_answer(struct auth *a, const struct call *call, unsigned version,
	struct span challenge, struct scov_err *err);
/* Why there are no credentials ("" when nothing was wrong), for the message of a refusal. */
const char *auth_note(struct auth *a);
