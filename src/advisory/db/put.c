/* put.c - the folder of a database: every family's file, then the manifest.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "advisory/db/manifest.h"
#include "advisory/db/parts.h"
#include "base/outfile.h"

int manifest_put(const char *dir, const char *name, struct span bytes, struct scov_err *err)
{
	char path[PATH_MAX];
	struct outfile f = { .fd = -1 };

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= (int)sizeof(path))
		return err_fail(err, SCOV_E_IO, "'%s': name too long", dir);
	int rc = outfile_open(&f, path, err);

	f.mode = 0644;
	if (!rc && outfile_write(&f, bytes.p, bytes.len))
		rc = err_fail(err, SCOV_E_IO, "'%s': %s", path, strerror(errno));
	if (!rc)
		rc = outfile_commit(&f, err);
	outfile_release(&f);
	return rc;
}

static const struct advisory_source *sources_of(const struct advisory_build *b, struct arena *a)
{
	struct advisory_source *out = arena_array(a, b->sources.n, sizeof(*out));

	for (size_t i = 0; out && i < b->sources.n; i++) {
		const struct build_source *s = &b->sources.p[i];

		out[i] = (struct advisory_source){ b->texts.p[s->name], b->texts.p[s->address],
			b->texts.p[s->licence], s->day, s->classes };
	}
	return out;
}

static bool is_listed(const struct advisory_manifest *m, struct span name)
{
	for (size_t i = 0; i < m->files_n; i++)
		if (span_eq(m->files[i].name, name))
			return true;
	return false;
}

/* FAMILY-HEX.adv: no other file of the folder is touched. */
static bool is_ours(struct span name)
{
	struct span stem = span_sub(name, 0, name.len - (sizeof(MANIFEST_FILE_END) - 1));
	size_t dash = span_rfind(stem, '-');
	uint64_t hex;

	if (!span_ends(name, SPAN(MANIFEST_FILE_END)) || dash == stem.len ||
		!span_number(span_from(stem, dash + 1), 16, UINT64_MAX, &hex))
		return false;
	for (int i = 0; i < FAMILIES; i++)
		if (span_eq(span_sub(stem, 0, dash), span_str(advisory_family_names[i])))
			return true;
	return false;
}

void manifest_clean(const char *dir, const struct advisory_manifest *m)
{
	DIR *d = opendir(dir);

	if (!d)
		return;
	for (struct dirent *e; (e = readdir(d));)
		if (is_ours(span_str(e->d_name)) && !is_listed(m, span_str(e->d_name)))
			unlinkat(dirfd(d), e->d_name, 0);
	closedir(d);
}

static int put_families(struct advisory_build *b, const char *dir,
	const struct advisory_build_options *options, struct arena *a, struct advisory_manifest *m,
	struct scov_err *err)
{
	struct manifest_file *files = arena_array(a, FAMILIES, sizeof(*files));

	if (!files)
		return arena_check(a, err);
	m->files = files;
	for (int i = 0; i < FAMILIES; i++) {
		struct manifest_file *f = &files[m->files_n];
		scoped_buf struct buf out = { 0 };
		int rc = parts_file(b, (enum advisory_family)i, options, &out, err);

		if (rc)
			return rc;
		if (!out.len)
			continue;
		f->family = (enum advisory_family)i;
		f->size = out.len;
		f->sha256 = digest_of(DIGEST_SHA256, buf_view(&out));
		const char *name = manifest_file_name(f->family, &f->sha256, a);

		if (!name)
			return arena_check(a, err);
		rc = manifest_put(dir, name, buf_view(&out), err);
		if (rc)
			return rc;
		f->name = span_str(name);
		m->files_n++;
		b->sum.bytes += out.len;
	}
	return 0;
}

static void date_sources(struct advisory_build *b, int64_t built)
{
	for (size_t i = 0; i < b->sources.n; i++) {
		struct build_source *s = &b->sources.p[i];

		if (!s->day)
			s->day = s->copied < built ? s->copied : built;
	}
}

int advisory_build_write(struct advisory_build *b, const char *dir,
	const struct advisory_build_options *options, struct advisory_sum *out_sum,
	struct scov_err *err)
{
	struct arena *a = &b->arena;
	struct advisory_manifest m = { .built = options->day, .is_builtin = options->is_builtin };
	scoped_buf struct buf text = { 0 };
	int rc = parts_rank(b, err);

	if (!rc)
		rc = parts_aliases(b, err);
	if (!rc)
		rc = parts_sort(b, err);
	if (rc)
		return rc;
	date_sources(b, options->day);
	m.sources = sources_of(b, a);
	m.sources_n = b->sources.n;
	if (!m.sources)
		return arena_check(a, err);
	if (mkdir(dir, 0755) < 0 && errno != EEXIST)
		return err_fail(err, SCOV_E_IO, "'%s': %s", dir, strerror(errno));
	rc = put_families(b, dir, options, a, &m, err);
	if (rc)
		return rc;
	manifest_write(&text, &m);
	if (text.failed)
		return err_memory(err);
	rc = manifest_put(dir, MANIFEST_NAME, buf_view(&text), err);
	if (rc)
		return rc;
	manifest_clean(dir, &m);
	*out_sum = b->sum;
	return 0;
}
