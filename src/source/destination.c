/* destination.c - images written: an OCI layout in a folder or in an archive.
 *
 * Source: OCI image-spec 1.1, image-layout.md.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "source/destination.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/fd.h"
#include "base/hash.h"
#include "format/tar_write.h"
#include "source/local.h"
#include "source/oci.h"

enum { CHUNK = 64 << 10, NAME = sizeof("blobs/sha256/") + DIGEST_TEXT };

struct destination {
	const struct destination_ops *ops;
	struct arena arena;
	struct limits limits;
	char *path, *temp; /* temp: in home, the file that is being written */
	struct span tag;
	struct tree *tree;        /* the layout that is there; NULL: an archive */
	const struct json *index; /* its index.json; NULL: none */
	descriptors kept;         /* the entries of that */
	descriptors entries;      /* that are new */
	descriptors blobs;        /* written here: digest and size */
	struct span root;         /* the new index.json */
	int home;                 /* the folder, or the one that the archive will be in */
	int out;                  /* the file that is being written */
	size_t root_at;           /* in entries */
	off_t at;                 /* archive: the end of what is whole */
	bool has_root, has_layout, made_home, is_ours, is_done;
};

struct destination_ops {
	struct span prefix;
	const char *shape;
	int (*start)(struct destination *d, struct scov_err *err);
	/* A file of a known size into d->out. It is there once `end` says so. */
	int (*begin)(struct destination *d, const char *name, uint64_t size, struct scov_err *err);
	int (*end)(struct destination *d, const char *name, uint64_t size, struct scov_err *err);
	int (*finish)(struct destination *d, struct scov_err *err); /* sets is_done */
	void (*clean)(struct destination *d);
};

/* errno, with what can be done about it. */
static int fail_io(const struct destination *d, const char *what, struct scov_err *err)
{
	int code = errno;
	bool is_full = code == ENOSPC || code == EDQUOT || code == EFBIG,
	     is_closed = code == EACCES || code == EPERM || code == EROFS;

	return err_fail(err, SCOV_E_IO, "'%s': %s: %s%s", d->path, what, strerror(code),
		is_full     ? "; free some space or write elsewhere"
		: is_closed ? "; write to a folder that you may change"
			    : "");
}

static const char *blob_name(const struct digest *digest, char out[NAME])
{
	char hex[DIGEST_TEXT];

	snprintf(out, NAME, "blobs/sha256/%s", digest_hex(digest, hex));
	return out;
}

static const char *base_name(const char *path)
{
	return path + strlen(path) - span_base(span_str(path)).len;
}

/* ---- one file */

static int copy(struct destination *d, const char *name, const struct descriptor *b,
	struct stream *in, const struct call *call, struct scov_err *err)
{
	struct digester *h = digester_new(DIGEST_SHA256);
	uint8_t *p = mem_alloc(CHUNK);
	struct digest got;
	uint64_t done = 0;
	int64_t n = 1;
	int code = h && p ? 0 : err_memory(err);

	while (!code && n > 0 && done <= b->size) {
		code = call_check(call, err);
		n = code ? 0 : in->read(in, p, CHUNK, err);
		if (n > 0 && fd_write_all(d->out, p, (size_t)n))
			code = fail_io(d, name, err);
		if (n < 0)
			code = (int)n;
		if (n > 0) {
			digester_add(h, p, (size_t)n);
			done += (uint64_t)n;
		}
	}
	if (!code) {
		got = digester_end(h);
		if (done != b->size || !digest_eq(&got, &b->digest))
			code = err_fail(err, SCOV_E_DIGEST, "%s: %s; get the blob again", name,
				done < b->size   ? "cut short"
				: done > b->size ? "longer than stated"
						 : "its bytes have another digest");
	}
	digester_free(h);
	mem_free(p);
	return code;
}

/* What failed is overwritten by the next file, or removed with the rest. */
static int put(struct destination *d, const char *name, const struct descriptor *b,
	struct stream *in, const struct call *call, struct scov_err *err)
{
	int code = d->ops->begin(d, name, b->size, err);

	if (!code)
		code = copy(d, name, b, in, call, err);
	return code ? code : d->ops->end(d, name, b->size, err);
}

struct memory {
	struct stream stream;
	struct span left;
};

