/* test_tar.c - the tar walker, on headers made by hand.
 *
 * A case is a list of blocks; what the walker calls back with is written down
 * as lines and compared, whatever the pieces are in which the tar is pushed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../unit.h"

#include "base/buf.h"
#include "format/tar.h"

/* ---- making tars ---- */

struct block {
	const char *name;
	char type; /* ' ' is the NUL of v7 */
	const char *link;
	struct span data;
	const char *prefix; /* with ustar's magic */
	struct span size;   /* the field as it is, where it is not data's length */
	struct span mtime, uid;
	bool is_gnu;
	const char *version; /* of GNU's magic, where it is another */
	struct span device;
	int bad_sum;     /* 1: wrong; 2: the sum of signed bytes */
	const char *map; /* GNU old sparse: "offset,length;...", then realsize in `real` */
	const char *real;
	bool is_extended;
};

static void put(uint8_t *block, size_t at, size_t len, const char *text)
{
	if (text)
		memcpy(block + at, text, strlen(text) < len ? strlen(text) : len);
}

static void put_span(uint8_t *block, size_t at, struct span field, const char *otherwise)
{
	if (field.len)
		memcpy(block + at, field.p, field.len);
	else
		put(block, at, strlen(otherwise), otherwise);
}

static size_t put_rows(uint8_t *block, size_t at, size_t rows, struct span *map)
{
	struct span row, offset;
	size_t n = 0;

	while (n < rows && span_split(map, ';', &row)) {
		uint64_t o = 0, l = 0;
		char field[13];

		span_split(&row, ',', &offset);
		assert_true(span_number(offset, 10, UINT32_MAX, &o) &&
			    span_number(row, 10, UINT32_MAX, &l));
		snprintf(field, sizeof(field), "%011o", (unsigned)o);
		put(block, at + 24 * n, 12, field);
		snprintf(field, sizeof(field), "%011o", (unsigned)l);
		put(block, at + 24 * n + 12, 12, field);
		n++;
	}
	return n;
}

static void seal(uint8_t *block, int bad_sum)
{
	int sum = bad_sum == 1;
	char field[9];

	memset(block + 148, ' ', 8);
	for (size_t i = 0; i < 512; i++)
		sum += bad_sum == 2 ? (int8_t)block[i] : block[i];
	snprintf(field, sizeof(field), "%06o", (unsigned)sum & 0777777);
	memset(block + 148, 0, 8);
	put(block, 148, 8, field);
}

static void add(struct buf *b, const struct block *e)
{
	uint8_t block[512] = { 0 };
	char size[13];
	struct span map = span_str(e->map);

	put(block, 0, 100, e->name);
	put(block, 100, 8, "0000644");
	put_span(block, 108, e->uid, "0000000");
	put(block, 116, 8, "0000000");
	snprintf(size, sizeof(size), "%011o", (unsigned)e->data.len);
	put_span(block, 124, e->size, size);
	put_span(block, 136, e->mtime, "00000000001");
	block[156] = e->type == ' ' ? 0 : (uint8_t)e->type;
	put(block, 157, 100, e->link);
	put(block, 257, 8, e->is_gnu ? "ustar  " : e->type == ' ' ? NULL : "ustar");
	if (!e->is_gnu && e->type != ' ')
		put(block, 263, 2, "00");
	put(block, 263, 2, e->version);
	put_span(block, 329, e->device, "");
	put(block, 345, 155, e->prefix);
	put_rows(block, 386, 4, &map);
	put(block, 483, 12, e->real);
	if (e->map)
		block[482] = map.len > 0 || e->is_extended;
	seal(block, e->bad_sum);
	buf_bytes(b, block, sizeof(block));
	while (map.len) {
		memset(block, 0, sizeof(block));
		put_rows(block, 0, 21, &map);
		block[504] = map.len > 0;
		buf_bytes(b, block, sizeof(block));
	}
	buf_span(b, e->data);
	while (b->len % 512)
		buf_byte(b, 0);
}

static void add_zeros(struct buf *b, size_t blocks)
{
	for (size_t i = 0; i < 512 * blocks; i++)
		buf_byte(b, 0);
}

/* ---- writing down what comes back ---- */

struct log {
	struct buf text;
	uint64_t next; /* offset that goes on where the last piece ended */
	bool is_open, skips;
	int stop_at; /* the entry that says stop; 0: none */
};

