/* file.c - the reader of one family's file.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/db/file.h"

#include <endian.h>
#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/lock.h"
#include "base/table.h"
#include "version/version.h"

const uint8_t file_row_size[] = {
	[FILE_STRINGS] = 1,
	[FILE_SOURCES] = 20,
	[FILE_ECOSYSTEMS] = 24,
	[FILE_PACKAGES] = 32,
	[FILE_BOUNDARIES] = 4,
	[FILE_GROUPS] = 24,
	[FILE_IDS] = 4,
	[FILE_EXTRAS] = 20,
	[FILE_RECORDS] = 32,
	[FILE_MEMBERS] = 4,
	[FILE_SCORES] = 8,
};
ROWS(file_row_size, FILE_SECTIONS);

struct file_blocks {
	int fd; /* -1: all bytes are there */
	uint8_t *bytes;
	size_t size;
	atomic_uchar *is_good; /* of each block: it was read and fits its sum; never changes back */
	struct lock lock;      /* of reading, and of failure */
	struct scov_err failure; /* why a block could not be read; zero: none */
};

static struct span block(const uint8_t *bytes, size_t size, size_t i)
{
	return span_sub(span_of(bytes, size), i * FILE_BLOCK, FILE_BLOCK);
}

void advisory_file_seal(uint8_t *bytes, size_t size)
{
	size_t head = file_head(size);
	uint64_t sum;

	for (size_t i = head / FILE_BLOCK; i * FILE_BLOCK < size; i++) {
		sum = htole64(hash_sum(block(bytes, size, i)));
		memcpy(bytes + FILE_SUMS + 8 * i, &sum, sizeof(sum));
	}
	sum = htole64(hash_sum(span_from(span_of(bytes, head), FILE_SUMMED_FROM)));
	memcpy(bytes + FILE_SUMMED_FROM - sizeof(sum), &sum, sizeof(sum));
}

static int read_bytes(const struct file_blocks *b, size_t at, size_t n, struct scov_err *err)
{
	ssize_t got = b->fd < 0 ? (ssize_t)n : pread(b->fd, b->bytes + at, n, (off_t)at);

	if (got < 0)
		return err_fail(err, SCOV_E_IO, "%s", strerror(errno));
	if (got != (ssize_t)n)
		return err_fail(err, SCOV_E_FORMAT, "truncated at byte %zu", at + (size_t)got);
	return 0;
}

static bool is_good_block(const struct file_blocks *b, size_t i)
{
	return atomic_load_explicit(&b->is_good[i], memory_order_acquire);
}

static bool read_block(struct file_blocks *b, size_t i)
{
	struct span in = block(b->bytes, b->size, i);
	struct scov_err err;
	uint64_t sum;

	memcpy(&sum, b->bytes + FILE_SUMS + 8 * i, sizeof(sum));
	lock_take(&b->lock);
	if (!is_good_block(b, i)) {
		int rc = read_bytes(b, i * FILE_BLOCK, in.len, &err);

		if (!rc && hash_sum(in) != le64toh(sum))
			rc = err_fail(&err, SCOV_E_FORMAT, "damaged: its checksum is wrong");
		if (rc)
			b->failure = err;
		atomic_store_explicit(&b->is_good[i], !rc, memory_order_release);
	}
	lock_drop(&b->lock);
	return is_good_block(b, i);
}

/* The same view, of bytes that are there and good; else empty, and *io_good false. */
static inline struct span need(const struct advisory_file *f, struct span s, bool *io_good)
{
	struct file_blocks *b = f->blocks;

	if (!s.len)
		return s;
	size_t first = (size_t)(s.p - b->bytes) / FILE_BLOCK;
	size_t last = (size_t)(s.p + s.len - 1 - b->bytes) / FILE_BLOCK;

	for (size_t i = first; i <= last; i++)
		if (!is_good_block(b, i) && !read_block(b, i)) {
			*io_good = false;
			return (struct span){ 0 };
		}
	return s;
}

/* A block that could not be read, or a row that points outside its section. */
static int damaged(const struct advisory_file *f, struct scov_err *err)
{
	struct scov_err failure;

	lock_take(&f->blocks->lock);
	failure = f->blocks->failure;
	lock_drop(&f->blocks->lock);
	if (!failure.code)
		return err_fail(err, SCOV_E_FORMAT, "damaged: a row points outside its section");
	return err_fail(err, failure.code, "%s", failure.text);
}

