/* image.c - finding a file of an image by its path.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "facts/image.h"

#include <string.h>

#include "base/search.h"

enum {
	LINKS_MAX = 40,   /* symbolic links in one look-up, as Linux has it (MAXSYMLINKS) */
	PATH_ROOM = 8192, /* of a path under way; a longer one is not found */
};

static int file_and_path(const void *row, const void *key)
{
	const struct file *f = row;
	const struct span *path = key;

	return span_cmp(f->path, *path);
}

size_t image_lower(const struct image_facts *f, struct span path)
{
	return vec_first(&f->files, &path, file_and_path);
}

bool image_was_buried(const struct image_facts *f, struct span path)
{
	size_t i = vec_first(&f->buried, &path, file_and_path);

	return i < f->buried.n && span_eq(f->buried.p[i].path, path);
}

const struct file *image_file(const struct image_facts *f, struct span path)
{
	size_t i = image_lower(f, path);

	return i < f->files.n && span_eq(f->files.p[i].path, path) ? &f->files.p[i] : NULL;
}

const struct file *image_below(const struct image_facts *f, struct span start)
{
	size_t i = image_lower(f, start);

	return i < f->files.n && span_starts(f->files.p[i].path, start) ? &f->files.p[i] : NULL;
}

const struct file *file_next(const struct image_facts *f, const struct file *last)
{
	size_t i = last ? (size_t)(last - f->files.p) + 1 : 0;

	return i < f->files.n && watch_on(f->watch) ? &f->files.p[i] : NULL;
}

int package_cmp(const struct package_fact *a, const struct package_fact *b)
{
	int d = (a->type > b->type) - (a->type < b->type);

	d = d ? d : span_cmp(a->name, b->name);
	d = d ? d : span_cmp(a->version, b->version);
	return d ? d : span_cmp(a->arch, b->arch);
}

static int package_and_fact(const void *row, const void *key)
{
	const struct image_package *p = row;

	return package_cmp(p->fact, key);
}

const struct image_package *image_package(
	const struct image_facts *f, const struct package_fact *fact)
{
	size_t i = vec_first(&f->packages, fact, package_and_fact);

	return i < f->packages.n && !package_cmp(f->packages.p[i].fact, fact) ? &f->packages.p[i]
									      : NULL;
}

struct span image_unlisted(const struct image_facts *f)
{
	struct span why = f->inputs_missing[input_number(INPUT_INVENTORY)];

	if (!(f->inputs & INPUT_INVENTORY))
		return why.len ? why : SPAN("not all packages could be read");
	if (f->system_packages || !(f->database_removed || f->distribution.is_known))
		return SPAN("");
	return f->database_removed ? SPAN("the package database was removed")
				   : SPAN("there is no package database");
}

static int compare_package(const void *row, const void *key)
{
	return package_cmp(((const struct image_package *)row)->fact, key);
}

const struct package_fact *image_owner(const struct image_facts *f, struct span name)
{
	for (uint8_t type = 1; package_is_system(type); type++) {
		const struct package_fact key = { .type = type, .name = name };
		size_t i = search_first(f->packages.p, f->system_packages, sizeof(*f->packages.p),
			&key, compare_package);

		if (i < f->system_packages && f->packages.p[i].fact->type == type &&
			span_eq(f->packages.p[i].fact->name, name))
			return f->packages.p[i].fact;
	}
	return NULL;
}

bool file_has_marker(const struct file *f, enum marker_kind kind)
{
	return f->markers >> kind & 1;
}

/* A look-up under way: what is resolved, and what is not yet. */
struct walk {
	uint8_t done[PATH_ROOM], rest[PATH_ROOM];
	size_t done_len;
	struct span left; /* the end of rest */
	unsigned links;
};

/* what, then a slash, then what is left; rest is filled from its end so that `left` may move. */
static bool walk_prepend(struct walk *w, struct span what)
{
	size_t used = w->left.len;

	if (what.len + 1 + used > PATH_ROOM)
		return false;
	uint8_t *p = w->rest + PATH_ROOM - used;

	if (used)
		memmove(p, w->left.p, used);
	if (used)
		*--p = '/';
	p -= what.len;
	if (what.len)
		memcpy(p, what.p, what.len);
	w->left = span_of(p, (size_t)(w->rest + PATH_ROOM - p));
	return true;
}

