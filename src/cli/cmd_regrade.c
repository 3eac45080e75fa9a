/* cmd_regrade.c - scoville regrade: stored reports with today's advisories.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli/cli.h"

int cmd_regrade(struct options *o)
{
	static const struct grading_mode mode = { .command = "regrade", .is_stored = true };

	o->no_cache = true; /* nothing is scanned */
	return cli_grade(o, &mode);
}
