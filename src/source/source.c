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

void source_free(struct source *s)
{
	if (s)
		s->ops->free(s);
}
