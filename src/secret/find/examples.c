/* examples.c - the examples of the rules through the real finder.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "secret/find/examples.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "secret/find/find.h"

enum { GOOD_VARIANTS = 4 }; /* a good example is expanded this often, each time otherwise */

struct trial {
	struct finder *finder;
	struct arena arena;
	struct examples_sum *sum;
	void (*failed)(void *ctx, const struct example_failure *f);
	void *ctx;
};

int rules_with(struct span text, const char *file, struct secret_rules *out, struct scov_err *err)
{
	const struct secret_rules *builtin = rules_builtin();

	*out = (struct secret_rules){ 0 };
	out->p = arena_array(&out->arena, builtin->n, sizeof(*out->p));
	if (!out->p)
		return err_memory(err);
	memcpy(out->p, builtin->p, builtin->n * sizeof(*out->p));
	out->n = out->cap = builtin->n;
	int code = text.len ? rules_parse(text, file, out, err) : 0;

	if (code)
		rules_release(out);
	return code;
}

/* A path that the rule looks at: its first glob with its stars filled in. */
static struct span path_for(const struct secret_rule *r, struct buf *out)
{
	struct span glob = r->paths_n ? r->paths[0] : SPAN("srv/example.txt");

	for (size_t i = 0; i < glob.len; i++) {
		uint8_t c = span_at(glob, i);

		buf_byte(out, c == '*' || c == '?' ? 'x' : (char)c);
	}
	return buf_view(out);
}

/* The highest level of what this rule reports in the text. Proofs are those of the real thing. */
static uint8_t level_in(struct trial *t, const struct secret_rule *r, struct span text)
{
	scoped_buf struct buf path = { 0 };
	struct limits limits = limits_default();
	struct part part = { 0 };
	uint8_t level = SECRET_NONE;

	finder_bind(t->finder, &part, &t->arena, &limits, (struct span){ 0 });
	if (!finder_begin(t->finder, 0, SURFACE_CONTENT, path_for(r, &path)) &&
		!finder_piece(t->finder, text, true))
		finder_end(t->finder);
	for (size_t i = 0; i < part.secrets.n; i++)
		if (span_eq(part.secrets.p[i].rule, r->id) && part.secrets.p[i].level > level)
			level = part.secrets.p[i].level;
	return level;
}

static const char *judge(const struct secret_rule *r, bool is_good, uint8_t level)
{
	if (!is_good)
		return level > SECRET_LOW ? "its rule finds it, above low" : NULL;
	if (level == SECRET_NONE)
		return "its rule does not find it";
	return level < r->level_match ? "its rule finds it below the level of a match" : NULL;
}

/* Static text: why the example fails; NULL: it does what it should. */
static const char *fault(
	struct trial *t, const struct secret_rule *r, bool is_good, uint32_t number, uint32_t seed)
{
	struct scov_err err;
	struct span text;
	const char *why = NULL;

	if (rule_expand(is_good ? r->good[number] : r->bad[number], seed, &t->arena, &text, &err))
		why = "the template is not one";
	else
		why = judge(r, is_good, level_in(t, r, text));
	arena_reset(&t->arena);
	return why;
}

static void try_one(struct trial *t, const struct secret_rule *r, bool is_good, uint32_t number)
{
	const char *why = NULL;

	for (uint32_t seed = 0; !why && seed < (is_good ? GOOD_VARIANTS : 1); seed++)
		why = fault(t, r, is_good, number, number * GOOD_VARIANTS + seed);
	t->sum->examples++;
	if (!why)
		return;
	struct example_failure f = { r, is_good, number + 1, why };

	t->sum->failed++;
	t->failed(t->ctx, &f);
}

int examples_try(const struct secret_rules *rules,
	void (*failed)(void *ctx, const struct example_failure *f), void *ctx,
	struct examples_sum *out, struct scov_err *err)
{
	struct trial t = { .sum = out, .failed = failed, .ctx = ctx };
	struct finder_options opt = { .rules = rules };
	int code = finder_new(&opt, &t.finder, err);

	if (code)
		return code;
	*out = (struct examples_sum){ .rules = rules->n };
	for (size_t i = 0; i < rules->n; i++) {
		const struct secret_rule *r = &rules->p[i];

		for (uint32_t k = 0; k < r->good_n; k++)
			try_one(&t, r, true, k);
		for (uint32_t k = 0; k < r->bad_n; k++)
			try_one(&t, r, false, k);
	}
	finder_free(t.finder);
	arena_release(&t.arena);
	return 0;
}
