/* expand.h - variables and quotes in the words of instructions, as BuildKit's frontend has them.
 *
 * This is not a shell: there are $x, ${x}, ${x:-y}, ${x-y}, ${x:+y}, ${x+y}, ${x:?y}, ${x?y},
 * ${x#y}, ${x##y}, ${x%y}, ${x%%y}, ${x/y/z} and ${x//y/z}, and no commands.
 * Source: moby/buildkit, frontend/dockerfile/shell/lex.go, v0.34.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"

enum {
	EXPAND_DEPTH = 32,         /* ${a:-${b:-...}} */
	EXPAND_MAX = 256 << 10,    /* bytes of what comes out */
	EXPAND_PATTERN_MAX = 4096, /* bytes of a value that ${x/y/z} and its like look at */
	EXPAND_STEPS = 20000000,   /* that these take with one struct expand */
};

struct expand_value {
	struct span text;
	bool is_unknown; /* set, but nobody knows to what: text is what stands for it */
};

struct expand {
	uint8_t escape;
	bool raw_quotes;  /* quotes stay */
	bool raw_escapes; /* escapes stay */
	bool keep_unset;  /* a variable that is not set stays as it is written */
	/* False: not set. NULL: nothing is. */
	bool (*get)(void *ctx, struct span name, struct expand_value *out);
	void *ctx;
	size_t steps;      /* taken by patterns so far */
	bool is_unknown;   /* out: an unknown value is in what came out */
	bool is_unset;     /* out: a variable without a value or a default was in it */
	struct span unset; /* out: the name of the first such */
};

typedef VEC(struct span) expand_words;

/* The whole as one word: blanks stay. Errors: SCOV_E_FORMAT, SCOV_E_LIMIT. */
must_check int expand_word(
	struct expand *e, struct span in, struct arena *a, struct span *out, struct scov_err *err);
/* The same split at blanks that are not quoted, after variables were put in. */
must_check int expand_split(
	struct expand *e, struct span in, struct arena *a, expand_words *out, struct scov_err *err);
