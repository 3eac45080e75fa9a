/* rpm_sqlite.c - rpmdb.sqlite: the table Packages(hnum INTEGER PRIMARY KEY, blob BLOB).
 *
 * Reads the b-tree of this one table, no SQL. The first page lists the schema; an interior page
 * points to its children; a leaf has rows, whose tail may be in a chain of overflow pages. All
 * numbers are big-endian. Source: https://www.sqlite.org/fileformat2.html,
 * sections 1.3, 1.5, 1.6, 2.1, 2.6.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/rpm_db.h"

#include <string.h>

enum {
	FILE_HEAD = 100,
	AT_PAGE_SIZE = 16,
	AT_RESERVED = 20,
	PAGE_SIZE_MIN = 512,
	PAGE_SIZE_MAX = 65536
};
enum { INTERIOR = 5, LEAF = 13, INTERIOR_HEAD = 12, LEAF_HEAD = 8, DEPTH_MAX = 20 };
enum { USABLE_MIN = 480, SCHEMA_ROWS_MAX = 256, COLUMNS_MAX = 8 };

struct tree {
	struct span file;
	uint32_t page_size, usable, pages;
	uint64_t budget; /* pages that may still be visited: in a valid file each is visited once */
	struct arena *scratch;
	struct scov_err *err;
};

struct row {
	struct span column[COLUMNS_MAX];
	uint64_t number[COLUMNS_MAX]; /* integer columns */
	unsigned columns;
};

typedef int row_fn(void *ctx, const struct row *row);

static int damaged(const struct tree *t, const char *what, uint32_t page)
{
	return err_fail(t->err, SCOV_E_FORMAT, "rpm sqlite: %s (page %u)", what, page);
}

static struct span page_at(const struct tree *t, uint32_t number)
{
	return span_sub(t->file, (size_t)(number - 1) * t->page_size, t->page_size);
}

static bool visit(struct tree *t, uint32_t number)
{
	if (number == 0 || number > t->pages || t->budget == 0)
		return false;
	t->budget--;
	return true;
}

/* SQLite's varint: big-endian groups of 7 bits, the ninth byte whole. */
static uint64_t varint(struct cur *c)
{
	uint64_t v = 0;

	for (int i = 0; i < 8; i++) {
		uint8_t b = cur_u8(c);

		v = v << 7 | (b & 0x7f);
		if (!(b & 0x80))
			return v;
	}
	return v << 8 | cur_u8(c);
}

static int tree_open(struct tree *t)
{
	struct cur c = cur_over(t->file);

	if (!cur_expects(&c, SPAN("SQLite format 3\0")))
		return err_fail(t->err, SCOV_E_FORMAT, "rpm sqlite: not an SQLite database");
	uint32_t size = cur_be16(&c);
	uint32_t reserved = span_at(t->file, AT_RESERVED);

	t->page_size = size == 1 ? PAGE_SIZE_MAX : size;
	if (t->page_size < PAGE_SIZE_MIN || t->page_size & (t->page_size - 1) ||
		t->page_size - reserved < USABLE_MIN || t->file.len < t->page_size)
		return err_fail(t->err, SCOV_E_FORMAT,
			"rpm sqlite: invalid page size: %u bytes, in a file of %zu", t->page_size,
			t->file.len);
	t->usable = t->page_size - reserved;
	t->pages = (uint32_t)(t->file.len / t->page_size > UINT32_MAX ? UINT32_MAX
								      : t->file.len / t->page_size);
	t->budget = t->pages;
	return 0;
}

/* How many bytes of a row of `size` bytes are in the leaf itself (section 1.6). */
static uint64_t local_size(const struct tree *t, uint64_t size)
{
	uint64_t max = t->usable - 35, min = (t->usable - 12) * 32 / 255 - 23;
	uint64_t k = min + (size - min) % (t->usable - 4);

	if (size <= max)
		return size;
	return k <= max ? k : min;
}

static int gather(
	struct tree *t, struct cur *cell, uint64_t size, uint32_t number, struct span *out)
{
	uint64_t local = local_size(t, size), done = local;
	struct span first = cur_take(cell, (size_t)local);

	if (cell->bad)
		return damaged(t, "row runs past its page", number);
	*out = first;
	if (local == size)
		return 0;
	uint32_t next = cur_be32(cell);
	uint8_t *whole = size <= t->file.len ? arena_alloc(t->scratch, (size_t)size) : NULL;

	if (cell->bad || size > t->file.len)
		return damaged(t, "row is longer than the file", number);
	if (!whole)
		return err_fail(t->err, SCOV_E_LIMIT,
			"rpm sqlite: row of %llu bytes does not fit in memory",
			(unsigned long long)size);
	memcpy(whole, first.p, first.len);
	while (done < size) {
		if (!visit(t, next))
			return damaged(t, "invalid overflow page of a row", number);
		struct cur c = cur_over(span_sub(page_at(t, next), 0, t->usable));
		uint64_t want = size - done < t->usable - 4 ? size - done : t->usable - 4;

		next = cur_be32(&c);
		struct span piece = cur_take(&c, (size_t)want);

		if (c.bad)
			return damaged(t, "truncated overflow page", next);
		memcpy(whole + done, piece.p, piece.len);
		done += want;
	}
	*out = span_of(whole, (size_t)size);
	return 0;
}

