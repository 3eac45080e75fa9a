/* zip.c - members of a zip stream, in the order of the stream.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/zip.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "codec/raw.h"
#include "format/zip_directory.h"

enum {
	LOCAL = 0x04034b50,
	CENTRAL = 0x02014b50,
	END = 0x06054b50,
	END64 = 0x06064b50,
	ARCHIVE_EXTRA = 0x08064b50,
	DESCRIPTOR = 0x08074b50,
	HEADER = 30, /* a local header without name and extra field */
	FLAG_ENCRYPTED = 1,
	FLAG_DESCRIPTOR = 8,
	STORED = 0,
	DEFLATED = 8,
	SLOT = 32 << 10,
	HEAD_MAX = HEADER + ZIP_NAME_MAX + ZIP_EXTRA_MAX,
};

enum state { IN_HEAD, IN_CONTENT, IN_DESCRIPTOR, IN_REST };

struct zip {
	struct zip_events on;
	void *ctx;
	struct raw *raw;
	struct zip_directory *directory;
	uint64_t at; /* of the next byte, from the first */
	enum state state;
	uint8_t *head; /* a header or descriptor that arrives in pieces */
	size_t head_n, head_want;
	/* the member */
	struct span name;
	struct zip_member member;  /* as the directory should have it */
	uint64_t content_at, left; /* compressed bytes to come; unknown with a descriptor */
	bool has_descriptor, is_wanted, is_wide;
	uint8_t slot[SLOT];
};

struct zip *zip_open(const struct zip_events *ev, void *ctx)
{
	struct zip *z = mem_alloc(sizeof(*z));

	if (!z)
		return NULL;
	z->on = *ev;
	z->ctx = ctx;
	z->head = mem_alloc(HEAD_MAX);
	z->raw = raw_open();
	z->directory = zip_directory_new();
	z->head_want = 4;
	if (z->head && z->raw && z->directory)
		return z;
	zip_free(z);
	return NULL;
}

void zip_free(struct zip *z)
{
	if (!z)
		return;
	raw_close(z->raw);
	zip_directory_free(z->directory);
	mem_free(z->head);
	explicit_bzero(z, sizeof(*z)); /* it held content */
	mem_free(z);
}

bool zip_begins(struct span head)
{
	enum { VERSION_MAX = 63, METHOD_MAX = 99 };
	struct cur c = cur_over(head);

	if (cur_le32(&c) != LOCAL)
		return false;
	if (head.len < HEADER)
		return true;
	uint16_t version = cur_le16(&c) & 0xff;

	cur_skip(&c, 2);
	uint16_t method = cur_le16(&c);

	cur_skip(&c, 16);
	uint16_t name = cur_le16(&c);

	return version <= VERSION_MAX && method <= METHOD_MAX && name && name <= ZIP_NAME_MAX;
}

static void lost(struct zip *z, const char *why)
{
	z->is_wanted = false;
	z->on.lost(z->ctx, z->name, why);
}

static int begin_member(struct zip *z, struct scov_err *err)
{
	struct cur c = cur_over(span_of(z->head, z->head_n));

	cur_skip(&c, 6);
	uint16_t flags = cur_le16(&c);

	struct zip_member *m = &z->member;

	*m = (struct zip_member){ .is_encrypted = flags & FLAG_ENCRYPTED, .method = cur_le16(&c) };
	cur_skip(&c, 8);
	m->packed = cur_le32(&c);
	bool wide_size = cur_le32(&c) == UINT32_MAX;
	uint16_t name = cur_le16(&c), extra = cur_le16(&c);

	z->name = cur_take(&c, name);
	z->is_wide = zip_read_wide(m, wide_size, cur_take(&c, extra));
	m->at = z->at - z->head_n;
	z->has_descriptor = flags & FLAG_DESCRIPTOR;
	z->left = m->packed;
	z->state = IN_CONTENT;
	z->content_at = z->at;
	z->is_wanted = z->on.member(z->ctx, z->name);
	bool by_stream = z->has_descriptor && m->packed == 0;

	if (m->packed > INT64_MAX)
		return err_fail(err, SCOV_E_FORMAT, "member has an absurd size");
	if (by_stream && (z->member.method != DEFLATED || (flags & FLAG_ENCRYPTED)))
		return err_fail(err, SCOV_E_FORMAT, "end of a member cannot be determined");
	if (flags & FLAG_ENCRYPTED)
		lost(z, "encrypted");
	else if (z->member.method != STORED && z->member.method != DEFLATED)
		lost(z, "unsupported compression method");
	if (!raw_start(z->raw))
		return err_memory(err);
	z->left = by_stream ? UINT64_MAX : z->left;
	return 0;
}

static void next(struct zip *z)
{
	z->member.packed = z->at - z->content_at;
	zip_directory_member(z->directory, z->member);
	z->on.end(z->ctx);
	z->state = z->has_descriptor ? IN_DESCRIPTOR : IN_HEAD;
	z->head_n = 0;
	z->head_want = 4;
}

