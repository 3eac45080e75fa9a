/* differ_tar.c - tar streams: headers of every form, pax records, long names, sparse maps.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "differ.h"
#include "format/tar.h"

enum { BLOCK = 512, HASHED = 1 << 20 /* longer files are not hashed, as by the oracle */ };

static const char *const names[] = { "bin/sh", "bin/sh", "bin/sh", "x/y", "x/y", "./bin/sh",
	"/bin/sh", "doc", "doc", "bin//sh", "bin/./sh", "q/../bin/sh", "bin/sh/", "bin",
	"etc/passwd", "etc/passwd", "sh", "sh", ".", "../x", "", NULL };
static const char *const sizes[] = { "5", "5", "5", "5", "5", "5", "0", "14", "700", "512", "+5",
	"", "-1", "9223372036854775807", NULL };
static const char *const plain[] = { "0", "1", "1", "5", NULL };

/* ---- making ---- */

static void fill(struct buf *b, size_t from)
{
	while ((b->len - from) % BLOCK)
		buf_byte(b, 0);
}

static void put(struct buf *b, size_t at, const void *text, size_t len)
{
	memcpy(b->p + at, text, len);
}

struct head {
	const char *name, *link;
	char type;
	size_t size;
};

static void seal(struct dice *d, uint8_t *block)
{
	unsigned sum = 0;
	char field[9];

	memset(block + 148, ' ', 8);
	for (size_t i = 0; i < BLOCK; i++)
		sum += block[i];
	snprintf(field, sizeof(field), dice_percent(d, 90) ? "%06o" : "%6o ", sum);
	memset(block + 148, 0, 8);
	memcpy(block + 148, field, 7);
	block[155] = ' ';
}

/* A field in one of the forms of a number. */
static void number(struct dice *d, struct buf *b, size_t at, size_t len, uint64_t v)
{
	static const char *const odd[] = { "", " 17 ", "  17", "17 ", "+17", "1 7", "18", "x",
		NULL };
	char field[32];

	if (dice_below(d, 150) == 0) {
		const char *text = dice_word(d, odd);

		memset(b->p + at, 0, len);
		put(b, at, text, strlen(text) < len ? strlen(text) : len);
	} else if (dice_below(d, 60) == 0) {
		uint8_t fill_byte = dice_percent(d, 30) ? 0xff : 0;

		memset(b->p + at, fill_byte, len);
		b->p[at] = (char)(fill_byte | 0x80);
		for (size_t i = 0; i < 4; i++)
			b->p[at + len - 1 - i] = (char)(v >> 8 * i ^ fill_byte);
	} else {
		snprintf(field, sizeof(field), "%0*llo", (int)len - 1, (unsigned long long)v);
		put(b, at, field, len - 1);
	}
}

static void header(struct dice *d, struct buf *b, const struct head *h)
{
	enum { GNU = 3 };
	static const struct {
		const char *magic;
		size_t len;
	} magics[] = { { "ustar\0"
			 "00",
			       8 },
		{ "ustar\0"
		  "00",
			8 },
		{ "ustar\0xx", 8 }, { "ustar  \0", 8 }, { "ustar 00", 8 },
		{ "\0\0\0\0\0\0\0\0", 8 }, { "ustar\0\0", 7 } };
	static const char *const prefixes[] = { "p", "bin", "zz\xc3\xa9", "00000000000", "p/q",
		NULL };
	size_t at = b->len, m = h->type == 'S' && dice_percent(d, 90)
					? GNU
					: dice_below(d, sizeof(magics) / sizeof(*magics));

	for (size_t i = 0; i < BLOCK; i++)
		buf_byte(b, 0);
	put(b, at, h->name, strlen(h->name));
	number(d, b, at + 100, 8, 0644 | (dice_percent(d, 10) ? 04000 : 0));
	number(d, b, at + 108, 8, dice_below(d, 3));
	number(d, b, at + 116, 8, dice_below(d, 3));
	number(d, b, at + 124, 12, h->size);
	number(d, b, at + 136, 12, 1 + dice_below(d, 1000));
	b->p[at + 156] = h->type;
	if (h->link)
		put(b, at + 157, h->link, strlen(h->link));
	put(b, at + 257, magics[m].magic, magics[m].len);
	if (dice_percent(d, 30)) {
		const char *p = dice_word(d, prefixes);

		put(b, at + 345, p, strlen(p));
	}
	if (dice_percent(d, 5))
		put(b, at + 357, dice_percent(d, 50) ? "00000000000" : "\0zz", 3);
	if (dice_percent(d, 5))
		put(b, at + 508, "tar", 4);
	if (dice_percent(d, 1))
		put(b, at + 329, dice_word(d, sizes), 1);
	if (h->type == 'S') {
		char map[64];

		snprintf(map, sizeof(map), "%011o%c%011zo", (unsigned)dice_below(d, 2) * 8, 0,
			h->size);
		put(b, at + 386, map, 23);
		snprintf(map, sizeof(map), "%011zo", h->size + 8 * dice_below(d, 3));
		put(b, at + 483, map, 11);
		b->p[at + 482] = (char)dice_percent(d, 10);
	}
	if (dice_percent(d, 4)) /* any byte */
		b->p[at + dice_below(d, BLOCK)] = (char)dice_below(d, 256);
	if (dice_below(d, 200))
		seal(d, (uint8_t *)b->p + at);
}

