/* fuzz_zip_directory.c - a zip's directory beside its members: the pieces make no difference.
 *
 * First byte: the length of the pieces. The second: how many members, of 5 bytes each (place,
 * length, method). Then the place of the directory, 2 bytes, and the directory.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/zip_directory.h"
#include "tests/fuzz/fuzz.h"

static int look(struct cur c, size_t members, size_t step)
{
	struct zip_directory *d = zip_directory_new();
	struct scov_err err = { 0 };
	uint64_t at = 0;

	must(d);
	for (size_t i = 0; i < members; i++) {
		struct zip_member m = { .at = at += cur_le16(&c) };

		m.packed = cur_le16(&c);
		m.method = span_at(cur_take(&c, 1), 0);
		zip_directory_member(d, m);
	}
	at = cur_le16(&c);
	struct span rest = cur_take(&c, cur_left(&c));

	while (rest.len) {
		struct span piece = span_sub(rest, 0, step);

		zip_directory_push(d, at, piece);
		at += piece.len;
		rest = span_from(rest, step);
	}
	int code = zip_directory_end(d, &err);

	must(!code || err.text[0]);
	zip_directory_free(d);
	return code;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size);
	size_t step = span_at(in, 0) + (size_t)1, members = span_at(in, 1) % 8;
	struct cur c = cur_over(span_from(in, 2));

	must(look(c, members, step) == look(c, members, in.len + 1));
	return 0;
}
