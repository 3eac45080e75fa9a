/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

static void numbers(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span in;
		unsigned base;
		uint64_t max;
		bool good;
		uint64_t v;
	} cases[] = {
		{ "zero", SPAN_INIT("0"), 10, 9, true, 0 },
		{ "at the limit", SPAN_INIT("9"), 10, 9, true, 9 },
		{ "over the limit", SPAN_INIT("10"), 10, 9, false, 0 },
		{ "empty", SPAN_INIT(""), 10, 9, false, 0 },
		{ "sign", SPAN_INIT("+1"), 10, 9, false, 0 },
		{ "blank", SPAN_INIT(" 1"), 10, 9, false, 0 },
		{ "octal digit out of base", SPAN_INIT("8"), 8, 99, false, 0 },
		{ "hex of both cases", SPAN_INIT("fF"), 16, 255, true, 255 },
		{ "largest", SPAN_INIT("18446744073709551615"), 10, UINT64_MAX, true, UINT64_MAX },
		{ "wraps", SPAN_INIT("18446744073709551616"), 10, UINT64_MAX, false, 0 },
		{ "wraps far", SPAN_INIT("99999999999999999999"), 10, UINT64_MAX, false, 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint64_t v = 0;

		check(cases[i].name,
			span_number(cases[i].in, cases[i].base, cases[i].max, &v) == cases[i].good);
		check(cases[i].name, v == cases[i].v);
	}
}

static void splits(void **state)
{
	(void)state;
	struct span rest = SPAN("a::b"), part;

	assert_true(span_split(&rest, ':', &part));
	check_span("first", part, SPAN("a"));
	assert_true(span_split(&rest, ':', &part));
	check_span("empty between", part, SPAN(""));
	assert_true(span_split(&rest, ':', &part));
	check_span("last", part, SPAN("b"));
	assert_false(span_split(&rest, ':', &part));
	check_span("base", span_base(SPAN("usr/bin/x")), SPAN("x"));
	check_span("base of a bare name", span_base(SPAN("x")), SPAN("x"));
	check_span("dir", span_dir(SPAN("usr/bin/x")), SPAN("usr/bin"));
	check_span("dir of a bare name", span_dir(SPAN("x")), SPAN(""));
	check_span("trim", span_trim(SPAN(" \t a b\r\n")), SPAN("a b"));
	check_span("sub is clamped", span_sub(SPAN("abc"), 2, 9), SPAN("c"));
	check_span("sub past the end", span_sub(SPAN("abc"), 9, 9), SPAN(""));
}

static void a_bad_cursor_yields_nothing(void **state)
{
	(void)state;
	struct cur c = cur_over(SPAN("\x01\x02\x03\x04"));

	assert_int_equal(cur_le16(&c), 0x0201);
	assert_int_equal(cur_be16(&c), 0x0304);
	assert_false(c.bad);
	assert_int_equal(cur_u8(&c), 0);
	assert_true(c.bad);
	assert_int_equal(cur_left(&c), 0);
	assert_int_equal(cur_take(&c, 0).len, 0);
	c = cur_over(SPAN("abc"));
	assert_int_equal(cur_until(&c, ':').len, 0);
	assert_true(c.bad);
	c = cur_over(SPAN("abc"));
	check_span("rest keeps a tail", cur_rest(&c, 1), SPAN("ab"));
	cur_expect(&c, 'c');
	assert_false(c.bad);
	c = cur_over(SPAN("abc"));
	cur_rest(&c, 4);
	assert_true(c.bad);
	c = cur_over(SPAN("abc"));
	cur_seek(&c, 4);
	assert_true(c.bad);
}

