/* bzip2.c - one bzip2 stream by libbz2.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <bzlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "codec/member.h"

struct bzip2 {
	bz_stream s;
	bool is_open;
};

static void *bzip2_open(const struct limits *l)
{
	(void)l;
	return mem_alloc(sizeof(struct bzip2));
}

static bool bzip2_start(void *state)
{
	struct bzip2 *b = state;

	if (b->is_open)
		BZ2_bzDecompressEnd(&b->s);
	b->s = (bz_stream){ 0 };
	b->is_open = BZ2_bzDecompressInit(&b->s, 0, 0) == BZ_OK;
	return b->is_open;
}

static int say(int result, struct scov_err *err)
{
	switch (result) {
	case BZ_MEM_ERROR:
		return err_memory(err);
	case BZ_DATA_ERROR_MAGIC:
		return err_fail(err, SCOV_E_FORMAT, "not a bzip2 stream");
	default:
		return err_fail(err, SCOV_E_FORMAT, "damaged data or wrong checksum");
	}
}

static int bzip2_run(
	void *state, struct span *in, struct codec_out *out, bool *is_end, struct scov_err *err)
{
	struct bzip2 *b = state;
	struct span now = span_sub(*in, 0, 1 << 30);
	size_t room = out->cap - out->len;

	b->s.next_in = (char *)(uintptr_t)now.p; /* read only; the field is not const */
	b->s.avail_in = (unsigned)now.len;
	b->s.next_out = (char *)out->p + out->len;
	b->s.avail_out = (unsigned)(room < (1 << 30) ? room : 1 << 30);
	unsigned had = b->s.avail_out;
	int result = BZ2_bzDecompress(&b->s);

	*in = span_from(*in, now.len - b->s.avail_in);
	out->len += had - b->s.avail_out;
	*is_end = result == BZ_STREAM_END;
	return result == BZ_OK || result == BZ_STREAM_END ? 0 : say(result, err);
}

static void bzip2_close(void *state)
{
	struct bzip2 *b = state;

	if (b->is_open)
		BZ2_bzDecompressEnd(&b->s);
	mem_free(b);
}

static bool bzip2_begins(uint8_t first)
{
	return first == 'B';
}

/* A text may begin with "BZh9": the size of the blocks, then the mark of one or of the end. */
static bool bzip2_follows(struct span after)
{
	struct span mark = span_sub(after, 1, 6);

	return span_at(after, 0) >= '1' && span_at(after, 0) <= '9' &&
	       (span_eq(mark, SPAN("\x31\x41\x59\x26\x53\x59")) ||
		       span_eq(mark, SPAN("\x17\x72\x45\x38\x50\x90")));
}

const struct codec_format codec_bzip2 = {
	.name = "bzip2",
	.magic = SPAN_INIT("BZh"),
	.follows = bzip2_follows,
	.open = bzip2_open,
	.start = bzip2_start,
	.run = bzip2_run,
	.close = bzip2_close,
	.begins = bzip2_begins,
	.has_padding = true,
	.pad_unit = 0,
};
