/* rootfs.c - a file tree without a config: a tar as it is, or a folder streamed as one.
 *
 * The stream of a folder is made while it is read: names sorted, nothing
 * outside the folder opened, no link followed. A file that cannot be read
 * ends the stream with an error that names it: a tree of which a part is
 * missing must not pass for a whole one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "source/local.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "format/tar_write.h"

enum {
	DEPTH = 255,            /* folders in each other */
	XATTR_NAMES = 64 << 10, /* what Linux allows for one file */
	LINK_BUCKETS = 4096,
	NAMES_MEMORY = 256 << 20, /* names of the open folders, and of files with several links */
};

struct rootfs {
	struct source source;
	struct arena arena;
	struct source_options opt;
	char *path; /* of the folder; NULL: a file */
	int fd;     /* of the file */
};

struct level {
	int fd;
	dev_t device;
	struct arena arena;
	VEC(struct span) names;
	size_t next, path_len;
};

struct link_row {
	dev_t device;
	ino_t inode;
	struct span path;
	size_t next; /* index + 1 */
};

/* The state of one stream. */
struct walk {
	struct stream stream;
	struct limits limits;
	struct level levels[DEPTH];
	size_t depth;
	struct buf path, out; /* out: header bytes and padding not yet taken */
	size_t out_done;
	int file; /* whose content is next, -1 none */
	uint64_t left, padding, entries;
	struct arena links_arena;
	VEC(struct link_row) links;
	size_t buckets[LINK_BUCKETS];
	bool is_done;
};

/* ---- folders */

static int by_name(const void *a, const void *b)
{
	return span_cmp(*(const struct span *)a, *(const struct span *)b);
}

static int read_names(struct level *l, struct scov_err *err)
{
	int fd = fcntl(l->fd, F_DUPFD_CLOEXEC, 0);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	int code = 0;

	if (!dir) {
		fd_close(&fd);
		return err_fail(err, SCOV_E_IO, "%s", strerror(errno));
	}
	for (errno = 0; !code && (e = readdir(dir)); errno = 0) {
		struct span *name;

		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		name = vec_push(&l->names, &l->arena);
		if (name)
			*name = arena_dup(&l->arena, span_str(e->d_name));
		if (!name || !name->p)
			code = arena_check(&l->arena, err);
	}
	if (!code && errno)
		code = err_fail(err, SCOV_E_IO, "%s", strerror(errno));
	closedir(dir);
	if (!code && l->names.n)
		qsort(l->names.p, l->names.n, sizeof(*l->names.p), by_name);
	return code;
}

/* /proc and the like, mounted inside: no files of the tree, and some have no end. */
static bool is_pseudo(int fd)
{
	static const unsigned long magics[] = {
		PROC_SUPER_MAGIC,
		SYSFS_MAGIC,
		CGROUP_SUPER_MAGIC,
		CGROUP2_SUPER_MAGIC,
		DEVPTS_SUPER_MAGIC,
		DEBUGFS_MAGIC,
		TRACEFS_MAGIC,
		SECURITYFS_MAGIC,
		BPF_FS_MAGIC,
		PSTOREFS_MAGIC,
		NSFS_MAGIC,
		BINFMTFS_MAGIC,
		SELINUX_MAGIC,
		0x19800202 /* mqueue */,
		0x62656570 /* configfs */,
		0x65735543 /* fusectl */,
	};
	struct statfs st;

	if (fstatfs(fd, &st))
		return false;
	for (size_t i = 0; i < sizeof(magics) / sizeof(*magics); i++)
		if ((unsigned long)st.f_type == magics[i])
			return true;
	return false;
}

/* Takes fd. */
static int enter(struct walk *w, int fd, dev_t device, struct scov_err *err)
{
	struct level *l;

	if (w->depth && device != w->levels[w->depth - 1].device && is_pseudo(fd)) {
		close(fd);
		return 0;
	}
	if (w->depth == DEPTH) {
		close(fd);
		return err_fail(err, SCOV_E_LIMIT, "folders nested deeper than %d", DEPTH);
	}
	l = &w->levels[w->depth++];
	*l = (struct level){ .fd = fd,
		.device = device,
		.arena = { .limit = NAMES_MEMORY },
		.path_len = w->path.len };
	return read_names(l, err);
}

static void leave(struct walk *w)
{
	struct level *l = &w->levels[--w->depth];

	fd_close(&l->fd);
	arena_release(&l->arena);
}

/* ---- one entry */

