/* report.c - what a report says: status, verdicts, formats.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "report/report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "api/api.h"
#include "base/err.h"
#include "base/outfile.h"
#include "criteria/criterion.h"
#include "report/secrets.h"

int scov_report_status(const struct scov_report *r)
{
	if (r->report.has_error || (r->grading.policy.require_complete && !r->report.complete))
		return SCOV_INCOMPLETE;
	return r->report.gates_passed ? SCOV_GRADED : SCOV_GATE_FAILED;
}

bool scov_report_searched(const struct scov_report *r)
{
	struct secrets_summary sum;

	secrets_sum(&r->report, &sum);
	return sum.is_complete;
}

const char *scov_report_grade(const struct scov_report *r, const char *vector)
{
	if (!vector)
		return grade_names[r->report.overall.grade];
	for (size_t v = 0; v < VECTORS; v++)
		if (!strcmp(vector, vector_names[v]))
			return grade_names[r->report.vectors[v].grade];
	return NULL;
}

const char *scov_report_verdict(const struct scov_report *r, const char *id)
{
	for (size_t i = 0; i < r->report.criteria.n; i++)
		if (!strcmp(r->report.criteria.p[i].criterion->id, id))
			return verdict_names[r->report.criteria.p[i].verdict];
	return NULL;
}

static char *gates_text(struct scov_report *r)
{
	scoped_buf struct buf b = { 0 };

	for (size_t i = 0; i < r->report.gates.n; i++) {
		const struct gate_result *g = &r->report.gates.p[i];

		if (!g->passed)
			buf_printf(&b, "%s%.*s: %.*s", b.len ? "\n" : "", SPAN_ARG(g->text),
				SPAN_ARG(g->why));
	}
	return arena_cstr(&r->arena, buf_view(&b));
}

const char *scov_report_unlisted(const struct scov_report *r)
{
	struct scov_report *mine = (struct scov_report *)(uintptr_t)r; /* memo */

	if (!mine->unlisted)
		mine->unlisted = arena_cstr(&mine->arena, image_unlisted(&r->facts));
	return mine->unlisted ? mine->unlisted : "no memory";
}

bool scov_report_matched(const struct scov_report *r)
{
	return r->report.matches && !r->report.matches->gaps.n;
}

const char *scov_report_platform(const struct scov_report *r)
{
	struct scov_report *mine = (struct scov_report *)(uintptr_t)r; /* memo */
	const struct platform *p = &r->report.image->platform;

	if (!mine->platform && p->os.len)
		mine->platform = arena_printf(&mine->arena, "%.*s/%.*s%s%.*s", SPAN_ARG(p->os),
			SPAN_ARG(p->architecture), p->variant.len ? "/" : "", SPAN_ARG(p->variant));
	return mine->platform ? mine->platform : "";
}

const char *scov_report_gates(const struct scov_report *r)
{
	struct scov_report *mine = (struct scov_report *)(uintptr_t)r; /* memo */

	if (!mine->gates)
		mine->gates = gates_text(mine);
	return mine->gates ? mine->gates : "";
}

static void first_error(const struct report *r, struct buf *b)
{
	size_t n = 0;

	for (size_t i = 0; i < r->diags.n; i++) {
		const struct diagnostic *d = &r->diags.p[i];

		if (d->severity != DIAG_ERROR || n++)
			continue;
		if (d->at.layer >= 0 && (d->at.kind == PLACE_LAYER || d->at.kind == PLACE_FILE))
			buf_printf(b, "layer %d: ", d->at.layer);
		buf_span(b, d->text);
	}
	if (n > 1)
		buf_printf(b, ", and %zu more %s", n - 1, n == 2 ? "error" : "errors");
}

static char *incomplete_text(struct scov_report *r)
{
	const struct report *p = &r->report;
	scoped_buf struct buf b = { 0 };
	struct secrets_summary sum;

	secrets_sum(p, &sum);
	if (p->has_error) {
		first_error(p, &b);
	} else if (r->grading.policy.require_complete && !p->complete) {
		buf_str(&b, "not assessed:");
		for (size_t i = 0; i < p->criteria.n; i++)
			if (p->criteria.p[i].verdict == NOT_ASSESSED)
				buf_printf(&b, " %s", p->criteria.p[i].criterion->id);
	} else if (!sum.is_complete) {
		buf_printf(&b, "not everything was searched: %.*s", SPAN_ARG(sum.missing));
	} else if (!p->matches) {
		buf_span(&b, report_unmatched(p));
	} else if (p->matches->gaps.n) {
		buf_printf(&b, "not everything was matched: %.*s",
			SPAN_ARG(p->matches->gaps.p[0].text));
	}
	return arena_cstr(&r->arena, buf_view(&b));
}

const char *scov_report_incomplete(const struct scov_report *r)
{
	struct scov_report *mine = (struct scov_report *)(uintptr_t)r; /* memo */

	if (!mine->incomplete)
		mine->incomplete = incomplete_text(mine);
	return mine->incomplete ? mine->incomplete : "";
}

/* ---- formats --------------------------------------------------------------------------------- */

