/* fuzz_rpm_sqlite.c - all blobs together are not larger than what pages can hold; a refusal is
 * said.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/rpm_db.h"
#include "format/rpm_header.h"
#include "tests/fuzz/fuzz.h"

struct state {
	uint64_t blobs;
	uint8_t sum;
};

static int blob(void *ctx, struct span in)
{
	struct state *s = ctx;
	struct rpm_header h;

	s->blobs++;
	for (size_t i = 0; i < in.len; i += 64)
		s->sum ^= span_at(in, i);
	if (in.len)
		s->sum ^= span_at(in, in.len - 1);
	return rpm_header_parse(in, &h, NULL) > 0; /* what is damaged is passed over */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scoped_arena struct arena scratch = { .limit = 4 << 20 };
	struct span in = span_of(data, size);
	struct state s = { 0 };
	struct scov_err err = { 0 };
	int code = rpm_sqlite_each(in, &scratch, blob, &s, &err);

	must(s.blobs <= size);
	must(!code == !err.text[0]);
	return 0;
}
