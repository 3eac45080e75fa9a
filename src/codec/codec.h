/* codec.h - streaming decompressors: gzip, zstd, xz, bzip2 and uncompressed through one interface.
 *
 * The caller owns both sides: it passes spans of the compressed stream as
 * they arrive and memory for the output; nothing else is copied except for
 * a format's window. No file is opened, no thread started;
 * memory is bounded by the format (gzip 90 KB, bzip2 4 MB, xz XZ_MEMORY,
 * zstd limits.zstd_window and a bit). The limits layer_size and
 * layer_ratio of base/limits.h are enforced here.
 *
 *	while (read some input into `in`)
 *		do {
 *			a fresh slot: out = { .p = slot, .cap = size }
 *			if (codec_run(c, &in, &out, &err)) ...
 *			use out.len bytes of the slot
 *		} while (out.len == out.cap);
 *	if (codec_end(c, &err)) ...
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/err.h"
#include "base/limits.h"
#include "base/span.h"
#include "scoville/scoville.h"

enum codec_kind { CODEC_NONE, CODEC_GZIP, CODEC_ZSTD, CODEC_XZ, CODEC_BZIP2, CODEC_KINDS };

enum { CODEC_SNIFF = 10 };            /* first bytes that show the kind */
enum { CODEC_RATIO_FROM = 64 << 20 }; /* limits.layer_ratio applies after this much output */

/* By the stream's first CODEC_SNIFF bytes (fewer if it is shorter). Unknown: CODEC_NONE. */
enum codec_kind codec_sniff(struct span head);

/* Output buffer: len of cap bytes are written. */
struct codec_out {
	uint8_t *p;
	size_t cap, len;
};

struct codec;

/* NULL without memory. Keeps *l by value. */
struct codec *codec_open(enum codec_kind kind, const struct limits *l);
/* Takes from the front of *in and appends to out. Returns 0 with out full (call again with more
 * room, with or without input) or with *in used up (pass more, or end). Errors: SCOV_E_FORMAT
 * (damage, a bad checksum, data after the end; names the byte), SCOV_E_LIMIT (layer_size,
 * layer_ratio, zstd_window, xz's memory), SCOV_E_MEMORY. Bytes written before an error are in out;
 * after an error only codec_free may be called. */
must_check int codec_run(
	struct codec *c, struct span *in, struct codec_out *out, struct scov_err *err);
/* The input has ended. Call when the last codec_run left room in out. Errors: SCOV_E_FORMAT:
 * truncated. */
must_check int codec_end(struct codec *c, struct scov_err *err);
uint64_t codec_bytes_in(const struct codec *c); /* compressed bytes taken */
uint64_t codec_bytes_out(const struct codec *c);
/* What the stream holds outside its content: gzip's names, comments and extra fields, one per line,
 * up to CODEC_NOTES bytes, and zstd's skippable frames; *is_cut: there is more. A view until
 * codec_free. */
enum { CODEC_NOTES = 64 << 10 };
struct span codec_notes(const struct codec *c, bool *is_cut);
void codec_free(struct codec *c); /* accepts NULL */
