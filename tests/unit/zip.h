/* zip.h - for tests: zips made in memory.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <zlib.h>

#include "base/buf.h"
#include "tests/unit/unit.h"

static inline void le(struct buf *b, uint64_t v, int n)
{
	for (int i = 0; i < n; i++)
		buf_byte(b, (char)(v >> 8 * i));
}

static inline void deflate_to(struct buf *out, struct span in, int bits)
{
	z_stream z = { 0 };
	static uint8_t room[1 << 20];

	deflateInit2(&z, 6, Z_DEFLATED, bits, 8, Z_DEFAULT_STRATEGY);
	z.next_in = (uint8_t *)(uintptr_t)in.p;
	z.avail_in = (unsigned)in.len;
	z.next_out = room;
	z.avail_out = sizeof(room);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	buf_bytes(out, room, sizeof(room) - z.avail_out);
	deflateEnd(&z);
}

/* One member; with a descriptor its sizes are after it. */
static inline void zip_add(
	struct buf *out, const char *name, struct span in, bool is_deflated, bool has_descriptor)
{
	scoped_buf struct buf packed = { 0 };

	if (is_deflated)
		deflate_to(&packed, in, -15);
	else
		buf_span(&packed, in);
	buf_str(out, "PK\3\4");
	le(out, 20, 2);
	le(out, has_descriptor ? 8 : 0, 2);
	le(out, is_deflated ? 8 : 0, 2);
	le(out, 0, 8);
	le(out, has_descriptor ? 0 : packed.len, 4);
	le(out, has_descriptor ? 0 : in.len, 4);
	le(out, strlen(name), 2);
	le(out, 0, 2);
	buf_str(out, name);
	buf_span(out, buf_view(&packed));
	if (has_descriptor) {
		buf_str(out, "PK\7\10");
		le(out, 0, 4);
		le(out, packed.len, 4);
		le(out, in.len, 4);
	}
}

static inline void zip_finish(struct buf *out)
{
	buf_str(out, "PK\1\2");
	for (int i = 0; i < 60; i++)
		buf_byte(out, '\0');
}
