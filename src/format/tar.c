/* tar.c - walk a tar stream that is pushed in pieces: v7, ustar, pax, GNU.
 *
 * A state machine: each step takes what it needs from the piece and waits
 * when the piece is used up. A block that is whole in a piece is read in place.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/tar.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"

enum { BLOCK = 512 };

/* Fields: offset and length. POSIX ustar; GNU's own from 345 on. */
#define FIELD(at, len) (at), (len)
#define F_NAME FIELD(0, 100)
#define F_MODE FIELD(100, 8)
#define F_UID FIELD(108, 8)
#define F_GID FIELD(116, 8)
#define F_SIZE FIELD(124, 12)
#define F_MTIME FIELD(136, 12)
#define F_SUM FIELD(148, 8)
#define F_LINK FIELD(157, 100)
#define F_MAGIC FIELD(257, 6)
#define F_VERSION FIELD(263, 2)
#define F_UNAME FIELD(265, 32)
#define F_GNAME FIELD(297, 32)
#define F_DEV_MAJOR FIELD(329, 8)
#define F_DEV_MINOR FIELD(337, 8)
#define F_PREFIX FIELD(345, 155)
#define F_STAR_PREFIX FIELD(345, 131)
#define F_STAR_ATIME FIELD(476, 12)
#define F_STAR_CTIME FIELD(488, 12)
#define F_STAR_TRAILER FIELD(508, 4)
#define F_GNU_ATIME FIELD(345, 12)
#define F_GNU_CTIME FIELD(357, 12)
#define F_GNU_MAP FIELD(386, 96)
#define F_GNU_REALSIZE FIELD(483, 12)
#define F_EXT_MAP FIELD(0, 504)
enum { AT_TYPE = 156, AT_GNU_EXTENDED = 482, AT_EXT_EXTENDED = 504, MAP_ROW = 24 };

enum step {
	HEADER,    /* a header block */
	META,      /* content of x, g, L or K into memory */
	MAP_BLOCK, /* GNU old sparse: continuation of the map */
	MAP_TEXT,  /* GNU 1.0 sparse: the map as text, before the data */
	CONTENT,
	PADDING,
	ZEROS,    /* one zero block was seen */
	TRAILING, /* two */
};

struct tar {
	struct tar_events ev;
	void *ctx;
	struct limits limits;
	bool is_layer;
	enum step step;
	struct tar_counts counts;
	uint64_t at; /* byte of the stream that the next input byte is */

	uint8_t block[BLOCK]; /* a block that came in two pieces */
	size_t have;

	struct arena pax_mem, name_mem, link_mem, entry_mem;
	uint8_t meta_type; /* x, g, L, K */
	uint8_t *meta;
	size_t meta_size, meta_have;
	struct pax pax;
	struct span pax_text, long_name, long_link;

	/* the entry whose content is next */
	struct tar_entry entry;
	struct span shown; /* its name as written, for messages */
	bool is_lost, is_reported, wants;
	bool gives_lost; /* content of an entry left out */
	uint64_t stored;   /* bytes of content still to come in the stream */
	uint64_t expanded; /* bytes of the file with its holes */
	bool has_text_map; /* GNU 1.0: the map is before the data */
	unsigned padding;
	uint8_t filled[BLOCK]; /* what is there instead of zeros */
	unsigned filled_n;
	uint8_t map_fill[BLOCK]; /* after a map of text; given when its file is done */
	unsigned map_fill_n;
	bool has_rest; /* after the end */
	VEC(struct sparse_piece) pieces;
	size_t piece; /* the one being read, and how much of it was */
	uint64_t piece_done;

	/* MAP_TEXT */
	uint64_t text_number, text_count, text_read;
	size_t text_numbers;
	bool text_digit;
};

struct tar *tar_open(const struct tar_events *ev, void *ctx, const struct limits *l, bool is_layer)
{
	struct tar *t = mem_alloc(sizeof(*t));

	if (!t)
		return NULL;
	t->ev = *ev;
	t->ctx = ctx;
	t->limits = *l;
	t->is_layer = is_layer;
	t->step = HEADER;
	/* A vector that grows leaves its old copies in the arena: twice, and the decoded
	 * attributes. */
	t->pax_mem.limit = 3 * (size_t)l->pax_size +
			   3 * (size_t)l->sparse_pieces * sizeof(struct sparse_piece) + (64 << 10);
	t->name_mem.limit = t->link_mem.limit = (size_t)l->pax_size + 64;
	t->entry_mem.limit = 2 * (size_t)l->pax_size +
			     3 * (size_t)l->sparse_pieces * sizeof(struct sparse_piece) +
			     (64 << 10);
	return t;
}

void tar_free(struct tar *t)
{
	if (!t)
		return;
	arena_release(&t->pax_mem);
	arena_release(&t->name_mem);
	arena_release(&t->link_mem);
	arena_release(&t->entry_mem);
	mem_free(t);
}

struct tar_counts tar_counts(const struct tar *t)
{
	return t->counts;
}

/* A message that names the entry: "tar entry 12 'usr/bin/x' at byte 1024: why". */
static int fail(const struct tar *t, int code, const char *why, struct scov_err *err)
{
	return err_fail(err, code, "tar entry %llu%s%.*s%s at byte %llu: %s",
		(unsigned long long)t->counts.entries + 1, t->shown.len ? " '" : "",
		SPAN_ARG(span_sub(t->shown, 0, 200)), t->shown.len ? "'" : "",
		(unsigned long long)t->at, why);
}

static void warn(struct tar *t, const char *why)
{
	if (t->ev.warn)
		t->ev.warn(t->ctx, t->shown, why, t->is_lost ? TAR_LOST : TAR_NOTED);
}

