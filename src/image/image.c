/* image.c - the images of a source and the parts of each.
 *
 * Source: OCI image-spec 1.1, image-index.md and manifest.md; Docker's
 * "Image Manifest Version 2, Schema 2" and schema 1.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "image/image.h"

#include "base/err.h"
#include "source/oci.h"

enum { PEEKS_MAX = 32 };
enum kind { KIND_INDEX, KIND_MANIFEST };

struct document {
	const struct json *json;
	struct digest digest;
	struct span media_type, raw;
	enum kind kind;
};

/* A walk over indexes in indexes. */
struct walk {
	struct source *source;
	const struct limits *limits;
	const struct call *call;
	struct arena *arena;
	struct image_choices *out;
	size_t seen;  /* entries of all indexes: no fan-out of nested ones */
	size_t peeks; /* manifests read to learn what they are */
};

static const char *name_of(const struct descriptor *d, char text[DIGEST_TEXT])
{
	digest_format(&d->digest, text);
	return *text ? text : "the manifest";
}

/* Checks the bytes against the descriptor. */
static int verify(
	const struct descriptor *d, struct span text, struct digest *out, struct scov_err *err)
{
	enum digest_algorithm a = d->digest.algorithm ? d->digest.algorithm : DIGEST_SHA256;
	char got[DIGEST_TEXT], want[DIGEST_TEXT];

	if (d->has_size && d->size != text.len)
		return err_fail(err, SCOV_E_DIGEST,
			"%s: size is %zu bytes, but the descriptor says %llu", name_of(d, want),
			text.len, (unsigned long long)d->size);
	*out = digest_of(a, text);
	if (d->digest.algorithm && !digest_eq(out, &d->digest))
		return err_fail(err, SCOV_E_DIGEST, "%s: digest mismatch, the content has %s",
			name_of(d, want), digest_format(out, got));
	return 0;
}

/* A document must not be readable both as an index and as a manifest (CVE-2021-41190). */
static int classify(const struct descriptor *d, struct document *doc, struct scov_err *err)
{
	struct span inside = json_get_text(doc->json, "mediaType");
	bool has_index = json_get(doc->json, "manifests"),
	     has_layers = json_get(doc->json, "layers") || json_get(doc->json, "config");
	uint64_t version = 0;

	doc->media_type = inside.len ? inside : d->media_type;
	if (!json_is(doc->json, JSON_DICT))
		return err_fail(err, SCOV_E_FORMAT, "not an object");
	if (span_starts(doc->media_type, SPAN("application/vnd.docker.distribution.manifest.v1")) ||
		(json_uint(json_get(doc->json, "schemaVersion"), 9, &version) && version == 1))
		return err_fail(err, SCOV_E_UNSUPPORTED,
			"Docker schema 1 manifest, a format deprecated in "
			"2017; pull and push the image again");
	if (has_index && has_layers)
		return err_fail(err, SCOV_E_FORMAT, "both an index and a manifest");
	if (!has_index && !has_layers) {
		const char *what = oci_other_kind(doc->media_type);

		if (!what && (!doc->media_type.len || oci_is_index(doc->media_type) ||
				     oci_is_manifest(doc->media_type)))
			return err_fail(err, SCOV_E_FORMAT, "neither an index nor a manifest");
		return err_fail(err, SCOV_E_UNSUPPORTED, "%s, not an image (%.*s)",
			what ? what : "unknown type", SPAN_ARG(doc->media_type));
	}
	doc->kind = has_index ? KIND_INDEX : KIND_MANIFEST;
	if ((oci_is_index(inside) && !has_index) || (oci_is_manifest(inside) && has_index) ||
		(oci_is_index(d->media_type) && !has_index) ||
		(oci_is_manifest(d->media_type) && has_index))
		return err_fail(err, SCOV_E_FORMAT,
			"content is %s, but the media type says otherwise",
			has_index ? "an index" : "a manifest");
	if (!doc->media_type.len)
		doc->media_type = has_index ? SPAN(OCI_INDEX) : SPAN(OCI_MANIFEST);
	return 0;
}

