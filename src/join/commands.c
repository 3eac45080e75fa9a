/* commands.c - which programs Entrypoint, Cmd and Healthcheck start, and what their scripts do.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "join/steps.h"
#include "known/names.h"

enum { COMMAND_TEXT_MAX = 65536, PATH_ROOM = 8192 };

/* What containers get when Env has no PATH. Source: moby, daemon, DefaultPathEnvUnix. */
static const struct span default_path =
	SPAN_INIT("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");

typedef VEC(struct span) words;

static bool push_word(struct join *j, words *w, struct span word)
{
	return w->n < WORDS_MAX && vec_add(w, &j->scratch, &word);
}

static words config_words(struct join *j, uint8_t key)
{
	words w = { 0 };

	for (size_t i = 0; j->out->config && i < j->out->config->configs.n; i++)
		if (j->out->config->configs.p[i].key == key)
			push_word(j, &w, j->out->config->configs.p[i].value);
	return w;
}

static bool is_runnable(const struct file *f)
{
	return f && f->body->type == ENTRY_FILE && (f->mode & 0111);
}

static const struct file *find_joined(struct join *j, struct span folder, struct span name)
{
	uint8_t path[PATH_ROOM];

	if (folder.len + 1 + name.len > PATH_ROOM)
		return NULL;
	if (folder.len)
		memcpy(path, folder.p, folder.len);
	path[folder.len] = '/';
	memcpy(path + folder.len + 1, name.p, name.len);
	return image_find(j->out, span_of(path, folder.len + 1 + name.len), true);
}

/* A name without a slash through PATH; a relative path from the working directory. */
static const struct file *find_program(struct join *j, struct span name)
{
	struct span path = j->path, folder;

	if (name.len == 0)
		return NULL;
	if (span_starts(name, SPAN("/")))
		return image_find(j->out, name, true);
	if (span_find(name, '/') < name.len)
		return find_joined(j, j->workdir, name);
	for (size_t tries = 0; tries < WORDS_MAX && span_split(&path, ':', &folder); tries++) {
		const struct file *f = find_joined(j, folder, name);

		if (is_runnable(f))
			return f;
	}
	return NULL;
}

static struct span join_words(struct join *j, const words *a, const words *b)
{
	struct span text = { 0 };

	for (size_t i = 0; i < a->n + b->n; i++) {
		struct span word = i < a->n ? a->p[i] : b->p[i - a->n];

		if (text.len + word.len > COMMAND_TEXT_MAX)
			break;
		text = i ? join_text(j, "%.*s %.*s", SPAN_ARG(text), SPAN_ARG(word)) : word;
	}
	return text;
}

/* A known shell with -c: the words run through it. */
static bool is_shell_form(const words *w)
{
	return w->n >= 2 && span_starts(w->p[1], SPAN("-")) && span_ends(w->p[1], SPAN("c")) &&
	       (known_roles(span_base(w->p[0])) & ROLE_COMMAND_SHELL);
}

static struct command *push_command(
	struct join *j, const char *pointer, const words *a, const words *b)
{
	struct command *c = vec_push(&j->out->commands, &j->out->arena);

	if (!c)
		return NULL;
	words all = { 0 };

	for (size_t i = 0; i < a->n + b->n; i++)
		push_word(j, &all, i < a->n ? a->p[i] : b->p[i - a->n]);
	*c = (struct command){ .text = join_words(j, a, b),
		.at = place_config(pointer),
		.is_shell_form = is_shell_form(&all) };
	if (all.n)
		c->program = find_program(j, all.p[0]);
	return c;
}

static void push_healthcheck(struct join *j)
{
	words test = config_words(j, CONFIG_HEALTHCHECK), shell = config_words(j, CONFIG_SHELL),
	      none = { 0 };
	bool by_shell = test.n && span_eq(test.p[0], SPAN("CMD-SHELL"));

	if (test.n < 2 || (!by_shell && !span_eq(test.p[0], SPAN("CMD"))))
		return;
	words run = { test.p + 1, test.n - 1, test.n - 1 };
	struct command *c = push_command(j, "/config/Healthcheck/Test", &run, &none);

	if (c && by_shell) {
		c->is_shell_form = true;
		c->program = find_program(j, shell.n ? shell.p[0] : SPAN("/bin/sh"));
	}
}

/* ---- scripts ---- */

struct trail {
	const struct file *files[SCRIPTS_MAX];
	size_t n;
};

