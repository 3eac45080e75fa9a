/* Clean under ThreadSanitizer. SPDX-License-Identifier: Apache-2.0 */
#include "base/ring.h"

#include "tests/unit/unit.h"

enum { SLOT = 512 };

struct sink {
	uint64_t sum, bytes, pieces, stop_after;
};

static bool take(void *ctx, uint8_t *p, size_t len)
{
	struct sink *s = ctx;

	for (size_t i = 0; i < len; i++)
		s->sum = s->sum * 31 + p[i];
	s->bytes += len;
	s->pieces++;
	return !s->stop_after || s->pieces < s->stop_after;
}

static void bytes_arrive_in_order(void **state)
{
	(void)state;
	for (size_t slots = 1; slots <= 8; slots *= 2) {
		struct sink s = { 0 };
		struct ring *r = ring_new(slots, SLOT, take, &s);
		uint64_t sum = 0, bytes = 0;

		assert_non_null(r);
		for (unsigned i = 0; i < 5000; i++) {
			uint8_t *p = ring_slot(r);
			size_t len = i % (SLOT + 1);

			for (size_t k = 0; k < len; k++) {
				p[k] = (uint8_t)(i + k);
				sum = sum * 31 + p[k];
			}
			bytes += len;
			ring_give(r, len);
		}
		assert_true(ring_drain(r));
		assert_true(s.sum == sum && s.bytes == bytes);
		ring_free(r);
	}
}

static void who_wants_no_more_ends_it(void **state)
{
	(void)state;
	struct sink s = { .stop_after = 3 };
	struct ring *r = ring_new(2, SLOT, take, &s);
	unsigned given = 0;

	for (; given < 1000 && ring_slot(r); given++)
		ring_give(r, SLOT);
	assert_true(given >= 3 && given < 10);
	assert_false(ring_drain(r));
	assert_int_equal(s.pieces, 3);
	ring_free(r);
}

static void a_ring_of_no_slots_is_none(void **state)
{
	(void)state;
	assert_null(ring_new(0, SLOT, take, NULL));
	assert_null(ring_new(1000, SLOT, take, NULL));
	ring_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_arrive_in_order),
		cmocka_unit_test(who_wants_no_more_ends_it),
		cmocka_unit_test(a_ring_of_no_slots_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
