/* db.c - the database of advisories: where it is, made from feeds, shown.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/db/db.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "advisory/db/build.h"
#include "advisory/db/info.h"
#include "advisory/feed/feed.h"
#include "api/api.h"
#include "base/date.h"

/* False: no home. */
static bool user(char out[PATH_MAX])
{
	const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");

	if (data && *data == '/')
		return snprintf(out, PATH_MAX, "%s/scoville/db", data) < PATH_MAX;
	return home && *home == '/' &&
	       snprintf(out, PATH_MAX, "%s/.local/share/scoville/db", home) < PATH_MAX;
}

/* Beside the program in a build tree, else where it was installed. */
static void installed(char out[PATH_MAX])
{
	char self[PATH_MAX], manifest[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self));
	struct span dir = n > 0 ? span_dir(span_of(self, (size_t)n)) : (struct span){ 0 };

	snprintf(manifest, sizeof(manifest), "%.*s/db/manifest.json", SPAN_ARG(dir));
	if (dir.len && access(manifest, R_OK) == 0)
		snprintf(out, PATH_MAX, "%.*s/db", SPAN_ARG(dir));
	else
		snprintf(out, PATH_MAX, "%s", SCOV_DATABASE_PATH);
}

int api_db_user(const struct scov_context *c, char out[PATH_MAX], struct scov_err *err)
{
	const char *given = c->opt.database;

	if (given && strcmp(given, "none") != 0)
		snprintf(out, PATH_MAX, "%s", given);
	else if (given || !user(out))
		return err_fail(err, SCOV_E_USAGE, "no folder for the database: name it with --db");
	return 0;
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* An update replaces the manifest. It is looked at first: one that comes between is opened, and
 * opened again by the next report. */
static int open_folder(struct scov_context *c, bool is_shared, const char *folder,
	struct advisory_db **out, struct scov_err *err)
{
	if (!is_shared)
		return advisory_db_open(folder, out, err);
	char manifest[PATH_MAX + 16];
	struct stat now = { 0 };
	int code = 0;

	snprintf(manifest, sizeof(manifest), "%s/manifest.json", folder);
	bool is_there = !stat(manifest, &now);

	lock_take(&c->database_lock);
	if (c->database && is_there && is_same(&now, &c->database_file)) {
		*out = advisory_db_share(c->database);
	} else {
		code = advisory_db_open(folder, out, err);
		if (!code) {
			advisory_db_free(c->database);
			c->database = advisory_db_share(*out);
			c->database_file = now;
		}
	}
	lock_drop(&c->database_lock);
	return code;
}

int api_db_open(struct scov_context *c, bool is_shared, struct advisory_db **out,
	char folder[PATH_MAX], struct scov_err *err)
{
	const char *given = c->opt.database;

	if (given) {
		snprintf(folder, PATH_MAX, "%s", given);
		return open_folder(c, is_shared, folder, out, err);
	}
	int code = user(folder) ? open_folder(c, is_shared, folder, out, err) : SCOV_E_NOT_FOUND;

	if (code != SCOV_E_NOT_FOUND)
		return code;
	installed(folder);
	code = open_folder(c, is_shared, folder, out, err);
	if (code == SCOV_E_NOT_FOUND)
		return err_fail(err, code, "no advisory database: `scoville db update` gets one");
	return code;
}

int scov_db_info(struct scov_context *c, const char *format, const char *now, scov_write write,
	void *ctx, struct scov_err *err)
{
	bool as_json = format && !strcmp(format, "json");
	scoped_buf struct buf b = { 0 };
	struct advisory_db *db = NULL;
	char folder[PATH_MAX];
	int64_t seconds;
	int code = api_now(now, &seconds, err);

	if (format && !as_json && strcmp(format, "text") != 0)
		return err_fail(err, SCOV_E_USAGE, "output '%s': text or json", format);
	if (!code)
		code = api_db_open(c, false, &db, folder, err);
	if (!code)
		code = advisory_info(db, folder, seconds / DAY_SECONDS, as_json, &b, err);
	advisory_db_free(db);
	return code ? code : api_deliver(&b, write, ctx, err);
}

static void show_sum(const struct advisory_sum *sum, const char *folder, struct buf *out)
{
	if (sum->other_ecosystems)
		buf_printf(out, "%" PRIu64 " rows of ecosystems that are not matched\n",
			sum->other_ecosystems);
	if (sum->empty_rows)
		buf_printf(out, "%" PRIu64 " rows without versions\n", sum->empty_rows);
	if (sum->unread_versions)
		buf_printf(out, "%" PRIu64 " unusual versions, which are compared as texts\n",
			sum->unread_versions);
	if (sum->unread_ranges)
		buf_printf(out, "%" PRIu64 " ranges whose bounds cannot be compared\n",
			sum->unread_ranges);
	buf_printf(out,
		"%s: %" PRIu64 " ecosystems, %" PRIu64 " packages, %" PRIu64 " advisories, %" PRIu64
		".%" PRIu64 " MB\n",
		folder, sum->ecosystems, sum->packages, sum->advisories, sum->bytes / 1000000,
		sum->bytes / 100000 % 10);
}

static int build(struct advisory_build *b, const struct scov_db_build_options *o,
	const struct limits *limits, const struct call *call, int64_t day, struct buf *out,
	struct scov_err *err)
{
	struct advisory_build_options options = { .day = day };
	struct feed_sum feeds = { 0 };
	struct advisory_sum sum;
	int code = 0;

	for (const char *const *s = o->sources; *s && !code; s++)
		code = feed_read(b, *s, limits, call, &feeds, err);
	if (!code)
		code = advisory_build_write(b, o->folder, &options, &sum, err);
	if (code)
		return code;
	feed_sum_write(&feeds, out);
	show_sum(&sum, o->folder, out);
	return 0;
}

int scov_db_build(struct scov_context *c, const struct scov_db_build_options *o,
	const struct scov_call *given, scov_write write, void *ctx, struct scov_err *err)
{
	scoped_buf struct buf out = { 0 };
	struct advisory_build *b = NULL;
	struct api_call call;
	int64_t seconds;
	int code = api_now(o->now, &seconds, err);

	if (!code && (!o->folder || !o->sources || !*o->sources))
		code = err_fail(err, SCOV_E_USAGE, "a folder and at least one source are needed");
	if (!code)
		code = api_call(c, given, &call, err);
	if (!code)
		code = advisory_build_new(&b, &c->limits, err);
	if (!code)
		code = build(b, o, &c->limits, &call.call, seconds / DAY_SECONDS, &out, err);
	advisory_build_free(b);
	return code ? code : api_deliver(&out, write, ctx, err);
}
