/* member.h - inside codec/: what one format provides.
 *
 * A stream is a sequence of members (gzip members, zstd frames, xz streams); this
 * table reads one, codec.c handles what all share: several members,
 * padding, limits, truncation.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "codec/codec.h"

struct codec_format {
	const char *name;
	struct span magic; /* the first bytes of a stream */
	/* What is after them in every stream; NULL: they tell alone. */
	bool (*follows)(struct span after);
	void *(*open)(const struct limits *l);
	/* Ready for the next member. False without memory. */
	bool (*start)(void *state);
	/* As codec_run; *is_end: the member is complete and *in is past it. */
	int (*run)(void *state, struct span *in, struct codec_out *out, bool *is_end,
		struct scov_err *err);
	void (*close)(void *state);
	/* As codec_notes; NULL: the format has none. */
	struct span (*notes)(const void *state, bool *is_cut);
	/* May a member begin with this byte? */
	bool (*begins)(uint8_t first);
	bool has_padding;  /* zero bytes may follow the last member */
	unsigned pad_unit; /* members may follow padding of a multiple of this; 0: none may */
};

extern const struct codec_format codec_gzip, codec_zstd, codec_xz, codec_bzip2;

/* Raw deflate with CRC-32 and length of the output checked against the trailer: ISA-L or zlib. */
struct inflater;
struct inflater *inflater_new(void);
void inflater_reset(struct inflater *f);
must_check int inflater_run(struct inflater *f, struct span *in, struct codec_out *out,
	bool *is_end, struct scov_err *err);
void inflater_free(struct inflater *f);
