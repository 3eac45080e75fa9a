/* rpm_ndb.c - rpm's own database, Packages.db.
 *
 * A header of 32 bytes, then slots of 16 bytes that fill slot pages of 4096 bytes; a slot names a
 * package's number and where its blob lies, in blocks of 16 bytes. A blob begins and ends with
 * magic numbers and its length, and carries an Adler-32 of itself. All numbers are little-endian.
 * Source: rpm lib/backend/ndb/rpmpkg.c (4.18).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/rpm_db.h"

enum {
	MAGIC_DB = 'R' | 'p' << 8 | 'm' << 16 | 'P' << 24,
	MAGIC_SLOT = 'S' | 'l' << 8 | 'o' << 16 | 't' << 24,
	MAGIC_START = 'B' | 'l' << 8 | 'b' << 16 | 'S' << 24,
	MAGIC_END = 'B' | 'l' << 8 | 'b' << 16 | 'E' << 24,
};
enum { BLOCK = 16, SLOT_PAGE = 4096, HEADER = 32, BLOB_HEAD = 16, BLOB_TAIL = 12 };

static uint32_t adler32(struct span s)
{
	enum { MOD = 65521, RUN = 5552 /* the longest run without overflow of 32 bits */ };
	uint32_t a = 1, b = 0;

	while (s.len) {
		struct span run = span_sub(s, 0, RUN);

		for (size_t i = 0; i < run.len; i++) {
			a += span_at(run, i);
			b += a;
		}
		a %= MOD;
		b %= MOD;
		s = span_from(s, run.len);
	}
	return b << 16 | a;
}

struct slot {
	uint32_t package, offset, count;
};

static int read_blob(struct span db, const struct slot *s, struct span *out, struct scov_err *err)
{
	uint64_t start = (uint64_t)s->offset * BLOCK, size = (uint64_t)s->count * BLOCK;
	struct cur c = cur_over(db);

	if (start > db.len || size > db.len - start || size < BLOB_HEAD + BLOB_TAIL)
		return err_fail(
			err, SCOV_E_FORMAT, "rpm ndb: package %u is outside the file", s->package);
	c = cur_over(span_sub(db, (size_t)start, (size_t)size));
	uint32_t magic = cur_le32(&c), package = cur_le32(&c);

	cur_le32(&c); /* generation */
	uint32_t len = cur_le32(&c);

	if (magic != MAGIC_START || package != s->package || len > size - BLOB_HEAD - BLOB_TAIL)
		return err_fail(
			err, SCOV_E_FORMAT, "rpm ndb: package %u has a damaged header", s->package);
	struct span blob = cur_take(&c, len);
	/* The checksum covers head, blob and the padding up to the tail. */
	struct span covered = span_sub(db, (size_t)start, (size_t)size - BLOB_TAIL);

	cur_seek(&c, covered.len);
	uint32_t sum = cur_le32(&c), len_again = cur_le32(&c), end = cur_le32(&c);

	if (c.bad || end != MAGIC_END || len_again != len || sum != adler32(covered))
		return err_fail(err, SCOV_E_FORMAT, "rpm ndb: package %u has a damaged trailer",
			s->package);
	*out = blob;
	return 0;
}

int rpm_ndb_each(struct span db, rpm_blob_fn *blob, void *ctx, struct scov_err *err)
{
	struct cur c = cur_over(db);
	uint32_t magic = cur_le32(&c), version = cur_le32(&c);
	uint64_t found = 0;

	cur_le32(&c); /* generation */
	uint32_t pages = cur_le32(&c);

	if (c.bad || magic != MAGIC_DB)
		return err_fail(err, SCOV_E_FORMAT, "rpm ndb: not an ndb database");
	if (version != 0)
		return err_fail(
			err, SCOV_E_UNSUPPORTED, "rpm ndb: unknown format version %u", version);
	if ((uint64_t)pages * SLOT_PAGE > db.len || pages == 0)
		return err_fail(
			err, SCOV_E_FORMAT, "rpm ndb: %u slot pages in %zu bytes", pages, db.len);
	struct cur slots = cur_over(span_sub(db, HEADER, (size_t)pages * SLOT_PAGE - HEADER));

	while (cur_left(&slots)) {
		uint32_t slot_magic = cur_le32(&slots);
		struct slot s = { cur_le32(&slots), cur_le32(&slots), cur_le32(&slots) };
		struct span in;

		if (slot_magic != MAGIC_SLOT)
			return err_fail(err, SCOV_E_FORMAT, "rpm ndb: damaged slot at byte %zu",
				slots.off + HEADER - BLOCK);
		if (s.package == 0 && s.offset == 0)
			continue;
		if (found++ == RPM_DB_PACKAGES_MAX)
			return err_fail(err, SCOV_E_LIMIT, "rpm ndb: more than %d packages",
				RPM_DB_PACKAGES_MAX);
		int code = read_blob(db, &s, &in, err);

		if (code || (code = blob(ctx, in)))
			return code;
	}
	return 0;
}
