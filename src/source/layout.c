/* layout.c - an OCI image layout, in a folder or in an archive.
 *
 * Source: OCI image-spec 1.1, image-layout.md. The names of its images are
 * the annotation org.opencontainers.image.ref.name of index.json's entries;
 * containerd adds io.containerd.image.name with the whole name.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "source/local.h"

#include "base/buf.h"
#include "base/err.h"
#include "source/oci.h"

enum { LOCATOR_BLOB, LOCATOR_INDEX /* index.json itself */ };

struct layout {
	struct source source;
	struct source_ops ops; /* a copy: the transport's name differs */
	struct arena arena;
	struct limits limits;
	struct tree *tree;
	struct span tag;
	struct digest digest;
};

/* "a, b, sha256:...": what a reference may ask for. */
static void list_names(const descriptors *list, struct buf *b)
{
	char text[DIGEST_TEXT];

	for (size_t i = 0; i < list->n; i++) {
		struct span name = oci_entry_name(&list->p[i]);

		if (oci_entry_other(&list->p[i]))
			continue;
		if (b->len)
			buf_str(b, ", ");
		if (b->len > 700) {
			buf_str(b, "...");
			return;
		}
		if (name.len)
			buf_span(b, name);
		else
			buf_printf(b, "@%s", digest_format(&list->p[i].digest, text));
	}
}

static int fail_choice(const descriptors *list, struct span tag, size_t found, struct scov_err *err)
{
	scoped_buf struct buf names = { 0 };

	list_names(list, &names);
	if (!names.len)
		return err_fail(err, list->n ? SCOV_E_UNSUPPORTED : SCOV_E_NOT_FOUND,
			"index.json lists no image%s%s", list->n ? ", but " : "",
			list->n ? oci_entry_other(&list->p[0]) : "");
	if (found)
		return err_fail(
			err, SCOV_E_USAGE, "several images, add :TAG or @DIGEST: %s", names.p);
	return err_fail(
		err, SCOV_E_NOT_FOUND, "no image '%.*s'; there is: %s", SPAN_ARG(tag), names.p);
}

/* Entries without names that differ by platform: the file is then itself an index of one image. */
static bool is_image_index(const descriptors *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (!oci_entry_other(&list->p[i]) &&
			(oci_entry_name(&list->p[i]).len || !list->p[i].has_platform))
			return false;
	return list->n > 0;
}

static int find_blob(
	struct layout *lo, const struct descriptor *d, struct range *out, struct scov_err *err);

/* What is not an image by its manifest, as the referrers that oras keeps beside it, is not one to
 * choose from. One that cannot be read stays, so that the reason is shown. */
static bool is_other(struct layout *lo, const struct descriptor *d)
{
	scoped_arena struct arena a = { 0 };
	const struct json *doc;
	struct scov_err why;
	struct span text;
	struct range r;

	return !oci_is_index(d->media_type) && !find_blob(lo, d, &r, &why) &&
	       !range_load(&r, lo->limits.document_size, &a, &text, &why) &&
	       !oci_parse(text, &lo->limits, &a, &doc, &why) && json_get(doc, "config") &&
	       oci_check_image(doc, &why);
}

static int choose(
	struct layout *lo, const descriptors *list, struct descriptor *out, struct scov_err *err)
{
	const struct descriptor *pick = NULL;
	size_t found = 0;

	for (size_t i = 0; i < list->n; i++) {
		const struct descriptor *d = &list->p[i];

		if (lo->digest.algorithm ? !digest_eq(&lo->digest, &d->digest)
			: lo->tag.len    ? !oci_entry_named(d, lo->tag)
					 : oci_entry_other(d) || (list->n > 1 && is_other(lo, d)))
			continue;
		if (pick && digest_eq(&pick->digest, &d->digest))
			continue;
		if (!found++)
			pick = d;
	}
	if (lo->digest.algorithm && !pick) {
		/* A manifest deeper down; its size is what the file has. */
		*out = (struct descriptor){ .digest = lo->digest };
		return 0;
	}
	if (found > 1 && !lo->tag.len && is_image_index(list)) {
		*out = (struct descriptor){ .media_type = SPAN(OCI_INDEX),
			.locator = LOCATOR_INDEX };
		return 0;
	}
	if (found != 1)
		return fail_choice(list, lo->tag, found, err);
	*out = *pick;
	return 0;
}

/* Where index.json itself is the root its entries are found as those of any index. */
static int keep_beside(
	struct source *s, const descriptors *list, struct arena *a, struct scov_err *err)
{
	for (size_t i = 0; i < list->n; i++)
		if (oci_entry_is_attestation(&list->p[i]) && !vec_add(&s->beside, a, &list->p[i]))
			return arena_check(a, err);
	return 0;
}

static int root(struct source *s, const struct call *call, struct arena *a, struct descriptor *out,
	struct scov_err *err)
{
	struct layout *lo = (struct layout *)s;
	const struct json *doc;
	struct span text;
	descriptors list = { 0 };
	int code = tree_load(lo->tree, SPAN("index.json"), lo->limits.document_size, a, &text, err);