static int load(struct source *s, const struct limits *l, const struct descriptor *d,
	const struct call *call, struct arena *a, struct document *out, struct scov_err *err)
{
	struct document doc = { 0 };
	char text[DIGEST_TEXT];
	struct span bytes;
	int code;

	if (d->has_size && d->size > l->document_size)
		return err_fail(err, SCOV_E_LIMIT,
			"%s: too large: %llu bytes (limit document_size)", name_of(d, text),
			(unsigned long long)d->size);
	code = s->ops->document(s, d, call, a, &bytes, err);
	if (code)
		return err_wrap(err, "%s", name_of(d, text));
	doc.raw = bytes;
	code = verify(d, bytes, &doc.digest, err);
	if (code)
		return code;
	code = oci_parse(bytes, l, a, &doc.json, err);
	if (!code)
		code = classify(d, &doc, err);
	if (code)
		return err_wrap(err, "%s", name_of(d, text));
	*out = doc;
	return 0;
}

static int add_choice(struct walk *w, const struct image_choice *entry, struct scov_err *err)
{
	return vec_add(&w->out->list, w->arena, entry) ? 0 : arena_check(w->arena, err);
}

static int add_attestation(struct walk *w, const struct descriptor *d, struct scov_err *err)
{
	return vec_add(&w->out->attestations, w->arena, d) ? 0 : arena_check(w->arena, err);
}

static int walk_index(struct walk *w, const struct document *doc, const struct image_choice *entry,
	unsigned depth, const struct image_index **out, struct scov_err *err);

static int walk_inside(
	struct walk *w, struct image_choice *entry, unsigned depth, struct scov_err *err)
{
	struct document inner;
	int code;

	if (depth + 1 > w->limits->index_depth)
		return err_fail(err, SCOV_E_LIMIT,
			"indexes nested deeper than %llu (limit index_depth)",
			(unsigned long long)w->limits->index_depth);
	code = load(w->source, w->limits, &entry->descriptor, w->call, w->arena, &inner, err);
	return code ? code : walk_index(w, &inner, entry, depth + 1, &entry->inside, err);
}

/* Where the index says little, the manifest tells: of as many entries as an index of referrers may
 * have in earnest. One that cannot be read stays, so that the reason is shown. */
static bool is_other_inside(struct walk *w, const struct descriptor *d)
{
	struct document doc;
	struct scov_err why;

	return (!d->has_platform || d->artifact_type.len) && !oci_is_index(d->media_type) &&
	       w->peeks++ < PEEKS_MAX &&
	       !load(w->source, w->limits, d, w->call, w->arena, &doc, &why) &&
	       doc.kind == KIND_MANIFEST && oci_check_image(doc.json, &why);
}

static int walk_entry(
	struct walk *w, struct image_choice *entry, unsigned depth, struct scov_err *err)
{
	const struct descriptor *d = &entry->descriptor;
	const struct source_ops *ops = w->source->ops;
	int code = 0;

	entry->is_absent = ops->holds && !ops->holds(w->source, d);
	entry->other = entry->is_absent ? "not in the image's files" : oci_entry_other(d);
	if (!entry->other && is_other_inside(w, d))
		entry->other = "not an image by its manifest";
	if (oci_entry_is_attestation(d))
		code = add_attestation(w, d, err);
	if (!code && !entry->other)
		code = oci_is_index(d->media_type) ? walk_inside(w, entry, depth, err)
						   : add_choice(w, entry, err);
	if (code)
		return code;
	return vec_add(&w->out->entries, w->arena, entry) ? 0 : arena_check(w->arena, err);
}

/* entry: that leads to the index; empty for the root. */
static int walk_index(struct walk *w, const struct document *doc, const struct image_choice *entry,
	unsigned depth, const struct image_index **out, struct scov_err *err)
{
	descriptors list = { 0 };
	struct image_index *index = arena_alloc(w->arena, sizeof(*index));

	if (!index)
		return arena_check(w->arena, err);
	*index = (struct image_index){ doc->digest, doc->raw, entry->index, entry->position };
	int code = oci_index_entries(doc->json, w->limits, w->arena, &list, err);

	if (code)
		return code;
	w->seen += list.n;
	if (w->seen > w->limits->index_entries)
		return err_fail(err, SCOV_E_LIMIT,
			"too many index entries: %zu (limit index_entries)", w->seen);
	for (size_t i = 0; i < list.n; i++) {
		const struct descriptor *d = &list.p[i];
		struct image_choice inner = {
			.platform = d->has_platform ? d->platform : entry->platform,
			.descriptor = *d,
			.index = index,
			.index_digest = index->digest,
			.position = (uint32_t)i + 1,
		};

		code = walk_entry(w, &inner, depth, err);
		if (code)
			return code;
	}
	*out = index;
	return 0;
}

