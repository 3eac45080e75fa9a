/* recipe.c - goes through a Dockerfile: stages, variables, images, and the commands of RUN.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "recipe/recipe.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/buf.h"
#include "base/table.h"
#include "recipe/expand.h"
#include "recipe/heredoc.h"
#include "recipe/judge.h"
#include "recipe/shell_start.h"
#include "recipe/windows.h"

const char *const recipe_kind_names[] = { "image", "download", "package" };
ROWS(recipe_kind_names, RECIPE_KINDS);
const char *const recipe_criteria[] = { "prov.pinimg", "prov.downloads", "prov.pinpkg" };
ROWS(recipe_criteria, RECIPE_KINDS);
const char *const recipe_state_names[] = { "open", "unclear", "fixed" };
ROWS(recipe_state_names, RECIPE_STATES);

enum { STAGES_MAX = 1000, STAGE_VALUES_MAX = 1000 };

/* The whole file. */
struct reading {
	struct judge j;
	const struct recipe_input *in;
	const struct dockerfile *file;
	VEC(struct recipe_arg) global;    /* ARG before the first FROM; and where its default is */
	VEC(struct recipe_word) defaults; /* of these, in the file */
	struct stage_state *stages;       /* of the file, by number */
	size_t stages_n;
	size_t steps; /* of patterns */
	struct scov_err *err;
};

/* ---- commands -------------------------------------------------------------------------------- */

static void wrote(void *ctx, struct shell_run *run, struct span path, bool appends,
	const struct shell_data *data, uint32_t at)
{
	struct judge *j = ctx;

	(void)run;
	(void)at;
	fetch_write(j, path, appends, data);
	sources_written(j, path, appends, data);
}

static void called(
	void *ctx, struct shell_run *run, const struct shell_call *call, struct shell_data *out)
{
	struct judge *j = ctx;
	struct span program = shell_program(call->args[0].text);

	(void)run;
	sources_called(j, call);
	if (windows_is_shell(program)) {
		for (size_t i = 1; i < call->n; i++)
			windows_commands(j, call->args[i].text, call->args[i].at);
		return;
	}
	bool is_known = fetch_call(j, call, out);

	if (!is_known || span_starts(program, SPAN("python")))
		is_known |= install_call(j, call);
	remote_call(j, call, is_known);
}

/* A script that is not a download, for it to be gone through. */
static const struct shell_data *script(void *ctx, struct shell_run *run, struct span path)
{
	struct judge *j = ctx;
	const struct known_text *t = judge_written(j, path);
	struct shell_data d = { 0 };

	(void)run;
	if (!t || fetch_is_at(j, judge_path(j, path)))
		return NULL;
	d.text = t->text;
	d.is_unknown = t->is_unknown;
	struct shell_data *held = arena_alloc(j->a, sizeof(*held));

	if (held)
		*held = d;
	return held;
}

static void unread(void *ctx, struct shell_run *run, uint32_t at, const char *why)
{
	(void)run;
	(void)why;
	judge_unclear(ctx, at, "the commands cannot be read");
}

/* The variables of the stage, as a RUN has them. */
static void prepare(struct judge *j)
{
	struct stage_state *s = j->stage;
	struct shell_run *r = &j->run;

	r->variables.n = 0;
	r->functions.n = 0;
	r->branch = 0;
	r->errexit = s->errexit;
	r->pipefail = s->pipefail;
	j->client = (struct shell_client){ j, called, wrote, script, unread };
	r->client = &j->client;
	r->a = j->a;
	r->is_derived = !j->text;
	for (size_t i = 0; i < s->args.n; i++)
		if (s->args.p[i].value.p)
			shell_set(r, s->args.p[i].name, s->args.p[i].value,
				span_has(s->args.p[i].value, SPAN("${")));
	for (size_t i = 0; i < s->env.n; i++)
		shell_set(r, s->env.p[i].name, s->env.p[i].value,
			span_has(s->env.p[i].value, SPAN("${")));
	shell_set(r, SPAN("PWD"), s->folder.len ? s->folder : SPAN("/"), false);
}

static void run_commands(struct judge *j, const struct recipe_text *text)
{
	struct scov_err err;

	j->text = j->file.len ? text : NULL;
	prepare(j);
	if (shell_run_text(&j->run, text->text, &err))
		judge_unclear(j, 0,
			err.code == SCOV_E_LIMIT ? "the commands are too long to be read"
						 : "the commands cannot be read");
	if (j->run.is_cut) {
		judge_unclear(j, 0, "the commands are too many to be gone through");
		j->run.is_cut = false;
	}
	j->text = NULL;
}

