/* search.h - the place of a key in sorted rows.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stddef.h>

/* The first of n rows that is not before the key; n: all are. compare gives less than 0 for a row
 * that is before it. bsearch finds some row; of equal ones this is the first. */
static inline size_t search_first(const void *rows, size_t n, size_t size, const void *key,
	int (*compare)(const void *row, const void *key))
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare((const char *)rows + middle * size, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The same over a VEC or what looks like one. */
#define vec_first(v, key, compare) search_first((v)->p, (v)->n, sizeof(*(v)->p), (key), (compare))
