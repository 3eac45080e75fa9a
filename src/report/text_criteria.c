/* text_criteria.c - the table of the 23 criteria, and what to do about them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "criteria/criterion.h"
#include "report/escape.h"
#include "report/text_parts.h"

enum { LEVEL = 21, WHY = 24, STEP = 5, SETTLES = 26 }; /* columns */

/* ---- the table ------------------------------------------------------------------------------- */

/* What it lacks to be assessed. */
static void put_needs(struct buf *b, const struct criterion_report *c)
{
	for (size_t i = 0; i < c->settled_by.n; i++) {
		buf_str(b, i ? ", or " : "needs ");
		buf_span(b, c->settled_by.p[i]);
	}
}

static void put_why(struct buf *b, const struct criterion_report *c)
{
	if (c->verdict == NOT_ASSESSED)
		put_needs(b, c);
	if (c->reason.len)
		buf_printf(b, "%s%.*s", b->len ? "; " : "", SPAN_ARG(c->reason));
}

static void one_row(struct page *p, const struct criterion_report *c)
{
	scoped_buf struct buf b = { 0 };

	put_why(&b, c);
	page_to(p, 2);
	page_verdict(p, c->verdict);
	page_printf(p, "%s", c->criterion->id);
	page_to(p, LEVEL);
	page_printf(p, "%u", c->criterion->level);
	page_to(p, WHY);
	if (p->o->verbose) {
		page_ink(p, DIM);
		page_cut(p, span_str(c->criterion->title));
		page_ink(p, PLAIN);
		page_end(p);
		page_paragraph(p, 6, buf_view(&b));
		text_evidence(p, &c->evidence, c->reason);
		return;
	}
	page_ink(p, c->verdict == NOT_MET ? PLAIN : DIM);
	page_cut(p, buf_view(&b));
	page_ink(p, PLAIN);
	page_end(p);
}

/* Not assessed for the same need, in the same vector. */
static bool is_alike(const struct criterion_report *a, const struct criterion_report *b)
{
	if (a->verdict != NOT_ASSESSED || b->verdict != NOT_ASSESSED ||
		a->criterion->vector != b->criterion->vector || !a->settled_by.n ||
		a->settled_by.n != b->settled_by.n)
		return false;
	for (size_t i = 0; i < a->settled_by.n; i++)
		if (!span_eq(a->settled_by.p[i], b->settled_by.p[i]))
			return false;
	return true;
}

/* Those n from `first` on that are alike share a row. */
static void shared_row(struct page *p, const struct report *r, size_t first, size_t n)
{
	const struct criterion_report *c = &r->criteria.p[first];
	scoped_buf struct buf b = { 0 };

	page_to(p, 2);
	page_verdict(p, NOT_ASSESSED);
	for (size_t i = first; i < r->criteria.n; i++) {
		const struct criterion *row = r->criteria.p[i].criterion;

		if (!is_alike(c, &r->criteria.p[i]))
			continue;
		b.len = 0;
		buf_printf(&b, "%s %u%s", row->id, row->level, --n ? "" : ":");
		if (i == first)
			page_printf(p, "%s", b.p);
		else
			page_piece(p, 4, PLAIN, buf_view(&b));
	}
	page_to(p, 0);
	b.len = 0;
	put_needs(&b, c);
	page_ink(p, DIM);
	page_cut(p, buf_view(&b));
	page_ink(p, PLAIN);
	page_end(p);
}

static void row(struct page *p, const struct report *r, size_t i)
{
	const struct criterion_report *c = &r->criteria.p[i];
	size_t before = 0, after = 0;

	for (size_t k = 0; k < r->criteria.n && !p->o->verbose; k++)
		if (k != i && is_alike(c, &r->criteria.p[k]))
			*(k < i ? &before : &after) += 1;
	if (!before && after)
		shared_row(p, r, i, after + 1);
	else if (!before)
		one_row(p, c);
}

void text_criteria(struct page *p, const struct report *r)
{
	page_end(p);
	for (size_t i = 0; i < r->criteria.n; i++)
		row(p, r, i);
}

/* ---- what to do ------------------------------------------------------------------------------ */

static bool settles(const struct step *s, const struct report *r, size_t i, unsigned vector)
{
	return s->settles >> i & 1 &&
	       (vector == VECTORS || r->criteria.p[i].criterion->vector == vector);
}

/* "minimalism A, overall C": those of its vectors, and overall where that changes. */
static void step_grades(
	struct page *p, const struct report *r, const struct step *s, uint8_t overall_before)
{
	bool any = false;

	for (unsigned v = 0; v <= VECTORS; v++) {
		bool is_of = v == VECTORS && s->grade_after != overall_before;
		uint8_t g = v == VECTORS ? s->grade_after : s->vector_grade_after[v];

		for (size_t i = 0; i < r->criteria.n && v < VECTORS; i++)
			is_of = is_of || settles(s, r, i, v);
		if (!is_of)
			continue;
		page_printf(
			p, "%s%s ", any ? ", " : "", v == VECTORS ? "overall" : vector_names[v]);
		page_inked(p, grade_ink(g), grade_names[g]);
		any = true;
	}
}

static void step(struct page *p, const struct report *r, size_t i)
{
	const struct step *s = &r->steps.p[i];
	scoped_buf struct buf ids = { 0 };

	page_printf(p, "%3zu", i + 1);
	page_to(p, 5);
	step_grades(p, r, s, i ? r->steps.p[i - 1].grade_after : r->overall.grade);
	page_to(p, p->column + 2 > SETTLES ? p->column + 2 : SETTLES);
	for (size_t k = 0; k < r->criteria.n; k++)
		if (settles(s, r, k, VECTORS))
			buf_printf(
				&ids, "%s%s", ids.len ? ", " : "", r->criteria.p[k].criterion->id);
	page_ink(p, BOLD);
	page_words(p, STEP, buf_view(&ids));
	page_ink(p, PLAIN);
	page_end(p);
	for (size_t k = 0; k < s->lines.n; k++)
		if (s->lines.p[k].is_command)
			page_command(p, STEP, s->lines.p[k].text);
		else
			page_paragraph(p, STEP, s->lines.p[k].text);
}

void text_steps(struct page *p, const struct report *r)
{
	if (!r->steps.n)
		return;
	page_title(p, "What to do, cheapest first");
	for (size_t i = 0; i < r->steps.n; i++)
		step(p, r, i);
	page_ink(p, DIM);
	page_words(p, 0, SPAN("`scoville explain ID` tells more; `--verbose` shows all evidence."));
	page_ink(p, PLAIN);
	page_end(p);
}
