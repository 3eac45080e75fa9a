/* nested.c - archives in files: zip, tar, and streams of gzip, zstd, xz and bzip2, in each other.
 *
 * A stream that is an archive is not looked at itself, only what it holds; from where its reader
 * gives up on, its bytes are looked at as they are. Depth, size and ratio are bounded; what is past
 * a bound is counted.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "secret/find/nested.h"

#include <string.h>

#include "codec/codec.h"
#include "codec/raw.h"
#include "format/tar.h"
#include "format/zip.h"

enum {
	HEAD = 512,
	NAME_MAX_BYTES = 1024,
	SLOT = 64 << 10,
	STREAMS = 7, /* three times a compressed archive, and its members */
	MARK = 4,
	ZIPS_MAX = 64,  /* after other bytes, of one file */
	END_BYTES = 18, /* of the record that ends a zip, after its mark */
	NAME_TOLD = 12,
	ZLIB_HEAD = 2
};

struct stream {
	struct nested *all;
	struct look *look;
	unsigned depth;
	unsigned level; /* archives around it; one that is compressed is one */
	bool is_plain;  /* what a compressed stream holds */
	bool is_decided;
	bool is_watched;        /* its content is wanted: finder_watch */
	bool may_zip;           /* of no kind by its first bytes: a zip may be after them */
	uint8_t tail[MARK - 1]; /* of it, the last bytes: a zip's mark may begin in them */
	size_t tail_n;
	uint8_t end[END_BYTES]; /* of the last record that ends a zip */
	size_t end_left;
	uint64_t end_at, zip_end; /* where it is, and the end of the file by it; 0: none */
	bool has_mark;            /* of a member: a zip may end here */
	unsigned zips;            /* that were begun after other bytes */
	bool is_over;             /* the members of the present one have passed */
	uint64_t lost;            /* members of the zip after other bytes that cannot be read */
	uint8_t head[HEAD];
	size_t head_n;
	bool is_wide, is_big_endian; /* a text in UTF-16 */
	bool has_half;               /* of a unit, its first byte */
	uint8_t half;
	struct zip *zip;
	struct tar *tar;
	struct codec *codec;
	struct raw *zlib;
	size_t zlib_head;     /* bytes of its head to come */
	struct stream *inner; /* the member that passes */
	uint64_t in, out;     /* bytes of the archive, and of its members */
	size_t name_n;
	char name[NAME_MAX_BYTES];
	size_t slot_n; /* bytes that were written, since it was wiped */
	uint8_t slot[SLOT];
};

struct nested {
	struct finder *f;
	struct stream streams[STREAMS];
	uint64_t size; /* bytes of all members since nested_bind */
	uint64_t file; /* of those of this file, and the most they may be */
	uint64_t file_most;
};

static void begin(struct stream *s);
static void push(struct stream *s, struct span data, bool last);
static void end(struct stream *s);

/* Something of an archive is not read. */
static void drop(struct finder *f)
{
	f->dropped++;
	if (f->members)
		f->members->lost(f->members_ctx);
}

/* So far it is not known whether what is after other bytes is a zip. */
static void lose(struct stream *s)
{
	if (s->may_zip)
		s->lost++;
	else
		drop(s->all->f);
}

static void look_at(struct stream *s, struct span data, bool last)
{
	if (!s->all->f->is_blind)
		look_push(s->all->f, s->look, data, last);
}

struct nested *nested_new(struct finder *f)
{
	struct nested *n = mem_alloc(sizeof(*n));

	if (!n)
		return NULL;
	n->f = f;
	for (unsigned i = 0; i < STREAMS; i++) {
		n->streams[i].all = n;
		n->streams[i].depth = i;
	}
	return n;
}

/* What a compressed stream says besides its content. */
static void look_at_notes(struct stream *s)
{
	struct finder *f = s->all->f;
	bool is_cut;
	struct span notes = codec_notes(s->codec, &is_cut);
	struct look *l = notes.len && !f->is_blind ? look_begin(f, s->look) : NULL;

	f->dropped += is_cut;
	if (!l)
		return;
	look_push(f, l, notes, true);
	look_end(f, l);
}

static void close_archive(struct stream *s)
{
	if (s->inner)
		end(s->inner);
	s->inner = NULL;
	if (s->codec)
		look_at_notes(s);
	explicit_bzero(s->slot, s->slot_n);
	s->slot_n = 0;
	zip_free(s->zip);
	tar_free(s->tar);
	codec_free(s->codec);
	raw_close(s->zlib);
	s->zlib = NULL;
	s->zip = NULL;
	s->tar = NULL;
	s->codec = NULL;
}

