/* fresh.c - "Image recently updated" (provenance, level 2).
 *
 * The content cannot be older than its newest file; a claim can say anything. Reproducible images
 * claim 1970 or 1980, so those do not count as dates.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/date.h"
#include "criteria/rows.h"
#include "facts/trust.h"
#include "known/dates.h"

enum { CONTENT_LAG_DAYS = 180 /* a first guess: how much older than the claim content may be */ };

/* Which claim counts first. */
static int rank(uint8_t kind)
{
	return kind == DATE_ATTESTED     ? 4
	       : kind == DATE_CREATED    ? 3
	       : kind == DATE_ANNOTATION ? 2
	       : kind == DATE_HISTORY    ? 1
					 : 0;
}

struct choice {
	const struct dated *claim, *content;
};

typedef VEC(struct dated) dates;

static void add_attested(const struct trust_evidence *e, uint8_t kind, int64_t at,
	struct verdict_out *out, dates *list)
{
	char text[DIGEST_TEXT];
	struct dated d = { .kind = kind, .is_claim = true, .seconds = at };

	d.at = (struct place){ .kind = PLACE_ATTESTATION, .layer = NO_LAYER };
	d.at.path = arena_dup(out->arena, span_str(digest_format(&e->digest, text)));
	d.what = kind == DATE_ATTESTED ? SPAN("end of the build, in verified provenance")
				       : SPAN("verified signature");
	vec_add(list, out->arena, &d);
}

/* The image's, and the end of the build in verified provenance. When it was signed says only that
 * it is not newer: an old image can be signed again. */
static void all_dates(const struct dossier *d, struct verdict_out *out, dates *list)
{
	for (size_t i = 0; i < d->image->dates.n; i++)
		vec_add(list, out->arena, &d->image->dates.p[i]);
	for (size_t i = 0; d->trust && i < d->trust->list.n; i++) {
		const struct trust_evidence *e = &d->trust->list.p[i];

		if (!trust_counts(e, trust_least(d->trust, d->policy->profile == PROFILE_STRICT)))
			continue;
		if (e->kind == ATTACHED_PROVENANCE && e->provenance && e->provenance->finished)
			add_attested(e, DATE_ATTESTED, e->provenance->finished, out, list);
		else if (e->kind == ATTACHED_SIGNATURE && e->time)
			add_attested(e, DATE_SIGNED, e->time, out, list);
	}
}

static struct choice choose(const dates *list, int64_t now)
{
	struct choice c = { 0 };

	for (size_t i = 0; i < list->n; i++) {
		const struct dated *d = &list->p[i];

		if (!known_date_is_real(d->seconds, now))
			continue;
		if (d->kind == DATE_SIGNED)
			continue;
		if (!d->is_claim) {
			if (!c.content || d->seconds > c.content->seconds)
				c.content = d;
		} else if (!c.claim || rank(d->kind) > rank(c.claim->kind) ||
			   (d->kind == c.claim->kind && d->seconds > c.claim->seconds)) {
			c.claim = d;
		}
	}
	/* the newest signature, where nothing else is known */
	for (size_t i = 0; i < list->n && !c.content; i++) {
		const struct dated *d = &list->p[i];

		if (d->kind == DATE_SIGNED && known_date_is_real(d->seconds, now) &&
			(!c.claim ||
				(c.claim->kind == DATE_SIGNED && d->seconds > c.claim->seconds)))
			c.claim = d;
	}
	return c;
}

static void show_dates(
	const dates *list, struct verdict_out *out, int64_t now, const struct dated *best)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct dated *d = &list->p[i];
		const char *why = !known_date_is_real(d->seconds, now)
					  ? "not a plausible date: ignored"
				  : d == best   ? "the date that decides"
				  : d->is_claim ? "a claim"
						: "seen in the content";
		struct evidence *e = evidence_add(out, EV_DATE, d == best ? DECIDES : REMARK,
			d->is_claim ? DECLARED : OBSERVED, d->at, d->what, why);

		if (!e)
			return;
		e->number = date_day(d->seconds);
		e->has_number = true;
	}
}

/* The first day on which the verdict changes. */
static void show_flip(struct verdict_out *out, int64_t t, int64_t window)
{
	struct evidence *e = evidence_add(out, EV_DATE, REMARK, OBSERVED, place_image(),
		SPAN("turns not met"), "without a rebuild, not met from this day on");

	if (!e)
		return;
	e->number = (t + window + 1 + DAY_SECONDS - 1) / DAY_SECONDS;
	e->has_number = true;
}

static enum verdict judge(const struct dossier *d, struct verdict_out *out)
{
	int64_t now = d->policy->now, window = (int64_t)d->policy->max_age_days * DAY_SECONDS;
	dates list = { 0 };

	all_dates(d, out, &list);

	struct choice c = choose(&list, now);
	const struct dated *best = c.claim;
	char day[DATE_TEXT], other[DATE_TEXT];

	if (c.content && (!best || c.content->seconds > best->seconds))
		best = c.content;
	show_dates(&list, out, now, best);
	if (!best)
		return say(out, NOT_ASSESSED, place_image(), "no plausible date in the image");

	int64_t t = best->seconds;

	out->report->class = best->is_claim && (!c.content || now - c.content->seconds > window)
				     ? DECLARED
				     : OBSERVED;
	date_format_day(t / DAY_SECONDS, day);
	if (now - t > window) {
		remedy_one(out, REMEDY_REBUILD, "docker build --pull --no-cache .", NULL);
		return say(out, NOT_MET, place_image(), "last updated %s, %lld days ago (limit %u)",
			day, (long long)((now - t) / DAY_SECONDS), d->policy->max_age_days);
	}
	if (c.content && t - c.content->seconds > (int64_t)CONTENT_LAG_DAYS * DAY_SECONDS)
		return say(out, NOT_ASSESSED, place_image(),
			"claims %s, but its newest content is from %s: only an advisory database "
			"can show whether updates are missing",
			day, date_format_day(c.content->seconds / DAY_SECONDS, other));
	show_flip(out, t, window);
	return say(out, MET, place_image(), "last updated %s, %lld days ago", day,
		(long long)((now - t) / DAY_SECONDS));
}

const struct criterion prov_fresh = {
	.id = "prov.fresh",
	.title = "Image recently updated",
	.vector = PROVENANCE,
	.level = 2,
	.rule = "The later of the best claimed date and the newest content is at most 30 days old "
		"(--max-age). Dates before 1980-01-03, in the future, or that a tool writes into "
		"everything it packs (npm: 1985-10-26) are ignored. A recent "
		"claim over content that is more than 180 days older needs an advisory database.",
	.remedy = REMEDY_REBUILD,
	.fix = "docker build --pull --no-cache .",
	.effort = 2,
	.needs = INPUT_FILES | INPUT_PACKAGES,
	.settled_by = "a plausible date in the image",
	.settled_by_input = INPUT_ADVISORIES,
	.judge = judge,
};