static uint64_t integer(struct span s)
{
	uint64_t v = 0;

	for (size_t i = 0; i < s.len; i++)
		v = v << 8 | span_at(s, i);
	return v;
}

static uint64_t column_size(uint64_t type)
{
	static const uint8_t sizes[] = { 0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0 };

	return type < 12 ? sizes[type] : (type - 12) / 2;
}

static bool read_record(struct span in, struct row *row)
{
	struct cur c = cur_over(in);
	uint64_t head_size = varint(&c);

	if (c.bad || head_size < c.off || head_size > in.len)
		return false;
	struct cur head = cur_over(span_sub(in, c.off, (size_t)head_size - c.off));
	struct cur body = cur_over(span_from(in, (size_t)head_size));

	row->columns = 0;
	while (cur_left(&head) && row->columns < COLUMNS_MAX) {
		uint64_t type = varint(&head);
		uint64_t size = column_size(type);

		if (head.bad || size > cur_left(&body))
			return false;
		struct span value = cur_take(&body, (size_t)size);

		row->column[row->columns] = value;
		row->number[row->columns] = type == 9 ? 1 : type && type < 7 ? integer(value) : 0;
		row->columns++;
	}
	return !head.bad;
}

static int leaf_cell(
	struct tree *t, struct span page, size_t at, uint32_t number, row_fn *each, void *ctx)
{
	struct cur cell = cur_over(span_sub(page, 0, t->usable));
	struct span record = { 0 };
	struct row row = { 0 };

	cur_seek(&cell, at);
	uint64_t size = varint(&cell);

	varint(&cell); /* row id */
	if (cell.bad)
		return damaged(t, "row is outside its page", number);
	if (size > RPM_DB_BLOB_MAX)
		return err_fail(t->err, SCOV_E_LIMIT, "rpm sqlite: row too long: %llu bytes",
			(unsigned long long)size);
	arena_reset(t->scratch);
	int code = gather(t, &cell, size, number, &record);

	if (code)
		return code;
	if (!read_record(record, &row))
		return damaged(t, "row is not a valid record", number);
	return each(ctx, &row);
}

static int walk(struct tree *t, uint32_t number, unsigned depth, row_fn *each, void *ctx)
{
	if (depth > DEPTH_MAX || !visit(t, number))
		return damaged(t, "invalid page reference", number);
	struct span page = page_at(t, number);
	struct cur c = cur_over(page);

	cur_skip(&c, number == 1 ? FILE_HEAD : 0);
	uint8_t kind = cur_u8(&c);

	cur_skip(&c, 2);
	unsigned cells = cur_be16(&c);

	cur_skip(&c, 3);
	if (c.bad || (kind != LEAF && kind != INTERIOR))
		return damaged(t, "not a table page", number);
	uint32_t right = kind == INTERIOR ? cur_be32(&c) : 0;

	for (unsigned i = 0; i < cells; i++) {
		size_t at = cur_be16(&c);
		struct cur child = cur_over(page);

		if (c.bad)
			return damaged(t, "too many rows", number);
		cur_seek(&child, at);
		int code = kind == LEAF ? leaf_cell(t, page, at, number, each, ctx)
					: walk(t, cur_be32(&child), depth + 1, each, ctx);

		if (code)
			return code;
	}
	return kind == INTERIOR ? walk(t, right, depth + 1, each, ctx) : 0;
}

struct schema {
	uint32_t root; /* of the table Packages; 0: not seen */
	unsigned rows;
};

/* Columns of sqlite_schema: type, name, tbl_name, rootpage, sql. */
static int schema_row(void *ctx, const struct row *row)
{
	struct schema *s = ctx;

	if (s->rows++ > SCHEMA_ROWS_MAX)
		return SCOV_E_LIMIT;
	if (row->columns >= 4 && span_eq(row->column[0], SPAN("table")) &&
		span_eq_nocase(row->column[1], SPAN("Packages")) && row->number[3] <= UINT32_MAX)
		s->root = (uint32_t)row->number[3];
	return 0;
}

struct packages {
	rpm_blob_fn *blob;
	void *ctx;
	uint64_t n;
	struct scov_err *err;
};

static int package_row(void *ctx, const struct row *row)
{
	struct packages *p = ctx;

	if (row->columns < 2)
		return err_fail(p->err, SCOV_E_FORMAT, "rpm sqlite: package row without a header");
	if (p->n++ == RPM_DB_PACKAGES_MAX)
		return err_fail(p->err, SCOV_E_LIMIT, "rpm sqlite: more than %d packages",
			RPM_DB_PACKAGES_MAX);
	return p->blob(p->ctx, row->column[1]);
}

int rpm_sqlite_each(
	struct span db, struct arena *scratch, rpm_blob_fn *blob, void *ctx, struct scov_err *err)
{
	struct tree t = { .file = db, .scratch = scratch, .err = err };
	struct schema schema = { 0 };
	struct packages packages = { blob, ctx, 0, err };
	int code = tree_open(&t);

	if (code)
		return code;
	code = walk(&t, 1, 0, schema_row, &schema);
	if (code == SCOV_E_LIMIT)
		return err_fail(
			err, SCOV_E_LIMIT, "rpm sqlite: more than %d tables", SCHEMA_ROWS_MAX);
	if (code)
		return code;
	if (!schema.root)
		return err_fail(err, SCOV_E_FORMAT, "rpm sqlite: no table Packages");
	return walk(&t, schema.root, 0, package_row, &packages);
}
