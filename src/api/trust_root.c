/* trust_root.c - the trust root of sigstore: the user's own or the built-in one, and its update.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>

#include "api/api.h"
#include "api/trust.h"
#include "trust/update/update.h"

/* False: no home. */
static bool user_file(char out[PATH_MAX])
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (state && *state == '/')
		return snprintf(out, PATH_MAX, "%s/scoville/trust.json", state) < PATH_MAX;
	return home && *home == '/' &&
	       snprintf(out, PATH_MAX, "%s/.local/state/scoville/trust.json", home) < PATH_MAX;
}

int api_trust_default(
	struct trust_roots *roots, struct trust_root_origin *out, struct scov_err *err)
{
	struct trust_root_origin o = { 0 };
	struct trust_stored s = { 0 };
	struct scov_err why = { 0 };
	int rc = user_file(o.file) ? trust_stored_read(o.file, &s, &why) : SCOV_E_NOT_FOUND;

	if (!rc) {
		o.state = tuf_state(s.tuf);
		o.is_own = s.is_own;
		rc = trust_roots_add_dated(roots, o.state.target, s.date, &why);
		o.state.target = (struct span){ 0 };
	}
	trust_stored_release(&s);
	o.is_updated = !rc;
	if (rc && rc != SCOV_E_NOT_FOUND)
		o.why = why;
	*out = o;
	return rc ? trust_roots_builtin(roots, err) : 0;
}

/* ---- update */

int scov_trust_update(struct scov_context *c, const struct scov_trust_update_options *given,
	const struct scov_call *given_call, scov_write write, void *ctx, struct scov_err *err)
{
	scoped_buf struct buf said = { 0 };
	struct scov_trust_update_options o;
	struct source_options source;
	struct scov_err ours;
	struct api_call call;
	char file[PATH_MAX];
	int64_t now;

	err = err ? err : &ours;
	int code = api_options(given, given->struct_size, &o, sizeof(o), "update options", err);

	if (!code)
		code = api_now(o.now, &now, err);
	if (!code)
		code = api_call(c, given_call, &call, err);
	if (!code && !user_file(file))
		code = err_fail(err, SCOV_E_USAGE,
			"no folder for the trust root: set HOME or XDG_STATE_HOME");
	if (code)
		return code;
	api_source_options(c, NULL, &source);
	const struct http_options http = {
		.limits = source.limits,
		.net = source.net,
		.ca_file = source.ca_file,
		.plain_http = source.plain_http,
	};
	const struct trust_update_options options = {
		.file = file,
		.from = o.from,
		.root = o.root,
		.now = now,
		.http = &http,
		.call = &call.call,
	};

	code = trust_update(&options, &said, err);
	if (code)
		scov_mask(err->text);
	return code ? code : api_deliver(&said, write, ctx, err);
}
