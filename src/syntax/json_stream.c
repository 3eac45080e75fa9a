/* json_stream.c - the one parser of JSON: a state machine over pieces.
 *
 * Sources: RFC 8259 and RFC 3629. What is refused is in json.h. A token that ends in a later
 * piece is kept in `token`.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "syntax/json_stream.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/ascii.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/hashtable.h"
#include "syntax/json_value.h"
#include "syntax/utf8.h"

enum {
	WORD_MAX = 512,    /* bytes of a number */
	TOKEN_KEPT = 4096, /* capacity of `token` that stays for the next one */
};

enum state {
	MARK,          /* the first bytes: is there a byte order mark? */
	VALUE,         /* a value */
	FIRST_ELEMENT, /* a value or ] */
	FIRST_NAME,    /* a name or } */
	NAME,
	COLON,
	NEXT, /* a comma or the end of the innermost object or list */
	DONE, /* nothing more but blanks */
	STRING,
	WORD, /* a number, true, false, null */
};

struct frame {
	bool is_dict;
	uint8_t how;      /* enum json_choice */
	struct span name; /* of one that is taken: its own name, in the arena */
	size_t first;     /* of one that is taken: the mark of its members */
	/* Of one that was entered: hashes of its members' names. */
	struct arena memory;
	struct table names;
	VEC(uint64_t) hashes;
};

struct json_stream {
	struct json_stream_events ev;
	void *ctx;
	bool many;
	struct arena own, *arena; /* of what is taken; own, but for json_take */
	struct json_making making;
	uint8_t state, mark;
	bool is_name;           /* the string is one */
	bool escaped, escapes;  /* the last byte was a backslash; there is one in the string */
	uint8_t high;           /* its bytes, or-ed */
	bool any;               /* there was a value */
	size_t depth, taken_at; /* frames that are open; of the one that is taken */
	size_t values;          /* in it */
	const char *fault;      /* of the value that was read last; NULL: none */
	int fault_code;
	uint64_t fault_line, fault_column;
	struct span in;             /* the piece */
	size_t i;                   /* the next byte of it */
	uint64_t line, at, line_at; /* lines before; bytes before this piece and this line */
	struct buf token;
	struct span name; /* of the member that comes, in the arena */
	struct hash_key key;
	struct json_step path[JSON_DEPTH];
	struct frame frames[JSON_DEPTH];
	uint8_t (*names)[JSON_PATH_NAME_MAX]; /* of path: JSON_DEPTH of them */
};

static uint64_t column(const struct json_stream *s)
{
	return s->at + s->i - s->line_at + 1;
}

static int refuse(const struct json_stream *s, const char *what, struct scov_err *err)
{
	return err_fail(err, SCOV_E_FORMAT, "not JSON: line %llu, column %llu: %s",
		(unsigned long long)s->line + 1, (unsigned long long)column(s), what);
}

static enum json_choice how_here(const struct json_stream *s)
{
	return s->depth ? (enum json_choice)s->frames[s->depth - 1].how : JSON_ENTER;
}

static bool builds(const struct json_stream *s)
{
	return how_here(s) == JSON_TAKE && !s->fault;
}

static void blame(struct json_stream *s, int code, const char *why)
{
	if (s->fault)
		return;
	s->fault = why;
	s->fault_code = code;
	s->fault_line = s->line + 1;
	s->fault_column = column(s);
}

static void blame_memory(struct json_stream *s)
{
	blame(s, SCOV_E_LIMIT, json_no_room);
}

/* ---- values ---- */

/* To the caller, with what was wrong in it. */
static int deliver(struct json_stream *s, const struct json *v, struct scov_err *err)
{
	int code = 0;

	if (s->arena->failed == SCOV_E_MEMORY || json_making_failed(&s->making))
		return err_memory(err);
	if (s->arena->failed)
		blame_memory(s);
	if (!s->fault)
		code = s->ev.value(s->ctx, s->path, s->depth, v, err);
	else if (s->ev.fault)
		s->ev.fault(s->ctx, s->path, s->depth, s->fault);
	if (s->arena == &s->own)
		arena_reset(s->arena);
	return code;
}

