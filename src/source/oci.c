/* oci.c - descriptors as indexes and manifests write them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "source/oci.h"

#include <stdio.h>

#include "base/err.h"
#include "source/form.h"

#define CONTAINERD_NAME "io.containerd.image.name"

int oci_parse(struct span in, const struct limits *l, struct arena *a, const struct json **out,
	struct scov_err *err)
{
	static const struct json_field fields[] = {
		{ "schemaVersion", JSON_INT, false },
		{ "mediaType", JSON_TEXT, false },
		{ "artifactType", JSON_TEXT, false },
		{ "config", JSON_DICT, false },
		{ "layers", JSON_LIST, false },
		{ "manifests", JSON_LIST, false },
		{ "subject", JSON_DICT, false },
		{ "annotations", JSON_DICT, true },
		{ "digest", JSON_TEXT, false },
		{ "size", JSON_INT, false },
		{ "urls", JSON_LIST, false },
		{ "data", JSON_TEXT, false },
		{ "platform", JSON_DICT, false },
		{ "os", JSON_TEXT, false },
		{ "os.version", JSON_TEXT, false },
		{ "os.features", JSON_LIST, false },
		{ "architecture", JSON_TEXT, false },
		{ "variant", JSON_TEXT, false },
		{ "features", JSON_LIST, false },
		{ NULL, 0, false },
	};

	return json_parse_go(in, (size_t)l->document_size, fields, a, out, err);
}

static bool is_type(struct span media_type, struct span oci, struct span docker)
{
	struct span bare = oci_bare_type(media_type);

	return span_eq_nocase(bare, oci) || span_eq_nocase(bare, docker);
}

bool oci_is_index(struct span media_type)
{
	return is_type(media_type, SPAN(OCI_INDEX), SPAN(DOCKER_INDEX));
}

bool oci_is_manifest(struct span media_type)
{
	return is_type(media_type, SPAN(OCI_MANIFEST), SPAN(DOCKER_MANIFEST));
}

int oci_annotations(const struct json *v, struct arena *a, annotations *out, struct scov_err *err)
{
	annotations list = { 0 };

	if (json_count(v) > OCI_ANNOTATIONS)
		return err_fail(err, SCOV_E_LIMIT, "%zu annotations, more than %d", json_count(v),
			OCI_ANNOTATIONS);
	for (size_t i = 0; json_is(v, JSON_DICT) && i < json_count(v); i++) {
		const struct json *m = json_at(v, i);

		if (!json_is(m, JSON_TEXT) && !json_is(m, JSON_NIL))
			return err_fail(err, SCOV_E_FORMAT, "an annotation that is not text");
		if (!vec_add(&list, a,
			    &(struct annotation){ .key = json_name(m), .value = json_text(m) }))
			return arena_check(a, err);
	}
	out->p = list.p;
	out->n = list.n;
	out->cap = list.cap;
	return 0;
}

struct span annotation_get(const annotations *list, const char *key)
{
	for (size_t i = 0; i < list->n; i++)
		if (span_eq(list->p[i].key, span_str(key)))
			return list->p[i].value;
	return SPAN("");
}

struct platform oci_platform(const struct json *v)
{
	return (struct platform){
		.os = json_get_text(v, "os"),
		.architecture = json_get_text(v, "architecture"),
		.variant = json_get_text(v, "variant"),
		.os_version = json_get_text(v, "os.version"),
		.has_features = json_count(json_get(v, "os.features")),
	};
}

int oci_descriptor(
	const struct json *v, struct arena *a, struct descriptor *out, struct scov_err *err)
{
	const struct json *platform = json_get(v, "platform");
	struct descriptor d = {
		.media_type = json_get_text(v, "mediaType"),
		.artifact_type = json_get_text(v, "artifactType"),
		.has_platform = json_is(platform, JSON_DICT),
		.platform = oci_platform(platform),
	};
	int code;

	if (!json_is(v, JSON_DICT))
		return err_fail(err, SCOV_E_FORMAT, "a descriptor that is not an object");
	if (!json_is(json_get(v, "digest"), JSON_TEXT))
		return err_fail(err, SCOV_E_FORMAT, "a descriptor without a digest");
	code = digest_parse(json_get_text(v, "digest"), &d.digest, err);
	if (code)
		return code;
	if (!json_uint(json_get(v, "size"), INT64_MAX, &d.size))
		return err_fail(err, SCOV_E_FORMAT, "a descriptor with a missing or invalid size");
	d.has_size = true;
	code = oci_annotations(json_get(v, "annotations"), a, &d.annotations, err);
	if (code)
		return code;
	*out = d;
	return 0;
}

int oci_index_entries(const struct json *index, const struct limits *l, struct arena *a,
	descriptors *out, struct scov_err *err)
{
	const struct json *list = json_get(index, "manifests");
	size_t n = json_count(list);
	descriptors found = { 0 };

	if (!json_is(list, JSON_LIST))
		return err_fail(err, SCOV_E_FORMAT, "an index without a list of manifests");
	if (n > l->index_entries)
		return err_fail(err, SCOV_E_LIMIT,
			"an index of %zu entries, more than limit index_entries", n);
	for (size_t i = 0; i < n; i++) {
		struct descriptor *d = vec_push(&found, a);

		if (!d)
			return arena_check(a, err);
		if (oci_descriptor(json_at(list, i), a, d, err))
			return err_wrap(err, "entry %zu of the index", i);
	}
	*out = found;
	return 0;
}

struct span oci_entry_name(const struct descriptor *d)
{
	struct span full = annotation_get(&d->annotations, CONTAINERD_NAME);

	return full.len ? full : annotation_get(&d->annotations, OCI_REF_NAME);
}

bool oci_entry_named(const struct descriptor *d, struct span tag)
{
	struct span ref = annotation_get(&d->annotations, OCI_REF_NAME);
	struct span full = annotation_get(&d->annotations, CONTAINERD_NAME);

	return (ref.len && span_eq(ref, tag)) || (full.len && form_tag_matches(tag, full)) ||
	       (ref.len && form_tag_matches(tag, ref));
}

bool oci_is_nowhere(const struct platform *p)
{
	return span_eq(p->os, SPAN("unknown")) && span_eq(p->architecture, SPAN("unknown"));
}

bool oci_entry_is_attestation(const struct descriptor *d)
{
	return annotation_get(&d->annotations, "vnd.docker.reference.type").len;
}

void oci_write_annotations(struct json_out *w, const annotations *list)
{
	json_out_dict(w);
	for (size_t i = 0; i < list->n; i++) {
		json_out_key_span(w, list->p[i].key);
		json_out_text(w, list->p[i].value);
	}
	json_out_end(w);
}

void oci_write_descriptor(struct json_out *w, const struct descriptor *d)
{
	char text[DIGEST_TEXT];

	json_out_dict(w);
	json_out_key(w, "mediaType");
	json_out_text(w, d->media_type);
	json_out_key(w, "digest");
	json_out_str(w, digest_format(&d->digest, text));
	json_out_key(w, "size");
	json_out_uint(w, d->size);
	if (d->artifact_type.len) {
		json_out_key(w, "artifactType");
		json_out_text(w, d->artifact_type);
	}
	if (d->annotations.n) {
		json_out_key(w, "annotations");
		oci_write_annotations(w, &d->annotations);
	}
	json_out_end(w);
}

void oci_write_index(struct buf *b, const struct json *old, const bool *dropped,
	const struct descriptor *added, size_t n)
{
	const struct json *list = json_get(old, "manifests");
	struct json_out w = { .out = b };

	json_out_dict(&w);
	if (!old) {
		json_out_key(&w, "schemaVersion");
		json_out_uint(&w, 2);
		json_out_key(&w, "mediaType");
		json_out_str(&w, OCI_INDEX);
	}
	for (size_t i = 0; i < json_count(old); i++) {
		const struct json *v = json_at(old, i);

		if (v == list)
			continue;
		json_out_key_span(&w, json_name(v));
		json_out_value(&w, v);
	}
	json_out_key(&w, "manifests");
	json_out_list(&w);
	for (size_t i = 0; i < json_count(list); i++)
		if (!dropped || !dropped[i])
			json_out_value(&w, json_at(list, i));
	for (size_t i = 0; i < n; i++)
		oci_write_descriptor(&w, &added[i]);
	json_out_end(&w);
	json_out_end(&w);
}

const char *oci_referrers_tag(const struct digest *subject, struct arena *a)
{
	char hex[DIGEST_TEXT];

	return arena_printf(a, "%s-%.64s",
		subject->algorithm == DIGEST_SHA512 ? "sha512" : "sha256",
		digest_hex(subject, hex));
}

/* sha256-HEX is the fallback tag of OCI 1.1, sha256-HEX.sig and the like are cosign's. */
static bool is_attachment(struct span name)
{
	size_t colon = span_rfind(name, ':');
	struct span tag = colon < name.len ? span_from(name, colon + 1) : name;
	char text[DIGEST_TEXT];
	struct digest d;

	if (!span_starts(tag, SPAN("sha256-")) || (tag.len > 71 && span_at(tag, 71) != '.'))
		return false;
	snprintf(text, sizeof(text), "sha256:%.*s", SPAN_ARG(span_sub(tag, 7, 64)));
	return !digest_parse(span_str(text), &d, NULL);
}

const char *oci_entry_other(const struct descriptor *d)
{
	struct span kind = annotation_get(&d->annotations, "kind"); /* as `cosign save` writes it */
	struct span name = annotation_get(&d->annotations, OCI_REF_NAME);

	if (oci_entry_is_attestation(d))
		return "an attestation";
	if (span_eq(kind, SPAN("dev.cosignproject.cosign/sigs")))
		return "a cosign signature";
	if (span_eq(kind, SPAN("dev.cosignproject.cosign/atts")))
		return "a cosign attestation";
	if (is_attachment(name))
		return "an attachment of another image";
	/* What others say of themselves in their manifest alone is seen when that is read. */
	if (oci_other_kind(d->artifact_type))
		return oci_other_kind(d->artifact_type);
	/* Podman drops such an entry, BuildKit marks its attestations with it. */
	if (oci_is_nowhere(&d->platform))
		return "an entry for no platform";
	if (d->media_type.len && !oci_is_index(d->media_type) && !oci_is_manifest(d->media_type) &&
		!span_starts(
			d->media_type, SPAN("application/vnd.docker.distribution.manifest.v1")))
		return "a document that is not a manifest";
	return NULL;
}
