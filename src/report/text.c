/* text.c - the report for a person at a terminal: what was read, the grades, what to do next.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <string.h>

#include "base/date.h"
#include "base/err.h"
#include "criteria/criterion.h"
#include "report/escape.h"
#include "report/table.h"
#include "report/text_parts.h"

enum { LABEL = 18 };

/* ---- header ---------------------------------------------------------------------------------- */

static void header_line(struct page *p, const char *label)
{
	page_inked(p, DIM, label);
	page_pad(p, strlen(label), 10);
}

static void layers_line(struct page *p, const struct report *r)
{
	uint64_t stored = 0;
	size_t unreadable = 0;

	for (size_t i = 0; i < r->image->layers_n; i++) {
		stored += r->image->layers[i].blob_size;
		unreadable += !r->image->layers[i].readable;
	}
	header_line(p, "layers");
	buf_printf(p->out, "%zu, ", r->image->layers_n);
	page_size(p, stored);
	buf_str(p->out, " stored, ");
	page_size(p, r->image->total_size);
	buf_printf(p->out, " of files, %zu packages", r->image->packages.n);
	if (r->layers_from_cache)
		buf_printf(p->out, "; %zu from the cache", r->layers_from_cache);
	if (unreadable) {
		buf_str(p->out, "; ");
		page_ink(p, RED);
		buf_printf(p->out, "%zu not readable", unreadable);
		page_ink(p, PLAIN);
	}
	buf_byte(p->out, '\n');
}

static void header(struct page *p, const struct report *r)
{
	const struct platform *f = &r->image->platform;
	char digest[DIGEST_TEXT];

	header_line(p, "image");
	page_ink(p, BOLD);
	escape_terminal(p->out, r->reference);
	page_ink(p, PLAIN);
	buf_byte(p->out, '\n');
	if (r->source.len && !span_eq(r->source, r->reference)) {
		header_line(p, "read from");
		escape_terminal(p->out, r->source);
		buf_byte(p->out, '\n');
	}
	if (r->image->manifest_digest.algorithm) {
		header_line(p, "digest");
		buf_printf(p->out, "%s\n", digest_format(&r->image->manifest_digest, digest));
	}
	if (f->os.len || r->image->distribution.is_known) {
		header_line(p, "platform");
		escape_terminal(p->out, f->os);
		buf_str(p->out, f->architecture.len ? "/" : "");
		escape_terminal(p->out, f->architecture);
		buf_str(p->out, f->variant.len ? "/" : "");
		escape_terminal(p->out, f->variant);
		if (r->image->distribution.is_known) {
			buf_str(p->out, f->os.len ? ", " : "");
			escape_terminal(p->out, r->image->distribution.pretty_name.len
							? r->image->distribution.pretty_name
							: r->image->distribution.id);
		}
		buf_byte(p->out, '\n');
	}
	layers_line(p, r);
}

/* ---- grades ---------------------------------------------------------------------------------- */

static enum ink grade_ink(unsigned g)
{
	static const enum ink of[] = { RED, ORANGE, YELLOW, LIME, GREEN };

	return of[g];
}

/* What would lift a vector is listed under it; for overall it would repeat them. */
static void grade_line(struct page *p, const char *name, const struct grade_report *g,
	const struct grade_report *overall)
{
	const char *grade = grade_names[g->grade];
	char title[LABEL];
	size_t n = strlen(name);

	memcpy(title, name, n + 1);
	title[0] = (char)(title[0] & ~0x20);
	buf_str(p->out, title);
	page_pad(p, n, LABEL);
	page_ink(p, grade_ink(g->grade));
	buf_str(p->out, grade);
	page_ink(p, PLAIN);
	page_pad(p, strlen(grade), 4);
	buf_printf(
		p->out, "%2u of %2u met   level %u of %u", g->met, g->total, g->level, g->level_of);
	if (g->level)
		buf_printf(p->out, " %s", level_names[g->level]);
	if (g->ceiling != g->grade || g->assessed < g->total) {
		page_pad(p, g->level ? strlen(level_names[g->level]) + 1 : 0, 16);
		page_ink(p, DIM);
		buf_printf(p->out, "%u not assessed", g->total - g->assessed);
		if (g->ceiling != g->grade)
			buf_printf(p->out, ", up to %s", grade_names[g->ceiling]);
		page_ink(p, PLAIN);
	}
	buf_byte(p->out, '\n');
	if (g->ceiling != g->grade && g->settles.len && g != overall) {
		page_pad(p, 0, LABEL);
		page_ink(p, DIM);
		page_paragraph(p, LABEL, LABEL, g->settles);
		page_ink(p, PLAIN);
	}
}