static int on_entry(void *ctx, const struct tar_entry *e)
{
	static const char letters[] = "?fhlcbdpwo";
	struct log *log = ctx;

	assert_false(log->is_open);
	assert_in_range(e->type, TAR_FILE, TAR_OPAQUE);
	log->is_open = true;
	log->next = 0;
	buf_printf(&log->text, "%c %.*s", letters[e->type], SPAN_ARG(e->path));
	if (e->link.len)
		buf_printf(&log->text, " > %.*s", SPAN_ARG(e->link));
	if (e->size)
		buf_printf(&log->text, " %llu", (unsigned long long)e->size);
	if (e->mtime != 1)
		buf_printf(&log->text, " m%lld", (long long)e->mtime);
	if (e->uid)
		buf_printf(&log->text, " u%u", e->uid);
	for (size_t i = 0; i < e->xattrs_n; i++)
		buf_printf(&log->text, " %.*s=%.*s", SPAN_ARG(e->xattrs[i].name),
			SPAN_ARG(e->xattrs[i].value));
	buf_byte(&log->text, '\n');
	if (log->stop_at && --log->stop_at == 0)
		return SCOV_E_CANCELLED;
	return log->skips ? TAR_SKIP : TAR_CONTENT;
}

static int on_content(void *ctx, uint64_t offset, struct span piece)
{
	struct log *log = ctx;

	assert_true(log->is_open);
	assert_false(log->skips);
	assert_true(offset >= log->next && piece.len > 0);
	if (offset != log->next || offset == 0)
		buf_printf(&log->text, "@%llu ", (unsigned long long)offset);
	buf_span(&log->text, piece);
	log->next = offset + piece.len;
	return 0;
}

static int on_end(void *ctx)
{
	struct log *log = ctx;

	assert_true(log->is_open);
	log->is_open = false;
	if (log->next)
		buf_byte(&log->text, '\n');
	return 0;
}

static void on_warn(void *ctx, struct span name, const char *why, enum tar_fault fault)
{
	struct log *log = ctx;

	static const char *const words[] = {
		[TAR_NOTED] = "warn", [TAR_LOST] = "lost", [TAR_DIFFERS] = "differs"
	};

	buf_printf(&log->text, "%s %.*s: %s\n", words[fault], SPAN_ARG(span_sub(name, 0, 30)), why);
}

static int walk(struct span in, size_t step, const struct limits *l, struct log *log,
	struct tar_counts *counts, struct scov_err *err)
{
	static const struct tar_events events = { on_entry, on_content, on_end, on_warn };
	struct tar *t = tar_open(&events, log, l, true);
	int code = 0;

	assert_non_null(t);
	for (size_t at = 0; at < in.len && !code; at += step)
		code = tar_push(t, span_sub(in, at, step), err);
	if (!code)
		code = tar_end(t, err);
	*counts = tar_counts(t);
	tar_free(t);
	return code;
}

/* The same lines and the same result for every size of pieces. */
static void expect(
	const char *name, struct span in, const struct limits *l, int code, const char *lines)
{
	static const size_t steps[] = { 1 << 30, 1, 511, 512, 513, 10240 };

	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		struct log log = { 0 };
		struct tar_counts counts;
		struct scov_err err = { 0 };
		int got = walk(in, steps[i], l, &log, &counts, &err);

		if (got != code)
			fail_msg("%s: %d, %s", name, got, err.text);
		check(name, !code || err.text[0]);
		check_span(name, buf_view(&log.text), span_str(lines));
		check(name, code || counts.bytes == in.len);
		buf_release(&log.text);
	}
}

/* ---- cases ---- */

#define D(text) SPAN_INIT(text)
#define F(n)                                                                                       \
	{                                                                                          \
		.name = (n), .type = '0', .data = D("hi")                                          \
	}
#define PAX(text)                                                                                  \
	{                                                                                          \
		.name = "PaxHeaders/x", .type = 'x', .data = D(text)                               \
	}

#define V1_0 "22 GNU.sparse.major=1\n22 GNU.sparse.minor=0\n"

enum { CASE_BLOCKS = 4 };

