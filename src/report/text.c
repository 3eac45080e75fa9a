/* text.c - the report for a person: what was read, the grades, the criteria, what to do.
 *
 * One screen for an ordinary image, and nothing twice: a reason is in the table, a fix among the
 * steps.
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
#include "report/trust.h"

enum { NAME = 18, DIGEST_SHOWN = 12 }; /* a column; digits */

/* ---- header ---------------------------------------------------------------------------------- */

static void layers_line(struct page *p, const struct report *r)
{
	size_t n = r->image->layers_n, unreadable = 0;
	scoped_buf struct buf b = { 0 };
	uint64_t stored = 0;

	for (size_t i = 0; i < n; i++) {
		stored += r->image->layers[i].blob_size;
		unreadable += !r->image->layers[i].readable;
	}
	if (!span_eq(r->transport, SPAN("sbom"))) {
		buf_printf(&b, "%zu layer%s", n, n == 1 ? "" : "s");
		if (r->layers_from_cache)
			buf_printf(&b, " (%zu from the cache)", r->layers_from_cache);
		buf_str(&b, ", ");
		size_text(&b, stored);
		buf_str(&b, " stored, ");
		if (!r->stored) {
			size_text(&b, r->image->total_size);
			buf_str(&b, " of files, ");
		}
	}
	size_t packages = 0; /* a program of one is not counted beside it */

	for (size_t i = 0; i < r->image->packages.n; i++) {
		const struct image_package *x = &r->image->packages.p[i];

		packages += x->fact->type != PACKAGE_BINARY || !x->owner;
	}
	buf_printf(&b, "%zu package%s", packages, packages == 1 ? "" : "s");
	if (r->image->system_packages < packages)
		buf_printf(&b, " (%zu of the system)", r->image->system_packages);
	page_words(p, 0, buf_view(&b));
	if (unreadable) {
		buf_release(&b);
		buf_printf(&b, "%zu not readable", unreadable);
		page_piece(p, 0, RED, buf_view(&b));
	}
	page_end(p);
}

/* "linux/arm64/v8"; nothing for a tree without a config. */
static void platform_text(struct buf *b, const struct platform *f)
{
	const struct span parts[] = { f->os, f->architecture, f->variant };

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		buf_str(b, i && parts[i].len ? "/" : "");
		buf_span(b, parts[i]);
	}
}

/* Where it was read from is news unless the reference said it: an engine, a registry. */
static bool is_news(const struct report *r)
{
	struct span said = span_from(r->reference, span_find(r->reference, ':') + 1);

	return r->source.len && !span_ends(r->source, r->reference) &&
	       !(said.len && span_has(r->source, said));
}

static void header(struct page *p, const struct report *r)
{
	const struct distribution *dist = &r->image->distribution;
	scoped_buf struct buf b = { 0 };
	char digest[DIGEST_TEXT];

	page_piece(p, 0, BOLD, r->reference);
	platform_text(&b, &r->image->platform);
	if (b.len)
		page_piece(p, 0, PLAIN, buf_view(&b));
	if (dist->is_known)
		page_piece(p, 0, PLAIN, dist->pretty_name.len ? dist->pretty_name : dist->id);
	if (r->image->manifest_digest.algorithm) {
		struct span whole = span_str(digest_format(&r->image->manifest_digest, digest));

		page_piece(p, 0, DIM,
			p->o->verbose
				? whole
				: span_sub(whole, 0, span_find(whole, ':') + 1 + DIGEST_SHOWN));
	}
	page_end(p);
	if (p->o->verbose || is_news(r)) {
		page_printf(p, "read from");
		page_piece(p, 0, PLAIN, r->source);
		page_end(p);
	}
	layers_line(p, r);
}

/* ---- grades ---------------------------------------------------------------------------------- */

