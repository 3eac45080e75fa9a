/* overlay.c - layers made into one file system, bottom first.
 *
 * A tree of every path seen, in a table by hash. Per layer first its whiteouts
 * and opaque directories (they act on lower layers only, so their place in the tar
 * does not matter), then its entries in the order of the tar. A path leaves the tree once for
 * each entry that put it there, so the work is linear in the entries of all layers.
 *
 * Paths are literal and no link is followed. A parent that no layer holds is implied: it is in the
 * tree and not in the list of files.
 *
 * Some runtimes unpack each layer by itself and have overlayfs put them together, others unpack one
 * over the other. Where the two give different files (doubt()), the files of the image are not
 * known: an entry "lib/x" above a link lib -> usr/lib, for one, replaces the link or goes through
 * it.
 *
 * Source: OCI image-spec 1.1, layer.md, "Applying Changesets".
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include "base/err.h"
#include "join/steps.h"

#define NONE UINT32_MAX
enum { ROOT = 0, THROUGH_MAX = 1 << 20 /* bytes of paths under way in one look-up */ };

struct node {
	const uint8_t *path;
	uint32_t len;
	uint32_t tag;                         /* of the hash */
	uint32_t parent, first, next, before; /* NONE: none */
	uint32_t layer, entry;                /* entry NONE: implied, or not there */
	uint32_t body_layer, body_entry;
	uint32_t emptied; /* layer + 1 that took a folder with content from here */
	bool is_there;    /* then so are its parents, as directories */
};

struct overlay {
	struct join *j;
	VEC(struct node) nodes;
	struct table by_path;
	uint64_t nodes_max;
	uint32_t layer;
	uint32_t last_parent; /* most entries follow a sibling */
};

static struct span node_path(const struct node *n)
{
	return span_of(n->path, n->len);
}

static const struct entry *entry_at(const struct overlay *o, uint32_t layer, uint32_t entry)
{
	return &o->j->out->parts[layer]->entries.p[entry];
}

static bool node_is_dir(const struct overlay *o, const struct node *n)
{
	return n->entry == NONE || entry_at(o, n->layer, n->entry)->type == ENTRY_DIR;
}

/* Also by a hard link to one. */
static bool node_is_symlink(const struct overlay *o, const struct node *n)
{
	return n->entry != NONE && entry_at(o, n->body_layer, n->body_entry)->type == ENTRY_SYMLINK;
}

/* ---- the table ---- */

static struct table_slot *slot_of(const struct overlay *o, uint32_t tag, struct span path)
{
	struct table_slot *s = table_next(&o->by_path, tag, NULL);

	while (s->row && !span_eq(node_path(&o->nodes.p[s->row - 1]), path))
		s = table_next(&o->by_path, tag, s);
	return s;
}

static uint32_t path_tag(const struct overlay *o, struct span path)
{
	return (uint32_t)hash_span(o->j->key, path);
}

/* The node of a path, or NONE. */
static uint32_t node_find(const struct overlay *o, struct span path)
{
	uint32_t row = slot_of(o, path_tag(o, path), path)->row;

	return row ? row - 1 : NONE;
}

/* The node of a path, made when missing; NONE over the limit or without memory. */
static uint32_t node_make(struct overlay *o, struct span path)
{
	if (!table_room(&o->by_path, &o->j->scratch))
		return NONE;
	uint32_t tag = path_tag(o, path);
	struct table_slot *slot = slot_of(o, tag, path);

	if (slot->row)
		return slot->row - 1;
	if (o->nodes.n >= o->nodes_max)
		return NONE;
	struct node *n = vec_push(&o->nodes, &o->j->scratch);

	if (!n)
		return NONE;
	*n = (struct node){ .path = path.p,
		.len = (uint32_t)path.len,
		.tag = tag,
		.parent = NONE,
		.first = NONE,
		.next = NONE,
		.before = NONE,
		.entry = NONE };
	table_put(&o->by_path, slot, tag, o->nodes.n - 1);
	return (uint32_t)o->nodes.n - 1;
}

/* ---- the tree ---- */

static void node_link(struct overlay *o, uint32_t i, uint32_t parent)
{
	struct node *n = &o->nodes.p[i], *p = &o->nodes.p[parent];

	n->parent = parent;
	n->before = NONE;
	n->next = p->first;
	if (p->first != NONE)
		o->nodes.p[p->first].before = i;
	p->first = i;
	n->is_there = true;
}

