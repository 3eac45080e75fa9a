/* fuzz_classify.c - versions are numbers that the input or its name has; looked at in two halves,
 * the same is found. The first line is the file's name.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/classify.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size), path;
	struct classify whole, halves;

	if (!span_line(&in, &path))
		return 0;
	classify_start(&whole, path);
	must_lie_in(whole.number, path);
	classify_look(&whole, in, 0, in.len);
	classify_start(&halves, path);
	classify_look(&halves, in, 0, in.len / 2);
	classify_look(&halves, in, in.len / 2, in.len);
	must(whole.n == halves.n && whole.n <= CLASSIFY_FOUND_MAX);
	for (size_t i = 0; i < whole.n; i++) {
		struct span version, other;

		must(classify_has(&whole, i, &version) == classify_has(&halves, i, &other));
		must(span_eq(version, other) && (span_has(in, version) || span_has(path, version)));
		must(version.len >= 3 && version.p[0] >= '0' && version.p[0] <= '9');
	}
	return 0;
}
