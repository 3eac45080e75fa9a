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
#include "base/ascii.h"
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

/* A digest after the '@' is not a host, and nor is a Git reference after a path without a colon, as
 * in the identity of a workflow: https://github.com/OWNER/NAME/FILE@refs/heads/main. */
static bool is_host(const char *from, const char *at)
{
	size_t n = (size_t)(at - from);

	return strncmp(at, "@sha256:", 8) != 0 && strncmp(at, "@sha512:", 8) != 0 &&
	       (strncmp(at, "@refs/", 6) != 0 || memchr(from, ':', n) || !memchr(from, '/', n));
}

static void stars(char *from, const char *end)
{
	if (from < end)
		memset(from, '*', (size_t)(end - from));
}

/* After "oci:" and the like, which a path follows. */
static char *after_form(char *from)
{
	static const char *const forms[] = { "oci:", "oci-archive:", "docker-archive:", "dir:",
		"rootfs:", "sbom:", "docker-daemon:" };

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		if (!strncmp(from, forms[i], strlen(forms[i])))
			return from + strlen(forms[i]);
	return from;
}

/* Who asks, in an address: what is before the last '@' (a password may hold '/', '?' and '#') but
 * for a name before a colon; after a scheme the query too, and what is not a port where one should
 * be. */
static void mask_word(char *word, char *end)
{
	char *scheme = memmem(word, (size_t)(end - word), "://", 3);
	char *from = scheme ? scheme + 3 : after_form(word), *login = NULL, *colon, *query;

	for (char *at = from; at < end; at++)
		if (*at == '@' && is_host(from, at))
			login = at;
	if (login) {
		colon = memchr(from, ':', (size_t)(login - from));
		if (colon || scheme)
			stars(colon ? colon + 1 : from, login);
		from = login;
	}
	if (!scheme)
		return;
	colon = from + strcspn(from, ":/?#[ ");
	if (!login && colon + 1 < end && *colon == ':' && !ascii_is_digit((uint8_t)colon[1]))
		stars(colon + 1, strchr(end, '@') ? strchr(end, '@') : end);
	query = from < end ? memchr(from, '?', (size_t)(end - from)) : NULL;
	if (query)
		stars(query + 1, end[-1] == ':' ? end - 1 : end);
}

static void mask_addresses(char *text)
{
	static const char between[] = " '\"<>\n";

	for (char *word = text; *word;) {
		char *end = word + strcspn(word, between);

		mask_word(word, end);
		word = end + strspn(end, between);
	}
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

static void mask_found(char *text)
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
}

void scov_mask(char *text)
{
	mask_found(text);
	mask_addresses(text);
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

struct span api_masked_file(struct arena *a, struct span text)
{
	char *copy = arena_cstr(a, text);

	if (!copy)
		return (struct span){ 0 };
	mask_found(copy);
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
