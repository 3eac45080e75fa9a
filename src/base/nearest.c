/* nearest.c - the known name that a mistyped one was meant to be.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/nearest.h"

#include <stdio.h>
#include <string.h>

static uint8_t folded(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c == '_' ? '-' : c;
}

/* Levenshtein; capitals and '_' for '-' cost nothing. */
static size_t distance(struct span a, struct span b)
{
	size_t row[NEAREST_MAX + 1];

	if (a.len > NEAREST_MAX || b.len > NEAREST_MAX)
		return SIZE_MAX;
	for (size_t j = 0; j <= b.len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			bool same = folded(span_at(a, i - 1)) == folded(span_at(b, j - 1));
			size_t change = diagonal + !same;
			size_t least = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;

			diagonal = row[j];
			row[j] = change < least ? change : least;
		}
	}
	return row[b.len];
}

void nearest_try(struct nearest *n, const char *name)
{
	size_t d = distance(n->given, span_str(name));

	if (d != SIZE_MAX && (!n->best || d < n->least)) {
		n->best = name;
		n->least = d;
	}
}

const char *nearest_name(const struct nearest *n)
{
	return n->best && n->least <= 1 + n->given.len / 6 ? n->best : NULL;
}

const char *nearest_hint(const struct nearest *n, char out[NEAREST_HINT])
{
	const char *name = nearest_name(n);

	out[0] = 0;
	if (name)
		snprintf(out, NEAREST_HINT, ": did you mean '%s'?", name);
	return out;
}
