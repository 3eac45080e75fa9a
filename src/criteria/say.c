/* say.c - how a judge writes its verdict down.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdarg.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/glob.h"
#include "criteria/rows.h"
#include "known/bases.h"

enum {
	TEXT_MAX = 4096,
	EVIDENCE_MAX = 4000,
	NAMED_MAX = 12, /* more findings that a reason names */
	NAMED_BYTES = 2048,
};

enum ev_kind evidence_kind(struct place at)
{
	switch (at.kind) {
	case PLACE_FILE:
		return EV_FILE;
	case PLACE_HISTORY:
	case PLACE_RECIPE:
		return EV_RECIPE;
	case PLACE_ATTESTATION:
		return EV_ATTESTATION;
	default:
		return EV_SETTING;
	}
}

struct evidence *evidence_add(struct verdict_out *out, enum ev_kind kind, enum ev_role role,
	enum ev_class class, struct place at, struct span what, const char *why)
{
	if (out->report->evidence.n >= EVIDENCE_MAX) {
		out->report->evidence.dropped++;
		return NULL;
	}

	struct evidence *e = vec_push(&out->report->evidence, out->arena);

	if (!e)
		return NULL;
	*e = (struct evidence){ .kind = (uint8_t)kind,
		.role = (uint8_t)role,
		.class = (uint8_t) class,
		.at = at,
		.what = what };
	e->why = arena_dup(out->arena, span_str(why)); /* why may be on the caller's stack */
	return e;
}

enum verdict say(struct verdict_out *out, enum verdict v, struct place at, const char *why, ...)
{
	char text[TEXT_MAX];
	va_list args;

	va_start(args, why);
	(void)vsnprintf(text, sizeof(text), why, args);
	va_end(args);
	out->report->reason = arena_dup(out->arena, span_str(text));
	if (at.kind != PLACE_NONE && at.kind != PLACE_IMAGE)
		evidence_add(out, evidence_kind(at), v == NOT_ASSESSED ? REMARK : DECIDES,
			out->report->class, at, at.path, text);
	return v;
}

enum verdict judge_nothing(const struct dossier *d, struct verdict_out *out)
{
	(void)d;
	return say(out, NOT_ASSESSED, place_image(), "not assessed yet");
}

uint32_t dossier_inputs(const struct dossier *d)
{
	return (d->image->inputs & ~(uint32_t)INPUTS_OUTSIDE) | (d->trust ? INPUT_REFERRERS : 0) |
	       (d->recipe ? INPUT_RECIPE : 0) | (d->matches ? INPUT_ADVISORIES : 0) |
	       (d->rebuild ? INPUT_REBUILD : 0);
}

struct span dossier_missing(const struct dossier *d, uint32_t bit)
{
	unsigned i = input_number(bit);
	struct span why = bit & INPUTS_OUTSIDE ? d->missing[i] : d->image->inputs_missing[i];

	return why.len ? why : span_str(input_rows[i].absent);
}

void evidence_file(
	struct verdict_out *out, enum ev_role role, const struct file *f, const char *why)
{
	struct evidence *e = evidence_add(
		out, EV_FILE, role, OBSERVED, place_file((int32_t)f->layer, f->path), f->path, why);

	if (!e)
		return;
	if (f->body) {
		e->number = (int64_t)f->body->size;
		e->has_number = true;
	}
	if (f->owner) {
		char text[TEXT_MAX];

		(void)snprintf(text, sizeof(text), "%.*s, of package %.*s", SPAN_ARG(e->why),
			SPAN_ARG(f->owner->name));
		e->why = arena_dup(out->arena, span_str(text));
	}
}

void remark(struct verdict_out *out, struct place at, struct span what, const char *why, ...)
{
	char text[TEXT_MAX];
	va_list args;

	va_start(args, why);
	(void)vsnprintf(text, sizeof(text), why, args);
	va_end(args);
	evidence_add(out, evidence_kind(at), REMARK, OBSERVED, at, what, text);
}

void remark_count(struct verdict_out *out, struct place at, const char *what, uint64_t number,
	const char *why)
{
	struct evidence *e = evidence_add(out, EV_COUNT, REMARK, OBSERVED, at, span_str(what), why);

	if (!e)
		return;
	e->number = number > INT64_MAX ? INT64_MAX : (int64_t)number;
	e->has_number = true;
}

void remark_rest(struct verdict_out *out, const char *what, size_t total, size_t max)
{
	if (total > max)
		remark_count(out, place_image(), what, total, "in total; not all are listed");
}

static bool waiver_matches(const struct waiver *w, struct span id, struct span path, int32_t layer)
{
	if (!span_eq(w->id, id) || w->fingerprint.len || w->purl.len)
		return false;
	if (w->layer >= 0 && w->layer != layer)
		return false;
	return !w->path.len || glob_match(w->path, path);
}

