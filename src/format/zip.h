/* zip.h - members of a zip stream (jar, whl, apk ...) in the order in which they stand, without its
 * end.
 *
 * The bytes are pushed in pieces and read by local headers alone: what only the central directory
 * names is not part of the stream. Stored and deflated members; others, and encrypted ones, are
 * skipped and said. Source: PKWARE APPNOTE 6.3.10, 4.3 and 4.5.3.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stdbool.h>

#include "base/limits.h"
#include "base/span.h"
#include "scoville/scoville.h"

enum { ZIP_NAME_MAX = 4096, ZIP_EXTRA_MAX = 65535 };

struct zip_events {
	/* A member begins; false: its content is not wanted. The name is raw and lives until the
	 * call returns. */
	bool (*member)(void *ctx, struct span name);
	/* Its content, in order. False ends the reading (zip_push returns SCOV_E_LIMIT). */
	bool (*content)(void *ctx, struct span piece);
	void (*end)(void *ctx);
	/* A member whose content cannot be read: static text. */
	void (*lost)(void *ctx, struct span name, const char *why);
};

struct zip;

/* NULL without memory. Keeps *ev by value. */
struct zip *zip_open(const struct zip_events *ev, void *ctx);
/* Takes from the front; once the members are over nothing more. Errors: SCOV_E_FORMAT (what follows
 * a member is no header; a damaged deflate stream), SCOV_E_LIMIT (content said so, a name over
 * ZIP_NAME_MAX). After an error only zip_free. */
int zip_push(struct zip *z, struct span *piece, struct scov_err *err);
/* The stream is over. Errors: SCOV_E_FORMAT: inside a member. */
int zip_end(struct zip *z, struct scov_err *err);
void zip_free(struct zip *z); /* takes NULL */
