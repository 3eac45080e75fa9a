/* client.c - a round of TUF: roots, timestamp, snapshot, targets, the file.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/ascii.h"
#include "base/date.h"
#include "base/glob.h"
#include "crypto/digest.h"
#include "trust/tuf/parts.h"

enum { MEMORY = 128 << 20 };

enum stage { STAGE_ROOT, STAGE_TIMESTAMP, STAGE_SNAPSHOT, STAGE_TARGETS, STAGE_FILE, STAGE_END };

struct listed { /* what one document says of another, or of the file */
	int64_t version;
	uint64_t size; /* UINT64_MAX: not said */
	const struct json *hashes;
};

struct targets {
	struct span role;
	struct document document;
};

struct held {
	VEC(struct document) roots;
	struct document timestamp, snapshot;
	VEC(struct targets) targets; /* in the order of the search */
	struct span file;
};

struct tuf {
	struct arena arena;
	const char *target;
	int64_t now;
	uint8_t stage;
	size_t roots_taken;      /* in this round */
	struct held whole, work; /* of the last whole round; of this one */
	struct document floor_timestamp, floor_snapshot;
	VEC(struct tuf_role) pending; /* the last one is next */
	struct listed wanted;         /* the document or file that is asked for */
	struct span want;             /* its name */
};

static const struct document *root_of(const struct tuf *t)
{
	return &t->work.roots.p[t->work.roots.n - 1];
}

static int root_role(
	const struct document *root, const char *name, struct tuf_role *out, struct scov_err *err)
{
	return role_read(json_get(root->body, "keys"),
		json_get(json_get(root->body, "roles"), name), span_str(name), out, err);
}

/* Of the file it is every hash that is listed, and one has to be. */
static int check_listed(
	const struct listed *l, struct span bytes, bool needs_hash, struct scov_err *err)
{
	static const struct {
		const char *name;
		uint8_t algorithm;
	} known[] = { { "sha256", DIGEST_SHA256 }, { "sha512", DIGEST_SHA512 } };
	bool has_hash = false;

	if (l->size != UINT64_MAX && bytes.len != l->size)
		return err_fail(err, SCOV_E_AUTH, "%zu bytes, not the %" PRIu64 " that are listed",
			bytes.len, l->size);
	for (size_t i = 0; i < 2; i++) {
		struct span want = json_get_text(l->hashes, known[i].name);
		char text[DIGEST_TEXT];

		if (!json_get(l->hashes, known[i].name))
			continue;
		struct digest have = digest_of(known[i].algorithm, bytes);

		if (!span_eq(want, span_str(digest_hex(&have, text))))
			return err_fail(err, SCOV_E_AUTH, "its %s is not the one that is listed",
				known[i].name);
		has_hash = true;
	}
	if (!has_hash && (needs_hash || json_count(l->hashes)))
		return err_fail(err, SCOV_E_UNSUPPORTED, "listed without sha256 and sha512");
	return 0;
}

static int read_listed(
	const struct json *from, bool is_file, struct listed *out, struct scov_err *err)
{
	struct listed l = { .size = UINT64_MAX, .hashes = json_get(from, "hashes") };
	const struct json *size = json_get(from, "length");
	uint64_t version = 0;

	if (!json_is(from, JSON_DICT) || (l.hashes && !json_is(l.hashes, JSON_DICT)) ||
		(size && !json_uint(size, INT64_MAX, &l.size)) || (is_file && !size) ||
		(!is_file && (!json_uint(json_get(from, "version"), INT64_MAX - 1, &version) ||
				     !version)))
		return err_fail(err, SCOV_E_FORMAT, "what is listed of it is not complete");
	l.version = (int64_t)version;
	*out = l;
	return 0;
}

static int check_time(const struct tuf *t, const struct document *d, struct scov_err *err)
{
	char day[DATE_TEXT];

	if (t->now < d->expires)
		return 0;
	return err_fail(err, SCOV_E_AUTH, "version %" PRId64 " expired on %s", d->version,
		date_format_day(date_day(d->expires), day));
}

