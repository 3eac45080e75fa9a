/* fuzz_pax.c - pax headers: views stay inside, and a header said twice says the same.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "format/pax.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_inside(struct span view, struct span in)
{
	if (view.len && (view.p < in.p || view.p + view.len > in.p + in.len))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scoped_arena struct arena a = { .limit = 4 << 20 };
	struct span in = span_of(data, size);
	struct limits l = limits_default();
	struct pax once, twice;
	struct scov_err err;
	volatile uint8_t touched = 0;

	l.sparse_pieces = 1000;
	if (pax_parse(in, &l, &a, &once, &err))
		return 0;
	check_inside(once.path, in);
	check_inside(once.link, in);
	if (once.pieces.n > l.sparse_pieces || once.xattrs.n > PAX_XATTRS)
		abort();
	for (size_t i = 0; i < once.xattrs.n; i++) {
		check_inside(once.xattrs.p[i].name, in);
		for (size_t b = 0; b < once.xattrs.p[i].value.len; b++)
			touched = (uint8_t)(touched + span_at(once.xattrs.p[i].value, b));
	}
	if (once.has & PAX_SPARSE_MAP) /* twice the pieces are not the number that it states */
		return 0;
	scoped_buf struct buf both = { 0 };

	buf_span(&both, in);
	buf_span(&both, in);
	l.sparse_pieces *= 2;
	if (pax_parse(buf_view(&both), &l, &a, &twice, &err))
		abort();
	if (!span_eq(once.link, twice.link) || once.size != twice.size ||
		once.xattrs.n != twice.xattrs.n)
		abort();
	return 0;
}
