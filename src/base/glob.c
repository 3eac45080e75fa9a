/* glob.c - patterns over paths and references.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/glob.h"

/* A place to come back to when what follows a star does not fit. */
struct star {
	size_t after, mark; /* in the pattern, in the text; after 0: none yet */
};

/* Of each sort the last star counts. */
static bool match(struct span g, struct span s)
{
	struct star near = { 0 }, deep = { 0 };
	size_t i = 0, k = 0;

	while (k < s.len) {
		uint8_t c = span_at(g, i);

		if (i < g.len && c == '*') {
			bool two = span_at(g, i + 1) == '*';

			i += two ? 2 : 1;
			near = (struct star){ two ? 0 : i, k };
			if (two)
				deep = (struct star){ i, k };
		} else if (i < g.len &&
			   (c == span_at(s, k) || (c == '?' && span_at(s, k) != '/'))) {
			i++;
			k++;
		} else if (near.after && span_at(s, near.mark) != '/') {
			i = near.after;
			k = ++near.mark;
		} else if (deep.after) {
			i = deep.after;
			k = ++deep.mark;
			near.after = 0;
		} else {
			return false;
		}
	}
	while (i < g.len && span_at(g, i) == '*')
		i++;
	return i >= g.len;
}

bool glob_match(struct span pattern, struct span text)
{
	if (pattern.len > GLOB_MAX || text.len > GLOB_MAX)
		return false;
	return match(pattern, text) ||
	       (span_starts(pattern, SPAN("**/")) && match(span_from(pattern, 3), text));
}
