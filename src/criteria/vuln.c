/* vuln.c - the four rows on known vulnerabilities: one judge.
 *
 * Each row counts its own rating; "any" counts all. A finding decides, whatever else could not be
 * matched. What could not be matched, or is old, keeps a row without findings from being met.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "base/buf.h"
#include "criteria/rows.h"
#include "criteria/upgrade.h"

enum {
	LISTED_MAX = 200, /* findings with a row of evidence of their own */
	CLAUSE_MAX = 1024,
};

struct tally {
	const struct dossier *d;
	struct verdict_out *out;
	uint8_t rating; /* that counts; RATINGS: any */
	size_t n, base, fixable, base_fixable, ignored, unrated, unimportant, vex;
	const struct vulnerability *first;
};

/* "openssl 3.0.11-1: critical (Debian), fixed in 3.0.14-1, layer 0 of the base" */
static void evidence_advisory(struct tally *t, const struct vulnerability *v, enum ev_role role)
{
	const struct package_fact *p = v->package->fact;
	bool is_base = vulnerability_is_base(v, t->d->image),
	     has_layer = v->package->layer < t->d->image->layers_n;
	scoped_buf struct buf b = { .limit = CLAUSE_MAX };
	struct place at = v->package->at;

	buf_printf(&b, "%.*s %.*s: %s", SPAN_ARG(p->name), SPAN_ARG(p->version),
		rating_names[v->rating]);
	if (v->rating_source.len)
		buf_printf(&b, " (%.*s)", SPAN_ARG(v->rating_source));
	if (v->fixed_in.len)
		buf_printf(&b, ", fixed in %.*s%s", SPAN_ARG(v->fixed_in),
			v->fix_state == FIX_EXTENDED ? " with paid support" : "");
	else
		buf_printf(&b, ", %s", fix_state_names[v->fix_state]);
	if (has_layer)
		buf_printf(&b, ", layer %u%s", v->package->layer, is_base ? " of the base" : "");
	if (v->is_exploited)
		buf_str(&b, ", known to be exploited");
	if (v->why.len)
		buf_printf(&b, "; %.*s", SPAN_ARG(v->why));
	buf_byte(&b, 0);
	if (at.kind == PLACE_NONE && has_layer)
		at = place_layer((int32_t)v->package->layer);
	evidence_add(t->out, EV_ADVISORY, role, v->status == MATCH_VEX ? ASSERTED : OBSERVED, at,
		v->id, b.failed ? "a finding" : b.p);
}

static bool is_of(const struct tally *t, const struct vulnerability *v)
{
	return t->rating == RATINGS || v->rating == t->rating ||
	       (v->rating == RATING_UNRATED && t->d->policy->unrated_fails);
}

static void count(struct tally *t)
{
	const struct matches *m = t->d->matches;

	for (size_t i = 0; i < m->list.n; i++) {
		const struct vulnerability *v = &m->list.p[i];
		bool counts = vulnerability_counts(v, t->d->policy->profile == PROFILE_STRICT);

		t->unrated += counts && v->rating == RATING_UNRATED;
		if (!is_of(t, v))
			continue;
		t->vex += v->status == MATCH_VEX;
		t->unimportant += !counts && v->is_unimportant && v->status == MATCH_AFFECTED;
		if (!counts)
			continue;
		bool is_base = vulnerability_is_base(v, t->d->image);

		t->first = t->first ? t->first : v;
		t->base += is_base;
		t->fixable += v->fix_state == FIX_FIXED;
		t->base_fixable += is_base && v->fix_state == FIX_FIXED;
		t->ignored += v->status == MATCH_IGNORED;
		if (t->n++ < LISTED_MAX)
			evidence_advisory(t, v, DECIDES);
	}
}

static void remark_all(struct tally *t)
{
	remark_rest(t->out, "findings", t->n, LISTED_MAX);
	for (size_t i = 0; i < t->d->matches->gaps.n; i++)
		remark(t->out, place_image(), SPAN("advisories"), "%.*s",
			SPAN_ARG(t->d->matches->gaps.p[i].text));
	if (t->vex)
		remark_count(t->out, place_image(), "findings", t->vex,
			"left out: a VEX document says not affected or fixed");
	if (t->ignored)
		remark_count(t->out, place_image(), "findings", t->ignored,
			"in the ignore file; they count all the same");
	if (t->unimportant)
		remark_count(t->out, place_image(), "findings", t->unimportant,
			"called unimportant by the distribution; --profile strict counts them");
}

static struct span base_text(const struct image_facts *image)
{
	return image->base.name.len ? image->base.name : SPAN("the base image");
}

static bool is_asked(const void *ctx, const struct vulnerability *v)
{
	return is_of(ctx, v);
}

