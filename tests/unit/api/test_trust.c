/* test_trust.c - trust options and files with what is attached, and that nothing shown has a
 * secret in it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../crypto/openssl.h"

#include "api/trust.h"
#include "trust/policy.h"

static int open_with(const struct scov_trust *o, struct api_trust *out)
{
	struct scov_err err = { 0 };

	return api_trust_open(o, out, &err);
}

static void test_identities(void **state)
{
	static const char *const names[] = { "a@b", NULL }, *const expressions[] = { "^c", NULL },
				 *const issuers[] = { "i", "j", NULL };
	struct scov_trust o = { .struct_size = sizeof(o),
		.identities = names,
		.identity_regexps = expressions,
		.issuers = issuers };
	struct scov_err err = { 0 };
	struct api_trust t;

	(void)state;
	assert_int_equal(open_with(NULL, &t), 0);
	assert_false(trust_policy_expects(t.policy));
	assert_int_equal(trust_roots_date(t.roots), 0);
	assert_int_equal(api_trust_ready(&t, &err), 0);
	assert_true(trust_roots_date(t.roots) > 0);
	api_trust_release(&t);
	assert_int_equal(open_with(&o, &t), 0);
	assert_true(trust_policy_takes(t.policy, SPAN("a@b"), SPAN("j")));
	assert_true(trust_policy_takes(t.policy, SPAN("cc"), SPAN("i")));
	assert_false(trust_policy_takes(t.policy, SPAN("a@b"), SPAN("k")));
	assert_false(trust_policy_takes(t.policy, SPAN("^c"), SPAN("k")));
	api_trust_release(&t);
}

static void test_bad_files(void **state)
{
	static const char *const empty[] = { "empty", NULL }, *const absent[] = { "absent", NULL };
	const struct scov_trust rows[] = {
		{ .struct_size = sizeof(rows[0]), .keys = empty },
		{ .struct_size = sizeof(rows[0]), .keys = absent },
		{ .struct_size = sizeof(rows[0]), .trust_roots = empty },
		{ .struct_size = sizeof(rows[0]), .trust_roots = absent },
		{ .struct_size = sizeof(rows[0]), .now = "yesterday" },
	};
	struct api_trust t;

	(void)state;
	put("empty", SPAN(""));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_true(open_with(&rows[i], &t) < 0);
}

static void test_lines(void **state)
{
	scoped_arena struct arena a = { 0 };
	attached_rows list = { 0 };

	(void)state;
	put("lines", SPAN("{\"_type\":\"x\"}\n\n{\"payloadType\":\"y\"}\n"));
	put("one", SPAN("{\n\"verificationMaterial\":\n{}\n}\n"));
	assert_int_equal(api_trust_file("bundle", "lines", &a, &list, NULL), 0);
	assert_int_equal(api_trust_file("bundle", "one", &a, &list, NULL), 0);
	assert_true(api_trust_file("bundle", "absent", &a, &list, NULL) < 0);
	assert_int_equal(list.n, 3);
	assert_int_equal(list.p[0].form, ATTACHED_FORM_STATEMENT);
	assert_int_equal(list.p[1].form, ATTACHED_FORM_DSSE);
	assert_int_equal(list.p[2].form, ATTACHED_FORM_BUNDLE);
	assert_true(digest_size(&list.p[1].digest) == 32);
}

static void test_mask(void **state)
{
	scoped_arena struct arena a = { 0 };
	struct trust t = { 0 };
	/* No text in the shape of a token is in this file. */
	struct trust_evidence e = { .signer = span_str(arena_printf(&a, "https://u:%s@host/",
					    "kV7x9Qw"
					    "2LmZt4Rp")),
		.why = SPAN("plain words") };

	(void)state;
	vec_add(&t.list, &a, &e);
	api_trust_mask(&t, &a);
	assert_false(span_has(t.list.p[0].signer, SPAN("x9Qw")));
	check_span("words", t.list.p[0].why, SPAN("plain words"));
}

/* What `verify` calls verified. */
static void test_passed(void **state)
{
	static const struct {
		struct trust_evidence e;
		bool has_policy, passes;
	} rows[] = {
		{ { .level = TRUST_ROOTED }, false, true },
		{ { .level = TRUST_ROOTED }, true, false },
		{ { .level = TRUST_EXPECTED }, true, true },
		{ { .level = TRUST_INTACT }, false, false },
		{ { .level = TRUST_EXPECTED, .is_beside = true }, true, false },
		{ { .level = TRUST_EXPECTED, .is_bad = true }, true, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct scov_verification v = { .trust = { .has_policy = rows[i].has_policy } };
		struct trust_evidence e = rows[i].e;

		v.trust.list.p = &e;
		v.trust.list.n = 1;
		assert_int_equal(scov_verification_passed(&v), rows[i].passes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_identities),
		cmocka_unit_test(test_bad_files),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_mask),
		cmocka_unit_test(test_passed),
	};

	return cmocka_run_group_tests(tests, folder_make, folder_drop);
}