static int64_t read_memory(struct stream *s, void *p, size_t len, struct scov_err *err)
{
	struct memory *m = (struct memory *)s;
	struct span now = span_sub(m->left, 0, len);

	(void)err;
	if (now.len)
		memcpy(p, now.p, now.len);
	m->left = span_from(m->left, now.len);
	return (int64_t)now.len;
}

static int put_text(struct destination *d, const char *name, struct span text, struct scov_err *err)
{
	struct memory m = { { .read = read_memory }, text };
	struct descriptor b = { .digest = digest_of(DIGEST_SHA256, text), .size = text.len };

	return put(d, name, &b, &m.stream, NULL, err);
}

/* ---- a layout in a folder */

static bool is_empty(int fd)
{
	scoped_fd int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	size_t n = 0;

	if (!dir)
		return false;
	fd_take(&copy);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n == 2; /* "." and ".." */
}

/* A layout without index.json has no images yet. */
static int read_layout(struct destination *d, struct scov_err *err)
{
	size_t most = d->limits.document_size;
	struct span text;
	struct stat st;
	int code;

	d->has_layout = tree_has(d->tree, "oci-layout");
	if (!d->has_layout)
		return is_empty(d->home)
			       ? 0
			       : err_fail(err, SCOV_E_USAGE,
					 "neither an OCI layout nor empty; name another folder");
	code = layout_check_version(d->tree, err);
	if (code)
		return code;
	/* It is read through a link, and would be written beside what the link leads to. */
	if (!fstatat(d->home, "index.json", &st, AT_SYMLINK_NOFOLLOW) && S_ISLNK(st.st_mode))
		return err_fail(err, SCOV_E_FORMAT, "index.json is a symbolic link");
	code = tree_load(d->tree, SPAN("index.json"), most, &d->arena, &text, err);
	if (code == SCOV_E_NOT_FOUND)
		return 0;
	if (!code)
		code = json_parse(text, most, &d->arena, &d->index, err);
	return code ? code : oci_index_entries(d->index, &d->limits, &d->arena, &d->kept, err);
}

