/* json_stream.h - JSON of any length that is pushed in pieces and delivered value by value.
 *
 * The caller says which objects and lists it takes: each comes whole, as a struct json that lives
 * until the call returns. Of what it enters, the scalars come one by one; what it passes is only
 * looked at for its end. Memory is that of one value taken, and of the names of members of what was
 * entered. Values are as json_parse has them (RFC 8259, UTF-8 only). No recursion.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/err.h"
#include "base/span.h"
#include "syntax/json.h"

enum {
	JSON_PATH_NAME_MAX = 1024,    /* bytes of a name in an object that was entered */
	JSON_ENTERED_MAX = 256 << 20, /* bytes to remember such names, of all that are open */
};

enum json_choice { JSON_TAKE, JSON_ENTER, JSON_PASS };

/* Where a value is: one step for each object or list around it, the outermost first. */
struct json_step {
	struct span name; /* of the member; empty in a list */
	uint64_t at;      /* which member it is, from 0 */
};

struct json_stream_events {
	/* An object or a list (kind) begins. NULL: all are taken. */
	enum json_choice (*begins)(
		void *ctx, const struct json_step *path, size_t steps, enum json_kind kind);
	/* One that was taken, or a scalar. A negative scov_code ends the reading: the callback
	 * fills *err. */
	int (*value)(void *ctx, const struct json_step *path, size_t steps, const struct json *v,
		struct scov_err *err);
	/* A value that is left out, though the text goes on: a key twice, text that is not UTF-8, a
	 * number out of range, more memory than it may have. Static text. May be NULL. */
	void (*fault)(void *ctx, const struct json_step *path, size_t steps, const char *why);
};

struct json_stream;

/* value_memory: bytes of one value taken, once it is read (some four times its text). many: any
 * number of values, one after another (JSON lines); else exactly one. NULL without memory. Keeps
 * *ev by value. */
struct json_stream *json_stream_open(
	const struct json_stream_events *ev, void *ctx, size_t value_memory, bool many);
/* Errors: SCOV_E_FORMAT (with line and column; also a key twice in an object that was entered),
 * SCOV_E_LIMIT (JSON_DEPTH, JSON_PATH_NAME_MAX, JSON_ENTERED_MAX), SCOV_E_MEMORY, a callback's
 * code. After an error only json_stream_free. */
must_check int json_stream_push(struct json_stream *s, struct span piece, struct scov_err *err);
/* The text has ended. Errors: SCOV_E_FORMAT: inside a value, or there is none. */
must_check int json_stream_end(struct json_stream *s, struct scov_err *err);
void json_stream_free(struct json_stream *s); /* accepts NULL */