void nested_free(struct nested *n)
{
	if (!n)
		return;
	for (size_t i = 0; i < STREAMS; i++) {
		zip_free(n->streams[i].zip);
		tar_free(n->streams[i].tar);
		codec_free(n->streams[i].codec);
		raw_close(n->streams[i].zlib);
	}
	explicit_bzero(n, sizeof(*n));
	mem_free(n);
}

/* A member's name, link target or attribute. */
static void look_at_name(struct stream *s, struct span text)
{
	struct finder *f = s->all->f;
	struct look *l = text.len >= NAME_TOLD && !f->is_blind ? look_begin(f, s->look) : NULL;

	if (!l)
		return;
	l->surface = SURFACE_NAME;
	look_push(f, l, text, true);
	look_end(f, l);
}

/* "outer!inner" */
static bool begin_inner(struct stream *s, struct span name)
{
	struct stream *x = &s->all->streams[s->depth + 1 < STREAMS ? s->depth + 1 : s->depth];
	struct span outer = span_of(s->name, s->name_n);

	if (s->inner)
		end(s->inner);
	s->inner = NULL;
	if (x == s)
		return false;
	x->name_n = 0;
	if (outer.len) {
		memcpy(x->name, outer.p, outer.len);
		x->name_n = outer.len;
		if (x->name_n < NAME_MAX_BYTES)
			x->name[x->name_n++] = '!';
	}
	look_at_name(s, name);
	x->is_plain = s->codec || s->zlib;
	x->level = s->level + (x->is_plain || !s->is_plain);
	name = span_sub(name, 0, NAME_MAX_BYTES - x->name_n);
	if (name.len)
		memcpy(x->name + x->name_n, name.p, name.len);
	x->name_n += name.len;
	begin(x);
	if (s->all->f->is_blind && !x->is_watched) {
		end(x);
		return false;
	}
	s->inner = x->look ? x : NULL;
	return s->inner;
}

/* False past a bound. */
static bool inner_content(struct stream *s, struct span piece)
{
	const struct limits *l = &s->all->f->limits;

	s->out += piece.len;
	if (piece.len > s->all->file_most - s->all->file ||
		(s->out > CODEC_RATIO_FROM && s->out / l->nested_ratio > s->in)) {
		lose(s);
		return false;
	}
	s->all->size += piece.len;
	s->all->file += piece.len;
	if (s->inner)
		push(s->inner, piece, false);
	return !finder_is_full(s->all->f);
}

static void end_inner(struct stream *s)
{
	if (s->inner)
		end(s->inner);
	s->inner = NULL;
}

static bool zip_member(void *ctx, struct span name)
{
	return begin_inner(ctx, name);
}

static bool zip_content(void *ctx, struct span piece)
{
	return inner_content(ctx, piece);
}

static void zip_member_end(void *ctx)
{
	end_inner(ctx);
}

static void zip_lost(void *ctx, struct span name, const char *why)
{
	struct stream *s = ctx;

	(void)name;
	(void)why;
	lose(s);
}

static const struct zip_events zip_on = { zip_member, zip_content, zip_member_end, zip_lost };

static int tar_member(void *ctx, const struct tar_entry *e)
{
	look_at_name(ctx, e->link);
	for (size_t i = 0; i < e->xattrs_n; i++) {
		look_at_name(ctx, e->xattrs[i].name);
		look_at_name(ctx, e->xattrs[i].value);
	}
	if (e->type != TAR_FILE)
		look_at_name(ctx, e->path);
	return e->type == TAR_FILE && begin_inner(ctx, e->path) ? TAR_CONTENT : TAR_SKIP;
}

static int tar_content(void *ctx, uint64_t offset, struct span piece)
{
	(void)offset;
	return inner_content(ctx, piece) ? 0 : SCOV_E_LIMIT;
}

static int tar_member_end(void *ctx)
{
	end_inner(ctx);
	return 0;
}

/* Of no member: looked at as what the archive itself says. */
static int tar_rest(void *ctx, enum tar_rest where, struct span bytes)
{
	struct stream *s = ctx;

	look_at(s, bytes, false);
	if (where != TAR_REST_BEHIND && (where != TAR_REST_LOST || !bytes.len))
		look_at(s, SPAN("\n"), false);
	return 0;
}

static struct limits inner_limits(const struct finder *f)
{
	struct limits l = f->limits;

	l.layer_size = l.nested_size;
	l.layer_ratio = l.nested_ratio;
	return l;
}

