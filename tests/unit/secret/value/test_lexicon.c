/* test_lexicon.c - words and judgments: our own, those of files, and files that are wrong.
 * SPDX-License-Identifier: Apache-2.0 */
#include "secret/value/lexicon.h"
#include "tests/unit/unit.h"

#include "base/buf.h"
#include "secret/rules/rule.h"

static void names(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		enum name_class class;
	} cases[] = {
		{ "DB_PASSWORD", NAME_PASSWORD },
		{ "rootPassword_prod", NAME_PASSWORD },
		{ "mypasswd", NAME_PASSWORD },
		{ "pass phrase", NAME_PASSWORD },
		{ "the word", NAME_NONE },
		{ "bypass", NAME_NONE },
		{ "password_file", NAME_NONE },
		{ "is_password", NAME_NONE },
		{ "clientSecret", NAME_SECRET },
		{ "csrf_token", NAME_NONE },
		{ "access_token", NAME_TOKEN },
		{ "primary_token", NAME_TOKEN },
		{ "API_KEY", NAME_KEY },
		{ "apikey", NAME_KEY },
		{ "cache_api_key", NAME_NONE },
		{ "key", NAME_WEAK },
		{ "hotkey", NAME_WEAK },
		{ "monkey", NAME_NONE },
		{ "monkeyPassword", NAME_PASSWORD },
		{ "RECAPTCHA_SITE_KEY", NAME_NONE },
		{ "RECAPTCHA_SECRET_KEY", NAME_KEY },
		{ "SITE_API_KEY", NAME_KEY },
		{ "minipass", NAME_NONE },
		{ "oauth", NAME_WEAK },
		{ "123", NAME_NONE },
		{ "", NAME_NONE },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		check(cases[i].name, name_class(span_str(cases[i].name)) == cases[i].class);
}

static void lists(void **state)
{
	const struct lexicon *l = lexicon_builtin();

	(void)state;
	assert_true(lexicon_in(lexicon_of(l, SPAN("PROD")), WORDS_NAME_WHICH));
	assert_true(lexicon_in(lexicon_of(l, SPAN("x_test.go")), WORDS_TEST_FILE));
	assert_false(lexicon_in(lexicon_of(l, SPAN("X_TEST.GO")), WORDS_TEST_FILE));
	assert_false(lexicon_in(lexicon_of(l, SPAN("xtests")), WORDS_TEST_FOLDER));
	assert_true(value_look(l, SPAN("p4$$w0rd!")) == LOOKS_DEFAULT);
	assert_true(lexicon_has(l, WORDS_PLACEHOLDER_PART, SPAN("xxYOUR_KEYxx")));
	assert_true(lexicon_starts(l, WORDS_ELSEWHERE, SPAN("arn:aws:x")));
	assert_false(lexicon_starts(l, WORDS_ELSEWHERE, SPAN("ARN:aws:x")));
	assert_false(lexicon_starts(l, WORDS_ELSEWHERE, SPAN("")));
	assert_false(lexicon_has(l, WORDS_PLACEHOLDER_PART, SPAN("\xff\x80")));
	for (size_t i = 0; i < l->named.n; i++)
		assert_true(l->named.p[i].why.len > 0);
}

#define WORDS "[words password]\nwhy = w\nsource = s\n"
#define NAMED "[judge named]\nsource = s\n"

static void of_a_file(void **state)
{
	struct secret_rules rules = { 0 };
	struct scov_err err = { 0 };
	static const char text[] = WORDS "word = losung \"a \\\"b\\\\\"\n" NAMED
					 "row = password | words | * | code | !comment under:9 "
					 "| high | ours\nrow = * | * | * | * | | low | second\n";

	(void)state;
	assert_int_equal(rules_parse(span_str(text), "u", &rules, &err), 0);
	const struct lexicon *l = rules_lexicon(&rules), *own = lexicon_builtin();

	assert_true(l != own);
	assert_int_equal(name_class_by(l, SPAN("db_losung")), NAME_PASSWORD);
	assert_int_equal(name_class_by(l, SPAN("DB_PASSWORD")), NAME_PASSWORD);
	assert_int_equal(name_class(SPAN("db_losung")), NAME_NONE);
	assert_true(lexicon_in(lexicon_of(l, SPAN("a \"b\\")), WORDS_PASSWORD));
	/* the file's rows come first, in its order */
	assert_int_equal(l->named.n, own->named.n + 2);
	check_span("first", l->named.p[0].why, SPAN("ours"));
	check_span("second", l->named.p[1].why, SPAN("second"));
	check_span("then ours", l->named.p[2].why, own->named.p[0].why);
	assert_int_equal(l->named.p[0].names, 1 << NAME_PASSWORD);
	assert_int_equal(l->named.p[0].is_not, 1 << TEST_COMMENT);
	assert_int_equal(l->named.p[0].under, 9);
	assert_int_equal(l->pairs.n, own->pairs.n);
	/* a second file on top of the first, and one that is wrong changes nothing */
	assert_int_equal(
		rules_parse(SPAN(NAMED "row = * | * | * | * | | low | third\n"), "v", &rules, &err),
		0);
	check_span("the last file", rules_lexicon(&rules)->named.p[0].why, SPAN("third"));
	check_span("then the one before", rules_lexicon(&rules)->named.p[1].why, SPAN("ours"));
	l = rules_lexicon(&rules);
	assert_int_equal(rules_parse(SPAN(WORDS "word = x\n" NAMED "row = y\n"), "w", &rules, &err),
		SCOV_E_USAGE);
	assert_true(rules_lexicon(&rules) == l);
	rules_release(&rules);
}

