/* ruby.c - advisories of ruby-advisory-db, a YAML file each.
 *
 * What is affected is what is neither patched nor unaffected. Source:
 * https://github.com/rubysec/ruby-advisory-db, "Schema".
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/feed/feed.h"
#include "advisory/feed/requirement.h"
#include "base/ascii.h"

static bool read_all(struct feed *f, const struct json *list, struct requirement *all, size_t *n)
{
	for (size_t i = 0; i < json_count(list); i++)
		if (!requirement_read(
			    REQUIREMENT_GEM, json_text(json_at(list, i)), &f->arena, &all[(*n)++]))
			return false;
	return true;
}

static bool ranges_of(struct feed *f, const struct json *v, struct advisory_row *row)
{
	const struct json *patched = json_get(v, "patched_versions");
	const struct json *unaffected = json_get(v, "unaffected_versions");
	struct requirement *all =
		arena_array(&f->arena, json_count(patched) + json_count(unaffected), sizeof(*all));
	struct advisory_range *ranges = NULL;
	size_t n = 0;

	if (!all || !read_all(f, patched, all, &n) || !read_all(f, unaffected, all, &n) ||
		!requirement_rest(REQUIREMENT_GEM, all, n, &f->arena, &ranges, &row->ranges_n))
		return false;
	row->ranges = ranges;
	row->state = json_count(patched) ? FIX_FIXED : FIX_NOT_FIXED;
	return true;
}

/* A score without its vector: the bounds of CVSS 3 and 4; version 2 has no critical. */
static uint8_t rating_of_score(struct span score, bool is_v2)
{
	uint8_t whole = span_at(score, 0);

	if (!ascii_is_digit(whole))
		return RATING_UNRATED;
	if (span_starts(score, SPAN("10")) || whole == '9')
		return is_v2 ? RATING_HIGH : RATING_CRITICAL;
	if (whole >= '7')
		return RATING_HIGH;
	if (whole >= '4')
		return RATING_MEDIUM;
	return span_eq(score, SPAN("0")) || span_eq(score, SPAN("0.0")) ? RATING_NEGLIGIBLE
									: RATING_LOW;
}

static uint8_t rating_of(const struct json *v)
{
	uint8_t rating = rating_of_score(json_get_text(v, "cvss_v4"), false);

	if (!rating)
		rating = rating_of_score(json_get_text(v, "cvss_v3"), false);
	return rating ? rating : rating_of_score(json_get_text(v, "cvss_v2"), true);
}

static struct span prefixed(struct feed *f, const char *prefix, struct span rest)
{
	if (!rest.len)
		return rest;
	return span_str(arena_printf(&f->arena, "%s%.*s", prefix, SPAN_ARG(rest)));
}

static int value(struct feed *f, const struct json_step *path, size_t steps, const struct json *v,
	struct scov_err *err)
{
	struct advisory_row row = { .ecosystem = SPAN("RubyGems"),
		.package = json_get_text(v, "gem") };
	struct advisory_record record = { .rating = rating_of(v),
		.rating_class = RATED_OTHER,
		.title = span_sub(json_get_text(v, "title"), 0, 200) };

	(void)path;
	(void)steps;
	feed_begin(f);
	struct span cve = prefixed(f, "CVE-", json_get_text(v, "cve"));
	struct span ghsa = prefixed(f, "GHSA-", json_get_text(v, "ghsa"));
	struct span file = span_base(f->path);

	record.published = feed_day(f, json_get_text(v, "date"), err);
	row.id = cve.len ? cve : ghsa.len ? ghsa : span_sub(file, 0, span_rfind(file, '.'));
	if (!row.package.len)
		return feed_leave_out(f, FEED_NO_ECOSYSTEM);
	if (json_get_text(v, "platform").len)
		return feed_leave_out(f, FEED_OTHER_SYSTEM);
	if (!ranges_of(f, v, &row))
		return feed_leave_out(f, FEED_UNREADABLE);
	if (!row.ranges_n)
		return feed_leave_out(f, FEED_NO_VERSIONS);
	record.id = row.id;
	record.aliases = &ghsa;
	record.aliases_n = cve.len && ghsa.len;
	int code = feed_row(f, &row, err);

	return code ? code : feed_record(f, &record, err);
}

static bool is(const struct feed_head *h)
{
	return h->syntax == FEED_YAML && feed_head_has(h, "url") && feed_head_has(h, "title") &&
	       (feed_head_has(h, "gem") || feed_head_has(h, "engine") ||
		       feed_head_has(h, "library"));
}

const struct feed_format feed_ruby = {
	.name = "ruby",
	.what = "ruby-advisory-db (YAML)",
	.is = is,
	.value = value,
	.source = { SPAN_INIT("ruby-advisory-db"),
		SPAN_INIT("https://github.com/rubysec/ruby-advisory-db"),
		SPAN_INIT("public domain"), 0, FEED_FIXED | FEED_UNFIXED | FEED_RATING },
};
