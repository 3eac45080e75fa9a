/* shell.c - "No shell" (minimalism, level 3).
 *
 * busybox and toybox are shells by their applet table, whatever their name, with or without links
 * to them; the official image installs applets as hard links, Alpine as symlinks.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "base/hash.h"
#include "base/hashtable.h"
#include "criteria/rows.h"
#include "known/names.h"

enum { REMARKS_MAX = 20 };

/* By its own name and bytes, symlinks aside. */
static bool is_shell_program(const struct file *f)
{
	if (!file_is_program(f))
		return false;
	if (f->exec->flags & (EXEC_HAS_SHELL | EXEC_SHELL_MARKS))
		return true;
	switch (known_shell(span_base(f->path))) {
	case SHELL_NAME:
		return true;
	case SHELL_MULTI_CALL: /* the name, but no applet table that we could read */
		return !is_multi_call(f);
	case SHELL_SHARED_NAME:
		return f->is_listed_shell || (f->exec->kind == EXEC_ELF && f->is_in_bin);
	default:
		return false;
	}
}

/* A link with a shell's name to a program that is not a shell itself. */
static bool is_shell_link(
	const struct image_facts *image, const struct file *f, struct verdict_out *out)
{
	enum known_shell name = known_shell(span_base(f->path));
	const struct file *program;

	if (name == SHELL_NOT ||
		(name == SHELL_SHARED_NAME && !f->is_in_bin && !f->is_listed_shell))
		return false;
	program = program_behind(image, f);
	if (!program) {
		evidence_file(out, REMARK, f, "a link with a shell's name, but not to a program");
		return false;
	}
	return !is_shell_program(program) && name != SHELL_MULTI_CALL &&
	       !is_applet(program, span_base(f->path));
}

/* The login shell of a user. /sbin/nologin and /bin/false may be links to a busybox that holds a
 * shell: the name in passwd chooses the applet, so there it decides. */
static bool is_login_shell(const struct image_facts *image, struct span path)
{
	const struct file *program = image_find(image, span_from(path, 1), true);

	if (!program || !is_shell_program(program))
		return false;
	return !is_multi_call(program) || known_shell(span_base(path)) != SHELL_NOT;
}

static void remark_logins(const struct image_facts *image, struct verdict_out *out)
{
	const struct file *passwd = image_find(image, SPAN("etc/passwd"), true);
	size_t shown = 0;

	if (!passwd || passwd->body_layer >= image->layers_n || !image->parts[passwd->body_layer])
		return;

	const struct part *p = image->parts[passwd->body_layer];

	for (size_t i = 0; i < p->users.n; i++) {
		const struct user_fact *u = &p->users.p[i];

		if (u->is_group || span_at(u->shell, 0) != '/' ||
			&p->entries.p[u->entry] != passwd->body)
			continue;
		if (!is_login_shell(image, u->shell))
			continue;
		if (shown++ < REMARKS_MAX)
			remark(out, place_line((int32_t)passwd->body_layer, passwd->path, u->line),
				u->name, "logs in to %.*s", SPAN_ARG(u->shell));
	}
	remark_rest(out, "users with a shell", shown, REMARKS_MAX);
}

static void remark_needs(const struct image_facts *image, struct verdict_out *out)
{
	for (size_t i = 0; i < image->commands.n; i++) {
		const struct command *c = &image->commands.p[i];

		if (c->is_shell_form)
			remark(out, c->at, c->text,
				"runs through a shell: use the exec form, a JSON list");
		else if (c->program && c->program->exec && c->program->exec->kind == EXEC_SCRIPT)
			remark(out, c->at, c->program->path, "is a script and needs %.*s",
				SPAN_ARG(c->program->exec->interpreter));
	}
}

static void remark_others(const struct image_facts *image, struct verdict_out *out)
{
	size_t shown = 0;

	for (const struct file *f = NULL; (f = file_next(image, f));) {

		if (!file_is_program(f) || is_multi_call(f) || f->exec->kind != EXEC_ELF ||
			!f->is_in_bin || !known_interpreter(span_base(f->path)))
			continue;
		if (shown++ < REMARKS_MAX)
			evidence_file(out, REMARK, f, "an interpreter that can do a shell's work");
	}
	remark_rest(out, "interpreters", shown, REMARKS_MAX);
}

/* "/bin/sh -e", "/usr/bin/env bash": what a script's first line starts is a shell. */
static bool is_shell_line(struct span line)
{
	struct span word;

	while (span_split(&line, ' ', &word))
		if (known_shell(span_base(word)) != SHELL_NOT)
			return true;
	return false;
}

