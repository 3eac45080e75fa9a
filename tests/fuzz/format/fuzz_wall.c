/* fuzz_wall.c - rows hold what their kind promises, and there are no more rows than lines.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/wall.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scoped_arena struct arena scratch = { .limit = 8 << 20 };
	struct span rest = span_of(data, size);
	struct wall_row row;
	struct scov_err err;
	uint64_t count, n = 0;

	if (wall_open(&rest, &scratch, &count, &err))
		return 0;
	while (wall_next(&rest, &scratch, &row, &err) > 0) {
		must(++n <= size);
		must(row.kind != WALL_PACKAGE || (row.name.len && row.version.len));
		must(row.kind != WALL_CONTENT || (row.package.len && row.path.len));
	}
	return 0;
}
