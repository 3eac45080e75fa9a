/* guard.h - what must be around a literal: asked at every hit, before a window is opened.
 *
 * Read off the rule's own expression: the byte ahead, and the sets of bytes after, as far as they
 * follow each other without a choice. A short literal ("npm_", "pat") is then no dearer than a long
 * one. Inside secret/ only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "secret/rules/rule.h"

enum { GUARD_STEPS = 8, GUARD_RUN_MAX = 255 };

struct byte_set {
	uint64_t bits[4];
};

/* At least min and at most max bytes of a set. */
struct guard_step {
	struct byte_set set;
	uint8_t min, max;
};

struct guard {
	struct guard_step steps[GUARD_STEPS];
	uint8_t steps_n;
	bool is_made;
	struct byte_set not_before;
};

/* Of the literal in the rule's expression; one that asks for nothing when it cannot tell. */
void guard_make(const struct secret_rule *r, struct span literal, struct guard *out);
/* False: the expression cannot match here. before: -1 unknown, or no byte. after: what is there of
 * the bytes after the literal; where it ends all is possible. escapes: an escape may stand for any
 * byte. */
bool guard_fits(const struct guard *g, int before, struct span after, bool escapes);
