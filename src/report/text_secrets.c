/* text_secrets.c - the secrets and the requirements for a person at a terminal.
 *
 * `grade` shows the first of what decides. `secrets` shows all of that by layer, then what to do
 * about it, then what does not decide, counted by reason. The details are for --verbose.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "report/text_parts.h"

#include "base/arena.h"
#include "base/date.h"
#include "report/escape.h"
#include "report/secrets.h"

enum {
	LEVEL = 6, /* columns */
	PLACE = 14,
	DETAIL = PLACE + 2,
	GRADE_SHOWN = 5, /* rows */
	GROUPS_SHOWN = 12,
	LINES_TOLD = 8, /* lines of one file */
};

static enum ink level_ink(uint8_t level)
{
	static const enum ink of[SECRET_LEVELS] = { DIM, PLAIN, ORANGE, RED };

	return of[level < SECRET_LEVELS ? level : SECRET_HIGH];
}

/* "2 high, 1 medium, 40 low; 3 ignored" */
static void counts(struct buf *out, const struct secrets_summary *sum)
{
	for (size_t l = SECRET_LEVELS; --l;)
		buf_printf(out, "%s%zu %s", l == SECRET_HIGH ? "" : ", ", sum->levels[l],
			secret_level_name((uint8_t)l));
	if (sum->ignored)
		buf_printf(out, "; %zu ignored", sum->ignored);
}

static bool decides(const struct secret_finding *s)
{
	return s->level >= SECRET_MEDIUM && !s->waived;
}

/* ---- one finding ----------------------------------------------------------------------------- */

/* "/srv/app.env:2-4, 9", "/usr/bin/app, byte 4711" */
static void put_place(struct buf *b, const struct secret_finding *s)
{
	if (s->at.kind != PLACE_FILE) {
		place_text(b, &s->at);
		return;
	}
	buf_byte(b, '/');
	secret_path(s, b);
	if (s->flags & SECRET_IN_BINARY) { /* has no lines */
		buf_printf(b, ", byte %llu", (unsigned long long)s->fact->offset);
		return;
	}
	if (s->at.line)
		buf_printf(b, ":%u", s->at.line);
	if (s->at.line && s->at.end_line > s->at.line)
		buf_printf(b, "-%u", s->at.end_line);
	for (size_t i = 0; i < s->lines.n && i < LINES_TOLD; i++)
		if (s->lines.p[i])
			buf_printf(b, ", %u%s", s->lines.p[i],
				i + 1 == LINES_TOLD && i + 1 < s->lines.n ? " ..." : "");
}

static void put_title(struct buf *b, const struct secret_finding *s)
{
	static const char *const gone[] = { [FILE_OVERWRITTEN] = "overwritten in",
		[FILE_DELETED] = "deleted in",
		[FILE_HIDDEN] = "hidden by" };

	buf_span(b, s->title.len ? s->title : s->fact->kind);
	if (s->state < sizeof(gone) / sizeof(*gone) && gone[s->state])
		buf_printf(b, ", %s layer %d", gone[s->state], s->gone_in);
	if (s->owner.len)
		buf_printf(b, ", of package %.*s", SPAN_ARG(s->owner));
	buf_str(b, s->waived ? ", ignored" : s->refused ? ", cannot be ignored" : "");
}

/* "label: text", wrapped; nothing for an empty text. */
static void detail(struct page *p, const char *label, struct span text)
{
	if (!text.len)
		return;
	page_to(p, PLACE);
	page_inked(p, DIM, label);
	page_paragraph(p, DETAIL, text);
}

/* What is proved, and what may be shown about the value. */
static void put_proof(struct buf *b, const struct secret_finding *s)
{
	const struct secret_fact *f = s->fact;
	char day[DATE_TEXT];

	if (s->proof_text.len)
		buf_printf(b, "%.*s; ", SPAN_ARG(s->proof_text));
	else if (s->proof != PROOF_NONE)
		buf_printf(b, "%s; ", secrets_proof_name(s->proof));
	if (f->known.len)
		buf_printf(b, "publicly known: %.*s; ", SPAN_ARG(f->known));
	if (f->length)
		buf_printf(b, "%u bytes; ", f->length);
	if (f->prefix.len)
		buf_printf(b, "begins with %.*s; ", SPAN_ARG(f->prefix));
	if (f->encoding != ENCODED_PLAIN)
		buf_printf(b, "as %s; ", secrets_encoding_name(f->encoding));
	if (s->count > 1)
		buf_printf(b, "%zu times in this file; ", s->count);
	if (f->expires)
		buf_printf(b, "expires %s; ", date_format_day(f->expires / DAY_SECONDS, day));
	buf_printf(b, "kind %.*s, rule %.*s, %s", SPAN_ARG(f->kind), SPAN_ARG(f->rule),
		secrets_surface_name(f->surface));
}

static void details(struct page *p, const struct secret_finding *s)
{
	scoped_buf struct buf b = { 0 };

	put_proof(&b, s);
	detail(p, "details: ", buf_view(&b));
	detail(p, "why: ", s->why);
	detail(p, "fp: ", s->fingerprint);
}

