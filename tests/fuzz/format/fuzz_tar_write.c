/* fuzz_tar_write.c - what the writer of tar takes, our own walker reads back as it was given.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/tar_write.h"

#include <string.h>

#include "base/arena.h"
#include "tests/fuzz/fuzz.h"

enum { ENTRIES = 16, XATTRS = 3 };

struct given {
	struct tar_header h[ENTRIES];
	struct pax_xattr xattrs[ENTRIES][XATTRS];
	struct span content[ENTRIES];
	size_t n, seen;
	uint64_t at;
};

static struct span text(struct cur *c)
{
	return cur_take(c, cur_u8(c) * (size_t)2 % 301);
}

static void make(struct cur *c, struct tar_header *h, struct pax_xattr *x, struct span *content)
{
	*h = (struct tar_header){ .type = cur_u8(c) % 10,
		.mode = cur_le16(c),
		.uid = cur_le32(c),
		.gid = cur_le32(c),
		.major = cur_le16(c),
		.minor = cur_le32(c),
		.mtime = (int64_t)cur_le64(c),
		.xattrs = x };
	h->path = text(c);
	h->link = text(c);
	for (h->xattrs_n = 0; h->xattrs_n < (size_t)(cur_u8(c) & XATTRS); h->xattrs_n++) {
		x[h->xattrs_n].name = text(c);
		x[h->xattrs_n].value = text(c);
	}
	*content = h->type == TAR_FILE ? text(c) : (struct span){ 0 };
}

/* A name given twice: the last value counts. An empty one is none. */
static bool is_last(const struct tar_header *h, size_t i)
{
	for (size_t k = i + 1; k < h->xattrs_n; k++)
		if (span_eq(h->xattrs[k].name, h->xattrs[i].name))
			return false;
	return h->xattrs[i].value.len > 0;
}

static int on_entry(void *ctx, const struct tar_entry *e)
{
	struct given *g = ctx;
	const struct tar_header *h = &g->h[g->seen];
	size_t n = 0;

	must(g->seen < g->n && e->type == h->type && e->mode == (h->mode & 07777));
	must(e->uid == h->uid && e->gid == h->gid && e->mtime == h->mtime);
	must(span_eq(e->path, h->path) && e->size == g->content[g->seen].len);
	if (h->type == TAR_HARDLINK || h->type == TAR_SYMLINK)
		must(span_eq(e->link, h->link));
	for (size_t i = 0; i < h->xattrs_n; i++) {
		bool found = !is_last(h, i);

		n += !found;
		for (size_t k = 0; k < e->xattrs_n && !found; k++)
			found = span_eq(e->xattrs[k].name, h->xattrs[i].name) &&
				span_eq(e->xattrs[k].value, h->xattrs[i].value);
		must(found);
	}
	must(n == e->xattrs_n);
	g->at = 0;
	return TAR_CONTENT;
}

static int on_content(void *ctx, uint64_t offset, struct span piece)
{
	struct given *g = ctx;

	must(offset == g->at &&
		span_eq(piece, span_sub(g->content[g->seen], (size_t)offset, piece.len)));
	g->at += piece.len;
	return 0;
}

static int on_end(void *ctx)
{
	struct given *g = ctx;

	must(g->at == g->content[g->seen].len);
	g->seen++;
	return 0;
}

static void on_warn(void *ctx, struct span name, const char *why, enum tar_fault fault)
{
	(void)ctx, (void)name, (void)why;
	must(fault == TAR_NOTED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct tar_events events = {
		.entry = on_entry, .content = on_content, .end = on_end, .warn = on_warn
	};
	struct given g = { .n = 0 };
	struct cur c = cur_over(span_of(data, size));
	struct limits limits = limits_default();
	scoped_buf struct buf b = { 0 };
	struct scov_err err;

	while (cur_left(&c) && !c.bad && g.n < ENTRIES) {
		size_t before = b.len;

		make(&c, &g.h[g.n], g.xattrs[g.n], &g.content[g.n]);
		if (!tar_write(&b, g.h[g.n], g.content[g.n], &err))
			g.n++;
		else
			must(b.len == before);
		must(b.len % 512 == 0);
	}
	tar_write_end(&b);
	struct tar *t = tar_open(&events, &g, &limits, false);

	must(t && !tar_push(t, buf_view(&b), &err) && !tar_end(t, &err));
	must(g.seen == g.n && tar_counts(t).has_end && !tar_counts(t).trailing);
	tar_free(t);
	return 0;
}
