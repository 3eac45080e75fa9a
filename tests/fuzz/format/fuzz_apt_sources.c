/* fuzz_apt_sources.c - URIs lie in the input and hold no blank.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/apt_sources.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size), uri;

	for (int deb822 = 0; deb822 < 2; deb822++) {
		struct apt_reader r = apt_read(in, deb822);

		while (apt_next(&r, &uri)) {
			must_lie_in(uri, in);
			must(uri.len && r.line && span_find(uri, 0x20) == uri.len);
		}
	}
	return 0;
}
