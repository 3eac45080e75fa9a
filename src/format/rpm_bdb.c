/* rpm_bdb.c - Berkeley DB hash databases, var/lib/rpm/Packages up to RHEL 8.
 *
 * Page 0 is the hash's metadata. A hash page has an array of offsets to items that alternate
 * between key and value and fill the page from its end; a large value is a chain of
 * overflow pages. Keys are package numbers; number 0 is not a package. Either byte order. Source:
 * Berkeley DB 5.3 src/dbinc/db_page.h.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/rpm_db.h"

#include <string.h>

enum { HASH_MAGIC = 0x00061561 };
enum { AT_MAGIC = 12, AT_PAGE_SIZE = 20, AT_ENCRYPTION = 24, AT_LAST_PAGE = 32, META_SIZE = 72 };
enum { PAGE_HEAD = 26, AT_NEXT = 16, AT_ENTRIES = 20, AT_USED = 22, AT_TYPE = 25 };
enum { PAGE_HASH_UNSORTED = 2, PAGE_OVERFLOW = 7, PAGE_HASH = 13 };
enum { ITEM_KEYDATA = 1, ITEM_OFFPAGE = 3 };
enum { PAGE_SIZE_MIN = 512, PAGE_SIZE_MAX = 65536, HEADER_MIN = 8 };

struct bdb {
	struct span file;
	bool big;
	uint32_t page_size, pages;
	struct arena *scratch;
	struct scov_err *err;
	uint64_t packages;
	uint64_t budget; /* overflow pages that may still be read: each belongs to only one value */
};

static uint32_t word(const struct bdb *b, struct span in, size_t at)
{
	struct cur c = cur_over(span_from(in, at));

	return b->big ? cur_be32(&c) : cur_le32(&c);
}

static uint16_t half(const struct bdb *b, struct span in, size_t at)
{
	struct cur c = cur_over(span_from(in, at));

	return b->big ? cur_be16(&c) : cur_le16(&c);
}

static struct span page(const struct bdb *b, uint32_t number)
{
	return span_sub(b->file, (size_t)number * b->page_size, b->page_size);
}

static int open_meta(struct bdb *b)
{
	struct span meta = span_sub(b->file, 0, META_SIZE);

	if (meta.len < META_SIZE)
		return err_fail(b->err, SCOV_E_FORMAT,
			"rpm bdb: too short for a database: %zu bytes", b->file.len);
	if (word(b, meta, AT_MAGIC) != HASH_MAGIC) {
		b->big = true;
		if (word(b, meta, AT_MAGIC) != HASH_MAGIC)
			return err_fail(b->err, SCOV_E_FORMAT, "rpm bdb: not a hash database");
	}
	b->page_size = word(b, meta, AT_PAGE_SIZE);
	if (b->page_size < PAGE_SIZE_MIN || b->page_size > PAGE_SIZE_MAX ||
		b->page_size & (b->page_size - 1))
		return err_fail(b->err, SCOV_E_FORMAT, "rpm bdb: invalid page size: %u bytes",
			b->page_size);
	if (span_at(meta, AT_ENCRYPTION))
		return err_fail(b->err, SCOV_E_UNSUPPORTED, "rpm bdb: encrypted");
	uint64_t last = word(b, meta, AT_LAST_PAGE), have = b->file.len / b->page_size;

	if (last >= have)
		return err_fail(b->err, SCOV_E_FORMAT,
			"rpm bdb: truncated: last page is %llu, but the file has %llu pages",
			(unsigned long long)last, (unsigned long long)have);
	b->pages = (uint32_t)last + 1;
	b->budget = b->pages;
	return 0;
}

