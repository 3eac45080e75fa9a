/* SPDX-License-Identifier: Apache-2.0 */
#include "syntax/toml.h"

#include "tests/unit/syntax/values.h"

static const struct value_case cases[] = {
	{ "keys", SPAN_INIT("a = \"1.10\"\n b-c='x\\y' # why\n\"d e\" = 2021-01-02\n"), 0,
		"{\"a\":\"1.10\",\"b-c\":\"x\\\\y\",\"d e\":\"2021-01-02\"}" },
	{ "headings", SPAN_INIT("a = 1\n[x]\nb = true\n[y.z]\nc = [ ]\n"), 0,
		"{\"a\":\"1\",\"x\":{\"b\":\"true\"},\"y.z\":{\"c\":[]}}" },
	{ "arrays over lines", SPAN_INIT("a = [\n \"x\", # one\n [1, 2],\n]\n"), 0,
		"{\"a\":[\"x\",[\"1\",\"2\"]]}" },
	{ "escapes", SPAN_INIT("a = \"\\\"\\\\\\t\\u00e9\\U0001F600\"\n"), 0,
		"{\"a\":\"\\\"\\\\\\té😀\"}" },
	{ "a long text",
		SPAN_INIT("a = \"\"\"\none\n\"two\" \\\n   three\"\"\"\nb = '''\nx\\'''\n"), 0,
		"{\"a\":\"one\\n\\\"two\\\" three\",\"b\":\"x\\\\\"}" },
	{ "an end of a line of another system", SPAN_INIT("a = 1\r\n[b]\r\nc = 2\r\n"), 0,
		"{\"a\":\"1\",\"b\":{\"c\":\"2\"}}" },
	{ "empty", SPAN_INIT(""), 0, "{}" },
	{ "a key twice", SPAN_INIT("a = 1\na = 2\n"), SCOV_E_FORMAT, "line 3: a key twice" },
	{ "a key twice in a table", SPAN_INIT("[t]\na = 1\na = 2\n[u]\n"), SCOV_E_FORMAT,
		"a key twice" },
	{ "a heading twice", SPAN_INIT("[a]\n[a]\n"), SCOV_E_FORMAT, "a key twice" },
	{ "an array of tables", SPAN_INIT("[[a]]\n"), SCOV_E_FORMAT, "line 1: bad syntax" },
	{ "an inline table", SPAN_INIT("a = { b = [\"x\"], \"c d\" = 1 }\n"), 0,
		"{\"a\":{\"b\":[\"x\"],\"c d\":\"1\"}}" },
	{ "an inline table in an array", SPAN_INIT("a = [{ b = 1 }, {}, 2]\n"), 0,
		"{\"a\":[{\"b\":\"1\"},{},\"2\"]}" },
	{ "a key twice in an inline table", SPAN_INIT("a = { b = 1, b = 2 }\n"), SCOV_E_FORMAT,
		"a key twice" },
	{ "an inline table without a key", SPAN_INIT("a = { 1 }\n"), SCOV_E_FORMAT, "bad syntax" },
	{ "another end", SPAN_INIT("a = { b = 1 ]\n"), SCOV_E_FORMAT, "bad syntax" },
	{ "no value", SPAN_INIT("a =\n"), SCOV_E_FORMAT, "bad syntax" },
	{ "no key", SPAN_INIT("= 1\n"), SCOV_E_FORMAT, "bad syntax" },
	{ "two values", SPAN_INIT("a = 1 2\n"), SCOV_E_FORMAT, "bad syntax" },
	{ "two commas", SPAN_INIT("a = [1,,2]\n"), SCOV_E_FORMAT, "bad syntax" },
	{ "no comma", SPAN_INIT("a = [1 2]\n"), SCOV_E_FORMAT, "bad syntax" },
	{ "a comma first", SPAN_INIT("a = [,1]\n"), SCOV_E_FORMAT, "bad syntax" },
	{ "cut in a text", SPAN_INIT("a = \"b"), SCOV_E_FORMAT, "it ends early" },
	{ "cut in an array", SPAN_INIT("a = [1,"), SCOV_E_FORMAT, "bad syntax" },
	{ "a text over a line", SPAN_INIT("a = \"b\nc\"\n"), SCOV_E_FORMAT, "bad syntax" },
	{ "a bad escape", SPAN_INIT("a = \"\\q\"\n"), SCOV_E_FORMAT, "bad syntax" },
	{ "a surrogate", SPAN_INIT("a = \"\\ud800\"\n"), SCOV_E_FORMAT, "bad syntax" },
	{ "not UTF-8", SPAN_INIT("a = \"\xff\"\n"), SCOV_E_FORMAT, "invalid UTF-8" },
	{ "HTML", SPAN_INIT("<!DOCTYPE html>\n"), SCOV_E_FORMAT, "line 1: bad syntax" },
};

static void documents(void **state)
{
	(void)state;
	check_values(cases, sizeof(cases) / sizeof(*cases), toml_parse);
}

static void bounds(void **state)
{
	(void)state;
	scoped_arena struct arena a = { .limit = 1 << 20 }, small = { .limit = 256 };
	scoped_buf struct buf b = { 0 };
	struct scov_err err = { 0 };
	const struct json *v = NULL;

	buf_str(&b, "a = ");
	for (size_t i = 0; i <= TOML_DEPTH; i++)
		buf_byte(&b, '[');
	assert_int_equal(SCOV_E_LIMIT, toml_parse(buf_view(&b), 4096, &a, &v, &err));
	assert_int_equal(SCOV_E_LIMIT, toml_parse(SPAN("a=1"), 2, &a, &v, &err));
	assert_int_equal(
		SCOV_E_LIMIT, toml_parse(SPAN("a=[a,b,c,d,e,f,g,h]"), 4096, &small, &v, &err));
	assert_null(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents),
		cmocka_unit_test(bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
