/* fuzz_text.c - any text through the mask: no byte longer or shorter, only '*' put in, and twice
 * the same as once.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include "facts/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool truth)
{
	if (!truth)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scoped_arena struct arena a = { 0 };
	struct span raw = span_of(data, size), once = fact_text(&a, raw),
		    twice = fact_text(&a, once);

	must(once.p && once.len == size && span_eq(once, twice));
	for (size_t i = 0; i < size; i++)
		must(span_at(once, i) == span_at(raw, i) || span_at(once, i) == '*');
	size_t at = span_find(raw, '=');
	struct span name = span_sub(raw, 0, at), value = span_from(raw, at + 1),
		    masked = fact_value(&a, name, value);

	must(masked.p && masked.len == value.len && span_eq(fact_value(&a, name, masked), masked));
	return 0;
}
