/* step.c - a step of a level, up or down, with its reason.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdarg.h>
#include <stdio.h>

#include "judge/parts.h"

enum { CLAUSE_MAX = 512 };

static void add_why(struct judge *j, struct suspect *s, const char *fmt, va_list args)
{
	char clause[CLAUSE_MAX];

	(void)vsnprintf(clause, sizeof(clause), fmt, args);
	char *text = arena_printf(
		&j->image->arena, "%.*s%s%s", SPAN_ARG(s->f.why), s->f.why.len ? "; " : "", clause);

	s->f.why = span_str(text);
}

void level_rise(struct judge *j, struct suspect *s, uint8_t to, const char *fmt, ...)
{
	va_list args;

	if (to > SECRET_HIGH)
		to = SECRET_HIGH;
	va_start(args, fmt);
	add_why(j, s, fmt, args);
	va_end(args);
	if (s->f.level < to)
		s->f.level = to;
}

void level_fall(struct judge *j, struct suspect *s, uint8_t to, const char *fmt, ...)
{
	uint8_t least = s->f.flags & SECRET_GENERIC ? SECRET_NONE : SECRET_LOW;
	va_list args;

	if (to < least)
		to = least;
	if (s->f.level <= to)
		return;
	va_start(args, fmt);
	add_why(j, s, fmt, args);
	va_end(args);
	s->f.level = to;
}