/* A text in UTF-16 that says so, and is of letters that mostly have a zero byte. */
static void decide_wide(struct stream *s, struct span head)
{
	bool big = span_starts(head, SPAN("\xfe\xff"));
	size_t zeros = 0;

	if (!big && !span_starts(head, SPAN("\xff\xfe")))
		return;
	for (size_t i = 2; i + 1 < head.len; i += 2)
		zeros += !span_at(head, big ? i : i + 1) && span_at(head, big ? i + 1 : i);
	s->is_wide = zeros > head.len / 4;
	s->is_big_endian = big;
}

/* One more archive, but for one that a compressed stream holds. */
static bool is_too_deep(const struct stream *s, bool is_archive)
{
	unsigned level = s->level + !(is_archive && s->is_plain);

	return level > s->all->f->limits.nested_depth || s->depth + 1 >= STREAMS;
}

/* Deflate, as far as the first bytes show. */
static bool inflates(struct stream *s, struct span head)
{
	struct codec_out out = { .p = s->slot, .cap = SLOT };
	struct raw *raw = raw_open();
	struct scov_err err = { 0 };
	bool is_end = false;

	head = span_from(head, ZLIB_HEAD);
	bool good = raw && raw_start(raw) && !raw_run(raw, &head, &out, &is_end, &err) && out.len;

	s->slot_n = out.len > s->slot_n ? out.len : s->slot_n;
	raw_close(raw);
	return good;
}

/* The two bytes of RFC 1950: deflate with a window of 32 KB, no dictionary, and a check. So are
 * git's objects; so may a text begin, which is looked at besides. */
static void decide_zlib(struct stream *s, struct span head)
{
	unsigned both = (unsigned)span_at(head, 0) << 8 | span_at(head, 1);

	if (head.len < ZLIB_HEAD || both >> 8 != 0x78 || both % 31 || both & 0x20)
		return;
	if (is_too_deep(s, false)) {
		if (inflates(s, head)) /* "x^2" begins so too */
			drop(s->all->f);
		return;
	}
	s->zlib = raw_open();
	s->zlib_head = ZLIB_HEAD;
	if (s->zlib && raw_start(s->zlib) && begin_inner(s, SPAN("data")))
		return;
	raw_close(s->zlib);
	s->zlib = NULL;
}

/* What the first bytes say. */
static void decide(struct stream *s, struct span head)
{
	static const struct tar_events tar_on = {
		.entry = tar_member,
		.content = tar_content,
		.end = tar_member_end,
		.rest = tar_rest,
	};
	struct limits l = inner_limits(s->all->f);
	enum codec_kind kind = codec_sniff(head);

	s->is_decided = true;
	s->in = s->out = 0;
	bool is_zip = zip_begins(head), is_tar = tar_begins(head);

	decide_wide(s, head);
	if (!is_zip && !is_tar && kind == CODEC_NONE) {
		decide_zlib(s, head);
		s->may_zip = !s->zlib && !s->is_wide;
		return;
	}
	if (is_too_deep(s, is_zip || is_tar)) {
		drop(s->all->f);
		return;
	}
	if (is_zip)
		s->zip = zip_open(&zip_on, s);
	else if (is_tar)
		s->tar = tar_open(&tar_on, s, &l, false);
	else if ((s->codec = codec_open(kind, &l)))
		begin_inner(s, SPAN("data"));
	if (!s->zip && !s->tar && !s->codec)
		drop(s->all->f);
}

static int unpack(struct stream *s, struct span data, struct scov_err *err)
{
	struct codec_out out;

	do {
		out = (struct codec_out){ .p = s->slot, .cap = SLOT };
		int rc = codec_run(s->codec, &data, &out, err);

		s->slot_n = out.len > s->slot_n ? out.len : s->slot_n;
		if (!inner_content(s, span_of(s->slot, out.len)))
			return SCOV_E_LIMIT;
		if (rc)
			return rc;
	} while (data.len || out.len == out.cap);
	return 0;
}

/* Up to its end, or to where it proves to be none. */
static void unpack_zlib(struct stream *s, struct span data)
{
	size_t head = s->zlib_head < data.len ? s->zlib_head : data.len;
	struct scov_err err = { 0 };
	struct codec_out out;
	bool is_end = false;
	int rc = 0;

	s->zlib_head -= head;
	data = span_from(data, head);
	do {
		out = (struct codec_out){ .p = s->slot, .cap = SLOT };
		rc = raw_run(s->zlib, &data, &out, &is_end, &err);
		s->slot_n = out.len > s->slot_n ? out.len : s->slot_n;
		if (!inner_content(s, span_of(s->slot, out.len)))
			rc = SCOV_E_LIMIT;
	} while (!rc && !is_end && out.len == out.cap);
	if (rc || is_end)
		close_archive(s);
}