/* The first path of a file with several links; empty when this is it. */
static int first_link(struct walk *w, const struct stat *st, struct span path, struct span *out,
	struct scov_err *err)
{
	size_t *bucket = &w->buckets[(st->st_ino ^ st->st_dev) % LINK_BUCKETS];
	struct link_row *row;

	for (size_t i = *bucket; i; i = w->links.p[i - 1].next)
		if (w->links.p[i - 1].inode == st->st_ino &&
			w->links.p[i - 1].device == st->st_dev) {
			*out = w->links.p[i - 1].path;
			return 0;
		}
	row = vec_push(&w->links, &w->links_arena);
	if (row) {
		*row = (struct link_row){ st->st_dev, st->st_ino, arena_dup(&w->links_arena, path),
			*bucket };
		*bucket = w->links.n;
	}
	*out = (struct span){ 0 };
	return row && row->path.p ? 0 : arena_check(&w->links_arena, err);
}

static int add_xattr(struct walk *w, int fd, const char *name, struct arena *a,
	struct tar_header *e, struct pax_xattr *rows, struct scov_err *err)
{
	ssize_t n = fgetxattr(fd, name, NULL, 0);
	char *value;

	if (n < 0)
		return errno == ENODATA || errno == ENOTSUP
			       ? 0
			       : err_fail(
					 err, SCOV_E_IO, "attribute %s: %s", name, strerror(errno));
	if ((uint64_t)n > w->limits.xattr_size)
		return err_fail(err, SCOV_E_LIMIT,
			"attribute %s of %zd bytes, more than limit xattr_size", name, n);
	value = arena_alloc(a, (size_t)n + 1);
	if (!value)
		return arena_check(a, err);
	n = fgetxattr(fd, name, value, (size_t)n);
	if (n < 0)
		return err_fail(err, SCOV_E_IO, "attribute %s: %s", name, strerror(errno));
	if (e->xattrs_n == PAX_XATTRS)
		return err_fail(err, SCOV_E_LIMIT, "more than %d attributes", PAX_XATTRS);
	rows[e->xattrs_n++] =
		(struct pax_xattr){ arena_dup(a, span_str(name)), span_of(value, (size_t)n) };
	return 0;
}

static int read_xattrs(
	struct walk *w, int fd, struct arena *a, struct tar_header *e, struct scov_err *err)
{
	char *names = arena_alloc(a, XATTR_NAMES + 1);
	struct pax_xattr *rows = arena_array(a, PAX_XATTRS, sizeof(*rows));
	ssize_t n = names && rows ? flistxattr(fd, names, XATTR_NAMES) : -1;
	struct span rest, name;
	int code = 0;

	if (!names || !rows)
		return arena_check(a, err);
	if (n < 0)
		return errno == ENOTSUP
			       ? 0
			       : err_fail(err, SCOV_E_IO, "its attributes: %s", strerror(errno));
	rest = span_of(names, (size_t)n);
	e->xattrs = rows;
	/* A label of this machine's policy says nothing of the tree. */
	while (!code && span_split(&rest, 0, &name))
		if (!span_eq(name, SPAN("security.selinux")) && name.len)
			code = add_xattr(w, fd, (const char *)name.p, a, e, rows, err);
	return code;
}

static uint8_t type_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return TAR_FILE;
	case S_IFDIR:
		return TAR_DIR;
	case S_IFLNK:
		return TAR_SYMLINK;
	case S_IFCHR:
		return TAR_CHAR;
	case S_IFBLK:
		return TAR_BLOCK;
	case S_IFIFO:
		return TAR_FIFO;
	default:
		return 0; /* a socket: tar has none */
	}
}

static int read_link(
	int dir, const char *name, struct arena *a, struct span *out, struct scov_err *err)
{
	enum { MOST = 65536 };
	char *p = arena_alloc(a, MOST);
	ssize_t n = p ? readlinkat(dir, name, p, MOST) : -1;

	if (n < 0 || n == MOST)
		return err_fail(
			err, SCOV_E_IO, "its target: %s", n < 0 ? strerror(errno) : "too long");
	*out = span_of(p, (size_t)n);
	return 0;
}

/* Opens a file or folder again by name; it must be the one that was looked at. */
static int open_same(
	int dir, const char *name, const struct stat *want, int *out, struct scov_err *err)
{
	scoped_fd int fd =
		openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return err_fail(err, SCOV_E_IO, "%s", strerror(errno));
	if (st.st_ino != want->st_ino || st.st_dev != want->st_dev || st.st_mode != want->st_mode)
		return err_fail(err, SCOV_E_IO, "it changed while it was read");
	*out = fd_take(&fd);
	return 0;
}

