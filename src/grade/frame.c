/* frame.c - one criterion: its judge's verdict, and whether the inputs it needs are complete.
 *
 * This is the one place where a missing input turns a verdict into NOT_ASSESSED. No judge can pass
 * an image by forgetting to check. One verdict is kept without it: NOT_MET of a row with
 * not_met_stands.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "grade/parts.h"

static void settle(struct criterion_report *out, struct arena *a, const char *text)
{
	for (size_t i = 0; i < out->settled_by.n; i++)
		if (span_eq(out->settled_by.p[i], span_str(text)))
			return;

	struct span *slot = vec_push(&out->settled_by, a);

	if (slot)
		*slot = span_str(text);
}

static void settle_inputs(struct criterion_report *out, struct arena *a, uint32_t bits)
{
	for (size_t i = 0; i < INPUTS; i++)
		if (bits & input_rows[i].bit)
			settle(out, a, input_rows[i].needs);
}

/* What the judge saw in part of the inputs is worth showing, but it decides nothing. */
static void demote(struct criterion_report *out)
{
	for (size_t i = 0; i < out->evidence.n; i++)
		if (out->evidence.p[i].role == DECIDES)
			out->evidence.p[i].role = REMARK;
}

/* A broken layer is the same reason for several inputs: it is reported once. */
static void say_missing(struct buf *b, size_t input, struct span reason)
{
	if (reason.len && span_has(buf_view(b), reason))
		return;
	buf_str(b, b->len ? "; " : "");
	if (reason.len)
		buf_span(b, reason);
	else
		buf_printf(b, "%s could not be read completely", input_rows[input].name);
}

static void not_assessed(
	const struct dossier *d, uint32_t missing, struct arena *a, struct criterion_report *out)
{
	scoped_buf struct buf b = { .limit = 8192 };

	for (size_t i = 0; i < INPUTS; i++)
		if (missing & input_rows[i].bit)
			say_missing(&b, i, dossier_missing(d, input_rows[i].bit));
	demote(out);
	out->verdict = NOT_ASSESSED;
	out->reason = arena_dup(a, buf_view(&b));
	settle_inputs(out, a, missing);
}

/* The needs are met, and yet the judge could not tell. */
static void undecided(const struct criterion *c, struct arena *a, struct criterion_report *out)
{
	if (out->settled_by.n) /* the judge knows better */
		return;
	if (c->settled_by)
		settle(out, a, c->settled_by);
	settle_inputs(
		out, a, c->settled_by || c->settled_by_input ? c->settled_by_input : c->needs);
}

/* The judge's remedies, or the general one, in words. */
static void advise(
	const struct criterion *c, const struct image_facts *image, struct verdict_out *v)
{
	struct criterion_report *out = v->report;
	const remedies *list = &out->remedies;
	fix_lines lines = { 0 };
	scoped_buf struct buf b = { 0 };

	if (out->verdict != MET && !out->remedies.n && c->fix)
		remedy_add(v, (struct remedy){ .action = c->remedy, .note = span_str(c->fix) });
	fix_lines_of(image, &list, 1, REMEDY_STEPS, v->arena, &lines);
	for (size_t i = 0; i < lines.n; i++)
		buf_printf(&b, "%s%.*s", i ? "\n" : "", SPAN_ARG(lines.p[i].text));
	out->fix = arena_dup(v->arena, buf_view(&b));
}

int grade_criterion_counted(const struct criterion *c, const struct dossier *d, struct arena *a,
	size_t *waiver_hits, struct criterion_report *out)
{
	struct verdict_out v = { .arena = a, .report = out, .waiver_hits = waiver_hits };
	uint32_t missing = c->needs & ~dossier_inputs(d);

	*out = (struct criterion_report){
		.criterion = c, .verdict = NOT_ASSESSED, .class = OBSERVED, .after = MET
	};
	out->verdict = (uint8_t)c->judge(d, &v);
	if (out->verdict == MET) /* what the judge weighed on its way */
		out->remedies.n = 0;
	if (missing && !(c->not_met_stands && out->verdict == NOT_MET))
		not_assessed(d, missing, a, out);
	else if (out->verdict == NOT_ASSESSED)
		undecided(c, a, out);
	advise(c, d->image, &v);
	bool is_over = watch_check(d->image->watch, NULL);

	if (is_over || arena_failed(a)) /* incomplete: nothing in it is reliable */
		out->verdict = NOT_ASSESSED;
	return is_over || arena_failed(a);
}

int grade_criterion(const struct criterion *c, const struct dossier *d, struct arena *a,
	struct criterion_report *out)
{
	return grade_criterion_counted(c, d, a, NULL, out);
}
