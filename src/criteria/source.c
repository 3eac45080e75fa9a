/* source.c - "Download from trusted source" (provenance, level 1).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/date.h"
#include "base/glob.h"
#include "criteria/rows.h"
#include "facts/trust.h"
#include "known/bases.h"
#include "known/distributions.h"
#include "recipe/recipe.h"

static bool matches(struct span pattern, const struct known_reference *r)
{
	return glob_match(pattern, r->repository) || glob_match(pattern, r->text);
}

/* The pattern that trusts the reference; empty: none. */
static struct span trusted_by(const struct policy *policy, const struct known_reference *r)
{
	for (size_t i = 0; i < policy->trusted.n; i++)
		if (matches(policy->trusted.p[i], r))
			return policy->trusted.p[i];
	for (size_t i = 0; i < known_publishers_n && !policy->trusted_replaces; i++)
		if (matches(known_publishers[i].pattern, r))
			return known_publishers[i].pattern;
	return SPAN("");
}

/* Past the last day of support that is free to everyone. */
static bool is_past_end(const struct dossier *d, struct verdict_out *out)
{
	const struct distribution *dist = &d->image->distribution;
	const struct known_release *r;
	struct evidence *e;
	char day[DATE_TEXT];

	if (!dist->is_known)
		return false;
	r = known_release_find(dist->id, dist->version_id, dist->codename);
	bool is_older = !r;

	if (!r)
		r = known_release_after(dist->id, dist->version_id);
	if (!r) {
		remark(out, dist->at, dist->pretty_name,
			"the end of support of this release is unknown");
		return false;
	}
	if (r->end == KNOWN_ROLLING)
		return false;

	bool past = d->policy->now >= ((int64_t)r->end + 1) * DAY_SECONDS;

	e = evidence_add(out, EV_DATE, past ? DECIDES : REMARK, OBSERVED, dist->at, r->source,
		"last day of free security support");
	if (e) {
		e->number = r->end;
		e->has_number = true;
	}
	if (!past)
		return false;
	base_advise(d->image, d->policy->now, "then grade with --base REF to have it checked", out);
	if (dist->pretty_name.len)
		say(out, NOT_MET, dist->at, "security support of %.*s ended %s %s",
			SPAN_ARG(dist->pretty_name), is_older ? "before" : "on",
			date_format_day(r->end, day));
	else
		say(out, NOT_MET, dist->at, "security support of %.*s %.*s ended %s %s",
			SPAN_ARG(dist->id), SPAN_ARG(dist->version_id), is_older ? "before" : "on",
			date_format_day(r->end, day));
	return true;
}

enum opinion { TRUST_UNKNOWN, TRUST_NO, TRUST_YES };

static enum opinion judge_reference(const struct dossier *d, struct verdict_out *out,
	struct span text, struct place at, const char *what, struct span *pattern)
{
	struct known_reference r;

	if (!known_reference(out->arena, text, &r)) {
		remark(out, at, text, "%s is not an image reference that can be looked up", what);
		return TRUST_UNKNOWN;
	}
	*pattern = trusted_by(d->policy, &r);
	if (pattern->len)
		return TRUST_YES;
	if (span_starts(r.repository, SPAN("localhost/"))) {
		/* A builder's name for an image in its local store: where it was kept, not where it
		 * came from. */
		remark(out, at, r.text, "a local name of the build machine, not a source");
		return TRUST_UNKNOWN;
	}
	struct remedy trust = { .action = REMEDY_TRUST };

	remedy_add(out, (struct remedy){ .action = REMEDY_BASE,
				.note = SPAN("build from a trusted publisher") });
	remedy_for(out, &trust, r.repository);
	remedy_add(out, trust);
	say(out, NOT_MET, at, "%s %.*s is not from a trusted source", what, SPAN_ARG(r.text));
	return TRUST_NO;
}

/* Every image that the Dockerfile takes something from. */
static enum opinion judge_recipe(const struct dossier *d, struct verdict_out *out, size_t *n)
{
	enum opinion all = TRUST_YES;

	for (size_t i = 0; d->recipe && i < d->recipe->findings.n; i++) {
		const struct recipe_finding *f = &d->recipe->findings.p[i];
		struct span pattern;
		enum opinion one;

		if (f->kind != RECIPE_IMAGE)
			continue;
		++*n;
		one = span_find(f->what, '$') < f->what.len
			      ? TRUST_UNKNOWN
			      : judge_reference(d, out, f->what, recipe_place(d->recipe, f->line),
					"the image", &pattern);
		if (one == TRUST_NO)
			return TRUST_NO;
		if (one == TRUST_UNKNOWN)
			all = TRUST_UNKNOWN;
	}
	return *n ? all : TRUST_UNKNOWN;
}

/* The images that the build read, by its provenance: each has to be trusted. */
struct built {
	enum opinion opinion; /* of all together */
	bool proved;          /* all of them are in verified provenance */
	struct span image, pattern;
};

