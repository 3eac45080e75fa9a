/* fuzz_rpm_manifest.c - every column lies in the input, and no more lines are bad than there are.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/rpm_manifest.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size);
	struct rpm_manifest r = rpm_manifest_read(in);
	struct rpm_line p;
	size_t n = 0;

	while (rpm_manifest_next(&r, &p)) {
		must(p.name.len && p.version.len && p.built >= 0 && p.epoch <= UINT32_MAX);
		must_lie_in(p.name, in);
		must_lie_in(p.version, in);
		must_lie_in(p.vendor, in);
		must_lie_in(p.source_rpm, in);
		n++;
	}
	must(n + r.bad <= r.line);
	return 0;
}
