/* image.h - index, manifest and platform: from a source to the list of parts.
 *
 * The parent itself parses only this: indexes, manifests and the diff_ids of
 * the config, within limits. Everything else of the config is a part's fact.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/err.h"
#include "source/source.h"

/* An index that leads to a manifest. */
struct image_index {
	struct digest digest;
	struct span raw;
	const struct image_index *above; /* that lists it; NULL: the root */
};

/* One image of a reference: a platform of an index, or the only one. */
struct image_choice {
	struct platform platform;
	struct descriptor descriptor;    /* of the manifest */
	struct digest index_digest;      /* of the index that holds it; DIGEST_NONE */
	uint32_t position;               /* in its index, from 1; 0: in none */
	const struct image_index *index; /* that holds it; NULL: none */
};

struct image_choices {
	VEC(struct image_choice) list; /* attestation manifests left out */
	bool from_index;
	struct digest root_digest;
	annotations root_annotations; /* raw: those by which the form lists its root */
	/* Manifests left out because they are attestations, of whatever image:
	 * image_attestation_of. */
	VEC(struct descriptor) attestations;
};

/* All images that the source's root names. Verifies the digest and size of every document read.
 * Errors: SCOV_E_FORMAT, SCOV_E_DIGEST, SCOV_E_LIMIT, SCOV_E_UNSUPPORTED (names an artifact that
 * is not an image), and the source's errors. */
must_check int image_list(struct source *s, const struct limits *l, const struct call *call,
	struct arena *a, struct image_choices *out, struct scov_err *err);
/* Pick by "os/arch[/variant]"; NULL: this machine's, or the only one. The error lists those
 * available. */
must_check int image_pick(const struct image_choices *c, const char *platform,
	const struct image_choice **out, struct scov_err *err);
/* Load the manifest of a choice. Refuses media types that are not an image (SCOV_E_UNSUPPORTED,
 * names them) and more than limits.layers layers. Layers of foreign or unknown media type get an
 * entry that scan will refuse. */
must_check int image_manifest(struct source *s, const struct limits *l,
	const struct image_choice *c, const struct call *call, struct arena *a,
	struct manifest *out, struct scov_err *err);
/* True: the descriptor, one of choices.attestations, is for the manifest with this digest. */
bool image_attestation_of(const struct descriptor *d, const struct digest *manifest);
/* Load an attestation manifest: its layers are the statements. Verified like every document.
 * Errors: as image_manifest, SCOV_E_NOT_FOUND. */
must_check int image_attestation(struct source *s, const struct limits *l,
	const struct descriptor *d, const struct call *call, struct arena *a, struct manifest *out,
	struct scov_err *err);
/* The kind of a media type or artifact type that is known not to be an image ("a Helm chart"), or
 * NULL. */
const char *image_other_kind(struct span media_type);
struct platform image_parse_platform(const char *text); /* views into text */
