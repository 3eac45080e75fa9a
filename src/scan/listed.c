/* listed.c - which secrets and programs are files that a package manager of a language put there.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "scan/listed.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/search.h"

int listed_add(
	struct analysis *out, struct span path, size_t tree, uint64_t content, bool is_folder)
{
	struct listed *l = &out->listed;
	struct listed_row row = { hash_span(hash_fact_key, path), content, (uint32_t)tree,
		is_folder };

	if (l->rows.n >= out->limits->records)
		return 0; /* what is not listed is only not lowered */
	return vec_add(&l->rows, out->arena, &row) ? 0 : SCOV_E_LIMIT;
}

uint64_t listed_content(const uint8_t sha256[32])
{
	uint64_t v = 0;

	for (size_t i = 0; i < 8; i++)
		v = v << 8 | sha256[i];
	return v;
}

int listed_have(struct analysis *out, uint32_t entry, uint64_t content)
{
	struct listed_file file = { entry, content };

	return vec_add(&out->listed.files, out->arena, &file) ? 0 : SCOV_E_LIMIT;
}

static int by_hash(const void *p, const void *q)
{
	const struct listed_row *a = p, *b = q;

	return (a->path_hash > b->path_hash) - (a->path_hash < b->path_hash);
}

static int by_entry(const void *p, const void *q)
{
	const struct listed_file *a = p, *b = q;

	return (a->entry > b->entry) - (a->entry < b->entry);
}

/* The first row of the path. Past the end: none. */
static const struct listed_row *first_of(const struct listed *l, uint64_t hash)
{
	struct listed_row key = { .path_hash = hash };

	return l->rows.p + vec_first(&l->rows, &key, by_hash);
}

/* The row of the path itself: of a folder, or of this content where the row says one. */
static const struct listed_row *row_of(
	const struct listed *l, struct span path, const uint64_t *content, bool is_folder)
{
	uint64_t hash = hash_span(hash_fact_key, path);
	const struct listed_row *end = l->rows.p + l->rows.n;

	for (const struct listed_row *r = first_of(l, hash); r < end && r->path_hash == hash; r++)
		if (r->is_folder == is_folder &&
			(!content || !r->content || r->content == *content))
			return r;
	return NULL;
}

/* What Python made of a file that is listed: X/__pycache__/NAME.cpython-311.pyc of X/NAME.py. */
static const struct listed_row *compiled_of(
	const struct listed *l, struct span path, struct arena *a)
{
	struct span folder = span_dir(path), name = span_base(path);

	if (!span_eq(span_base(folder), SPAN("__pycache__")) || !span_ends(name, SPAN(".pyc")))
		return NULL;
	struct span above = span_dir(folder), stem = span_sub(name, 0, span_find(name, '.'));
	const char *source = arena_printf(
		a, "%.*s%s%.*s.py", SPAN_ARG(above), above.len ? "/" : "", SPAN_ARG(stem));

	return source ? row_of(l, span_str(source), NULL, false) : NULL;
}

static const struct listed_row *lister(
	const struct listed *l, struct span path, const uint64_t *content, struct arena *a)
{
	const struct listed_row *r = row_of(l, path, content, false);

	r = r ? r : compiled_of(l, path, a);
	for (struct span folder = span_dir(path); !r && folder.len; folder = span_dir(folder))
		r = row_of(l, folder, NULL, true);
	return r;
}

/* The walk adds its files in the order of their entries. */
static uint64_t content_of(const struct listed *l, uint32_t entry)
{
	struct listed_file key = { entry, 0 };
	const struct listed_file *f =
		l->files.n ? bsearch(&key, l->files.p, l->files.n, sizeof(key), by_entry) : NULL;

	return f ? f->content : 0;
}

static void settle_secrets(struct analysis *out)
{
	const struct listed *l = &out->listed;
	struct part *p = out->part;

	for (size_t i = 0; i < p->secrets.n; i++) {
		struct secret_fact *x = &p->secrets.p[i];
		uint64_t content = content_of(l, x->entry);
		const struct listed_row *r = NULL;

		if (x->entry != NO_ENTRY)
			r = lister(l, p->entries.p[x->entry].path, &content, out->scratch);
		if (r)
			x->tree = r->tree + 1;
		arena_reset(out->scratch);
	}
}

void listed_settle(struct analysis *out)
{
	struct listed *l = &out->listed;
	struct part *p = out->part;

	if (!l->rows.n)
		return;
	qsort(l->rows.p, l->rows.n, sizeof(*l->rows.p), by_hash);
	settle_secrets(out);
	for (size_t i = 0; i < p->execs.n; i++) {
		struct exec_fact *e = &p->execs.p[i];

		if (lister(l, p->entries.p[e->entry].path, NULL, out->scratch))
			e->flags |= EXEC_LISTED;
		arena_reset(out->scratch);
	}
}
