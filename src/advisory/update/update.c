/* update.c - a new database fetched or made beside the old one, checked, and put in its place.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/update/update.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "advisory/db/db.h"
#include "advisory/update/fetch.h"
#include "advisory/update/signed.h"
#include "advisory/update/state.h"
#include "base/date.h"
#include "base/fd.h"

enum {
	HALF_FROM = 50,     /* rows of an ecosystem from which half of them is a sign */
	FILE_MAX = 1 << 30, /* bytes of a family's file */
};

struct update {
	const struct update_options *o;
	struct fetch fetch;
	struct arena arena;
	const char *temp; /* the folder in which the new one is made */
	int lock;
	struct update_state state;
	uint32_t wanted; /* families, a bit each; 0: not said */
	struct advisory_manifest m;
	struct span signatures; /* of the manifest as it is in temp; empty: none */
};

static const char *in_folder(struct update *u, const char *folder, struct span name)
{
	return arena_printf(&u->arena, "%s/%.*s", folder, SPAN_ARG(name));
}

static int fail_io(const char *path, struct scov_err *err)
{
	return err_fail(err, SCOV_E_IO, "'%s': %s", path, strerror(errno));
}

/* ---- the folder */

/* The system lets go of it when the process ends, however it does. */
static int take_lock(struct update *u, struct scov_err *err)
{
	const char *path = in_folder(u, u->o->folder, SPAN("update.lock"));

	if (!path)
		return arena_check(&u->arena, err);
	u->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (u->lock < 0)
		return fail_io(path, err);
	if (flock(u->lock, LOCK_EX | LOCK_NB) == 0)
		return 0;
	return errno == EWOULDBLOCK ? err_fail(err, SCOV_E_IO, "another update of it is running")
				    : fail_io(path, err);
}