static void broken(void **state)
{
	(void)state;
	static const struct {
		const char *name, *text, *says;
	} cases[] = {
		{ "no such list", "[words colours]\n", "u:1: no such list" },
		{ "no such table", "[judge taste]\n", "u:1: no such table" },
		{ "no reason", "[words secret]\nsource = s\nword = x\n", "why and source" },
		{ "no source", "[words secret]\nwhy = w\nword = x\n", "why and source" },
		{ "no word", "[words secret]\nwhy = w\nsource = s\n", "nothing in it" },
		{ "no row", NAMED, "nothing in it" },
		{ "a row among words", WORDS "row = x\n", "u:4: keys are why" },
		{ "a word among rows", NAMED "word = x\n", "u:3: keys are source" },
		{ "no value", WORDS "word =\n", "without a value" },
		{ "not ASCII", WORDS "word = \xc3\xa4\n", "not ASCII" },
		{ "an empty word", WORDS "word = \"\"\n", "1 to 63 bytes" },
		{ "a long word",
			WORDS
			"word = aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n",
			"1 to 63 bytes" },
		{ "a quote that does not end", WORDS "word = \"ab\n", "not closed" },
		{ "a quote that ends in its escape", WORDS "word = \"ab\\\n", "not closed" },
		{ "too few fields", NAMED "row = * | * | low | x\n", "number of fields" },
		{ "too many fields", NAMED "row = *|*|*|*||low|x|y\n", "number of fields" },
		{ "no such name", NAMED "row = pin|*|*|*||low|x\n", "names are" },
		{ "no such look", NAMED "row = *|odd|*|*||low|x\n", "looks are" },
		{ "no such form", NAMED "row = *|*|odd|*||low|x\n", "forms are" },
		{ "no such file", NAMED "row = *|*|*|odd||low|x\n", "files are" },
		{ "no such test", NAMED "row = *|*|*|*|odd|low|x\n", "no such test" },
		{ "a length that is not one", NAMED "row = *|*|*|*|under:x|low|x\n",
			"no such test" },
		{ "no such level", NAMED "row = *|*|*|*||odd|x\n", "level must be" },
		{ "no reason in a row", NAMED "row = *|*|*|*||low|\n", "number of fields" },
		{ "a key form without a noun", "[judge key-form]\nsource = s\nrow = a|||1\n",
			"nouns" },
		{ "a key form without lengths", "[judge key-form]\nsource = s\nrow = a|b||x\n",
			"lengths" },
		{ "half a pair", "[judge pair]\nsource = s\nrow = a||x\n", "two kinds" },
		{ "half an opener", "[judge opener]\nsource = s\nrow = |a\n", "a rule or kind" },
		{ "a service key anywhere", "[judge service-key]\nsource = s\nrow = |a||x\n",
			"head of a path" },
		{ "no such place", "[judge place]\nsource = s\nrow = moon|*|low|x\n",
			"a place is" },
		{ "no such content", "[judge place]\nsource = s\nrow = test|cheese|low|x\n",
			"what is in it" },
		{ "a rise by place", "[judge place]\nsource = s\nrow = test|*|high|x\n",
			"falls to low" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct secret_rules rules = { 0 };
		struct scov_err err = { 0 };

		check(cases[i].name,
			rules_parse(span_str(cases[i].text), "u", &rules, &err) == SCOV_E_USAGE);
		if (!strstr(err.text, cases[i].says))
			fail_msg("%s: says '%s'", cases[i].name, err.text);
		assert_null(rules.lexicon);
		rules_release(&rules);
	}
}

/* Bounds: what a file may add. */
static void bounds(void **state)
{
	static const struct {
		const char *head, *line, *says;
		int most;
	} cases[] = {
		{ WORDS, "word = w%d\n", "8192 words", LEXICON_WORDS_MAX },
		{ NAMED, "row = *|*|*|*||low|x%d\n", "256 rows", LEXICON_ROWS_MAX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_buf struct buf text = { 0 };
		struct secret_rules rules = { 0 };
		struct scov_err err = { 0 };

		buf_printf(&text, "%s", cases[i].head);
		for (int n = 0; n <= cases[i].most; n++)
			buf_printf(&text, cases[i].line, n);
		assert_int_equal(rules_parse(buf_view(&text), "u", &rules, &err), SCOV_E_USAGE);
		assert_non_null(strstr(err.text, cases[i].says));
		rules_release(&rules);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(lists),
		cmocka_unit_test(of_a_file),
		cmocka_unit_test(broken),
		cmocka_unit_test(bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
