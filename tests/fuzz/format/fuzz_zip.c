/* fuzz_zip.c - zip members: the pieces make no difference.
 *
 * First byte: the length of the pieces.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/zip.h"
#include "tests/fuzz/fuzz.h"

enum { CONTENT_MAX = 4 << 20 };

struct sums {
	size_t members, ends, bytes;
	int code;
};

static bool member(void *ctx, struct span name)
{
	struct sums *s = ctx;

	must(name.len <= ZIP_NAME_MAX);
	s->members++;
	return name.len % 5 != 4;
}

static bool content(void *ctx, struct span piece)
{
	struct sums *s = ctx;

	s->bytes += piece.len;
	return s->bytes < CONTENT_MAX;
}

static void end(void *ctx)
{
	((struct sums *)ctx)->ends++;
}

static void lost(void *ctx, struct span name, const char *why)
{
	(void)ctx;
	must(name.len <= ZIP_NAME_MAX && why);
}

static struct sums look(struct span in, size_t step)
{
	static const struct zip_events on = { member, content, end, lost };
	struct sums s = { 0 };
	struct scov_err err = { 0 };
	struct zip *z = zip_open(&on, &s);

	must(z);
	while (in.len && !s.code) {
		struct span piece = span_sub(in, 0, step);

		s.code = zip_push(z, &piece, &err);
		in = span_from(in, step);
	}
	if (!s.code)
		s.code = zip_end(z, &err);
	must(!s.code || err.text[0]);
	zip_free(z);
	return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size);
	size_t step = span_at(in, 0) + (size_t)1;

	in = span_from(in, 1);
	struct sums a = look(in, step), b = look(in, in.len + 1);

	must(a.members == b.members && a.ends == b.ends && a.code == b.code);
	return 0;
}
