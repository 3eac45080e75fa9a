/* source.c - a reference made into a source: the table of transports.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "source/local.h"

#include <sys/stat.h>

#include "base/err.h"
#include "source/reference.h"
#include "source/registry.h"

static int registry_open(const struct form *f, const struct source_options *opt,
	const struct call *call, struct source **out, struct scov_err *err)
{
	scoped_arena struct arena a = { 0 };

	(void)call; /* nothing is asked of it yet */
	return source_open_registry(arena_cstr(&a, f->name), opt, out, err);
}

/* A bare path: a folder only when it is a layout or skopeo's, a file by what the archive holds. */
static int path_open(const struct form *f, const struct source_options *opt,
	const struct call *call, struct source **out, struct scov_err *err)
{
	scoped_arena struct arena a = { 0 };
	char *path = arena_cstr(&a, f->name);
	struct tree *tree;
	struct stat st;
	bool is_layout, is_folder;
	int code;

	if (stat(path, &st))
		return err_fail(err, SCOV_E_NOT_FOUND, "no file or folder '%s'", path);
	if (!S_ISDIR(st.st_mode))
		return docker_archive_open(f, opt, call, out, err);
	code = tree_open_folder(path, &tree, err);
	if (code)
		return code;
	is_layout = tree_has(tree, "index.json");
	is_folder = tree_has(tree, "manifest.json") && tree_has(tree, "version");
	tree_free(tree);
	if (is_layout)
		return layout_open(f, opt, call, out, err);
	if (is_folder)
		return folder_open(f, opt, call, out, err);
	return err_fail(err, SCOV_E_USAGE,
		"folder '%s' is neither an OCI layout nor a skopeo folder; "
		"a file tree is read with rootfs:%s",
		path, path);
}

/* One row a transport. */
static int (*const transports[FORM_KINDS])(const struct form *, const struct source_options *,
	const struct call *, struct source **, struct scov_err *) = {
	[FORM_LAYOUT] = layout_open,
	[FORM_LAYOUT_ARCHIVE] = layout_archive_open,
	[FORM_FOLDER] = folder_open,
	[FORM_DOCKER_ARCHIVE] = docker_archive_open,
	[FORM_ROOTFS] = rootfs_open,
	[FORM_ENGINE] = engine_open,
	[FORM_PATH] = path_open,
	[FORM_REGISTRY] = registry_open,
};

int source_open(const char *reference, const struct source_options *opt, const struct call *call,
	struct source **out, struct scov_err *err)
{
	struct form f;
	int code = form_parse(span_str(reference), &f, err);

	return code ? code : transports[f.kind](&f, opt, call, out, err);
}

int source_check(const char *reference, struct arena *a, struct scov_err *err)
{
	struct form f;
	struct reference name;
	int code = form_parse(span_str(reference), &f, err);

	if (!code && f.kind == FORM_REGISTRY)
		code = reference_parse(f.name, a, &name, err);
	return code;
}

static bool same_file(const struct form *x, const struct form *y)
{
	scoped_arena struct arena a = { 0 };
	const char *one = arena_cstr(&a, x->name), *other = arena_cstr(&a, y->name);
	struct stat st, su;

	return span_eq(x->name, y->name) ||
	       (one && other && !stat(one, &st) && !stat(other, &su) && st.st_dev == su.st_dev &&
		       st.st_ino == su.st_ino);
}

static bool same_repository(struct span x, struct span y)
{
	scoped_arena struct arena a = { 0 };
	struct reference r, s;
	struct scov_err err;

	if (reference_parse(x, &a, &r, &err) || reference_parse(y, &a, &s, &err) ||
		!span_eq(r.host, s.host) || !span_eq(r.path, s.path))
		return false;
	return digest_size(&r.digest) || digest_size(&s.digest) || span_eq(r.tag, s.tag);
}

bool source_same(const char *a, const char *b)
{
	struct form x, y;
	struct scov_err err;

	if (form_parse(span_str(a), &x, &err) || form_parse(span_str(b), &y, &err))
		return false;
	if (x.kind == FORM_REGISTRY || y.kind == FORM_REGISTRY)
		return x.kind == y.kind && same_repository(x.name, y.name);
	if (x.kind == FORM_ENGINE || y.kind == FORM_ENGINE)
		return x.kind == y.kind && form_tag_matches(x.name, y.name);
	return same_file(&x, &y) && (!x.tag.len || !y.tag.len || form_tag_matches(x.tag, y.tag));
}

void source_free(struct source *s)
{
	if (s)
		s->ops->free(s);
}
