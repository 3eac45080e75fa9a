/* removal.c - what has to go so that a program can no longer be run.
 *
 * A module of an interpreter is started without its script (python -m pip, node npm-cli.js), so its
 * whole folder goes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "base/search.h"
#include "criteria/rows.h"
#include "known/names.h"

/* Up to and with the name after the last NEEDLE, two names of a scope ("@types/node"); empty: it is
 * not in such a folder. */
static struct span module_of(struct span path, struct span needle)
{
	size_t at = path.len, end;

	for (size_t from = 0;;) {
		size_t next = span_find_span(span_from(path, from), needle);

		if (next == path.len - from)
			break;
		at = from + next;
		from = at + needle.len;
	}
	if (at == path.len || (at && span_at(path, at - 1) != '/' && span_at(needle, 0) != '-'))
		return SPAN("");
	end = at + needle.len;
	if (span_at(path, end) == '.')
		return SPAN(""); /* node_modules/.bin holds programs, not a module */
	if (span_at(path, end) == '@')
		end += span_find(span_from(path, end), '/') + 1;
	end += span_find(span_from(path, end), '/');
	return end < path.len ? span_sub(path, 0, end) : SPAN("");
}

struct span removal_unit(struct span path)
{
	struct span module = module_of(path, SPAN("node_modules/")), folder;

	if (!module.len &&
		(known_module_find(path, false, &folder) || known_module_find(path, true, &folder)))
		return folder;
	if (!module.len)
		module = module_of(path, SPAN("-packages/"));
	return module.len ? module : path;
}

/* ---- packages -------------------------------------------------------------------------------- */

/* A file of a package goes by the package manager where that is sure to take nothing else that is
 * of use: the package is the tool, it is not essential, and what depends on it goes too and holds
 * no program. Else the file alone is removed. rpm has no row: its dependencies are not known here.
 */
static const struct {
	uint8_t type;                          /* enum package_type */
	const char *program, *below, *command; /* below: a program that it starts */
} managers[] = {
	{ PACKAGE_DEB, "apt-get", "dpkg", "apt-get purge -y" },
	{ PACKAGE_APK, "apk", "apk", "apk del" },
};

enum {
	WORK_MAX = 1 << 20, /* names looked up; more is not known what needs what */
	NEEDS_MAX = 4096,   /* bytes; a longer text of dependencies is cut: it may need anything */
};

enum { STAYS, GOES, NEVER };

/* A name that a package is needed by, its own or one that it provides. */
struct provided {
	struct span name;
	uint32_t package;
};

struct packages {
	const struct image_facts *image;
	struct arena *a;
	uint8_t *fate; /* of each package */
	size_t work;
	VEC(struct provided) provided;
};

static uint32_t index_of(const struct image_facts *image, const struct package_fact *owner)
{
	const struct image_package *p = image_package(image, owner);

	return p ? (uint32_t)(p - image->packages.p) : UINT32_MAX;
}

static int compare(const void *a, const void *b)
{
	const struct provided *x = a, *y = b;
	int d = span_cmp(x->name, y->name);

	return d ? d : (x->package > y->package) - (x->package < y->package);
}

static bool provide(struct packages *s)
{
	for (uint32_t i = 0; i < s->image->system_packages; i++) {
		const struct package_fact *p = s->image->packages.p[i].fact;
		struct span rest = p->provides, word;
		uint8_t sep = package_need_end(p->type);

		if (!vec_add(&s->provided, s->a, &((struct provided){ p->name, i })))
			return false;
		while (span_split(&rest, sep, &word))
			if (!vec_add(&s->provided, s->a,
				    &((struct provided){ package_need_name(word), i })) ||
				s->work++ > WORK_MAX)
				return false;
	}
	if (s->provided.n)
		qsort(s->provided.p, s->provided.n, sizeof(*s->provided.p), compare);
	return true;
}

/* Some package that stays has the name; *known: one has it. */
static bool is_there(struct packages *s, struct span name, bool *known)
{
	struct provided key = { name, 0 };

	s->work++;
	for (size_t i = vec_first(&s->provided, &key, compare);
		i < s->provided.n && span_eq(s->provided.p[i].name, name); i++) {
		s->work++;
		*known = true;
		if (s->fate[s->provided.p[i].package] != GOES)
			return true;
	}
	return false;
}

