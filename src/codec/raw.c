/* raw.c - deflate without a frame, by zlib, which does not consume bytes past the end, however the
 * input is split.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "codec/raw.h"

#include <zlib.h>

#include "base/arena.h"
#include "base/err.h"

enum { PIECE_MAX = 1 << 30 };

struct raw {
	z_stream z;
	bool is_open;
};

struct raw *raw_open(void)
{
	return mem_alloc(sizeof(struct raw));
}

bool raw_start(struct raw *r)
{
	if (r->is_open)
		return inflateReset(&r->z) == Z_OK;
	r->is_open = inflateInit2(&r->z, -MAX_WBITS) == Z_OK;
	return r->is_open;
}

int raw_run(
	struct raw *r, struct span *in, struct codec_out *out, bool *is_end, struct scov_err *err)
{
	struct span now = span_sub(*in, 0, PIECE_MAX);
	size_t room = out->cap - out->len;

	r->z.next_in = (uint8_t *)(uintptr_t)now.p; /* read only; the field is not const */
	r->z.avail_in = (unsigned)now.len;
	r->z.next_out = out->p + out->len;
	r->z.avail_out = (unsigned)(room < PIECE_MAX ? room : PIECE_MAX);
	unsigned had = r->z.avail_out;
	int rc = inflate(&r->z, Z_NO_FLUSH);

	*in = span_from(*in, now.len - r->z.avail_in);
	out->len += had - r->z.avail_out;
	*is_end = rc == Z_STREAM_END;
	if (rc == Z_MEM_ERROR)
		return err_memory(err);
	if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR)
		return err_fail(err, SCOV_E_FORMAT, "damaged deflate stream");
	return 0;
}

void raw_close(struct raw *r)
{
	if (r && r->is_open)
		inflateEnd(&r->z);
	mem_free(r);
}
