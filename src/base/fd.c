/* fd.c - descriptors that close themselves, and reads and writes that finish.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"

void fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

int fd_take(int *fd)
{
	int mine = *fd;

	*fd = -1;
	return mine;
}

ssize_t fd_read(int fd, void *p, size_t len)
{
	ssize_t n;

	do
		n = read(fd, p, len);
	while (n < 0 && errno == EINTR);
	return n;
}

ssize_t fd_read_full(int fd, void *p, size_t len)
{
	size_t got = 0;

	while (got < len) {
		ssize_t n = fd_read(fd, (char *)p + got, len - got);

		if (n < 0)
			return -1;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	return (ssize_t)got;
}

int fd_write_all(int fd, const void *p, size_t len)
{
	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		p = (const char *)p + n;
		len -= (size_t)n;
	}
	return 0;
}

int fd_make_folders(const char *path, mode_t mode, struct scov_err *err)
{
	char p[PATH_MAX];

	if (snprintf(p, sizeof(p), "%s", path) >= (int)sizeof(p))
		return err_fail(err, SCOV_E_IO, "'%s': %s", path, strerror(ENAMETOOLONG));
	for (size_t i = 1; i <= strlen(p); i++) {
		char end = p[i];

		if (end && end != '/')
			continue;
		p[i] = 0;
		if (mkdir(p, mode) && errno != EEXIST)
			return err_fail(err, SCOV_E_IO, "'%s': %s", p, strerror(errno));
		p[i] = end;
		if (!end)
			break;
	}
	return 0;
}

int fd_load(int dirfd, const char *path, size_t limit, struct arena *a, struct span *out,
	struct scov_err *err)
{
	scoped_fd int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0)
		return err_fail(err, errno == ENOENT ? SCOV_E_NOT_FOUND : SCOV_E_IO, "'%s': %s",
			path, strerror(errno));
	if (fstat(fd, &st) < 0)
		return err_fail(err, SCOV_E_IO, "'%s': %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_fail(err, SCOV_E_IO, "'%s': not a regular file", path);
	if ((uint64_t)st.st_size > limit)
		return err_fail(err, SCOV_E_LIMIT, "'%s': too large: %lld bytes (limit %zu)", path,
			(long long)st.st_size, limit);
	uint8_t *p = arena_alloc(a, (size_t)st.st_size);

	if (!p)
		return err_memory(err);
	ssize_t n = fd_read_full(fd, p, (size_t)st.st_size);

	if (n < 0)
		return err_fail(err, SCOV_E_IO, "'%s': %s", path, strerror(errno));
	*out = span_of(p, (size_t)n);
	return 0;
}

int fd_load_all(int fd, const char *name, size_t limit, struct arena *a, struct span *out,
	struct scov_err *err)
{
	scoped_buf struct buf b = { .limit = limit };
	char piece[16 << 10];
	ssize_t n;

	while ((n = fd_read(fd, piece, sizeof(piece))) > 0 && !b.failed)
		buf_bytes(&b, piece, (size_t)n);
	if (n < 0)
		return err_fail(err, SCOV_E_IO, "%s: %s", name, strerror(errno));
	if (b.failed)
		return err_fail(err, SCOV_E_LIMIT, "%s: too large (limit %zu)", name, limit);
	*out = arena_dup(a, buf_view(&b));
	return arena_check(a, err);
}
