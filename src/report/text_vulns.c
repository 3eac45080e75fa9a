/* text_vulns.c - the vulnerabilities for a person at a terminal.
 *
 * `grade` shows the worst, and where they come from. `vulns` shows all that count, then what was
 * taken out, counted by reason. The rest is for --verbose.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "base/arena.h"
#include "base/date.h"
#include "criteria/criterion.h"
#include "facts/matches.h"
#include "report/escape.h"
#include "report/text_parts.h"
#include "report/vulns.h"

enum {
	ID = 12, /* columns */
	WHAT = 28,
	NARROW = 72,      /* a width at which that column is too far right */
	GRADE_SHOWN = 10, /* rows */
	GROUPS_SHOWN = 6,
	REASONS_SHOWN = 12,
};

static enum ink rating_ink(uint8_t rating)
{
	static const enum ink of[RATINGS] = { YELLOW, DIM, PLAIN, YELLOW, ORANGE, RED };

	return of[rating < RATINGS ? rating : 0];
}

/* "2 critical, 12 high, 20 medium, 3 low, 1 unrated; 41 of 57 from the base" */
static void put_counts(struct buf *b, const struct vulns_summary *s)
{
	static const uint8_t order[] = { RATING_CRITICAL, RATING_HIGH, RATING_MEDIUM, RATING_LOW,
		RATING_UNRATED, RATING_NEGLIGIBLE };
	bool any = false;

	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++) {
		if (!s->ratings[order[i]])
			continue;
		buf_printf(b, "%s%zu %s", any ? ", " : "", s->ratings[order[i]],
			rating_names[order[i]]);
		any = true;
	}
	buf_str(b, any ? "" : "none found");
	if (s->base)
		buf_printf(b, "; %zu of %zu come from the base", s->base, s->n);
	if (s->base_fixed)
		buf_printf(b, ", a newer one would remove %zu", s->base_fixed);
}

static void put_fix(struct buf *b, const struct vulnerability *v)
{
	if (v->fixed_in.len)
		buf_printf(b, " -> %.*s%s", SPAN_ARG(v->fixed_in),
			v->fix_state == FIX_EXTENDED ? " (paid support)" : "");
	else
		buf_printf(b, ", %s",
			v->fix_state == FIX_UNKNOWN ? "no fix known"
						    : fix_state_names[v->fix_state]);
}

/* Who rated, without the version of the score: "CVSS 3.1 of NAME". */
static struct span rater(const struct vulnerability *v, bool verbose)
{
	static const struct span of = SPAN_INIT(" of ");
	struct span s = v->rating_source;
	size_t at = verbose ? s.len : span_find_span(s, of);

	return at < s.len ? span_from(s, at + of.len) : s;
}

static void finding(struct page *p, const struct report *r, const struct vulnerability *v)
{
	const struct package_fact *f = v->package->fact;
	size_t what = p->width < NARROW ? 4 : WHAT;
	scoped_buf struct buf b = { 0 };

	page_to(p, 2);
	page_inked(p, rating_ink(v->rating), rating_names[v->rating]);
	page_to(p, ID);
	page_span(p, v->id);
	if (what < WHAT)
		page_end(p);
	page_to(p, what > p->column ? what : p->column + 1);
	buf_printf(&b, "%.*s %.*s", SPAN_ARG(f->name), SPAN_ARG(f->version));
	put_fix(&b, v);
	if (v->package->layer < r->image->layers_n)
		buf_printf(&b, "; layer %u%s", v->package->layer,
			vulnerability_is_base(v, r->image) ? ", base" : "");
	if (v->is_exploited)
		buf_str(&b, v->is_ransomware ? "; exploited, by ransomware too" : "; exploited");
	if (v->rating_source.len)
		buf_printf(&b, "; %.*s", SPAN_ARG(rater(v, p->o->verbose)));
	if (v->status == MATCH_IGNORED)
		buf_str(&b, "; ignored, counts all the same");
	if (p->o->verbose && v->has_epss)
		buf_printf(&b, "; EPSS %u.%02u %%", v->epss * 100u / 65535u,
			v->epss * 10000u / 65535u % 100u);
	if (p->o->verbose && v->package->at.path.len)
		buf_printf(&b, "; /%.*s%s%.*s", SPAN_ARG(v->package->at.path),
			v->package->at.member.len ? "!" : "", SPAN_ARG(v->package->at.member));
	if (v->why.len && (p->o->verbose || v->status != MATCH_AFFECTED))
		buf_printf(&b, "; %.*s", SPAN_ARG(v->why));
	page_paragraph(p, what, buf_view(&b));
}