/* What comes next in this list, object or stream. */
static void follow(struct json_stream *s)
{
	s->any = true;
	s->state = s->depth ? NEXT : s->many ? VALUE : DONE;
}

/* A value is complete. */
static int put(struct json_stream *s, struct json v, struct scov_err *err)
{
	enum json_choice how = how_here(s);

	follow(s);
	if (how == JSON_ENTER)
		return deliver(s, &v, err);
	if (how == JSON_PASS || s->fault)
		return 0;
	if (++s->values > JSON_VALUES)
		blame(s, SCOV_E_LIMIT, "it has too many values");
	return json_making_add(&s->making, &v) ? 0 : err_memory(err);
}

static int begin(struct json_stream *s, bool is_dict, struct scov_err *err)
{
	enum json_choice how = how_here(s);

	if (s->depth == JSON_DEPTH)
		return err_fail(err, SCOV_E_LIMIT, "JSON nested deeper than %d", JSON_DEPTH);
	if (how == JSON_ENTER) {
		if (s->ev.begins)
			how = s->ev.begins(
				s->ctx, s->path, s->depth, is_dict ? JSON_DICT : JSON_LIST);
		else
			how = JSON_TAKE;
		s->taken_at = s->depth;
		s->values = 0;
		s->name = (struct span){ 0 };
	}
	struct frame *f = &s->frames[s->depth];

	f->is_dict = is_dict;
	f->how = (uint8_t)how;
	f->name = s->name;
	f->first = json_making_mark(&s->making);
	s->path[s->depth] = (struct json_step){ 0 };
	s->name = (struct span){ 0 };
	s->depth++;
	s->any = true;
	s->state = is_dict ? FIRST_NAME : FIRST_ELEMENT;
	return 0;
}

static int end(struct json_stream *s, struct scov_err *err)
{
	struct frame *f = &s->frames[--s->depth];
	struct json v = { .name = f->name, .kind = f->is_dict ? JSON_DICT : JSON_LIST };

	if (f->how == JSON_ENTER) {
		arena_reset(&f->memory);
		f->names = (struct table){ 0 };
		f->hashes.p = NULL;
		f->hashes.n = f->hashes.cap = 0;
	}
	if (f->how != JSON_TAKE) {
		follow(s);
		return 0;
	}
	const char *why = json_making_end(&s->making, f->first, &v);

	if (why)
		blame(s, why == json_no_room ? SCOV_E_LIMIT : SCOV_E_FORMAT, why);
	return put(s, v, err);
}

/* ---- strings ---- */

static bool hex4(struct span raw, size_t i, uint32_t *out)
{
	uint64_t v;

	if (raw.len - i < 4 || !span_number(span_sub(raw, i, 4), 16, UINT16_MAX, &v))
		return false;
	*out = (uint32_t)v;
	return true;
}

/* One escape, *i at the byte after the backslash. The bytes written; 0: a bad one. */
static size_t unescape(struct span raw, size_t *i, uint8_t *to)
{
	static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
	uint8_t c = span_at(raw, (*i)++);
	const char *simple = c ? strchr(from, c) : NULL;
	uint32_t code, low;

	if (simple) {
		to[0] = (uint8_t)into[simple - from];
		return 1;
	}
	if (c != 'u' || !hex4(raw, *i, &code))
		return 0;
	*i += 4;
	if (code >= 0xdc00 && code <= 0xdfff)
		return 0;
	if (code >= 0xd800 && code <= 0xdbff) {
		if (span_at(raw, *i) != '\\' || span_at(raw, *i + 1) != 'u' ||
			!hex4(raw, *i + 2, &low) || low < 0xdc00 || low > 0xdfff)
			return 0;
		*i += 6;
		code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
	}
	return utf8_put(code, to);
}

static bool is_utf8(struct span s)
{
	for (size_t i = 0, step; i < s.len; i += step) {
		step = utf8_step(s, i, NULL);
		if (!step)
			return false;
	}
	return true;
}

