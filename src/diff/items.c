/* items.c - two lists of entries: of a layer, or of the final file system.
 *
 * Both are sorted by path and read side by side, so the work is that of sorting. A path that a tar
 * has twice is compared in the order of the tar.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/date.h"
#include "diff/parts.h"
#include "format/tar.h"
#include "known/tables.h"

static int by_path(const void *x, const void *y, void *ctx)
{
	const struct item *a = x, *b = y;
	int d = span_cmp(a->path, b->path);

	watch_on(ctx);
	return d ? d : (a->ordinal > b->ordinal) - (a->ordinal < b->ordinal);
}

/* ---- what is shown --------------------------------------------------------------------------- */

static struct span time_text(struct comparing *c, const struct item *i)
{
	char day[DATE_TEXT];
	int64_t day_n = date_day(i->body->mtime), in_day = i->body->mtime - day_n * DAY_SECONDS;
	uint32_t ns = i->detail->mtime_ns;
	char fraction[12] = "";

	date_format_day(day_n, day);
	if (ns)
		snprintf(fraction, sizeof(fraction), ".%09u", ns);
	return diff_text(c, "%sT%02d:%02d:%02d%sZ", day, (int)(in_day / 3600),
		(int)(in_day / 60 % 60), (int)(in_day % 60), fraction);
}

static struct span size_text(struct comparing *c, const struct item *i)
{
	return diff_text(
		c, "%llu byte%s", (unsigned long long)i->body->size, i->body->size == 1 ? "" : "s");
}

static struct span type_text(struct comparing *c, const struct item *i)
{
	static const char *const names[] = { "", "file", "hard link", "symlink", "character device",
		"block device", "folder", "fifo", "whiteout", "opaque whiteout" };

	return diff_text(c, "%s", i->entry->type <= ENTRY_OPAQUE ? names[i->entry->type] : "");
}

static struct span mode_text(struct comparing *c, const struct item *i)
{
	return diff_text(c, "%04o", i->body->mode);
}

static struct span owner_text(struct comparing *c, const struct item *i)
{
	return diff_text(c, "%u:%u", i->body->uid, i->body->gid);
}

static struct span names_text(struct comparing *c, const struct item *i)
{
	struct span user = diff_shown(c, i->detail->user), group = diff_shown(c, i->detail->group);

	return diff_text(c, "%.*s:%.*s", SPAN_ARG(user), SPAN_ARG(group));
}

static struct span link_text(struct comparing *c, const struct item *i)
{
	return diff_shown(c, i->entry->link);
}

static struct span device_text(struct comparing *c, const struct item *i)
{
	return diff_text(c, "%llu:%llu", (unsigned long long)(i->detail->device >> 32),
		(unsigned long long)(i->detail->device & UINT32_MAX));
}

static struct span xattrs_text(struct comparing *c, const struct item *i)
{
	return i->detail->xattrs.len ? diff_text(c, "set") : diff_text(c, "none");
}

static struct span form_text(struct comparing *c, const struct item *i)
{
	static const char *const names[] = { "", "v7", "ustar", "star", "GNU", "PAX" };

	return diff_text(c, "%s", i->detail->form <= TAR_FORM_PAX ? names[i->detail->form] : "");
}

/* ---- what is compared ------------------------------------------------------------------------ */

/* In the final file system each name of a file is as good as the others. */
static uint8_t type_of(const struct item *i, bool is_tar)
{
	return i->entry->type == ENTRY_HARDLINK && !is_tar ? ENTRY_FILE : i->entry->type;
}

static bool is_same_link(const struct item *a, const struct item *b)
{
	return a->entry != a->body || b->entry != b->body ||
	       span_eq(a->entry->link, b->entry->link);
}

static bool is_same_content(const struct item *a, const struct item *b)
{
	return a->body->type == b->body->type && a->body->size == b->body->size &&
	       span_eq(a->detail->content, b->detail->content);
}

static bool is_same_device(const struct item *a, const struct item *b)
{
	return a->detail->device == b->detail->device;
}

static bool is_same_mode(const struct item *a, const struct item *b)
{
	return a->body->mode == b->body->mode || a->entry->type == ENTRY_SYMLINK;
}

static bool is_same_owner(const struct item *a, const struct item *b)
{
	return a->body->uid == b->body->uid && a->body->gid == b->body->gid;
}

static bool is_same_xattrs(const struct item *a, const struct item *b)
{
	return span_eq(a->detail->xattrs, b->detail->xattrs);
}

static bool is_same_time(const struct item *a, const struct item *b)
{
	return a->body->mtime == b->body->mtime && a->detail->mtime_ns == b->detail->mtime_ns;
}

static bool are_same_names(const struct item *a, const struct item *b)
{
	return span_eq(a->detail->user, b->detail->user) &&
	       span_eq(a->detail->group, b->detail->group);
}

static bool is_same_form(const struct item *a, const struct item *b)
{
	return a->detail->form == b->detail->form;
}

