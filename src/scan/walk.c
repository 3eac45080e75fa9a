/* walk.c - inside a worker: entries of a layer into facts, files to the analyzers.
 *
 * A file that comes in one piece is handed over where it lies; only what is cut by the end of a
 * slot, or has holes, is put together in a buffer.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "scan/walk.h"

#include <inttypes.h>
#include <string.h>

#include "base/err.h"
#include "crypto/digest.h"
#include "format/capability.h"
#include "format/sniff.h"
#include "format/tar.h"
#include "scan/detail.h"
#include "scan/listed.h"
#include "scan/search.h"
#include "scan/text.h"

enum {
	KEEP_MIN = 64 << 10,
	ZEROS = 4096,
	LAST_PATH = 4096,    /* of the path before, to know which names are new */
	HASHED_MAX = 4 << 20 /* a larger file is not compared with a record */
};

static const uint8_t zeros[ZEROS];

struct wanter {
	const struct analyzer *analyzer;
	enum want want;
	bool is_done;
	bool is_guess; /* asked for by the bytes, not by the path */
	void *state;   /* of a stream */
};

struct walk {
	struct analysis *out;
	struct tar *tar;
	const struct analyzer *on[ANALYZERS_MAX];
	size_t on_n;
	/* the file that passes */
	struct wanter wanters[ANALYZERS_MAX];
	size_t wanters_n;
	struct entry entry;
	uint32_t ordinal;
	struct span path; /* raw, in scratch */
	uint64_t at;      /* next byte of it */
	bool is_unknown;  /* its path does not say what it is: its first bytes may */
	size_t keep_want; /* bytes to put together; 0: none */
	uint8_t *keep;
	size_t keep_cap;
	/* what the finder of secrets sees */
	bool is_searched; /* the content of the file that passes, or its members are wanted */
	struct members_of members;
	uint64_t searched; /* bytes of it, holes counted */
	size_t secrets_n;  /* found before it */
	struct digester *digester;
	bool is_hashed; /* the pieces of the file go through it */
	bool is_behind; /* past the end of the tar */
	bool is_lost;   /* in the content of an entry left out */
	size_t last_n;
	uint8_t last[LAST_PATH];
};

static int full(struct scov_err *err)
{
	return err_fail(
		err, SCOV_E_LIMIT, "more facts than a worker may hold (limit worker_memory)");
}

static int add_xattrs(struct walk *w, const struct tar_entry *e)
{
	struct part *p = w->out->part;

	p->has_xattrs = p->has_xattrs || e->xattrs_n;
	for (size_t i = 0; i < e->xattrs_n; i++) {
		struct capability c = { 0 };

		if (!span_eq(e->xattrs[i].name, SPAN("security.capability")))
			continue;
		struct capability_fact *f = vec_push(&p->capabilities, w->out->arena);

		if (!f)
			return SCOV_E_LIMIT;
		f->entry = w->ordinal;
		f->malformed = !capability_parse(e->xattrs[i].value, &c);
		if (!f->malformed) {
			f->effective = c.effective;
			f->permitted = c.permitted;
			f->inheritable = c.inheritable;
		}
	}
	return 0;
}

/* The names of the path that the path before did not have. */
static struct span new_names(struct walk *w, struct span path)
{
	size_t same = 0, from = 0;

	while (same < path.len && same < w->last_n && span_at(path, same) == w->last[same]) {
		if (span_at(path, same) == '/')
			from = same + 1;
		same++;
	}
	if (same == w->last_n && span_at(path, same) == '/')
		from = same + 1;
	w->last_n = path.len < LAST_PATH ? path.len : LAST_PATH;
	if (w->last_n)
		memcpy(w->last, path.p, w->last_n);
	return span_from(path, from);
}

