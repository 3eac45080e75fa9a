/* context.c - how to work: options, cache, limits, cancel.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "api/api.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"

const char *scov_version(void)
{
	return SCOV_VERSION;
}

const char *scov_code_text(int code)
{
	static const char *const text[] = {
		"no error",
		"bad usage",
		"not found",
		"input or output failed",
		"network failed",
		"access denied",
		"damaged",
		"digest or size differs",
		"over a limit",
		"out of memory",
		"worker failed",
		"timed out",
		"cancelled",
		"not supported",
	};

	return code <= 0 && (size_t)-code < sizeof(text) / sizeof(*text) ? text[-code]
									 : "unknown error";
}

static int check_size(size_t size, size_t known, const char *what, struct scov_err *err)
{
	if (size < sizeof(size_t) || size > known)
		return err_fail(err, SCOV_E_USAGE,
			"%s: struct_size %zu does not fit this library (%zu)", what, size, known);
	return 0;
}

int api_bad_option(struct scov_err *err)
{
	if (err->code != SCOV_E_MEMORY && err->code != SCOV_E_CANCELLED &&
		err->code != SCOV_E_TIMEOUT)
		err->code = SCOV_E_USAGE;
	return err->code;
}

int api_options(const void *given, size_t size, void *out, size_t known, const char *what,
	struct scov_err *err)
{
	int code = check_size(size, known, what, err);

	if (code)
		return code;
	memset(out, 0, known);
	memcpy(out, given, size);
	return 0;
}

/* Field by field: `cancelled` may change meanwhile and is read in one place only. */
int api_call(const struct scov_context *c, const struct scov_call *given, struct api_call *out,
	struct scov_err *err)
{
	*out = (struct api_call){ .progress = c->opt.progress,
		.progress_ctx = c->opt.progress_ctx };
	if (!given) {
		call_start(&out->call, c->opt.timeout_ms, NULL);
		return 0;
	}
	if (given->struct_size != sizeof(*given))
		return check_size(0, sizeof(*given), "call", err);
	if (given->progress) {
		out->progress = given->progress;
		out->progress_ctx = given->progress_ctx;
	}
	call_start(&out->call, given->timeout_ms ? given->timeout_ms : c->opt.timeout_ms,
		&given->cancelled);
	return 0;
}

void scov_cancel(struct scov_call *call)
{
	call_cancel(&call->cancelled);
}

void api_show_progress(
	const struct api_call *call, const struct scov_image *i, const struct scan_progress *p)
{
	struct scov_progress out = {
		.reference = i->origin->shown,
		.platform = i->platform_text,
		.bytes = p->bytes,
		.bytes_total = p->bytes_total,
		.parts = p->parts,
		.parts_total = p->parts_total,
		.layers = p->layers,
		.layers_total = p->layers_total,
	};

	call->progress(call->progress_ctx, &out);
}

void api_source_options(
	struct scov_context *c, const struct platform *platform, struct source_options *out)
{
	*out = (struct source_options){
		.limits = c->limits,
		.plain_http = c->opt.plain_http,
		.ca_file = c->opt.ca_file,
		.authfile = c->opt.authfile,
		.username = c->opt.username,
		.password = c->password,
	};
	if (platform)
		out->platform = *platform;
	if (c->cache && *cache_folder(c->cache))
		out->spool_dir = cache_folder(c->cache);
}

void api_scan_options(struct scov_context *c, const struct call *call, struct scan_options *out)
{
	*out = (struct scan_options){
		.crew = c->crew,
		.limits = c->limits,
		.call = call,
	};
}

/* ---- a cache that the caller brings ---------------------------------------------------------- */

struct taker {
	struct arena *arena;
	struct span *out;
};

static void take(void *taker, const void *p, size_t len)
{
	struct taker *t = taker;

	*t->out = arena_dup(t->arena, span_of(p, len));
}

static int caller_get(void *ctx, const char *key, struct arena *a, struct span *out)
{
	const struct scov_cache *caller = ctx;
	struct taker t = { a, out };

	out->p = NULL;
	return caller->get(caller->ctx, key, take, &t) && out->p;
}

static void caller_put(void *ctx, const char *key, struct span bytes)
{
	const struct scov_cache *caller = ctx;

	caller->put(caller->ctx, key, bytes.p, bytes.len);
}

static const struct cache_ops caller_ops = { caller_get, caller_put };

