/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "syntax/base64.h"

static void decodes(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span in;
		int code;
		struct span want;
	} cases[] = {
		{ "empty", SPAN_INIT(""), 0, SPAN_INIT("") },
		{ "one byte", SPAN_INIT("Zg=="), 0, SPAN_INIT("f") },
		{ "two bytes", SPAN_INIT("Zm8="), 0, SPAN_INIT("fo") },
		{ "three bytes", SPAN_INIT("Zm9v"), 0, SPAN_INIT("foo") },
		{ "without padding", SPAN_INIT("Zm9vYg"), 0, SPAN_INIT("foob") },
		{ "all ones", SPAN_INIT("////"), 0, SPAN_INIT("\xff\xff\xff") },
		{ "for URLs", SPAN_INIT("-_-_"), 0, SPAN_INIT("\xfb\xff\xbf") },
		{ "both alphabets", SPAN_INIT("+_+_"), SCOV_E_FORMAT, { 0 } },
		{ "one letter", SPAN_INIT("Z"), SCOV_E_FORMAT, { 0 } },
		{ "half the padding", SPAN_INIT("Zg="), SCOV_E_FORMAT, { 0 } },
		{ "padding only", SPAN_INIT("="), SCOV_E_FORMAT, { 0 } },
		{ "padding too long", SPAN_INIT("Zg==="), SCOV_E_FORMAT, { 0 } },
		{ "padding inside", SPAN_INIT("Zg==Zg=="), SCOV_E_FORMAT, { 0 } },
		{ "bits after", SPAN_INIT("Zh=="), SCOV_E_FORMAT, { 0 } },
		{ "blank", SPAN_INIT("Zm 9v"), SCOV_E_FORMAT, { 0 } },
		{ "newline", SPAN_INIT("Zm9v\n"), SCOV_E_FORMAT, { 0 } },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_arena struct arena a = { 0 };
		struct scov_err err;
		struct span out = { 0 };

		check(cases[i].name, base64_decode(cases[i].in, &a, &out, &err) == cases[i].code);
		check_span(cases[i].name, out, cases[i].want);
	}
}

static void there_and_back(void **state)
{
	(void)state;
	uint8_t bytes[64];

	for (size_t n = 0; n < sizeof(bytes); n++) {
		scoped_arena struct arena a = { 0 };
		scoped_buf struct buf b = { 0 };
		struct scov_err err;
		struct span out = { 0 };

		bytes[n] = (uint8_t)(n * 37 + 250);
		base64_encode(&b, span_of(bytes, n));
		assert_int_equal(0, base64_decode(buf_view(&b), &a, &out, &err));
		check_span("again", out, span_of(bytes, n));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(decodes),
		cmocka_unit_test(there_and_back) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
