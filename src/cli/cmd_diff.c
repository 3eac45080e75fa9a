/* cmd_diff.c - scoville diff: what differs between two images, and why.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "cli/cli.h"

static int to_stdout(void *ctx, const void *p, size_t len)
{
	(void)ctx;
	return fwrite(p, 1, len, stdout) == len || cli_stdout_closed() ? 0 : -1;
}

static int status_of(const struct scov_diff *d)
{
	switch (scov_diff_result(d)) {
	case SCOV_DIFF_EQUAL:
		return EXIT_GRADED;
	case SCOV_DIFF_DIFFERENT:
		return EXIT_GATE;
	default:
		return EXIT_UNREADABLE;
	}
}

int cmd_diff(struct options *o)
{
	const char *format = o->format ? o->format : "text";
	struct scov_format_options opt = {
		.struct_size = sizeof(opt),
		.color = cli_color(o, 1),
		.verbose = o->verbose,
		.quiet = o->quiet,
		.utf8 = cli_utf8(),
		.width = cli_width(1),
	};
	struct scov_diff *d = NULL;
	struct scov_err err;
	int status = EXIT_USAGE;

	if (o->arguments.n != 2) {
		cli_complain("diff: two references are needed: scoville diff A B");
		return EXIT_USAGE;
	}
	struct scov_context *c = cli_context(o, &status);

	if (!c)
		return status;
	cli_catch_signals();
	progress_start(!o->quiet && !o->no_progress);
	int code = scov_diff(
		c, o->arguments.p[0], o->arguments.p[1], o->platform, &cli_call, &d, &err);

	progress_end();
	if (!code)
		code = scov_diff_write(d, format, &opt, to_stdout, NULL, &err);
	status = code ? cli_status(code) : status_of(d);
	/* A reference that names nothing is an image that cannot be read. */
	if (code == SCOV_E_USAGE)
		status = EXIT_UNREADABLE;
	if (code)
		cli_complain(err.text);
	scov_diff_free(d);
	scov_context_free(c);
	return status;
}