static void keep_tail(struct stream *s, struct span data)
{
	uint8_t all[2 * MARK];
	struct span end = data.len > MARK - 1 ? span_from(data, data.len - (MARK - 1)) : data;
	size_t n = s->tail_n + end.len, keep = n < MARK - 1 ? n : MARK - 1;

	memcpy(all, s->tail, s->tail_n);
	if (end.len)
		memcpy(all + s->tail_n, end.p, end.len);
	memcpy(s->tail, all + n - keep, keep);
	s->tail_n = keep;
}

/* The n-th byte before data[at], which may be in the piece before. */
static int before(const struct stream *s, struct span data, size_t at, size_t n)
{
	if (at >= n)
		return span_at(data, at - n);
	return n - at <= s->tail_n ? s->tail[s->tail_n - (n - at)] : -1;
}

/* Where "PK" and these two bytes end, at data[from] or after it; data.len: nowhere. The last one is
 * rare in texts, so every file may be asked. */
static size_t find_mark(
	const struct stream *s, struct span data, size_t from, uint8_t third, uint8_t last)
{
	size_t at = from;

	while ((at += span_find(span_from(data, at), last)) < data.len) {
		if (before(s, data, at, 1) == third && before(s, data, at, 2) == 'K' &&
			before(s, data, at, 3) == 'P')
			return at;
		at++;
	}
	return data.len;
}

/* Records that end a zip: the last one says whether it ends the file. s->in is after the data. */
static void watch_end(struct stream *s, struct span data)
{
	size_t at = 0;

	for (struct span rest = data;; rest = span_from(data, at)) {
		struct span part = span_sub(rest, 0, s->end_left);

		if (part.len)
			memcpy(s->end + END_BYTES - s->end_left, part.p, part.len);
		s->end_left -= part.len;
		if (part.len && !s->end_left) {
			struct cur c = cur_over(span_from(span_of(s->end, END_BYTES), 6));
			uint16_t members = cur_le16(&c);

			cur_skip(&c, 8);
			s->zip_end = members ? s->end_at + END_BYTES + cur_le16(&c) : 0;
		}
		at = find_mark(s, data, at, 5, 6);
		if (at == data.len)
			return;
		at++;
		s->end_left = END_BYTES;
		s->end_at = s->in - data.len + at;
	}
}

/* The next header of a zip in what is left of the data opens one, in place of one whose members
 * have passed: *from is after its mark. */
static void open_behind(struct stream *s, struct span data, size_t *from)
{
	struct span mark = SPAN("PK\3\4");
	struct scov_err err = { 0 };
	size_t at = *from;

	while ((at = find_mark(s, data, at, 3, 4)) < data.len) {
		at++;
		s->has_mark = true;
		/* a program that reads such archives has the mark in its code */
		if (at >= MARK && !zip_begins(span_from(data, at - MARK)))
			continue;
		if (is_too_deep(s, true) || s->zips++ >= ZIPS_MAX)
			return;
		close_archive(s);
		*from = at;
		s->is_over = false;
		s->lost = 0;
		s->zip = zip_open(&zip_on, s);
		if (s->zip && zip_push(s->zip, &mark, &err))
			close_archive(s);
		return;
	}
}

/* A zip with other bytes before it (a script that runs it, a program that unpacks itself, a
 * picture): all is looked at as it is, and what begins like a zip is read too. */
static void feed_behind(struct stream *s, struct span data, bool last)
{
	struct scov_err err = { 0 };
	struct span rest = data;
	bool is_given = false;
	int rc;

	for (size_t from = 0; from < data.len; from = data.len - rest.len) {
		if (!s->zip || s->is_over)
			open_behind(s, data, &from);
		if (!s->zip || (s->is_over && is_given))
			break;
		rest = span_from(data, from);
		rc = zip_push(s->zip, &rest, &err);
		is_given = true;
		s->is_over = !rc && rest.len;
		if (rc)
			close_archive(s);
	}
	if (s->has_mark)
		watch_end(s, data);
	keep_tail(s, data);
	look_at(s, data, last);
}

/* It is lost only where it is one. */
static bool is_behind_lost(struct stream *s)
{
	struct scov_err err = { 0 };
	bool is_read = s->zip && !zip_end(s->zip, &err);

	return is_read ? s->lost : s->zip_end && s->zip_end == s->in;
}

