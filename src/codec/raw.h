/* raw.h - deflate without a frame, as zip has it: the end is where the stream says, to the byte.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "codec/codec.h"

struct raw;

struct raw *raw_open(void); /* NULL without memory */
/* Ready for the next stream. False without memory. */
bool raw_start(struct raw *r);
/* As codec_run; *is_end: the stream is complete and *in stands behind it. Errors: SCOV_E_FORMAT,
 * SCOV_E_MEMORY. */
int raw_run(
	struct raw *r, struct span *in, struct codec_out *out, bool *is_end, struct scov_err *err);
void raw_close(struct raw *r); /* takes NULL */
