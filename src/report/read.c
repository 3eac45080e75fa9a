/* read.c - our own JSON report, read back.
 *
 * What is not known of it is an error or left out, never guessed: a criterion that is missing, or
 * has a verdict that is not one, refuses the report.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "report/read.h"

#include <stdlib.h>

#include "criteria/criterion.h"
#include "report/json_parts.h"

enum { SCHEMA = 1, LAYERS_MAX = 4096, EVIDENCE_MAX = 4000 };

struct reading {
	struct arena *a;
	struct image_facts *image;
	struct report *out;
	struct scov_err *err;
};

#define BAD(r, ...) err_fail((r)->err, SCOV_E_FORMAT, "report: " __VA_ARGS__)

/* The place of a name in a table; n: none. */
static size_t named(struct span name, const char *const *names, size_t n)
{
	size_t i = 0;

	while (i < n && !span_eq(name, span_str(names[i])))
		i++;
	return i;
}

static uint64_t number(const struct json *dict, const char *key, uint64_t max)
{
	uint64_t v = 0;

	return json_uint(json_get(dict, key), max, &v) ? v : 0;
}

/* ---- places ---------------------------------------------------------------------------------- */

static struct place place_of(const struct json *v)
{
	static const struct {
		const char *key;
		uint8_t kind;
	} kinds[] = { { "config", PLACE_CONFIG }, { "manifest", PLACE_MANIFEST },
		{ "recipe", PLACE_RECIPE }, { "attestation", PLACE_ATTESTATION },
		{ "path", PLACE_FILE } };
	struct place at = { .layer = NO_LAYER };

