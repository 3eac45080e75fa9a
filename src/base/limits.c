/* limits.c - every bound on what is read from outside, by name.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/limits.h"

#include "base/err.h"
#include "base/nearest.h"

const struct limit_row limit_rows[] = {
#define X(field, dflt, min, max, unit, what)                                                       \
	{ #field, dflt, min, max, unit, what, offsetof(struct limits, field) },
	LIMITS(X)
#undef X
};
const size_t limit_rows_n = sizeof(limit_rows) / sizeof(*limit_rows);

struct limits limits_default(void)
{
	return (struct limits){
#define X(field, dflt, min, max, unit, what) .field = dflt,
		LIMITS(X)
#undef X
	};
}

static bool same_name(const char *row, struct span given)
{
	struct span name = span_str(row);

	if (name.len != given.len)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		uint8_t g = span_at(given, i) == '-' ? '_' : span_at(given, i);

		if (span_at(name, i) != g)
			return false;
	}
	return true;
}

static bool scaled(struct span text, uint64_t max, uint64_t *out)
{
	static const char units[] = "KMG";
	uint64_t v, factor = 1;
	uint8_t last = span_at(text, text.len - 1);

	for (size_t i = 0; i < sizeof(units) - 1; i++)
		if ((last & 0xdf) == units[i])
			factor = (uint64_t)1 << 10 * (i + 1);
	if (factor > 1)
		text.len--;
	return span_number(text, 10, max / factor, &v) && (*out = v * factor, true);
}

int limits_set(struct limits *l, struct span assignment, struct scov_err *err)
{
	struct span name, rest = assignment;

	if (!span_split(&rest, '=', &name) || rest.len == 0)
		return err_fail(
			err, SCOV_E_USAGE, "limit '%.*s': write NAME=VALUE", SPAN_ARG(assignment));
	for (size_t i = 0; i < limit_rows_n; i++) {
		const struct limit_row *row = &limit_rows[i];
		uint64_t v;

		if (!same_name(row->name, name))
			continue;
		if (!scaled(rest, row->max, &v) || v < row->min)
			return err_fail(err, SCOV_E_USAGE,
				"limit '%s': must be %llu to %llu, not '%.*s'", row->name,
				(unsigned long long)row->min, (unsigned long long)row->max,
				SPAN_ARG(rest));
		*(uint64_t *)((char *)l + row->offset) = v;
		return 0;
	}
	struct nearest near = { .given = name };
	char hint[NEAREST_HINT];

	for (size_t i = 0; i < limit_rows_n; i++)
		nearest_try(&near, limit_rows[i].name);
	nearest_hint(&near, hint);
	return err_fail(err, SCOV_E_USAGE, "limit '%.*s': no such limit%s", SPAN_ARG(name),
		*hint ? hint : " (see doc/limits.md)");
}
