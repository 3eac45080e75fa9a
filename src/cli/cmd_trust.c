/* cmd_trust.c - scoville trust: the roots that signatures lead up to, shown and updated.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

static int print(void *ctx, const void *p, size_t len)
{
	const struct options *o = ctx;

	return o->quiet || fwrite(p, 1, len, stdout) == len ? 0 : -1;
}

static int show(struct options *o, struct scov_err *err)
{
	const char **end = vec_push(&o->trust_root, &o->arena);
	const struct scov_trust trust = {
		.struct_size = sizeof(trust),
		.trust_roots = o->trust_root.p,
		.now = o->now,
	};
	const struct scov_format_options opt = {
		.struct_size = sizeof(opt),
		.color = cli_color(o, STDOUT_FILENO),
		.utf8 = cli_utf8(),
		.width = cli_width(STDOUT_FILENO),
	};

	if (!end)
		return err_memory(err);
	*end = NULL;
	return scov_trust_show(&trust, o->format, &opt, print, o, err);
}

static int update(struct options *o)
{
	const struct scov_trust_update_options opt = {
		.struct_size = sizeof(opt),
		.from = o->from,
		.root = o->root,
		.now = o->now,
	};
	int status = EXIT_USAGE;
	struct scov_context *c = cli_context(o, &status);
	struct scov_err err;

	if (!c)
		return status;
	cli_catch_signals();
	int code = scov_trust_update(c, &opt, &cli_call, print, o, &err);

	scov_context_free(c);
	if (code)
		cli_refuse(o, err.text);
	return cli_status(code);
}

int cmd_trust(struct options *o)
{
	const char *name = o->arguments.n == 1 ? o->arguments.p[0] : "";
	struct scov_err err;
	int code;

	if (!strcmp(name, "update"))
		return update(o);
	code = !strcmp(name, "show") ? show(o, &err)
				     : err_fail(&err, SCOV_E_USAGE, "trust: show or update");
	if (code)
		cli_refuse(o, err.text);
	return cli_status(code);
}
