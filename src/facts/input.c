/* input.c - the table of inputs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "facts/input.h"

#include <stddef.h>

const struct input_row input_rows[INPUTS] = {
	{ INPUT_CONFIG, "the config", "an image with a readable config", NULL },
	{ INPUT_FILES, "the files", "readable layers", NULL },
	{ INPUT_PACKAGES, "the package databases", "readable package databases", NULL },
	{ INPUT_ANNOTATIONS, "annotations",
		"an image format with annotations: a registry or an OCI layout", NULL },
	{ INPUT_REFERRERS, "signatures, attestations and profiles",
		"the image in a registry or an OCI layout, or files: --bundle, --provenance, "
		"--sbom",
		"signatures and attestations were not searched for" },
	{ INPUT_RECIPE, "the Dockerfile", "the Dockerfile (--dockerfile FILE)",
		"no Dockerfile was given" },
	{ INPUT_ADVISORIES, "advisories", "an advisory database (scoville db update)",
		"no advisory database was found" },
	{ INPUT_SECRETS, "the search for secrets",
		"a complete search for secrets, without --skip secrets", NULL },
	{ INPUT_LINUX, "a Linux file system", "an image for Linux", NULL },
	{ INPUT_XATTRS, "extended attributes",
		"an image format with all extended attributes, or the privilege to read them",
		NULL },
	{ INPUT_OWNERS, "owners", "readable package databases", NULL },
	{ INPUT_REBUILD, "a rebuild", "a second build that gives the same digest: --rebuilt REF",
		"no second build was given" },
	{ INPUT_INVENTORY, "the inventory", "readable records of all packages", NULL },
};
_Static_assert(1u << (INPUTS - 1) == INPUT_INVENTORY, "a row for each bit of enum input");
