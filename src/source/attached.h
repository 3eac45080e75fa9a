/* attached.h - what is attached to an image, from all places where it may be.
 *
 * Places: the referrers of a digest (of a registry its list, else the fallback tag; of a layout its
 * entries), cosign's tags, BuildKit's entries of the index and what refers to those, the profile
 * that an annotation names by its digest and that is in the same repository or layout, what
 * `cosign save` put into a layout, a bundle in a file beside an archive. A list is a hint: each
 * manifest is opened, its digest, size and subject are checked, and its types say what it is.
 * Nothing is verified here: trust/ does that.
 *
 * Sources: OCI distribution-spec 1.1, "Listing Referrers"; cosign, specs/SIGNATURE_SPEC.md,
 * specs/BUNDLE_SPEC.md; BuildKit, docs/attestations/attestation-storage.md; KEP-6061.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "facts/trust.h"
#include "source/source.h"

/* The image, or the index that led to it. */
struct attached_subject {
	struct digest digest;   /* DIGEST_NONE: there is none */
	struct span media_type; /* empty: raw says it */
	struct span raw;        /* the document; empty: not given */
};

struct attached_query {
	const char *reference; /* as it was opened: a bundle may lie beside it */
	struct attached_subject index, manifest;
};

struct attached_set {
	VEC(struct attached) list; /* those of the index first */
	bool is_searched;          /* all places, and everything there was read */
	struct span not_searched;  /* the first reason why not; one clause */
	size_t passed_over;        /* more than limits.attachments */
};

/* What cannot be fetched or is not what the list said is a row with `why`; a place that cannot be
 * asked makes is_searched false. Spans point into the arena and the query. Errors:
 * SCOV_E_CANCELLED, SCOV_E_TIMEOUT, SCOV_E_MEMORY, SCOV_E_LIMIT (arena). */
must_check int attached_find(struct source *s, const struct limits *l,
	const struct attached_query *q, const struct call *call, struct arena *a,
	struct attached_set *out, struct scov_err *err);
