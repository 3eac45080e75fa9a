/* feed.c - what the readers of the formats call.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/feed/feed.h"

#include <stdlib.h>

#include "advisory/cvss.h"
#include "base/ascii.h"
#include "base/date.h"
#include "base/table.h"

const char *const feed_reason_names[] = {
	[FEED_WITHDRAWN] = "withdrawn",
	[FEED_NOT_SECURITY] = "no flaw named",
	[FEED_INFORMATIONAL] = "informational",
	[FEED_OTHER_SYSTEM] = "for another platform",
	[FEED_NO_ECOSYSTEM] = "of no package in an inventory",
	[FEED_NO_VERSIONS] = "no versions",
	[FEED_NO_PACKAGE] = "of a product as a whole",
	[FEED_UNREADABLE] = "unreadable versions",
	[FEED_MALFORMED] = "malformed",
	[FEED_DAMAGED] = "damaged text",
	[FEED_NOTHING] = "says nothing that is used",
};
ROWS(feed_reason_names, FEED_REASONS);

void feed_begin(struct feed *f)
{
	arena_reset(&f->arena);
	f->source = NULL;
	f->counts->records++;
}

static int by_bytes(const void *a, const void *b)
{
	return span_cmp(*(const struct span *)a, *(const struct span *)b);
}

bool feed_is_without(const struct feed *f, struct span id)
{
	return f->without_n && bsearch(&id, f->without, f->without_n, sizeof(id), by_bytes);
}

void feed_from(struct feed *f, const struct advisory_source *s)
{
	f->source = s;
}

int feed_leave_out(struct feed *f, enum feed_reason why)
{
	f->counts->left_out[why]++;
	return 0;
}

static int source_of(struct feed *f, uint16_t *out, struct scov_err *err)
{
	int code = advisory_build_source(
		f->build, f->source ? f->source : &f->format->source, out, err);

	if (!code && !f->format->states_days)
		advisory_build_copied(f->build, *out, f->copied);
	return code;
}

static int ended(struct feed *f, int code)
{
	f->is_over = f->is_over || code;
	return code;
}

int feed_row(struct feed *f, const struct advisory_row *row, struct scov_err *err)
{
	uint16_t source = 0;
	int code = arena_check(&f->arena, err);

	if (!code)
		code = source_of(f, &source, err);
	if (!code)
		code = advisory_build_row(f->build, source, row, err);
	f->counts->rows++;
	return ended(f, code);
}

int feed_record(struct feed *f, const struct advisory_record *r, struct scov_err *err)
{
	uint16_t source = 0;
	int code = arena_check(&f->arena, err);

	if (!code)
		code = source_of(f, &source, err);
	if (!code)
		code = advisory_build_record(f->build, source, r, err);
	return ended(f, code);
}

int64_t feed_day(struct feed *f, struct span date, struct scov_err *err)
{
	uint16_t source;
	int64_t day, seconds;

	if (!date_parse_day(span_sub(date, 0, 10), &day)) {
		if (!date_parse_rfc3339(date, &seconds, NULL))
			return 0;
		day = seconds / DAY_SECONDS;
	}
	if (day < FEED_DAY_MIN)
		return 0;
	if (!source_of(f, &source, err))
		advisory_build_day(f->build, source, day);
	return day;
}

struct span feed_vector(struct span a, struct span b)
{
	struct cvss one = { 0 }, two = { 0 };

	if (!cvss_parse(a, &one))
		a = (struct span){ 0 };
	return cvss_parse(b, &two) && two.version > one.version ? b : a;
}

bool feed_is_cve(struct span id)
{
	return id.len > 4 && span_starts(id, SPAN("CVE-")) && ascii_is_digit(span_at(id, 4));
}
