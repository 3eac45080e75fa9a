/* outfile.h - a file that the user named for output: written whole or not at all.
 *
 * A regular file is kept in memory until the commit, then written beside its name and renamed; so
 * nothing is left of a run that ends early, and a full disk leaves the old file. Links are
 * followed: the link stays and its target changes. A file that a rename would change (several
 * names, another owner, a folder that is closed to us, a mount) is overwritten in place. What is
 * not a regular file, and what /dev/fd/N and /dev/stdout name, is written to as it comes and is
 * never replaced.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <limits.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

struct outfile {
	const char *name;    /* as given, for messages; the caller's */
	char path[PATH_MAX]; /* links followed */
	int fd;              /* of what is written to as it comes; -1: a regular file */
	bool in_place;       /* overwritten, not replaced */
	mode_t mode;         /* of the file at the end; the caller may change it */
	gid_t group;         /* of the old file, kept */
	bool has_group;
	struct buf text;
};

/* Checks that it can be written, and changes nothing yet. Waits for the reader of a pipe. Zeroed
 * otherwise: {.fd = -1}. Errors: SCOV_E_IO; SCOV_E_CANCELLED (a signal while waiting). */
must_check int outfile_open(struct outfile *f, const char *name, struct scov_err *err);
int outfile_write(struct outfile *f, const void *p, size_t len); /* 0, or -1 and errno */
/* Errors: SCOV_E_IO, and the old file is as it was unless it is overwritten in place. */
must_check int outfile_commit(struct outfile *f, struct scov_err *err);
void outfile_release(struct outfile *f);