static void run_words(struct judge *j, const struct instruction *i)
{
	struct shell_arg *args = arena_array(j->a, i->words.n + 1, sizeof(*args));
	struct shell_call c = { .args = args, .n = i->words.n, .stops = SHELL_STOPS_ON_FAILURE };
	struct shell_data out = { 0 };

	prepare(j);
	for (size_t k = 0; args && k < i->words.n; k++)
		args[k].text = i->words.p[k].text;
	if (args && c.n && args[0].text.len)
		shell_run_args(&j->run, &c, args, c.n, &out);
}

/* ---- variables ------------------------------------------------------------------------------- */

static const struct recipe_arg *last_of(const struct recipe_arg *list, size_t n, struct span name)
{
	for (size_t i = n; i--;)
		if (span_eq(list[i].name, name))
			return &list[i];
	return NULL;
}

/* Source: BuildKit's "global scope" arguments, frontend/dockerfile/dockerfile2llb/platform.go. */
static bool platform_value(const struct reading *r, struct span name, struct span *out)
{
	struct span os = r->in->os.len ? r->in->os : SPAN("linux");
	struct span arch = r->in->architecture.len ? r->in->architecture : SPAN("amd64");
	bool is_build = span_starts(name, SPAN("BUILD"));

	if (!is_build && !span_starts(name, SPAN("TARGET")))
		return false;
	name = span_from(name, is_build ? 5 : 6);
	if (is_build)
		os = SPAN("linux"), arch = SPAN("amd64");
	if (span_eq(name, SPAN("OS")))
		*out = os;
	else if (span_eq(name, SPAN("ARCH")))
		*out = arch;
	else if (span_eq(name, SPAN("VARIANT")))
		*out = is_build ? SPAN("") : r->in->variant;
	else if (span_eq(name, SPAN("PLATFORM")))
		*out = span_str(arena_printf(r->j.a, "%.*s/%.*s%s%.*s", SPAN_ARG(os),
			SPAN_ARG(arch), is_build || !r->in->variant.len ? "" : "/",
			SPAN_ARG(is_build ? SPAN("") : r->in->variant)));
	else
		return false;
	return true;
}

static bool get_global(void *ctx, struct span name, struct expand_value *out)
{
	const struct reading *r = ctx;
	const struct recipe_arg *a = last_of(r->global.p, r->global.n, name);

	if (!a)
		return platform_value(r, name, &out->text);
	out->text = a->value;
	out->is_unknown = span_has(a->value, SPAN("${"));
	return a->value.p != NULL;
}

static bool get_stage(void *ctx, struct span name, struct expand_value *out)
{
	const struct reading *r = ctx;
	const struct stage_state *s = r->j.stage;
	const struct recipe_arg *a = last_of(s->env.p, s->env.n, name);

	if (!a)
		a = last_of(s->args.p, s->args.n, name);
	if (!a || !a->value.p) {
		/* the image may have set it */
		out->text = span_str(arena_printf(r->j.a, "${%.*s}", SPAN_ARG(name)));
		out->is_unknown = true;
		return true;
	}
	out->text = a->value;
	out->is_unknown = span_has(a->value, SPAN("${"));
	return true;
}

/* The word with its variables; what is wrong with it is not an error of ours: it stays. */
static struct span expanded(
	struct reading *r, struct span word, bool is_global, bool *is_unknown, struct span *unset)
{
	struct expand e = { .escape = r->file ? r->file->escape : '\\',
		.get = is_global ? get_global : get_stage,
		.ctx = r,
		.steps = r->steps };
	struct span out = word;
	struct scov_err err;

	if (expand_word(&e, word, r->j.a, &out, &err)) {
		out = word;
		e.is_unknown = true;
	}
	r->steps = e.steps;
	if (is_unknown)
		*is_unknown = e.is_unknown || e.is_unset;
	if (unset)
		*unset = e.is_unset ? e.unset : (struct span){ 0 };
	return out;
}

static void add_value(struct judge *j, struct recipe_arg v, bool is_env)
{
	if (j->stage->env.n + j->stage->args.n >= STAGE_VALUES_MAX)
		j->out->is_partial = j->out->is_full = true;
	else if (is_env)
		vec_add(&j->stage->env, j->a, &v);
	else
		vec_add(&j->stage->args, j->a, &v);
}

