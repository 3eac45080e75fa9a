/* wall.c - packages and owned files of chisel, which cuts Ubuntu's packages into slices.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/wall.h"

#include "base/buf.h"
#include "codec/codec.h"
#include "scan/analyzers/record.h"

static enum want want(const struct entry *e, struct span path, uint8_t kind)
{
	(void)path;
	return is_file(e) && kind == KIND_WALL ? WANT_WHOLE : WANT_NOTHING;
}

/* The whole content, at most limits.kept_file bytes, in the arena. */
static int unpack(struct analysis *out, struct span in, struct arena *a, struct span *plain,
	struct scov_err *err)
{
	enum { PIECE = 64 << 10 };
	struct limits limits = *out->limits;
	struct buf whole = { .limit = (size_t)limits.kept_file };
	uint8_t *piece = arena_alloc(a, PIECE);
	struct codec *c = codec_open(CODEC_ZSTD, &limits);
	struct codec_out o = { piece, PIECE, 0 };
	int code = c && piece ? 0 : err_memory(err);

	do {
		o.len = 0;
		code = code ? code : codec_run(c, &in, &o, err);
		buf_bytes(&whole, piece, o.len);
	} while (!code && o.len == o.cap && !whole.failed);
	if (!code && whole.failed)
		code = err_fail(err, SCOV_E_LIMIT,
			"manifest.wall: over %llu bytes unpacked (limit kept_file)",
			(unsigned long long)limits.kept_file);
	if (!code)
		code = codec_end(c, err);
	*plain = arena_dup(a, buf_view(&whole));
	buf_release(&whole);
	codec_free(c);
	return code || plain->p ? code : err_memory(err);
}

struct reading {
	struct analysis *out;
	uint32_t entry, owner;
	size_t first_owner; /* of this file */
	size_t next_owner;
	VEC(uint32_t) files; /* of each owner from first_owner on */
	struct arena tmp;
	uint64_t lines;
};

static int content(struct reading *r, const struct wall_row *row)
{
	size_t n = r->out->part->owners.n;

	if (span_ends(row->path, SPAN("/")))
		return 0;
	/* Rows are sorted by slice, so that a package's rows follow each other. */
	if (n == r->first_owner || !span_eq(r->out->part->owners.p[n - 1].package, row->package)) {
		if (!vec_add(&r->files, r->out->scratch, &(uint32_t){ 0 }) ||
			record_owner(r->out, r->entry, PACKAGE_CHISEL, row->package, &r->owner))
			return SCOV_E_LIMIT;
	}
	r->files.p[r->files.n - 1]++;
	return record_owned(r->out, r->owner, row->path, &r->tmp);
}

/* Both owners and packages are sorted by name, so that the next package's owner is near the last
 * one's. */
static uint32_t files_of(struct reading *r, struct span package)
{
	enum { REACH = 64 };
	const struct part *p = r->out->part;

	for (size_t i = r->next_owner; i < p->owners.n && i < r->next_owner + REACH; i++) {
		if (!span_eq(p->owners.p[i].package, package))
			continue;
		r->next_owner = i + 1;
		return r->files.p[i - r->first_owner];
	}
	return 0;
}

static int one_row(struct reading *r, const struct wall_row *row)
{
	if (row->kind == WALL_CONTENT)
		return content(r, row);
	if (row->kind != WALL_PACKAGE)
		return 0;
	struct package_fact f = {
		.entry = r->entry,
		.type = PACKAGE_CHISEL,
		.name = row->name,
		.version = row->version,
		.arch = row->arch,
		.files = files_of(r, row->name),
	};

	return record_package(r->out, &f);
}

/* 0, SCOV_E_LIMIT of the facts in *full, or what is wrong with the manifest in *err. */
static int rows(struct reading *r, struct span plain, struct arena *scratch, bool *full,
	struct scov_err *err)
{
	struct wall_row row;
	uint64_t count = 0;
	int code = wall_open(&plain, scratch, &count, err);

	if (code)
		return code;
	for (r->lines = 1; (code = wall_next(&plain, scratch, &row, err)) > 0; r->lines++)
		if (one_row(r, &row)) {
			*full = true;
			return 0;
		}
	if (!code && r->lines < count)
		code = err_fail(err, SCOV_E_FORMAT, "manifest.wall: %llu of %llu lines",
			(unsigned long long)r->lines, (unsigned long long)count);
	return code;
}

static int file(struct analysis *out, uint32_t entry, struct span path, struct span data)
{
	scoped_arena struct arena a = { .limit = (size_t)out->limits->kept_file + (1 << 20) };
	scoped_arena struct arena scratch = { .limit = 8 << 20 };
	struct reading r = { .out = out,
		.entry = entry,
		.first_owner = out->part->owners.n,
		.next_owner = out->part->owners.n };
	struct scov_err err = { 0 };
	struct span plain;
	bool full = false;

	(void)path;
	int code = unpack(out, data, &a, &plain, &err);

	if (!code)
		code = rows(&r, plain, &scratch, &full, &err);
	arena_release(&r.tmp);
	if (code)
		diag_add(out, DIAG_ERROR, entry, HIDES_PACKAGES, "%s", err.text);
	return full ? SCOV_E_LIMIT : 0;
}

const struct analyzer analyzer_wall = {
	.name = "chisel",
	.bit = BIT_WALL,
	.hides = HIDES_PACKAGES,
	.by_kind = true,
	.want = want,
	.file = file,
};
