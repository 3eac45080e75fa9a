/* options.c - one table of options: it parses, prints the help, completes, and reads the
 * environment.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

#define AT(field) offsetof(struct options, field)
#define FOR_BOTH (FOR_GRADE | FOR_SECRETS)

/* In the order of the help. */
const struct option options[] = {
	{ "profile", 0, OPT_TEXT, FOR_GRADE, "NAME", "chps (default) or strict", AT(profile),
		"chps strict" },
	{ "fail-on", 0, OPT_LIST, FOR_GRADE, "EXPR",
		"exit 1 on [VECTOR.]grade<G, [VECTOR.]level<N, secrets>=LEVEL, requirements, or a "
		"criterion not met; repeats",
		AT(fail_on), NULL },
	{ "fail-on", 0, OPT_LIST, FOR_SECRETS, "EXPR",
		"exit 1 on secrets>=high, medium or low, or requirements; repeats", AT(fail_on),
		NULL },
	{ "require-complete", 0, OPT_FLAG, FOR_GRADE, NULL,
		"exit 4 when a criterion is not assessed", AT(require_complete), NULL },
	{ "require-complete", 0, OPT_FLAG, FOR_SECRETS, NULL,
		"exit 4 when not everything was searched", AT(require_complete), NULL },
	{ "skip", 0, OPT_LIST, FOR_BOTH, "ANALYZER",
		"leave an analyzer out, such as secrets; repeats", AT(skip), NULL },
	{ "max-age", 0, OPT_NUMBER, FOR_GRADE, "DAYS", "how old an image may be (30)", AT(max_age),
		NULL },
	{ "base", 0, OPT_TEXT, FOR_GRADE, "REF", "the base image, to tell inherited from own",
		AT(base), NULL },
	{ "base-image", 0, OPT_FLAG, FOR_GRADE, NULL, "this is a base image: its user may be root",
		AT(base_image), NULL },
	{ "accept-privilege-drop", 0, OPT_FLAG, FOR_GRADE, NULL,
		"accept a start as root that drops privileges", AT(accept_privilege_drop), NULL },
	{ "third-party", 0, OPT_FLAG, FOR_GRADE, NULL,
		"not an image of ours: its own source is judged too", AT(third_party), NULL },
	{ "trusted", 0, OPT_LIST, FOR_GRADE, "GLOB", "a trusted source of images; repeats",
		AT(trusted), NULL },
	{ "trusted-file", 0, OPT_TEXT, FOR_GRADE, "FILE", "trusted sources, one a line",
		AT(trusted_file), NULL },
	{ "ignore", 0, OPT_TEXT, FOR_BOTH, "FILE", "findings to ignore (.scovilleignore)",
		AT(ignore), NULL },
	{ "fp-key", 0, OPT_TEXT, FOR_BOTH, "FILE",
		"the key of the fingerprints (the ignore file's key line)", AT(fp_key), NULL },
	{ "secret-rules", 0, OPT_TEXT, FOR_BOTH | FOR_RULES, "FILE",
		"rules for secrets besides the built-in ones", AT(secret_rules), NULL },
	{ "requirements", 0, OPT_TEXT, FOR_BOTH, "NAME", "rows of a requirement document: 3gpp-nf",
		AT(requirements), "3gpp-nf" },
	{ "all", 0, OPT_FLAG, FOR_BOTH, NULL, "also findings of level none", AT(all), NULL },
	{ "write-ignore", 0, OPT_FLAG, FOR_SECRETS, NULL,
		"write an entry for each high or medium one to the ignore file", AT(write_ignore),
		NULL },
	{ "until", 0, OPT_TEXT, FOR_SECRETS, "DATE",
		"of --write-ignore: the last day (90 from now)", AT(until), NULL },
	{ "reason", 0, OPT_TEXT, FOR_SECRETS, "TEXT",
		"of --write-ignore: why they may stay (to be filled in)", AT(reason), NULL },
	{ "output", 'o', OPT_LIST, FOR_OUTPUT, "FORMAT[=FILE]", "text, json or badge=DIR; repeats",
		AT(output), NULL },
	{ "output", 'o', OPT_LIST, FOR_SECRETS, "FORMAT[=FILE]", "text or json; repeats",
		AT(output), NULL },
	{ "platform", 0, OPT_TEXT, FOR_IMAGES, "OS/ARCH",
		"of an index (this machine's, else the only one)", AT(platform), NULL },
	{ "all-platforms", 0, OPT_FLAG, FOR_IMAGES, NULL, "every platform, and where they differ",
		AT(all_platforms), NULL },
	{ "limit", 0, OPT_LIST, FOR_IMAGES, "NAME=VALUE",
		"change a limit of doc/limits.md; repeats", AT(limit), NULL },
	{ "threads", 0, OPT_NUMBER, FOR_IMAGES, "N", "workers at once (one a processor, at most 2)",
		AT(threads), NULL },
	{ "timeout", 0, OPT_SECONDS, FOR_IMAGES, "T", "give up after T: 90, 90s, 5m, 1h",
		AT(timeout_ms), NULL },
	{ "timings", 0, OPT_FLAG, FOR_IMAGES, NULL, "print where the time went", AT(timings),
		NULL },
	{ "cache", 0, OPT_TEXT, FOR_ALL, "DIR", "the cache folder (~/.cache/scoville)", AT(cache),
		NULL },
	{ "no-cache", 0, OPT_FLAG, FOR_ALL, NULL, "neither read nor write the cache", AT(no_cache),
		NULL },
	{ "ca-file", 0, OPT_TEXT, FOR_IMAGES, "FILE", "certificate authorities for registries",
		AT(ca_file), NULL },
	{ "authfile", 0, OPT_TEXT, FOR_IMAGES, "FILE",
		"credentials, as Docker and Podman write them", AT(authfile), NULL },
	{ "username", 0, OPT_TEXT, FOR_IMAGES, "U", "for the registry, with --password-stdin",
		AT(username), NULL },
	{ "password-stdin", 0, OPT_FLAG, FOR_IMAGES, NULL, "read the password from standard input",
		AT(password_stdin), NULL },
	{ "plain-http", 0, OPT_FLAG, FOR_IMAGES, NULL,
		"HTTP without TLS (always allowed on loopback)", AT(plain_http), NULL },
	{ "no-sandbox", 0, OPT_FLAG, FOR_IMAGES, NULL, "parse without filter; the report says so",
		AT(no_sandbox), NULL },
	{ "worker", 0, OPT_TEXT, FOR_IMAGES, "FILE", "another scoville-worker of this version",
		AT(worker), NULL },
	{ "now", 0, OPT_TEXT, FOR_BOTH, "DATE", "judge as of this day, for tests", AT(now), NULL },
	{ "color", 0, OPT_TEXT, FOR_ALL, "WHEN", "auto (default), always or never", AT(color),
		"auto always never" },
	{ "no-progress", 0, OPT_FLAG, FOR_IMAGES, NULL, "no progress bar", AT(no_progress), NULL },
	{ "quiet", 'q', OPT_FLAG, FOR_ALL, NULL, "one line an image, no progress", AT(quiet),
		NULL },
	{ "verbose", 'v', OPT_FLAG, FOR_ALL, NULL, "all criteria with all evidence", AT(verbose),
		NULL },
	{ "help", 'h', OPT_FLAG, FOR_ALL, NULL, "this text", AT(help), NULL },
};
const size_t options_n = sizeof(options) / sizeof(*options);

