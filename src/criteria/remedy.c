/* remedy.c - what to do, as data, and the one place that turns it into lines to paste.
 *
 * A judge gives every subject. The lines are for the image as it is: a RUN needs its shell and its
 * programs, and root. `harden` acts on the data.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/hashtable.h"
#include "criteria/rows.h"
#include "criteria/upgrade.h"

enum {
	PLACES_MAX = 3,        /* places of a secret that the words name */
	LINKS_LISTED_MAX = 20, /* more hard links of one file are found by find */
	TEXT_MAX = 8 << 20,    /* bytes of one line */
	SETUID = 04000,
	SETGID = 02000,
};

static const struct {
	const char *name;
	uint8_t step;
} rows[REMEDY_ACTIONS] = {
	[REMEDY_NONE] = { "none", STEP_OTHER },
	[REMEDY_REMOVE] = { "remove", STEP_REMOVE },
	[REMEDY_PURGE] = { "purge", STEP_REMOVE },
	[REMEDY_CHMOD] = { "chmod", STEP_MODE },
	[REMEDY_UNCAP] = { "uncap", STEP_MODE },
	[REMEDY_USER] = { "user", STEP_USER },
	[REMEDY_LABEL] = { "label", STEP_LABEL },
	[REMEDY_BASE] = { "base", STEP_BASE },
	[REMEDY_ENTRYPOINT] = { "entrypoint", STEP_OTHER },
	[REMEDY_PROFILE] = { "profile", STEP_OTHER },
	[REMEDY_TRUST] = { "trust", STEP_BASE },
	[REMEDY_SECRET] = { "secret", STEP_OTHER },
	[REMEDY_RECIPE] = { "recipe", STEP_OTHER },
	[REMEDY_REBUILD] = { "rebuild", STEP_REBUILD },
	[REMEDY_UPGRADE] = { "upgrade", STEP_UPGRADE },
	[REMEDY_SIGN] = { "sign", STEP_OTHER },
	[REMEDY_ATTEST] = { "attest", STEP_OTHER },
	[REMEDY_ACCEPT] = { "accept", STEP_OTHER },
};

const char *remedy_name(unsigned action)
{
	return rows[action < REMEDY_ACTIONS ? action : REMEDY_NONE].name;
}

enum remedy_step remedy_step(unsigned action)
{
	return rows[action < REMEDY_ACTIONS ? action : REMEDY_NONE].step;
}

/* ---- words of a shell ------------------------------------------------------------------------ */

static bool is_plain(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = span_at(s, i);

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			    c == '/' || c == '.' || c == '_' || c == '-' || c == '+' || c == '@' ||
			    c == ':' || c == ',' || c == '='))
			return false;
	}
	return true;
}

static bool is_printable(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (span_at(s, i) < ' ' || span_at(s, i) > '~')
			return false;
	return true;
}

/* A star may be the mask of a secret in the name, and $(...) loses a newline at the end. */
static bool is_speakable(struct span path)
{
	return span_find(path, '*') == path.len && span_at(path, path.len - 1) != '\n';
}

/* "/PATH" as a shell reads it back: plain, within single quotes, or by printf's octal numbers, so
 * that no byte of a name leaves its line or changes what a terminal shows. */
static void put_path(struct buf *b, struct span path)
{
	if (is_plain(path)) {
		buf_printf(b, "/%.*s", SPAN_ARG(path));
		return;
	}
	bool printable = is_printable(path);

	buf_str(b, printable ? "'/" : "\"$(printf '/");
	for (size_t i = 0; i < path.len; i++) {
		uint8_t c = span_at(path, i);

		if (c == '\'')
			buf_str(b, "'\\''");
		else if (!printable && (c < ' ' || c > '~' || c == '\\' || c == '%'))
			buf_printf(b, c == '%' ? "%%%%" : "\\%03o", c);
		else
			buf_byte(b, (char)c);
	}
	buf_str(b, printable ? "'" : "')\"");
}

