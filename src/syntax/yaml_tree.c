/* yaml_tree.c - libyaml's events, made into nodes with places.
 *
 * libyaml counts characters, not bytes, after a byte order mark at the start. The start of an event
 * is that of its anchor or tag, so a scalar is looked for at its end.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "syntax/yaml_tree.h"

#include <yaml.h>

struct anchor {
	struct span name;
	struct yaml_node *node;
};

struct reading {
	struct span file;
	struct arena *a;
	struct yaml_node *levels[YAML_TREE_DEPTH];
	struct span keys[YAML_TREE_DEPTH]; /* of the member that comes */
	bool has_key[YAML_TREE_DEPTH];
	uint32_t key_lines[YAML_TREE_DEPTH];
	size_t depth, nodes;
	struct yaml_node *first, *last; /* documents */
	VEC(struct anchor) anchors;     /* of the document */
	size_t chars, bytes;            /* the same place, as libyaml counts and in the file */
	const char *why;
	int code;
};

static bool stop(struct reading *r, int code, const char *why)
{
	r->code = code;
	r->why = why;
	return false;
}

static bool is_inside(uint8_t c)
{
	return (c & 0xc0) == 0x80; /* of a character of several bytes */
}

/* Places come nearly in order: the walk is from the last one. */
static size_t byte_of(struct reading *r, size_t chars)
{
	while (r->chars < chars && r->bytes < r->file.len) {
		do
			r->bytes++;
		while (is_inside(span_at(r->file, r->bytes)));
		r->chars++;
	}
	while (r->chars > chars) {
		do
			r->bytes--;
		while (is_inside(span_at(r->file, r->bytes)));
		r->chars--;
	}
	return r->bytes;
}

static void place(struct reading *r, const yaml_event_t *e, struct yaml_node *n)
{
	yaml_scalar_style_t style = e->data.scalar.style;
	size_t end = byte_of(r, e->end_mark.index);

	n->is_plain = style == YAML_PLAIN_SCALAR_STYLE;
	n->is_quoted = style == YAML_SINGLE_QUOTED_SCALAR_STYLE ||
		       style == YAML_DOUBLE_QUOTED_SCALAR_STYLE;
	if (!n->is_plain && !n->is_quoted)
		return;
	if (n->is_quoted && !end--)
		return;
	if (n->text.len > end)
		return;
	n->from = end - n->text.len;
	n->to = end;
	n->has_place = span_eq(span_sub(r->file, n->from, n->text.len), n->text);
	uint8_t quote = style == YAML_SINGLE_QUOTED_SCALAR_STYLE ? '\'' : '"';

	if (n->is_quoted && (!n->from || span_at(r->file, n->from - 1) != quote ||
				    span_at(r->file, n->to) != quote))
		n->has_place = false;
	if (n->has_place)
		n->line = (uint32_t)e->end_mark.line + 1;
}

static bool name_anchor(struct reading *r, const yaml_char_t *name, struct yaml_node *n)
{
	if (!name)
		return true;
	struct anchor x = { arena_dup(r->a, span_str((const char *)name)), n };

	if (r->anchors.n == YAML_TREE_ANCHORS)
		return stop(r, SCOV_E_LIMIT, "it has too many anchors");
	return vec_add(&r->anchors, r->a, &x) || stop(r, SCOV_E_LIMIT, "it is too large");
}

/* A new node where the text has come to; NULL: the end. A key becomes none: it stays for its value,
 * and *is_key says so. */
static struct yaml_node *put(struct reading *r, const yaml_event_t *e, uint8_t kind, bool *is_key)
{
	struct yaml_node *up = r->depth ? r->levels[r->depth - 1] : NULL;
	struct yaml_node *n = arena_alloc(r->a, sizeof(*n));

	if (!n || ++r->nodes > YAML_TREE_NODES) {
		stop(r, SCOV_E_LIMIT, "it has too many values");
		return NULL;
	}
	*n = (struct yaml_node){ .kind = kind, .line = (uint32_t)e->start_mark.line + 1 };
	*is_key = up && up->kind == YAML_NODE_DICT && !r->has_key[r->depth - 1];
	if (up && up->kind == YAML_NODE_DICT)
		r->has_key[r->depth - 1] = *is_key;
	if (*is_key) {
		r->keys[r->depth - 1] = (struct span){ 0 };
		r->key_lines[r->depth - 1] = n->line;
		return n;
	}
	struct yaml_node **first = up ? &up->first : &r->first;
	struct yaml_node **last = up ? &up->last : &r->last;

