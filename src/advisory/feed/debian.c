/* debian.c - Debian's security tracker as JSON: source package, flaw, release.
 *
 * Source: https://security-tracker.debian.org/tracker/data/json, and the tracker's words: a fixed
 * version of "0" is never affected; `nodsa` means that no advisory will be made for it, now
 * ("postponed", or no reason) or ever ("ignored"), and that the release is affected.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/feed/distribution.h"

/* The root and each source package are entered; the flaw is a record. */
static enum json_choice begins(const struct json_step *path, size_t steps, enum json_kind kind)
{
	(void)path;
	if (kind != JSON_DICT)
		return JSON_PASS;
	return steps < 2 ? JSON_ENTER : JSON_TAKE;
}

/* Affected by the flaw, but not by what Debian builds. */
static bool is_not_built(struct span package, struct span id)
{
	/* zlib's contrib/minizip: "not built and src:zlib not producing binary packages" */
	return span_eq(package, SPAN("zlib")) && span_eq(id, SPAN("CVE-2023-45853"));
}

/* What the release is, when it is not fixed. */
static enum fix_state state_of(struct span urgency, const struct json *release)
{
	const struct json *nodsa = json_get(release, "nodsa");

	if (span_eq(urgency, SPAN("end-of-life")))
		return FIX_END_OF_LIFE;
	if (span_eq(json_get_text(release, "nodsa_reason"), SPAN("ignored")))
		return FIX_WONT_FIX;
	return nodsa ? FIX_DEFERRED : FIX_NOT_FIXED;
}

static int put_release(
	struct feed *f, struct advisory_row *row, const struct json *release, struct scov_err *err)
{
	struct span status = json_get_text(release, "status");
	struct span urgency = json_get_text(release, "urgency");
	struct advisory_range range = { .fixed = json_get_text(release, "fixed_version") };
	size_t star = span_find(urgency, '*'); /* "high**": NVD's word */

	row->ranges = &range;
	row->ranges_n = 1;
	row->rating = (uint8_t)rating_of_word(span_sub(urgency, 0, star));
	row->is_unimportant = span_eq(urgency, SPAN("unimportant"));
	if (span_eq(status, SPAN("resolved"))) {
		if (!range.fixed.len)
			return feed_leave_out(f, FEED_NO_VERSIONS);
		row->state = FIX_FIXED;
	} else if (span_eq(status, SPAN("open"))) {
		range.fixed = (struct span){ 0 };
		row->state = (uint8_t)state_of(urgency, release);
	} else if (span_eq(status, SPAN("undetermined"))) {
		range.fixed = (struct span){ 0 };
		row->state = FIX_INVESTIGATING;
	} else {
		return feed_leave_out(f, FEED_MALFORMED);
	}
	if (span_eq(range.fixed, SPAN("0")) ||
		(row->state == FIX_WONT_FIX && is_not_built(row->package, row->id))) {
		row->state = FIX_NOT_AFFECTED;
		row->ranges_n = 0;
	}
	return feed_row(f, row, err);
}

static int value(struct feed *f, const struct json_step *path, size_t steps, const struct json *v,
	struct scov_err *err)
{
	const struct json *releases = json_get(v, "releases");
	int code = 0;

	if (steps != 2)
		return 0;
	feed_begin(f);
	if (!json_count(releases))
		return feed_leave_out(f, FEED_NO_VERSIONS);
	for (size_t i = 0; i < json_count(releases) && !code; i++) {
		const struct json *release = json_at(releases, i);
		struct advisory_row row = { .id = path[1].name,
			.package = path[0].name,
			.ecosystem = debian_release(json_name(release), &f->arena) };

		code = row.ecosystem.len ? put_release(f, &row, release, err)
					 : feed_leave_out(f, FEED_NO_ECOSYSTEM);
	}
	return code;
}

/* Its keys are names of packages. */
static bool is(const struct feed_head *h)
{
	return h->syntax == FEED_JSON && span_has(h->bytes, SPAN("\"releases\"")) &&
	       span_has(h->bytes, SPAN("\"repositories\""));
}

const struct feed_format feed_debian = {
	.name = "debian",
	.what = "Debian's security tracker (JSON)",
	.is = is,
	.begins = begins,
	.value = value,
	.source = { SPAN_INIT("debian-tracker"),
		SPAN_INIT("https://security-tracker.debian.org/tracker/data/json"),
		SPAN_INIT("not stated"), 0,
		FEED_FIXED | FEED_UNFIXED | FEED_NEGATIVE | FEED_RATING },
};