	if (json_get(v, "layer")) {
		at.kind = PLACE_LAYER;
		at.layer = (int32_t)number(v, "layer", LAYERS_MAX);
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (json_get(v, kinds[i].key)) {
			at.kind = kinds[i].kind;
			at.path = json_get_text(v, kinds[i].key);
		}
	if (json_get(v, "history"))
		return place_history((uint32_t)number(v, "history", UINT32_MAX));
	at.member = json_get_text(v, "member");
	at.line = (uint32_t)number(v, "line", UINT32_MAX);
	return at;
}

/* ---- criteria -------------------------------------------------------------------------------- */

static void read_evidence(struct reading *r, const struct json *list, evidences *out)
{
	for (size_t i = 0; i < json_count(list) && i < EVIDENCE_MAX; i++) {
		const struct json *v = json_at(list, i);
		size_t kind = named(json_get_text(v, "kind"), json_kind_names, EV_KINDS);
		size_t role = named(json_get_text(v, "role"), json_role_names, EV_ROLES);
		size_t class = named(json_get_text(v, "class"), json_class_names, EV_CLASSES);
		struct evidence e = { .kind = (uint8_t)kind,
			.role = (uint8_t)role,
			.class = (uint8_t) class,
			.at = place_of(json_get(v, "place")),
			.what = json_get_text(v, "what"),
			.why = json_get_text(v, "why") };

		e.has_number = json_int(json_get(v, "number"), &e.number);
		if (kind < EV_KINDS && role < EV_ROLES && class < EV_CLASSES)
			vec_add(out, r->a, &e);
	}
}

static int read_criterion(struct reading *r, const struct criterion *row, const struct json *v)
{
	size_t verdict = named(json_get_text(v, "verdict"), verdict_names, VERDICTS);
	size_t class = named(json_get_text(v, "class"), json_class_names, EV_CLASSES);
	const struct json *needs = json_get(v, "settled_by");
	struct criterion_report *c = vec_push(&r->out->criteria, r->a);

	if (!c)
		return arena_check(r->a, r->err);
	if (!span_eq(json_get_text(v, "id"), span_str(row->id)) || verdict == VERDICTS ||
		class == EV_CLASSES)
		return BAD(r, "no verdict on %s", row->id);
	*c = (struct criterion_report){ .criterion = row,
		.verdict = (uint8_t)verdict,
		.class = (uint8_t) class,
		.reason = json_get_text(v, "reason"),
		.fix = json_get_text(v, "fix"),
		.waived = (size_t)number(v, "waived", UINT32_MAX) };
	for (size_t i = 0; i < json_count(needs); i++) {
		struct span one = json_text(json_at(needs, i));

		vec_add(&c->settled_by, r->a, &one);
	}
	read_evidence(r, json_get(v, "evidence"), &c->evidence);
	return 0;
}

static int read_criteria(struct reading *r, const struct json *list)
{
	if (json_count(list) != CRITERIA)
		return BAD(r, "not one of all %d criteria", CRITERIA);
	for (size_t i = 0; i < CRITERIA; i++)
		if (read_criterion(r, criteria[i], json_at(list, i)))
			return r->err->code;
	return 0;
}

/* ---- steps ----------------------------------------------------------------------------------- */

static void read_step(struct reading *r, const struct json *v)
{
	const struct json *ids = json_get(v, "criteria"), *lines = json_get(v, "lines");
	struct step s = { 0 };

	for (size_t i = 0; i < json_count(ids); i++) {
		struct span id = json_get_text(json_at(ids, i), "id"),
			    after = json_get_text(json_at(ids, i), "after");

		for (size_t c = 0; c < CRITERIA; c++)
			if (span_eq(id, span_str(criteria[c]->id))) {
				s.settles |= 1u << c;
				if (span_eq(after, span_str(verdict_names[MET])))
					s.met |= 1u << c;
				if (span_eq(after, span_str(verdict_names[NOT_MET])))
					s.stays |= 1u << c;
			}
	}
	for (size_t i = 0; i < json_count(lines); i++) {
		struct fix_line line = { json_get_text(json_at(lines, i), "text"),
			json_truth(json_get(json_at(lines, i), "command")) };

		vec_add(&s.lines, r->a, &line);
	}
	vec_add(&r->out->steps, r->a, &s);
}

/* ---- the image ------------------------------------------------------------------------------- */

static bool read_digest(const struct json *dict, const char *key, struct digest *out)
{
	struct span text = json_get_text(dict, key);

	return !text.len || !digest_parse(text, out, NULL);
}

static int read_subject(struct reading *r, const struct json *v)
{
	struct platform *p = &r->image->platform;
	struct span rest = json_get_text(v, "platform");

	(void)span_split(&rest, '/', &p->os);
	(void)span_split(&rest, '/', &p->architecture);
	p->variant = rest;
	r->out->reference = json_get_text(v, "reference");
	r->out->transport = json_get_text(v, "transport");
	r->out->source = r->out->reference;
	if (!read_digest(v, "digest", &r->image->manifest_digest) ||
		!read_digest(v, "index_digest", &r->image->index_digest) ||
		!read_digest(v, "config_digest", &r->image->config_digest))
		return BAD(r, "a digest of the subject is not one");
	return 0;
}

static int read_layers(struct reading *r, const struct json *list)
{
	size_t n = json_count(list);

	if (n > LAYERS_MAX)
		return BAD(r, "more than %d layers", LAYERS_MAX);
	r->image->layers = arena_array(r->a, n + 1, sizeof(*r->image->layers));
	if (!r->image->layers)
		return arena_check(r->a, r->err);
	r->image->layers_n = n;
	for (size_t i = 0; i < n; i++) {
		const struct json *v = json_at(list, i);
		struct image_layer *l = &r->image->layers[i];

		if (!read_digest(v, "digest", &l->digest) ||
			!read_digest(v, "diff_id", &l->diff_id))
			return BAD(r, "a digest of layer %zu is not one", i);
		l->blob_size = number(v, "size", INT64_MAX);
		l->history = json_get_text(v, "history");
		l->readable = json_truth(json_get(v, "readable"));
		l->is_base = json_truth(json_get(v, "base"));
	}
	return 0;
}

static void read_distribution(struct reading *r, const struct json *v)
{
	struct distribution *d = &r->image->distribution;
	const struct json *list = json_get(v, "repositories");

	d->id = json_get_text(v, "id");
	d->is_known = d->id.len > 0;
	d->version_id = json_get_text(v, "version_id");
	d->codename = json_get_text(v, "codename");
	d->pretty_name = json_get_text(v, "name");
	for (size_t i = 0; i < json_count(list); i++) {
		struct span one = json_text(json_at(list, i));

		vec_add(&d->branches, r->a, &one);
	}
}

/* What was incomplete then still is. */
static int read_missing(struct reading *r, const struct json *list)
{
	r->image->inputs = (1u << INPUTS) - 1;
	r->image->inputs &= ~(uint32_t)INPUTS_OUTSIDE;
	if (!json_is(list, JSON_LIST))
		return BAD(r, "made by an older version: grade the image again");
	for (size_t i = 0; i < json_count(list); i++) {
		struct span name = json_get_text(json_at(list, i), "input");
		size_t k = 0;

		while (k < INPUTS && !span_eq(name, span_str(input_rows[k].name)))
			k++;
		if (k == INPUTS)
			return BAD(r, "an input that is not one: '%.*s'", SPAN_ARG(name));
		r->image->inputs &= ~input_rows[k].bit;
		r->image->inputs_missing[k] = json_get_text(json_at(list, i), "why");
	}
	return 0;
}

static int by_fact(const void *a, const void *b)
{
	const struct image_package *x = a, *y = b;

	return package_cmp(x->fact, y->fact);
}

static void read_package(struct reading *r, const struct json *v, struct package_fact *fact)
{
	uint32_t layer = (uint32_t)number(v, "layer", LAYERS_MAX);
	struct image_package p = { .fact = fact, .layer = layer, .database_layer = layer };

	*fact = (struct package_fact){ .type = (uint8_t)package_type_named(
					       json_get_text(v, "type")),
		.name = json_get_text(v, "name"),
		.version = json_get_text(v, "version"),
		.arch = json_get_text(v, "arch"),
		.source = json_get_text(v, "source"),
		.source_version = json_get_text(v, "source_version"),
		.module = json_get_text(v, "module"),
		.vendor = json_get_text(v, "vendor"),
		.license = json_get_text(v, "license"),
		.member = json_get_text(v, "member"),
		.is_main = json_truth(json_get(v, "main")) };
	p.files = (uint32_t)number(v, "files", UINT32_MAX);
	p.copies = (uint32_t)number(v, "copies", UINT32_MAX);
	p.has_executable = json_truth(json_get(v, "executable"));
	p.is_base = layer < r->image->layers_n && r->image->layers[layer].is_base;
	p.at = place_file(
		layer < r->image->layers_n ? (int32_t)layer : NO_LAYER, json_get_text(v, "path"));
	p.at.member = fact->member;
	vec_add(&r->image->packages, r->a, &p);
	r->image->system_packages += package_is_system(fact->type);
}

static int read_packages(struct reading *r, const struct json *list)
{
	size_t n = json_count(list);
	struct package_fact *facts;

	if (!json_is(list, JSON_LIST))
		return BAD(r, "its packages are not a list");
	if (n > REPORT_PACKAGES_MAX)
		return err_fail(
			r->err, SCOV_E_LIMIT, "report: more than %d packages", REPORT_PACKAGES_MAX);
	facts = arena_array(r->a, n + 1, sizeof(*facts));
	for (size_t i = 0; facts && i < n; i++)
		read_package(r, json_at(list, i), &facts[i]);
	if (arena_failed(r->a))
		return arena_check(r->a, r->err);
	for (size_t i = 0; i < n; i++)
		if (!facts[i].name.len)
			return BAD(r, "a package without a name");
	if (n)
		qsort(r->image->packages.p, n, sizeof(*r->image->packages.p), by_fact);
	for (size_t i = 0; i < n; i++) {
		struct image_package *p = &r->image->packages.p[i];
		struct span owner =
			json_get_text(json_at(list, (size_t)(p->fact - facts)), "owner");

		if (owner.len)
			p->owner = image_owner(r->image, owner);
	}
	return 0;
}

static void read_diagnostics(struct reading *r, const struct json *list)
{
	for (size_t i = 0; i < json_count(list); i++) {
		const struct json *v = json_at(list, i);
		struct diagnostic d = { .at = place_of(json_get(v, "place")),
			.text = json_get_text(v, "text") };
		size_t severity = named(json_get_text(v, "severity"), severity_names, SEVERITIES);

		d.severity = severity < SEVERITIES ? (uint8_t)severity : DIAG_ERROR;
		vec_add(&r->out->diags, r->a, &d);
	}
}

/* What was seen in the programs, which are not there any more. */
static void read_absent(struct reading *r, const struct json *list)
{
	for (size_t i = 0; i < json_count(list); i++) {
		const struct json *v = json_at(list, i);
		struct absent_symbols one = { json_get_text(v, "id"), json_get_text(v, "package"),
			json_get_text(v, "installed"), json_get_text(v, "symbols") };

		if (span_eq(json_get_text(v, "status"), SPAN("suppressed")) &&
			span_eq(json_get_text(v, "why"), SPAN(MATCH_NO_SYMBOLS)))
			vec_add(&r->out->absent, r->a, &one);
	}
}

/* ---- the whole ------------------------------------------------------------------------------- */

static int read_all(struct reading *r, const struct json *doc)
{
	const struct json *steps = json_get(doc, "steps");
	int64_t schema = 0;

	if (!json_int(json_get(doc, "schema"), &schema) || schema != SCHEMA)
		return BAD(r, "not a report of scoville, or of another version");
	if (json_get(doc, "platforms"))
		return BAD(r, "several platforms: one report at a time");
	r->out->profile = json_get_text(doc, "profile");
	r->out->rules = json_get_text(doc, "rules");
	if (read_criteria(r, json_get(doc, "criteria")) ||
		read_subject(r, json_get(doc, "subject")) ||
		read_layers(r, json_get(doc, "layers")) ||
		read_missing(r, json_get(doc, "incomplete")) ||
		read_packages(r, json_get(doc, "packages")))
		return r->err->code;
	read_distribution(r, json_get(doc, "distribution"));
	r->image->database_removed = json_truth(json_get(doc, "database_removed"));
	read_diagnostics(r, json_get(doc, "diagnostics"));
	read_absent(r, json_get(doc, "vulnerabilities"));
	for (size_t i = 0; i < json_count(steps); i++)
		read_step(r, json_at(steps, i));
	return 0;
}

int report_read(struct span text, struct arena *a, struct image_facts *image, struct report *out,
	struct scov_err *err)
{
	struct scov_err mine;
	struct reading r = { a, image, out, err ? err : &mine };
	const struct json *doc;
	int code = json_parse(text, REPORT_SIZE_MAX, a, &doc, r.err);

	if (code)
		return err_wrap(r.err, "report");
	out->image = image;
	out->stored = doc;
	code = read_all(&r, doc);
	return code ? code : arena_check(a, r.err);
}
