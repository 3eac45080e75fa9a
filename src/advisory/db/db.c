/* db.c - the folder of a database: opened by its manifest, each file when it is needed.
 *
 * Files are read, not mapped: a mapped file that somebody truncates kills the program, and what was
 * checked could change. The room for a file is fresh pages, which cost nothing until they are read.
 * doc/decisions/advisory-files-are-read.md has the numbers.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/db/db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "advisory/db/file.h"
#include "advisory/db/manifest.h"
#include "base/fd.h"
#include "base/lock.h"

struct family {
	const struct manifest_file *row; /* NULL: the database has no such file */
	int fd;
	void *bytes; /* NULL: not open yet */
	struct advisory_file file;
};

struct advisory_db {
	atomic_uint users; /* besides the first */
	struct arena arena;
	struct lock lock; /* of the arena, and of bytes and file of a family until they are set */
	struct advisory_manifest manifest;
	struct family families[FAMILIES];
};

static void close_files(struct advisory_db *db)
{
	for (int i = 0; i < FAMILIES; i++)
		fd_close(&db->families[i].fd);
}

/* A new database may take the place of this one between the manifest and its files. */
static int open_files(struct advisory_db *db, int dir, struct scov_err *err)
{
	for (size_t i = 0; i < db->manifest.files_n; i++) {
		const struct manifest_file *row = &db->manifest.files[i];
		struct family *f = &db->families[row->family];
		const char *name = arena_cstr(&db->arena, row->name);
		struct stat st;

		f->row = row;
		if (!name)
			return arena_check(&db->arena, err);
		f->fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		if (f->fd < 0 || fstat(f->fd, &st) < 0)
			return err_fail(err, errno == ENOENT ? SCOV_E_NOT_FOUND : SCOV_E_IO,
				"'%s': %s", name, strerror(errno));
		if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size != row->size ||
			row->size > FILE_SIZE_MAX)
			return err_fail(err, SCOV_E_FORMAT,
				"'%s': %lld bytes long, but the manifest says %llu", name,
				(long long)st.st_size, (unsigned long long)row->size);
	}
	return 0;
}

static int open_folder(struct advisory_db *db, const char *name, struct scov_err *err)
{
	scoped_fd int dir = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct span text;

	if (dir < 0)
		return err_fail(
			err, errno == ENOENT ? SCOV_E_NOT_FOUND : SCOV_E_IO, "%s", strerror(errno));
	for (int tries = 0;; tries++) {
		int rc = fd_load(dir, MANIFEST_NAME, MANIFEST_MAX, &db->arena, &text, err);

		if (rc)
			return rc;
		rc = manifest_parse(text, &db->arena, &db->manifest, err);
		if (rc)
			return err_wrap(err, MANIFEST_NAME);
		rc = open_files(db, dir, err);
		if (rc != SCOV_E_NOT_FOUND)
			return rc;
		if (tries == 3)
			return err_fail(err, SCOV_E_FORMAT, "%s",
				"a file that the manifest names is missing");
		close_files(db);
	}
}

int advisory_db_open(const char *dir, struct advisory_db **out, struct scov_err *err)
{
	struct advisory_db *db = mem_alloc(sizeof(*db));

	if (!db)
		return err_memory(err);
	for (int i = 0; i < FAMILIES; i++)
		db->families[i].fd = -1;
	int rc = open_folder(db, dir, err);

	if (rc) {
		advisory_db_free(db);
		return err_wrap(err, "advisory database '%s'", dir);
	}
	*out = db;
	return 0;
}

static void close_family(struct family *f)
{
	if (f->bytes)
		munmap(f->bytes, (size_t)f->row->size);
	f->bytes = NULL;
}

struct advisory_db *advisory_db_share(struct advisory_db *db)
{
	atomic_fetch_add(&db->users, 1);
	return db;
}

void advisory_db_free(struct advisory_db *db)
{
	if (!db || atomic_fetch_sub(&db->users, 1))
		return;
	close_files(db);
	for (int i = 0; i < FAMILIES; i++)
		close_family(&db->families[i]);
	arena_release(&db->arena);
	mem_free(db);
}

bool advisory_db_has(const struct advisory_db *db, enum advisory_family family)
{
	return db->families[family].row;
}

int64_t advisory_db_built(const struct advisory_db *db)
{
	return db->manifest.built;
}

bool advisory_db_is_builtin(const struct advisory_db *db)
{
	return db->manifest.is_builtin;
}

const struct advisory_source *advisory_db_sources(const struct advisory_db *db, size_t *out_n)
{
	*out_n = db->manifest.sources_n;
	return db->manifest.sources;
}

