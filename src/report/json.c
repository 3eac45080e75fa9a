/* json.c - the report as one JSON document on one line. Schema: doc/schema/report.schema.json.
 *
 * Byte-identical for the same input, tables and day: no time of the run, nothing of the cache.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/date.h"
#include "base/err.h"
#include "criteria/criterion.h"
#include "report/json_parts.h"
#include "report/purl.h"
#include "report/table.h"
#include "report/trust.h"

enum {
	REPORT_SCHEMA = 1,
	SUBJECTS_MAX = 100000 /* of one remedy; `count` has them all */
};

static void member_digest(struct json_out *w, const char *key, const struct digest *d)
{
	char text[DIGEST_TEXT];

	json_out_key(w, key);
	json_out_str(w, d->algorithm ? digest_format(d, text) : NULL);
}

static void grade(struct json_out *w, const char *name, const struct grade_report *g)
{
	json_out_key(w, name);
	json_out_dict(w);
	json_member_str(w, "grade", grade_names[g->grade]);
	json_member_str(w, "ceiling", grade_names[g->ceiling]);
	json_member_int(w, "met", g->met);
	json_member_int(w, "assessed", g->assessed);
	json_member_int(w, "total", g->total);
	json_member_int(w, "level", g->level);
	json_member_int(w, "level_of", g->level_of);
	json_out_end(w);
}

static void remedy(struct json_out *w, const struct remedy *r)
{
	json_out_dict(w);
	json_member_str(w, "action", remedy_name(r->action));
	json_member(w, "value", r->value);
	json_member_int(w, "count", (int64_t)r->subjects.n);
	json_out_key(w, "subjects");
	json_out_list(w);
	for (size_t i = 0; i < r->subjects.n && i < SUBJECTS_MAX; i++)
		json_out_text(w, r->subjects.p[i]);
	json_out_end(w);
	json_member(w, "note", r->note);
	json_out_end(w);
}

static void criterion(struct json_out *w, const struct criterion_report *c)
{
	json_out_dict(w);
	json_member_str(w, "id", c->criterion->id);
	json_member_str(w, "title", c->criterion->title);
	json_member_str(w, "vector", vector_names[c->criterion->vector]);
	json_member_int(w, "level", c->criterion->level);
	json_member_str(w, "verdict", verdict_names[c->verdict]);
	json_member_str(w, "class", json_class_names[c->class]);
	json_member(w, "reason", c->reason);
	json_member(w, "fix", c->fix);
	json_out_key(w, "remedy");
	json_out_list(w);
	for (size_t i = 0; i < c->remedies.n; i++)
		remedy(w, &c->remedies.p[i]);
	json_out_end(w);
	json_out_key(w, "settled_by");
	json_out_list(w);
	for (size_t i = 0; i < c->settled_by.n; i++)
		json_out_text(w, c->settled_by.p[i]);
	json_out_end(w);
	json_member_int(w, "waived", (int64_t)c->waived);
	json_evidence(w, &c->evidence);
	json_out_end(w);
}

static void subject(struct json_out *w, const struct report *r)
{
	const struct platform *p = &r->image->platform;
	scoped_buf struct buf text = { 0 };

	buf_printf(&text, "%.*s/%.*s%s%.*s", SPAN_ARG(p->os), SPAN_ARG(p->architecture),
		p->variant.len ? "/" : "", SPAN_ARG(p->variant));
	json_out_key(w, "subject");
	json_out_dict(w);
	json_member(w, "reference", r->reference);
	json_member(w, "transport", r->transport);
	member_digest(w, "digest", &r->image->manifest_digest);
	member_digest(w, "index_digest", &r->image->index_digest);
	member_digest(w, "config_digest", &r->image->config_digest);
	json_out_key(w, "platform");
	json_out_str(w, p->os.len || p->architecture.len ? text.p : NULL);
	json_out_end(w);
}

static void layers(struct json_out *w, const struct image_facts *f)
{
	json_out_key(w, "layers");
	json_out_list(w);
	for (size_t i = 0; i < f->layers_n; i++) {
		const struct image_layer *l = &f->layers[i];

		json_out_dict(w);
		member_digest(w, "digest", &l->digest);
		member_digest(w, "diff_id", &l->diff_id);
		json_member_int(w, "size", (int64_t)l->blob_size);
		json_member(w, "history", l->history);
		json_out_key(w, "readable");
		json_out_bool(w, l->readable);
		json_out_key(w, "base");
		json_out_bool(w, l->is_base);
		json_out_end(w);
	}
	json_out_end(w);
}