static void record(struct buf *b, const char *key, const char *value, size_t value_len)
{
	size_t body = strlen(key) + value_len + 3, len = body + 1;
	char digits[24];

	while ((size_t)snprintf(digits, sizeof(digits), "%zu", len) + body != len)
		len++;
	buf_str(b, digits);
	buf_byte(b, ' ');
	buf_str(b, key);
	buf_byte(b, '=');
	buf_bytes(b, value, value_len);
	buf_byte(b, '\n');
}

static void pax(struct dice *d, struct buf *b, char type)
{
	static const char *const keys[] = { "path", "path", "linkpath", "size", "uid", "gid",
		"mtime", "atime", "ctime", "uname", "comment", "hdrcharset", "GNU.sparse.major",
		"GNU.sparse.major", "GNU.sparse.minor", "GNU.sparse.minor", "GNU.sparse.name",
		"GNU.sparse.map", "GNU.sparse.size", "GNU.sparse.realsize", "GNU.sparse.numblocks",
		"SCHILY.xattr.security.capability", "SCHILY.xattr.user.a", "SCHILY.xattr.", "Path",
		NULL };
	static const char *const values[] = { "0", "1", "1", "0", "2", "-2", "", "5", "1.5", "-1.5",
		"1.", ".5", "a\0b", "0,5", "0,5,5,0", "0,700", "4294967296", "9223372036854775808",
		NULL };
	scoped_buf struct buf text = { 0 };

	for (uint64_t n = dice_below(d, 5); n; n--) {
		const char *key = dice_word(d, keys), *v;
		bool is_name = strstr(key, "path") || strstr(key, "name");

		v = dice_word(d, is_name && dice_percent(d, 90) ? names
				 : strstr(key, "size")          ? sizes
				 : dice_percent(d, 85)          ? plain
								: values);
		record(&text, key, v, strlen(v) + (v[0] == 'a' && !v[1] ? 2 : 0));
	}
	if (dice_percent(d, 10)) { /* a sparse file that holds together */
		record(&text, "GNU.sparse.major", "0", 1);
		record(&text, "GNU.sparse.minor", dice_percent(d, 90) ? "1" : "2", 1);
		record(&text, "GNU.sparse.numblocks", "1", 1);
		if (dice_percent(d, 80)) {
			record(&text, "GNU.sparse.map", "0,5", 3);
		} else {
			record(&text, "GNU.sparse.offset", "0", 1);
			record(&text, "GNU.sparse.numbytes", dice_percent(d, 90) ? "5" : "6", 1);
		}
		record(&text, "GNU.sparse.size", dice_percent(d, 50) ? "5" : "9", 1);
	}
	if (dice_percent(d, 3))
		dice_spoil(d, &text, 0);
	header(d, b, &(struct head){ "PaxHeaders/x", NULL, type, text.len });
	size_t from = b->len;

	buf_span(b, buf_view(&text));
	fill(b, from);
}

static void long_name(struct dice *d, struct buf *b, char type)
{
	const char *name = dice_word(d, names);
	size_t len = strlen(name) + dice_below(d, 2);

	header(d, b, &(struct head){ "././@LongLink", NULL, type, len });
	size_t from = b->len;

	buf_bytes(b, name, len);
	fill(b, from);
}

static void before(struct dice *d, struct buf *b)
{
	static const char types[] = "xxxxxxgLLKX";

	for (uint64_t n = dice_percent(d, 50) ? dice_below(d, 4) : 0; n; n--) {
		char type = types[dice_below(d, sizeof(types) - 1)];

		if (type == 'L' || type == 'K')
			long_name(d, b, type);
		else
			pax(d, b, type);
	}
}

