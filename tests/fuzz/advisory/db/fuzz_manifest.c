/* fuzz_manifest.c - no file name leads out of the folder, and what was read is read again after it
 * was written.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/db/manifest.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scoped_arena struct arena a = { .limit = 64 << 20 };
	scoped_buf struct buf text = { 0 }, again = { 0 };
	struct advisory_manifest m, n;
	struct scov_err err;

	if (manifest_parse(span_of(data, size), &a, &m, &err))
		return 0;
	must(m.files_n <= FAMILIES);
	for (size_t i = 0; i < m.files_n; i++)
		must(span_find(m.files[i].name, '/') == m.files[i].name.len);
	manifest_write(&text, &m);
	if (text.len > MANIFEST_MAX)
		return 0;
	must(!manifest_parse(buf_view(&text), &a, &n, &err));
	manifest_write(&again, &n);
	must(span_eq(buf_view(&text), buf_view(&again)));
	return 0;
}
