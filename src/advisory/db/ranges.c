/* ranges.c - events of a feed, in any order, as ranges.
 *
 * Source: OSV schema 1.7.4, "Evaluation": the events are sorted, and what a version is depends on
 * those that are not after it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/db/build.h"
#include "version/version.h"

/* "0" is before every version. */
static bool is_zero(struct span v)
{
	return !v.len || span_eq(v, SPAN("0"));
}

static bool is_after(
	enum version_scheme scheme, const struct advisory_event *a, const struct advisory_event *b)
{
	int order;

	if (is_zero(a->version) || is_zero(b->version))
		return is_zero(b->version) && !is_zero(a->version);
	return version_cmp(scheme, a->version, b->version, &order) && order > 0;
}

/* Insertion: stable, and nearly always there is nothing to do. */
static bool sort_events(enum version_scheme scheme, struct advisory_event *events, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!is_zero(events[i].version) && !version_valid(scheme, events[i].version))
			return false;
	for (size_t i = 1; i < n; i++) {
		struct advisory_event e = events[i];
		size_t at = i;

		for (; at && is_after(scheme, &events[at - 1], &e); at--)
			events[at] = events[at - 1];
		events[at] = e;
	}
	return true;
}

bool advisory_ranges(enum version_scheme scheme, struct advisory_event *events, size_t n,
	struct arena *a, struct advisory_range **out, size_t *out_n)
{
	bool is_sorted = sort_events(scheme, events, n), is_open = false;
	VEC(struct advisory_range) ranges = { 0 };
	struct advisory_range now = { 0 };

	for (size_t i = 0; i < n; i++) {
		const struct advisory_event *e = &events[i];

		if (e->kind == EVENT_INTRODUCED) {
			if (!is_open)
				now = (struct advisory_range){ .introduced = e->version };
			is_open = true;
		} else if (is_open) {
			*(e->kind == EVENT_FIXED ? &now.fixed : &now.last_affected) = e->version;
			vec_add(&ranges, a, &now);
			is_open = false;
		}
	}
	if (is_open)
		vec_add(&ranges, a, &now);
	*out = ranges.p;
	*out_n = ranges.n;
	return is_sorted;
}
