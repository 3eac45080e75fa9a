/* test_merkle.c - proofs of trees of every size up to 33, and what is wrong with each when it is
 * changed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "base/buf.h"
#include "trust/merkle.h"

enum { MOST = 33 };

static struct digest leaf(uint64_t i)
{
	uint8_t byte = (uint8_t)i;

	return merkle_leaf(span_of(&byte, 1));
}

/* RFC 6962, 2.1: the root of the leaves from..to. */
static struct digest tree(uint64_t from, uint64_t to)
{
	uint8_t text[65] = { 1 };
	uint64_t k = 1;
	struct digest left, right;

	if (to - from == 1)
		return leaf(from);
	while (2 * k < to - from)
		k *= 2;
	left = tree(from, from + k);
	right = tree(from + k, to);
	memcpy(text + 1, left.bytes, 32);
	memcpy(text + 33, right.bytes, 32);
	return digest_of(DIGEST_SHA256, span_of(text, sizeof(text)));
}

/* 2.1.1 and 2.1.2; whole: the subtree is one that the old root knows. */
static void prove(
	struct buf *b, uint64_t at, uint64_t from, uint64_t to, bool is_consistency, bool whole)
{
	uint64_t k = 1, n = to - from;
	struct digest d;

	if (is_consistency ? at == n : n == 1) {
		d = tree(from, to);
		if (is_consistency && !whole)
			buf_bytes(b, d.bytes, 32);
		return;
	}
	while (2 * k < n)
		k *= 2;
	if (is_consistency ? at <= k : at < k) {
		prove(b, at, from, from + k, is_consistency, whole);
		d = tree(from + k, to);
	} else {
		prove(b, at - k, from + k, to, is_consistency, false);
		d = tree(from, from + k);
	}
	buf_bytes(b, d.bytes, 32);
}

static void test_inclusion(void **state)
{
	(void)state;
	for (uint64_t n = 1; n <= MOST; n++)
		for (uint64_t i = 0; i < n; i++) {
			scoped_buf struct buf b = { 0 };
			struct digest l = leaf(i), other = leaf(i + 1), root = tree(0, n);
			struct span proof;

			prove(&b, i, 0, n, false, true);
			proof = buf_view(&b);
			assert_true(merkle_included(&l, i, n, proof, &root));
			assert_false(merkle_included(&other, i, n, proof, &root));
			assert_false(merkle_included(&l, n, n, proof, &root));
			assert_false(merkle_included(&l, UINT64_MAX, n, proof, &root));
			assert_false(merkle_included(&l, i, 0, proof, &root));
			assert_false(merkle_included(&l, i ^ 1, n, proof, &root));
			if (proof.len) {
				assert_false(merkle_included(
					&l, i, n, span_sub(proof, 0, proof.len - 1), &root));
				assert_false(
					merkle_included(&l, i, n, span_from(proof, 32), &root));
				b.p[proof.len - 1] ^= 1;
				assert_false(merkle_included(&l, i, n, proof, &root));
				b.p[proof.len - 1] ^= 1;
			}
			buf_bytes(&b, root.bytes, 32);
			assert_false(merkle_included(&l, i, n, buf_view(&b), &root));
		}
}

static void test_consistency(void **state)
{
	(void)state;
	for (uint64_t n = 1; n <= MOST; n++)
		for (uint64_t m = 1; m <= n; m++) {
			scoped_buf struct buf b = { 0 };
			struct digest old = tree(0, m), root = tree(0, n), other = leaf(200);
			struct span proof;

			prove(&b, m, 0, n, true, true);
			proof = buf_view(&b);
			assert_true(merkle_consistent(m, &old, n, &root, proof));
			assert_false(merkle_consistent(0, &old, n, &root, proof));
			assert_false(merkle_consistent(n + 1, &old, n, &root, proof));
			assert_false(merkle_consistent(m, &other, n, &root, proof));
			assert_false(merkle_consistent(m, &old, n, &other, proof));
			if (proof.len)
				assert_false(
					merkle_consistent(m, &old, n, &root, span_from(proof, 32)));
			buf_bytes(&b, root.bytes, 32);
			assert_false(merkle_consistent(m, &old, n, &root, buf_view(&b)));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_inclusion),
		cmocka_unit_test(test_consistency),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
