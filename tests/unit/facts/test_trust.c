/* test_trust.c - which type of predicate or document is which kind, and what counts.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "facts/trust.h"

static const struct {
	const char *type;
	enum attached_kind kind;
} cases[] = {
	{ "https://sigstore.dev/cosign/sign/v1", ATTACHED_SIGNATURE },
	{ "https://slsa.dev/provenance/v0.2", ATTACHED_PROVENANCE },
	{ "https://slsa.dev/provenance/v1", ATTACHED_PROVENANCE },
	{ "https://slsa.dev/provenancex", ATTACHED_OTHER },
	{ "https://spdx.dev/Document", ATTACHED_SBOM },
	{ "https://spdx.dev/Document/v2.3", ATTACHED_SBOM },
	{ "https://cyclonedx.org/bom/v1.4", ATTACHED_SBOM },
	{ "application/vnd.cyclonedx+json", ATTACHED_SBOM },
	{ "text/spdx+json", ATTACHED_SBOM },
	{ "https://openvex.dev/ns/v0.2.0", ATTACHED_VEX },
	{ "application/vnd.cncf.seccomp-profile.config.v1+json", ATTACHED_PROFILE },
	{ "https://slsa.dev/verification_summary/v1", ATTACHED_OTHER },
	{ "", ATTACHED_OTHER },
};

static void test_kinds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		check(cases[i].type, attached_kind_of(span_str(cases[i].type)) == cases[i].kind);
}

static void test_counts(void **state)
{
	struct trust_evidence e = { .level = TRUST_ROOTED };

	(void)state;
	assert_true(trust_counts(&e, TRUST_ROOTED));
	assert_false(trust_counts(&e, TRUST_EXPECTED));
	e.is_wrong_signer = true;
	assert_false(trust_counts(&e, TRUST_CLAIMED));
	e.is_wrong_signer = false;
	e.is_bad = true;
	assert_false(trust_counts(&e, TRUST_NONE));
	assert_string_equal(trust_level_names[TRUST_TRANSPARENT], "transparent");
	assert_string_equal(attached_kind_names[ATTACHED_OTHER], "other");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
