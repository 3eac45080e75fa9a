/* SPDX-License-Identifier: Apache-2.0 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "tests/unit/unit.h"

#include <pcre2.h>

#include "secret/rule.h"

#define COUNT(t) (sizeof(t) / sizeof(*(t)))
#define NEEDED                                                                                     \
	"kind = k\ntitle = t\nadvice = a\nsource = s\nliteral = abc_\nexpression = "               \
	"(abc_[a-z]{4})\ngood = abc_{L4}\n"

/* As the finder confirms: no JIT, a match limit. */
static bool matches(const struct secret_rule *r, struct span text)
{
	int number = 0;
	size_t at = 0;
	pcre2_code *code = pcre2_compile(r->expression.p, r->expression.len,
		r->nocase ? PCRE2_CASELESS : 0, &number, &at, NULL);

	if (!code)
		fail_msg("rule %.*s: expression, byte %zu: error %d", SPAN_ARG(r->id), at, number);
	pcre2_match_context *context = pcre2_match_context_create(NULL);
	pcre2_set_match_limit(context, 200000);
	pcre2_match_data *data = pcre2_match_data_create_from_pattern(code, NULL);
	int rc = pcre2_match(code, text.p, text.len, 0, 0, data, context);
	size_t *found = pcre2_get_ovector_pointer(data);
	bool yes = rc > r->group && found[2 * r->group + 1] > found[2 * r->group];

	if (rc < 0 && rc != PCRE2_ERROR_NOMATCH)
		fail_msg("rule %.*s: match error %d", SPAN_ARG(r->id), rc);
	pcre2_match_data_free(data);
	pcre2_match_context_free(context);
	pcre2_code_free(code);
	return yes;
}

static bool has_literal(const struct secret_rule *r, struct span text)
{
	for (size_t l = 0; l < r->literals_n; l++)
		for (size_t i = 0; i + r->literals[l].len <= text.len; i++) {
			struct span here = span_sub(text, i, r->literals[l].len);

			if (r->nocase ? span_eq_nocase(here, r->literals[l])
				      : span_eq(here, r->literals[l]))
				return true;
		}
	return false;
}

static void examples(void **state)
{
	(void)state;
	const struct secret_rules *rules = rules_builtin();
	struct scov_err err;
	struct span text;
	int wrong = 0;

	assert_true(rules->n >= 300);
	for (size_t i = 0; i < rules->n; i++) {
		const struct secret_rule *r = &rules->p[i];

		for (uint32_t k = 0; k < 16u * r->good_n; k++) {
			scoped_arena struct arena a = { 0 };

			if (rule_expand(r->good[k / 16], k, &a, &text, &err))
				fail_msg("rule %.*s: %s", SPAN_ARG(r->id), err.text);
			bool found = matches(r, text), literal = has_literal(r, text);
			if (!found || !literal) {
				print_error("rule %.*s: good example %u: match %d, literal %d\n",
					SPAN_ARG(r->id), k / 16, found, literal);
				wrong++;
				break;
			}
		}
		for (uint32_t k = 0; k < r->bad_n; k++) {
			scoped_arena struct arena a = { 0 };

			if (rule_expand(r->bad[k], k, &a, &text, &err))
				fail_msg("rule %.*s: %s", SPAN_ARG(r->id), err.text);
			if (matches(r, text)) {
				print_error(
					"rule %.*s: bad example %u matches\n", SPAN_ARG(r->id), k);
				wrong++;
			}
		}
	}
	assert_int_equal(wrong, 0);
}

static void broken(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span in;
		const char *says;
	} cases[] = {
		{ "whole", SPAN_INIT("[rule a]\n" NEEDED), NULL },
		{ "comment and blank", SPAN_INIT("# x\n\n[rule a]\n" NEEDED), NULL },
		{ "no section", SPAN_INIT("kind = k\n"), "user.rules:1" },
		{ "other section", SPAN_INIT("[thing a]\n"), "user.rules:1" },
		{ "id in capitals", SPAN_INIT("[rule A]\n"), "[rule ID]" },
		{ "id twice", SPAN_INIT("[rule a]\n" NEEDED "[rule a]\n" NEEDED),
			"'a': this id is taken" },
		{ "no such key", SPAN_INIT("[rule a]\ncolour = red\n"),
			"user.rules:2: rule 'a': no such key" },
		{ "no value", SPAN_INIT("[rule a]\nkind =\n"), "without a value" },
		{ "no equals sign", SPAN_INIT("[rule a]\nkind\n"), "KEY = VALUE" },
		{ "no such validator", SPAN_INIT("[rule a]\nvalid = luck:7\n"),
			"no such validator" },
		{ "short literal", SPAN_INIT("[rule a]\nliteral = ab\n"), "3 to 255" },
		{ "level", SPAN_INIT("[rule a]\nlevel = high medium\n"), "level wants" },
		{ "level's word", SPAN_INIT("[rule a]\nlevel = high medium worse\n"),
			"level wants" },
		{ "window", SPAN_INIT("[rule a]\nwindow = 1 65537\n"), "window wants" },
		{ "class", SPAN_INIT("[rule a]\nclass = word\n"), "class is" },
		{ "prefix", SPAN_INIT("[rule a]\nprefix = 13\n"), "prefix is" },
		{ "nothing in it", SPAN_INIT("[rule a]\n"), "kind, title" },
		{ "bad expression", SPAN_INIT("[rule a]\n" NEEDED "expression = (abc_\n"),
			"user.rules:1: rule 'a': expression" },
		{ "no such group", SPAN_INIT("[rule a]\n" NEEDED "group = 2\n"), "no such group" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct secret_rules rules = { 0 };
		struct scov_err err = { 0 };
		int rc = rules_parse(cases[i].in, "user.rules", &rules, &err);

		check(cases[i].name, rc == (cases[i].says ? SCOV_E_USAGE : 0));
		check(cases[i].name, rules.n == (cases[i].says ? 0 : 1));
		if (cases[i].says && !strstr(err.text, cases[i].says))
			fail_msg("%s: says '%s'", cases[i].name, err.text);
		rules_release(&rules);
	}
}

static void templates(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span in;
		bool fine;
		size_t len;
	} cases[] = {
		{ "text alone", SPAN_INIT("abc"), true, 3 },
		{ "a class", SPAN_INIT("a{H32}"), true, 33 },
		{ "a brace", SPAN_INIT("{{x}"), true, 3 },
		{ "a checksum", SPAN_INIT("{A30}{crc32-base62}"), true, 36 },
		{ "a checksum in hex", SPAN_INIT("x_{A4}_{crc32-le-hex}"), true, 15 },
		{ "a new line", SPAN_INIT("{n}"), true, 1 },
		{ "no end", SPAN_INIT("{A3"), false, 0 },
		{ "no such class", SPAN_INIT("{Q3}"), false, 0 },
		{ "no count", SPAN_INIT("{A}"), false, 0 },
		{ "too many", SPAN_INIT("{A4097}"), false, 0 },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		scoped_arena struct arena a = { 0 };
		struct scov_err err;
		struct span one = { 0 }, again = { 0 };

		check(cases[i].name, !rule_expand(cases[i].in, 7, &a, &one, &err) == cases[i].fine);
		check(cases[i].name, one.len == cases[i].len);
		check(cases[i].name,
			!rule_expand(cases[i].in, 7, &a, &again, &err) == cases[i].fine);
		check_span(cases[i].name, again, one);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(examples),
		cmocka_unit_test(broken),
		cmocka_unit_test(templates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
