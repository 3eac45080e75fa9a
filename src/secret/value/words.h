/* words.h - common words, and how much of a text they make. Inside secret/ only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stddef.h>

#include "base/span.h"

enum { WORD_MIN = 3, WORD_MAX = 12, WORDS_TEXT_MAX = 64 };

/* All words of one length, sorted, without anything between them. */
struct word_list {
	size_t n;
	const char *text;
};
extern const struct word_list word_lists[WORD_MAX + 1];

/* Letters of the text that common words cover; of its first WORDS_TEXT_MAX bytes. A word of three
 * letters counts only where it is apart. */
size_t words_cover(struct span s);
