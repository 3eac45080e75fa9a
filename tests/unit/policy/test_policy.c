/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/policy.h"

#include "tests/unit/unit.h"

#include "criteria/criterion.h"

#define COUNT(t) (sizeof(t) / sizeof(*(t)))
enum { NOW = 1795305600 /* 2026-11-22 */ };

static int check_id(const struct waiver *w, struct scov_err *err)
{
	return criterion_find(w->id)
		       ? 0
		       : err_fail(err, SCOV_E_USAGE, "unknown criterion '%.*s'", SPAN_ARG(w->id));
}

static void gates(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool good;
		int kind, vector, threshold;
	} cases[] = {
		{ "grade<B", true, GATE_GRADE, -1, GRADE_B },
		{ "grade<A+", true, GATE_GRADE, -1, GRADE_A_PLUS },
		{ "grade<a", true, GATE_GRADE, -1, GRADE_A },
		{ "overall.grade<C", true, GATE_GRADE, -1, GRADE_C },
		{ "minimalism.grade<A", true, GATE_GRADE, MINIMALISM, GRADE_A },
		{ "vulnerabilities.level<3", true, GATE_LEVEL, VULNERABILITIES, 3 },
		{ "level<5", true, GATE_LEVEL, -1, 5 },
		{ "conf.user", true, GATE_CRITERION, -1, 0 },
		{ "secrets>=high", true, GATE_SECRETS, -1, SECRET_HIGH },
		{ "secrets>=low", true, GATE_SECRETS, -1, SECRET_LOW },
		{ "secrets>=none", false, 0, 0, 0 },
		{ "secrets>=HIGH", false, 0, 0, 0 },
		{ "secrets>=", false, 0, 0, 0 },
		{ "secrets>medium", false, 0, 0, 0 },
		{ "secrets", false, 0, 0, 0 },
		{ "configuration.secrets>=high", false, 0, 0, 0 },
		{ "grade<D", false, 0, 0, 0 },
		{ "grade<E", false, 0, 0, 0 },
		{ "grade<", false, 0, 0, 0 },
		{ "grade>B", false, 0, 0, 0 },
		{ "grade", false, 0, 0, 0 },
		{ "level<0", false, 0, 0, 0 },
		{ "level<6", false, 0, 0, 0 },
		{ "level<-1", false, 0, 0, 0 },
		{ "level<99999999999999999999", false, 0, 0, 0 },
		{ "speed.grade<B", false, 0, 0, 0 },
		{ "minimalism.", false, 0, 0, 0 },
		{ "minimalism.conf.user", false, 0, 0, 0 },
		{ "conf.", false, 0, 0, 0 },
		{ "conf.User", false, 0, 0, 0 },
		{ "", false, 0, 0, 0 },
		{ " grade<B", false, 0, 0, 0 },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct policy p;
		struct scov_err err = { 0 };
		int r;

		policy_init(&p);
		r = policy_gate(&p, span_str(cases[i].text), &err);
		check(cases[i].text, (r == 0) == cases[i].good && (r == 0 || r == SCOV_E_USAGE));
		check(cases[i].text, p.gates.n == (cases[i].good ? 1 : 0));
		if (!r) {
			check(cases[i].text, p.gates.p[0].kind == cases[i].kind &&
						     p.gates.p[0].vector == cases[i].vector);
			check(cases[i].text, p.gates.p[0].threshold == cases[i].threshold);
		}
		policy_release(&p);
	}
	for (int v = 0; v < VECTORS;
		v++) { /* the names here and those that reports print are the same */
		struct policy p;
		char text[64];

		policy_init(&p);
		snprintf(text, sizeof(text), "%s.grade<B", vector_names[v]);
		check(text, policy_gate(&p, span_str(text), NULL) == 0 && p.gates.p[0].vector == v);
		policy_release(&p);
	}
}

static void options(void **state)
{
	(void)state;
	struct policy p;

	policy_init(&p);
	assert_int_equal(policy_profile(&p, SPAN("strict"), NULL), 0);
	assert_int_equal(p.profile, PROFILE_STRICT);
	assert_int_equal(policy_profile(&p, SPAN("Strict"), NULL), SCOV_E_USAGE);
	assert_int_equal(policy_profile(&p, SPAN(""), NULL), SCOV_E_USAGE);
	policy_release(&p);
}

