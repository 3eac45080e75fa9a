/* fuzz_sniff.c - a kind is in range, depends on the first bytes only, and one of a database or an
 * account file is never found in nothing.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/sniff.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size);
	uint8_t kind = file_sniff(span_sub(in, 0, SNIFF_HEAD), size);

	must(kind < KIND_KINDS);
	must(size || kind == KIND_OTHER);
	return 0;
}
