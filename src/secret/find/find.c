/* find.c - the finder: its memory, files and short texts.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "secret/find/find.h"

#include <string.h>

#include "base/err.h"
#include "secret/find/nested.h"

enum { MATCH_LIMIT = 100000, DEPTH_LIMIT = 2000, HEAP_LIMIT = 2048 /* KiB */ };

static hs_error_t deserialize(struct finder *f, struct span all)
{
	hs_error_t bad = 0;

	for (int i = 0; i < PATTERN_SETS && !bad; i++) {
		struct span one = pattern_part(all, (enum pattern_set)i);

		bad = hs_deserialize_database((const char *)one.p, one.len, &f->db[i]);
		if (!bad)
			bad = hs_alloc_scratch(f->db[i], &f->scratch);
	}
	return bad;
}

static int load(struct finder *f, struct span database, struct scov_err *err)
{
	struct span made = { 0 };

	if (!database.len && f->rules == rules_builtin())
		database = pattern_builtin;
	int rc = database.len ? 0 : pattern_compile(f->rules, &made, err);

	if (rc)
		return rc;
	if (made.len)
		database = made;
	hs_error_t bad = deserialize(f, database);

	/* The library was replaced by a newer one since the build. */
	if (bad == HS_DB_VERSION_ERROR && !made.len) {
		rc = pattern_compile(f->rules, &made, err);
		if (rc)
			return rc;
		bad = deserialize(f, made);
	}
	pattern_release(&made);
	if (bad)
		return err_fail(err, bad == HS_NOMEM ? SCOV_E_MEMORY : SCOV_E_FORMAT,
			"the database of secrets is not one for this machine (%d)", bad);
	return 0;
}

/* Each is made at the first hit of its literal. */
static bool room_for_guards(struct finder *f)
{
	uint32_t n = 0;

	f->first_guard = mem_alloc((f->rules->n + 1) * sizeof(*f->first_guard));
	for (size_t i = 0; i < f->rules->n; i++)
		n += f->rules->p[i].literals_n;
	f->guards = mem_alloc((n + 1) * sizeof(*f->guards));
	if (!f->guards || !f->first_guard)
		return false;
	n = 0;
	for (size_t i = 0; i < f->rules->n; i++) {
		f->first_guard[i] = n;
		n += f->rules->p[i].literals_n;
	}
	return true;
}

static bool make(struct finder *f)
{
	f->codes = mem_alloc((f->rules->n + 1) * sizeof(*f->codes));
	f->adjacent = mem_alloc((f->rules->n + 1) * sizeof(*f->adjacent));
	f->elsewhere = mem_alloc((f->rules->n + 1) * sizeof(*f->elsewhere));
	f->match = pcre2_match_data_create(32, NULL);
	f->context = pcre2_match_context_create(NULL);
	f->nested = nested_new(f);
	if (!f->nested || !f->codes || !f->adjacent || !f->elsewhere || !f->match || !f->context ||
		!room_for_guards(f))
		return false;
	pcre2_set_match_limit(f->context, MATCH_LIMIT);
	pcre2_set_depth_limit(f->context, DEPTH_LIMIT);
	pcre2_set_heap_limit(f->context, HEAP_LIMIT);
	for (size_t i = 0; i < f->rules->n; i++)
		f->before = f->before > f->rules->p[i].before + PATTERN_BYTES_MAX
				    ? f->before
				    : f->rules->p[i].before + PATTERN_BYTES_MAX;
	f->before = f->before > ENCODED_BEFORE + PATTERN_BYTES_MAX
			    ? f->before
			    : ENCODED_BEFORE + PATTERN_BYTES_MAX;
	for (size_t i = 0; i < LOOKS; i++)
		if (!look_make(f, &f->looks[i]))
			return false;
	return !hs_open_stream(f->db[PATTERNS_TEXT], 0, &f->sieve);
}

int finder_new(const struct finder_options *opt, struct finder **out, struct scov_err *err)
{
	struct finder *f = mem_alloc(sizeof(*f));

	if (!f)
		return err_memory(err);
	f->rules = opt->rules;
	f->confirm = confirm_window;
	f->words = rules_lexicon(opt->rules);
	f->limits = limits_default();
	f->temporary.limit = SCRATCH_MAX;
	int rc = load(f, opt->database, err);

	if (!rc && !make(f))
		rc = err_memory(err);
	if (rc)
		finder_free(f);
	else
		*out = f;
	return rc;
}

void finder_free(struct finder *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < LOOKS; i++)
		look_drop(&f->looks[i]);
	if (f->sieve)
		hs_close_stream(f->sieve, NULL, NULL, NULL);
	for (size_t i = 0; f->codes && i < f->rules->n; i++)
		pcre2_code_free(f->codes[i]);
	for (size_t i = 0; f->adjacent && i < f->rules->n; i++)
		pcre2_code_free(f->adjacent[i]);
	mem_free(f->codes);
	mem_free(f->adjacent);
	mem_free(f->elsewhere);
	mem_free(f->guards);
	mem_free(f->first_guard);
	nested_free(f->nested);
	pcre2_match_data_free(f->match);
	pcre2_match_context_free(f->context);
	hs_free_scratch(f->scratch);
	for (int i = 0; i < PATTERN_SETS; i++)
		hs_free_database(f->db[i]);
	arena_release(&f->temporary);
	explicit_bzero(f, sizeof(*f));
	mem_free(f);
}

void finder_bind(struct finder *f, struct part *part, struct arena *arena,
	const struct limits *limits, struct span key)
{
	key = span_sub(key, 0, sizeof(f->key));
	f->part = part;
	f->arena = arena;
	f->limits = *limits;
	f->key_len = key.len;
	if (key.len)
		memcpy(f->key, key.p, key.len);
	f->dropped = 0;
	f->work = WORK_MAX;
	memset(f->elsewhere, 0, f->rules->n * sizeof(*f->elsewhere));
	nested_bind(f->nested);
}

static int state(const struct finder *f)
{
	return finder_is_full(f) ? SCOV_E_LIMIT : 0;
}

int finder_begin(struct finder *f, uint32_t entry, enum secret_surface surface, struct span path)
{
	f->surface = (uint8_t)surface;
	f->entry = entry;
	f->path = path;
	f->depth = 0;
	nested_begin(f->nested);
	return state(f);
}

int finder_piece(struct finder *f, struct span data, bool last)
{
	if (last && span_ends(f->path, SPAN(".py")))
		f->docstring = (struct docstring){ .text = data };
	nested_push(f->nested, data, last);
	return state(f);
}

int finder_end(struct finder *f)
{
	nested_end(f->nested);
	f->docstring = (struct docstring){ 0 };
	f->path = (struct span){ 0 };
	f->members = NULL;
	f->is_blind = false;
	return state(f);
}

void finder_watch(struct finder *f, const struct finder_members *on, void *ctx, bool is_blind)
{
	f->members = on;
	f->members_ctx = ctx;
	f->is_blind = is_blind;
}

uint64_t finder_dropped(const struct finder *f)
{
	return f->dropped;
}

int finder_text(struct finder *f, uint32_t entry, enum secret_surface surface, struct span where,
	struct span text)
{
	f->entry = entry;
	f->path = (struct span){ 0 };
	f->depth = 0;
	struct look *l = look_begin(f, NULL);

	l->surface = (uint8_t)surface;
	l->member = where;
	look_push(f, l, text, true);
	look_end(f, l);
	return state(f);
}