	if (up && up->kind == YAML_NODE_DICT) {
		n->name = r->keys[r->depth - 1];
		n->line = r->key_lines[r->depth - 1];
	}
	*(*last ? &(*last)->next : first) = n;
	*last = n;
	return n;
}

static bool scalar(struct reading *r, const yaml_event_t *e)
{
	bool is_key = false;
	struct yaml_node *n = put(r, e, YAML_NODE_TEXT, &is_key);

	if (!n)
		return false;
	n->text = arena_dup(r->a, span_of(e->data.scalar.value, e->data.scalar.length));
	if (is_key)
		r->keys[r->depth - 1] = n->text;
	else
		place(r, e, n);
	return name_anchor(r, e->data.scalar.anchor, n);
}

static bool alias(struct reading *r, const yaml_event_t *e)
{
	bool is_key = false;
	struct yaml_node *n = put(r, e, YAML_NODE_ALIAS, &is_key);

	for (size_t i = r->anchors.n; n && i-- > 0;)
		if (span_eq(r->anchors.p[i].name, span_str((const char *)e->data.alias.anchor))) {
			n->target = r->anchors.p[i].node;
			r->anchors.p[i].node->is_shared = true;
			return true;
		}
	return n && stop(r, SCOV_E_FORMAT, "an alias without its anchor");
}

static bool begin(struct reading *r, const yaml_event_t *e, uint8_t kind, const yaml_char_t *anchor)
{
	bool is_key = false;
	struct yaml_node *n = put(r, e, kind, &is_key);

	if (!n || !name_anchor(r, anchor, n))
		return false;
	if (r->depth == YAML_TREE_DEPTH)
		return stop(r, SCOV_E_LIMIT, "nested too deep");
	r->levels[r->depth] = n;
	r->has_key[r->depth++] = false;
	return true;
}

/* False: the end, or something is wrong. */
static bool take(struct reading *r, const yaml_event_t *e)
{
	switch (e->type) {
	case YAML_STREAM_END_EVENT:
		return false;
	case YAML_DOCUMENT_START_EVENT:
		r->anchors.n = 0;
		return true;
	case YAML_ALIAS_EVENT:
		return alias(r, e);
	case YAML_SCALAR_EVENT:
		return scalar(r, e);
	case YAML_SEQUENCE_START_EVENT:
		return begin(r, e, YAML_NODE_LIST, e->data.sequence_start.anchor);
	case YAML_MAPPING_START_EVENT:
		return begin(r, e, YAML_NODE_DICT, e->data.mapping_start.anchor);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		r->depth--;
		return true;
	default:
		return true;
	}
}

static int refuse(const struct reading *r, size_t line, struct scov_err *err)
{
	if (arena_check(r->a, err))
		return err->code;
	return err_fail(err, r->code, "%s: line %zu: %s",
		r->code == SCOV_E_LIMIT ? "YAML too large" : "not YAML", line, r->why);
}

static int read_events(yaml_parser_t *p, struct reading *r, struct scov_err *err)
{
	bool goes_on = true;
	size_t line = 0;

	while (goes_on) {
		yaml_event_t e;

		if (!yaml_parser_parse(p, &e)) {
			if (p->error == YAML_MEMORY_ERROR)
				return err_memory(err);
			stop(r, SCOV_E_FORMAT, "bad syntax");
			return refuse(r, p->problem_mark.line + 1, err);
		}
		line = e.start_mark.line + 1;
		goes_on = take(r, &e);
		yaml_event_delete(&e);
	}
	return r->why ? refuse(r, line, err) : arena_check(r->a, err);
}

int yaml_tree(struct span file, struct arena *a, struct yaml_node **out, struct scov_err *err)
{
	struct reading r = { .file = file, .a = a };
	yaml_parser_t p;

	*out = NULL;
	if (span_starts(file, SPAN("\xef\xbb\xbf")))
		r.bytes = 3;
	if (file.len == r.bytes)
		return 0;
	if (!yaml_parser_initialize(&p))
		return err_memory(err);
	yaml_parser_set_encoding(&p, YAML_UTF8_ENCODING);
	/* With the encoding set libyaml takes the mark for a character. */
	yaml_parser_set_input_string(&p, file.p + r.bytes, file.len - r.bytes);
	int code = read_events(&p, &r, err);

	yaml_parser_delete(&p);
	if (!code)
		*out = r.first;
	return code;
}

struct yaml_node *yaml_node_get(const struct yaml_node *n, const char *name)
{
	struct yaml_node *found = NULL;

	if (!n || n->kind != YAML_NODE_DICT)
		return NULL;
	for (struct yaml_node *c = n->first; c; c = c->next)
		if (span_eq(c->name, span_str(name)))
			found = c;
	return found;
}
