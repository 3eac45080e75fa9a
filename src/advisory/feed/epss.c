/* epss.c - how likely a CVE is to be exploited within 30 days, from FIRST's model.
 *
 * A comment with the date, a heading, then "CVE-2024-1,0.00383,0.73075". Source:
 * https://www.first.org/epss/data_stats.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/feed/feed.h"

#include <stdlib.h>

#include "base/ascii.h"

static const char heading[] = "cve,epss,percentile";

/* 0 to 1 as 0 to 65535. */
static bool fraction(struct span text, uint16_t *out)
{
	char digits[32];

	if (!text.len || text.len >= sizeof(digits) || !ascii_is_digit(span_at(text, 0)))
		return false;
	memcpy(digits, text.p, text.len);
	digits[text.len] = 0;
	char *end;
	double v = strtod(digits, &end);

	if (*end || !(v >= 0 && v <= 1))
		return false;
	*out = (uint16_t)(v * UINT16_MAX + 0.5);
	return true;
}

static int score(struct feed *f, struct span line, struct scov_err *err)
{
	struct advisory_record r = { .rating_class = RATED_ADP, .has_epss = true };
	struct span epss, percentile;

	feed_begin(f);
	if (span_split(&line, ',', &r.id) && span_split(&line, ',', &epss) &&
		span_split(&line, ',', &percentile) && feed_is_cve(r.id) &&
		fraction(epss, &r.epss) && fraction(percentile, &r.epss_percentile))
		return feed_record(f, &r, err);
	return feed_leave_out(f, FEED_MALFORMED);
}

static int text(struct feed *f, struct span in, struct scov_err *err)
{
	struct span line;
	bool has_heading = false;
	int code = 0;

	while (!code && span_line(&in, &line)) {
		size_t date = span_find_span(line, SPAN("score_date:"));

		if (span_at(line, 0) == '#')
			feed_day(f, span_sub(line, date + 11, 10), err);
		else if (has_heading)
			code = line.len ? score(f, line, err) : 0;
		else if (!span_eq(line, span_str(heading)))
			return err_fail(err, SCOV_E_FORMAT, "no heading '%s'", heading);
		else
			has_heading = true;
	}
	if (!code && !has_heading)
		return err_fail(err, SCOV_E_FORMAT, "no heading '%s'", heading);
	return code;
}

static bool is(const struct feed_head *h)
{
	return h->syntax == FEED_TEXT && (span_starts(h->bytes, SPAN("#model_version:")) ||
						 span_starts(h->bytes, span_str(heading)));
}

const struct feed_format feed_epss = {
	.name = "epss",
	.what = "FIRST's EPSS scores (CSV)",
	.is = is,
	.text = text,
	.source = { SPAN_INIT("first-epss"), SPAN_INIT("https://epss.empiricalsecurity.com"),
		SPAN_INIT("free with credit to FIRST"), 0, FEED_RATING },
};
