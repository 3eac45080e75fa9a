/* json.h - JSON read into an arena, and written into a buffer.
 *
 * Reading is for documents of a few MB. Accessors accept NULL and any kind of
 * value; for a missing one they return NULL, an empty span or false, so a chain
 * of them needs only one check at its end.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "scoville/scoville.h"

enum { JSON_DEPTH = 64 };       /* nested arrays and objects, reading and writing */
enum { JSON_VALUES = 1 << 19 }; /* in one document */

enum json_kind {
	JSON_ABSENT,
	JSON_NIL,
	JSON_BOOL,
	JSON_INT,
	JSON_FRACTION,
	JSON_TEXT,
	JSON_LIST,
	JSON_DICT
};

struct json; /* a value, in the arena of json_parse */

/* The whole of `in` (a byte order mark is skipped) is one value of at most `limit` bytes. Refused:
 * a key twice in one object, text that is not UTF-8, a lone surrogate, an integer outside int64,
 * NUL in a key. Nothing of *out points into `in`. Errors: SCOV_E_FORMAT (with line and column),
 * SCOV_E_LIMIT (limit, JSON_DEPTH, JSON_VALUES, arena). */
must_check int json_parse(struct span in, size_t limit, struct arena *a, const struct json **out,
	struct scov_err *err);
/* A key of a document that runtimes read with Go's encoding/json. Go takes a key in any case, with
 * U+017F for s and U+212A for k too, and of two keys of one field the last. */
struct json_field {
	const char *name; /* as it is defined, ASCII; NULL ends a list */
	uint8_t kind;     /* enum json_kind of its value, if it is not null; JSON_ABSENT: any */
	bool is_map;      /* the keys of its value are data, not fields */
};

/* Such a document, as Go reads it: fields, in any spelling, are then found by their names. Refused
 * besides: two keys of one field, a value of another kind, and a byte order mark. fields: at most
 * 64 rows, of all objects of the document. */
must_check int json_parse_go(struct span in, size_t limit, const struct json_field *fields,
	struct arena *a, const struct json **out, struct scov_err *err);

enum json_kind json_kind(const struct json *v); /* JSON_ABSENT for NULL */
bool json_is(const struct json *v, enum json_kind k);
const struct json *json_get(const struct json *dict, const char *key);
size_t json_count(const struct json *v); /* members of a list or a dict, 0 for others */
const struct json *json_at(
	const struct json *v, size_t i);     /* member i of a list or a dict, in document order */
struct span json_name(const struct json *v); /* the key of a member of a dict; empty for others */
struct span json_text(
	const struct json *v); /* a string's bytes; may contain NUL; empty when not a string */
struct span json_get_text(const struct json *dict, const char *key);
bool json_truth(const struct json *v); /* only the value true */
bool json_int(
	const struct json *v, int64_t *out); /* false and *out untouched when not an integer */
bool json_uint(const struct json *v, uint64_t max, uint64_t *out); /* an integer of 0..max */
double json_fraction(const struct json *v); /* of an integer too; 0 for others */

/* { .out = &buf } is a ready writer of compact JSON; .indent: blanks a level, each member on a line
 * of its own. Text is written as UTF-8; control bytes are escaped, and each byte that is not part
 * of a valid character becomes U+FFFD. Misuse (a value without a key in an object, one end too
 * many, deeper than JSON_DEPTH) sets out->failed, as a full buffer does: check buf once, at the
 * end. */
struct json_out {
	struct buf *out;
	unsigned indent;
	/* private */
	unsigned depth;
	bool has_key, done;
	struct {
		bool is_dict, used;
	} level[JSON_DEPTH];
};

void json_out_dict(struct json_out *w); /* { */
void json_out_list(struct json_out *w); /* [ */
void json_out_end(struct json_out *w);  /* closes the innermost of the two */
void json_out_key(struct json_out *w, const char *key);
void json_out_key_span(struct json_out *w, struct span key);
void json_out_text(struct json_out *w, struct span text);
void json_out_str(struct json_out *w, const char *text); /* NULL: null */
void json_out_int(struct json_out *w, int64_t v);
void json_out_uint(struct json_out *w, uint64_t v);
/* v over 10 to the power of digits, which is 1 to 9; v is not negative: 98 and 1 make 9.8. */
void json_out_decimal(struct json_out *w, int64_t v, unsigned digits);
void json_out_bool(struct json_out *w, bool v);
void json_out_null(struct json_out *w);
/* A whole value of at most depth 64, copied into the stream as it is (keys in document order). */
void json_out_value(struct json_out *w, const struct json *v);
/* Only the quoted and escaped string. */
void json_quote(struct buf *b, struct span text);