static int folder_start(struct destination *d, struct scov_err *err)
{
	int code;

	d->made_home = !mkdir(d->path, 0777);
	if (!d->made_home && errno != EEXIST)
		return fail_io(d, "making the folder", err);
	d->home = open(d->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (d->home < 0 && errno == ENOTDIR)
		return err_fail(err, SCOV_E_USAGE, "'%s': a file, not an OCI layout; name a folder",
			d->path);
	if (d->home < 0)
		return fail_io(d, "opening the folder", err);
	if (flock(d->home, LOCK_EX | LOCK_NB))
		return err_fail(err, SCOV_E_IO,
			"'%s': another process is writing to it; try again when it has ended",
			d->path);
	code = tree_open_folder(d->path, &d->tree, err);
	if (code)
		return code;
	if (read_layout(d, err))
		return err_wrap(err, "'%s'", d->path);
	d->is_ours = true;
	if ((mkdirat(d->home, "blobs", 0777) && errno != EEXIST) ||
		(mkdirat(d->home, "blobs/sha256", 0777) && errno != EEXIST))
		return fail_io(d, "making blobs/sha256", err);
	return 0;
}

static int folder_begin(
	struct destination *d, const char *name, uint64_t size, struct scov_err *err)
{
	(void)size;
	fd_close(&d->out);
	d->out = openat(d->home, d->temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	return d->out < 0 ? fail_io(d, name, err) : 0;
}

static int folder_end(struct destination *d, const char *name, uint64_t size, struct scov_err *err)
{
	(void)size;
	if (fsync(d->out) || renameat(d->home, d->temp, d->home, name))
		return fail_io(d, name, err);
	return 0;
}

static int sync_folder(int at, const char *name)
{
	scoped_fd int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -1 : fsync(fd);
}

static int folder_finish(struct destination *d, struct scov_err *err)
{
	int code;

	if (sync_folder(d->home, "blobs/sha256") || sync_folder(d->home, "blobs"))
		return fail_io(d, "blobs/sha256", err);
	code = put_text(d, "index.json", d->root, err);
	if (code)
		return code;
	d->is_done = true;
	if (fsync(d->home) || (d->made_home && sync_folder(d->home, "..")))
		return fail_io(d, "written, but perhaps not yet on the disk", err);
	return 0;
}

static void folder_clean(struct destination *d)
{
	char name[NAME];

	for (size_t i = 0; i < d->blobs.n; i++)
		unlinkat(d->home, blob_name(&d->blobs.p[i].digest, name), 0);
	if (d->is_ours) {
		unlinkat(d->home, d->temp, 0);
		if (!d->has_layout) { /* it was empty */
			unlinkat(d->home, "blobs/sha256", AT_REMOVEDIR);
			unlinkat(d->home, "blobs", AT_REMOVEDIR);
			unlinkat(d->home, "oci-layout", 0);
		}
	}
	if (d->made_home)
		rmdir(d->path);
}

/* ---- an archive: a tar, written once from its head to its end */

static int archive_start(struct destination *d, struct scov_err *err)
{
	const char *name = base_name(d->path);
	char *folder = arena_printf(&d->arena, "%.*s.", (int)(name - d->path), d->path);
	struct stat st;

	if (!folder)
		return arena_check(&d->arena, err);
	d->home = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (d->home < 0)
		return fail_io(d, "opening its folder", err);
	if (!*name || !fstatat(d->home, name, &st, AT_SYMLINK_NOFOLLOW))
		return err_fail(err, SCOV_E_USAGE,
			"'%s': exists, and an archive is written as a whole; "
			"delete it or name another file",
			d->path);
	d->out = openat(d->home, d->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	return d->out < 0 ? fail_io(d, "making a temporary file", err) : 0;
}

static int archive_write(struct destination *d, const struct buf *b, struct scov_err *err)
{
	if (b->failed)
		return err_memory(err);
	return fd_write_all(d->out, b->p, b->len) ? fail_io(d, "writing", err) : 0;
}

/* Over what is left of a file that failed. */
static int archive_begin(
	struct destination *d, const char *name, uint64_t size, struct scov_err *err)
{
	struct tar_header h = { .path = span_str(name), .type = TAR_FILE, .mode = 0644 };
	scoped_buf struct buf b = { 0 };
	int code;

	h.size = size;
	if (ftruncate(d->out, d->at) || lseek(d->out, d->at, SEEK_SET) < 0)
		return fail_io(d, "writing", err);
	code = tar_write_header(&b, &h, err);
	return code ? code : archive_write(d, &b, err);
}

static int archive_end(struct destination *d, const char *name, uint64_t size, struct scov_err *err)
{
	scoped_buf struct buf b = { 0 };
	int code;

	(void)name;
	for (size_t i = tar_padding(size); i; i--)
		buf_byte(&b, 0);
	code = archive_write(d, &b, err);
	if (!code)
		d->at = lseek(d->out, 0, SEEK_CUR);
	return code;
}

/* Never over a file that came meanwhile; where the file system has no such rename, one that asks
 * first. */
static int archive_finish(struct destination *d, struct scov_err *err)
{
	const char *name = base_name(d->path);
	scoped_buf struct buf b = { 0 };
	struct stat st;
	int code;

	code = put_text(d, "index.json", d->root, err);
	tar_write_end(&b);
	if (!code)
		code = archive_write(d, &b, err);
	if (code)
		return code;
	if (fsync(d->out))
		return fail_io(d, "writing", err);
	if (renameat2(d->home, d->temp, d->home, name, RENAME_NOREPLACE) &&
		(errno != EINVAL || !fstatat(d->home, name, &st, AT_SYMLINK_NOFOLLOW) ||
			renameat(d->home, d->temp, d->home, name)))
		return fail_io(d, "renaming the temporary file", err);
	d->is_done = true;
	return fsync(d->home) ? fail_io(d, "written, but perhaps not yet on the disk", err) : 0;
}

static void archive_clean(struct destination *d)
{
	if (d->out >= 0)
		unlinkat(d->home, d->temp, 0);
}

/* One row a form that can be written. */
static const struct destination_ops forms[] = {
	{ SPAN_INIT("oci:"), "oci:FOLDER[:TAG]", folder_start, folder_begin, folder_end,
		folder_finish, folder_clean },
	{ SPAN_INIT("oci-archive:"), "oci-archive:FILE[:TAG]", archive_start, archive_begin,
		archive_end, archive_finish, archive_clean },
};

enum { FORMS = sizeof(forms) / sizeof(*forms) };

/* ---- what both share */

static int find_form(const char *reference, const struct destination_ops **out, struct form *f,
	struct scov_err *err)
{
	static const struct span more = SPAN_INIT("-._:@/+");
	scoped_buf struct buf list = { 0 };
	size_t i = 0;
	int code;

	for (; i < FORMS && !span_starts(span_str(reference), forms[i].prefix); i++)
		buf_printf(&list, "%s%s", i ? " or " : "", forms[i].shape);
	if (i == FORMS)
		return list.failed
			       ? err_memory(err)
			       : err_fail(err, SCOV_E_USAGE, "'%s' can only be read; write to %s",
					 reference, list.p);
	*out = &forms[i];
	code = form_parse(span_str(reference), f, err);
	if (code)
		return code;
	if (f->digest.algorithm || span_eq(f->name, SPAN("-")))
		return err_fail(err, SCOV_E_USAGE, "'%s' cannot be written; write to %s", reference,
			forms[i].shape);
	for (i = 0; i < f->tag.len; i++)
		if (!ascii_is_alnum(span_at(f->tag, i)) &&
			span_find(more, span_at(f->tag, i)) == more.len)
			return err_fail(err, SCOV_E_USAGE,
				"tag '%.*s': use letters, digits and '%s' only", SPAN_ARG(f->tag),
				(const char *)more.p);
	return 0;
}

int destination_open(const char *reference, const struct limits *l, struct destination **out,
	struct scov_err *err)
{
	const struct destination_ops *ops = NULL;
	struct destination *d;
	struct form f;
	int code = find_form(reference, &ops, &f, err);

	if (code)
		return code;
	d = mem_alloc(sizeof(*d));
	if (!d)
		return err_memory(err);
	*d = (struct destination){ .ops = ops, .limits = *l, .home = -1, .out = -1 };
	d->path = arena_cstr(&d->arena, f.name);
	d->tag = arena_dup(&d->arena, f.tag);
	d->temp = arena_printf(&d->arena, ".tmp-%016llx", (unsigned long long)hash_random_key().k0);
	code = arena_check(&d->arena, err);
	if (!code)
		code = ops->start(d, err);
	if (!code && !d->has_layout) /* first, so that what a kill leaves can be written to */
		code = put_text(d, "oci-layout", SPAN("{\"imageLayoutVersion\":\"1.0.0\"}"), err);
	if (code)
		destination_free(d);
	else
		*out = d;
	return code;
}

/* Written here, or in the layout: of the stated size. */
static int is_there(
	struct destination *d, const struct descriptor *b, bool *out, struct scov_err *err)
{
	struct range r = { 0 };
	char name[NAME];
	int code;

	*out = true;
	for (size_t i = 0; i < d->blobs.n; i++)
		if (digest_eq(&d->blobs.p[i].digest, &b->digest))
			return 0;
	code = d->tree ? tree_find(d->tree, span_str(blob_name(&b->digest, name)), &r, err)
		       : SCOV_E_NOT_FOUND;
	range_release(&r);
	*out = !code;
	if (code)
		return code == SCOV_E_NOT_FOUND ? 0 : err_wrap(err, "'%s'", d->path);
	if (r.size == b->size)
		return 0;
	return err_fail(err, SCOV_E_DIGEST,
		"'%s': %s has %llu bytes, not the stated %llu; delete it if it is damaged", d->path,
		name, (unsigned long long)r.size, (unsigned long long)b->size);
}

int destination_blob(struct destination *d, const struct descriptor *b, struct stream *in,
	const struct call *call, struct scov_err *err)
{
	struct descriptor *row;
	char name[NAME];
	bool there;
	int code;

	if (b->digest.algorithm != DIGEST_SHA256 || !b->has_size)
		return err_fail(err, SCOV_E_UNSUPPORTED, "a blob without a SHA-256 or a size");
	if (b->size > d->limits.layer_size || d->blobs.n + 2 >= d->limits.archive_entries)
		return err_fail(err, SCOV_E_LIMIT, "%s: exceeds limit %s",
			blob_name(&b->digest, name),
			b->size > d->limits.layer_size ? "layer_size" : "archive_entries");
	code = is_there(d, b, &there, err);
	if (code || there)
		return code;
	row = vec_push(&d->blobs, &d->arena);
	if (!row)
		return arena_check(&d->arena, err);
	*row = (struct descriptor){ .digest = b->digest };
	code = put(d, blob_name(&b->digest, name), b, in, call, err);
	if (code)
		d->blobs.n--;
	return code;
}

/* ---- documents */

int destination_document(
	struct destination *d, const struct descriptor *b, struct span bytes, struct scov_err *err)
{
	struct memory m = { { .read = read_memory }, bytes };

	return destination_blob(d, b, &m.stream, NULL, err);
}

/* Of a name, else by its digest and without one. */
static bool is_replaced(const struct descriptor *old, const struct descriptor *m)
{
	struct span name = annotation_get(&m->annotations, OCI_REF_NAME);

	return name.len ? oci_entry_named(old, name)
			: !oci_entry_name(old).len && digest_eq(&old->digest, &m->digest);
}

/* index.json as it will be. */
static int write_index(struct destination *d, struct scov_err *err)
{
	scoped_buf struct buf b = { .limit = d->limits.document_size };
	bool *dropped = arena_alloc(&d->arena, d->kept.n + 1);
	size_t n = d->entries.n;

	if (!dropped)
		return arena_check(&d->arena, err);
	for (size_t i = 0; i < d->kept.n; i++) {
		for (size_t k = 0; k < d->entries.n; k++)
			dropped[i] |= is_replaced(&d->kept.p[i], &d->entries.p[k]);
		n += !dropped[i];
	}
	oci_write_index(&b, d->index, dropped, d->entries.p, d->entries.n);
	if (b.failed || n > d->limits.index_entries)
		return err_fail(err, SCOV_E_LIMIT, "'%s': index.json exceeds limit %s", d->path,
			n > d->limits.index_entries ? "index_entries" : "document_size");
	d->root = arena_dup(&d->arena, buf_view(&b));
	return arena_check(&d->arena, err);
}

static int copy_descriptor(struct destination *d, const struct descriptor *from,
	struct descriptor *to, struct scov_err *err)
{
	*to = (struct descriptor){ .media_type = arena_dup(&d->arena, from->media_type),
		.artifact_type = arena_dup(&d->arena, from->artifact_type),
		.digest = from->digest,
		.size = from->size,
		.has_size = true };
	for (size_t i = 0; i < from->annotations.n; i++) {
		const struct annotation *x = &from->annotations.p[i];

		if (!vec_add(&to->annotations, &d->arena,
			    &(struct annotation){
				    arena_dup(&d->arena, x->key), arena_dup(&d->arena, x->value) }))
			break;
	}
	return arena_check(&d->arena, err);
}

/* At that place of the new ones, when there is one so far. */
static int put_entry(struct destination *d, const struct descriptor *m, struct span bytes, size_t k,
	struct scov_err *err)
{
	struct descriptor copy;
	int code;

	if (bytes.len > d->limits.document_size)
		return err_fail(err, SCOV_E_LIMIT, "'%s': the manifest exceeds limit document_size",
			d->path);
	code = copy_descriptor(d, m, &copy, err);
	if (code)
		return code;
	if (k < d->entries.n)
		d->entries.p[k] = copy;
	else if (!vec_add(&d->entries, &d->arena, &copy))
		return arena_check(&d->arena, err);
	code = write_index(d, err);
	return code ? code : destination_document(d, m, bytes, err);
}

int destination_entry(
	struct destination *d, const struct descriptor *m, struct span bytes, struct scov_err *err)
{
	size_t k = 0;

	while (k < d->entries.n && !is_replaced(&d->entries.p[k], m))
		k++;
	return put_entry(d, m, bytes, k, err);
}

int destination_root(
	struct destination *d, const struct descriptor *m, struct span bytes, struct scov_err *err)
{
	struct descriptor root = {
		.media_type = m->media_type, .digest = m->digest, .size = m->size, .has_size = true
	};

	if (!d->has_root)
		d->root_at = d->entries.n;
	if (d->tag.len && !vec_add(&root.annotations, &d->arena,
				  &(struct annotation){ SPAN(OCI_REF_NAME), d->tag }))
		return arena_check(&d->arena, err);
	int code = put_entry(d, &root, bytes, d->root_at, err);

	d->has_root |= !code;
	return code;
}

/* ---- the end */

int destination_commit(struct destination *d, struct scov_err *err)
{
	int code;

	if (!d->root.len || d->is_done)
		return err_fail(err, SCOV_E_USAGE, "'%s': %s", d->path,
			d->is_done ? "already committed" : "no manifest to commit");
	code = d->ops->finish(d, err);
	if (!d->is_done)
		d->ops->clean(d);
	d->is_done = true;
	return code;
}

void destination_free(struct destination *d)
{
	if (!d)
		return;
	if (!d->is_done)
		d->ops->clean(d);
	tree_free(d->tree);
	fd_close(&d->out);
	fd_close(&d->home);
	arena_release(&d->arena);
	mem_free(d);
}
