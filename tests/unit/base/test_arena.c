/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "tests/unit/unit.h"

static void failure_is_sticky(void **state)
{
	(void)state;
	scoped_arena struct arena a = { .limit = 4096 };
	VEC(uint32_t) v = { 0 };
	struct scov_err err;

	assert_non_null(vec_push(&v, &a));
	assert_int_equal(arena_check(&a, &err), 0);
	assert_null(arena_alloc(&a, 4096));
	assert_int_equal(arena_failed(&a), SCOV_E_LIMIT);
	assert_null(arena_alloc(&a, 1));
	assert_null(arena_dup(&a, SPAN("")).p);
	assert_null(arena_printf(&a, "x"));
	assert_true(v.n < v.cap);
	assert_null(vec_push(&v, &a));
	assert_int_equal(v.n, 1);
	assert_int_equal(arena_check(&a, &err), SCOV_E_LIMIT);
	assert_int_equal(err.code, SCOV_E_LIMIT);
	assert_non_null(strstr(err.text, "4096"));
	arena_reset(&a);
	assert_int_equal(a.used, 0);
	assert_int_equal(arena_check(&a, NULL), 0);
	assert_non_null(arena_alloc(&a, 4096));
	assert_null(arena_alloc(&a, 1));
}

static void last_words_have_room(void **state)
{
	(void)state;
	scoped_arena struct arena a = { .limit = 4096 };

	assert_null(arena_alloc(&a, 5000));
	arena_reopen(&a, 16);
	assert_non_null(arena_alloc(&a, 16));
	assert_null(arena_alloc(&a, 1));
	assert_null(arena_array(&a, SIZE_MAX / 2, 4));
	arena_release(&a);
	assert_int_equal(arena_failed(&a), 0);
	assert_null(arena_array(&a, SIZE_MAX / 2, 4));
	assert_int_equal(arena_failed(&a), SCOV_E_LIMIT);
}

static void the_nth_allocation_fails(void **state)
{
	(void)state;
	scoped_arena struct arena a = { 0 }, b = { 0 };
	struct scov_err err;

	arena_fail_nth(2);
	assert_non_null(arena_alloc(&a, 1));
	assert_null(arena_alloc(&b, 1));
	assert_null(arena_alloc(&b, 1));
	assert_non_null(arena_alloc(&a, 1));
	assert_int_equal(arena_check(&b, &err), SCOV_E_MEMORY);
	assert_string_equal(err.text, "out of memory");
}

static void vectors_keep_their_items(void **state)
{
	(void)state;
	scoped_arena struct arena a = { 0 };
	VEC(uint32_t) v = { 0 };

	for (uint32_t i = 0; i < 1000; i++)
		*vec_push(&v, &a) = i;
	for (uint32_t i = 0; i < 1000; i++)
		assert_int_equal(v.p[i], i);
}

static void strings_with_a_nul_are_no_c_strings(void **state)
{
	(void)state;
	scoped_arena struct arena a = { 0 };

	assert_string_equal(arena_cstr(&a, SPAN("abc")), "abc");
	assert_null(arena_cstr(&a, SPAN("a\0c")));
	assert_non_null(arena_dup(&a, SPAN("")).p);
}

static void a_buffer_stops_at_its_limit(void **state)
{
	(void)state;
	scoped_buf struct buf b = { .limit = 8 };

	buf_printf(&b, "%d", 1234);
	buf_str(&b, "5678");
	assert_false(b.failed);
	assert_string_equal(b.p, "12345678");
	buf_byte(&b, '9');
	assert_true(b.failed);
	assert_string_equal(b.p, "12345678");
}

/* Source: the reference vector of the SipHash paper, appendix A. */
static void siphash_vector(void **state)
{
	(void)state;
	struct hash_key key = { 0x0706050403020100, 0x0f0e0d0c0b0a0908 };
	uint8_t in[15];

	for (uint8_t i = 0; i < 15; i++)
		in[i] = i;
	assert_true(hash_span(key, span_of(in, 15)) == 0xa129ca6149be45e5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(failure_is_sticky),
		cmocka_unit_test(last_words_have_room),
		cmocka_unit_test(the_nth_allocation_fails),
		cmocka_unit_test(vectors_keep_their_items),
		cmocka_unit_test(strings_with_a_nul_are_no_c_strings),
		cmocka_unit_test(a_buffer_stops_at_its_limit),
		cmocka_unit_test(siphash_vector),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