/* number 0: none. */
static void finding(struct page *p, const struct secret_finding *s, size_t number, size_t title)
{
	scoped_buf struct buf place = { 0 }, said = { 0 };

	put_place(&place, s);
	put_title(&said, s);
	if (number)
		page_printf(p, "%4zu", number);
	page_to(p, LEVEL);
	page_inked(p, level_ink(s->level), secret_level_name(s->level));
	page_to(p, PLACE);
	page_words(p, LEVEL + 2, buf_view(&place));
	if (p->column + 2 > title && p->column + 2 + escape_width(buf_view(&said)) > p->width)
		page_end(p);
	page_to(p, title > p->column + 2 || !p->column ? title : p->column + 2);
	page_paragraph(p, title, buf_view(&said));
	if (p->o->verbose)
		details(p, s);
}

/* Where the titles of the deciding findings begin. */
static size_t title_column(const struct page *p, const struct image_facts *f)
{
	size_t max = p->width * 5 / 8, widest = PLACE;

	for (size_t i = 0; i < f->secrets.n; i++) {
		scoped_buf struct buf b = { 0 };

		if (!decides(&f->secrets.p[i]))
			continue;
		put_place(&b, &f->secrets.p[i]);
		size_t n = PLACE + escape_width(buf_view(&b)) + 2;

		widest = n > widest && n <= max ? n : widest;
	}
	return widest;
}

/* ---- of grade -------------------------------------------------------------------------------- */

void text_secrets(struct page *p, const struct report *r)
{
	const struct image_facts *f = r->image;
	scoped_buf struct buf b = { 0 };
	struct secrets_summary sum;
	size_t shown = 0, column = title_column(p, f);

	secrets_sum(r, &sum);
	if (!sum.levels[SECRET_HIGH] && !sum.levels[SECRET_MEDIUM])
		return;
	counts(&b, &sum);
	page_end(p);
	page_inked(p, BOLD, "Secrets: ");
	page_paragraph(p, 2, buf_view(&b));
	for (size_t i = 0; i < f->secrets.n; i++)
		if (decides(&f->secrets.p[i]) && (shown++ < GRADE_SHOWN || p->o->verbose))
			finding(p, &f->secrets.p[i], 0, column);
	if (shown <= GRADE_SHOWN || p->o->verbose)
		return;
	b.len = 0;
	buf_printf(&b, "and %zu more: scoville secrets ", shown - GRADE_SHOWN);
	buf_span(&b, r->reference);
	page_to(p, LEVEL);
	page_paragraph(p, LEVEL, buf_view(&b));
}

/* ---- scoville secrets ------------------------------------------------------------------------ */

static void layer_head(struct page *p, const struct secret_finding *s)
{
	struct span line = span_trim(s->history);

	if (s->layer < 0) {
		page_inked(p, BOLD, "Not in a layer");
	} else {
		page_ink(p, BOLD);
		page_printf(p, "Layer %d", s->layer);
		page_ink(p, PLAIN);
		page_to(p, PLACE);
		page_ink(p, DIM);
		if (p->o->verbose)
			page_words(p, LEVEL, line);
		else
			page_cut(p, line);
		page_ink(p, PLAIN);
	}
	page_end(p);
}

/* In the order in which they are shown; a finding's number is its place in it. */
typedef VEC(const struct secret_finding *) shown;

static void of_layer(struct page *p, const struct image_facts *f, int32_t layer, size_t column,
	shown *list, struct arena *a)
{
	size_t before = list->n;

	for (size_t i = 0; i < f->secrets.n; i++) {
		const struct secret_finding *s = &f->secrets.p[i], **slot;

		if (!decides(s) || s->layer != layer || !(slot = vec_push(list, a)))
			continue;
		*slot = s;
		if (list->n == before + 1) {
			page_end(p);
			layer_head(p, s);
		}
		finding(p, s, list->n, column);
	}
}

/* "1, 3, 5: what to do", once for all that it is for; these leave the list. */
static void advice(struct page *p, shown *list, size_t first)
{
	struct span text = list->p[first]->advice;
	scoped_buf struct buf b = { 0 };

	for (size_t i = first; i < list->n; i++) {
		if (!list->p[i] || !span_eq(list->p[i]->advice, text))
			continue;
		buf_printf(&b, "%s%zu", b.len ? ", " : "", i + 1);
		list->p[i] = NULL;
	}
	buf_printf(&b, ": %.*s", SPAN_ARG(text));
	page_to(p, 2);
	page_paragraph(p, LEVEL, buf_view(&b));
}

static void deciding(struct page *p, const struct image_facts *f)
{
	scoped_arena struct arena a = { 0 };
	size_t column = title_column(p, f);
	shown list = { 0 };

	for (size_t i = 0; i < f->layers_n; i++)
		of_layer(p, f, (int32_t)i, column, &list, &a);
	of_layer(p, f, NO_LAYER, column, &list, &a);
	p->out->failed = p->out->failed || arena_failed(&a);
	if (list.n)
		page_title(p, "What to do");
	for (size_t i = 0; i < list.n; i++)
		if (list.p[i])
			advice(p, &list, i);
}

