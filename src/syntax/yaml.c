/* yaml.c - libyaml's events, made into values.
 *
 * libyaml keeps a stack of its own for nesting, and its state is proportional to the depth, which
 * is bounded here at the first event that exceeds it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "syntax/yaml.h"

#include <yaml.h>

#include "syntax/json_value.h"

struct level {
	struct span name; /* of the list or mapping itself */
	size_t mark;
	bool is_dict;
	bool has_key;
	struct span key; /* of the member that comes */
};

struct reading {
	struct json_making making;
	struct level levels[JSON_DEPTH];
	size_t depth, values;
	struct json root;
	bool has_root;
	const char *why; /* what is wrong; NULL: nothing */
	int code;        /* of why */
};

static bool stop(struct reading *r, int code, const char *why)
{
	r->code = code;
	r->why = why;
	return false;
}

/* The name of the member that comes, taken. */
static struct span name_of(struct reading *r)
{
	struct level *l = r->depth ? &r->levels[r->depth - 1] : NULL;

	if (!l)
		return (struct span){ 0 };
	l->has_key = false;
	return l->key;
}

static bool put(struct reading *r, struct json v)
{
	if (!r->depth) {
		r->root = v;
		r->has_root = true;
		return true;
	}
	if (++r->values > JSON_VALUES)
		return stop(r, SCOV_E_LIMIT, "it has too many values");
	return json_making_add(&r->making, &v) || stop(r, SCOV_E_MEMORY, "out of memory");
}

static bool is_null(const yaml_event_t *e)
{
	struct span text = span_of(e->data.scalar.value, e->data.scalar.length);

	return e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	       (!text.len || span_eq(text, SPAN("~")) || span_eq(text, SPAN("null")));
}

static bool scalar(struct reading *r, const yaml_event_t *e)
{
	struct level *l = r->depth ? &r->levels[r->depth - 1] : NULL;
	struct span text =
		arena_dup(r->making.arena, span_of(e->data.scalar.value, e->data.scalar.length));

	if (e->data.scalar.anchor)
		return stop(r, SCOV_E_FORMAT, "an anchor");
	if (!text.p)
		return stop(r, SCOV_E_LIMIT, json_no_room);
	if (l && l->is_dict && !l->has_key) {
		l->key = text;
		l->has_key = true;
		return true;
	}
	if (is_null(e))
		return put(r, (struct json){ .name = name_of(r), .kind = JSON_NIL });
	return put(r, (struct json){ .name = name_of(r), .kind = JSON_TEXT, .text = text });
}

static bool begin(struct reading *r, bool is_dict, bool has_anchor)
{
	struct level *l = r->depth ? &r->levels[r->depth - 1] : NULL;

	if (has_anchor)
		return stop(r, SCOV_E_FORMAT, "an anchor");
	if (r->depth == JSON_DEPTH)
		return stop(r, SCOV_E_LIMIT, "nested too deep");
	if (l && l->is_dict && !l->has_key)
		return stop(r, SCOV_E_FORMAT, "a key that is not a scalar");
	r->levels[r->depth] = (struct level){
		.name = name_of(r), .mark = json_making_mark(&r->making), .is_dict = is_dict
	};
	r->depth++;
	return true;
}

static bool end(struct reading *r)
{
	struct level *l = &r->levels[--r->depth];
	struct json v = { .name = l->name, .kind = l->is_dict ? JSON_DICT : JSON_LIST };
	const char *why = json_making_end(&r->making, l->mark, &v);

	if (why)
		return stop(r, why == json_no_room ? SCOV_E_LIMIT : SCOV_E_FORMAT, why);
	return put(r, v);
}

/* False: the end, or something is wrong. */
static bool take(struct reading *r, const yaml_event_t *e)
{
	switch (e->type) {
	case YAML_STREAM_END_EVENT:
		return false;
	case YAML_DOCUMENT_START_EVENT:
		return !r->has_root || stop(r, SCOV_E_FORMAT, "a second document");
	case YAML_ALIAS_EVENT:
		return stop(r, SCOV_E_FORMAT, "an alias");
	case YAML_SCALAR_EVENT:
		return scalar(r, e);
	case YAML_SEQUENCE_START_EVENT:
		return begin(r, false, e->data.sequence_start.anchor);
	case YAML_MAPPING_START_EVENT:
		return begin(r, true, e->data.mapping_start.anchor);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return end(r);
	default:
		return true;
	}
}

/* Its own words may quote the text. */
static int refuse(const struct reading *r, size_t line, struct scov_err *err)
{
	if (r->code == SCOV_E_MEMORY)
		return err_memory(err);
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
			stop(r, p->error == YAML_MEMORY_ERROR ? SCOV_E_MEMORY : SCOV_E_FORMAT,
				"bad syntax");
			return refuse(r, p->problem_mark.line + 1, err);
		}
		line = e.start_mark.line + 1;
		goes_on = take(r, &e);
		yaml_event_delete(&e);
	}
	if (r->why)
		return refuse(r, line, err);
	return r->has_root ? 0 : err_fail(err, SCOV_E_FORMAT, "not YAML: empty");
}

int yaml_parse(struct span in, size_t limit, struct arena *a, const struct json **out,
	struct scov_err *err)
{
	struct reading r = { .making = { .arena = a } };
	yaml_parser_t p;
	int code;

	if (in.len > limit)
		return err_fail(
			err, SCOV_E_LIMIT, "YAML too large: %zu bytes (limit %zu)", in.len, limit);
	if (!yaml_parser_initialize(&p))
		return err_memory(err);
	yaml_parser_set_encoding(&p, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&p, in.p, in.len);
	code = read_events(&p, &r, err);
	yaml_parser_delete(&p);
	json_making_release(&r.making);
	struct json *v = code ? NULL : arena_alloc(a, sizeof(*v));

	if (code)
		return code;
	if (!v)
		return arena_check(a, err);
	*v = r.root;
	*out = v;
	return 0;
}
