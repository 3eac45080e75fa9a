/* packages.c - the packages that the databases of the final file system list.
 *
 * A later layer that installs something holds the whole database again: only what is visible
 * counts. The layer of a package is the lowest in which any database has that name and version.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include "join/steps.h"

/* Where package managers keep what is installed. dpkg: dpkg(1), FILES, and distroless; apk:
 * apk-tools 2 and 3; rpm: rpm 4 and 6, macros.in %_dbpath; opkg: opkg.conf(5); chisel: its
 * manifest's usual place. */
static const struct database {
	struct span path;
	bool is_folder;
} databases[] = {
	{ SPAN_INIT("lib/apk/db/installed"), false },
	{ SPAN_INIT("usr/lib/apk/db/installed"), false },
	{ SPAN_INIT("usr/lib/opkg/status"), false },
	{ SPAN_INIT("usr/lib/sysimage/rpm/Packages"), false },
	{ SPAN_INIT("usr/lib/sysimage/rpm/Packages.db"), false },
	{ SPAN_INIT("usr/lib/sysimage/rpm/rpmdb.sqlite"), false },
	{ SPAN_INIT("usr/share/rpm/rpmdb.sqlite"), false },
	{ SPAN_INIT("var/lib/apk/db/installed"), false },
	{ SPAN_INIT("var/lib/chisel/manifest.wall"), false },
	{ SPAN_INIT("var/lib/dpkg/status"), false }, { SPAN_INIT("var/lib/dpkg/status.d/"), true },
	{ SPAN_INIT("var/lib/opkg/status"), false }, { SPAN_INIT("var/lib/rpm/Packages"), false },
	{ SPAN_INIT("var/lib/rpm/Packages.db"), false },
	{ SPAN_INIT("var/lib/rpm/rpmdb.sqlite"), false },
	{ SPAN_INIT("var/lib/rpmmanifest/container-manifest-2"),
		false }, /* Azure Linux distroless */
};

static bool is_database(const struct file *f)
{
	if (f->body->type != ENTRY_FILE || f->body->size == 0)
		return false;
	for (size_t i = 0; i < sizeof(databases) / sizeof(*databases); i++)
		if (databases[i].is_folder ? span_starts(f->path, databases[i].path)
					   : span_eq(f->path, databases[i].path))
			return true;
	return false;
}

static int by_name(const void *a, const void *b)
{
	const struct package_fact *x = ((const struct image_package *)a)->fact,
				  *y = ((const struct image_package *)b)->fact;
	int d = (x->type > y->type) - (x->type < y->type);

	if (d == 0)
		d = span_cmp(x->name, y->name);
	if (d == 0)
		d = span_cmp(x->version, y->version);
	return d ? d : span_cmp(x->arch, y->arch);
}

/* The visible databases' packages, each once. */
static void list_packages(struct join *j)
{
	struct image_facts *out = j->out;
	size_t n = 0;

	for (uint32_t layer = 0; layer < out->layers_n; layer++)
		for (size_t i = 0; out->parts[layer] && i < out->parts[layer]->packages.n; i++) {
			const struct package_fact *fact = &out->parts[layer]->packages.p[i];

			if (!join_visible(j, layer, fact->entry))
				continue;
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
}

/* The lowest layer with the same type, name, version and architecture. */
static void find_first_layers(struct join *j)
{
	struct image_facts *out = j->out;

	for (uint32_t layer = 0; layer < out->layers_n; layer++)
		for (size_t i = 0; out->parts[layer] && i < out->parts[layer]->packages.n; i++) {
			const struct image_package want = {
				.fact = &out->parts[layer]->packages.p[i]
			};
			struct image_package *p =
				out->packages.n ? bsearch(&want, out->packages.p, out->packages.n,
							  sizeof(want), by_name)
						: NULL;

			if (p && layer < p->layer)
				p->layer = layer;
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
	for (size_t i = 0; i < out->files.n; i++) {
		const struct file *f = &out->files.p[i];

		/* all of them are below these three folders: the test is cheap for the rest */
		if (!span_starts(f->path, SPAN("var/lib/")) &&
			!span_starts(f->path, SPAN("usr/")) &&
			!span_starts(f->path, SPAN("lib/apk/")))
			continue;
		if (!is_database(f))
			continue;
		out->has_package_database = true;
		has_status |= span_eq(f->path, SPAN("var/lib/dpkg/status"));
		has_status_d |= span_starts(f->path, SPAN("var/lib/dpkg/status.d/"));
	}
	out->dpkg_status_d_only = has_status_d && !has_status;
	for (size_t i = 0; i < out->buried.n && !out->has_package_database; i++)
		out->database_removed |= is_database(&out->buried.p[i]);
}
