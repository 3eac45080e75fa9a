/* symbols.c - which functions a program holds, as a Bloom filter.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "facts/symbols.h"

#include "base/hash.h"

enum { BITS_A_NAME = 8 };

size_t symbols_size(uint64_t names)
{
	size_t size = SYMBOLS_BYTES_MIN;

	while (size < SYMBOLS_BYTES_MAX && size < names * BITS_A_NAME / 8)
		size *= 2;
	return size;
}

static uint64_t bit(uint64_t hash, unsigned i, size_t size)
{
	uint64_t a = hash & UINT32_MAX, b = hash >> 32 | 1;

	return (a + i * b) % (8 * (uint64_t)size);
}

void symbols_add(uint8_t *filter, size_t size, struct span name)
{
	uint64_t hash = hash_span(hash_fact_key, name);

	for (unsigned i = 0; i < SYMBOLS_HASHES; i++) {
		uint64_t at = bit(hash, i, size);

		filter[at / 8] |= (uint8_t)(1 << at % 8);
	}
}

bool symbols_may_have(struct span filter, struct span name)
{
	uint64_t hash = hash_span(hash_fact_key, name);

	if (filter.len < SYMBOLS_BYTES_MIN || filter.len > SYMBOLS_BYTES_MAX ||
		(filter.len & (filter.len - 1)))
		return true;
	for (unsigned i = 0; i < SYMBOLS_HASHES; i++) {
		uint64_t at = bit(hash, i, filter.len);

		if (!(span_at(filter, (size_t)(at / 8)) >> at % 8 & 1))
			return false;
	}
	return true;
}
