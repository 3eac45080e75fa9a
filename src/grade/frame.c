/* frame.c - one criterion: what its judge says, and whether the inputs it needs are whole.
 *
 * This is the one place where a missing input turns a verdict into NOT_ASSESSED. No judge can pass
 * an image by forgetting to ask. One thing stands without it: NOT_MET of a row that says so.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "grade/parts.h"

/* By bit number: what it is, and what brings it. */
static const struct {
	const char *name, *settled_by;
} inputs[] = {
	{ "the config", "an image with a config that can be read" },
	{ "the files", "layers that can be read" },
	{ "the package databases", "package databases that can be read" },
	{ "annotations", "a form that carries annotations: a registry or an OCI layout" },
	{ "signatures and attestations",
		"its signatures and attestations (not searched by this version)" },
	{ "the Dockerfile", "a Dockerfile (not read by this version)" },
	{ "advisories", "an advisory database (not part of this version)" },
	{ "the search for secrets", "a search for secrets of all of it, without --skip secrets" },
	{ "a Linux file system", "an image for Linux" },
	{ "extended attributes",
		"a form with all extended attributes, or enough privilege to read them" },
	{ "owners", "package databases that can be read" },
};
enum { INPUTS = sizeof(inputs) / sizeof(*inputs) };
_Static_assert(1u << (INPUTS - 1) == INPUT_OWNERS, "a row for each bit of enum input");
_Static_assert(sizeof(((struct image_facts *)0)->inputs_missing) / sizeof(struct span) == INPUTS,
	"a reason for each bit");

static int settle(struct criterion_report *out, struct arena *a, const char *text)
{
	for (size_t i = 0; i < out->settled_by.n; i++)
		if (span_eq(out->settled_by.p[i], span_str(text)))
			return 0;

	struct span *slot = vec_push(&out->settled_by, a);

	if (!slot)
		return SCOV_E_LIMIT;
	*slot = span_str(text);
	return 0;
}

/* What the judge saw in part of the inputs is worth showing, but it decides nothing. */
static void demote(struct criterion_report *out)
{
	for (size_t i = 0; i < out->evidence.n; i++)
		if (out->evidence.p[i].role == DECIDES)
			out->evidence.p[i].role = REMARK;
}

/* The join's reason where there is one; a broken layer is the same reason for several inputs. */
static void say_missing(struct buf *b, size_t input, struct span reason)
{
	if (reason.len && span_has(buf_view(b), reason))
		return;
	buf_str(b, b->len ? "; " : "");
	if (reason.len)
		buf_span(b, reason);
	else
		buf_printf(b, "%s could not be read whole", inputs[input].name);
}

static int not_assessed(const struct image_facts *image, uint32_t missing, struct arena *a,
	struct criterion_report *out)
{
	scoped_buf struct buf b = { .limit = 8192 };
	int r = 0;

	for (size_t i = 0; i < INPUTS && !r; i++) {
		if (!(missing >> i & 1))
			continue;
		say_missing(&b, i, image->inputs_missing[i]);
		r = settle(out, a, inputs[i].settled_by);
	}
	demote(out);
	out->verdict = NOT_ASSESSED;
	out->reason = arena_dup(a, buf_view(&b));
	return r || !out->reason.p ? SCOV_E_LIMIT : 0;
}

int grade_criterion_counted(const struct criterion *c, const struct dossier *d, struct arena *a,
	size_t *waiver_hits, struct criterion_report *out)
{
	struct verdict_out v = { .arena = a, .report = out, .waiver_hits = waiver_hits };
	uint32_t missing = c->needs & ~d->image->inputs;

	*out = (struct criterion_report){
		.criterion = c, .verdict = NOT_ASSESSED, .class = OBSERVED
	};
	out->verdict = (uint8_t)c->judge(d, &v);
	if (out->verdict == MET)
		out->fix = SPAN("");
	if (out->verdict != MET && !out->fix.len)
		out->fix = span_str(c->fix);
	if (missing && !(c->not_met_stands && out->verdict == NOT_MET))
		return not_assessed(d->image, missing, a, out);
	if (!out->reason.p) { /* say() had no memory: nothing that follows can be relied on */
		out->verdict = NOT_ASSESSED;
		out->reason = SPAN("the report's memory is used up");
	}
	return out->verdict == NOT_ASSESSED ? settle(out, a, c->settled_by) : 0;
}

int grade_criterion(const struct criterion *c, const struct dossier *d, struct arena *a,
	struct criterion_report *out)
{
	return grade_criterion_counted(c, d, a, NULL, out);
}
