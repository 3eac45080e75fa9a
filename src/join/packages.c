/* packages.c - the packages that the records of the final file system list.
 *
 * The record of a system's packages is a database: a later layer that installs something holds the
 * whole of it again, and only what is visible counts. A language's package has a record of its own.
 * The layer of a package is the lowest in which any record has that name and version.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include "join/steps.h"

static int by_name(const void *a, const void *b)
{
	const struct package_copy *x = a, *y = b;
	int d = package_cmp(x->fact, y->fact);

	d = d ? d : span_cmp(x->record->path, y->record->path);
	return d ? d : span_cmp(x->fact->member, y->fact->member);
}

/* Chisel's manifest and a status file beside it list the same packages; the manifest also says
 * which files are theirs. */
static void drop_twins(struct image_facts *out)
{
	struct image_package *p = out->packages.p;
	size_t first = 0, end, n = 0;

	while (first < out->packages.n && p[first].fact->type < PACKAGE_CHISEL)
		first++;
	for (end = first; end < out->packages.n && p[end].fact->type == PACKAGE_CHISEL;)
		end++;
	for (size_t i = 0, k = first; i < out->packages.n; i++) {
		if (p[i].fact->type == PACKAGE_DEB) {
			while (k < end && span_cmp(p[k].fact->name, p[i].fact->name) < 0)
				k++;
			if (k < end && span_eq(p[k].fact->name, p[i].fact->name))
				continue;
		}
		p[n++] = p[i];
	}
	out->packages.n = n;
}

static bool has_languages(const struct part *p)
{
	for (size_t i = 0; i < p->packages.n; i++)
		if (!package_is_system(p->packages.p[i].type))
			return true;
	return false;
}

/* Of the layers with packages of languages: [layer][entry] is the first visible file with this
 * body, by its index + 1. */
static uint32_t **find_bodies(struct join *j)
{
	const struct image_facts *out = j->out;
	uint32_t **bodies = arena_array(&j->scratch, out->layers_n, sizeof(*bodies));
	bool any = false;

	for (uint32_t i = 0; bodies && i < out->layers_n; i++)
		if (out->parts[i] && has_languages(out->parts[i])) {
			bodies[i] = arena_array(
				&j->scratch, out->parts[i]->entries.n, sizeof(**bodies));
			any = true;
		}
	for (size_t i = 0; any && i < out->files.n && watch_on(out->watch); i++) {
		const struct file *f = &out->files.p[i];
		uint32_t *of = bodies[f->body_layer];
		uint32_t body = join_body_index(j, f);

		if (of && !of[body])
			of[body] = (uint32_t)i + 1;
	}
	return bodies;
}

static int by_text(const void *a, const void *b)
{
	return span_cmp(*(const struct span *)a, *(const struct span *)b);
}

/* node_modules/NAME or node_modules/@SCOPE/NAME */
static bool is_module(struct span path)
{
	struct span folder = span_dir(path);

	if (span_at(span_base(folder), 0) == '@')
		folder = span_dir(folder);
	return span_eq(span_base(folder), SPAN("node_modules"));
}

/* The folders outside of node_modules that its links lead to, sorted; and what says that a package
 * of Python is there, but not which. */
static void look_at_files(struct join *j)
{
	const struct image_facts *out = j->out;

	for (const struct file *f = NULL; watch_on(out->watch) && (f = file_next(out, f));) {
		if (f->body->type == ENTRY_SYMLINK && is_module(f->path)) {
			const struct file *to = image_find(out, f->path, true);

			if (to && to->body->type == ENTRY_DIR && !is_module(to->path) &&
				!vec_add(&j->modules, &j->scratch, &to->path))
				return;
		} else if (f->body->type == ENTRY_DIR && span_ends(f->path, SPAN(".dist-info")) &&
			   span_ends(span_dir(f->path), SPAN("-packages"))) {
			const char *path =
				arena_printf(&j->scratch, "%.*s/METADATA", SPAN_ARG(f->path));

			if (path && !image_find(out, span_str(path), true))
				j->inventory_unread = join_text(j,
					"/%.*s has no METADATA: which package it is is not known",
					SPAN_ARG(f->path));
		}
	}
	if (j->modules.n)
		qsort(j->modules.p, j->modules.n, sizeof(*j->modules.p), by_text);
}

