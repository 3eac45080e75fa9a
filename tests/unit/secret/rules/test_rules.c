/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "secret/find/examples.h"

#define COUNT(t) (sizeof(t) / sizeof(*(t)))
#define NEEDED                                                                                     \
	"kind = k\ntitle = t\nadvice = a\nsource = s\nliteral = abc_\nexpression = "               \
	"(abc_[a-z]{4})\ngood = abc_{L4}\n"

static void say(void *context, const struct example_failure *f)
{
	(void)context;
	print_error("rule %.*s: %s example %u: %s\n", SPAN_ARG(f->rule->id),
		f->is_good ? "good" : "bad", f->number, f->why);
}

/* Every example of every rule of ours, through the finder and the validators. */
static void examples(void **state)
{
	(void)state;
	struct examples_sum sum = { 0 };
	struct scov_err err = { 0 };

	if (examples_try(rules_builtin(), say, NULL, &sum, &err))
		fail_msg("%s", err.text);
	assert_true(sum.rules >= 300);
	assert_true(sum.examples >= 2 * sum.rules);
	assert_int_equal(sum.failed, 0);
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
		{ "level", SPAN_INIT("[rule a]\nlevel = high medium\n"), "level needs" },
		{ "level's word", SPAN_INIT("[rule a]\nlevel = high medium worse\n"),
			"level needs" },
		{ "window", SPAN_INIT("[rule a]\nwindow = 1 65537\n"), "window needs" },
		{ "literal of bytes", SPAN_INIT("[rule a]\n" NEEDED "literal-hex = feedFEED\n"),
			NULL },
		{ "literal of half a byte", SPAN_INIT("[rule a]\nliteral-hex = feedf\n"),
			"two digits a byte" },
		{ "literal of no digits", SPAN_INIT("[rule a]\nliteral-hex = fexx\n"),
			"hex digits" },
		{ "short literal of bytes", SPAN_INIT("[rule a]\nliteral-hex = feed\n"),
			"3 to 255" },
		{ "flags", SPAN_INIT("[rule a]\n" NEEDED "flag = telecom\nflag = default\n"),
			NULL },
		{ "no such flag", SPAN_INIT("[rule a]\nflag = red\n"), "flag must be" },
		{ "binary", SPAN_INIT("[rule a]\nbinary = maybe\n"), "binary must be" },
		{ "class", SPAN_INIT("[rule a]\nclass = word\n"), "class must be" },
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
		{ "bytes", SPAN_INIT("{bytes 00ff7F}"), true, 3 },
		{ "half a byte", SPAN_INIT("{bytes 00f}"), false, 0 },
		{ "no digits", SPAN_INIT("{bytes 0x}"), false, 0 },
		{ "base64", SPAN_INIT("{base64}{R32}{end}"), true, 44 },
		{ "base64 of URLs", SPAN_INIT("{base64url}{R32}{end}"), true, 43 },
		{ "hex of a key", SPAN_INIT("{hex}{key x25519}{end}"), true, 64 },
		{ "a point", SPAN_INIT("{public p256}"), true, 65 },
		{ "no such curve", SPAN_INIT("{key p1}"), false, 0 },
		{ "a stretch in a stretch", SPAN_INIT("{hex}{base64}abc{end}{end}"), true, 8 },
		{ "a stretch without its end", SPAN_INIT("{hex}abc"), false, 0 },
		{ "an end of nothing", SPAN_INIT("abc{end}"), false, 0 },
		{ "five deep", SPAN_INIT("{hex}{hex}{hex}{hex}{hex}"), false, 0 },
		{ "a seed of NATS", SPAN_INIT("{nkey U}"), true, 58 },
		{ "an identity of age", SPAN_INIT("AGE-SECRET-KEY-1{Q52}{bech32}"), true, 74 },
		{ "keys of MILENAGE", SPAN_INIT("{K}{OP}{OPc}"), true, 96 },
		{ "no end", SPAN_INIT("{A3"), false, 0 },
		{ "no such class", SPAN_INIT("{Y3}"), false, 0 },
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