/* The ignore file lists a finding on this path: it is counted and does not decide. */
static bool is_waived(struct verdict_out *out, const struct dossier *d, const char *id,
	struct span path, int32_t layer)
{
	for (size_t i = 0; i < d->policy->waivers.n; i++) {
		if (!waiver_matches(&d->policy->waivers.p[i], span_str(id), path, layer))
			continue;
		out->report->waived++;
		if (out->waiver_hits)
			out->waiver_hits[i]++;
		return true;
	}
	return false;
}

bool finding(struct findings *l, const struct file *f, const char *why, ...)
{
	char text[TEXT_MAX];
	bool waived = is_waived(l->out, l->dossier, l->id, f->path, (int32_t)f->layer);
	va_list args;

	va_start(args, why);
	(void)vsnprintf(text, sizeof(text), why, args);
	va_end(args);
	if (l->decisive.n + l->waived < SHOWN_MAX)
		evidence_file(l->out, waived ? REMARK : DECIDES, f, text);
	if (waived) {
		l->waived++;
		return false;
	}
	vec_add(&l->decisive, l->out->arena, &f);
	return true;
}

/* "gpasswd, mount, /sbin/su": the next few, without the folder where it is the one before's. */
static void name_more(const struct findings *l, struct buf *b)
{
	size_t i = 1;

	for (; i < l->decisive.n && i <= NAMED_MAX && b->len < NAMED_BYTES; i++) {
		struct span path = l->decisive.p[i]->path, before = l->decisive.p[i - 1]->path;
		bool same = span_eq(span_dir(path), span_dir(before));

		buf_printf(b, "%s%s%.*s", i > 1 ? ", " : "", same ? "" : "/",
			SPAN_ARG(same ? span_base(path) : path));
	}
	buf_str(b, i < l->decisive.n ? ", ..." : "");
}

enum verdict findings_verdict(struct findings *l, const char *what, const char *none)
{
	struct verdict_out *out = l->out;

	out->report->class = OBSERVED;
	remark_rest(out, "findings", l->decisive.n, SHOWN_MAX);
	if (l->decisive.n == 1)
		return say(out, NOT_MET, place_image(), "%s: /%.*s", what,
			SPAN_ARG(l->decisive.p[0]->path));
	if (l->decisive.n) {
		scoped_buf struct buf more = { 0 };

		name_more(l, &more);
		return say(out, NOT_MET, place_image(), "%s: /%.*s and %zu more: %s", what,
			SPAN_ARG(l->decisive.p[0]->path), l->decisive.n - 1, more.p ? more.p : "");
	}
	if (l->waived) {
		out->report->class = ASSERTED;
		return say(out, MET, place_image(), "%s, except %zu in the ignore file", none,
			l->waived);
	}
	return say(out, MET, place_image(), "%s", none);
}

void finding_more(struct findings *l, const struct file *f)
{
	vec_add(&l->more, l->out->arena, &f);
}

bool is_symlink(const struct file *f)
{
	return f->state == FILE_PRESENT && f->body && f->body->type == ENTRY_SYMLINK;
}

const struct file *program_behind(const struct image_facts *image, const struct file *link)
{
	const struct file *f = image_find(image, link->path, true);

	return f && file_is_program(f) ? f : NULL;
}

bool is_multi_call(const struct file *f)
{
	return f->exec && (f->exec->flags & EXEC_MULTI_CALL);
}

bool is_applet(const struct file *f, struct span name)
{
	return is_multi_call(f) && span_has_word(f->exec->applets, name);
}

bool in_bin_or_libexec(const struct file *f)
{
	return f->is_in_bin || span_eq(span_base(span_dir(f->path)), SPAN("libexec"));
}

bool is_base_layer(const struct image_facts *image, int64_t layer)
{
	return layer >= 0 && (size_t)layer < image->layers_n && image->layers[layer].is_base;
}

const struct command *main_command(const struct image_facts *image)
{
	/* the healthcheck comes last, and first where there is nothing else */
	if (!image->commands.n ||
		span_starts(image->commands.p[0].at.path, SPAN("/config/Healthcheck")))
		return NULL;
	return &image->commands.p[0];
}

/* ---- what to do ------------------------------------------------------------------------------ */

void remedy_for(struct verdict_out *out, struct remedy *r, struct span subject)
{
	vec_add(&r->subjects, out->arena, &subject);
}

void remedy_add(struct verdict_out *out, struct remedy r)
{
	vec_add(&out->report->remedies, out->arena, &r);
}

void remedy_one(
	struct verdict_out *out, enum remedy_action action, const char *subject, const char *note)
{
	struct remedy r = { .action = (uint8_t)action, .note = span_str(note) };

	remedy_for(out, &r, span_str(subject));
	remedy_add(out, r);
}

const struct file *program_named(const struct image_facts *image, const char *name)
{
	static const char *const folders[] = { "usr/bin", "bin", "usr/sbin", "sbin",
		"usr/local/bin" };
	char path[64];

	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folders[i], name);

		const struct file *f = image_find(image, span_str(path), true);

		if (f && file_is_program(f))
			return f;
	}
	return NULL;
}
