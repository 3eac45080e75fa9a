/* cmd_vulns.c - scoville vulns: what grade says of vulnerabilities, and nothing else.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli/cli.h"

int cmd_vulns(struct options *o)
{
	static const struct grading_mode mode = { .command = "vulns", .vulns_only = true };

	return cli_grade(o, &mode);
}
