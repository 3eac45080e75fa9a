/* masker.c - the masking of messages, outside a worker.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "base/err.h"
#include "secret/find/mask.h"
#include "secret/find/parts.h"

struct masker {
	struct finder_options opt;
	hs_database_t *db; /* of texts */
	hs_scratch_t *scratch;
	hs_stream_t *sieve;
	struct finder *finder; /* made at the first literal */
	struct part part;      /* of the finder; nothing is added to it */
	struct arena arena;
};

int masker_new(const struct finder_options *opt, struct masker **out, struct scov_err *err)
{
	struct masker *m = mem_alloc(sizeof(*m));

	if (!m)
		return err_memory(err);
	m->opt = *opt;
	struct span one = pattern_part(opt->database, PATTERNS_TEXT);

	if (hs_deserialize_database((const char *)one.p, one.len, &m->db) ||
		hs_alloc_scratch(m->db, &m->scratch) || hs_open_stream(m->db, 0, &m->sieve)) {
		/* Another version of the library: every text goes to the finder, which compiles. */
		hs_free_scratch(m->scratch);
		hs_free_database(m->db);
		m->scratch = NULL;
		m->db = NULL;
	}
	*out = m;
	return 0;
}

static bool have_finder(struct masker *m)
{
	static const struct limits none;
	struct scov_err err;

	if (!m->opt.rules) {
		m->opt.rules = rules_builtin(); /* parsed only now */
		m->opt.database = (struct span){ 0 };
	}
	if (!m->finder && !finder_new(&m->opt, &m->finder, &err))
		finder_bind(m->finder, &m->part, &m->arena, &none, (struct span){ 0 });
	return m->finder;
}

void masker_run(struct masker *m, uint8_t *text, size_t len)
{
	if (m->sieve && !sieve_holds(m->sieve, m->scratch, span_of(text, len)))
		return;
	if (!have_finder(m)) {
		memset(text, '*', len);
		return;
	}
	finder_mask(m->finder, text, len);
	/* A message puts around a value what no file would: each piece by itself too, and each word
	 * up to each of its slashes and dots. */
	for (size_t word = 0, from = 0, end; from < len; from = end + 1) {
		for (end = from; end < len && !strchr("/. '\"(),;", text[end]);)
			end++;
		finder_mask(m->finder, text + from, end - from);
		if (word < from)
			finder_mask(m->finder, text + word, end - word);
		if (end < len && text[end] != '/' && text[end] != '.')
			word = end + 1;
	}
}

void masker_free(struct masker *m)
{
	if (!m)
		return;
	finder_free(m->finder);
	if (m->sieve)
		hs_close_stream(m->sieve, NULL, NULL, NULL);
	hs_free_scratch(m->scratch);
	hs_free_database(m->db);
	arena_release(&m->arena);
	mem_free(m);
}
