/* rpm_header.c - one package of an rpm database.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/rpm_header.h"

enum {
	TAG_NAME = 1000,
	TAG_VERSION = 1001,
	TAG_RELEASE = 1002,
	TAG_EPOCH = 1003,
	TAG_BUILDTIME = 1006,
	TAG_VENDOR = 1011,
	TAG_LICENSE = 1014,
	TAG_ARCH = 1022,
	TAG_SOURCERPM = 1044,
	TAG_DIRINDEXES = 1116,
	TAG_BASENAMES = 1117,
	TAG_DIRNAMES = 1118,
	TAG_MODULARITYLABEL = 5096,
};
enum { TYPE_INT32 = 4, TYPE_STRING = 6, TYPE_STRING_ARRAY = 8, TYPE_I18N_STRING = 9 };
enum { ENTRY_SIZE = 16 };
/* Steps over directory names while walking a package's files: a kernel package needs about 100,000.
 */
enum { FILE_STEPS_MAX = 20 << 20 };

struct tag {
	uint32_t tag, type, offset, count;
};

/* The first string at the entry's offset. */
static bool take_string(struct span data, const struct tag *t, struct span *out)
{
	struct span at = span_from(data, t->offset);
	size_t end = span_find(at, 0);

	if (t->type != TYPE_STRING && t->type != TYPE_STRING_ARRAY && t->type != TYPE_I18N_STRING)
		return false;
	if (t->count == 0 || end == at.len)
		return false;
	*out = span_sub(at, 0, end);
	return true;
}

static bool take_int32(struct span data, const struct tag *t, uint32_t *out)
{
	struct cur c = cur_over(span_from(data, t->offset));

	*out = cur_be32(&c);
	return !c.bad && t->type == TYPE_INT32 && t->count >= 1;
}

/* The bytes of `count` NUL-ended strings. */
static bool take_strings(struct span data, const struct tag *t, struct span *out)
{
	struct span at = span_from(data, t->offset);
	struct cur c = cur_over(at);

	if (t->type != TYPE_STRING_ARRAY || t->count > RPM_HEADER_FILES_MAX)
		return false;
	for (uint32_t i = 0; i < t->count && !c.bad; i++)
		cur_until(&c, 0);
	*out = span_sub(at, 0, c.off);
	return !c.bad;
}

static bool take_numbers(struct span data, const struct tag *t, struct span *out)
{
	struct cur c = cur_over(span_from(data, t->offset));

	if (t->type != TYPE_INT32 || t->count > RPM_HEADER_FILES_MAX)
		return false;
	*out = cur_take(&c, (size_t)t->count * 4);
	return !c.bad;
}

struct counts {
	uint32_t bases, dirs, indexes;
	bool bad;
};

/* False when an entry that we need points outside. */
static bool take_entry(
	struct span data, const struct tag *t, struct rpm_header *h, struct counts *n)
{
	uint32_t v = 0;

	switch (t->tag) {
	case TAG_NAME:
		return take_string(data, t, &h->name);
	case TAG_VERSION:
		return take_string(data, t, &h->version);
	case TAG_RELEASE:
		return take_string(data, t, &h->release);
	case TAG_VENDOR:
		return take_string(data, t, &h->vendor);
	case TAG_LICENSE:
		return take_string(data, t, &h->license);
	case TAG_ARCH:
		return take_string(data, t, &h->arch);
	case TAG_SOURCERPM:
		return take_string(data, t, &h->source_rpm);
	case TAG_MODULARITYLABEL:
		return take_string(data, t, &h->modularity);
	case TAG_EPOCH:
		h->has_epoch = take_int32(data, t, &h->epoch);
		return h->has_epoch;
	case TAG_BUILDTIME:
		if (!take_int32(data, t, &v))
			return false;
		h->built = v;
		return true;
	case TAG_BASENAMES:
		n->bases = t->count;
		n->bad |= !take_strings(data, t, &h->basenames);
		return true;
	case TAG_DIRNAMES:
		n->dirs = t->count;
		n->bad |= !take_strings(data, t, &h->dirnames);
		return true;
	case TAG_DIRINDEXES:
		n->indexes = t->count;
		n->bad |= !take_numbers(data, t, &h->dirindexes);
		return true;
	default:
		return true;
	}
}