/* What was between the quotes, into `to`, which has room for raw.len bytes. NULL: it is text. */
static const char *decode(const struct json_stream *s, struct span raw, uint8_t *to, size_t *len)
{
	size_t n = 0;

	if (s->high >= 0x80 && !is_utf8(raw))
		return "invalid UTF-8";
	if (!s->escapes) {
		if (raw.len)
			memcpy(to, raw.p, raw.len);
		*len = raw.len;
		return NULL;
	}
	for (size_t i = 0; i < raw.len;) {
		uint8_t c = span_at(raw, i++);

		if (c != '\\') {
			to[n++] = c;
			continue;
		}
		size_t more = unescape(raw, &i, to + n);

		if (!more)
			return "a bad escape";
		n += more;
	}
	*len = n;
	return NULL;
}

/* A copy in the arena; the empty span when there is none, with the fault noted. */
static struct span text_of(struct json_stream *s, struct span raw)
{
	size_t len = 0;
	uint8_t *to = arena_alloc(s->arena, raw.len);
	const char *why = to ? decode(s, raw, to, &len) : NULL;

	if (!to)
		blame_memory(s);
	if (why)
		blame(s, SCOV_E_FORMAT, why);
	return why || !to ? (struct span){ 0 } : span_of(to, len);
}

/* A name in an object that was entered. */
static int enter_name(struct json_stream *s, struct span raw, struct scov_err *err)
{
	struct frame *f = &s->frames[s->depth - 1];
	struct json_step *step = &s->path[s->depth - 1];
	uint8_t *to = s->names[s->depth - 1];
	size_t len = 0;

	if (raw.len > JSON_PATH_NAME_MAX)
		return err_fail(err, SCOV_E_LIMIT, "a name of %zu bytes in JSON (limit %d)",
			raw.len, JSON_PATH_NAME_MAX);
	const char *why = decode(s, raw, to, &len);

	if (!why && memchr(to, 0, len))
		why = "NUL in a key";
	if (why)
		return refuse(s, why, err);
	step->name = span_of(to, len);
	f->memory.limit = JSON_ENTERED_MAX / JSON_DEPTH;
	uint64_t hash = hash_span(s->key, step->name);

	if (!table_room(&f->names, &f->memory))
		return arena_check(&f->memory, err);
	struct table_slot *slot = table_next(&f->names, hash, NULL);

	while (slot->row && f->hashes.p[slot->row - 1] != hash)
		slot = table_next(&f->names, hash, slot);
	if (slot->row)
		return refuse(s, "a key twice", err);
	if (!vec_add(&f->hashes, &f->memory, &hash))
		return arena_check(&f->memory, err);
	table_put(&f->names, slot, hash, f->hashes.n - 1);
	return 0;
}

static int name_ends(struct json_stream *s, struct span raw, struct scov_err *err)
{
	s->state = COLON;
	if (how_here(s) == JSON_ENTER)
		return enter_name(s, raw, err);
	if (!builds(s))
		return 0;
	s->name = text_of(s, raw);
	if (s->name.len && memchr(s->name.p, 0, s->name.len))
		blame(s, SCOV_E_FORMAT, "NUL in a key");
	return 0;
}

static int string_ends(struct json_stream *s, struct span raw, struct scov_err *err)
{
	struct json v = { .name = s->name, .kind = JSON_TEXT };

	if (s->is_name)
		return name_ends(s, raw, err);
	if (how_here(s) == JSON_ENTER)
		v.name = s->depth ? s->path[s->depth - 1].name : (struct span){ 0 };
	if (how_here(s) == JSON_ENTER || builds(s))
		v.text = text_of(s, raw);
	return put(s, v, err);
}

/* Bytes of a string that need no look: all but quotes, backslashes and control bytes; eight at once
 * where none of them has its high bit set. */
