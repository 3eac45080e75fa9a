/* db_update.c - the database of advisories: fetched and published.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/update/update.h"
#include "api/api.h"
#include "base/date.h"

/* A name as it may be printed: all that is in the text is masked, before anything is cut. */
static const char *shown(const char *name, struct arena *a)
{
	char *copy = name ? arena_cstr(a, span_str(name)) : NULL;

	if (copy)
		scov_mask(copy);
	return copy ? copy : "";
}

/* Nothing of an address that asks for a login or a token leaves by an error. */
static int ended(int code, struct scov_err *err)
{
	if (code)
		scov_mask(err->text);
	return code;
}

int scov_db_update(struct scov_context *c, const struct scov_db_update_options *given,
	const struct scov_call *given_call, scov_write write, void *ctx, struct scov_err *err)
{
	scoped_buf struct buf said = { 0 };
	scoped_arena struct arena names = { 0 };
	struct scov_err ours;
	struct scov_db_update_options o;
	struct source_options source;
	struct api_call call;
	char folder[PATH_MAX];
	int64_t now;

	err = err ? err : &ours;
	int code = api_options(given, given->struct_size, &o, sizeof(o), "update options", err);

	if (!code)
		code = api_now(o.now, &now, err);
	if (!code)
		code = api_call(c, given_call, &call, err);
	if (!code)
		code = api_db_user(c, folder, err);
	if (code)
		return code;
	api_source_options(c, NULL, &source);
	const struct update_options options = {
		.folder = folder,
		.from = o.from,
		.shown = shown(o.from, &names),
		.keys = o.keys,
		.ecosystems = o.ecosystems,
		.mirror = o.mirror,
		.force = o.force,
		.now = now,
		.source = &source,
		.call = &call.call,
		.progress = call.progress,
		.progress_ctx = call.progress_ctx,
	};

	code = ended(update_run(&options, &said, err), err);
	return code ? code : api_deliver(&said, write, ctx, err);
}

int scov_db_publish(struct scov_context *c, const struct scov_db_publish_options *given,
	const struct scov_call *given_call, scov_write write, void *ctx, struct scov_err *err)
{
	scoped_buf struct buf said = { 0 };
	scoped_arena struct arena names = { 0 };
	struct scov_err ours;
	struct scov_db_publish_options o;
	struct source_options source;
	struct advisory_db *db = NULL;
	struct api_call call;
	char folder[PATH_MAX];
	int64_t now;

	err = err ? err : &ours;
	int code = api_options(given, given->struct_size, &o, sizeof(o), "publish options", err);

	if (!code && !o.to)
		code = err_fail(err, SCOV_E_USAGE, "where to is missing");
	if (!code)
		code = api_now(o.now, &now, err);
	if (!code)
		code = api_call(c, given_call, &call, err);
	if (!code)
		code = api_db_open(c, false, &db, folder, err);
	advisory_db_free(db);
	if (code)
		return code;
	api_source_options(c, NULL, &source);
	const struct publish_options options = {
		.folder = folder,
		.to = o.to,
		.shown = shown(o.to, &names),
		.key = o.key,
		.days = o.days,
		.now = now,
		.source = &source,
		.call = &call.call,
	};

	code = ended(update_publish(&options, &said, err), err);
	return code ? code : api_deliver(&said, write, ctx, err);
}
