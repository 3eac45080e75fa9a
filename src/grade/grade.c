/* grade.c - the report of one image.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "grade/grade.h"

#include "base/err.h"
#include "base/identity.h"
#include "criteria/requirement.h"
#include "grade/parts.h"

static struct span settles(const struct report *r, int vector, struct arena *a)
{
	scoped_buf struct buf b = { .limit = 8192 };

	for (size_t i = 0; i < r->criteria.n; i++) {
		const struct criterion_report *c = &r->criteria.p[i];

		if (c->verdict != NOT_ASSESSED || !grade_in_vector(c->criterion, vector))
			continue;
		for (size_t k = 0; k < c->settled_by.n; k++) {
			if (span_has(buf_view(&b), c->settled_by.p[k]))
				continue;
			buf_str(&b, b.len ? "; " : "");
			buf_span(&b, c->settled_by.p[k]);
		}
	}
	return arena_dup(a, buf_view(&b));
}

static int judge_all(const struct dossier *d, struct report *out, uint32_t *met, uint32_t *assessed,
	size_t *hits)
{
	for (size_t i = 0; i < CRITERIA; i++) {
		struct criterion_report *c = vec_push(&out->criteria, &out->arena);
		int r = c ? grade_criterion_counted(criteria[i], d, &out->arena, hits, c)
			  : SCOV_E_MEMORY;

		if (r)
			return r;
		if (c->verdict == MET)
			*met |= 1u << i;
		if (c->verdict != NOT_ASSESSED)
			*assessed |= 1u << i;
	}
	return 0;
}

int grade_vectors(struct report *out, uint32_t met, uint32_t assessed)
{
	for (int v = 0; v <= VECTORS; v++) {
		struct grade_report *g = v == VECTORS ? &out->overall : &out->vectors[v];

		grade_points(met, assessed, v, g);
		if (g->grade != g->ceiling)
			g->settles = settles(out, v, &out->arena);
	}
	return 0;
}

static int list_waived(struct report *out, const struct policy *p, const size_t *hits)
{
	for (size_t i = 0; i < p->waivers.n; i++) {
		const struct waiver *w = &p->waivers.p[i];
		struct waived *slot;

		if (w->is_foreign && !hits[i])
			continue;
		slot = vec_push(&out->waived, &out->arena);

		if (!slot)
			return SCOV_E_MEMORY;
		*slot = (struct waived){
			.id = w->id,
			.reason = w->reason,
			.path = w->path,
			.until = w->until,
			.findings = hits[i],
		};
	}
	return 0;
}

static int take_diagnostics(struct report *out, const struct image_facts *image)
{
	for (size_t i = 0; i < image->diags.n; i++)
		if (!vec_add(&out->diags, &out->arena, &image->diags.p[i]))
			return SCOV_E_MEMORY;
	for (size_t i = 0; i < out->diags.n; i++)
		out->has_error = out->has_error || out->diags.p[i].severity == DIAG_ERROR;
	return 0;
}

int grade_image(const struct dossier *d, struct report *out, struct scov_err *err)
{
	size_t *hits = arena_array(&out->arena, d->policy->waivers.n + 1, sizeof(*hits));
	uint32_t met = 0, assessed = 0;
	int r;

	if (!hits)
		return err_memory(err);
	out->image = d->image;
	out->matches = d->matches;
	out->now = d->policy->now;
	out->profile = d->policy->profile == PROFILE_STRICT ? SPAN("strict") : SPAN("chps");
	out->rules = span_str(arena_printf(&out->arena, "sha256:%s", build_identity));
	for (size_t i = 0; d->matches && i < d->policy->waivers.n; i++)
		hits[i] = d->matches->waiver_hits[i];
	if (secrets_waive(d, &out->arena, hits))
		return err_memory(err);
	r = judge_all(d, out, &met, &assessed, hits);
	out->complete = assessed == (1u << CRITERIA) - 1;
	if (!r)
		r = grade_vectors(out, met, assessed);
	if (!r)
		r = list_waived(out, d->policy, hits);
	if (!r)
		r = take_diagnostics(out, d->image);
	if (!r)
		r = grade_steps(out, met, assessed);
	if (!r)
		r = grade_requirements(d, out);
	if (!r)
		r = grade_gates(out, d->policy);
	int code = watch_check(d->image->watch, err);

	code = code ? code : arena_check(&out->arena, err);
	return code ? code : r ? err_memory(err) : 0;
}
