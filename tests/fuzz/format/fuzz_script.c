/* fuzz_script.c - what is found lies in the script, on a line that it has, and stays within the
 * bound.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/script.h"
#include "tests/fuzz/fuzz.h"

struct state {
	struct span in;
	uint32_t lines;
	unsigned n;
};

static bool is_secret(struct span name)
{
	return span_ends(name, SPAN("PASSWORD"));
}

static bool found(void *ctx, const struct script_find *f)
{
	struct state *s = ctx;

	must(f->line >= 1 && f->line <= s->lines && f->name.len);
	must_lie_in(f->name, s->in);
	must_lie_in(f->detail, s->in);
	must(f->event != SCRIPT_EVENT_RUNS || span_at(f->name, 0) == 0x2f);
	must(++s->n <= SCRIPT_FINDS_MAX);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size), rest = in, line;
	struct state s = { .in = in };

	while (span_line(&rest, &line))
		s.lines++;
	must_lie_in(script_program(script_shebang(in)), in);
	script_scan(in, true, is_secret, found, &s);
	s.n = 0;
	script_scan(in, false, is_secret, found, &s);
	return 0;
}
