/* fuzz_rpm_header.c - fields lie in the blob; the walk gives as many files as it says, or stops.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/rpm_header.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size), dir, base, name, version;
	struct rpm_header h;
	struct scov_err err;

	if (rpm_source_split(in, &name, &version)) {
		must_lie_in(name, in);
		must_lie_in(version, in);
		must(name.len && span_find(version, 0x2d) < version.len);
	}
	if (rpm_header_parse(in, &h, &err))
		return 0;
	must(h.name.len && h.version.len);
	must_lie_in(h.name, in);
	must_lie_in(h.release, in);
	must_lie_in(h.source_rpm, in);
	struct rpm_files it = rpm_files(&h);
	uint32_t n = 0;

	while (rpm_file_next(&it, &dir, &base)) {
		must_lie_in(dir, h.dirnames);
		must_lie_in(base, h.basenames);
		n++;
	}
	must(n <= h.files && h.files <= RPM_HEADER_FILES_MAX);
	return 0;
}
