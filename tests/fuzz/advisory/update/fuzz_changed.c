/* fuzz_changed.c - a list of changes of OSV in two pieces, the first as long as the first byte
 * says; after a NUL records.
 *
 * The pieces do not matter, lines are not before the time asked for, an id cannot leave its folder,
 * and what is kept of records reads the same again.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/update/changed.h"
#include "tests/fuzz/fuzz.h"

static void list(struct span text, size_t cut)
{
	scoped_arena struct arena a = { .limit = 64 << 20 };
	struct changed_list whole = { .since = 1700000000 }, pieces = whole;
	struct scov_err err;
	int code = changed_push(&whole, text, &a, &err);
	int other = changed_push(&pieces, span_sub(text, 0, cut), &a, &err);

	if (!other)
		other = changed_push(&pieces, span_from(text, cut), &a, &err);
	must(code == other && whole.lines.n == pieces.lines.n && whole.is_over == pieces.is_over);
	for (size_t i = 0; i < whole.lines.n; i++) {
		struct span id = whole.lines.p[i].id;

		must(id.len && span_at(id, 0) != '.' && !span_has(id, SPAN("/")));
		must(!span_has(id, SPAN("%")) && !span_has(id, SPAN("?")));
	}
}

static void records(struct span text)
{
	scoped_arena struct arena a = { .limit = 256 << 20 };
	scoped_buf struct buf one = { 0 }, two = { 0 };
	struct changed c, again;
	struct scov_err err;

	if (changed_load(text, &a, &c, &err))
		return;
	changed_write(&c, &one);
	must(!changed_load(buf_view(&one), &a, &again, &err) && again.records.n == c.records.n);
	changed_write(&again, &two);
	must(span_eq(buf_view(&one), buf_view(&two)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size), text = span_from(in, 1);
	size_t end = span_find(text, 0);

	if (!size)
		return 0;
	list(span_sub(text, 0, end), data[0]);
	records(span_from(text, end + 1));
	return 0;
}
