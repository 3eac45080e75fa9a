/* hashtable.h - open addressing: rows that the caller keeps, found by a hash.
 *
 * A slot holds the number of a row and 32 bits of its hash. Hashes of names that somebody else
 * chose come from hash_span with a random key.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"

struct table_slot {
	uint32_t row; /* + 1; 0: free */
	uint32_t tag; /* of the hash */
};

struct table {
	struct table_slot *slots; /* zero: not made */
	size_t n;                 /* a power of two */
	size_t used;
};

/* Room for so many rows at half load; the slots live in the arena. False: the arena failed. */
bool table_make(struct table *t, struct arena *a, size_t rows);
/* Room for one more row: a table that is half full, or not made, doubles. The old slots stay in the
 * arena. False: the arena failed, the table is as it was. */
bool table_room(struct table *t, struct arena *a);

/* Of the slots that a row with this hash may be in, the one after `last` (NULL: the first) that has
 * its tag, else the free one where it would go:
 *
 *     struct table_slot *s = table_next(t, hash, NULL);
 *
 *     while (s->row && !is_same(&rows[s->row - 1]))
 *             s = table_next(t, hash, s);
 */
static inline struct table_slot *table_next(
	const struct table *t, uint64_t hash, const struct table_slot *last)
{
	uint32_t tag = (uint32_t)hash;
	size_t i = last ? (size_t)(last - t->slots) + 1 : tag;

	for (i &= t->n - 1; t->slots[i].row && t->slots[i].tag != tag;)
		i = (i + 1) & (t->n - 1);
	return &t->slots[i];
}

/* Into the free slot that table_next gave. */
static inline void table_put(struct table *t, struct table_slot *free, uint64_t hash, size_t row)
{
	*free = (struct table_slot){ (uint32_t)row + 1, (uint32_t)hash };
	t->used++;
}

/* Into the first free one: the row is in none yet, or may be found beside others. */
static inline void table_add(struct table *t, uint64_t hash, size_t row)
{
	struct table_slot *s = table_next(t, hash, NULL);

	while (s->row)
		s = table_next(t, hash, s);
	table_put(t, s, hash, row);
}