static void grade_line(struct page *p, const char *name, const struct grade_report *g)
{
	scoped_buf struct buf b = { 0 };
	char title[NAME];
	size_t n = strlen(name);

	memcpy(title, name, n + 1);
	title[0] = (char)(title[0] & ~0x20);
	page_printf(p, "%s", title);
	page_to(p, NAME);
	page_inked(p, grade_ink(g->grade), grade_names[g->grade]);
	page_to(p, NAME + 3);
	page_printf(p, "%2u/%u", g->met, g->total);
	page_to(p, NAME + 10);
	page_printf(p, "level %u", g->level);
	if (g->ceiling != g->grade || g->assessed < g->total) {
		buf_printf(&b, "%2u not assessed", g->total - g->assessed);
		if (g->ceiling != g->grade)
			buf_printf(&b, ", up to %s", grade_names[g->ceiling]);
		page_to(p, NAME + 19);
		page_ink(p, DIM);
		page_cut(p, buf_view(&b));
		page_ink(p, PLAIN);
	}
	page_end(p);
}

/* ---- the rest -------------------------------------------------------------------------------- */

static void diagnostics(struct page *p, const struct report *r)
{
	for (size_t i = 0, n = 0; i < r->diags.n; i++) {
		const struct diagnostic *d = &r->diags.p[i];
		scoped_buf struct buf b = { 0 };

		if (d->severity < DIAG_WARNING && !p->o->verbose)
			continue;
		if (n++ == 0)
			page_title(p, "What could not be read");
		page_to(p, 2);
		page_inked(
			p, d->severity == DIAG_ERROR ? RED : YELLOW, severity_names[d->severity]);
		page_printf(p, ": ");
		if (d->at.kind == PLACE_FILE || d->at.kind == PLACE_LAYER ||
			d->at.kind == PLACE_CONFIG) {
			place_text(&b, &d->at);
			buf_str(&b, ": ");
		}
		buf_span(&b, d->text);
		page_paragraph(p, 4, buf_view(&b));
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
	page_end(p);
	page_printf(p, "%zu finding%s ignored by %zu entr%s:", findings, findings == 1 ? "" : "s",
		r->waived.n, r->waived.n == 1 ? "y" : "ies");
	page_end(p);
	for (size_t i = 0; i < r->waived.n; i++) {
		const struct waived *w = &r->waived.p[i];
		scoped_buf struct buf b = { 0 };

		buf_span(&b, w->id);
		buf_str(&b, w->path.len ? " " : "");
		buf_span(&b, w->path);
		buf_printf(&b, " (%zu) until %s: ", w->findings, date_format_day(w->until, day));
		buf_span(&b, w->reason);
		page_to(p, 2);
		page_paragraph(p, 4, buf_view(&b));
	}
}

static void gates(struct page *p, const struct report *r)
{
	for (size_t i = 0; i < r->gates.n; i++) {
		const struct gate_result *g = &r->gates.p[i];
		scoped_buf struct buf b = { 0 };

		if (i == 0)
			page_title(p, "Gates");
		page_to(p, 2);
		page_verdict(p, g->passed ? MET : NOT_MET);
		page_inked(p, g->passed ? GREEN : RED, g->passed ? "passed " : "failed ");
		buf_span(&b, g->text);
		buf_str(&b, g->why.len ? ": " : "");
		buf_span(&b, g->why);
		page_paragraph(p, 6, buf_view(&b));
	}
}

static void timings(struct page *p, const struct report *r)
{
	scoped_buf struct buf b = { 0 };

	page_end(p);
	for (size_t i = 0; i < r->timings_n; i++) {
		page_span(p, r->timings[i].name);
		page_to(p, NAME);
		page_printf(p, "%8.1f ms", r->timings[i].seconds * 1000);
		page_end(p);
	}
	size_text(&b, r->bytes_read);
	page_printf(p, "bytes read");
	page_to(p, NAME);
	page_span(p, buf_view(&b));
	page_end(p);
}

static void graded(struct page *p, const struct report *r)
{
	page_end(p);
	grade_line(p, "overall", &r->overall);
	for (size_t v = 0; v < VECTORS; v++)
		grade_line(p, vector_names[v], &r->vectors[v]);
	text_criteria(p, r);
	text_secrets(p, r);
	text_vulns(p, r);
	if (p->o->verbose && r->trust && r->trust->list.n) {
		page_title(p, "Attached");
		text_trust(p, r->trust);
	}
}

static void quiet_line(struct page *p, const struct report *r)
{
	scoped_buf struct buf b = { 0 };

	if (p->o->secrets_only)
		text_secrets_line(p, r);
	else if (p->o->vulns_only)
		text_vulns_line(p, r);
	else
		page_printf(p, "%-2s", grade_names[r->overall.grade]);
	page_printf(p, "  ");
	page_span(p, r->reference);
	platform_text(&b, &r->image->platform);
	page_printf(p, "%s", b.len ? "  " : "");
	page_span(p, buf_view(&b));
	page_end(p);
}

static void full(struct page *p, const struct report *r)
{
	header(p, r);
	if (p->o->secrets_only)
		text_secrets_page(p, r);
	else if (p->o->vulns_only)
		text_vulns_page(p, r);
	else
		graded(p, r);
	if (!p->o->vulns_only)
		text_requirements(p, r);
	diagnostics(p, r);
	waivers(p, r);
	if (!p->o->secrets_only && !p->o->vulns_only)
		text_steps(p, r);
	gates(p, r);
	if (p->o->timings)
		timings(p, r);
}

static int write_text(const struct report *r, const struct write_options *o, struct buf *out,
	struct scov_err *err)
{
	struct page p = page_on(out, o);

	if (o->quiet)
		quiet_line(&p, r);
	else
		full(&p, r);
	return out->failed ? err_memory(err) : 0;
}

/* ---- several --------------------------------------------------------------------------------- */

/* "conf.user  + linux/amd64  x linux/arm64" */
static void difference(struct page *p, const struct report *const *r, size_t n, size_t c)
{
	page_to(p, 2);
	page_printf(p, "%s", r[0]->criteria.p[c].criterion->id);
	for (size_t i = 0; i < n; i++) {
		scoped_buf struct buf b = { 0 };

		platform_text(&b, &r[i]->image->platform);
		if (i && p->column + escape_width(buf_view(&b)) + 4 > p->width)
			page_end(p);
		page_to(p, p->column + 2 > NAME ? p->column + 2 : NAME);
		page_verdict(p, r[i]->criteria.p[c].verdict);
		page_span(p, buf_view(&b));
	}
	page_end(p);
}

static void differences(struct page *p, const struct report *const *r, size_t n)
{
	bool any = false;

	page_title(p, "Where the platforms differ");
	for (size_t c = 0; c < r[0]->criteria.n; c++)
		if (report_differs(r, n, c)) {
			difference(p, r, n, c);
			any = true;
		}
	if (any)
		return;
	page_printf(p, "  nowhere: all %zu have the same verdicts", n);
	page_end(p);
}

/* Of one part alone: how many each platform has. */
static void by_platform(struct page *p, const struct report *const *r, size_t n)
{
	page_title(p, "By platform");
	for (size_t i = 0; i < n; i++) {
		scoped_buf struct buf b = { 0 };

		platform_text(&b, &r[i]->image->platform);
		page_to(p, 2);
		page_span(p, buf_view(&b));
		page_to(p, NAME);
		(p->o->secrets_only ? text_secrets_line : text_vulns_line)(p, r[i]);
		page_end(p);
	}
}

static int write_platforms(const struct report *const *r, size_t n, const struct write_options *o,
	struct buf *out, struct scov_err *err)
{
	struct page p = page_on(out, o);

	for (size_t i = 0; i < n; i++) {
		if (i && !o->quiet)
			page_end(&p);
		if (write_text(r[i], o, out, err))
			return err->code;
	}
	if (n > 1 && !o->quiet)
		(o->secrets_only || o->vulns_only ? by_platform : differences)(&p, r, n);
	return out->failed ? err_memory(err) : 0;
}

const struct writer text_writer = { .name = "text",
	.help = "for reading (the default)",
	.write = write_text,
	.write_platforms = write_platforms };
