/* module.c - tools that an interpreter runs from a folder, without a program of their name.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "criteria/rows.h"
#include "known/names.h"

bool module_has(const struct module_scan *scan, struct span path)
{
	return scan->last.len && span_starts(path, scan->last) &&
	       span_at(path, scan->last.len) == '/';
}

/* A link with a module's name: to a folder that holds one of its files. */
static const struct known_module *module_link(
	const struct image_facts *image, const struct file *f, bool is_build)
{
	scoped_arena struct arena a = { 0 };
	struct span name = span_base(f->path), folder = { 0 };
	const struct known_module *found = NULL;

	for (size_t i = 0; i < known_modules_n && !found; i++) {
		const struct known_module *m = &known_modules[i];

		if (m->is_build != is_build || !span_eq(name, m->folder))
			continue;
		if (!folder.len)
			folder = image_folder(image, f->path, &a);
		struct span head = span_str(
			arena_printf(&a, "%.*s/%.*s", SPAN_ARG(folder), SPAN_ARG(m->head)));
		size_t at = folder.len ? image_lower(image, head) : image->files.n;

		if (at < image->files.n && span_starts(image->files.p[at].path, head))
			found = m;
	}
	return found;
}

const struct known_module *module_at(
	const struct image_facts *image, const struct file *f, struct module_scan *scan)
{
	const struct known_module *m = NULL;
	struct span folder = { 0 };

	if (f->entry->type == ENTRY_SYMLINK)
		return module_link(image, f, scan->is_build);
	if ((f->entry->type != ENTRY_FILE && f->entry->type != ENTRY_HARDLINK) ||
		module_has(scan, f->path))
		return NULL;
	m = known_module_find(f->path, scan->is_build, &folder);
	if (m)
		scan->last = folder;
	return m;
}
