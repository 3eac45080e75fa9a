/* join.h - part facts of all layers, bottom first, made into image facts.
 *
 * Applies whiteouts, opaque directories, replaced types and hard links;
 * resolves owners, user, base, commands, dates. Buried files stay known.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/err.h"
#include "base/limits.h"
#include "facts/image.h"
#include "secret/rules/rule.h"

struct join_layer {
	const struct part *part; /* NULL: not readable */
	struct digest digest, diff_id;
	uint64_t blob_size;
	struct span media_type;
	bool from_cache;
	struct span problem; /* why part is NULL */
};

struct join_input {
	struct digest index_digest, manifest_digest, config_digest;
	struct span manifest_type;
	struct platform platform;
	const annotations *index_annotations, *manifest_annotations; /* masked already */
	const struct part *config; /* NULL: none, or not readable */
	bool has_config; /* the form has one; config NULL then means it was not readable */
	struct span config_problem;
	const struct join_layer *layers; /* lowest first */
	size_t layers_n;
	bool has_annotations;           /* the form can carry them */
	struct span annotations_reason; /* why not */
	bool incomplete_xattrs;
	struct span xattrs_reason;
	const struct image_document *documents; /* manifest, index, attestations */
	size_t documents_n;
	bool has_secrets;                        /* parts were looked at for secrets */
	struct span secrets_reason;              /* why not */
	struct span fingerprint_key;             /* random, of this run; empty: the user gave one */
	const struct secret_rules *secret_rules; /* built-in and the user's; NULL: built-in */
	const struct part *base_config;          /* of --base; NULL without */
	struct span base_name;
	int64_t now;   /* seconds; for "plausible" dates */
	uint32_t skip; /* analyzers that were off: their inputs are missing */
	struct limits limits;
};

/* Parts must outlive *out. *out is zeroed by the caller, but for its watch; release with
 * arena_release(&out->arena). Errors: SCOV_E_LIMIT, SCOV_E_MEMORY, SCOV_E_TIMEOUT,
 * SCOV_E_CANCELLED. */
must_check int join_image(
	const struct join_input *in, struct image_facts *out, struct scov_err *err);