int advisory_file_read_all(const struct advisory_file *f, struct scov_err *err)
{
	struct file_blocks *b = f->blocks;
	bool is_good = true;

	need(f, span_of(b->bytes, b->size), &is_good);
	return is_good ? 0 : damaged(f, err);
}

/* A cursor over row i; of no row it is empty, and reads make it bad. */
static struct cur row(const struct advisory_file *f, enum file_section s, uint32_t i)
{
	bool is_good = i < f->rows[s];
	struct span in =
		span_sub(f->section[s], (size_t)i * file_row_size[s], is_good * file_row_size[s]);
	struct cur c = cur_over(need(f, in, &is_good));

	cur_need(&c, is_good);
	return c;
}

static bool has_rows(const struct advisory_file *f, enum file_section s, uint32_t first, uint32_t n)
{
	return first <= f->rows[s] && n <= f->rows[s] - first;
}

/* The text at an offset. Nearly all are shorter than 128 bytes, so that their length is one byte,
 * and in one block. */
static struct span text_at(const struct advisory_file *f, uint32_t at, bool *io_good)
{
	struct span texts = f->section[FILE_STRINGS];
	size_t begin = (size_t)at + 1, rest = texts.len > at ? texts.len - at : 0;
	uint64_t len = span_at(need(f, span_sub(texts, at, 1), io_good), 0);

	if (len >= 0x80) {
		struct cur c = cur_over(need(f, span_sub(texts, at, 10), io_good));

		len = cur_varint(&c);
		*io_good &= !c.bad;
		begin = (size_t)at + c.off;
	}
	*io_good &= rest && len <= texts.len - begin;
	return *io_good ? need(f, span_of(texts.p + begin, (size_t)len), io_good)
			: (struct span){ 0 };
}

/* The text at the next offset of a row; makes the row bad when it is outside. */
static struct span text(const struct advisory_file *f, struct cur *c)
{
	bool is_good = true;
	struct span t = text_at(f, cur_le32(c), &is_good);

	cur_need(c, is_good);
	return c->bad ? (struct span){ 0 } : t;
}

/* The text that row i begins with. */
static struct span text_row(
	const struct advisory_file *f, enum file_section s, uint32_t i, bool *io_good)
{
	uint32_t at = 0;

	*io_good &= i < f->rows[s];
	if (!*io_good)
		return (struct span){ 0 };
	struct span in = need(
		f, span_of(f->section[s].p + (size_t)i * file_row_size[s], sizeof(at)), io_good);

	if (*io_good)
		memcpy(&at, in.p, sizeof(at));
	return text_at(f, le32toh(at), io_good);
}

static int read_sources(struct advisory_file *f, struct arena *a, struct scov_err *err)
{
	struct advisory_source *out = arena_array(a, f->rows[FILE_SOURCES], sizeof(*out));

	if (!out)
		return arena_check(a, err);
	for (uint32_t i = 0; i < f->rows[FILE_SOURCES]; i++) {
		struct cur c = row(f, FILE_SOURCES, i);

		out[i].name = text(f, &c);
		out[i].address = text(f, &c);
		out[i].licence = text(f, &c);
		out[i].day = (int32_t)cur_le32(&c);
		out[i].classes = (uint8_t)cur_le32(&c);
		if (c.bad)
			return damaged(f, err);
	}
	f->sources = out;
	return 0;
}

int advisory_file_open(int fd, uint8_t *bytes, size_t size, struct arena *a,
	struct advisory_file *out, struct scov_err *err)
{
	size_t head = file_head(size), blocks = (size + FILE_BLOCK - 1) / FILE_BLOCK;
	struct advisory_file f = { .blocks = arena_alloc(a, sizeof(*f.blocks)) };
	atomic_uchar *is_good = arena_array(a, blocks, sizeof(*is_good));

	if (!f.blocks || !is_good)
		return arena_check(a, err);
	*f.blocks = (struct file_blocks){ fd, bytes, size, is_good };
	int rc = read_bytes(f.blocks, 0, head < size ? head : size, err);

	if (rc)
		return rc;
	struct cur c = cur_over(span_of(bytes, head < size ? head : size));

