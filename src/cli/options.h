/* options.h - one table of options: it parses, prints the help, completes, and reads the
 * environment.
 *
 * Options come before or after the words; "--" ends them; "--name value" and "--name=value" are
 * the same; each is also SCOVILLE_NAME in the environment ('-' as '_'), the command line first.
 * A list has commas between its values, in the environment also blanks; what may name a file
 * (OPT_EACH) has them there only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "scoville/scoville.h"

enum option_kind { OPT_FLAG, OPT_TEXT, OPT_LIST, OPT_EACH, OPT_NUMBER, OPT_SECONDS };

/* Which commands take an option. Several rows may have the same name, for different commands. */
enum option_group {
	FOR_ALL = 1,
	FOR_DIFF = 1 << 20,
	FOR_PROFILE = 1 << 21,
	FOR_IMAGES = 2,
	FOR_GRADE = 4,
	FOR_SECRETS = 8,
	FOR_RULES = 16,
	FOR_CRITERIA = 32,
	FOR_EXPLAIN = 64,
	FOR_CACHE = 128,
	FOR_VULNS = 256,
	FOR_DB = 512,
	FOR_SBOM = 1024,
	FOR_REGRADE = 2048,
	FOR_VERIFY = 4096,
	FOR_DOCKERFILE = 8192,
	FOR_SIGN = 16384,
	FOR_ATTEST = 32768,
	FOR_PIN = 65536,
	FOR_TRUST = 131072,
};

struct option {
	const char *name; /* without "--" */
	char letter;      /* 0: none */
	enum option_kind kind;
	unsigned group;
	const char *argument; /* "FILE"; NULL for a flag */
	const char *help;
	size_t offset;       /* in struct options */
	const char *choices; /* "auto always never": for completion and a check; NULL: any */
	const char *heading; /* of the group that begins here; NULL: the same as before */
};

typedef VEC(const char *) words;

struct option_variable {
	const struct option *option;
	const char *value;
};

struct command;

struct options {
	const struct command *commands; /* all of them, for `completion`; ended by name NULL */
	struct arena arena;
	bool help, quiet, verbose, no_progress, timings, no_cache, no_sandbox, plain_http,
		password_stdin;
	bool all_platforms, require_complete, accept_privilege_drop, base_image, third_party;
	bool all, write_ignore, only_fixed, force;
	bool check, write, update;
	const char *database, *unrated, *from, *mirror;
	const char *color, *cache, *ca_file, *authfile, *username, *now, *platform, *profile, *base,
		*rebuilt, *worker;
	const char *trusted_file, *ignore, *fp_key, *secret_rules, *requirements, *reason, *until;
	unsigned long threads, max_age, timeout_ms, valid;
	const char *format; /* of `criteria`; of `db` also a folder */
	words bundle, provenance, sbom;
	const char *notation_config, *policy_json, *root;
	const char *password_file, *predicate, *type;
	bool compat;
	words trust_root, identity, identity_regexp, issuer, issuer_regexp;
	const char *dockerfile, *image;
	words build_arg;
	words mirrors, output, limit, fail_on, skip, trusted, vex, ignore_from, key, ecosystem;
	words unknown; /* variables SCOVILLE_... that name no option of any command */
	VEC(struct option_variable) variables; /* that were used */
	words arguments;                       /* what is not an option */
};

extern const struct option options[];
extern const size_t options_n;

/* Fills *o, which is zeroed. groups: what the command takes. Errors: SCOV_E_USAGE, with the nearest
 * known option. */
must_check int options_parse(
	int argc, char **argv, unsigned groups, struct options *o, struct scov_err *err);
void options_release(struct options *o);
/* The variable that a complaint is about, by the option's name or file in it; "" when it is about
 * none. In the arena. */
const char *options_blame(struct options *o, const char *complaint);
void options_help(unsigned groups);  /* to standard output, in groups */
/* Words to standard output, in 80 columns, from column `left` on; the cursor is at column `at`. */
void options_wrapped(const char *text, size_t at, size_t left);
void options_names(unsigned groups); /* what --skip and --limit take */
