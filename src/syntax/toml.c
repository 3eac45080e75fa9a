/* toml.c - headings, keys, strings and arrays of TOML.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "syntax/toml.h"

#include "base/ascii.h"
#include "syntax/json_value.h"
#include "syntax/utf8.h"

struct reading {
	struct cur in;
	struct json_making making;
	const char *why; /* what is wrong; NULL: nothing */
	int code;        /* of why */
};

static bool stop(struct reading *r, int code, const char *why)
{
	if (!r->why) {
		r->why = why;
		r->code = code;
	}
	return false;
}

static bool syntax(struct reading *r)
{
	return stop(r, SCOV_E_FORMAT, "bad syntax");
}

static bool add(struct reading *r, const struct json *v)
{
	return json_making_add(&r->making, v) || stop(r, SCOV_E_MEMORY, "out of memory");
}

static bool complete(struct reading *r, size_t mark, struct json *v)
{
	const char *why = json_making_end(&r->making, mark, v);

	return !why || stop(r, why == json_no_room ? SCOV_E_LIMIT : SCOV_E_FORMAT, why);
}

/* ---- blanks ---- */

static void skip_blanks(struct reading *r)
{
	while (ascii_is_blank(cur_peek(&r->in)))
		cur_skip(&r->in, 1);
}

static void skip_comment(struct reading *r)
{
	skip_blanks(r);
	if (cur_peek(&r->in) == '#')
		while (cur_left(&r->in) && cur_peek(&r->in) != '\n')
			cur_skip(&r->in, 1);
}

/* Blanks, comments and ends of lines. */
static void skip_lines(struct reading *r)
{
	for (skip_comment(r); ascii_is_space(cur_peek(&r->in)); skip_comment(r))
		cur_skip(&r->in, 1);
}

static bool line_ends(struct reading *r)
{
	skip_comment(r);
	if (cur_peek(&r->in) == '\r')
		cur_skip(&r->in, 1);
	if (!cur_left(&r->in))
		return true;
	if (cur_peek(&r->in) != '\n')
		return syntax(r);
	cur_skip(&r->in, 1);
	return true;
}

/* ---- texts ---- */

static bool next_is(const struct reading *r, struct span what)
{
	return span_starts(span_from(r->in.in, r->in.off), what);
}

/* After the backslash. */
static bool escape(struct reading *r, struct buf *b)
{
	static const char from[] = "\"\\bfnrt", into[] = "\"\\\b\f\n\r\t";
	uint8_t c = cur_u8(&r->in);
	const char *simple = c ? strchr(from, c) : NULL;
	uint8_t bytes[4];
	uint64_t code;

	if (simple) {
		buf_byte(b, into[simple - from]);
		return true;
	}
	if (ascii_is_space(c)) { /* the line goes on after it */
		while (ascii_is_space(cur_peek(&r->in)))
			cur_skip(&r->in, 1);
		return true;
	}
	if ((c != 'u' && c != 'U') ||
		!span_number(cur_take(&r->in, c == 'u' ? 4 : 8), 16, 0x10ffff, &code) ||
		(code >= 0xd800 && code <= 0xdfff))
		return syntax(r);
	buf_bytes(b, bytes, utf8_put((uint32_t)code, bytes));
	return true;
}

/* Up to its closing quotes, which are eaten. */
static bool quoted(struct reading *r, struct span quotes, struct buf *b)
{
	bool is_basic = span_at(quotes, 0) == '"';

	while (cur_left(&r->in)) {
		if (next_is(r, quotes)) {
			cur_skip(&r->in, quotes.len);
			return true;
		}
		uint8_t c = cur_u8(&r->in);

		if (c == '\n' && quotes.len == 1)
			return syntax(r);
		if (c == '\\' && is_basic) {
			if (!escape(r, b))
				return false;
		} else {
			buf_byte(b, (char)c);
		}
	}
	return stop(r, SCOV_E_FORMAT, "it ends early");
}

static bool keep(struct reading *r, struct span text, struct span *out)
{
	for (size_t i = 0, step; i < text.len; i += step) {
		step = utf8_step(text, i, NULL);
		if (!step)
			return stop(r, SCOV_E_FORMAT, "invalid UTF-8");
	}
	*out = arena_dup(r->making.arena, text);
	return out->p || stop(r, SCOV_E_LIMIT, json_no_room);
}

static bool text(struct reading *r, struct span *out)
{
	uint8_t q = cur_peek(&r->in);
	struct span three = q == '"' ? SPAN("\"\"\"") : SPAN("'''");
	bool is_long = next_is(r, three);
	struct span quotes = is_long ? three : span_sub(three, 0, 1);
	struct buf b = { 0 };
	bool ok;

	cur_skip(&r->in, quotes.len);
	if (is_long && cur_peek(&r->in) == '\n')
		cur_skip(&r->in, 1);
	ok = quoted(r, quotes, &b);
	if (b.failed)
		ok = stop(r, SCOV_E_MEMORY, "out of memory");
	ok = ok && keep(r, buf_view(&b), out);
	buf_release(&b);
	return ok;
}

