/* tar.h - walk a tar stream that is pushed in pieces: v7, ustar, pax, GNU.
 *
 * The caller pushes pieces of any length and is called back with entries and views of
 * their content; content is not copied. Memory is bounded: that of one entry. Sources: POSIX.1-2017
 * pax and ustar; GNU tar manual, "Basic Tar Format". An ambiguous tar is read as Go's archive/tar
 * reads it, because that is what unpacks images.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/span.h"
#include "format/pax.h"
#include "scoville/scoville.h"

/* The values are those of enum entry_type in facts/part.h. */
enum tar_type {
	TAR_FILE = 1,
	TAR_HARDLINK,
	TAR_SYMLINK,
	TAR_CHAR,
	TAR_BLOCK,
	TAR_DIR,
	TAR_FIFO,
	TAR_WHITEOUT, /* path is what it hides, without ".wh." */
	TAR_OPAQUE,   /* path is the directory whose lower content it hides */
};

/* How its header is written. */
enum tar_form { TAR_FORM_V7 = 1, TAR_FORM_USTAR, TAR_FORM_STAR, TAR_FORM_GNU, TAR_FORM_PAX };

/* Spans live until the callback returns. */
struct tar_entry {
	struct span path; /* no leading "/", no empty, "." or ".." parts; empty: the root */
	struct span link; /* symlink: as written; hard link: path, cleaned as above */
	uint64_t size;    /* of a regular file, 0 of others; of a sparse one, expanded */
	int64_t mtime;    /* seconds since 1970 */
	uint32_t mode;    /* the low 12 bits */
	uint32_t uid, gid;
	uint8_t type; /* enum tar_type */
	uint8_t form; /* enum tar_form */
	bool is_sparse;
	uint32_t mtime_ns;        /* of a pax header: the fraction */
	struct span uname, gname; /* of the header block, not of a pax header */
	uint64_t device;          /* of a device: major << 32 | minor */
	const struct pax_xattr *xattrs;
	size_t xattrs_n;
	uint64_t header_at; /* byte of the stream where its header begins */
	uint64_t data_at;   /* and where its stored data begins (a sparse file's: not contiguous) */
};

enum { TAR_CONTENT = 0, TAR_SKIP = 1 };

enum tar_fault {
	TAR_NOTED,
	TAR_LOST,    /* the entry, or something in it, is left out */
	TAR_DIFFERS, /* programs that unpack images make different files of it */
};

/* TAR_REST_BEHIND comes in pieces, in order, from the first byte that is not zero on, and
 * TAR_REST_LOST, the content of an entry that is left out or a whiteout, up to an empty one; the
 * others come whole. */
enum tar_rest {
	TAR_REST_HEADER,
	TAR_REST_NAME,
	TAR_REST_PADDING,
	TAR_REST_LOST,
	TAR_REST_BEHIND,
};
enum { TAR_REST_MIN = 12 /* of a name or padding: fewer bytes are not reported */ };

/* A callback may return a negative scov_code: the walk ends and tar_push returns it. It does not
 * touch *err: the callback fills the error itself. */
struct tar_events {
	/* TAR_CONTENT or TAR_SKIP (of a regular file: no content calls). */
	int (*entry)(void *ctx, const struct tar_entry *e);
	/* Bytes at `offset` of the file, in order. The holes of a sparse file are not delivered:
	 * offset then jumps, at its end too (compare with e->size). May be NULL. */
	int (*content)(void *ctx, uint64_t offset, struct span piece);
	/* After each entry's content. May be NULL. */
	int (*end)(void *ctx);
	/* Something is wrong, and the walk goes on. name: the path as written, may be
	 * empty. May be called several times per entry: limit what you keep. May be NULL. */
	void (*warn)(void *ctx, struct span name, const char *why, enum tar_fault fault);
	/* Bytes outside entries that may hold text: extension headers with unknown keys,
	 * the owners' names, content of an entry left out, and padding and data after the end that
	 * are not zero.
	 * Views as above. May be NULL. */
	int (*rest)(void *ctx, enum tar_rest where, struct span bytes);
	/* Every header block, and the content of extension headers, as they are; those of an entry
	 * before `entry`. May be NULL. */
	void (*header)(void *ctx, struct span bytes);
};

struct tar_counts {
	uint64_t entries;  /* all, including those left out, without extension headers */
	uint64_t lost;     /* left out with a warning */
	uint64_t bytes;    /* pushed */
	uint64_t trailing; /* after the two zero blocks */
	bool has_end;      /* the two zero blocks were seen */
};

/* The first block of a tar: with its magic, and its checksum is right. A v7 header has no magic. */
bool tar_begins(struct span head);

struct tar;

/* is_layer: names with ".wh." are whiteouts. NULL without memory. Keeps *ev and *l by value. */
struct tar *tar_open(const struct tar_events *ev, void *ctx, const struct limits *l, bool is_layer);
/* Errors: SCOV_E_FORMAT (a checksum, a number, a map; names entry and byte), SCOV_E_LIMIT
 * (pax_size, sparse_pieces, layer_entries), a callback's code. After an error only tar_counts and
 * tar_free may be called. */
must_check int tar_push(struct tar *t, struct span piece, struct scov_err *err);
/* The stream has ended. Errors: SCOV_E_FORMAT: it ends inside an entry or a header. */
must_check int tar_end(struct tar *t, struct scov_err *err);
struct tar_counts tar_counts(const struct tar *t);
void tar_free(struct tar *t); /* accepts NULL */