static int add_entry(struct walk *w, int dir, const char *name, struct scov_err *err)
{
	scoped_arena struct arena a = { .limit = 16 << 20 };
	scoped_fd int fd = -1;
	struct stat st;
	struct tar_header e = { .path = buf_view(&w->path) };
	int code = 0;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW))
		return err_fail(err, SCOV_E_IO, "%s", strerror(errno));
	e.type = type_of(st.st_mode);
	if (!e.type)
		return 0;
	if (++w->entries > w->limits.layer_entries)
		return err_fail(err, SCOV_E_LIMIT, "more entries than limit layer_entries");
	e.mode = st.st_mode & 07777;
	e.uid = st.st_uid;
	e.gid = st.st_gid;
	e.mtime = st.st_mtime;
	e.major = major(st.st_rdev);
	e.minor = minor(st.st_rdev);
	if (e.type == TAR_SYMLINK)
		code = read_link(dir, name, &a, &e.link, err);
	if (e.type == TAR_FILE && st.st_nlink > 1)
		code = first_link(w, &st, e.path, &e.link, err);
	if (e.type == TAR_FILE && e.link.len)
		e.type = TAR_HARDLINK;
	if (!code && (e.type == TAR_FILE || e.type == TAR_DIR)) {
		code = open_same(dir, name, &st, &fd, err);
		if (!code)
			code = read_xattrs(w, fd, &a, &e, err);
	}
	if (code)
		return code;
	e.size = e.type == TAR_FILE ? (uint64_t)st.st_size : 0;
	code = tar_write_header(&w->out, &e, err);
	if (code)
		return code;
	if (e.type == TAR_DIR)
		return enter(w, fd_take(&fd), st.st_dev, err);
	if (e.type == TAR_FILE) {
		w->left = e.size;
		w->padding = tar_padding(e.size);
		w->file = fd_take(&fd);
	}
	return 0;
}

/* ---- the stream */

/* Puts the next entry into out, or the end. */
static int next_entry(struct walk *w, struct scov_err *err)
{
	struct level *l = &w->levels[w->depth ? w->depth - 1 : 0];
	scoped_arena struct arena a = { 0 };
	const char *name;

	if (!w->depth) {
		tar_write_end(&w->out);
		w->is_done = true;
		return 0;
	}
	if (l->next == l->names.n) {
		leave(w);
		return 0;
	}
	w->path.len = l->path_len;
	if (w->path.len)
		buf_byte(&w->path, '/');
	buf_span(&w->path, l->names.p[l->next]);
	name = arena_cstr(&a, l->names.p[l->next++]);
	if (!name || w->path.failed)
		return err_memory(err);
	return add_entry(w, l->fd, name, err)
		       ? err_wrap(err, "'%.*s'", SPAN_ARG(buf_view(&w->path)))
		       : 0;
}

static int64_t read_content(struct walk *w, void *p, size_t len, struct scov_err *err)
{
	ssize_t n = w->left ? fd_read(w->file, p, w->left < len ? (size_t)w->left : len) : 0;

	if (n < 0 || (!n && w->left))
		return err_fail(err, SCOV_E_IO, "'%.*s': %s", SPAN_ARG(buf_view(&w->path)),
			n < 0 ? strerror(errno) : "it became shorter while it was read");
	w->left -= (uint64_t)n;
	if (!w->left) {
		fd_close(&w->file);
		for (; w->padding; w->padding--)
			buf_byte(&w->out, 0);
	}
	return n;
}

static int64_t read_walk(struct stream *s, void *p, size_t len, struct scov_err *err)
{
	struct walk *w = (struct walk *)s;
	struct span left;
	int64_t n;

	for (;;) {
		left = span_sub(buf_view(&w->out), w->out_done, len);
		if (left.len) {
			memcpy(p, left.p, left.len);
			w->out_done += left.len;
			return (int64_t)left.len;
		}
		w->out.len = w->out_done = 0;
		if (w->is_done)
			return 0;
		if (w->file >= 0) {
			n = read_content(w, p, len, err);
			if (n)
				return n;
			continue;
		}
		n = next_entry(w, err);
		if (n)
			return n;
		if (w->out.failed)
			return err_memory(err);
	}
}

static void close_walk(struct stream *s)
{
	struct walk *w = (struct walk *)s;

	while (w->depth)
		leave(w);
	fd_close(&w->file);
	buf_release(&w->path);
	buf_release(&w->out);
	arena_release(&w->links_arena);
	mem_free(w);
}

