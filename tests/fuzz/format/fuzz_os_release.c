/* fuzz_os_release.c - values are not longer than their text, and keys are names.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/os_release.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size), rest = in;
	struct os_release_line line;

	while (os_release_next(&rest, &line)) {
		must_lie_in(line.key, in);
		must(line.key.len && line.value_len <= OS_RELEASE_VALUE_MAX &&
			line.value_len <= size);
		must(!line.cut || line.value_len == OS_RELEASE_VALUE_MAX);
	}
	return 0;
}
