/* docker_archive.c - an archive of `docker save` (or podman's, or skopeo's).
 *
 * manifest.json says where config and layers lie; their names say nothing.
 * Docker 25 and later write an OCI layout into the same archive: it wins,
 * for it has digests.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "source/local.h"

#include "base/err.h"
#include "source/docker_manifest.h"

struct docker {
	struct source source;
	struct source_ops ops; /* a copy: the transport's name differs */
	struct arena arena;
	struct limits limits;
	struct tree *tree;
	const struct docker_image *image;
};

static struct descriptor part(struct docker *d, struct span name)
{
	struct descriptor out = { .name = name };
	struct range r;
	struct scov_err ignored;

	/* A missing part is an error when it is opened: the report comes out even so. */
	if (!tree_find(d->tree, name, &r, &ignored)) {
		out.size = r.size;
		out.has_size = true;
		range_release(&r);
	}
	return out;
}

static int manifest(struct source *s, struct arena *a, struct manifest *out, struct scov_err *err)
{
	struct docker *d = (struct docker *)s;
	struct manifest m = { .has_config = true, .config = part(d, d->image->config) };

	for (size_t i = 0; i < d->image->layers.n; i++) {
		struct descriptor layer = part(d, d->image->layers.p[i]);

		if (!vec_add(&m.layers, a, &layer))
			return arena_check(a, err);
	}
	*out = m;
	return 0;
}

static int document(struct source *s, const struct descriptor *d, const struct call *call,
	struct arena *a, struct span *out, struct scov_err *err)
{
	struct docker *docker = (struct docker *)s;

	(void)call;
	return tree_load(docker->tree, d->name, docker->limits.document_size, a, out, err);
}

static int open_part(struct source *s, const struct descriptor *d, const struct call *call,
	struct stream **out, struct scov_err *err)
{
	struct range r;
	int code = tree_find(((struct docker *)s)->tree, d->name, &r, err);

	(void)call;
	return code ? code : range_stream(&r, out, err);
}

static bool holds(struct source *s, const struct descriptor *d)
{
	struct scov_err why;
	struct range r;

	if (tree_find(((struct docker *)s)->tree, d->name, &r, &why))
		return why.code != SCOV_E_NOT_FOUND;
	range_release(&r);
	return true;
}

static void docker_free(struct source *s)
{
	struct docker *d = (struct docker *)s;

	tree_free(d->tree);
	arena_release(&d->arena);
	mem_free(d);
}

static const struct source_ops ops = {
	.manifest = manifest,
	.document = document,
	.open = open_part,
	.holds = holds,
	.detached = DETACHED_ENGINE,
	.free = docker_free,
};

static int read_manifest(struct docker *d, struct span tag, struct scov_err *err)
{
	docker_images list = { 0 };
	struct span text;
	int code = tree_load(
		d->tree, SPAN("manifest.json"), d->limits.document_size, &d->arena, &text, err);

	if (code == SCOV_E_NOT_FOUND)
		return err_fail(err, SCOV_E_FORMAT,
			"not an image: the archive has neither manifest.json nor index.json; "
			"the archive of a file tree is read with rootfs:FILE");
	if (code)
		return code;
	code = docker_manifest_parse(text, &d->limits, &d->arena, &list, err);
	if (code)
		return err_wrap(err, "manifest.json");
	return docker_manifest_pick(&list, tag, &d->image, err);
}

int docker_open_tree(struct tree *tree, const char *transport, const struct form *f,
	const struct source_options *opt, const char *description, struct source **out,
	struct scov_err *err)
{
	struct docker *d;
	int code;

	if (tree_has(tree, "index.json"))
		return layout_open_tree(tree, transport, f, opt, description, out, err);
	d = mem_alloc(sizeof(*d));
	if (!d) {
		tree_free(tree);
		return err_memory(err);
	}
	d->ops = ops;
	d->ops.transport = transport;
	d->source.ops = &d->ops;
	d->source.description = arena_dup(&d->arena, span_str(description));
	d->limits = opt->limits;
	d->tree = tree;
	code = read_manifest(d, f->tag, err);
	if (code) {
		docker_free(&d->source);
		return code;
	}
	*out = &d->source;
	return 0;
}

int docker_archive_open(const struct form *f, const struct source_options *opt,
	const struct call *call, struct source **out, struct scov_err *err)
{
	scoped_arena struct arena a = { 0 };
	char *path = arena_cstr(&a, f->name), *description;
	const char *transport = "docker-archive";
	struct tree *tree;
	int code = tree_open_archive(path, opt, call, &tree, err);

	if (code)
		return code;
	/* A bare path may as well be an archive of a layout. */
	if (f->kind == FORM_PATH && !tree_has(tree, "manifest.json"))
		transport = "oci-archive";
	description = arena_printf(
		&a, "%s %s", *transport == 'd' ? "Docker archive" : "OCI archive", path);
	code = docker_open_tree(tree, transport, f, opt, description, out, err);
	return code ? err_wrap(err, "'%s'", path) : 0;
}