static size_t plain_run(struct span in, size_t i, uint8_t *high)
{
	const uint64_t ones = UINT64_MAX / 255, tops = ones << 7;
	uint8_t all = *high;

	for (uint64_t w; in.len - i >= sizeof(w); i += sizeof(w)) {
		memcpy(&w, in.p + i, sizeof(w));
		uint64_t quote = w ^ ones * '"', slash = w ^ ones * '\\';

		/* A top bit that a byte below ' ', or equal to one of the two, leaves. */
		if ((w | (w - ones * ' ') | (quote - ones) | (slash - ones)) & tops)
			break;
	}
	for (; i < in.len; i++) {
		uint8_t c = span_at(in, i);

		if (c == '"' || c == '\\' || c < ' ')
			break;
		all |= c;
	}
	*high = all;
	return i;
}

static int keep(struct json_stream *s, struct span part, struct scov_err *err)
{
	bool wanted = how_here(s) == JSON_ENTER || builds(s);
	size_t room = s->arena->limit ? s->arena->limit : SIZE_MAX;

	if (!wanted || !part.len)
		return 0;
	if (how_here(s) == JSON_ENTER && s->is_name)
		room = JSON_PATH_NAME_MAX;
	if (part.len > room || s->token.len > room - part.len) {
		if (room == JSON_PATH_NAME_MAX)
			return err_fail(err, SCOV_E_LIMIT, "a name of over %d bytes in JSON",
				JSON_PATH_NAME_MAX);
		blame_memory(s);
		s->token.len = 0;
		return 0;
	}
	buf_span(&s->token, part);
	return s->token.failed ? err_memory(err) : 0;
}

static int string_closes(struct json_stream *s, struct span part, struct scov_err *err)
{
	int code;

	if (!s->token.len)
		return string_ends(s, part, err);
	code = keep(s, part, err);
	if (!code)
		code = string_ends(s, buf_view(&s->token), err);
	s->token.len = 0;
	if (s->token.cap > TOKEN_KEPT)
		buf_release(&s->token);
	return code;
}

static int string_goes_on(struct json_stream *s, struct scov_err *err)
{
	size_t from = s->i;

	for (; s->i < s->in.len; s->i++) {
		if (!s->escaped)
			s->i = plain_run(s->in, s->i, &s->high);
		if (s->i == s->in.len)
			break;
		uint8_t c = span_at(s->in, s->i);

		if (c < ' ')
			return refuse(s, "a control byte in a string", err);
		if (c == '"' && !s->escaped)
			return string_closes(s, span_sub(s->in, from, s->i++ - from), err);
		s->escaped = !s->escaped;
		s->escapes = true;
	}
	return keep(s, span_from(s->in, from), err);
}

/* ---- numbers and words ---- */

static size_t digits(struct cur *c)
{
	size_t from = c->off;

	while (ascii_is_digit(cur_peek(c)))
		cur_skip(c, 1);
	return c->off - from;
}

/* False: not a number as RFC 8259 has it. */
static bool is_number(struct span word, bool *is_whole)
{
	struct cur c = cur_over(word);

	*is_whole = true;
	if (cur_peek(&c) == '-')
		cur_skip(&c, 1);
	if (cur_peek(&c) == '0')
		cur_skip(&c, 1);
	else
		cur_need(&c, digits(&c) > 0);
	if (cur_peek(&c) == '.') {
		*is_whole = false;
		cur_skip(&c, 1);
		cur_need(&c, digits(&c) > 0);
	}
	if ((cur_peek(&c) | 0x20) == 'e') {
		*is_whole = false;
		cur_skip(&c, 1);
		if (cur_peek(&c) == '+' || cur_peek(&c) == '-')
			cur_skip(&c, 1);
		cur_need(&c, digits(&c) > 0);
	}
	return !c.bad && !cur_left(&c);
}

static void number_of(struct json_stream *s, bool is_whole, struct json *v)
{
	struct span word = buf_view(&s->token);
	bool negative = span_at(word, 0) == '-';
	uint64_t n;

	if (!is_whole) {
		v->kind = JSON_FRACTION;
		v->fraction = strtod(s->token.p, NULL);
		if (isinf(v->fraction))
			blame(s, SCOV_E_FORMAT, "a number out of range");
		return;
	}
	v->kind = JSON_INT;
	if (!span_number(span_from(word, negative), 10, (uint64_t)INT64_MAX + negative, &n)) {
		blame(s, SCOV_E_FORMAT, "a number out of range");
		return;
	}
	v->integer = negative ? (int64_t)(0 - n) : (int64_t)n;
}

