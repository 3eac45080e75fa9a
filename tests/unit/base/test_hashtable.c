/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hashtable.h"

#include "base/hash.h"
#include "tests/unit/unit.h"

enum { ROWS = 3000 };

static struct table_slot *slot_of(
	const struct table *t, const uint64_t *rows, uint64_t row, uint64_t hash)
{
	struct table_slot *s = table_next(t, hash, NULL);

	while (s->row && rows[s->row - 1] != row)
		s = table_next(t, hash, s);
	return s;
}

/* Every row that was put is found and no other, also where all hashes are the same and where the
 * table grew. */
static void rows_are_found(void **state)
{
	(void)state;
	static uint64_t rows[ROWS];
	const uint64_t masks[] = { UINT64_MAX, 0xff, 0, 0xffffffff00000000 };

	for (size_t m = 0; m < sizeof(masks) / sizeof(*masks); m++) {
		scoped_arena struct arena a = { 0 };
		size_t n = masks[m] == UINT64_MAX ? ROWS : 300;
		struct table t = { 0 };

		for (size_t i = 0; i < n; i++) {
			rows[i] = i * 7;
			uint64_t hash = hash_span(hash_fact_key, span_of(&rows[i], 8)) & masks[m];

			assert_true(table_room(&t, &a));
			struct table_slot *s = slot_of(&t, rows, rows[i], hash);

			assert_int_equal(s->row, 0);
			table_put(&t, s, hash, i);
		}
		assert_int_equal(t.used, n);
		for (uint64_t v = 0; v < n * 7; v++) {
			uint64_t hash = hash_span(hash_fact_key, span_of(&v, 8)) & masks[m];

			assert_int_equal(slot_of(&t, rows, v, hash)->row, v % 7 ? 0 : v / 7 + 1);
		}
	}
}

static void without_memory(void **state)
{
	(void)state;
	scoped_arena struct arena a = { .limit = 4096 };
	struct table t;

	assert_true(table_make(&t, &a, 8));
	assert_int_equal(t.n, 16);
	assert_false(table_make(&(struct table){ 0 }, &a, 100000));
	arena_reset(&a);
	assert_true(table_make(&t, &a, 200));
	t.used = 256;
	assert_false(table_room(&t, &a));
	assert_int_equal(t.n, 512);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_found),
		cmocka_unit_test(without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