/* Findings that do not decide, alike in all but the place. */
struct group {
	const struct secret_finding *first;
	size_t n;
};

static bool is_alike(const struct secret_finding *a, const struct secret_finding *b)
{
	return a->level == b->level && a->waived == b->waived &&
	       span_eq(a->fact->kind, b->fact->kind) && span_eq(a->why, b->why);
}

/* "  10  low     private-key: why (/the/first, ...)" */
static void group(struct page *p, const struct group *g)
{
	const struct secret_finding *s = g->first;
	scoped_buf struct buf b = { 0 };

	page_printf(p, "%4zu", g->n);
	page_to(p, LEVEL);
	page_inked(p, level_ink(s->level), secret_level_name(s->level));
	page_to(p, PLACE);
	buf_printf(&b, "%.*s%s%.*s%s (", SPAN_ARG(s->fact->kind), s->why.len ? ": " : "",
		SPAN_ARG(s->why), s->waived ? ", ignored" : "");
	put_place(&b, s);
	buf_str(&b, g->n > 1 ? ", ...)" : ")");
	if (p->o->all) {
		page_paragraph(p, DETAIL, buf_view(&b));
		return;
	}
	page_cut(p, buf_view(&b));
	page_end(p);
}

/* What does not decide: low, what is ignored, and none when it is asked for. */
static void others(struct page *p, const struct image_facts *f)
{
	struct group groups[GROUPS_SHOWN];
	size_t n = 0, left = 0;
	bool any = false;

	for (size_t i = 0; i < f->secrets.n; i++) {
		const struct secret_finding *s = &f->secrets.p[i];
		size_t k = 0;

		if (decides(s) || (s->level == SECRET_NONE && !p->o->all))
			continue;
		if (!any)
			page_title(p, "Does not count: low or ignored");
		any = true;
		if (p->o->verbose) {
			finding(p, s, 0, DETAIL);
			continue;
		}
		while (k < n && (p->o->all || !is_alike(groups[k].first, s)))
			k++;
		if (p->o->all)
			group(p, &(struct group){ s, 1 });
		else if (k < n)
			groups[k].n++;
		else if (n < GROUPS_SHOWN)
			groups[n++] = (struct group){ s, 1 };
		else
			left++;
	}
	for (size_t i = 0; i < n; i++)
		group(p, &groups[i]);
	if (!left)
		return;
	page_to(p, LEVEL);
	page_printf(p, "and %zu more (--all)", left);
	page_end(p);
}

void text_secrets_page(struct page *p, const struct report *r)
{
	struct secrets_summary sum;
	scoped_buf struct buf b = { 0 };

	secrets_sum(r, &sum);
	counts(&b, &sum);
	page_end(p);
	page_inked(p, BOLD, "Secrets: ");
	page_paragraph(p, 2, buf_view(&b));
	if (!sum.is_complete) {
		page_inked(p, RED, "search incomplete: ");
		page_paragraph(p, 2, sum.missing);
	}
	deciding(p, r->image);
	others(p, r->image);
	if (!r->image->secrets.n)
		return;
	page_end(p);
	page_ink(p, DIM);
	page_words(p, 0,
		!p->o->verbose
			? SPAN("`--verbose` shows proof, reason and fingerprint of each; `--all` "
			       "shows every place.")
		: r->fingerprint_key_is_run
			? SPAN("Fingerprints change with each run; --fp-key FILE or --write-ignore "
			       "keeps them.")
			: (struct span){ 0 });
	page_ink(p, PLAIN);
	page_end(p);
}

void text_secrets_line(struct page *p, const struct report *r)
{
	struct secrets_summary sum;
	scoped_buf struct buf b = { 0 };

	secrets_sum(r, &sum);
	counts(&b, &sum);
	buf_str(&b, sum.is_complete ? "" : " (search incomplete)");
	page_span(p, buf_view(&b));
}

/* ---- requirements ---------------------------------------------------------------------------- */

void text_requirements(struct page *p, const struct report *r)
{
	if (!r->requirements_name.len)
		return;
	page_end(p);
	page_inked(p, BOLD, "Requirements ");
	page_span(p, r->requirements_name);
	page_end(p);
	for (size_t i = 0; i < r->requirements.n; i++) {
		const struct requirement_row *row = &r->requirements.p[i];

		page_to(p, 2);
		page_verdict(p, row->result);
		page_ink(p, BOLD);
		page_span(p, row->id);
		page_ink(p, PLAIN);
		page_piece(p, 6, PLAIN, row->title);
		page_end(p);
		page_to(p, 6);
		page_ink(p, row->result == NOT_MET ? PLAIN : DIM);
		page_words(p, 6, row->reason);
		page_ink(p, PLAIN);
		page_end(p);
		if (p->o->verbose)
			text_evidence(p, &row->evidence, row->reason);
	}
}
