/* tar_out.h - write tar headers: ustar, with a pax header where ustar cannot say it.
 *
 * Source: POSIX.1-2017, pax, "ustar Interchange Format" and "pax Extended
 * Header"; extended attributes as SCHILY.xattr.NAME, as GNU tar and Docker do.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/buf.h"
#include "format/tar.h"

struct tar_out_entry {
	struct span path, link; /* relative; a folder's path without trailing '/' */
	uint8_t type;           /* enum tar_type, without the whiteouts */
	uint32_t mode, uid, gid, major, minor;
	uint64_t size; /* of a file; the caller writes the content and tar_out_padding() zeros */
	int64_t mtime;
	const struct pax_xattr *xattrs;
	size_t xattrs_n;
};

void tar_out_header(struct buf *b, const struct tar_out_entry *e);
size_t tar_out_padding(uint64_t size);
void tar_out_end(struct buf *b); /* two zero blocks */
