/* predicate.h - reading what is inside of attestations. Pure.
 *
 * Sources: slsa.dev/spec v0.1, v0.2 and v1.0; moby/buildkit docs/attestations/slsa-definitions.md;
 * opencontainers/runtime-spec config-linux.md, seccomp; KEP-6061 of Kubernetes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/err.h"
#include "facts/image.h"
#include "facts/predicate.h"

enum {
	PROVENANCE_MAX = 64 << 20,       /* bytes of a predicate */
	PROVENANCE_INPUTS_MAX = 10000,   /* of one predicate */
	PROVENANCE_ARGUMENTS_MAX = 1000, /* the same */
	PROFILE_MAX = 1 << 20,           /* bytes; of KEP-6061 */
};

/* type: of the predicate. Errors: SCOV_E_FORMAT, SCOV_E_UNSUPPORTED (no provenance of SLSA),
 * SCOV_E_LIMIT, SCOV_E_MEMORY. */
must_check int provenance_read(struct span predicate, struct span type, struct arena *a,
	struct provenance *out, struct scov_err *err);

/* What is not a profile, or allows everything, says so in out->why. type: the media type of the
 * artifact or of its config, which may be empty. Errors: arena. */
must_check int profile_read(struct span text, struct span type, struct arena *a,
	struct profile_facts *out, struct scov_err *err);

/* Two lists of packages by type, name and version. Packages that are known by the content of a
 * program alone are left out. Errors: arena. */
must_check int sbom_compare(const struct image_facts *ours, const struct image_facts *theirs,
	struct arena *a, struct sbom_truth *out, struct scov_err *err);
