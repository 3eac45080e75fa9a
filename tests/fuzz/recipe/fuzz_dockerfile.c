/* fuzz_dockerfile.c - each byte of an instruction is where its offsets say, lines only grow, and
 * every word lies in its text.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "recipe/dockerfile.h"
#include "recipe/expand.h"
#include "recipe/recipe.h"
#include "tests/fuzz/fuzz.h"

static void look_at_word(const struct instruction *i, const struct recipe_word *w)
{
	must(w->at <= w->end && w->end <= i->text.text.len);
}

static void look_at(const struct dockerfile *f, const struct instruction *i, struct arena *a)
{
	for (size_t k = 0; k < i->text.text.len; k++)
		must(span_at(f->file, recipe_text_at(&i->text, k)) == span_at(i->text.text, k));
	for (size_t k = 0; k < i->flags.n; k++)
		look_at_word(i, &i->flags.p[k]);
	for (size_t k = 0; k < i->words.n; k++)
		look_at_word(i, &i->words.p[k]);
	for (size_t k = 0; k < i->pairs.n; k++) {
		struct expand e = { .escape = f->escape };
		struct span out;

		look_at_word(i, &i->pairs.p[k].name);
		look_at_word(i, &i->pairs.p[k].value);
		if (!expand_word(&e, i->pairs.p[k].value.text, a, &out, NULL))
			must(out.len <= EXPAND_MAX);
	}
	for (size_t k = 0; k < i->heredocs.n; k++)
		must_lie_in(i->heredocs.p[k].content, f->file);
	if (i->trigger)
		look_at(f, i->trigger, a);
}

/* Findings come in the order of lines that the file has, and what can be changed is in it. */
static void judge(struct span in, struct arena *a)
{
	const struct recipe_input input = { .text = in, .name = SPAN_INIT("Dockerfile") };
	struct recipe r;
	uint32_t last = 0;

	if (recipe_read(&input, a, &r, NULL))
		return;
	for (size_t i = 0; i < r.findings.n; i++) {
		const struct recipe_finding *f = &r.findings.p[i];

		must(f->kind < RECIPE_KINDS && f->state < RECIPE_STATES);
		must(f->line >= last && f->line <= in.len + 1 && f->stage < r.stages.n);
		must(f->from <= f->to && f->to <= in.len);
		last = f->line;
	}
	must(recipe_read_history(&in, 1, a, &r, NULL) || r.is_history);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scoped_arena struct arena a = { .limit = 64 << 20 };
	struct dockerfile f;
	uint32_t last = 0;

	judge(span_of(data, size), &a);
	if (dockerfile_parse(span_of(data, size), &a, &f, NULL))
		return 0;
	must(f.list.n > 0);
	for (size_t k = 0; k < f.list.n; k++) {
		must(f.list.p[k].line > last && f.list.p[k].end_line >= f.list.p[k].line);
		last = f.list.p[k].end_line;
		look_at(&f, &f.list.p[k], &a);
	}
	return 0;
}