static void take_arg(struct reading *r, const struct instruction *i, bool is_global)
{
	for (size_t k = 0; k < i->pairs.n; k++) {
		const struct recipe_pair *p = &i->pairs.p[k];
		struct span name = expanded(r, p->name.text, is_global, NULL, NULL);
		const struct recipe_arg *given = last_of(r->in->args, r->in->args_n, name);
		struct recipe_arg v = { .name = name };
		struct recipe_word where = { 0 };

		if (given) {
			v.value = given->value.len ? given->value : SPAN("");
		} else if (p->has_value) {
			v.value = expanded(r, p->value.text, is_global, NULL, NULL);
			v.value = v.value.p ? v.value : SPAN("");
			where = p->value;
			where.at = (uint32_t)recipe_text_at(&i->text, p->value.at);
			where.end =
				p->value.end > p->value.at
					? (uint32_t)recipe_text_at(&i->text, p->value.end - 1) + 1
					: where.at;
		} else if (!is_global) {
			const struct recipe_arg *g = last_of(r->global.p, r->global.n, name);

			if (g)
				v.value = g->value;
			else if (!platform_value(r, name, &v.value))
				v.value = (struct span){ 0 };
			else if (!v.value.p)
				v.value = SPAN("");
		}
		if (!is_global)
			add_value(&r->j, v, false);
		else if (r->global.n < STAGE_VALUES_MAX && vec_add(&r->global, r->j.a, &v))
			vec_add(&r->defaults, r->j.a, &where);
	}
}

static void take_env(struct reading *r, const struct instruction *i)
{
	for (size_t k = 0; k < i->pairs.n; k++) {
		struct recipe_arg v = { .name = expanded(
						r, i->pairs.p[k].name.text, false, NULL, NULL),
			.value = expanded(r, i->pairs.p[k].value.text, false, NULL, NULL) };

		v.value = v.value.p ? v.value : SPAN("");
		add_value(&r->j, v, true);
	}
}

/* ---- images ---------------------------------------------------------------------------------- */

/* An image by SHA-512 is rare: BuildKit takes the name, and the build fails where the registry has
 * no such digest. It never gets another image. Source: distribution/reference, go-digest. */
bool recipe_is_digest(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (ascii_is_upper(span_at(s, i)))
			return false;
	return (span_starts(s, SPAN("sha256:")) && judge_is_hex(span_from(s, 7), 64)) ||
	       (span_starts(s, SPAN("sha512:")) && judge_is_hex(span_from(s, 7), 128));
}

static bool is_pinned(struct span reference)
{
	size_t at = span_rfind(reference, '@');

	return at > 0 && at < reference.len && recipe_is_digest(span_from(reference, at + 1));
}

static struct recipe_finding *add_image(struct reading *r, enum recipe_role role, struct span what,
	bool is_unknown, struct span unset)
{
	bool is_fixed = is_pinned(what);
	const char *why = is_fixed     ? "pinned to a digest"
			  : is_unknown ? "has no digest, and a variable in it has no value: "
					 "--build-arg gives it"
				       : "has no digest";
	struct recipe_finding *f;

	if (unset.len && !is_fixed)
		why = arena_printf(r->j.a,
			"has no digest, and %.*s has no value (--build-arg "
			"%.*s=VALUE)",
			SPAN_ARG(unset), SPAN_ARG(unset));
	f = judge_add(&r->j, RECIPE_IMAGE, is_fixed ? RECIPE_FIXED : RECIPE_OPEN, what, why, 0);
	if (f)
		f->role = (uint8_t)role;
	return f;
}

static struct span unquoted(struct span s)
{
	uint8_t q = span_at(s, 0);

	return s.len >= 2 && (q == '"' || q == '\'') && span_at(s, s.len - 1) == q
		       ? span_sub(s, 1, s.len - 2)
		       : s;
}

/* Where in the file the text of a word of the instruction is; equal: not in one piece. */
static void place(struct reading *r, const struct instruction *i, uint32_t at, uint32_t end,
	struct span text, struct recipe_finding *f)
{
	size_t from, to;

	if (!f || end <= at || !text.len || !r->j.file.len)
		return;
	from = recipe_text_at(&i->text, at);
	to = recipe_text_at(&i->text, end - 1) + 1;
	f->line = judge_line(&r->j, from);

	struct span there = span_sub(r->j.file, from, to - from);
	size_t in = span_find_span(there, text);

	if (in >= there.len)
		return;
	f->from = from + in;
	f->to = f->from + text.len;
}

/* FROM $BASE: the default of the ARG is what is to be changed. */
static void place_default(struct reading *r, struct span word, struct recipe_finding *f)
{
	struct span name = span_from(word, 1);

	if (!f || span_at(word, 0) != '$')
		return;
	if (span_at(name, 0) == '{' && span_ends(name, SPAN("}")))
		name = span_sub(name, 1, name.len - 2);
	for (size_t i = r->global.n; i--;) {
		struct recipe_word *d = &r->defaults.p[i];

		if (!span_eq(r->global.p[i].name, name))
			continue;
		struct span there = span_sub(r->j.file, d->at, d->end - d->at), bare;

		bare = unquoted(there);
		if (bare.len && span_eq(bare, f->what)) {
			f->from = d->at + (bare.len < there.len);
			f->to = f->from + bare.len;
		}
		return;
	}
}

