/* photon.c - cve_data_photonX.Y.json: what Photon OS says of each flaw and source package.
 *
 * Source: https://packages.broadcom.com/photon/photon_cve_metadata/. A list of records; the release
 * is in the file's name, and in the fixed version. Without a fixed version ("NA") there is none
 * yet, unless the status is "Not Affected"; older files have no status.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/feed/distribution.h"

#include "base/ascii.h"

/* "Photon OS:4.0" of cve_data_photon4.0.json, else of "7.88.1-4.ph4". */
static struct span release_of(struct feed *f, struct span fixed)
{
	static const struct span mark = SPAN_INIT("photon"), end = SPAN_INIT(".json");
	struct span name = span_base(f->path);
	struct span number = span_from(name, span_find_span(name, mark) + mark.len);

	number = span_sub(number, 0, span_find_span(number, end));
	if (ascii_is_digit(span_at(number, 0)))
		return span_str(arena_printf(&f->arena, "Photon OS:%.*s", SPAN_ARG(number)));
	return rpm_release(fixed, &f->arena);
}

/* The score without its vector: the word that CVSS 3 has for it. */
static uint8_t rating_of_score(const struct json *score)
{
	double n = json_fraction(score);

	return n >= 9   ? RATING_CRITICAL
	       : n >= 7 ? RATING_HIGH
	       : n >= 4 ? RATING_MEDIUM
	       : n > 0  ? RATING_LOW
			: RATING_UNRATED;
}

static int value(struct feed *f, const struct json_step *path, size_t steps, const struct json *v,
	struct scov_err *err)
{
	struct span fixed = json_get_text(v, "res_ver"), status = json_get_text(v, "status");
	struct advisory_range range = { 0 };
	struct advisory_row row = { .id = json_get_text(v, "cve_id"),
		.package = json_get_text(v, "pkg"),
		.arch = SPAN("src"),
		.rating = rating_of_score(json_get(v, "cve_score")),
		.ranges = &range,
		.ranges_n = 1 };

	(void)path;
	(void)steps;
	feed_begin(f);
	row.ecosystem = release_of(f, fixed);
	if (span_find(row.id, '-') == row.id.len || !row.package.len)
		return feed_leave_out(f, FEED_MALFORMED);
	if (!row.ecosystem.len)
		return feed_leave_out(f, FEED_NO_ECOSYSTEM);
	/* "Fixed" without a version happens: then it is not known which one has the fix. */
	row.state = span_eq_nocase(status, SPAN("Fixed")) ? FIX_UNKNOWN : FIX_NOT_FIXED;
	if (span_eq_nocase(status, SPAN("Not Affected"))) {
		row.state = FIX_NOT_AFFECTED;
		row.ranges_n = 0;
	} else if (fixed.len && !span_eq_nocase(fixed, SPAN("NA"))) {
		row.state = FIX_FIXED;
		range.fixed = fixed;
	}
	return feed_row(f, &row, err);
}

static bool is(const struct feed_head *h)
{
	return h->syntax == FEED_JSON && feed_head_has(h, "cve_id") && feed_head_has(h, "pkg") &&
	       feed_head_has(h, "res_ver");
}

const struct feed_format feed_photon = {
	.name = "photon",
	.what = "cve_data_photonX.Y.json of Photon OS",
	.is = is,
	.value = value,
	.source = { SPAN_INIT("photon-cve"),
		SPAN_INIT("https://packages.broadcom.com/photon/photon_cve_metadata/"),
		SPAN_INIT("not stated"), 0,
		FEED_FIXED | FEED_UNFIXED | FEED_NEGATIVE | FEED_RATING },
};
