/* sbom.c - a bill of materials in place of an image: sbom:FILE.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "report/sbom_read.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "api/api.h"
#include "base/err.h"
#include "base/fd.h"

static const char form[] = "sbom:";

const char *api_sbom_file(const char *reference)
{
	return strncmp(reference, form, sizeof(form) - 1) ? NULL : reference + sizeof(form) - 1;
}

int api_sbom_read(struct scov_image *i, const char *file, struct scov_err *err)
{
	struct image_facts *facts = arena_alloc(&i->arena, sizeof(*facts));
	struct sbom_head head;
	struct span text;

	if (!facts)
		return arena_check(&i->arena, err);
	*facts = (struct image_facts){ 0 };
	if (!strcmp(file, "-") ? fd_load_all(STDIN_FILENO, "standard input", SBOM_SIZE_MAX,
					 &i->arena, &text, err)
			       : fd_load(AT_FDCWD, file, SBOM_SIZE_MAX, &i->arena, &text, err))
		return err->code;
	if (sbom_read(text, api_masked, &i->arena, facts, &head, err))
		return err->code;
	i->sbom_name = head.name;
	i->sbom = facts;
	i->manifest.digest = facts->manifest_digest;
	digest_format(&i->manifest.digest, i->digest);
	return 0;
}

void api_sbom_missing(struct span *missing)
{
	for (size_t k = 0; k < INPUTS; k++)
		if (input_rows[k].bit & INPUTS_OUTSIDE && input_rows[k].bit != INPUT_ADVISORIES)
			missing[k] = SPAN("an SBOM lists packages only");
}
