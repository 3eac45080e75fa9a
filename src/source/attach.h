/* attach.h - a document attached to an image: written into its registry, or its OCI layout.
 *
 * A referrer is a manifest that names its subject. A registry without a list of referrers gets the
 * fallback tag instead. Into a layout all is written at once, by attach_commit.
 *
 * Source: OCI distribution-spec 1.1, "Pushing Manifests with Subject"; image-spec 1.1, "Guidelines
 * for Artifact Usage".
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "source/source.h"

struct attach;

struct attachment {
	struct descriptor subject; /* media type, digest, size */
	struct span media_type;    /* of the artifact and of its one layer */
	struct span bytes;
	annotations annotations; /* of the manifest; of the layer where a tag is written */
};

/* To where `s` was opened from by this reference, which both outlive it. Errors: SCOV_E_USAGE (a
 * form that is only read), those of push_open and destination_open. */
must_check int attach_open(const char *reference, struct source *s,
	const struct source_options *opt, struct attach **out, struct scov_err *err);
/* Errors: SCOV_E_NET, SCOV_E_AUTH, SCOV_E_IO ... */
must_check int attach_referrer(struct attach *t, const struct attachment *x,
	const struct call *call, struct scov_err *err);
/* cosign's older form: a layer more in the manifest that the tag sha256-HEX.sig names. */
must_check int attach_tagged(struct attach *t, const struct attachment *x, const struct call *call,
	struct scov_err *err);
must_check int attach_commit(struct attach *t, struct scov_err *err);
/* "host/repository" as cosign's payload has it; empty: a layout. */
struct span attach_repository(const struct attach *t);
void attach_free(struct attach *t); /* accepts NULL; without a commit a layout is as before */