static void node_unlink(struct overlay *o, uint32_t i)
{
	struct node *n = &o->nodes.p[i];

	if (n->before != NONE)
		o->nodes.p[n->before].next = n->next;
	else
		o->nodes.p[n->parent].first = n->next;
	if (n->next != NONE)
		o->nodes.p[n->next].before = n->before;
	n->is_there = false;
}

static void file_fill(const struct overlay *o, const struct node *n, struct file *f)
{
	*f = (struct file){
		.path = node_path(n),
		.entry = entry_at(o, n->layer, n->entry),
		.body = entry_at(o, n->body_layer, n->body_entry),
		.layer = n->layer,
		.body_layer = n->body_layer,
	};
}

/* The entry of a node goes to the buried files; the node is then an implied directory. */
static void node_bury(struct overlay *o, uint32_t i, enum file_state state)
{
	struct node *n = &o->nodes.p[i];

	if (n->entry == NONE)
		return;
	struct file *f = vec_push(&o->j->out->buried, &o->j->out->arena);

	if (f) {
		file_fill(o, n, f);
		f->state = (uint8_t)state;
		f->gone_in = o->layer;
	}
	n->entry = NONE;
}

/* All below a node, deepest first, without recursion. */
static void bury_below(struct overlay *o, uint32_t top, enum file_state state)
{
	for (uint32_t i = top;;) {
		while (o->nodes.p[i].first != NONE)
			i = o->nodes.p[i].first;
		if (i == top)
			return;
		uint32_t parent = o->nodes.p[i].parent;

		node_bury(o, i, state);
		node_unlink(o, i);
		i = parent;
	}
}

/* The final file system is ambiguous here: no criterion on files is decided. */
static void doubt(struct overlay *o, struct span path, const char *why)
{
	join_doubt(o->j, place_file((int32_t)o->layer, path), why);
}

static void whiteout(struct overlay *o, const struct entry *e)
{
	uint32_t i = node_find(o, e->path);
	struct node *n = i == NONE ? NULL : &o->nodes.p[i];

	if (n && e->type == ENTRY_OPAQUE)
		n->emptied = 0;
	if (!n || !n->is_there)
		return;
	bool had_content = n->first != NONE;

	if (i == ROOT && had_content)
		doubt(o, e->path, "overlayfs ignores an opaque root");
	bury_below(o, i, e->type == ENTRY_OPAQUE ? FILE_HIDDEN : FILE_DELETED);
	if (e->type == ENTRY_OPAQUE)
		return;
	if (had_content)
		n->emptied = o->layer + 1;
	if (i != ROOT) {
		node_bury(o, i, FILE_DELETED);
		node_unlink(o, i);
	}
}

/* A whiteout in its place among the entries. Runtimes that unpack into one tree follow links to
 * what it hides, and remove what the layer itself brought before. */
static void check_whiteout(struct overlay *o, const struct entry *e)
{
	struct span path = e->path;
	uint32_t i = node_find(o, path);

	if (e->type == ENTRY_WHITEOUT) {
		if (i != NONE && i != ROOT && o->nodes.p[i].is_there)
			doubt(o, path, "a whiteout of what the layer brought before it");
		path = span_dir(path);
	}
	for (; path.len; path = span_dir(path)) {
		i = node_find(o, path);
		if (i == NONE || !o->nodes.p[i].is_there)
			continue;
		if (node_is_symlink(o, &o->nodes.p[i]))
			doubt(o, e->path, "a whiteout whose path goes through a symlink");
		return; /* what is above what is there are directories */
	}
}

/* A directory comes where this layer took one with content away: overlayfs shows that again. */
static void check_emptied(struct overlay *o, const struct node *n)
{
	if (n->emptied == o->layer + 1)
		doubt(o, node_path(n), "a folder that the layer removes and brings again");
}