static void open_cache(struct scov_context *c)
{
	struct scov_err why;
	int code = 0;

	if (c->opt.cache) {
		c->caller_cache = *c->opt.cache;
		code = cache_open_ops(&caller_ops, &c->caller_cache, &c->cache, &why);
	} else if (!c->opt.no_cache) {
		code = cache_open(c->opt.cache_folder, c->limits.cache_size, &c->cache, &why);
	}
	if (code)
		snprintf(c->cache_note, sizeof(c->cache_note), "%s", why.text);
	c->keys = c->cache;
	if (c->opt.no_cache && !c->opt.cache &&
		cache_open(c->opt.cache_folder, c->limits.cache_size, &c->keys, &why))
		c->keys = NULL;
}

/* ---- the context ----------------------------------------------------------------------------- */

static int copy(struct scov_context *c, const char **s, struct scov_err *err)
{
	if (!*s)
		return 0;
	*s = arena_cstr(&c->arena, span_str(*s));
	return *s ? 0 : err_memory(err);
}

static int fill(struct scov_context *c, struct scov_err *err)
{
	const char **strings[] = { &c->opt.cache_folder, &c->opt.worker, &c->opt.ca_file,
		&c->opt.authfile, &c->opt.username, &c->opt.secret_rules, &c->opt.database };

	for (size_t i = 0; i < sizeof(strings) / sizeof(*strings); i++)
		if (copy(c, strings[i], err))
			return err->code;
	c->password = span_str(c->opt.password);
	if (c->password.p && !(c->password = arena_dup(&c->arena, c->password)).p)
		return err_memory(err);
	c->opt.password = NULL;
	c->limits = limits_default();
	for (const char *const *l = c->opt.limits; l && *l; l++)
		if (limits_set(&c->limits, span_str(*l), err))
			return err->code;
	c->opt.limits = NULL;
	if (c->opt.secret_rules && scan_rules_load(c->opt.secret_rules, &c->rules, err))
		return err_wrap(err, "rules for secrets");
	if (c->opt.secret_rules && api_mask_add(c, err))
		return err->code;
	open_cache(c);
	return crew_new(
		&(struct crew_options){
			.worker = c->opt.worker,
			.no_sandbox = c->opt.no_sandbox,
			.threads = c->opt.threads,
			.rules = c->opt.secret_rules ? &c->rules : NULL,
			.cache = c->cache,
		},
		&c->crew, err);
}

int scov_context_new(
	const struct scov_options *opt, struct scov_context **out, struct scov_err *err)
{
	struct scov_context *c = mem_alloc(sizeof(*c));
	struct scov_err mine;

	if (!err)
		err = &mine;
	if (!c)
		return err_memory(err);
	int code = opt ? api_options(opt, opt->struct_size, &c->opt, sizeof(c->opt), "options", err)
		       : 0;

	if (!code)
		code = fill(c, err);
	if (code) {
		scov_context_free(c);
		return code;
	}
	*out = c;
	return 0;
}

void scov_context_free(struct scov_context *c)
{
	if (!c)
		return;
	crew_free(c->crew);
	advisory_db_free(c->database);
	api_mask_remove(c);
	if (c->cache)
		cache_trim(c->cache);
	if (c->keys != c->cache)
		cache_free(c->keys);
	cache_free(c->cache);
	if (c->password.len)
		explicit_bzero((void *)(uintptr_t)c->password.p, c->password.len);
	scan_rules_release(&c->rules);
	arena_release(&c->arena);
	mem_free(c);
}

const char *scov_cache_folder(const struct scov_context *c)
{
	return c->cache ? cache_folder(c->cache) : "";
}

const char *scov_cache_note(const struct scov_context *c)
{
	return c->cache_note;
}

static int need_cache(const struct scov_context *c, struct scov_err *err)
{
	if (c->cache)
		return 0;
	return err_fail(
		err, SCOV_E_NOT_FOUND, "no cache%s%s", *c->cache_note ? ": " : "", c->cache_note);
}

int scov_cache_usage(
	struct scov_context *c, uint64_t *bytes, uint64_t *entries, struct scov_err *err)
{
	struct scov_err mine;
	int code = need_cache(c, err ? err : &mine);

	return code ? code : cache_usage(c->cache, bytes, entries, err);
}

int scov_cache_clear(struct scov_context *c, struct scov_err *err)
{
	int code = need_cache(c, err);

	return code ? code : cache_clear(c->cache, err);
}