static void entry(struct dice *d, struct buf *b)
{
	static const char types[] = "0000000000\0"
				    "7111222555346SVg";
	static const char *const contents[] = { "hello", "", "app:x:0:0::/:\n", "1\n0\n5\n", NULL };
	char type = types[dice_below(d, sizeof(types) - 1)];
	scoped_buf struct buf data = { 0 };
	bool has_data = type == '0' || type == 0 || type == '7' || type == 'S';

	before(d, b);
	if (has_data)
		buf_str(&data, dice_word(d, contents));
	if (has_data && span_starts(buf_view(&data), SPAN("1\n"))) {
		fill(&data, 0);
		buf_str(&data, "hello");
	}
	if (has_data && dice_percent(d, 15))
		while (data.len < 700)
			buf_byte(&data, 'z');
	header(d, b,
		&(struct head){ dice_word(d, names),
			type == '1' || type == '2' ? dice_word(d, names) : NULL, type,
			data.len + (dice_percent(d, 1) ? dice_below(d, 600) : 0) });
	size_t from = b->len;

	buf_span(b, buf_view(&data));
	fill(b, from);
}

static void make(struct dice *d, struct buf *out)
{
	for (uint64_t n = 1 + dice_below(d, 3); n; n--)
		entry(d, out);
	if (dice_percent(d, 10))
		before(d, out);
	if (dice_percent(d, 70))
		for (size_t i = 0; i < BLOCK * (1 + dice_below(d, 3)); i++)
			buf_byte(out, 0);
	if (dice_percent(d, 5))
		out->len -= dice_below(d, out->len);
}

/* ---- reading ---- */

struct reading {
	struct buf *out;
	bool is_good;
	bool is_file;
	struct tar_entry entry;
	char head[6000];
	uint64_t sum, done;
};

/* Source: FNV-1a of 64 bits, Fowler, Noll, Vo. */
static void hash(uint64_t *sum, struct span bytes)
{
	for (size_t i = 0; i < bytes.len; i++)
		*sum = (*sum ^ span_at(bytes, i)) * 0x100000001b3;
}

static const uint64_t hash_start = 0xcbf29ce484222325;

static int on_entry(void *ctx, const struct tar_entry *e)
{
	static const char letters[] = "?fhlcbdp";
	struct reading *r = ctx;

	buf_printf(r->out, "%c %.*s > ", letters[e->type], SPAN_ARG(e->path));
	buf_span(r->out, e->link);
	buf_printf(r->out, " %o %u:%u %lld %llu ", e->mode, e->uid, e->gid, (long long)e->mtime,
		(unsigned long long)e->size);
	r->entry = *e;
	r->sum = hash_start;
	r->done = 0;
	uint64_t sum = hash_start;
	bool has = false;

	for (size_t i = 0; i < e->xattrs_n; i++)
		if (span_eq(e->xattrs[i].name, SPAN("security.capability"))) {
			has = true;
			hash(&sum, e->xattrs[i].value);
		}
	snprintf(r->head, sizeof(r->head), " %s %llx\n", has ? "true" : "false",
		(unsigned long long)sum);
	return TAR_CONTENT;
}

static void zeros(struct reading *r, uint64_t to)
{
	for (; r->done < to && to <= HASHED; r->done++)
		hash(&r->sum, SPAN("\0"));
}

static int on_content(void *ctx, uint64_t offset, struct span piece)
{
	struct reading *r = ctx;

	if (r->entry.size > HASHED)
		return 0;
	zeros(r, offset);
	hash(&r->sum, piece);
	r->done = offset + piece.len;
	return 0;
}

static int on_end(void *ctx)
{
	struct reading *r = ctx;

	if (r->entry.type == TAR_FILE)
		zeros(r, r->entry.size);
	buf_printf(r->out, "%llx%s", (unsigned long long)r->sum, r->head);
	return 0;
}

static void on_warn(void *ctx, struct span name, const char *why, enum tar_fault fault)
{
	struct reading *r = ctx;

	(void)name;
	(void)why;
	r->is_good &= fault == TAR_NOTED;
}

static bool read_tar(struct span in, struct buf *out)
{
	static const struct tar_events events = {
		.entry = on_entry, .content = on_content, .end = on_end, .warn = on_warn
	};
	struct reading r = { .out = out, .is_good = true };
	struct limits l = limits_default();
	struct tar *t = tar_open(&events, &r, &l, false);
	struct scov_err err = { 0 };

	r.is_good &= t && !tar_push(t, in, &err) && !tar_end(t, &err);
	tar_free(t);
	return r.is_good;
}

const struct kind kind_tar = { "tar", 't', make, read_tar, NULL };