/* The entry counts, but something in it is left out. */
static void warn_of(struct tar *t, const char *why)
{
	if (t->ev.warn)
		t->ev.warn(t->ctx, t->shown, why, TAR_LOST);
}

/* The entry counts as it is here; elsewhere it is something else. */
static void differs(struct tar *t, const char *why)
{
	if (t->ev.warn)
		t->ev.warn(t->ctx, t->shown, why, TAR_DIFFERS);
}

static void lose(struct tar *t, const char *why)
{
	if (t->is_lost)
		return;
	t->is_lost = true;
	t->counts.lost++;
	warn(t, why);
}

static int give_rest(struct tar *t, enum tar_rest where, struct span bytes)
{
	int code = t->ev.rest && bytes.len ? t->ev.rest(t->ctx, where, bytes) : 0;

	return code < 0 ? code : 0;
}

static int give_names(struct tar *t, const struct span *names, size_t n)
{
	int code = 0;

	for (size_t i = 0; i < n && !code; i++)
		if (names[i].len >= TAR_REST_MIN)
			code = give_rest(t, TAR_REST_NAME, names[i]);
	return code;
}

static void forget_meta(struct tar *t)
{
	arena_reset(&t->pax_mem);
	arena_reset(&t->name_mem);
	arena_reset(&t->link_mem);
	t->pax = (struct pax){ 0 };
	t->pax_text = (struct span){ 0 };
	t->long_name = t->long_link = (struct span){ 0 };
}

/* ---- numbers and text of a header ---- */

static bool is_filling(uint8_t c)
{
	return c == ' ' || c == 0;
}

/* Octal between blanks and NULs, or base 256 with the top bit set. An empty field is 0. */
static bool field_number(struct span f, int64_t *out)
{
	uint8_t first = span_at(f, 0);
	uint64_t v = 0;

	if (first & 0x80) {
		bool minus = first & 0x40;
		uint64_t flip = minus ? 0xff : 0;

		for (size_t i = 0; i < f.len; i++) {
			uint64_t byte = (span_at(f, i) ^ flip) & (i ? 0xff : 0x7f);

			if (v >> 55)
				return false;
			v = v << 8 | byte;
		}
		*out = minus ? -(int64_t)v - 1 : (int64_t)v;
		return true;
	}
	while (f.len && is_filling(span_at(f, 0)))
		f = span_from(f, 1);
	while (f.len && is_filling(span_at(f, f.len - 1)))
		f.len--;
	f = span_sub(f, 0, span_find(f, 0));
	if (f.len && !span_number(f, 8, INT64_MAX, &v))
		return false;
	*out = (int64_t)v;
	return true;
}

static struct span field_text(struct span block, size_t at, size_t len)
{
	struct span f = span_sub(block, at, len);

	return span_sub(f, 0, span_find(f, 0));
}

static const uint8_t zeros[BLOCK];

static bool is_zero(struct span block)
{
	return span_eq(block, span_of(zeros, BLOCK));
}

/* From its first byte that is not zero on. */
static struct span without_zeros(struct span s)
{
	while (s.len >= BLOCK && is_zero(span_sub(s, 0, BLOCK)))
		s = span_from(s, BLOCK);
	while (s.len && span_at(s, 0) == 0)
		s = span_from(s, 1);
	return s;
}

/* The sum of the block with the field itself as blanks. Old tars summed signed bytes: each of 128
 * and more is then 256 less. Eight bytes at once, into lanes of 16 bits that 64 rounds do not fill:
 * byte by byte it was 1.5 % of a grade without secrets. */
static bool sum_is_right(struct span block)
{
	const uint64_t low = 0x00ff00ff00ff00ff;
	struct span field = span_sub(block, F_SUM);
	uint64_t lanes = 0, high = 0;
	int64_t stated, plain = 0, negative = 0;

	if (!field_number(field, &stated))
		return false;
	for (size_t i = 0; i < BLOCK; i += sizeof(uint64_t)) {
		uint64_t v;

		memcpy(&v, block.p + i, sizeof(v));
		lanes += (v & low) + (v >> 8 & low);
		high += v >> 7 & 0x0101010101010101;
	}
	for (int i = 0; i < 64; i += 16)
		plain += lanes >> i & 0xffff;
	for (int i = 0; i < 64; i += 8)
		negative += high >> i & 0xff;
	for (size_t i = 0; i < field.len; i++) {
		plain += ' ' - span_at(field, i);
		negative -= span_at(field, i) >> 7;
	}
	return stated == plain || stated == plain - 256 * negative;
}

/* ---- paths ---- */

enum path_fault { PATH_GOOD, PATH_LEAVES, PATH_LONG, PATH_DEEP, PATH_MEMORY };

static const char *const path_faults[] = {
	[PATH_LEAVES] = "path escapes the root",
	[PATH_LONG] = "path too long (limit path_length)",
	[PATH_DEEP] = "path has too many components (limit path_depth)",
	[PATH_MEMORY] = "out of memory",
};

/* Resolves ".." as text: "/a/./b/../c/" is "a/c". */
static enum path_fault clean_path(struct tar *t, struct span in, struct span *out)
{
	struct span rest = in, part;
	size_t n = 0, depth = 0;

	if (in.len > t->limits.path_length)
		return PATH_LONG;
	uint8_t *p = arena_alloc(&t->entry_mem, in.len + 1);

	if (!p)
		return PATH_MEMORY;
	while (span_split(&rest, '/', &part)) {
		if (part.len == 0 || span_eq(part, SPAN(".")))
			continue;
		if (span_eq(part, SPAN(".."))) {
			if (depth-- == 0)
				return PATH_LEAVES;
			n = span_dir(span_of(p, n)).len;
			continue;
		}
		if (++depth > t->limits.path_depth)
			return PATH_DEEP;
		if (n)
			p[n++] = '/';
		memcpy(p + n, part.p, part.len);
		n += part.len;
	}
	*out = span_of(p, n);
	return PATH_GOOD;
}

