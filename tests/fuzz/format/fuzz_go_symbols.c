/* fuzz_go_symbols.c - a name never grows; a table in one piece and in two has the same names.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/go_symbols.h"
#include "tests/fuzz/fuzz.h"

struct seen {
	size_t names, bytes;
};

static bool see(void *ctx, struct span raw)
{
	struct seen *s = ctx;
	uint8_t text[GO_NAME_MAX];
	struct span name;
	size_t package;

	if (go_symbol_parse(raw, text, &name, &package)) {
		must(name.len <= raw.len && package < name.len);
		must(span_at(name, package - 1) == '.');
	}
	s->names++;
	s->bytes += raw.len;
	return true;
}

static bool read_in(struct span in, size_t cut, struct seen *s)
{
	static const struct elf e = { .bits = 64 };
	struct go_symbols g = { .elf = &e, .name = see, .ctx = s };

	*s = (struct seen){ 0 };
	go_symbols_look(&g, in, 0, 0, cut);
	go_symbols_look(&g, in, 0, cut, in.len);
	go_symbols_feed(&g, span_sub(in, 0, cut), 0);
	go_symbols_feed(&g, span_from(in, cut), cut);
	return go_symbols_end(&g);
}

/* Handed over in two pieces, with what is before the second one in no view. */
static bool read_pieces(struct span in, size_t cut, struct seen *s)
{
	static const struct elf e = { .bits = 64 };
	struct go_symbols g = { .elf = &e, .name = see, .ctx = s };

	*s = (struct seen){ 0 };
	go_symbols_look(&g, span_sub(in, 0, cut), 0, 0, cut);
	go_symbols_feed(&g, span_from(in, cut), cut);
	return go_symbols_end(&g);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size);
	struct seen one, two;
	bool good = read_in(in, size, &one);

	must(read_in(in, size / 2, &two) == good);
	must(!good || (one.names == two.names && one.bytes == two.bytes));
	if (read_pieces(in, size / 2, &two) && good)
		must(one.bytes == two.bytes);
	return 0;
}
