/* symbols.c - which functions a program holds, as a Bloom filter.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "facts/symbols.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/hash.h"
#include "crypto/digest.h"

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

static int by_name(const void *a, const void *b)
{
	return span_cmp(*(const struct span *)a, *(const struct span *)b);
}

struct span symbols_digest(const struct span *list, size_t n, struct arena *a)
{
	struct span *sorted = arena_array(a, n, sizeof(*sorted));
	scoped_buf struct buf text = { 0 };
	char out[DIGEST_TEXT];

	if (!sorted)
		return (struct span){ 0 };
	if (n)
		memcpy(sorted, list, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), by_name);
	for (size_t i = 0; i < n; i++) {
		if (i && span_eq(sorted[i - 1], sorted[i]))
			continue;
		buf_span(&text, sorted[i]);
		buf_byte(&text, '\n');
	}
	if (text.failed)
		return (struct span){ 0 };
	struct digest d = digest_of(DIGEST_SHA256, buf_view(&text));

	return arena_dup(a, span_str(digest_format(&d, out)));
}
