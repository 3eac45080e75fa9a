/* cmd_grade.c - scoville grade: references in, reports out, the worst status at the end.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/nearest.h"
#include "base/outfile.h"
#include "cli/cli.h"

/* One -o. A file is written when all reports are in it; a device or a pipe as they come. */
struct output {
	const char *format;
	const char *file; /* NULL: standard output */
	struct outfile out;
	bool is_folder;
	size_t written; /* reports */
};

enum { OUTPUTS_MAX = 16 };

struct grading {
	struct options *o;
	const struct grading_mode *mode;
	struct scov_context *context;
	struct scov_policy policy;
	struct scov_trust trust;
	struct output outputs[OUTPUTS_MAX];
	size_t outputs_n;
	int status; /* the worst so far */
};

/* ---- statuses -------------------------------------------------------------------------------- */

/* The worst of several references: unreadable, then incomplete, then a failed gate. */
static int worse(int a, int b)
{
	static const int order[] = { EXIT_INTERRUPTED, EXIT_USAGE, EXIT_UNREADABLE, EXIT_INCOMPLETE,
		EXIT_GATE };

	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++)
		if (a == order[i] || b == order[i])
			return order[i];
	return EXIT_GRADED;
}

/* What to do next, when it is known. */
static const char *next_step(const struct grading *g, const struct scov_err *err)
{
	if (err->code == SCOV_E_AUTH && !g->o->username && !strstr(err->text, "proxy"))
		return "; log in with docker login or podman login, or pass --authfile FILE, or "
		       "--username U --password-stdin";
	if (err->code == SCOV_E_NET && strstr(err->text, "certificate") && !g->o->ca_file)
		return "; if the registry is yours, pass its CA with --ca-file FILE";
	return "";
}

static void failed(struct grading *g, const char *what, const struct scov_err *err)
{
	char text[1400];

	snprintf(text, sizeof(text), "%s%s", err->text, next_step(g, err));
	progress_end();
	if (what)
		cli_complain_of(what, text);
	else
		cli_refuse(g->o, text);
	/* A reference that names nothing, or more than one image, is an image that cannot be read.
	 */
	g->status = worse(g->status,
		what && err->code == SCOV_E_USAGE ? EXIT_UNREADABLE : cli_status(err->code));
}

/* The command is about one part of the report. */
static bool is_part(const struct grading_mode *mode)
{
	return mode->secrets_only || mode->vulns_only || mode->packages_only;
}

/* ---- outputs --------------------------------------------------------------------------------- */

/* Of this command; NULL: all. */
static const char *formats_of(const struct grading *g)
{
	const struct command *c = g->o->commands;

	while (strcmp(c->name, g->mode->command) != 0)
		c++;
	return c->formats;
}

static bool writes(const struct grading *g, const char *name)
{
	const char *formats = formats_of(g);

	return !formats || span_has_word(span_str(formats), span_str(name));
}

enum { LIST_MAX = 160 };

/* "text, json, badge=DIR" */
static const char *list_formats(const struct grading *g, char out[LIST_MAX])
{
	const char *name;
	bool is_folder;
	size_t n = 0;

	for (size_t i = 0; (name = scov_format_name(i, &is_folder, NULL)); i++)
		if (writes(g, name) && n < LIST_MAX)
			n += (size_t)snprintf(out + n, LIST_MAX - n, "%s%s%s", n ? ", " : "", name,
				is_folder ? "=DIR" : "");
	return out;
}

static int unknown_format(
	const struct grading *g, const char *text, struct span format, struct scov_err *err)
{
	struct nearest near = { .given = format };
	const char *name;
	char hint[NEAREST_HINT], list[LIST_MAX];

	for (size_t i = 0; (name = scov_format_name(i, NULL, NULL)); i++)
		if (writes(g, name))
			nearest_try(&near, name);
	if (strchr(text, ':') && !nearest_name(&near))
		return err_fail(err, SCOV_E_USAGE,
			"--output '%s': must be a format and a file, such as json=FILE; %s reads "
			"images and writes none",
			text, g->mode->command);
	return err_fail(err, SCOV_E_USAGE, "--output '%s': no such format (%s)%s", text,
		list_formats(g, list), nearest_hint(&near, hint));
}

