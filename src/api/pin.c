/* pin.c - digests and versions written into files that name images and packages.
 *
 * The files are read twice: first for the commits of actions, of which one file may know what
 * another needs. A name is asked for once; a registry that did not answer is not asked again.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "recipe/pin/pin.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "api/api.h"
#include "base/fd.h"
#include "base/outfile.h"
#include "source/reference.h"
#include "source/registry.h"
#include "source/source.h"

enum {
	ASKED_MAX = 2000,      /* distinct images of a run */
	ARENA_MAX = 256 << 20, /* what was found in one file */
	ANSWERS_MAX = 16 << 20,
};

struct lookup {
	struct span image, digest; /* digest empty: why says why there is none */
	const char *why;
};

struct known { /* an action's commit; empty: two files differ */
	struct span action, commit;
};

struct seen_file {
	dev_t dev;
	ino_t ino;
};

struct pinning {
	struct scov_context *c;
	struct scov_pin_options o;
	const struct call *call;
	struct arena arena;
	VEC(struct lookup) answers;
	VEC(struct lookup) silent; /* registries by name, and why */
	VEC(struct known) known;
	VEC(struct seen_file) files;
	struct scov_image *image; /* that packages get their versions from; NULL: none */
	struct scov_report *report;
	struct recipe history; /* of the image */
	scov_write write;
	scov_pin_say say;
	void *ctx;
	struct scov_pin_sum *sum;
};

struct pinned_file {
	struct arena arena;
	const char *path;
	struct span text;
	pin_spots spots;
	pin_edits edits;
};

static void note(struct pinning *p, const struct pinned_file *f, const struct pin_spot *s,
	unsigned state, struct span digest, const char *why)
{
	scoped_arena struct arena a = { .limit = 1 << 20 };
	const char *image = s ? arena_cstr(&a, s->image) : "",
		   *old = s ? arena_cstr(&a, s->digest) : "", *new = arena_cstr(&a, digest);

	p->sum->states[state]++;
	p->say(p->ctx, &(struct scov_pin_note){ .state = state,
			       .file = f->path,
			       .line = s ? s->line : 0,
			       .kind = !s                       ? SCOV_PIN_IMAGE
				       : s->form == PIN_COMMIT  ? SCOV_PIN_ACTION
				       : s->form == PIN_VERSION ? SCOV_PIN_PACKAGE
								: SCOV_PIN_IMAGE,
			       .image = image ? image : "",
			       .old = old ? old : "",
			       .digest = new ? new : "",
			       .why = why ? why : "" });
}

/* ---- what a name means now ------------------------------------------------------------------- */

/* The part of the name after `from`, which ends there at a slash; NULL: it begins otherwise. */
static const char *after(const char *name, struct span from)
{
	return span_starts(span_str(name), from) && name[from.len] == '/' ? name + from.len + 1
									  : NULL;
}

/* Where the name is asked for. */
static const char *place_of(struct pinning *p, const char *name)
{
	for (const char *const *m = p->o.mirrors; m && *m; m++) {
		struct span from = span_sub(span_str(*m), 0, span_find(span_str(*m), '='));
		const char *to = *m + from.len + 1, *rest = after(name, from);

		if (rest && !strncmp(to, "oci:", 4))
			return arena_printf(&p->arena, "%s:%s", to, name);
		if (rest)
			return arena_printf(&p->arena, "%s/%s", to, rest);
	}
	return name;
}

static int ask_layout(const char *place, const struct source_options *opt, const struct call *call,
	struct digest *out, struct scov_err *err)
{
	scoped_arena struct arena a = { .limit = 16 << 20 };
	struct source *s = NULL;
	struct descriptor root;
	int code = source_open(place, opt, call, &s, err);

	if (!code)
		code = s->ops->root(s, call, &a, &root, err);
	if (!code)
		*out = root.digest;
	source_free(s);
	return code;
}

static int ask_place(struct pinning *p, const char *place, struct digest *out, struct scov_err *err)
{
	const struct platform any = { 0 };
	struct source_options opt;
	struct reference r;

	api_source_options(p->c, &any, &opt);
	if (!strncmp(place, "oci:", 4))
		return ask_layout(place, &opt, p->call, out, err);
	if (reference_parse(span_str(place), &p->arena, &r, err))
		return err->code;
	for (size_t i = 0; i < p->silent.n; i++)
		if (span_eq(p->silent.p[i].image, r.host))
			return err_fail(err, SCOV_E_NET, "%s", p->silent.p[i].why);
	int code = registry_digest(place, &opt, p->call, out, err);

	if (code == SCOV_E_NET || code == SCOV_E_TIMEOUT)
		vec_add(&p->silent, &p->arena,
			&(struct lookup){
				.image = r.host, .why = arena_printf(&p->arena, "%s", err->text) });
	return code;
}

