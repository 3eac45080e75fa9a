/* mask.c - what the program itself prints (errors, references, types) goes through the same rules
 * as what an image holds.
 *
 * There is one masker a process for the built-in rules, made at the first text, and one for each
 * context with rules of the user.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "api/api.h"
#include "base/err.h"
#include "base/lock.h"
#include "secret/find/mask.h"
#include "secret/find/pattern.h"

struct extra {
	struct scov_context *context;
	struct arena arena; /* of the database */
	struct masker *masker;
	struct extra *next;
};

static struct lock lock;
static struct masker *builtin;
static struct extra *extras;

/* "user:password@host" without a scheme; a digest after the '@' is not a host. */
static void mask_login(char *text, char *at)
{
	char *colon = NULL;

	if (!strncmp(at, "@sha256:", 8) || !strncmp(at, "@sha512:", 8))
		return;
	for (char *p = at; p > text && !strchr(" /'\"=", p[-1]); p--)
		if (p[-1] == ':')
			colon = p;
	if (colon && colon - 1 > text && !strchr(" /'\"=", colon[-2]))
		memset(colon, '*', (size_t)(at - colon));
}

static void run(struct masker *m, char *text)
{
	if (m)
		masker_run(m, (uint8_t *)text, strlen(text));
	else
		memset(text, '*', strlen(text));
}

static void run_extra(struct extra *x, char *text)
{
	struct finder_options opt = { .rules = &x->context->rules.all };
	struct scov_err err;

	if (!x->masker &&
		!scan_rules_database(
			&x->context->rules, x->context->cache, &x->arena, &opt.database, &err) &&
		masker_new(&opt, &x->masker, &err))
		x->masker = NULL; /* without one everything is masked */
	run(x->masker, text);
}

void scov_mask(char *text)
{
	struct finder_options opt = { .rules = NULL, .database = pattern_builtin };
	struct scov_err err;

	lock_take(&lock);
	if (!builtin && masker_new(&opt, &builtin, &err))
		builtin = NULL; /* without one everything is masked */
	run(builtin, text);
	for (struct extra *x = extras; x; x = x->next)
		run_extra(x, text);
	lock_drop(&lock);
	for (char *at = strchr(text, '@'); at; at = strchr(at + 1, '@'))
		mask_login(text, at);
}

struct span api_masked(struct arena *a, struct span text)
{
	char *copy = arena_cstr(a, text);

	/* A NUL in it: nothing that is worth showing. */
	if (!copy)
		return (struct span){ .p = arena_alloc(a, 0) };
	scov_mask(copy);
	return span_of(copy, text.len);
}

int api_mask_add(struct scov_context *c, struct scov_err *err)
{
	struct extra *x = mem_alloc(sizeof(*x));

	if (!x)
		return err_memory(err);
	x->context = c;
	lock_take(&lock);
	x->next = extras;
	extras = x;
	lock_drop(&lock);
	return 0;
}

void api_mask_remove(const struct scov_context *c)
{
	lock_take(&lock);
	for (struct extra **at = &extras; *at; at = &(*at)->next) {
		struct extra *x = *at;

		if (x->context != c)
			continue;
		*at = x->next;
		masker_free(x->masker);
		arena_release(&x->arena);
		mem_free(x);
		break;
	}
	lock_drop(&lock);
}