static int add_output(struct grading *g, const char *text, struct scov_err *err)
{
	struct output *out = &g->outputs[g->outputs_n];
	const char *equals = strchr(text, '='), *name;
	struct span format = span_of(text, equals ? (size_t)(equals - text) : strlen(text));
	char list[LIST_MAX];

	if (g->outputs_n == OUTPUTS_MAX)
		return err_fail(err, SCOV_E_USAGE, "--output: more than %d", OUTPUTS_MAX);
	for (size_t i = 0; (name = scov_format_name(i, &out->is_folder, NULL)); i++)
		if (span_eq(format, span_str(name)))
			break;
	if (!name)
		return unknown_format(g, text, format, err);
	out->format = name;
	out->file = equals && strcmp(equals, "=-") != 0 ? equals + 1 : NULL;
	out->out.fd = -1;
	if (out->file && !*out->file)
		return err_fail(err, SCOV_E_USAGE, "--output '%s': no file after '='", text);
	if (!writes(g, name))
		return err_fail(err, SCOV_E_USAGE, "--output %s: %s writes %s", name,
			g->mode->command, list_formats(g, list));
	if (out->is_folder && (g->o->arguments.n > 1 || g->o->all_platforms))
		return err_fail(err, SCOV_E_USAGE,
			"--output %s: one image at a time, a folder holds one report", name);
	if (out->is_folder && !out->file)
		return err_fail(
			err, SCOV_E_USAGE, "--output %s: name the folder: %s=DIR", name, name);
	g->outputs_n++;
	return 0;
}

/* The later would replace what the earlier wrote. */
static int check_twice(const struct grading *g, const struct output *out, struct scov_err *err)
{
	for (const struct output *o = g->outputs; o < out; o++)
		if (o->file && !o->is_folder && o->out.fd < 0 && out->out.fd < 0 &&
			!strcmp(o->out.path, out->out.path))
			return err_fail(
				err, SCOV_E_USAGE, "--output: '%s' is named twice", out->file);
	return 0;
}

static int open_outputs(struct grading *g, struct scov_err *err)
{
	const words *list = &g->o->output;

	for (size_t i = 0; i < list->n; i++)
		if (add_output(g, list->p[i], err))
			return err->code;
	if (!list->n && add_output(g, g->mode->packages_only ? "cyclonedx" : "text", err))
		return err->code;
	for (size_t i = 0; i < g->outputs_n; i++) {
		struct output *out = &g->outputs[i];

		if (out->file && !out->is_folder &&
			(outfile_open(&out->out, out->file, err) || check_twice(g, out, err)))
			return err->code;
	}
	return 0;
}

static int put(void *ctx, const void *p, size_t len)
{
	struct output *out = ctx;

	if (out->file)
		return outfile_write(&out->out, p, len);
	return (fwrite(p, 1, len, stdout) == len && !fflush(stdout)) || cli_stdout_closed() ? 0
											    : -1;
}

/* Texts of several references are set apart; JSON and -q are one line each. */
static int start_report(struct output *out, const struct scov_format_options *f)
{
	static const char rule[] = "\n----------------------------------------\n";

	if (!out->written++ || strcmp(out->format, "text") || f->quiet)
		return 0;
	return put(out, rule, sizeof(rule) - 1);
}

static void write_reports(
	struct grading *g, struct scov_report **r, size_t n, bool all, const char *reference)
{
	for (size_t i = 0; i < g->outputs_n; i++) {
		struct output *out = &g->outputs[i];
		struct scov_format_options f = {
			.struct_size = sizeof(f),
			.color = !out->file && cli_color(g->o, STDOUT_FILENO),
			.verbose = g->o->verbose,
			.quiet = g->o->quiet,
			.timings = g->o->timings,
			.secrets_only = g->mode->secrets_only,
			.vulns_only = g->mode->vulns_only,
			.only_fixed = g->o->only_fixed,
			.all = g->o->all,
			.utf8 = cli_utf8(),
			.width = cli_width(out->file ? -1 : STDOUT_FILENO),
		};
		struct scov_err err;
		int code;

		if (out->is_folder)
			code = scov_report_write_folder(r[0], out->format, out->file, &err);
		else if (start_report(out, &f))
			code = err_fail(&err, SCOV_E_IO, "%s", strerror(errno));
		else if (all)
			code = scov_reports_write(r, n, out->format, &f, put, out, &err);
		else
			code = scov_report_write(r[0], out->format, &f, put, out, &err);
		if (code == SCOV_E_IO && !out->is_folder)
			err_fail(&err, SCOV_E_IO, "%s: %s",
				out->file ? out->file : "standard output", strerror(errno));
		if (code)
			failed(g, reference, &err);
	}
}

/* Written when everything went well or the report is there all the same. */
static void close_outputs(struct grading *g)
{
	bool keep = g->status != EXIT_INTERRUPTED && g->status != EXIT_USAGE;

	for (size_t i = 0; i < g->outputs_n; i++) {
		struct output *out = &g->outputs[i];
		struct scov_err err;

		if (keep && out->written && out->file && !out->is_folder &&
			outfile_commit(&out->out, &err))
			failed(g, NULL, &err);
		outfile_release(&out->out);
	}
}