/* ---- names */

/* part: '/' is encoded too. */
static void encode(struct span name, bool part, struct buf *out)
{
	for (size_t i = 0; i < name.len; i++) {
		uint8_t c = span_at(name, i);

		if (ascii_is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~' ||
			(c == '/' && !part))
			buf_byte(out, (char)c);
		else
			buf_printf(out, "%%%02X", c);
	}
}

static void ask_name(struct tuf *t, int64_t version, struct span name)
{
	scoped_buf struct buf b = { 0 };

	if (version)
		buf_printf(&b, "%" PRId64 ".", version);
	encode(name, true, &b);
	buf_str(&b, ".json");
	t->want = arena_dup(&t->arena, buf_view(&b));
}

static bool is_consistent(const struct tuf *t)
{
	return json_truth(json_get(root_of(t)->body, "consistent_snapshot"));
}

static void ask_root(struct tuf *t)
{
	t->wanted = (struct listed){ .size = UINT64_MAX };
	ask_name(t, root_of(t)->version + 1, SPAN("root"));
}

static void ask_file(struct tuf *t)
{
	scoped_buf struct buf b = { 0 };
	struct span name = span_str(t->target), base = span_base(name);
	struct span hash = json_get_text(t->wanted.hashes, "sha256");

	if (!hash.len)
		hash = json_get_text(t->wanted.hashes, "sha512");
	encode(span_sub(name, 0, name.len - base.len), false, &b);
	if (is_consistent(t) && hash.len) {
		encode(hash, true, &b);
		buf_byte(&b, '.');
	}
	encode(base, true, &b);
	t->want = arena_dup(&t->arena, buf_view(&b));
}

/* ---- the steps */

static int take_root(struct tuf *t, struct span bytes, bool is_first, struct scov_err *err)
{
	struct document d;
	struct tuf_role before, own;
	int rc = document_read(bytes, "root", TUF_ROOT_MAX, &t->arena, &d, err);

	if (!rc && !is_first && d.version != root_of(t)->version + 1)
		rc = err_fail(err, SCOV_E_AUTH, "version %" PRId64 " instead of %" PRId64,
			d.version, root_of(t)->version + 1);
	if (!rc && !is_first)
		rc = root_role(root_of(t), "root", &before, err);
	if (!rc && !is_first && (rc = document_check(&d, &before, err)))
		rc = err_wrap(err, "by the keys of the root before it");
	if (!rc)
		rc = root_role(&d, "root", &own, err);
	if (!rc)
		rc = document_check(&d, &own, err);
	if (rc)
		return rc;
	if (!vec_add(&t->work.roots, &t->arena, &d))
		return arena_check(&t->arena, err);
	return 0;
}

/* A document that the keys of today's root did not sign is not a floor: keys that were lost could
 * otherwise have set one that nothing comes over. */
static void set_floor(
	const struct tuf *t, const char *role, const struct document *old, struct document *floor)
{
	struct tuf_role r;

	*floor = (struct document){ 0 };
	if (old->body && !root_role(root_of(t), role, &r, NULL) && !document_check(old, &r, NULL))
		*floor = *old;
}

static int end_roots(struct tuf *t, struct scov_err *err)
{
	int rc = check_time(t, root_of(t), err);

	if (rc)
		return err_wrap(err, "root.json");
	set_floor(t, "timestamp", &t->whole.timestamp, &t->floor_timestamp);
	set_floor(t, "snapshot", &t->whole.snapshot, &t->floor_snapshot);
	t->stage = STAGE_TIMESTAMP;
	ask_name(t, 0, SPAN("timestamp"));
	return 0;
}

static int snapshot_listed(
	const struct document *timestamp, struct listed *out, struct scov_err *err)
{
	return read_listed(
		json_get(json_get(timestamp->body, "meta"), "snapshot.json"), false, out, err);
}

static int check_version(const struct document *d, int64_t version, struct scov_err *err)
{
	if (d->version == version)
		return 0;
	return err_fail(err, SCOV_E_AUTH, "version %" PRId64 ", not %" PRId64 " that is listed",
		d->version, version);
}

