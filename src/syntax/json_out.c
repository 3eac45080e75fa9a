/* json_out.c - writes JSON into a buffer, one value after the other.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "syntax/json.h"

#include <inttypes.h>

#include "syntax/utf8.h"

static void line(struct json_out *w)
{
	if (!w->indent)
		return;
	buf_byte(w->out, '\n');
	for (unsigned i = 0; i < w->indent * w->depth; i++)
		buf_byte(w->out, ' ');
}

/* Writes what is between the previous member and the next. */
static void member(struct json_out *w)
{
	if (!w->depth)
		return;
	if (w->level[w->depth - 1].used)
		buf_byte(w->out, ',');
	w->level[w->depth - 1].used = true;
	line(w);
}

/* Before every value; false when no value is allowed here. */
static bool value(struct json_out *w)
{
	bool in_dict = w->depth && w->level[w->depth - 1].is_dict;

	if (w->has_key != in_dict || (!w->depth && w->done)) {
		w->out->failed = true;
		return false;
	}
	if (!in_dict)
		member(w);
	w->has_key = false;
	w->done = !w->depth;
	return true;
}

static void open(struct json_out *w, bool is_dict)
{
	if (w->depth == JSON_DEPTH) {
		w->out->failed = true;
		return;
	}
	if (!value(w))
		return;
	buf_byte(w->out, is_dict ? '{' : '[');
	w->level[w->depth].is_dict = is_dict;
	w->level[w->depth++].used = false;
}

void json_out_dict(struct json_out *w)
{
	open(w, true);
}

void json_out_list(struct json_out *w)
{
	open(w, false);
}

void json_out_end(struct json_out *w)
{
	if (!w->depth || w->has_key) {
		w->out->failed = true;
		return;
	}
	w->depth--;
	if (w->level[w->depth].used)
		line(w);
	buf_byte(w->out, w->level[w->depth].is_dict ? '}' : ']');
}

/* Control characters, also C1, and those that change the direction of text: a terminal would act on
 * them. */
static bool acts(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c || c == 0x200e || c == 0x200f ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

void json_quote(struct buf *b, struct span text)
{
	buf_byte(b, '"');
	for (size_t i = 0, n; i < text.len; i += n) {
		uint8_t c = span_at(text, i);
		uint32_t code = 0;

		n = utf8_step(text, i, &code);
		if (!n) {
			buf_str(b, "\xef\xbf\xbd");
			n = 1;
		} else if (c == '"' || c == '\\') {
			buf_byte(b, '\\');
			buf_byte(b, (char)c);
		} else if (c == '\n') {
			buf_str(b, "\\n");
		} else if (c == '\t') {
			buf_str(b, "\\t");
		} else if (acts(code)) {
			buf_printf(b, "\\u%04x", (unsigned)code);
		} else {
			buf_span(b, span_sub(text, i, n));
		}
	}
	buf_byte(b, '"');
}

void json_out_key_span(struct json_out *w, struct span key)
{
	if (!w->depth || !w->level[w->depth - 1].is_dict || w->has_key) {
		w->out->failed = true;
		return;
	}
	member(w);
	json_quote(w->out, key);
	buf_str(w->out, w->indent ? ": " : ":");
	w->has_key = true;
}

void json_out_key(struct json_out *w, const char *key)
{
	json_out_key_span(w, span_str(key));
}

void json_out_text(struct json_out *w, struct span text)
{
	if (value(w))
		json_quote(w->out, text);
}

void json_out_str(struct json_out *w, const char *text)
{
	if (text)
		json_out_text(w, span_str(text));
	else
		json_out_null(w);
}

void json_out_int(struct json_out *w, int64_t v)
{
	if (value(w))
		buf_printf(w->out, "%" PRId64, v);
}

void json_out_uint(struct json_out *w, uint64_t v)
{
	if (value(w))
		buf_printf(w->out, "%" PRIu64, v);
}

void json_out_decimal(struct json_out *w, int64_t v, unsigned digits)
{
	int64_t scale = 1;

	for (unsigned i = 0; i < digits; i++)
		scale *= 10;
	if (value(w))
		buf_printf(w->out, "%" PRId64 ".%0*" PRId64, v / scale, (int)digits, v % scale);
}

void json_out_bool(struct json_out *w, bool v)
{
	if (value(w))
		buf_str(w->out, v ? "true" : "false");
}

void json_out_null(struct json_out *w)
{
	if (value(w))
		buf_str(w->out, "null");
}

void json_out_value(struct json_out *w, const struct json *v)
{
	int64_t i = 0;

	switch (json_kind(v)) {
	case JSON_DICT:
	case JSON_LIST:
		if (w->depth == JSON_DEPTH) {
			w->out->failed = true;
			return;
		}
		open(w, json_is(v, JSON_DICT));
		for (size_t k = 0; k < json_count(v) && !w->out->failed; k++) {
			if (json_is(v, JSON_DICT))
				json_out_key_span(w, json_name(json_at(v, k)));
			json_out_value(w, json_at(v, k));
		}
		json_out_end(w);
		return;
	case JSON_TEXT:
		json_out_text(w, json_text(v));
		return;
	case JSON_INT:
		json_int(v, &i);
		json_out_int(w, i);
		return;
	case JSON_BOOL:
		json_out_bool(w, json_truth(v));
		return;
	case JSON_FRACTION:
		if (value(w))
			buf_printf(w->out, "%.17g", json_fraction(v));
		return;
	default:
		json_out_null(w);
	}
}