/* An earlier stage by its name or, with numbers, by its number. -1: none. */
static long stage_named(const struct reading *r, struct span name, bool numbers)
{
	uint64_t n;

	for (size_t i = r->j.out->stages.n; i--;)
		if (r->j.out->stages.p[i].name.len &&
			span_eq_nocase(r->j.out->stages.p[i].name, name))
			return (long)i;
	return numbers && span_number(name, 10, 10000, &n) && n < r->j.out->stages.n ? (long)n : -1;
}

static struct span lower(struct arena *a, struct span s)
{
	scoped_buf struct buf b = { 0 };

	for (size_t i = 0; i < s.len; i++)
		buf_byte(&b, (char)ascii_lower(span_at(s, i)));
	return arena_dup(a, buf_view(&b));
}

static void copy_parent(struct reading *r, struct stage_state *s, const struct stage_state *parent)
{
	for (size_t i = 0; i < parent->env.n; i++)
		vec_add(&s->env, r->j.a, &parent->env.p[i]);
	for (size_t i = 0; i < parent->args.n; i++)
		vec_add(&s->args, r->j.a, &parent->args.p[i]);
	for (size_t i = 0; i < parent->frozen.n; i++)
		vec_add(&s->frozen, r->j.a, &parent->frozen.p[i]);
	for (size_t i = 0; i < parent->copied.n; i++)
		vec_add(&s->copied, r->j.a, &parent->copied.p[i]);
	for (size_t i = 0; i < parent->texts.n; i++)
		vec_add(&s->texts, r->j.a, &parent->texts.p[i]);
	s->folder = parent->folder;
	s->shell = parent->shell;
	s->errexit = parent->errexit;
	s->pipefail = parent->pipefail;
}

/* Amazon Linux 2023 has the packages of its own release alone: a tag with its date and a digest fix
 * them. */
static bool has_frozen_repository(struct span reference)
{
	return is_pinned(reference) && span_has(reference, SPAN("amazonlinux:2023.")) &&
	       span_find(span_from(reference, span_find_span(reference, SPAN(":2023.")) + 6), '.') <
		       20;
}

static int take_from(struct reading *r, const struct instruction *i)
{
	struct recipe_stage stage = { .line = i->line };
	const struct recipe_word *w = &i->words.p[0];
	struct stage_state *s = &r->stages[r->stages_n];
	bool is_unknown;
	struct span written = unquoted(w->text);
	struct span unset, image = expanded(r, w->text, true, &is_unknown, &unset);
	long parent = stage_named(r, image, false);
	struct recipe_finding *f;

	if (r->j.stage)
		fetch_end(&r->j);
	s->number = (uint32_t)r->stages_n++;
	r->j.stage = s;
	if (i->words.n == 3)
		stage.name = lower(r->j.a, i->words.p[2].text);
	if (parent >= 0) {
		stage.parent = (uint32_t)parent;
		copy_parent(r, s, &r->stages[parent]);
	} else {
		stage.image = image.len ? image : w->text;
	}
	if (parent < 0 && !span_eq(image, SPAN("scratch"))) {
		f = add_image(r, ROLE_FROM, stage.image, is_unknown, unset);
		if (f)
			f->written = written;
		if (span_find(written, '$') < written.len)
			place_default(r, written, f);
		else
			place(r, i, w->at, w->end, written, f);
		if (has_frozen_repository(image))
			judge_freeze(&r->j, SPAN("rpm"));
	}
	return vec_add(&r->j.out->stages, r->j.a, &stage) ? 0 : arena_check(r->j.a, r->err);
}

/* An image that COPY or a mount takes files from. */
static void from_image(struct reading *r, const struct instruction *i, enum recipe_role role,
	struct span name, const struct recipe_word *flag)
{
	if (!name.len || stage_named(r, name, true) >= 0 || span_eq(name, SPAN("scratch")) ||
		span_eq(name, SPAN("context")))
		return;
	struct recipe_finding *f =
		add_image(r, role, name, span_find(name, '$') < name.len, (struct span){ 0 });

	if (f)
		f->written = name;
	/* the value is the end of the flag */
	size_t after = (size_t)(flag->text.p + flag->text.len - (name.p + name.len));

	if (flag->end - flag->at >= name.len + after)
		place(r, i, flag->end - (uint32_t)(name.len + after), flag->end - (uint32_t)after,
			name, f);
}

