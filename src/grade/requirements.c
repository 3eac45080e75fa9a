/* requirements.c - the rows of --requirements, through the same frame as the criteria.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "criteria/requirement.h"
#include "grade/parts.h"

static const struct criterion_report *report_of(const struct report *r, struct span id)
{
	for (size_t i = 0; i < r->criteria.n; i++)
		if (span_eq(span_str(r->criteria.p[i].criterion->id), id))
			return &r->criteria.p[i];
	return NULL;
}

/* One that is not met decides; then one that is not assessed. */
static int from_criteria(const struct requirement *q, struct report *r, struct requirement_row *row)
{
	scoped_buf struct buf b = { .limit = 4096 };
	struct span ids = span_str(q->criteria), id;
	uint8_t verdict = MET;

	while (span_split(&ids, ' ', &id)) {
		const struct criterion_report *c = report_of(r, id);

		if (!c)
			return SCOV_E_LIMIT;
		if (verdict == MET || c->verdict == NOT_MET)
			verdict = c->verdict;
		buf_printf(
			&b, "%s%s: %.*s", b.len ? "; " : "", c->criterion->id, SPAN_ARG(c->reason));
		row->evidence.dropped += c->evidence.dropped;
		for (size_t i = 0; i < c->evidence.n; i++)
			if (c->evidence.p[i].role == DECIDES)
				vec_add(&row->evidence, &r->arena, &c->evidence.p[i]);
	}
	row->result = verdict;
	row->reason = arena_dup(&r->arena, buf_view(&b));
	return row->reason.p ? 0 : SCOV_E_LIMIT;
}

static int from_judge(const struct requirement *q, const struct dossier *d, struct report *r,
	struct requirement_row *row)
{
	const struct criterion c = { .id = q->id,
		.title = q->title,
		.needs = q->needs,
		.not_met_stands = q->not_met_stands,
		.judge = q->judge };
	struct criterion_report out;
	int code = grade_criterion(&c, d, &r->arena, &out);

	row->result = out.verdict;
	row->reason = out.reason;
	row->evidence = out.evidence;
	return code;
}

int grade_requirements(const struct dossier *d, struct report *r)
{
	int code = 0;

	if (!d->policy->telecom)
		return 0;
	r->requirements_name = SPAN("3gpp-nf");
	for (size_t i = 0; i < requirements_3gpp_nf_n && !code; i++) {
		const struct requirement *q = &requirements_3gpp_nf[i];
		struct requirement_row row = { .id = span_str(q->id),
			.source = span_str(q->source),
			.title = span_str(q->title) };

		code = q->criteria ? from_criteria(q, r, &row) : from_judge(q, d, r, &row);
		if (!code && !vec_add(&r->requirements, &r->arena, &row))
			code = SCOV_E_MEMORY;
	}
	return code;
}
