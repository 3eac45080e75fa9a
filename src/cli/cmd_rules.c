/* cmd_rules.c - scoville rules: what is known as a secret, and whether its examples show it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

/* Text of a user's file: no byte of it acts on the terminal. */
static void plain(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s >= 0x20 && *s != 0x7f)
			putchar(*s);
		else
			printf("\\x%02x", (unsigned char)*s);
}

static int list(struct scov_rules *rules)
{
	struct scov_rule r;

	for (size_t i = 0; scov_rule_at(rules, i, &r); i++) {
		printf("%-32s %-24s %-7s %-7s ", r.id, r.kind, r.level, r.level_proven);
		plain(r.title);
		printf("%s\n", r.is_builtin ? "" : "  (yours)");
	}
	return EXIT_GRADED;
}

/* The text of an example is never shown: expanded, it looks like a secret. */
static void failed(void *ctx, const char *rule, bool is_good, unsigned number, const char *why)
{
	(void)ctx;
	printf("failed %s: %s example %u: %s\n", rule, is_good ? "good" : "bad", number, why);
}

static int test(struct scov_rules *rules)
{
	struct scov_rules_sum sum;
	struct scov_err err;
	int code = scov_rules_test(rules, failed, NULL, &sum, &err);

	if (code) {
		cli_complain(err.text);
		return cli_status(code);
	}
	printf("%zu rules, %zu examples, %zu failed\n", sum.rules, sum.examples, sum.failed);
	return sum.failed ? EXIT_GATE : EXIT_GRADED;
}

static size_t count_own(struct scov_rules *rules)
{
	struct scov_rule r;
	size_t n = 0;

	for (size_t i = 0; scov_rule_at(rules, i, &r); i++)
		n += !r.is_builtin;
	return n;
}

int cmd_rules(struct options *o)
{
	const char *verb = o->arguments.n ? o->arguments.p[0] : "";
	bool lists = !strcmp(verb, "list"), tests = !strcmp(verb, "test");
	const char *file = o->arguments.n > 1 ? o->arguments.p[1] : o->secret_rules;
	struct scov_rules *rules = NULL;
	struct scov_err err;

	if ((!lists && !tests) || o->arguments.n > 2) {
		cli_complain("rules: use 'list' or 'test', and at most one file of rules");
		return EXIT_USAGE;
	}
	if (scov_rules_open(file, &rules, &err)) {
		cli_refuse(o, err.text);
		return o->arguments.n > 1 ? EXIT_UNREADABLE : EXIT_USAGE;
	}
	int status = lists ? list(rules) : test(rules);

	if (o->arguments.n > 1 && !count_own(rules)) {
		cli_complain(arena_printf(&o->arena, "rules: '%s' has no rule", file));
		status = EXIT_UNREADABLE;
	}

	scov_rules_free(rules);
	return status;
}