static void take_mounts(struct reading *r, const struct instruction *i)
{
	for (size_t k = 0; k < i->flags.n; k++) {
		struct span rest = i->flags.p[k].text, field;

		if (!span_starts(rest, SPAN("--mount=")))
			continue;
		rest = span_from(rest, 8);
		while (span_split(&rest, ',', &field)) {
			/* a field of CSV */
			if (span_at(field, 0) == '"')
				field = span_from(field, 1);
			if (span_ends(field, SPAN("\"")))
				field.len--;
			size_t equals = span_find(field, '=');

			if (equals < field.len &&
				span_eq_nocase(span_sub(field, 0, equals), SPAN("from")))
				from_image(r, i, ROLE_MOUNT, span_from(field, equals + 1),
					&i->flags.p[k]);
			/* a lock file may be there by a mount alone */
			if (span_eq_nocase(span_sub(field, 0, equals), SPAN("source")) ||
				span_eq_nocase(span_sub(field, 0, equals), SPAN("src"))) {
				struct span base = span_base(span_from(field, equals + 1));

				vec_add(&r->j.stage->copied, r->j.a, &base);
			}
		}
	}
}

/* ---- COPY and ADD ---------------------------------------------------------------------------- */

static bool is_git(struct span url)
{
	size_t end = span_find(url, '#'), query = span_find(url, '?');
	struct span s = span_sub(url, 0, end < query ? end : query);

	return span_starts(url, SPAN("git://")) || span_starts(url, SPAN("git@")) ||
	       span_starts(url, SPAN("ssh://")) ||
	       (judge_is_url(url) && (span_ends(s, SPAN(".git")) || end < url.len));
}

/* "#COMMIT", "#COMMIT:folder", "?ref=COMMIT", "?commit=COMMIT" */
static bool is_at_commit(struct span url)
{
	for (size_t i = 0; i < url.len; i++) {
		size_t n = 0;

		if (!strchr("#=", span_at(url, i)))
			continue;
		while (ascii_is_hex(span_at(url, i + 1 + n)))
			n++;
		if (n == 40 || n == 64)
			return true;
	}
	return false;
}

static void add_remote(struct reading *r, const struct instruction *i, struct span url,
	struct span to, const struct recipe_word *w)
{
	struct judge *j = &r->j;
	struct recipe_word sum;
	bool has_sum = instruction_flag(i, "checksum", &sum), is_unknown = false;
	struct span path = to, checksum = { 0 };
	size_t before = j->out->findings.n;

	if (has_sum) {
		checksum = expanded(r, sum.text, false, &is_unknown, NULL);
		if (is_git(url) ? !judge_is_commit(checksum) : !recipe_is_digest(checksum))
			checksum = (struct span){ 0 };
	}
	if (is_git(url)) {
		fetch_add(j, url, judge_path(j, to), 0,
			checksum.len || is_at_commit(url) ? SPAN("commit") : SPAN(""));
	} else {
		struct span name = span_base(span_sub(url, 0, span_find(url, '?')));

		if (span_ends(to, SPAN("/")) || span_eq(to, SPAN(".")))
			path = judge_dup(j, "%.*s/%.*s", SPAN_ARG(to), SPAN_ARG(name));
		fetch_add(j, url, judge_path(j, path), 0, checksum);
	}
	if (j->out->findings.n > before) {
		struct recipe_finding *f = &j->out->findings.p[before];

		if (f->state == RECIPE_OPEN && has_sum && is_unknown) {
			f->state = RECIPE_UNCLEAR;
			f->why = SPAN("the value of its checksum is not known: --build-arg gives "
				      "it");
		} else if (f->state == RECIPE_OPEN && has_sum) {
			f->why = SPAN("what is given as its checksum is not one");
		} else if (f->state == RECIPE_OPEN && is_git(url))
			f->why = SPAN("is not at a full commit");
		place(r, i, w->at, w->end, w->text, f);
	}
}

static void take_document(
	struct reading *r, const struct instruction *i, const struct heredoc *h, struct span to)
{
	struct judge *j = &r->j;
	struct shell_data data = { .text = h->chomps ? heredoc_chomp(h->content, j->a)
						     : h->content };
	struct span path = to;

	(void)i;
	if (h->expands)
		data.text = expanded(r, data.text, false, &data.is_unknown, NULL);
	if (span_ends(to, SPAN("/")))
		path = judge_dup(j, "%.*s%.*s", SPAN_ARG(to), SPAN_ARG(h->name));
	wrote(j, &j->run, path, false, &data, 0);
}

static void take_copy(
	struct reading *r, const struct instruction *i, const struct instruction *with_heredocs)
{
	struct judge *j = &r->j;
	struct recipe_word from;
	size_t document = 0;
	bool has_from = instruction_flag(i, "from", &from);
	struct span to;

