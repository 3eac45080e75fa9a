/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "base/arena.h"
#include "syntax/json.h"

enum { LIMIT = 4 << 20 };

static int parse(struct span in, struct arena *a, const struct json **out)
{
	struct scov_err err = { 0 };
	int code = json_parse(in, LIMIT, a, out, &err);

	assert_int_equal(code, err.code);
	return code;
}

static void what_is_json(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span in;
		int code;
	} cases[] = {
		{ "object", SPAN_INIT("{\"a\":1}"), 0 },
		{ "number alone", SPAN_INIT(" 1 "), 0 },
		{ "byte order mark", SPAN_INIT("\xef\xbb\xbf{}"), 0 },
		{ "NUL in a value", SPAN_INIT("[\"a\\u0000b\"]"), 0 },
		{ "brackets in a string", SPAN_INIT("[\"[[[{{{,,,\\\"[\"]"), 0 },
		{ "empty", SPAN_INIT(""), SCOV_E_FORMAT },
		{ "blanks", SPAN_INIT(" \n"), SCOV_E_FORMAT },
		{ "HTML", SPAN_INIT("\n<!DOCTYPE html>"), SCOV_E_FORMAT },
		{ "cut", SPAN_INIT("{\"a\":"), SCOV_E_FORMAT },
		{ "cut in an escape", SPAN_INIT("[\"\\"), SCOV_E_FORMAT },
		{ "two values", SPAN_INIT("{}{}"), SCOV_E_FORMAT },
		{ "trailing comma", SPAN_INIT("[1,]"), SCOV_E_FORMAT },
		{ "key twice", SPAN_INIT("{\"a\":1,\"a\":1}"), SCOV_E_FORMAT },
		{ "key twice by escape", SPAN_INIT("{\"a\":1,\"\\u0061\":1}"), SCOV_E_FORMAT },
		{ "NUL in a key", SPAN_INIT("{\"a\\u0000\":1}"), SCOV_E_FORMAT },
		{ "not UTF-8", SPAN_INIT("[\"\xff\"]"), SCOV_E_FORMAT },
		{ "lone surrogate", SPAN_INIT("[\"\\ud800\"]"), SCOV_E_FORMAT },
		{ "raw control byte", SPAN_INIT("[\"\x01\"]"), SCOV_E_FORMAT },
		{ "integer over int64", SPAN_INIT("[9223372036854775808]"), SCOV_E_FORMAT },
		{ "closings only", SPAN_INIT("]]]]"), SCOV_E_FORMAT },
		{ "NaN", SPAN_INIT("[NaN]"), SCOV_E_FORMAT },
		{ "NUL byte after", SPAN_INIT("{}\0"), SCOV_E_FORMAT },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_arena struct arena a = { .limit = LIMIT };
		const struct json *v = NULL;

		check(cases[i].name, parse(cases[i].in, &a, &v) == cases[i].code);
		check(cases[i].name, (v != NULL) == !cases[i].code);
	}
}

