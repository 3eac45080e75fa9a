/* steps.c - what to do, each thing once, in an order that works.
 *
 * What is not met comes first: its fix is in the user's hands. Then what is not assessed and an
 * input would settle.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "grade/parts.h"

struct plan {
	struct report *r;
	uint32_t met, assessed;
};

/* The grades with all that this and the steps before it reach. */
static void grade_step(struct plan *p, struct step *s)
{
	struct grade_report g;

	p->met |= s->met;
	p->assessed |= s->settles;
	grade_points(p->met, p->assessed, VECTORS, &g);
	s->grade_after = g.grade;
	for (int v = 0; v < VECTORS; v++) {
		grade_points(p->met, p->assessed, v, &g);
		s->vector_grade_after[v] = g.grade;
	}
}

/* Met after its steps; or no longer not met, where nothing proves it; or mended in part. */
static void settle(struct step *s, const struct report *r, size_t i)
{
	s->settles |= 1u << i;
	s->met |= (uint32_t)(r->criteria.p[i].after == MET) << i;
	s->stays |= (uint32_t)(r->criteria.p[i].after == NOT_MET) << i;
}

static bool has_step(const struct criterion_report *c, enum remedy_step step)
{
	for (size_t i = 0; i < c->remedies.n; i++)
		if (remedy_step(c->remedies.p[i].action) == step)
			return true;
	return false;
}

/* A base of another step meets it too. */
static bool has_base_for(const struct report *r, const struct criterion *wanted)
{
	for (size_t i = 0; i < r->criteria.n; i++)
		for (size_t k = 0;
			r->criteria.p[i].verdict == NOT_MET && k < r->criteria.p[i].remedies.n;
			k++) {
			const struct remedy *m = &r->criteria.p[i].remedies.p[k];
			struct span rest = m->value, id;

			while (m->action == REMEDY_BASE && span_split(&rest, ',', &id))
				if (span_eq(id, span_str(wanted->id)))
					return true;
		}
	return false;
}

/* The step of all criteria that are not met and have a remedy of this kind; only: of one. */
static int add_step(struct plan *p, enum remedy_step step, size_t only)
{
	const remedies *lists[CRITERIA];
	struct step s = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < p->r->criteria.n; i++) {
		const struct criterion_report *c = &p->r->criteria.p[i];
		bool by_base = c->verdict == NOT_MET && has_base_for(p->r, c->criterion);

		if (c->verdict != NOT_MET || (only < CRITERIA && i != only))
			continue;
		if (by_base ? step != STEP_BASE : !has_step(c, step))
			continue;
		settle(&s, p->r, i);
		lists[n++] = &c->remedies;
	}
	if (!n)
		return 0;
	fix_lines_of(p->r->image, lists, n, step, &p->r->arena, &s.lines);
	grade_step(p, &s);

	struct step *slot = vec_push(&p->r->steps, &p->r->arena);

	if (!slot)
		return SCOV_E_MEMORY;
	*slot = s;
	return 0;
}

/* A change of the image settles it, not an input that is missing. */
static bool is_of_the_image(const struct criterion_report *c)
{
	return c->criterion->settled_by && c->settled_by.n &&
	       span_eq(c->settled_by.p[0], span_str(c->criterion->settled_by));
}

/* Not assessed: its fix. What it needs to be assessed is in its row. */
static int add_open(struct plan *p, size_t i)
{
	const struct criterion_report *c = &p->r->criteria.p[i];
	const remedies *list = &c->remedies;
	struct step s = { 0 };

	if (c->verdict != NOT_ASSESSED || !is_of_the_image(c))
		return 0;
	settle(&s, p->r, i);
	fix_lines_of(p->r->image, &list, 1, REMEDY_STEPS, &p->r->arena, &s.lines);
	grade_step(p, &s);

	struct step *slot = vec_push(&p->r->steps, &p->r->arena);

	if (!slot)
		return SCOV_E_MEMORY;
	*slot = s;
	return 0;
}

int grade_steps(struct report *r, uint32_t met, uint32_t assessed)
{
	struct plan p = { r, met, assessed };
	int e = 0;

	for (unsigned step = 0; step < REMEDY_STEPS && !e; step++) {
		if (step != STEP_OTHER)
			e = add_step(&p, step, CRITERIA);
		for (size_t i = 0; step == STEP_OTHER && i < CRITERIA && !e; i++)
			e = add_step(&p, step, i);
	}
	for (size_t i = 0; i < CRITERIA && !e; i++)
		e = add_open(&p, i);
	return e;
}

static void leave_out(struct report *r, uint32_t which)
{
	size_t n = 0;

	for (size_t i = 0; i < r->steps.n; i++) {
		struct step *s = &r->steps.p[i];

		s->settles &= ~which;
		s->met &= ~which;
		s->stays &= ~which;
		if (s->settles)
			r->steps.p[n++] = *s;
	}
	r->steps.n = n;
}

/* Their only step is the upgrade, which comes after the labels. */
int grade_steps_again(struct report *r, uint32_t met, uint32_t assessed, uint32_t again)
{
	struct plan p = { r, met, assessed };
	size_t at = 0, n;

	leave_out(r, again);
	n = r->steps.n;
	if (add_step(&p, STEP_UPGRADE, CRITERIA))
		return SCOV_E_MEMORY;
	while (at < n && r->steps.p[at].lines.n &&
		span_starts(r->steps.p[at].lines.p[0].text, SPAN("LABEL ")))
		at++;
	if (r->steps.n > n) {
		struct step s = r->steps.p[n];

		memmove(&r->steps.p[at + 1], &r->steps.p[at], (n - at) * sizeof(s));
		r->steps.p[at] = s;
	}
	p = (struct plan){ r, met, assessed };
	for (size_t i = 0; i < r->steps.n; i++)
		grade_step(&p, &r->steps.p[i]);
	return 0;
}
