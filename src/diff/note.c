/* note.c - one difference more, and how many are kept.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdarg.h>
#include <stdio.h>

#include "base/buf.h"
#include "diff/parts.h"
#include "facts/mark.h"

enum { TEXT_MAX = 1024 };

struct span diff_text(struct comparing *c, const char *fmt, ...)
{
	char text[TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return arena_dup(c->arena, span_str(text));
}

struct span diff_shown(struct comparing *c, struct span name)
{
	scoped_buf struct buf b = { .limit = 1 << 20 };

	if (span_find(name, MARK) == name.len)
		return arena_dup(c->arena, name);
	for (size_t i = 0; i < name.len; i++)
		if (span_at(name, i) == MARK)
			i += MARK_DIGEST;
		else
			buf_byte(&b, (char)span_at(name, i));
	return arena_dup(c->arena, buf_view(&b));
}

/* Those without a known reason are kept first, so that a thousand logs do not hide one program. */
struct difference *diff_note(
	struct comparing *c, enum difference_kind kind, struct span at, const char *why)
{
	struct difference_list *l = &c->out->kinds[kind];
	size_t same = 0;

	l->count++;
	if (l->list.n >= 2 * DIFFERENCES_KEPT)
		return NULL;
	if (l->list.n >= DIFFERENCES_KEPT)
		for (size_t i = 0; i < l->list.n; i++)
			same += !l->list.p[i].why == !why;
	if (same >= DIFFERENCES_KEPT)
		return NULL;
	struct difference *d = vec_push(&l->list, c->arena);

	if (d)
		*d = (struct difference){ .kind = (uint8_t)kind,
			.layer = c->layer,
			.at = diff_shown(c, at),
			.why = why };
	return d;
}
