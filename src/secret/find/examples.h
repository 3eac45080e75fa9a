/* examples.h - do the examples of the rules show what they should? What `scoville rules test` runs.
 *
 * Each good example is expanded and looked at by the real finder, validators included: its rule
 * must find it, on the level of a match or above. No bad one may be found by its rule above low.
 * No part of an expanded text is reported.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/err.h"
#include "secret/rules/rule.h"

struct example_failure {
	const struct secret_rule *rule;
	bool is_good;    /* a good example that is not found, or too low; else a bad one that is */
	uint32_t number; /* from 1, among the good or the bad ones */
	const char *why; /* static text, or of the caller's arena */
};

struct examples_sum {
	size_t rules, examples, failed; /* failed: of the examples */
};

/* The built-in rules and those of one file of the user (empty text: none), in a set of its own.
 * Errors: SCOV_E_USAGE naming file, line and rule; SCOV_E_MEMORY. */
must_check int rules_with(
	struct span text, const char *file, struct secret_rules *out, struct scov_err *err);
/* failed is called for each example that does not do what it should. Errors: SCOV_E_USAGE (a
 * unusable literal), SCOV_E_MEMORY. */
must_check int examples_try(const struct secret_rules *rules,
	void (*failed)(void *ctx, const struct example_failure *f), void *ctx,
	struct examples_sum *out, struct scov_err *err);
