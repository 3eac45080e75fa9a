/* hashtable.c - open addressing: rows that the caller keeps, found by a hash.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/hashtable.h"

enum { SLOTS_MIN = 16 };

bool table_make(struct table *t, struct arena *a, size_t rows)
{
	size_t n = SLOTS_MIN;

	while (n / 2 < rows)
		n *= 2;
	*t = (struct table){ arena_array(a, n, sizeof(*t->slots)), n, 0 };
	return t->slots != NULL;
}

bool table_room(struct table *t, struct arena *a)
{
	struct table more;

	if (t->used < t->n / 2)
		return true;
	if (!table_make(&more, a, t->n))
		return false;
	for (size_t i = 0; i < t->n; i++)
		if (t->slots[i].row)
			table_add(&more, t->slots[i].tag, t->slots[i].row - 1);
	*t = more;
	return true;
}