/* KEY=VALUE, the value in double quotes when it must be, as LABEL reads it back. */
static void put_label(struct buf *b, struct span s)
{
	size_t eq = span_find(s, '=');
	struct span value = span_from(s, eq + 1);

	buf_printf(b, "%.*s=", SPAN_ARG(span_sub(s, 0, eq)));
	if (is_plain(value)) {
		buf_span(b, value);
		return;
	}
	buf_byte(b, '"');
	for (size_t i = 0; i < value.len; i++) {
		char c = (char)span_at(value, i);

		if (c == '"' || c == '\\' || c == '$')
			buf_byte(b, '\\');
		buf_byte(b, c);
	}
	buf_byte(b, '"');
}

/* ---- what can be run in the image ------------------------------------------------------------ */

static bool has_program(const struct image_facts *image, const char *name)
{
	return program_named(image, name) != NULL;
}

/* A RUN starts the first word of the config's SHELL, else /bin/sh. */
static bool has_run(const struct image_facts *image)
{
	struct span shell = SPAN("/bin/sh");
	const struct part *c = image->config;

	for (size_t i = 0; c && i < c->configs.n; i++)
		if (c->configs.p[i].key == CONFIG_SHELL) {
			shell = c->configs.p[i].value;
			break;
		}
	const struct file *f = image_find(image, shell, true);

	return f && file_is_program(f);
}

/* ---- lines ----------------------------------------------------------------------------------- */

typedef VEC(struct span) span_list;

struct fixer {
	const struct image_facts *image;
	struct arena *a;
	fix_lines *out; /* empty at first; each text once */
	struct hash_key key;
	struct table by_text;
	struct buf run;     /* commands of one RUN */
	struct buf by_hand; /* what no command can say */
	const char *why;    /* of by_hand */
};

static void put_line(struct fixer *x, bool is_command, struct span text)
{
	struct fix_line *slot;

	if (!text.len)
		return;
	uint64_t hash = hash_span(x->key, text);
	struct table_slot *s;

	if (!table_room(&x->by_text, x->a))
		return;
	s = table_next(&x->by_text, hash, NULL);
	while (s->row && !span_eq(x->out->p[s->row - 1].text, text))
		s = table_next(&x->by_text, hash, s);
	slot = s->row ? NULL : vec_push(x->out, x->a);
	if (!slot)
		return;
	*slot = (struct fix_line){ text, is_command };
	table_put(&x->by_text, s, hash, x->out->n - 1);
}

static void put_buf(struct fixer *x, bool is_command, const struct buf *b)
{
	put_line(x, is_command,
		b->failed ? SPAN("too long to show: see the evidence")
			  : arena_dup(x->a, buf_view(b)));
}

static void by_hand(struct fixer *x, struct span path, const char *why)
{
	x->why = why;
	buf_printf(&x->by_hand, "%s/%.*s", x->by_hand.len ? ", " : "", SPAN_ARG(path));
}

/* Paths in byte order; what is in a folder that goes too is left out. */
static int compare(const void *a, const void *b)
{
	return span_cmp(*(const struct span *)a, *(const struct span *)b);
}

static bool is_within(struct span path, struct span folder)
{
	return span_starts(path, folder) &&
	       (path.len == folder.len || span_at(path, folder.len) == '/');
}

static void put_removal(struct fixer *x, struct span *paths, size_t n, bool can_run)
{
	struct span last = { 0 };
	bool any = false;

	if (n)
		qsort(paths, n, sizeof(*paths), compare);
	for (size_t i = 0; i < n; i++) {
		if (last.len && is_within(paths[i], last))
			continue;
		last = paths[i];
		if (!can_run || !is_speakable(last)) {
			by_hand(x, last,
				can_run ? "its name cannot be shown in a command"
					: "the image has no shell for a RUN; leave these out where "
					  "they are copied in");
			continue;
		}
		if (!any)
			buf_str(&x->run, x->run.len ? " && rm -rf" : "rm -rf");
		any = true;
		buf_byte(&x->run, ' ');
		put_path(&x->run, paths[i]);
	}
}

