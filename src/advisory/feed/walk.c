/* walk.c - a file, a folder or an archive, member by member.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "advisory/feed/file.h"
#include "base/date.h"
#include "base/fd.h"
#include "codec/codec.h"
#include "format/tar.h"
#include "format/zip.h"

enum { PIECE = 256 << 10, LEAD = 512 /* bytes that show what a stream is */ };

enum shape { UNKNOWN, PLAIN, TAR, ZIP };

struct walk {
	struct feed_files files;
	struct limits limits;
	const struct call *call;
	bool is_folder;
	/* Of the file that is open. */
	struct span name; /* of a plain stream */
	int64_t copied;   /* the day of its last change */
	uint8_t lead[LEAD];
	size_t lead_n;
	uint8_t shape;
	struct tar *tar;
	struct zip *zip;
	uint64_t bytes; /* inflated */
	bool is_open;   /* a member of an archive */
	int code;       /* of a zip's callback, with its error */
	struct scov_err *err;
};

static int count_bytes(struct walk *w, size_t n)
{
	w->bytes += n;
	if (w->bytes <= w->limits.feed_size)
		return 0;
	return err_fail(w->err, SCOV_E_LIMIT, "more than %llu bytes (limit feed_size)",
		(unsigned long long)w->limits.feed_size);
}

/* ---- archives ---- */

static int tar_entry(void *ctx, const struct tar_entry *e)
{
	struct walk *w = ctx;

	int64_t day = e->mtime / DAY_SECONDS;

	w->is_open = e->type == TAR_FILE;
	w->files.feed.copied = day >= FEED_DAY_MIN && day < w->copied ? day : w->copied;
	if (!w->is_open)
		return TAR_SKIP;
	int code = feed_file_begin(&w->files, e->path, w->err);

	return code ? code : TAR_CONTENT;
}

static int tar_content(void *ctx, uint64_t offset, struct span piece)
{
	struct walk *w = ctx;

	(void)offset;
	return w->is_open ? feed_file_push(&w->files, piece, w->err) : 0;
}

static int tar_entry_ends(void *ctx)
{
	struct walk *w = ctx;
	bool was_open = w->is_open;

	w->is_open = false;
	return was_open ? feed_file_end(&w->files, w->err) : 0;
}

static bool zip_member(void *ctx, struct span name)
{
	struct walk *w = ctx;

	w->is_open = !span_ends(name, SPAN("/"));
	if (w->is_open && !w->code)
		w->code = feed_file_begin(&w->files, name, w->err);
	return w->is_open;
}

static bool zip_content(void *ctx, struct span piece)
{
	struct walk *w = ctx;

	if (!w->code)
		w->code = count_bytes(w, piece.len);
	if (!w->code)
		w->code = feed_file_push(&w->files, piece, w->err);
	return !w->code;
}

static void zip_member_ends(void *ctx)
{
	struct walk *w = ctx;

	if (w->is_open && !w->code)
		w->code = feed_file_end(&w->files, w->err);
	w->is_open = false;
}

static void zip_lost(void *ctx, struct span name, const char *why)
{
	struct walk *w = ctx;

	w->is_open = false;
	if (!w->code)
		w->code = err_fail(w->err, SCOV_E_FORMAT, "%.*s: %s", SPAN_ARG(name), why);
}

/* ---- what a stream is ---- */

static int choose(struct walk *w)
{
	static const struct tar_events tar_events = {
		.entry = tar_entry, .content = tar_content, .end = tar_entry_ends
	};
	static const struct zip_events zip_events = { zip_member, zip_content, zip_member_ends,
		zip_lost };
	struct span lead = span_of(w->lead, w->lead_n);

	w->files.is_alone = false;
	if (tar_begins(lead)) {
		w->shape = TAR;
		w->tar = tar_open(&tar_events, w, &w->limits, false);
		return w->tar ? 0 : err_memory(w->err);
	}
	if (zip_begins(lead)) {
		w->shape = ZIP;
		w->zip = zip_open(&zip_events, w);
		return w->zip ? 0 : err_memory(w->err);
	}
	w->shape = PLAIN;
	w->files.is_alone = !w->is_folder;
	return feed_file_begin(&w->files, w->name, w->err);
}

static int pass(struct walk *w, struct span piece)
{
	struct scov_err own;
	int code;

	if (w->shape == TAR)
		return tar_push(w->tar, piece, w->err);
	if (w->shape == PLAIN)
		return feed_file_push(&w->files, piece, w->err);
	code = zip_push(w->zip, &piece, &own);
	if (!w->code && code)
		w->code = err_fail(w->err, code, "%s", own.text);
	return w->code;
}

static int stream_push(struct walk *w, struct span piece)
{
	size_t n = LEAD - w->lead_n;
	int code;

	if (w->shape != UNKNOWN)
		return pass(w, piece);
	n = n < piece.len ? n : piece.len;
	if (n)
		memcpy(w->lead + w->lead_n, piece.p, n);
	w->lead_n += n;
	if (w->lead_n < LEAD)
		return 0;
	code = choose(w);
	if (!code)
		code = pass(w, span_of(w->lead, w->lead_n));
	return code ? code : pass(w, span_from(piece, n));
}