static void varints(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span in;
		bool good;
		uint64_t v;
	} cases[] = {
		{ "one byte", SPAN_INIT("\x7f"), true, 127 },
		{ "two bytes", SPAN_INIT("\x80\x01"), true, 128 },
		{ "largest", SPAN_INIT("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), true,
			UINT64_MAX },
		{ "65 bits", SPAN_INIT("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"), false, 0 },
		{ "never ends", SPAN_INIT("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), false,
			0 },
		{ "cut", SPAN_INIT("\x80"), false, 0 },
		{ "empty", SPAN_INIT(""), false, 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct cur c = cur_over(cases[i].in);
		uint64_t v = cur_varint(&c);

		check(cases[i].name, c.bad != cases[i].good);
		check(cases[i].name, v == cases[i].v);
	}
}

static void finds_any_of(void **state)
{
	(void)state;
	static const struct span needles[] = { SPAN_INIT("abc"), SPAN_INIT("bcdef"),
		SPAN_INIT("zz1") };
	static const struct {
		const char *name;
		struct span in;
		size_t at, which;
	} cases[] = {
		{ "at the start", SPAN_INIT("abc"), 0, 0 },
		{ "the first place wins", SPAN_INIT("xxbcdefabc"), 2, 1 },
		{ "the first row wins at one place", SPAN_INIT("xabcdef"), 1, 0 },
		{ "at the end", SPAN_INIT("aaaaaaazz1"), 7, 2 },
		{ "cut", SPAN_INIT("aaabcde"), 2, 0 },
		{ "begun only", SPAN_INIT("xbcdezz"), 7, 9 },
		{ "after a false start", SPAN_INIT("bcdebcdef"), 4, 1 },
		{ "shorter than any", SPAN_INIT("ab"), 2, 9 },
		{ "empty", SPAN_INIT(""), 0, 9 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		size_t which = 9;

		check(cases[i].name, span_find_any(cases[i].in, needles, 3, &which) == cases[i].at);
		check(cases[i].name, which == cases[i].which);
	}
	size_t which = 9;

	assert_int_equal(span_find_any(SPAN("abc"), needles, 0, &which), 3);
}

/* Against the obvious loop, at every place of a block. */
static void finds_dotted(void **state)
{
	(void)state;
	enum { LEN = 200 };
	uint8_t text[LEN];

	for (size_t at = 0; at < LEN; at++)
		for (size_t from = 0; from < LEN; from += 7) {
			memset(text, '.', sizeof(text));
			text[at] = '.';
			if (at)
				text[at - 1] = '0';
			if (at + 1 < LEN)
				text[at + 1] = '9';
			size_t want = at && at + 1 < LEN && at >= from ? at : LEN;

			assert_int_equal(span_find_dotted(span_of(text, LEN), from, LEN), want);
			assert_int_equal(span_find_dotted(span_of(text, LEN), from, at), at);
		}
	assert_int_equal(span_find_dotted(SPAN(""), 0, 0), 0);
	assert_int_equal(span_find_dotted(SPAN("."), 0, 1), 1);
	assert_int_equal(span_find_dotted(SPAN("1."), 0, 2), 2);
	assert_int_equal(span_find_dotted(SPAN("1.2"), 0, 3), 1);
	assert_int_equal(span_find_dotted(SPAN("1.2"), 2, 3), 3);
	assert_int_equal(span_find_dotted(SPAN("1.2"), 5, 3), 3);
	assert_int_equal(span_find_dotted(SPAN("liba.so"), 0, 7), 4);
	assert_int_equal(span_find_dotted(SPAN("liba.s"), 0, 6), 6);
	for (size_t at = 1; at < LEN; at++) {
		memset(text, 's', sizeof(text));
		text[at] = '.';
		memcpy(text + at + 1, "so", at + 2 < LEN ? 2 : LEN - at - 1);
		assert_int_equal(
			span_find_dotted(span_of(text, LEN), 0, LEN), at + 2 < LEN ? at : LEN);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(splits),
		cmocka_unit_test(a_bad_cursor_yields_nothing),
		cmocka_unit_test(varints),
		cmocka_unit_test(finds_any_of),
		cmocka_unit_test(finds_dotted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
