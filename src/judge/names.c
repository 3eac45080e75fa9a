/* names.c - the other names of a file that holds secrets.
 *
 * A worker knows the path of an entry. Hard links, symlinks and linked folders give its content
 * more names, maybe from another layer: what a rule or a level makes of a path holds for each of
 * them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "judge/parts.h"

/* Names that are compared, for all files of an image; past it a name counts as one that fits. */
enum { NAMES_WORK = 4 << 20, PATH_ROOM = 8192 };

/* An entry with facts that only count under another name. */
struct waiting {
	uint32_t layer, entry;
};

struct names {
	struct judge *j;
	VEC(struct waiting) list;
	VEC(const struct secret_rule *) rules; /* of these facts, each once */
	size_t work;
	bool is_over; /* more work than its bound: all that waits counts */
};

static bool is_waiting(const struct secret_fact *x)
{
	return x->flags & SECRET_ELSEWHERE && x->entry != NO_ENTRY;
}

static void add_rule(struct names *n, const struct secret_rule *rule)
{
	for (size_t i = 0; i < n->rules.n; i++)
		if (n->rules.p[i] == rule)
			return;
	vec_add(&n->rules, &n->j->scratch, &rule);
}

static bool add_part(struct names *n, uint32_t layer)
{
	struct judge *j = n->j;
	const struct part *p = j->image->parts[layer];
	struct where *w = &j->where[layer];

	w->other = arena_array(&j->scratch, p->entries.n, sizeof(*w->other));
	w->waits = arena_array(&j->scratch, p->entries.n, sizeof(*w->waits));
	w->fits = arena_array(&j->scratch, p->secrets.n, sizeof(*w->fits));
	if (!w->other || !w->waits || !w->fits)
		return false;
	for (size_t i = 0; i < p->secrets.n; i++) {
		const struct secret_fact *x = &p->secrets.p[i];
		const struct secret_rule *rule = is_waiting(x) ? rule_of(j, x->rule) : NULL;

		if (!rule)
			continue;
		add_rule(n, rule);
		if (w->waits[x->entry])
			continue;
		w->waits[x->entry] = (uint32_t)i + 1;
		vec_add(&n->list, &j->scratch, &((struct waiting){ layer, x->entry }));
	}
	return true;
}

/* The content of the entry is reached by this name. */
static void see(struct names *n, uint32_t layer, uint32_t entry, struct span name)
{
	struct judge *j = n->j;
	const struct part *p = j->image->parts[layer];
	struct where *w = &j->where[layer];

	if (!w->fits)
		return;
	for (size_t i = w->waits[entry] ? w->waits[entry] - 1 : p->secrets.n;
		i < p->secrets.n && p->secrets.p[i].entry == entry; i++) {
		const struct secret_fact *x = &p->secrets.p[i];

		if (!is_waiting(x) || w->fits[i].len)
			continue;
		if (n->work++ >= NAMES_WORK || rule_fits_path(rule_of(j, x->rule), name))
			w->fits[i] = name;
	}
	if (!w->other[entry].len && !span_eq(name, p->entries.p[entry].path) &&
		path_is_credential(j->words, name))
		w->other[entry] = name;
}

static void see_file(struct names *n, const struct file *f, struct span name)
{
	see(n, f->body_layer, (uint32_t)(f->body - n->j->image->parts[f->body_layer]->entries.p),
		name);
}

/* The link's own path, or one below it, is one that a rule looks at. */
static bool may_matter(const struct names *n, struct span path)
{
	char below[PATH_ROOM];
	int len = snprintf(below, sizeof(below), "%.*s/x", SPAN_ARG(path));
	struct span in = span_of(below, len > 0 && len < PATH_ROOM ? (size_t)len : 0);

	if (path_is_credential(n->j->words, path))
		return true;
	for (size_t i = 0; i < n->rules.n; i++)
		if (rule_fits_path(n->rules.p[i], path) || rule_fits_path(n->rules.p[i], in))
			return true;
	return false;
}

/* Without "." and "..", and without what other links say. */
static struct span plain(struct arena *a, struct span folder, struct span to)
{
	struct span rest = to, name,
		    path = span_starts(to, SPAN("/")) ? (struct span){ 0 } : folder;

	while (span_split(&rest, '/', &name)) {
		if (!name.len || span_eq(name, SPAN(".")))
			continue;
		path = span_eq(name, SPAN(".."))
			       ? span_dir(path)
			       : span_str(arena_printf(a, "%.*s%s%.*s", SPAN_ARG(path),
					 path.len ? "/" : "", SPAN_ARG(name)));
	}
	return path;
}

/* It is not known which links lead to what waits: all of it counts, and nothing lowers it. */
static void give_up(struct names *n)
{
	n->is_over = true;
	for (size_t i = 0; i < n->list.n; i++) {
		const struct waiting *x = &n->list.p[i];
		struct span path = n->j->image->parts[x->layer]->entries.p[x->entry].path;

		see(n, x->layer, x->entry, path);
		n->j->where[x->layer].other[x->entry] = path;
	}
}

/* What a link leads to in the final file system, or led to in its own layer. */
static void see_link(struct names *n, const struct file *link)
{
	struct judge *j = n->j;
	const struct image_facts *m = j->image;
	const struct file *to;
	struct span end;

	if (!may_matter(n, link->path))
		return;
	end = plain(&j->scratch, span_dir(link->path), link->body->link);
	to = image_find(m, end, true);
	if (to && to->body->type == ENTRY_FILE)
		see_file(n, to, link->path);
	else if (!to || to->body->type == ENTRY_DIR) {
		struct span real = image_folder(m, end, &j->scratch);

		end = real.len ? real : end;
	}
	for (size_t i = 0; i < n->list.n && !n->is_over; i++) {
		if (n->work++ >= NAMES_WORK) {
			give_up(n);
			return;
		}
		const struct waiting *x = &n->list.p[i];
		struct span path = m->parts[x->layer]->entries.p[x->entry].path;

		if (span_eq(path, end))
			see(n, x->layer, x->entry, link->path);
		else if (span_starts(path, end) && span_at(path, end.len) == '/')
			see(n, x->layer, x->entry,
				span_str(arena_printf(&j->scratch, "%.*s%.*s", SPAN_ARG(link->path),
					SPAN_ARG(span_from(path, end.len)))));
	}
}

static void see_all(struct names *n, const struct file *p, size_t files)
{
	for (size_t i = 0; i < files && watch_on(n->j->image->watch); i++)
		if (p[i].body->type == ENTRY_SYMLINK)
			see_link(n, &p[i]);
		else if (p[i].body->type == ENTRY_FILE)
			see_file(n, &p[i], p[i].path);
}

bool names_find(struct judge *j)
{
	const struct image_facts *m = j->image;
	struct names n = { .j = j };
	bool has_any = false;

	for (size_t i = 0; i < m->layers_n; i++) {
		if (!m->parts[i] || !m->parts[i]->secrets.n || !m->parts[i]->entries.n)
			continue;
		has_any = true;
		if (!add_part(&n, (uint32_t)i))
			return false;
	}
	if (has_any) {
		see_all(&n, m->files.p, m->files.n);
		see_all(&n, m->buried.p, m->buried.n);
	}
	return true;
}

bool names_count(const struct judge *j, size_t source, uint32_t row)
{
	const struct part *p = judge_source(j, source);

	return !is_waiting(&p->secrets.p[row]) ||
	       (source < j->image->layers_n && j->where[source].fits &&
		       j->where[source].fits[row].len);
}