/* ---- one reference --------------------------------------------------------------------------- */

static void gates(struct grading *g, const struct scov_report *r, const char *reference)
{
	const char *why = scov_report_gates(r), *platform = scov_report_platform(r);
	char text[2048];

	int status = scov_report_status(r);

	if (g->mode->packages_only && *scov_report_unlisted(r)) {
		snprintf(text, sizeof(text), "%s: incomplete: %s", reference,
			scov_report_unlisted(r));
		cli_complain(text);
		g->status = worse(g->status, EXIT_INCOMPLETE);
		return;
	}
	/* Of `secrets` complete means that all was searched, whatever is not assessed. */
	if (g->mode->secrets_only && g->o->require_complete && !scov_report_searched(r))
		status = EXIT_INCOMPLETE;
	if (g->mode->vulns_only && g->o->require_complete && !scov_report_matched(r))
		status = EXIT_INCOMPLETE;
	g->status = worse(g->status, status);
	if (status == EXIT_INCOMPLETE) {
		snprintf(text, sizeof(text), "%s: incomplete: %s", reference,
			scov_report_incomplete(r));
		cli_complain(text);
	}
	while (*why) {
		size_t n = strcspn(why, "\n");

		snprintf(text, sizeof(text), "%s%s%s: failed %.*s", reference, *platform ? " " : "",
			platform, (int)n, why);
		cli_complain(text);
		why += n + (why[n] == '\n');
	}
}

static void after(struct grading *g, struct scov_report *r, const char *reference)
{
	struct scov_err err;

	if (!g->mode->after || !g->mode->after(g->o, r, &err))
		return;
	err_wrap(&err, "%s%s", options_blame(g->o, err.text), reference);
	cli_complain(err.text);
	g->status = worse(g->status, cli_status(err.code));
}

static struct scov_report *grade_one(
	struct grading *g, struct scov_image *image, const char *reference)
{
	struct scov_report *r = NULL;
	struct scov_err err;

	progress_start(!g->o->no_progress && !g->o->quiet);
	int code = scov_grade(image, &g->policy, &cli_call, &r, &err);

	progress_end();
	if (code) /* the image is open: a usage is of an option */
		failed(g, code == SCOV_E_USAGE ? NULL : reference, &err);
	return r;
}

static void finish(struct grading *g, struct scov_report *r, const char *reference)
{
	if (r) {
		write_reports(g, &r, 1, false, reference);
		gates(g, r, reference);
		after(g, r, reference);
	}
	scov_report_free(r);
}

static void one_platform(struct grading *g, const char *reference)
{
	struct scov_image *image;
	struct scov_err err;

	if (scov_image_open(g->context, reference, g->o->platform, &cli_call, &image, &err)) {
		failed(g, reference, &err);
		return;
	}
	finish(g, grade_one(g, image, reference), reference);
	scov_image_free(image);
}

static void stored(struct grading *g, const char *path)
{
	struct scov_report *r = NULL;
	struct scov_err err;

	if (scov_regrade(g->context, path, &g->policy, &cli_call, &r, &err))
		failed(g, path, &err);
	else
		finish(g, r, path);
}

static void all_platforms(struct grading *g, const char *reference)
{
	struct scov_image **images;
	struct scov_err err;
	size_t n, made = 0;

	if (scov_image_open_all(g->context, reference, &cli_call, &images, &n, &err)) {
		failed(g, reference, &err);
		return;
	}
	struct scov_report **reports = arena_array(&g->o->arena, n, sizeof(*reports));

	for (size_t i = 0; reports && i < n && !cli_interrupted; i++) {
		reports[made] = grade_one(g, images[i], reference);
		made += reports[made] != NULL;
	}
	if (made)
		write_reports(g, reports, made, true, reference);
	for (size_t i = 0; i < made; i++) {
		gates(g, reports[i], reference);
		after(g, reports[i], reference);
		scov_report_free(reports[i]);
	}
	scov_images_free(images, n);
}

/* ---- the command ----------------------------------------------------------------------------- */

/* One that is about to be made need not be there. */
static const char *ignore_file(const struct options *o, const struct grading_mode *mode)
{
	const char *file = o->ignore ? o->ignore : CLI_IGNORE;
	bool may_miss = !o->ignore || (mode->secrets_only && o->write_ignore);

	return mode->packages_only || (may_miss && access(file, F_OK)) ? NULL : file;
}

