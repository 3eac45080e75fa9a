/* cmd_profile.c - scoville profile suggest: a seccomp profile to begin with.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

static int to_stdout(void *ctx, const void *p, size_t len)
{
	(void)ctx;
	return fwrite(p, 1, len, stdout) == len || cli_stdout_closed() ? 0 : -1;
}

/* Paths of an image may hold anything: cli_complain escapes what a terminal would obey. */
static int to_stderr(void *ctx, const void *p, size_t len)
{
	struct options *o = ctx;
	struct span left = span_of(p, len);

	while (left.len) {
		struct span line = span_sub(left, 0, span_find(left, '\n'));
		const char *text = arena_cstr(&o->arena, line);

		if (!text)
			return -1;
		cli_complain(text);
		left = span_from(left, line.len + 1);
	}
	return 0;
}

int cmd_profile(struct options *o)
{
	struct scov_profile *p = NULL;
	struct scov_err err;
	int status = EXIT_USAGE;

	if (o->arguments.n != 2 || strcmp(o->arguments.p[0], "suggest")) {
		cli_complain("profile: suggest and one reference are needed: scoville profile "
			     "suggest REFERENCE");
		return EXIT_USAGE;
	}
	struct scov_context *c = cli_context(o, &status);

	if (!c)
		return status;
	cli_catch_signals();
	progress_start(!o->quiet && !o->no_progress);
	int code = scov_profile_suggest(c, o->arguments.p[1], o->platform, &cli_call, &p, &err);

	progress_end();
	if (!code && !o->quiet)
		code = scov_profile_write(p, "text", to_stderr, o, &err);
	if (!code)
		code = scov_profile_write(p, "json", to_stdout, NULL, &err);
	status = code ? cli_status(code) : EXIT_GRADED;
	if (code == SCOV_E_USAGE)
		status = EXIT_UNREADABLE; /* a reference that names nothing */
	if (code)
		cli_complain(err.text);
	scov_profile_free(p);
	scov_context_free(c);
	return status;
}
