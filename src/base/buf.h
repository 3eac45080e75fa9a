/* buf.h - a growing run of bytes for writers, with a limit.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

/* { .limit = bytes } is a ready buffer; 0 means 1 GiB. A write that does not fit sets `failed`
 * and from then on nothing is added: check once, at the end. */
struct buf {
	char *p; /* always NUL-terminated once anything was written; may be NULL */
	size_t len, cap, limit;
	bool failed;
};

void buf_byte(struct buf *b, char c);
void buf_bytes(struct buf *b, const void *p, size_t len);
void buf_str(struct buf *b, const char *s);
void buf_span(struct buf *b, struct span s);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
struct span buf_view(const struct buf *b);
void buf_release(struct buf *b);

#define scoped_buf __attribute__((cleanup(buf_release)))