/* Names, link target and attributes of the entry whose row was added. */
static int search_names(struct walk *w, const struct tar_entry *e)
{
	static const struct span none;
	struct analysis *out = w->out;
	struct span names = new_names(w, e->path);
	bool good = true;

	if (finder_suspects(out->finder, names))
		good = search_text(out, w->ordinal, SURFACE_NAME, none, names);
	if (e->type == TAR_SYMLINK && finder_suspects(out->finder, e->link))
		good = good && search_text(out, w->ordinal, SURFACE_LINK, none, e->link);
	for (size_t i = 0; i < e->xattrs_n && good; i++) {
		if (finder_suspects(out->finder, e->xattrs[i].name))
			good = search_text(out, w->ordinal, SURFACE_XATTR, none, e->xattrs[i].name);
		good = good && search_text(out, w->ordinal, SURFACE_XATTR, e->xattrs[i].name,
				       e->xattrs[i].value);
	}
	return good ? 0 : SCOV_E_LIMIT;
}

/* Adds the entry's row. SCOV_E_LIMIT when the arena is full. */
static int add_entry(struct walk *w, const struct tar_entry *e)
{
	struct part *p = w->out->part;

	w->entry = (struct entry){
		.path = fact_name(w->out, e->path),
		.link = fact_name(w->out, e->link),
		.size = e->size,
		.mtime = e->mtime,
		.mode = e->mode,
		.uid = e->uid,
		.gid = e->gid,
		.type = e->type,
	};
	if (!w->entry.path.p || !w->entry.link.p || p->entries.n >= NO_ENTRY)
		return SCOV_E_LIMIT;
	if (!vec_add(&p->entries, w->out->arena, &w->entry))
		return SCOV_E_LIMIT;
	w->ordinal = (uint32_t)(p->entries.n - 1);
	int rc = add_xattrs(w, e);

	if (!rc && w->out->detail)
		rc = detail_entry(w->out, e);
	return rc || !w->out->is_searched ? rc : search_names(w, e);
}

/* What the inventory alone lacks leaves the other verdicts as they are. */
static enum severity severity_of(uint8_t hides)
{
	return hides == HIDES_INVENTORY ? DIAG_WARNING : DIAG_ERROR;
}

static void too_large(struct walk *w, const struct wanter *x)
{
	diag_add(w->out, severity_of(x->analyzer->hides), w->ordinal, x->analyzer->hides,
		"%s: %" PRIu64 " bytes, more than the limit kept_file", x->analyzer->name,
		w->entry.size);
}

/* Who wants this file, and how much of it must be put together. */
static int find_wanters(struct walk *w, const struct tar_entry *e)
{
	uint64_t most = w->out->limits->kept_file;

	w->wanters_n = 0;
	w->keep_want = 0;
	w->at = 0;
	w->out->kind = known_kind_of(e->path);
	w->is_unknown = w->out->kind == KIND_OTHER && e->size;
	struct wanter *watched = NULL;

	for (size_t i = 0; i < w->on_n; i++) {
		struct wanter x = { .analyzer = w->on[i],
			.want = w->on[i]->want(&w->entry, e->path, w->out->kind) };
		size_t need = 0;

		if (x.want == WANT_NOTHING)
			continue;
		if (e->size > most &&
			(x.want == WANT_WHOLE || (x.want == WANT_STREAM && e->is_sparse))) {
			too_large(w, &x);
			continue;
		}
		if (x.want == WANT_WHOLE)
			need = (size_t)e->size;
		else if (x.want == WANT_HEAD)
			need = e->size < ANALYZER_HEAD ? (size_t)e->size : ANALYZER_HEAD;
		else if (!(x.state = arena_alloc(w->out->scratch, x.analyzer->stream_size)))
			return SCOV_E_LIMIT;
		if (x.want == WANT_MEMBERS)
			watched = &w->wanters[w->wanters_n];
		w->keep_want = need > w->keep_want ? need : w->keep_want;
		w->wanters[w->wanters_n++] = x;
	}
	w->is_searched = (w->out->is_searched || watched) && e->size;
	if (!w->wanters_n && !e->size)
		return 0;
	w->path = arena_dup(w->out->scratch, e->path);
	if (!w->path.p)
		return SCOV_E_LIMIT;
	w->searched = 0;
	w->secrets_n = w->out->part->secrets.n;
	if (watched && e->size) {
		w->members = (struct members_of){ w->out, w->ordinal, w->path, watched->state };
		finder_watch(w->out->finder, watched->analyzer->members, &w->members,
			!w->out->is_searched);
	}
	return w->is_searched ? finder_begin(w->out->finder, w->ordinal, SURFACE_CONTENT, w->path)
			      : 0;
}

