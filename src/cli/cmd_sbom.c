/* cmd_sbom.c - scoville sbom: the packages of images, and nothing else.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stddef.h>

#include "cli/cli.h"

int cmd_sbom(struct options *o)
{
	static const struct grading_mode mode = { .command = "sbom", .packages_only = true };

	o->database = "none"; /* nothing is matched */
	return cli_grade(o, &mode);
}
