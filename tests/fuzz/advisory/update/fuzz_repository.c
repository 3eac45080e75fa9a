/* fuzz_repository.c - a mirror.list and a repomd.xml of a repository: an address is one of https, a
 * path stays inside.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/update/repository.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scoped_arena struct arena a = { .limit = 64 << 20 };
	struct span in = span_of(data, size), out;
	struct digest sum;
	struct scov_err err;

	if (!repository_address(in, &a, &out, &err)) {
		must(span_starts(out, SPAN("https://")) && span_ends(out, SPAN("/")));
		must(!span_has(out, SPAN("\n")) && !span_has(out, SPAN(" ")));
	}
	if (!repository_updateinfo(in, &a, &out, &sum, &err))
		must(sum.algorithm && out.len && span_is_path(out, 16) &&
			!span_has(out, SPAN("?")));
	return 0;
}
