/* tooling.c - "No build or debug tooling" (minimalism, level 2).
 *
 * Only executables decide: Debian's gcc-12-base is in every minimal install and holds
 * documentation.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/buf.h"
#include "criteria/rows.h"
#include "known/names.h"

enum {
	HEADERS_MANY = 50,
	PATH_ROOM = 128 << 10,
	NOTE_TRIES = 50, /* tools of which a project is looked for */
};

/* The runtime is called dotnet too; the SDK has a folder of its own beside it. */
static bool has_dotnet_sdk(const struct image_facts *image, struct span path)
{
	scoped_buf struct buf b = { .limit = PATH_ROOM };

	buf_span(&b, span_sub(path, 0, path.len - span_base(path).len));
	buf_str(&b, "sdk/");
	return !b.failed && image_below(image, buf_view(&b));
}

static enum known_tool tool_at(
	const struct image_facts *image, const struct file *f, struct span *plain)
{
	struct span name = span_base(f->path);

	if (!span_eq(name, SPAN("dotnet")))
		return known_tool(name, plain);
	*plain = SPAN("dotnet SDK");
	return has_dotnet_sdk(image, f->path) ? TOOL_BUILD : TOOL_NOT;
}

static bool entrypoint_runs(const struct image_facts *image, struct span name)
{
	for (size_t i = 0; i < image->scripts.n; i++)
		if (image->scripts.p[i].kind == SCRIPT_RUNS &&
			span_eq(span_base(image->scripts.p[i].name), name))
			return true;
	return false;
}

/* A link under a tool's name decides only when what it ends at is a program that is not counted
 * itself. */
static bool counts(const struct image_facts *image, const struct file *f, struct span *plain,
	enum known_tool *tool)
{
	const struct file *program = is_symlink(f) ? NULL : f;
	struct span other;

	*tool = file_is_program(f) || is_symlink(f) ? tool_at(image, f, plain) : TOOL_NOT;
	if (!*tool)
		return false;
	if (!program) {
		program = program_behind(image, f);
		if (!program || tool_at(image, program, &other))
			return false;
	}
	return !is_applet(program, *plain);
}

static void remarks(const struct image_facts *image, struct verdict_out *out)
{
	size_t archives = 0, headers = 0, symbols = 0;

	for (const struct file *f = NULL; (f = file_next(image, f));) {
		if (f->entry->type != ENTRY_FILE)
			continue;
		archives += span_ends(f->path, SPAN(".a")) && span_has(f->path, SPAN("lib"));
		headers += span_starts(f->path, SPAN("usr/include/"));
		symbols += span_ends(f->path, SPAN(".debug"));
	}
	if (archives)
		remark_count(out, place_image(), "static archives", archives,
			"static libraries, needed for linking only");
	if (headers > HEADERS_MANY)
		remark_count(out, place_image(), "headers", headers,
			"files in usr/include, needed for compiling only");
	if (symbols)
		remark_count(
			out, place_image(), "debug symbols", symbols, "files with debug symbols");
	if (span_eq(image_config(image->config, CONFIG_ENV, SPAN("NODE_ENV")), SPAN("development")))
		remark(out, place_config("/config/Env"), SPAN("NODE_ENV"),
			"NODE_ENV=development turns debug options on");
}

static bool has_beside(
	const struct findings *l, struct span folder, const char *name, struct arena *a)
{
	const char *path = arena_printf(a, "%.*s%s", SPAN_ARG(folder), name);

	return path && image_find(l->dossier->image, span_str(path), true);
}

/* A tool that is a package of a project of node is left out by the command that installs the
 * project from its lock file. NULL: there is none. */
static const char *install_without(const struct findings *l, struct span path)
{
	static const struct {
		const char *lock, *command;
	} rows[] = {
		{ "package-lock.json", "npm ci --omit=dev" },
		{ "npm-shrinkwrap.json", "npm ci --omit=dev" },
		{ "pnpm-lock.yaml", "pnpm install --prod --frozen-lockfile" },
		{ "yarn.lock", "yarn install --production --frozen-lockfile" },
		{ "package.json", "npm install --omit=dev" },
	};
	struct arena *a = l->out->arena;
	size_t at = span_find_span(path, SPAN("node_modules/"));
	struct span folder = span_sub(path, 0, at);

	if (at == path.len || !has_beside(l, folder, "package.json", a))
		return NULL;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (has_beside(l, folder, rows[i].lock, a))
			return arena_printf(a,
				"or install /%.*s with %s, which leaves out devDependencies",
				SPAN_ARG(span_sub(folder, 0, at ? at - 1 : 0)), rows[i].command);
	return NULL;
}

static const char *note(const struct findings *l)
{
	const char *command = NULL;

	for (size_t i = 0; i < l->decisive.n && i < NOTE_TRIES && !command; i++)
		command = install_without(l, l->decisive.p[i]->path);
	return command ? command
		       : "better: build in a first stage and COPY --from=build only the result";
}

static enum verdict judge(const struct dossier *d, struct verdict_out *out)
{
	struct findings l = { .out = out, .dossier = d, .id = "min.tooling", .by_package = true };
	const struct image_facts *image = d->image;
	bool runs_git = entrypoint_runs(image, SPAN("git"));
	struct module_scan modules = { .is_build = true };

	for (const struct file *f = NULL; (f = file_next(image, f));) {
		struct span plain = { 0 };
		enum known_tool tool;
		/* A tool that an interpreter runs: each module's folder counts once. */
		const struct known_module *m = module_at(image, f, &modules);

		if (m)
			finding(&l, f, "%s", m->why);
		if (!counts(image, f, &plain, &tool))
			continue;
		if (runs_git && span_eq(plain, SPAN("git"))) {
			evidence_file(out, REMARK, f, "git, which the entrypoint runs");
			continue;
		}
		finding(&l, f, "%.*s is a %s tool", SPAN_ARG(plain),
			tool == TOOL_BUILD ? "build" : "debug");
	}
	findings_remove(&l, note(&l));
	remarks(image, out);
	return findings_verdict(&l, "build or debug tools", "no build or debug tool in the image");
}

const struct criterion min_tooling = {
	.id = "min.tooling",
	.title = "No build or debug tooling",
	.vector = MINIMALISM,
	.level = 2,
	.rule = "No executable, ELF or script, has the name of a compiler, linker, build system, "
		"version control, debugger, tracer or network probe, with or without target "
		"triple, version and suffix, and tsc is not there as a module. Busybox applets are "
		"judged under min.shell.",
	.remedy = REMEDY_RECIPE,
	.fix = "build in a first stage and COPY --from=build only the result",
	.effort = 2,
	.needs = INPUT_FILES | INPUT_LINUX,
	.can_ignore = true,
	.judge = judge,
};
