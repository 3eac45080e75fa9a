/* sections.c - headings and settings, a line at a time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "syntax/sections.h"

static enum sections_kind take(struct sections *s, struct span line)
{
	size_t equals = span_find(line, '=');
	bool is_heading = span_at(line, 0) == '[';

	s->name = line;
	s->value = (struct span){ 0 };
	if (is_heading && !span_ends(line, SPAN("]")))
		return SECTIONS_BROKEN;
	if (is_heading) {
		s->name = span_trim(span_sub(line, 1, line.len - 2));
		return SECTIONS_HEADING;
	}
	if (equals == line.len)
		return SECTIONS_BROKEN;
	s->name = span_trim(span_sub(line, 0, equals));
	s->value = span_trim(span_from(line, equals + 1));
	return SECTIONS_SETTING;
}

enum sections_kind sections_next(struct sections *s)
{
	struct span line;

	while (span_line(&s->rest, &line)) {
		s->line++;
		line = span_trim(line);
		if (line.len && span_at(line, 0) != '#')
			return take(s, line);
	}
	return SECTIONS_END;
}