static bool is_bare(uint8_t c)
{
	return ascii_is_alnum(c) || c == '_' || c == '-' || c == '.' || c == '+' || c == ':';
}

/* A bare or quoted key; also a number, a date, true and false. */
static bool word(struct reading *r, struct span *out)
{
	size_t from = r->in.off;

	if (cur_peek(&r->in) == '"' || cur_peek(&r->in) == '\'')
		return text(r, out);
	while (is_bare(cur_peek(&r->in)))
		cur_skip(&r->in, 1);
	return r->in.off > from ? keep(r, span_sub(r->in.in, from, r->in.off - from), out)
				: syntax(r);
}

/* ---- values ---- */

struct open {
	struct span name;
	size_t mark;
	bool is_dict;
};

static bool key(struct reading *r, struct span *out)
{
	if (!word(r, out))
		return false;
	skip_blanks(r);
	if (cur_peek(&r->in) != '=')
		return syntax(r);
	cur_skip(&r->in, 1);
	skip_blanks(r);
	return true;
}

static bool scalar(struct reading *r, struct span name)
{
	struct json v = { .name = name, .kind = JSON_TEXT };

	return word(r, &v.text) && add(r, &v);
}

static bool closes(struct reading *r, const struct open *o)
{
	struct json v = { .name = o->name, .kind = o->is_dict ? JSON_DICT : JSON_LIST };

	cur_skip(&r->in, 1);
	return complete(r, o->mark, &v) && add(r, &v);
}

static bool value(struct reading *r, struct span name)
{
	struct open open[TOML_DEPTH];
	size_t depth = 0;
	bool may_begin = true; /* a value: at the start, or after a comma */

	do {
		const struct open *in = depth ? &open[depth - 1] : NULL;
		uint8_t c = cur_peek(&r->in);

		if (in && c == (in->is_dict ? '}' : ']')) {
			if (!closes(r, &open[--depth]))
				return false;
			may_begin = false;
		} else if (c == ',' && !may_begin) {
			cur_skip(&r->in, 1);
			may_begin = true;
		} else if (!may_begin || (in && in->is_dict && !key(r, &name))) {
			return syntax(r);
		} else if (cur_peek(&r->in) == '[' || cur_peek(&r->in) == '{') {
			if (depth == TOML_DEPTH)
				return stop(r, SCOV_E_LIMIT, "nested too deep");
			open[depth++] = (struct open){ name, json_making_mark(&r->making),
				cur_u8(&r->in) == '{' };
			name = (struct span){ 0 };
		} else {
			if (!scalar(r, name))
				return false;
			may_begin = false;
		}
		if (depth)
			skip_lines(r);
	} while (depth);
	return true;
}

static bool setting(struct reading *r)
{
	struct span name;

	return key(r, &name) && value(r, name) && line_ends(r);
}

static bool heading(struct reading *r, struct json *v)
{
	cur_skip(&r->in, 1);
	*v = (struct json){ .kind = JSON_DICT };
	if (!word(r, &v->name))
		return false;
	if (cur_peek(&r->in) != ']')
		return syntax(r);
	cur_skip(&r->in, 1);
	return line_ends(r);
}

static bool document(struct reading *r, struct json *root)
{
	struct json table;
	size_t mark = 0;
	bool in_table = false;

	for (skip_lines(r); cur_left(&r->in); skip_lines(r)) {
		if (cur_peek(&r->in) != '[') {
			if (!setting(r))
				return false;
			continue;
		}
		if (in_table && (!complete(r, mark, &table) || !add(r, &table)))
			return false;
		if (!heading(r, &table))
			return false;
		in_table = true;
		mark = json_making_mark(&r->making);
	}
	if (in_table && (!complete(r, mark, &table) || !add(r, &table)))
		return false;
	return complete(r, 0, root);
}

static size_t line_at(struct span in, size_t off)
{
	size_t line = 1;

	for (size_t i = 0; i < off; i++)
		line += span_at(in, i) == '\n';
	return line;
}

int toml_parse(struct span in, size_t limit, struct arena *a, const struct json **out,
	struct scov_err *err)
{
	struct reading r = { .in = cur_over(in), .making = { .arena = a } };
	struct json *root = arena_alloc(a, sizeof(*root));

	if (in.len > limit)
		return err_fail(
			err, SCOV_E_LIMIT, "TOML too large: %zu bytes (limit %zu)", in.len, limit);
	if (!root)
		return arena_check(a, err);
	*root = (struct json){ .kind = JSON_DICT };
	bool ok = document(&r, root);

	json_making_release(&r.making);
	if (ok) {
		*out = root;
		return 0;
	}
	if (r.code == SCOV_E_MEMORY)
		return err_memory(err);
	return err_fail(err, r.code, "%s: line %zu: %s",
		r.code == SCOV_E_LIMIT ? "TOML too large" : "not TOML", line_at(in, r.in.off),
		r.why);
}
