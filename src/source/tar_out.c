/* tar_out.c - write tar headers.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "source/tar_out.h"

#include <stdio.h>
#include <string.h>

enum { BLOCK = 512, NAME_MAX_USTAR = 100, SUM_AT = 148 };

static const uint64_t octal_7 = 07777777, octal_11 = 077777777777;

/* A block as it is filled. */
struct block {
	char p[BLOCK];
};

static void put(struct block *k, size_t at, size_t len, struct span text)
{
	for (size_t i = 0; i < len && i < text.len; i++)
		k->p[at + i] = (char)span_at(text, i);
}

/* digits octal digits and a NUL; what does not fit is in the pax header and 0 here. */
static void put_octal(struct block *k, size_t at, int digits, uint64_t v)
{
	char text[24];
	int n = snprintf(text, sizeof(text), "%0*llo", digits, (unsigned long long)v);

	if (n != digits)
		n = snprintf(text, sizeof(text), "%0*o", digits, 0u);
	put(k, at, (size_t)n, span_of(text, (size_t)n));
}

static void finish(struct buf *b, struct block *k)
{
	uint64_t sum = 0;

	put(k, SUM_AT, 8, SPAN("        "));
	put(k, 257, 8, SPAN("ustar\00000"));
	for (size_t i = 0; i < BLOCK; i++)
		sum += (uint8_t)k->p[i];
	put_octal(k, SUM_AT, 6, sum);
	k->p[SUM_AT + 6] = 0;
	buf_bytes(b, k->p, BLOCK);
}

static void pad(struct buf *b, uint64_t size)
{
	for (size_t i = tar_out_padding(size); i; i--)
		buf_byte(b, 0);
}

/* "LEN KEY=VALUE\n"; LEN counts itself. */
static void record(struct buf *b, const char *head, struct span key, struct span value)
{
	size_t body = strlen(head) + key.len + value.len + 3, len = body + 1;
	char digits[24];

	while (len != body + (size_t)snprintf(digits, sizeof(digits), "%zu", len))
		len = body + strlen(digits);
	buf_printf(b, "%s %s", digits, head);
	buf_span(b, key);
	buf_byte(b, '=');
	buf_span(b, value);
	buf_byte(b, '\n');
}

static void number_record(struct buf *b, const char *key, int64_t v)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)v);
	record(b, key, SPAN(""), span_str(text));
}

static void records(struct buf *b, const struct tar_out_entry *e)
{
	if (e->path.len + (e->type == TAR_DIR) > NAME_MAX_USTAR)
		record(b, "path", SPAN(""), e->path);
	if (e->link.len > NAME_MAX_USTAR)
		record(b, "linkpath", SPAN(""), e->link);
	if (e->size > octal_11)
		number_record(b, "size", (int64_t)e->size);
	if (e->uid > octal_7)
		number_record(b, "uid", e->uid);
	if (e->gid > octal_7)
		number_record(b, "gid", e->gid);
	if (e->mtime < 0 || e->mtime > (int64_t)octal_11)
		number_record(b, "mtime", e->mtime);
	for (size_t i = 0; i < e->xattrs_n; i++)
		record(b, "SCHILY.xattr.", e->xattrs[i].name, e->xattrs[i].value);
}

static void pax_header(struct buf *b, struct span body)
{
	struct block k = { { 0 } };

	put(&k, 0, NAME_MAX_USTAR, SPAN("PaxHeader"));
	put_octal(&k, 100, 7, 0644);
	put_octal(&k, 108, 7, 0);
	put_octal(&k, 116, 7, 0);
	put_octal(&k, 124, 11, body.len);
	put_octal(&k, 136, 11, 0);
	k.p[156] = 'x';
	finish(b, &k);
	buf_span(b, body);
	pad(b, body.len);
}

void tar_out_header(struct buf *b, const struct tar_out_entry *e)
{
	static const char flags[] = { [TAR_FILE] = '0',
		[TAR_HARDLINK] = '1',
		[TAR_SYMLINK] = '2',
		[TAR_CHAR] = '3',
		[TAR_BLOCK] = '4',
		[TAR_DIR] = '5',
		[TAR_FIFO] = '6' };
	scoped_buf struct buf body = { 0 };
	struct block k = { { 0 } };

	records(&body, e);
	if (body.failed)
		b->failed = true;
	if (body.len)
		pax_header(b, buf_view(&body));
	put(&k, 0, NAME_MAX_USTAR, e->path);
	if (e->type == TAR_DIR && e->path.len < NAME_MAX_USTAR)
		k.p[e->path.len] = '/';
	put_octal(&k, 100, 7, e->mode & 07777);
	put_octal(&k, 108, 7, e->uid);
	put_octal(&k, 116, 7, e->gid);
	put_octal(&k, 124, 11, e->type == TAR_FILE ? e->size : 0);
	put_octal(&k, 136, 11, e->mtime < 0 ? 0 : (uint64_t)e->mtime);
	k.p[156] = e->type <= TAR_FIFO ? flags[e->type] : '0';
	put(&k, 157, NAME_MAX_USTAR, e->link);
	put_octal(&k, 329, 7, e->major);
	put_octal(&k, 337, 7, e->minor);
	finish(b, &k);
}

size_t tar_out_padding(uint64_t size)
{
	return (size_t)(-size % BLOCK);
}

void tar_out_end(struct buf *b)
{
	for (size_t i = 0; i < 2 * BLOCK; i++)
		buf_byte(b, 0);
}
