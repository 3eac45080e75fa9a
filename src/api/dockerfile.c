/* dockerfile.c - Dockerfiles: read, masked, and judged alone or with the image that they built.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <fcntl.h>
#include <unistd.h>

#include "api/api.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fd.h"
#include "recipe/dockerfile.h"
#include "recipe/shell.h"
#include "report/dockerfile.h"

enum { RECIPE_MEMORY = 128 << 20 };

/* In "git+https://host/x@commit" the rules take what is before '@' for a login. */
static struct span masked(struct arena *a, struct span s)
{
	size_t at = span_rfind(s, '@'), path = span_find_span(s, SPAN("://"));
	struct span head, tail;

	if (at == s.len || path > at ||
		span_find(span_sub(s, path + 3, at - path - 3), '/') == at - path - 3)
		return api_masked(a, s);
	head = api_masked(a, span_sub(s, 0, at));
	tail = api_masked(a, span_from(s, at + 1));
	return span_str(arena_printf(a, "%.*s@%.*s", SPAN_ARG(head), SPAN_ARG(tail)));
}

/* What is shown of it goes through the rules for secrets: a URL may hold a password. */
static void mask(struct recipe *r, struct arena *a)
{
	for (size_t i = 0; i < r->findings.n; i++) {
		struct recipe_finding *f = &r->findings.p[i];

		f->what = masked(a, f->what);
		f->why = api_masked(a, f->why);
		f->name = api_masked(a, f->name);
	}
	for (size_t i = 0; i < r->stages.n; i++)
		r->stages.p[i].image = api_masked(a, r->stages.p[i].image);
	r->root = api_masked(a, r->root);
}

static int take_args(
	struct recipe_input *in, const char *const *list, struct arena *a, struct scov_err *err)
{
	struct recipe_arg *args;
	size_t n = 0;

	while (list && list[n])
		n++;
	args = arena_array(a, n + 1, sizeof(*args));
	if (!args)
		return err_memory(err);
	for (size_t i = 0; i < n; i++) {
		struct span s = span_str(list[i]);
		size_t equals = span_find(s, '=');

		args[i] = (struct recipe_arg){ span_sub(s, 0, equals), span_from(s, equals + 1) };
		if (equals == s.len || !shell_is_name(args[i].name))
			return err_fail(err, SCOV_E_USAGE, "--build-arg '%.*s': write NAME=VALUE",
				SPAN_ARG(args[i].name));
	}
	in->args = args;
	in->args_n = n;
	return 0;
}

int api_recipe_input(struct span text, struct span name, const char *const *build_args,
	const struct platform *platform, struct arena *a, struct recipe_input *out,
	struct scov_err *err)
{
	*out = (struct recipe_input){ .text = text, .name = name };
	if (platform) {
		out->os = platform->os;
		out->architecture = platform->architecture;
		out->variant = platform->variant;
	}
	return take_args(out, build_args, a, err);
}

int api_recipe(struct span text, struct span name, const char *const *build_args,
	const struct platform *platform, struct arena *a, struct recipe *out, struct scov_err *err)
{
	struct recipe_input in;

	if (api_recipe_input(text, name, build_args, platform, a, &in, err) ||
		recipe_read(&in, a, out, err))
		return err->code;
	mask(out, a);
	return arena_check(a, err);
}

int api_recipe_history(
	const struct image_facts *image, struct arena *a, struct recipe *out, struct scov_err *err)
{
	const struct part *c = image->config;
	size_t n = c ? c->history.n : 0;
	struct span *lines = arena_array(a, n + 1, sizeof(*lines));

	if (!lines)
		return err_memory(err);
	for (size_t i = 0; i < n; i++)
		lines[i] = c->history.p[i].created_by;
	/* lines of the base are of its build, not of this one */
	for (size_t i = 0; i < image->layers_n; i++)
		if (image->layers[i].is_base && image->layers[i].history_index >= 0)
			lines[image->layers[i].history_index] = SPAN("");
	if (recipe_read_history(lines, n, a, out, err))
		return err->code;
	mask(out, a);
	return arena_check(a, err);
}

/* ---- a file alone ---------------------------------------------------------------------------- */

struct scov_dockerfile {
	struct arena arena;
	struct recipe recipe;
};

static int load(const char *path, struct arena *a, struct span *text, struct scov_err *err)
{
	if (path[0] == '-' && !path[1])
		return fd_load_all(STDIN_FILENO, "standard input", DOCKERFILE_MAX, a, text, err);
	return fd_load(AT_FDCWD, path, DOCKERFILE_MAX, a, text, err);
}

static bool take_platform(const char *text, struct platform *out)
{
	struct span rest = span_str(text);

	return span_split(&rest, '/', &out->os) && span_split(&rest, '/', &out->architecture) &&
	       out->os.len && out->architecture.len &&
	       (span_split(&rest, '/', &out->variant), true) && !rest.len;
}

static int open_file(struct scov_dockerfile *d, const char *path,
	const struct scov_dockerfile_options *given, struct scov_err *err)
{
	struct scov_dockerfile_options o = { 0 };
	struct platform platform = { 0 };
	struct span text;

	if (given &&
		api_options(given, given->struct_size, &o, sizeof(o), "dockerfile options", err))
		return err->code;
	if (o.platform && !take_platform(o.platform, &platform))
		return err_fail(err, SCOV_E_USAGE,
			"platform '%s': must be os/architecture[/variant]", o.platform);
	d->arena.limit = RECIPE_MEMORY;
	if (load(path, &d->arena, &text, err))
		return err->code;
	if (api_recipe(text, arena_dup(&d->arena, span_str(path)), o.build_args, &platform,
		    &d->arena, &d->recipe, err))
		return err->code == SCOV_E_USAGE ? err->code : err_wrap(err, "%s", path);
	return 0;
}

int scov_dockerfile_open(const char *path, const struct scov_dockerfile_options *o,
	struct scov_dockerfile **out, struct scov_err *err)
{
	struct scov_dockerfile *d = mem_alloc(sizeof(*d));
	struct scov_err mine;

	if (!err)
		err = &mine;
	if (!d)
		return err_memory(err);
	int code = open_file(d, path, o, err);

	if (code) {
		scov_dockerfile_free(d);
		return code;
	}
	*out = d;
	return 0;
}

void scov_dockerfile_free(struct scov_dockerfile *d)
{
	if (!d)
		return;
	arena_release(&d->arena);
	mem_free(d);
}

bool scov_dockerfile_is_clean(const struct scov_dockerfile *d)
{
	for (unsigned kind = 0; kind < RECIPE_KINDS; kind++)
		if (recipe_worst(&d->recipe, kind) != RECIPE_FIXED)
			return false;
	return true;
}

int scov_dockerfile_write(const struct scov_dockerfile *d, const char *format,
	const struct scov_format_options *opt, scov_write write, void *ctx, struct scov_err *err)
{
	scoped_buf struct buf b = { 0 };
	struct write_options o;
	struct scov_err mine;

	if (!err)
		err = &mine;
	if (api_write_options(opt, &o, err))
		return err->code;
	if (span_eq(span_str(format), SPAN("text")))
		dockerfile_text(&d->recipe, &o, &b);
	else if (span_eq(span_str(format), SPAN("json")))
		dockerfile_json(&d->recipe, &b);
	else
		return err_fail(err, SCOV_E_USAGE, "output '%s': must be text or json", format);
	return b.failed ? err_memory(err) : api_deliver(&b, write, ctx, err);
}