/* With the one folder that is in it. */
static void remove_folder(const char *path, int depth)
{
	scoped_arena struct arena a = { .limit = 16 << 20 };
	DIR *d = opendir(path);

	if (!d)
		return;
	for (struct dirent *e; (e = readdir(d));) {
		const char *inner = arena_printf(&a, "%s/%s", path, e->d_name);

		if (!inner || !strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		if (unlinkat(dirfd(d), e->d_name, 0) && depth)
			remove_folder(inner, depth - 1);
	}
	closedir(d);
	rmdir(path);
}

static int load_state(struct update *u, struct scov_err *err)
{
	scoped_fd int dir = open(u->o->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct span text;

	if (dir < 0)
		return fail_io(u->o->folder, err);
	int rc = fd_load(dir, STATE_NAME, STATE_MAX, &u->arena, &text, err);

	if (rc == SCOV_E_NOT_FOUND)
		return 0;
	if (!rc)
		rc = state_parse(text, &u->arena, &u->state, err);
	return rc ? err_wrap(err, STATE_NAME) : 0;
}

static int save_state(struct update *u, struct scov_err *err)
{
	scoped_buf struct buf text = { .limit = STATE_MAX };

	state_write(&text, &u->state);
	if (text.failed)
		return err_fail(err, SCOV_E_LIMIT, STATE_NAME ": too long");
	return manifest_put(u->o->folder, STATE_NAME, buf_view(&text), err);
}

static int want(struct update *u, struct scov_err *err)
{
	for (const char *const *e = u->o->ecosystems; e && *e; e++) {
		const struct advisory_ecosystem *row = advisory_ecosystem(span_str(*e));

		if (!row)
			return err_fail(err, SCOV_E_USAGE,
				"ecosystem '%s': not one that is matched; write Debian, Alpine, "
				"PyPI, npm ...",
				*e);
		state_set(&u->state, "wanted", span_str(advisory_family_names[row->family]),
			SPAN("yes"), &u->arena);
	}
	for (int i = 0; i < FAMILIES; i++)
		if (state_get(&u->state, "wanted", span_str(advisory_family_names[i])).len)
			u->wanted |= 1u << i;
	return arena_check(&u->arena, err);
}

/* ---- a published one */

static int load_keys(struct update *u, struct signed_keys *out, struct scov_err *err)
{
	for (const char *const *k = u->o->keys; k && *k; k++) {
		struct span pem;
		int rc = fd_load(AT_FDCWD, *k, KEY_TEXT_MAX, &u->arena, &pem, err);

		if (!rc)
			rc = signed_keys_add(out, pem, err);
		if (rc)
			return err_wrap(err, "key '%s'", *k);
	}
	return 0;
}

/* What this machine trusts of the manifest, and that it goes forward. */
static int check_signed(struct update *u, struct remote *r, struct span text,
	const struct signed_keys *keys, struct scov_err *err)
{
	char hex[DIGEST_TEXT], sequence[32];
	size_t which = 0;
	int rc = remote_text(r, SIGNED_NAME, SIGNED_MAX, &u->arena, &u->signatures, err);

	if (rc == SCOV_E_NOT_FOUND)
		return err_fail(err, SCOV_E_AUTH, "no signature (" SIGNED_NAME ") beside it");
	if (!rc)
		rc = signed_open(text, u->signatures, keys, &u->arena, &u->m, &which, err);
	if (rc)
		return rc;
	struct span spki = public_key_spki(keys->p[which]); /* ends with the 32 bytes of the key */
	struct digest d = digest_of(DIGEST_SHA256, span_from(spki, spki.len - 32));
	struct span name = span_str(digest_hex(&d, hex));
	uint64_t seen = 0;

	if (state_get(&u->state, "sequence", name).len &&
		!span_number(state_get(&u->state, "sequence", name), 10, INT64_MAX, &seen))
		return err_fail(err, SCOV_E_FORMAT, STATE_NAME ": the sequence is damaged");
	rc = signed_is_fresh(&u->m, seen, u->o->now / DAY_SECONDS, err);
	snprintf(sequence, sizeof(sequence), "%" PRIu64, u->m.sequence);
	if (!rc)
		state_set(&u->state, "sequence", name, span_str(sequence), &u->arena);
	return rc;
}

static int open_manifest(
	struct update *u, struct remote *r, struct span *text, struct scov_err *err)
{
	scoped_signed_keys struct signed_keys keys = { 0 };
	int rc = load_keys(u, &keys, err);

	if (!rc && !keys.n && !remote_is_local(r))
		rc = err_fail(err, SCOV_E_USAGE,
			"name its publisher's key with --key FILE.pem: an unsigned database is "
			"taken from a folder of this machine only");
	if (!rc)
		rc = remote_text(r, MANIFEST_NAME, MANIFEST_MAX, &u->arena, text, err);
	if (rc)
		return rc;
	if (keys.n)
		return check_signed(u, r, *text, &keys, err);
	rc = manifest_parse(*text, &u->arena, &u->m, err);
	return rc ? err_wrap(err, MANIFEST_NAME) : 0;
}

static bool is_same(const char *path, const struct manifest_file *file)
{
	scoped_arena struct arena a = { .limit = FILE_MAX + (1 << 20) };
	struct span bytes;

	if (fd_load(AT_FDCWD, path, FILE_MAX, &a, &bytes, NULL) || bytes.len != file->size)
		return false;
	struct digest d = digest_of(DIGEST_SHA256, bytes);

	return digest_eq(&d, &file->sha256);
}

/* A file that is here already is not fetched. */
static int get_file(
	struct update *u, struct remote *r, const struct manifest_file *file, struct scov_err *err)
{
	const char *have = in_folder(u, u->o->folder, file->name);
	const char *path = in_folder(u, u->temp, file->name);

	if (!have || !path)
		return arena_check(&u->arena, err);
	if (is_same(have, file) && link(have, path) == 0)
		return 0;
	if (file->size > FILE_MAX)
		return err_fail(err, SCOV_E_LIMIT, "%.*s: more than %d bytes", SPAN_ARG(file->name),
			FILE_MAX);
	return remote_file(r, file, path, err);
}

/* Only the families that are wanted, and what is known of ids. */
static int narrow(struct update *u, struct span *text, struct scov_err *err)
{
	struct manifest_file *kept = arena_array(&u->arena, u->m.files_n, sizeof(*kept));
	scoped_buf struct buf b = { .limit = MANIFEST_MAX };
	size_t n = 0;

	for (size_t i = 0; kept && i < u->m.files_n; i++)
		if ((u->wanted | 1u << FAMILY_CVE) >> u->m.files[i].family & 1)
			kept[n++] = u->m.files[i];
	if (!kept || !u->wanted || n == u->m.files_n)
		return arena_check(&u->arena, err);
	u->m.files = kept;
	u->m.files_n = n;
	u->signatures.len = 0; /* they are of the whole one */
	manifest_write(&b, &u->m);
	*text = arena_dup(&u->arena, buf_view(&b));
	return b.failed ? err_memory(err) : arena_check(&u->arena, err);
}

static bool has_scheme(const char *from)
{
	static const char *const known[] = { "oci://", "https://", "http://" };

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (span_starts(span_str(from), span_str(known[i])))
			return true;
	return false;
}

static int fetch_published(struct update *u, struct scov_err *err)
{
	struct remote *r = NULL;
	struct span text;
	int rc;

	if (span_has(span_str(u->o->from), SPAN("://")) && !has_scheme(u->o->from))
		return err_fail(err, SCOV_E_USAGE,
			"from '%s': must be oci://HOST/REPO:TAG, https://..., oci:DIR or a folder",
			u->o->shown);
	rc = remote_open(&u->fetch, u->o->from, &r, err);
	u->fetch.shown.reference = u->o->shown;
	if (!rc)
		rc = open_manifest(u, r, &text, err);
	if (!rc)
		rc = narrow(u, &text, err);
	u->fetch.files_n = rc ? 0 : u->m.files_n;
	for (size_t i = 0; i < u->fetch.files_n && !rc; i++) {
		u->fetch.files++;
		rc = get_file(u, r, &u->m.files[i], err);
	}
	if (!rc)
		rc = manifest_put(u->temp, MANIFEST_NAME, text, err);
	if (!rc && u->signatures.len)
		rc = manifest_put(u->temp, SIGNED_NAME, u->signatures, err);
	remote_free(r);
	return rc ? err_wrap(err, "%s", u->o->shown) : 0;
}

/* ---- the switch */

/* A feed that was cut, or a publisher's mistake, looks like this. */
static int compare(
	struct update *u, struct advisory_db *old, struct advisory_db *new, struct scov_err *err)
{
	struct advisory_extent *rows = NULL;
	size_t n = 0;

	if (advisory_db_ecosystems(old, &u->arena, &rows, &n, NULL))
		return 0; /* damaged: there is nothing to compare with */
	for (size_t i = 0; i < n; i++) {
		struct advisory_extent now = { 0 };
		bool is_there = false;

		if (rows[i].rows < HALF_FROM || (u->wanted && !(u->wanted >> rows[i].family & 1)))
			continue;
		int rc = advisory_db_ecosystem(new, rows[i].name, &now, &is_there, err);

		if (rc)
			return rc;
		if (!is_there)
			now.rows = 0;
		if (now.rows < rows[i].rows / 2)
			return err_fail(err, SCOV_E_FORMAT,
				"%.*s has %u rows, the old database %u: less than half; take it "
				"with --force if that is right",
				SPAN_ARG(rows[i].name), now.rows, rows[i].rows);
	}
	return 0;
}

static int check(struct update *u, struct scov_err *err)
{
	struct advisory_db *old = NULL, *new = NULL;
	int rc = advisory_db_open(u->temp, &new, err);

	if (!rc)
		rc = advisory_db_verify(new, err);
	if (!rc && !u->o->force && !advisory_db_open(u->o->folder, &old, NULL))
		rc = compare(u, old, new, err);
	advisory_db_free(old);
	advisory_db_free(new);
	return rc && u->o->from ? err_wrap(err, "%s", u->o->shown) : rc;
}

static int move(struct update *u, struct span name, struct scov_err *err)
{
	const char *from = in_folder(u, u->temp, name), *to = in_folder(u, u->o->folder, name);

	if (!from || !to)
		return arena_check(&u->arena, err);
	return rename(from, to) ? fail_io(to, err) : 0;
}

static void sync_folder(const char *path)
{
	scoped_fd int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir >= 0)
		fsync(dir);
}

/* The sequence number is remembered before the database is seen, so that a kill between the two
 * does not let an older one in. */
static int put_in_place(struct update *u, struct scov_err *err)
{
	int rc = save_state(u, err);

	for (size_t i = 0; i < u->m.files_n && !rc; i++)
		rc = move(u, u->m.files[i].name, err);
	if (!rc && u->signatures.len)
		rc = move(u, SPAN(SIGNED_NAME), err);
	else if (!rc)
		unlink(in_folder(u, u->o->folder, SPAN(SIGNED_NAME)));
	if (rc)
		return rc;
	sync_folder(u->o->folder);
	rc = move(u, SPAN(MANIFEST_NAME), err);
	if (rc)
		return rc;
	sync_folder(u->o->folder);
	manifest_clean(u->o->folder, &u->m);
	return 0;
}

static int build(struct update *u, struct scov_err *err)
{
	uint32_t wanted = u->wanted ? u->wanted : UINT32_MAX;
	scoped_fd int dir = -1;
	struct span text;

	/* Terms of use that a user decides on: only by name. */
	if (!span_eq(state_get(&u->state, "wanted", SPAN("wolfi")), SPAN("yes")))
		wanted &= ~(1u << FAMILY_WOLFI);
	if (!wanted)
		return err_fail(err, SCOV_E_USAGE,
			"the feeds of Wolfi and Chainguard have terms of use: accept them with "
			"--ecosystem Wolfi");
	int rc = feeds_build(&u->fetch, u->temp, wanted, &u->state, &u->arena, err);

	if (rc)
		return rc;
	dir = open(u->temp, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return fail_io(u->temp, err);
	rc = fd_load(dir, MANIFEST_NAME, MANIFEST_MAX, &u->arena, &text, err);
	return rc ? rc : manifest_parse(text, &u->arena, &u->m, err);
}

static void say(struct update *u, struct buf *said)
{
	char day[DATE_TEXT];

	feed_sum_write(&u->fetch.sum, said);
	buf_printf(said,
		"%s: built %s, %zu files; fetched %" PRIu64 ", %" PRIu64 ".%" PRIu64 " MB\n",
		u->o->folder, date_format_day(u->m.built, day), u->m.files_n, u->fetch.fetched,
		u->fetch.bytes / 1000000, u->fetch.bytes / 100000 % 10);
}

static int run(struct update *u, struct buf *said, struct scov_err *err)
{
	int rc = fd_make_folders(u->o->folder, 0755, err);

	if (!rc)
		rc = take_lock(u, err);
	if (!rc)
		rc = load_state(u, err);
	if (rc)
		return err_wrap(err, "'%s'", u->o->folder);
	rc = want(u, err);
	if (rc)
		return rc;
	u->temp = in_folder(u, u->o->folder, SPAN(".update"));
	if (!u->temp)
		return arena_check(&u->arena, err);
	remove_folder(u->temp, 1); /* of one that was killed */
	if (mkdir(u->temp, 0755))
		return fail_io(u->temp, err);
	rc = u->o->from ? fetch_published(u, err) : build(u, err);
	if (!rc)
		rc = check(u, err);
	if (!rc)
		rc = call_check(u->o->call, err);
	if (!rc && !u->o->from)
		feeds_keep(u->o->folder, u->temp);
	if (!rc)
		rc = put_in_place(u, err);
	if (!rc)
		say(u, said);
	remove_folder(u->temp, 1);
	return rc;
}

int update_run(const struct update_options *o, struct buf *said, struct scov_err *err)
{
	struct update u = { .o = o, .fetch = { .o = o, .shown = { .platform = "" } }, .lock = -1 };
	int rc = run(&u, said, err);

	fetch_release(&u.fetch);
	fd_close(&u.lock);
	arena_release(&u.arena);
	return rc;
}

/* False: all of them were known. */
static bool add_families(struct update *u, uint32_t families)
{
	bool is_new = false;

	for (int i = 0; i < FAMILIES; i++) {
		struct span name = span_str(advisory_family_names[i]);

		if (!(families >> i & 1) || state_get(&u->state, "wanted", name).len)
			continue;
		state_set(&u->state, "wanted", name, SPAN("seen"), &u->arena);
		is_new = true;
	}
	return is_new;
}

void update_note(const char *folder, uint32_t families)
{
	const struct update_options o = { .folder = folder };
	struct update u = { .o = &o, .lock = -1 };
	struct scov_err err;

	if (families && !fd_make_folders(folder, 0755, &err) && !take_lock(&u, &err) &&
		!load_state(&u, &err) && add_families(&u, families) && save_state(&u, &err))
		err.code = 0; /* the next scan tries again */
	fd_close(&u.lock);
	arena_release(&u.arena);
}