static int overflow_value(struct bdb *b, uint32_t number, uint32_t size, struct span *out)
{
	struct cur c;
	uint64_t done = 0;

	if (size > RPM_DB_BLOB_MAX)
		return err_fail(b->err, SCOV_E_LIMIT, "rpm bdb: value too long: %u bytes", size);
	if (size > b->file.len)
		return err_fail(b->err, SCOV_E_FORMAT,
			"rpm bdb: value of %u bytes in a file of %zu", size, b->file.len);
	uint8_t *whole = arena_alloc(b->scratch, size);

	if (!whole)
		return err_fail(b->err, SCOV_E_LIMIT,
			"rpm bdb: value of %u bytes does not fit in memory", size);
	while (done < size) {
		struct span p = page(b, number);

		if (number == 0 || number >= b->pages || b->budget == 0 ||
			span_at(p, AT_TYPE) != PAGE_OVERFLOW)
			return err_fail(b->err, SCOV_E_FORMAT,
				"rpm bdb: page %u is not part of a value", number);
		b->budget--;
		c = cur_over(p);
		cur_skip(&c, PAGE_HEAD);
		struct span piece = cur_take(&c, half(b, p, AT_USED));

		if (c.bad || piece.len == 0 || piece.len > size - done)
			return err_fail(b->err, SCOV_E_FORMAT,
				"rpm bdb: page %u has a wrong length", number);
		memcpy(whole + done, piece.p, piece.len);
		done += piece.len;
		number = word(b, p, AT_NEXT);
	}
	*out = span_of(whole, size);
	return 0;
}

/* One value: the bytes from its offset to the end of the item, which is where the item before it
 * begins. */
static int item_value(struct bdb *b, struct span item, struct span *out)
{
	switch (span_at(item, 0)) {
	case ITEM_KEYDATA:
		*out = span_from(item, 1);
		return 0;
	case ITEM_OFFPAGE:
		if (item.len < 12)
			return err_fail(b->err, SCOV_E_FORMAT, "rpm bdb: truncated item");
		return overflow_value(b, word(b, item, 4), word(b, item, 8), out);
	default:
		return err_fail(
			b->err, SCOV_E_FORMAT, "rpm bdb: unknown item type %u", span_at(item, 0));
	}
}

static int hash_page(struct bdb *b, uint32_t number, rpm_blob_fn *blob, void *ctx)
{
	struct span p = page(b, number);
	unsigned n = half(b, p, AT_ENTRIES);
	size_t end = b->page_size;

	if (n % 2 || PAGE_HEAD + n * 2 > b->page_size)
		return err_fail(b->err, SCOV_E_FORMAT,
			"rpm bdb: page %u has an invalid number of items: %u", number, n);
	for (unsigned i = 0; i < n; i++) {
		size_t at = half(b, p, PAGE_HEAD + i * 2);
		struct span value;

		if (at < PAGE_HEAD + n * 2 || at >= end)
			return err_fail(b->err, SCOV_E_FORMAT,
				"rpm bdb: page %u: item %u is outside the page", number, i);
		struct span item = span_sub(p, at, end - at);

		end = at;
		if (i % 2 == 0)
			continue;
		arena_reset(b->scratch);
		int code = item_value(b, item, &value);

		/* The value of key 0 is a counter of 4 bytes. */
		if (code || value.len < HEADER_MIN) {
			if (code)
				return code;
			continue;
		}
		if (b->packages++ == RPM_DB_PACKAGES_MAX)
			return err_fail(b->err, SCOV_E_LIMIT, "rpm bdb: more than %d packages",
				RPM_DB_PACKAGES_MAX);
		code = blob(ctx, value);
		if (code)
			return code;
	}
	return 0;
}

int rpm_bdb_each(
	struct span db, struct arena *scratch, rpm_blob_fn *blob, void *ctx, struct scov_err *err)
{
	struct bdb b = { .file = db, .scratch = scratch, .err = err };
	int code = open_meta(&b);

	for (uint32_t i = 1; !code && i < b.pages; i++) {
		uint8_t type = span_at(page(&b, i), AT_TYPE);

		if (type == PAGE_HASH || type == PAGE_HASH_UNSORTED)
			code = hash_page(&b, i, blob, ctx);
	}
	return code;
}