/* /proc is filled at run time: its folders of a process lead to the root, or to the WorkingDir. */
static bool walk_through_proc(const struct image_facts *f, struct walk *w)
{
	struct span rest = span_of(w->done, w->done_len), proc, process, name;
	uint64_t id;

	if (!span_split(&rest, '/', &proc) || !span_split(&rest, '/', &process) ||
		!span_split(&rest, '/', &name) || rest.len || !span_eq(proc, SPAN("proc")))
		return true;
	if (!span_eq(process, SPAN("self")) && !span_eq(process, SPAN("thread-self")) &&
		!span_number(process, 10, UINT32_MAX, &id))
		return true;
	if (!span_eq(name, SPAN("root")) && !span_eq(name, SPAN("cwd")))
		return true;
	w->done_len = 0;
	return span_eq(name, SPAN("root")) ||
	       (w->links++ < LINKS_MAX && walk_prepend(w, image_config(f->config, CONFIG_WORKDIR,
								  (struct span){ 0 })));
}

/* One name of what is left. False: the path leads nowhere. */
static bool walk_step(const struct image_facts *f, struct walk *w, struct span name, bool follow)
{
	size_t before = w->done_len;

	if (name.len == 0 || span_eq(name, SPAN(".")))
		return true;
	if (span_eq(name, SPAN(".."))) {
		w->done_len = span_dir(span_of(w->done, w->done_len)).len;
		return true;
	}
	if (before + 1 + name.len > PATH_ROOM)
		return false;
	if (before)
		w->done[w->done_len++] = '/';
	memcpy(w->done + w->done_len, name.p, name.len);
	w->done_len += name.len;
	const struct file *at = image_file(f, span_of(w->done, w->done_len));

	if (!at || at->body->type == ENTRY_DIR) /* a directory that no layer holds is not listed */
		return walk_through_proc(f, w);
	if (at->body->type != ENTRY_SYMLINK)
		return w->left.len == 0;
	if (w->left.len == 0 && !follow)
		return true;
	w->done_len = span_starts(at->body->link, SPAN("/")) ? 0 : before;
	return w->links++ < LINKS_MAX && walk_prepend(w, at->body->link);
}

static bool resolve(const struct image_facts *f, struct walk *w, struct span path, bool follow)
{
	struct span name;

	w->done_len = 0;
	w->links = 0;
	w->left = (struct span){ 0 };
	if (!walk_prepend(w, path))
		return false;
	while (span_split(&w->left, '/', &name))
		if (!watch_on(f->watch) || !walk_step(f, w, name, follow))
			return false;
	return true;
}

const struct file *image_find(const struct image_facts *f, struct span path, bool follow)
{
	struct walk w;

	return resolve(f, &w, path, follow) ? image_file(f, span_of(w.done, w.done_len)) : NULL;
}

struct span image_folder(const struct image_facts *f, struct span path, struct arena *a)
{
	struct walk w;
	struct span real =
		resolve(f, &w, path, true) ? span_of(w.done, w.done_len) : (struct span){ 0 };
	const struct file *at = image_file(f, real);

	return !at || at->body->type == ENTRY_DIR ? arena_dup(a, real) : (struct span){ 0 };
}

struct span image_config(const struct part *config, uint8_t key, struct span name)
{
	struct span value = { 0 };

	for (size_t i = 0; config && i < config->configs.n; i++)
		if (config->configs.p[i].key == key &&
			(!name.len || span_eq(config->configs.p[i].name, name)))
			value = config->configs.p[i].value;
	return value;
}

bool file_is_program(const struct file *f)
{
	if (f->state != FILE_PRESENT || !f->entry || !f->body || !f->exec)
		return false;
	if (f->entry->type != ENTRY_FILE && f->entry->type != ENTRY_HARDLINK)
		return false;
	if (!(f->mode & 0111) || (f->exec->flags & EXEC_SHARED_OBJECT))
		return false;
	return f->exec->kind == EXEC_ELF || f->exec->kind == EXEC_SCRIPT;
}
