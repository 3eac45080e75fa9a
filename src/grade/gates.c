/* gates.c - --fail-on: which conditions the report fails, and why.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "grade/parts.h"

static const char *vector_name(int8_t vector)
{
	return vector < 0 ? "overall" : vector_names[vector];
}

static char *check_grade(
	struct report *r, const struct gate *g, const struct grade_report *v, bool *passed)
{
	*passed = v->grade >= g->threshold;
	if (*passed)
		return arena_printf(
			&r->arena, "%s is %s", vector_name(g->vector), grade_names[v->grade]);
	if (v->ceiling >= g->threshold)
		return arena_printf(&r->arena,
			"%s is %s, not %s: %u of %u criteria are not assessed; they need "
			"%.*s",
			vector_name(g->vector), grade_names[v->grade], grade_names[g->threshold],
			(unsigned)(v->total - v->assessed), (unsigned)v->total,
			SPAN_ARG(v->settles));
	return arena_printf(&r->arena, "%s is %s, not %s", vector_name(g->vector),
		grade_names[v->grade], grade_names[g->threshold]);
}

/* The first criterion up to the level that is not met is why. */
static const struct criterion_report *obstacle(const struct report *r, int8_t vector, uint8_t level)
{
	const struct criterion_report *first = NULL;

	for (size_t i = 0; i < r->criteria.n; i++) {
		const struct criterion_report *c = &r->criteria.p[i];

		if ((vector >= 0 && c->criterion->vector != vector) ||
			c->criterion->level > level || c->verdict == MET)
			continue;
		if (!first || c->criterion->level < first->criterion->level)
			first = c;
	}
	return first;
}

static char *check_level(
	struct report *r, const struct gate *g, const struct grade_report *v, bool *passed)
{
	const struct criterion_report *c = obstacle(r, g->vector, g->threshold);

	*passed = v->level >= g->threshold ||
		  !c; /* a vector without a criterion at that level is complete */
	if (*passed || !c)
		return arena_printf(&r->arena, "%s is at level %u of %u", vector_name(g->vector),
			v->level, v->level_of);
	return arena_printf(&r->arena, "%s is at level %u, not %u: %s is %s: %.*s",
		vector_name(g->vector), v->level, g->threshold, c->criterion->id,
		c->verdict == NOT_ASSESSED ? "not assessed" : "not met", SPAN_ARG(c->reason));
}

static char *check_criterion(struct report *r, const struct gate *g, bool *passed)
{
	for (size_t i = 0; i < r->criteria.n; i++) {
		const struct criterion_report *c = &r->criteria.p[i];

		if (!span_eq(g->criterion, span_str(c->criterion->id)))
			continue;
		*passed = c->verdict == MET;
		return arena_printf(&r->arena, "%s is %s: %.*s", c->criterion->id,
			c->verdict == MET       ? "met"
			: c->verdict == NOT_MET ? "not met"
						: "not assessed",
			SPAN_ARG(c->reason));
	}
	*passed = false;
	return arena_printf(&r->arena, "there is no criterion %.*s", SPAN_ARG(g->criterion));
}

/* Why not every byte was looked at for secrets; .len 0: it was. */
static struct span unsearched(const struct image_facts *f)
{
	const uint32_t needs = INPUT_SECRETS | INPUT_FILES | (f->config ? INPUT_CONFIG : 0);
	const uint32_t missing = needs & ~f->inputs;

	return missing ? f->inputs_missing[__builtin_ctz(missing)] : (struct span){ 0 };
}

/* An incomplete search passes no gate: what was not looked at may hold one. */
static char *check_secrets(struct report *r, const struct gate *g, bool *passed)
{
	const struct image_facts *f = r->image;
	struct span why = unsearched(f);
	size_t n = 0, first = 0;

	for (size_t i = 0; i < f->secrets.n; i++)
		if (!f->secrets.p[i].waived && f->secrets.p[i].level >= g->threshold && !n++)
			first = i;
	*passed = !n && !why.len;
	if (n)
		return arena_printf(&r->arena, "%zu secret%s at %s or above, the first %.*s", n,
			n == 1 ? "" : "s", secret_level_name(g->threshold),
			SPAN_ARG(f->secrets.p[first].fact->kind));
	if (*passed)
		return arena_printf(
			&r->arena, "no secret at %s or above", secret_level_name(g->threshold));
	return arena_printf(&r->arena, "not assessed: %.*s", SPAN_ARG(why));
}

/* Rows that are not assessed pass, since an image cannot decide many of them; but not when the
 * search was incomplete. */
static char *check_requirements(struct report *r, bool *passed)
{
	const struct requirement_row *first = NULL;
	struct span why = unsearched(r->image);
	size_t n = 0;

	for (size_t i = 0; i < r->requirements.n; i++)
		if (r->requirements.p[i].result == NOT_MET && !n++)
			first = &r->requirements.p[i];
	*passed = !n && r->requirements.n && !why.len;
	if (!r->requirements.n)
		return arena_printf(&r->arena, "no requirements: pass --requirements");
	if (first)
		return arena_printf(&r->arena,
			"%zu of %zu requirements not met, the first %.*s: %.*s", n,
			r->requirements.n, SPAN_ARG(first->id), SPAN_ARG(first->reason));
	if (why.len)
		return arena_printf(&r->arena, "not assessed: %.*s", SPAN_ARG(why));
	return arena_printf(&r->arena, "every requirement is met or not assessed");
}

static const char *check_gate(struct report *r, const struct gate *g, bool *passed)
{
	const struct grade_report *v = g->vector < 0 ? &r->overall : &r->vectors[g->vector];

	switch (g->kind) {
	case GATE_GRADE:
		return check_grade(r, g, v, passed);
	case GATE_LEVEL:
		return check_level(r, g, v, passed);
	case GATE_SECRETS:
		return check_secrets(r, g, passed);
	case GATE_REQUIREMENTS:
		return check_requirements(r, passed);
	default:
		return check_criterion(r, g, passed);
	}
}

int grade_gates(struct report *r, const struct policy *policy)
{
	r->gates_passed = true;
	for (size_t i = 0; i < policy->gates.n; i++) {
		const struct gate *g = &policy->gates.p[i];
		struct gate_result *out = vec_push(&r->gates, &r->arena);
		bool passed = false;
		const char *why = check_gate(r, g, &passed);

		if (!out || !why) {
			r->gates_passed = false;
			return SCOV_E_MEMORY;
		}
		*out = (struct gate_result){
			.text = g->text, .why = span_str(why), .passed = passed
		};
		r->gates_passed = r->gates_passed && passed;
	}
	return 0;
}
