/* archive.c - a tar archive as a tree: an index of its entries, made once.
 *
 * The content of files is not read for it: where the walker is inside a file, it is pushed
 * zeros of that length while the reader seeks on.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "source/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/hash.h"
#include "base/hashtable.h"
#include "codec/codec.h"
#include "format/tar.h"

enum {
	CHUNK = 64 << 10,
	LOOK = 4096,              /* read at once where only headers are wanted */
	NAMES_MEMORY = 128 << 20, /* paths and links of one archive */
	LINK_HOPS = 16,
	POLL_MS = 200,
};

struct member {
	struct span path, link;
	uint64_t offset, size;
	uint8_t type; /* enum tar_type */
	bool is_sparse;
};

struct archive {
	struct tree tree;
	struct arena arena;
	int fd;
	VEC(struct member) members;
	struct table by_path;
	struct hash_key key;
	uint64_t skip_to; /* while indexing: where the current file's data ends */
	uint64_t most;
	struct scov_err *err;
};

/* ---- names */

/* link as seen from the folder dir, ".." taken by text. False when it leaves the archive. */
static bool join(struct arena *a, struct span dir, struct span link, struct span *out)
{
	struct span texts[2] = { span_starts(link, SPAN("/")) ? SPAN("") : dir, link };
	char *p = arena_alloc(a, dir.len + link.len + 2);
	size_t n = 0;

	if (!p)
		return false;
	for (int i = 0; i < 2; i++) {
		struct span part;

		while (span_split(&texts[i], '/', &part)) {
			if (!part.len || span_eq(part, SPAN(".")))
				continue;
			if (span_eq(part, SPAN(".."))) {
				if (!n)
					return false;
				n = span_dir(span_of(p, n)).len;
				continue;
			}
			if (n)
				p[n++] = '/';
			memcpy(p + n, part.p, part.len);
			n += part.len;
		}
	}
	*out = span_of(p, n);
	return n > 0;
}

static const struct member *look_up(const struct archive *ar, struct span path)
{
	uint64_t hash = hash_span(ar->key, path);
	const struct table_slot *s = table_next(&ar->by_path, hash, NULL);

	while (s->row && !span_eq(ar->members.p[s->row - 1].path, path))
		s = table_next(&ar->by_path, hash, s);
	return s->row ? &ar->members.p[s->row - 1] : NULL;
}

static int archive_find(struct tree *t, struct span name, struct range *out, struct scov_err *err)
{
	const struct archive *ar = (struct archive *)t;
	scoped_arena struct arena a = { 0 };
	struct span path;
	const struct member *m;

	if (!join(&a, SPAN(""), name, &path))
		return err_fail(err, SCOV_E_FORMAT, "'%.*s' is not a name inside the archive",
			SPAN_ARG(name));
	for (int hop = 0; hop < LINK_HOPS; hop++) {
		m = look_up(ar, path);
		if (!m)
			return err_fail(err, SCOV_E_NOT_FOUND, "no file '%.*s' in the archive",
				SPAN_ARG(path));
		if (m->type == TAR_FILE && !m->is_sparse) {
			*out = (struct range){ .fd = ar->fd, .offset = m->offset, .size = m->size };
			return 0;
		}
		if (m->type != TAR_SYMLINK && m->type != TAR_HARDLINK)
			return err_fail(err, SCOV_E_FORMAT,
				"'%.*s' is not a regular file in the archive", SPAN_ARG(path));
		if (!join(&a, m->type == TAR_SYMLINK ? span_dir(m->path) : SPAN(""), m->link,
			    &path))
			return err_fail(err, SCOV_E_FORMAT, "'%.*s' links out of the archive",
				SPAN_ARG(m->path));
	}
	return err_fail(err, SCOV_E_FORMAT, "'%.*s': a loop of links", SPAN_ARG(name));
}

static void archive_free(struct tree *t)
{
	struct archive *ar = (struct archive *)t;

	fd_close(&ar->fd);
	arena_release(&ar->arena);
	mem_free(ar);
}

static const struct tree_ops archive_ops = { archive_find, archive_free };

/* ---- the index */

static int on_entry(void *ctx, const struct tar_entry *e)
{
	struct archive *ar = ctx;
	struct member *m;

	if (ar->members.n >= ar->most)
		return err_fail(ar->err, SCOV_E_LIMIT,
			"more than the %llu entries of limit archive_entries",
			(unsigned long long)ar->most);
	m = vec_push(&ar->members, &ar->arena);
	if (!m)
		return arena_check(&ar->arena, ar->err);
	m->path = arena_dup(&ar->arena, e->path);
	m->link = arena_dup(&ar->arena, e->link);
	m->offset = e->data_at;
	m->size = e->size;
	m->type = e->type;
	m->is_sparse = e->is_sparse;
	if (!m->path.p || !m->link.p)
		return arena_check(&ar->arena, ar->err);
	if (e->type == TAR_FILE && !e->is_sparse)
		ar->skip_to = e->data_at + e->size;
	return TAR_SKIP;
}