/* ".wh.NAME" hides NAME of the layers below, ".wh..wh..opq" everything in its directory. Other
 * names that begin with ".wh..wh." are aufs's own, not files. What is in such a directory of the
 * root some runtimes leave out and others unpack, links too; in one further down all unpack files,
 * so they are files here. Source: OCI image-spec 1.1, layer.md, "Whiteouts"; moby and containerd,
 * pkg/archive. */
static bool read_whiteout(struct tar *t)
{
	static const struct span opaque = SPAN_INIT(".wh..wh..opq"), own = SPAN_INIT(".wh..wh.");
	struct tar_entry *e = &t->entry;
	struct span base = span_base(e->path), dir = span_dir(e->path);

	if (span_starts(e->path, own) && !span_eq(e->path, opaque)) {
		if (e->type != TAR_DIR && (e->type != TAR_FILE || e->size))
			differs(t, "in a folder of aufs's own, which some leave out");
		return false;
	}
	if (span_starts(base, own) && !span_eq(base, opaque))
		return false;
	if (!span_starts(base, SPAN(".wh.")))
		return true;
	e->link = (struct span){ 0 };
	e->size = 0;
	if (span_eq(base, opaque)) {
		e->type = TAR_OPAQUE;
		e->path = dir;
		return true;
	}
	struct span name = span_from(base, 4);

	if (name.len == 0 || span_eq(name, SPAN(".")) || span_eq(name, SPAN(".."))) {
		lose(t, "whiteout without a name");
		return true;
	}
	uint8_t *p = arena_alloc(&t->entry_mem, e->path.len);
	size_t n = 0;

	if (!p) {
		lose(t, path_faults[PATH_MEMORY]);
		return true;
	}
	if (dir.len) {
		memcpy(p, dir.p, dir.len);
		n = dir.len;
		p[n++] = '/';
	}
	memcpy(p + n, name.p, name.len);
	e->type = TAR_WHITEOUT;
	e->path = span_of(p, n + name.len);
	return true;
}

/* ---- one header ---- */

enum form { FORM_V7, FORM_USTAR, FORM_STAR, FORM_GNU };

static enum form form_of(struct span block)
{
	struct span magic = span_sub(block, F_MAGIC);

	if (span_eq(magic, SPAN("ustar\0")))
		return span_eq(span_sub(block, F_STAR_TRAILER), SPAN("tar\0")) ? FORM_STAR
									       : FORM_USTAR;
	return span_eq(magic, SPAN("ustar ")) && span_eq(span_sub(block, F_VERSION), SPAN(" \0"))
		       ? FORM_GNU
		       : FORM_V7;
}

/* A time that is not there is good. */
static bool is_gnu_time(struct span field)
{
	int64_t ignored;

	return !span_at(field, 0) || field_number(field, &ignored);
}

static bool is_ascii(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (span_at(s, i) & 0x80)
			return false;
	return true;
}

/* Before Go 1.8 archive/tar could write a ustar prefix under GNU's magic: if GNU's times are not
 * numbers, there is a prefix in their place. */
static struct span header_prefix(struct span block)
{
	struct span prefix = field_text(block, F_PREFIX);

	switch (form_of(block)) {
	case FORM_USTAR:
		return prefix;
	case FORM_STAR:
		return field_text(block, F_STAR_PREFIX);
	case FORM_GNU:
		if (is_ascii(prefix) && !(is_gnu_time(span_sub(block, F_GNU_ATIME)) &&
						is_gnu_time(span_sub(block, F_GNU_CTIME))))
			return prefix;
		break;
	case FORM_V7:
		break;
	}
	return (struct span){ 0 };
}

/* Go refuses a tar for any of them, of every kind of header. */
static bool numbers_are_good(struct span block)
{
	static const struct {
		size_t at, len;
		bool v7, star; /* where it is: in v7 too, in star alone */
	} rows[] = {
		{ F_MODE, true, false },
		{ F_UID, true, false },
		{ F_GID, true, false },
		{ F_MTIME, true, false },
		{ F_DEV_MAJOR, false, false },
		{ F_DEV_MINOR, false, false },
		{ F_STAR_ATIME, false, true },
		{ F_STAR_CTIME, false, true },
	};
	enum form form = form_of(block);
	int64_t ignored;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if ((rows[i].v7 || (form != FORM_V7 && (!rows[i].star || form == FORM_STAR))) &&
			!field_number(span_sub(block, rows[i].at, rows[i].len), &ignored))
			return false;
	return true;
}

static bool header_name(struct tar *t, struct span block, struct span *out)
{
	struct span name = field_text(block, F_NAME), prefix = header_prefix(block);

	if (t->long_name.len || t->pax.path.len) {
		*out = t->long_name.len ? t->long_name : t->pax.path;
		return true;
	}
	uint8_t *p = arena_alloc(&t->entry_mem, prefix.len + name.len + 1);

	if (!p)
		return false;
	if (prefix.len) {
		memcpy(p, prefix.p, prefix.len);
		p[prefix.len] = '/';
	}
	if (name.len)
		memcpy(p + prefix.len + (prefix.len > 0), name.p, name.len);
	*out = span_of(p, prefix.len + (prefix.len > 0) + name.len);
	return true;
}

/* 0: unknown type. */
static uint8_t type_of(uint8_t flag, struct span name)
{
	switch (flag) {
	case '\0':
		return span_ends(name, SPAN("/")) ? TAR_DIR
						  : TAR_FILE; /* v7 has no type for directories */
	case '0':
	case '7':
	case 'S':
		return TAR_FILE;
	case '1':
		return TAR_HARDLINK;
	case '2':
		return TAR_SYMLINK;
	case '3':
		return TAR_CHAR;
	case '4':
		return TAR_BLOCK;
	case '5':
		return TAR_DIR;
	case '6':
		return TAR_FIFO;
	default:
		return 0;
	}
}

