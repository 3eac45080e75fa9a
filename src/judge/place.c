/* place.c - where a secret is, and whether the final file system still has it.
 *
 * A secret stays in its layer whatever later layers do. Its file is present when any name of its
 * content is: a hard link outlives the name that it was made from.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "judge/parts.h"

static bool is_later(const struct judge *j, const struct file *f, uint32_t than)
{
	return !than || f->gone_in >= j->image->buried.p[than - 1].gone_in;
}

/* Of the names of one content the one counts that says least for it. */
static bool speaks_for_it(const struct judge *j, const struct file *f)
{
	bool is_test;

	return path_is_published(j->words, f->path, 0) ||
	       path_class(j->words, f->path, (struct span){ 0 },
		       f->owner && package_is_system(f->owner->type), 0, &is_test)
		       .len;
}

static bool goes_first(
	const struct judge *j, const struct file *now, const struct file *f, bool is_own)
{
	bool was = speaks_for_it(j, now), is = speaks_for_it(j, f);

	return was != is ? was : is_own;
}

static void index_file(const struct judge *j, const struct file *f, uint32_t row, bool is_buried)
{
	uint32_t layers[2] = { f->layer, f->body_layer };
	const struct entry *entries[2] = { f->entry, f->body };

	for (size_t i = 0; i < 2; i++) {
		const struct where *w = &j->where[layers[i]];
		uint32_t *rows = is_buried ? w->buried : w->visible;
		size_t entry =
			rows ? (size_t)(entries[i] - j->image->parts[layers[i]]->entries.p) : 0;

		/* the entry's own path goes before the links to it; of burials the last counts */
		if (rows && (!rows[entry] ||
				    (is_buried ? i == 0
					       : goes_first(j, &j->image->files.p[rows[entry] - 1],
							 f, i == 0))))
			rows[entry] = row + 1;
		if (rows && is_buried && i == 1 && is_later(j, f, w->last[entry]))
			w->last[entry] = row + 1;
	}
}

bool place_index(struct judge *j)
{
	const struct image_facts *m = j->image;
	bool has_any = false;

	j->where = arena_array(&j->scratch, m->layers_n + 1, sizeof(*j->where));
	if (!j->where)
		return false;
	for (size_t i = 0; i < m->layers_n; i++) {
		const struct part *p = m->parts[i];

		if (!p || !p->secrets.n || !p->entries.n)
			continue;
		struct where *w = &j->where[i];

		w->visible = arena_array(&j->scratch, p->entries.n, sizeof(*w->visible));
		w->buried = arena_array(&j->scratch, p->entries.n, sizeof(*w->buried));
		w->last = arena_array(&j->scratch, p->entries.n, sizeof(*w->last));
		if (!w->visible || !w->buried || !w->last)
			return false;
		has_any = true;
	}
	for (size_t i = 0; has_any && i < m->files.n && watch_on(m->watch); i++)
		index_file(j, &m->files.p[i], (uint32_t)i, false);
	for (size_t i = 0; has_any && i < m->buried.n && watch_on(m->watch); i++)
		index_file(j, &m->buried.p[i], (uint32_t)i, true);
	return true;
}

/* A name, a link and an attribute are the entry's own; content may have other names. */
static bool is_own(const struct secret_fact *x)
{
	return x->surface == SURFACE_NAME || x->surface == SURFACE_LINK ||
	       x->surface == SURFACE_XATTR;
}

/* An entry that is neither there nor buried: a folder that a later layer states again. */
static void place_replaced(const struct judge *j, struct suspect *s, const struct entry *e)
{
	const struct file *now = image_file(j->image, e->path);

	s->f.state = FILE_OVERWRITTEN;
	if (now && now->layer != s->source)
		s->f.gone_in = (int32_t)now->layer;
}

static void place_in_layer(const struct judge *j, struct suspect *s)
{
	const struct image_facts *m = j->image;
	const struct secret_fact *x = s->f.fact;
	const struct entry *e = &m->parts[s->source]->entries.p[x->entry];
	uint32_t visible = j->where[s->source].visible[x->entry],
		 buried = j->where[s->source].buried[x->entry],
		 last = j->where[s->source].last[x->entry];
	struct span path = e->path;

	if (visible && is_own(x) && m->files.p[visible - 1].entry != e)
		visible = 0;
	if (visible) {
		s->file = &m->files.p[visible - 1];
		path = s->file->path;
	} else if (buried) {
		s->file = &m->buried.p[buried - 1];
		if (last && !is_own(x) && m->buried.p[last - 1].gone_in > s->file->gone_in)
			s->file = &m->buried.p[last - 1];
		path = s->file->path;
		s->f.state = s->file->state;
		s->f.gone_in = (int32_t)s->file->gone_in;
	} else {
		place_replaced(j, s, e);
	}
	s->f.layer = (int32_t)s->source;
	s->f.at = place_file((int32_t)s->source, path);
	s->f.at.line = x->line;
	s->f.at.end_line = x->end_line;
	s->f.at.member = x->member;
	s->f.history = m->layers[s->source].history;
	if (s->file && s->file->owner && package_is_system(s->file->owner->type))
		s->f.owner = s->file->owner->name;
}

/* The number after "/history/". */
static bool history_index(struct span pointer, uint32_t *out)
{
	struct span rest = span_from(pointer, SPAN("/history/").len), number;
	uint64_t n;

	if (!span_starts(pointer, SPAN("/history/")) || !span_split(&rest, '/', &number) ||
		!span_number(number, 10, UINT32_MAX, &n))
		return false;
	*out = (uint32_t)n;
	return true;
}

static void place_in_config(const struct judge *j, struct suspect *s)
{
	const struct part *c = j->image->config;
	const struct secret_fact *x = s->f.fact;
	uint32_t index;

	s->f.at = (struct place){ .kind = PLACE_CONFIG, .layer = NO_LAYER, .path = x->member };
	if (!history_index(x->member, &index))
		return;
	s->f.at = place_history(index);
	if (index < c->history.n)
		s->f.history = c->history.p[index].created_by;
}

static void place_in_document(const struct image_document *d, struct suspect *s)
{
	const struct secret_fact *x = s->f.fact;

	s->f.at = (struct place){ .layer = NO_LAYER };
	if (d->is_attestation) {
		s->f.at.kind = PLACE_ATTESTATION;
		s->f.at.path = d->name;
		s->f.at.member = x->member;
	} else {
		s->f.at.kind = PLACE_MANIFEST;
		s->f.at.path = x->member;
	}
}

void place_suspect(struct judge *j, struct suspect *s)
{
	const struct image_facts *m = j->image;

	s->f.layer = s->f.gone_in = NO_LAYER;
	if (s->source > m->layers_n)
		place_in_document(&m->documents[s->source - m->layers_n - 1], s);
	else if (s->source == m->layers_n)
		place_in_config(j, s);
	else if (s->f.fact->entry == NO_ENTRY)
		s->f.at = place_layer(s->f.layer = (int32_t)s->source);
	else
		place_in_layer(j, s);
}
