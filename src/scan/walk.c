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
#include "facts/text.h"
#include "format/capability.h"
#include "format/tar.h"

enum { KEEP_MIN = 64 << 10, ZEROS = 4096 };

struct wanter {
	const struct analyzer *analyzer;
	enum want want;
	bool is_done;
	void *state; /* of a stream */
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
	size_t keep_want; /* bytes to put together; 0: none */
	uint8_t *keep;
	size_t keep_cap;
};

static int full(struct walk *w, struct scov_err *err)
{
	w->out->is_full = true;
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

/* Adds the entry's row. SCOV_E_LIMIT when the arena is full. */
static int add_entry(struct walk *w, const struct tar_entry *e)
{
	struct part *p = w->out->part;

	w->entry = (struct entry){
		.path = fact_text(w->out->arena, e->path),
		.link = e->link.len ? fact_text(w->out->arena, e->link) : (struct span){ 0 },
		.size = e->size,
		.mtime = e->mtime,
		.mode = e->mode,
		.uid = e->uid,
		.gid = e->gid,
		.type = e->type,
	};
	if (!w->entry.path.p || (e->link.len && !w->entry.link.p) || p->entries.n >= NO_ENTRY)
		return SCOV_E_LIMIT;
	struct entry *row = vec_push(&p->entries, w->out->arena);

	if (!row)
		return SCOV_E_LIMIT;
	*row = w->entry;
	w->ordinal = (uint32_t)(p->entries.n - 1);
	return add_xattrs(w, e);
}

static void too_large(struct walk *w, const struct wanter *x)
{
	diag_add(w->out, DIAG_ERROR, w->ordinal, x->analyzer->hides,
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
	for (size_t i = 0; i < w->on_n; i++) {
		struct wanter x = { .analyzer = w->on[i],
			.want = w->on[i]->want(&w->entry, e->path) };
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
		w->keep_want = need > w->keep_want ? need : w->keep_want;
		w->wanters[w->wanters_n++] = x;
	}
	if (!w->wanters_n)
		return 0;
	w->path = arena_dup(w->out->scratch, e->path);
	return w->path.p ? 0 : SCOV_E_LIMIT;
}

static int on_entry(void *ctx, const struct tar_entry *e)
{
	struct walk *w = ctx;

	w->wanters_n = 0;
	int rc = add_entry(w, e);

	if (!rc && e->type == TAR_FILE)
		rc = find_wanters(w, e);
	if (rc || w->out->is_full)
		return SCOV_E_LIMIT;
	return w->wanters_n ? TAR_CONTENT : TAR_SKIP;
}

/* Hands `data`, the first bytes of the file or all of it, to who waits for that much. */
static int give_kept(struct walk *w, struct span data)
{
	for (size_t i = 0; i < w->wanters_n; i++) {
		struct wanter *x = &w->wanters[i];
		struct span part = data;

		if (x->want == WANT_STREAM || x->is_done)
			continue;
		if (x->want == WANT_HEAD)
			part = span_sub(data, 0, ANALYZER_HEAD);
		if (x->analyzer->file(w->out, w->ordinal, w->path, part))
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
	static const uint8_t zeros[ZEROS];
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

/* What is put together goes out as soon as it is whole: a file that is cut off behind it has been
 * seen as far. */
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

static int on_content(void *ctx, uint64_t offset, struct span piece)
{
	struct walk *w = ctx;

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

static int on_end(void *ctx)
{
	struct walk *w = ctx;

	if (!w->wanters_n)
		return 0;
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
	w->wanters_n = 0;
	arena_reset(w->out->scratch);
	return w->out->is_full ? SCOV_E_LIMIT : 0;
}

static void on_warn(void *ctx, struct span name, const char *why, bool is_lost)
{
	struct walk *w = ctx;

	diag_add(w->out, is_lost ? DIAG_ERROR : DIAG_WARNING, NO_ENTRY,
		is_lost ? HIDES_FILE : HIDES_NOTHING, "'%.*s': %s",
		(int)(name.len > 200 ? 200 : name.len), name.len ? (const char *)name.p : "", why);
}

struct walk *walk_new(struct analysis *out, uint32_t skip)
{
	static const struct tar_events events = {
		.entry = on_entry,
		.content = on_content,
		.end = on_end,
		.warn = on_warn,
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
	return rc && (w->out->is_full || !err->text[0]) ? full(w, err) : rc;
}

int walk_push(struct walk *w, struct span piece, struct scov_err *err)
{
	return explain(w, tar_push(w->tar, piece, err), err);
}

int walk_end(struct walk *w, struct scov_err *err)
{
	return explain(w, tar_end(w->tar, err), err);
}

void walk_free(struct walk *w)
{
	if (!w)
		return;
	tar_free(w->tar);
	mem_free(w->keep);
	mem_free(w);
}