static const struct {
	uint8_t kind;
	bool is_of_tar; /* means nothing in the final file system */
	bool (*is_same)(const struct item *a, const struct item *b);
	struct span (*text)(struct comparing *c, const struct item *i);
} rows[] = {
	{ DIFFER_LINK, false, is_same_link, link_text },
	{ DIFFER_CONTENT, false, is_same_content, size_text },
	{ DIFFER_DEVICE, false, is_same_device, device_text },
	{ DIFFER_MODE, false, is_same_mode, mode_text },
	{ DIFFER_OWNER, false, is_same_owner, owner_text },
	{ DIFFER_XATTRS, false, is_same_xattrs, xattrs_text },
	{ DIFFER_TIME, false, is_same_time, time_text },
	{ DIFFER_NAMES, true, are_same_names, names_text },
	{ DIFFER_TAR, true, is_same_form, form_text },
};

static void note(struct comparing *c, enum difference_kind kind, const char *why,
	const struct item *a, const struct item *b,
	struct span (*text)(struct comparing *c, const struct item *i))
{
	struct difference *d = diff_note(c, kind, a->path, why);

	if (!d)
		return;
	d->a = text(c, a);
	d->b = text(c, b);
}

/* What usually makes such a file differ. */
static const struct known_culprit *culprit(struct span path)
{
	for (size_t i = 0; i < known_culprits_n; i++)
		if (span_starts(path, known_culprits[i].head) &&
			span_ends(path, known_culprits[i].tail))
			return &known_culprits[i];
	return NULL;
}

/* A program in a folder of logs is not a log. */
static bool is_trace(const struct known_culprit *k, const struct item *i)
{
	return k && k->is_trace && i->body->type == ENTRY_FILE && !(i->body->mode & 0111);
}

static void compare_content(struct comparing *c, const struct item *a, const struct item *b)
{
	const struct known_culprit *k = culprit(a->path);

	note(c, is_trace(k, a) && is_trace(k, b) ? DIFFER_TRACE : DIFFER_CONTENT, k ? k->why : NULL,
		a, b, size_text);
}

static void compare(struct comparing *c, const struct item *a, const struct item *b, bool is_tar)
{
	bool differs = false;

	if (type_of(a, is_tar) != type_of(b, is_tar)) {
		note(c, DIFFER_TYPE, NULL, a, b, type_text);
		return;
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if ((rows[i].is_of_tar && !is_tar) || rows[i].is_same(a, b))
			continue;
		differs = true;
		if (rows[i].kind == DIFFER_CONTENT)
			compare_content(c, a, b);
		else
			note(c, rows[i].kind, NULL, a, b, rows[i].text);
	}
	if (is_tar && !differs && a->detail->header != b->detail->header)
		diff_note(c, DIFFER_TAR, a->path,
			"the bytes of the header differ: unused fields, or the order of pax "
			"records");
}

static void only(struct comparing *c, const struct item *i, bool is_a)
{
	const struct known_culprit *k = culprit(i->path);
	struct difference *d = diff_note(
		c, is_trace(k, i) ? DIFFER_TRACE : DIFFER_ONLY, i->path, k ? k->why : NULL);

	if (d)
		*(is_a ? &d->a : &d->b) =
			i->entry->type == ENTRY_FILE ? size_text(c, i) : type_text(c, i);
}

/* Entries of both that are not in the same order. other: by ordinal of a, the ordinal in b + 1; 0:
 * it has none. */
static void compare_order(
	struct comparing *c, const uint32_t *other, size_t n, const struct span *paths)
{
	uint32_t last = 0;

	for (size_t i = 0; i < n; i++) {
		if (!other[i])
			continue;
		if (other[i] < last)
			diff_note(c, DIFFER_ORDER, paths[i], NULL);
		else
			last = other[i];
	}
}

int diff_items(struct comparing *c, struct item *a, size_t a_n, struct item *b, size_t b_n,
	bool has_order, struct scov_err *err)
{
	size_t i = 0, j = 0;

	qsort_r(a, a_n, sizeof(*a), by_path, c->watch);
	qsort_r(b, b_n, sizeof(*b), by_path, c->watch);
	uint32_t *other = has_order ? arena_array(c->scratch, a_n + 1, sizeof(*other)) : NULL;
	struct span *paths = has_order ? arena_array(c->scratch, a_n + 1, sizeof(*paths)) : NULL;

	if (has_order && (!other || !paths))
		return arena_check(c->scratch, err);
	while ((i < a_n || j < b_n) && watch_on(c->watch)) {
		int d = i == a_n ? 1 : j == b_n ? -1 : span_cmp(a[i].path, b[j].path);

		if (d < 0) {
			only(c, &a[i++], true);
		} else if (d > 0) {
			only(c, &b[j++], false);
		} else {
			if (has_order) {
				other[a[i].ordinal] = b[j].ordinal + 1;
				paths[a[i].ordinal] = a[i].path;
			}
			compare(c, &a[i++], &b[j++], has_order);
		}
	}
	if (has_order)
		compare_order(c, other, a_n, paths);
	return watch_check(c->watch, err);
}