/* ---- criteria -------------------------------------------------------------------------------- */

/* Why, and what it needs, as one paragraph. */
static void missing_text(struct page *p, const struct criterion_report *c)
{
	scoped_buf struct buf text = { 0 };

	buf_span(&text, c->reason);
	for (size_t i = 0; i < c->settled_by.n; i++) {
		buf_str(&text, i ? ", or " : c->reason.len ? "; needs " : "needs ");
		buf_span(&text, c->settled_by.p[i]);
	}
	page_pad(p, 0, 6);
	page_paragraph(p, 6, 6, buf_view(&text));
	if (p->o->verbose)
		text_evidence(p, &c->evidence, c->verdict == NOT_MET, c->reason);
}

static void criterion_text(struct page *p, const struct criterion_report *c)
{
	size_t n = strlen(c->criterion->id);

	page_verdict(p, c->verdict);
	page_inked(p, BOLD, c->criterion->id);
	page_pad(p, n + 4, LABEL + 3);
	buf_printf(p->out, "%s", c->criterion->title);
	page_ink(p, DIM);
	buf_printf(p->out, "  (level %u)\n", c->criterion->level);
	page_ink(p, PLAIN);
	if (c->verdict == NOT_ASSESSED) {
		missing_text(p, c);
		return;
	}
	if (c->reason.len) {
		page_pad(p, 0, 6);
		page_paragraph(p, 6, 6, c->reason);
	}
	text_evidence(p, &c->evidence, c->verdict == NOT_MET, c->reason);
}

/* What a criterion needs to be assessed; those with the same need are shown together. */
static struct span settled_by(const struct criterion_report *c)
{
	return c->settled_by.n ? c->settled_by.p[0] : (struct span){ 0 };
}

static void not_assessed_group(struct page *p, const struct report *r, size_t first)
{
	struct span input = settled_by(&r->criteria.p[first]);
	scoped_buf struct buf ids = { 0 };

	for (size_t i = first; i < r->criteria.n; i++) {
		const struct criterion_report *c = &r->criteria.p[i];

		if (c->verdict == NOT_ASSESSED && span_eq(settled_by(c), input))
			buf_printf(&ids, "%s%s", ids.len ? " " : "", c->criterion->id);
	}
	buf_str(p->out, "  ");
	page_inked(p, YELLOW, "?");
	buf_byte(p->out, ' ');
	page_paragraph(p, 4, 4, buf_view(&ids));
	page_pad(p, 0, 6);
	page_inked(p, DIM, "needs ");
	page_paragraph(p, 6, 12, input);
}

/* One input often serves several criteria, so the short text lists inputs; --verbose has a
 * paragraph each. */
static void not_assessed(struct page *p, const struct report *r)
{
	bool any = false;

	for (size_t i = 0; i < r->criteria.n; i++) {
		const struct criterion_report *c = &r->criteria.p[i];
		size_t before = 0, same = 0;

		if (c->verdict != NOT_ASSESSED)
			continue;
		if (!any)
			page_title(p, "Not assessed");
		any = true;
		for (size_t k = 0; k < r->criteria.n; k++) {
			bool told = r->criteria.p[k].verdict == NOT_ASSESSED && settled_by(c).len &&
				    span_eq(settled_by(&r->criteria.p[k]), settled_by(c));

			same += told;
			before += told && k < i;
		}
		if (same < 2)
			criterion_text(p, c);
		else if (before == 0)
			not_assessed_group(p, r, i);
	}
}

static void section(struct page *p, const struct report *r, const char *title, int verdict)
{
	bool any = false;

	for (size_t i = 0; i < r->criteria.n; i++) {
		if (r->criteria.p[i].verdict != verdict)
			continue;
		if (!any)
			page_title(p, title);
		any = true;
		criterion_text(p, &r->criteria.p[i]);
	}
}

/* ---- the rest -------------------------------------------------------------------------------- */

static void diagnostics(struct page *p, const struct report *r)
{
	for (size_t i = 0, n = 0; i < r->diags.n; i++) {
		const struct diagnostic *d = &r->diags.p[i];

		if (d->severity < DIAG_WARNING && !p->o->verbose)
			continue;
		if (n++ == 0)
			page_title(p, "What could not be read");
		buf_str(p->out, "  ");
		page_inked(
			p, d->severity == DIAG_ERROR ? RED : YELLOW, severity_names[d->severity]);
		buf_str(p->out, ": ");
		if (d->at.kind == PLACE_FILE || d->at.kind == PLACE_LAYER ||
			d->at.kind == PLACE_CONFIG) {
			page_place(p, &d->at);
			buf_str(p->out, ": ");
		}
		escape_terminal(p->out, d->text);
		buf_byte(p->out, '\n');
	}
}