static bool provides(struct packages *s, uint32_t package, struct span name)
{
	struct provided key = { name, package };

	s->work++;
	return s->provided.n && bsearch(&key, s->provided.p, s->provided.n, sizeof(key), compare);
}

/* A need that was there, and is not when all that goes is gone. */
static bool loses_need(struct packages *s, const struct package_fact *p)
{
	struct span rest = p->needs, group, word;

	while (span_split(&rest, package_need_end(p->type), &group)) {
		bool known = false, there = false;

		while (span_split(&group, '|', &word))
			there = is_there(s, package_need_name(word), &known) || there;
		if (known && !there)
			return true;
	}
	return false;
}

/* What the package would lose stays after all. */
static void keep_needs(struct packages *s, const struct package_fact *p, uint8_t *start)
{
	for (size_t i = 0; i < s->image->system_packages && s->work <= WORK_MAX; i++) {
		struct span rest = p->needs, group, word;

		s->work++;
		while (s->fate[i] == GOES && span_split(&rest, package_need_end(p->type), &group))
			while (span_split(&group, '|', &word))
				if (provides(s, (uint32_t)i, package_need_name(word)))
					start[i] = NEVER;
	}
}

/* All that depends on what goes, goes. NULL: done; else a package that has to stay and needs it. */
static const struct package_fact *close_needs(struct packages *s)
{
	bool changed = true;

	while (changed && s->work <= WORK_MAX) {
		changed = false;
		for (size_t i = 0; i < s->image->system_packages && s->work <= WORK_MAX; i++) {
			const struct package_fact *p = s->image->packages.p[i].fact;

			s->work++;
			if (s->fate[i] == GOES || !loses_need(s, p))
				continue;
			if (s->fate[i] == NEVER)
				return p;
			s->fate[i] = GOES;
			changed = true;
		}
	}
	return NULL;
}

/* With fewer and fewer packages, until all that stays has what it needs. */
static bool settle(struct packages *s, uint8_t *start)
{
	const size_t n = s->image->system_packages;

	while (s->work <= WORK_MAX) {
		memcpy(s->fate, start, n);

		const struct package_fact *p = close_needs(s);

		if (!p)
			return s->work <= WORK_MAX;
		keep_needs(s, p, start);
	}
	return false;
}

/* The package is the tool: it has its name. */
static bool is_named(const struct package_fact *p, struct span unit)
{
	struct span name = span_base(unit);

	return span_has(p->name, name) || span_has(name, p->name);
}

static bool is_of_use(const struct file *f)
{
	return (file_is_program(f) && f->is_in_bin) || span_has(f->path, SPAN(".so"));
}

/* Its dependencies are not known in full: it may need anything. */
static bool is_unclear(const struct package_fact *p)
{
	return p->needs.len >= NEEDS_MAX || span_find(p->needs, '*') < p->needs.len;
}

/* The package manager of the image, if a package owns it; else *manager stays NULL. */
static const char *command_of(const struct image_facts *image, const struct package_fact **manager)
{
	for (size_t i = 0; i < sizeof(managers) / sizeof(*managers); i++) {
		const struct file *f = program_named(image, managers[i].program);

		if (!f || !f->owner || f->owner->type != managers[i].type ||
			!program_named(image, managers[i].below))
			continue;
		*manager = f->owner;
		return managers[i].command;
	}
	return NULL;
}

/* Which packages never go: those that hold something else that is of use, and essential ones. Then
 * those that are a tool go. False: none, or it cannot be known what needs them. */
static bool seed(struct packages *s, const struct file *const *files, size_t n,
	const struct package_fact *manager, uint8_t *start)
{
	const struct image_facts *image = s->image;
	bool any = false;

	for (size_t i = 0; i < image->files.n; i++) {
		const struct file *f = &image->files.p[i];
		uint32_t at = f->owner && is_of_use(f) ? index_of(image, f->owner) : UINT32_MAX;

		if (at != UINT32_MAX)
			start[at] = known_tool(f->owner->name, NULL) ? STAYS : NEVER;
	}
	for (unsigned goes = 0; goes < 2; goes++)
		for (size_t i = 0; i < n; i++) {
			const struct package_fact *p = files[i]->owner;
			uint32_t at = p ? index_of(image, p) : UINT32_MAX;
			bool is_tool = p && p->type == manager->type &&
				       span_find(p->name, '*') == p->name.len &&
				       is_named(p, removal_unit(files[i]->path));

			if (at == UINT32_MAX || p == manager || p->is_essential ||
				(goes && !is_tool))
				continue;
			start[at] = goes ? GOES : STAYS;
			any = any || goes;
		}
	for (size_t i = 0; i < image->system_packages; i++) {
		const struct package_fact *p = image->packages.p[i].fact;

		if (is_unclear(p))
			return false;
		if (p->is_essential || p == manager)
			start[i] = NEVER;
	}
	return any;
}

