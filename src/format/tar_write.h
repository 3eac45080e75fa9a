/* tar_write.h - write tar: ustar, with a pax header where ustar cannot say it.
 *
 * The same entries give the same bytes. What tar cannot say is refused, so what is written is read
 * back as it was given: but for an attribute with an empty value, which readers take for none.
 * Source: POSIX.1-2017, pax, "ustar Interchange Format" and "pax Extended Header"; extended
 * attributes as SCHILY.xattr.NAME, as GNU tar and Docker do.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "format/tar.h"

struct tar_header {
	struct span path; /* clean and relative; empty: the root folder */
	struct span link; /* symlink: its target; hard link: a path as above */
	uint8_t type;     /* enum tar_type, without the whiteouts */
	uint32_t mode, uid, gid, major, minor;
	uint64_t size; /* of a file */
	int64_t mtime;
	const struct pax_xattr *xattrs;
	size_t xattrs_n;
};

/* The header; the content of a file and tar_padding() zeros have to follow. Errors:
 * SCOV_E_UNSUPPORTED (a path that is not clean, a NUL, a name of an attribute with '='),
 * SCOV_E_MEMORY (the buffer failed). Nothing of it is written on failure. */
must_check int tar_write_header(struct buf *b, const struct tar_header *h, struct scov_err *err);
/* A whole entry; h->size is set to the content's. */
must_check int tar_write(
	struct buf *b, struct tar_header h, struct span content, struct scov_err *err);
void tar_write_end(struct buf *b); /* two zero blocks */
/* Zeros that fill up the last block of so many bytes. */
size_t tar_padding(uint64_t size);
