/* zstd.c - one zstd frame, or one skippable frame as zstd:chunked and estargz tools write them.
 *
 * Source: RFC 8878. The frame's magic number is checked here, because the
 * library may be built with decoders for formats before 1.0.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <zstd.h>
#include <zstd_errors.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "codec/member.h"

/* The table of contents of zstd:chunked is in one: some 100 bytes a file. Our own bound. */
enum { ZSTD_NOTES = 8 << 20 };

struct zstd {
	ZSTD_DCtx *ctx;
	uint64_t window;
	uint8_t magic[4];
	unsigned at; /* bytes of magic read */
	bool is_skippable;
	struct buf notes; /* of all skippable frames */
};

static void *zstd_open(const struct limits *l)
{
	struct zstd *z = mem_alloc(sizeof(*z));
	int log = 10;

	if (!z)
		return NULL;
	z->window = l->zstd_window;
	z->notes.limit = ZSTD_NOTES;
	while (log < 30 && (uint64_t)2 << log <= l->zstd_window)
		log++;
	z->ctx = ZSTD_createDCtx();
	if (!z->ctx || ZSTD_isError(ZSTD_DCtx_setParameter(z->ctx, ZSTD_d_windowLogMax, log))) {
		ZSTD_freeDCtx(z->ctx);
		mem_free(z);
		return NULL;
	}
	return z;
}

static bool zstd_start(void *state)
{
	struct zstd *z = state;

	z->at = 0;
	z->is_skippable = false;
	return !ZSTD_isError(ZSTD_DCtx_reset(z->ctx, ZSTD_reset_session_only));
}

static int say(const struct zstd *z, size_t result, struct scov_err *err)
{
	switch (ZSTD_getErrorCode(result)) {
	case ZSTD_error_frameParameter_windowTooLarge:
		return err_fail(err, SCOV_E_LIMIT,
			"frame needs a window of more than %llu bytes (limit zstd_window)",
			(unsigned long long)z->window);
	case ZSTD_error_memory_allocation:
		return err_memory(err);
	default:
		return err_fail(err, SCOV_E_FORMAT, "%s", ZSTD_getErrorName(result));
	}
}

static bool known_magic(const struct zstd *z)
{
	struct cur c = cur_over(span_of(z->magic, sizeof(z->magic)));
	uint32_t magic = cur_le32(&c);

	return magic == ZSTD_MAGICNUMBER ||
	       (magic & ZSTD_MAGIC_SKIPPABLE_MASK) == ZSTD_MAGIC_SKIPPABLE_START;
}

static int read_magic(struct zstd *z, struct span *in, struct scov_err *err)
{
	while (in->len && z->at < sizeof(z->magic)) {
		z->magic[z->at++] = span_at(*in, 0);
		*in = span_from(*in, 1);
	}
	if (z->at < sizeof(z->magic))
		return 0;
	if (!known_magic(z))
		return err_fail(err, SCOV_E_FORMAT, "not a zstd frame");
	z->is_skippable = z->magic[3] == ZSTD_MAGIC_SKIPPABLE_START >> 24;
	if (z->is_skippable)
		buf_byte(&z->notes, '\n');
	ZSTD_inBuffer from = { .src = z->magic, .size = sizeof(z->magic) };
	ZSTD_outBuffer none = { 0 };
	size_t result = ZSTD_decompressStream(z->ctx, &none, &from);

	return ZSTD_isError(result) ? say(z, result, err) : 0;
}

static int zstd_run(
	void *state, struct span *in, struct codec_out *out, bool *is_end, struct scov_err *err)
{
	struct zstd *z = state;

	if (z->at < sizeof(z->magic)) {
		int code = read_magic(z, in, err);

		if (code || z->at < sizeof(z->magic))
			return code;
	}
	ZSTD_inBuffer from = { .src = in->p, .size = in->len };
	ZSTD_outBuffer to = { .dst = out->p, .size = out->cap, .pos = out->len };
	size_t before, result;

	do {
		before = from.pos + to.pos;
		result = ZSTD_decompressStream(z->ctx, &to, &from);
	} while (!ZSTD_isError(result) && result && from.pos + to.pos > before && to.pos < to.size);
	if (z->is_skippable)
		buf_span(&z->notes, span_sub(*in, 0, from.pos));
	*in = span_from(*in, from.pos);
	out->len = to.pos;
	*is_end = result == 0;
	return ZSTD_isError(result) ? say(z, result, err) : 0;
}

static void zstd_close(void *state)
{
	struct zstd *z = state;

	ZSTD_freeDCtx(z->ctx);
	buf_release(&z->notes);
	mem_free(z);
}

static struct span zstd_notes(const void *state, bool *is_cut)
{
	const struct zstd *z = state;

	*is_cut = z->notes.failed;
	return buf_view(&z->notes);
}

static bool zstd_begins(uint8_t first)
{
	return first == 0x28 || (first & 0xf0) == 0x50;
}

const struct codec_format codec_zstd = {
	.name = "zstd",
	.magic = SPAN_INIT("\x28\xb5\x2f\xfd"),
	.open = zstd_open,
	.start = zstd_start,
	.run = zstd_run,
	.close = zstd_close,
	.notes = zstd_notes,
	.begins = zstd_begins,
};