/* Where nothing else is there, what names a platform may be an image in spite of its marks, as it
 * is to runtimes; its manifest decides. */
static int take_marked(struct walk *w, struct scov_err *err)
{
	int code = 0;

	for (size_t i = 0; !w->out->list.n && !code && i < w->out->entries.n; i++) {
		const struct image_choice *e = &w->out->entries.p[i];

		if (e->other && !e->is_absent && e->descriptor.has_platform &&
			!oci_is_nowhere(&e->platform))
			code = add_choice(w, e, err);
	}
	return code;
}

static int fail_without_image(const struct image_choices *c, struct scov_err *err)
{
	char text[DIGEST_TEXT];

	for (size_t i = 0; i < c->entries.n; i++) {
		const struct image_choice *e = &c->entries.p[i];
		struct span type = e->descriptor.artifact_type.len ? e->descriptor.artifact_type
								   : e->descriptor.media_type;

		if (e->is_absent)
			return err_fail(err, SCOV_E_NOT_FOUND, "the index lists %s, which is %s",
				name_of(&e->descriptor, text), e->other);
		if (e->other)
			return err_fail(err, SCOV_E_UNSUPPORTED,
				"the index contains no image, only %s (%.*s)", e->other,
				SPAN_ARG(type));
	}
	return err_fail(err, SCOV_E_NOT_FOUND, "the index is empty");
}

static int list_document(struct walk *w, struct descriptor *d, struct scov_err *err)
{
	struct document doc;
	int code = load(w->source, w->limits, d, w->call, w->arena, &doc, err);

	if (code)
		return code;
	w->out->root_digest = doc.digest;
	w->out->root_annotations = d->annotations;
	w->out->from_index = doc.kind == KIND_INDEX;
	struct image_choice entry = { .platform = d->platform, .descriptor = *d };

	if (doc.kind == KIND_MANIFEST) {
		code = oci_check_image(doc.json, err);
		return code ? code : add_choice(w, &entry, err);
	}
	code = walk_index(w, &doc, &entry, 1, &w->out->root, err);
	if (!code)
		code = take_marked(w, err);
	return code || w->out->list.n ? code : fail_without_image(w->out, err);
}

int image_list_at(struct source *s, const struct limits *l, const struct digest *digest,
	const struct call *call, struct arena *a, struct image_choices *out, struct scov_err *err)
{
	struct walk w = { .source = s, .limits = l, .call = call, .arena = a, .out = out };
	struct descriptor d = { .digest = *digest };

	*out = (struct image_choices){ 0 };
	return list_document(&w, &d, err);
}

int image_list(struct source *s, const struct limits *l, const struct call *call, struct arena *a,
	struct image_choices *out, struct scov_err *err)
{
	struct image_choices choices = { 0 };
	struct walk w = { .source = s, .limits = l, .call = call, .arena = a, .out = &choices };
	struct descriptor d = { 0 };
	int code = s->ops->root ? s->ops->root(s, call, a, &d, err) : 0;

	if (code)
		return code;
	if (s->ops->root)
		code = list_document(&w, &d, err);
	else
		code = add_choice(&w, &(struct image_choice){ .descriptor = d }, err);
	for (size_t i = 0; i < s->beside.n && !code; i++)
		code = add_attestation(&w, &s->beside.p[i], err);
	if (code)
		return code;
	*out = choices;
	return 0;
}

static int read_layers(const struct json *list, const struct limits *l, struct arena *a,
	struct manifest *m, struct scov_err *err)
{
	if (list && !json_is(list, JSON_LIST) && !json_is(list, JSON_NIL))
		return err_fail(err, SCOV_E_FORMAT, "layers is not a list");
	if (json_count(list) > l->layers)
		return err_fail(err, SCOV_E_LIMIT,
			"too many layers: %zu, at most %llu (limit layers)", json_count(list),
			(unsigned long long)l->layers);
	for (size_t i = 0; i < json_count(list); i++) {
		struct descriptor *d = vec_push(&m->layers, a);

		if (!d)
			return arena_check(a, err);
		if (oci_descriptor(json_at(list, i), a, d, err))
			return err_wrap(err, "layer %zu", i);
	}
	return 0;
}

