/* wolfi.c - advisories in the form of wolfi-dev/advisories: a package, its flaws, and what
 * happened.
 *
 * Source: that repository's docs/event_types.md, schema 2.0.2 of May 2025. The newest event is what
 * holds: a flaw that was fixed and then detected again is open again.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/feed/feed.h"

static const struct {
	const char *type;
	uint8_t state; /* enum fix_state */
} events[] = {
	{ "fixed", FIX_FIXED },
	{ "false-positive-determination", FIX_NOT_AFFECTED },
	{ "pending-upstream-fix", FIX_NOT_FIXED },
	{ "true-positive-determination", FIX_NOT_FIXED },
	{ "fix-not-planned", FIX_WONT_FIX },
	{ "detection", FIX_INVESTIGATING },
	{ "analysis-not-planned", FIX_INVESTIGATING },
};

/* By the times, which are all UTC in one form; of equal ones the later in the list. */
static const struct json *newest(const struct json *list)
{
	const struct json *last = json_at(list, 0);

	for (size_t i = 1; i < json_count(list); i++) {
		const struct json *e = json_at(list, i);

		if (span_cmp(json_get_text(last, "timestamp"), json_get_text(e, "timestamp")) <= 0)
			last = e;
	}
	return last;
}

static enum fix_state state_of(const struct json *event)
{
	for (size_t i = 0; i < sizeof(events) / sizeof(*events); i++)
		if (span_eq(json_get_text(event, "type"), span_str(events[i].type)))
			return (enum fix_state)events[i].state;
	return FIX_UNKNOWN;
}

static int put_aliases(struct feed *f, const struct json *v, struct scov_err *err)
{
	const struct json *aliases = json_get(v, "aliases");
	struct advisory_record r = { .id = json_get_text(v, "id"), .rating_class = RATED_OTHER };
	VEC(struct span) same = { 0 };

	for (size_t i = 0; i < json_count(aliases); i++) {
		struct span id = json_text(json_at(aliases, i));

		if (id.len)
			vec_add(&same, &f->arena, &id);
	}
	r.aliases = same.p;
	r.aliases_n = same.n;
	return feed_record(f, &r, err);
}

static int put(struct feed *f, struct span package, const struct json *v, struct scov_err *err)
{
	const struct json *event = newest(json_get(v, "events"));
	struct advisory_range range = { 0 };
	struct advisory_row row = { .id = json_get_text(v, "id"),
		.ecosystem = SPAN("Wolfi"),
		.package = package,
		.ranges = &range,
		.ranges_n = 1,
		.state = (uint8_t)state_of(event) };

	feed_begin(f);
	feed_day(f, json_get_text(event, "timestamp"), err);
	if (!row.id.len || row.state == FIX_UNKNOWN)
		return feed_leave_out(f, FEED_MALFORMED);
	if (row.state == FIX_FIXED) {
		range.fixed = json_get_text(json_get(event, "data"), "fixed-version");
		if (!range.fixed.len)
			return feed_leave_out(f, FEED_NO_VERSIONS);
		if (span_eq(range.fixed, SPAN("0")))
			row.state = FIX_NOT_AFFECTED;
	}
	if (row.state == FIX_NOT_AFFECTED)
		row.ranges_n = 0;
	int code = feed_row(f, &row, err);

	return code ? code : put_aliases(f, v, err);
}

static int value(struct feed *f, const struct json_step *path, size_t steps, const struct json *v,
	struct scov_err *err)
{
	const struct json *list = json_get(v, "advisories");
	struct span package = json_get_text(json_get(v, "package"), "name");
	int code = 0;

	(void)path;
	(void)steps;
	if (!package.len) {
		feed_begin(f);
		return feed_leave_out(f, FEED_MALFORMED);
	}
	for (size_t i = 0; i < json_count(list) && !code; i++)
		code = put(f, package, json_at(list, i), err);
	return code;
}

static bool is(const struct feed_head *h)
{
	return h->syntax == FEED_YAML && feed_head_has(h, "schema-version") &&
	       feed_head_has(h, "package") && feed_head_has(h, "advisories");
}

const struct feed_format feed_wolfi = {
	.name = "wolfi",
	.what = "advisories in the form of wolfi-dev/advisories (YAML)",
	.is = is,
	.value = value,
	.source = { SPAN_INIT("wolfi-advisories"),
		SPAN_INIT("https://github.com/wolfi-dev/advisories"),
		SPAN_INIT("Apache-2.0 until 2025-05-07"), 0,
		FEED_FIXED | FEED_UNFIXED | FEED_NEGATIVE },
};