static int older(int64_t version, int64_t floor, struct scov_err *err)
{
	return err_fail(err, SCOV_E_AUTH,
		"version %" PRId64 " is older than %" PRId64 ", which was taken before", version,
		floor);
}

static int judge_snapshot(
	struct tuf *t, struct span bytes, struct document *out, struct scov_err *err);
static int use_snapshot(struct tuf *t, const struct document *d, struct scov_err *err);

static int take_timestamp(struct tuf *t, struct span bytes, struct scov_err *err)
{
	const struct document *floor = &t->floor_timestamp;
	struct document d;
	struct tuf_role role;
	struct listed had, has;
	int rc = document_read(bytes, "timestamp", TUF_TIMESTAMP_MAX, &t->arena, &d, err);

	if (!rc)
		rc = root_role(root_of(t), "timestamp", &role, err);
	if (!rc)
		rc = document_check(&d, &role, err);
	if (!rc)
		rc = snapshot_listed(&d, &has, err);
	if (!rc && floor->body) {
		rc = snapshot_listed(floor, &had, err);
		if (!rc && d.version < floor->version)
			rc = older(d.version, floor->version, err);
		else if (!rc && d.version == floor->version)
			d = *floor, has = had;
		else if (!rc && has.version < had.version)
			rc = older(has.version, had.version, err);
	}
	if (!rc)
		rc = check_time(t, &d, err);
	if (rc)
		return rc;
	t->work.timestamp = d;
	t->wanted = has;
	t->stage = STAGE_SNAPSHOT;
	ask_name(t, is_consistent(t) ? has.version : 0, SPAN("snapshot"));
	if (t->floor_snapshot.body && t->floor_snapshot.version == has.version &&
		!judge_snapshot(t, t->floor_snapshot.bytes, &d, NULL))
		return use_snapshot(t, &d, err);
	return 0;
}

static int judge_targets(
	struct tuf *t, struct span bytes, struct document *out, struct scov_err *err);
static int use_targets(struct tuf *t, const struct document *d, struct scov_err *err);

/* Asks for the document of the role that is next. */
static int ask_targets(struct tuf *t, struct scov_err *err)
{
	const struct tuf_role *r = &t->pending.p[t->pending.n - 1];
	const struct json *meta = json_get(t->work.snapshot.body, "meta");
	char *name = arena_printf(&t->arena, "%.*s.json", SPAN_ARG(r->name));
	int rc = name ? read_listed(json_get(meta, name), false, &t->wanted, err)
		      : arena_check(&t->arena, err);

	if (rc)
		return err_wrap(err, "%.*s.json in the snapshot", SPAN_ARG(r->name));
	t->stage = STAGE_TARGETS;
	ask_name(t, is_consistent(t) ? t->wanted.version : 0, r->name);
	for (size_t i = 0; i < t->whole.targets.n; i++) {
		const struct targets *old = &t->whole.targets.p[i];
		struct document d;

		if (span_eq(old->role, r->name) && old->document.version == t->wanted.version &&
			!judge_targets(t, old->document.bytes, &d, NULL))
			return use_targets(t, &d, err);
	}
	return 0;
}

/* Nothing that the last snapshot listed is gone or older. */
static int check_rollback(const struct tuf *t, const struct document *d, struct scov_err *err)
{
	const struct json *old = json_get(t->floor_snapshot.body, "meta");

	if (t->floor_snapshot.body && d->version < t->floor_snapshot.version)
		return older(d->version, t->floor_snapshot.version, err);
	for (size_t i = 0; i < json_count(old); i++) {
		const struct json *was = json_at(old, i), *is = NULL;
		const struct json *meta = json_get(d->body, "meta");
		uint64_t had = 0, has = 0;

		for (size_t k = 0; k < json_count(meta) && !is; k++) /* names are any text */
			if (span_eq(json_name(json_at(meta, (i + k) % json_count(meta))),
				    json_name(was)))
				is = json_at(meta, (i + k) % json_count(meta));
		json_uint(json_get(was, "version"), INT64_MAX, &had);
		if (!is || !json_uint(json_get(is, "version"), INT64_MAX, &has))
			return err_fail(err, SCOV_E_AUTH, "'%.*s' is not listed any more",
				SPAN_ARG(json_name(was)));
		if (has < had)
			return older((int64_t)has, (int64_t)had, err)
				       ? err_wrap(err, "'%.*s'", SPAN_ARG(json_name(was)))
				       : 0;
	}
	return 0;
}