static int read_manifest(const struct document *doc, const struct limits *l, struct arena *a,
	struct manifest *out, struct scov_err *err)
{
	struct manifest m = {
		.media_type = doc->media_type,
		.digest = doc->digest,
		.has_config = true,
		.raw = doc->raw,
	};
	const struct json *subject = json_get(doc->json, "subject");
	int code = oci_check_image(doc->json, err);

	if (!code)
		code = oci_descriptor(json_get(doc->json, "config"), a, &m.config, err);
	if (!code && m.config.size > l->document_size)
		code = err_fail(err, SCOV_E_LIMIT,
			"config too large: %llu bytes (limit document_size)",
			(unsigned long long)m.config.size);
	if (!code)
		code = read_layers(json_get(doc->json, "layers"), l, a, &m, err);
	if (!code)
		code = oci_annotations(json_get(doc->json, "annotations"), a, &m.annotations, err);
	if (!code && json_is(subject, JSON_DICT))
		code = digest_parse(json_get_text(subject, "digest"), &m.subject, err);
	if (code)
		return code;
	m.artifact_type = json_get_text(doc->json, "artifactType");
	*out = m;
	return 0;
}

int image_manifest(struct source *s, const struct limits *l, const struct image_choice *c,
	const struct call *call, struct arena *a, struct manifest *out, struct scov_err *err)
{
	char text[DIGEST_TEXT];
	struct document doc;
	struct manifest m = { 0 };
	int code;

	if (!s->ops->root) {
		code = s->ops->manifest(s, a, &m, err);
		if (code)
			return code;
		if (m.layers.n > l->layers)
			return err_fail(err, SCOV_E_LIMIT,
				"too many layers: %zu, at most %llu (limit layers)", m.layers.n,
				(unsigned long long)l->layers);
		*out = m;
		return 0;
	}
	code = load(s, l, &c->descriptor, call, a, &doc, err);
	if (!code && doc.kind != KIND_MANIFEST)
		code = err_fail(err, SCOV_E_FORMAT, "expected a manifest, found an index");
	if (!code)
		code = read_manifest(&doc, l, a, &m, err);
	if (code)
		return err_wrap(err, "%s", name_of(&c->descriptor, text));
	*out = m;
	return 0;
}

int image_config_platform(const struct image_reader *r, struct manifest *m, struct platform *out,
	struct scov_err *err)
{
	static const struct json_field fields[] = { { "os", JSON_TEXT, false },
		{ "os.version", JSON_TEXT, false }, { "architecture", JSON_TEXT, false },
		{ "variant", JSON_TEXT, false }, { "config", JSON_DICT, true },
		{ NULL, JSON_ABSENT, false } };
	size_t limit = (size_t)r->limits->document_size;
	const struct json *doc;
	struct digest found;
	struct span text;
	int code = r->source->ops->document(r->source, &m->config, r->call, r->arena, &text, err);

	if (!code)
		code = verify(&m->config, text, &found, err);
	if (!code)
		code = json_parse_go(text, limit, fields, r->arena, &doc, err);
	if (code)
		return err_wrap(err, "config");
	m->config_text = text;
	*out = oci_platform(doc);
	return 0;
}

bool image_attestation_of(const struct descriptor *d, const struct digest *manifest)
{
	char text[DIGEST_TEXT];

	return manifest->algorithm &&
	       span_eq(annotation_get(&d->annotations, "vnd.docker.reference.digest"),
		       span_str(digest_format(manifest, text)));
}

int image_attestation(struct source *s, const struct limits *l, const struct descriptor *d,
	const struct call *call, struct arena *a, struct manifest *out, struct scov_err *err)
{
	char text[DIGEST_TEXT];
	struct document doc;
	struct manifest m = { 0 };
	int code = load(s, l, d, call, a, &doc, err);

	if (!code && doc.kind != KIND_MANIFEST)
		code = err_fail(err, SCOV_E_FORMAT, "expected a manifest, found an index");
	if (!code)
		code = read_layers(json_get(doc.json, "layers"), l, a, &m, err);
	if (code)
		return err_wrap(err, "%s", name_of(d, text));
	m.media_type = doc.media_type;
	m.digest = doc.digest;
	m.raw = doc.raw;
	*out = m;
	return 0;
}
