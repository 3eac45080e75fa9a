/* kev.c - CISA's catalogue of exploited vulnerabilities: which CVEs are used in attacks.
 *
 * Source: https://www.cisa.gov/known-exploited-vulnerabilities-catalog, its JSON schema.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/feed/feed.h"

static enum json_choice begins(const struct json_step *path, size_t steps, enum json_kind kind)
{
	if (!steps)
		return kind == JSON_DICT ? JSON_ENTER : JSON_PASS;
	if (!span_eq(path[0].name, SPAN("vulnerabilities")))
		return JSON_PASS;
	return steps == 1 ? JSON_ENTER : JSON_TAKE;
}

static int value(struct feed *f, const struct json_step *path, size_t steps, const struct json *v,
	struct scov_err *err)
{
	struct span use = json_get_text(v, "knownRansomwareCampaignUse");
	struct advisory_record r = { .id = json_get_text(v, "cveID"),
		.rating_class = RATED_ADP,
		.is_exploited = true,
		.is_ransomware = span_eq(use, SPAN("Known")) };

	if (steps < 2) {
		if (steps && span_eq(path[0].name, SPAN("dateReleased")))
			feed_day(f, json_text(v), err);
		return 0;
	}
	feed_begin(f);
	feed_day(f, json_get_text(v, "dateAdded"), err);
	return feed_is_cve(r.id) ? feed_record(f, &r, err) : feed_leave_out(f, FEED_MALFORMED);
}

static bool is(const struct feed_head *h)
{
	return h->syntax == FEED_JSON && feed_head_has(h, "catalogVersion") &&
	       feed_head_has(h, "vulnerabilities");
}

const struct feed_format feed_kev = {
	.name = "kev",
	.what = "CISA's catalogue of known exploited vulnerabilities (JSON)",
	.is = is,
	.begins = begins,
	.value = value,
	.source = { SPAN_INIT("cisa-kev"), SPAN_INIT("https://github.com/cisagov/kev-data"),
		SPAN_INIT("CC0-1.0"), 0, FEED_RATING },
};