/* Hundreds of names of one file; the program that removes them is one of them, so this comes last.
 */
static void put_links(struct fixer *x, struct span path)
{
	buf_str(&x->run, x->run.len ? " && find / -xdev -samefile " : "find / -xdev -samefile ");
	put_path(&x->run, path);
	buf_str(&x->run, " -exec rm -f {} +");
}

static bool is_by_find(const struct fixer *x, const struct remedy *r)
{
	return r->value.len && r->subjects.n > LINKS_LISTED_MAX && is_speakable(r->value) &&
	       has_program(x->image, "find");
}

static void put_modes(struct fixer *x, const struct remedy *r)
{
	bool any = false;

	for (size_t i = 0; i < r->subjects.n; i++) {
		struct span path = r->subjects.p[i];

		if (!is_speakable(path)) {
			by_hand(x, path, "its name cannot be shown in a command");
		} else if (r->action == REMEDY_UNCAP) {
			/* a copy has no capability, and cp is in more images than setcap */
			buf_str(&x->run, x->run.len ? " && cp -p " : "cp -p ");
			put_path(&x->run, path);
			buf_byte(&x->run, ' ');
			put_path(&x->run, path);
			buf_str(&x->run, ".nocap && mv -f ");
			put_path(&x->run, path);
			buf_str(&x->run, ".nocap ");
			put_path(&x->run, path);
		} else {
			if (!any)
				buf_printf(&x->run, "%schmod %.*s", x->run.len ? " && " : "",
					SPAN_ARG(r->value));
			any = true;
			buf_byte(&x->run, ' ');
			put_path(&x->run, path);
		}
	}
}

/* COPY sets a mode without a shell; it takes nothing away. */
static void put_copies(struct fixer *x, const struct remedy *r)
{
	bool any = false;

	for (size_t i = 0; i < r->subjects.n; i++) {
		struct span path = r->subjects.p[i];
		const struct file *f = image_file(x->image, path);
		uint32_t take = span_has(r->value, SPAN("g")) ? SETUID | SETGID : SETUID;

		if (!f || !f->body || r->action == REMEDY_UNCAP || !is_plain(path)) {
			by_hand(x, path, "the image has no shell for a RUN");
			continue;
		}
		if (!any) {
			put_line(x, false,
				SPAN("the image has no shell for a RUN: name its last stage build "
				     "(FROM ... AS build) and add"));
			put_line(x, true, SPAN("FROM build"));
		}
		any = true;
		put_line(x, true,
			span_str(arena_printf(x->a, "COPY --from=build --chmod=%04o /%.*s /%.*s",
				f->mode & ~take, SPAN_ARG(path), SPAN_ARG(path))));
	}
}

static void put_run(struct fixer *x)
{
	const struct user *u = &x->image->user;
	bool is_root = u->is_empty || (u->is_known && u->uid == 0);
	scoped_buf struct buf line = { .limit = TEXT_MAX };

	if (x->run.len) {
		if (!is_root)
			put_line(x, true, SPAN("USER 0"));
		buf_str(&line, "RUN ");
		buf_span(&line, buf_view(&x->run));
		put_buf(x, true, &line);
	}
	if (x->run.len && !is_root && u->text.len && is_plain(u->text))
		put_line(x, true, span_str(arena_printf(x->a, "USER %.*s", SPAN_ARG(u->text))));
	else if (x->run.len && !is_root)
		put_line(x, false, SPAN("then set USER as it was"));
	if (x->by_hand.len) {
		line.len = 0;
		buf_printf(&line, "by hand, because %s: %.*s", x->why,
			SPAN_ARG(buf_view(&x->by_hand)));
		put_buf(x, false, &line);
	}
	x->run.len = x->by_hand.len = 0;
}

