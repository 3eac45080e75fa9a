/* fuzz_go_build.c - the lines of a build, and a program that holds them: looked at in one piece and
 * in two, it says the same.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/go_build.h"
#include "tests/fuzz/fuzz.h"

static bool read_in(struct span in, size_t cut, struct arena *a, struct go_build *out)
{
	static struct elf e;
	struct go_reader g;

	if (!elf_parse(in, in.len, &e))
		return false;
	go_start(&g, &e, a);
	for (size_t i = 0; i < e.loads_n; i++) {
		const struct elf_load *l = &e.load[i];
		size_t from = (size_t)l->offset, to = from + (size_t)l->size;
		size_t middle = cut < from ? from : cut > to ? to : cut;

		go_look(&g, in, 0, from, middle, l->flags);
		go_look(&g, in, 0, middle, to, l->flags);
	}
	go_feed(&g, span_sub(in, 0, cut), 0);
	go_feed(&g, span_from(in, cut), cut);
	return go_end(&g, out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scoped_arena struct arena a = { .limit = 64 << 20 };
	struct span in = span_of(data, size), rest = in, version = { 0 };
	struct go_build b, c;

	span_line(&rest, &version);
	if (go_build_parse(version, rest, &a, &b)) {
		must_lie_in(b.version, in);
		must(b.modules.n <= GO_MODULES_MAX);
		for (size_t i = 0; i < b.modules.n; i++) {
			must(b.modules.p[i].path.len);
			must_lie_in(b.modules.p[i].path, in);
		}
	}
	bool found = read_in(in, size, &a, &b);

	must(read_in(in, size / 2, &a, &c) == found);
	if (!found || arena_failed(&a))
		return 0;
	must(b.modules.n == c.modules.n && span_eq(b.version, c.version) && b.time == c.time);
	return 0;
}
