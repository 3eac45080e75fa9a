/* main.c - scoville: the table of commands.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/nearest.h"
#include "cli/cli.h"

static int cmd_version(struct options *o)
{
	(void)o;
	printf("scoville %s\n", scov_version());
	return EXIT_GRADED;
}

/* Ended by name NULL, in the order of the help. */
static const struct command commands[] = {
	{ "grade", "REFERENCE ...", "judge images against the 23 criteria",
		FOR_ALL | FOR_IMAGES | FOR_GRADE, cmd_grade, "scoville-grade" },
	{ "secrets", "REFERENCE ...", "the secrets in images, and nothing else",
		FOR_ALL | FOR_IMAGES | FOR_SECRETS, cmd_secrets, "scoville-secrets", "text json" },
	{ "vulns", "REFERENCE ...", "the known vulnerabilities in images, and nothing else",
		FOR_ALL | FOR_IMAGES | FOR_VULNS, cmd_vulns, "scoville-vulns", "text json" },
	{ "sbom", "REFERENCE ...", "the packages in images, as a software bill of materials",
		FOR_ALL | FOR_IMAGES | FOR_SBOM, cmd_sbom, "scoville-sbom", "cyclonedx spdx purl" },
	{ "dockerfile", "FILE ...", "what a Dockerfile fetches and installs unchecked or unpinned",
		FOR_ALL | FOR_DOCKERFILE, cmd_dockerfile, "scoville-dockerfile", "text json" },
	{ "regrade", "REPORT.json ...",
		"stored reports with today's advisories, without their images",
		FOR_ALL | FOR_REGRADE, cmd_regrade, "scoville-vulns", "text json" },
	{ "diff", "REFERENCE REFERENCE", "what differs between two images, and why",
		FOR_ALL | FOR_DIFF, cmd_diff, "scoville-diff", "text json" },
	{ "explain", "[ID ...]", "what a criterion means, how it is judged, how to fix it",
		FOR_ALL | FOR_EXPLAIN, cmd_explain },
	{ "criteria", "", "the criteria, a line each", FOR_ALL | FOR_CRITERIA, cmd_criteria },
	{ "rules", "list|test [FILE]", "the rules for secrets, or their examples tried",
		FOR_ALL | FOR_RULES, cmd_rules, "scoville-rules" },
	{ "verify", "REF | --bundle FILE file:PATH|sha256:HEX",
		"who signed an image, a file or a digest", FOR_ALL | FOR_VERIFY | FOR_IMAGES,
		cmd_verify, "scoville-verify", "text json" },
	{ "sign", "REFERENCE --key FILE", "sign an image, beside it in its registry or layout",
		FOR_ALL | FOR_SIGN, cmd_sign, "scoville-sign" },
	{ "attest", "REFERENCE --type T --predicate FILE --key FILE",
		"attest what is known of an image, signed", FOR_ALL | FOR_ATTEST, cmd_attest,
		"scoville-sign" },
	{ "trust", "show|update", "the roots that signatures lead up to", FOR_ALL | FOR_TRUST,
		cmd_trust, "scoville-trust", "text json",
		"  show                  which roots, since when, until when\n"
		"  update                get the current ones of sigstore\n" },
	{ "cache", "[clear]", "where the cache is and how big, or empty it", FOR_ALL | FOR_CACHE,
		cmd_cache },
	{ "db", "update|info|build|export|push", "the database of advisories", FOR_ALL | FOR_DB,
		cmd_db, "scoville-db", NULL,
		"  update                get the advisories that this machine uses\n"
		"  info                  what the database has, how old it is, and from whom\n"
		"  build SOURCE ... -o DIR\n"
		"                        make one of feeds: files, folders, archives\n"
		"  export --key FILE -o DIR|FILE.tar\n"
		"  push --key FILE oci://HOST/REPO:TAG\n"
		"                        publish it, signed\n" },
	{ "pin", "FILE ...", "digests of images and versions of packages written into files",
		FOR_ALL | FOR_PIN, cmd_pin, "scoville-pin", "text json" },
	{ "profile", "suggest REFERENCE",
		"a seccomp profile to begin with, from what the image's programs import",
		FOR_ALL | FOR_PROFILE, cmd_profile, "scoville-profile" },
	{ "completion", "bash|zsh", "completion for a shell, from the table of options", FOR_ALL,
		cmd_completion },
	{ "version", "", "the version", FOR_ALL, cmd_version },
	{ NULL, NULL, NULL, 0, NULL, NULL, NULL },
};

