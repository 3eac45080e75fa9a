/* update.c - a round of TUF over an address or a folder.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "trust/update/update.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/date.h"
#include "base/fd.h"
#include "trust/builtin.h"
#include "trust/trust.h"
#include "trust/update/stored.h"

struct update {
	const struct trust_update_options *o;
	struct arena arena;
	struct http *http;
	struct span from; /* without slashes at its end */
	bool is_http, has_metadata;
	int lock;
};

/* ---- one document */

/* *out without .p: it is not there. A store answers 403 for that where nobody may list it. */
static int get_address(
	struct update *u, const char *url, size_t max, struct span *out, struct scov_err *err)
{
	const struct http_request rq = { .url = url };
	struct http_answer an = { 0 };
	struct http_body *body = NULL;
	int rc = u->http ? 0 : http_new(u->o->http, &u->http, err);

	*out = (struct span){ 0 };
	if (!rc)
		rc = http_open(u->http, u->o->call, &rq, &an, &body, err);
	if (!rc && an.status == 200)
		rc = http_read_all(body, max, &u->arena, out, err);
	else if (!rc && an.status != 404 && an.status != 403)
		rc = http_fail_status(&an, "", err);
	http_close(body);
	return rc;
}

static int get_file(
	struct update *u, const char *path, size_t max, struct span *out, struct scov_err *err)
{
	int rc = fd_load(AT_FDCWD, path, max, &u->arena, out, err);

	if (rc != SCOV_E_NOT_FOUND)
		return rc;
	*out = (struct span){ 0 };
	return 0;
}

static int get(
	struct update *u, const struct tuf_want *want, struct span *out, struct scov_err *err)
{
	const char *folder = want->is_target ? "/targets" : u->has_metadata ? "/metadata" : "";
	const char *name = arena_printf(
		&u->arena, "%.*s%s/%.*s", SPAN_ARG(u->from), folder, SPAN_ARG(want->name));
	int rc = name ? call_check(u->o->call, err) : arena_check(&u->arena, err);

	if (rc)
		return rc;
	rc = u->is_http ? get_address(u, name, want->max, out, err)
			: get_file(u, name, want->max, out, err);
	return rc && u->is_http ? err_wrap(err, "%.*s", SPAN_ARG(want->name)) : rc;
}

static int run(struct update *u, struct tuf *t, struct scov_err *err)
{
	struct tuf_want want;
	int rc = 0;

	tuf_begin(t, u->o->now);
	while (!rc && tuf_next(t, &want)) {
		struct span bytes;

		arena_reset(&u->arena);
		rc = get(u, &want, &bytes, err);
		if (!rc)
			rc = tuf_take(t, bytes, err);
	}
	return rc;
}

/* ---- where it begins */

static int begin_with(struct span root, struct trust_stored *s, struct scov_err *err)
{
	trust_stored_release(s);
	return tuf_new(root, SPAN(TRUST_TARGET), &s->tuf, err);
}

/* What is stored, where it begins with the same root; a file that cannot be used is left out. */
static int begin(struct update *u, struct trust_stored *s, struct buf *said, struct scov_err *err)
{
	struct scov_err why;
	struct span root, stored;
	int rc = trust_stored_read(u->o->file, s, &why);

	if (rc && rc != SCOV_E_NOT_FOUND)
		buf_printf(said, "%s: starting again\n", why.text);
	if (!u->o->root && !rc && s->is_own && !u->o->from)
		return err_fail(err, SCOV_E_USAGE,
			"'%s' begins with a root of your own: name its address with --from, or "
			"remove the file",
			u->o->file);
	if (!u->o->root)
		return rc ? begin_with(span_of(trust_builtin_tuf, trust_builtin_tuf_size), s, err)
			  : 0;
	int code = fd_load(AT_FDCWD, u->o->root, TUF_ROOT_MAX, &u->arena, &root, err);

	if (code) {
		err_wrap(err, "--root");
		return err->code = SCOV_E_USAGE;
	}
	if (!rc && s->is_own && tuf_document(s->tuf, 0, &stored) && span_eq(root, stored))
		return 0;
	code = begin_with(root, s, err);
	s->is_own = true;
	if (!code)
		return 0;
	err_wrap(err, "--root '%s'", u->o->root);
	return err->code = code == SCOV_E_MEMORY ? code : SCOV_E_USAGE;
}

