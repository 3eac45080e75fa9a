/* language.c - what the readers of records share.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/language.h"

#include "syntax/json_stream.h"

int language_json(const struct language_record *r, const struct json **root, struct scov_err *err)
{
	int code = json_parse(r->data, r->data.len, r->arena, root, err);

	if (!code && !json_is(*root, JSON_DICT) && !json_is(*root, JSON_LIST))
		code = err_fail(err, SCOV_E_FORMAT, "not an object");
	return code;
}

/* ---- members of an object ---- */

struct reading {
	const struct language_record *record;
	const struct language_member *members;
	size_t n;
	bool is_dict;
	const char *fault; /* of a member that is asked for */
};

static const struct language_member *member_of(
	const struct reading *r, const struct json_step *path, size_t steps)
{
	for (size_t i = 0; steps == 1 && i < r->n; i++)
		if (span_eq(path[0].name, span_str(r->members[i].key)))
			return &r->members[i];
	return NULL;
}

static enum json_choice begins(
	void *ctx, const struct json_step *path, size_t steps, enum json_kind kind)
{
	struct reading *r = ctx;

	if (!steps) {
		r->is_dict = kind == JSON_DICT;
		return r->is_dict ? JSON_ENTER : JSON_PASS;
	}
	return member_of(r, path, steps) ? JSON_TAKE : JSON_PASS;
}

static int value(void *ctx, const struct json_step *path, size_t steps, const struct json *v,
	struct scov_err *err)
{
	struct reading *r = ctx;
	const struct language_member *m = member_of(r, path, steps);
	uint64_t number;

	if (m && m->number && json_uint(v, INT64_MAX, &number))
		*m->number = (int64_t)number;
	if (m && m->text)
		*m->text = arena_dup(r->record->arena, language_text(v));
	return arena_check(r->record->arena, err);
}

static void fault(void *ctx, const struct json_step *path, size_t steps, const char *why)
{
	struct reading *r = ctx;

	if (steps && member_of(r, path, 1))
		r->fault = why;
}

int language_members(const struct language_record *r, const struct language_member *members,
	size_t n, struct scov_err *err)
{
	static const struct json_stream_events events = { begins, value, fault };
	enum { VALUE_MEMORY = 64 << 10 };
	struct reading reading = { .record = r, .members = members, .n = n };
	struct json_stream *s = json_stream_open(&events, &reading, VALUE_MEMORY, false);
	int code = s ? json_stream_push(s, r->data, err) : err_memory(err);

	code = code ? code : json_stream_end(s, err);
	json_stream_free(s);
	if (!code && (!reading.is_dict || reading.fault))
		code = err_fail(err, SCOV_E_FORMAT, "%s",
			reading.is_dict ? reading.fault : "not an object");
	return code;
}

int language_found(
	const struct language_record *r, const struct language_package *p, struct scov_err *err)
{
	if (!p->name.len || !p->version.len)
		return err_fail(err, SCOV_E_FORMAT, "a package without %s",
			p->name.len ? "a version" : "a name");
	return r->package(r->ctx, p);
}

int language_one(const struct language_record *r, const struct language_package *p, int *damage,
	struct scov_err *err)
{
	int code = language_found(r, p, err);

	*damage = code == SCOV_E_FORMAT ? code : *damage;
	return code == SCOV_E_FORMAT ? 0 : code;
}

struct span language_text(const struct json *v)
{
	v = json_is(v, JSON_LIST) ? json_at(v, 0) : v;
	return json_text(json_is(v, JSON_DICT) ? json_get(v, "type") : v);
}

bool language_header(struct span *rest, struct span *key, struct span *value)
{
	struct span line;

	while (span_line(rest, &line) && line.len) {
		size_t colon = span_find(line, ':');

		if (span_at(line, 0) == ' ' || span_at(line, 0) == '\t' || colon == line.len)
			continue;
		*key = span_sub(line, 0, colon);
		*value = span_trim(span_from(line, colon + 1));
		return true;
	}
	return false;
}
