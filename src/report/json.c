/* json.c - the report as one JSON document on one line. Schema: doc/schema/report.schema.json.
 *
 * Byte-identical for the same input, tables and day: no time of the run, nothing of the cache.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/date.h"
#include "base/err.h"
#include "criteria/criterion.h"
#include "report/purl.h"
#include "report/table.h"
#include "syntax/json.h"

enum { REPORT_SCHEMA = 1 };

static const char *const verdict_names[] = { "not-assessed", "not-met", "met" };
static const char *const class_names[] = { "proved", "observed", "declared", "asserted" };
static const char *const kind_names[] = { "file", "package", "setting", "recipe", "attestation",
	"advisory", "date", "count" };
static const char *const role_names[] = { "decides", "remark", "would-settle" };
static const char *const severity_names[] = { "", "note", "warning", "error" };

static void member(struct json_out *w, const char *key, struct span value)
{
	json_out_key(w, key);
	json_out_text(w, value);
}

static void member_str(struct json_out *w, const char *key, const char *value)
{
	json_out_key(w, key);
	json_out_str(w, value);
}

static void member_int(struct json_out *w, const char *key, int64_t value)
{
	json_out_key(w, key);
	json_out_int(w, value);
}

static void member_digest(struct json_out *w, const char *key, const struct digest *d)
{
	char text[DIGEST_TEXT];

	json_out_key(w, key);
	json_out_str(w, d->algorithm ? digest_format(d, text) : NULL);
}

static void place(struct json_out *w, const struct place *at)
{
	json_out_key(w, "place");
	json_out_dict(w);
	switch (at->kind) {
	case PLACE_FILE:
		if (at->layer >= 0)
			member_int(w, "layer", at->layer);
		member(w, "path", at->path);
		if (at->member.len)
			member(w, "member", at->member);
		if (at->line)
			member_int(w, "line", at->line);
		break;
	case PLACE_LAYER:
		member_int(w, "layer", at->layer);
		break;
	case PLACE_CONFIG:
		member(w, "config", at->path);
		break;
	case PLACE_HISTORY:
		member_int(w, "history", at->line);
		break;
	case PLACE_MANIFEST:
		member(w, "manifest", at->path);
		break;
	case PLACE_RECIPE:
		member(w, "recipe", at->path);
		member_int(w, "line", at->line);
		break;
	case PLACE_ATTESTATION:
		member(w, "attestation", at->path);
		break;
	default:
		break;
	}
	json_out_end(w);
}

static void grade(struct json_out *w, const char *name, const struct grade_report *g)
{
	json_out_key(w, name);
	json_out_dict(w);
	member_str(w, "grade", grade_names[g->grade]);
	member_str(w, "ceiling", grade_names[g->ceiling]);
	member_int(w, "met", g->met);
	member_int(w, "assessed", g->assessed);
	member_int(w, "total", g->total);
	member_int(w, "level", g->level);
	member_int(w, "level_of", g->level_of);
	json_out_end(w);
}

static void evidence(struct json_out *w, const struct evidence *e)
{
	json_out_dict(w);
	member_str(w, "kind", kind_names[e->kind]);
	member_str(w, "role", role_names[e->role]);
	member_str(w, "class", class_names[e->class]);
	place(w, &e->at);
	member(w, "what", e->what);
	member(w, "why", e->why);
	json_out_key(w, "number");
	if (e->has_number)
		json_out_int(w, e->number);
	else
		json_out_null(w);
	json_out_end(w);
}

static void criterion(struct json_out *w, const struct criterion_report *c)
{
	json_out_dict(w);
	member_str(w, "id", c->criterion->id);
	member_str(w, "title", c->criterion->title);
	member_str(w, "vector", vector_names[c->criterion->vector]);
	member_int(w, "level", c->criterion->level);
	member_str(w, "verdict", verdict_names[c->verdict]);
	member_str(w, "class", class_names[c->class]);
	member(w, "reason", c->reason);
	member(w, "fix", c->fix);
	json_out_key(w, "settled_by");
	json_out_list(w);
	for (size_t i = 0; i < c->settled_by.n; i++)
		json_out_text(w, c->settled_by.p[i]);
	json_out_end(w);
	member_int(w, "waived", (int64_t)c->waived);
	json_out_key(w, "evidence");
	json_out_list(w);
	for (size_t i = 0; i < c->evidence.n; i++)
		evidence(w, &c->evidence.p[i]);
	json_out_end(w);
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
	member(w, "reference", r->reference);
	member(w, "transport", r->transport);
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
		member_int(w, "size", (int64_t)l->blob_size);
		member(w, "history", l->history);
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
	static const char *const types[] = { "", "deb", "apk", "rpm", "opkg", "chisel" };

	json_out_key(w, "packages");
	json_out_list(w);
	for (size_t i = 0; i < f->packages.n; i++) {
		const struct image_package *p = &f->packages.p[i];
		scoped_buf struct buf purl = { 0 };

		purl_of(p->fact, &f->distribution, &purl);
		json_out_dict(w);
		member_str(w, "type", types[p->fact->type]);
		member(w, "name", p->fact->name);
		member(w, "version", p->fact->version);
		member(w, "arch", p->fact->arch);
		member(w, "source", p->fact->source);
		member(w, "purl", buf_view(&purl));
		member_int(w, "layer", p->layer);
		member_int(w, "files", p->files);
		json_out_end(w);
	}
	json_out_end(w);
}

static void diagnostics(struct json_out *w, const struct report *r)
{
	json_out_key(w, "diagnostics");
	json_out_list(w);
	for (size_t i = 0; i < r->diags.n; i++) {
		const struct diagnostic *d = &r->diags.p[i];

		json_out_dict(w);
		member_str(w, "severity", severity_names[d->severity]);
		place(w, &d->at);
		member(w, "text", d->text);
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
		member_str(w, "id", s->criterion->id);
		member(w, "action", s->action);
		member_str(w, "grade_after", grade_names[s->grade_after]);
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
		member(w, "id", v->id);
		member(w, "path", v->path);
		member_str(w, "until", date_format_day(v->until, day));
		member(w, "reason", v->reason);
		member_int(w, "findings", (int64_t)v->findings);
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
		member(w, "gate", r->gates.p[i].text);
		json_out_key(w, "passed");
		json_out_bool(w, r->gates.p[i].passed);
		member(w, "why", r->gates.p[i].why);
		json_out_end(w);
	}
	json_out_end(w);
}

static void whole(struct json_out *w, const struct report *r)
{
	json_out_dict(w);
	member_int(w, "schema", REPORT_SCHEMA);
	member_str(w, "scoville", SCOV_VERSION);
	member(w, "rules", r->rules);
	member(w, "profile", r->profile);
	subject(w, r);
	json_out_key(w, "grades");
	json_out_dict(w);
	grade(w, "overall", &r->overall);
	for (size_t v = 0; v < VECTORS; v++)
		grade(w, vector_names[v], &r->vectors[v]);
	json_out_end(w);
	json_out_key(w, "criteria");
	json_out_list(w);
	for (size_t i = 0; i < r->criteria.n; i++)
		criterion(w, &r->criteria.p[i]);
	json_out_end(w);
	steps(w, r);
	gates(w, r);
	waived(w, r);
	layers(w, r->image);
	packages(w, r->image);
	diagnostics(w, r);
	json_out_end(w);
}

static int write_one(const struct report *r, const struct write_options *o, struct buf *out,
	struct scov_err *err)
{
	struct json_out w = { .out = out };

	(void)o;
	whole(&w, r);
	buf_byte(out, '\n');
	return out->failed ? err_fail(err, SCOV_E_MEMORY, "no memory for the report") : 0;
}

/* ---- all platforms --------------------------------------------------------------------------- */