static void help(const struct command *c)
{
	if (c) {
		int n = printf(
			"Usage: scoville %s%s%s", c->name, *c->arguments ? " " : "", c->arguments);

		printf("%s[OPTION ...]\n", n > 66 ? "\n                " : " ");
		printf("\n%s.\n", c->help);
		if (c->uses)
			printf("\n%s", c->uses);
		options_help(c->groups);
		options_names(c->groups);
		printf("\nEach option is also SCOVILLE_NAME in the environment.\n"
		       "See scoville(1)");
		if (c->page)
			printf(", %s(1)", c->page);
		printf(".\n");
		return;
	}
	printf("scoville tells how hardened a container image is.\n\nUsage: scoville COMMAND "
	       "[OPTION ...] ...\n\n");
	for (c = commands; c->name; c++) {
		printf("  %-12s", c->name);
		options_wrapped(c->help, 14, 14);
	}
	printf("\n`scoville COMMAND --help` lists the options of a command.\n");
}

static const struct command *find(const char *name)
{
	for (const struct command *c = commands; c->name; c++)
		if (!strcmp(c->name, name))
			return c;
	return NULL;
}

static int complain(const char *fmt, const char *a, const char *b)
{
	char text[512];

	snprintf(text, sizeof(text), fmt, a, b);
	cli_complain(text);
	return EXIT_USAGE;
}

static int work(const struct command *c, struct options *o)
{
	if (o->help) {
		help(c);
		return EXIT_GRADED;
	}
	if (!*c->arguments && o->arguments.n)
		return complain("%s: unexpected argument '%s'", c->name, o->arguments.p[0]);
	for (size_t i = 0; i < o->unknown.n; i++)
		complain(
			"%s: not an option of scoville, so it does nothing%s", o->unknown.p[i], "");
	return c->run(o);
}

static int run(const struct command *c, int argc, char **argv)
{
	struct options o = { .commands = commands, .arena = { .limit = 16 << 20 } };
	struct scov_err err;
	int status;

	if (options_parse(argc, argv, c->groups, &o, &err)) {
		cli_complain(err.text);
		status = EXIT_USAGE;
	} else {
		status = work(c, &o);
	}
	options_release(&o);
	if ((fflush(stdout) || ferror(stdout)) && !cli_stdout_closed()) {
		cli_complain("standard output could not be written: no space, or closed");
		status = EXIT_UNREADABLE;
	}
	return status;
}

int main(int argc, char **argv)
{
	const char *first = argc > 1 ? argv[1] : "--help";
	const struct command *c = find(first);

	signal(SIGPIPE, SIG_IGN); /* cli_stdout_closed */
	if (c)
		return run(c, argc - 2, argv + 2);
	if (!strcmp(first, "--help") || !strcmp(first, "-h") || !strcmp(first, "help")) {
		if (argc > 2 && !find(argv[2]))
			return complain("help: no command '%s'%s", argv[2], "");
		help(argc > 2 ? find(argv[2]) : NULL);
		return argc > 1 ? EXIT_GRADED : EXIT_USAGE;
	}
	if (!strcmp(first, "--version")) {
		printf("scoville %s\n", scov_version());
		return EXIT_GRADED;
	}
	struct nearest near = { .given = span_str(first) };
	char hint[NEAREST_HINT];

	for (c = commands; c->name; c++)
		nearest_try(&near, c->name);
	if (*first == '-' && first[1])
		return complain(
			"the command comes first, then '%s': see scoville --help%s", first, "");
	nearest_hint(&near, hint);
	return complain("unknown command '%s'%s", first, *hint ? hint : ": see scoville --help");
}
