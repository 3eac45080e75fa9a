/* fuzz_mask.c - masking: only stars are put in, a second time changes nothing, and names are told
 * apart by their marks until the join takes the marks out.
 *
 * The lines of the input are texts, and names.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "facts/mark.h"
#include "join/steps.h"
#include "scan/search.h"
#include "scan/text.h"
#include "secret/find/mask.h"
#include "secret/find/pattern.h"
#include "tests/fuzz/fuzz.h"

enum { NAMES = 12, ROOM = 16 << 20 };

static void must_be_stars(struct span masked, struct span raw)
{
	must(masked.len == raw.len);
	for (size_t i = 0; i < raw.len; i++)
		must(span_at(masked, i) == span_at(raw, i) || span_at(masked, i) == '*');
}

static struct span unmarked(struct span name, struct arena *a)
{
	uint8_t *p = arena_alloc(a, name.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < name.len; i++)
		if (span_at(name, i) == MARK)
			i += MARK_DIGEST;
		else
			p[n++] = span_at(name, i);
	return span_of(p, n);
}

/* What the program prints. */
static void check_message(struct span raw, struct arena *a)
{
	static struct masker *m;
	struct finder_options opt = { .rules = NULL, .database = pattern_builtin };
	struct span once = arena_dup(a, raw);
	struct scov_err err;

	must(m || masker_new(&opt, &m, &err) == 0);
	masker_run(m, (uint8_t *)(uintptr_t)once.p, once.len);
	must_be_stars(once, raw);
	struct span twice = arena_dup(a, once);

	masker_run(m, (uint8_t *)(uintptr_t)twice.p, twice.len);
	must(span_eq(twice, once));
}

static void check_text(struct analysis *out, struct span raw)
{
	struct span once = fact_text(out, raw), value = fact_value(out, SPAN("DB_PASSWORD"), raw);

	must_be_stars(once, raw);
	must_be_stars(value, raw);
	must(span_eq(fact_text(out, raw), once)); /* whatever was looked at before */
	must(span_eq(fact_text(out, once), once));
}

/* A name, and the folders above it. */
static void check_name(struct analysis *out, struct span raw)
{
	struct span name = fact_name(out, raw), plain = unmarked(name, out->scratch);

	must_be_stars(plain, raw);
	must(span_eq(fact_name(out, raw), name));
	for (size_t i = 0; i < raw.len; i++) {
		if (span_at(raw, i) != '/')
			continue;
		must(span_at(plain, i) == '/');
		struct span folder = fact_name(out, span_sub(raw, 0, i));

		must(span_starts(name, folder) && span_at(name, folder.len) == '/');
	}
}

/* The names of one part, shown: equal where they were equal, without marks, and the way back. */
static void check_shown(struct analysis *out, const struct span *raw, size_t n)
{
	struct image_facts facts = { .arena.limit = ROOM };
	struct join j = { .out = &facts };

	for (size_t i = 0; i < n; i++) {
		struct entry *e = vec_push(&out->part->entries, out->arena);

		must(e);
		*e = (struct entry){ .path = fact_name(out, raw[i]), .type = ENTRY_FILE };
	}
	const struct part *shown = names_show(&j, out->part);

	must(shown && shown->entries.n == n);
	for (size_t i = 0; i < n; i++) {
		struct span one = shown->entries.p[i].path, marked = out->part->entries.p[i].path;

		must(span_find(one, MARK) == one.len);
		must(span_eq(names_marked(&j, one, out->scratch), marked));
		for (size_t k = 0; k < i; k++)
			must(span_eq(one, shown->entries.p[k].path) == span_eq(raw[i], raw[k]));
	}
	arena_release(&facts.arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scoped_arena struct arena a = { .limit = ROOM }, scratch = { .limit = ROOM };
	struct limits limits = limits_default();
	struct part part = { .kind = PART_LAYER };
	struct analysis out = { &part, &a, &scratch, &limits };
	struct span in = span_of(data, size < 4096 ? size : 4096), lines[NAMES];
	struct scov_err err;
	size_t n = 0;

	out.key = SPAN("0123456789abcdef");
	out.finder = search_finder(&err);
	must(out.finder);
	finder_bind(out.finder, &part, &a, &limits, out.key);
	check_text(&out, in);
	while (in.len && n < NAMES) {
		size_t end = span_find(in, '\n');

		lines[n++] = span_sub(in, 0, end);
		in = span_from(in, end + 1);
	}
	for (size_t i = 0; i < n; i++) {
		check_message(lines[i], &scratch);
		check_text(&out, lines[i]);
		check_name(&out, lines[i]);
	}
	check_shown(&out, lines, n);
	return 0;
}
