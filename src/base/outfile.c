/* outfile.c - a file that the user named for output: written whole or not at all.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/fd.h"

enum { LINKS_MAX = 40 /* as the kernel */ };

static int fail(const struct outfile *f, struct scov_err *err)
{
	return err_fail(err, errno == EINTR ? SCOV_E_CANCELLED : SCOV_E_IO, "'%s': %s", f->name,
		strerror(errno));
}

static bool put_path(struct outfile *f, const char *folder, size_t folder_len, const char *rest)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%.*s%s", (int)folder_len, folder, rest);

	if (n < 0 || (size_t)n >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return false;
	}
	memcpy(f->path, path, (size_t)n + 1);
	return true;
}

/* With its '/'; 0: the working directory. */
static size_t folder_length(const struct outfile *f)
{
	const char *slash = strrchr(f->path, '/');

	return slash ? (size_t)(slash - f->path) + 1 : 0;
}

static void folder_text(const struct outfile *f, char out[PATH_MAX])
{
	size_t n = folder_length(f);

	snprintf(out, PATH_MAX, "%.*s", n ? (int)n : 1, n ? f->path : ".");
}

/* ---- where the name leads -------------------------------------------------------------------- */

/* /proc/PID/fd/N: a link to an open file, whose text need not be a path. *number: N. */
static bool is_open_file(const struct outfile *f, uint64_t *number)
{
	char folder[PATH_MAX];
	struct statfs fs;

	folder_text(f, folder);
	return span_number(span_str(f->path + folder_length(f)), 10, INT32_MAX, number) &&
	       !statfs(folder, &fs) && fs.f_type == PROC_SUPER_MAGIC;
}

static bool follow(struct outfile *f)
{
	char target[PATH_MAX];
	uint64_t number;

	if (!put_path(f, "", 0, f->name))
		return false;
	for (int i = 0; i < LINKS_MAX; i++) {
		ssize_t n = is_open_file(f, &number)
				    ? -1
				    : readlink(f->path, target, sizeof(target) - 1);

		if (n < 0)
			return true;
		target[n] = 0;
		if (!put_path(f, f->path, *target == '/' ? 0 : folder_length(f), target))
			return false;
	}
	errno = ELOOP;
	return false;
}

/* One of our own is written through itself, at its own offset; another's at its end. */
static int open_open_file(const struct outfile *f, uint64_t number)
{
	char folder[PATH_MAX];
	struct stat own, its;

	folder_text(f, folder);
	if (stat("/proc/self/fd", &own) || stat(folder, &its) || own.st_ino != its.st_ino ||
		own.st_dev != its.st_dev)
		return open(f->path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY);
	int flags = fcntl((int)number, F_GETFL);

	if (flags >= 0 && (flags & O_ACCMODE) == O_RDONLY) {
		errno = EBADF;
		return -1;
	}
	return flags < 0 ? -1 : fcntl((int)number, F_DUPFD_CLOEXEC, 3);
}

static int open_socket(const struct outfile *f)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	scoped_fd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (strlen(f->path) >= sizeof(at.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(at.sun_path, f->path, strlen(f->path));
	return fd < 0 || connect(fd, (const struct sockaddr *)&at, sizeof(at)) ? -1 : fd_take(&fd);
}

/* ---- open ------------------------------------------------------------------------------------ */

static bool open_regular(struct outfile *f, const struct stat *st)
{
	char folder[PATH_MAX];

	folder_text(f, folder);
	bool is_closed = faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) != 0;

	if (!st)
		return !is_closed;
	f->mode = st->st_mode & 07777;
	f->group = st->st_gid;
	f->has_group = true;
	f->in_place = is_closed || st->st_nlink != 1 || st->st_uid != geteuid();
	return !faccessat(AT_FDCWD, f->path, W_OK, AT_EACCESS);
}

static bool open_any(struct outfile *f)
{
	struct stat st;
	uint64_t number;

	if (is_open_file(f, &number))
		return (f->fd = open_open_file(f, number)) >= 0;
	if (stat(f->path, &st))
		return errno == ENOENT && open_regular(f, NULL);
	if (S_ISREG(st.st_mode))
		return open_regular(f, &st);
	f->fd = S_ISSOCK(st.st_mode) ? open_socket(f)
				     : open(f->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	return f->fd >= 0;
}

int outfile_open(struct outfile *f, const char *name, struct scov_err *err)
{
	*f = (struct outfile){ .name = name, .fd = -1 };
	return follow(f) && open_any(f) ? 0 : fail(f, err);
}

int outfile_write(struct outfile *f, const void *p, size_t len)
{
	if (f->fd >= 0)
		return fd_write_all(f->fd, p, len);
	buf_bytes(&f->text, p, len);
	if (f->text.failed)
		errno = ENOMEM;
	return f->text.failed ? -1 : 0;
}

/* ---- commit ---------------------------------------------------------------------------------- */

/* Room first: on a full disk the old text stays. */
static bool overwrite(const struct outfile *f)
{
	scoped_fd int fd = open(f->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	off_t len = (off_t)f->text.len;

	if (fd < 0)
		return false;
	if (len && fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, len) && errno != EOPNOTSUPP &&
		errno != ENOSYS)
		return false;
	return !fd_write_all(fd, f->text.p, f->text.len) && !ftruncate(fd, len) && !fsync(fd);
}

static bool write_new(const struct outfile *f, const char *path)
{
	scoped_fd int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
		f->mode ? 0600 : 0666); /* and the umask */

	/* Before the mode: a change of group takes set-id bits off. */
	return fd >= 0 && (!f->has_group || !fchown(fd, (uid_t)-1, f->group)) &&
	       (!f->mode || !fchmod(fd, f->mode)) &&
	       !fd_write_all(fd, f->text.p, f->text.len) && !fsync(fd);
}

static bool replace(const struct outfile *f)
{
	char temporary[PATH_MAX + 32];
	uint64_t random;

	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		return false;
	snprintf(temporary, sizeof(temporary), "%.*s.part-%016llx", (int)folder_length(f), f->path,
		(unsigned long long)random);
	if (write_new(f, temporary) && !rename(temporary, f->path))
		return true;
	int why = errno;

	unlink(temporary);
	errno = why;
	/* A mount of its own; a group that we are not in. */
	return (why == EBUSY || why == EPERM) && overwrite(f);
}

int outfile_commit(struct outfile *f, struct scov_err *err)
{
	if (f->fd >= 0)
		return 0;
	return (f->in_place ? overwrite(f) : replace(f)) ? 0 : fail(f, err);
}

void outfile_release(struct outfile *f)
{
	fd_close(&f->fd);
	if (f->text.cap)
		explicit_bzero(f->text.p, f->text.cap);
	buf_release(&f->text);
}