/* As chown takes it: the low 32 bits. */
static uint32_t owner(struct tar *t, int64_t v)
{
	if (v > UINT32_MAX || v < INT32_MIN)
		warn(t, "uid or gid does not fit in 32 bits");
	return (uint32_t)v;
}

static int header_numbers(struct tar *t, struct span block, int64_t *size, struct scov_err *err)
{
	struct tar_entry *e = &t->entry;
	int64_t mode = 0, uid = 0, gid = 0;

	/* Good in every header that comes here. */
	(void)(field_number(span_sub(block, F_MODE), &mode) &&
		field_number(span_sub(block, F_UID), &uid) &&
		field_number(span_sub(block, F_GID), &gid) &&
		field_number(span_sub(block, F_MTIME), &e->mtime));
	if (!field_number(span_sub(block, F_SIZE), size) || *size < 0)
		return fail(t, SCOV_E_FORMAT, "the size in the header is not a number", err);
	e->mode = (uint32_t)mode & 07777;
	e->uid = owner(t, t->pax.has & PAX_UID ? t->pax.uid : uid);
	e->gid = owner(t, t->pax.has & PAX_GID ? t->pax.gid : gid);
	if (t->pax.has & PAX_MTIME) {
		e->mtime = t->pax.mtime;
		e->mtime_ns = t->pax.mtime_ns;
	}
	if (t->pax.has & PAX_SIZE)
		*size = (int64_t)t->pax.size;
	return 0;
}

/* What is compared and decides nothing. */
static void header_form(struct tar *t, struct span block)
{
	static const uint8_t forms[] = { [FORM_V7] = TAR_FORM_V7, [FORM_USTAR] = TAR_FORM_USTAR,
		[FORM_STAR] = TAR_FORM_STAR, [FORM_GNU] = TAR_FORM_GNU };
	struct tar_entry *e = &t->entry;
	int64_t major = 0, minor = 0;

	e->form = t->pax_text.p ? TAR_FORM_PAX : forms[form_of(block)];
	if (form_of(block) == FORM_V7)
		return;
	e->uname = field_text(block, F_UNAME);
	e->gname = field_text(block, F_GNAME);
	if ((e->type == TAR_CHAR || e->type == TAR_BLOCK) &&
		field_number(span_sub(block, F_DEV_MAJOR), &major) &&
		field_number(span_sub(block, F_DEV_MINOR), &minor))
		e->device = (uint64_t)major << 32 | (uint32_t)minor;
}

static void header_paths(struct tar *t, struct span block)
{
	struct tar_entry *e = &t->entry;
	struct span link = t->long_link.len  ? t->long_link
			   : t->pax.link.len ? t->pax.link
					     : field_text(block, F_LINK);
	enum path_fault fault = clean_path(t, t->shown, &e->path);

	if (fault)
		lose(t, path_faults[fault]);
	if (e->type == TAR_HARDLINK) {
		fault = clean_path(t, link, &e->link);
		if (fault == PATH_LEAVES)
			lose(t, "hard link target escapes the root");
		else if (fault)
			lose(t, path_faults[fault]);
	} else if (e->type == TAR_SYMLINK) {
		if (link.len > t->limits.path_length)
			lose(t, "link target too long (limit path_length)");
		else if (!(e->link = arena_dup(&t->entry_mem, link)).p)
			lose(t, path_faults[PATH_MEMORY]);
	}
	/* Only a directory may be the root. */
	if ((e->path.len == 0 && e->type != TAR_DIR) ||
		(e->type == TAR_HARDLINK && e->link.len == 0))
		lose(t, "no name");
}

static void header_xattrs(struct tar *t)
{
	t->entry.xattrs = t->pax.xattrs.p;
	t->entry.xattrs_n = t->pax.xattrs.n;
	if (t->pax.has & PAX_OVERLAY)
		differs(t, "an attribute of overlayfs");
	if (t->pax.lost & PAX_LOST_BIG)
		warn(t, "extended attribute too long (limit xattr_size)");
	if (t->pax.lost & PAX_LOST_MANY)
		warn(t, "too many extended attributes");
	if (t->pax.lost & PAX_LOST_BROKEN)
		warn(t, "extended attribute is not base64");
}

/* ---- sparse files ---- */

static int add_piece(struct tar *t, uint64_t offset, uint64_t len, struct scov_err *err)
{
	if (t->pieces.n >= t->limits.sparse_pieces)
		return fail(t, SCOV_E_LIMIT, "sparse map has too many pieces (limit sparse_pieces)",
			err);
	if (!vec_add(&t->pieces, &t->entry_mem, &(struct sparse_piece){ offset, len }))
		return fail(t, SCOV_E_LIMIT, "sparse map does not fit in memory", err);
	return 0;
}

/* Pieces must be in order, must not overlap, must be inside the file and add up to what is stored.
 */
static int check_pieces(struct tar *t, struct scov_err *err)
{
	uint64_t end = 0, sum = 0;

	for (size_t i = 0; i < t->pieces.n; i++) {
		const struct sparse_piece *p = &t->pieces.p[i];

		if (p->offset < end || p->offset > t->expanded || p->len > t->expanded - p->offset)
			return fail(t, SCOV_E_FORMAT,
				"sparse map is out of order or points outside the file", err);
		end = p->offset + p->len;
		sum += p->len; /* at most the size: pieces do not overlap */
	}
	if (sum != t->stored)
		return fail(t, SCOV_E_FORMAT, "sparse map does not match the stored size", err);
	return 0;
}