/* ---- the nearest known one ------------------------------------------------------------------- */

enum { OPTION_NAME_MAX = 40 };

/* Levenshtein. */
static size_t distance(const char *a, size_t an, const char *b)
{
	size_t row[OPTION_NAME_MAX + 1], bn = strlen(b);

	if (an > OPTION_NAME_MAX || bn > OPTION_NAME_MAX)
		return OPTION_NAME_MAX;
	for (size_t j = 0; j <= bn; j++)
		row[j] = j;
	for (size_t i = 1; i <= an; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= bn; j++) {
			size_t change = diagonal + (a[i - 1] != b[j - 1]);
			size_t least = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;

			diagonal = row[j];
			row[j] = change < least ? change : least;
		}
	}
	return row[bn];
}

static int unknown(const char *given, size_t len, unsigned groups, struct scov_err *err)
{
	const char *best = NULL;
	size_t least = OPTION_NAME_MAX;

	for (size_t i = 0; i < options_n; i++) {
		size_t d = distance(given, len, options[i].name);

		if ((options[i].group & groups) && d < least) {
			least = d;
			best = options[i].name;
		}
	}
	if (best && least <= 1 + len / 2)
		return err_fail(err, SCOV_E_USAGE, "unknown option '--%.*s': did you mean --%s?",
			(int)len, given, best);
	return err_fail(err, SCOV_E_USAGE, "unknown option '--%.*s'", (int)len, given);
}

