/* zip.h - members of a zip stream (jar, whl, apk ...), in the order of the stream.
 *
 * The bytes are pushed in pieces and read by their local headers; a central directory that has
 * other members, or the same ones otherwise, is an error at the end. Stored and deflated members
 * are read; others, and encrypted ones, are skipped and reported. Source: PKWARE APPNOTE 6.3.10,
 * 4.3 and 4.5.3.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stdbool.h>

#include "base/err.h"
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

/* A local header that may be one: its mark, and where there are enough bytes, a version, a method
 * and the length of a name. */
bool zip_begins(struct span head);

struct zip;

/* NULL without memory. Keeps *ev by value. */
struct zip *zip_open(const struct zip_events *ev, void *ctx);
/* Takes from the front; after the last member it only looks. Errors: SCOV_E_FORMAT (no header after
 * a member; a damaged deflate stream), SCOV_E_LIMIT (content returned false, a name over
 * ZIP_NAME_MAX). After an error only zip_free. */
must_check int zip_push(struct zip *z, struct span *piece, struct scov_err *err);
/* The stream has ended. Errors: SCOV_E_FORMAT: inside a member; its directory disagrees with the
 * members; SCOV_E_LIMIT, SCOV_E_MEMORY: too many of them. */
must_check int zip_end(struct zip *z, struct scov_err *err);
/* The end record of its directory was seen: the zip is not cut between two members. */
bool zip_has_end(const struct zip *z);
void zip_free(struct zip *z); /* accepts NULL */