/* Rows of offset and length, each 12 bytes; an empty row ends the map. */
static int old_map_rows(struct tar *t, struct span rows, struct scov_err *err)
{
	for (; rows.len >= MAP_ROW; rows = span_from(rows, MAP_ROW)) {
		int64_t offset, len;

		if (span_at(rows, 0) == 0) {
			rows = without_zeros(rows);
			return rows.len < TAR_REST_MIN ? 0 : give_rest(t, TAR_REST_HEADER, rows);
		}
		if (!field_number(span_sub(rows, 0, 12), &offset) ||
			!field_number(span_sub(rows, 12, 12), &len) || offset < 0 || len < 0)
			return fail(t, SCOV_E_FORMAT,
				"sparse map contains something that is not a number", err);
		int code = add_piece(t, (uint64_t)offset, (uint64_t)len, err);

		if (code)
			return code;
	}
	return 0;
}

/* ---- callbacks around the content ---- */

static int report(struct tar *t)
{
	t->is_reported = !t->is_lost;
	t->wants = false;
	if (!t->is_reported)
		return 0;
	int code = t->ev.entry(t->ctx, &t->entry);

	if (code < 0)
		return code;
	t->wants = code == TAR_CONTENT && t->entry.type == TAR_FILE && t->ev.content;
	return 0;
}

static int finish(struct tar *t)
{
	int code = t->gives_lost ? t->ev.rest(t->ctx, TAR_REST_LOST, (struct span){ 0 }) : 0;

	t->gives_lost = false;
	if (code >= 0 && t->is_reported && t->ev.end)
		code = t->ev.end(t->ctx);

	struct span fill = without_zeros(span_of(t->map_fill, t->map_fill_n));

	t->map_fill_n = 0;
	if (code >= 0)
		code = give_names(t, &fill, 1);
	t->counts.entries++;
	t->shown = (struct span){ 0 };
	forget_meta(t);
	t->step = t->padding ? PADDING : HEADER;
	return code < 0 ? code : 0;
}

/* The header and what belongs to it are complete: content comes next. */
static int begin_content(struct tar *t, struct scov_err *err)
{
	int code = check_pieces(t, err);

	if (code)
		return code;
	t->piece = 0;
	t->piece_done = 0;
	t->step = CONTENT;
	return t->stored ? 0 : finish(t);
}

/* Report the entry, then go on to its data, or to the map before it. */
static int begin_entry(struct tar *t, struct scov_err *err)
{
	int code = report(t);

	if (code)
		return code;
	if (t->has_text_map) {
		t->text_number = t->text_count = t->text_read = 0;
		t->text_numbers = 0;
		t->text_digit = false;
		t->step = MAP_TEXT;
		return 0;
	}
	return begin_content(t, err);
}

/* The map: one piece for the whole file, or from the pax header, or from the header itself. */
static int header_map(struct tar *t, struct span block, bool *has_more, struct scov_err *err)
{
	struct tar_entry *e = &t->entry;
	bool old = span_at(block, AT_TYPE) == 'S';
	int64_t real = 0;
	int code = 0;

	*has_more = t->has_text_map = false;
	t->expanded = t->stored;
	if (e->type && e->type != TAR_FILE && t->pax.has & (PAX_SPARSE_MAP | PAX_SPARSE_INLINE))
		return fail(t, SCOV_E_FORMAT, "sparse map of what has no content", err);
	if (e->type != TAR_FILE)
		return t->stored ? add_piece(t, 0, t->stored, err) : 0;
	if (old && form_of(block) != FORM_GNU)
		return fail(t, SCOV_E_FORMAT, "GNU sparse file without GNU's magic", err);
	if (old && (!field_number(span_sub(block, F_GNU_REALSIZE), &real) || real < 0))
		return fail(t, SCOV_E_FORMAT, "sparse size is not a number", err);
	e->is_sparse = old || t->pax.has & (PAX_SPARSE_MAP | PAX_SPARSE_INLINE);
	t->has_text_map = !old && t->pax.has & PAX_SPARSE_INLINE;
	if (!e->is_sparse)
		return t->stored ? add_piece(t, 0, t->stored, err) : 0;
	if (old) {
		t->expanded = (uint64_t)real;
		*has_more = span_at(block, AT_GNU_EXTENDED) != 0;
		return old_map_rows(t, span_sub(block, F_GNU_MAP), err);
	}
	if (t->pax.has & PAX_SPARSE_SIZE)
		t->expanded = t->pax.sparse_size;
	for (size_t i = 0; i < t->pax.pieces.n && !t->has_text_map && !code; i++)
		code = add_piece(t, t->pax.pieces.p[i].offset, t->pax.pieces.p[i].len, err);
	return code;
}

/* What no reader takes of a header: bytes after the NUL of a field, and where the form has none. */
static int give_left(struct tar *t, struct span block)
{
	static const struct {
		uint16_t at, len;
	} fields[] = { { F_NAME }, { F_MODE }, { F_UID }, { F_GID }, { F_SIZE }, { F_MTIME },
		{ F_SUM }, { F_LINK }, { F_UNAME }, { F_GNAME }, { FIELD(329, 8) },
		{ FIELD(337, 8) }, { F_PREFIX }, { FIELD(500, 12) } };
	enum { FIELDS = sizeof(fields) / sizeof(*fields), FORMED = FIELDS - 2 };
	bool has_prefix = header_prefix(block).len > 0;
	uint8_t left[BLOCK + FIELDS];
	size_t n = 0;

	for (size_t i = 0; i < FIELDS; i++) {
		struct span f = span_sub(block, fields[i].at, fields[i].len);

		if (i < FORMED || (i == FORMED && has_prefix))
			f = span_at(f, 0) & 0x80 && i && i < 7 ? (struct span){ 0 } /* a number */
							       : span_from(f, span_find(f, 0));
		if (!f.len || memcmp(f.p, zeros, f.len) == 0)
			continue;
		f = without_zeros(f);
		memcpy(left + n, f.p, f.len);
		n += f.len;
		left[n++] = '\n';
	}
	return n >= TAR_REST_MIN ? give_rest(t, TAR_REST_HEADER, span_of(left, n)) : 0;
}