	(void)call;
	if (code)
		return code;
	code = oci_parse(text, &lo->limits, a, &doc, err);
	if (!code)
		code = oci_index_entries(doc, &lo->limits, a, &list, err);
	if (code)
		return err_wrap(err, "index.json");
	code = choose(lo, &list, out, err);
	return code || out->locator == LOCATOR_INDEX ? code : keep_beside(s, &list, a, err);
}

static int find_blob(
	struct layout *lo, const struct descriptor *d, struct range *out, struct scov_err *err)
{
	scoped_arena struct arena a = { 0 };
	char hex[DIGEST_TEXT];
	const char *path = arena_printf(&a, "blobs/%s/%s",
		d->digest.algorithm == DIGEST_SHA512 ? "sha512" : "sha256",
		digest_hex(&d->digest, hex));

	if (d->locator == LOCATOR_INDEX)
		path = "index.json";
	else if (!d->digest.algorithm)
		return err_fail(err, SCOV_E_FORMAT, "a blob without a digest");
	if (!path)
		return err_memory(err);
	return tree_find(lo->tree, span_str(path), out, err);
}

static int document(struct source *s, const struct descriptor *d, const struct call *call,
	struct arena *a, struct span *out, struct scov_err *err)
{
	struct layout *lo = (struct layout *)s;
	struct range r;
	int code = find_blob(lo, d, &r, err);

	(void)call;
	return code ? code : range_load(&r, lo->limits.document_size, a, out, err);
}

static int open_blob(struct source *s, const struct descriptor *d, const struct call *call,
	struct stream **out, struct scov_err *err)
{
	struct range r;
	int code = find_blob((struct layout *)s, d, &r, err);

	(void)call;
	return code ? code : range_blob(&r, d, out, err);
}

static bool holds(struct source *s, const struct descriptor *d)
{
	struct scov_err why;
	struct range r;

	if (find_blob((struct layout *)s, d, &r, &why))
		return why.code != SCOV_E_NOT_FOUND;
	range_release(&r);
	return true;
}

/* ---- what is attached to an image */

static int load_index(struct layout *lo, struct arena *a, descriptors *out, struct scov_err *err)
{
	const struct json *doc;
	struct span text;
	int code = tree_load(lo->tree, SPAN("index.json"), lo->limits.document_size, a, &text, err);

	if (!code)
		code = oci_parse(text, &lo->limits, a, &doc, err);
	if (!code)
		code = oci_index_entries(doc, &lo->limits, a, out, err);
	return code ? err_wrap(err, "index.json") : 0;
}

static int load_document(struct layout *lo, const struct descriptor *d, struct arena *a,
	struct span *text, const struct json **out, struct scov_err *err)
{
	struct range r;
	int code = find_blob(lo, d, &r, err);

	if (!code)
		code = range_load(&r, lo->limits.document_size, a, text, err);
	return code ? code : oci_parse(*text, &lo->limits, a, out, err);
}

/* By its manifest; one that cannot be read is nobody's. */
static bool refers_to(struct layout *lo, const struct descriptor *d, const struct digest *subject)
{
	scoped_arena struct arena a = { 0 };
	const struct json *doc;
	struct digest named = { 0 };
	struct scov_err why;
	struct span text;

	return !load_document(lo, d, &a, &text, &doc, &why) &&
	       !digest_parse(json_get_text(json_get(doc, "subject"), "digest"), &named, &why) &&
	       digest_eq(&named, subject);
}

/* `cosign save` marks the image, and what it saved with it. */
static bool is_marked(const struct descriptor *d, struct span kind)
{
	return span_eq(annotation_get(&d->annotations, "kind"), kind);
}

static bool is_saved_image(const descriptors *list, const struct digest *subject)
{
	for (size_t i = 0; i < list->n; i++)
		if (digest_eq(&list->p[i].digest, subject) &&
			(is_marked(&list->p[i], SPAN("dev.cosignproject.cosign/image")) ||
				is_marked(
					&list->p[i], SPAN("dev.cosignproject.cosign/imageIndex"))))
			return true;
	return false;
}

static bool is_saved_with(const struct descriptor *d)
{
	return is_marked(d, SPAN("dev.cosignproject.cosign/sigs")) ||
	       is_marked(d, SPAN("dev.cosignproject.cosign/atts"));
}

static int add_referrer(struct referrers *out, size_t most, const struct descriptor *d,
	struct arena *a, struct scov_err *err)
{
	if (out->list.n < most)
		return vec_add(&out->list, a, d) ? 0 : arena_check(a, err);
	out->passed_over++;
	return 0;
}

/* The entries of an index that is tagged as a registry without the API has it. */
static int add_listed(struct layout *lo, const struct descriptor *index, size_t most,
	struct arena *a, struct referrers *out, struct scov_err *err)
{
	descriptors list = { 0 };
	const struct json *doc;
	struct span text;
	int code = load_document(lo, index, a, &text, &doc, err);

	if (!code)
		code = oci_index_entries(doc, &lo->limits, a, &list, err);
	for (size_t i = 0; i < list.n && !code; i++)
		code = add_referrer(out, most, &list.p[i], a, err);
	return code;
}

