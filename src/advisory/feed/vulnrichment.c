/* vulnrichment.c - the ratings of CISA's vulnrichment, one CVE a line.
 *
 * {"id":"CVE-2005-1","cvss":[["cna:VulDB","CVSS:3.1/...",5.6],["CISA-ADP",...]],"kev":"2022-03-03",
 * "rejected":true}: an extract of the CVE records of github.com/cisagov/vulnrichment.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/feed/feed.h"

static int value(struct feed *f, const struct json_step *path, size_t steps, const struct json *v,
	struct scov_err *err)
{
	const struct json *cvss = json_get(v, "cvss");
	struct advisory_record cna = { .id = json_get_text(v, "id"),
		.rating_class = RATED_CNA,
		.is_rejected = json_truth(json_get(v, "rejected")) };
	struct advisory_record adp = {
		.id = cna.id, .rating_class = RATED_ADP, .is_exploited = json_get_text(v, "kev").len
	};
	int code = 0;

	(void)path;
	(void)steps;
	feed_begin(f);
	if (!feed_is_cve(cna.id))
		return feed_leave_out(f, FEED_MALFORMED);
	feed_day(f, json_get_text(v, "kev"), err);
	for (size_t i = 0; i < json_count(cvss); i++) {
		const struct json *row = json_at(cvss, i);
		bool is_cna = span_starts(json_text(json_at(row, 0)), SPAN("cna:"));
		struct span *best = is_cna ? &cna.cvss : &adp.cvss;

		*best = feed_vector(*best, json_text(json_at(row, 1)));
	}
	if (cna.cvss.len || cna.is_rejected)
		code = feed_record(f, &cna, err);
	if (!code && (adp.cvss.len || adp.is_exploited))
		code = feed_record(f, &adp, err);
	if (!cna.cvss.len && !cna.is_rejected && !adp.cvss.len && !adp.is_exploited)
		feed_leave_out(f, FEED_NOTHING);
	return code;
}

static bool is(const struct feed_head *h)
{
	return h->syntax == FEED_JSON && feed_head_has(h, "id") && !feed_head_has(h, "affected") &&
	       (feed_head_has(h, "cvss") || feed_head_has(h, "ssvc") ||
		       feed_head_has(h, "rejected"));
}

const struct feed_format feed_vulnrichment = {
	.name = "vulnrichment",
	.what = "an extract of CISA's vulnrichment (JSON lines)",
	.is = is,
	.value = value,
	.source = { SPAN_INIT("cisa-vulnrichment"),
		SPAN_INIT("https://github.com/cisagov/vulnrichment"), SPAN_INIT("CC0-1.0"), 0,
		FEED_RATING },
};