/* ---- values ---------------------------------------------------------------------------------- */

static bool among(const char *choices, const char *value)
{
	struct span rest = span_str(choices), one;

	while (span_split(&rest, ' ', &one))
		if (span_eq(one, span_str(value)))
			return true;
	return false;
}

/* "90", "90s", "5m", "2h" in milliseconds. */
static bool milliseconds(struct span text, uint64_t *ms)
{
	static const struct {
		char unit;
		uint64_t ms;
	} units[] = { { 's', 1000 }, { 'm', 60000 }, { 'h', 3600000 } };
	uint64_t factor = 1000, v;

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (text.len && span_at(text, text.len - 1) == units[i].unit) {
			factor = units[i].ms;
			text.len--;
			break;
		}
	return span_number(text, 10, 100000000, &v) && v && (*ms = v * factor, true);
}

static int number(
	const struct option *opt, const char *value, unsigned long *out, struct scov_err *err)
{
	struct span text = span_str(value);
	uint64_t v;

	if (opt->kind == OPT_NUMBER && span_ends(text, SPAN("d")))
		text.len--; /* days may say so */
	if (opt->kind == OPT_SECONDS ? !milliseconds(text, &v)
				     : !span_number(text, 10, 1000000, &v) || !v)
		return err_fail(err, SCOV_E_USAGE, "--%s '%s': must be %s", opt->name, value,
			opt->kind == OPT_SECONDS ? "a time such as 90, 90s, 5m or 1h"
						 : "1 to 1,000,000");
	*out = (unsigned long)v;
	return 0;
}

static int set(struct options *o, const struct option *opt, const char *value, struct scov_err *err)
{
	void *at = (char *)o + opt->offset;

	if (opt->choices && !among(opt->choices, value))
		return err_fail(
			err, SCOV_E_USAGE, "--%s '%s': one of %s", opt->name, value, opt->choices);
	switch (opt->kind) {
	case OPT_FLAG:
		*(bool *)at = true;
		return 0;
	case OPT_TEXT:
		*(const char **)at = value;
		return 0;
	case OPT_LIST:
		return vec_add((words *)at, &o->arena, &value) ? 0 : err_memory(err);
	default:
		return number(opt, value, at, err);
	}
}

/* ---- the environment ------------------------------------------------------------------------- */

static bool is_set(const struct options *o, const struct option *opt)
{
	const void *at = (const char *)o + opt->offset;

	switch (opt->kind) {
	case OPT_FLAG:
		return *(const bool *)at;
	case OPT_TEXT:
		return *(const char *const *)at != NULL;
	case OPT_LIST:
		return ((const words *)at)->n != 0;
	default:
		return *(const unsigned long *)at != 0;
	}
}

static const char *environment(const struct option *opt)
{
	char name[OPTION_NAME_MAX + 16] = "SCOVILLE_";
	size_t n = strlen(name);

	for (const char *p = opt->name; *p && n < sizeof(name) - 1; p++)
		name[n++] = *p == '-' ? '_' : (char)(*p & ~0x20);
	name[n] = 0;
	return getenv(name);
}

