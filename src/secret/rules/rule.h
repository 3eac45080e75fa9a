/* rule.h - what a secret looks like: rules as data, in data/secrets and in files of the user.
 *
 * One format (doc/formats/secret-rules.md): sections "[rule ID]" of "key = value" lines. A rule has
 * a literal that the first tier looks for in every byte, an expression (PCRE2, no JIT) that
 * confirms in a window around it, validators that prove, levels, advice, and examples as templates
 * that the test expands, so that no file holds a real-shaped token.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "facts/part.h"
#include "scoville/scoville.h"
#include "secret/value/lexicon.h"

enum {
	RULE_LITERALS_MAX = 16,
	RULE_VALIDATORS_MAX = 6,
	RULES_MAX = 4096,           /* built-in and the user's together */
	RULE_WINDOW_MAX = 64 << 10, /* bytes before or after the literal */
};

/* A named validator with its parameter text: "crc32-base62:30+6". */
struct rule_validator {
	struct span name, parameter;
};

struct secret_rule {
	struct span id;   /* stable: reports, ignore files and fingerprints name it */
	struct span kind; /* taxonomy: "github-token", "private-key", "subscriber-key" ... */
	struct span title, advice, source; /* source: where the format is documented */
	struct span literals[RULE_LITERALS_MAX];
	uint8_t literals_n;
	bool nocase;            /* literals and expression */
	struct span expression; /* PCRE2, one group is the value */
	uint8_t group;
	struct rule_validator validators[RULE_VALIDATORS_MAX];
	uint8_t validators_n;
	uint8_t class; /* enum value_class: the test that a value must pass when no validator proves
			  it */
	uint8_t level_proven, level_match, level_invalid; /* enum secret_level */
	uint32_t before, after;                           /* window in bytes */
	uint8_t prefix; /* bytes of the value that are public (a token prefix); at most 12 */
	uint32_t flags; /* enum secret_flags that a finding of this rule has: what its kind is */
	bool strong;    /* looked for in decoded forms (base64, escapes, UTF-16) and in binaries */
	bool binary;    /* looked for in binaries; of strong rules always */
	bool shown;     /* the value is the name of something secret and never masked */
	struct span paths[8], not_paths[8]; /* globs; empty: any */
	uint8_t paths_n, not_paths_n;
	struct span near; /* text that raises the level by one when it is in the window */
	struct span good[8], bad[8]; /* templates */
	uint8_t good_n, bad_n;
	uint32_t line; /* of the section, for errors */
};

/* The value has no form of its own: what is before it says that it is a secret. */
static inline bool rule_is_named(const struct secret_rule *r)
{
	return r->class != CLASS_NONE && !r->prefix && !r->validators_n && !r->strong && !r->binary;
}

struct secret_rules {
	struct secret_rule *p;
	size_t n, cap;
	const struct lexicon *lexicon; /* words and rows of ours and of the files; NULL: ours */
	struct arena arena;
};

/* The rule looks at files of this path. */
bool rule_fits_path(const struct secret_rule *r, struct span path);

/* The words and rows that go with the rules. */
const struct lexicon *rules_lexicon(const struct secret_rules *rules);

/* Parse one file; rules are appended. Errors: SCOV_E_USAGE naming file, line and rule. */
must_check int rules_parse(
	struct span text, const char *file, struct secret_rules *rules, struct scov_err *err);
/* The built-in rules: parsed by the build, linked in. */
const struct secret_rules *rules_builtin(void);
/* SHA-256 of their text, of the words and judgments and of the list of known keys. */
struct digest rules_builtin_digest(void);
void rules_release(struct secret_rules *rules);
/* Expand a template: "ghp_{A36}" and the like (doc/formats/secret-rules.md), the n-th of a fixed
 * pseudo-random sequence; checksums
 * "{crc32-base62}" are computed. Errors: SCOV_E_USAGE. */
must_check int rule_expand(
	struct span template, uint32_t n, struct arena *a, struct span *out, struct scov_err *err);
