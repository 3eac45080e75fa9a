/* fuzz_purl.c - a package URL has a type in lower case and a name, and nothing grows when decoded.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/purl.h"

#include "base/ascii.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size);
	struct arena a = { .limit = 1 << 20 };
	struct purl u;

	if (purl_parse(in, &a, &u)) {
		must(u.type.len && u.name.len && size <= PURL_MAX);
		must(u.type.len + u.space.len + u.name.len + u.version.len < size);
		must_lie_in(u.qualifiers, in);
		for (size_t i = 0; i < u.type.len; i++)
			must(!ascii_is_upper(span_at(u.type, i)));
		must(purl_qualifier(&u, "arch", &a).len <= u.qualifiers.len);
	}
	arena_release(&a);
	return 0;
}
