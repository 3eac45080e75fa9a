/* words.c - how much of a text is common words.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "secret/value/words.h"

#include "base/ascii.h"

#include <string.h>

static bool is_word(const char *w, size_t len)
{
	const struct word_list *l = &word_lists[len];
	size_t low = 0, high = l->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = memcmp(w, l->text + middle * len, len);

		if (!order)
			return true;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}

/* A word may begin between i - 1 and i without cutting another: no letter, or a capital. */
static bool is_border(struct span s, size_t i)
{
	uint8_t a = i ? span_at(s, i - 1) : 0, b = span_at(s, i);

	return !ascii_is_letter(a) || !ascii_is_letter(b) || (a >= 'a' && b < 'a');
}

size_t words_cover(struct span s)
{
	char low[WORDS_TEXT_MAX];
	size_t best[WORDS_TEXT_MAX + 1] = { 0 };

	s = span_sub(s, 0, WORDS_TEXT_MAX);
	for (size_t i = 0; i < s.len; i++)
		low[i] = (char)(ascii_is_letter(span_at(s, i)) ? span_at(s, i) | 32 : '.');
	/* best[i]: letters covered from i on. */
	for (size_t i = s.len; i--;) {
		best[i] = best[i + 1];
		for (size_t n = WORD_MIN; n <= WORD_MAX && i + n <= s.len; n++) {
			if (low[i + n - 1] == '.')
				break;
			if (best[i + n] + n <= best[i] ||
				(n == WORD_MIN && !(is_border(s, i) && is_border(s, i + n))))
				continue;
			if (is_word(low + i, n))
				best[i] = best[i + n] + n;
		}
	}
	return best[0];
}
