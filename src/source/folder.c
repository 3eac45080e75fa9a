/* folder.c - dir:DIR, skopeo's folder of one image.
 *
 * manifest.json, and each blob in a file named by its digest's hex alone; of
 * an index also HEX.manifest.json for each image. Source: the manual page
 * containers-transports(5), "dir:"; tried with skopeo 1.9.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "source/local.h"

#include "base/buf.h"
#include "base/err.h"

enum { LOCATOR_BLOB, LOCATOR_MANIFEST };

struct folder {
	struct source source;
	struct arena arena;
	struct limits limits;
	struct tree *tree;
};

static int root(struct source *s, const struct call *call, struct arena *a, struct descriptor *out,
	struct scov_err *err)
{
	(void)s, (void)call, (void)a, (void)err;
	*out = (struct descriptor){ .locator = LOCATOR_MANIFEST };
	return 0;
}

static int find(
	struct folder *fo, const struct descriptor *d, struct range *out, struct scov_err *err)
{
	static const struct {
		const char *head, *tail;
	} forms[] = {
		{ "", "" },
		{ "", ".manifest.json" },
		{ "sha512-", "" },
		{ "sha512-", ".manifest.json" },
	};
	char hex[DIGEST_TEXT];
	int code = SCOV_E_NOT_FOUND;

	if (d->locator == LOCATOR_MANIFEST)
		return tree_find(fo->tree, SPAN("manifest.json"), out, err);
	if (!d->digest.algorithm)
		return err_fail(err, SCOV_E_FORMAT, "a blob without a digest");
	digest_hex(&d->digest, hex);
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms) && code == SCOV_E_NOT_FOUND; i++) {
		scoped_buf struct buf name = { 0 };

		buf_printf(&name, "%s%s%s", forms[i].head, hex, forms[i].tail);
		code = tree_find(fo->tree, buf_view(&name), out, err);
	}
	return code == SCOV_E_NOT_FOUND ? err_fail(err, code, "no file '%s'", hex) : code;
}

static int document(struct source *s, const struct descriptor *d, const struct call *call,
	struct arena *a, struct span *out, struct scov_err *err)
{
	struct folder *fo = (struct folder *)s;
	struct range r;
	int code = find(fo, d, &r, err);

	(void)call;
	return code ? code : range_load(&r, fo->limits.document_size, a, out, err);
}

static int open_blob(struct source *s, const struct descriptor *d, const struct call *call,
	struct stream **out, struct scov_err *err)
{
	struct range r;
	int code = find((struct folder *)s, d, &r, err);

	(void)call;
	return code ? code : range_blob(&r, d, out, err);
}

static bool holds(struct source *s, const struct descriptor *d)
{
	struct scov_err why;
	struct range r;

	if (find((struct folder *)s, d, &r, &why))
		return why.code != SCOV_E_NOT_FOUND;
	range_release(&r);
	return true;
}

static void folder_free(struct source *s)
{
	struct folder *fo = (struct folder *)s;

	tree_free(fo->tree);
	arena_release(&fo->arena);
	mem_free(fo);
}

static const struct source_ops ops = {
	.transport = "dir",
	.has_annotations = true,
	.has_digests = true,
	.root = root,
	.document = document,
	.open = open_blob,
	.holds = holds,
	.detached = "a folder of one image has nothing that is attached to it",
	.free = folder_free,
};

int folder_open(const struct form *f, const struct source_options *opt, const struct call *call,
	struct source **out, struct scov_err *err)
{
	scoped_arena struct arena a = { 0 };
	char *path = arena_cstr(&a, f->name);
	struct tree *tree;
	struct folder *fo;
	int code = tree_open_folder(path, &tree, err);

	(void)call;
	if (code)
		return code;
	if (!tree_has(tree, "manifest.json")) {
		tree_free(tree);
		return err_fail(err, SCOV_E_FORMAT,
			"'%s' is not a skopeo folder: it has no manifest.json", path);
	}
	fo = mem_alloc(sizeof(*fo));
	if (!fo) {
		tree_free(tree);
		return err_memory(err);
	}
	fo->source.ops = &ops;
	fo->source.description = span_str(arena_printf(&fo->arena, "folder %s", path));
	fo->limits = opt->limits;
	fo->tree = tree;
	*out = &fo->source;
	return 0;
}
