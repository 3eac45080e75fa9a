/* fuzz_config.c - any config gives facts that can be written and read again, or an error with a
 * diagnostic.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "facts/serial.h"
#include "scan/search.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum { ROOM = 4 << 20 };
	static uint8_t bytes[ROOM];
	scoped_arena struct arena a = { .limit = ROOM }, scratch = { .limit = ROOM },
				  again = { .limit = 8 * ROOM };
	struct limits limits = limits_default();
	struct part part = { .kind = PART_CONFIG, .complete = true }, back;
	struct analysis out = { &part, &a, &scratch, &limits };
	struct scov_err err = { 0 };

	out.key = SPAN("0123456789abcdef");
	out.finder = search_finder(&err);
	must(out.finder);
	finder_bind(out.finder, &part, &a, &limits, out.key);
	size_t len = 0;
	int code = analyze_config(&out, span_of(data, size));

	must(!code || part.diags.n || a.used > ROOM / 2);
	if (facts_write(&part, bytes, ROOM, &len, &err))
		return 0;
	must(facts_read(span_of(bytes, len), &limits, &again, &back, &err) == 0);
	must(back.configs.n == part.configs.n && back.history.n == part.history.n);
	return 0;
}
