/* finding.h - a finder over a few rules, for its tests; secrets are put together at run time.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "secret/find/find.h"
#include "tests/unit/unit.h"

enum { TEST_TOKEN = 20 };

static const struct secret_rule test_rows[] = {
	{ .id = SPAN_INIT("test-token"),
		.kind = SPAN_INIT("test-token"),
		.literals = { SPAN_INIT("tstk_") },
		.literals_n = 1,
		.expression = SPAN_INIT("\\b(tstk_[0-9a-z]{15})\\b"),
		.group = 1,
		.level_match = SECRET_MEDIUM,
		.level_proven = SECRET_HIGH,
		.level_invalid = SECRET_LOW,
		.before = 64,
		.after = 128,
		.prefix = 5,
		.strong = true },
	{ .id = SPAN_INIT("test-block"),
		.kind = SPAN_INIT("test-block"),
		.literals = { SPAN_INIT("<<BLOCK>>") },
		.literals_n = 1,
		.expression = SPAN_INIT("<<BLOCK>>\\s+([0-9a-z\\s]{20,8000}?)<<END>>"),
		.group = 1,
		.level_match = SECRET_HIGH,
		.before = 16,
		.after = 9000,
		.strong = true },
	{ .id = SPAN_INIT("test-slow"),
		.kind = SPAN_INIT("test-slow"),
		.literals = { SPAN_INIT("slow") },
		.literals_n = 1,
		.expression = SPAN_INIT("((?:a+)+)slow!"),
		.group = 1,
		.level_match = SECRET_LOW,
		.before = 4096,
		.after = 64 },
	{ .id = SPAN_INIT("test-path"),
		.kind = SPAN_INIT("test-path"),
		.literals = { SPAN_INIT("only=") },
		.literals_n = 1,
		.expression = SPAN_INIT("only=(\\w+)"),
		.group = 1,
		.level_match = SECRET_MEDIUM,
		.before = 8,
		.after = 64,
		.paths = { SPAN_INIT("**/*.conf") },
		.paths_n = 1 },
};
static const struct secret_rules test_rules = {
	.p = (struct secret_rule *)(uintptr_t)test_rows,
	.n = sizeof(test_rows) / sizeof(*test_rows),
};

/* "tstk_" and 15 characters of the n-th token. */
static inline struct span test_token(unsigned n, char out[TEST_TOKEN + 1])
{
	snprintf(out, TEST_TOKEN + 1, "%s%s%08x%s", "tst", "k_", n * 2654435761u, "q7w3e9r");
	return span_of(out, TEST_TOKEN);
}

struct finding {
	struct arena arena;
	struct part part;
	struct finder *finder;
};

static inline void finding_open(struct finding *x)
{
	struct limits l = limits_default();
	struct scov_err err = { 0 };
	struct finder_options o = { .rules = &test_rules };

	*x = (struct finding){ 0 };
	if (finder_new(&o, &x->finder, &err))
		abort();
	finder_bind(x->finder, &x->part, &x->arena, &l, SPAN("0123456789abcdef"));
}

static inline void finding_close(struct finding *x)
{
	finder_free(x->finder);
	arena_release(&x->arena);
}

static inline void finding_file(struct finding *x, struct span path, struct span text, size_t step)
{
	x->part.secrets.n = 0;
	finder_begin(x->finder, 7, SURFACE_CONTENT, path);
	while (text.len) {
		finder_piece(x->finder, span_sub(text, 0, step), text.len <= step);
		text = span_from(text, step);
	}
	finder_end(x->finder);
}