static int push_zeros(struct tar *t, uint64_t n, struct scov_err *err)
{
	static const uint8_t zeros[CHUNK];
	int code = 0;

	while (n && !code) {
		size_t now = n < CHUNK ? (size_t)n : CHUNK;

		code = tar_push(t, span_of(zeros, now), err);
		n -= now;
	}
	return code;
}

static int walk(struct archive *ar, struct tar *t, uint64_t size, const struct call *call,
	struct scov_err *err)
{
	uint8_t block[LOOK];
	uint64_t at = 0;
	int code = 0;

	while (at < size && !code) {
		ssize_t n = pread(ar->fd, block, sizeof(block), (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_fail(err, SCOV_E_IO, "%s",
				n ? strerror(errno) : "cut short while it was read");
		code = tar_push(t, span_of(block, (size_t)n), err);
		at += (uint64_t)n;
		if (code || ar->skip_to <= at)
			continue;
		if (ar->skip_to > size)
			return err_fail(err, SCOV_E_FORMAT,
				"cut short: '%.*s' ends at byte %llu, the archive at %llu",
				SPAN_ARG(ar->members.p[ar->members.n - 1].path),
				(unsigned long long)ar->skip_to, (unsigned long long)size);
		code = push_zeros(t, ar->skip_to - at, err);
		at = ar->skip_to;
		if (!code)
			code = call_check(call, err);
	}
	return code ? code : tar_end(t, err);
}

/* Of entries with one name the last counts. */
static int hash_members(struct archive *ar, struct scov_err *err)
{
	ar->key = hash_random_key();
	if (!table_make(&ar->by_path, &ar->arena, ar->members.n))
		return arena_check(&ar->arena, err);
	for (size_t k = 0; k < ar->members.n; k++) {
		struct span path = ar->members.p[k].path;
		uint64_t hash = hash_span(ar->key, path);
		struct table_slot *s = table_next(&ar->by_path, hash, NULL);

		while (s->row && !span_eq(ar->members.p[s->row - 1].path, path))
			s = table_next(&ar->by_path, hash, s);
		table_put(&ar->by_path, s, hash, k);
	}
	return 0;
}

static int make_index(struct archive *ar, const struct source_options *opt, const struct call *call,
	struct scov_err *err)
{
	static const struct tar_events events = { .entry = on_entry };
	struct limits l = opt->limits;
	struct stat st;
	struct tar *t;
	int code;

	if (fstat(ar->fd, &st))
		return err_fail(err, SCOV_E_IO, "%s", strerror(errno));
	if (!st.st_size)
		return err_fail(err, SCOV_E_FORMAT, "empty");
	ar->most = l.archive_entries;
	ar->err = err;
	l.layer_entries = l.archive_entries + 1;
	t = tar_open(&events, ar, &l, false);
	if (!t)
		return err_memory(err);
	code = walk(ar, t, (uint64_t)st.st_size, call, err);
	tar_free(t);
	if (code == SCOV_E_FORMAT && !ar->members.n)
		return err_wrap(err, "not a tar archive");
	return code ? code : hash_members(ar, err);
}

/* ---- spooling */

struct spool {
	int in, out;
	const struct source_options *opt;
	const struct call *call;
	uint64_t written;
	struct codec *codec;
	uint8_t *raw, *plain; /* CHUNK each */
	size_t have;          /* bytes of raw already read */
};

/* Waits in pieces, so that a stop is heard while nothing comes. */
static ssize_t wait_read(struct spool *s, struct scov_err *err)
{
	struct pollfd p = { .fd = s->in, .events = POLLIN };
	ssize_t n;

	do {
		if (call_check(s->call, err))
			return err->code;
	} while (poll(&p, 1, POLL_MS) <= 0 && (errno == EINTR || !p.revents));
	n = fd_read(s->in, s->raw + s->have, CHUNK - s->have);
	return n < 0 ? err_fail(err, SCOV_E_IO, "reading: %s", strerror(errno)) : n;
}

static int spool_write(struct spool *s, const uint8_t *p, size_t n, struct scov_err *err)
{
	s->written += n;
	if (s->written > s->opt->limits.spool_size)
		return err_fail(err, SCOV_E_LIMIT, "more than the %llu bytes of limit spool_size",
			(unsigned long long)s->opt->limits.spool_size);
	if (fd_write_all(s->out, p, n))
		return err_fail(err, SCOV_E_IO, "writing the spool file: %s", strerror(errno));
	return 0;
}

static int spool_piece(struct spool *s, size_t n, struct scov_err *err)
{
	struct span in = span_of(s->raw, n);
	struct codec_out out;
	int code;

	do {
		out = (struct codec_out){ .p = s->plain, .cap = CHUNK };
		code = codec_run(s->codec, &in, &out, err);
		if (!code)
			code = spool_write(s, s->plain, out.len, err);
	} while (!code && out.len == out.cap);
	return code;
}

static int spool_all(struct spool *s, struct scov_err *err)
{
	struct limits l = s->opt->limits;
	ssize_t n;
	int code = 0;

	while (s->have < CODEC_SNIFF) {
		n = wait_read(s, err);
		if (n < 0)
			return (int)n;
		if (!n)
			break;
		s->have += (size_t)n;
	}
	l.layer_size = l.spool_size;
	s->codec = codec_open(codec_sniff(span_of(s->raw, s->have)), &l);
	if (!s->codec)
		return err_memory(err);
	for (n = (ssize_t)s->have; n && !code; n = wait_read(s, err)) {
		if (n < 0)
			return (int)n;
		code = spool_piece(s, (size_t)n, err);
		s->have = 0;
		if (code)
			return code;
	}
	return n < 0 ? (int)n : codec_end(s->codec, err);
}

int spool_from(int in, const struct source_options *opt, const struct call *call, int *out_fd,
	struct scov_err *err)
{
	scoped_fd int fd = -1;
	struct spool s = { .in = in, .opt = opt, .call = call };
	int code = spool_file(opt, &fd, err);

	if (code)
		return code;
	s.out = fd;
	s.raw = mem_alloc(CHUNK);
	s.plain = mem_alloc(CHUNK);
	code = s.raw && s.plain ? spool_all(&s, err) : err_memory(err);
	codec_free(s.codec);
	mem_free(s.raw);
	mem_free(s.plain);
	if (!code)
		*out_fd = fd_take(&fd);
	return code;
}

/* Can seek and is not compressed. */
static int is_plain(int fd, bool *out, struct scov_err *err)
{
	uint8_t head[CODEC_SNIFF];
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st))
		return err_fail(err, SCOV_E_IO, "%s", strerror(errno));
	if (S_ISDIR(st.st_mode))
		return err_fail(err, SCOV_E_FORMAT, "a folder where an archive should be");
	*out = false;
	if (!S_ISREG(st.st_mode))
		return 0;
	n = pread(fd, head, sizeof(head), 0);
	if (n < 0)
		return err_fail(err, SCOV_E_IO, "%s", strerror(errno));
	*out = codec_sniff(span_of(head, (size_t)n)) == CODEC_NONE && lseek(fd, 0, SEEK_CUR) == 0;
	return 0;
}