/* Returns how many there are. */
static size_t findings(struct page *p, const struct report *r, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < r->matches->list.n; i++)
		if (vulns_counts(r, p->o->only_fixed, i) && n++ < max)
			finding(p, r, &r->matches->list.p[i]);
	return n;
}

/* ---- summaries ------------------------------------------------------------------------------- */

static void put_group(struct buf *b, const struct vulns_group *g, struct span name)
{
	buf_printf(b, "%.*s %zu", SPAN_ARG(name), g->n);
	if (g->rating >= RATING_HIGH)
		buf_printf(b, " (%zu %s)", g->worst, rating_names[g->rating]);
}

static void by_package(struct page *p, const struct vulns_summary *s)
{
	scoped_buf struct buf b = { 0 };

	buf_str(&b, "by package: ");
	for (size_t i = 0; i < s->packages.n && (i < GROUPS_SHOWN || p->o->verbose); i++) {
		const struct package_fact *f = s->packages.p[i].package->fact;

		buf_str(&b, i ? ", " : "");
		put_group(&b, &s->packages.p[i],
			f->source.len && f->type != PACKAGE_RPM ? f->source : f->name);
	}
	if (s->packages.n > GROUPS_SHOWN && !p->o->verbose)
		buf_printf(&b, " and %zu more", s->packages.n - GROUPS_SHOWN);
	page_to(p, 2);
	page_paragraph(p, 4, buf_view(&b));
}

static void by_layer(struct page *p, const struct report *r, const struct vulns_summary *s)
{
	scoped_buf struct buf b = { 0 };
	char name[64];

	if (!r->image->layers_n)
		return;
	buf_str(&b, "by layer: ");
	for (size_t i = 0; i < s->layers.n; i++) {
		const struct vulns_group *g = &s->layers.p[i];
		bool is_base = g->layer < r->image->layers_n && r->image->layers[g->layer].is_base;

		(void)snprintf(name, sizeof(name), "%s%u%s:", i ? ", " : "", g->layer,
			is_base ? " (base)" : "");
		put_group(&b, g, span_str(name));
	}
	page_to(p, 2);
	page_paragraph(p, 4, buf_view(&b));
}

static void gaps(struct page *p, const struct matches *m, size_t max)
{
	for (size_t i = 0; i < m->gaps.n && i < max; i++) {
		scoped_buf struct buf b = { 0 };

		buf_span(&b, m->gaps.p[i].text);
		if (!i || !span_eq(m->gaps.p[i].needs, m->gaps.p[i - 1].needs))
			buf_printf(&b, "; needs %.*s", SPAN_ARG(m->gaps.p[i].needs));
		page_to(p, 2);
		page_inked(p, YELLOW, "not complete: ");
		page_paragraph(p, 4, buf_view(&b));
	}
}

static void head(struct page *p, const struct vulns_summary *s)
{
	scoped_buf struct buf b = { 0 };

	put_counts(&b, s);
	page_end(p);
	page_inked(p, BOLD, "Vulnerabilities: ");
	page_paragraph(p, 2, buf_view(&b));
}

/* ---- of grade -------------------------------------------------------------------------------- */

void text_vulns(struct page *p, const struct report *r)
{
	scoped_arena struct arena a = { 0 };
	scoped_buf struct buf b = { 0 };
	struct vulns_summary s;
	size_t shown = p->o->verbose ? SIZE_MAX : GRADE_SHOWN, n;

	if (!r->matches)
		return;
	vulns_sum(r, false, &a, &s);
	p->out->failed = p->out->failed || arena_failed(&a);
	head(p, &s);
	gaps(p, r->matches, p->o->verbose ? SIZE_MAX : 1);
	if (!s.n)
		return;
	n = findings(p, r, shown);
	if (n > shown) {
		buf_printf(
			&b, "and %zu more: scoville vulns %.*s", n - shown, SPAN_ARG(r->reference));
		page_to(p, 2);
		page_paragraph(p, 4, buf_view(&b));
	}
	by_package(p, &s);
	by_layer(p, r, &s);
}

/* ---- scoville vulns -------------------------------------------------------------------------- */