/* Keys as Go's encoding/json takes them. */
static void as_go_reads_it(void **state)
{
	(void)state;
	static const struct json_field fields[] = { { "layers", JSON_LIST, false },
		{ "digest", JSON_TEXT, false }, { "labels", JSON_DICT, true },
		{ "k", JSON_ABSENT, false }, { NULL, 0, false } };
	static const struct {
		const char *name;
		struct span in;
		int code;
		const char *digest;
	} cases[] = {
		{ "as defined", SPAN_INIT("{\"layers\":[{\"digest\":\"a\"}]}"), 0, "a" },
		{ "in another case", SPAN_INIT("{\"Layers\":[{\"DIGEST\":\"a\"}]}"), 0, "a" },
		{ "a long s", SPAN_INIT("{\"layer\u017f\":[{\"digest\":\"a\"}]}"), 0, "a" },
		{ "a Kelvin sign", SPAN_INIT("{\"\u212a\":1}"), 0, "" },
		{ "twice", SPAN_INIT("{\"layers\":[],\"Layers\":[]}"), SCOV_E_FORMAT, "" },
		{ "twice, none as defined", SPAN_INIT("{\"LAYERS\":[],\"Layers\":[]}"),
			SCOV_E_FORMAT, "" },
		{ "twice by a long s", SPAN_INIT("{\"layers\":[],\"layer\u017f\":[]}"),
			SCOV_E_FORMAT, "" },
		{ "twice by a Kelvin sign", SPAN_INIT("{\"k\":[],\"\u212a\":[]}"), SCOV_E_FORMAT,
			"" },
		{ "twice further in", SPAN_INIT("{\"layers\":[[{\"k\":1,\"K\":2}]]}"),
			SCOV_E_FORMAT, "" },
		{ "a map's keys", SPAN_INIT("{\"Labels\":{\"k\":1,\"K\":2}}"), 0, "" },
		{ "keys that nobody reads", SPAN_INIT("{\"x\":1,\"X\":{\"k\":1,\"K\":2}}"), 0, "" },
		{ "a key that goes on", SPAN_INIT("{\"k\":1,\"Kk\":2,\"\":3}"), 0, "" },
		{ "another kind", SPAN_INIT("{\"layers\":{}}"), SCOV_E_FORMAT, "" },
		{ "another kind of any", SPAN_INIT("{\"k\":{}}"), 0, "" },
		{ "null", SPAN_INIT("{\"layers\":null}"), 0, "" },
		{ "a byte order mark", SPAN_INIT("\xef\xbb\xbf{}"), SCOV_E_FORMAT, "" },
		{ "no object", SPAN_INIT("1"), 0, "" },
		{ "bad syntax", SPAN_INIT("{"), SCOV_E_FORMAT, "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_arena struct arena a = { .limit = LIMIT };
		const struct json *v = NULL;
		struct scov_err err = { 0 };

		check(cases[i].name,
			json_parse_go(cases[i].in, LIMIT, fields, &a, &v, &err) == cases[i].code);
		check(cases[i].name, (v != NULL) == !cases[i].code && err.code == cases[i].code);
		check_span(cases[i].name,
			json_get_text(json_at(json_get(v, "layers"), 0), "digest"),
			span_str(cases[i].digest));
	}
}

static void accessors_take_anything(void **state)
{
	(void)state;
	scoped_arena struct arena a = { .limit = LIMIT };
	const struct json *v = NULL;
	int64_t i = 7;
	uint64_t u = 7;

	assert_int_equal(0, parse(SPAN("{\"t\":\"x\\u0000y\",\"i\":-3,\"n\":null,\"b\":true,\"l\":["
				       "1,2.5,\"z\"],\"big\":300}"),
				    &a, &v));
	check_span("text", json_get_text(v, "t"), SPAN("x\0y"));
	assert_true(json_int(json_get(v, "i"), &i));
	assert_int_equal(i, -3);
	assert_false(json_uint(json_get(v, "i"), UINT64_MAX, &u));
	assert_false(json_uint(json_get(v, "big"), 299, &u));
	assert_int_equal(u, 7);
	assert_true(json_uint(json_get(v, "big"), 300, &u));
	assert_true(json_truth(json_get(v, "b")));
	assert_false(json_truth(json_get(v, "i")));
	assert_true(json_is(json_get(v, "n"), JSON_NIL));
	assert_true(json_is(json_get(v, "absent"), JSON_ABSENT));
	assert_int_equal(json_count(json_get(v, "l")), 3);
	assert_true(json_fraction(json_at(json_get(v, "l"), 1)) == 2.5);
	assert_null(json_at(json_get(v, "l"), 3));
	check_span("order and names", json_name(json_at(v, 4)), SPAN("l"));
	check_span("wrong kinds",
		json_get_text(json_get(json_get(json_get(v, "t"), "x"), "y"), "z"), SPAN(""));
	assert_int_equal(json_count(json_get(v, "t")), 0);
	assert_null(json_get(json_get(v, "l"), "t"));
	assert_null(json_at(NULL, 0));
	assert_false(json_int(NULL, &i));
}

/* n times `open`, then n times `close`. */
static struct span nested(struct arena *a, size_t n, const char *open, const char *close)
{
	struct buf b = { 0 };
	struct span out;

	for (size_t i = 0; i < n; i++)
		buf_str(&b, open);
	for (size_t i = 0; i < n; i++)
		buf_str(&b, close);
	out = arena_dup(a, buf_view(&b));
	buf_release(&b);
	return out;
}

static void bounds(void **state)
{
	(void)state;
	scoped_arena struct arena a = { .limit = 256 << 20 };
	scoped_arena struct arena small = { .limit = 1024 }, large = { .limit = 256 << 20 };
	scoped_buf struct buf many = { 0 };
	const struct json *v = NULL;
	struct scov_err err;

	assert_int_equal(0, parse(nested(&a, JSON_DEPTH, "[", "]"), &a, &v));
	assert_int_equal(SCOV_E_LIMIT, parse(nested(&a, JSON_DEPTH + 1, "[", "]"), &a, &v));
	assert_int_equal(SCOV_E_LIMIT, parse(nested(&a, 1000000, "[", ""), &a, &v));
	assert_int_equal(SCOV_E_LIMIT, parse(nested(&a, 100000, "{\"a\":", "}"), &a, &v));
	buf_byte(&many, '[');
	for (size_t i = 0; i < JSON_VALUES; i++)
		buf_str(&many, "1,");
	buf_str(&many, "1]");
	assert_int_equal(SCOV_E_LIMIT, json_parse(buf_view(&many), LIMIT, &large, &v, &err));
	assert_int_equal(SCOV_E_LIMIT, json_parse(SPAN("[1]"), 2, &a, &v, &err));
	assert_int_equal(
		SCOV_E_LIMIT, parse(SPAN("[[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[]"
					 ",[],[],[],[],[],[],"
					 "[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],"
					 "[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[]]"),
				      &small, &v));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_json),
		cmocka_unit_test(as_go_reads_it),
		cmocka_unit_test(accessors_take_anything),
		cmocka_unit_test(bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
