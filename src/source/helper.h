/* helper.h - ask a docker-credential-* program for the secret of one server.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/err.h"
#include "source/credentials.h"

/* Run `docker-credential-NAME get` found through PATH, `server` on its standard input. Bounded in
 * time and output; its standard error is not kept. Empty credentials: it knows none. Errors:
 * SCOV_E_NOT_FOUND (no such program), SCOV_E_IO, SCOV_E_FORMAT, SCOV_E_TIMEOUT, SCOV_E_CANCELLED.
 * No text quotes its output. */
must_check int helper_get(struct span name, struct span server,
	const struct credentials_search *bounds, struct arena *a, struct credentials *out,
	struct scov_err *err);
