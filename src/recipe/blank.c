/* blank.c - the blanks of Unicode.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "recipe/blank.h"

#include "base/ascii.h"

/* Source: Unicode's White_Space, as Go's unicode.IsSpace has it. */
size_t recipe_blank(struct span s, size_t at)
{
	uint8_t a = span_at(s, at), b = span_at(s, at + 1), c = span_at(s, at + 2);

	if (ascii_is_space(a) || a == '\v' || a == '\f')
		return 1;
	if (a == 0xc2)
		return b == 0x85 || b == 0xa0 ? 2 : 0;
	if (a == 0xe1)
		return b == 0x9a && c == 0x80 ? 3 : 0;
	if (a == 0xe2 && b == 0x80)
		return (c >= 0x80 && c <= 0x8a) || c == 0xa8 || c == 0xa9 || c == 0xaf ? 3 : 0;
	if (a == 0xe2)
		return b == 0x81 && c == 0x9f ? 3 : 0;
	return a == 0xe3 && b == 0x80 && c == 0x80 ? 3 : 0;
}

size_t recipe_blanks(struct span s)
{
	size_t n = 0, step;

	while ((step = recipe_blank(s, n)))
		n += step;
	return n;
}

struct span recipe_trim(struct span s)
{
	s = span_from(s, recipe_blanks(s));
	for (bool more = true; more && s.len;) {
		more = false;
		for (size_t n = 1; n <= 3 && n <= s.len && !more; n++)
			if (recipe_blank(s, s.len - n) == n) {
				s.len -= n;
				more = true;
			}
	}
	return s;
}
