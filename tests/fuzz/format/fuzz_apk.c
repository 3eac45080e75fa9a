/* fuzz_apk.c - every field and file lies in the input; stanzas do not overlap.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/apk.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size);
	struct apk_reader r = apk_read(in);
	struct apk_package p;
	size_t total = 0;

	while (apk_next(&r, &p)) {
		struct apk_files it = { .rest = p.stanza };
		struct span dir, name;

		must(p.name.len && p.version.len && p.built >= 0);
		must_lie_in(p.stanza, in);
		must_lie_in(p.name, p.stanza);
		must_lie_in(p.origin, p.stanza);
		must((total += p.stanza.len) <= size);
		while (apk_file_next(&it, &dir, &name)) {
			must(name.len);
			must_lie_in(dir, p.stanza);
			must_lie_in(name, p.stanza);
		}
	}
	return 0;
}
