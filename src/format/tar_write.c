/* tar_write.c - write tar headers and entries.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/tar_write.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"

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
	for (size_t i = tar_padding(size); i; i--)
		buf_byte(b, 0);
}

/* "LEN KEY=VALUE\n", the key and the value in two pieces; LEN counts itself. */
static void record(
	struct buf *b, const char *head, struct span key, struct span value, const char *tail)
{
	size_t body = strlen(head) + key.len + value.len + strlen(tail) + 3, len = body + 1;
	char digits[24];

	while (len != body + (size_t)snprintf(digits, sizeof(digits), "%zu", len))
		len = body + strlen(digits);
	buf_printf(b, "%s %s", digits, head);
	buf_span(b, key);
	buf_byte(b, '=');
	buf_span(b, value);
	buf_str(b, tail);
	buf_byte(b, '\n');
}

static void number_record(struct buf *b, const char *key, int64_t v)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)v);
	record(b, key, SPAN(""), span_str(text), "");
}

static void records(struct buf *b, const struct tar_header *h)
{
	if (h->path.len + (h->type == TAR_DIR) > NAME_MAX_USTAR)
		record(b, "path", SPAN(""), h->path, h->type == TAR_DIR ? "/" : "");
	if (h->link.len > NAME_MAX_USTAR && (h->type == TAR_HARDLINK || h->type == TAR_SYMLINK))
		record(b, "linkpath", SPAN(""), h->link, "");
	if (h->type == TAR_FILE && h->size > octal_11)
		number_record(b, "size", (int64_t)h->size);
	if (h->uid > octal_7)
		number_record(b, "uid", h->uid);
	if (h->gid > octal_7)
		number_record(b, "gid", h->gid);
	if (h->mtime < 0 || h->mtime > (int64_t)octal_11)
		number_record(b, "mtime", h->mtime);
	for (size_t i = 0; i < h->xattrs_n; i++)
		record(b, "SCHILY.xattr.", h->xattrs[i].name, h->xattrs[i].value, "");
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

static bool has_nul(struct span s)
{
	return span_find(s, 0) < s.len;
}

static bool is_clean(struct span path)
{
	return span_is_path(path, SIZE_MAX) && !has_nul(path);
}

/* Why tar cannot say it; NULL: it can. */
static const char *refusal(const struct tar_header *h)
{
	if (h->type < TAR_FILE || h->type > TAR_FIFO)
		return "no type of a tar entry";
	if (h->path.len ? !is_clean(h->path) : h->type != TAR_DIR)
		return "a path that is not clean";
	if (h->type == TAR_HARDLINK && (!h->link.len || !is_clean(h->link)))
		return "a hard link whose target is not clean";
	if (h->type == TAR_SYMLINK && (!h->link.len || has_nul(h->link)))
		return "a link without a target";
	if (h->size > INT64_MAX || h->major > octal_7 || h->minor > octal_7)
		return "a number that is too large for tar";
	for (size_t i = 0; i < h->xattrs_n; i++)
		if (!h->xattrs[i].name.len || has_nul(h->xattrs[i].name) ||
			span_find(h->xattrs[i].name, '=') < h->xattrs[i].name.len)
			return "an attribute whose name tar cannot write";
	return NULL;
}

static void ustar_header(struct buf *b, const struct tar_header *h)
{
	static const char flags[] = { [TAR_FILE] = '0',
		[TAR_HARDLINK] = '1',
		[TAR_SYMLINK] = '2',
		[TAR_CHAR] = '3',
		[TAR_BLOCK] = '4',
		[TAR_DIR] = '5',
		[TAR_FIFO] = '6' };
	struct span path = h->path.len ? h->path : SPAN(".");
	struct block k = { { 0 } };

	put(&k, 0, NAME_MAX_USTAR, path);
	if (h->type == TAR_DIR && path.len < NAME_MAX_USTAR)
		k.p[path.len] = '/';
	put_octal(&k, 100, 7, h->mode & 07777);
	put_octal(&k, 108, 7, h->uid);
	put_octal(&k, 116, 7, h->gid);
	put_octal(&k, 124, 11, h->type == TAR_FILE ? h->size : 0);
	put_octal(&k, 136, 11, h->mtime < 0 ? 0 : (uint64_t)h->mtime);
	k.p[156] = flags[h->type];
	if (h->type == TAR_HARDLINK || h->type == TAR_SYMLINK)
		put(&k, 157, NAME_MAX_USTAR, h->link);
	put_octal(&k, 329, 7, h->major);
	put_octal(&k, 337, 7, h->minor);
	finish(b, &k);
}

int tar_write_header(struct buf *b, const struct tar_header *h, struct scov_err *err)
{
	scoped_buf struct buf body = { 0 };
	const char *why = refusal(h);
	size_t before = b->len;

	if (why)
		return err_fail(err, SCOV_E_UNSUPPORTED, "%s", why);
	records(&body, h);
	if (body.len)
		pax_header(b, buf_view(&body));
	ustar_header(b, h);
	if (!body.failed && !b->failed)
		return 0;
	b->len = before;
	return err_fail(err, SCOV_E_MEMORY, "no memory for a tar header");
}

int tar_write(struct buf *b, struct tar_header h, struct span content, struct scov_err *err)
{
	h.size = content.len;

	int code = tar_write_header(b, &h, err);

	if (code)
		return code;
	buf_span(b, content);
	pad(b, content.len);
	return b->failed ? err_fail(err, SCOV_E_MEMORY, "no memory for a tar entry") : 0;
}

size_t tar_padding(uint64_t size)
{
	return (size_t)(-size % BLOCK);
}

void tar_write_end(struct buf *b)
{
	for (size_t i = 0; i < 2 * BLOCK; i++)
		buf_byte(b, 0);
}
