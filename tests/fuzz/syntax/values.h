/* values.h - for the fuzz targets of what becomes the values of JSON: what was read can be written
 * as JSON and is read again the same way.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/buf.h"
#include "syntax/json.h"
#include "tests/fuzz/fuzz.h"

static inline void must_be_json(const struct json *v, struct arena *a)
{
	scoped_buf struct buf one = { 0 }, two = { 0 };
	struct json_out w = { .out = &one };
	const struct json *again = NULL;
	struct scov_err err;

	must(!json_is(v, JSON_INT) && !json_is(v, JSON_FRACTION) && !json_is(v, JSON_BOOL));
	json_out_value(&w, v);
	must(!one.failed);
	/* Only a NUL in a key is not for JSON. */
	if (json_parse(buf_view(&one), SIZE_MAX, a, &again, &err)) {
		must(span_has(span_str(err.text), SPAN("NUL in a key")));
		return;
	}
	w = (struct json_out){ .out = &two };
	json_out_value(&w, again);
	must(span_eq(buf_view(&one), buf_view(&two)));
}