static int word_ends(struct json_stream *s, struct scov_err *err)
{
	struct span word = buf_view(&s->token);
	struct json v = { .name = s->name };
	bool is_whole;

	if (how_here(s) == JSON_ENTER)
		v.name = s->depth ? s->path[s->depth - 1].name : (struct span){ 0 };
	if (span_eq(word, SPAN("true")) || span_eq(word, SPAN("false"))) {
		v.kind = JSON_BOOL;
		v.truth = word.len == 4;
	} else if (span_eq(word, SPAN("null"))) {
		v.kind = JSON_NIL;
	} else if (!is_number(word, &is_whole)) {
		return refuse(s, "bad syntax", err);
	} else if (how_here(s) != JSON_PASS) {
		number_of(s, is_whole, &v);
	}
	s->token.len = 0;
	return put(s, v, err);
}

static bool is_of_word(uint8_t c)
{
	return ascii_is_alnum(c) || c == '-' || c == '+' || c == '.';
}

static int word_goes_on(struct json_stream *s, struct scov_err *err)
{
	size_t from = s->i;

	while (s->i < s->in.len && is_of_word(span_at(s->in, s->i)))
		s->i++;
	if (s->token.len + (s->i - from) > WORD_MAX)
		return refuse(s, "a number that is too long", err);
	buf_span(&s->token, span_sub(s->in, from, s->i - from));
	if (s->token.failed)
		return err_memory(err);
	return s->i < s->in.len ? word_ends(s, err) : 0;
}

/* ---- what is between ---- */

static void string_begins(struct json_stream *s, bool is_name)
{
	s->state = STRING;
	s->is_name = is_name;
	s->escaped = s->escapes = false;
	s->high = 0;
	s->token.len = 0;
}

static int value_begins(struct json_stream *s, uint8_t c, struct scov_err *err)
{
	if (how_here(s) == JSON_ENTER)
		s->fault = NULL;
	if (c == '<' && !s->any)
		return err_fail(err, SCOV_E_FORMAT, "not JSON: looks like HTML or XML");
	if (is_of_word(c)) {
		s->token.len = 0;
		s->state = WORD;
		return 0;
	}
	if (c != '{' && c != '[' && c != '"')
		return refuse(s, "bad syntax", err);
	s->i++;
	if (c != '"')
		return begin(s, c == '{', err);
	string_begins(s, false);
	return 0;
}

static int comma(struct json_stream *s, bool is_dict)
{
	s->path[s->depth - 1].at++;
	s->name = (struct span){ 0 };
	s->state = is_dict ? NAME : VALUE;
	return 0;
}

/* A byte that is not a blank, in no string and no word. */
static int punctuation(struct json_stream *s, uint8_t c, struct scov_err *err)
{
	bool is_dict = s->depth && s->frames[s->depth - 1].is_dict;
	bool closes = s->depth && c == (is_dict ? '}' : ']');
	bool may_close = s->state == FIRST_NAME || s->state == FIRST_ELEMENT || s->state == NEXT;

	if (s->state == VALUE || (s->state == FIRST_ELEMENT && !closes))
		return value_begins(s, c, err);
	s->i++;
	if (may_close && closes)
		return end(s, err);
	if (s->state == NEXT && c == ',')
		return comma(s, is_dict);
	if (s->state == COLON && c == ':') {
		s->state = VALUE;
		return 0;
	}
	if ((s->state == FIRST_NAME || s->state == NAME) && c == '"') {
		string_begins(s, true);
		return 0;
	}
	s->i--;
	return refuse(s, "bad syntax", err);
}

