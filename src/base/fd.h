/* fd.h - descriptors that close themselves, and reads and writes that finish.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "scoville/scoville.h"

void fd_close(int *fd); /* < 0 is nothing to close */
int fd_take(int *fd);   /* hands it on; the scope no longer closes it */

#define scoped_fd __attribute__((cleanup(fd_close)))

ssize_t fd_read(int fd, void *p, size_t len);        /* read(2), retried on EINTR */
ssize_t fd_read_full(int fd, void *p, size_t len);   /* until len or end of file; -1 and errno */
int fd_write_all(int fd, const void *p, size_t len); /* 0, or -1 and errno */
/* Those of the path that are missing, with the mode. Errors: SCOV_E_IO. */
must_check int fd_make_folders(const char *path, mode_t mode, struct scov_err *err);
/* A whole regular file of at most limit bytes. name is for the message.
 * Errors: SCOV_E_NOT_FOUND, SCOV_E_IO, SCOV_E_LIMIT. */
must_check int fd_load(int dirfd, const char *path, size_t limit, struct arena *a, struct span *out,
	struct scov_err *err);
/* All that comes from a descriptor that need not be a file, at most limit bytes. Errors:
 * SCOV_E_IO, SCOV_E_LIMIT. */
must_check int fd_load_all(int fd, const char *name, size_t limit, struct arena *a,
	struct span *out, struct scov_err *err);