static uint8_t *removal_packages(const struct image_facts *image, const struct file *const *files,
	size_t n, struct arena *a, struct remedy *purge)
{
	const size_t count = image->system_packages;
	struct packages s = { .image = image, .a = a };
	const struct package_fact *manager = NULL;
	const char *command = command_of(image, &manager);
	uint8_t *start = manager ? arena_array(a, count, sizeof(*start)) : NULL;

	s.fate = start ? arena_array(a, count, sizeof(*s.fate)) : NULL;
	if (!s.fate || !seed(&s, files, n, manager, start) || !provide(&s) || !settle(&s, start))
		return NULL;
	for (size_t i = 0; i < count; i++)
		if (s.fate[i] == GOES &&
			!vec_add(&purge->subjects, a, &image->packages.p[i].fact->name))
			return NULL;
	purge->action = REMEDY_PURGE;
	purge->value = span_str(command);
	return purge->subjects.n ? s.fate : NULL;
}

static bool removal_has(const struct image_facts *image, const uint8_t *fate, const struct file *f)
{
	uint32_t at = fate && f->owner ? index_of(image, f->owner) : UINT32_MAX;

	return at != UINT32_MAX && fate[at] == GOES;
}

/* ---- the remedy ------------------------------------------------------------------------------ */

/* The records of a Python module beside it, from which pip and others take it for installed. */
static void remove_records(struct findings *l, struct remedy *r, struct span module)
{
	const struct image_facts *image = l->dossier->image;
	struct span head = span_str(arena_printf(l->out->arena, "%.*s-", SPAN_ARG(module))),
		    last = { 0 };

	for (size_t i = image_lower(image, head); i < image->files.n; i++) {
		struct span path = image->files.p[i].path, rest = span_from(path, head.len);
		struct span record = span_sub(path, 0, head.len + span_find(rest, '/'));

		if (!span_starts(path, head))
			return;
		if (span_eq(record, last) || (!span_ends(record, SPAN(".dist-info")) &&
						     !span_ends(record, SPAN(".egg-info"))))
			continue;
		last = record;
		remedy_for(l->out, r, record);
	}
}

static void remove_file(struct findings *l, struct remedy *r, const struct file *f)
{
	struct span unit = removal_unit(f->path);

	if (r->subjects.n && span_eq(r->subjects.p[r->subjects.n - 1], unit))
		return;
	if (unit.len < f->path.len)
		remove_records(l, r, unit);
	remedy_for(l->out, r, unit);
}

void findings_remove(struct findings *l, const char *note)
{
	struct remedy r = { .action = REMEDY_REMOVE, .note = span_str(note) };
	struct remedy links = { .action = REMEDY_REMOVE };

	struct remedy purge = { 0 };
	const uint8_t *fate = l->by_package ? removal_packages(l->dossier->image, l->decisive.p,
						      l->decisive.n, l->out->arena, &purge)
					    : NULL;

	if (fate)
		remedy_add(l->out, purge);
	/* names of one program, which may be hundreds, apart from all else */
	for (size_t i = 0; i < l->more.n; i++)
		if (l->more.p[i]->body == l->more.p[0]->body)
			remedy_for(l->out, &links, l->more.p[i]->path);
		else
			remove_file(l, &r, l->more.p[i]);
	for (size_t i = 0; i < l->decisive.n; i++) {
		const struct file *f = l->decisive.p[i];

		if (removal_has(l->dossier->image, fate, f))
			continue;
		if (!l->more.n || f->body != l->more.p[0]->body) {
			remove_file(l, &r, f);
			continue;
		}
		remedy_for(l->out, &links, f->path);
		links.value = f->path;
	}
	if (l->decisive.n)
		remedy_add(l->out, r);
	if (links.subjects.n)
		remedy_add(l->out, links);
}