static void check_files(struct rpm_header *h, const struct counts *n)
{
	struct cur c = cur_over(h->dirindexes);
	bool good = !n->bad && n->bases == n->indexes && (n->dirs || !n->bases);

	while (good && cur_left(&c))
		good = cur_be32(&c) < n->dirs;
	h->files_damaged = !good;
	h->files = good ? n->bases : 0;
	h->dirs = good ? n->dirs : 0;
}

int rpm_header_parse(struct span blob, struct rpm_header *out, struct scov_err *err)
{
	struct cur c = cur_over(blob);
	uint32_t entries = cur_be32(&c), size = cur_be32(&c);
	struct rpm_header h = { 0 };
	struct counts n = { 0 };

	if (c.bad)
		return err_fail(err, SCOV_E_FORMAT, "rpm header: too short: %zu bytes", blob.len);
	if (entries > RPM_HEADER_ENTRIES_MAX || size > RPM_HEADER_DATA_MAX)
		return err_fail(err, SCOV_E_LIMIT,
			"rpm header: too large: %u entries, %u bytes of data", entries, size);
	struct cur index = cur_over(cur_take(&c, (size_t)entries * ENTRY_SIZE));
	struct span data = cur_take(&c, size);

	if (c.bad)
		return err_fail(err, SCOV_E_FORMAT,
			"rpm header: %u entries and %u bytes do not fit in %zu bytes", entries,
			size, blob.len);
	while (cur_left(&index)) {
		struct tag t = { cur_be32(&index), cur_be32(&index), cur_be32(&index),
			cur_be32(&index) };

		if (t.tag >= TAG_NAME && (t.offset > size || !take_entry(data, &t, &h, &n)))
			return err_fail(err, SCOV_E_FORMAT,
				"rpm header: tag %u points outside its data", t.tag);
	}
	if (!h.name.len || !h.version.len)
		return err_fail(err, SCOV_E_FORMAT, "rpm header: no name or no version");
	check_files(&h, &n);
	*out = h;
	return 0;
}

struct rpm_files rpm_files(const struct rpm_header *h)
{
	return (struct rpm_files){
		.bases = cur_over(h->basenames),
		.indexes = cur_over(h->dirindexes),
		.walk = cur_over(h->dirnames),
		.dirs = h->dirnames,
		.left = h->files,
		.budget = FILE_STEPS_MAX,
	};
}

/* Directory names follow each other; indexes mostly rise, so a look-up continues from the last one.
 */
static bool dir_at(struct rpm_files *it, uint32_t index)
{
	if (index < it->at) {
		it->walk = cur_over(it->dirs);
		it->at = 0;
	}
	while (it->at <= index && !it->walk.bad && it->budget) {
		it->dir = cur_until(&it->walk, 0);
		it->at++;
		it->budget--;
	}
	return it->budget && !it->walk.bad;
}

bool rpm_file_next(struct rpm_files *it, struct span *dir, struct span *base)
{
	if (it->left == 0)
		return false;
	it->left--;
	uint32_t index = cur_be32(&it->indexes);

	if (!it->has_dir || index != it->last_index) {
		if (!dir_at(it, index))
			return false;
		it->last_index = index;
		it->has_dir = true;
	}
	*base = cur_until(&it->bases, 0);
	*dir = it->dir;
	return !it->bases.bad && !it->indexes.bad;
}

bool rpm_source_split(struct span s, struct span *name, struct span *version)
{
	if (span_ends(s, SPAN(".src.rpm")))
		s.len -= 8;
	else if (span_ends(s, SPAN(".nosrc.rpm")))
		s.len -= 10;
	else
		return false;
	size_t release = span_rfind(s, '-');

	if (release == s.len)
		return false;
	size_t v = span_rfind(span_sub(s, 0, release), '-');

	if (v >= release || v == 0)
		return false;
	*name = span_sub(s, 0, v);
	*version = span_from(s, v + 1);
	return true;
}
