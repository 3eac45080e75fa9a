/* search.c - inside a worker: what passes goes to the finder of secrets.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "scan/search.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "scan/rules_pack.h"
#include "scan/text.h"
#include "secret/find/examples.h"
#include "source/oci.h"

enum { POINTER_MAX = 1024, TEXT_MAX = 16 << 20 };

static struct finder *the_finder;
static struct secret_rules the_rules; /* with those of the user */

int search_warm(struct span payload, struct scov_err *err)
{
	struct finder_options opt = { .rules = rules_builtin() };
	struct span text = { 0 };

	if (payload.len) {
		if (!rules_unpack(payload, &text, &opt.database))
			return err_fail(err, SCOV_E_FORMAT, "rules of another version");
		int rc = rules_with(text, "the rules of the user", &the_rules, err);

		if (rc)
			return rc;
		opt.rules = &the_rules;
	}
	return finder_new(&opt, &the_finder, err);
}

struct finder *search_finder(struct scov_err *err)
{
	if (!the_finder && search_warm((struct span){ 0 }, err))
		return NULL;
	return the_finder;
}

bool search_text(struct analysis *out, uint32_t entry, enum secret_surface surface,
	struct span where, struct span raw)
{
	return !out->is_searched || !raw.len ||
	       finder_text(out->finder, entry, surface, where, raw) == 0;
}

/* ---- JSON ---- */

struct visit {
	struct analysis *out;
	enum secret_surface (*surface)(struct span pointer);
	char pointer[POINTER_MAX];
	size_t len;
	bool good;
};

static void add_byte(struct visit *v, char c)
{
	if (v->len < POINTER_MAX)
		v->pointer[v->len++] = c;
}

/* One step of a JSON pointer (RFC 6901); what does not fit is cut. */
static void add_step(struct visit *v, struct span name)
{
	add_byte(v, '/');
	for (size_t i = 0; i < name.len; i++) {
		uint8_t c = span_at(name, i);

		if (c == '~' || c == '/') {
			add_byte(v, '~');
			add_byte(v, c == '~' ? '0' : '1');
		} else {
			add_byte(v, (char)c);
		}
	}
}

static void visit_text(struct visit *v, struct span name, struct span text)
{
	scoped_buf struct buf b = { .limit = TEXT_MAX };
	struct span pointer = span_of(v->pointer, v->len);

	if (name.len) {
		buf_span(&b, name);
		buf_byte(&b, '=');
	}
	buf_span(&b, text);
	v->good = v->good && !b.failed &&
		  search_text(v->out, NO_ENTRY, v->surface(pointer), pointer, buf_view(&b));
	if (b.p)
		explicit_bzero(b.p, b.len);
}

/* A key that is a secret is not a part of the pointer. */
static void add_key(struct visit *v, struct span key)
{
	scoped_arena struct arena a = { .limit = TEXT_MAX };
	struct span copy = arena_dup(&a, key);

	if (copy.len)
		finder_mask(v->out->finder, (uint8_t *)(uintptr_t)copy.p, copy.len);
	add_step(v, copy.p ? copy : SPAN("*"));
}

struct span search_option(const struct json *list, size_t i)
{
	struct span option = i && json_is(list, JSON_LIST) ? json_text(json_at(list, i - 1))
							   : (struct span){ 0 };

	if (!span_starts(option, SPAN("-")) || span_find(option, '=') < option.len ||
		span_find(option, ' ') < option.len)
		return (struct span){ 0 };
	while (span_starts(option, SPAN("-")))
		option = span_from(option, 1);
	return option;
}

/* The reader bounds the depth (JSON_DEPTH). */
static void visit(struct visit *v, struct span name, const struct json *j)
{
	size_t at = v->len;

	if (json_is(j, JSON_TEXT))
		visit_text(v, name, json_text(j));
	for (size_t i = 0; i < json_count(j) && v->good; i++) {
		const struct json *x = json_at(j, i);
		struct span key = json_is(j, JSON_DICT) ? json_name(x) : (struct span){ 0 };
		char number[24];

		snprintf(number, sizeof(number), "%zu", i);
		if (json_is(j, JSON_DICT))
			add_key(v, key);
		else
			add_step(v, span_str(number));
		if (key.len && !json_is(x, JSON_TEXT))
			visit_text(v, (struct span){ 0 }, key);
		visit(v, key.len ? key : search_option(j, i), x);
		v->len = at;
	}
}

bool search_json(struct analysis *out, const struct json *top,
	enum secret_surface (*surface)(struct span pointer))
{
	struct visit v = { .out = out, .surface = surface, .good = true };

	if (out->is_searched)
		visit(&v, (struct span){ 0 }, top);
	return v.good;
}

/* ---- manifests and indexes ---- */

static bool add_annotations(struct analysis *out, const struct json *owner, uint32_t manifest)
{
	const struct json *list = json_get(owner, "annotations");

	for (size_t i = 0; i < json_count(list); i++) {
		const struct json *x = json_at(list, i);
		struct annotation_fact f = {
			.manifest = manifest,
			.key = fact_text(out, json_name(x)),
			.value = fact_value(out, json_name(x), json_text(x)),
		};

		if (!f.key.p || !f.value.p || out->part->annotations.n >= out->limits->records ||
			!vec_add(&out->part->annotations, out->arena, &f))
			return false;
	}
	return true;
}

static bool all_annotations(struct analysis *out, const struct json *top)
{
	const struct json *list = json_get(top, "manifests");
	bool good = add_annotations(out, top, 0);

	for (size_t i = 0; i < json_count(list) && good; i++)
		good = add_annotations(out, json_at(list, i), (uint32_t)i + 1);
	return good;
}

static enum secret_surface annotation(struct span pointer)
{
	(void)pointer;
	return SURFACE_ANNOTATION;
}

int search_document(struct analysis *out, struct span text)
{
	scoped_arena struct arena own = { .limit = out->limits->worker_memory / 2 };
	const struct json *top = NULL;
	struct scov_err err = { 0 };

	if (oci_parse(text, out->limits, &own, &top, &err)) {
		diag_add(out, DIAG_WARNING, NO_ENTRY, HIDES_ALL | HIDES_SECRETS, "%s", err.text);
		return 0;
	}
	return all_annotations(out, top) && search_json(out, top, annotation) ? 0 : SCOV_E_LIMIT;
}

void search_end(struct analysis *out)
{
	uint64_t dropped = out->is_searched ? finder_dropped(out->finder) : 0;

	if (dropped)
		diag_add(out, DIAG_WARNING, NO_ENTRY, HIDES_SECRETS,
			"not everything was searched for secrets: %" PRIu64
			" windows, matches or members of archives over a limit",
			dropped);
}
