/* pattern.h - tier one: what Vectorscan looks for in every byte. Inside secret/ and its build step.
 *
 * Pure literals: those of the rules; of the strong rules also in base64 (three alignments), UTF-16
 * and URL-encoding; the words of the list "trigger", around which names of secrets are; the head of
 * a certificate. A reported id says all that a hit means.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/err.h"
#include "secret/rules/rule.h"

enum pattern_kind {
	PATTERN_PLAIN,
	PATTERN_BASE64,
	PATTERN_UTF16,
	PATTERN_URL,
	PATTERN_NOUN,
	PATTERN_CERTIFICATE,
	PATTERN_PACE,
	PATTERN_KINDS,
};

enum { PATTERN_BYTES_MAX = 255, PATTERN_BASE64_MIN = 4 };

/* id: kind, rule (or trigger), bytes of the literal */
#define PATTERN_ID(kind, row, len) ((unsigned)(kind) << 20 | (unsigned)(row) << 8 | (unsigned)(len))
#define PATTERN_KIND(id) ((id) >> 20)
#define PATTERN_ROW(id) ((id) >> 8 & 0xfff)
#define PATTERN_LEN(id) ((id)&0xff)

/* The row of "://", which is looked for in binaries too; the list "trigger" comes after it. */
enum { NOUN_ADDRESS = 0 };

/* Which literals a database has. In a text no NUL is, so no UTF-16; in a binary the strong
 * rules alone are looked for: fewer literals are found faster.
 *
 * PATTERN_PACE is not a secret: two bytes that no text holds. With a literal of two bytes
 * Vectorscan looks at every byte, without one at every second, which needs tables so coarse that
 * most of its time goes into false starts: 2.1 ns a byte of text, 0.9 with it
 * (build/tests/bench/finder). */
enum pattern_set { PATTERNS_TEXT, PATTERNS_BINARY, PATTERN_SETS };

/* Serialised databases in streaming mode, one of each set, for every machine of this architecture.
 * *out is freed with pattern_release. Errors: SCOV_E_USAGE (an unusable literal, named),
 * SCOV_E_MEMORY. */
must_check int pattern_compile(
	const struct secret_rules *rules, struct span *out, struct scov_err *err);
/* One of them; empty when `all` is not from pattern_compile. */
struct span pattern_part(struct span all, enum pattern_set set);
void pattern_release(struct span *bytes);
const char *pattern_version(void); /* of the library that makes and reads databases */
/* What pattern_compile makes of rules_builtin(): by the build (compile_main.c). */
extern const struct span pattern_builtin;