static void tell_of_link(struct walk *w, const struct tar_entry *e)
{
	for (size_t i = 0; i < w->on_n; i++)
		if (w->on[i]->link)
			w->on[i]->link(w->out, w->ordinal, e->path, e->link);
}

static int on_entry(void *ctx, const struct tar_entry *e)
{
	struct walk *w = ctx;

	w->wanters_n = 0;
	w->is_searched = false;
	int rc = add_entry(w, e);

	if (!rc && e->type == TAR_FILE)
		rc = find_wanters(w, e);
	if (!rc && e->link.len)
		tell_of_link(w, e);
	if (rc || arena_failed(w->out->arena))
		return SCOV_E_LIMIT;
	return e->type == TAR_FILE && (w->wanters_n || e->size) ? TAR_CONTENT : TAR_SKIP;
}

/* ---- files known by their bytes ---- */

static struct guess_fact *guess(struct walk *w)
{
	struct guess_fact *g = vec_push(&w->out->part->guesses, w->out->arena);

	if (g)
		*g = (struct guess_fact){ .entry = w->ordinal, .kind = w->out->kind };
	return g;
}

/* Who reads files of the kind that the first bytes show. */
static int find_guess(struct walk *w, struct span head)
{
	w->is_unknown = false;
	w->out->kind = file_sniff(span_sub(head, 0, SNIFF_HEAD), w->entry.size);
	for (size_t i = 0; i < w->on_n && w->out->kind; i++) {
		const struct analyzer *a = w->on[i];

		if (!a->by_kind || a->want(&w->entry, w->path, w->out->kind) == WANT_NOTHING)
			continue;
		struct guess_fact *g = guess(w);

		if (!g)
			return SCOV_E_LIMIT;
		g->failed = w->entry.size > w->out->limits->kept_file;
		if (g->failed)
			return 0;
		w->wanters[w->wanters_n++] =
			(struct wanter){ .analyzer = a, .want = WANT_WHOLE, .is_guess = true };
	}
	return 0;
}

/* A guess that fails says nothing about a file that no well-known path leads to. */
static int give_guess(struct walk *w, const struct wanter *x, struct span data)
{
	struct part *p = w->out->part;
	size_t diags = p->diags.n, row = p->guesses.n - 1;

	if (x->analyzer->file(w->out, w->ordinal, w->path, data))
		return SCOV_E_LIMIT;
	p->guesses.p[row].failed = p->diags.n > diags || arena_failed(w->out->scratch);
	p->diags.n = diags;
	return 0;
}

/* Hands `data`, the first bytes of the file or all of it, to who waits for that much. */
static int give_kept(struct walk *w, struct span data)
{
	if (w->is_unknown && data.len == w->entry.size && find_guess(w, data))
		return SCOV_E_LIMIT;
	for (size_t i = 0; i < w->wanters_n; i++) {
		struct wanter *x = &w->wanters[i];
		struct span part = data;

		if (x->want >= WANT_STREAM || x->is_done)
			continue;
		if (x->want == WANT_HEAD)
			part = span_sub(data, 0, ANALYZER_HEAD);
		if (x->is_guess ? give_guess(w, x, part)
				: x->analyzer->file(w->out, w->ordinal, w->path, part))
			return SCOV_E_LIMIT;
		x->is_done = true;
	}
	return 0;
}

