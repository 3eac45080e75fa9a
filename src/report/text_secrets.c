/* text_secrets.c - the secrets and the requirements for a person at a terminal.
 *
 * `grade` shows the first of what decides; `secrets` shows all of it, what was lowered and why.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "report/text_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "report/escape.h"
#include "report/secrets.h"

enum {
	LINES_TOLD = 8, /* of the places after the first */
	INDENT = 10,
	GRADE_SHOWN = 5,
	LOW_SHOWN = 20,
	REASONS_SHOWN = 12,
	HISTORY_SHOWN = 120, /* bytes of a history line */
};

static enum ink level_ink(uint8_t level)
{
	static const enum ink of[SECRET_LEVELS] = { DIM, PLAIN, ORANGE, RED };

	return of[level < SECRET_LEVELS ? level : SECRET_HIGH];
}

/* One wrapped line "label text"; nothing for an empty text. */
static void told(struct page *p, const char *label, struct span text)
{
	size_t n = strlen(label);

	if (!text.len)
		return;
	page_pad(p, 0, INDENT);
	page_inked(p, DIM, label);
	page_paragraph(p, INDENT + 2, INDENT + n, text);
}

static void place(struct page *p, const struct secret_finding *s)
{
	scoped_buf struct buf path = { 0 };

	if (s->at.kind != PLACE_FILE) {
		page_place(p, &s->at);
	} else {
		secret_path(s, &path);
		buf_byte(p->out, '/');
		escape_terminal(p->out, buf_view(&path));
		if (s->at.line)
			buf_printf(p->out, ":%u", s->at.line);
		if (s->at.line && s->at.end_line > s->at.line)
			buf_printf(p->out, "-%u", s->at.end_line);
	}
	if (s->layer < 0)
		return;
	buf_printf(p->out, " (layer %d", s->layer);
	if (s->state == FILE_OVERWRITTEN)
		buf_printf(p->out, ", overwritten in layer %d", s->gone_in);
	else if (s->state == FILE_DELETED)
		buf_printf(p->out, ", deleted in layer %d", s->gone_in);
	else if (s->state == FILE_HIDDEN)
		buf_printf(p->out, ", hidden by layer %d", s->gone_in);
	buf_byte(p->out, ')');
}

