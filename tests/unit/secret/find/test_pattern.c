/* The database that the build linked in is that of the built-in rules, and it loads.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "secret/find/find.h"
#include "secret/find/pattern.h"

static void database_of_the_build(void **state)
{
	(void)state;
	struct scov_err err = { 0 };
	struct span made = { 0 };

	assert_int_equal(pattern_compile(rules_builtin(), &made, &err), 0);
	assert_int_equal(made.len, pattern_builtin.len);
	assert_memory_equal(made.p, pattern_builtin.p, made.len);
	pattern_release(&made);
}

static int open_with(struct span database)
{
	struct finder_options opt = { .rules = rules_builtin(), .database = database };
	struct scov_err err = { 0 };
	struct finder *f = NULL;
	int rc = finder_new(&opt, &f, &err);

	finder_free(f);
	return rc;
}

static void loads(void **state)
{
	(void)state;
	assert_int_equal(open_with((struct span){ 0 }), 0);
	assert_int_equal(
		open_with(span_sub(pattern_builtin, 0, pattern_builtin.len - 1)), SCOV_E_FORMAT);
	assert_int_equal(open_with(SPAN("no database")), SCOV_E_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(database_of_the_build),
		cmocka_unit_test(loads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
