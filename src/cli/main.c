/* main.c - scoville: the table of commands.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "cli/cli.h"

static int cmd_version(struct options *o)
{
	(void)o;
	printf("scoville %s\n", scov_version());
	return EXIT_GRADED;
}

const struct command commands[] = {
	{ "grade", "REFERENCE ...", "judge images against the 23 criteria",
		FOR_ALL | FOR_IMAGES | FOR_GRADE | FOR_OUTPUT, cmd_grade, "scoville-grade" },
	{ "secrets", "REFERENCE ...", "the secrets in images, and nothing else",
		FOR_ALL | FOR_IMAGES | FOR_SECRETS, cmd_secrets, "scoville-secrets" },
	{ "explain", "[ID ...]", "what a criterion means, how it is judged, how to fix it", FOR_ALL,
		cmd_explain },
	{ "criteria", "", "the criteria, a line each", FOR_ALL | FOR_OUTPUT, cmd_criteria },
	{ "rules", "list|test [FILE]", "the rules for secrets, or their examples tried",
		FOR_ALL | FOR_RULES, cmd_rules, "scoville-rules" },
	{ "cache", "[clear]", "where the cache is and how big, or empty it", FOR_ALL, cmd_cache },
	{ "completion", "bash|zsh", "completion for a shell, from the table of options", FOR_ALL,
		cmd_completion },
	{ "version", "", "the version", FOR_ALL, cmd_version },
	{ NULL, NULL, NULL, 0, NULL, NULL },
};

/* What the user gave is in it, and may be in the log of a build tomorrow. */
void cli_complain(const char *said)
{
	char masked[2048];
	const char *text = masked;

	snprintf(masked, sizeof(masked), "%s", said);
	scov_mask(masked);
	fprintf(stderr, "scoville: ");
	for (; *text; text++)
		if ((unsigned char)*text >= 0x20 && *text != 0x7f)
			fputc(*text, stderr);
		else
			fprintf(stderr, "\\x%02x", (unsigned char)*text);
	fputc('\n', stderr);
}

int cli_status(int code)
{
	switch (code) {
	case SCOV_OK:
		return EXIT_GRADED;
	case SCOV_E_USAGE:
		return EXIT_USAGE;
	case SCOV_E_CANCELLED:
		return EXIT_INTERRUPTED;
	default:
		return EXIT_UNREADABLE;
	}
}

bool cli_color(const struct options *o, int fd)
{
	const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");

	if (o->color && !strcmp(o->color, "always"))
		return true;
	if ((o->color && !strcmp(o->color, "never")) || (no_color && *no_color))
		return false;
	return isatty(fd) && term && strcmp(term, "dumb") != 0;
}

/* One line of standard input, without its end. */
static int read_password(char *out, size_t size, struct scov_err *err)
{
	if (!fgets(out, (int)size, stdin)) {
		err->code = SCOV_E_USAGE;
		snprintf(err->text, sizeof(err->text), "--password-stdin: standard input is empty");
		return err->code;
	}
	size_t n = strcspn(out, "\r\n");

	if (n + 1 >= size) {
		err->code = SCOV_E_USAGE;
		snprintf(err->text, sizeof(err->text),
			"--password-stdin: the line is longer than %zu bytes", size - 2);
		return err->code;
	}
	out[n] = 0;
	return 0;
}

struct scov_context *cli_context(struct options *o, int *status)
{
	static char password[4096];
	struct scov_context *c = NULL;
	struct scov_err err;
	const char **end = vec_push(&o->limit, &o->arena);
	struct scov_options opt = {
		.struct_size = sizeof(opt),
		.threads = o->threads,
		.cache_folder = o->cache,
		.no_cache = o->no_cache,
		.no_sandbox = o->no_sandbox,
		.worker = o->worker,
		.limits = o->limit.p,
		.timeout_ms = (int64_t)o->timeout_ms,
		.progress = progress_show,
		.ca_file = o->ca_file,
		.authfile = o->authfile,
		.username = o->username,
		.plain_http = o->plain_http,
		.secret_rules = o->secret_rules,
	};

	if (end)
		*end = NULL;
	if (!end || (o->password_stdin && read_password(password, sizeof(password), &err))) {
		cli_complain(end ? err.text : "out of memory");
		*status = EXIT_USAGE;
		return NULL;
	}
	if (o->password_stdin)
		opt.password = password;
	int code = scov_context_new(&opt, &c, &err);

	explicit_bzero(password, sizeof(password));
	if (code) {
		cli_complain(err.text);
		*status = cli_status(code);
		return NULL;
	}
	/* A folder that was asked for and is not used is news. */
	if ((o->verbose || (o->cache && !o->quiet)) && *scov_cache_note(c))
		cli_complain(scov_cache_note(c));
	return c;
}

static void help(const struct command *c)
{
	if (c) {
		printf("Usage: scoville %s [OPTION ...] %s\n\n%s.\n\n", c->name, c->arguments,
			c->help);
		options_help(c->groups);
		printf("\nEach option is also SCOVILLE_NAME in the environment. See scoville(1)");
		if (c->page)
			printf(", %s(1)", c->page);
		printf(".\n");
		return;
	}
	printf("scoville tells how hardened a container image is.\n\nUsage: scoville COMMAND "
	       "[OPTION ...] ...\n\n");
	for (c = commands; c->name; c++)
		printf("  %-12s %-16s %s\n", c->name, c->arguments, c->help);
	printf("\n`scoville COMMAND --help` lists the options of a command.\n");
}

static const struct command *find(const char *name)
{
	for (const struct command *c = commands; c->name; c++)
		if (!strcmp(c->name, name))
			return c;
	return NULL;
}

static int run(const struct command *c, int argc, char **argv)
{
	struct options o = { .arena = { .limit = 16 << 20 } };
	struct scov_err err;
	int status;

	if (options_parse(argc, argv, c->groups, &o, &err)) {
		cli_complain(err.text);
		status = EXIT_USAGE;
	} else if (o.help) {
		help(c);
		status = EXIT_GRADED;
	} else {
		status = c->run(&o);
	}
	options_release(&o);
	if (fflush(stdout) || ferror(stdout)) {
		cli_complain("standard output could not be written: no space, or closed");
		status = EXIT_USAGE;
	}
	return status;
}

int main(int argc, char **argv)
{
	const char *first = argc > 1 ? argv[1] : "--help";
	const struct command *c = find(first);

	if (c)
		return run(c, argc - 2, argv + 2);
	if (!strcmp(first, "--help") || !strcmp(first, "-h") || !strcmp(first, "help")) {
		help(argc > 2 ? find(argv[2]) : NULL);
		return argc > 1 ? EXIT_GRADED : EXIT_USAGE;
	}
	if (!strcmp(first, "--version")) {
		printf("scoville %s\n", scov_version());
		return EXIT_GRADED;
	}
	char text[256];

	snprintf(text, sizeof(text), "unknown command '%s': see scoville --help", first);
	cli_complain(text);
	return EXIT_USAGE;
}
