/* image.h - index, manifest and platform: from a source to the list of parts.
 *
 * The parent itself parses only this: indexes, manifests and the diff_ids of
 * the config, within limits. Everything else of the config is a part's fact.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "source/source.h"

struct manifest {
	struct span media_type;
	struct digest digest;          /* DIGEST_NONE where the form has none */
	struct descriptor config;
	bool has_config;               /* false: rootfs */
	VEC(struct descriptor) layers; /* lowest first */
	annotations annotations;       /* raw */
	struct span artifact_type;
	struct digest subject;         /* DIGEST_NONE without */
};

/* One image of a reference: a platform of an index, or the only one. */
struct image_choice {
	struct platform platform;
	struct descriptor descriptor;  /* of the manifest */
	struct digest index_digest;    /* of the index that holds it; DIGEST_NONE */
	annotations index_annotations; /* the descriptor's own and the index's; raw */
};

struct image_choices {
	VEC(struct image_choice) list; /* attestation manifests left out */
	bool from_index;
	struct digest root_digest;
	size_t attestations;           /* manifests left out because they are attestations */
};

/* All images that the source's root names. Verifies the digest and size of every document read.
 * Errors: SCOV_E_FORMAT, SCOV_E_DIGEST, SCOV_E_LIMIT, SCOV_E_UNSUPPORTED (an artifact that is no image,
 * named), and what the source answers. */
int image_list(struct source *s, const struct limits *l, struct arena *a, struct image_choices *out,
	       struct scov_err *err);
/* Pick by "os/arch[/variant]"; NULL: this machine's, else the only one. The error lists what there is. */
int image_pick(const struct image_choices *c, const char *platform, const struct image_choice **out,
	       struct scov_err *err);
/* Load the manifest of a choice. Refuses media types that are no image (SCOV_E_UNSUPPORTED, says what it is),
 * more than limits.layers layers, and layers of foreign or unknown media type get an entry that scan will refuse. */
int image_manifest(struct source *s, const struct limits *l, const struct image_choice *c, struct arena *a,
		   struct manifest *out, struct scov_err *err);
/* The platform of this machine, as OCI writes it. */
struct platform image_host_platform(void);
struct platform image_parse_platform(const char *text); /* views into text */