static const struct one {
	const char *name;
	int code;
	const char *lines;
	struct block blocks[CASE_BLOCKS];
} cases[] = {
	{ "a file", 0, "f a 2\n@0 hi\n", { F("a") } },
	{ "all types", 0, "h b > a\nl c > ../x/./y\nd d\n",
		{ { "b", '1', "./a" }, { "c", '2', "../x/./y" }, { "d/", '5' } } },
	{ "devices", 0, "c a\nb b\np c\n", { { "a", '3' }, { "b", '4' }, { "c", '6' } } },
	{ "v7 knows a directory by its slash", 0, "d a\nf b 2\n@0 hi\n",
		{ { "a/", ' ' }, { "b", ' ', .data = D("hi") } } },
	{ "contiguous file", 0, "f a 2\n@0 hi\n", { { "a", '7', .data = D("hi") } } },
	{ "a prefix", 0, "f p/q/a\n", { { "a", '0', .prefix = "p/q" } } },
	{ "GNU's area of the prefix is none", 0, "f a\n",
		{ { "a", '0', .prefix = "13700000000", .is_gnu = true } } },
	{ "a prefix under GNU's magic", 0, "f usr/lib/a\n",
		{ { "a", '0', .prefix = "usr/lib", .is_gnu = true } } },
	{ "under GNU's magic with another version", 0, "f a\n",
		{ { "a", '0', .prefix = "usr/lib", .is_gnu = true, .version = "00" } } },
	{ "under GNU's magic, not ASCII", 0, "f a\n",
		{ { "a", '0', .prefix = "\xc3\xa9/lib", .is_gnu = true } } },
	{ "a type that is not known", 0, "lost a: unknown entry type\nf b 2\n@0 hi\n",
		{ { "a", 'Q', .data = D("secret") }, F("b") } },
	{ "a hard link stores nothing", 0, "h a > b\nf c 2\n@0 hi\n",
		{ { "a", '1', "b", .size = D("00000001000") }, F("c") } },
	/* paths */
	{ "slashes and dots go", 0, "f a/b 2\n@0 hi\n", { F(".//a/./b") } },
	{ "an absolute path", 0, "f etc/x 2\n@0 hi\n", { F("/etc/x") } },
	{ "the root", 0, "d \n", { { "./", '5' } } },
	{ "dots inside", 0, "f a/c 2\n@0 hi\n", { F("a/b/../c") } },
	{ "dots to the root", 0, "f c 2\n@0 hi\n", { F("a/../c") } },
	{ "dots that leave", 0, "lost ../c: path escapes the root\n", { F("../c") } },
	{ "dots that leave and come back", 0, "lost a/../../a: path escapes the root\n",
		{ F("a/../../a") } },
	{ "a hard link that leaves", 0, "lost a: hard link target escapes the root\n",
		{ { "a", '1', "../b" } } },
	{ "a file without a name", 0, "lost : no name\n", { F("") } },
	{ "a file that is the root", 0, "lost ./: no name\n", { F("./") } },
	{ "not UTF-8", 0, "f a\xff\x80 2\n@0 hi\n", { F("a\xff\x80") } },
	/* whiteouts */
	{ "a whiteout", 0, "w etc/x\n", { { "etc/.wh.x", '0' } } },
	{ "a whiteout at the root", 0, "w x\n", { { ".wh.x", '0' } } },
	{ "a whiteout with content", 0,
		"lost .wh.x: whiteout with content\n"
		"w x\nf a 2\n@0 hi\n",
		{ F(".wh.x"), F("a") } },
	{ "an opaque directory", 0, "o etc\n", { { "etc/.wh..wh..opq", '0' } } },
	{ "an opaque root", 0, "o \n", { { "./.wh..wh..opq", '0' } } },
	{ "files of aufs", 0,
		"differs .wh..wh.plnk/x: in a folder of aufs's own, which some leave out\n"
		"lost .wh..wh.plnk/x: file of aufs's own with content\n",
		{ { ".wh..wh.aufs", '0' }, { ".wh..wh.plnk/x", '0', .data = D("hi") } } },
	{ "folders of aufs", 0, "",
		{ { ".wh..wh.orph/", '5' }, { ".wh..wh.plnk/", '5' },
			{ ".wh..wh.plnk/1.2", '0' } } },
	{ "a link in a folder of aufs", 0,
		"differs .wh..wh.d/x: in a folder of aufs's own, which some leave out\n",
		{ { ".wh..wh.d/x", '1', "a" } } },
	{ "a file in an opaque marker", 0,
		"differs .wh..wh..opq/x: in a folder of aufs's own, which some leave out\n",
		{ { ".wh..wh..opq/x", '2', "a" } } },
	{ "a file of aufs further down", 0, "lost a/.wh..wh.x: file of aufs's own with content\n",
		{ F("a/.wh..wh.x") } },
	{ "a file in such a directory further down", 0, "f a/.wh..wh.d/x 2\n@0 hi\n",
		{ F("a/.wh..wh.d/x") } },
	{ "a whiteout of nothing", 0, "lost a/.wh.: whiteout without a name\n",
		{ { "a/.wh.", '0' } } },
	{ "a whiteout of the parent", 0, "lost a/.wh...: whiteout without a name\n",
		{ { "a/.wh...", '0' } } },
	{ "a directory with such a name", 0, "f .wh.d/x 2\n@0 hi\n", { F(".wh.d/x") } },
	/* numbers */
	{ "a size without end", 0, "f a 2\n@0 hi\n",
		{ { "a", '0', .data = D("hi"), .size = D("000000000002") } } },
	{ "a size with blanks", 0, "f a 2\n@0 hi\n",
		{ { "a", '0', .data = D("hi"), .size = D("  2 ") } } },
	{ "a size in base 256", 0, "f a 2\n@0 hi\n",
		{ { "a", '0', .data = D("hi"), .size = D("\x80\0\0\0\0\0\0\0\0\0\0\2") } } },
	{ "a size below zero", SCOV_E_FORMAT, "",
		{ { "a", '0', .size = D("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe") } } },
	{ "a size over 63 bits", SCOV_E_FORMAT, "",
		{ { "a", '0', .size = D("\x80\0\0\0\x80\0\0\0\0\0\0\0") } } },
	{ "a size that is text", SCOV_E_FORMAT, "", { { "a", '0', .size = D("0000000000x") } } },
	{ "a size with an 8", SCOV_E_FORMAT, "", { { "a", '0', .size = D("00000000008") } } },
	{ "a time before 1970", 0, "f a m-2\n",
		{ { "a", '0', .mtime = D("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe") } } },
	{ "an owner in base 256", 0, "f a u4294967295\n",
		{ { "a", '0', .uid = D("\x80\0\0\0\xff\xff\xff\xff") } } },
	{ "an owner over 32 bits", 0, "warn a: uid or gid does not fit in 32 bits\nf a u7\n",
		{ { "a", '0', .uid = D("\x80\0\0\1\0\0\0\7") } } },
	{ "an owner below zero", 0, "f a u4294967294\n",
		{ { "a", '0', .uid = D("\xff\xff\xff\xff\xff\xff\xff\xfe") } } },
	{ "an owner below zero in pax", 0, "f a u4294967294\n",
		{ PAX("10 uid=-2\n"), { "a", '0' } } },
	{ "a device that is text", SCOV_E_FORMAT, "", { { "a", '0', .device = D("0000000x") } } },
	{ "a device that is text, without a magic", 0, "f a\n",
		{ { "a", ' ', .device = D("0000000x") } } },
	{ "an empty field is 0", 0, "f a m0\n",
		{ { "a", '0', .mtime = D("\0\0\0\0\0\0\0\0\0\0\0\0") } } },
	{ "an owner that is text", SCOV_E_FORMAT, "", { { "a", '0', .uid = D("root\0\0\0\0") } } },
	/* checksums */
	{ "a wrong checksum", SCOV_E_FORMAT, "", { { "a", '0', .bad_sum = 1 } } },
	{ "a wrong checksum later", SCOV_E_FORMAT, "f a 2\n@0 hi\n",
		{ F("a"), { "b", '0', .bad_sum = 1 } } },
	{ "the sum of signed bytes", 0, "f \xe9t\xe9\n", { { "\xe9t\xe9", '0', .bad_sum = 2 } } },
	/* extension headers */
	{ "a pax path", 0, "f long/b 2\n@0 hi\n", { PAX("15 path=long/b\n"), F("a") } },
	{ "a pax path that leaves", 0, "lost ../b: path escapes the root\n",
		{ PAX("13 path=../b\n"), F("a") } },
	{ "a pax header is for one entry", 0, "f b 2\n@0 hi\nf c 2\n@0 hi\n",
		{ PAX("10 path=b\n"), F("a"), F("c") } },
	{ "the second pax header counts", 0, "f c\n",
		{ PAX("10 path=b\n"), PAX("10 path=c\n"), { "a", '0' } } },
	{ "a pax link", 0, "l a > b/c\n", { PAX("16 linkpath=b/c\n"), { "a", '2', "x" } } },
	{ "a pax size", 0, "f a 2\n@0 hi\nf b 2\n@0 hi\n",
		{ PAX("10 size=2\n"), { "a", '0', .data = D("hi"), .size = D("00000000777") },
			F("b") } },
	{ "a pax size is not a link's", 0, "l a > b\nf b 2\n@0 hi\n",
		{ PAX("12 size=512\n"), { "a", '2', "b" }, F("b") } },
	{ "pax numbers", 0, "f a m-6 u70000\n",
		{ PAX("13 uid=70000\n14 mtime=-5.5\n"), { "a", '0' } } },
	{ "an attribute", 0, "f a user.x=1\n",
		{ PAX("25 SCHILY.xattr.user.x=1\n"), { "a", '0' } } },
	{ "an attribute is for one entry", 0, "f a user.x=1\nf b\n",
		{ PAX("25 SCHILY.xattr.user.x=1\n"), { "a", '0' }, { "b", '0' } } },
	{ "a broken attribute", 0, "warn a: extended attribute is not base64\nf a\n",
		{ PAX("29 LIBARCHIVE.xattr.user.x=!\n"), { "a", '0' } } },
	{ "a damaged pax header", SCOV_E_FORMAT, "", { PAX("99 path=b\n"), F("a") } },
	{ "an empty pax header", 0, "f a 2\n@0 hi\n", { PAX(""), F("a") } },
	{ "a global header", 0, "f a 2\n@0 hi\n",
		{ { "g", 'g', .data = D("13 comment=x\n") }, F("a") } },
	{ "a global path", 0, "warn : global pax header is not applied\nf a 2\n@0 hi\n",
		{ { "g", 'g', .data = D("10 path=b\n") }, F("a") } },
	{ "a global header takes back a pax path", 0, "f a 2\n@0 hi\n",
		{ PAX("10 path=b\n"), { "g", 'g', .data = D("13 comment=x\n") }, F("a") } },
	{ "a global header takes back a long name", 0, "f a 2\n@0 hi\n",
		{ { "././@LongLink", 'L', .data = D("b\0") },
			{ "g", 'g', .data = D("13 comment=x\n") }, F("a") } },
	{ "a pax header at the end", 0, "", { PAX("10 path=b\n") } },
	{ "an attribute of overlayfs", 0,
		"differs a: an attribute of overlayfs\nd a trusted.overlay.opaque=y\n",
		{ PAX("41 SCHILY.xattr.trusted.overlay.opaque=y\n"), { "a", '5' } } },
	{ "a GNU long name", 0, "f long/name 2\n@0 hi\n",
		{ { "././@LongLink", 'L', .data = D("long/name\0") }, F("a") } },
	{ "a GNU long name without NUL", 0, "f long/name 2\n@0 hi\n",
		{ { "././@LongLink", 'L', .data = D("long/name") }, F("a") } },
	{ "GNU long link and name", 0, "l n > l\n",
		{ { "././@LongLink", 'K', .data = D("l\0") },
			{ "././@LongLink", 'L', .data = D("n\0") }, { "a", '2', "b" } } },
	{ "a GNU long name before pax", 0, "f n\n",
		{ { "././@LongLink", 'L', .data = D("n\0") }, PAX("10 path=p\n"), { "a", '0' } } },
	{ "a long name at the end", 0, "", { { "././@LongLink", 'L', .data = D("n\0") } } },
	/* sparse files */
	{ "GNU sparse", 0, "f a 2000\n@10 hi@1000 yo\n",
		{ { "a", 'S', .data = D("hiyo"), .is_gnu = true, .map = "10,2;1000,2",
			.real = "00000003720" } } },
	{ "GNU sparse, all hole", 0, "f a 2000\n",
		{ { "a", 'S', .is_gnu = true, .map = "2000,0", .real = "00000003720" } } },
	{ "GNU sparse with a longer map", 0, "f a 20\n@0 a@2 b@4 c@6 d@8 e\nf b 2\n@0 hi\n",
		{ { "a", 'S', .data = D("abcde"), .is_gnu = true, .map = "0,1;2,1;4,1;6,1;8,1;20,0",
			  .real = "00000000024" },
			F("b") } },
	{ "GNU sparse out of order", SCOV_E_FORMAT, "f a 20\n",
		{ { "a", 'S', .data = D("ab"), .is_gnu = true, .map = "4,1;2,1",
			.real = "00000000024" } } },
	{ "GNU sparse over the end", SCOV_E_FORMAT, "f a 20\n",
		{ { "a", 'S', .data = D("ab"), .is_gnu = true, .map = "19,2",
			.real = "00000000024" } } },
	{ "GNU sparse with too few bytes", SCOV_E_FORMAT, "f a 20\n",
		{ { "a", 'S', .data = D("ab"), .is_gnu = true, .map = "4,3",
			.real = "00000000024" } } },
	{ "GNU sparse with too many bytes", SCOV_E_FORMAT, "f a 20\n",
		{ { "a", 'S', .data = D("ab"), .is_gnu = true, .map = "4,1",
			.real = "00000000024" } } },
	{ "sparse 0.1", 0, "f real 20\n@3 hi\n",
		{ PAX("22 GNU.sparse.major=0\n22 GNU.sparse.minor=1\n24 GNU.sparse.name=real\n22 "
		      "GNU.sparse.size=20\n27 GNU.sparse.map=3,2,20,0\n26 "
		      "GNU.sparse.numblocks=2\n"),
			{ "GNUSparseFile.0/a", '0', .data = D("hi") } } },
	{ "sparse 0.1 without size", SCOV_E_FORMAT, "",
		{ PAX("27 GNU.sparse.map=3,2,20,0\n"), { "a", '0', .data = D("hi") } } },
	{ "a map without a version", 0, "f a 20\n@3 hi\n",
		{ PAX("22 GNU.sparse.size=20\n27 GNU.sparse.map=3,2,20,0\n26 "
		      "GNU.sparse.numblocks=2\n"),
			{ "a", '0', .data = D("hi") } } },
	{ "a sparse name without a version", 0, "f a 2\n@0 hi\n",
		{ PAX("24 GNU.sparse.name=real\n"), F("a") } },
	{ "sparse 1 without a minor", 0, "f a 6\n@0 1\n0\n2\n\n",
		{ PAX("22 GNU.sparse.major=1\n26 GNU.sparse.realsize=20\n"),
			{ "a", '0', .data = D("1\n0\n2\n") } } },
	{ "a sparse link", SCOV_E_FORMAT, "",
		{ PAX(V1_0 "26 GNU.sparse.realsize=20\n"), { "a", '2', "b" } } },
	{ "GNU sparse without GNU's magic", SCOV_E_FORMAT, "",
		{ { "a", 'S', .data = D("hi"), .map = "0,2", .real = "00000000002" } } },
	{ "sparse 1.0 without its map", SCOV_E_FORMAT, "f a 20\n",
		{ PAX(V1_0 "26 GNU.sparse.realsize=20\n"), { "a", '0' }, F("b") } },
	{ "sparse 1.0 with a map that ends early", SCOV_E_FORMAT, "f a 20\n",
		{ PAX(V1_0 "26 GNU.sparse.realsize=20\n"), { "a", '0', .data = D("2\n0\n1\n") } } },
	{ "sparse 1.0 with a map that is not filled up", SCOV_E_FORMAT, "f a 20\n",
		{ PAX(V1_0 "26 GNU.sparse.realsize=20\n"),
			{ "a", '0', .data = D("1\n0\n1\nx") } } },
	{ "sparse 1.0 with text for a map", SCOV_E_FORMAT, "f a 20\n",
		{ PAX(V1_0 "26 GNU.sparse.realsize=20\n"), { "a", '0', .data = D("x\n") } } },
	{ "sparse 1.0 with more pieces than allowed", SCOV_E_LIMIT, "f a 20\n",
		{ PAX(V1_0 "26 GNU.sparse.realsize=20\n"), { "a", '0', .data = D("1000000\n") } } },
};

