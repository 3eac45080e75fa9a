/* fuzz_capability.c - what was parsed and is written again is the same bytes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/capability.h"
#include "tests/fuzz/fuzz.h"

static void put(uint8_t **p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		*(*p)++ = (uint8_t)(v >> 8 * i);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct capability c;
	uint8_t again[24], *p = again;

	if (!capability_parse(span_of(data, size), &c))
		return 0;
	must(c.revision >= 1 && c.revision <= 3);
	put(&p, (uint32_t)c.revision << 24 | c.effective);
	for (unsigned i = 0; i < (c.revision == 1 ? 1 : 2); i++) {
		put(&p, (uint32_t)(c.permitted >> 32 * i));
		put(&p, (uint32_t)(c.inheritable >> 32 * i));
	}
	if (c.revision == 3)
		put(&p, c.root_id);
	must(span_eq(span_of(data, size), span_of(again, (size_t)(p - again))));
	return 0;
}