	if (!i->words.n)
		return;
	prepare(j);
	to = expanded(r, i->words.p[i->words.n - 1].text, false, NULL, NULL);
	if (has_from)
		from_image(r, i, ROLE_COPY, from.text, &from);
	for (size_t k = 0; k + 1 < i->words.n; k++) {
		const struct recipe_word *w = &i->words.p[k];
		struct heredoc h;
		struct scov_err err;
		struct span source = expanded(r, w->text, false, NULL, NULL);

		if (heredoc_word(w->text, j->a, &h, &err) > 0) {
			if (document < with_heredocs->heredocs.n)
				take_document(r, i, &with_heredocs->heredocs.p[document++], to);
			continue;
		}
		if (i->kind == INSTRUCTION_ADD &&
			(judge_is_url(source) || span_starts(source, SPAN("git@")))) {
			add_remote(r, i, source, to, w);
			continue;
		}
		struct span base = span_base(source);

		if (span_ends(source, SPAN("/")) || span_eq(source, SPAN(".")) ||
			span_eq(source, SPAN("*")) || !base.len)
			base = SPAN(".");
		if (!has_from && j->stage->copied.n < STAGE_VALUES_MAX)
			vec_add(&j->stage->copied, j->a, &base);
	}
}

/* ---- RUN ------------------------------------------------------------------------------------- */

static void add_text(
	struct reading *r, struct buf *b, struct recipe_text *t, struct span s, size_t from)
{
	vec_add(&t->pieces, r->j.a, &((struct recipe_piece){ (uint32_t)b->len, (uint32_t)from }));
	buf_span(b, s);
}

/* A heredoc whose text is the script: RUN <<EOF. */
static void run_script(struct reading *r, const struct heredoc *h)
{
	struct recipe_text t = { .text = h->content };
	struct span program, line = span_sub(h->content, 0, span_find(h->content, '\n'));
	struct judge *j = &r->j;

	vec_add(&t.pieces, j->a,
		&((struct recipe_piece){ 0, (uint32_t)(h->content.p - j->file.p) }));
	if (h->chomps) {
		t.text = heredoc_chomp(h->content, j->a);
		t.pieces.n = t.text.len == h->content.len;
	}
	if (!t.pieces.n)
		vec_add(&t.pieces, j->a,
			&((struct recipe_piece){ 0, (uint32_t)(h->content.p - j->file.p) }));
	if (span_starts(line, SPAN("#!"))) {
		bool errexit = j->stage->errexit;

		line = span_trim(span_from(line, 2));
		program = span_base(span_sub(line, 0, span_find(line, ' ')));
		if (span_eq(program, SPAN("env")))
			program = span_trim(span_from(line, span_find(line, ' ')));
		if (!shell_is_shell(span_sub(program, 0, span_find(program, ' ')))) {
			j->text = &t;
			judge_unclear(j, 0, "a script of another language is not read");
			j->text = NULL;
			return;
		}
		j->stage->errexit = span_has(line, SPAN(" -e"));
		run_commands(j, &t);
		j->stage->errexit = errexit;
		return;
	}
	run_commands(j, &t);
}

/* The line with its heredocs after it, as the shell gets it. */
static void run_line(
	struct reading *r, const struct instruction *i, const struct instruction *whole)
{
	scoped_buf struct buf b = { 0 };
	struct recipe_text t = { 0 };
	const struct recipe_word *w = &i->words.p[0];

	for (uint32_t at = w->at; at < w->end;) {
		uint32_t n = 1;
		size_t from = recipe_text_at(&i->text, at);

		while (at + n < w->end && recipe_text_at(&i->text, at + n) == from + n)
			n++;
		add_text(r, &b, &t, span_sub(i->text.text, at, n), from);
		at += n;
	}
	for (size_t k = 0; k < whole->heredocs.n; k++) {
		const struct heredoc *h = &whole->heredocs.p[k];
		size_t from = (size_t)(h->content.p - r->j.file.p);

		add_text(r, &b, &t, SPAN("\n"), from ? from - 1 : 0);
		add_text(r, &b, &t, h->content, from);
		add_text(r, &b, &t, h->name, from + h->content.len);
	}
	t.text = arena_dup(r->j.a, buf_view(&b));
	run_commands(&r->j, &t);
}

static void take_run(
	struct reading *r, const struct instruction *i, const struct instruction *whole)
{
	struct heredoc h;
	struct scov_err err;
	struct judge *j = &r->j;

	take_mounts(r, i);
	if (!i->words.n)
		return;
	if (i->is_json) {
		run_words(j, i);
	} else if (windows_is_shell(j->stage->shell)) {
		j->text = &i->text;
		prepare(j);
		windows_commands(j, i->words.p[0].text, i->words.p[0].at);
		j->text = NULL;
	} else if (j->stage->shell.len && !shell_is_shell(j->stage->shell)) {
		judge_unclear(j, 0, "the shell is one that is not read");
	} else if (whole->heredocs.n && heredoc_word(i->words.p[0].text, j->a, &h, &err) > 0) {
		run_script(r, &whole->heredocs.p[0]);
	} else {
		run_line(r, i, whole);
	}
}