static int ask_name(struct pinning *p, struct span image, struct digest *out, struct scov_err *err)
{
	struct reference r;

	if (p->answers.n == ASKED_MAX)
		return err_fail(
			err, SCOV_E_LIMIT, "more than %d different images in one run", ASKED_MAX);
	if (reference_parse(image, &p->arena, &r, err))
		return err->code;
	const char *name = reference_format(&r, &p->arena);
	const char *place = name ? place_of(p, name) : NULL;

	return place ? ask_place(p, place, out, err) : arena_check(&p->arena, err);
}

/* In the arena of the run. NULL: the run ends, *err says why. */
static const struct lookup *answer_of(struct pinning *p, struct span image, struct scov_err *err)
{
	struct lookup new = { .image = arena_dup(&p->arena, image) };
	char text[DIGEST_TEXT];
	struct digest d;

	for (size_t i = 0; i < p->answers.n; i++)
		if (span_eq(p->answers.p[i].image, image))
			return &p->answers.p[i];
	int code = ask_name(p, new.image, &d, err);

	if (code == SCOV_E_CANCELLED || code == SCOV_E_MEMORY)
		return NULL;
	if (!code && d.algorithm != DIGEST_SHA256)
		code = err_fail(err, SCOV_E_UNSUPPORTED, "its digest is not a SHA-256");
	if (code)
		new.why = arena_printf(&p->arena, "%s", err->text);
	else
		new.digest = span_str(arena_printf(&p->arena, "%s", digest_format(&d, text)));
	if (!vec_add(&p->answers, &p->arena, &new)) {
		arena_check(&p->arena, err);
		return NULL;
	}
	return &p->answers.p[p->answers.n - 1];
}

/* ---- the commits of actions ------------------------------------------------------------------ */

/* "owner/name/path@ref" is of the repository "owner/name". */
static struct span action_of(struct pinning *p, struct span image)
{
	size_t at = span_rfind(image, '@');
	struct span path = span_sub(image, 0, at), owner, name, rest = path;

	if (!span_split(&rest, '/', &owner) || !span_split(&rest, '/', &name))
		return (struct span){ 0 };
	return span_str(arena_printf(&p->arena, "%.*s/%.*s%.*s", SPAN_ARG(owner), SPAN_ARG(name),
		SPAN_ARG(span_from(image, at))));
}

static struct known *find_known(struct pinning *p, struct span action)
{
	for (size_t i = 0; i < p->known.n && action.len; i++)
		if (span_eq_nocase(p->known.p[i].action, action))
			return &p->known.p[i];
	return NULL;
}

static void learn(struct pinning *p, const struct pinned_file *f)
{
	for (size_t i = 0; i < f->spots.n; i++) {
		const struct pin_spot *s = &f->spots.p[i];

		if (s->form != PIN_COMMIT || !s->digest.len || !s->has_tag ||
			p->known.n >= ASKED_MAX)
			continue;
		struct span action = action_of(p, s->image);
		struct known *k = find_known(p, action);

		if (!k)
			vec_add(&p->known, &p->arena,
				&(struct known){ action, arena_dup(&p->arena, s->digest) });
		else if (!span_eq_nocase(k->commit, s->digest))
			k->commit = (struct span){ 0 };
	}
}

/* ---- a file ---------------------------------------------------------------------------------- */

/* The packages of a Dockerfile, when there is an image to ask. */
static int find_packages(struct pinning *p, struct pinned_file *f, struct scov_err *err)
{
	struct pin_build b = { .history = &p->history };

	if (!p->report || !pin_is_dockerfile(f->path))
		return 0;
	b.image = &p->report->facts;
	if (api_recipe_input(f->text, span_str(f->path), p->o.build_args, &b.image->platform,
		    &f->arena, &b.input, err))
		return err->code;
	return pin_find_packages(&b, &f->arena, &f->spots, err);
}

static int load(struct pinning *p, struct pinned_file *f, struct scov_err *err)
{
	f->arena.limit = ARENA_MAX;
	if (fd_load(AT_FDCWD, f->path, PIN_FILE_MAX, &f->arena, &f->text, err))
		return err->code;
	if (pin_find(f->text, f->path, &f->arena, &f->spots, err) || find_packages(p, f, err))
		return err_wrap(err, "'%s'", f->path);
	return 0;
}

static int check_pinned(
	struct pinning *p, struct pinned_file *f, const struct pin_spot *s, struct scov_err *err)
{
	bool is_check = p->o.mode == SCOV_PIN_CHECK;

