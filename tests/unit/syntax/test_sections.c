/* test_sections.c - headings and settings of a text, and lines that are neither.
 * SPDX-License-Identifier: Apache-2.0 */
#include "syntax/sections.h"
#include "tests/unit/unit.h"

static void lines(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span text;
		enum sections_kind kind;
		struct span key, value;
		uint32_t line;
	} cases[] = {
		{ "nothing", SPAN_INIT(""), SECTIONS_END, SPAN_INIT(""), SPAN_INIT(""), 0 },
		{ "blanks and comments", SPAN_INIT("\n \t\n# x = y\n"), SECTIONS_END, SPAN_INIT(""),
			SPAN_INIT(""), 3 },
		{ "a heading", SPAN_INIT("\n [ rule a ] \n"), SECTIONS_HEADING, SPAN_INIT("rule a"),
			SPAN_INIT(""), 2 },
		{ "a setting", SPAN_INIT("a b = c = d \r\n"), SECTIONS_SETTING, SPAN_INIT("a b"),
			SPAN_INIT("c = d"), 1 },
		{ "no value", SPAN_INIT("a ="), SECTIONS_SETTING, SPAN_INIT("a"), SPAN_INIT(""),
			1 },
		{ "a heading that does not end", SPAN_INIT("[a\n"), SECTIONS_BROKEN,
			SPAN_INIT("[a"), SPAN_INIT(""), 1 },
		{ "a bracket alone", SPAN_INIT("["), SECTIONS_BROKEN, SPAN_INIT("["), SPAN_INIT(""),
			1 },
		{ "no sign", SPAN_INIT("a b"), SECTIONS_BROKEN, SPAN_INIT("a b"), SPAN_INIT(""),
			1 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sections s = { .rest = cases[i].text };

		check(cases[i].name, sections_next(&s) == cases[i].kind);
		check(cases[i].name, s.line == cases[i].line);
		check_span(cases[i].name, s.name, cases[i].key);
		check_span(cases[i].name, s.value, cases[i].value);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(lines) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