static int layout_referrers(struct source *s, const struct digest *subject, size_t most,
	const struct call *call, struct arena *a, struct referrers *out, struct scov_err *err)
{
	struct layout *lo = (struct layout *)s;
	const char *tag = oci_referrers_tag(subject, a);
	descriptors list = { 0 };
	int code = tag ? load_index(lo, a, &list, err) : arena_check(a, err);
	bool is_saved = !code && is_saved_image(&list, subject);

	out->from = SPAN("index.json, for");
	for (size_t i = 0; i < list.n && !code; i++) {
		const struct descriptor *d = &list.p[i];

		code = call_check(call, err);
		if (code)
			break;
		if (oci_entry_named(d, span_str(tag)))
			code = add_listed(lo, d, most, a, out, err);
		else if ((is_saved && is_saved_with(d)) || refers_to(lo, d, subject))
			code = add_referrer(out, most, d, a, err);
	}
	return code;
}

static int layout_tagged(struct source *s, const char *tag, const struct call *call,
	struct arena *a, struct span *out, struct scov_err *err)
{
	struct layout *lo = (struct layout *)s;
	descriptors list = { 0 };
	int code = load_index(lo, a, &list, err);

	for (size_t i = 0; i < list.n && !code; i++)
		if (oci_entry_named(&list.p[i], span_str(tag)))
			return document(s, &list.p[i], call, a, out, err);
	return code ? code : err_fail(err, SCOV_E_NOT_FOUND, "no tag '%s'", tag);
}

static void layout_free(struct source *s)
{
	struct layout *lo = (struct layout *)s;

	tree_free(lo->tree);
	arena_release(&lo->arena);
	mem_free(lo);
}

static const struct source_ops ops = {
	.has_annotations = true,
	.has_digests = true,
	.root = root,
	.document = document,
	.open = open_blob,
	.holds = holds,
	.referrers = layout_referrers,
	.tagged = layout_tagged,
	.free = layout_free,
};

/* oci-layout names the version; a layout of another one would be read wrongly. */
int layout_check_version(struct tree *tree, struct scov_err *err)
{
	scoped_arena struct arena a = { .limit = 1 << 20 };
	const struct json *doc;
	struct span text, version;
	int code = tree_load(tree, SPAN("oci-layout"), 4096, &a, &text, err);

	if (code == SCOV_E_NOT_FOUND && tree_has(tree, "index.json"))
		return 0;
	if (code == SCOV_E_NOT_FOUND)
		return err_fail(err, SCOV_E_FORMAT, "not an OCI layout: no index.json");
	if (code)
		return code;
	code = json_parse(text, 4096, &a, &doc, err);
	if (code)
		return err_wrap(err, "oci-layout");
	version = json_get_text(doc, "imageLayoutVersion");
	if (!span_starts(version, SPAN("1.")))
		return err_fail(err, SCOV_E_UNSUPPORTED, "an OCI layout of version '%.*s'",
			SPAN_ARG(version));
	return 0;
}

int layout_open_tree(struct tree *tree, const char *transport, const struct form *f,
	const struct source_options *opt, const char *description, struct source **out,
	struct scov_err *err)
{
	struct layout *lo = mem_alloc(sizeof(*lo));
	int code;

	if (!lo) {
		tree_free(tree);
		return err_memory(err);
	}
	lo->ops = ops;
	lo->ops.transport = transport;
	/* The manifests of an engine's archive are made anew; what was annotated is gone. */
	lo->ops.has_annotations = !span_starts(span_str(transport), SPAN("docker"));
	if (!lo->ops.has_annotations)
		lo->ops.detached = DETACHED_ENGINE;
	lo->source.ops = &lo->ops;
	lo->limits = opt->limits;
	lo->tree = tree;
	lo->tag = arena_dup(&lo->arena, f->tag);
	lo->digest = f->digest;
	lo->source.description = arena_dup(&lo->arena, span_str(description));
	code = layout_check_version(tree, err);
	if (code) {
		layout_free(&lo->source);
		return code;
	}
	*out = &lo->source;
	return 0;
}

int layout_open(const struct form *f, const struct source_options *opt, const struct call *call,
	struct source **out, struct scov_err *err)
{
	scoped_arena struct arena a = { 0 };
	char *path = arena_cstr(&a, f->name),
	     *description = arena_printf(&a, "OCI layout %s", path);
	struct tree *tree;
	int code = tree_open_folder(path, &tree, err);

	(void)call;
	return code ? code : layout_open_tree(tree, "oci", f, opt, description, out, err);
}

int layout_archive_open(const struct form *f, const struct source_options *opt,
	const struct call *call, struct source **out, struct scov_err *err)
{
	scoped_arena struct arena a = { 0 };
	char *path = arena_cstr(&a, f->name),
	     *description = arena_printf(&a, "OCI archive %s", path);
	struct tree *tree;
	int code = tree_open_archive(path, opt, call, &tree, err);

	return code ? code : layout_open_tree(tree, "oci-archive", f, opt, description, out, err);
}