static const struct writer *find(const char *format, bool is_folder, struct scov_err *err)
{
	const struct writer *w = writer_find(span_str(format));

	if (!w)
		err_fail(err, SCOV_E_USAGE, "no such format: '%s'", format);
	else if (w->is_folder == is_folder)
		return w;
	else
		err_fail(err, SCOV_E_USAGE, "format '%s' %s", format,
			w->is_folder ? "is a folder of files: name it with =DIR" : "is one file");
	return NULL;
}

int api_write_options(
	const struct scov_format_options *given, struct write_options *out, struct scov_err *err)
{
	struct scov_format_options known = { 0 };

	if (given && api_options(given, given->struct_size, &known, sizeof(known), "format options",
			     err))
		return err->code;
	*out = (struct write_options){ known.color, known.verbose, known.quiet, known.timings,
		known.secrets_only, known.vulns_only, known.only_fixed, known.all, known.utf8,
		known.width };
	return 0;
}

int api_deliver(const struct buf *b, scov_write write, void *ctx, struct scov_err *err)
{
	if (b->failed)
		return err_memory(err);
	if (write(ctx, b->p, b->len) < 0)
		return err_fail(err, SCOV_E_IO, "the output could not be written");
	return 0;
}

int scov_report_write(const struct scov_report *r, const char *format,
	const struct scov_format_options *opt, scov_write write, void *ctx, struct scov_err *err)
{
	scoped_buf struct buf b = { 0 };
	struct write_options o;
	struct scov_err mine;

	if (!err)
		err = &mine;
	const struct writer *w = find(format, false, err);

	if (!w || api_write_options(opt, &o, err))
		return err->code;
	int code = w->write(&r->report, &o, &b, err);

	return code ? code : api_deliver(&b, write, ctx, err);
}

int scov_reports_write(struct scov_report *const *r, size_t count, const char *format,
	const struct scov_format_options *opt, scov_write write, void *ctx, struct scov_err *err)
{
	scoped_buf struct buf b = { 0 };
	scoped_arena struct arena a = { 0 };
	struct write_options o;
	struct scov_err mine;

	if (!err)
		err = &mine;
	const struct writer *w = find(format, false, err);
	const struct report **list = arena_array(&a, count, sizeof(*list));

	if (!w || api_write_options(opt, &o, err))
		return err->code;
	if (!list)
		return err_memory(err);
	for (size_t i = 0; i < count; i++)
		list[i] = &r[i]->report;
	int code = report_write_platforms(w, list, count, &o, &b, err);

	return code ? code : api_deliver(&b, write, ctx, err);
}

/* ---- a folder of files: all of them can be written, then all are ----------------------------- */

enum { FOLDER_FILES_MAX = 64 };

struct folder_file {
	struct outfile out;
	char name[PATH_MAX];
};

static int fill_file(struct folder_file *f, const char *folder, const char *name,
	const struct buf *text, struct scov_err *err)
{
	snprintf(f->name, sizeof(f->name), "%s/%s", folder, name);
	if (outfile_open(&f->out, f->name, err))
		return err->code;
	if (text->failed || outfile_write(&f->out, text->p, text->len))
		return text->failed
			       ? err_memory(err)
			       : err_fail(err, SCOV_E_IO, "'%s': %s", f->name, strerror(errno));
	return 0;
}

static int fill_folder(const struct scov_report *r, const struct writer *w, const char *folder,
	struct folder_file *files, size_t *n, struct scov_err *err)
{
	int code = 0;

	for (*n = 0; !code && *n < FOLDER_FILES_MAX; ++*n) {
		scoped_buf struct buf b = { 0 };
		const char *name;

		if (!w->file(&r->report, *n, &name, &b))
			break;
		code = fill_file(&files[*n], folder, name, &b, err);
	}
	return code;
}

int scov_report_write_folder(
	const struct scov_report *r, const char *format, const char *folder, struct scov_err *err)
{
	struct scov_err mine;
	size_t n = 0;

	if (!err)
		err = &mine;
	const struct writer *w = find(format, true, err);

	if (!w)
		return err->code;
	if (mkdir(folder, 0777) && errno != EEXIST)
		return err_fail(err, SCOV_E_IO, "'%s': %s", folder, strerror(errno));
	struct folder_file *files = mem_alloc(FOLDER_FILES_MAX * sizeof(*files));

	if (!files)
		return err_memory(err);
	int code = fill_folder(r, w, folder, files, &n, err);

	for (size_t i = 0; i < n; i++) {
		if (!code)
			code = outfile_commit(&files[i].out, err);
		outfile_release(&files[i].out);
	}
	mem_free(files);
	return code;
}

const char *scov_format_name(size_t i, bool *is_folder, const char **help)
{
	for (size_t k = 0; writers[k]; k++) {
		if (k != i)
			continue;
		if (is_folder)
			*is_folder = writers[k]->is_folder;
		if (help)
			*help = writers[k]->help;
		return writers[k]->name;
	}
	return NULL;
}

bool scov_criterion_at(size_t i, struct scov_criterion *out)
{
	if (i >= CRITERIA)
		return false;
	const struct criterion *c = criteria[i];

	*out = (struct scov_criterion){
		.id = c->id,
		.title = c->title,
		.vector = vector_names[c->vector],
		.rule = c->rule,
		.fix = c->fix,
		.level = c->level,
		.level_name = level_names[c->level],
	};
	return true;
}
