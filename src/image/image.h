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
	uint32_t position;               /* of its entry there, from 1 */
};

/* One image of a reference: a platform of an index, or the only one. Or any entry of an index. */
struct image_choice {
	struct platform platform;     /* its own, or that of the entry which leads to its index */
	struct descriptor descriptor; /* of the manifest */
	struct digest index_digest;   /* of the index that holds it; DIGEST_NONE */
	uint32_t position;            /* in its index, from 1; 0: in none */
	const struct image_index *index; /* that holds it; NULL: none */
	const char
		*other; /* oci_entry_other, or that the source does not hold it; NULL: an image */
	bool is_absent; /* the source does not hold it */
	const struct image_index *inside; /* it is this index; NULL: a manifest */
};

struct image_choices {
	VEC(struct image_choice) list; /* those that can be images */
	/* All entries of all indexes, in their order: runtimes look at no more than the platform.
	 */
	VEC(struct image_choice) entries;
	const struct image_index *root; /* NULL: a manifest */
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
/* The same of a manifest or an index with this digest, wherever in a source with manifests it is.
 */
must_check int image_list_at(struct source *s, const struct limits *l, const struct digest *digest,
	const struct call *call, struct arena *a, struct image_choices *out, struct scov_err *err);
/* What it takes to read documents of one source. */
struct image_reader {
	struct source *source;
	const struct limits *limits;
	const struct call *call;
	struct arena *arena;
};
/* Pick by "os/arch[/variant]"; NULL: this machine's, or the only one. It is what runtimes choose
 * from the index. Errors: SCOV_E_NOT_FOUND lists those available; SCOV_E_FORMAT: runtimes differ,
 * or choose an entry that is marked as something else beside one that is not; lists both. */
must_check int image_pick(const struct image_reader *r, const struct image_choices *c,
	const char *platform, const struct image_choice **out, struct scov_err *err);
/* Whether runtimes on the platform of `chosen` run it or an equal. Errors: those of image_pick. */
must_check int image_check_rivals(const struct image_reader *r, const struct image_choices *c,
	const struct image_choice *chosen, struct scov_err *err);
/* What the config says. Its bytes are kept in m->config_text, so that nobody reads them again.
 * Errors: those of reading it, SCOV_E_FORMAT. */
must_check int image_config_platform(const struct image_reader *r, struct manifest *m,
	struct platform *out, struct scov_err *err);
/* Refuses an image of another platform than "os/arch[/variant]", by its config. Errors:
 * SCOV_E_NOT_FOUND, those of reading the config. */
must_check int image_check_platform(const struct image_reader *r, struct manifest *m,
	const char *platform, struct scov_err *err);
/* One clause: which entries were passed over for `chosen`, and what the source does not hold;
 * empty: none. Errors: SCOV_E_MEMORY. */
must_check int image_passed_over(const struct image_choices *c, const struct image_choice *chosen,
	struct arena *a, struct span *out, struct scov_err *err);
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
struct platform image_parse_platform(const char *text); /* views into text */