static void by_hand(void **state)
{
	(void)state;
	struct limits l = limits_default();

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_buf struct buf in = { 0 };

		for (size_t b = 0; b < CASE_BLOCKS && cases[i].blocks[b].name; b++)
			add(&in, &cases[i].blocks[b]);
		add_zeros(&in, 2);
		expect(cases[i].name, buf_view(&in), &l, cases[i].code, cases[i].lines);
	}
}

/* The map is text, filled up to a block; then come the pieces. */
static void sparse_1_0(void **state)
{
	(void)state;
	uint8_t data[512 + 4] = "2\n3\n2\n10\n2\n";
	struct block pax = PAX("22 GNU.sparse.major=1\n22 GNU.sparse.minor=0\n24 "
			       "GNU.sparse.name=real\n26 GNU.sparse.realsize=20\n");
	struct block file = { "GNUSparseFile.0/a", '0', .data = { data, sizeof(data) } },
		     next = F("b");
	struct limits l = limits_default();
	scoped_buf struct buf in = { 0 };

	memcpy(data + 512, "hiyo", 4);
	add(&in, &pax);
	add(&in, &file);
	add(&in, &next);
	expect("1.0", buf_view(&in), &l, 0, "f real 20\n@3 hi@10 yo\nf b 2\n@0 hi\n");
}

