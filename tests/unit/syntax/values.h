/* values.h - for the tests of what becomes the values of JSON: rows of a document, and of what it
 * is as JSON or a part of the error.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/buf.h"
#include "syntax/json.h"
#include "tests/unit/unit.h"

struct value_case {
	const char *name;
	struct span in;
	int code;
	const char *want; /* as JSON, or a part of the error */
};

typedef int value_parse(
	struct span in, size_t max, struct arena *a, const struct json **out, struct scov_err *err);

static inline void check_values(const struct value_case *cases, size_t n, value_parse *parse)
{
	for (size_t i = 0; i < n; i++) {
		scoped_arena struct arena a = { .limit = 1 << 20 };
		scoped_buf struct buf b = { 0 };
		struct json_out w = { .out = &b };
		struct scov_err err = { 0 };
		const struct json *v = NULL;

		check(cases[i].name, parse(cases[i].in, 4096, &a, &v, &err) == cases[i].code);
		if (cases[i].code) {
			check(cases[i].name, strstr(err.text, cases[i].want));
			continue;
		}
		json_out_value(&w, v);
		check_span(cases[i].name, buf_view(&b), span_str(cases[i].want));
	}
}
