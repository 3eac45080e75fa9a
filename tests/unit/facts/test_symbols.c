/* test_symbols.c - no name is lost, and few that are not there seem to be.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "facts/symbols.h"

#include <stdlib.h>

#include "tests/unit/unit.h"

static struct span name_of(char out[64], const char *kind, unsigned i)
{
	return span_of(out, (size_t)snprintf(out, 64, "example.com/%s/%u.Type.Method", kind, i));
}

static void holds(void **state)
{
	(void)state;
	enum { NAMES = 5000 };
	size_t size = symbols_size(NAMES);
	uint8_t *filter = calloc(1, size);
	unsigned wrong = 0;
	char text[64];

	assert_non_null(filter);
	for (unsigned i = 0; i < NAMES; i++)
		symbols_add(filter, size, name_of(text, "in", i));
	for (unsigned i = 0; i < NAMES; i++) {
		assert_true(symbols_may_have(span_of(filter, size), name_of(text, "in", i)));
		wrong += symbols_may_have(span_of(filter, size), name_of(text, "out", i));
	}
	assert_true(wrong < NAMES / 50);
	free(filter);
}

/* A filter that is none must not hide a function. */
static void damaged(void **state)
{
	(void)state;
	static const uint8_t zeros[SYMBOLS_BYTES_MIN + 1];

	assert_false(symbols_may_have(span_of(zeros, SYMBOLS_BYTES_MIN), SPAN("a.b")));
	assert_true(symbols_may_have(span_of(zeros, SYMBOLS_BYTES_MIN + 1), SPAN("a.b")));
	assert_true(symbols_may_have(span_of(zeros, SYMBOLS_BYTES_MIN / 2), SPAN("a.b")));
	assert_true(symbols_may_have((struct span){ 0 }, SPAN("a.b")));
}

static void sizes(void **state)
{
	(void)state;
	assert_int_equal(symbols_size(0), SYMBOLS_BYTES_MIN);
	assert_int_equal(symbols_size(1000), 1024);
	assert_int_equal(symbols_size(1025), 2048);
	assert_int_equal(symbols_size(UINT32_MAX), SYMBOLS_BYTES_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holds),
		cmocka_unit_test(damaged),
		cmocka_unit_test(sizes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
