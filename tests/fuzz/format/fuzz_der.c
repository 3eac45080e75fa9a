/* fuzz_der.c - elements lie in the input, and what was read is written back byte for byte.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "format/der.h"
#include "tests/fuzz/fuzz.h"

static void walk(struct span in, unsigned depth)
{
	struct cur c = cur_over(in);
	struct der d;

	while (depth < 8 && cur_left(&c) && der_next(&c, &d)) {
		uint8_t head[DER_HEAD_MAX];
		size_t n = der_head(head, d.tag, d.body.len);

		must_lie_in(d.whole, in);
		must_lie_in(d.body, d.whole);
		must(n + d.body.len == d.whole.len && span_starts(d.whole, span_of(head, n)));
		struct cur one = cur_over(d.whole), two = one, three = one, four = one;
		int64_t when;

		must_lie_in(der_magnitude(&one), d.body);
		must_lie_in(der_bits(&two), d.body);
		der_number(&three, 1000);
		der_time(&four, &when);
		if (d.tag & 0x20)
			walk(d.body, depth + 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	walk(span_of(data, size), 0);
	return 0;
}
