/* file.c - the reader of one family's file.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/db/file.h"

#include "base/hash.h"
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

uint64_t advisory_file_sum(struct span in)
{
	return hash_sum(span_from(in, FILE_SUMMED_FROM));
}

static int damaged(struct scov_err *err)
{
	return err_fail(err, SCOV_E_FORMAT, "damaged: a row points outside its section");
}

/* A cursor over row i; of no row it is empty, and reads make it bad. */
static struct cur row(const struct advisory_file *f, enum file_section s, uint32_t i)
{
	if (i >= f->rows[s])
		return (struct cur){ .bad = true };
	return cur_over(span_sub(f->section[s], (size_t)i * file_row_size[s], file_row_size[s]));
}

static bool has_rows(const struct advisory_file *f, enum file_section s, uint32_t first, uint32_t n)
{
	return first <= f->rows[s] && n <= f->rows[s] - first;
}

/* The text at an offset. Nearly all are shorter than 128 bytes: their length is one byte. */
static struct span text_at(const struct advisory_file *f, uint32_t at, bool *io_good)
{
	struct span texts = f->section[FILE_STRINGS];
	struct cur c = cur_over(span_from(texts, at));
	uint64_t len;

	if (span_at(texts, at) < 0x80 && span_at(texts, at) < cur_left(&c))
		return span_sub(texts, (size_t)at + 1, span_at(texts, at));
	len = cur_varint(&c);
	cur_need(&c, len <= cur_left(&c));
	*io_good &= !c.bad;
	return cur_take(&c, (size_t)len);
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
	*io_good &= i < f->rows[s];
	return text_at(f, span_le32(f->section[s], (size_t)i * file_row_size[s]), io_good);
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
			return damaged(err);
	}
	f->sources = out;
	return 0;
}

int advisory_file_open(
	struct span in, struct arena *a, struct advisory_file *out, struct scov_err *err)
{
	struct cur c = cur_over(in);
	struct advisory_file f = { 0 };

	if (!cur_expects(&c, SPAN(FILE_MAGIC)))
		return err_fail(err, SCOV_E_FORMAT, "not a file of an advisory database");
	uint32_t format = cur_le32(&c), zero = cur_le32(&c);
	uint64_t sum = cur_le64(&c), size = cur_le64(&c);
	uint32_t family = cur_le32(&c);

	cur_skip(&c, 4);
	f.is_builtin = cur_le32(&c) & FILE_BUILTIN;
	cur_need(&c, cur_le32(&c) == FILE_SECTIONS);
	if (format > FILE_FORMAT)
		return err_fail(err, SCOV_E_UNSUPPORTED,
			"format %u is newer than this program, which reads format %d", format,
			FILE_FORMAT);
	if (c.bad || !format || zero || family >= FAMILIES)
		return err_fail(err, SCOV_E_FORMAT, "damaged head");
	if (size != in.len)
		return err_fail(err, SCOV_E_FORMAT, "%zu bytes long, but its head says %llu",
			in.len, (unsigned long long)size);
	if (sum != advisory_file_sum(in))
		return err_fail(err, SCOV_E_FORMAT, "damaged: its checksum is wrong");
	f.family = (enum advisory_family)family;
	for (enum file_section s = 0; s < FILE_SECTIONS; s++) {
		uint64_t at = cur_le64(&c);

		f.rows[s] = cur_le32(&c);
		uint64_t bytes = (uint64_t)f.rows[s] * file_row_size[s];

		cur_need(&c, cur_le32(&c) == file_row_size[s]);
		cur_need(&c, at % FILE_ALIGN == 0 && at <= in.len && bytes <= in.len - at);
		if (c.bad)
			return err_fail(err, SCOV_E_FORMAT, "damaged: section %d", s);
		f.section[s] = span_sub(in, (size_t)at, (size_t)bytes);
	}
	int rc = read_sources(&f, a, err);

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

int advisory_file_find(const struct advisory_file *f, struct span ecosystem, struct span package,
	struct span version, struct arena *a, struct advisory_hits *out, struct scov_err *err)
{
	bool is_good = true;
	uint32_t e =
		text_find(f, FILE_ECOSYSTEMS, 0, f->rows[FILE_ECOSYSTEMS], ecosystem, &is_good);
	const struct advisory_ecosystem *known = advisory_ecosystem(ecosystem);
	struct advisory_hits found = { 0 };
	struct ecosystem_row r = { 0 };

	if (!is_good)
		return damaged(err);
	if (e == f->rows[FILE_ECOSYSTEMS] || !known) {
		*out = found;
		return 0;
	}
	if (!ecosystem_row(f, e, &r))
		return damaged(err);
	struct span name = advisory_package(known, package, a);
	uint32_t i = text_find(f, FILE_PACKAGES, r.packages, r.extent.packages, name, &is_good);
	struct question q = { .f = f, .version = version };

	if (!is_good)
		return damaged(err);
	if (i < r.packages + r.extent.packages) {
		q.is_unread = !version_valid(r.extent.scheme, version);
		if (!package_row(f, i, &q.p) ||
			(!q.is_unread && !place_of(f, &q.p, r.extent.scheme, version, &q.place)) ||
			!find_hits(&q, a, &found))
			return damaged(err);
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
		return damaged(err);
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
			return damaged(err);
	}
	int rc = arena_check(a, err);

	if (rc)
		return rc;
	*out = r;
	*out_is_known = i < f->rows[FILE_RECORDS];
	return 0;
}
