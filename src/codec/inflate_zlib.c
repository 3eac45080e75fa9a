/* inflate_zlib.c - raw deflate by zlib, for machines that ISA-L does not support.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <zlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "codec/member.h"

enum { TRAILER = 8 };

struct inflater {
	z_stream z;
	bool in_trailer;
	uint32_t crc, length;
	uint64_t trailer; /* CRC-32 and length, little-endian, as far as seen */
	unsigned at;
};

struct inflater *inflater_new(void)
{
	struct inflater *f = mem_alloc(sizeof(*f));

	if (f && inflateInit2(&f->z, -MAX_WBITS) != Z_OK) {
		mem_free(f);
		return NULL;
	}
	return f;
}

void inflater_reset(struct inflater *f)
{
	inflateReset(&f->z);
	f->in_trailer = false;
	f->crc = f->length = f->at = 0;
	f->trailer = 0;
}

static int read_trailer(struct inflater *f, struct span *in, bool *is_end, struct scov_err *err)
{
	while (in->len && f->at < TRAILER) {
		f->trailer |= (uint64_t)span_at(*in, 0) << 8 * f->at++;
		*in = span_from(*in, 1);
	}
	if (f->at < TRAILER)
		return 0;
	*is_end = true;
	return f->trailer == ((uint64_t)f->length << 32 | f->crc)
		       ? 0
		       : err_fail(err, SCOV_E_FORMAT, "wrong checksum or length in the trailer");
}

int inflater_run(struct inflater *f, struct span *in, struct codec_out *out, bool *is_end,
	struct scov_err *err)
{
	if (f->in_trailer)
		return read_trailer(f, in, is_end, err);
	struct span now = span_sub(*in, 0, 1 << 30);
	size_t room = out->cap - out->len;
	uint8_t *to = out->p + out->len;

	f->z.next_in = (uint8_t *)(uintptr_t)now.p; /* read only; the field is not const */
	f->z.avail_in = (unsigned)now.len;
	f->z.next_out = to;
	f->z.avail_out = (unsigned)(room < (1 << 30) ? room : 1 << 30);
	int result = inflate(&f->z, Z_NO_FLUSH);
	size_t made = (size_t)(f->z.next_out - to);

	*in = span_from(*in, now.len - f->z.avail_in);
	out->len += made;
	f->length += (uint32_t)made;
	f->crc = (uint32_t)crc32_z(f->crc, to, made);
	if (result == Z_MEM_ERROR)
		return err_memory(err);
	if (result != Z_OK && result != Z_BUF_ERROR && result != Z_STREAM_END)
		return err_fail(
			err, SCOV_E_FORMAT, "%s", f->z.msg ? f->z.msg : "damaged deflate stream");
	f->in_trailer = result == Z_STREAM_END;
	return f->in_trailer ? read_trailer(f, in, is_end, err) : 0;
}

void inflater_free(struct inflater *f)
{
	if (!f)
		return;
	inflateEnd(&f->z);
	mem_free(f);
}
