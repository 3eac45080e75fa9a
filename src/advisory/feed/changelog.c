/* changelog.c - which version of a Debian package's changelog first names a CVE, JSON lines:
 *
 *	{"suite":"bookworm","source":"zlib","current":"1.3-1",
 *	 "fixes":[["1.2.13-1",["CVE-2022-37434"]]]}
 *
 * Extracted from the changelogs of the packages themselves: what is named is taken as fixed there.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/feed/distribution.h"
#include "version/version.h"

/* A release's rebuild, 1.3~deb12u1, has the changelog of 1.3 below its own entry: a version that is
 * after the current one is in it all the same, and in each rebuild before. */
static struct span fixed_in(struct span version, struct span current)
{
	int order;

	if (!version_cmp(VERSION_DEB, version, current, &order) || order <= 0)
		return version;
	if (!span_starts(current, version) || span_at(current, version.len) != '~')
		return current;
	return span_sub(current, 0, version.len + 1);
}

static int put_fix(struct feed *f, struct advisory_row *row, const struct json *fix,
	struct span current, struct scov_err *err)
{
	struct advisory_range range = { .fixed = fixed_in(json_text(json_at(fix, 0)), current) };
	const struct json *ids = json_at(fix, 1);
	int code = 0;

	if (!range.fixed.len)
		return feed_leave_out(f, FEED_MALFORMED);
	row->ranges = &range;
	row->ranges_n = 1;
	for (size_t i = 0; i < json_count(ids) && !code; i++) {
		row->id = json_text(json_at(ids, i));
		code = feed_is_cve(row->id) ? feed_row(f, row, err)
					    : feed_leave_out(f, FEED_MALFORMED);
	}
	return code;
}

static int value(struct feed *f, const struct json_step *path, size_t steps, const struct json *v,
	struct scov_err *err)
{
	const struct json *fixes = json_get(v, "fixes");
	struct advisory_row row = { .package = json_get_text(v, "source"), .state = FIX_FIXED };
	int code = 0;

	(void)path;
	(void)steps;
	feed_begin(f);
	row.ecosystem = debian_release(json_get_text(v, "suite"), &f->arena);
	if (!row.ecosystem.len || !row.package.len)
		return feed_leave_out(f, FEED_MALFORMED);
	if (!json_count(fixes))
		return feed_leave_out(f, FEED_NOTHING);
	for (size_t i = 0; i < json_count(fixes) && !code; i++)
		code = put_fix(f, &row, json_at(fixes, i), json_get_text(v, "current"), err);
	return code;
}

static bool is(const struct feed_head *h)
{
	return h->syntax == FEED_JSON && feed_head_has(h, "suite") && feed_head_has(h, "source") &&
	       feed_head_has(h, "fixes");
}

const struct feed_format feed_changelog = {
	.name = "changelog",
	.what = "CVEs that changelogs of Debian packages name (JSON lines)",
	.is = is,
	.value = value,
	.source = { SPAN_INIT("debian-changelogs"), SPAN_INIT("https://deb.debian.org/debian"),
		SPAN_INIT("facts only"), 0, FEED_FIXED | FEED_PARTIAL },
};
