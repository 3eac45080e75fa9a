/* tree.h - files by name, in a folder or in a tar archive, for the sources that need both.
 *
 * Names are relative, without "." and "..". Symbolic links of a folder are
 * followed, to regular files only. An archive is read from a file that can
 * seek, or spooled to one that has no name.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/err.h"
#include "source/source.h"

/* Bytes of an open file. */
struct range {
	int fd;
	bool is_owned; /* range_stream's stream and range_release close it */
	uint64_t offset, size;
};

struct tree;

/* Errors: SCOV_E_NOT_FOUND, SCOV_E_IO (not a folder). */
must_check int tree_open_folder(const char *path, struct tree **out, struct scov_err *err);
/* path "-" is standard input. Compressed whole: spooled, at most limits.spool_size. In an archive
 * the last entry of a name counts. Errors: SCOV_E_NOT_FOUND, SCOV_E_IO, SCOV_E_FORMAT (not a tar,
 * cut short), SCOV_E_LIMIT. */
must_check int tree_open_archive(const char *path, const struct source_options *opt,
	const struct call *call, struct tree **out, struct scov_err *err);
/* The same over a descriptor, which is taken; `name` is for messages. */
must_check int tree_open_archive_fd(int fd, const char *name, const struct source_options *opt,
	const struct call *call, struct tree **out, struct scov_err *err);
/* A regular file; links inside an archive are followed. Errors: SCOV_E_NOT_FOUND, SCOV_E_FORMAT
 * (another kind of file, a link that leaves the archive or goes round), SCOV_E_IO. */
must_check int tree_find(struct tree *t, struct span name, struct range *out, struct scov_err *err);
bool tree_has(struct tree *t, const char *name);
/* A whole small file. Errors: those of tree_find, SCOV_E_LIMIT. */
must_check int tree_load(struct tree *t, struct span name, size_t limit, struct arena *a,
	struct span *out, struct scov_err *err);
void tree_free(struct tree *t); /* accepts NULL; streams of an archive end with it */

/* These own the range from the call on, on failure too. */
must_check int range_stream(struct range *r, struct stream **out, struct scov_err *err);
/* As range_stream, when the descriptor states the range's size or none. Errors: SCOV_E_DIGEST. */
must_check int range_blob(
	struct range *r, const struct descriptor *d, struct stream **out, struct scov_err *err);
must_check int range_load(
	struct range *r, size_t limit, struct arena *a, struct span *out, struct scov_err *err);
void range_release(struct range *r);
/* A file without a name, in opt->spool_dir, TMPDIR or /var/tmp. */
must_check int spool_file(const struct source_options *opt, int *out_fd, struct scov_err *err);
/* Everything that comes from `in`, decompressed, in such a file; at most limits.spool_size. A pipe
 * that brings nothing is waited for as long as `call` allows. */
must_check int spool_from(int in, const struct source_options *opt, const struct call *call,
	int *out_fd, struct scov_err *err);

/* ---- inside tree: what the two kinds provide */

struct tree_ops {
	int (*find)(struct tree *t, struct span name, struct range *out, struct scov_err *err);
	void (*free)(struct tree *t);
};

struct tree {
	const struct tree_ops *ops;
};