static void trust_files(void **state)
{
	(void)state;
	struct policy p;
	struct scov_err err;

	policy_init(&p);
	assert_int_equal(
		policy_trust_file(&p,
			SPAN("# ours\nregistry.example.com/team/**  # all of it\n\nonly\n"), "t",
			&err),
		0);
	assert_int_equal(p.trusted.n, 1);
	assert_true(p.trusted_replaces);
	check_span("comment taken off", p.trusted.p[0], SPAN("registry.example.com/team/**"));
	assert_int_equal(
		policy_trust_file(&p, SPAN("good/*\nbad pattern\n"), "t", &err), SCOV_E_USAGE);
	assert_non_null(strstr(err.text, "t:2"));
	policy_release(&p);
}

#define UNTIL "until=2027-01-01 "
#define FP "abcdefghijklmnopqrstuvwx27"
#define KEY "AAECAwQFBgcICQoLDA0ODxAR"

static void ignore_files(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span text;
		const char *error;
		size_t entries;
	} cases[] = {
		{ "empty", SPAN_INIT(""), NULL, 0 },
		{ "comments and blanks", SPAN_INIT("# why\n\n   \t\n  # more\r\n"), NULL, 0 },
		{ "whole",
			SPAN_INIT(
				"conf.priv path=usr/bin/su " UNTIL "reason=\"the admin asked\"\n"),
			NULL, 1 },
		{ "slash in front of a path",
			SPAN_INIT("conf.priv path=/usr/bin/su " UNTIL "reason=x"), NULL, 1 },
		{ "quoted path with a blank",
			SPAN_INIT("min.shell path=\"opt/a b/sh\" " UNTIL "reason=x"), NULL, 1 },
		{ "today still holds", SPAN_INIT("min.pm until=2026-11-22 reason=x"), NULL, 1 },
		{ "yesterday does not", SPAN_INIT("min.pm until=2026-11-21 reason=x"),
			"f:1: min.pm expired on 2026-11-21", 0 },
		{ "no reason", SPAN_INIT("min.pm until=2027-01-01"), "f:1: min.pm has no reason",
			0 },
		{ "empty reason", SPAN_INIT("min.pm " UNTIL "reason=\"\""),
			"f:1: reason= has no value", 0 },
		{ "blank reason", SPAN_INIT("min.pm " UNTIL "reason=\"  \""),
			"f:1: min.pm has no reason", 0 },
		{ "no date", SPAN_INIT("min.pm reason=x"), "f:1: min.pm has no until", 0 },
		{ "no real day", SPAN_INIT("min.pm until=2027-02-30 reason=x"),
			"f:1: until '2027-02-30'", 0 },
		{ "unknown id", SPAN_INIT("\nmin.speed " UNTIL "reason=x"),
			"f:2: unknown criterion 'min.speed'", 0 },
		{ "unknown field", SPAN_INIT("min.pm file=x " UNTIL "reason=x"), "f:1: 'file'", 0 },
		{ "word without a value", SPAN_INIT("min.pm path " UNTIL "reason=x"), "f:1: 'path'",
			0 },
		{ "twice the same", SPAN_INIT("min.pm path=a path=b " UNTIL "reason=x"),
			"f:1: path= given twice", 0 },
		{ "quote not closed", SPAN_INIT("min.pm " UNTIL "reason=\"x"),
			"f:1: missing closing quote", 0 },
		{ "text after a quote", SPAN_INIT("min.pm " UNTIL "reason=\"x\"y"),
			"f:1: text right after", 0 },
		{ "layer is no number", SPAN_INIT("min.pm layer=top " UNTIL "reason=x"),
			"f:1: layer 'top'", 0 },
		{ "layer out of range", SPAN_INIT("min.pm layer=99999999999 " UNTIL "reason=x"),
			"f:1: layer", 0 },
		{ "a secret by path alone", SPAN_INIT("conf.secrets path=a " UNTIL "reason=x"),
			"f:1: an entry for conf.secrets", 0 },
		{ "a secret by fingerprint", SPAN_INIT("conf.secrets fp=" FP " " UNTIL "reason=x"),
			NULL, 1 },
		{ "a fingerprint that is not one",
			SPAN_INIT("conf.secrets fp=0011 " UNTIL "reason=x"),
			"f:1: fp '0011': must be 26 characters", 0 },
		{ "a fingerprint of no secret", SPAN_INIT("min.pm fp=" FP " " UNTIL "reason=x"),
			"f:1: fp= is for conf.secrets", 0 },
		{ "a key", SPAN_INIT("key=" KEY "\n"), NULL, 0 },
		{ "a key after a blank", SPAN_INIT("key \t" KEY), NULL, 0 },
		{ "a key after an entry", SPAN_INIT("min.pm " UNTIL "reason=x\nkey=" KEY), NULL,
			1 },
		{ "a key in quotes", SPAN_INIT("key=\"" KEY "\""), NULL, 0 },
		{ "two keys", SPAN_INIT("key=" KEY "\nkey=" KEY), "f:2: more than one key", 0 },
		{ "an empty key", SPAN_INIT("key="), "f:1: key= has no value", 0 },
		{ "a key alone", SPAN_INIT("key"), "f:1: key= has no value", 0 },
		{ "a short key", SPAN_INIT("key=AAAA"), "f:1: the key must be 16", 0 },
		{ "a key that is not base64", SPAN_INIT("key=%%%"),
			"f:1: the key must be 16 to 64 bytes in base64", 0 },
		{ "text after the key", SPAN_INIT("key=" KEY " x"), "f:1: text after the key", 0 },
		{ "no key, an id", SPAN_INIT("keys " UNTIL "reason=x"),
			"f:1: unknown criterion 'keys'", 0 },
		{ "the second line is bad", SPAN_INIT("min.pm " UNTIL "reason=x\nmin.pm\n"),
			"f:2: min.pm has no reason", 1 },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct policy p;
		struct scov_err err = { 0 };
		int r;

		policy_init(&p);
		p.now = NOW;
		r = policy_ignore_file(&p, cases[i].text, "f", check_id, &err);
		check(cases[i].name, r == (cases[i].error ? SCOV_E_USAGE : 0));
		if (cases[i].error && strncmp(err.text, cases[i].error, strlen(cases[i].error)))
			fail_msg("%s: got '%s'", cases[i].name, err.text);
		check(cases[i].name, p.waivers.n == cases[i].entries);
		policy_release(&p);
	}
}