/* A project's package.json counts where it was installed: with modules or a lock beside it, or by a
 * link in node_modules. */
static bool is_installed(struct join *j, const struct package_fact *fact, const struct file *record)
{
	static const char *const beside[] = { "node_modules/", "package-lock.json",
		"npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock" };
	struct span folder = span_dir(record->path);

	if (fact->type != PACKAGE_NPM || !fact->is_main)
		return true;
	if (j->modules.n &&
		bsearch(&folder, j->modules.p, j->modules.n, sizeof(*j->modules.p), by_text))
		return true;
	for (size_t i = 0; i < sizeof(beside) / sizeof(*beside); i++) {
		const char *path = arena_printf(&j->scratch, "%.*s%s%s", SPAN_ARG(folder),
			folder.len ? "/" : "", beside[i]);

		if (path && image_below(j->out, span_str(path)))
			return true;
	}
	return false;
}

/* The visible file that is the package's record; NULL: the final file system has it not. */
static const struct file *record_of(
	struct join *j, uint32_t **bodies, uint32_t layer, const struct package_fact *fact)
{
	if (package_is_system(fact->type)) {
		struct known_body *b = known_at(j, layer, fact->entry);

		if (!b || (b->row->kind == KIND_APK_SBOM && known_first(j, KIND_APK)))
			return NULL;
		b->packages++;
		return b->file;
	}
	uint32_t i = bodies[layer] ? bodies[layer][fact->entry] : 0;
	const struct file *file = i ? &j->out->files.p[i - 1] : NULL;

	return file && is_installed(j, fact, file) ? file : NULL;
}

/* What a package has beside its record. NULL: no memory, or it is not known. */
static const char *code_of(const struct package_fact *p, struct span record, struct arena *a)
{
	struct span folder = span_dir(record), above = span_dir(folder);
	struct span base = span_base(folder);

	switch (p->type) {
	case PACKAGE_NPM:
		return arena_printf(a, "%.*s/", SPAN_ARG(folder));
	case PACKAGE_GEM:
		return arena_printf(a, "%.*s/gems/%.*s-%.*s/", SPAN_ARG(above), SPAN_ARG(p->name),
			SPAN_ARG(p->version));
	case PACKAGE_COMPOSER:
		return arena_printf(a, "%.*s/%.*s/", SPAN_ARG(above), SPAN_ARG(p->name));
	case PACKAGE_NUGET:
		return arena_printf(a, "%.*s/%.*s.dll", SPAN_ARG(folder), SPAN_ARG(p->name));
	case PACKAGE_PYTHON: /* requests-2.31.0.dist-info beside requests/ or requests.py */
		return arena_printf(a, "%.*s/%.*s", SPAN_ARG(above),
			SPAN_ARG(span_sub(base, 0, span_find(base, '-'))));
	default:
		return NULL;
	}
}

/* Whether a record that a later layer deleted tells of code that is still there. */
static bool is_left(struct join *j, const struct package_fact *p, struct span record)
{
	static const char *const python[] = { "/", ".py", ".so" };
	const char *code = image_file(j->out, record) ? NULL : code_of(p, record, &j->scratch);

	if (!code || p->type != PACKAGE_PYTHON)
		return code && image_below(j->out, span_str(code));
	for (size_t i = 0; i < sizeof(python) / sizeof(*python); i++) {
		const char *start = arena_printf(&j->scratch, "%s%s", code, python[i]);

		if (start && image_below(j->out, span_str(start)))
			return true;
	}
	return false;
}