	if (s->form == PIN_COMMIT || !s->has_tag || (!is_check && !p->o.update)) {
		p->sum->pinned++;
		return 0;
	}
	if (!span_starts(s->digest, SPAN("sha256:"))) {
		note(p, f, s, SCOV_PIN_UNANSWERED, (struct span){ 0 },
			"registries name what a tag is by SHA-256 alone");
		return 0;
	}
	const struct lookup *a = answer_of(p, s->image, err);

	if (!a)
		return err->code;
	if (!a->digest.len) {
		note(p, f, s, SCOV_PIN_UNANSWERED, a->digest, a->why);
	} else if (span_eq_nocase(a->digest, s->digest)) {
		p->sum->pinned++;
	} else if (is_check) {
		note(p, f, s, SCOV_PIN_DRIFTED, a->digest, "");
	} else {
		pin_write(s, a->digest, &f->arena, &f->edits);
		note(p, f, s, SCOV_PIN_CHANGED, a->digest, "");
	}
	return 0;
}

static const char commit_unknown[] =
	"no commit is known: get it with git ls-remote, write it in place of the reference, and "
	"the reference after it as a comment";

/* "curl=8.14.1-2": the word with its version. */
static struct span versioned(const struct pin_spot *s, struct arena *a)
{
	return s->left ? (struct span){ 0 }
		       : span_str(arena_printf(a, "%.*s%.*s",
				 SPAN_ARG(span_sub(s->image, 0, s->image.len - (s->to - s->from))),
				 SPAN_ARG(s->version)));
}

static int check_spot(
	struct pinning *p, struct pinned_file *f, const struct pin_spot *s, struct scov_err *err)
{
	const struct known *k =
		s->form == PIN_COMMIT ? find_known(p, action_of(p, s->image)) : NULL;
	struct span digest = { 0 };

	if (s->digest.len)
		return check_pinned(p, f, s, err);
	if (s->form == PIN_VERSION)
		digest = versioned(s, &f->arena);
	if (p->o.mode == SCOV_PIN_CHECK || s->left) {
		note(p, f, s, p->o.mode == SCOV_PIN_CHECK ? SCOV_PIN_UNPINNED : SCOV_PIN_LEFT,
			digest, s->left);
		return 0;
	}
	if (s->form == PIN_COMMIT) {
		digest = k ? k->commit : digest;
		if (!digest.len) {
			note(p, f, s, SCOV_PIN_LEFT, digest,
				k ? "two files know different commits of it" : commit_unknown);
			return 0;
		}
	} else if (s->form != PIN_VERSION) {
		const struct lookup *a = answer_of(p, s->image, err);

		if (!a)
			return err->code;
		digest = a->digest;
		if (!digest.len) {
			note(p, f, s, SCOV_PIN_UNANSWERED, digest, a->why);
			return 0;
		}
	}
	pin_write(s, digest, &f->arena, &f->edits);
	note(p, f, s, SCOV_PIN_CHANGED, digest, "");
	return 0;
}

static int write_diff(struct pinning *p, struct pinned_file *f, struct scov_err *err)
{
	scoped_buf struct buf b = { 0 };
	struct span masked = api_masked_file(&f->arena, f->text);

	if (!masked.p)
		return err_memory(err);
	size_t hidden = pin_diff(f->text, masked, f->path, &f->edits, &f->arena, &b);

	if (arena_check(&f->arena, err))
		return err->code;
	if (b.failed)
		return err_memory(err);
	if (hidden)
		note(p, f, NULL, SCOV_PIN_LEFT, (struct span){ 0 },
			"lines that hold what looks like a secret are not in the diff: --write "
			"changes them too");
	return !b.len || !p->write(p->ctx, b.p, b.len)
		       ? 0
		       : err_fail(err, SCOV_E_IO, "the diff could not be written");
}

/* The file as it was read, else somebody edits it. */
static int check_same(const struct pinned_file *f, struct scov_err *err)
{
	scoped_arena struct arena a = { .limit = 2 * PIN_FILE_MAX };
	struct span now;

	if (fd_load(AT_FDCWD, f->path, PIN_FILE_MAX, &a, &now, err))
		return err->code;
	return span_eq(now, f->text)
		       ? 0
		       : err_fail(err, SCOV_E_IO, "'%s': changed meanwhile, not written", f->path);
}

static int replace(const struct pinned_file *f, struct scov_err *err)
{
	scoped_buf struct buf b = { 0 };
	struct outfile out;

	pin_apply(f->text, &f->edits, &b);
	if (b.failed)
		return err_memory(err);
	int code = outfile_open(&out, f->path, err);

	if (!code && outfile_write(&out, b.p, b.len))
		code = err_memory(err);
	if (!code)
		code = check_same(f, err);
	if (!code)
		code = outfile_commit(&out, err);
	outfile_release(&out);
	return code;
}