static void packages(struct json_out *w, const struct image_facts *f)
{
	json_out_key(w, "packages");
	json_out_list(w);
	for (size_t i = 0; i < f->packages.n; i++) {
		const struct image_package *p = &f->packages.p[i];
		scoped_buf struct buf purl = { 0 };

		purl_of(p->fact, &f->distribution, &purl);
		json_out_dict(w);
		json_member_str(w, "type", package_row(p->fact->type)->name);
		json_member(w, "name", p->fact->name);
		json_member(w, "version", p->fact->version);
		json_member(w, "arch", p->fact->arch);
		json_member(w, "source", p->fact->source);
		json_member(w, "source_version", p->fact->source_version);
		json_member(w, "module", p->fact->module);
		json_member(w, "vendor", p->fact->vendor);
		json_member(w, "license", p->fact->license);
		json_member(w, "purl", buf_view(&purl));
		json_member(w, "path", p->at.path);
		json_member(w, "member", p->at.member);
		json_layer(w, p, f);
		json_member_int(w, "files", p->files);
		json_member_int(w, "copies", p->copies);
		json_member(w, "owner", p->owner ? p->owner->name : (struct span){ 0 });
		json_member_bool(w, "main", p->fact->is_main);
		json_member_bool(w, "executable", p->has_executable);
		json_out_end(w);
	}
	json_out_end(w);
}

/* Programs of no package: of the image itself. */
static void unowned(struct json_out *w, const struct image_facts *image)
{
	json_out_key(w, "unowned");
	json_out_list(w);
	for (size_t i = 0; i < image->files.n; i++) {
		const struct file *f = &image->files.p[i];

		if (file_is_program(f) && !f->owner && !(f->exec->flags & EXEC_LISTED))
			json_out_text(w, f->path);
	}
	json_out_end(w);
}

static void distribution(struct json_out *w, const struct image_facts *f)
{
	const struct distribution *d = &f->distribution;

	json_out_key(w, "distribution");
	if (!d->is_known) {
		json_out_null(w);
		return;
	}
	json_out_dict(w);
	json_member(w, "id", d->id);
	json_member(w, "version_id", d->version_id);
	json_member(w, "codename", d->codename);
	json_member(w, "name", d->pretty_name.len ? d->pretty_name : d->name);
	json_out_key(w, "repositories");
	json_out_list(w);
	for (size_t i = 0; i < d->branches.n; i++)
		json_out_text(w, d->branches.p[i]);
	json_out_end(w);
	json_out_end(w);
}

/* Inputs of the image that were not there or not whole. */
static void incomplete(struct json_out *w, const struct image_facts *f)
{
	json_out_key(w, "incomplete");
	json_out_list(w);
	for (size_t i = 0; i < INPUTS; i++) {
		uint32_t bit = input_rows[i].bit;

		if (f->inputs & bit || INPUTS_OUTSIDE & bit)
			continue;
		json_out_dict(w);
		json_member_str(w, "input", input_rows[i].name);
		json_member(w, "why", f->inputs_missing[i]);
		json_out_end(w);
	}
	json_out_end(w);
	json_member_bool(w, "database_removed", f->database_removed);
}

static void diagnostics(struct json_out *w, const struct report *r)
{
	json_out_key(w, "diagnostics");
	json_out_list(w);
	for (size_t i = 0; i < r->diags.n; i++) {
		const struct diagnostic *d = &r->diags.p[i];

		json_out_dict(w);
		json_member_str(w, "severity", severity_names[d->severity]);
		json_place(w, &d->at);
		json_member(w, "text", d->text);
		json_out_end(w);
	}
	json_out_end(w);
}

