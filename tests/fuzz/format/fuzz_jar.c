/* fuzz_jar.c - what a jar says of itself lies in its text, and is bounded.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/jar.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of(data, size);
	struct jar_manifest m = { 0 };
	struct jar_id id;

	jar_manifest_read(text, &m);
	for (int k = 0; k < JAR_KEYS; k++)
		must(jar_value(&m, (enum jar_key)k).len <= JAR_VALUE_MAX);
	if (jar_pom(text, &id)) {
		must(id.group.len && id.artifact.len && id.version.len <= JAR_VALUE_MAX);
		must_lie_in(id.group, text);
		must_lie_in(id.artifact, text);
		must_lie_in(id.version, text);
	}
	jar_file_name(text, &id);
	must_lie_in(id.artifact, text);
	must(!id.version.len || id.artifact.len + 1 + id.version.len <= size);
	jar_identify(&m, text, &id);
	must(!jar_is_pom(text) || size > 16);
	return 0;
}