static int open_folder(struct rootfs *r, struct stream **out, struct scov_err *err)
{
	int fd = open(r->path, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
	struct walk *w;
	struct stat st;
	int code;

	if (fd < 0 || fstat(fd, &st)) {
		fd_close(&fd);
		return err_fail(err, SCOV_E_IO, "folder '%s': %s", r->path, strerror(errno));
	}
	w = mem_alloc(sizeof(*w));
	if (!w) {
		fd_close(&fd);
		return err_memory(err);
	}
	w->stream = (struct stream){ .read = read_walk, .close = close_walk };
	w->limits = r->opt.limits;
	w->file = -1;
	w->links_arena.limit = NAMES_MEMORY;
	code = enter(w, fd, st.st_dev, err);
	if (code) {
		close_walk(&w->stream);
		return err_wrap(err, "folder '%s'", r->path);
	}
	*out = &w->stream;
	return 0;
}

/* ---- the source */

static int open_layer(struct source *s, const struct descriptor *d, const struct call *call,
	struct stream **out, struct scov_err *err)
{
	struct rootfs *r = (struct rootfs *)s;
	struct range range = { .fd = r->fd };
	struct stat st;

	(void)call;
	(void)d;
	if (r->path)
		return open_folder(r, out, err);
	if (fstat(r->fd, &st))
		return err_fail(err, SCOV_E_IO, "%s", strerror(errno));
	range.size = (uint64_t)st.st_size;
	return range_stream(&range, out, err);
}

static int manifest(struct source *s, struct arena *a, struct manifest *out, struct scov_err *err)
{
	struct rootfs *r = (struct rootfs *)s;
	struct manifest m = { 0 };
	struct descriptor *layer = vec_push(&m.layers, a);
	struct stat st;

	if (!layer)
		return arena_check(a, err);
	layer->name = SPAN("rootfs");
	if (!r->path && !fstat(r->fd, &st)) {
		layer->size = (uint64_t)st.st_size;
		layer->has_size = true;
	}
	*out = m;
	return 0;
}

static int document(struct source *s, const struct descriptor *d, const struct call *call,
	struct arena *a, struct span *out, struct scov_err *err)
{
	(void)s, (void)d, (void)call, (void)a, (void)out;
	return err_fail(err, SCOV_E_NOT_FOUND, "a file tree has no documents");
}

static void rootfs_free(struct source *s)
{
	struct rootfs *r = (struct rootfs *)s;

	fd_close(&r->fd);
	arena_release(&r->arena);
	mem_free(r);
}

static const struct source_ops ops = {
	.transport = "rootfs",
	.manifest = manifest,
	.document = document,
	.open = open_layer,
	.detached = "a file tree has no digest to which something could be attached",
	.free = rootfs_free,
};

static int open_tree_or_file(
	struct rootfs *r, const char *path, const struct call *call, struct scov_err *err)
{
	bool is_stdin = !strcmp(path, "-");
	scoped_fd int fd = is_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
				    : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return err_fail(err, errno == ENOENT ? SCOV_E_NOT_FOUND : SCOV_E_IO, "'%s': %s",
			path, strerror(errno));
	if (S_ISDIR(st.st_mode) && !is_stdin) {
		r->path = arena_cstr(&r->arena, span_str(path));
		r->source.description = span_str(arena_printf(&r->arena, "file tree %s", path));
		r->source.incomplete_xattrs = geteuid() != 0;
		r->source.xattrs_reason =
			geteuid() ? SPAN("the folder was read without the privilege of root")
				  : SPAN("");
		return r->path ? 0 : err_memory(err);
	}
	r->source.description = span_str(
		arena_printf(&r->arena, "file tree in %s", is_stdin ? "standard input" : path));
	if (S_ISREG(st.st_mode) && lseek(fd, 0, SEEK_CUR) == 0) {
		r->fd = fd_take(&fd);
		return 0;
	}
	return spool_from(fd, &r->opt, call, &r->fd, err) ? err_wrap(err, "'%s'", path) : 0;
}

int rootfs_open(const struct form *f, const struct source_options *opt, const struct call *call,
	struct source **out, struct scov_err *err)
{
	scoped_arena struct arena a = { 0 };
	struct rootfs *r = mem_alloc(sizeof(*r));
	char *path = arena_cstr(&a, f->name);
	int code;

	if (!r || !path) {
		mem_free(r);
		return err_memory(err);
	}
	r->source.ops = &ops;
	r->opt = *opt;
	r->fd = -1;
	code = open_tree_or_file(r, path, call, err);
	if (code) {
		rootfs_free(&r->source);
		return code;
	}
	*out = &r->source;
	return 0;
}
