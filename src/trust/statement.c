/* statement.c - read in-toto statements.
 *
 * The predicate may be an SBOM of many MB, so the text goes through the reader in pieces, which
 * takes the subjects and passes over the rest; where the predicate begins and ends is found
 * afterwards, in a text that is known to be JSON.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "trust/statement.h"

#include "syntax/json_stream.h"
#include "trust/trust.h"

struct reading {
	struct arena *arena;
	struct statement *out;
	bool has_predicate;
	const char *fault;
};

static enum json_choice begins(
	void *ctx, const struct json_step *path, size_t steps, enum json_kind kind)
{
	struct reading *r = ctx;

	if (!steps)
		return JSON_ENTER;
	if (steps == 1 && span_eq(path[0].name, SPAN("subject")))
		return kind == JSON_LIST ? JSON_ENTER : JSON_TAKE;
	if (steps == 1 && span_eq(path[0].name, SPAN("predicate")))
		r->has_predicate = true;
	return steps == 2 ? JSON_TAKE : JSON_PASS;
}

static int add_subject(struct reading *r, const struct json *v, struct scov_err *err)
{
	const struct json *digests = json_get(v, "digest");

	if (!json_is(digests, JSON_DICT) || !json_count(digests))
		return err_fail(err, SCOV_E_FORMAT, "a subject of the statement has no digest");
	for (size_t i = 0; i < json_count(digests); i++) {
		struct statement_subject s = {
			.name = arena_dup(r->arena, json_get_text(v, "name")),
			.algorithm = arena_dup(r->arena, json_name(json_at(digests, i))),
			.hex = arena_dup(r->arena, json_text(json_at(digests, i))),
		};

		if (r->out->subjects.n >= TRUST_SUBJECTS_MAX)
			return err_fail(err, SCOV_E_LIMIT,
				"the statement has more than %d subjects", TRUST_SUBJECTS_MAX);
		if (!s.hex.len)
			return err_fail(err, SCOV_E_FORMAT,
				"a digest of a subject of the statement is not text");
		if (!vec_add(&r->out->subjects, r->arena, &s))
			return arena_check(r->arena, err);
	}
	return 0;
}

static int value(void *ctx, const struct json_step *path, size_t steps, const struct json *v,
	struct scov_err *err)
{
	struct reading *r = ctx;

	if (steps == 2)
		return add_subject(r, v, err);
	if (steps != 1)
		return err_fail(err, SCOV_E_FORMAT, "the statement is not a JSON object");
	if (span_eq(path[0].name, SPAN("_type")))
		r->out->type = arena_dup(r->arena, json_text(v));
	else if (span_eq(path[0].name, SPAN("predicateType")))
		r->out->predicate_type = arena_dup(r->arena, json_text(v));
	else if (span_eq(path[0].name, SPAN("subject")))
		return err_fail(err, SCOV_E_FORMAT, "the subject of the statement is not a list");
	else if (span_eq(path[0].name, SPAN("predicate")))
		r->has_predicate = !json_is(v, JSON_NIL);
	return 0;
}

static void fault(void *ctx, const struct json_step *path, size_t steps, const char *why)
{
	struct reading *r = ctx;

	(void)path;
	(void)steps;
	r->fault = why;
}

static int read_parts(struct span text, struct reading *r, struct scov_err *err)
{
	static const struct json_stream_events events = {
		.begins = begins, .value = value, .fault = fault
	};
	struct json_stream *s = json_stream_open(&events, r, 4 << 20, false);
	int code;

	if (!s)
		return err_memory(err);
	code = json_stream_push(s, text, err);
	if (!code)
		code = json_stream_end(s, err);
	if (!code && r->fault)
		code = err_fail(err, SCOV_E_FORMAT, "a value of the statement: %s", r->fault);
	json_stream_free(s);
	return code;
}

/* Past a string whose quote was eaten. */
static void pass_string(struct cur *c)
{
	uint8_t byte;

	while (!c->bad && (byte = cur_u8(c)) != '"')
		if (byte == '\\')
			cur_skip(c, 1);
}

/* The value of the member "predicate" of the outermost object. */
static struct span find_predicate(struct span text)
{
	struct cur c = cur_over(text);
	size_t depth = 0, key = 0, begin = 0;
	bool is_found = false;

	while (cur_left(&c)) {
		size_t at = c.off;
		uint8_t byte = cur_u8(&c);

		if (byte == '"') {
			pass_string(&c);
			key = depth == 1 && !is_found ? at : key;
		} else if (byte == '{' || byte == '[') {
			depth++;
		} else if (byte == ':' && depth == 1 && !is_found) {
			struct span name = span_trim(span_sub(text, key, at - key));

			is_found = span_eq(name, SPAN("\"predicate\""));
			begin = c.off;
		} else if (byte == '}' || byte == ']' || byte == ',') {
			depth -= byte != ',';
			if (is_found && depth == (byte == ',' ? 1 : 0))
				return span_trim(span_sub(text, begin, at - begin));
		}
	}
	return (struct span){ 0 };
}

int statement_read(struct span text, struct arena *a, struct statement *out, struct scov_err *err)
{
	struct statement s = { 0 };
	struct reading r = { .arena = a, .out = &s };
	int code = read_parts(text, &r, err);

	if (code)
		return code;
	if (!span_eq(s.type, SPAN("https://in-toto.io/Statement/v1")) &&
		!span_eq(s.type, SPAN("https://in-toto.io/Statement/v0.1")))
		return err_fail(err, SCOV_E_FORMAT, "not an in-toto statement: _type is '%.*s'",
			SPAN_ARG(s.type));
	if (!s.predicate_type.len)
		return err_fail(err, SCOV_E_FORMAT, "the statement has no predicateType");
	if (!s.subjects.n)
		return err_fail(err, SCOV_E_FORMAT, "the statement has no subject");
	if (r.has_predicate) {
		s.predicate = find_predicate(text);
		if (!s.predicate.len)
			return err_fail(err, SCOV_E_FORMAT,
				"the key of the predicate is written with escapes");
	}
	*out = s;
	return arena_check(a, err);
}

bool statement_names(const struct statement *s, const struct digest *d)
{
	char hex[DIGEST_TEXT];
	struct span want = span_str(digest_hex(d, hex));
	struct span algorithm = d->algorithm == DIGEST_SHA512 ? SPAN("sha512") : SPAN("sha256");

	for (size_t i = 0; i < s->subjects.n && want.len; i++)
		if (span_eq(s->subjects.p[i].algorithm, algorithm) &&
			span_eq_nocase(s->subjects.p[i].hex, want))
			return true;
	return false;
}
