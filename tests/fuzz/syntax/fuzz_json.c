/* fuzz_json.c - what was read and written again is read the same way.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include "syntax/base64.h"
#include "syntax/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scoped_arena struct arena a = { .limit = 64 << 20 };
	scoped_buf struct buf one = { 0 }, two = { 0 }, raw = { 0 };
	struct json_out w = { .out = &one };
	const struct json *v = NULL, *again = NULL;
	struct scov_err err;
	struct span bytes;

	/* Any bytes, quoted, are JSON. */
	json_quote(&raw, span_of(data, size));
	if (size < 1 << 20 && json_parse(buf_view(&raw), SIZE_MAX, &a, &v, &err))
		abort();
	if (!base64_decode(span_of(data, size), &a, &bytes, &err) && bytes.len > size)
		abort();
	arena_reset(&a);
	static const struct json_field fields[] = { { "layers", JSON_LIST, false },
		{ "labels", JSON_DICT, true }, { "k", JSON_ABSENT, false }, { NULL, 0, false } };

	/* What is read as Go reads it has no field twice: it is JSON, in its own names too. */
	if (!json_parse_go(span_of(data, size), 1 << 20, fields, &a, &v, &err)) {
		struct json_out go = { .out = &raw };

		raw.len = 0;
		json_out_value(&go, v);
		if (raw.failed || json_parse(buf_view(&raw), SIZE_MAX, &a, &again, &err))
			abort();
	}
	if (json_parse(span_of(data, size), 1 << 20, &a, &v, &err))
		return 0;
	json_out_value(&w, v);
	if (one.failed || json_parse(buf_view(&one), SIZE_MAX, &a, &again, &err))
		abort();
	w = (struct json_out){ .out = &two };
	json_out_value(&w, again);
	if (!span_eq(buf_view(&one), buf_view(&two)))
		abort();
	return 0;
}