/* The directory that holds a path, with its own parents, made where they are missing. */
static uint32_t parent_of(struct overlay *o, struct span path)
{
	struct span dir = span_dir(path);
	uint32_t below = NONE, top = NONE;

	if (o->last_parent < o->nodes.n && o->nodes.p[o->last_parent].is_there &&
		node_is_dir(o, &o->nodes.p[o->last_parent]) &&
		span_eq(node_path(&o->nodes.p[o->last_parent]), dir))
		return o->last_parent;
	for (;; dir = span_dir(dir)) {
		uint32_t i = dir.len ? node_make(o, dir) : ROOT;

		if (i == NONE)
			return NONE;
		if (top == NONE)
			top = i;
		bool was_there = o->nodes.p[i].is_there;

		if (was_there && !node_is_dir(o, &o->nodes.p[i])) {
			if (node_is_symlink(o, &o->nodes.p[i]))
				doubt(o, path, "its path goes through a symlink");
			check_emptied(o, &o->nodes.p[i]);
			node_bury(o, i, FILE_OVERWRITTEN);
		}
		if (!was_there)
			check_emptied(o, &o->nodes.p[i]);
		if (below != NONE)
			node_link(o, below, i);
		if (was_there || !watch_on(o->j->out->watch))
			break;
		below = i;
	}
	o->last_parent = top;
	return top;
}

static struct span joined(struct arena *a, struct span folder, struct span rest)
{
	return span_str(arena_printf(
		a, "%.*s%s%.*s", SPAN_ARG(folder), folder.len ? "/" : "", SPAN_ARG(rest)));
}

/* The node of a path that goes through links to folders, as the kernel follows them for a hard
 * link's target: all but the last name. */
static uint32_t node_through_links(const struct overlay *o, struct span path)
{
	scoped_arena struct arena a = { .limit = THROUGH_MAX };
	struct span rest = span_dir(path), folder = { 0 }, name;
	unsigned links = 0;

	while (span_split(&rest, '/', &name) && watch_on(o->j->out->watch)) {
		if (!name.len || span_eq(name, SPAN(".")))
			continue;
		struct span next =
			span_eq(name, SPAN("..")) ? span_dir(folder) : joined(&a, folder, name);
		uint32_t i = next.len ? node_find(o, next) : ROOT;
		const struct node *n = i == NONE ? NULL : &o->nodes.p[i];

		if (!n || !n->is_there)
			return NONE;
		folder = next;
		if (!node_is_symlink(o, n))
			continue;
		struct span to = entry_at(o, n->body_layer, n->body_entry)->link;

		if (links++ >= LINKS_MAX)
			return NONE;
		folder = span_starts(to, SPAN("/")) ? (struct span){ 0 } : span_dir(next);
		rest = joined(&a, to, rest);
	}
	return arena_failed(&a) ? NONE : node_find(o, joined(&a, folder, span_base(path)));
}

/* A hard link's body is what its target is now; false: no such file. */
static bool link_body(struct overlay *o, const struct entry *e, struct node *n)
{
	uint32_t target = node_find(o, e->link);

	if (target == NONE || !o->nodes.p[target].is_there)
		target = node_through_links(o, e->link);
	if (target == NONE)
		return false;
	const struct node *t = &o->nodes.p[target];

	if (!t->is_there || node_is_dir(o, t))
		return false;
	n->body_layer = t->body_layer;
	n->body_entry = t->body_entry;
	struct link *l = vec_push(&o->j->links, &o->j->scratch);

	if (l)
		*l = (struct link){ o->layer, (uint32_t)(e - entry_at(o, o->layer, 0)),
			t->body_layer, t->body_entry };
	return true;
}

static void say_dangling(struct overlay *o, const struct entry *e)
{
	struct span why = join_text(
		o->j, "hard link to '%.*s', which is not a file in the image", SPAN_ARG(e->link));

	if (o->j->dangling++ == 0)
		o->j->dangling_why = why;
	join_diag(o->j, DIAG_ERROR, place_file((int32_t)o->layer, e->path), why);
}

static int place_entry(struct overlay *o, uint32_t index)
{
	const struct entry *e = entry_at(o, o->layer, index);
	uint32_t parent = e->path.len ? parent_of(o, e->path) : ROOT;
	uint32_t i = parent == NONE ? NONE : e->path.len ? node_make(o, e->path) : ROOT;

	if (i == NONE)
		return err_fail(o->j->err, SCOV_E_LIMIT,
			"layer %u: too many paths in all layers (limit %llu)", o->layer,
			(unsigned long long)o->nodes_max);
	struct node *n = &o->nodes.p[i];
	bool is_dir = e->type == ENTRY_DIR, was_dir = n->is_there && node_is_dir(o, n);
	struct node placed = *n;

	placed.body_layer = o->layer;
	placed.body_entry = index;
	/* The target is looked up before what is at the link's own path is buried. */
	bool dangles = e->type == ENTRY_HARDLINK && !link_body(o, e, &placed);

	if (e->type == ENTRY_HARDLINK && span_eq(e->link, e->path) && n->is_there && !was_dir)
		return 0; /* a link to itself changes nothing */
	if (is_dir && !was_dir)
		check_emptied(o, n);
	if (n->is_there && !(is_dir && was_dir)) {
		if (was_dir && n->first != NONE)
			n->emptied = o->layer + 1;
		if (was_dir)
			bury_below(o, i, FILE_OVERWRITTEN);
		node_bury(o, i, FILE_OVERWRITTEN);
	}
	if (!n->is_there)
		node_link(o, i, parent);
	n->layer = o->layer;
	n->entry = index;
	n->body_layer = placed.body_layer;
	n->body_entry = placed.body_entry;
	if (dangles)
		say_dangling(o, e);
	return 0;
}

