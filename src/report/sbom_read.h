/* sbom_read.h - bills of materials read back: CycloneDX 1.2 to 1.7, SPDX 2.2, 2.3 and 3.0, and
 * Syft's own form, all as JSON.
 *
 * Sources: https://cyclonedx.org/docs/1.6/json/, https://spdx.github.io/spdx-spec/v2.3/; the
 * properties of Syft 1.x (syft:*) and Trivy 0.5x (aquasecurity:trivy:*).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/err.h"
#include "facts/image.h"

/* Our own bounds, see doc/limits.md. */
enum { SBOM_SIZE_MAX = 64 << 20, SBOM_COMPONENTS_MAX = 200000, SBOM_DEPTH_MAX = 16 };

/* A copy in the arena without secrets; .p NULL: no memory. */
typedef struct span (*sbom_mask)(struct arena *a, struct span text);

struct sbom_head {
	struct span name;   /* of what the document lists */
	struct span format; /* "SPDX 2.3" */
};

/* Fills packages, distribution and digest of *image, which is zeroed; of its inputs at most
 * INPUT_INVENTORY is there: every component is a package of a known type, and the document does
 * not call itself incomplete. All is in the arena, and masked. Errors:
 * SCOV_E_FORMAT, SCOV_E_UNSUPPORTED (another format or version), SCOV_E_LIMIT. */
must_check int sbom_read(struct span text, sbom_mask mask, struct arena *a,
	struct image_facts *image, struct sbom_head *out, struct scov_err *err);
