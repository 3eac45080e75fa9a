/* cmd_db.c - scoville db: the database of advisories, made and shown.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

static int print(void *ctx, const void *p, size_t len)
{
	(void)ctx;
	return fwrite(p, 1, len, stdout) == len ? 0 : -1;
}

static int drop(void *ctx, const void *p, size_t len)
{
	(void)ctx;
	(void)p;
	(void)len;
	return 0;
}

static int build(struct options *o, struct scov_context *c, struct scov_err *err)
{
	const char **end = vec_push(&o->arguments, &o->arena);
	struct scov_db_build_options opt = {
		.struct_size = sizeof(opt),
		.sources = o->arguments.p + 1,
		.folder = o->format,
		.now = o->now,
	};

	if (!end)
		return err_memory(err);
	*end = NULL;
	if (!o->format || !o->arguments.p[1])
		return err_fail(err, SCOV_E_USAGE, "db build: write `db build SOURCE ... -o DIR`");
	return scov_db_build(c, &opt, NULL, print, NULL, err);
}

static int info(struct options *o, struct scov_context *c, struct scov_err *err)
{
	if (o->arguments.n > 1)
		return err_fail(
			err, SCOV_E_USAGE, "db info: unexpected argument '%s'", o->arguments.p[1]);
	return scov_db_info(c, o->format, o->now, print, NULL, err);
}

static int ended(words *list, struct options *o, struct scov_err *err)
{
	const char **end = vec_push(list, &o->arena);

	if (!end)
		return err_memory(err);
	*end = NULL;
	list->n--;
	return 0;
}

static int update(struct options *o, struct scov_context *c, struct scov_err *err)
{
	struct scov_db_update_options opt = {
		.struct_size = sizeof(opt),
		.from = o->from,
		.mirror = o->mirror,
		.force = o->force,
		.now = o->now,
	};

	if (o->arguments.n > 1)
		return err_fail(err, SCOV_E_USAGE,
			"db update: unexpected argument '%s': write --from", o->arguments.p[1]);
	if (ended(&o->key, o, err) || ended(&o->ecosystem, o, err))
		return err->code;
	opt.keys = o->key.p;
	opt.ecosystems = o->ecosystem.p;
	cli_catch_signals();
	progress_start(!o->quiet && !o->no_progress);
	int code = scov_db_update(c, &opt, &cli_call, o->quiet ? drop : print, NULL, err);

	progress_end();
	return code;
}

static int publish(struct options *o, struct scov_context *c, const char *to, struct scov_err *err)
{
	struct scov_db_publish_options opt = {
		.struct_size = sizeof(opt),
		.to = to,
		.key = o->key.n ? o->key.p[0] : NULL,
		.days = (unsigned)o->valid,
		.now = o->now,
	};

	cli_catch_signals();
	return scov_db_publish(c, &opt, &cli_call, o->quiet ? drop : print, NULL, err);
}

static int export(struct options *o, struct scov_context *c, struct scov_err *err)
{
	if (!o->format || o->arguments.n > 1)
		return err_fail(err, SCOV_E_USAGE,
			"db export: write `db export --key FILE.pem -o DIR` or -o FILE.tar");
	return publish(o, c, o->format, err);
}

static int push(struct options *o, struct scov_context *c, struct scov_err *err)
{
	if (o->arguments.n != 2)
		return err_fail(err, SCOV_E_USAGE,
			"db push: write `db push --key FILE.pem oci://HOST/REPO:TAG`");
	return publish(o, c, o->arguments.p[1], err);
}

static const struct {
	const char *name;
	int (*run)(struct options *o, struct scov_context *c, struct scov_err *err);
	bool reads; /* the database, which then has to be there */
} actions[] = { { "build", build, false }, { "info", info, true }, { "update", update, false },
	{ "export", export, true }, { "push", push, true } };

int cmd_db(struct options *o)
{
	const char *name = o->arguments.n ? o->arguments.p[0] : "";
	struct scov_err err;
	int status = EXIT_USAGE;
	size_t i = 0;

	while (i < sizeof(actions) / sizeof(*actions) && strcmp(actions[i].name, name) != 0)
		i++;
	if (i == sizeof(actions) / sizeof(*actions)) {
		cli_complain("db: update, info, build, export or push");
		return EXIT_USAGE;
	}
	if (actions[i].reads && o->database && !strcmp(o->database, "none")) {
		cli_refuse(o, "--db none: there is nothing to read");
		return EXIT_USAGE;
	}
	if (actions[i].reads && !cli_has_database(o))
		return EXIT_USAGE;
	struct scov_context *c = cli_context(o, &status);

	if (!c)
		return status;
	int code = actions[i].run(o, c, &err);

	if (code)
		cli_refuse(o, err.text);
	scov_context_free(c);
	return code ? cli_status(code) : EXIT_GRADED;
}
