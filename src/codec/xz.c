/* xz.c - one xz stream by liblzma.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <lzma.h>

#include "base/arena.h"
#include "base/err.h"
#include "codec/member.h"

/* A dictionary of 8 MB (xz -6) and the decoder's tables. Our own limit. */
enum { XZ_MEMORY = 10 << 20 };

struct xz {
	lzma_stream s;
};

static void *xz_open(const struct limits *l)
{
	(void)l;
	return mem_alloc(sizeof(struct xz)); /* zeroed is LZMA_STREAM_INIT */
}

static bool xz_start(void *state)
{
	struct xz *x = state;

	return lzma_stream_decoder(&x->s, XZ_MEMORY, 0) == LZMA_OK;
}

static int say(lzma_ret result, struct scov_err *err)
{
	switch (result) {
	case LZMA_MEMLIMIT_ERROR:
		return err_fail(err, SCOV_E_LIMIT, "needs more than %d bytes of memory", XZ_MEMORY);
	case LZMA_MEM_ERROR:
		return err_memory(err);
	case LZMA_FORMAT_ERROR:
		return err_fail(err, SCOV_E_FORMAT, "not an xz stream");
	case LZMA_OPTIONS_ERROR:
		return err_fail(err, SCOV_E_FORMAT, "unsupported options");
	default:
		return err_fail(err, SCOV_E_FORMAT, "damaged data or wrong checksum");
	}
}

static int xz_run(
	void *state, struct span *in, struct codec_out *out, bool *is_end, struct scov_err *err)
{
	struct xz *x = state;

	x->s.next_in = in->p;
	x->s.avail_in = in->len;
	x->s.next_out = out->p + out->len;
	x->s.avail_out = out->cap - out->len;
	lzma_ret result = lzma_code(&x->s, LZMA_RUN);

	*in = span_from(*in, in->len - x->s.avail_in);
	out->len = out->cap - x->s.avail_out;
	*is_end = result == LZMA_STREAM_END;
	/* LZMA_BUF_ERROR: needs more input or room. */
	return result == LZMA_OK || result == LZMA_STREAM_END || result == LZMA_BUF_ERROR
		       ? 0
		       : say(result, err);
}

static void xz_close(void *state)
{
	struct xz *x = state;

	lzma_end(&x->s);
	mem_free(x);
}

static bool xz_begins(uint8_t first)
{
	return first == 0xfd;
}

const struct codec_format codec_xz = {
	.name = "xz",
	.magic = SPAN_INIT("\xfd"
			   "7zXZ\0"),
	.open = xz_open,
	.start = xz_start,
	.run = xz_run,
	.close = xz_close,
	.begins = xz_begins,
	.has_padding = true,
	.pad_unit = 4, /* .xz file format 1.1.0, 2.2 "Stream Padding" */
};
