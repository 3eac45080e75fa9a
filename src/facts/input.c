/* input.c - the table of inputs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "facts/input.h"

#include <stddef.h>

const struct input_row input_rows[INPUTS] = {
	{ INPUT_CONFIG, "the config", "an image with a readable config", NULL, false },
	{ INPUT_FILES, "the files", "readable layers", NULL, false },
	{ INPUT_PACKAGES, "the package databases", "readable package databases", NULL, false },
	{ INPUT_ANNOTATIONS, "annotations",
		"an image format with annotations: a registry or an OCI layout", NULL, false },
	{ INPUT_REFERRERS, "signatures, attestations and profiles",
		"the image in a registry or an OCI layout, or files: --bundle, --provenance, "
		"--sbom",
		"signatures and attestations were not searched for", false },
	{ INPUT_RECIPE, "the Dockerfile", "the Dockerfile (--dockerfile FILE)",
		"no Dockerfile was given", false },
	{ INPUT_ADVISORIES, "advisories", "an advisory database (scoville db update)",
		"no advisory database was found", false },
	{ INPUT_SECRETS, "the search for secrets",
		"a complete search for secrets, without --skip secrets", NULL, false },
	{ INPUT_LINUX, "a Linux file system", "an image for Linux", NULL, false },
	{ INPUT_XATTRS, "extended attributes",
		"an image format with all extended attributes, or the privilege to read them", NULL,
		false },
	{ INPUT_OWNERS, "owners", "readable package databases", NULL, false },
	{ INPUT_REBUILD, "a rebuild", "a second build that gives the same digest: --rebuilt REF",
		"no second build was given", false },
	{ INPUT_INVENTORY, "the inventory", "readable records of all packages", NULL, false },
};
_Static_assert(1u << (INPUTS - 1) == INPUT_INVENTORY, "a row for each bit of enum input");

uint32_t inputs_out_of_reach(void)
{
	uint32_t bits = 0;

	for (unsigned i = 0; i < INPUTS; i++)
		bits |= input_rows[i].is_out_of_reach ? input_rows[i].bit : 0;
	return bits;
}