static void take_shell(struct judge *j, const struct instruction *i)
{
	j->stage->shell = i->words.n ? shell_program(i->words.p[0].text) : SPAN("");
	j->stage->errexit = j->stage->pipefail = false;
	for (size_t k = 1; k < i->words.n; k++) {
		struct span w = i->words.p[k].text;
		bool is_letters = span_at(w, 0) == '-' && span_at(w, 1) != '-';

		j->stage->errexit |= is_letters && span_find(w, 'e') < w.len;
		j->stage->errexit |= span_eq(w, SPAN("errexit"));
		j->stage->pipefail |= span_eq(w, SPAN("pipefail"));
	}
}

/* ---- the file -------------------------------------------------------------------------------- */

static int take(struct reading *r, const struct instruction *i, const struct instruction *whole)
{
	struct judge *j = &r->j;

	switch (i->kind) {
	case INSTRUCTION_FROM:
		return take_from(r, i);
	case INSTRUCTION_ARG:
		take_arg(r, i, !j->stage);
		return 0;
	default:
		break;
	}
	if (!j->stage)
		return err_fail(r->err, SCOV_E_FORMAT, "line %u: %s before the first FROM", i->line,
			instruction_names[i->kind]);
	switch (i->kind) {
	case INSTRUCTION_ENV:
		take_env(r, i);
		break;
	case INSTRUCTION_WORKDIR:
		if (!i->words.n) /* of ONBUILD, which is not checked */
			break;
		prepare(j);
		shell_set(&j->run, SPAN("PWD"), j->stage->folder.len ? j->stage->folder : SPAN("/"),
			false);
		j->stage->folder =
			judge_path(j, expanded(r, i->words.p[0].text, false, NULL, NULL));
		break;
	case INSTRUCTION_SHELL:
		take_shell(j, i);
		break;
	case INSTRUCTION_COPY:
	case INSTRUCTION_ADD:
		take_copy(r, i, whole);
		break;
	case INSTRUCTION_RUN:
		take_run(r, i, whole);
		break;
	case INSTRUCTION_ONBUILD:
		return i->trigger ? take(r, i->trigger, i) : 0;
	default:
		break;
	}
	return 0;
}

static int by_line(const void *a, const void *b)
{
	const struct recipe_finding *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return x->from != y->from ? (x->from < y->from ? -1 : 1) : span_cmp(x->what, y->what);
}

static void take_syntax(struct reading *r)
{
	const struct dockerfile *f = r->file;
	struct recipe_finding *row;

	if (!f->syntax.len)
		return;
	r->j.line = r->j.end_line = f->syntax_line;
	row = add_image(r, ROLE_SYNTAX, f->syntax, false, (struct span){ 0 });
	if (row) {
		row->written = f->syntax;
		row->from = (size_t)(f->syntax.p - f->file.p);
		row->to = row->from + f->syntax.len;
	}
}

/* What the last stage is built from, at the bottom. */
static void find_root(struct recipe *out)
{
	size_t n = out->stages.n;

	if (!n)
		return;
	for (n--; !out->stages.p[n].image.len && out->stages.p[n].parent < n;)
		n = out->stages.p[n].parent;
	out->root = out->stages.p[n].image;
	out->root_line = out->stages.p[n].line;
	if (span_find(out->root, '$') < out->root.len)
		out->root = (struct span){ 0 };
}

static bool index_lines(struct judge *j)
{
	size_t n = 0;
	uint32_t *lines;

	for (size_t i = 0; i < j->file.len; i++)
		n += span_at(j->file, i) == '\n';
	lines = arena_array(j->a, n + 1, sizeof(*lines));
	n = 0;
	for (size_t i = 0; lines && i < j->file.len; i++)
		if (span_at(j->file, i) == '\n')
			lines[n++] = (uint32_t)i;
	j->lines = lines;
	j->lines_n = n;
	return lines != NULL;
}

int recipe_read(
	const struct recipe_input *in, struct arena *a, struct recipe *out, struct scov_err *err)
{
	struct dockerfile file;
	struct recipe result = { .name = in->name };
	struct scov_err mine;
	struct reading r = {
		.j = { .a = a, .out = &result, .file = in->text },
		.in = in,
		.file = &file,
		.err = err ? err : &mine,
	};
	size_t froms = 0;

	if (dockerfile_parse(in->text, a, &file, r.err))
		return r.err->code;
	for (size_t i = 0; i < file.list.n; i++)
		froms += file.list.p[i].kind == INSTRUCTION_FROM;
	if (!froms)
		return err_fail(r.err, SCOV_E_FORMAT, "there is no FROM");
	if (froms > STAGES_MAX)
		return err_fail(r.err, SCOV_E_LIMIT, "more than %d stages", STAGES_MAX);
	r.stages = arena_array(a, froms, sizeof(*r.stages));
	if (!r.stages || !index_lines(&r.j))
		return arena_check(a, r.err);
	take_syntax(&r);
	for (size_t i = 0; i < file.list.n; i++) {
		r.j.line = file.list.p[i].line;
		r.j.end_line = file.list.p[i].end_line;
		if (take(&r, &file.list.p[i], &file.list.p[i]))
			return r.err->code;
	}
	fetch_end(&r.j);
	find_root(&result);
	if (arena_check(a, r.err))
		return r.err->code;
	if (result.findings.n)
		qsort(result.findings.p, result.findings.n, sizeof(*result.findings.p), by_line);
	*out = result;
	return 0;
}