static void piece(struct buf *b, const char *mark, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void piece(struct buf *b, const char *mark, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	buf_printf(b, "%s%s", b->len ? mark : "", text);
}

/* What is proved, and what may be shown about the value. */
static void proof(struct page *p, const struct secret_finding *s)
{
	const struct secret_fact *f = s->fact;
	scoped_buf struct buf b = { 0 };
	char day[DATE_TEXT];

	if (s->proof_text.len)
		buf_span(&b, s->proof_text);
	else if (s->proof != PROOF_NONE)
		buf_str(&b, secrets_proof_name(s->proof));
	if (f->known.len)
		piece(&b, "; ", "publicly known: %.*s", SPAN_ARG(f->known));
	if (f->length)
		piece(&b, "; ", "%u bytes", f->length);
	if (f->prefix.len)
		piece(&b, f->length ? ", " : "; ", "begins with %.*s", SPAN_ARG(f->prefix));
	if (f->encoding != ENCODED_PLAIN)
		piece(&b, "; ", "as %s", secrets_encoding_name(f->encoding));
	if (s->count > 1)
		piece(&b, "; ", "%zu times in this file", s->count);
	for (size_t i = 0; i < s->lines.n && i < LINES_TOLD; i++)
		if (s->lines.p[i])
			piece(&b, i ? ", " : ", also line ", "%u%s", s->lines.p[i],
				i + 1 == LINES_TOLD && i + 1 < s->lines.n ? " ..." : "");
	if (f->expires)
		piece(&b, "; ", "expires %s", date_format_day(f->expires / DAY_SECONDS, day));
	told(p, "details: ", buf_view(&b));
}

/* A history line is shortened, never within a character. */
static void history(struct page *p, const struct secret_finding *s)
{
	struct span line = span_trim(s->history);
	scoped_buf struct buf b = { 0 };
	size_t n = HISTORY_SHOWN;

	if (line.len <= n || p->o->verbose) {
		told(p, "made by: ", line);
		return;
	}
	while (n && (span_at(line, n) & 0xc0) == 0x80)
		n--;
	buf_span(&b, span_sub(line, 0, n));
	buf_str(&b, "...");
	told(p, "made by: ", buf_view(&b));
}

static void level_mark(struct page *p, uint8_t level)
{
	const char *name = secret_level_name(level);

	buf_str(p->out, "  ");
	page_inked(p, level_ink(level), name);
	page_pad(p, strlen(name) + 2, INDENT);
}

static void finding(struct page *p, const struct secret_finding *s)
{
	level_mark(p, s->level);
	page_ink(p, BOLD);
	escape_terminal(p->out, s->title.len ? s->title : s->fact->kind);
	page_ink(p, PLAIN);
	page_ink(p, DIM);
	buf_str(p->out, "  (");
	escape_terminal(p->out, s->fact->kind);
	if (p->o->verbose) {
		buf_str(p->out, ", rule ");
		escape_terminal(p->out, s->fact->rule);
		buf_printf(p->out, ", %s", secrets_surface_name(s->fact->surface));
	}
	buf_str(p->out, s->waived ? ", ignored)\n" : s->refused ? ", cannot be ignored)\n" : ")\n");
	page_ink(p, PLAIN);
	page_pad(p, 0, INDENT);
	place(p, s);
	buf_byte(p->out, '\n');
	history(p, s);
	told(p, "package: ", s->owner);
	proof(p, s);
	told(p, "why: ", s->why);
	told(p, "do: ", s->advice);
	if (p->o->secrets_only)
		told(p, "fp: ", s->fingerprint);
}

/* One line: kind, place and why it is only low. */
static void brief(struct page *p, const struct secret_finding *s)
{
	level_mark(p, s->level);
	escape_terminal(p->out, s->fact->kind);
	buf_str(p->out, ": ");
	place(p, s);
	if (s->why.len) {
		buf_str(p->out, ": ");
		escape_terminal(p->out, s->why);
	}
	buf_str(p->out, s->waived ? " (ignored)\n" : "\n");
}

static bool decides(const struct secret_finding *s)
{
	return s->level >= SECRET_MEDIUM && !s->waived;
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

void text_secrets(struct page *p, const struct report *r)
{
	const struct image_facts *f = r->image;
	struct secrets_summary sum;
	size_t shown = 0;

	secrets_sum(r, &sum);
	if (!sum.levels[SECRET_HIGH] && !sum.levels[SECRET_MEDIUM] &&
		(!sum.levels[SECRET_LOW] || !p->o->verbose))
		return;
	scoped_buf struct buf b = { 0 };

	counts(&b, &sum);
	page_title(p, "Secrets");
	buf_printf(p->out, "  %.*s\n", SPAN_ARG(buf_view(&b)));
	for (size_t i = 0; i < f->secrets.n; i++) {
		const struct secret_finding *s = &f->secrets.p[i];

		if (decides(s) && (p->o->verbose || shown++ < GRADE_SHOWN))
			finding(p, s);
		else if (p->o->verbose && (s->level > SECRET_NONE || p->o->all))
			brief(p, s);
	}
	if (shown > GRADE_SHOWN) {
		buf_printf(p->out, "  and %zu more: scoville secrets ", shown - GRADE_SHOWN);
		escape_terminal(p->out, r->reference);
		buf_byte(p->out, '\n');
	}
}

/* ---- scoville secrets ------------------------------------------------------------------------ */

static void deciding(struct page *p, const struct report *r)
{
	const struct image_facts *f = r->image;

	for (size_t i = 0; i < f->secrets.n; i++) {
		const struct secret_finding *s = &f->secrets.p[i];

		if (decides(s) || (p->o->verbose && s->level >= SECRET_MEDIUM))
			finding(p, s);
	}
}

/* What does not decide: low, what is ignored, and none when it is asked for. */
static void others(struct page *p, const struct report *r)
{
	const struct image_facts *f = r->image;
	size_t shown = 0, left = 0;

	for (size_t i = 0; i < f->secrets.n; i++) {
		const struct secret_finding *s = &f->secrets.p[i];

		if (decides(s) || (s->level == SECRET_NONE && !p->o->all) ||
			(p->o->verbose && s->level >= SECRET_MEDIUM))
			continue;
		if (p->o->verbose) {
			finding(p, s);
		} else if (shown == LOW_SHOWN && !p->o->all) {
			left++;
		} else {
			brief(p, s);
			shown++;
		}
	}
	if (left)
		buf_printf(p->out, "  and %zu more (--verbose)\n", left);
}

struct reason {
	struct span why;
	size_t n;
};

/* Why findings are low or none, the most frequent first. */
static size_t reasons(const struct image_facts *f, struct reason *out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < f->secrets.n; i++) {
		const struct secret_finding *s = &f->secrets.p[i];
		size_t k = 0;

		if (s->level > SECRET_LOW || !s->why.len)
			continue;
		while (k < n && !span_eq(out[k].why, s->why))
			k++;
		if (k == n && n < max)
			out[n++] = (struct reason){ s->why, 0 };
		if (k < n)
			out[k].n++;
		for (; k && k < n && out[k].n > out[k - 1].n; k--) {
			struct reason swap = out[k];

			out[k] = out[k - 1];
			out[k - 1] = swap;
		}
	}
	return n;
}

static void lowered(struct page *p, const struct report *r)
{
	struct reason list[4 * REASONS_SHOWN];
	size_t n = reasons(r->image, list, sizeof(list) / sizeof(*list));

	if (!n)
		return;
	page_title(p, "Why the level is low or none");
	for (size_t i = 0; i < n && (i < REASONS_SHOWN || p->o->verbose); i++) {
		buf_printf(p->out, "%*zu  ", INDENT - 2, list[i].n);
		page_paragraph(p, INDENT, INDENT, list[i].why);
	}
}

void text_secrets_page(struct page *p, const struct report *r)
{
	struct secrets_summary sum;
	scoped_buf struct buf b = { 0 };

	secrets_sum(r, &sum);
	counts(&b, &sum);
	buf_byte(p->out, '\n');
	page_inked(p, BOLD, "Secrets: ");
	buf_printf(p->out, "%.*s\n", SPAN_ARG(buf_view(&b)));
	if (!sum.is_complete) {
		page_inked(p, RED, "search incomplete: ");
		page_paragraph(p, 2, 19, sum.missing);
	}
	deciding(p, r);
	others(p, r);
	lowered(p, r);
	if (r->fingerprint_key_is_run && sum.levels[SECRET_HIGH] + sum.levels[SECRET_MEDIUM])
		buf_str(p->out, "\nFingerprints change with each run; --fp-key FILE or "
				"--write-ignore keeps them.\n");
}

void text_secrets_line(struct page *p, const struct report *r)
{
	struct secrets_summary sum;

	secrets_sum(r, &sum);
	counts(p->out, &sum);
	buf_str(p->out, sum.is_complete ? "  " : " (search incomplete)  ");
	escape_terminal(p->out, r->reference);
	buf_byte(p->out, '\n');
}

/* ---- requirements ---------------------------------------------------------------------------- */

void text_requirements(struct page *p, const struct report *r)
{
	if (!r->requirements_name.len)
		return;
	buf_byte(p->out, '\n');
	page_inked(p, BOLD, "Requirements ");
	escape_terminal(p->out, r->requirements_name);
	buf_byte(p->out, '\n');
	for (size_t i = 0; i < r->requirements.n; i++) {
		const struct requirement_row *row = &r->requirements.p[i];

		page_verdict(p, row->result);
		page_ink(p, BOLD);
		escape_terminal(p->out, row->id);
		page_ink(p, PLAIN);
		buf_str(p->out, "  ");
		page_paragraph(p, 6, escape_width(row->id) + 6, row->title);
		page_pad(p, 0, 6);
		page_paragraph(p, 6, 6, row->reason);
		text_evidence(p, &row->evidence, row->result == NOT_MET, row->reason);
	}
}