static bool is_listed(const struct join *j, const struct package_fact *p)
{
	const struct package_copy *all = j->copies.p;
	size_t low = 0, high = j->copies.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct package_fact *x = all[middle].fact;
		int d = (x->type > p->type) - (x->type < p->type);

		d = d ? d : span_cmp(x->name, p->name);
		if (!d)
			return true;
		if (d < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* The code of a package whose record is gone runs as before, and no list has it. */
static void look_for_lost(struct join *j)
{
	const struct image_facts *out = j->out;

	for (uint32_t layer = 0; layer < out->layers_n; layer++)
		for (size_t i = 0; out->parts[layer] && i < out->parts[layer]->packages.n &&
				   watch_on(out->watch);
			i++) {
			const struct package_fact *p = &out->parts[layer]->packages.p[i];
			struct span record = out->parts[layer]->entries.p[p->entry].path;

			if (package_is_system(p->type) || p->is_main || is_listed(j, p) ||
				!is_left(j, p, record))
				continue;
			j->inventory_unread = join_text(j,
				"/%.*s was deleted by a later layer, but what it lists is still "
				"there",
				SPAN_ARG(record));
		}
}

/* The packages that visible records list, as often as they list them. */
static void list_copies(struct join *j)
{
	const struct image_facts *out = j->out;
	uint32_t **bodies = find_bodies(j);

	for (uint32_t layer = 0; bodies && layer < out->layers_n; layer++)
		for (size_t i = 0; out->parts[layer] && i < out->parts[layer]->packages.n; i++) {
			const struct package_fact *fact = &out->parts[layer]->packages.p[i];
			const struct file *record = record_of(j, bodies, layer, fact);

			if (record && !vec_add(&j->copies, &j->scratch,
					      &((struct package_copy){ fact, record })))
				return;
		}
	if (j->copies.n)
		qsort(j->copies.p, j->copies.n, sizeof(*j->copies.p), by_name);
}

/* Each package once. */
static void list_packages(struct join *j)
{
	struct image_facts *out = j->out;
	struct image_package *last = NULL;

	look_at_files(j);
	list_copies(j);
	look_for_lost(j);
	for (size_t i = 0; i < j->copies.n; i++) {
		const struct package_fact *fact = j->copies.p[i].fact;
		const struct file *record = j->copies.p[i].record;

		if (last && !package_cmp(last->fact, fact)) {
			last->copies += !package_is_system(fact->type);
			continue;
		}
		last = vec_push(&out->packages, &out->arena);
		if (!last)
			return;
		*last = (struct image_package){ .fact = fact,
			.layer = record->body_layer,
			.database_layer = record->body_layer,
			.copies = 1,
			.at = place_file((int32_t)record->body_layer, record->path) };
		last->at.member = fact->member;
	}
	drop_twins(out);
}

/* The lowest layer with the same type, name, version and architecture. */
static void find_first_layers(struct join *j)
{
	struct image_facts *out = j->out;

	for (uint32_t layer = 0; layer < out->layers_n; layer++)
		for (size_t i = 0; out->parts[layer] && i < out->parts[layer]->packages.n; i++) {
			const struct image_package *p =
				image_package(out, &out->parts[layer]->packages.p[i]);

			if (p && layer < p->layer)
				out->packages.p[p - out->packages.p].layer = layer;
		}
}

void packages_collect(struct join *j)
{
	struct image_facts *out = j->out;
	bool has_status = false, has_status_d = false;

	list_packages(j);
	find_first_layers(j);
	for (size_t i = 0; i < out->packages.n; i++)
		out->system_packages += package_is_system(out->packages.p[i].fact->type);
	known_check_packages(j);
	for (size_t i = 0; i < j->bodies.n; i++) {
		uint8_t kind = j->bodies.p[i].row->kind;

		if (!file_lists_packages(kind) || !j->bodies.p[i].file->body->size)
			continue;
		out->has_package_database = true;
		has_status |= kind == KIND_DPKG_STATUS;
		has_status_d |= kind == KIND_DPKG_STANZA;
	}
	out->dpkg_status_d_only = has_status_d && !has_status;
	for (size_t i = 0; i < out->buried.n && !out->has_package_database; i++)
		out->database_removed |= known_was_database(j, &out->buried.p[i]);
}

/* The packages of systems that own the records, and what depends on the base. */
void packages_settle(struct join *j)
{
	struct image_facts *out = j->out;
	size_t k = 0;

	for (size_t i = 0; i < out->packages.n; i++) {
		struct image_package *p = &out->packages.p[i];
		bool is_system = package_is_system(p->fact->type), is_owned = !is_system;

		p->is_base = out->layers[p->layer].is_base;
		p->has_executable |= !is_system || !p->files;
		while (k < j->copies.n && package_cmp(j->copies.p[k].fact, p->fact) < 0)
			k++;
		for (; k < j->copies.n && !package_cmp(j->copies.p[k].fact, p->fact); k++) {
			const struct file *record = j->copies.p[k].record;

			is_owned = is_owned && record->owner;
			p->owner = p->owner ? p->owner : record->owner;
		}
		p->owner = is_owned ? p->owner : NULL;
	}
}