/* ---- history --------------------------------------------------------------------------------- */

/* "|2 A=b C=d /bin/sh -c commands": the values that the command got. */
static struct span history_args(struct judge *j, struct span line)
{
	struct span rest = line, count, word;
	uint64_t n;

	if (span_at(line, 0) != '|' || !span_split(&rest, ' ', &count) ||
		!span_number(span_from(count, 1), 10, 1000, &n))
		return line;
	while (n && span_split(&rest, ' ', &word)) {
		size_t equals = span_find(word, '=');

		if (equals == word.len)
			continue; /* a value with a blank in it */
		add_value(j,
			(struct recipe_arg){
				span_sub(word, 0, equals), span_from(word, equals + 1) },
			false);
		n--;
	}
	return rest;
}

static void history_run(struct judge *j, struct span line)
{
	struct recipe_text t = { 0 };
	size_t shell;

	line = history_args(j, line);
	shell = span_find_span(line, SPAN("-c "));
	/* "/bin/sh -c ...", "/bin/bash -o pipefail -c ..." */
	if (span_at(line, 0) != '/' || shell > 40)
		return;
	struct span head = span_sub(line, 0, shell);

	if (!shell_is_shell(shell_program(span_sub(head, 0, span_find(head, ' ')))))
		return;
	j->stage->pipefail = span_has(head, SPAN("pipefail"));
	j->stage->errexit = span_has(head, SPAN(" -e"));
	t.text = span_from(line, shell + 3);
	run_commands(j, &t);
}

static void history_instruction(struct reading *r, struct span line)
{
	scoped_buf struct buf b = { 0 };
	struct dockerfile file;
	struct scov_err err;
	struct span name = span_sub(line, 0, span_find(line, ' '));

	if (!span_has_word(SPAN("ADD ENV WORKDIR SHELL ARG"), name))
		return;
	/* builders before BuildKit write "ADD file:... in /" */
	if (span_eq(name, SPAN("ADD")) && !span_has(line, SPAN("://")))
		return;
	buf_span(&b, line);
	buf_byte(&b, '\n');
	r->file = NULL;
	if (dockerfile_parse(arena_dup(r->j.a, buf_view(&b)), r->j.a, &file, &err)) {
		r->j.out->is_partial = true;
		return;
	}
	/* a line is of one instruction; what is after it is not one of a stage */
	if (take(r, &file.list.p[0], &file.list.p[0]) || file.list.n > 1)
		r->j.out->is_partial = true;
}

int recipe_read_history(const struct span *lines, size_t n, struct arena *a, struct recipe *out,
	struct scov_err *err)
{
	static const struct recipe_input none;
	struct scov_err mine;
	struct recipe result = { .is_history = true };
	struct stage_state stage = { 0 };
	struct reading r = { .j = { .a = a, .out = &result, .stage = &stage },
		.in = &none,
		.err = err ? err : &mine };

	for (size_t i = 0; i < n; i++) {
		struct span line = span_trim(lines[i]);

		r.j.line = r.j.end_line = (uint32_t)i;
		if (span_ends(line, SPAN("# buildkit")))
			line = span_trim(span_sub(line, 0, line.len - 10));
		if (span_starts(line, SPAN("/bin/sh -c #(nop)")))
			history_instruction(&r, span_trim(span_from(line, 17)));
		else if (span_starts(line, SPAN("RUN ")))
			history_run(&r.j, span_from(line, 4));
		else if (span_at(line, 0) == '/' || span_at(line, 0) == '|')
			history_run(&r.j, line);
		else if (line.len)
			history_instruction(&r, line);
	}
	fetch_end(&r.j);
	if (arena_check(a, err))
		return err->code;
	*out = result;
	return 0;
}

enum recipe_state recipe_worst(const struct recipe *r, enum recipe_kind kind)
{
	enum recipe_state worst = RECIPE_FIXED;

	for (size_t i = 0; i < r->findings.n; i++)
		if (r->findings.p[i].kind == kind && r->findings.p[i].state < worst)
			worst = r->findings.p[i].state;
	return r->is_full && worst == RECIPE_FIXED ? RECIPE_UNCLEAR : worst;
}