static int judge_snapshot(
	struct tuf *t, struct span bytes, struct document *out, struct scov_err *err)
{
	struct document d;
	struct tuf_role role;
	int rc = check_listed(&t->wanted, bytes, false, err);

	if (!rc)
		rc = document_read(bytes, "snapshot", TUF_SNAPSHOT_MAX, &t->arena, &d, err);
	if (!rc)
		rc = root_role(root_of(t), "snapshot", &role, err);
	if (!rc)
		rc = document_check(&d, &role, err);
	if (!rc)
		rc = check_version(&d, t->wanted.version, err);
	if (!rc && json_count(json_get(d.body, "meta")) > TUF_FILES_MAX)
		rc = err_fail(err, SCOV_E_LIMIT, "more than %d documents", TUF_FILES_MAX);
	if (!rc)
		rc = check_rollback(t, &d, err);
	if (!rc)
		rc = check_time(t, &d, err);
	if (!rc)
		*out = d;
	return rc;
}

static int use_snapshot(struct tuf *t, const struct document *d, struct scov_err *err)
{
	struct tuf_role targets;
	int rc = root_role(root_of(t), "targets", &targets, err);

	if (rc)
		return rc;
	t->work.snapshot = *d;
	if (!vec_add(&t->pending, &t->arena, &targets))
		return arena_check(&t->arena, err);
	return ask_targets(t, err);
}

/* ---- targets and delegations */

/* As many parts as the pattern has, each of which matches. */
static bool path_matches(struct span pattern, struct span path)
{
	struct span a, b;

	while (span_split(&pattern, '/', &a)) {
		if (!span_split(&path, '/', &b) || !glob_match(a, b))
			return false;
	}
	return !span_split(&path, '/', &b);
}

static bool is_delegated(const struct tuf *t, const struct json *role)
{
	const struct json *paths = json_get(role, "paths");
	const struct json *heads = json_get(role, "path_hash_prefixes");
	struct span target = span_str(t->target);
	struct digest hash = digest_of(DIGEST_SHA256, target);
	char text[DIGEST_TEXT];

	for (size_t i = 0; i < json_count(paths); i++)
		if (path_matches(json_text(json_at(paths, i)), target))
			return true;
	for (size_t i = 0; i < json_count(heads); i++)
		if (span_starts(span_str(digest_hex(&hash, text)), json_text(json_at(heads, i))))
			return true;
	return false;
}

static bool is_looked_at(const struct tuf *t, struct span role)
{
	for (size_t i = 0; i < t->work.targets.n; i++)
		if (span_eq(t->work.targets.p[i].role, role))
			return true;
	return false;
}

/* Puts the roles that may list the file before the others that wait, in their order. */
static int delegate(struct tuf *t, const struct document *d, struct scov_err *err)
{
	const struct json *from = json_get(d->body, "delegations");
	const struct json *roles = json_get(from, "roles");
	VEC(struct tuf_role) found = { 0 };

	if (json_get(from, "succinct_roles"))
		return err_fail(err, SCOV_E_UNSUPPORTED, "succinct_roles are not supported");
	if (json_count(roles) > TUF_FILES_MAX)
		return err_fail(err, SCOV_E_LIMIT, "more than %d delegations", TUF_FILES_MAX);
	for (size_t i = 0; i < json_count(roles); i++) {
		const struct json *role = json_at(roles, i);
		struct span name = json_get_text(role, "name");
		struct tuf_role r;

		if (!is_delegated(t, role))
			continue;
		if (!name.len || memchr(name.p, 0, name.len) || is_looked_at(t, name))
			continue;
		int rc = role_read(json_get(from, "keys"), role, name, &r, err);

		if (rc)
			return rc;
		if (found.n == TUF_ROLES_MAX)
			break;
		vec_add(&found, &t->arena, &r);
		if (json_truth(json_get(role, "terminating"))) {
			t->pending.n = 0;
			break;
		}
	}
	for (size_t i = found.n; i > 0; i--)
		vec_add(&t->pending, &t->arena, &found.p[i - 1]);
	return arena_check(&t->arena, err);
}