static void database_line(struct page *p, const struct matches *m)
{
	scoped_buf struct buf b = { 0 };
	char day[DATE_TEXT];

	buf_printf(&b, "database of %s%s", date_format_day(m->built_day, day),
		m->is_builtin ? ", built in" : "");
	for (size_t i = 0; i < m->sources.n && p->o->verbose; i++) {
		const struct match_source *s = &m->sources.p[i];

		buf_printf(&b, "%s%.*s (%s", i ? ", " : ": ", SPAN_ARG(s->name),
			vulns_class_text(s->classes));
		buf_printf(&b, s->day ? ", %s)" : ")", date_format_day(s->day, day));
	}
	page_to(p, 2);
	page_ink(p, DIM);
	page_words(p, 4, buf_view(&b));
	page_ink(p, PLAIN);
	page_end(p);
}

struct reason {
	const struct vulnerability *first;
	size_t n;
};

static bool is_alike(const struct vulnerability *a, const struct vulnerability *b)
{
	return a->status == b->status && a->is_unimportant == b->is_unimportant &&
	       span_eq(a->why, b->why);
}

static void reason(struct page *p, const struct reason *r)
{
	const struct vulnerability *v = r->first;
	bool is_out = v->status == MATCH_SUPPRESSED || v->status == MATCH_VEX;
	scoped_buf struct buf b = { 0 };

	page_printf(p, "%6zu", r->n);
	page_to(p, ID);
	buf_printf(&b, "%s%s%.*s (%.*s in %.*s%s)", v->status == MATCH_VEX ? "by VEX: " : "",
		!is_out && v->is_unimportant ? "unimportant, says the distribution" : "",
		SPAN_ARG(v->why), SPAN_ARG(v->id), SPAN_ARG(v->package->fact->name),
		r->n > 1 ? ", ..." : "");
	page_paragraph(p, ID + 2, buf_view(&b));
}

/* What does not count, by reason; each with --verbose. */
static void others(struct page *p, const struct report *r)
{
	struct reason reasons[REASONS_SHOWN];
	size_t n = 0, left = 0;
	bool any = false;

	for (size_t i = 0; i < r->matches->list.n; i++) {
		const struct vulnerability *v = &r->matches->list.p[i];
		size_t k = 0;

		if (vulns_counts(r, false, i))
			continue;
		if (!any)
			page_title(p, "Does not count");
		any = true;
		if (p->o->verbose) {
			finding(p, r, v);
			continue;
		}
		while (k < n && !is_alike(reasons[k].first, v))
			k++;
		if (k < n)
			reasons[k].n++;
		else if (n < REASONS_SHOWN)
			reasons[n++] = (struct reason){ v, 1 };
		else
			left++;
	}
	for (size_t i = 0; i < n; i++)
		reason(p, &reasons[i]);
	if (!left)
		return;
	page_to(p, ID);
	page_printf(p, "and %zu more (--verbose)", left);
	page_end(p);
}

static void no_database(struct page *p, const struct report *r)
{
	scoped_buf struct buf b = { 0 };

	page_end(p);
	page_inked(p, BOLD, "Vulnerabilities: ");
	buf_printf(&b, "not assessed: %.*s; needs %s", SPAN_ARG(report_unmatched(r)),
		input_rows[input_number(INPUT_ADVISORIES)].needs);
	page_paragraph(p, 2, buf_view(&b));
}

void text_vulns_page(struct page *p, const struct report *r)
{
	scoped_arena struct arena a = { 0 };
	struct vulns_summary s;

	if (!r->matches) {
		no_database(p, r);
		return;
	}
	vulns_sum(r, p->o->only_fixed, &a, &s);
	p->out->failed = p->out->failed || arena_failed(&a);
	head(p, &s);
	database_line(p, r->matches);
	gaps(p, r->matches, SIZE_MAX);
	if (s.n) {
		by_package(p, &s);
		by_layer(p, r, &s);
		page_end(p);
	}
	findings(p, r, SIZE_MAX);
	others(p, r);
}

void text_vulns_line(struct page *p, const struct report *r)
{
	scoped_arena struct arena a = { 0 };
	scoped_buf struct buf b = { 0 };
	struct vulns_summary s;

	vulns_sum(r, p->o->only_fixed, &a, &s);
	if (r->matches)
		put_counts(&b, &s);
	buf_str(&b, !r->matches          ? "no advisory database"
		    : r->matches->gaps.n ? " (not complete)"
					 : "");
	page_span(p, buf_view(&b));
}
