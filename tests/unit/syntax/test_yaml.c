/* SPDX-License-Identifier: Apache-2.0 */
#include "syntax/yaml.h"

#include "tests/unit/syntax/values.h"

static const struct value_case cases[] = {
	{ "scalars are text", SPAN_INIT("a: 1.10\nb: no\nc: 2023-01-02\n"), 0,
		"{\"a\":\"1.10\",\"b\":\"no\",\"c\":\"2023-01-02\"}" },
	{ "nulls", SPAN_INIT("a: ~\nb:\nc: null\nd: \"\"\n"), 0,
		"{\"a\":null,\"b\":null,\"c\":null,\"d\":\"\"}" },
	{ "lists and mappings", SPAN_INIT("- a: [x, 'y: z']\n  b: {c: d}\n- e\n"), 0,
		"[{\"a\":[\"x\",\"y: z\"],\"b\":{\"c\":\"d\"}},\"e\"]" },
	{ "a block", SPAN_INIT("a: |\n  one\n  two\nb: >\n  one\n  two\n"), 0,
		"{\"a\":\"one\\ntwo\\n\",\"b\":\"one two\\n\"}" },
	{ "a start of a document", SPAN_INIT("---\na: b\n"), 0, "{\"a\":\"b\"}" },
	{ "a scalar alone", SPAN_INIT("hello"), 0, "\"hello\"" },
	{ "empty", SPAN_INIT(""), SCOV_E_FORMAT, "not YAML: empty" },
	{ "only a comment", SPAN_INIT("# nothing\n"), SCOV_E_FORMAT, "not YAML: empty" },
	{ "a key twice", SPAN_INIT("a: 1\nb:\n  c: 1\n  c: 2\n"), SCOV_E_FORMAT,
		"line 5: a key twice" },
	{ "an alias", SPAN_INIT("a: *x\n"), SCOV_E_FORMAT, "line 1: an alias" },
	{ "an anchor", SPAN_INIT("a: &x [1, 2]\nb: *x\n"), SCOV_E_FORMAT, "line 1: an anchor" },
	{ "an anchor on text", SPAN_INIT("a: &x y\n"), SCOV_E_FORMAT, "an anchor" },
	{ "many laughs", SPAN_INIT("a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n"), SCOV_E_FORMAT,
		"an anchor" },
	{ "a merge key", SPAN_INIT("a:\n  <<: *b\n"), SCOV_E_FORMAT, "an alias" },
	{ "a key that is a list", SPAN_INIT("? [a, b]\n: c\n"), SCOV_E_FORMAT,
		"a key that is not a scalar" },
	{ "two documents", SPAN_INIT("a: b\n---\nc: d\n"), SCOV_E_FORMAT, "a second document" },
	{ "cut", SPAN_INIT("a: [b, c"), SCOV_E_FORMAT, "bad syntax" },
	{ "a tab", SPAN_INIT("a:\n\t- b\n"), SCOV_E_FORMAT, "line 2: bad syntax" },
	{ "not UTF-8", SPAN_INIT("a: \xff\n"), SCOV_E_FORMAT, "bad syntax" },
	{ "HTML", SPAN_INIT("<!DOCTYPE html>\n<html a: b: c>\n"), SCOV_E_FORMAT, "bad syntax" },
};

static void documents(void **state)
{
	(void)state;
	check_values(cases, sizeof(cases) / sizeof(*cases), yaml_parse);
}

static void bounds(void **state)
{
	(void)state;
	scoped_arena struct arena a = { .limit = 1 << 20 }, small = { .limit = 256 };
	scoped_buf struct buf b = { 0 };
	struct scov_err err = { 0 };
	const struct json *v = NULL;

	for (size_t i = 0; i <= JSON_DEPTH; i++)
		buf_byte(&b, '[');
	assert_int_equal(SCOV_E_LIMIT, yaml_parse(buf_view(&b), 4096, &a, &v, &err));
	assert_int_equal(SCOV_E_LIMIT, yaml_parse(SPAN("a: b"), 3, &a, &v, &err));
	assert_int_equal(
		SCOV_E_LIMIT, yaml_parse(SPAN("[a,b,c,d,e,f,g,h]"), 4096, &small, &v, &err));
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