static int end_round(struct tuf *t, struct span file, struct scov_err *err)
{
	t->work.file = arena_dup(&t->arena, file);
	if (arena_failed(&t->arena))
		return arena_check(&t->arena, err);
	t->whole = t->work;
	t->stage = STAGE_END;
	return 0;
}

static int take_file(struct tuf *t, struct span bytes, struct scov_err *err)
{
	int rc = bytes.len > TUF_TARGET_MAX
			 ? err_fail(err, SCOV_E_LIMIT, "larger than %d bytes", TUF_TARGET_MAX)
			 : check_listed(&t->wanted, bytes, true, err);

	return rc ? rc : end_round(t, bytes, err);
}

/* On to the next role that may list the file. */
static int go_on(struct tuf *t, struct scov_err *err)
{
	while (t->pending.n && is_looked_at(t, t->pending.p[t->pending.n - 1].name))
		t->pending.n--;
	if (!t->pending.n)
		return err_fail(err, SCOV_E_NOT_FOUND, "no role lists %s", t->target);
	if (t->work.targets.n == TUF_ROLES_MAX)
		return err_fail(
			err, SCOV_E_LIMIT, "more than %d roles for %s", TUF_ROLES_MAX, t->target);
	return ask_targets(t, err);
}

static int judge_targets(
	struct tuf *t, struct span bytes, struct document *out, struct scov_err *err)
{
	struct document d;
	int rc = check_listed(&t->wanted, bytes, false, err);

	if (!rc)
		rc = document_read(bytes, "targets", TUF_TARGETS_MAX, &t->arena, &d, err);
	if (!rc)
		rc = document_check(&d, &t->pending.p[t->pending.n - 1], err);
	if (!rc)
		rc = check_version(&d, t->wanted.version, err);
	if (!rc)
		rc = check_time(t, &d, err);
	if (!rc)
		*out = d;
	return rc;
}

static int use_targets(struct tuf *t, const struct document *d, struct scov_err *err)
{
	const struct targets got = { t->pending.p[--t->pending.n].name, *d };
	const struct json *file = json_get(json_get(d->body, "targets"), t->target);
	int rc;

	if (!vec_add(&t->work.targets, &t->arena, &got))
		return arena_check(&t->arena, err);
	if (!file) {
		rc = delegate(t, d, err);
		return rc ? rc : go_on(t, err);
	}
	rc = read_listed(file, true, &t->wanted, err);
	if (rc)
		return err_wrap(err, "%s", t->target);
	t->stage = STAGE_FILE;
	ask_file(t);
	if (t->whole.file.p && !check_listed(&t->wanted, t->whole.file, true, NULL))
		return end_round(t, t->whole.file, err);
	return 0;
}

/* ---- a round */

bool tuf_next(const struct tuf *t, struct tuf_want *out)
{
	static const size_t most[] = { TUF_ROOT_MAX, TUF_TIMESTAMP_MAX, TUF_SNAPSHOT_MAX,
		TUF_TARGETS_MAX, TUF_TARGET_MAX };

	if (t->stage == STAGE_END)
		return false;
	*out = (struct tuf_want){ .name = t->want,
		.max = most[t->stage],
		.is_target = t->stage == STAGE_FILE,
		.may_lack = t->stage == STAGE_ROOT };
	if (t->wanted.size < out->max)
		out->max = (size_t)t->wanted.size;
	return true;
}

