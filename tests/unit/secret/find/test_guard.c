/* A guard turns away what the expression cannot match, and nothing that it can.
 * SPDX-License-Identifier: Apache-2.0 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "secret/find/guard.h"
#include "tests/unit/unit.h"

static const struct {
	const char *name, *expression, *literal;
	bool nocase;
	const char *before, *behind;
	bool fits;
} rows[] = {
	{ "run", "x_([0-9a-z]{4})", "x_", false, "", "ab12", true },
	{ "run too short", "x_([0-9a-z]{4})", "x_", false, "", "ab1.", false },
	{ "the text ends in the run", "x_([0-9a-z]{4})", "x_", false, "", "ab1", true },
	{ "nothing after", "x_([0-9a-z]{4})", "x_", false, "", "", true },
	{ "byte ahead", "(?<![0-9a-z])(x_[a-z]{2})", "x_", false, "a", "aa", false },
	{ "another byte ahead", "(?<![0-9a-z])(x_[a-z]{2})", "x_", false, "A", "aa", true },
	{ "border of a word", "\\b(x_[a-z]{2})", "x_", false, "_", "aa", false },
	{ "border, case", "\\b(x_[a-z]{2})", "X_", false, "_", "aa", true },
	{ "case", "x_[a-f]{2}", "X_", true, "", "AF", true },
	{ "two runs", "x[0-9]{2,4}:[a-z]+", "x", false, "", "123:a", true },
	{ "two runs, wrong border", "x[0-9]{2,4}:[a-z]+", "x", false, "", "123.a", false },
	{ "run over its most", "x[0-9]{2,4}:[a-z]+", "x", false, "", "12345:a", false },
	{ "optional between", "x[a-c]{1,3}:?[a-c]z", "x", false, "", "abcz", true },
	{ "overlapping runs", "x[a-z]{1,3}z[0-9]", "x", false, "", "zz1", true },
	{ "choice after", "x(?:aa|bb)", "x", false, "", "cc", true },
	{ "choice of literals", "(?:x|y)[0-9]{3}", "x", false, "", "abc", true },
	{ "literal in an optional group", "(?:x)?[0-9]{3}", "x", false, "", "abc", true },
	{ "literal twice", "x[a]x[b]", "x", false, "", "q", true },
	{ "literal in a class only", "[xy]a", "x", false, "", "q", true },
	{ "escaped literal", "a\\.b\\d{3}", "a.b", false, "", "12z", false },
	{ "kinds", "x\\s*=\\s*\\w{3}", "x", false, "", " = a1_", true },
	{ "kinds, wrong", "x\\s*=\\s*\\w{3}", "x", false, "", " : a1_", false },
	{ "negative class", "://[^\\s:@/]{1,9}:[^\\s@]{1,9}@", "://", false, "", "user:pass@",
		true },
	{ "negative class, none", "://[^\\s:@/]{1,9}:[^\\s@]{1,9}@", "://", false, "", "host/",
		false },
	{ "group repeated", "x(?:[a]b){2}c", "x", false, "", "zz", true },
	{ "bracket in a class", "x[]a]{2}", "x", false, "", "]b", false },
	{ "literal that ends in a run", "SU[A-Z]{4}", "SUA", false, "", "BCD", true },
	{ "literal that ends in a run, too short", "SU[A-Z]{4}", "SUA", false, "", "BC1", false },
	{ "beginning of a line", "^x_[a-z]{2}", "x_", false, " ", "aa", false },
	{ "beginning of a line, it is", "(?m)^x_[a-z]{2}", "x_", false, "\n", "aa", true },
	{ "dot", "x.{3}y", "x", false, "", "ab\ny", false },
};

static struct secret_rule rule_of(size_t i)
{
	return (struct secret_rule){ .expression = span_str(rows[i].expression),
		.nocase = rows[i].nocase };
}

static void as_the_rows_say(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct secret_rule r = rule_of(i);
		struct guard g;

		guard_make(&r, span_str(rows[i].literal), &g);
		check(rows[i].name, guard_fits(&g, *rows[i].before ? *rows[i].before : -1,
					    span_str(rows[i].behind), false) == rows[i].fits);
	}
}

/* Every good example of every rule, expanded some times: where the expression matches, the guard of
 * one of its literals in the match lets it pass. */
static bool passes(const struct secret_rule *r, struct span text)
{
	for (size_t k = 0; k < r->literals_n; k++) {
		struct span l = r->literals[k];
		struct guard g;

		guard_make(r, l, &g);
		for (size_t at = 0; at + l.len <= text.len; at++) {
			struct span here = span_sub(text, at, l.len);

			if ((r->nocase ? span_eq_nocase(here, l) : span_eq(here, l)) &&
				guard_fits(&g, at ? text.p[at - 1] : -1,
					span_from(text, at + l.len), false))
				return true;
		}
	}
	return false;
}

static void no_match_is_lost(void **state)
{
	(void)state;
	const struct secret_rules *all = rules_builtin();
	size_t matched = 0, guarded = 0;

	for (size_t i = 0; i < all->n; i++) {
		const struct secret_rule *r = &all->p[i];
		int why;
		PCRE2_SIZE at;
		pcre2_code *code = pcre2_compile(r->expression.p, r->expression.len,
			PCRE2_MULTILINE | PCRE2_NEVER_UTF | (r->nocase ? PCRE2_CASELESS : 0u), &why,
			&at, NULL);
		pcre2_match_data *m = pcre2_match_data_create(32, NULL);

		assert_non_null(code);
		for (size_t k = 0; k < r->literals_n; k++) {
			struct guard g;

			guard_make(r, r->literals[k], &g);
			guarded += g.steps_n > 0;
		}
		for (uint32_t n = 0; n < 8u * r->good_n; n++) {
			scoped_arena struct arena a = { 0 };
			struct span text;
			struct scov_err err;

			assert_int_equal(
				rule_expand(r->good[n % r->good_n], n, &a, &text, &err), 0);
			if (pcre2_match(code, text.p, text.len, 0, 0, m, NULL) <= 0)
				continue;

			matched++;
			check((const char *)arena_cstr(&a, r->id), passes(r, text));
		}
		pcre2_match_data_free(m);
		pcre2_code_free(code);
	}
	printf("%zu matches of good examples, guards of %zu literals\n", matched, guarded);
	assert_true(matched > 1000 && guarded > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_the_rows_say),
		cmocka_unit_test(no_match_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
