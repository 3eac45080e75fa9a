/* cve.c - CVE records: vectors of who assigned the id and of who added to it, and rejections.
 *
 * Source: CVE JSON 5.1, https://github.com/CVEProject/cve-schema. Which products are affected is
 * not read: nothing names packages there.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/feed/feed.h"

enum { TITLE_MAX = 200 };

/* Of a container: its best vector, and whether it says that the flaw is exploited. */
static void metrics_of(const struct json *container, struct advisory_record *r)
{
	static const char *const versions[] = { "cvssV4_0", "cvssV3_1", "cvssV3_0", "cvssV2_0" };
	const struct json *metrics = json_get(container, "metrics");

	for (size_t i = 0; i < json_count(metrics); i++) {
		const struct json *m = json_at(metrics, i);
		struct span other = json_get_text(json_get(m, "other"), "type");

		for (size_t v = 0; v < sizeof(versions) / sizeof(*versions); v++)
			r->cvss = feed_vector(
				r->cvss, json_get_text(json_get(m, versions[v]), "vectorString"));
		r->is_exploited = r->is_exploited || span_eq(other, SPAN("kev"));
	}
}

static int value(struct feed *f, const struct json_step *path, size_t steps, const struct json *v,
	struct scov_err *err)
{
	const struct json *about = json_get(v, "cveMetadata");
	const struct json *containers = json_get(v, "containers");
	const struct json *cna = json_get(containers, "cna"), *adp = json_get(containers, "adp");
	struct advisory_record r = {
		.id = json_get_text(about, "cveId"),
		.rating_class = RATED_CNA,
		.title = span_sub(json_get_text(cna, "title"), 0, TITLE_MAX),
		.is_rejected = span_eq(json_get_text(about, "state"), SPAN("REJECTED")),
	};
	struct advisory_record more = { .id = r.id, .rating_class = RATED_ADP };

	(void)path;
	(void)steps;
	feed_begin(f);
	if (!feed_is_cve(r.id))
		return feed_leave_out(f, FEED_MALFORMED);
	r.published = feed_day(f, json_get_text(about, "datePublished"), err);
	feed_day(f, json_get_text(about, "dateUpdated"), err);
	metrics_of(cna, &r);
	for (size_t i = 0; i < json_count(adp); i++)
		metrics_of(json_at(adp, i), &more);
	int code = feed_record(f, &r, err);

	if (!code && (more.cvss.len || more.is_exploited))
		code = feed_record(f, &more, err);
	return code;
}

static bool is(const struct feed_head *h)
{
	return h->syntax == FEED_JSON && feed_head_has(h, "cveMetadata");
}

const struct feed_format feed_cve = {
	.name = "cve",
	.what = "CVE records (JSON 5), as cvelistV5 and vulnrichment have them",
	.is = is,
	.value = value,
	.source = { SPAN_INIT("cve"), SPAN_INIT("https://github.com/CVEProject/cvelistV5"),
		SPAN_INIT("CVE terms of use: free"), 0, FEED_RATING },
};
