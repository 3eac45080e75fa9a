/* attach.c - a document attached to an image: written into its registry, or its OCI layout.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "source/attach.h"

#include <sys/stat.h>

#include "base/err.h"
#include "source/destination.h"
#include "source/form.h"
#include "source/oci.h"
#include "source/push.h"
#include "source/reference.h"

#define EMPTY_TYPE "application/vnd.oci.empty.v1+json"
#define SIGNATURE_KEY "dev.cosignproject.cosign/signature"

enum { ATTACHMENT_LAYERS = 1000 }; /* of a tag that gets one more */

struct attach {
	struct arena arena;
	struct source *source;
	struct limits limits;
	struct span repository;
	struct push *push; /* one of the two */
	struct destination *destination;
};

static int open_layout(struct attach *t, struct span folder, struct scov_err *err)
{
	const char *to = arena_printf(&t->arena, "oci:%.*s", SPAN_ARG(folder));

	return to ? destination_open(to, &t->limits, &t->destination, err)
		  : arena_check(&t->arena, err);
}

static int open_registry(
	struct attach *t, struct span name, const struct source_options *opt, struct scov_err *err)
{
	struct reference r;
	const char *text = arena_cstr(&t->arena, name);
	int code = reference_parse(name, &t->arena, &r, err);

	if (code || !text)
		return code ? code : arena_check(&t->arena, err);
	t->repository =
		span_str(arena_printf(&t->arena, "%.*s/%.*s", SPAN_ARG(r.host), SPAN_ARG(r.path)));
	return push_open_repository(text, opt, &t->push, err);
}

static bool is_folder(struct span name)
{
	scoped_arena struct arena a = { 0 };
	const char *path = arena_cstr(&a, name);
	struct stat st;

	return path && !stat(path, &st) && S_ISDIR(st.st_mode);
}

int attach_open(const char *reference, struct source *s, const struct source_options *opt,
	struct attach **out, struct scov_err *err)
{
	struct attach *t = mem_alloc(sizeof(*t));
	struct form f;
	int code = t ? form_parse(span_str(reference), &f, err) : err_memory(err);

	if (code) {
		mem_free(t);
		return code;
	}
	t->source = s;
	t->limits = opt->limits;
	if (f.kind == FORM_REGISTRY)
		code = open_registry(t, f.name, opt, err);
	else if ((f.kind == FORM_LAYOUT || (f.kind == FORM_PATH && is_folder(f.name))) &&
		 s->ops->tagged)
		code = open_layout(t, f.name, err);
	else
		code = err_fail(err, SCOV_E_USAGE,
			"'%s' can only be read; signatures and attestations are written to a "
			"registry or to oci:FOLDER",
			reference);
	if (code)
		attach_free(t);
	else
		*out = t;
	return code;
}

void attach_free(struct attach *t)
{
	if (!t)
		return;
	push_free(t->push);
	destination_free(t->destination);
	arena_release(&t->arena);
	mem_free(t);
}

struct span attach_repository(const struct attach *t)
{
	return t->repository;
}

int attach_commit(struct attach *t, struct scov_err *err)
{
	return t->destination ? destination_commit(t->destination, err) : 0;
}

static struct descriptor describe(struct span media_type, struct span bytes)
{
	return (struct descriptor){ .media_type = media_type,
		.digest = digest_of(DIGEST_SHA256, bytes),
		.size = bytes.len,
		.has_size = true };
}

static int put_blob(struct attach *t, const struct descriptor *d, struct span bytes,
	const struct call *call, struct scov_err *err)
{
	return t->push ? push_blob(t->push, &d->digest, bytes, call, err)
		       : destination_document(t->destination, d, bytes, err);
}

static void out_descriptor(struct json_out *w, const char *key, const struct descriptor *d)
{
	json_out_key(w, key);
	oci_write_descriptor(w, d);
}

static void write_head(struct json_out *w, struct span artifact, const struct descriptor *config)
{
	json_out_dict(w);
	json_out_key(w, "schemaVersion");
	json_out_uint(w, 2);
	json_out_key(w, "mediaType");
	json_out_str(w, OCI_MANIFEST);
	if (artifact.len) {
		json_out_key(w, "artifactType");
		json_out_text(w, artifact);
	}
	out_descriptor(w, "config", config);
	json_out_key(w, "layers");
	json_out_list(w);
}

/* ---- a referrer */

int attach_referrer(
	struct attach *t, const struct attachment *x, const struct call *call, struct scov_err *err)
{
	static const struct span empty = SPAN_INIT("{}");
	const struct descriptor config = describe(SPAN(EMPTY_TYPE), empty),
				layer = describe(x->media_type, x->bytes);
	scoped_buf struct buf b = { .limit = t->limits.document_size };
	struct json_out w = { .out = &b };
	struct descriptor m;
	int code = call_check(call, err);

	write_head(&w, x->media_type, &config);
	oci_write_descriptor(&w, &layer);
	json_out_end(&w);
	out_descriptor(&w, "subject", &x->subject);
	json_out_key(&w, "annotations");
	oci_write_annotations(&w, &x->annotations);
	json_out_end(&w);
	if (!code && b.failed)
		code = err_memory(err);
	if (!code)
		code = put_blob(t, &config, empty, call, err);
	if (!code)
		code = put_blob(t, &layer, x->bytes, call, err);
	if (code)
		return code;
	m = describe(SPAN(OCI_MANIFEST), buf_view(&b));
	m.artifact_type = x->media_type;
	m.annotations = x->annotations;
	return t->push ? push_referrer(t->push, &m, buf_view(&b), &x->subject.digest, call, err)
		       : destination_entry(t->destination, &m, buf_view(&b), err);
}

