/* raw.h - deflate without a frame, as in zip: it stops exactly at the stream's last byte.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/err.h"
#include "codec/codec.h"

struct raw;

struct raw *raw_open(void); /* NULL without memory */
/* Ready for the next stream. False without memory. */
bool raw_start(struct raw *r);
/* As codec_run; *is_end: the stream is complete and *in is past it. Errors: SCOV_E_FORMAT,
 * SCOV_E_MEMORY. */
must_check int raw_run(
	struct raw *r, struct span *in, struct codec_out *out, bool *is_end, struct scov_err *err);
void raw_close(struct raw *r); /* accepts NULL */