static void ends(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		size_t zeros, cut;
		struct span more;
		int code;
		uint64_t trailing;
		bool has_end;
	} rows[] = {
		{ "two zero blocks", 2, 0, SPAN_INIT(""), 0, 0, true },
		{ "no zero block", 0, 0, SPAN_INIT(""), 0, 0, false },
		{ "one zero block", 1, 0, SPAN_INIT(""), 0, 0, false },
		{ "twenty zero blocks", 20, 0, SPAN_INIT(""), 0, 18 * 512, true },
		{ "text after the end", 2, 0, SPAN_INIT("text"), 0, 4, true },
		{ "half a zero block", 1, 1, SPAN_INIT(""), SCOV_E_FORMAT, 0, false },
		{ "half a second zero block", 2, 1, SPAN_INIT(""), SCOV_E_FORMAT, 0, false },
		{ "text after one zero block", 1, 0, SPAN_INIT("text"), SCOV_E_FORMAT, 0, false },
		{ "half a header", 0, 0, SPAN_INIT("text"), SCOV_E_FORMAT, 0, false },
		{ "cut in the padding", 0, 1, SPAN_INIT(""), 0, 0, false },
		{ "no padding", 0, 510, SPAN_INIT(""), 0, 0, false },
		{ "cut in the content", 0, 511, SPAN_INIT(""), SCOV_E_FORMAT, 0, false },
		{ "cut before the content", 0, 512, SPAN_INIT(""), SCOV_E_FORMAT, 0, false },
		{ "cut in the header", 0, 513, SPAN_INIT(""), SCOV_E_FORMAT, 0, false },
		{ "nothing at all", 0, 1024, SPAN_INIT(""), 0, 0, false },
	};
	struct block file = F("a");
	struct limits l = limits_default();

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		for (size_t step = 100; step < 100000; step *= 10) {
			scoped_buf struct buf in = { 0 };
			struct log log = { 0 };
			struct tar_counts counts;
			struct scov_err err = { 0 };

			add(&in, &file);
			add_zeros(&in, rows[i].zeros);
			in.len -= rows[i].cut;
			buf_span(&in, rows[i].more);
			int code = walk(buf_view(&in), step, &l, &log, &counts, &err);

			if (code != rows[i].code)
				fail_msg("%s: %d, %s", rows[i].name, code, err.text);
			check(rows[i].name, counts.trailing == rows[i].trailing &&
						    counts.has_end == rows[i].has_end);
			buf_release(&log.text);
		}
}

