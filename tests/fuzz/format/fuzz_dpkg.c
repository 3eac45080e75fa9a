/* fuzz_dpkg.c - every field lies in the input, and so does every owned path.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/dpkg.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size), rest = in, path;
	struct dpkg_reader r = dpkg_read(in);
	struct dpkg_package p;
	size_t bad = 0;

	while (dpkg_next(&r, &p)) {
		must(p.name.len && p.version.len);
		must(p.has_status || p.installed);
		must_lie_in(p.name, in);
		must_lie_in(p.version, in);
		must_lie_in(p.source, in);
		must_lie_in(p.source_version, in);
		must_lie_in(p.maintainer, in);
	}
	must(r.bad_line <= r.line);
	while (dpkg_list_next(&rest, &path)) {
		must(path.len && span_at(path, 0) != 0x2f);
		must_lie_in(path, in);
	}
	rest = in;
	while (dpkg_md5sums_next(&rest, &path, &bad))
		must_lie_in(path, in);
	return 0;
}
