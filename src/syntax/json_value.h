/* json_value.h - inside syntax/: a value as its parser leaves it in an arena, whatever the syntax.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
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

/* Values whose list or object has not ended. { .arena = a } is a ready one. */
struct json_making {
	struct arena *arena;
	struct buf pending, sorting;
};

/* A member of what is open. False: no memory. */
bool json_making_add(struct json_making *m, const struct json *v);
/* Where the members of what begins now begin. */
size_t json_making_mark(const struct json_making *m);
/* What began at mark is complete: its members go to v and off the pile. Static text when something
 * is wrong (a key twice, no room in the arena). */
const char *json_making_end(struct json_making *m, size_t mark, struct json *v);
bool json_making_failed(const struct json_making *m); /* no memory */
void json_making_release(struct json_making *m);
extern const char json_no_room[];
