/* serial.c - part facts as bytes: one table of fields drives the writer and the reader.
 *
 * A record array is a message: field 1 the count of rows, then one packed column a
 * field. A column whose rows are all zero is left out, but for the first, so that the count
 * of rows never exceeds the bytes of the message. Numbers of fields ascend, none comes
 * twice, none is unknown: what the schema's number does not name is refused.
 *
 * Source: protobuf.dev, "Encoding" (varints, packed repeated fields, ZigZag).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "facts/serial.h"

#include <string.h>

#include "base/err.h"
#include "facts/schema.h"

enum { WIRE_VARINT = 0, WIRE_BYTES = 2 };
enum {
	PART_SCHEMA = 1,
	PART_KIND,
	PART_COMPLETE,
	PART_BLOB_SIZE,
	PART_SIZE,
	PART_DIGEST_ALGORITHM,
	PART_DIFF_ID,
	PART_HAS_XATTRS,
	PART_HAS_STARS
};
enum { ROWS = 1 };

/* Where the writer's bytes go; p NULL: they are only counted. Once over cap nothing is written. */
struct sink {
	uint8_t *p;
	size_t cap, len;
};

static void put_bytes(struct sink *s, const void *p, size_t len)
{
	if (s->p && len && s->len <= s->cap && len <= s->cap - s->len)
		memcpy(s->p + s->len, p, len);
	s->len += len;
}

static void put_varint(struct sink *s, uint64_t v)
{
	uint8_t bytes[10];
	size_t n = 0;

	for (; v >= 0x80; v >>= 7)
		bytes[n++] = (uint8_t)(v | 0x80);
	bytes[n++] = (uint8_t)v;
	put_bytes(s, bytes, n);
}

static void put_tag(struct sink *s, unsigned number, unsigned wire)
{
	put_varint(s, number << 3 | wire);
}

static uint64_t zigzag(uint64_t difference)
{
	return difference << 1 ^ (difference >> 63 ? UINT64_MAX : 0);
}

static uint64_t unzigzag(uint64_t v)
{
	return v >> 1 ^ (v & 1 ? UINT64_MAX : 0);
}

/* A field's number as stored in the record. Spans: their length. */
static uint64_t field_get(const struct field *f, const uint8_t *row)
{
	const uint8_t *at = row + f->offset;
	struct span s;
	uint64_t wide;
	uint32_t u;

	switch (f->kind) {
	case FIELD_SPAN:
		memcpy(&s, at, sizeof(s));
		return s.len;
	case FIELD_BOOL:
	case FIELD_U8:
		return *at;
	case FIELD_U64:
	case FIELD_HASH:
	case FIELD_TIME:
		memcpy(&wide, at, sizeof(wide));
		return wide;
	default:
		memcpy(&u, at, sizeof(u));
		return u;
	}
}

static inline void field_set(const struct field *f, uint8_t *row, uint64_t v)
{
	uint8_t *at = row + f->offset;
	uint32_t u = (uint32_t)v;

	switch (f->kind) {
	case FIELD_BOOL:
	case FIELD_U8:
		*at = (uint8_t)v;
		break;
	case FIELD_U64:
	case FIELD_HASH:
	case FIELD_TIME:
		memcpy(at, &v, sizeof(v));
		break;
	default:
		memcpy(at, &u, sizeof(u));
	}
}

static bool is_difference(const struct field *f)
{
	return f->kind >= FIELD_TIME;
}

static bool column_is_zero(const struct field *f, const struct record *r, const struct raw_vec *v)
{
	for (size_t i = 0; i < v->n; i++)
		if (field_get(f, v->p + i * r->size))
			return false;
	return true;
}

static void put_numbers(
	struct sink *s, const struct field *f, const struct record *r, const struct raw_vec *v)
{
	uint64_t before = 0;

	for (size_t i = 0; i < v->n; i++) {
		uint64_t n = field_get(f, v->p + i * r->size);

		if (f->kind == FIELD_HASH) {
			uint8_t bytes[8];

			for (unsigned b = 0; b < 8; b++)
				bytes[b] = (uint8_t)(n >> 8 * b);
			put_bytes(s, bytes, sizeof(bytes));
		} else {
			put_varint(s, is_difference(f) ? zigzag(n - before) : n);
			before = n;
		}
	}
}

static void put_texts(
	struct sink *s, const struct field *f, const struct record *r, const struct raw_vec *v)
{
	for (size_t i = 0; i < v->n; i++) {
		struct span text;

		memcpy(&text, v->p + i * r->size + f->offset, sizeof(text));
		put_bytes(s, text.p, text.len);
	}
}

