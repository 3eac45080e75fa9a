/* cmd_dockerfile.c - scoville dockerfile: what a Dockerfile leaves open, without an image.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <unistd.h>

#include "cli/cli.h"

static int print(void *ctx, const void *p, size_t len)
{
	(void)ctx;
	return fwrite(p, 1, len, stdout) == len ? 0 : -1;
}

static int one(struct options *o, const char *path, const struct scov_dockerfile_options *opt)
{
	const struct scov_format_options format = {
		.struct_size = sizeof(format),
		.verbose = o->verbose,
		.quiet = o->quiet,
	};
	struct scov_dockerfile *d = NULL;
	struct scov_err err;
	int code = scov_dockerfile_open(path, opt, &d, &err), status = EXIT_GRADED;

	if (!code)
		code = scov_dockerfile_write(
			d, o->format ? o->format : "text", &format, print, NULL, &err);
	if (code) {
		cli_refuse(o, err.text);
		status = cli_status(code);
	} else if (!scov_dockerfile_is_clean(d)) {
		status = EXIT_GATE;
	}
	scov_dockerfile_free(d);
	return status;
}

int cmd_dockerfile(struct options *o)
{
	const char **end = vec_push(&o->build_arg, &o->arena);
	struct scov_dockerfile_options opt = {
		.struct_size = sizeof(opt),
		.build_args = o->build_arg.p,
		.platform = o->platform,
	};
	int status = EXIT_GRADED;

	if (end)
		*end = NULL;
	if (!end || !o->arguments.n) {
		cli_complain("dockerfile: name a file: scoville dockerfile FILE, or - for standard "
			     "input");
		return EXIT_USAGE;
	}
	for (size_t i = 0; i < o->arguments.n; i++) {
		int mine = one(o, o->arguments.p[i], &opt);

		/* what cannot be read is worse than what is open */
		status = status == EXIT_USAGE || mine == EXIT_USAGE ? EXIT_USAGE
			 : mine > status                            ? mine
								    : status;
	}
	return status;
}