/* Names that are not the entry's: of owners, a link of what is not a link, a name in the place of
 * which there is a longer one. */
static int give_unused(struct tar *t, struct span block)
{
	bool is_link = t->entry.type == TAR_SYMLINK || t->entry.type == TAR_HARDLINK;
	bool is_named = t->long_name.len || t->pax.path.len || t->pax.sparse_name.len,
	     is_linked = !is_link || t->long_link.len || t->pax.link.len;
	struct span none = { 0 }, names[] = { field_text(block, F_UNAME),
		field_text(block, F_GNAME), is_named ? field_text(block, F_NAME) : none,
		is_named ? header_prefix(block) : none,
		is_linked ? field_text(block, F_LINK) : none, is_link ? none : t->long_link,
		t->long_name.len || t->pax.sparse_name.len ? t->pax.path : none,
		t->pax.sparse_name.len ? t->long_name : none,
		!is_link || t->long_link.len ? t->pax.link : none };
	int code = give_names(t, names, sizeof(names) / sizeof(*names));

	return code ? code : give_left(t, block);
}

/* Names and attributes of aufs's own. */
static int give_own(struct tar *t)
{
	const struct tar_entry *e = &t->entry;
	int code = give_names(t, (const struct span[]){ e->path, e->link }, 2);

	for (size_t i = 0; i < e->xattrs_n && !code; i++)
		code = give_names(
			t, (const struct span[]){ e->xattrs[i].name, e->xattrs[i].value }, 2);
	return code;
}

static int read_entry(struct tar *t, struct span block, struct scov_err *err)
{
	struct tar_entry *e = &t->entry;
	int64_t size;
	bool has_more;
	int code;

	if (t->counts.entries >= t->limits.layer_entries)
		return fail(t, SCOV_E_LIMIT, "too many entries (limit layer_entries)", err);
	if (!header_name(t, block, &t->shown))
		return fail(t, SCOV_E_MEMORY, "out of memory", err);
	e->type = type_of(span_at(block, AT_TYPE), t->shown);
	if (t->pax.sparse_name.len && span_at(block, AT_TYPE) != 'S')
		t->shown = t->pax.sparse_name;
	code = give_unused(t, block);
	if (!code)
		code = header_numbers(t, block, &size, err);
	if (code)
		return code;
	/* Only a regular file or an unknown type has data, whatever the size says. */
	t->stored = e->type == TAR_FILE || !e->type ? (uint64_t)size : 0;
	t->padding = (unsigned)(-t->stored % BLOCK);
	code = header_map(t, block, &has_more, err);
	if (code)
		return code;
	if (!e->type) {
		lose(t, "unknown entry type");
		return begin_entry(t, err);
	}
	e->size = e->type == TAR_FILE ? t->expanded : 0;
	header_form(t, block);
	header_paths(t, block);
	header_xattrs(t);
	if (t->is_layer && !t->is_lost && !read_whiteout(t)) {
		code = give_own(t);
		if (code)
			return code;
		if (t->stored)
			lose(t, "file of aufs's own with content");
		t->is_lost = true; /* aufs's own, and nothing else is missing */
	}
	if ((e->type == TAR_WHITEOUT || e->type == TAR_OPAQUE) && t->stored)
		warn_of(t, "whiteout with content");
	e->data_at = t->at;
	if (has_more) {
		t->step = MAP_BLOCK;
		return 0;
	}
	return begin_entry(t, err);
}

/* Headers that wait for their entry when there is none: their texts are searched. */
static int drop_meta(struct tar *t)
{
	struct span texts[] = { t->long_name, t->long_link, t->pax.path, t->pax.link };
	int code = 0;

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts) && !code; i++)
		code = give_rest(t, TAR_REST_HEADER, texts[i]);
	forget_meta(t);
	return code;
}

/* Not applied: Go's reader passes global headers to its caller, and programs that unpack images
 * drop them. It then has forgotten the headers before, which were for the next entry. */
static int end_global(struct tar *t, struct span text, struct scov_err *err)
{
	scoped_arena struct arena a = { .limit = t->pax_mem.limit };
	struct pax pax;
	int code = pax_parse(text, &t->limits, &a, &pax, err);

	if (code)
		return code;
	if (pax.path.len || pax.link.len || (pax.has & ~(unsigned)PAX_OTHER) || pax.xattrs.n)
		warn(t, "global pax header is not applied");
	code = drop_meta(t);
	return code ? code : give_rest(t, TAR_REST_HEADER, text);
}

/* Reports a header with unknown keys or with attributes over a limit. */
static int end_local(struct tar *t, struct span text, struct scov_err *err)
{
	int code = pax_parse(text, &t->limits, &t->pax_mem, &t->pax, err);

	t->pax_text = text;
	return code || !(t->pax.lost || t->pax.has & PAX_OTHER)
		       ? code
		       : give_rest(t, TAR_REST_HEADER, text);
}