/* The first bytes: one of the mark, or of the text. */
static int mark(struct json_stream *s, uint8_t c, struct scov_err *err)
{
	static const uint8_t bytes[] = { 0xef, 0xbb, 0xbf };

	if (c != bytes[s->mark]) {
		s->state = VALUE;
		return s->mark ? refuse(s, "bad syntax", err) : 0;
	}
	s->i++;
	if (++s->mark == sizeof(bytes)) {
		s->state = VALUE;
		s->line_at = sizeof(bytes);
	}
	return 0;
}

static void skip_blanks(struct json_stream *s)
{
	size_t i = s->i;

	for (; i < s->in.len && ascii_is_space(s->in.p[i]); i++)
		if (s->in.p[i] == '\n') {
			s->line++;
			s->line_at = s->at + i + 1;
		}
	s->i = i;
}

static int between(struct json_stream *s, struct scov_err *err)
{
	if (s->state == MARK)
		return mark(s, span_at(s->in, s->i), err);
	skip_blanks(s);
	return s->i < s->in.len ? punctuation(s, span_at(s->in, s->i), err) : 0;
}

struct json_stream *json_stream_open(
	const struct json_stream_events *ev, void *ctx, size_t value_memory, bool many)
{
	struct json_stream *s = mem_alloc(sizeof(*s));

	if (s)
		s->names = mem_alloc(JSON_DEPTH * sizeof(*s->names));
	if (!s || !s->names) {
		mem_free(s);
		return NULL;
	}
	s->ev = *ev;
	s->ctx = ctx;
	s->many = many;
	s->own.limit = value_memory;
	s->arena = s->making.arena = &s->own;
	s->key = hash_random_key();
	return s;
}

int json_stream_push(struct json_stream *s, struct span piece, struct scov_err *err)
{
	int code = 0;

	s->in = piece;
	s->i = 0;
	while (s->i < piece.len && !code) {
		if (s->state == STRING)
			code = string_goes_on(s, err);
		else if (s->state == WORD)
			code = word_goes_on(s, err);
		else
			code = between(s, err);
	}
	s->at += piece.len;
	s->i = 0;
	return code;
}

int json_stream_end(struct json_stream *s, struct scov_err *err)
{
	int code = s->state == WORD && !s->depth ? word_ends(s, err) : 0;

	if (code)
		return code;
	if (!s->any && s->state <= VALUE)
		return err_fail(err, SCOV_E_FORMAT, "not JSON: empty");
	if (s->state == DONE || (s->many && !s->depth && s->state == VALUE))
		return 0;
	return refuse(s, "it ends early", err);
}

static void release(struct json_stream *s)
{
	for (size_t i = 0; i < JSON_DEPTH; i++)
		arena_release(&s->frames[i].memory);
	arena_release(&s->own);
	buf_release(&s->token);
	json_making_release(&s->making);
	mem_free(s->names);
	mem_free(s);
}

void json_stream_free(struct json_stream *s)
{
	if (s)
		release(s);
}

/* ---- one document, all of it taken ---- */

static int take(void *ctx, const struct json_step *path, size_t steps, const struct json *v,
	struct scov_err *err)
{
	(void)path;
	(void)steps;
	(void)err;
	*(struct json *)ctx = *v;
	return 0;
}

/* Nothing is entered: neither names nor the key of their table are made, so a worker may do it. */
int json_take(struct span in, struct arena *a, struct json *out, struct scov_err *err)
{
	struct json_stream *s = mem_alloc(sizeof(*s));
	int code;

	if (!s)
		return err_memory(err);
	s->ev.value = take;
	s->ctx = out;
	s->arena = s->making.arena = a;
	s->state = VALUE;
	code = json_stream_push(s, in, err);
	if (!code)
		code = json_stream_end(s, err);
	if (!code && s->fault)
		code = err_fail(err, s->fault_code, "%s: line %llu, column %llu: %s",
			s->fault_code == SCOV_E_LIMIT ? "JSON too large" : "not JSON",
			(unsigned long long)s->fault_line, (unsigned long long)s->fault_column,
			s->fault);
	release(s);
	return code;
}