static void fill_policy(struct options *o, const struct grading_mode *mode, struct scov_policy *p)
{
	words *lists[] = { &o->fail_on, &o->skip, &o->trusted, &o->vex, &o->ignore_from,
		&o->build_arg };

	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		const char **end = vec_push(lists[i], &o->arena);

		if (end)
			*end = NULL;
	}
	*p = (struct scov_policy){
		.struct_size = sizeof(*p),
		.profile = o->profile,
		.now = o->now,
		.max_age_days = (uint32_t)o->max_age,
		.accept_privilege_drop = o->accept_privilege_drop,
		.base_image = o->base_image,
		.third_party = o->third_party,
		.require_complete = o->require_complete && !is_part(mode),
		.base = o->base,
		.dockerfile = o->dockerfile,
		.build_args = o->build_arg.p,
		.rebuilt = o->rebuilt,
		.fail_on = o->fail_on.p,
		.skip = o->skip.p,
		.trusted = o->trusted.p,
		.trusted_file = o->trusted_file,
		.ignore_file = ignore_file(o, mode),
		.fingerprint_key = o->fp_key,
		.requirements = o->requirements,
		.vex = o->vex.p,
		.ignore_from = o->ignore_from.p,
		.unrated_fails = o->unrated && !strcmp(o->unrated, "fail"),
		.only_fixed = o->only_fixed,
		.bundles = cli_list(o, &o->bundle),
		.provenance = cli_list(o, &o->provenance),
		.sboms = cli_list(o, &o->sbom),
	};
}

static void run(struct grading *g)
{
	struct scov_err err;

	fill_policy(g->o, g->mode, &g->policy);
	cli_trust(g->o, &g->trust);
	g->policy.trust = &g->trust;
	if (scov_policy_check(g->context, &g->policy, &cli_call, &err)) {
		failed(g, NULL, &err);
		g->status = err.code == SCOV_E_CANCELLED ? EXIT_INTERRUPTED : EXIT_USAGE;
		return;
	}
	if (open_outputs(g, &err)) {
		failed(g, NULL, &err);
		return;
	}
	for (size_t i = 0; i < g->o->arguments.n && !cli_interrupted; i++) {
		if (g->mode->is_stored)
			stored(g, g->o->arguments.p[i]);
		else if (g->o->all_platforms)
			all_platforms(g, g->o->arguments.p[i]);
		else
			one_platform(g, g->o->arguments.p[i]);
	}
	if (cli_interrupted)
		g->status = EXIT_INTERRUPTED;
}

static bool is_platform(const char *text)
{
	struct span rest = span_str(text), part;
	size_t n = 0;

	for (; span_split(&rest, '/', &part); n++)
		if (!part.len)
			return false;
	return (n == 2 || n == 3) && text[strlen(text) - 1] != '/';
}

/* One that is named and not there would make every report incomplete. */
bool cli_has_database(struct options *o)
{
	char text[1400];

	if (!o->database || !strcmp(o->database, "none"))
		return true;
	snprintf(text, sizeof(text), "%s/manifest.json", o->database);
	if (!access(text, F_OK))
		return true;
	snprintf(text, sizeof(text), "--db '%s': not a database of advisories: %s", o->database,
		access(o->database, F_OK) || errno == ENOTDIR ? strerror(errno)
							      : "it has no manifest.json");
	cli_refuse(o, text);
	return false;
}

int cli_grade(struct options *o, const struct grading_mode *mode)
{
	struct grading g = { .o = o, .mode = mode };

	if (!o->arguments.n) {
		char text[160];

		snprintf(text, sizeof(text), "%s: name %s (see scoville %s --help)", mode->command,
			mode->is_stored ? "a report: scoville regrade REPORT.json"
					: arena_printf(&o->arena, "an image: scoville %s REFERENCE",
						  mode->command),
			mode->command);
		cli_complain(text);
		return EXIT_USAGE;
	}
	if (o->platform && !is_platform(o->platform)) {
		cli_refuse(o, "--platform: must be os/architecture[/variant], such as linux/arm64");
		return EXIT_USAGE;
	}
	if (o->platform && o->all_platforms) {
		cli_refuse(o, "--platform and --all-platforms exclude each other");
		return EXIT_USAGE;
	}
	if (!cli_has_database(o))
		return EXIT_USAGE;
	g.context = cli_context(o, &g.status);
	if (!g.context)
		return g.status;
	cli_catch_signals();
	run(&g);
	close_outputs(&g);
	scov_context_free(g.context);
	return g.status;
}

int cmd_grade(struct options *o)
{
	static const struct grading_mode mode = { .command = "grade" };

	return cli_grade(o, &mode);
}
