/* dockerfile.c - what was found in a Dockerfile alone. Its JSON: doc/formats/dockerfile.md.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "report/dockerfile.h"

#include "base/table.h"
#include "report/escape.h"
#include "report/json_parts.h"

enum { DOCKERFILE_SCHEMA = 1 };

static const char *const fixes[] = {
	[RECIPE_IMAGE] = "FROM NAME:TAG@sha256:...",
	[RECIPE_DOWNLOAD] =
		"ADD --checksum=sha256:... URL PATH, or sha256sum -c or gpg --verify after "
		"it with && in the same RUN",
	[RECIPE_PACKAGE] =
		"NAME=VERSION of apt-get and apk, NAME==VERSION of pip, NAME@VERSION of npm, "
		"a lock file (npm ci), or a snapshot of the repository",
};
ROWS(fixes, RECIPE_KINDS);
static const char *const role_names[] = { "from", "copy", "mount", "syntax" };

static bool is_shown(const struct recipe_finding *f, const struct write_options *o)
{
	return f->state != RECIPE_FIXED || o->verbose;
}

/* "Dockerfile:4: prov.pinpkg: curl: no version is given" */
static void line(const struct recipe *r, const struct recipe_finding *f, struct buf *out)
{
	escape_terminal(out, r->name);
	buf_printf(out, ":%u: %s: ", f->line, recipe_criteria[f->kind]);
	escape_terminal(out, f->what);
	buf_printf(out, "%s ", f->kind == RECIPE_PACKAGE || f->state != RECIPE_OPEN ? ":" : "");
	escape_terminal(out, f->why);
	buf_str(out, f->state == RECIPE_UNCLEAR ? " (unclear)\n"
		     : f->state == RECIPE_FIXED ? " (good)\n"
						: "\n");
}

void dockerfile_text(const struct recipe *r, const struct write_options *o, struct buf *out)
{
	size_t counts[RECIPE_KINDS][RECIPE_STATES] = { { 0 } };

	for (size_t i = 0; i < r->findings.n; i++) {
		const struct recipe_finding *f = &r->findings.p[i];

		counts[f->kind][f->state]++;
		if (is_shown(f, o) && !o->quiet)
			line(r, f, out);
	}
	for (unsigned kind = 0; kind < RECIPE_KINDS && !o->quiet; kind++)
		if (counts[kind][RECIPE_OPEN])
			buf_printf(out, "fix %s: %s\n", recipe_criteria[kind], fixes[kind]);
	escape_terminal(out, r->name);
	for (unsigned kind = 0; kind < RECIPE_KINDS; kind++) {
		const size_t *c = counts[kind];

		buf_printf(out, "%s %zu of %zu %ss %s", kind ? "," : ":", c[RECIPE_FIXED],
			c[0] + c[1] + c[2], recipe_kind_names[kind],
			kind == RECIPE_DOWNLOAD ? "checked" : "pinned");
		if (c[RECIPE_UNCLEAR])
			buf_printf(out, " (%zu unclear)", c[RECIPE_UNCLEAR]);
	}
	buf_byte(out, '\n');
}

static void finding(struct json_out *w, const struct recipe_finding *f)
{
	json_out_dict(w);
	json_member_str(w, "criterion", recipe_criteria[f->kind]);
	json_member_str(w, "state", recipe_state_names[f->state]);
	json_member_int(w, "line", f->line);
	json_member_int(w, "end_line", f->end_line);
	json_member_int(w, "stage", f->stage);
	json_member(w, "what", f->what);
	json_member(w, "why", f->why);
	if (f->kind == RECIPE_IMAGE)
		json_member_str(w, "role", role_names[f->role]);
	if (f->kind == RECIPE_DOWNLOAD)
		json_member_bool(w, "is_key", f->is_key);
	if (f->kind == RECIPE_PACKAGE) {
		json_member(w, "program", f->program);
		json_member(w, "type", f->type);
		json_member(w, "name", f->name);
	}
	json_out_end(w);
}

static void stage(struct json_out *w, const struct recipe_stage *s)
{
	json_out_dict(w);
	json_member(w, "name", s->name);
	json_member_int(w, "line", s->line);
	if (s->image.len)
		json_member(w, "image", s->image);
	else
		json_member_int(w, "stage", s->parent);
	json_out_end(w);
}

void dockerfile_json(const struct recipe *r, struct buf *out)
{
	struct json_out w = { .out = out };

	json_out_dict(&w);
	json_member_int(&w, "schema", DOCKERFILE_SCHEMA);
	json_member(&w, "file", r->name);
	json_out_key(&w, "stages");
	json_out_list(&w);
	for (size_t i = 0; i < r->stages.n; i++)
		stage(&w, &r->stages.p[i]);
	json_out_end(&w);
	json_out_key(&w, "verdicts");
	json_out_dict(&w);
	for (unsigned kind = RECIPE_KINDS; kind--;)
		json_member_str(&w, recipe_criteria[kind],
			(const char *const[]){
				"not-met", "not-assessed", "met" }[recipe_worst(r, kind)]);
	json_out_end(&w);
	json_out_key(&w, "findings");
	json_out_list(&w);
	for (size_t i = 0; i < r->findings.n; i++)
		finding(&w, &r->findings.p[i]);
	json_out_end(&w);
	json_out_end(&w);
	buf_byte(out, '\n');
}