typedef void put_column(
	struct sink *s, const struct field *f, const struct record *r, const struct raw_vec *v);

static void put_with_length(struct sink *s, unsigned number, put_column *put, const struct field *f,
	const struct record *r, const struct raw_vec *v)
{
	struct sink count = { 0 };

	put(&count, f, r, v);
	put_tag(s, number, WIRE_BYTES);
	put_varint(s, count.len);
	if (s->p)
		put(s, f, r, v);
	else
		s->len += count.len;
}

static void put_record(
	struct sink *s, const struct field *none, const struct record *r, const struct raw_vec *v)
{
	(void)none;
	put_tag(s, ROWS, WIRE_VARINT);
	put_varint(s, v->n);
	for (size_t i = 0; i < r->fields_n; i++) {
		const struct field *f = &r->fields[i];

		if (i && column_is_zero(f, r, v))
			continue;
		put_with_length(s, f->number, put_numbers, f, r, v);
		if (f->kind == FIELD_SPAN)
			put_with_length(s, f->number + 1u, put_texts, f, r, v);
	}
}

static size_t diff_id_size(uint8_t algorithm)
{
	return algorithm == DIGEST_SHA256 ? 32 : algorithm == DIGEST_SHA512 ? 64 : 0;
}

static void put_head(struct sink *s, const struct part *p)
{
	const uint64_t head[] = {
		[PART_SCHEMA] = FACTS_SCHEMA,
		[PART_KIND] = p->kind,
		[PART_COMPLETE] = p->complete,
		[PART_BLOB_SIZE] = p->blob_size,
		[PART_SIZE] = p->size,
		[PART_DIGEST_ALGORITHM] = p->diff_id.algorithm,
		[PART_HAS_XATTRS] = p->has_xattrs,
		[PART_HAS_STARS] = p->has_stars,
	};

	for (unsigned i = PART_SCHEMA; i <= PART_HAS_STARS; i++) {
		if (i == PART_DIFF_ID && diff_id_size(p->diff_id.algorithm)) {
			put_tag(s, i, WIRE_BYTES);
			put_varint(s, diff_id_size(p->diff_id.algorithm));
			put_bytes(s, p->diff_id.bytes, diff_id_size(p->diff_id.algorithm));
		} else if (head[i]) {
			put_tag(s, i, WIRE_VARINT);
			put_varint(s, head[i]);
		}
	}
}

int facts_write(const struct part *p, uint8_t *out, size_t cap, size_t *len, struct scov_err *err)
{
	struct sink s = { .p = out, .cap = cap };

	put_head(&s, p);
	for (size_t i = 0; i < RECORDS; i++) {
		const struct record *r = &part_records[i];
		struct raw_vec v;

		memcpy(&v, (const uint8_t *)p + r->offset, sizeof(v));
		if (v.n)
			put_with_length(&s, r->number, put_record, NULL, r, &v);
		if (s.len > cap)
			break;
	}
	if (s.len > cap)
		return err_fail(err, SCOV_E_LIMIT, "facts too large (limit %zu bytes)", cap);
	*len = s.len;
	return 0;
}

/* ---- reading ---- */

struct reader {
	const struct limits *limits;
	struct arena *arena;
	struct part *part;
	struct scov_err *err;
};

static int refuse(
	const struct reader *r, const struct record *rec, const struct field *f, const char *why)
{
	return err_fail(r->err, SCOV_E_FORMAT, "facts: %s%s%s: %s", rec ? rec->name : "head",
		f ? "." : "", f ? f->name : "", why);
}

/* Exclusive bound of an index; 0 with FIELD_ENTRY and no entries means that no index is right. */
static uint64_t index_bound(const struct reader *r, const struct field *f)
{
	return f->kind == FIELD_OWNER ? r->part->owners.n : r->part->entries.n;
}

static bool is_index(const struct field *f)
{
	return f->kind == FIELD_ENTRY || f->kind == FIELD_ENTRY_OR_NONE || f->kind == FIELD_OWNER;
}