static int open_fd(int *fd, const struct source_options *opt, const struct call *call,
	struct tree **out, struct scov_err *err)
{
	struct archive *ar;
	bool plain = false;
	int spooled = -1, code = is_plain(*fd, &plain, err);

	if (!code && !plain) {
		code = spool_from(*fd, opt, call, &spooled, err);
		if (!code) {
			fd_close(fd);
			*fd = spooled;
		}
	}
	if (code)
		return code;
	ar = mem_alloc(sizeof(*ar));
	if (!ar)
		return err_memory(err);
	ar->tree.ops = &archive_ops;
	ar->arena.limit = NAMES_MEMORY;
	ar->fd = fd_take(fd);
	code = make_index(ar, opt, call, err);
	if (code)
		archive_free(&ar->tree);
	else
		*out = &ar->tree;
	return code;
}

int tree_open_archive_fd(int fd, const char *name, const struct source_options *opt,
	const struct call *call, struct tree **out, struct scov_err *err)
{
	scoped_fd int mine = fd;

	return open_fd(&mine, opt, call, out, err) ? err_wrap(err, "archive '%s'", name) : 0;
}

int tree_open_archive(const char *path, const struct source_options *opt, const struct call *call,
	struct tree **out, struct scov_err *err)
{
	bool is_stdin = !strcmp(path, "-");
	int fd = is_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
			  : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return err_fail(err, errno == ENOENT ? SCOV_E_NOT_FOUND : SCOV_E_IO,
			"archive '%s': %s", path, strerror(errno));
	/* A pipe was opened without waiting for its writer; poll waits for its bytes. */
	return tree_open_archive_fd(fd, is_stdin ? "standard input" : path, opt, call, out, err);
}
