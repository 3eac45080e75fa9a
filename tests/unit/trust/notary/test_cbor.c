/* test_cbor.c - CBOR: examples of RFC 8949, appendix A, and what the strict reader refuses.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "trust/notary/cbor.h"

#include "tests/unit/unit.h"

static void items(void **state)
{
	static const struct {
		const char *name;
		struct span in;
		bool is_good;
		struct cbor want;
	} rows[] = {
		{ "0", SPAN_INIT("\x00"), true, { CBOR_NUMBER, 0, { 0 } } },
		{ "23", SPAN_INIT("\x17"), true, { CBOR_NUMBER, 23, { 0 } } },
		{ "24", SPAN_INIT("\x18\x18"), true, { CBOR_NUMBER, 24, { 0 } } },
		{ "1000", SPAN_INIT("\x19\x03\xe8"), true, { CBOR_NUMBER, 1000, { 0 } } },
		{ "1000000", SPAN_INIT("\x1a\x00\x0f\x42\x40"), true,
			{ CBOR_NUMBER, 1000000, { 0 } } },
		{ "the greatest", SPAN_INIT("\x1b\xff\xff\xff\xff\xff\xff\xff\xff"), true,
			{ CBOR_NUMBER, UINT64_MAX, { 0 } } },
		{ "-1", SPAN_INIT("\x20"), true, { CBOR_NEGATIVE, 0, { 0 } } },
		{ "-100", SPAN_INIT("\x38\x63"), true, { CBOR_NEGATIVE, 99, { 0 } } },
		{ "bytes", SPAN_INIT("\x44\x01\x02\x03\x04"), true,
			{ CBOR_BYTES, 4, SPAN_INIT("\x01\x02\x03\x04") } },
		{ "text", SPAN_INIT("\x62\xc3\xbc"), true,
			{ CBOR_TEXT, 2, SPAN_INIT("\xc3\xbc") } },
		{ "list", SPAN_INIT("\x83\x01\x02\x03"), true, { CBOR_LIST, 3, { 0 } } },
		{ "map", SPAN_INIT("\xa1\x01\x02"), true, { CBOR_MAP, 1, { 0 } } },
		{ "tag", SPAN_INIT("\xc1\x1a\x51\x4b\x67\xb0"), true, { CBOR_TAG, 1, { 0 } } },
		{ "null", SPAN_INIT("\xf6"), true, { CBOR_SIMPLE, 22, { 0 } } },
		{ "nothing", SPAN_INIT(""), false, { 0 } },
		{ "23 in two bytes", SPAN_INIT("\x18\x17"), false, { 0 } },
		{ "255 in three bytes", SPAN_INIT("\x19\x00\xff"), false, { 0 } },
		{ "65535 in five bytes", SPAN_INIT("\x1a\x00\x00\xff\xff"), false, { 0 } },
		{ "2^32-1 in nine bytes", SPAN_INIT("\x1b\x00\x00\x00\x00\xff\xff\xff\xff"), false,
			{ 0 } },
		{ "a length that is cut", SPAN_INIT("\x19\x03"), false, { 0 } },
		{ "reserved", SPAN_INIT("\x1c"), false, { 0 } },
		{ "bytes of no length", SPAN_INIT("\x5f\x41\x00\xff"), false, { 0 } },
		{ "a list of no length", SPAN_INIT("\x9f\xff"), false, { 0 } },
		{ "bytes that are cut", SPAN_INIT("\x44\x01\x02\x03"), false, { 0 } },
		{ "bytes of 2^64", SPAN_INIT("\x5b\xff\xff\xff\xff\xff\xff\xff\xff"), false,
			{ 0 } },
		{ "a list longer than the input", SPAN_INIT("\x84\x01\x02\x03"), false, { 0 } },
		{ "text that is not UTF-8", SPAN_INIT("\x61\xff"), false, { 0 } },
		{ "half of a float", SPAN_INIT("\xf9\x3c\x00"), false, { 0 } },
		{ "a float", SPAN_INIT("\xfa\x47\xc3\x50\x00"), false, { 0 } },
		{ "simple 16", SPAN_INIT("\xf0"), false, { 0 } },
		{ "simple 24", SPAN_INIT("\xf8\x18"), false, { 0 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct cur c = cur_over(rows[i].in);
		struct cbor got = { 0 };

		check(rows[i].name, cbor_next(&c, &got) == rows[i].is_good);
		check(rows[i].name, c.bad != rows[i].is_good);
		check(rows[i].name,
			got.kind == rows[i].want.kind && got.value == rows[i].want.value);
		check_span(rows[i].name, got.text, rows[i].want.text);
	}
}

static void wholes(void **state)
{
	static const struct {
		const char *name;
		struct span in;
		size_t len; /* 0: refused */
	} rows[] = {
		{ "a number", SPAN_INIT("\x01\x02"), 1 },
		{ "an empty list", SPAN_INIT("\x80\x00"), 1 },
		{ "lists", SPAN_INIT("\x83\x01\x82\x02\x03\x82\x04\x05\x00"), 8 },
		{ "a map", SPAN_INIT("\xa2\x61\x61\x01\x61\x62\x82\x02\x03"), 9 },
		{ "tags", SPAN_INIT("\xc1\xc1\x01"), 3 },
		{ "8 deep", SPAN_INIT("\x81\x81\x81\x81\x81\x81\x81\x81\x00"), 9 },
		{ "9 deep", SPAN_INIT("\x81\x81\x81\x81\x81\x81\x81\x81\x81\x00"), 0 },
		{ "a map without its last value", SPAN_INIT("\xa1\x01"), 0 },
		{ "a tag of nothing", SPAN_INIT("\xc1"), 0 },
		{ "a list in a list, cut", SPAN_INIT("\x82\x82\x01\x02"), 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct cur c = cur_over(rows[i].in);

		check(rows[i].name, cbor_whole(&c).len == rows[i].len);
		check(rows[i].name, c.bad == !rows[i].len);
	}
	struct cur c = cur_over(SPAN("\x01"));

	assert_int_equal(cbor_take(&c, CBOR_TEXT).value, 0);
	assert_true(c.bad);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(items), cmocka_unit_test(wholes) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