/* One loop a kind: the compiler takes the questions about it out of the loop. */
static inline __attribute__((always_inline)) bool numbers_of(enum field_kind kind,
	const struct field *f, struct cur *c, uint64_t bound, uint8_t *row, size_t rows,
	size_t size)
{
	bool is_delta = kind >= FIELD_TIME, is_ref = kind > FIELD_TIME, good = true;
	struct field same = { .kind = (uint8_t)kind, .offset = f->offset };
	uint64_t before = 0, min = f->min, max = f->max;

	for (; rows; rows--, row += size) {
		uint64_t n = kind == FIELD_HASH ? cur_le64(c) : cur_varint(c);

		if (is_delta)
			n = before + unzigzag(n);
		before = n;
		if (is_ref)
			good &= n < bound || (kind == FIELD_ENTRY_OR_NONE && n == NO_ENTRY);
		else if (!is_delta)
			good &= n >= min && n <= max;
		field_set(&same, row, n);
	}
	return good;
}

static int read_numbers(const struct reader *r, const struct record *rec, const struct field *f,
	struct span bytes, struct raw_vec *v)
{
	struct cur c = cur_over(bytes);
	uint64_t bound = is_index(f) ? index_bound(r, f) : 0;
	bool good = false;

	switch (f->kind) {
#define LOOP(kind)                                                                                 \
	case kind:                                                                                 \
		good = numbers_of(kind, f, &c, bound, v->p, v->n, rec->size);                      \
		break
		LOOP(FIELD_BOOL);
		LOOP(FIELD_U8);
		LOOP(FIELD_U32);
		LOOP(FIELD_U64);
		LOOP(FIELD_HASH);
		LOOP(FIELD_TIME);
		LOOP(FIELD_ENTRY);
		LOOP(FIELD_ENTRY_OR_NONE);
		LOOP(FIELD_OWNER);
#undef LOOP
	}
	if (c.bad || cur_left(&c))
		return refuse(r, rec, f, "column length differs from the number of rows");
	return good ? 0 : refuse(r, rec, f, "a value out of range");
}

static int read_texts(const struct reader *r, const struct record *rec, const struct field *f,
	struct span lengths, struct span bytes, struct raw_vec *v)
{
	struct cur len = cur_over(lengths), text = cur_over(bytes);

	for (size_t i = 0; i < v->n; i++) {
		uint64_t n = cur_varint(&len);
		struct span s = cur_take(&text, n > SIZE_MAX ? SIZE_MAX : (size_t)n);

		memcpy(v->p + i * rec->size + f->offset, &s, sizeof(s));
	}
	if (len.bad || cur_left(&len) || text.bad || cur_left(&text))
		return refuse(r, rec, f, "lengths that do not add up");
	return 0;
}

/* A column that is not there means zeros: right unless zero is out of range. */
static int check_absent(const struct reader *r, const struct record *rec, const struct field *f)
{
	if (f == rec->fields)
		return refuse(r, rec, f, "the first column is missing");
	if (is_index(f) ? index_bound(r, f) == 0 : f->kind != FIELD_TIME && f->min > 0)
		return refuse(r, rec, f, "the column is missing");
	return 0;
}

/* The bytes of a length-delimited field when it is the next one, else absent. */
static bool take_column(struct cur *c, unsigned number, struct span *out)
{
	if (!cur_left(c) ||
		cur_peek(c) != ((number << 3 | WIRE_BYTES) & 0x7f) + (number >= 16 ? 0x80 : 0))
		return false;
	struct cur ahead = *c;

	if (cur_varint(&ahead) != (number << 3 | WIRE_BYTES))
		return false;
	*c = ahead;
	uint64_t len = cur_varint(c);

	*out = cur_take(c, len > SIZE_MAX ? SIZE_MAX : (size_t)len);
	return true;
}

static int read_columns(
	const struct reader *r, const struct record *rec, struct cur *c, struct raw_vec *v)
{
	int code = 0;

	for (size_t i = 0; i < rec->fields_n && !code; i++) {
		const struct field *f = &rec->fields[i];
		struct span column = { 0 }, text = { 0 };

		if (!take_column(c, f->number, &column))
			code = check_absent(r, rec, f);
		else if (f->kind != FIELD_SPAN)
			code = read_numbers(r, rec, f, column, v);
		else if (!take_column(c, f->number + 1u, &text))
			code = refuse(r, rec, f, "lengths without text");
		else
			code = read_texts(r, rec, f, column, text, v);
	}
	if (!code && (c->bad || cur_left(c)))
		code = refuse(r, rec, NULL, "unknown fields");
	return code;
}