static int stream_end(struct walk *w)
{
	int code = 0;

	if (w->shape == UNKNOWN) {
		code = choose(w);
		if (!code)
			code = pass(w, span_of(w->lead, w->lead_n));
	}
	if (code)
		return code;
	if (w->shape == PLAIN)
		return feed_file_end(&w->files, w->err);
	code = w->shape == TAR ? tar_end(w->tar, w->err) : zip_end(w->zip, w->err);
	/* One that is cut between two members is whole but for this. */
	if (!code && !(w->shape == TAR ? tar_counts(w->tar).has_end : zip_has_end(w->zip)))
		return err_fail(w->err, SCOV_E_FORMAT, "the archive is cut");
	return code;
}

/* ---- one file of the file system ---- */

static struct span without_suffix(struct span name)
{
	static const char *const suffixes[] = { ".gz", ".zst", ".xz", ".bz2" };

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++)
		if (span_ends(name, span_str(suffixes[i])))
			return span_sub(name, 0, name.len - strlen(suffixes[i]));
	return name;
}

static int inflate(struct walk *w, struct codec *c, struct span in, uint8_t *room)
{
	struct codec_out out;

	do {
		out = (struct codec_out){ .p = room, .cap = PIECE };
		int code = codec_run(c, &in, &out, w->err);

		if (!code)
			code = count_bytes(w, out.len);
		if (!code)
			code = stream_push(w, span_of(room, out.len));
		if (code)
			return code;
	} while (out.len == out.cap);
	return 0;
}

static int read_pieces(struct walk *w, int fd, uint8_t *in, uint8_t *out, struct codec **codec)
{
	for (;;) {
		ssize_t n = fd_read_full(fd, in, PIECE);
		struct span piece = span_of(in, n > 0 ? (size_t)n : 0);
		int code = call_check(w->call, w->err);

		if (n < 0)
			return err_fail(w->err, SCOV_E_IO, "%s", strerror(errno));
		if (!code && n == 0)
			return *codec ? codec_end(*codec, w->err) : 0;
		if (!code && !*codec) {
			*codec = codec_open(codec_sniff(piece), &w->limits);
			if (!*codec)
				return err_memory(w->err);
		}
		if (!code)
			code = inflate(w, *codec, piece, out);
		if (code)
			return code;
	}
}

static int read_file(struct walk *w, int fd, struct span name)
{
	scoped_mem uint8_t *room = mem_alloc(2 * (size_t)PIECE);
	struct codec *codec = NULL;
	struct stat st;
	int code;

	if (!room)
		return err_memory(w->err);
	if (fstat(fd, &st) < 0)
		return err_fail(w->err, SCOV_E_IO, "%s", strerror(errno));
	w->copied = w->files.feed.copied = st.st_mtime / DAY_SECONDS;
	w->name = without_suffix(name);
	w->shape = UNKNOWN;
	w->lead_n = 0;
	w->bytes = 0;
	w->code = 0;
	w->is_open = false;
	code = read_pieces(w, fd, room, room + PIECE, &codec);
	if (!code)
		code = stream_end(w);
	codec_free(codec);
	tar_free(w->tar);
	zip_free(w->zip);
	w->tar = NULL;
	w->zip = NULL;
	return code;
}

/* ---- folders ---- */

struct folder {
	DIR *dir;
	size_t path_len;
};

static int open_folder(struct walk *w, int fd, struct folder *out)
{
	out->dir = fdopendir(fd);
	if (out->dir)
		return 0;
	close(fd);
	return err_fail(w->err, SCOV_E_IO, "%s", strerror(errno));
}