static void step_criteria(struct json_out *w, const struct step *s)
{
	json_out_key(w, "criteria");
	json_out_list(w);
	for (size_t i = 0; i < CRITERIA; i++) {
		if (!(s->settles >> i & 1))
			continue;
		json_out_dict(w);
		json_member_str(w, "id", criteria[i]->id);
		json_member_str(w, "after",
			verdict_names[s->met >> i & 1     ? MET
				      : s->stays >> i & 1 ? NOT_MET
							  : NOT_ASSESSED]);
		json_out_end(w);
	}
	json_out_end(w);
}

static void steps(struct json_out *w, const struct report *r)
{
	json_out_key(w, "steps");
	json_out_list(w);
	for (size_t i = 0; i < r->steps.n; i++) {
		const struct step *s = &r->steps.p[i];

		json_out_dict(w);
		step_criteria(w, s);
		json_out_key(w, "lines");
		json_out_list(w);
		for (size_t k = 0; k < s->lines.n; k++) {
			json_out_dict(w);
			json_member(w, "text", s->lines.p[k].text);
			json_member_bool(w, "command", s->lines.p[k].is_command);
			json_out_end(w);
		}
		json_out_end(w);
		json_member_str(w, "grade_after", grade_names[s->grade_after]);
		json_out_key(w, "vectors_after");
		json_out_dict(w);
		for (size_t v = 0; v < VECTORS; v++)
			json_member_str(w, vector_names[v], grade_names[s->vector_grade_after[v]]);
		json_out_end(w);
		json_out_end(w);
	}
	json_out_end(w);
}

static void waived(struct json_out *w, const struct report *r)
{
	char day[DATE_TEXT];

	json_out_key(w, "ignored");
	json_out_list(w);
	for (size_t i = 0; i < r->waived.n; i++) {
		const struct waived *v = &r->waived.p[i];

		json_out_dict(w);
		json_member(w, "id", v->id);
		json_member(w, "path", v->path);
		json_member_str(w, "until", date_format_day(v->until, day));
		json_member(w, "reason", v->reason);
		json_member_int(w, "findings", (int64_t)v->findings);
		json_out_end(w);
	}
	json_out_end(w);
}

static void gates(struct json_out *w, const struct report *r)
{
	json_out_key(w, "gates");
	json_out_list(w);
	for (size_t i = 0; i < r->gates.n; i++) {
		json_out_dict(w);
		json_member(w, "gate", r->gates.p[i].text);
		json_out_key(w, "passed");
		json_out_bool(w, r->gates.p[i].passed);
		json_member(w, "why", r->gates.p[i].why);
		json_out_end(w);
	}
	json_out_end(w);
}

static void head(struct json_out *w, const struct report *r)
{
	json_member_int(w, "schema", REPORT_SCHEMA);
	json_member_str(w, "scoville", SCOV_VERSION);
	json_member(w, "rules", r->rules);
	json_member(w, "profile", r->profile);
	subject(w, r);
}

static void grades(struct json_out *w, const struct report *r)
{
	json_out_key(w, "grades");
	json_out_dict(w);
	grade(w, "overall", &r->overall);
	for (size_t v = 0; v < VECTORS; v++)
		grade(w, vector_names[v], &r->vectors[v]);
	json_out_end(w);
}

static void all_criteria(struct json_out *w, const struct report *r)
{
	const struct json *stored = json_get(r->stored, "criteria");

	json_out_key(w, "criteria");
	json_out_list(w);
	for (size_t i = 0; i < r->criteria.n; i++)
		if (stored && r->criteria.p[i].criterion->vector != VULNERABILITIES)
			json_out_value(w, json_at(stored, i));
		else
			criterion(w, &r->criteria.p[i]);
	json_out_end(w);
}

static void verdicts(struct json_out *w, const struct report *r)
{
	grades(w, r);
	all_criteria(w, r);
	steps(w, r);
}

static void vulnerabilities(struct json_out *w, const struct report *r)
{
	json_vulnerabilities(w, r, false);
}

static void nothing(struct json_out *w, const struct report *r)
{
	(void)w;
	(void)r;
}