static int take(struct tuf *t, struct span bytes, struct scov_err *err)
{
	struct document d;
	int rc;

	switch (t->stage) {
	case STAGE_ROOT:
		if (t->roots_taken++ == TUF_ROOTS_MAX)
			return err_fail(err, SCOV_E_LIMIT, "more than %d new roots", TUF_ROOTS_MAX);
		rc = take_root(t, bytes, false, err);
		if (!rc)
			ask_root(t);
		return rc;
	case STAGE_TIMESTAMP:
		return take_timestamp(t, bytes, err);
	case STAGE_SNAPSHOT:
		rc = judge_snapshot(t, bytes, &d, err);
		return rc ? rc : use_snapshot(t, &d, err);
	case STAGE_TARGETS:
		rc = judge_targets(t, bytes, &d, err);
		return rc ? rc : use_targets(t, &d, err);
	default:
		return take_file(t, bytes, err);
	}
}

int tuf_take(struct tuf *t, struct span bytes, struct scov_err *err)
{
	struct scov_err ours;
	struct span name = t->want;
	int rc;

	err = err ? err : &ours;
	if (t->stage == STAGE_END)
		return err_fail(err, SCOV_E_USAGE, "no document is asked for");
	if (!bytes.p && t->stage == STAGE_ROOT)
		rc = end_roots(t, err);
	else if (!bytes.p)
		rc = err_fail(err, SCOV_E_NOT_FOUND, "%.*s: not there", SPAN_ARG(name));
	else if ((rc = take(t, bytes, err)))
		rc = err_wrap(err, "%.*s", SPAN_ARG(name));
	if (!rc && arena_failed(&t->arena))
		rc = arena_check(&t->arena, err);
	if (rc)
		t->stage = STAGE_END;
	return rc;
}

void tuf_begin(struct tuf *t, int64_t now)
{
	t->now = now;
	t->stage = STAGE_ROOT;
	t->roots_taken = 0;
	t->pending.n = 0;
	t->work = (struct held){ .roots = {
					 t->whole.roots.p, t->whole.roots.n, t->whole.roots.cap } };
	ask_root(t);
}

int tuf_new(struct span root, struct span target, struct tuf **out, struct scov_err *err)
{
	struct scov_err ours;
	struct tuf *t = mem_alloc(sizeof(*t));

	err = err ? err : &ours;
	if (!t)
		return err_memory(err);
	t->arena.limit = MEMORY;
	t->stage = STAGE_END;
	t->target = arena_cstr(&t->arena, target);
	int rc = t->target ? take_root(t, root, true, err)
			   : err_fail(err, SCOV_E_FORMAT, "not a name of a target");

	if (rc) {
		tuf_free(t);
		return err_wrap(err, "the first root");
	}
	t->whole.roots.p = t->work.roots.p;
	t->whole.roots.n = t->work.roots.n;
	t->whole.roots.cap = t->work.roots.cap;
	*out = t;
	return 0;
}

void tuf_free(struct tuf *t)
{
	if (!t)
		return;
	arena_release(&t->arena);
	mem_free(t);
}

struct tuf_state tuf_state(const struct tuf *t)
{
	const struct held *h = &t->whole;
	const struct document *root = &h->roots.p[h->roots.n - 1];

	return (struct tuf_state){
		.roots = h->roots.n,
		.root = root->version,
		.root_expires = root->expires,
		.timestamp = h->timestamp.version,
		.timestamp_expires = h->timestamp.expires,
		.snapshot = h->snapshot.version,
		.targets = h->targets.n ? h->targets.p[0].document.version : 0,
		.target = h->file,
	};
}

bool tuf_document(const struct tuf *t, size_t i, struct span *out)
{
	const struct held *h = &t->whole;
	size_t rest = i - h->roots.n;

	if (i < h->roots.n)
		*out = h->roots.p[i].bytes;
	else if (!h->file.p || rest > h->targets.n + 2)
		return false;
	else if (rest < 2)
		*out = rest ? h->snapshot.bytes : h->timestamp.bytes;
	else
		*out = rest == h->targets.n + 2 ? h->file : h->targets.p[rest - 2].document.bytes;
	return true;
}
