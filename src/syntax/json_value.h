/* json_value.h - inside syntax/: a JSON value as the parser leaves it in an arena.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "syntax/json.h"

struct json {
	struct span name;
	uint8_t kind;
	union {
		bool truth;
		int64_t integer;
		double fraction;
		struct span text;
		struct {
			struct json *p;
			size_t n;
		} members;
	};
};

/* The whole of `in` is one value, without a byte order mark. As json_parse, but for its limit. */
must_check int json_take(struct span in, struct arena *a, struct json *out, struct scov_err *err);
