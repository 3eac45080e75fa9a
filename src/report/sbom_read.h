/* sbom_read.h - bills of materials read back: CycloneDX 1.2 to 1.6 and SPDX 2.2 and 2.3, both as
 * JSON, as we, Syft and Trivy write them.
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

/* Fills packages, distribution and digest of *image, which is zeroed; of its inputs at most
 * INPUT_INVENTORY is there: every component is a package of a known type, and the document does
 * not call itself incomplete. *out_name: of what it lists. All is in the arena, and masked. Errors:
 * SCOV_E_FORMAT, SCOV_E_UNSUPPORTED (another format or version), SCOV_E_LIMIT. */
must_check int sbom_read(struct span text, sbom_mask mask, struct arena *a,
	struct image_facts *image, struct span *out_name, struct scov_err *err);