/* Packages by their manager, which leaves logs with times of its own. */
static void put_purges(struct fixer *x, const remedies *const *lists, size_t n, span_list *paths)
{
	static const char *const logs[] = { "var/cache/ldconfig/aux-cache",
		"var/log/alternatives.log", "var/log/apt", "var/log/dpkg.log" };
	struct span command = { 0 };

	for (size_t k = 0; k < n; k++)
		for (size_t i = 0; i < lists[k]->n; i++) {
			const struct remedy *r = &lists[k]->p[i];

			if (r->action != REMEDY_PURGE)
				continue;
			if (!command.len)
				buf_span(&x->run, r->value);
			command = r->value;
			for (size_t s = 0; s < r->subjects.n; s++)
				buf_printf(&x->run, " %.*s", SPAN_ARG(r->subjects.p[s]));
		}
	for (size_t i = 0;
		span_starts(command, SPAN("apt-get")) && i < sizeof(logs) / sizeof(*logs); i++)
		(void)vec_add(
			paths, x->a, &((struct span){ (const uint8_t *)logs[i], strlen(logs[i]) }));
}

/* All that is removed, in one RUN. */
static void put_removals(struct fixer *x, const remedies *const *lists, size_t n)
{
	span_list paths = { 0 };
	bool can_run = has_run(x->image) && has_program(x->image, "rm");

	if (can_run)
		put_purges(x, lists, n, &paths);
	for (size_t k = 0; k < n; k++)
		for (size_t i = 0; i < lists[k]->n; i++) {
			const struct remedy *r = &lists[k]->p[i];

			if (r->action != REMEDY_REMOVE || (can_run && is_by_find(x, r)))
				continue;
			for (size_t s = 0; s < r->subjects.n; s++) {
				struct span *slot = vec_push(&paths, x->a);

				if (slot)
					*slot = r->subjects.p[s];
			}
		}
	put_removal(x, paths.p, paths.n, can_run);
	for (size_t k = 0; can_run && k < n; k++)
		for (size_t i = 0; i < lists[k]->n; i++)
			if (lists[k]->p[i].action == REMEDY_REMOVE &&
				is_by_find(x, &lists[k]->p[i]))
				put_links(x, lists[k]->p[i].value);
	put_run(x);
}

/* chmod, and what loses its capability. */
static void put_mode(struct fixer *x, const struct remedy *r)
{
	bool can_run = has_run(x->image) && has_program(x->image, "chmod") &&
		       has_program(x->image, "cp") && has_program(x->image, "mv");

	if (can_run)
		put_modes(x, r);
	else
		put_copies(x, r);
}

static void put_base(struct fixer *x, const struct remedy *r)
{
	if (!r->subjects.n)
		return;
	put_line(x, true, span_str(arena_printf(x->a, "FROM %.*s", SPAN_ARG(r->subjects.p[0]))));
	for (size_t i = 1; i < r->subjects.n; i++) {
		struct span path = r->subjects.p[i];

		if (is_plain(path))
			put_line(x, true,
				span_str(arena_printf(x->a, "COPY --from=build /%.*s /%.*s",
					SPAN_ARG(path), SPAN_ARG(path))));
		else
			by_hand(x, path, "its name cannot be shown in a command");
	}
}

static void put_places(struct fixer *x, const struct remedy *r)
{
	scoped_buf struct buf b = { .limit = TEXT_MAX };

	for (size_t i = 0; i < r->subjects.n && i < PLACES_MAX; i++)
		buf_printf(&b, "%s%.*s", i ? ", " : "", SPAN_ARG(r->subjects.p[i]));
	if (r->subjects.n > PLACES_MAX)
		buf_printf(&b, " and %zu more", r->subjects.n - PLACES_MAX);
	buf_printf(&b, "%s%.*s", b.len ? ": " : "", SPAN_ARG(r->note));
	put_buf(x, false, &b);
}

