/* packages.c - the packages that the databases of the final file system list.
 *
 * A later layer that installs something holds the whole database again: only what is visible
 * counts. The layer of a package is the lowest in which any database has that name and version.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include "join/steps.h"

static int by_name(const void *a, const void *b)
{
	const struct image_package *x = a, *y = b;

	return package_cmp(x->fact, y->fact);
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

/* The visible databases' packages, each once. */
static void list_packages(struct join *j)
{
	struct image_facts *out = j->out;
	size_t n = 0;

	for (uint32_t layer = 0; layer < out->layers_n; layer++)
		for (size_t i = 0; out->parts[layer] && i < out->parts[layer]->packages.n; i++) {
			const struct package_fact *fact = &out->parts[layer]->packages.p[i];

			struct known_body *b = known_at(j, layer, fact->entry);

			if (!b)
				continue;
			b->packages++;
			struct image_package *p = vec_push(&out->packages, &out->arena);

			if (!p)
				return;
			*p = (struct image_package){
				.fact = fact, .layer = layer, .database_layer = layer
			};
		}
	if (out->packages.n == 0)
		return;
	qsort(out->packages.p, out->packages.n, sizeof(*out->packages.p), by_name);
	for (size_t i = 0; i < out->packages.n; i++)
		if (n == 0 || by_name(&out->packages.p[n - 1], &out->packages.p[i]))
			out->packages.p[n++] = out->packages.p[i];
	out->packages.n = n;
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