/* The low bytes; anything but a Latin letter becomes a question mark. */
static void push_narrow(struct stream *s, struct span data, bool last)
{
	uint8_t text[4096];

	s->look->encoding = ENCODED_UTF16;
	while (data.len) {
		size_t n = 0;

		for (; data.len && n < sizeof(text); data = span_from(data, 1)) {
			uint8_t c = span_at(data, 0);

			if (!s->has_half) {
				s->half = c;
			} else {
				uint8_t high = s->is_big_endian ? s->half : c;

				text[n++] = high ? '?' : s->is_big_endian ? c : s->half;
			}
			s->has_half = !s->has_half;
		}
		look_at(s, span_of(text, n), last && !data.len);
	}
	explicit_bzero(text, sizeof(text));
}

/* To the archive's reader, or to the look. */
static void feed(struct stream *s, struct span data, bool last)
{
	struct scov_err err = { 0 };
	int rc = 0;

	s->in += data.len;
	if (s->is_wide) {
		push_narrow(s, data, last);
		return;
	}
	if (s->may_zip) {
		feed_behind(s, data, last);
		return;
	}
	if (s->zlib)
		unpack_zlib(s, data);
	if (s->zip)
		rc = zip_push(s->zip, &data, &err);
	else if (s->tar)
		rc = tar_push(s->tar, data, &err);
	else if (s->codec)
		rc = unpack(s, data, &err);
	if (rc) {
		drop(s->all->f);
		close_archive(s);
	}
	/* What is after a zip's members, and what no reader takes. */
	if (rc || (!s->tar && !s->codec))
		look_at(s, data, last);
}

static void begin(struct stream *s)
{
	struct finder *f = s->all->f;
	struct look *outer = s->depth ? s->all->streams[s->depth - 1].look : NULL;

	s->is_decided = s->is_wide = s->has_half = s->may_zip = false;
	s->head_n = s->tail_n = s->end_left = 0;
	s->zip_end = s->zips = 0;
	s->is_over = s->has_mark = false;
	s->look = look_begin(s->all->f, outer);
	if (s->look && s->depth)
		s->look->member = span_of(s->name, s->name_n);
	s->is_watched = s->look && f->members &&
			f->members->begin(f->members_ctx, span_of(s->name, s->name_n), s->depth);
}

static void push(struct stream *s, struct span data, bool last)
{
	if (s->is_watched && data.len)
		s->all->f->members->content(s->all->f->members_ctx, data);
	if (!s->is_decided && !s->head_n && (last || data.len >= HEAD)) {
		decide(s, span_sub(data, 0, HEAD));
	} else if (!s->is_decided) {
		struct span part = span_sub(data, 0, HEAD - s->head_n);

		if (part.len)
			memcpy(s->head + s->head_n, part.p, part.len);
		s->head_n += part.len;
		data = span_from(data, part.len);
		if (s->head_n < HEAD)
			return;
		decide(s, span_of(s->head, s->head_n));
		feed(s, span_of(s->head, s->head_n), false);
	}
	if (data.len)
		feed(s, data, last);
}

static void end(struct stream *s)
{
	struct scov_err err = { 0 };
	int rc = 0;

	if (!s->is_decided) {
		decide(s, span_of(s->head, s->head_n));
		feed(s, span_of(s->head, s->head_n), true);
	}
	if (s->may_zip)
		rc = is_behind_lost(s);
	else if (s->zip)
		rc = zip_end(s->zip, &err);
	else if (s->tar)
		rc = tar_end(s->tar, &err);
	else if (s->codec)
		rc = codec_end(s->codec, &err);
	if (rc)
		drop(s->all->f);
	close_archive(s);
	look_end(s->all->f, s->look);
	s->look = NULL;
	if (s->all->f->members)
		s->all->f->members->end(s->all->f->members_ctx, s->depth);
}

void nested_bind(struct nested *n)
{
	n->size = 0;
}

/* One file may take half of what is left: after a bomb there is something for the next. */
void nested_begin(struct nested *n)
{
	uint64_t size = n->f->limits.nested_size;

	n->file = 0;
	n->file_most = (size - (n->size < size ? n->size : size)) / 2;
	n->streams[0].name_n = 0;
	n->streams[0].level = 0;
	n->streams[0].is_plain = false;
	begin(&n->streams[0]);
}

void nested_push(struct nested *n, struct span data, bool last)
{
	push(&n->streams[0], data, last);
}

void nested_end(struct nested *n)
{
	end(&n->streams[0]);
}
