/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"

#include "tests/unit/unit.h"

static void assignments(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span in;
		int code;
		uint64_t layers;
	} cases[] = {
		{ "plain", SPAN_INIT("layers=12"), 0, 12 },
		{ "unit", SPAN_INIT("layers=1K"), 0, 1024 },
		{ "zero", SPAN_INIT("layers=0"), SCOV_E_USAGE, 512 },
		{ "too much", SPAN_INIT("layers=4097"), SCOV_E_USAGE, 512 },
		{ "unit wraps", SPAN_INIT("layers=18446744073709551615G"), SCOV_E_USAGE, 512 },
		{ "no number", SPAN_INIT("layers="), SCOV_E_USAGE, 512 },
		{ "unit alone", SPAN_INIT("layers=K"), SCOV_E_USAGE, 512 },
		{ "unknown", SPAN_INIT("layer=1"), SCOV_E_USAGE, 512 },
		{ "no sign", SPAN_INIT("layers"), SCOV_E_USAGE, 512 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct limits l = limits_default();
		struct scov_err err;

		check(cases[i].name, limits_set(&l, cases[i].in, &err) == cases[i].code);
		check(cases[i].name, l.layers == cases[i].layers);
	}
}

static void defaults_lie_within_their_bounds(void **state)
{
	(void)state;
	for (size_t i = 0; i < limit_rows_n; i++)
		check(limit_rows[i].name, limit_rows[i].min <= limit_rows[i].dflt &&
						  limit_rows[i].dflt <= limit_rows[i].max);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(assignments),
		cmocka_unit_test(defaults_lie_within_their_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
