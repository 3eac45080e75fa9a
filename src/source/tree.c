/* tree.c - a folder as a tree, and what folders and archives have in common.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "source/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"

enum { NAME_PARTS = 8 }; /* "blobs/sha256/HEX" has three */

struct folder {
	struct tree tree;
	int fd;
};

struct file_stream {
	struct stream stream;
	struct range range;
	uint64_t done;
};

/* ---- ranges */

void range_release(struct range *r)
{
	if (r->is_owned)
		fd_close(&r->fd);
	r->is_owned = false;
}

static int64_t read_range(struct stream *s, void *p, size_t len, struct scov_err *err)
{
	struct file_stream *f = (struct file_stream *)s;
	uint64_t left = f->range.size - f->done;
	ssize_t n;

	if (len > left)
		len = (size_t)left;
	if (!len)
		return 0;
	do
		n = pread(f->range.fd, p, len, (off_t)(f->range.offset + f->done));
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_fail(err, SCOV_E_IO, "reading at byte %llu: %s",
			(unsigned long long)f->done, strerror(errno));
	if (!n)
		return err_fail(err, SCOV_E_FORMAT, "cut short at byte %llu of %llu",
			(unsigned long long)f->done, (unsigned long long)f->range.size);
	f->done += (uint64_t)n;
	return n;
}

static void close_range_stream(struct stream *s)
{
	struct file_stream *f = (struct file_stream *)s;

	range_release(&f->range);
	mem_free(f);
}

int range_stream(struct range *r, struct stream **out, struct scov_err *err)
{
	struct file_stream *f = mem_alloc(sizeof(*f));

	if (!f) {
		range_release(r);
		return err_memory(err);
	}
	f->stream.read = read_range;
	f->stream.close = close_range_stream;
	f->range = *r;
	r->is_owned = false;
	*out = &f->stream;
	return 0;
}

static int load(const struct range *r, size_t limit, struct arena *a, struct span *out,
	struct scov_err *err)
{
	uint8_t *p;
	size_t got = 0;

	if (r->size > limit)
		return err_fail(err, SCOV_E_LIMIT,
			"%llu bytes, more than the %zu of limit document_size",
			(unsigned long long)r->size, limit);
	p = arena_alloc(a, (size_t)r->size);
	if (!p)
		return arena_check(a, err);
	while (got < r->size) {
		ssize_t n = pread(r->fd, p + got, (size_t)r->size - got, (off_t)(r->offset + got));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_fail(
				err, SCOV_E_IO, "reading: %s", n ? strerror(errno) : "cut short");
		got += (size_t)n;
	}
	*out = span_of(p, got);
	return 0;
}

int range_load(
	struct range *r, size_t limit, struct arena *a, struct span *out, struct scov_err *err)
{
	int code = load(r, limit, a, out, err);

	range_release(r);
	return code;
}

int range_blob(
	struct range *r, const struct descriptor *d, struct stream **out, struct scov_err *err)
{
	if (!d->has_size || d->size == r->size)
		return range_stream(r, out, err);
	range_release(r);
	return err_fail(err, SCOV_E_DIGEST, "a blob of %llu bytes where the manifest says %llu",
		(unsigned long long)r->size, (unsigned long long)d->size);
}

/* ---- trees */

int tree_find(struct tree *t, struct span name, struct range *out, struct scov_err *err)
{
	return t->ops->find(t, name, out, err);
}

bool tree_has(struct tree *t, const char *name)
{
	struct range r;
	struct scov_err err;

	if (tree_find(t, span_str(name), &r, &err))
		return false;
	range_release(&r);
	return true;
}

int tree_load(struct tree *t, struct span name, size_t limit, struct arena *a, struct span *out,
	struct scov_err *err)
{
	struct range r;
	int code = tree_find(t, name, &r, err);

	if (code)
		return code;
	code = range_load(&r, limit, a, out, err);
	return code ? err_wrap(err, "'%.*s'", SPAN_ARG(name)) : 0;
}

void tree_free(struct tree *t)
{
	if (t)
		t->ops->free(t);
}

/* ---- folders */

static int fail_open(struct span name, struct scov_err *err)
{
	if (errno == ENOENT)
		return err_fail(err, SCOV_E_NOT_FOUND, "no file '%.*s'", SPAN_ARG(name));
	if (errno == ELOOP || errno == ENOTDIR)
		return err_fail(err, SCOV_E_FORMAT,
			"'%.*s': its path has a loop of links or a file in place of a folder",
			SPAN_ARG(name));
	return err_fail(err, SCOV_E_IO, "'%.*s': %s", SPAN_ARG(name), strerror(errno));
}

/* Links are followed, as runtimes do: build systems make layouts of them. Whatever they lead to,
 * what is read is checked by its digest, or is the folder's own list of that. */
static int folder_find(struct tree *t, struct span name, struct range *out, struct scov_err *err)
{
	scoped_arena struct arena a = { 0 };
	const char *path = arena_cstr(&a, name);
	int at = ((struct folder *)t)->fd;
	struct stat st;

	if (!path)
		return err_memory(err);
	if (!span_is_path(name, NAME_PARTS))
		return err_fail(err, SCOV_E_FORMAT, "'%.*s' is not the name of a file inside",
			SPAN_ARG(name));
	/* Not even opened when it is a device. */
	if (fstatat(at, path, &st, 0))
		return fail_open(name, err);
	if (!S_ISREG(st.st_mode))
		return err_fail(err, SCOV_E_FORMAT, "'%.*s' is not a regular file", SPAN_ARG(name));

	scoped_fd int fd = openat(at, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 || fstat(fd, &st))
		return fail_open(name, err);
	if (!S_ISREG(st.st_mode))
		return err_fail(err, SCOV_E_FORMAT, "'%.*s' is not a regular file", SPAN_ARG(name));
	*out = (struct range){ .is_owned = true, .size = (uint64_t)st.st_size };
	out->fd = fd_take(&fd);
	return 0;
}

static void folder_free(struct tree *t)
{
	fd_close(&((struct folder *)t)->fd);
	mem_free(t);
}

static const struct tree_ops folder_ops = { folder_find, folder_free };

int tree_open_folder(const char *path, struct tree **out, struct scov_err *err)
{
	scoped_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
	struct folder *f;

	if (fd < 0 && errno == ENOENT)
		return err_fail(err, SCOV_E_NOT_FOUND, "no folder '%s'", path);
	if (fd < 0)
		return err_fail(err, SCOV_E_IO, "folder '%s': %s", path, strerror(errno));
	f = mem_alloc(sizeof(*f));
	if (!f)
		return err_memory(err);
	f->tree.ops = &folder_ops;
	f->fd = fd_take(&fd);
	*out = &f->tree;
	return 0;
}

int spool_file(const struct source_options *opt, int *out_fd, struct scov_err *err)
{
	const char *dir = opt->spool_dir ? opt->spool_dir : getenv("TMPDIR");
	scoped_arena struct arena a = { 0 };
	char *name;
	int fd;

	if (!dir || !*dir)
		dir = "/var/tmp";
	fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)) {
		name = arena_printf(&a, "%s/scoville-XXXXXX", dir);
		fd = name ? mkostemp(name, O_CLOEXEC) : -1;
		if (fd >= 0)
			unlink(name);
	}
	if (fd < 0)
		return err_fail(err, SCOV_E_IO, "no spool file in '%s': %s", dir, strerror(errno));
	*out_fd = fd;
	return 0;
}
