/* cmd_secrets.c - scoville secrets: what grade says of secrets, and nothing else.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "cli/cli.h"

int cmd_secrets(struct options *o)
{
	static const struct grading_mode mode = { .command = "secrets", .secrets_only = true };

	for (size_t i = 0; i < o->skip.n; i++) {
		if (strcmp(o->skip.p[i], "secrets") != 0)
			continue;
		cli_complain("secrets: --skip secrets leaves nothing to do");
		return EXIT_USAGE;
	}
	return cli_grade(o, &mode);
}