static int read_record(const struct reader *r, const struct record *rec, struct span message)
{
	struct cur c = cur_over(message);
	uint64_t limit, rows;

	memcpy(&limit, (const uint8_t *)r->limits + rec->limit, sizeof(limit));
	cur_expect(&c, ROWS << 3 | WIRE_VARINT);
	rows = cur_varint(&c);
	if (c.bad || rows == 0 || rows > message.len)
		return refuse(r, rec, NULL, "wrong number of rows");
	if (rows > limit || rows >= NO_ENTRY)
		return err_fail(r->err, SCOV_E_LIMIT, "facts: %s: too many rows: %llu (limit %llu)",
			rec->name, (unsigned long long)rows, (unsigned long long)limit);
	struct raw_vec v = { arena_array(r->arena, (size_t)rows, rec->size), (size_t)rows,
		(size_t)rows };

	if (!v.p)
		return err_fail(
			r->err, SCOV_E_LIMIT, "facts: %s: no room for %zu rows", rec->name, v.n);
	int code = read_columns(r, rec, &c, &v);

	if (!code)
		memcpy((uint8_t *)r->part + rec->offset, &v, sizeof(v));
	return code;
}

static int check_entries(const struct reader *r)
{
	const struct limits *l = r->limits;

	for (size_t i = 0; i < r->part->entries.n; i++) {
		const struct entry *e = &r->part->entries.p[i];

		if (e->path.len > l->path_length || e->link.len > l->path_length)
			return err_fail(
				r->err, SCOV_E_LIMIT, "facts: path of entry %zu is too long", i);
		if (!span_is_path(e->path, (size_t)l->path_depth) ||
			(e->type == ENTRY_HARDLINK &&
				!span_is_path(e->link, (size_t)l->path_depth)))
			return err_fail(r->err, SCOV_E_FORMAT,
				"facts: path of entry %zu is not normalised", i);
	}
	return 0;
}

/* Fields 1 to 9: numbers in ascending order, zero left out. */
static int read_head(const struct reader *r, struct cur *c)
{
	static const uint64_t max[] = {
		[PART_SCHEMA] = FACTS_SCHEMA,
		[PART_KIND] = PART_DOCUMENT,
		[PART_COMPLETE] = 1,
		[PART_BLOB_SIZE] = UINT64_MAX,
		[PART_SIZE] = UINT64_MAX,
		[PART_DIGEST_ALGORITHM] = DIGEST_SHA512,
		[PART_DIFF_ID] = 0,
		[PART_HAS_XATTRS] = 1,
		[PART_HAS_STARS] = 1,
	};
	uint64_t head[PART_HAS_STARS + 1] = { 0 };
	struct span diff_id = { 0 };

	for (unsigned i = PART_SCHEMA; i <= PART_HAS_STARS; i++) {
		if (i == PART_DIFF_ID) {
			take_column(c, i, &diff_id);
		} else if (cur_left(c) && cur_peek(c) == (i << 3 | WIRE_VARINT)) {
			cur_u8(c);
			head[i] = cur_varint(c);
			cur_need(c, head[i] <= max[i]);
		}
	}
	if (c->bad || head[PART_SCHEMA] != FACTS_SCHEMA || head[PART_KIND] < PART_CONFIG ||
		diff_id.len != diff_id_size((uint8_t)head[PART_DIGEST_ALGORITHM]))
		return refuse(r, NULL, NULL, "not facts of this schema");
	*r->part = (struct part){
		.kind = (uint8_t)head[PART_KIND],
		.complete = head[PART_COMPLETE],
		.blob_size = head[PART_BLOB_SIZE],
		.size = head[PART_SIZE],
		.has_xattrs = head[PART_HAS_XATTRS],
		.has_stars = head[PART_HAS_STARS],
		.diff_id.algorithm = (uint8_t)head[PART_DIGEST_ALGORITHM],
	};
	if (diff_id.len)
		memcpy(r->part->diff_id.bytes, diff_id.p, diff_id.len);
	return 0;
}

int facts_read(struct span in, const struct limits *limits, struct arena *a, struct part *out,
	struct scov_err *err)
{
	struct part part;
	struct reader r = { limits, a, &part, err };
	struct cur c = cur_over(in);
	int code = in.len > limits->answer_size
			   ? err_fail(err, SCOV_E_LIMIT, "facts too large: %zu bytes (limit %llu)",
				     in.len, (unsigned long long)limits->answer_size)
			   : read_head(&r, &c);

	for (size_t i = 0; i < RECORDS && !code; i++) {
		struct span message;

		if (take_column(&c, part_records[i].number, &message))
			code = c.bad ? refuse(&r, &part_records[i], NULL, "cut short")
				     : read_record(&r, &part_records[i], message);
	}
	if (!code && (c.bad || cur_left(&c)))
		code = refuse(&r, NULL, NULL, "bytes outside all records");
	if (!code)
		code = check_entries(&r);
	if (!code)
		*out = part;
	return code;
}