static int open_family(struct advisory_db *db, struct family *f, struct scov_err *err)
{
	size_t size = (size_t)f->row->size;
	void *bytes = size ? mmap(NULL, size, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
			   : MAP_FAILED;

	if (bytes == MAP_FAILED)
		return size ? err_memory(err) : err_fail(err, SCOV_E_FORMAT, "empty");
	f->bytes = bytes;
	int rc = advisory_file_open(f->fd, bytes, size, &db->arena, &f->file, err);

	if (!rc && f->file.family != f->row->family)
		rc = err_fail(err, SCOV_E_FORMAT, "it is of another family");
	if (rc)
		close_family(f);
	return rc;
}

/* NULL in *out: there is no such file. */
static int family_file(struct advisory_db *db, enum advisory_family family,
	const struct advisory_file **out, struct scov_err *err)
{
	struct family *f = &db->families[family];
	int rc = 0;

	*out = NULL;
	if (!f->row)
		return 0;
	lock_take(&db->lock);
	if (!f->bytes)
		rc = open_family(db, f, err);
	lock_drop(&db->lock);
	if (rc)
		return err_wrap(err, "advisory database, '%.*s'", SPAN_ARG(f->row->name));
	*out = &f->file;
	return 0;
}

int advisory_db_ecosystem(struct advisory_db *db, struct span ecosystem,
	struct advisory_extent *out, bool *out_is_there, struct scov_err *err)
{
	const struct advisory_ecosystem *e = advisory_ecosystem(ecosystem);
	const struct advisory_file *f = NULL;
	int rc = e ? family_file(db, (enum advisory_family)e->family, &f, err) : 0;

	if (rc)
		return rc;
	*out_is_there = false;
	for (uint32_t i = 0; f && i < f->rows[FILE_ECOSYSTEMS]; i++) {
		struct advisory_extent x;

		if (!advisory_file_ecosystem(f, i, &x))
			return err_fail(err, SCOV_E_FORMAT, "advisory database: damaged");
		if (!span_eq(x.name, ecosystem))
			continue;
		*out = x;
		*out_is_there = true;
	}
	return 0;
}

int advisory_db_ecosystems(struct advisory_db *db, struct arena *a, struct advisory_extent **out,
	size_t *out_n, struct scov_err *err)
{
	VEC(struct advisory_extent) all = { 0 };

	for (int i = 0; i < FAMILIES; i++) {
		const struct advisory_file *f;
		int rc = family_file(db, (enum advisory_family)i, &f, err);

		if (rc)
			return rc;
		for (uint32_t k = 0; f && k < f->rows[FILE_ECOSYSTEMS]; k++) {
			struct advisory_extent x;

			if (!advisory_file_ecosystem(f, k, &x))
				return err_fail(err, SCOV_E_FORMAT, "advisory database: damaged");
			vec_add(&all, a, &x);
		}
	}
	*out = all.p;
	*out_n = all.n;
	return arena_check(a, err);
}

int advisory_db_find(struct advisory_db *db, struct span ecosystem, struct span package,
	struct span version, struct arena *a, struct advisory_hits *out, struct scov_err *err)
{
	const struct advisory_ecosystem *e = advisory_ecosystem(ecosystem);
	const struct advisory_file *f = NULL;
	int rc = e ? family_file(db, (enum advisory_family)e->family, &f, err) : 0;

	if (rc)
		return rc;
	if (!f) {
		*out = (struct advisory_hits){ 0 };
		return 0;
	}
	rc = advisory_file_find(f, ecosystem, package, version, a, out, err);
	return rc ? err_wrap(err, "advisory database") : 0;
}

int advisory_db_has_row(struct advisory_db *db, struct span ecosystem, struct span package,
	struct span id, struct arena *a, bool *out, struct scov_err *err)
{
	const struct advisory_ecosystem *e = advisory_ecosystem(ecosystem);
	const struct advisory_file *f = NULL;
	int rc = e ? family_file(db, (enum advisory_family)e->family, &f, err) : 0;

	*out = false;
	if (!rc && f)
		rc = advisory_file_has_row(f, ecosystem, package, id, a, out, err);
	return rc;
}

int advisory_db_record(struct advisory_db *db, struct span id, struct arena *a,
	struct advisory_record *out, bool *out_is_known, struct scov_err *err)
{
	const struct advisory_file *f;
	int rc = family_file(db, FAMILY_CVE, &f, err);

	if (rc)
		return rc;
	if (!f) {
		*out = (struct advisory_record){ .id = id };
		*out_is_known = false;
		return 0;
	}
	rc = advisory_file_record(f, id, a, out, out_is_known, err);
	return rc ? err_wrap(err, "advisory database") : 0;
}

int advisory_db_verify(struct advisory_db *db, struct scov_err *err)
{
	for (int i = 0; i < FAMILIES; i++) {
		const struct advisory_file *f;
		const struct family *family = &db->families[i];
		int rc = family_file(db, (enum advisory_family)i, &f, err);

		if (rc)
			return rc;
		if (!f)
			continue;
		if (advisory_file_read_all(f, err))
			return err_wrap(
				err, "advisory database, '%.*s'", SPAN_ARG(family->row->name));
		struct digest d =
			digest_of(DIGEST_SHA256, span_of(family->bytes, (size_t)family->row->size));

		if (!digest_eq(&d, &family->row->sha256))
			return err_fail(err, SCOV_E_DIGEST,
				"advisory database, '%.*s': not the bytes that the manifest names",
				SPAN_ARG(family->row->name));
	}
	return 0;
}
