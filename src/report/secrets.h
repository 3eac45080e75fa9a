/* secrets.h - what the writers report about secrets: names, counts, places. Never a value.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/buf.h"
#include "facts/report.h"

const char *secrets_proof_name(uint8_t proof);       /* "none", "format", "checksum", ... */
const char *secrets_surface_name(uint8_t surface);   /* "content", "name", "env", ... */
const char *secrets_encoding_name(uint8_t encoding); /* "plain", "base64", ... */

struct secrets_summary {
	size_t levels[SECRET_LEVELS]; /* not ignored */
	size_t ignored;
	bool is_complete;    /* every byte was looked at */
	struct span missing; /* why not */
};
void secrets_sum(const struct report *r, struct secrets_summary *out);
/* "outer/file!inner/file"; nothing where the place is not a file. Raw bytes. */
void secret_path(const struct secret_finding *s, struct buf *out);