/* One name in it: a file is read, a folder goes to *below. What is neither is passed over. */
static int visit(struct walk *w, struct folder *in, const char *name, struct buf *path, int *below)
{
	int fd = openat(dirfd(in->dir), name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	int code = 0;

	path->len = in->path_len;
	buf_printf(path, "%s%s", in->path_len ? "/" : "", name);
	if (fd < 0 && errno == ELOOP)
		return 0;
	if (fd < 0 || fstat(fd, &st) < 0)
		code = err_fail(w->err, SCOV_E_IO, "%s: %s", path->p, strerror(errno));
	else if (S_ISDIR(st.st_mode)) {
		*below = fd;
		return 0;
	} else if (S_ISREG(st.st_mode)) {
		code = read_file(w, fd, buf_view(path));
		if (code)
			err_wrap(w->err, "%s", path->p);
	}
	fd_close(&fd);
	return code;
}

static int read_folder(struct walk *w, int fd)
{
	struct folder open[FEED_FOLDER_DEPTH];
	scoped_buf struct buf path = { 0 };
	size_t depth = 0;
	int code = open_folder(w, fd, &open[0]);

	if (code)
		return code;
	open[depth++].path_len = 0;
	while (depth && !code) {
		struct folder *in = &open[depth - 1];
		const struct dirent *e = readdir(in->dir);
		int below = -1;

		if (!e) {
			closedir(in->dir);
			depth--;
			continue;
		}
		if (e->d_name[0] == '.')
			continue;
		code = visit(w, in, e->d_name, &path, &below);
		if (below < 0)
			continue;
		if (depth == FEED_FOLDER_DEPTH) {
			close(below);
			code = err_fail(w->err, SCOV_E_LIMIT, "%s: folders deeper than %d", path.p,
				FEED_FOLDER_DEPTH);
			continue;
		}
		code = open_folder(w, below, &open[depth]);
		if (!code)
			open[depth++].path_len = path.len;
	}
	while (depth)
		closedir(open[--depth].dir);
	return code;
}

/* ---- the whole ---- */

static int read_path(struct walk *w, const char *path)
{
	scoped_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_fail(w->err, errno == ENOENT ? SCOV_E_NOT_FOUND : SCOV_E_IO, "%s",
			strerror(errno));
	w->is_folder = S_ISDIR(st.st_mode);
	if (w->is_folder)
		return read_folder(w, fd_take(&fd));
	return read_file(w, fd, span_base(span_str(path)));
}

static int check_sum(const struct feed_sum *s, struct scov_err *err)
{
	uint64_t files = 0, records = 0, unread = 0;

	for (size_t i = 0; advisory_feeds[i]; i++) {
		const struct feed_counts *c = &s->formats[i];

		files += c->files;
		records += c->records;
		if (!c->rows)
			unread += c->left_out[FEED_MALFORMED] + c->left_out[FEED_DAMAGED] +
				  c->left_out[FEED_UNREADABLE];
	}
	if (s->broken_files * 20 > files)
		return err_fail(err, SCOV_E_FORMAT,
			"%llu of %llu files cannot be read; the first: %s",
			(unsigned long long)s->broken_files, (unsigned long long)files,
			s->broken.text);
	if (!records)
		return err_fail(err, SCOV_E_FORMAT, "no advisories of a known format");
	if (unread >= records)
		return err_fail(err, SCOV_E_FORMAT,
			"none of its %llu records can be read: the format may have changed",
			(unsigned long long)records);
	return 0;
}

static void add_sum(struct feed_sum *to, const struct feed_sum *s)
{
	for (size_t i = 0; advisory_feeds[i]; i++) {
		struct feed_counts *c = &to->formats[i];

		c->files += s->formats[i].files;
		c->records += s->formats[i].records;
		c->rows += s->formats[i].rows;
		for (size_t r = 0; r < FEED_REASONS; r++)
			c->left_out[r] += s->formats[i].left_out[r];
	}
	if (!to->broken_files)
		to->broken = s->broken;
	to->broken_files += s->broken_files;
	to->other_files += s->other_files;
}

/* "FORMAT=PATH": *path is moved past the format. */
static const struct feed_format *named(const char **path)
{
	struct span s = span_str(*path);
	size_t name = span_find(s, '=');

	for (size_t i = 0; name < s.len && advisory_feeds[i]; i++)
		if (span_eq(span_sub(s, 0, name), span_str(advisory_feeds[i]->name))) {
			*path += name + 1;
			return advisory_feeds[i];
		}
	return NULL;
}

int feed_read(struct advisory_build *b, const char *path, const struct limits *limits,
	const struct call *call, struct feed_sum *sum, struct scov_err *err)
{
	return feed_read_without(b, path, NULL, 0, limits, call, sum, err);
}

int feed_read_without(struct advisory_build *b, const char *path, const struct span *ids,
	size_t ids_n, const struct limits *limits, const struct call *call, struct feed_sum *sum,
	struct scov_err *err)
{
	struct scov_err own = { 0 };
	struct feed_sum s = { 0 };
	struct walk w = { .files = { .build = b, .sum = &s }, .limits = *limits, .call = call };
	int code;

	w.files.only = named(&path);
	w.files.feed.without = ids;
	w.files.feed.without_n = ids_n;
	w.err = &own;
	w.files.feed.arena.limit = FEED_RECORD_MEMORY;
	w.limits.layer_size = UINT64_MAX; /* feed_size is counted here */
	code = read_path(&w, path);
	feed_files_release(&w.files);
	if (!code)
		code = check_sum(&s, &own);
	add_sum(sum, &s);
	return code ? err_fail(err, code, "%s: %s", path, own.text) : 0;
}

void feed_sum_write(const struct feed_sum *sum, struct buf *out)
{
	for (size_t i = 0; advisory_feeds[i]; i++) {
		const struct feed_counts *n = &sum->formats[i];

		if (!n->files)
			continue;
		buf_printf(out, "%s: %" PRIu64 " files, %" PRIu64 " records, %" PRIu64 " rows\n",
			advisory_feeds[i]->name, n->files, n->records, n->rows);
		for (int r = 0; r < FEED_REASONS; r++)
			if (n->left_out[r])
				buf_printf(out, "  left out, %s: %" PRIu64 "\n",
					feed_reason_names[r], n->left_out[r]);
	}
	if (sum->other_files)
		buf_printf(out, "%" PRIu64 " files of no known format\n", sum->other_files);
	if (sum->broken_files)
		buf_printf(out, "%" PRIu64 " broken files, the first: %s\n", sum->broken_files,
			sum->broken.text);
}