/* ---- the folder of the file */

static int make_folder(struct update *u, struct scov_err *err)
{
	char *folder = arena_cstr(&u->arena, span_dir(span_str(u->o->file)));
	char *lock = folder ? arena_printf(&u->arena, "%s/trust.lock", folder) : NULL;

	if (!lock)
		return arena_check(&u->arena, err);
	int rc = fd_make_folders(folder, 0700, err);

	if (rc)
		return rc;
	u->lock = open(lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (u->lock < 0)
		return err_fail(err, SCOV_E_IO, "'%s': %s", lock, strerror(errno));
	if (flock(u->lock, LOCK_EX | LOCK_NB) == 0)
		return 0;
	return err_fail(err, SCOV_E_IO, "'%s': %s", lock,
		errno == EWOULDBLOCK ? "another update is running" : strerror(errno));
}

/* ---- all of it */

static int check_usable(const struct tuf *t, struct scov_err *err)
{
	struct trust_roots *r = trust_roots_new();
	int rc = r ? trust_roots_add(r, tuf_state(t).target, err) : err_memory(err);

	trust_roots_free(r);
	return rc ? err_wrap(err, TRUST_TARGET) : 0;
}

static void tell(const struct tuf_state *before, const struct tuf_state *after, bool is_new,
	const char *file, struct buf *said)
{
	char day[DATE_TEXT];

	buf_printf(said, "%s: root %" PRId64 ", targets %" PRId64 ", timestamp %" PRId64,
		is_new ? "new trust root" : "nothing new", after->root, after->targets,
		after->timestamp);
	if (before->target.p && is_new)
		buf_printf(said, " (before: %" PRId64 ", %" PRId64 ", %" PRId64 ")", before->root,
			before->targets, before->timestamp);
	buf_printf(said, "\nkept in %s; the next update is due by %s\n", file,
		date_format_day(date_day(after->timestamp_expires), day));
}

/* Without it nothing newer would be found, and what is there be blamed. */
static int check_folder(struct update *u, struct scov_err *err)
{
	char *name = arena_printf(&u->arena, "%.*s%s/timestamp.json", SPAN_ARG(u->from),
		u->has_metadata ? "/metadata" : "");

	if (!name)
		return arena_check(&u->arena, err);
	return access(name, R_OK) ? err_fail(err, errno == ENOENT ? SCOV_E_NOT_FOUND : SCOV_E_IO,
					    "'%s': not a TUF repository: %s", name, strerror(errno))
				  : 0;
}

static int update(struct update *u, struct trust_stored *s, struct buf *said, struct scov_err *err)
{
	struct tuf_state before, after;
	int rc = make_folder(u, err);

	if (!rc)
		rc = begin(u, s, said, err);
	if (!rc && !u->is_http)
		rc = check_folder(u, err);
	if (rc)
		return rc;
	before = tuf_state(s->tuf);
	rc = run(u, s->tuf, err);
	if (!rc)
		rc = check_usable(s->tuf, err);
	if (rc)
		return rc;
	after = tuf_state(s->tuf);
	s->date = u->o->now;
	rc = trust_stored_write(u->o->file, s, err);
	if (!rc)
		tell(&before, &after, !before.target.p || !span_eq(before.target, after.target),
			u->o->file, said);
	return rc;
}

int trust_update(const struct trust_update_options *o, struct buf *said, struct scov_err *err)
{
	struct update u = { .o = o,
		.arena = { .limit = 64 << 20 },
		.from = span_str(o->from ? o->from : TRUST_UPDATE_FROM),
		.lock = -1 };
	struct trust_stored s = { 0 };
	struct stat st;

	u.is_http = span_starts(u.from, SPAN("https://")) || span_starts(u.from, SPAN("http://"));
	while (u.from.len > 1 && span_ends(u.from, SPAN("/")))
		u.from.len--;
	char *inner = arena_printf(&u.arena, "%.*s/metadata", SPAN_ARG(u.from));

	u.has_metadata = inner && !u.is_http && !stat(inner, &st) && S_ISDIR(st.st_mode);
	int rc = update(&u, &s, said, err);

	trust_stored_release(&s);
	http_free(u.http);
	fd_close(&u.lock);
	arena_release(&u.arena);
	return rc;
}