	if (!cur_expects(&c, SPAN(FILE_MAGIC)))
		return err_fail(err, SCOV_E_FORMAT, "not a file of an advisory database");
	uint32_t format = cur_le32(&c), zero = cur_le32(&c);
	uint64_t sum = cur_le64(&c), stated = cur_le64(&c);
	uint32_t family = cur_le32(&c);

	cur_skip(&c, 4);
	f.is_builtin = cur_le32(&c) & FILE_BUILTIN;
	cur_need(&c, cur_le32(&c) == FILE_SECTIONS);
	if (format && format != FILE_FORMAT)
		return err_fail(err, SCOV_E_UNSUPPORTED,
			"format %u is %s than this program, which reads format %d", format,
			format > FILE_FORMAT ? "newer" : "older", FILE_FORMAT);
	if (c.bad || !format || zero || family >= FAMILIES)
		return err_fail(err, SCOV_E_FORMAT, "damaged head");
	if (stated != size || size < head)
		return err_fail(err, SCOV_E_FORMAT, "%zu bytes long, but its head says %llu", size,
			(unsigned long long)stated);
	if (sum != hash_sum(span_from(span_of(bytes, head), FILE_SUMMED_FROM)))
		return err_fail(err, SCOV_E_FORMAT, "damaged: its checksum is wrong");
	for (size_t i = 0; i < head / FILE_BLOCK; i++)
		f.blocks->is_good[i] = true;
	f.family = (enum advisory_family)family;
	for (enum file_section s = 0; s < FILE_SECTIONS; s++) {
		uint64_t at = cur_le64(&c);

		f.rows[s] = cur_le32(&c);
		uint64_t len = (uint64_t)f.rows[s] * file_row_size[s];

		cur_need(&c, cur_le32(&c) == file_row_size[s]);
		cur_need(&c, at % FILE_ALIGN == 0 && at <= size && len <= size - at);
		if (c.bad)
			return err_fail(err, SCOV_E_FORMAT, "damaged: section %d", s);
		f.section[s] = span_sub(span_of(bytes, size), (size_t)at, (size_t)len);
	}
	rc = read_sources(&f, a, err);

	if (!rc)
		*out = f;
	return rc;
}

struct ecosystem_row {
	struct advisory_extent extent;
	uint32_t packages;
};

static bool ecosystem_row(const struct advisory_file *f, uint32_t i, struct ecosystem_row *out)
{
	struct cur c = row(f, FILE_ECOSYSTEMS, i);

	out->extent.name = text(f, &c);
	out->extent.classes = (uint8_t)cur_le32(&c);
	out->extent.newest = (int32_t)cur_le32(&c);
	out->packages = cur_le32(&c);
	out->extent.packages = cur_le32(&c);
	out->extent.rows = cur_le32(&c);
	out->extent.family = f->family;
	const struct advisory_ecosystem *e = advisory_ecosystem(out->extent.name);

	out->extent.scheme = e ? (enum version_scheme)e->scheme : 0;
	return !c.bad && e && e->family == f->family &&
	       has_rows(f, FILE_PACKAGES, out->packages, out->extent.packages);
}

bool advisory_file_ecosystem(const struct advisory_file *f, uint32_t i, struct advisory_extent *out)
{
	struct ecosystem_row r = { 0 };
	bool is_good = ecosystem_row(f, i, &r);

	if (is_good)
		*out = r.extent;
	return is_good;
}

bool advisory_file_package(
	const struct advisory_file *f, uint32_t e, uint32_t i, struct span *out_name)
{
	struct ecosystem_row r = { 0 };
	bool is_good = ecosystem_row(f, e, &r) && i < r.extent.packages;

	if (is_good)
		*out_name = text_row(f, FILE_PACKAGES, r.packages + i, &is_good);
	return is_good;
}