static int finish(struct pinning *p, struct pinned_file *f, struct scov_err *err)
{
	if (!f->edits.n)
		return 0;
	pin_sort(&f->edits);
	if (p->o.mode == SCOV_PIN_DIFF)
		return write_diff(p, f, err);
	if (replace(f, err))
		note(p, f, NULL, SCOV_PIN_UNREAD, (struct span){ 0 }, err->text);
	return 0;
}

static int take_file(struct pinning *p, const char *path, struct scov_err *err)
{
	struct pinned_file f = { .path = path };
	int code = load(p, &f, err);

	if (code == SCOV_E_MEMORY) {
		arena_release(&f.arena);
		return code;
	}
	if (code) {
		note(p, &f, NULL, SCOV_PIN_UNREAD, (struct span){ 0 }, err->text);
		code = 0;
	} else {
		for (size_t i = 0; i < f.spots.n && !code; i++)
			code = check_spot(p, &f, &f.spots.p[i], err);
		if (!code)
			code = arena_check(&f.arena, err);
		if (!code)
			code = finish(p, &f, err);
	}
	arena_release(&f.arena);
	return code;
}

/* One file by two names is one. What cannot be looked at says why when it is read. */
static bool is_again(struct pinning *p, const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return false;
	for (size_t i = 0; i < p->files.n; i++)
		if (p->files.p[i].dev == st.st_dev && p->files.p[i].ino == st.st_ino)
			return true;
	vec_add(&p->files, &p->arena, &(struct seen_file){ st.st_dev, st.st_ino });
	return false;
}

static int check_mirrors(const struct scov_pin_options *o, struct scov_err *err)
{
	for (const char *const *m = o->mirrors; m && *m; m++) {
		size_t equals = span_find(span_str(*m), '=');

		if (!equals || equals + 1 >= strlen(*m))
			return err_fail(err, SCOV_E_USAGE,
				"--mirror '%s': must be FROM=TO, as in "
				"docker.io=mirror.example.com",
				*m);
	}
	return 0;
}

static int take_files(
	struct pinning *p, const char *const *files, size_t count, struct scov_err *err)
{
	VEC(const char *) list = { 0 };
	int code = 0;

	for (size_t i = 0; i < count; i++) {
		struct pinned_file f = { .path = files[i] };

		if (is_again(p, files[i]))
			continue;
		if (!load(p, &f, err))
			learn(p, &f);
		arena_release(&f.arena);
		vec_add(&list, &p->arena, &files[i]);
	}
	for (size_t i = 0; i < list.n && !code; i++) {
		code = call_check(p->call, err);
		if (!code)
			code = take_file(p, list.p[i], err);
	}
	return code ? code : arena_check(&p->arena, err);
}

/* ---- the image that was built ---------------------------------------------------------------- */

static int read_image(struct pinning *p, const struct scov_call *call, struct scov_err *err)
{
	static const char *const skip[] = { "secrets", NULL };
	const struct scov_policy policy = { .struct_size = sizeof(policy), .skip = skip };
	struct span why;

	if (!p->o.image)
		return 0;
	if (scov_image_open(p->c, p->o.image, p->o.platform, call, &p->image, err) ||
		scov_grade(p->image, &policy, call, &p->report, err))
		return err->code;
	why = image_unlisted(&p->report->facts);
	if (why.len)
		return err_fail(err, SCOV_E_FORMAT, "'%s': its packages may not be all: %.*s",
			p->report->image->origin->shown, SPAN_ARG(why));
	return api_recipe_history(&p->report->facts, &p->arena, &p->history, err);
}

int scov_pin(struct scov_context *c, const char *const *files, size_t count,
	const struct scov_pin_options *given, const struct scov_call *call, scov_write write,
	scov_pin_say say, void *ctx, struct scov_pin_sum *out, struct scov_err *err)
{
	struct pinning p = { .c = c,
		.arena = { .limit = ANSWERS_MAX },
		.write = write,
		.say = say,
		.ctx = ctx,
		.sum = out };
	struct api_call now;

	*out = (struct scov_pin_sum){ 0 };
	if (api_options(given, given->struct_size, &p.o, sizeof(p.o), "pin", err) ||
		check_mirrors(&p.o, err) || api_call(c, call, &now, err))
		return err->code;
	p.call = &now.call;
	int code = read_image(&p, call, err);

	if (!code)
		code = take_files(&p, files, count, err);
	scov_report_free(p.report);
	scov_image_free(p.image);
	arena_release(&p.arena);
	return code;
}
