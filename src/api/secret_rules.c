/* secret_rules.c - the rules for secrets: listed, and their examples tried.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <fcntl.h>
#include <stdio.h>

#include "api/api.h"
#include "base/err.h"
#include "base/fd.h"
#include "secret/find/examples.h"

enum { RULES_FILE_MAX = 1 << 20 };

struct scov_rules {
	struct arena arena;
	struct secret_rules rules;
	size_t builtin;
};

static int read_rules(struct scov_rules *r, const char *file, struct scov_err *err)
{
	struct span text = { 0 };

	if (file && fd_load(AT_FDCWD, file, RULES_FILE_MAX, &r->arena, &text, err))
		return err->code;
	return rules_with(text, file, &r->rules, err);
}

int scov_rules_open(const char *file, struct scov_rules **out, struct scov_err *err)
{
	struct scov_rules *r = mem_alloc(sizeof(*r));
	struct scov_err mine;

	if (!err)
		err = &mine;
	if (!r)
		return err_memory(err);
	int code = read_rules(r, file, err);

	if (code) {
		scov_rules_free(r);
		return code;
	}
	r->builtin = rules_builtin()->n;
	*out = r;
	return 0;
}

void scov_rules_free(struct scov_rules *r)
{
	if (!r)
		return;
	rules_release(&r->rules);
	arena_release(&r->arena);
	mem_free(r);
}

bool scov_rule_at(struct scov_rules *r, size_t i, struct scov_rule *out)
{
	if (i >= r->rules.n)
		return false;
	const struct secret_rule *rule = &r->rules.p[i];

	*out = (struct scov_rule){
		.id = arena_cstr(&r->arena, rule->id),
		.kind = arena_cstr(&r->arena, rule->kind),
		.title = arena_cstr(&r->arena, rule->title),
		.advice = arena_cstr(&r->arena, rule->advice),
		.source = arena_cstr(&r->arena, rule->source),
		.level = secret_level_name(rule->level_match),
		.level_proven = secret_level_name(rule->level_proven),
		.is_builtin = i < r->builtin,
	};
	return out->id && out->kind && out->title && out->advice && out->source;
}

struct listener {
	scov_rule_failed failed;
	void *ctx;
};

static void heard(void *ctx, const struct example_failure *f)
{
	struct listener *l = ctx;
	char id[80];

	snprintf(id, sizeof(id), "%.*s", SPAN_ARG(f->rule->id));
	if (l->failed)
		l->failed(l->ctx, id, f->is_good, f->number, f->why);
}

int scov_rules_test(struct scov_rules *r, scov_rule_failed failed, void *ctx,
	struct scov_rules_sum *out, struct scov_err *err)
{
	struct listener l = { failed, ctx };
	struct examples_sum sum;
	struct scov_err mine;

	if (!err)
		err = &mine;
	int code = examples_try(&r->rules, heard, &l, &sum, err);

	if (code)
		return code;
	*out = (struct scov_rules_sum){ sum.rules, sum.examples, sum.failed };
	return 0;
}
