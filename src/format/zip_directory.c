/* zip_directory.c - whether a zip's central directory names the members that its stream has.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/zip_directory.h"

#include <string.h>

#include "base/arena.h"
#include "base/search.h"

enum {
	CENTRAL = 0x02014b50,
	END = 0x06054b50,
	END64 = 0x06064b50,
	LOCATOR64 = 0x07064b50,
	CENTRAL_SIZE = 46, /* without name, extra field and comment */
	END_SIZE = 22,     /* without its comment */
	END64_SIZE = 56,
	LOCATOR64_SIZE = 20,
	MARK = 4,
	EXTRA_ZIP64 = 1,
	FLAG_ENCRYPTED = 1,
	RECORD_MAX = CENTRAL_SIZE + 3 * UINT16_MAX,
	BYTES_MAX = 64 << 20, /* of some 500,000 members, here and there */
};

struct zip_directory {
	struct arena arena;
	VEC(struct zip_member) members, rows;
	uint64_t at, begins;   /* of the next byte, and of the first record */
	uint64_t offset, size; /* as the end record has them */
	bool has_begun, has_end, is_over, differs;
	uint32_t last;        /* after the end record, the last four bytes */
	size_t n, want, most; /* bytes of the record that are there, that it needs, ever needed */
	uint8_t record[RECORD_MAX];
};

struct zip_directory *zip_directory_new(void)
{
	struct zip_directory *d = mem_alloc(sizeof(*d));

	if (d) {
		d->arena.limit = BYTES_MAX;
		d->want = MARK;
	}
	return d;
}

void zip_directory_free(struct zip_directory *d)
{
	if (!d)
		return;
	arena_release(&d->arena);
	explicit_bzero(d->record, d->most);
	mem_free(d);
}

void zip_directory_member(struct zip_directory *d, struct zip_member m)
{
	vec_add(&d->members, &d->arena, &m);
}

/* Bytes of the record whose first bytes these are, as far as they tell; 0: no record. */
static uint64_t length_of(struct span head)
{
	struct cur c = cur_over(head);

	switch (cur_le32(&c)) {
	case CENTRAL:
		cur_skip(&c, 24);
		return head.len < CENTRAL_SIZE ? CENTRAL_SIZE
					       : CENTRAL_SIZE + (uint64_t)cur_le16(&c) +
							 cur_le16(&c) + cur_le16(&c);
	case END:
		return END_SIZE;
	case END64:
		return END64_SIZE;
	case LOCATOR64:
		return LOCATOR64_SIZE;
	default:
		return 0;
	}
}

bool zip_read_wide(struct zip_member *m, bool wide_size, struct span extra)
{
	struct cur c = cur_over(extra);
	bool is_wide = false;

	while (cur_left(&c) >= 4 && !c.bad) {
		uint16_t id = cur_le16(&c), len = cur_le16(&c);
		struct cur field = cur_over(cur_take(&c, len));

		if (id != EXTRA_ZIP64)
			continue;
		is_wide = true;
		if (wide_size)
			cur_skip(&field, 8);
		if (m->packed == UINT32_MAX)
			m->packed = cur_le64(&field);
		if (m->at == UINT32_MAX)
			m->at = cur_le64(&field);
	}
	return is_wide;
}

static void take_member(struct zip_directory *d, struct cur c)
{
	struct zip_member m = { 0 };

	cur_skip(&c, 4);
	m.is_encrypted = cur_le16(&c) & FLAG_ENCRYPTED;
	m.method = cur_le16(&c);
	cur_skip(&c, 8);
	m.packed = cur_le32(&c);
	bool wide_size = cur_le32(&c) == UINT32_MAX;
	uint16_t name = cur_le16(&c), extra = cur_le16(&c);

	cur_skip(&c, 10);
	m.at = cur_le32(&c);
	cur_skip(&c, name);
	zip_read_wide(&m, wide_size, cur_take(&c, extra));
	vec_add(&d->rows, &d->arena, &m);
}

static void take_record(struct zip_directory *d)
{
	struct cur c = cur_over(span_of(d->record, d->n));
	uint64_t begin = d->at - d->n;

	switch (cur_le32(&c)) {
	case CENTRAL:
		take_member(d, c);
		return;
	case END64:
		/* A longer record ends the reading: no program asks for what it holds. */
		cur_skip(&c, 36);
		d->size = cur_le64(&c);
		d->offset = cur_le64(&c);
		d->differs |= d->size != begin - d->begins;
		d->has_end = true;
		return;
	case END: {
		cur_skip(&c, 8);
		uint32_t size = cur_le32(&c), offset = cur_le32(&c);

		if (!d->has_end) {
			d->size = size;
			d->offset = offset;
			d->differs |= size != begin - d->begins;
		}
		d->differs |= (size != UINT32_MAX && size != d->size) ||
			      (offset != UINT32_MAX && offset != d->offset);
		d->has_end = d->is_over = true;
		return;
	}
	default:
		return;
	}
}

/* A second end record would be the one that programs find. */
static void look_for_end(struct zip_directory *d, struct span rest)
{
	for (size_t i = 0; i < rest.len; i++) {
		d->last = d->last >> 8 | (uint32_t)span_at(rest, i) << 24;
		d->differs |= d->last == END;
	}
}

void zip_directory_push(struct zip_directory *d, uint64_t at, struct span piece)
{
	if (!d->has_begun) {
		d->has_begun = true;
		d->at = d->begins = at;
	}
	while (piece.len && !d->is_over) {
		struct span part = span_sub(piece, 0, d->want - d->n);

		memcpy(d->record + d->n, part.p, part.len); /* never empty */
		d->n += part.len;
		d->at += part.len;
		piece = span_from(piece, part.len);
		if (d->n < d->want)
			return;
		d->most = d->n > d->most ? d->n : d->most;
		uint64_t length = length_of(span_of(d->record, d->n));

		if (length > d->n) {
			d->want = (size_t)length;
			continue;
		}
		if (length)
			take_record(d);
		else
			d->is_over = true;
		d->n = 0;
		d->want = MARK;
	}
	look_for_end(d, piece);
}

static int member_and_place(const void *row, const void *key)
{
	const struct zip_member *m = row;
	const uint64_t *at = key;

	return (m->at > *at) - (m->at < *at);
}

/* The member at that place; the stream has them in ascending order. */
static const struct zip_member *find(const struct zip_directory *d, uint64_t at)
{
	size_t i = vec_first(&d->members, &at, member_and_place);

	return i < d->members.n && d->members.p[i].at == at ? &d->members.p[i] : NULL;
}

int zip_directory_end(struct zip_directory *d, struct scov_err *err)
{
	if (arena_failed(&d->arena))
		return arena_check(&d->arena, err);
	/* Offsets count from the zip's first byte, or from that of the program before it. */
	bool differs = d->differs || (d->has_end && d->offset < d->begins);

	for (size_t i = 0; d->has_end && !differs && i < d->rows.n; i++) {
		const struct zip_member *r = &d->rows.p[i];
		const struct zip_member *m = find(d, r->at - (d->offset - d->begins));

		differs = !m || m->packed != r->packed || m->method != r->method ||
			  m->is_encrypted != r->is_encrypted;
	}
	return differs ? err_fail(err, SCOV_E_FORMAT, "directory disagrees with the members") : 0;
}

bool zip_directory_has_end(const struct zip_directory *d)
{
	return d->has_end;
}