static int give_stream(struct walk *w, struct span piece, bool last)
{
	for (size_t i = 0; i < w->wanters_n; i++) {
		struct wanter *x = &w->wanters[i];

		if (x->want == WANT_STREAM &&
			x->analyzer->piece(w->out, w->ordinal, w->path, x->state, piece, last))
			return SCOV_E_LIMIT;
	}
	return 0;
}

static bool have_room(struct walk *w)
{
	if (w->keep_cap >= w->keep_want)
		return true;
	mem_free(w->keep);
	w->keep_cap = w->keep_want > KEEP_MIN ? w->keep_want : KEEP_MIN;
	w->keep = mem_alloc(w->keep_cap);
	if (!w->keep)
		w->keep_cap = 0;
	return w->keep;
}

/* Holes between w->at and to become zeros. */
static int fill_hole(struct walk *w, uint64_t to)
{
	size_t end = to < w->keep_want ? (size_t)to : w->keep_want;

	if (w->at < end)
		memset(w->keep + w->at, 0, end - (size_t)w->at);
	while (w->at < to) {
		uint64_t n = to - w->at < ZEROS ? to - w->at : ZEROS;

		if (give_stream(w, span_of(zeros, (size_t)n), false))
			return SCOV_E_LIMIT;
		w->at += n;
	}
	return 0;
}

/* What is put together goes out as soon as it is whole: of a file that is cut off
 * later, this much is searched. */
static int keep(struct walk *w, struct span piece)
{
	if (w->at >= w->keep_want)
		return 0;
	size_t room = w->keep_want - (size_t)w->at;

	memcpy(w->keep + w->at, piece.p, room < piece.len ? room : piece.len);
	if (room > piece.len)
		return 0;
	struct span data = span_of(w->keep, w->keep_want);

	w->keep_want = 0;
	return give_kept(w, data);
}

/* The digest of a file is only asked for where a secret is in it. One that comes in one piece is
 * hashed then; one in several has to be from its first on, so only where a record may list it. */
static int hash_piece(struct walk *w, uint64_t offset, struct span piece, bool whole)
{
	bool may_be_listed = w->out->listed.rows.n || span_has(w->path, SPAN("-packages/")) ||
			     span_has(w->path, SPAN("ansible_collections/")) ||
			     span_ends(w->path, SPAN(".py"));
	struct digest d;

	if (whole && w->out->part->secrets.n > w->secrets_n) {
		d = digest_of(DIGEST_SHA256, piece);
		return listed_have(w->out, w->ordinal, listed_content(d.bytes));
	}
	if (offset == 0)
		w->is_hashed = !whole && may_be_listed && w->entry.size <= HASHED_MAX;
	else if (offset != w->searched) /* a hole */
		w->is_hashed = false;
	if (w->is_hashed && !w->digester)
		w->digester = digester_new(DIGEST_SHA256);
	w->is_hashed = w->is_hashed && w->digester;
	if (w->is_hashed)
		digester_add(w->digester, piece.p, piece.len);
	return 0;
}

static int hash_end(struct walk *w)
{
	if (!w->is_hashed)
		return 0;
	struct digest d = digester_end(w->digester);

	w->is_hashed = false;
	return w->searched == w->entry.size && w->out->part->secrets.n > w->secrets_n
		       ? listed_have(w->out, w->ordinal, listed_content(d.bytes))
		       : 0;
}

/* A hole separates the texts around it: a few zeros mark it. */
static int search(struct walk *w, uint64_t offset, struct span piece)
{
	int rc = 0;

	if (offset > w->searched) {
		uint64_t hole = offset - w->searched;

		rc = finder_piece(
			w->out->finder, span_of(zeros, hole < ZEROS ? (size_t)hole : ZEROS), false);
	}
	/* Whole in one piece, as most are: nothing of it is kept. */
	bool whole = offset == 0 && piece.len == w->entry.size;

	rc = rc ? rc : finder_piece(w->out->finder, piece, whole);
	rc = rc ? rc : hash_piece(w, offset, piece, whole);
	w->searched = offset + piece.len;
	return rc;
}

/* What its first piece shows; a file whose first piece is too short is put together before it is
 * asked. */
