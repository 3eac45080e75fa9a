/* json.c - jansson with limits, its values copied into an arena.
 *
 * Jansson allocates as it likes and recurses 2048 deep, so one look over the
 * bytes counts depth and values before it sees them. The copy lets callers
 * keep spans without owning a tree, and bounds what stays by the arena.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "syntax/json.h"

#include <jansson.h>

#include "base/ascii.h"
#include "base/err.h"
#include "base/hash.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

struct json {
	struct span name, text;
	uint8_t kind;
	union {
		bool truth;
		int64_t integer;
		double fraction;
		struct {
			struct json *p;
			size_t n;
		} members;
	};
};

/* An upper bound of the number of values (commas and openings outside strings) and of the depth. */
static int survey(struct span in, struct scov_err *err)
{
	size_t depth = 0, values = 1;
	bool quoted = false;

	for (size_t i = 0; i < in.len; i++) {
		uint8_t c = span_at(in, i);

		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (quoted)
			continue;
		else if (c == '[' || c == '{')
			depth++, values++;
		else if ((c == ']' || c == '}') && depth)
			depth--;
		else if (c == ',')
			values++;
		if (depth > JSON_DEPTH)
			return err_fail(
				err, SCOV_E_LIMIT, "JSON nested deeper than %d", JSON_DEPTH);
		if (values > JSON_VALUES)
			return err_fail(
				err, SCOV_E_LIMIT, "JSON has more than %d values", JSON_VALUES);
	}
	return 0;
}

static bool copy(struct json *to, json_t *from, struct arena *a);

static bool copy_members(struct json *to, json_t *from, struct arena *a)
{
	bool dict = json_is_object(from);
	size_t n = dict ? json_object_size(from) : json_array_size(from), i = 0;
	struct json *p = arena_array(a, n, sizeof(*p));

	if (!p)
		return false;
	to->members.p = p;
	to->members.n = n;
	if (!dict) {
		for (; i < n; i++)
			if (!copy(&p[i], json_array_get(from, i), a))
				return false;
		return true;
	}
	for (void *it = json_object_iter(from); it && i < n;
		it = json_object_iter_next(from, it), i++) {
		p[i].name = arena_dup(a, span_str(json_object_iter_key(it)));
		if (!p[i].name.p || !copy(&p[i], json_object_iter_value(it), a))
			return false;
	}
	return true;
}

static bool copy(struct json *to, json_t *from, struct arena *a)
{
	switch (json_typeof(from)) {
	case JSON_OBJECT:
		to->kind = JSON_DICT;
		return copy_members(to, from, a);
	case JSON_ARRAY:
		to->kind = JSON_LIST;
		return copy_members(to, from, a);
	case JSON_STRING:
		to->kind = JSON_TEXT;
		to->text = arena_dup(a, span_of(json_string_value(from), json_string_length(from)));
		return to->text.p;
	case JSON_INTEGER:
		to->kind = JSON_INT;
		to->integer = json_integer_value(from);
		return true;
	case JSON_REAL:
		to->kind = JSON_FRACTION;
		to->fraction = json_real_value(from);
		return true;
	case JSON_TRUE:
	case JSON_FALSE:
		to->kind = JSON_BOOL;
		to->truth = json_is_true(from);
		return true;
	case JSON_NULL:
		to->kind = JSON_NIL;
		return true;
	}
	return false;
}

/* The library's own words quote the text, which may hold a secret. */
static int refuse(const json_error_t *why, struct scov_err *err)
{
	const char *what = "bad syntax";

	switch (json_error_code(why)) {
	case json_error_out_of_memory:
		return err_memory(err);
	case json_error_premature_end_of_input:
		what = "it ends early";
		break;
	case json_error_duplicate_key:
		what = "a key twice";
		break;
	case json_error_invalid_utf8:
		what = "invalid UTF-8";
		break;
	case json_error_stack_overflow:
		what = "nested too deep";
		break;
	default:
		break;
	}
	return err_fail(err, SCOV_E_FORMAT, "not JSON: line %d, column %d: %s", why->line,
		why->column, what);
}

static int parse(
	struct span in, size_t limit, struct arena *a, struct json **out, struct scov_err *err)
{
	json_error_t why;
	bool fits;
	int code;

	if (in.len > limit)
		return err_fail(
			err, SCOV_E_LIMIT, "JSON too large: %zu bytes (limit %zu)", in.len, limit);
	if (!span_trim(in).len)
		return err_fail(err, SCOV_E_FORMAT, "not JSON: empty");
	if (span_at(span_trim(in), 0) == '<')
		return err_fail(err, SCOV_E_FORMAT, "not JSON: looks like HTML or XML");
	code = survey(in, err);
	if (code)
		return code;

	struct json *v = arena_alloc(a, sizeof(*v));
	json_t *tree = v ? json_loadb((const char *)in.p, in.len,
				   JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, &why)
			 : NULL;

	if (!v)
		return err_fail(
			err, SCOV_E_LIMIT, "JSON of %zu bytes does not fit in memory", in.len);
	if (!tree)
		return refuse(&why, err);
	fits = copy(v, tree, a);
	json_decref(tree);
	if (!fits)
		return err_fail(
			err, SCOV_E_LIMIT, "JSON of %zu bytes does not fit in memory", in.len);
	*out = v;
	return 0;
}

int json_parse(struct span in, size_t limit, struct arena *a, const struct json **out,
	struct scov_err *err)
{
	struct json *v;
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
	struct json *v;
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

void json_warm(void)
{
	json_object_seed((size_t)hash_random_key().k0 | 1);
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