static int apply_layer(struct overlay *o)
{
	const struct part *part = o->j->out->parts[o->layer];
	int code = 0;

	if (!part)
		return 0;
	for (size_t i = 0; i < part->entries.n && watch_on(o->j->out->watch); i++)
		if (part->entries.p[i].type >= ENTRY_WHITEOUT)
			whiteout(o, &part->entries.p[i]);
	for (size_t i = 0; i < part->entries.n && !code; i++) {
		const struct entry *e = &part->entries.p[i];

		if (!watch_on(o->j->out->watch))
			return watch_check(o->j->out->watch, o->j->err);
		if (e->type >= ENTRY_WHITEOUT) {
			check_whiteout(o, e);
			continue;
		}
		if (e->path.len == 0 && e->type != ENTRY_DIR) {
			doubt(o, e->path, "the root is not a directory");
			continue;
		}
		code = place_entry(o, (uint32_t)i);
	}
	return code;
}

/* ---- the lists ---- */

static int by_path(const void *a, const void *b)
{
	const struct file *x = a, *y = b;
	int d = span_cmp(x->path, y->path);

	if (d == 0)
		d = (x->layer > y->layer) - (x->layer < y->layer);
	return d ? d : (x->entry > y->entry) - (x->entry < y->entry);
}

static bool list_files(struct overlay *o)
{
	struct image_facts *out = o->j->out;
	size_t n = 0;

	for (size_t i = 0; i < o->nodes.n; i++)
		n += o->nodes.p[i].is_there && o->nodes.p[i].entry != NONE;
	out->files.p = arena_array(&out->arena, n, sizeof(*out->files.p));
	if (!out->files.p)
		return false;
	for (size_t i = 0; i < o->nodes.n; i++)
		if (o->nodes.p[i].is_there && o->nodes.p[i].entry != NONE)
			file_fill(o, &o->nodes.p[i], &out->files.p[out->files.n++]);
	out->files.cap = n;
	qsort(out->files.p, n, sizeof(*out->files.p), by_path);
	if (out->buried.n)
		qsort(out->buried.p, out->buried.n, sizeof(*out->buried.p), by_path);
	return true;
}

/* Room for all entries at once: growing by doubling would hold the old tables too. */
static int overlay_open(struct overlay *o)
{
	struct join *j = o->j;
	size_t entries = 0;

	for (size_t i = 0; i < j->in->layers_n; i++)
		entries += j->out->parts[i] ? j->out->parts[i]->entries.n : 0;
	o->nodes_max = j->in->limits.layer_entries * 2 < NONE - 1u ? j->in->limits.layer_entries * 2
								   : NONE - 1u;
	o->nodes.cap = (entries < o->nodes_max ? entries : (size_t)o->nodes_max) + 1024;
	/* pages of it that nothing is buried in are never touched */
	j->out->buried.cap = j->in->layers_n > 1 ? entries : 0;
	j->out->buried.p =
		arena_array(&j->out->arena, j->out->buried.cap, sizeof(*j->out->buried.p));
	o->nodes.p = arena_array(&j->scratch, o->nodes.cap, sizeof(*o->nodes.p));
	if (!o->nodes.p || !j->out->buried.p ||
		!table_make(&o->by_path, &j->scratch, o->nodes.cap) ||
		node_make(o, (struct span){ 0 }) != ROOT)
		return err_memory(j->err);
	o->nodes.p[ROOT].is_there = true;
	return 0;
}

int overlay_apply(struct join *j)
{
	struct overlay o = { .j = j, .last_parent = NONE };
	int code = overlay_open(&o);

	for (; o.layer < j->in->layers_n && !code; o.layer++)
		code = apply_layer(&o);
	if (!code && !list_files(&o))
		code = err_memory(j->err);
	return code;
}