/* The bodies of what was found so far. */
struct bodies {
	struct hash_key key;
	struct table table;
	size_t seen; /* of l->decisive */
};

/* Of several hundred hard links to one busybox the first and those with a shell's name are shown.
 */
static bool is_shown_already(struct bodies *b, const struct findings *l, const struct file *f)
{
	uint64_t hash = hash_span(b->key, span_of(&f->body, sizeof(f->body)));
	struct table_slot *s;

	for (; b->seen < l->decisive.n && table_room(&b->table, l->out->arena); b->seen++) {
		const struct entry *body = l->decisive.p[b->seen]->body;

		table_add(&b->table, hash_span(b->key, span_of(&body, sizeof(body))), b->seen);
	}
	if (known_shell(span_base(f->path)) != SHELL_NOT || !b->seen)
		return false;
	for (s = table_next(&b->table, hash, NULL); s->row; s = table_next(&b->table, hash, s))
		if (l->decisive.p[s->row - 1]->body == f->body)
			return true;
	return false;
}

/* What the image starts and that cannot start without its shell; empty: nothing. */
static struct span needs_shell(const struct image_facts *image, struct verdict_out *out)
{
	for (size_t i = 0; i < image->commands.n; i++) {
		const struct command *c = &image->commands.p[i];
		const struct exec_fact *e = c->program ? c->program->exec : NULL;

		if (c->is_shell_form)
			return span_str(arena_printf(out->arena,
				"the image starts '%.*s' through a shell: first write it in the "
				"exec form (a JSON list), then remove the shell",
				SPAN_ARG(c->text)));
		if (e && e->kind == EXEC_SCRIPT && is_shell_line(e->interpreter))
			return span_str(arena_printf(out->arena,
				"the image starts /%.*s, a script for %.*s: first replace it by a "
				"program, then remove the shell",
				SPAN_ARG(c->program->path), SPAN_ARG(e->interpreter)));
	}
	return SPAN("");
}

static void advise(struct findings *l)
{
	const struct image_facts *image = l->dossier->image;
	const struct command *c = main_command(image);
	struct span first = needs_shell(image, l->out);

	if (!l->decisive.n)
		return;
	if (first.len)
		remedy_add(l->out, (struct remedy){ .action = REMEDY_RECIPE, .note = first });
	else if (c && c->program && is_shell_program(c->program))
		findings_remove(l, "the image starts a shell: set ENTRYPOINT or CMD to a program");
	else
		findings_remove(l, NULL);
}

static enum verdict judge(const struct dossier *d, struct verdict_out *out)
{
	struct findings l = { .out = out, .dossier = d, .id = "min.shell" };
	struct bodies bodies = { .key = hash_random_key() };
	const struct image_facts *image = d->image;

	for (const struct file *f = NULL; (f = file_next(image, f));) {
		if (is_symlink(f) ? !is_shell_link(image, f, out) : !is_shell_program(f))
			continue;
		bool is_busybox = is_multi_call(f) && f->exec->flags & EXEC_HAS_SHELL;

		if (is_busybox && is_shown_already(&bodies, &l, f))
			finding_more(&l, f);
		else if (is_busybox)
			finding(&l, f, "busybox or toybox with a shell among its applets");
		else
			finding(&l, f, "%s",
				is_symlink(f) ? "a link with a shell's name to a program"
				: known_shell(span_base(f->path)) == SHELL_NOT
					? "contains the version text of a shell"
					: "a shell");
	}
	if (l.more.n)
		remark_count(out, place_image(), "hard links", l.more.n,
			"more names of the same program, which includes a shell");
	advise(&l);
	if (l.decisive.n) {
		remark_needs(image, out);
		remark_logins(image, out);
	}
	remark_others(image, out);
	return findings_verdict(&l, "a shell", "no shell in the image");
}

const struct criterion min_shell = {
	.id = "min.shell",
	.title = "No shell",
	.vector = MINIMALISM,
	.level = 3,
	.rule = "No executable is a shell: by name anywhere (rc, es, nu, ash, sash and hush only "
		"as ELF in bin or sbin, or where /etc/shells lists them), with or without a "
		"version or a suffix such as -static, or by its content: a busybox or toybox with "
		"a shell applet, or the version text of a shell. nologin and dangling links do "
		"not count.",
	.remedy = REMEDY_BASE,
	.fix = "COPY --from=build onto a base without a shell, such as "
	       "gcr.io/distroless/static-debian13",
	.effort = 3,
	.needs = INPUT_FILES | INPUT_LINUX,
	.can_ignore = true,
	.judge = judge,
};
