/* again.c - a stored report with its vulnerabilities judged again.
 *
 * The other verdicts stay as they are: they depend on the image, which is not there.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/err.h"
#include "grade/parts.h"

static void count(const struct report *r, uint32_t *met, uint32_t *assessed)
{
	*met = *assessed = 0;
	for (size_t i = 0; i < r->criteria.n; i++) {
		*met |= (uint32_t)(r->criteria.p[i].verdict == MET) << i;
		*assessed |= (uint32_t)(r->criteria.p[i].verdict != NOT_ASSESSED) << i;
	}
}

static uint32_t vulnerabilities(void)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < CRITERIA; i++)
		bits |= (uint32_t)(criteria[i]->vector == VULNERABILITIES) << i;
	return bits;
}

int grade_again(const struct dossier *d, struct report *r, struct scov_err *err)
{
	uint32_t met, assessed;
	int code = 0;

	r->matches = d->matches;
	r->now = d->policy->now;
	for (size_t i = 0; i < r->criteria.n && !code; i++)
		if (criteria[i]->vector == VULNERABILITIES)
			code = grade_criterion(criteria[i], d, &r->arena, &r->criteria.p[i]);
	for (size_t i = 0; i < r->diags.n; i++)
		r->has_error = r->has_error || r->diags.p[i].severity == DIAG_ERROR;
	count(r, &met, &assessed);
	r->complete = assessed == (1u << CRITERIA) - 1;
	if (!code)
		code = grade_vectors(r, met, assessed);
	if (!code)
		code = grade_steps_again(r, met, assessed, vulnerabilities());
	if (!code)
		code = grade_gates(r, d->policy);
	return code ? err_memory(err) : arena_check(&r->arena, err);
}