static bool judge_inputs(const struct dossier *d, struct verdict_out *out,
	const struct trust_evidence *e, struct built *b)
{
	char text[DIGEST_TEXT];
	struct place at = { .kind = PLACE_ATTESTATION, .layer = NO_LAYER };

	at.path = arena_dup(out->arena, span_str(digest_format(&e->digest, text)));
	for (size_t i = 0; i < e->provenance->inputs.n; i++) {
		struct span image = e->provenance->inputs.p[i].image, pattern = { 0 };

		if (!image.len)
			continue;

		enum opinion one =
			judge_reference(d, out, image, at, "the build's image", &pattern);

		if (one == TRUST_NO) {
			b->opinion = TRUST_NO;
			return false;
		}
		b->proved = b->proved &&
			    trust_counts(
				    e, trust_least(d->trust, d->policy->profile == PROFILE_STRICT));
		if (one == TRUST_UNKNOWN)
			b->opinion = TRUST_UNKNOWN;
		else if (!b->image.len)
			b->opinion = TRUST_YES;
		b->image = image;
		b->pattern = pattern;
	}
	return true;
}

static struct built built_from(const struct dossier *d, struct verdict_out *out)
{
	struct built b = { .proved = true };

	for (size_t i = 0; d->trust && i < d->trust->list.n; i++) {
		const struct trust_evidence *e = &d->trust->list.p[i];

		if (e->kind == ATTACHED_PROVENANCE && e->provenance &&
			trust_counts(e, TRUST_CLAIMED) && !judge_inputs(d, out, e, &b))
			break;
	}
	return b;
}

static enum verdict judge(const struct dossier *d, struct verdict_out *out)
{
	const struct base *b = &d->image->base;
	bool has_base = (b->source == BASE_ANNOTATION || b->source == BASE_LAYERS) && b->name.len &&
			!base_is_denied(d);
	enum opinion base = TRUST_UNKNOWN, self = TRUST_UNKNOWN;
	struct span base_pattern = { 0 }, self_pattern = { 0 }, base_name = b->name;
	struct place base_at = b->at;
	enum ev_class class = b->source == BASE_LAYERS ? OBSERVED : DECLARED;

	size_t images = 0;

	if (is_past_end(d, out))
		return NOT_MET;
	out->report->class = (uint8_t) class;
	enum opinion recipe = judge_recipe(d, out, &images);

	if (recipe == TRUST_NO)
		return NOT_MET;
	if (has_base && !span_eq(b->name, SPAN("scratch")))
		base = judge_reference(d, out, b->name, b->at, "the base", &base_pattern);
	if (base == TRUST_NO)
		return NOT_MET;

	struct built built = built_from(d, out);

	if (built.opinion == TRUST_NO)
		return NOT_MET;
	if (built.opinion == TRUST_YES && built.proved) {
		out->report->class = PROVED;
		return say(out, MET, place_image(),
			"%.*s, of verified provenance, is trusted by %.*s", SPAN_ARG(built.image),
			SPAN_ARG(built.pattern));
	}
	if (base == TRUST_UNKNOWN && built.opinion == TRUST_YES) {
		base = TRUST_YES;
		base_pattern = built.pattern;
		base_name = built.image;
		base_at = place_image();
		class = DECLARED;
	}
	if (d->is_registry && d->reference.len) {
		struct criterion_report before = *out->report;

		self = judge_reference(
			d, out, d->reference, place_image(), "the image", &self_pattern);
		if (self == TRUST_NO && d->policy->third_party)
			return NOT_MET;
		if (self == TRUST_NO) /* it may be the user's own: no tool can tell */
			out->report->remedies = before.remedies;
	}
	if (images && recipe == TRUST_UNKNOWN)
		return say(out, NOT_ASSESSED, recipe_place(d->recipe, 1),
			"not every image of the Dockerfile can be looked up");
	if (images && d->policy->profile == PROFILE_STRICT)
		return say(out, NOT_ASSESSED, place_image(),
			"the source is only declared; --profile strict needs a verified one");
	if (images) {
		out->report->class = DECLARED;
		return say(out, MET, recipe_place(d->recipe, 1),
			"all %zu images of the Dockerfile are from trusted sources", images);
	}
	if (base == TRUST_UNKNOWN && self != TRUST_YES && has_base &&
		!span_eq(b->name, SPAN("scratch")))
		return say(out, NOT_ASSESSED, b->at,
			"the source of the base %.*s cannot be checked", SPAN_ARG(b->name));
	if (base == TRUST_UNKNOWN && self != TRUST_YES)
		return say(out, NOT_ASSESSED, place_image(),
			"neither a base image nor a trusted reference is known");
	if (d->policy->profile == PROFILE_STRICT && class == DECLARED)
		return say(out, NOT_ASSESSED, place_image(),
			"the source is only declared; --profile strict needs a verified one");
	if (base == TRUST_YES)
		return say(out, MET, base_at, "the base %.*s is trusted by %.*s",
			SPAN_ARG(base_name), SPAN_ARG(base_pattern));
	out->report->class = DECLARED;
	return say(out, MET, place_image(), "%.*s is trusted by %.*s", SPAN_ARG(d->reference),
		SPAN_ARG(self_pattern));
}

const struct criterion prov_source = {
	.id = "prov.source",
	.title = "Download from trusted source",
	.vector = PROVENANCE,
	.level = 1,
	.rule = "The base image, known by annotation or by --base, and every image that the "
		"Dockerfile or provenance names, comes from a publisher in the "
		"trust list, and its release still gets free security updates. The image's own "
		"reference can only help, unless --third-party is given.",
	.remedy = REMEDY_BASE,
	.fix = "FROM an official image, and name it: --annotation "
	       "org.opencontainers.image.base.name=NAME",
	.effort = 2,
	.needs = INPUT_FILES,
	.settled_by = "the base image, with --base REF or the annotation "
		      "org.opencontainers.image.base.name",
	.judge = judge,
};
