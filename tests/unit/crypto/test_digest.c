/* test_digest.c - content digests.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../unit.h"

#include "crypto/digest.h"

/* FIPS 180-4 examples: the digests of "abc" and of nothing. */
#define ABC_256 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define EMPTY_256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define ABC_512                                                                                    \
	"ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"                         \
	"2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"

static void known_answers(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		enum digest_algorithm a;
		struct span in;
		const char *text;
	} cases[] = {
		{ "sha256 of abc", DIGEST_SHA256, SPAN_INIT("abc"), "sha256:" ABC_256 },
		{ "sha256 of nothing", DIGEST_SHA256, SPAN_INIT(""), "sha256:" EMPTY_256 },
		{ "sha512 of abc", DIGEST_SHA512, SPAN_INIT("abc"), "sha512:" ABC_512 },
		{ "no algorithm", DIGEST_NONE, SPAN_INIT("abc"), "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct digest d = digest_of(cases[i].a, cases[i].in);
		char text[DIGEST_TEXT];

		check_span(
			cases[i].name, span_str(digest_format(&d, text)), span_str(cases[i].text));
	}
}

static void parses(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span in;
		int code;
	} cases[] = {
		{ "sha256", SPAN_INIT("sha256:" ABC_256), 0 },
		{ "sha512", SPAN_INIT("sha512:" ABC_512), 0 },
		{ "empty", SPAN_INIT(""), SCOV_E_FORMAT },
		{ "no colon", SPAN_INIT(ABC_256), SCOV_E_FORMAT },
		{ "no hex", SPAN_INIT("sha256:"), SCOV_E_FORMAT },
		{ "no algorithm", SPAN_INIT(":" ABC_256), SCOV_E_FORMAT },
		{ "another algorithm", SPAN_INIT("md5:00112233"), SCOV_E_UNSUPPORTED },
		{ "name in capitals", SPAN_INIT("SHA256:" ABC_256), SCOV_E_UNSUPPORTED },
		{ "digits too few", SPAN_INIT("sha256:ba7816"), SCOV_E_FORMAT },
		{ "digits too many", SPAN_INIT("sha256:" ABC_256 "0"), SCOV_E_FORMAT },
		{ "sha512 with 64 digits", SPAN_INIT("sha512:" ABC_256), SCOV_E_FORMAT },
		{ "digits in capitals",
			SPAN_INIT(
				"sha256:B"
				"a7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
			SCOV_E_FORMAT },
		{ "a letter that is not a digit",
			SPAN_INIT(
				"sha256:g"
				"a7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
			SCOV_E_FORMAT },
		{ "a NUL",
			SPAN_INIT(
				"sha256:\0"
				"a7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
			SCOV_E_FORMAT },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct digest d = { .algorithm = 77 };
		struct scov_err err = { 0 };
		char text[DIGEST_TEXT];

		check(cases[i].name, digest_parse(cases[i].in, &d, &err) == cases[i].code);
		check(cases[i].name, err.code == cases[i].code);
		if (cases[i].code)
			check(cases[i].name, d.algorithm == 77);
		else
			check_span(cases[i].name, span_str(digest_format(&d, text)), cases[i].in);
	}
}

static void running(void **state)
{
	(void)state;
	struct digester *h = digester_new(DIGEST_SHA256);
	struct digest want = digest_of(DIGEST_SHA256, SPAN("abc")), none = { 0 };
	char text[DIGEST_TEXT];

	assert_non_null(h);
	for (int round = 0; round < 2; round++) {
		digester_add(h, "a", 1);
		digester_add(h, NULL, 0);
		digester_add(h, "bc", 2);
		struct digest got = digester_end(h);

		assert_true(digest_eq(&got, &want));
	}
	digester_free(h);
	digester_free(NULL);
	assert_null(digester_new(DIGEST_NONE));
	assert_false(digest_eq(&none, &none));
	assert_int_equal(digest_size(&want), 32);
	assert_string_equal(digest_hex(&want, text), ABC_256);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_answers),
		cmocka_unit_test(parses),
		cmocka_unit_test(running),
	};

	digest_warm();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