/* A stored report with what was judged again; all else is as it was. */
static void again(struct json_out *w, const struct report *r)
{
	static const struct {
		const char *key;
		void (*write)(struct json_out *w, const struct report *r);
	} rows[] = { { "grades", grades }, { "criteria", all_criteria }, { "steps", steps },
		{ "gates", gates }, { "diagnostics", diagnostics }, { "database", vulnerabilities },
		{ "vulnerabilities", nothing } };

	json_out_dict(w);
	for (size_t i = 0; i < json_count(r->stored); i++) {
		const struct json *v = json_at(r->stored, i);
		size_t k = 0;

		while (k < sizeof(rows) / sizeof(*rows) &&
			!span_eq(json_name(v), span_str(rows[k].key)))
			k++;
		if (k < sizeof(rows) / sizeof(*rows)) {
			rows[k].write(w, r);
			continue;
		}
		json_out_key_span(w, json_name(v));
		json_out_value(w, v);
	}
	json_out_end(w);
}

static void attached(struct json_out *w, const struct report *r)
{
	const struct trust *t = r->trust;
	char day[DATE_TEXT];

	json_out_key(w, "attached");
	json_out_dict(w);
	json_member_bool(w, "searched", t && t->is_searched);
	json_member(w, "not_searched", t ? t->not_searched : (struct span){ 0 });
	json_member_bool(w, "expected_signers", t && t->has_policy);
	json_member_str(w, "trust_root",
		t && t->root_date ? date_format_day(date_day(t->root_date), day) : NULL);
	json_member_int(w, "passed_over", t ? (int64_t)t->passed_over : 0);
	json_out_end(w);
	json_trust(w, t, &r->image->distribution);
}

/* Of one part alone: no grade, no criterion, no package. */
static void whole(struct json_out *w, const struct report *r, const struct write_options *o)
{
	bool is_whole = !o->secrets_only && !o->vulns_only;

	json_out_dict(w);
	head(w, r);
	if (is_whole)
		verdicts(w, r);
	if (!o->vulns_only) {
		json_secrets(w, r, o->all);
		json_requirements(w, r);
	}
	if (is_whole)
		attached(w, r);
	if (!o->secrets_only)
		json_vulnerabilities(w, r, o->only_fixed);
	gates(w, r);
	waived(w, r);
	layers(w, r->image);
	if (is_whole) {
		incomplete(w, r->image);
		distribution(w, r->image);
		packages(w, r->image);
		unowned(w, r->image);
	}
	diagnostics(w, r);
	json_out_end(w);
}

static int write_one(const struct report *r, const struct write_options *o, struct buf *out,
	struct scov_err *err)
{
	struct json_out w = { .out = out };

	if (r->stored)
		again(&w, r);
	else
		whole(&w, r, o);
	buf_byte(out, '\n');
	return out->failed ? err_memory(err) : 0;
}

/* ---- all platforms --------------------------------------------------------------------------- */

static void differences(struct json_out *w, const struct report *const *r, size_t n)
{
	json_out_key(w, "differences");
	json_out_list(w);
	for (size_t c = 0; n && c < r[0]->criteria.n; c++) {
		if (!report_differs(r, n, c))
			continue;
		json_out_dict(w);
		json_member_str(w, "id", r[0]->criteria.p[c].criterion->id);
		json_out_key(w, "verdicts");
		json_out_list(w);
		for (size_t i = 0; i < n; i++)
			json_out_str(w, verdict_names[r[i]->criteria.p[c].verdict]);
		json_out_end(w);
		json_out_end(w);
	}
	json_out_end(w);
}

static int write_platforms(const struct report *const *r, size_t n, const struct write_options *o,
	struct buf *out, struct scov_err *err)
{
	struct json_out w = { .out = out };

	json_out_dict(&w);
	json_member_int(&w, "schema", REPORT_SCHEMA);
	json_out_key(&w, "subject");
	json_out_dict(&w);
	json_member(&w, "reference", n ? r[0]->reference : (struct span){ 0 });
	json_member(&w, "transport", n ? r[0]->transport : (struct span){ 0 });
	json_out_end(&w);
	json_out_key(&w, "platforms");
	json_out_list(&w);
	for (size_t i = 0; i < n; i++)
		whole(&w, r[i], o);
	json_out_end(&w);
	if (!o->secrets_only && !o->vulns_only)
		differences(&w, r, n);
	json_out_end(&w);
	buf_byte(out, '\n');
	return out->failed ? err_memory(err) : 0;
}

const struct writer json_writer = { .name = "json",
	.help = "one JSON object per report",
	.write = write_one,
	.write_platforms = write_platforms };
