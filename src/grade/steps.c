/* steps.c - the cheapest way to the next grade.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "grade/parts.h"

/* What is not met comes first: its fix is in the user's hands. Then effort, then the document's
 * order. */
static unsigned cost(const struct criterion_report *c)
{
	return (c->verdict == NOT_MET ? 0 : 100) + c->criterion->effort;
}

static int add_step(struct report *r, size_t i, uint32_t met, uint32_t assessed)
{
	const struct criterion_report *c = &r->criteria.p[i];
	struct step *s = vec_push(&r->steps, &r->arena);
	struct grade_report all, vector;
	struct span action = c->fix.len ? c->fix : span_str(c->criterion->fix);

	if (!s)
		return SCOV_E_MEMORY;
	if (c->verdict == NOT_ASSESSED)
		action = span_str(
			arena_printf(&r->arena, "%s; not assessed: needs %.*s", c->criterion->fix,
				SPAN_ARG(c->settled_by.n ? c->settled_by.p[0] : SPAN("more"))));
	if (!action.len)
		return SCOV_E_MEMORY;
	grade_points(met, assessed, VECTORS, &all);
	grade_points(met, assessed, c->criterion->vector, &vector);
	*s = (struct step){ .criterion = c->criterion,
		.action = action,
		.grade_after = all.grade,
		.vector_grade_after = vector.grade };
	return 0;
}

int grade_steps(struct report *r, uint32_t met, uint32_t assessed)
{
	uint32_t now = met, known = assessed;

	for (;;) {
		struct grade_report all;
		size_t best = CRITERIA;

		grade_points(now, known, VECTORS, &all);
		if (all.grade > r->overall.grade || all.met == CRITERIA)
			return 0;
		for (size_t i = 0; i < r->criteria.n; i++) {
			const struct criterion_report *c = &r->criteria.p[i];

			if (!(now >> i & 1) && !criterion_is_out_of_reach(c->criterion) &&
				(best == CRITERIA || cost(c) < cost(&r->criteria.p[best])))
				best = i;
		}
		if (best == CRITERIA) {
			r->steps.n = 0; /* the next grade cannot be reached: show no steps */
			return 0;
		}
		now |= 1u << best;
		known |= 1u << best;

		int e = add_step(r, best, now, known);

		if (e)
			return e;
	}
}
