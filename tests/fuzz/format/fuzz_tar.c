/* fuzz_tar.c - the tar walker: pieces make no difference, paths are clean, content is in order.
 *
 * First byte: the length of the pieces; its top bit: headers get their right checksum first, so
 * that the rest of a header is worth changing.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "format/tar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	uint64_t sum, next, size;
	bool is_open;
};

static void add_byte(struct seen *s, uint8_t byte)
{
	s->sum = (s->sum ^ byte) * 0x100000001b3;
}

static void add_number(struct seen *s, uint64_t v)
{
	for (int i = 0; i < 64; i += 8)
		add_byte(s, (uint8_t)(v >> i));
}

static void add_span(struct seen *s, struct span v)
{
	for (size_t i = 0; i < v.len; i++)
		add_byte(s, span_at(v, i));
	add_number(s, v.len);
}

static void check_path(struct span path)
{
	struct span part;

	if (span_starts(path, SPAN("/")) || span_ends(path, SPAN("/")))
		abort();
	while (span_split(&path, '/', &part))
		if (part.len == 0 || span_eq(part, SPAN(".")) || span_eq(part, SPAN("..")) ||
			span_find(part, 0) < part.len)
			abort();
}

static int on_entry(void *ctx, const struct tar_entry *e)
{
	struct seen *s = ctx;

	if (s->is_open || e->type < TAR_FILE || e->type > TAR_OPAQUE || e->mode > 07777 ||
		e->size > INT64_MAX)
		abort();
	check_path(e->path);
	if (e->type == TAR_HARDLINK)
		check_path(e->link);
	add_span(s, e->path);
	add_span(s, e->link);
	add_number(s, e->size ^ (uint64_t)e->mtime ^ e->mode ^ e->header_at ^ e->data_at);
	add_number(s, (uint64_t)e->uid << 32 | e->gid);
	for (size_t i = 0; i < e->xattrs_n; i++) {
		add_span(s, e->xattrs[i].name);
		add_span(s, e->xattrs[i].value);
	}
	s->is_open = true;
	s->next = 0;
	s->size = e->size;
	return e->path.len % 7 == 6 ? TAR_SKIP : TAR_CONTENT;
}

static int on_content(void *ctx, uint64_t offset, struct span piece)
{
	struct seen *s = ctx;

	if (!s->is_open || offset < s->next || !piece.len || piece.len > s->size ||
		offset > s->size - piece.len)
		abort();
	if (offset != s->next)
		add_number(s, offset);
	for (size_t i = 0; i < piece.len; i++)
		add_byte(s, span_at(piece, i));
	s->next = offset + piece.len;
	return 0;
}

static int on_end(void *ctx)
{
	struct seen *s = ctx;

	if (!s->is_open)
		abort();
	s->is_open = false;
	add_number(s, s->next);
	return 0;
}

static void on_warn(void *ctx, struct span name, const char *why, enum tar_fault fault)
{
	struct seen *s = ctx;

	add_span(s, name);
	add_span(s, span_str(why));
	add_number(s, fault);
}

static int on_rest(void *ctx, enum tar_rest where, struct span bytes)
{
	struct seen *s = ctx;

	if (s->is_open || (!bytes.len && where != TAR_REST_LOST))
		abort();
	for (size_t i = 0; i < bytes.len; i++)
		add_byte(s, span_at(bytes, i));
	if (where != TAR_REST_BEHIND && where != TAR_REST_LOST)
		add_number(s, bytes.len);
	return 0;
}

static int walk(struct span in, size_t step, struct seen *s, struct tar_counts *counts)
{
	static const struct tar_events events = { on_entry, on_content, on_end, on_warn, on_rest };
	struct limits l = limits_default();
	struct scov_err err;
	int code = 0;

	l.pax_size = 8192;
	l.sparse_pieces = 1000;
	l.path_length = 300;
	l.path_depth = 16;
	struct tar *t = tar_open(&events, s, &l, true);

	if (!t)
		abort();
	while (in.len && !code) {
		code = tar_push(t, span_sub(in, 0, step), &err);
		in = span_from(in, step);
	}
	if (!code)
		code = tar_end(t, &err);
	*counts = tar_counts(t);
	tar_free(t);
	return code;
}

enum { BLOCK = 512, SUM_AT = 148, SUM_LEN = 8, RESEAL = 0x80 };

static void reseal(uint8_t *block)
{
	unsigned sum = 0;

	memset(block + SUM_AT, ' ', SUM_LEN);
	for (size_t i = 0; i < BLOCK; i++)
		sum += block[i];
	snprintf((char *)block + SUM_AT, SUM_LEN, "%06o", sum);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size), body = span_from(in, 1);
	scoped_mem uint8_t *copy = mem_alloc(body.len + 1);
	struct seen a = { 0 }, b = { 0 };
	struct tar_counts x, y;

	if (!copy)
		abort();
	if (body.len)
		memcpy(copy, body.p, body.len);
	if (span_at(in, 0) & RESEAL)
		for (size_t at = 0; at + BLOCK <= body.len; at += BLOCK)
			if (span_starts(span_sub(body, at + 257, 5), SPAN("ustar")))
				reseal(copy + at);
	body.p = copy;
	int whole = walk(body, SIZE_MAX, &a, &x);
	int parts = walk(body, (size_t)1 + (span_at(in, 0) & 0x7f) * 6, &b, &y);

	if (whole != parts || a.sum != b.sum || x.entries != y.entries || x.lost != y.lost ||
		x.trailing != y.trailing)
		abort();
	return 0;
}
