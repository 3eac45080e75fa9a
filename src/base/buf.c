/* buf.c - a growing run of bytes for writers, with a limit.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_LIMIT = 1 << 30 };

static bool room(struct buf *b, size_t more)
{
	size_t limit = b->limit ? b->limit : DEFAULT_LIMIT;

	if (b->failed || more > limit || b->len > limit - more) {
		b->failed = true;
		return false;
	}
	if (b->cap - b->len > more) /* one byte for the NUL */
		return true;
	size_t cap = b->cap ? b->cap * 2 : 256;

	if (cap < b->len + more + 1)
		cap = b->len + more + 1;
	char *p = realloc(b->p, cap);

	if (!p) {
		b->failed = true;
		return false;
	}
	b->p = p;
	b->cap = cap;
	return true;
}

void buf_bytes(struct buf *b, const void *p, size_t len)
{
	if (!room(b, len))
		return;
	if (len)
		memcpy(b->p + b->len, p, len);
	b->len += len;
	b->p[b->len] = 0;
}

void buf_byte(struct buf *b, char c)
{
	buf_bytes(b, &c, 1);
}

void buf_str(struct buf *b, const char *s)
{
	buf_bytes(b, s, strlen(s));
}

void buf_span(struct buf *b, struct span s)
{
	buf_bytes(b, s.p, s.len);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;

	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);

	if (n < 0)
		b->failed = true;
	else if (room(b, (size_t)n)) {
		vsnprintf(b->p + b->len, (size_t)n + 1, fmt, again);
		b->len += (size_t)n;
	}
	va_end(again);
	va_end(ap);
}

struct span buf_view(const struct buf *b)
{
	return span_of(b->p, b->len);
}

void buf_release(struct buf *b)
{
	if (!b)
		return;
	free(b->p);
	b->p = NULL;
	b->len = b->cap = 0;
}