static int look_at_start(struct walk *w, uint64_t offset, struct span piece)
{
	uint64_t size = w->entry.size;
	bool is_enough = piece.len >= SNIFF_HEAD || piece.len == size;

	if (offset || (!is_enough && size > w->out->limits->kept_file)) {
		w->is_unknown = false;
		return 0;
	}
	int rc = is_enough ? find_guess(w, piece) : 0;

	if (!is_enough || (w->wanters_n && w->wanters[w->wanters_n - 1].is_guess))
		w->keep_want = (size_t)size;
	return rc;
}

static int on_content(void *ctx, uint64_t offset, struct span piece)
{
	struct walk *w = ctx;

	if (w->out->detail)
		detail_piece(w->out, offset, piece);
	if (w->is_searched && search(w, offset, piece))
		return SCOV_E_LIMIT;
	if (w->is_unknown && w->at == 0 && look_at_start(w, offset, piece))
		return SCOV_E_LIMIT;
	if (!w->wanters_n && !w->keep_want)
		return 0;
	/* All that is wanted in one piece: no copy. */
	if (offset == 0 && w->at == 0 && w->keep_want && piece.len >= w->keep_want) {
		if (give_kept(w, span_sub(piece, 0, w->keep_want)))
			return SCOV_E_LIMIT;
		w->keep_want = 0;
	}
	if (w->keep_want && !have_room(w))
		return SCOV_E_MEMORY;
	if (offset > w->at && fill_hole(w, offset))
		return SCOV_E_LIMIT;
	if (keep(w, piece))
		return SCOV_E_LIMIT;
	w->at += piece.len;
	return give_stream(w, piece, false);
}

static int end_search(struct walk *w)
{
	bool was = w->is_searched;

	w->is_searched = false;
	int rc = was ? finder_end(w->out->finder) : 0;

	return rc || !was ? rc : hash_end(w);
}

/* The facts do not show what an analyzer left out for want of scratch memory. */
static void note_scratch(struct walk *w)
{
	uint8_t hides = 0;

	for (size_t i = 0; i < w->wanters_n; i++)
		hides |= w->wanters[i].analyzer->hides;
	if (arena_failed(w->out->scratch))
		diag_add(w->out, severity_of(hides), w->ordinal, hides,
			"not enough memory to read all of it");
}

static int on_end(void *ctx)
{
	struct walk *w = ctx;

	if (w->out->detail && detail_end(w->out))
		return SCOV_E_LIMIT;
	if (end_search(w))
		return SCOV_E_LIMIT;
	if (!w->wanters_n) {
		arena_reset(w->out->scratch);
		return 0;
	}
	if (w->keep_want && !have_room(w))
		return SCOV_E_MEMORY;
	bool streams = false;

	for (size_t i = 0; i < w->wanters_n; i++)
		streams = streams || w->wanters[i].want == WANT_STREAM;
	/* A stream's holes are filled to the end of the file, else only what is kept. */
	if (fill_hole(w, streams ? w->entry.size : w->keep_want) ||
		give_kept(w, span_of(w->keep, w->keep_want)) ||
		give_stream(w, (struct span){ 0 }, true))
		return SCOV_E_LIMIT;
	note_scratch(w);
	w->wanters_n = 0;
	arena_reset(w->out->scratch);
	return arena_failed(w->out->arena) ? SCOV_E_LIMIT : 0;
}

static void on_warn(void *ctx, struct span name, const char *why, enum tar_fault fault)
{
	static const struct {
		uint8_t severity, hides;
		const char *intro;
	} rows[] = {
		[TAR_NOTED] = { DIAG_WARNING, HIDES_NOTHING, "" },
		[TAR_LOST] = { DIAG_ERROR, HIDES_FILE, "" },
		[TAR_DIFFERS] = { DIAG_ERROR, HIDES_READING, READ_DIFFERENTLY },
	};
	struct walk *w = ctx;

	diag_add(w->out, rows[fault].severity, NO_ENTRY, rows[fault].hides, "'%.*s': %s%s",
		(int)(name.len > 200 ? 200 : name.len), name.len ? (const char *)name.p : "",
		rows[fault].intro, why);
}

