/* hash.c - SipHash-2-4, for tables over names that an attacker chose.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/hash.h"

#include <endian.h>
#include <string.h>
#include <sys/random.h>

const struct hash_key hash_fact_key = { 0x73636f76696c6c65, 0x6661637473206b31 };

static uint64_t rotl(uint64_t x, unsigned b)
{
	return x << b | x >> (64 - b);
}

static void rounds(uint64_t v[4], int n)
{
	while (n--) {
		v[0] += v[1];
		v[1] = rotl(v[1], 13) ^ v[0];
		v[0] = rotl(v[0], 32);
		v[2] += v[3];
		v[3] = rotl(v[3], 16) ^ v[2];
		v[0] += v[3];
		v[3] = rotl(v[3], 21) ^ v[0];
		v[2] += v[1];
		v[1] = rotl(v[1], 17) ^ v[2];
		v[2] = rotl(v[2], 32);
	}
}

uint64_t hash_span(struct hash_key key, struct span s)
{
	uint64_t v[4] = { key.k0 ^ 0x736f6d6570736575, key.k1 ^ 0x646f72616e646f6d,
		key.k0 ^ 0x6c7967656e657261, key.k1 ^ 0x7465646279746573 };
	size_t whole = s.len / 8 * 8;
	uint64_t last = 0;

	/* Every path of an image comes by here: words are copied, not read through a cursor. */
	for (size_t i = 0; i < whole; i += 8) {
		uint64_t m;

		memcpy(&m, s.p + i, sizeof(m));
		m = le64toh(m);
		v[3] ^= m;
		rounds(v, 2);
		v[0] ^= m;
	}
	if (s.len > whole)
		memcpy(&last, s.p + whole, s.len - whole);
	last = le64toh(last) | (uint64_t)s.len << 56;
	v[3] ^= last;
	rounds(v, 2);
	v[0] ^= last;
	v[2] ^= 0xff;
	rounds(v, 4);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

struct hash_key hash_random_key(void)
{
	struct hash_key key = hash_fact_key;

	if (getrandom(&key, sizeof(key), 0) != (ssize_t)sizeof(key))
		return hash_fact_key; /* tables stay right, only not protected against chosen names
				       */
	return key;
}

/* Four lanes, because each waits for its multiplication. A step is a bijection of the lane, so a
 * changed word changes it. */
uint64_t hash_sum(struct span s)
{
	enum { LANES = 4, BLOCK = LANES * 8 };
	const uint64_t odd = 0x9e3779b97f4a7c15; /* 2^64 over the golden ratio */
	uint64_t lane[LANES] = { 1, 2, 3, 4 }, word[LANES] = { 0 }, sum = s.len;
	size_t whole = s.len - s.len % BLOCK;

	for (size_t at = 0; at < whole; at += BLOCK) {
		memcpy(word, s.p + at, BLOCK);
		for (int i = 0; i < LANES; i++)
			lane[i] = rotl((lane[i] ^ le64toh(word[i])) * odd, 29);
	}
	if (whole < s.len) {
		memset(word, 0, BLOCK);
		memcpy(word, s.p + whole, s.len - whole);
		for (int i = 0; i < LANES; i++)
			lane[i] = rotl((lane[i] ^ le64toh(word[i])) * odd, 29);
	}
	for (int i = 0; i < LANES; i++)
		sum = rotl((sum ^ lane[i]) * odd, 31);
	return sum;
}
