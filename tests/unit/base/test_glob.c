/* SPDX-License-Identifier: Apache-2.0 */
#include "base/glob.h"

#include "tests/unit/unit.h"

static void globs(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span pattern, text;
		bool match;
	} cases[] = {
		{ "same", SPAN_INIT("a/b"), SPAN_INIT("a/b"), true },
		{ "star stays in its part", SPAN_INIT("a/*"), SPAN_INIT("a/b/c"), false },
		{ "star in its part", SPAN_INIT("a/*/c"), SPAN_INIT("a/b/c"), true },
		{ "two stars cross parts", SPAN_INIT("a/**"), SPAN_INIT("a/b/c:1"), true },
		{ "two stars in the middle", SPAN_INIT("a/**/z"), SPAN_INIT("a/b/c/z"), true },
		{ "star comes back", SPAN_INIT("*-slim"), SPAN_INIT("a-slim-slim"), true },
		{ "star after two stars", SPAN_INIT("**/x*y"), SPAN_INIT("a/x/xzy"), true },
		{ "question mark", SPAN_INIT("a?c"), SPAN_INIT("abc"), true },
		{ "question mark is no slash", SPAN_INIT("a?c"), SPAN_INIT("a/c"), false },
		{ "text left over", SPAN_INIT("a"), SPAN_INIT("ab"), false },
		{ "pattern left over", SPAN_INIT("ab"), SPAN_INIT("a"), false },
		{ "empty text, star", SPAN_INIT("*"), SPAN_INIT(""), true },
		{ "empty pattern", SPAN_INIT(""), SPAN_INIT("a"), false },
		{ "leading stars and slash are also nothing", SPAN_INIT("**/x"), SPAN_INIT("x"),
			true },
		{ "only where they lead", SPAN_INIT("a/**/x"), SPAN_INIT("a/x"), false },
		{ "no prefix match of a host", SPAN_INIT("gcr.io/distroless/**"),
			SPAN_INIT("gcr.io.example/distroless/x"), false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		check(cases[i].name, glob_match(cases[i].pattern, cases[i].text) == cases[i].match);
}

static void long_ones_do_not_match(void **state)
{
	(void)state;
	static uint8_t text[GLOB_MAX + 1];

	memset(text, 'a', sizeof(text));
	assert_true(glob_match(SPAN("a*"), span_of(text, GLOB_MAX)));
	assert_false(glob_match(SPAN("a*"), span_of(text, GLOB_MAX + 1)));
	assert_false(glob_match(span_of(text, GLOB_MAX + 1), SPAN("a")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(globs),
		cmocka_unit_test(long_ones_do_not_match),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