static int end_meta(struct tar *t, struct scov_err *err)
{
	struct span text = span_of(t->meta, t->meta_size);
	int code = 0;

	struct span first = span_sub(text, 0, span_find(text, 0)),
		    left = without_zeros(span_from(text, first.len));

	t->step = t->padding ? PADDING : HEADER;
	if (t->ev.header)
		t->ev.header(t->ctx, text);
	if (t->meta_type == 'L')
		t->long_name = first;
	else if (t->meta_type == 'K')
		t->long_link = first;
	if (t->meta_type == 'L' || t->meta_type == 'K')
		code = give_names(t, &left, 1);
	else if (t->meta_type == 'x')
		code = end_local(t, text, err);
	else
		code = end_global(t, text, err);
	if (code)
		err_wrap(err, "tar entry %llu at byte %llu",
			(unsigned long long)t->counts.entries + 1, (unsigned long long)t->at);
	return code;
}

static int begin_meta(struct tar *t, struct span block, uint8_t type, struct scov_err *err)
{
	struct arena *mem = type == 'L' ? &t->name_mem : type == 'K' ? &t->link_mem : &t->pax_mem;
	int64_t size;

	if (!field_number(span_sub(block, F_SIZE), &size) || size < 0)
		return fail(t, SCOV_E_FORMAT, "size of an extension header is not a number", err);
	if ((uint64_t)size > t->limits.pax_size)
		return fail(t, SCOV_E_LIMIT, "extension header too long (limit pax_size)", err);
	/* A later one of the same kind replaces the earlier. A global one must not touch the
	 * others. */
	if (type == 'g')
		mem = &t->entry_mem;
	struct span texts[] = { field_text(block, F_NAME), header_prefix(block),
		field_text(block, F_LINK), field_text(block, F_UNAME), field_text(block, F_GNAME),
		type == 'L' ? t->long_name : (struct span){ 0 },
		type == 'K' ? t->long_link : (struct span){ 0 },
		type == 'x' ? t->pax_text : (struct span){ 0 } };
	int code = give_names(t, texts, sizeof(texts) / sizeof(*texts));

	code = code ? code : give_left(t, block);
	if (code)
		return code;
	arena_reset(mem);
	t->meta = arena_alloc(mem, (size_t)size);
	if (!t->meta)
		return fail(t, SCOV_E_MEMORY, "out of memory", err);
	if (type == 'x')
		t->pax = (struct pax){ 0 };
	t->meta_type = type;
	t->meta_size = (size_t)size;
	t->meta_have = 0;
	t->padding = (unsigned)(-(uint64_t)size % BLOCK);
	t->step = META;
	return size ? 0 : end_meta(t, err);
}

bool tar_begins(struct span head)
{
	return head.len >= BLOCK && span_starts(span_sub(head, F_MAGIC), SPAN("ustar")) &&
	       sum_is_right(span_sub(head, 0, BLOCK));
}

static int read_header(struct tar *t, struct span block, struct scov_err *err)
{
	uint8_t type = span_at(block, AT_TYPE);

	if (is_zero(block)) {
		t->step = ZEROS;
		return drop_meta(t);
	}
	if (!sum_is_right(block))
		return fail(t, SCOV_E_FORMAT, "wrong header checksum", err);
	if (!numbers_are_good(block))
		return fail(t, SCOV_E_FORMAT,
			"mode, uid, gid, time or device in the header is not a number", err);
	if (t->ev.header)
		t->ev.header(t->ctx, block);
	if (type == 'x' || type == 'g' || type == 'L' || type == 'K')
		return begin_meta(t, block, type, err);
	arena_reset(&t->entry_mem);
	t->pieces.p = NULL;
	t->pieces.n = t->pieces.cap = 0;
	t->entry = (struct tar_entry){ .header_at = t->at - BLOCK };
	t->is_lost = false;
	return read_entry(t, block, err);
}

/* ---- steps ---- */

/* A whole block, or nothing yet. The view is into the piece or into t->block. */
static bool take_block(struct tar *t, struct span *in, struct span *block)
{
	if (t->have == 0 && in->len >= BLOCK) {
		*block = span_sub(*in, 0, BLOCK);
		*in = span_from(*in, BLOCK);
		t->at += BLOCK;
		return true;
	}
	struct span part = span_sub(*in, 0, BLOCK - t->have);

	if (part.len)
		memcpy(t->block + t->have, part.p, part.len);
	*in = span_from(*in, part.len);
	t->have += part.len;
	t->at += part.len;
	if (t->have < BLOCK)
		return false;
	t->have = 0;
	*block = span_of(t->block, BLOCK);
	return true;
}

static int step_header(struct tar *t, struct span *in, struct scov_err *err)
{
	struct span block;

	return take_block(t, in, &block) ? read_header(t, block, err) : 0;
}

static int step_zeros(struct tar *t, struct span *in, struct scov_err *err)
{
	struct span block;

	if (!take_block(t, in, &block))
		return 0;
	if (!is_zero(block))
		return fail(t, SCOV_E_FORMAT, "zero block in the middle", err);
	t->counts.has_end = true;
	t->step = TRAILING;
	return 0;
}

static int step_meta(struct tar *t, struct span *in, struct scov_err *err)
{
	struct span part = span_sub(*in, 0, t->meta_size - t->meta_have);

	if (part.len)
		memcpy(t->meta + t->meta_have, part.p, part.len);
	t->meta_have += part.len;
	t->at += part.len;
	*in = span_from(*in, part.len);
	return t->meta_have == t->meta_size ? end_meta(t, err) : 0;
}

static int step_map_block(struct tar *t, struct span *in, struct scov_err *err)
{
	struct span block;

	if (!take_block(t, in, &block))
		return 0;
	t->entry.data_at = t->at;
	int code = old_map_rows(t, span_sub(block, F_EXT_MAP), err);

	/* The few bytes of a number's NUL and of the end are too short for a secret. */
	if (code || span_at(block, AT_EXT_EXTENDED))
		return code;
	return begin_entry(t, err);
}

