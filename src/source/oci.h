/* oci.h - descriptors as indexes and manifests write them, of OCI and of Docker.
 *
 * Source: OCI image-spec 1.1: descriptor.md, image-index.md, annotations.md.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/err.h"
#include "source/source.h"
#include "syntax/json.h"

enum { OCI_ANNOTATIONS = 1024 }; /* of one object; our own bound */

#define OCI_INDEX "application/vnd.oci.image.index.v1+json"
#define OCI_MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define OCI_CONFIG "application/vnd.oci.image.config.v1+json"
#define OCI_REF_NAME "org.opencontainers.image.ref.name"
#define DOCKER_INDEX "application/vnd.docker.distribution.manifest.list.v2+json"
#define DOCKER_MANIFEST "application/vnd.docker.distribution.manifest.v2+json"
#define DOCKER_CONFIG "application/vnd.docker.container.image.v1+json"

/* An index, a manifest: json_parse_go. */
must_check int oci_parse(struct span in, const struct limits *l, struct arena *a,
	const struct json **out, struct scov_err *err);
/* Without parameters: "application/json; charset=utf-8" is application/json. */
struct span oci_bare_type(struct span media_type);
/* Parameters and case do not matter to these two. */
bool oci_is_index(struct span media_type);
bool oci_is_manifest(struct span media_type);
/* Text in the arena of oci_parse. Errors: SCOV_E_FORMAT (no object, no digest, no size ...),
 * SCOV_E_UNSUPPORTED (a digest of another algorithm), SCOV_E_LIMIT. */
must_check int oci_descriptor(
	const struct json *v, struct arena *a, struct descriptor *out, struct scov_err *err);
/* An absent object has none. Errors: SCOV_E_FORMAT (one that is not a string), SCOV_E_LIMIT. */
must_check int oci_annotations(
	const struct json *v, struct arena *a, annotations *out, struct scov_err *err);
struct span annotation_get(const annotations *list, const char *key); /* empty when absent */

/* The manifests of an index document. Errors: those of oci_descriptor, naming the entry;
 * SCOV_E_LIMIT over limits.index_entries. */
must_check int oci_index_entries(const struct json *index, const struct limits *l, struct arena *a,
	descriptors *out, struct scov_err *err);
/* What an entry of an index says it is instead of an image: "an attestation", "a cosign signature"
 * ...; NULL when it may be one. A runtime that looks for its platform heeds none of this. */
const char *oci_entry_other(const struct descriptor *d);
/* The whole name by containerd, else the tag; empty without. */
struct span oci_entry_name(const struct descriptor *d);
bool oci_entry_named(const struct descriptor *d, struct span tag);
/* The kind of a media type or artifact type that is known not to be an image ("a Helm chart"), or
 * NULL. */
const char *oci_other_kind(struct span media_type);
/* Refuses a manifest that no runtime takes for an image: SCOV_E_UNSUPPORTED, which says what it is.
 */
must_check int oci_check_image(const struct json *manifest, struct scov_err *err);
struct platform oci_platform(const struct json *v); /* of a descriptor, or a config */
bool oci_is_nowhere(const struct platform *p);      /* unknown/unknown */
bool oci_entry_is_attestation(const struct descriptor *d);
/* As it is written in an index: type, digest, size, artifact type, annotations. */
void oci_write_descriptor(struct json_out *w, const struct descriptor *d);
void oci_write_annotations(struct json_out *w, const annotations *list);
/* An index with entries added; all else of the old one (NULL: there is none) is kept, but for the
 * entries that are marked in `dropped` (NULL: none). */
void oci_write_index(struct buf *b, const struct json *old, const bool *dropped,
	const struct descriptor *added, size_t n);
/* The tag of OCI 1.1 that lists what refers to a digest: "sha256-HEX". */
const char *oci_referrers_tag(const struct digest *subject, struct arena *a);