static bool says_no(const char *value)
{
	return !strcmp(value, "0") || !strcmp(value, "false") || !strcmp(value, "no");
}

static int from_environment(unsigned groups, struct options *o, struct scov_err *err)
{
	for (size_t i = 0; i < options_n; i++) {
		const struct option *opt = &options[i];
		const char *value = environment(opt);

		if (!value || !*value || !(opt->group & groups) || is_set(o, opt))
			continue;
		if (opt->kind == OPT_FLAG && says_no(value))
			continue;
		if (set(o, opt, value, err))
			return err_wrap(err, "environment");
	}
	return 0;
}

/* ---- the command line ------------------------------------------------------------------------ */

struct line {
	int argc, i;
	char **argv;
	unsigned groups;
};

static const struct option *by_letter(char c, unsigned groups)
{
	for (size_t i = 0; i < options_n; i++)
		if (options[i].letter == c && (options[i].group & groups))
			return &options[i];
	return NULL;
}

static int value_of(struct line *l, const struct option *opt, const char *attached,
	struct options *o, struct scov_err *err)
{
	if (opt->kind == OPT_FLAG && attached)
		return err_fail(err, SCOV_E_USAGE, "--%s takes no value", opt->name);
	if (opt->kind == OPT_FLAG)
		return set(o, opt, NULL, err);
	if (!attached && ++l->i >= l->argc)
		return err_fail(
			err, SCOV_E_USAGE, "--%s needs a value: %s", opt->name, opt->argument);
	return set(o, opt, attached ? attached : l->argv[l->i], err);
}

static int long_option(struct line *l, struct options *o, struct scov_err *err)
{
	const char *name = l->argv[l->i] + 2, *equals = strchr(name, '=');
	size_t len = equals ? (size_t)(equals - name) : strlen(name);

	for (size_t i = 0; i < options_n; i++)
		if ((options[i].group & l->groups) && strlen(options[i].name) == len &&
			!strncmp(options[i].name, name, len))
			return value_of(l, &options[i], equals ? equals + 1 : NULL, o, err);
	return unknown(name, len, l->groups, err);
}

static int letters(struct line *l, struct options *o, struct scov_err *err)
{
	for (const char *p = l->argv[l->i] + 1; *p; p++) {
		const struct option *opt = by_letter(*p, l->groups);

		if (!opt)
			return err_fail(err, SCOV_E_USAGE, "unknown option '-%c'", *p);
		if (opt->kind != OPT_FLAG)
			return value_of(l, opt, p[1] ? p + 1 : NULL, o, err);
		set(o, opt, NULL, err);
	}
	return 0;
}

static int argument(struct options *o, const char *word, struct scov_err *err)
{
	return vec_add(&o->arguments, &o->arena, &word) ? 0 : err_memory(err);
}

int options_parse(int argc, char **argv, unsigned groups, struct options *o, struct scov_err *err)
{
	struct line l = { argc, 0, argv, groups };
	bool ended = false;

	for (; l.i < argc; l.i++) {
		const char *word = argv[l.i];
		int code = 0;

		if (!ended && !strcmp(word, "--"))
			ended = true;
		else if (!ended && !strncmp(word, "--", 2))
			code = long_option(&l, o, err);
		else if (!ended && word[0] == '-' && word[1])
			code = letters(&l, o, err);
		else
			code = argument(o, word, err);
		if (code)
			return code;
	}
	return from_environment(groups, o, err);
}

void options_release(struct options *o)
{
	arena_release(&o->arena);
}

void options_help(unsigned groups)
{
	for (size_t i = 0; i < options_n; i++) {
		const struct option *opt = &options[i];
		char left[64];

		if (!(opt->group & groups))
			continue;
		snprintf(left, sizeof(left), "  %c%c%s --%s%s%s", opt->letter ? '-' : ' ',
			opt->letter ? opt->letter : ' ', opt->letter ? "," : " ", opt->name,
			opt->argument ? " " : "", opt->argument ? opt->argument : "");
		printf("%-32s %s\n", left, opt->help);
	}
}