static void an_entry_is_read_whole(void **state)
{
	(void)state;
	struct policy p;

	policy_init(&p);
	p.now = NOW;
	assert_int_equal(policy_ignore_file(&p,
				 SPAN("\nvuln.any purl=pkg:deb/x layer=3 path=/a until=2027-01-01 "
				      "reason=\"he said \\\"no\\\" \\\\ \"\n"),
				 "f", check_id, NULL),
		0);
	check_span("id", p.waivers.p[0].id, SPAN("vuln.any"));
	check_span("purl", p.waivers.p[0].purl, SPAN("pkg:deb/x"));
	check_span("path", p.waivers.p[0].path, SPAN("a"));
	check_span("reason", p.waivers.p[0].reason, SPAN("he said \"no\" \\"));
	assert_int_equal(p.waivers.p[0].layer, 3);
	assert_int_equal(p.waivers.p[0].line, 2);
	policy_release(&p);
}

static void fingerprints_take_a_key(void **state)
{
	struct scov_err err = { 0 };
	struct policy p;

	(void)state;
	policy_init(&p);
	p.now = NOW;
	assert_int_equal(policy_ignore_file(&p, SPAN("\nconf.secrets fp=" FP " " UNTIL "reason=x"),
				 "f", check_id, &err),
		0);
	assert_int_equal(policy_keyed(&p, "f", &err), SCOV_E_USAGE);
	assert_true(span_starts(span_str(err.text), SPAN("f:2: fp= without a key")));
	assert_int_equal(policy_key(&p, SPAN(KEY), &err), 0);
	assert_int_equal(policy_keyed(&p, "f", &err), 0);
	assert_int_equal(p.fingerprint_key.len, 18);
	policy_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gates),
		cmocka_unit_test(options),
		cmocka_unit_test(trust_files),
		cmocka_unit_test(ignore_files),
		cmocka_unit_test(an_entry_is_read_whole),
		cmocka_unit_test(fingerprints_take_a_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