/* The notes are the same for all rows, and a step shows each once. */
static void advise(struct tally *t)
{
	struct verdict_out *out = t->out;
	struct remedy base = { .action = REMEDY_UPGRADE, .value = SPAN("base") };
	struct remedy open = { .action = REMEDY_UPGRADE,
		.note = SPAN("for what has no fix yet: remove packages that you do not need, or "
			     "state in a VEX document what does not affect you") };

	if (t->base_fixable) {
		base.note = span_str(arena_printf(out->arena,
			"takes the newest %.*s; what it does not fix yet needs a newer release of "
			"it, or an upgrade of its packages in a RUN",
			SPAN_ARG(base_text(t->d->image))));
		remedy_for(out, &base, SPAN("docker build --pull --no-cache ."));
		remedy_add(out, base);
	}
	upgrade_advise(t->d, out, is_asked, t);
	if (t->fixable < t->n)
		remedy_add(out, open);
	/* data that cannot prove that there is none now cannot do it then */
	out->report->after = t->fixable < t->n       ? NOT_MET
			     : t->d->matches->gaps.n ? NOT_ASSESSED
						     : MET;
}

static enum verdict say_found(struct tally *t)
{
	const struct vulnerability *v = t->first;
	char base[64] = "", ignored[64] = "";

	t->out->report->class = OBSERVED;
	if (t->base)
		(void)snprintf(base, sizeof(base), ", %zu from the base", t->base);
	if (t->ignored)
		(void)snprintf(ignored, sizeof(ignored), ", %zu of them ignored", t->ignored);
	advise(t);
	return say(t->out, NOT_MET, place_image(), "%zu %s: %.*s in %.*s%s%s%s", t->n,
		t->rating == RATINGS ? "known" : rating_names[t->rating], SPAN_ARG(v->id),
		SPAN_ARG(v->package->fact->name), t->n > 1 ? " and others" : "", base, ignored);
}

static enum verdict say_open(struct tally *t)
{
	const struct match_gap *gap = &t->d->matches->gaps.p[0];

	vec_add(&t->out->report->settled_by, t->out->arena, &gap->needs);
	return say(
		t->out, NOT_ASSESSED, place_image(), "none found, but %.*s", SPAN_ARG(gap->text));
}

/* A layer that could not be read may have replaced what was found. */
static bool is_unsure(const struct image_facts *image)
{
	return image->layers_n && !(image->inputs & INPUT_FILES);
}

static enum verdict say_none(struct tally *t)
{
	bool is_any = t->rating == RATINGS;
	char unrated[64] = "";

	if (t->unrated)
		(void)snprintf(unrated, sizeof(unrated), "; %zu unrated", t->unrated);
	t->out->report->class = t->vex ? ASSERTED : OBSERVED;
	return say(t->out, MET, place_image(), "no known vulnerability%s%s%s%s",
		is_any ? "" : " that is rated ", is_any ? "" : rating_names[t->rating],
		t->vex ? ", except what a VEX document leaves out" : "", unrated);
}

static enum verdict judge_rating(const struct dossier *d, struct verdict_out *out, uint8_t rating)
{
	struct tally t = { .d = d, .out = out, .rating = rating };

	if (!d->matches) /* the frame says so */
		return NOT_ASSESSED;
	count(&t);
	remark_all(&t);
	if (t.n && !is_unsure(d->image))
		return say_found(&t);
	return d->matches->gaps.n ? say_open(&t) : say_none(&t);
}

struct span report_unmatched(const struct report *r)
{
	for (size_t i = 0; i < r->criteria.n; i++)
		if (r->criteria.p[i].criterion == &vuln_any)
			return r->criteria.p[i].reason;
	return span_str(input_rows[input_number(INPUT_ADVISORIES)].absent);
}

#define VULN_ROW(name, text_id, text_title, at_level, rating, severity, cost)                      \
	static enum verdict judge_##name(const struct dossier *d, struct verdict_out *out)         \
	{                                                                                          \
		return judge_rating(d, out, rating);                                               \
	}                                                                                          \
	const struct criterion name = {                                                            \
		.id = text_id,                                                                     \
		.title = text_title,                                                               \
		.vector = VULNERABILITIES,                                                         \
		.level = at_level,                                                                 \
		.rule = "The packages of the image have no known vulnerability" severity           \
			", fixed or not; a VEX document can exclude one.",                         \
		.remedy = REMEDY_UPGRADE,                                                          \
		.fix = "rebuild with newer packages: docker build --pull --no-cache .",            \
		.effort = cost,                                                                    \
		.needs = INPUT_ADVISORIES,                                                         \
		.settled_by_input = INPUT_ADVISORIES,                                              \
		.judge = judge_##name,                                                             \
	}

VULN_ROW(vuln_critical, "vuln.critical", "No critical", 2, RATING_CRITICAL,
	" that is rated critical", 2);
VULN_ROW(vuln_high, "vuln.high", "No high", 3, RATING_HIGH, " that is rated high", 2);
VULN_ROW(vuln_medium, "vuln.medium", "No medium", 4, RATING_MEDIUM, " that is rated medium", 3);
VULN_ROW(vuln_any, "vuln.any", "No known CVEs", 5, RATINGS, ", whatever its rating", 4);