/* Of n sorted rows from first on that begin with a text: the one with this text, or first + n. */
static uint32_t text_find(const struct advisory_file *f, enum file_section s, uint32_t first,
	uint32_t n, struct span key, bool *io_good)
{
	uint32_t low = first, high = first + n;

	while (low < high && *io_good) {
		uint32_t middle = low + (high - low) / 2;
		int order = span_cmp(text_row(f, s, middle, io_good), key);

		if (order == 0)
			return middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return first + n;
}

struct package_row {
	uint32_t boundaries, boundaries_n, groups, intervals_n, exacts_n, unread_n;
};

static bool package_row(const struct advisory_file *f, uint32_t i, struct package_row *out)
{
	struct cur c = row(f, FILE_PACKAGES, i);

	cur_skip(&c, 4);
	out->boundaries = cur_le32(&c);
	out->boundaries_n = cur_le32(&c);
	out->groups = cur_le32(&c);
	out->intervals_n = cur_le32(&c);
	out->exacts_n = cur_le32(&c);
	out->unread_n = cur_le32(&c);
	return !c.bad && has_rows(f, FILE_BOUNDARIES, out->boundaries, out->boundaries_n) &&
	       has_rows(f, FILE_GROUPS, out->groups, out->intervals_n) &&
	       has_rows(f, FILE_GROUPS, out->groups + out->intervals_n, out->exacts_n);
}

/* The place of a version among the boundaries, see file_at. */
static bool place_of(const struct advisory_file *f, const struct package_row *p,
	enum version_scheme scheme, struct span version, uint32_t *out)
{
	uint32_t low = 0, high = p->boundaries_n;
	bool is_good = true;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		struct span b = text_row(f, FILE_BOUNDARIES, p->boundaries + middle, &is_good);
		int order;

		if (!is_good || !version_cmp(scheme, b, version, &order))
			return false;
		if (order == 0) {
			*out = file_at(middle);
			return true;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*out = 2 * low;
	return true;
}

struct group_row {
	uint32_t low, high, ids, ids_n;
	struct advisory_hit hit; /* all but the id and the bounds */
};

static bool read_extra(
	const struct advisory_file *f, uint32_t i, struct arena *a, struct advisory_hit *hit)
{
	struct cur c = row(f, FILE_EXTRAS, i);

	hit->cvss = text(f, &c);
	hit->module = text(f, &c);
	hit->arch = text(f, &c);
	hit->advisory = text(f, &c);
	struct span rest = text(f, &c), symbol;
	VEC(struct span) symbols = { 0 };

	while (span_line(&rest, &symbol))
		vec_add(&symbols, a, &symbol);
	hit->symbols = symbols.p;
	hit->symbols_n = symbols.n;
	return !c.bad;
}

static bool read_group(const struct advisory_file *f, struct cur c, const struct package_row *p,
	struct arena *a, struct group_row *g)
{
	uint32_t extra = cur_le32(&c);

	g->ids = cur_le32(&c);
	g->ids_n = cur_le32(&c);
	uint16_t source = cur_le16(&c);
	uint8_t words = cur_u8(&c), flags = cur_u8(&c);
	struct advisory_hit *h = &g->hit;
	bool is_good = !c.bad && source < f->rows[FILE_SOURCES] &&
		       has_rows(f, FILE_IDS, g->ids, g->ids_n) && words % 16 < FIX_STATES &&
		       words / 16 < RATINGS && read_extra(f, extra, a, h);

	if (!is_good)
		return false;
	h->source = &f->sources[source];
	h->state = words % 16;
	h->rating = words / 16;
	h->is_unimportant = flags & GROUP_UNIMPORTANT;
	h->is_exact = flags & GROUP_EXACT;
	if (h->is_exact)
		return true;
	if (g->low)
		h->introduced =
			text_row(f, FILE_BOUNDARIES, p->boundaries + (g->low - 1) / 2, &is_good);
	if (g->high != FILE_OPEN)
		*(g->high % 2 ? &h->fixed : &h->last_affected) =
			text_row(f, FILE_BOUNDARIES, p->boundaries + (g->high - 1) / 2, &is_good);
	/* A row has one state and may have several intervals. */
	if (h->state == FIX_UNKNOWN || h->state == FIX_FIXED)
		h->state = h->fixed.len           ? FIX_FIXED
			   : g->high == FILE_OPEN ? FIX_NOT_FIXED
						  : FIX_UNKNOWN;
	return is_good;
}

struct question {
	const struct advisory_file *f;
	struct package_row p;
	struct span version;
	uint32_t place; /* among the boundaries */
	bool is_unread;
};

typedef bool group_do(const struct question *q, struct group_row *g, struct cur rest,
	struct arena *a, struct advisory_hits *hits);

/* For each group of the package that holds for the version. */
static bool for_groups(
	const struct question *q, struct arena *a, struct advisory_hits *hits, group_do *each)
{
	const struct package_row *p = &q->p;

	for (uint32_t i = q->is_unread ? p->intervals_n : 0; i < p->intervals_n + p->exacts_n;
		i++) {
		struct cur c = row(q->f, FILE_GROUPS, p->groups + i);
		struct group_row g = { .low = cur_le32(&c), .high = cur_le32(&c) };
		bool is_good = true, holds;

		if (i < p->intervals_n && g.low > q->place) {
			i = p->intervals_n - 1; /* sorted by their begin */
			continue;
		}
		g.hit.is_exact = i >= p->intervals_n;
		holds = g.hit.is_exact ? span_eq(text_at(q->f, g.low, &is_good), q->version)
				       : q->place < g.high;
		if (!is_good || (holds && !each(q, &g, c, a, hits)))
			return false;
	}
	return true;
}

static bool count(const struct question *q, struct group_row *g, struct cur rest, struct arena *a,
	struct advisory_hits *hits)
{
	(void)a;
	cur_skip(&rest, 8);
	g->ids_n = cur_le32(&rest);
	hits->n += g->ids_n;
	return g->ids_n <= q->f->rows[FILE_IDS];
}

static bool fill(const struct question *q, struct group_row *g, struct cur rest, struct arena *a,
	struct advisory_hits *hits)
{
	bool is_exact = g->hit.is_exact;
	bool is_good = read_group(q->f, rest, &q->p, a, g) && g->hit.is_exact == is_exact;

	for (uint32_t i = 0; i < g->ids_n && is_good; i++) {
		struct advisory_hit *h = &hits->p[hits->n++];

		*h = g->hit;
		h->id = text_row(q->f, FILE_IDS, g->ids + i, &is_good);
	}
	return is_good;
}

static bool find_hits(const struct question *q, struct arena *a, struct advisory_hits *hits)
{
	if (!for_groups(q, a, hits, count))
		return false;
	hits->p = arena_array(a, hits->n, sizeof(*hits->p));
	hits->n = 0;
	return !hits->p || for_groups(q, a, hits, fill);
}

/* *out_is_there false: there are no rows on it. False: damaged. */
static bool find_package(const struct advisory_file *f, struct span ecosystem, struct span package,
	struct arena *a, enum version_scheme *out_scheme, struct package_row *out,
	bool *out_is_there)
{
	bool is_good = true;
	uint32_t e =
		text_find(f, FILE_ECOSYSTEMS, 0, f->rows[FILE_ECOSYSTEMS], ecosystem, &is_good);
	const struct advisory_ecosystem *known = advisory_ecosystem(ecosystem);
	struct ecosystem_row r = { 0 };

	*out_is_there = false;
	if (!is_good || e == f->rows[FILE_ECOSYSTEMS] || !known)
		return is_good;
	if (!ecosystem_row(f, e, &r))
		return false;
	struct span name = advisory_package(known, package, a);
	uint32_t i = text_find(f, FILE_PACKAGES, r.packages, r.extent.packages, name, &is_good);

	*out_is_there = is_good && i < r.packages + r.extent.packages;
	*out_scheme = r.extent.scheme;
	return *out_is_there ? package_row(f, i, out) : is_good;
}

int advisory_file_has_row(const struct advisory_file *f, struct span ecosystem, struct span package,
	struct span id, struct arena *a, bool *out, struct scov_err *err)
{
	enum version_scheme scheme;
	struct package_row p;
	bool is_there, is_good = find_package(f, ecosystem, package, a, &scheme, &p, &is_there);

	*out = false;
	for (uint32_t i = 0; is_good && is_there && i < p.intervals_n + p.exacts_n; i++) {
		struct cur c = row(f, FILE_GROUPS, p.groups + i);

		cur_skip(&c, 12);
		uint32_t ids = cur_le32(&c), n = cur_le32(&c);

		is_good = !c.bad && has_rows(f, FILE_IDS, ids, n);
		for (uint32_t k = 0; k < n && is_good && !*out; k++)
			*out = span_eq(text_row(f, FILE_IDS, ids + k, &is_good), id);
	}
	return is_good ? arena_check(a, err) : damaged(f, err);
}

int advisory_file_find(const struct advisory_file *f, struct span ecosystem, struct span package,
	struct span version, struct arena *a, struct advisory_hits *out, struct scov_err *err)
{
	struct question q = { .f = f, .version = version };
	struct advisory_hits found = { 0 };
	enum version_scheme scheme;
	bool is_there;

	if (!find_package(f, ecosystem, package, a, &scheme, &q.p, &is_there))
		return damaged(f, err);
	if (is_there) {
		q.is_unread = !version_valid(scheme, version);
		if ((!q.is_unread && !place_of(f, &q.p, scheme, version, &q.place)) ||
			!find_hits(&q, a, &found))
			return damaged(f, err);
		found.has_package = true;
		found.is_unread = q.is_unread;
		found.unread_n = q.p.unread_n;
	}
	int rc = arena_check(a, err);

	if (!rc)
		*out = found;
	return rc;
}

/* The members of its closure but itself. */
static bool read_aliases(const struct advisory_file *f, uint32_t first, uint32_t n, struct arena *a,
	struct advisory_record *out)
{
	bool is_good = has_rows(f, FILE_MEMBERS, first, n);
	struct span *aliases = is_good ? arena_array(a, n, sizeof(*aliases)) : NULL;

	out->aliases = aliases;
	for (uint32_t i = 0; aliases && i < n && is_good; i++) {
		struct span id = text_row(f, FILE_MEMBERS, first + i, &is_good);

		if (!span_eq(id, out->id))
			aliases[out->aliases_n++] = id;
	}
	return is_good;
}

static bool read_scores(const struct advisory_file *f, uint32_t first, uint32_t n, struct arena *a,
	struct advisory_record *out)
{
	bool is_good = has_rows(f, FILE_SCORES, first, n);
	struct advisory_score *scores = is_good ? arena_array(a, n, sizeof(*scores)) : NULL;

	for (uint32_t i = 0; scores && i < n; i++) {
		struct cur c = row(f, FILE_SCORES, first + i);
		struct advisory_score s = { .cvss = text(f, &c) };
		uint16_t source = cur_le16(&c);

		s.rating_class = cur_u8(&c);
		s.rating = cur_u8(&c);
		if (c.bad || source >= f->rows[FILE_SOURCES] || s.rating_class >= RATED_CLASSES ||
			s.rating >= RATINGS)
			return false;
		s.source = &f->sources[source];
		scores[i] = s;
	}
	out->scores = scores;
	out->scores_n = scores ? n : 0;
	if (out->scores_n) {
		out->cvss = scores->cvss;
		out->rating = scores->rating;
		out->rating_class = scores->rating_class;
	}
	return is_good;
}

int advisory_file_record(const struct advisory_file *f, struct span id, struct arena *a,
	struct advisory_record *out, bool *out_is_known, struct scov_err *err)
{
	bool is_good = true;
	uint32_t i = text_find(f, FILE_RECORDS, 0, f->rows[FILE_RECORDS], id, &is_good);
	struct advisory_record r = { .id = id };

	if (!is_good)
		return damaged(f, err);
	if (i < f->rows[FILE_RECORDS]) {
		struct cur c = row(f, FILE_RECORDS, i);

		r.id = text(f, &c);
		uint32_t members = cur_le32(&c), members_n = cur_le32(&c), scores = cur_le32(&c);

		r.title = text(f, &c);
		r.published = (int32_t)cur_le32(&c);
		r.epss = cur_le16(&c);
		r.epss_percentile = cur_le16(&c);
		uint16_t scores_n = cur_le16(&c), flags = cur_le16(&c);

		r.is_exploited = flags & RECORD_EXPLOITED;
		r.is_ransomware = flags & RECORD_RANSOMWARE;
		r.is_rejected = flags & RECORD_REJECTED;
		r.has_epss = flags & RECORD_EPSS;
		if (c.bad || !read_aliases(f, members, members_n, a, &r) ||
			!read_scores(f, scores, scores_n, a, &r))
			return damaged(f, err);
	}
	int rc = arena_check(a, err);

	if (rc)
		return rc;
	*out = r;
	*out_is_known = i < f->rows[FILE_RECORDS];
	return 0;
}
