/* php.c - FriendsOfPHP's advisories of Composer packages, a YAML file each.
 *
 * branches: NAME: versions: ['>=3.0.0', '<3.5.18'], of which all must hold; reference:
 * composer://VENDOR/NAME. Source: https://github.com/FriendsOfPHP/security-advisories.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/feed/feed.h"
#include "advisory/feed/requirement.h"

static bool range_of(
	struct feed *f, const struct json *versions, struct advisory_range *out, bool *is_empty)
{
	struct requirement r = { 0 };

	for (size_t i = 0; i < json_count(versions); i++)
		if (!requirement_narrow(
			    REQUIREMENT_COMPOSER, json_text(json_at(versions, i)), &f->arena, &r))
			return false;
	*is_empty = r.is_empty || !json_count(versions);
	return *is_empty || requirement_range(REQUIREMENT_COMPOSER, &r, &f->arena, out);
}

/* False: not all branches can be read. */
static bool ranges_of(struct feed *f, const struct json *branches, struct advisory_row *row)
{
	VEC(struct advisory_range) ranges = { 0 };
	bool all = true;

	for (size_t i = 0; i < json_count(branches); i++) {
		struct advisory_range range;
		bool is_empty = false;

		if (!range_of(f, json_get(json_at(branches, i), "versions"), &range, &is_empty))
			all = false;
		else if (!is_empty && vec_add(&ranges, &f->arena, &range) &&
			 row->state != FIX_FIXED)
			row->state = range.fixed.len           ? FIX_FIXED
				     : range.last_affected.len ? row->state
							       : FIX_NOT_FIXED;
	}
	row->ranges = ranges.p;
	row->ranges_n = ranges.n;
	return all;
}

/* Its CVE, else a name made of the package and the file. */
static struct span id_of(struct feed *f, struct span cve, struct span package)
{
	struct span file = span_base(f->path);

	if (feed_is_cve(cve))
		return cve;
	return span_str(arena_printf(&f->arena, "PHPSEC-%.*s-%.*s", SPAN_ARG(package),
		SPAN_ARG(span_sub(file, 0, span_rfind(file, '.')))));
}

static int value(struct feed *f, const struct json_step *path, size_t steps, const struct json *v,
	struct scov_err *err)
{
	static const char scheme[] = "composer://";
	struct span reference = json_get_text(v, "reference");
	struct advisory_row row = { .ecosystem = SPAN("Packagist"),
		.package = span_from(reference, sizeof(scheme) - 1),
		.state = FIX_UNKNOWN };
	struct advisory_record record = { .rating_class = RATED_OTHER,
		.title = span_sub(json_get_text(v, "title"), 0, 200) };
	const struct json *branches = json_get(v, "branches");

	(void)path;
	(void)steps;
	feed_begin(f);
	if (!span_starts(reference, span_str(scheme)) || !row.package.len)
		return feed_leave_out(f, FEED_MALFORMED);
	for (size_t i = 0; i < json_count(branches); i++)
		feed_day(f, json_get_text(json_at(branches, i), "time"), err);
	if (!ranges_of(f, branches, &row))
		feed_leave_out(f, FEED_UNREADABLE);
	if (!row.ranges_n)
		return feed_leave_out(f, FEED_NO_VERSIONS);
	record.id = row.id = id_of(f, json_get_text(v, "cve"), row.package);
	int code = feed_row(f, &row, err);

	return code ? code : feed_record(f, &record, err);
}

static bool is(const struct feed_head *h)
{
	return h->syntax == FEED_YAML && feed_head_has(h, "branches") &&
	       feed_head_has(h, "title") && feed_head_has(h, "link");
}

const struct feed_format feed_php = {
	.name = "php",
	.what = "FriendsOfPHP's security advisories (YAML)",
	.is = is,
	.value = value,
	.source = { SPAN_INIT("friendsofphp"),
		SPAN_INIT("https://github.com/FriendsOfPHP/security-advisories"),
		SPAN_INIT("Unlicense"), 0, FEED_FIXED | FEED_UNFIXED | FEED_PARTIAL },
};
