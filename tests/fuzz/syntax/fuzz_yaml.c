/* fuzz_yaml.c - what was read can be written as JSON and is read again the same way.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "syntax/yaml.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scoped_arena struct arena a = { .limit = 64 << 20 };
	scoped_buf struct buf one = { 0 }, two = { 0 };
	struct json_out w = { .out = &one };
	const struct json *v = NULL, *again = NULL;
	struct scov_err err;

	if (yaml_parse(span_of(data, size), 1 << 20, &a, &v, &err))
		return 0;
	must(!json_is(v, JSON_INT) && !json_is(v, JSON_FRACTION) && !json_is(v, JSON_BOOL));
	json_out_value(&w, v);
	must(!one.failed);
	/* Only a NUL in a key is not for JSON. */
	if (json_parse(buf_view(&one), SIZE_MAX, &a, &again, &err)) {
		must(span_has(span_str(err.text), SPAN("NUL in a key")));
		return 0;
	}
	w = (struct json_out){ .out = &two };
	json_out_value(&w, again);
	must(span_eq(buf_view(&one), buf_view(&two)));
	return 0;
}
