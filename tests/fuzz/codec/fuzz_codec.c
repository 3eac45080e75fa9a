/* fuzz_codec.c - decompressors: the pieces and slots make no difference.
 *
 * First byte: the kind (low bits; past the kinds, what the bytes say) and the piece's length.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include "codec/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { OUTPUT_MAX = 2 << 20, SLOT_MAX = 64 << 10, STEP_SHIFT = 5 };

struct result {
	int code;
	uint64_t bytes, sum;
};

static struct result unpack(enum codec_kind kind, struct span in, size_t step, size_t slot)
{
	static uint8_t memory[SLOT_MAX];
	struct limits l = limits_default();
	struct result r = { 0 };
	struct scov_err err;

	l.layer_size = OUTPUT_MAX;
	l.zstd_window = 1 << 20;
	struct codec *c = codec_open(kind, &l);

	if (!c)
		abort();
	while (in.len && !r.code) {
		struct span piece = span_sub(in, 0, step);
		struct codec_out out;

		in = span_from(in, piece.len);
		do {
			out = (struct codec_out){ .p = memory, .cap = slot };
			r.code = codec_run(c, &piece, &out, &err);
			if (out.len > slot)
				abort();
			for (size_t i = 0; i < out.len; i++)
				r.sum = (r.sum ^ memory[i]) * 0x100000001b3;
			r.bytes += out.len;
		} while (!r.code && out.len == out.cap);
		if (!r.code && piece.len)
			abort();
	}
	if (!r.code)
		r.code = codec_end(c, &err);
	if (r.bytes != codec_bytes_out(c) || r.bytes > OUTPUT_MAX + slot)
		abort();
	codec_free(c);
	return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	struct span in = span_from(span_of(data, size), 1);
	unsigned pick = span_at(span_of(data, size), 0);
	enum codec_kind kind = (enum codec_kind)(pick & 7);

	if (kind >= CODEC_KINDS)
		kind = codec_sniff(in);
	size_t step = (size_t)1 + (pick >> STEP_SHIFT) * 37;
	struct result whole = unpack(kind, in, SIZE_MAX, SLOT_MAX),
		      parts = unpack(kind, in, step, 1 + 13 * step);

	if (!whole.code != !parts.code)
		abort();
	if (!whole.code && (whole.bytes != parts.bytes || whole.sum != parts.sum))
		abort();
	return 0;
}
