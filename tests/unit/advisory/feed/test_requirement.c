/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "advisory/feed/requirement.h"
#include "base/buf.h"

static void print(struct buf *b, const struct advisory_range *r)
{
	buf_printf(b, "[%.*s,%.*s%s", SPAN_ARG(r->introduced),
		SPAN_ARG(r->last_affected.len ? r->last_affected : r->fixed),
		r->last_affected.len ? "]" : ")");
}

/* What is left over by requirements, separated by ';'. */
static void what_is_left(void **state)
{
	(void)state;
	enum { GEM = REQUIREMENT_GEM, CARGO = REQUIREMENT_CARGO };
	static const struct {
		const char *name;
		uint8_t style;         /* enum requirement_style */
		const char *in, *want; /* want NULL: cannot be read */
	} cases[] = {
		{ "patched from one on", GEM, ">= 2.2.1", "[,2.2.1)" },
		{ "two branches", GEM, "~> 3.1.4; >= 3.2.2", "[,3.1.4)[3.2.a,3.2.2)" },
		{ "in another order", GEM, ">= 3.2.2; ~> 3.1.4", "[,3.1.4)[3.2.a,3.2.2)" },
		{ "an unaffected beginning", GEM, ">= 5; < 4", "[4,5)" },
		{ "both in one", GEM, "~> 2.3, >= 2.3.5; >= 3.1", "[,2.3.5)[3.a,3.1)" },
		{ "a pessimistic one of one number", GEM, "~> 3", "[,3)[4.a,)" },
		{ "a pessimistic one of a pre-release", GEM, "~> 2.0.0.rc1",
			"[,2.0.0.rc1)[2.1.a,)" },
		{ "above one", GEM, "> 1.0", "[,1.0]" },
		{ "up to one", GEM, "<= 1.0; >= 2", "[1.0.0.0.1,2)" },
		{ "one version", GEM, "= 1.2; 1.4", "[,1.2)[1.2.0.0.1,1.4)[1.4.0.0.1,)" },
		{ "within one another", GEM, ">= 1, < 9; ~> 3.0", "[,1)[9,)" },
		{ "nothing patched", GEM, "", "[,)" },
		{ "all", GEM, ">= 0", "[,0)" },
		{ "no version", GEM, ">= x y", NULL },
		{ "only a sign", GEM, ">=", NULL },
		{ "another sign", GEM, "!= 1.0", NULL },
		{ "a tilde", GEM, "~ 1.0", NULL },

		{ "caret", CARGO, "^1.2.3", "[,1.2.3)[2.0.0-0,)" },
		{ "caret below one", CARGO, "^0.2.3", "[,0.2.3)[0.3.0-0,)" },
		{ "caret below a tenth", CARGO, "^0.0.3", "[,0.0.3)[0.0.4-0,)" },
		{ "a version alone", CARGO, "0.1.2", "[,0.1.2)[0.2.0-0,)" },
		{ "tilde", CARGO, "~1.2.3", "[,1.2.3)[1.3.0-0,)" },
		{ "tilde of one number", CARGO, "~1", "[,1.0.0)[2.0.0-0,)" },
		{ "two numbers", CARGO, ">= 0.9", "[,0.9.0)" },
		{ "up to one, and a later one", CARGO, "<= 1.2.3; >= 2.0.0", "[1.2.4-0,2.0.0)" },
		{ "up to a pre-release", CARGO, "<= 1.0.0-rc.1", "[1.0.0-rc.1.0,)" },
		{ "exactly", CARGO, "=1.2.3; >1.2.3", "[,1.2.3)" },
		{ "any", CARGO, "*", "" },
		{ "contradicting", CARGO, ">= 2.0.0, < 1.0.0; >= 3.0.0", "[,3.0.0)" },
		{ "pessimistic", CARGO, "~> 1.2", NULL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_arena struct arena a = { 0 };
		scoped_buf struct buf b = { 0 };
		struct requirement all[4];
		struct advisory_range *out = NULL;
		struct span rest = span_str(cases[i].in), part;
		size_t n = 0, out_n = 0;
		bool ok = true;

		while (span_split(&rest, ';', &part))
			ok = ok && requirement_read((enum requirement_style)cases[i].style, part,
					   &a, &all[n++]);
		ok = ok && requirement_rest((enum requirement_style)cases[i].style, all, n, &a,
				   &out, &out_n);
		check(cases[i].name, ok == (cases[i].want != NULL));
		for (size_t r = 0; ok && r < out_n; r++)
			print(&b, &out[r]);
		check_span(cases[i].name, buf_view(&b),
			cases[i].want ? span_str(cases[i].want) : SPAN(""));
	}
}

static void composer(void **state)
{
	(void)state;
	static const struct {
		const char *name, *one, *two, *want;
	} cases[] = {
		{ "a branch", ">=3.0.0", "<3.5.18", "[3.0.0,3.5.18)" },
		{ "up to one", ">=2.0", "<=2.1.3", "[2.0,2.1.3]" },
		{ "no beginning", "<3.5", "", "[,3.5)" },
		{ "above one", ">3.0.0", "<3.1", "[3.0.0.1,3.1)" },
		{ "above a pre-release", ">3.0.0-beta1", "<3.1", NULL },
		{ "a caret", "^3.0", "", NULL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_arena struct arena a = { 0 };
		scoped_buf struct buf b = { 0 };
		struct requirement r = { 0 };
		struct advisory_range range;
		bool ok =
			requirement_narrow(REQUIREMENT_COMPOSER, span_str(cases[i].one), &a, &r) &&
			requirement_narrow(REQUIREMENT_COMPOSER, span_str(cases[i].two), &a, &r) &&
			requirement_range(REQUIREMENT_COMPOSER, &r, &a, &range);

		check(cases[i].name, ok == (cases[i].want != NULL));
		if (ok)
			print(&b, &range);
		check_span(cases[i].name, buf_view(&b),
			cases[i].want ? span_str(cases[i].want) : SPAN(""));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_left),
		cmocka_unit_test(composer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