static bool differs(const struct report *const *r, size_t n, size_t c)
{
	for (size_t i = 1; i < n; i++)
		if (r[i]->criteria.p[c].verdict != r[0]->criteria.p[c].verdict)
			return true;
	return false;
}

static void differences(struct json_out *w, const struct report *const *r, size_t n)
{
	json_out_key(w, "differences");
	json_out_list(w);
	for (size_t c = 0; n && c < r[0]->criteria.n; c++) {
		if (!differs(r, n, c))
			continue;
		json_out_dict(w);
		member_str(w, "id", r[0]->criteria.p[c].criterion->id);
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

	(void)o;
	json_out_dict(&w);
	member_int(&w, "schema", REPORT_SCHEMA);
	json_out_key(&w, "subject");
	json_out_dict(&w);
	member(&w, "reference", n ? r[0]->reference : (struct span){ 0 });
	member(&w, "transport", n ? r[0]->transport : (struct span){ 0 });
	json_out_end(&w);
	json_out_key(&w, "platforms");
	json_out_list(&w);
	for (size_t i = 0; i < n; i++)
		whole(&w, r[i]);
	json_out_end(&w);
	differences(&w, r, n);
	json_out_end(&w);
	buf_byte(out, '\n');
	return out->failed ? err_fail(err, SCOV_E_MEMORY, "no memory for the reports") : 0;
}

const struct writer json_writer = { .name = "json",
	.help = "one JSON object a report",
	.write = write_one,
	.write_platforms = write_platforms };