static void bounds(void **state)
{
	(void)state;
	static char long_name[600], deep_name[600];
	struct block name = { "././@LongLink", 'L', .data = { 0 } }, file = F("a"),
		     symlink = { "s", '2', "x" };
	struct limits l = limits_default();
	scoped_buf struct buf in = { 0 }, deep = { 0 }, link = { 0 }, two = { 0 };

	memset(long_name, 'n', sizeof(long_name));
	for (size_t i = 0; i < sizeof(deep_name); i++)
		deep_name[i] = i % 2 ? '/' : 'n';
	name.data = span_of(long_name, sizeof(long_name));
	add(&in, &name);
	add(&in, &file);
	l.path_length = 599;
	expect("path_length", buf_view(&in), &l, 0,
		"lost nnnnnnnnnnnnnnnnnnnnnnnnnnnnnn: path too long (limit path_length)\n");
	l.pax_size = 599;
	expect("pax_size", buf_view(&in), &l, SCOV_E_LIMIT, "");
	l = limits_default();
	name.type = 'K';
	add(&link, &name);
	add(&link, &symlink);
	l.path_length = 599;
	expect("path_length of a target", buf_view(&link), &l, 0,
		"lost s: link target too long (limit path_length)\n");
	name.type = 'L';
	name.data = span_of(deep_name, sizeof(deep_name));
	add(&deep, &name);
	add(&deep, &file);
	l.path_length = 600;
	l.path_depth = 299;
	expect("path_depth", buf_view(&deep), &l, 0,
		"lost n/n/n/n/n/n/n/n/n/n/n/n/n/n/n/: path has too many components (limit "
		"path_depth)\n");
	add(&two, &file);
	add(&two, &file);
	l.layer_entries = 1;
	expect("layer_entries", buf_view(&two), &l, SCOV_E_LIMIT, "f a 2\n@0 hi\n");
	l.layer_entries = 2;
	expect("layer_entries, just right", buf_view(&two), &l, 0, "f a 2\n@0 hi\nf a 2\n@0 hi\n");
	l.sparse_pieces = 1;
	struct block sparse = { "a", 'S', .data = D("ab"), .is_gnu = true, .map = "1,1;3,1",
		.real = "00000000024" };
	scoped_buf struct buf map = { 0 };

	add(&map, &sparse);
	expect("sparse_pieces", buf_view(&map), &l, SCOV_E_LIMIT, "");
}

