/* calls.c - system calls, and the functions of libc that make them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "known/calls.h"

#include "base/search.h"

static int compare_call(const void *row, const void *key)
{
	return span_cmp(((const struct known_call *)row)->name, *(const struct span *)key);
}

static int compare_maker(const void *row, const void *key)
{
	return span_cmp(((const struct known_call_maker *)row)->name, *(const struct span *)key);
}

size_t known_calls_size(void)
{
	return (known_calls_n + 7) / 8;
}

void known_calls_add(uint8_t *set, struct span function)
{
	size_t i = search_first(known_call_makers, known_call_makers_n, sizeof(*known_call_makers),
		&function, compare_maker);

	if (i == known_call_makers_n || !span_eq(known_call_makers[i].name, function))
		return;
	struct span left = known_call_makers[i].calls;

	while (left.len) {
		struct span name = span_sub(left, 0, span_find(left, ' '));
		size_t row = search_first(
			known_calls, known_calls_n, sizeof(*known_calls), &name, compare_call);

		if (row < known_calls_n)
			set[row / 8] |= (uint8_t)(1 << row % 8);
		left = span_from(left, name.len + 1);
	}
}

bool known_calls_has(struct span set, size_t row)
{
	return set.len < known_calls_size() || span_at(set, row / 8) >> row % 8 & 1;
}
