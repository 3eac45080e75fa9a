/* owners.c - which package owns which file.
 *
 * Databases name paths by hash. A database may know a path by another name than the tar: dpkg lists
 * bin/x where the tar has usr/bin/x, since bin is a link to usr/bin. So a file without an
 * owner is tried again by the links to folders of the final file system that lead to it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "base/search.h"
#include "join/steps.h"

enum {
	SAME_NAME_MAX = 16,
	ALIAS_NAMES_MAX = 2 /* names in the path of a link */,
	PATH_ROOM = 8192
};

static const struct span dpkg_info = SPAN_INIT("var/lib/dpkg/info/");

struct owned {
	uint64_t hash;
	uint32_t package; /* index into packages + 1 */
};

struct owners {
	struct join *j;
	VEC(struct owned) owned;
	struct table by_hash;
	struct {
		struct span link, folder;
	} aliases[FOLDER_LINKS_MAX];
	size_t aliases_n;
};

struct package_key {
	uint8_t type;
	struct span name;
};

static int package_and_key(const void *row, const void *key)
{
	const struct package_fact *p = ((const struct image_package *)row)->fact;
	const struct package_key *k = key;
	int d = (p->type > k->type) - (p->type < k->type);

	return d ? d : span_cmp(p->name, k->name);
}

/* Index + 1 of the package with this name (and the architecture of "name:arch"); 0: none. */
static uint32_t package_of(const struct join *j, const struct owner_fact *owner)
{
	size_t colon =
		owner->type == PACKAGE_DEB ? span_find(owner->package, ':') : owner->package.len;
	struct span name = span_sub(owner->package, 0, colon),
		    arch = span_from(owner->package, colon + 1);
	struct package_key key = { owner->type, name };
	size_t low = vec_first(&j->out->packages, &key, package_and_key);

	for (size_t i = low; i < j->out->packages.n && i - low < SAME_NAME_MAX; i++) {
		const struct package_fact *p = j->out->packages.p[i].fact;

		if (p->type != owner->type || !span_eq(p->name, name))
			return 0;
		if (arch.len == 0 || span_eq(p->arch, arch))
			return (uint32_t)i + 1;
	}
	return 0;
}

/* The stored hashes have a known key, so whoever made the image chose them: they are hashed again.
 */
static uint64_t owned_hash(const struct owners *o, uint64_t hash)
{
	return hash_span(o->j->key, span_of(&hash, sizeof(hash)));
}

/* The slot of a path's stored hash, or the free one for it. */
static struct table_slot *owned_slot(const struct owners *o, uint64_t hash)
{
	uint64_t h = owned_hash(o, hash);
	struct table_slot *s = table_next(&o->by_hash, h, NULL);

	while (s->row && o->owned.p[s->row - 1].hash != hash)
		s = table_next(&o->by_hash, h, s);
	return s;
}

static bool fill_layer(struct owners *o, uint32_t layer, const struct part *part)
{
	uint32_t *packages = arena_array(&o->j->scratch, part->owners.n, sizeof(*packages));

	if (!packages)
		return false;
	for (size_t i = 0; i < part->owners.n; i++)
		if (watch_on(o->j->out->watch) && known_at(o->j, layer, part->owners.p[i].entry))
			packages[i] = package_of(o->j, &part->owners.p[i]);
	for (size_t i = 0; i < part->owned.n; i++) {
		const struct owned_fact *f = &part->owned.p[i];
		struct table_slot *slot = packages[f->package] ? owned_slot(o, f->path_hash) : NULL;

		if (!slot || slot->row)
			continue;
		table_put(&o->by_hash, slot, owned_hash(o, f->path_hash), o->owned.n);
		o->owned.p[o->owned.n++] = (struct owned){ f->path_hash, packages[f->package] };
	}
	return true;
}

static bool fill_table(struct owners *o)
{
	const struct image_facts *out = o->j->out;
	size_t n = 0;

	for (size_t i = 0; i < out->layers_n; i++)
		n += out->parts[i] ? out->parts[i]->owned.n : 0;
	o->owned.p = arena_array(&o->j->scratch, n, sizeof(*o->owned.p));
	if (!o->owned.p || !table_make(&o->by_hash, &o->j->scratch, n))
		return false;
	for (uint32_t i = 0; i < out->layers_n; i++)
		if (out->parts[i] && out->parts[i]->owned.n && !fill_layer(o, i, out->parts[i]))
			return false;
	return true;
}

/* Links near the root that lead to a folder: bin, lib64, usr/lib64, var/run ... */
static void find_aliases(struct owners *o)
{
	const struct image_facts *out = o->j->out;

	for (const struct file *f = NULL;
		o->aliases_n < FOLDER_LINKS_MAX && (f = file_next(out, f));) {
		if (f->body->type != ENTRY_SYMLINK || !span_is_path(f->path, ALIAS_NAMES_MAX))
			continue;
		const struct file *folder = image_find(out, f->path, true);

		if (!folder || folder->body->type != ENTRY_DIR || folder->path.len == 0)
			continue;
		o->aliases[o->aliases_n].link = f->path;
		o->aliases[o->aliases_n++].folder = folder->path;
	}
}