/* As a stream; an empty piece ends it. */
static int search_lost(struct walk *w, struct span bytes)
{
	struct finder *f = w->out->finder;

	if (!bytes.len) {
		w->is_lost = false;
		return finder_end(f);
	}
	if (!w->is_lost && finder_begin(f, NO_ENTRY, SURFACE_CONTENT, (struct span){ 0 }))
		return SCOV_E_LIMIT;
	w->is_lost = true;
	return finder_piece(f, bytes, false);
}

/* Each is a text of its own, but for content of an entry left out, and data after the end: it is
 * searched as a stream and reported, since nothing that unpacks layers reads it. */
static int on_rest(void *ctx, enum tar_rest where, struct span bytes)
{
	static const struct span names[] = { [TAR_REST_HEADER] = SPAN_INIT("tar header"),
		[TAR_REST_NAME] = SPAN_INIT("tar header"),
		[TAR_REST_PADDING] = SPAN_INIT("filling of a block") };
	struct walk *w = ctx;
	struct finder *f = w->out->finder;

	if (!w->out->is_searched)
		return 0;
	if (where == TAR_REST_LOST)
		return search_lost(w, bytes) ? SCOV_E_LIMIT : 0;
	if (where != TAR_REST_BEHIND) {
		/* Names are many, and nothing is encoded in them. */
		bool good = (where == TAR_REST_NAME && !finder_suspects(f, bytes)) ||
			    search_text(w->out, NO_ENTRY, SURFACE_CONTENT, names[where], bytes);

		return good ? 0 : SCOV_E_LIMIT;
	}
	if (!w->is_behind) {
		w->is_behind = true;
		diag_add(w->out, DIAG_WARNING, NO_ENTRY, HIDES_SECRETS,
			"data after the end of the layer: searched as it is, not "
			"unpacked");
		if (finder_begin(f, NO_ENTRY, SURFACE_CONTENT, (struct span){ 0 }))
			return SCOV_E_LIMIT;
	}
	return finder_piece(f, bytes, false) ? SCOV_E_LIMIT : 0;
}

static void on_header(void *ctx, struct span bytes)
{
	struct walk *w = ctx;

	detail_header(w->out, bytes);
}

struct walk *walk_new(struct analysis *out, uint32_t skip)
{
	struct tar_events events = {
		.header = out->detail ? on_header : NULL,
		.entry = on_entry,
		.content = on_content,
		.end = on_end,
		.warn = on_warn,
		.rest = on_rest,
	};
	struct walk *w = mem_alloc(sizeof(*w));

	if (!w)
		return NULL;
	w->out = out;
	for (size_t i = 0; analyzers[i] && w->on_n < ANALYZERS_MAX; i++)
		if (!(analyzers[i]->bit & skip))
			w->on[w->on_n++] = analyzers[i];
	w->tar = tar_open(&events, w, out->limits, true);
	if (!w->tar) {
		mem_free(w);
		return NULL;
	}
	return w;
}

static int explain(struct walk *w, int rc, struct scov_err *err)
{
	if (rc == SCOV_E_MEMORY)
		return err_fail(err, rc, "the worker is out of memory (limit worker_memory)");
	return rc && (arena_failed(w->out->arena) || !err->text[0]) ? full(err) : rc;
}

int walk_push(struct walk *w, struct span piece, struct scov_err *err)
{
	return explain(w, tar_push(w->tar, piece, err), err);
}

int walk_end(struct walk *w, struct scov_err *err)
{
	if (w->is_behind && finder_end(w->out->finder))
		return full(err);
	return explain(w, tar_end(w->tar, err), err);
}

void walk_free(struct walk *w)
{
	if (!w)
		return;
	tar_free(w->tar);
	digester_free(w->digester);
	mem_free(w->keep);
	mem_free(w);
}