static void callers(void **state)
{
	(void)state;
	static const struct tar_events least = { .entry = on_entry };
	struct block blocks[] = { F("a"), F("b"), { "Q", 'Q' } };
	struct limits l = limits_default();
	struct scov_err err = { 0 };
	struct tar_counts counts;
	scoped_buf struct buf in = { 0 };
	struct log stop = { .stop_at = 2 }, skip = { .skips = true };

	for (size_t i = 0; i < 3; i++)
		add(&in, &blocks[i]);
	assert_int_equal(walk(buf_view(&in), 100, &l, &stop, &counts, &err), SCOV_E_CANCELLED);
	assert_int_equal(err.code, 0);
	check_span("stop", buf_view(&stop.text), SPAN("f a 2\n@0 hi\nf b 2\n"));
	assert_int_equal(walk(buf_view(&in), 100, &l, &skip, &counts, &err), 0);
	check_span(
		"skip", buf_view(&skip.text), SPAN("f a 2\nf b 2\nlost Q: unknown entry type\n"));
	assert_int_equal(counts.entries, 3);
	assert_int_equal(counts.lost, 1);

	struct log only = { .is_open = false };
	struct tar *t = tar_open(&least, &only, &l, false);

	assert_int_equal(tar_push(t, span_sub(buf_view(&in), 0, 1024), &err), 0);
	assert_int_equal(tar_end(t, &err), 0);
	tar_free(t);
	tar_free(NULL);
	buf_release(&stop.text);
	buf_release(&skip.text);
	buf_release(&only.text);
}

static void no_layer(void **state)
{
	(void)state;
	struct block file = F(".wh.a");
	struct limits l = limits_default();
	struct log log = { 0 };
	scoped_buf struct buf in = { 0 };
	static const struct tar_events events = { on_entry, on_content, on_end, on_warn };
	struct tar *t = tar_open(&events, &log, &l, false);

	add(&in, &file);
	assert_int_equal(tar_push(t, buf_view(&in), NULL), 0);
	assert_int_equal(tar_end(t, NULL), 0);
	check_span("an archive has no whiteouts", buf_view(&log.text), SPAN("f .wh.a 2\n@0 hi\n"));
	buf_release(&log.text);
	tar_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_hand),
		cmocka_unit_test(sparse_1_0),
		cmocka_unit_test(ends),
		cmocka_unit_test(bounds),
		cmocka_unit_test(callers),
		cmocka_unit_test(no_layer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