static uint32_t owner_of_path(const struct owners *o, struct span path)
{
	scoped_arena struct arena tmp = { 0 };
	struct span marked = names_marked(o->j, path, &tmp);
	uint32_t row = owned_slot(o, hash_span(hash_fact_key, marked))->row;

	if (arena_failed(&tmp))
		arena_fail(&o->j->out->arena);
	return row ? o->owned.p[row - 1].package : 0;
}

/* dpkg's own files about a package, its maintainer scripts among them:
 * var/lib/dpkg/info/NAME[:ARCH].KIND. */
static uint32_t owner_of_info(const struct owners *o, struct span path)
{
	struct span name = span_from(path, dpkg_info.len);
	struct owner_fact owner = { .type = PACKAGE_DEB,
		.package = span_sub(name, 0, span_rfind(name, '.')) };

	return span_starts(path, dpkg_info) ? package_of(o->j, &owner) : 0;
}

static uint32_t owner_by_alias(const struct owners *o, struct span path)
{
	uint8_t other[PATH_ROOM];

	for (size_t i = 0; i < o->aliases_n; i++) {
		struct span folder = o->aliases[i].folder, link = o->aliases[i].link;
		struct span below = span_from(path, folder.len);

		if (!span_starts(path, folder) || !span_starts(below, SPAN("/")) ||
			link.len + below.len > PATH_ROOM)
			continue;
		memcpy(other, link.p, link.len);
		memcpy(other + link.len, below.p, below.len);
		uint32_t package = owner_of_path(o, span_of(other, link.len + below.len));

		if (package)
			return package;
	}
	return 0;
}

/* Index of the package + 1; 0: none. Of a buried file: whose it would be if it were still there. */
static uint32_t owner_of(const struct owners *o, const struct file *f)
{
	uint32_t package = 0;

	if (f->body->type == ENTRY_DIR || !o->j->out->packages.n)
		return 0;
	package = owner_of_path(o, f->path);
	if (!package)
		package = owner_by_alias(o, f->path);
	return package ? package : owner_of_info(o, f->path);
}

/* Something that can run, or that an interpreter runs. dpkg's own scripts about a package are not
 * the package's. */
static bool is_executable(const struct file *f)
{
	static const struct span code[] = { SPAN_INIT("beam"), SPAN_INIT("cjs"), SPAN_INIT("class"),
		SPAN_INIT("dll"), SPAN_INIT("ear"), SPAN_INIT("efi"), SPAN_INIT("egg"),
		SPAN_INIT("el"), SPAN_INIT("elc"), SPAN_INIT("jar"), SPAN_INIT("js"),
		SPAN_INIT("ko"), SPAN_INIT("lua"), SPAN_INIT("mjs"), SPAN_INIT("node"),
		SPAN_INIT("phar"), SPAN_INIT("php"), SPAN_INIT("pl"), SPAN_INIT("pm"),
		SPAN_INIT("py"), SPAN_INIT("pyc"), SPAN_INIT("pyz"), SPAN_INIT("rb"),
		SPAN_INIT("sh"), SPAN_INIT("so"), SPAN_INIT("tcl"), SPAN_INIT("war"),
		SPAN_INIT("wasm"), SPAN_INIT("whl") };
	struct span name = span_base(f->path);

	if (f->body->type != ENTRY_FILE || span_starts(f->path, dpkg_info))
		return false;
	if ((f->exec && f->exec->kind != EXEC_OTHER) || span_starts(f->path, SPAN("boot/")) ||
		span_has(name, SPAN(".so.")) || span_has(name, SPAN(".ko.")))
		return true;
	name = span_from(name, span_rfind(name, '.') + 1);
	for (size_t i = 0; i < sizeof(code) / sizeof(*code); i++)
		if (span_eq(name, code[i]))
			return true;
	return false;
}

void owners_resolve(struct join *j)
{
	struct image_facts *out = j->out;
	struct owners *o = arena_alloc(&j->scratch, sizeof(*o));

	if (!o)
		return;
	o->j = j;
	if (!fill_table(o))
		return;
	find_aliases(o);
	for (size_t i = 0; i < out->buried.n && watch_on(out->watch); i++) {
		uint32_t package = owner_of(o, &out->buried.p[i]);

		if (package)
			out->buried.p[i].owner = out->packages.p[package - 1].fact;
	}
	for (size_t i = 0; i < out->files.n && watch_on(out->watch); i++) {
		struct file *f = &out->files.p[i];
		uint32_t package = owner_of(o, f);

		if (package) {
			f->owner = out->packages.p[package - 1].fact;
			out->packages.p[package - 1].files++;
			out->packages.p[package - 1].has_executable |= is_executable(f);
		} else if (file_is_program(f)) {
			out->unowned_executables++;
		}
	}
}