/* A signature, then as many bytes as it needs. */
static int take_head(struct zip *z, struct scov_err *err)
{
	struct cur c = cur_over(span_of(z->head, z->head_n));
	uint32_t mark = cur_le32(&c);

	if (z->head_n == 4) {
		z->head_want = HEADER;
		if (mark == CENTRAL || mark == END || mark == END64 || mark == ARCHIVE_EXTRA) {
			z->state = IN_REST;
			zip_directory_push(
				z->directory, z->at - z->head_n, span_of(z->head, z->head_n));
		} else if (mark != LOCAL)
			return err_fail(err, SCOV_E_FORMAT, "no header after a member");
		return 0;
	}
	if (z->head_n > HEADER)
		return begin_member(z, err);
	cur_skip(&c, 22);
	size_t name = cur_le16(&c), extra = cur_le16(&c);

	if (name > ZIP_NAME_MAX)
		return err_fail(err, SCOV_E_LIMIT, "name longer than %d bytes", ZIP_NAME_MAX);
	z->head_want = HEADER + name + extra;
	return z->head_want == HEADER ? begin_member(z, err) : 0;
}

/* With its optional signature: crc, then two sizes of 4 or 8 bytes. */
static void take_descriptor(struct zip *z)
{
	struct cur c = cur_over(span_of(z->head, z->head_n));
	bool has_mark = cur_le32(&c) == DESCRIPTOR;

	if (z->head_n == 4) {
		z->head_want = (has_mark ? 8u : 4u) + (z->is_wide ? 16u : 8u);
		return;
	}
	z->state = IN_HEAD;
	z->head_n = 0;
	z->head_want = 4;
}

static int gather(struct zip *z, struct span *in, struct scov_err *err)
{
	struct span part = span_sub(*in, 0, z->head_want - z->head_n);

	if (part.len)
		memcpy(z->head + z->head_n, part.p, part.len);
	z->head_n += part.len;
	z->at += part.len;
	*in = span_from(*in, part.len);
	if (z->head_n < z->head_want)
		return 0;
	if (z->state == IN_HEAD)
		return take_head(z, err);
	take_descriptor(z);
	return 0;
}

static int give(struct zip *z, struct span piece, struct scov_err *err)
{
	if (!z->is_wanted || !piece.len || z->on.content(z->ctx, piece))
		return 0;
	return err_fail(err, SCOV_E_LIMIT, "reading stopped");
}

static int inflate_some(struct zip *z, struct span *in, bool *is_end, struct scov_err *err)
{
	struct codec_out out;

	do {
		out = (struct codec_out){ .p = z->slot, .cap = SLOT };
		int rc = raw_run(z->raw, in, &out, is_end, err);

		rc = rc ? rc : give(z, span_of(z->slot, out.len), err);
		if (rc)
			return rc;
	} while (!*is_end && out.len == SLOT);
	return 0;
}

static int content(struct zip *z, struct span *in, struct scov_err *err)
{
	bool by_stream = z->left == UINT64_MAX, is_end = false;
	struct span part = span_sub(*in, 0, z->left < in->len ? (size_t)z->left : in->len),
		    rest = part;
	int rc = 0;

	if (z->member.method == DEFLATED && (z->is_wanted || by_stream))
		rc = part.len ? inflate_some(z, &rest, &is_end, err) : 0;
	else
		rc = give(z, part, err);
	if (rc)
		return rc;
	size_t used = by_stream ? part.len - rest.len : part.len;

	*in = span_from(*in, used);
	z->at += used;
	if (!by_stream)
		z->left -= used;
	else if (!is_end && rest.len)
		return err_fail(err, SCOV_E_FORMAT, "deflate stream makes no progress");
	if (is_end && !by_stream)
		z->is_wanted = false; /* bytes after its end are not content */
	if (z->left == 0 && z->is_wanted && z->member.method == DEFLATED)
		lost(z, "compressed data ends early");
	if (by_stream ? is_end : z->left == 0)
		next(z);
	return 0;
}

int zip_push(struct zip *z, struct span *piece, struct scov_err *err)
{
	while (piece->len && z->state != IN_REST) {
		int rc = z->state == IN_CONTENT ? content(z, piece, err) : gather(z, piece, err);

		/* An empty member ends before its next byte. */
		if (!rc && z->state == IN_CONTENT && z->left == 0)
			next(z);
		if (rc)
			return rc;
	}
	if (z->state == IN_REST)
		zip_directory_push(z->directory, z->at, *piece);
	return 0;
}

int zip_end(struct zip *z, struct scov_err *err)
{
	if (z->state == IN_REST)
		return zip_directory_end(z->directory, err);
	if (z->state == IN_HEAD && z->head_n == 0)
		return 0;
	return err_fail(err, SCOV_E_FORMAT, "truncated");
}

bool zip_has_end(const struct zip *z)
{
	return z->state == IN_REST && zip_directory_has_end(z->directory);
}