static void put_list(struct fixer *x, const char *head, const struct remedy *r, const char *between,
	bool is_command)
{
	scoped_buf struct buf b = { .limit = TEXT_MAX };

	if (!r->subjects.n)
		return;
	buf_str(&b, head);
	for (size_t i = 0; i < r->subjects.n; i++) {
		if (i)
			buf_str(&b, between);
		if (r->action == REMEDY_LABEL)
			put_label(&b, r->subjects.p[i]);
		else
			buf_span(&b, r->subjects.p[i]);
	}
	put_buf(x, is_command, &b);
}

static void put_any(void *ctx, bool is_command, struct span text)
{
	put_line(ctx, is_command, text);
}

static void put_any_run(void *ctx)
{
	put_run(ctx);
}

/* A newer base first: it may have all of its fixes. */
static void put_upgrades(struct fixer *x, const remedies *const *lists, size_t n)
{
	struct upgrade_lines u = { x->image, x->a, has_run(x->image), &x->run, put_any_run, put_any,
		x };

	for (size_t k = 0; k < n; k++)
		for (size_t i = 0; i < lists[k]->n; i++) {
			const struct remedy *r = &lists[k]->p[i];

			if (r->action != REMEDY_UPGRADE || !span_eq(r->value, SPAN("base")))
				continue;
			put_list(x, "", r, " ", true);
			put_line(x, false, r->note);
		}
	upgrade_write(&u, lists, n);
}

/* All but a RUN, then its words. */
static void put_remedy(struct fixer *x, const struct remedy *r)
{
	switch (r->action) {
	case REMEDY_SECRET:
		put_places(x, r);
		return; /* its note is in the line */
	case REMEDY_BASE:
		put_base(x, r);
		break;
	case REMEDY_USER:
		put_list(x, "USER ", r, " ", true);
		break;
	case REMEDY_LABEL:
		put_list(x, "LABEL ", r, " ", true);
		break;
	case REMEDY_ENTRYPOINT:
		put_list(x, "make the entrypoint read ", r, ", ", false);
		break;
	case REMEDY_PROFILE:
		put_list(x, "attach a seccomp profile and name it: ", r, " ", false);
		break;
	case REMEDY_TRUST:
		put_list(x, "or trust it, with --trusted ", r, " --trusted ", false);
		break;
	case REMEDY_REBUILD:
		put_list(x, "", r, "", true);
		break;
	case REMEDY_ACCEPT:
		put_list(x, "grade with ", r, " ", false);
		break;
	default:
		break;
	}
	put_line(x, false, r->note);
}

void fix_lines_of(const struct image_facts *image, const remedies *const *lists, size_t n,
	enum remedy_step step, struct arena *a, fix_lines *out)
{
	struct fixer x = { .image = image,
		.a = a,
		.out = out,
		.key = hash_random_key(),
		.run = { .limit = TEXT_MAX },
		.by_hand = { .limit = TEXT_MAX } };

	if (step == STEP_UPGRADE || step == REMEDY_STEPS)
		put_upgrades(&x, lists, n);
	for (size_t k = 0; k < n && (step == STEP_MODE || step == REMEDY_STEPS); k++)
		for (size_t i = 0; i < lists[k]->n; i++)
			if (remedy_step(lists[k]->p[i].action) == STEP_MODE)
				put_mode(&x, &lists[k]->p[i]);
	put_run(&x);
	if (step == STEP_REMOVE || step == REMEDY_STEPS)
		put_removals(&x, lists, n);
	for (size_t k = 0; k < n; k++)
		for (size_t i = 0; i < lists[k]->n; i++)
			if (step == REMEDY_STEPS || remedy_step(lists[k]->p[i].action) == step)
				put_remedy(&x, &lists[k]->p[i]);
	put_run(&x);
	buf_release(&x.run);
	buf_release(&x.by_hand);
}
