/* fuzz_yaml.c - what was read can be written as JSON and is read again the same way.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "syntax/yaml.h"
#include "tests/fuzz/syntax/values.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scoped_arena struct arena a = { .limit = 64 << 20 };
	const struct json *v = NULL;
	struct scov_err err;

	if (!yaml_parse(span_of(data, size), 1 << 20, &a, &v, &err))
		must_be_json(v, &a);
	return 0;
}
