/* json.c - a whole document in an arena, and the questions to it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "syntax/json.h"

#include "base/ascii.h"
#include "base/err.h"
#include "syntax/json_value.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

static int parse(
	struct span in, size_t limit, struct arena *a, struct json **out, struct scov_err *err)
{
	struct json *v;
	int code;

	if (in.len > limit)
		return err_fail(
			err, SCOV_E_LIMIT, "JSON too large: %zu bytes (limit %zu)", in.len, limit);
	v = arena_alloc(a, sizeof(*v));
	if (!v)
		return arena_check(a, err);
	code = json_take(in, a, v, err);
	if (!code)
		*out = v;
	return code;
}

int json_parse(struct span in, size_t limit, struct arena *a, const struct json **out,
	struct scov_err *err)
{
	struct json *v = NULL;
	bool has_mark = span_starts(in, SPAN(BYTE_ORDER_MARK));
	int code = parse(has_mark ? span_from(in, 3) : in, limit, a, &v, err);

	if (!code)
		*out = v;
	return code;
}

/* ---- as Go reads it ---- */

/* Go's folding of a key, as far as it can meet a name in ASCII. */
static bool folds_to(struct span key, const char *name)
{
	while (*name && key.len) {
		uint8_t c = ascii_lower(span_at(key, 0));
		size_t n = 1;

		if (span_starts(key, SPAN("\xc5\xbf"))) {
			c = 's';
			n = 2;
		} else if (span_starts(key, SPAN("\xe2\x84\xaa"))) {
			c = 'k';
			n = 3;
		}
		if (c != ascii_lower((uint8_t)*name++))
			return false;
		key = span_from(key, n);
	}
	return !*name && !key.len;
}

static const char *const kind_words[] = {
	[JSON_INT] = "an integer",
	[JSON_TEXT] = "text",
	[JSON_LIST] = "a list",
	[JSON_DICT] = "an object",
};

/* Recursion is bounded by JSON_DEPTH. */
static int fold(struct json *v, const struct json_field *fields, struct scov_err *err)
{
	uint64_t seen = 0;
	int code = 0;

	for (size_t i = 0; i < json_count(v) && !code; i++) {
		struct json *m = &v->members.p[i];
		size_t f = 0;

		while (json_is(v, JSON_DICT) && fields[f].name &&
			!folds_to(m->name, fields[f].name))
			f++;
		if (json_is(v, JSON_DICT) && !fields[f].name)
			continue; /* nobody reads it */
		if (json_is(v, JSON_DICT)) {
			if (seen >> f & 1)
				return err_fail(err, SCOV_E_FORMAT,
					"the key '%s' twice, in different spelling: runtimes take "
					"the last",
					fields[f].name);
			seen |= (uint64_t)1 << f;
			if (fields[f].kind && m->kind != fields[f].kind && m->kind != JSON_NIL)
				return err_fail(err, SCOV_E_FORMAT, "'%s' is not %s",
					fields[f].name, kind_words[fields[f].kind]);
			m->name = span_str(fields[f].name);
		}
		if (!json_is(v, JSON_DICT) || !fields[f].is_map)
			code = fold(m, fields, err);
	}
	return code;
}

int json_parse_go(struct span in, size_t limit, const struct json_field *fields, struct arena *a,
	const struct json **out, struct scov_err *err)
{
	struct json *v = NULL;
	int code = 0;

	if (span_starts(in, SPAN(BYTE_ORDER_MARK)))
		return err_fail(err, SCOV_E_FORMAT,
			"not JSON: a byte order mark, which runtimes do not take");
	code = parse(in, limit, a, &v, err);
	if (!code)
		code = fold(v, fields, err);
	if (!code)
		*out = v;
	return code;
}

enum json_kind json_kind(const struct json *v)
{
	return v ? (enum json_kind)v->kind : JSON_ABSENT;
}

bool json_is(const struct json *v, enum json_kind k)
{
	return json_kind(v) == k;
}

size_t json_count(const struct json *v)
{
	return json_is(v, JSON_LIST) || json_is(v, JSON_DICT) ? v->members.n : 0;
}

const struct json *json_at(const struct json *v, size_t i)
{
	return i < json_count(v) ? &v->members.p[i] : NULL;
}

const struct json *json_get(const struct json *dict, const char *name)
{
	struct span key = span_str(name);

	if (!json_is(dict, JSON_DICT))
		return NULL;
	for (size_t i = 0; i < dict->members.n; i++)
		if (span_eq(dict->members.p[i].name, key))
			return &dict->members.p[i];
	return NULL;
}

struct span json_name(const struct json *v)
{
	return v ? v->name : SPAN("");
}

struct span json_text(const struct json *v)
{
	return json_is(v, JSON_TEXT) ? v->text : SPAN("");
}

struct span json_get_text(const struct json *dict, const char *key)
{
	return json_text(json_get(dict, key));
}

bool json_truth(const struct json *v)
{
	return json_is(v, JSON_BOOL) && v->truth;
}

bool json_int(const struct json *v, int64_t *out)
{
	if (!json_is(v, JSON_INT))
		return false;
	*out = v->integer;
	return true;
}

bool json_uint(const struct json *v, uint64_t max, uint64_t *out)
{
	if (!json_is(v, JSON_INT) || v->integer < 0 || (uint64_t)v->integer > max)
		return false;
	*out = (uint64_t)v->integer;
	return true;
}

double json_fraction(const struct json *v)
{
	if (json_is(v, JSON_INT))
		return (double)v->integer;
	return json_is(v, JSON_FRACTION) ? v->fraction : 0;
}
