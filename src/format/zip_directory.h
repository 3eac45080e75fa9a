/* zip_directory.h - whether a zip's central directory names the members that its stream has.
 *
 * A reader of a stream goes by the local headers; programs that unpack go by the directory. Where
 * the two disagree about where a member is, how long it is or how it is packed, they read different
 * content. Source: PKWARE APPNOTE 6.3.10, 4.3.12 to 4.3.16.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/err.h"
#include "base/span.h"

struct zip_directory;

struct zip_member {
	uint64_t at;     /* of its local header, from the zip's first byte */
	uint64_t packed; /* bytes of its content as stored */
	uint16_t method;
	bool is_encrypted;
};

/* Reads what did not fit 32 bits from an extra field: packed and at where they are UINT32_MAX,
 * after the size where that is wide. False: there is no such field. */
bool zip_read_wide(struct zip_member *m, bool wide_size, struct span extra);

struct zip_directory *zip_directory_new(void);    /* NULL without memory */
void zip_directory_free(struct zip_directory *d); /* accepts NULL */
/* A member of the stream, in its order. */
void zip_directory_member(struct zip_directory *d, struct zip_member m);
/* The bytes after the last member; the first piece begins `at` bytes from the zip's first. */
void zip_directory_push(struct zip_directory *d, uint64_t at, struct span piece);
/* The stream has ended. A directory without its end record is one that no program reads. Errors:
 * SCOV_E_FORMAT: it disagrees with the members; SCOV_E_LIMIT, SCOV_E_MEMORY: too many of them. */
must_check int zip_directory_end(struct zip_directory *d, struct scov_err *err);
bool zip_directory_has_end(const struct zip_directory *d);
