/* fuzz_rust_audit.c - the list of crates as JSON; and a stream that may hold it, in one piece and
 * in two.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/rust_audit.h"
#include "tests/fuzz/fuzz.h"

static struct span read_in(struct span in, size_t cut, struct arena *a, bool *is_bad)
{
	struct rust_reader r = { .arena = a };

	rust_look(&r, in, 0, 0, cut);
	rust_look(&r, in, 0, cut, in.len);
	rust_feed(&r, span_sub(in, 0, cut), 0);
	rust_feed(&r, span_from(in, cut), cut);
	struct span text = rust_end(&r);

	*is_bad = r.is_bad;
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scoped_arena struct arena a = { .limit = 64 << 20 };
	struct span in = span_of(data, size);
	struct rust_audit audit;
	bool bad, also;

	if (rust_audit_parse(in, &a, &audit))
		for (size_t i = 0; i < audit.crates.n; i++)
			must(audit.crates.p[i].name.len);
	struct span one = read_in(in, size, &a, &bad), two = read_in(in, size / 2, &a, &also);

	must(arena_failed(&a) || (span_eq(one, two) && bad == also));
	must(one.len <= RUST_TEXT_MAX);
	return 0;
}
