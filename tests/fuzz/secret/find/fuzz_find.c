/* fuzz_find.c - the finder: where a file is cut makes no difference.
 *
 * First byte: the length of the pieces.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "secret/find/find.h"
#include "tests/fuzz/fuzz.h"

static const struct secret_rule rows[] = {
	{ .id = SPAN_INIT("word"),
		.kind = SPAN_INIT("word"),
		.literals = { SPAN_INIT("ab_") },
		.literals_n = 1,
		.expression = SPAN_INIT("ab_(\\w{4})"),
		.group = 1,
		.level_match = SECRET_LOW,
		.before = 4,
		.after = 8,
		.strong = true },
};
static const struct secret_rules rules = { .p = (struct secret_rule *)(uintptr_t)rows, .n = 1 };

static struct finder *made(void)
{
	static struct finder *f;
	struct finder_options o = { .rules = &rules };
	struct scov_err err;

	must(f || finder_new(&o, &f, &err) == 0);
	return f;
}

static size_t look(struct span in, size_t step)
{
	scoped_arena struct arena a = { 0 };
	struct part p = { 0 };
	struct finder *f = made();

	struct limits l = limits_default();

	finder_bind(f, &p, &a, &l, (struct span){ 0 });
	finder_begin(f, 1, SURFACE_CONTENT, SPAN("a"));
	while (in.len) {
		must(finder_piece(f, span_sub(in, 0, step), in.len <= step) == 0);
		in = span_from(in, step);
	}
	must(finder_end(f) == 0);
	return p.secrets.n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size);
	size_t step =
		span_at(in, 0) + (size_t)1024; /* what makes a file binary is in the first piece */

	in = span_from(in, 1);
	must(look(in, step) == look(in, in.len + 1));
	return 0;
}
