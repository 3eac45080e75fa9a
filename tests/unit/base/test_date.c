/* SPDX-License-Identifier: Apache-2.0 */
#include "base/date.h"

#include "tests/unit/unit.h"

static void rfc3339(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span in;
		bool good;
		int64_t t;
		bool fraction;
	} cases[] = {
		{ "epoch", SPAN_INIT("1970-01-01T00:00:00Z"), true, 0, false },
		{ "zone", SPAN_INIT("1970-01-01T01:00:00+01:00"), true, 0, false },
		{ "west", SPAN_INIT("1969-12-31T23:00:00-01:00"), true, 0, false },
		{ "fraction", SPAN_INIT("2023-11-14T22:13:20.5Z"), true, 1700000000, true },
		{ "fraction of zeros", SPAN_INIT("2023-11-14T22:13:20.000Z"), true, 1700000000,
			false },
		{ "year one", SPAN_INIT("0001-01-01T00:00:00Z"), true, -62135596800, false },
		{ "leap day", SPAN_INIT("2024-02-29T00:00:00Z"), true, 1709164800, false },
		{ "no leap day", SPAN_INIT("2023-02-29T00:00:00Z"), false, 0, false },
		{ "no leap day in 1900", SPAN_INIT("1900-02-29T00:00:00Z"), false, 0, false },
		{ "month 13", SPAN_INIT("2023-13-01T00:00:00Z"), false, 0, false },
		{ "no zone", SPAN_INIT("2023-11-14T22:13:20"), false, 0, false },
		{ "dot without digits", SPAN_INIT("2023-11-14T22:13:20.Z"), false, 0, false },
		{ "more after", SPAN_INIT("2023-11-14T22:13:20Zx"), false, 0, false },
		{ "empty", SPAN_INIT(""), false, 0, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int64_t t = 0;
		bool fraction = false;

		check(cases[i].name,
			date_parse_rfc3339(cases[i].in, &t, &fraction) == cases[i].good);
		check(cases[i].name, t == cases[i].t && fraction == cases[i].fraction);
	}
}

static void every_day_of_10000_years_round_trips(void **state)
{
	(void)state;
	for (int64_t d = -719162; d <= 2932896; d++) {
		struct civil c = date_civil(d);

		if (date_days(c) != d)
			fail_msg("day %lld", (long long)d);
	}
	char text[DATE_TEXT];

	assert_string_equal(date_format_day(2932897, text), "out of range");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc3339),
		cmocka_unit_test(every_day_of_10000_years_round_trips),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
