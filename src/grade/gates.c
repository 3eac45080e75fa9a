/* gates.c - --fail-on: which conditions the report fails, and why.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "grade/parts.h"

static const char *vector_name(int8_t vector)
{
	return vector < 0 ? "overall" : vector_names[vector];
}

static bool is_of(const struct gate *g, const struct criterion_report *c)
{
	return (g->vector < 0 || c->criterion->vector == g->vector) &&
	       (g->kind != GATE_LEVEL || c->criterion->level <= g->threshold);
}

/* "; LABEL: a, b": those of the gate that have this verdict. */
static void put_ids(struct buf *b, const char *label, const struct report *r, const struct gate *g,
	enum verdict verdict)
{
	bool any = false;

	for (size_t i = 0; i < r->criteria.n; i++) {
		const struct criterion_report *c = &r->criteria.p[i];

		if (c->verdict != verdict || !is_of(g, c))
			continue;
		if (any)
			buf_printf(b, ", %s", c->criterion->id);
		else
			buf_printf(b, "; %s: %s", label, c->criterion->id);
		any = true;
	}
}

/* What is not met comes first: it is in the user's hands. */
static char *why_not(struct report *r, const struct gate *g, const struct buf *head)
{
	scoped_buf struct buf b = { .limit = 8192 };

	buf_span(&b, buf_view(head));
	put_ids(&b, "not met", r, g, NOT_MET);
	put_ids(&b, "not assessed", r, g, NOT_ASSESSED);
	return arena_cstr(&r->arena, buf_view(&b));
}

static char *check_grade(
	struct report *r, const struct gate *g, const struct grade_report *v, bool *passed)
{
	scoped_buf struct buf head = { .limit = 256 };

	*passed = v->grade >= g->threshold;
	buf_printf(&head, "%s is %s", vector_name(g->vector), grade_names[v->grade]);
	if (*passed)
		return arena_cstr(&r->arena, buf_view(&head));
	buf_printf(&head, ", not %s", grade_names[g->threshold]);
	return why_not(r, g, &head);
}

static char *check_level(
	struct report *r, const struct gate *g, const struct grade_report *v, bool *passed)
{
	scoped_buf struct buf head = { .limit = 256 };

	/* A vector without a criterion at that level is complete. */
	*passed = true;
	for (size_t i = 0; i < r->criteria.n; i++) {
		const struct criterion_report *c = &r->criteria.p[i];

		*passed = *passed && (c->verdict == MET || !is_of(g, c));
	}
	buf_printf(&head, "%s is at level %u", vector_name(g->vector), v->level);
	if (*passed) {
		buf_printf(&head, " of %u", v->level_of);
		return arena_cstr(&r->arena, buf_view(&head));
	}
	buf_printf(&head, ", not %u", g->threshold);
	return why_not(r, g, &head);
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

static bool reaches(const struct vulnerability *v, const struct gate *g, const struct policy *p)
{
	return vulnerability_counts(v, p->profile == PROFILE_STRICT) &&
	       (v->rating >= g->threshold || (!v->rating && p->unrated_fails)) &&
	       (!p->only_fixed || v->fix_state == FIX_FIXED);
}

/* What could not be matched may have one. */
static char *check_vulns(
	struct report *r, const struct gate *g, const struct policy *policy, bool *passed)
{
	const struct matches *m = r->matches;
	const struct vulnerability *first = NULL;
	size_t n = 0;

	*passed = false;
	if (!m)
		return arena_printf(&r->arena, "not assessed: %.*s", SPAN_ARG(report_unmatched(r)));
	for (size_t i = 0; i < m->list.n; i++)
		if (reaches(&m->list.p[i], g, policy) && !n++)
			first = &m->list.p[i];
	if (n)
		return arena_printf(&r->arena, "%zu %s or above%s, the first %.*s in %.*s", n,
			rating_names[g->threshold], policy->only_fixed ? " with a fix" : "",
			SPAN_ARG(first->id), SPAN_ARG(first->package->fact->name));
	if (m->gaps.n)
		return arena_printf(&r->arena, "not assessed: %.*s", SPAN_ARG(m->gaps.p[0].text));
	*passed = true;
	return arena_printf(&r->arena, "none at %s or above%s", rating_names[g->threshold],
		policy->only_fixed ? " with a fix" : "");
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

static const char *check_gate(
	struct report *r, const struct gate *g, const struct policy *policy, bool *passed)
{
	const struct grade_report *v = g->vector < 0 ? &r->overall : &r->vectors[g->vector];

	switch (g->kind) {
	case GATE_GRADE:
		return check_grade(r, g, v, passed);
	case GATE_LEVEL:
		return check_level(r, g, v, passed);
	case GATE_SECRETS:
		return check_secrets(r, g, passed);
	case GATE_VULNS:
		return check_vulns(r, g, policy, passed);
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
		const char *why = check_gate(r, g, policy, &passed);

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