static void trail_add(struct trail *t, const struct file *f)
{
	if (!f || f->body->type != ENTRY_FILE || t->n == SCRIPTS_MAX)
		return;
	for (size_t i = 0; i < t->n; i++)
		if (t->files[i] == f)
			return;
	t->files[t->n++] = f;
}

/* Words that may name what is run: the first, what follows "--" or "exec", and every path. */
static void trail_words(struct join *j, struct trail *t, const words *w)
{
	bool is_program = true;

	for (size_t i = 0; i < w->n; i++) {
		struct span word = w->p[i], inner, rest = word;

		if (is_program || span_find(word, '/') < word.len)
			trail_add(t, find_program(j, word));
		is_program = span_eq(word, SPAN("--")) || span_eq(word, SPAN("exec"));
		if (span_find(word, ' ') == word.len)
			continue;
		bool first = true; /* a command line in one word, as after "sh -c" */

		for (size_t n = 0; n < WORDS_MAX && span_split(&rest, ' ', &inner); n++) {
			if (first || span_find(inner, '/') < inner.len)
				trail_add(t, find_program(j, inner));
			first = span_eq(inner, SPAN("exec")) || span_eq(inner, SPAN("--"));
		}
	}
}

/* The facts of one script; what it runs is added to the trail. */
static void take_script(struct join *j, struct trail *t, const struct file *f)
{
	const struct part *part = j->out->parts[f->body_layer];
	uint32_t body = join_body_index(j, f);

	for (size_t i = 0; i < part->scripts.n; i++) {
		if (part->scripts.p[i].entry != body)
			continue;
		struct script_fact *s = vec_push(&j->out->scripts, &j->out->arena);

		if (!s)
			return;
		*s = part->scripts.p[i];
		s->entry = (uint32_t)(f - j->out->files.p);
		if (s->kind == SCRIPT_RUNS && t->n < SCRIPTS_MAX)
			trail_add(t, find_program(j, s->name));
	}
}

void commands_resolve(struct join *j)
{
	words entrypoint = config_words(j, CONFIG_ENTRYPOINT), cmd = config_words(j, CONFIG_CMD);
	struct trail t = { .n = 0 };

	j->workdir = image_config(j->out->config, CONFIG_WORKDIR, (struct span){ 0 });
	j->path = image_config(j->out->config, CONFIG_ENV, SPAN("PATH"));
	if (!j->path.len)
		j->path = default_path;

	if (entrypoint.n || cmd.n)
		push_command(
			j, entrypoint.n ? "/config/Entrypoint" : "/config/Cmd", &entrypoint, &cmd);
	push_healthcheck(j);
	trail_words(j, &t, &entrypoint);
	trail_words(j, &t, &cmd);
	for (size_t i = 0; i < t.n; i++)
		take_script(j, &t, t.files[i]);
}

/* ---- where programs are ---- */

typedef VEC(struct span) folders;

static int by_bytes(const void *a, const void *b)
{
	return span_cmp(*(const struct span *)a, *(const struct span *)b);
}

static bool is_bin(struct span name)
{
	return span_eq(name, SPAN("bin")) || span_eq(name, SPAN("sbin"));
}

static void push_folder(struct join *j, folders *to, struct span path)
{
	struct span folder = image_folder(j->out, path, &j->scratch);

	if (folder.len)
		vec_add(to, &j->scratch, &folder);
}

void bins_collect(struct join *j)
{
	struct image_facts *out = j->out;
	struct span path = image_config(out->config, CONFIG_ENV, SPAN("PATH")), folder;
	folders bins = { 0 };

	for (size_t i = 0; i < WORDS_MAX && span_split(&path, ':', &folder); i++)
		if (span_at(folder, 0) == '/')
			push_folder(j, &bins, folder);
	for (size_t i = 0; i < out->files.n; i++)
		if (out->files.p[i].body->type == ENTRY_SYMLINK &&
			is_bin(span_base(out->files.p[i].path)))
			push_folder(j, &bins, out->files.p[i].path);
	if (bins.n)
		qsort(bins.p, bins.n, sizeof(*bins.p), by_bytes);
	for (size_t i = 0; i < out->files.n; i++) {
		struct file *f = &out->files.p[i];

		if (!f->exec && f->body->type != ENTRY_SYMLINK)
			continue;
		folder = span_dir(f->path);
		f->is_in_bin = is_bin(span_base(folder));
		if (bins.n && bsearch(&folder, bins.p, bins.n, sizeof(folder), by_bytes))
			f->is_in_bin = true;
	}
}