/* One number of the text map is complete: the count first, then offset and length in turn. */
static int text_number(struct tar *t, struct scov_err *err)
{
	uint64_t v = t->text_number;
	size_t nth = t->text_numbers++;

	t->text_number = 0;
	t->text_digit = false;
	if (nth == 0) {
		t->text_count = v;
		return v > t->limits.sparse_pieces
			       ? fail(t, SCOV_E_LIMIT,
					 "sparse map has too many pieces (limit sparse_pieces)",
					 err)
			       : 0;
	}
	if (nth % 2)
		return add_piece(t, v, 0, err);
	t->pieces.p[t->pieces.n - 1].len = v;
	return 0;
}

/* Lines of decimal numbers: count, then offset and length of each piece; padded to a block. */
static int step_map_text(struct tar *t, struct span *in, struct scov_err *err)
{
	while (in->len && (t->text_numbers == 0 || t->text_numbers < 1 + 2 * t->text_count)) {
		uint8_t c = span_at(*in, 0);
		int code = 0;

		if (t->stored == 0)
			return fail(t, SCOV_E_FORMAT, "sparse map has no end", err);
		t->stored--;
		t->text_read++;
		t->at++;
		*in = span_from(*in, 1);
		if (c >= '0' && c <= '9' && t->text_number <= (INT64_MAX - 9) / 10) {
			t->text_number = t->text_number * 10 + (c - '0');
			t->text_digit = true;
		} else if (c == '\n' && t->text_digit) {
			code = text_number(t, err);
		} else {
			return fail(t, SCOV_E_FORMAT,
				"sparse map contains something that is not a number", err);
		}
		if (code)
			return code;
	}
	if (t->text_numbers == 0 || t->text_numbers < 1 + 2 * t->text_count)
		return t->stored ? 0 : fail(t, SCOV_E_FORMAT, "sparse map has no end", err);
	uint64_t fill = -t->text_read % BLOCK;

	if (fill > t->stored)
		return fail(t, SCOV_E_FORMAT, "sparse map is not padded to a block", err);
	size_t n = fill < in->len ? (size_t)fill : in->len;

	if (n)
		memcpy(t->map_fill + t->map_fill_n, in->p, n);
	t->map_fill_n += (unsigned)n;
	*in = span_from(*in, n);
	t->at += n;
	t->text_read += n;
	t->stored -= n;
	return n == fill ? begin_content(t, err) : 0;
}

static int step_content(struct tar *t, struct span *in, struct scov_err *err)
{
	struct span part;

	(void)err;
	if (!t->wants) {
		part = span_sub(*in, 0, t->stored < SIZE_MAX ? (size_t)t->stored : SIZE_MAX);
		t->gives_lost = t->ev.rest && (!t->is_reported || t->entry.type != TAR_FILE);
		int code = t->gives_lost ? give_rest(t, TAR_REST_LOST, part) : 0;

		if (code)
			return code;
	} else {
		while (t->piece_done == t->pieces.p[t->piece].len) {
			t->piece++;
			t->piece_done = 0;
		}
		const struct sparse_piece *p = &t->pieces.p[t->piece];
		uint64_t left = p->len - t->piece_done;

		part = span_sub(*in, 0, left < SIZE_MAX ? (size_t)left : SIZE_MAX);
		int code = t->ev.content(t->ctx, p->offset + t->piece_done, part);

		if (code < 0)
			return code;
		t->piece_done += part.len;
	}
	t->stored -= part.len;
	t->at += part.len;
	*in = span_from(*in, part.len);
	return t->stored ? 0 : finish(t);
}

/* Normally zeros; anything else is reported. */
static int step_padding(struct tar *t, struct span *in, struct scov_err *err)
{
	struct span part = span_sub(*in, 0, t->padding);

	(void)err;
	*in = span_from(*in, part.len);
	t->at += part.len;
	t->padding -= (unsigned)part.len;
	if (!t->filled_n)
		part = without_zeros(part);
	if (part.len)
		memcpy(t->filled + t->filled_n, part.p, part.len);
	t->filled_n += (unsigned)part.len;
	if (t->padding)
		return 0;
	struct span filled = span_of(t->filled, t->filled_n);

	t->filled_n = 0;
	t->step = HEADER;
	return filled.len >= TAR_REST_MIN ? give_rest(t, TAR_REST_PADDING, filled) : 0;
}

static int step_trailing(struct tar *t, struct span *in, struct scov_err *err)
{
	struct span part = *in;

	(void)err;
	t->counts.trailing += part.len;
	t->at += part.len;
	*in = (struct span){ 0 };
	if (!t->has_rest)
		part = without_zeros(part);
	if (!part.len)
		return 0;
	t->has_rest = true;
	return give_rest(t, TAR_REST_BEHIND, part);
}

static int (*const steps[])(struct tar *t, struct span *in, struct scov_err *err) = {
	[HEADER] = step_header,
	[META] = step_meta,
	[MAP_BLOCK] = step_map_block,
	[MAP_TEXT] = step_map_text,
	[CONTENT] = step_content,
	[PADDING] = step_padding,
	[ZEROS] = step_zeros,
	[TRAILING] = step_trailing,
};

int tar_push(struct tar *t, struct span piece, struct scov_err *err)
{
	t->counts.bytes += piece.len;
	while (piece.len) {
		int code = steps[t->step](t, &piece, err);

		if (code)
			return code;
	}
	return 0;
}

int tar_end(struct tar *t, struct scov_err *err)
{
	if (t->step == TRAILING || (t->step == ZEROS && t->have == 0))
		return 0;
	/* The last block need not be filled up. */
	if ((t->step == HEADER || t->step == PADDING) && t->have == 0)
		return drop_meta(t);
	return fail(t, SCOV_E_FORMAT, "tar is truncated", err);
}