static void waivers(struct page *p, const struct report *r)
{
	size_t findings = 0;
	char day[DATE_TEXT];

	for (size_t i = 0; i < r->waived.n; i++)
		findings += r->waived.p[i].findings;
	if (!r->waived.n)
		return;
	buf_printf(p->out, "\n%zu finding%s ignored by %zu entr%s:\n", findings,
		findings == 1 ? "" : "s", r->waived.n, r->waived.n == 1 ? "y" : "ies");
	for (size_t i = 0; i < r->waived.n; i++) {
		buf_str(p->out, "  ");
		escape_terminal(p->out, r->waived.p[i].id);
		buf_str(p->out, " ");
		escape_terminal(p->out, r->waived.p[i].path);
		buf_printf(p->out, " (%zu) until %s: ", r->waived.p[i].findings,
			date_format_day(r->waived.p[i].until, day));
		escape_terminal(p->out, r->waived.p[i].reason);
		buf_byte(p->out, '\n');
	}
}

static void steps(struct page *p, const struct report *r)
{
	if (!r->steps.n)
		return;
	page_title(p, "What to do");
	for (size_t i = 0; i < r->steps.n; i++) {
		const struct step *s = &r->steps.p[i];

		buf_printf(p->out, "  %zu. ", i + 1);
		for (size_t k = 0; k < r->criteria.n; k++)
			if (s->settles >> k & 1)
				buf_printf(p->out, "%s ", r->criteria.p[k].criterion->id);
		buf_str(p->out, " overall ");
		page_inked(p, grade_ink(s->grade_after), grade_names[s->grade_after]);
		buf_byte(p->out, '\n');
		for (size_t k = 0; k < s->lines.n; k++) {
			page_pad(p, 0, 5);
			page_paragraph(p, 5, 5, s->lines.p[k].text);
		}
	}
}

static void gates(struct page *p, const struct report *r)
{
	for (size_t i = 0; i < r->gates.n; i++) {
		const struct gate_result *g = &r->gates.p[i];

		if (i == 0)
			buf_byte(p->out, '\n');
		page_inked(p, g->passed ? GREEN : RED, g->passed ? "passed " : "failed ");
		escape_terminal(p->out, g->text);
		if (g->why.len) {
			buf_str(p->out, ": ");
			escape_terminal(p->out, g->why);
		}
		buf_byte(p->out, '\n');
	}
}

static void timings(struct page *p, const struct report *r)
{
	buf_byte(p->out, '\n');
	for (size_t i = 0; i < r->timings_n; i++) {
		escape_terminal(p->out, r->timings[i].name);
		page_pad(p, r->timings[i].name.len, LABEL);
		buf_printf(p->out, "%8.1f ms\n", r->timings[i].seconds * 1000);
	}
	buf_str(p->out, "bytes read");
	page_pad(p, 10, LABEL);
	page_size(p, r->bytes_read);
	buf_byte(p->out, '\n');
}

static void graded(struct page *p, const struct report *r)
{
	buf_byte(p->out, '\n');
	grade_line(p, "overall", &r->overall, &r->overall);
	for (size_t v = 0; v < VECTORS; v++)
		grade_line(p, vector_names[v], &r->vectors[v], &r->overall);
	section(p, r, "Not met", NOT_MET);
	if (p->o->verbose)
		section(p, r, "Not assessed", NOT_ASSESSED);
	else
		not_assessed(p, r);
	if (p->o->verbose)
		section(p, r, "Met", MET);
	text_secrets(p, r);
}

static void quiet_line(struct page *p, const struct report *r)
{
	if (p->o->secrets_only) {
		text_secrets_line(p, r);
		return;
	}
	buf_printf(p->out, "%-3s ", grade_names[r->overall.grade]);
	escape_terminal(p->out, r->reference);
	buf_byte(p->out, '\n');
}

static void full(struct page *p, const struct report *r)
{
	header(p, r);
	if (p->o->secrets_only)
		text_secrets_page(p, r);
	else
		graded(p, r);
	text_requirements(p, r);
	diagnostics(p, r);
	waivers(p, r);
	if (!p->o->secrets_only)
		steps(p, r);
	gates(p, r);
	if (p->o->timings)
		timings(p, r);
}

static int write_text(const struct report *r, const struct write_options *o, struct buf *out,
	struct scov_err *err)
{
	struct page p = { out, o };

	if (o->quiet)
		quiet_line(&p, r);
	else
		full(&p, r);
	return out->failed ? err_memory(err) : 0;
}

const struct writer text_writer = {
	.name = "text", .help = "for reading (the default)", .write = write_text
};
