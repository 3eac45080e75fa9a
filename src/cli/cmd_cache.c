/* cmd_cache.c - scoville cache: where it is, how big, and emptying it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

static int work(const struct options *o, struct scov_context *c, bool clear)
{
	struct scov_err err;
	uint64_t bytes, entries;

	if (scov_cache_usage(c, &bytes, &entries, &err) || (clear && scov_cache_clear(c, &err))) {
		cli_complain(err.text);
		return o->cache ? EXIT_USAGE : EXIT_UNREADABLE;
	}
	printf("%s\n%" PRIu64 " parts, %" PRIu64 ".%" PRIu64 " MB%s\n", scov_cache_folder(c),
		entries, bytes / 1000000, bytes / 100000 % 10, clear ? " cleared" : "");
	return EXIT_GRADED;
}

int cmd_cache(struct options *o)
{
	bool clear = o->arguments.n == 1 && !strcmp(o->arguments.p[0], "clear");
	int status = EXIT_USAGE;

	if (o->arguments.n && !clear) {
		cli_complain("cache: the only argument is 'clear'");
		return EXIT_USAGE;
	}
	o->quiet = true; /* what is wrong with the folder is printed here */
	struct scov_context *c = cli_context(o, &status);

	if (!c)
		return status;
	status = work(o, c, clear);
	scov_context_free(c);
	return status;
}
