/* known.c - the files that well-known paths lead to, through links of every kind.
 *
 * A worker reads a file as what its path says or, under another name, as what its bytes say
 * (scan/walk.c). Here the paths of data/known-files.tsv are looked up in the final file system, and
 * only what they lead to counts. If that was not read as the kind of the path, an input is
 * incomplete.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "base/search.h"
#include "join/steps.h"

enum { PATH_ROOM = 8192 };

static int guess_and_entry(const void *row, const void *key)
{
	const struct guess_fact *g = row;
	const uint32_t *entry = key;

	return (g->entry > *entry) - (g->entry < *entry);
}

/* What the bytes of an entry were read as. */
static uint8_t read_as(const struct join *j, uint32_t layer, uint32_t entry)
{
	const struct part *p = j->out->parts[layer];
	uint8_t kind = known_kind_of(p->entries.p[entry].path);

	if (kind != KIND_OTHER)
		return kind;
	for (size_t i = vec_first(&p->guesses, &entry, guess_and_entry);
		i < p->guesses.n && p->guesses.p[i].entry == entry; i++)
		if (!p->guesses.p[i].failed)
			return p->guesses.p[i].kind;
	return KIND_OTHER;
}

static void note_missing(struct join *j, uint8_t kind, struct place at, struct span why)
{
	struct span *to = kind <= KIND_WALL ? &j->packages_unread : &j->files_unread;

	if (!to->len)
		*to = why;
	join_diag(j, DIAG_ERROR, at, why);
}

static void add(
	struct join *j, const struct known_file *row, struct span path, const struct file *f)
{
	uint32_t layer = f->body_layer, entry = join_body_index(j, f);
	bool is_read = f->body->size == 0 || read_as(j, layer, entry) == row->kind;

	if (f->body->type != ENTRY_FILE)
		return;
	if (!is_read && row->must)
		note_missing(j, row->kind, place_file((int32_t)f->layer, f->path),
			join_text(j, "/%.*s leads to /%.*s, whose content was not read as that",
				SPAN_ARG(path), SPAN_ARG(f->body->path)));
	if (!j->body_of[layer])
		j->body_of[layer] = arena_array(
			&j->scratch, j->out->parts[layer]->entries.n, sizeof(**j->body_of));
	if (!j->body_of[layer] || j->body_of[layer][entry])
		return;
	struct known_body *b = vec_push(&j->bodies, &j->scratch);

	if (!b)
		return;
	*b = (struct known_body){ .file = f, .row = row, .is_read = is_read };
	j->body_of[layer][entry] = (uint32_t)j->bodies.n;
}

/* The names directly in the folder of a pattern, wherever links lead. */
static void add_folder(struct join *j, const struct known_file *row)
{
	struct image_facts *out = j->out;
	struct span folder = span_sub(row->head, 0, row->head.len - 1);
	struct span real = image_folder(out, folder, &j->scratch);
	struct span below = real.len ? join_text(j, "%.*s/", SPAN_ARG(real)) : real;
	char path[PATH_ROOM];

	for (size_t i = image_lower(out, below); below.len && i < out->files.n; i++) {
		const struct file *f = &out->files.p[i];
		struct span name = span_from(f->path, below.len);

		if (!span_starts(f->path, below))
			return;
		if (span_find(name, '/') < name.len)
			continue;
		int n = snprintf(
			path, sizeof(path), "%.*s%.*s", SPAN_ARG(row->head), SPAN_ARG(name));
		struct span known = span_of(path, n > 0 && n < PATH_ROOM ? (size_t)n : 0);

		if (known_file_find(known) != row)
			continue;
		if (f->body->type == ENTRY_SYMLINK)
			f = image_find(out, f->path, true);
		if (f)
			add(j, row, known, f);
	}
}

static void add_anywhere(struct join *j, const struct known_file *row)
{
	for (const struct file *f = NULL; (f = file_next(j->out, f));) {
		if (!span_ends(f->path, row->tail) || known_file_find(f->path) != row)
			continue;
		const struct file *end =
			f->body->type == ENTRY_SYMLINK ? image_find(j->out, f->path, true) : f;

		if (end)
			add(j, row, f->path, end);
	}
}

void known_collect(struct join *j)
{
	j->body_of = arena_array(&j->scratch, j->out->layers_n, sizeof(*j->body_of));
	for (size_t i = 0; i < known_files_n && j->body_of; i++) {
		const struct known_file *row = &known_files[i];
		const struct file *f = row->is_glob ? NULL : image_find(j->out, row->head, true);

		if (f)
			add(j, row, row->head, f);
		else if (row->is_glob && row->head.len)
			add_folder(j, row);
		else if (row->is_glob)
			add_anywhere(j, row);
	}
}

struct known_body *known_at(const struct join *j, uint32_t layer, uint32_t entry)
{
	uint32_t i = j->body_of[layer] ? j->body_of[layer][entry] : 0;

	return i && j->bodies.p[i - 1].is_read ? &j->bodies.p[i - 1] : NULL;
}

const struct known_body *known_first(const struct join *j, uint8_t kind)
{
	for (size_t i = 0; i < j->bodies.n; i++)
		if (j->bodies.p[i].row->kind == kind)
			return &j->bodies.p[i];
	return NULL;
}

/* A database that is there and shows nothing. */
void known_check_packages(struct join *j)
{
	size_t stanzas = 0;

	for (size_t i = 0; i < j->bodies.n; i++)
		if (j->bodies.p[i].row->kind == KIND_DPKG_STANZA)
			stanzas += j->bodies.p[i].packages;
	for (size_t i = 0; i < j->bodies.n; i++) {
		const struct known_body *b = &j->bodies.p[i];
		bool is_stanza = b->row->kind == KIND_DPKG_STANZA;

		if (!file_lists_packages(b->row->kind) || !b->is_read || !b->file->body->size ||
			b->packages || (is_stanza && stanzas))
			continue;
		note_missing(j, b->row->kind, place_file((int32_t)b->file->layer, b->file->path),
			join_text(j, "the package database /%.*s lists no package",
				SPAN_ARG(b->file->path)));
		if (is_stanza)
			return;
	}
}

bool known_was_database(const struct join *j, const struct file *f)
{
	return f->body->type == ENTRY_FILE && f->body->size &&
	       (file_lists_packages(known_kind_of(f->path)) ||
		       file_lists_packages(read_as(j, f->body_layer, join_body_index(j, f))));
}
