/* pax.h - pax extended headers: the records before a tar entry.
 *
 * A header is a run of records "LEN KEY=VALUE\n", LEN in decimal and counting
 * the whole record. What is ambiguous is read as Go's archive/tar reads it. Sources: POSIX.1-2017,
 * pax, "pax Extended Header"; GNU tar's manual, "Storing Sparse Files"; libarchive's tar(5) for its
 * xattrs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/span.h"
#include "scoville/scoville.h"

enum { PAX_XATTRS = 256 }; /* extended attributes of one entry; our own bound */

struct pax_xattr {
	struct span name, value;
};

/* Bytes of a sparse file that are stored; between them are holes. */
struct sparse_piece {
	uint64_t offset, len;
};

enum pax_has {
	PAX_SIZE = 1,
	PAX_MTIME = 2,
	PAX_UID = 4,
	PAX_GID = 8,
	PAX_SPARSE_SIZE = 16,   /* GNU.sparse.size or .realsize, of a sparse file */
	PAX_SPARSE_MAP = 32,    /* formats 0.0 and 0.1: the map is in `pieces` */
	PAX_SPARSE_INLINE = 64, /* format 1.0: the map is before the data */
	PAX_OTHER = 128,        /* not read: a comment, a value that a later one replaces ... */
	PAX_OVERLAY = 256,      /* an attribute by which overlayfs shows other files */
};

enum pax_lost {
	PAX_LOST_BIG = 1,    /* an attribute over limits.xattr_size was left out */
	PAX_LOST_MANY = 2,   /* attributes over PAX_XATTRS were left out */
	PAX_LOST_BROKEN = 4, /* an attribute in libarchive's form that is not base64 */
};

struct pax {
	struct span path, link;  /* empty: absent */
	struct span sparse_name; /* of a sparse file: before every other name */
	uint64_t size, sparse_size;
	int64_t uid, gid;
	int64_t mtime;     /* whole seconds, rounded down */
	uint32_t mtime_ns; /* its fraction as it is written, without the sign */
	unsigned has;      /* enum pax_has */
	unsigned lost;     /* enum pax_lost */
	VEC(struct pax_xattr) xattrs;
	VEC(struct sparse_piece) pieces; /* not yet checked for order */
};

/* Parse one header. Views in *out point into `in` or the arena. The last of two equal keys
 * counts; an empty value removes the key. Unknown keys are skipped.
 * Errors: SCOV_E_FORMAT (a damaged record, a NUL in a path, an invalid number),
 * SCOV_E_LIMIT (limits.sparse_pieces, the arena's limit). */
must_check int pax_parse(struct span in, const struct limits *l, struct arena *a, struct pax *out,
	struct scov_err *err);
