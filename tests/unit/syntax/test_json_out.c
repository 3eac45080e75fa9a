/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "syntax/json.h"
#include "syntax/utf8.h"

static void a_document(void **state)
{
	(void)state;
	static const struct {
		unsigned indent;
		const char *want;
	} cases[] = {
		{ 0, "{\"a\":[1,-2,18446744073709551615,true,null,{}],\"b\":\"x\"}" },
		{ 2, "{\n  \"a\": [\n    1,\n    -2,\n    18446744073709551615,\n    true,\n    "
		     "null,\n    {}\n  ],\n"
		     "  \"b\": \"x\"\n}" },
	};

	for (size_t i = 0; i < 2; i++) {
		scoped_buf struct buf b = { 0 };
		struct json_out w = { .out = &b, .indent = cases[i].indent };

		json_out_dict(&w);
		json_out_key(&w, "a");
		json_out_list(&w);
		json_out_int(&w, 1);
		json_out_int(&w, -2);
		json_out_uint(&w, UINT64_MAX);
		json_out_bool(&w, true);
		json_out_str(&w, NULL);
		json_out_dict(&w);
		json_out_end(&w);
		json_out_end(&w);
		json_out_key_span(&w, SPAN("b"));
		json_out_str(&w, "x");
		json_out_end(&w);
		assert_false(b.failed);
		check_span("document", buf_view(&b), span_str(cases[i].want));
	}
}

static void text_is_escaped(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span in, want;
	} cases[] = {
		{ "empty", SPAN_INIT(""), SPAN_INIT("\"\"") },
		{ "quotes and backslash", SPAN_INIT("a\"\\b"), SPAN_INIT("\"a\\\"\\\\b\"") },
		{ "control bytes", SPAN_INIT("\n\t\x1b\0\x7f"),
			SPAN_INIT("\"\\n\\t\\u001b\\u0000\\u007f\"") },
		{ "UTF-8 stays", SPAN_INIT("\xc3\xa4\xe2\x82\xac\xf0\x9f\x8c\xb6"),
			SPAN_INIT("\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x8c\xb6\"") },
		{ "stray bytes", SPAN_INIT("a\xff\x80z"),
			SPAN_INIT("\"a\xef\xbf\xbd\xef\xbf\xbdz\"") },
		{ "cut character", SPAN_INIT("\xe2\x82"),
			SPAN_INIT("\"\xef\xbf\xbd\xef\xbf\xbd\"") },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_buf struct buf b = { 0 };

		json_quote(&b, cases[i].in);
		check_span(cases[i].name, buf_view(&b), cases[i].want);
	}
}

static void misuse_fails(void **state)
{
	(void)state;
	for (int i = 0; i < 6; i++) {
		scoped_buf struct buf b = { 0 };
		struct json_out w = { .out = &b };

		if (i == 0) {
			json_out_end(&w);
		} else if (i == 1) {
			json_out_key(&w, "k");
		} else if (i == 2) {
			json_out_int(&w, 1);
			json_out_int(&w, 2);
		} else if (i == 3) {
			json_out_dict(&w);
			json_out_int(&w, 1);
		} else if (i == 4) {
			json_out_dict(&w);
			json_out_key(&w, "k");
			json_out_end(&w);
		} else {
			for (int n = 0; n <= JSON_DEPTH; n++)
				json_out_list(&w);
		}
		assert_true(b.failed);
	}
}

static void utf8(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span in;
		bool good;
	} cases[] = {
		{ "empty", SPAN_INIT(""), true },
		{ "ends of ranges",
			SPAN_INIT("\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4"
				  "\x8f\xbf\xbf"),
			true },
		{ "overlong 2", SPAN_INIT("\xc1\xbf"), false },
		{ "overlong 3", SPAN_INIT("\xe0\x9f\xbf"), false },
		{ "overlong 4", SPAN_INIT("\xf0\x8f\xbf\xbf"), false },
		{ "surrogate", SPAN_INIT("\xed\xa0\x80"), false },
		{ "above the last", SPAN_INIT("\xf4\x90\x80\x80"), false },
		{ "five bytes", SPAN_INIT("\xf8\x88\x80\x80\x80"), false },
		{ "continuation alone", SPAN_INIT("\x80"), false },
		{ "cut", SPAN_INIT("\xf0\x9f\x8c"), false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		size_t off = 0, step = 1;

		for (; step && off < cases[i].in.len; off += step)
			step = utf8_step(cases[i].in, off, NULL);
		check(cases[i].name, (step != 0) == cases[i].good);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_document),
		cmocka_unit_test(text_is_escaped),
		cmocka_unit_test(misuse_fails),
		cmocka_unit_test(utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