/* ---- cosign's tag */

struct tagging {
	struct attach *attach;
	const struct attachment *x;
	const struct call *call;
};

/* The config that cosign gives such a manifest. */
static void write_config(struct buf *b, const struct json *layers, const struct digest *last)
{
	struct json_out w = { .out = b };
	char text[DIGEST_TEXT];

	json_out_dict(&w);
	json_out_key(&w, "architecture");
	json_out_str(&w, "");
	json_out_key(&w, "created");
	json_out_str(&w, "0001-01-01T00:00:00Z");
	json_out_key(&w, "os");
	json_out_str(&w, "");
	json_out_key(&w, "rootfs");
	json_out_dict(&w);
	json_out_key(&w, "type");
	json_out_str(&w, "layers");
	json_out_key(&w, "diff_ids");
	json_out_list(&w);
	for (size_t i = 0; i < json_count(layers); i++)
		json_out_text(&w, json_get_text(json_at(layers, i), "digest"));
	json_out_str(&w, digest_format(last, text));
	json_out_end(&w);
	json_out_end(&w);
	json_out_key(&w, "config");
	json_out_dict(&w);
	json_out_end(&w);
	json_out_end(&w);
}

static bool has_layer(const struct json *layers, const struct descriptor *layer)
{
	struct span signature = annotation_get(&layer->annotations, SIGNATURE_KEY);
	char text[DIGEST_TEXT];

	digest_format(&layer->digest, text);
	for (size_t i = 0; i < json_count(layers); i++) {
		const struct json *v = json_at(layers, i);

		if (span_eq(json_get_text(v, "digest"), span_str(text)) &&
			span_eq(json_get_text(json_get(v, "annotations"), SIGNATURE_KEY),
				signature))
			return true;
	}
	return false;
}

/* old: the manifest that the tag names; empty: none. *out stays empty when it has the layer. */
static int add_layer(void *ctx, struct span old, struct buf *out, struct scov_err *err)
{
	struct tagging *g = ctx;
	struct attach *t = g->attach;
	scoped_arena struct arena a = { .limit = 256 << 20 };
	scoped_buf struct buf b = { 0 };
	struct descriptor layer = describe(g->x->media_type, g->x->bytes), config;
	const struct json *doc = NULL, *layers;
	struct json_out w = { .out = out };
	int code = old.len ? json_parse(old, t->limits.document_size, &a, &doc, err) : 0;

	if (code)
		return code;
	layers = json_get(doc, "layers");
	layer.annotations = g->x->annotations;
	if (old.len && !json_is(layers, JSON_LIST))
		return err_fail(
			err, SCOV_E_FORMAT, "not a manifest of signatures; it is left alone");
	if (json_count(layers) >= ATTACHMENT_LAYERS)
		return err_fail(err, SCOV_E_LIMIT, "it has %zu signatures", json_count(layers));
	if (has_layer(layers, &layer))
		return 0;
	write_config(&b, layers, &layer.digest);
	config = describe(SPAN(OCI_CONFIG), buf_view(&b));
	code = b.failed ? err_memory(err) : put_blob(t, &config, buf_view(&b), g->call, err);
	if (!code)
		code = put_blob(t, &layer, g->x->bytes, g->call, err);
	if (code)
		return code;
	write_head(&w, SPAN(""), &config);
	for (size_t i = 0; i < json_count(layers); i++)
		json_out_value(&w, json_at(layers, i));
	oci_write_descriptor(&w, &layer);
	json_out_end(&w);
	json_out_end(&w);
	return out->failed ? err_memory(err) : 0;
}

static int tag_layout(struct tagging *g, const char *tag, struct scov_err *err)
{
	struct attach *t = g->attach;
	scoped_arena struct arena a = { 0 };
	scoped_buf struct buf b = { .limit = t->limits.document_size };
	struct descriptor m;
	struct span old = { 0 };
	int code = t->source->ops->tagged(t->source, tag, g->call, &a, &old, err);

	if (code && code != SCOV_E_NOT_FOUND)
		return code;
	code = add_layer(g, old, &b, err);
	if (code || !b.len)
		return code;
	m = describe(SPAN(OCI_MANIFEST), buf_view(&b));
	if (!vec_add(&m.annotations, &a, &(struct annotation){ SPAN(OCI_REF_NAME), span_str(tag) }))
		return arena_check(&a, err);
	return destination_entry(t->destination, &m, buf_view(&b), err);
}

int attach_tagged(
	struct attach *t, const struct attachment *x, const struct call *call, struct scov_err *err)
{
	struct tagging g = { t, x, call };
	char hex[DIGEST_TEXT];
	const char *tag;
	int code;

	if (x->subject.digest.algorithm != DIGEST_SHA256)
		return err_fail(err, SCOV_E_UNSUPPORTED, "only a SHA-256 has a tag .sig");
	tag = arena_printf(&t->arena, "sha256-%s.sig", digest_hex(&x->subject.digest, hex));
	if (!tag)
		return arena_check(&t->arena, err);
	code = t->push ? push_change(t->push, tag, OCI_MANIFEST, add_layer, &g, call, err)
		       : tag_layout(&g, tag, err);
	return code ? err_wrap(err, "tag %s", tag) : 0;
}
