/* dockerfile.c - the images that a Dockerfile names.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "recipe/dockerfile.h"

#include "base/ascii.h"
#include "recipe/expand.h"
#include "recipe/pin/parts.h"

struct global {                  /* an ARG before the first FROM */
	struct span name, value; /* as written */
	bool has_value, is_done; /* its value was looked at as an image */
	size_t from;             /* of the value in the file, without its quotes */
	bool has_place;
	uint32_t line;
};

struct reading {
	struct pin_finding *f;
	struct dockerfile d;
	VEC(struct global) globals;
	VEC(struct span) stages;
	struct expand expand;
};

static const char moved[] = "it is not in one piece in the file";

/* Where a part of an instruction's text is in the file; false: not as one piece. */
static bool place(const struct reading *r, const struct instruction *i, size_t at, struct span text,
	size_t *from)
{
	if (!text.len || at + text.len > i->text.text.len)
		return false;
	*from = recipe_text_at(&i->text, at);
	return span_eq(span_sub(r->f->file, *from, text.len), text);
}

/* The part of a word, which has it at `skip`. */
static bool place_word(const struct reading *r, const struct instruction *i,
	const struct recipe_word *w, size_t skip, struct span text, size_t *from)
{
	return w->at != w->end && place(r, i, w->at + skip, text, from);
}

static struct span unquoted(struct span s)
{
	uint8_t q = span_at(s, 0);

	return s.len >= 2 && (q == '"' || q == '\'') && span_at(s, s.len - 1) == q
		       ? span_sub(s, 1, s.len - 2)
		       : s;
}

static bool is_stage(const struct reading *r, struct span name)
{
	uint64_t number;

	if (span_eq_nocase(name, SPAN("scratch")) ||
		(span_number(name, 10, UINT32_MAX, &number) && number < r->stages.n))
		return true;
	for (size_t i = 0; i < r->stages.n; i++)
		if (r->stages.p[i].len && span_eq_nocase(r->stages.p[i], name))
			return true;
	return false;
}

/* The last of that name. */
static struct global *global_of(const struct reading *r, struct span name)
{
	for (size_t i = r->globals.n; i-- > 0;)
		if (span_eq(r->globals.p[i].name, name))
			return &r->globals.p[i];
	return NULL;
}

static bool get(void *ctx, struct span name, struct expand_value *out)
{
	const struct global *g = global_of(ctx, name);

	if (!g || !g->has_value)
		return false;
	out->text = unquoted(g->value);
	return true;
}

static void add_global(struct reading *r, const struct instruction *i)
{
	for (size_t k = 0; k < i->pairs.n; k++) {
		const struct recipe_pair *p = &i->pairs.p[k];
		struct global g = {
			.name = p->name.text,
			.value = p->value.text,
			.has_value = p->has_value,
			.line = i->line,
		};
		struct span bare = unquoted(g.value);

		if (g.has_value)
			g.has_place = place_word(
				r, i, &p->value, bare.len == g.value.len ? 0 : 1, bare, &g.from);
		vec_add(&r->globals, r->f->a, &g);
	}
}

/* The name in "$NAME" and "${NAME}", the whole; empty: it is something else. */
static struct span variable_of(struct span s)
{
	struct span name = span_from(s, 1);

	if (span_at(s, 0) != '$')
		return (struct span){ 0 };
	if (span_at(name, 0) == '{' && span_at(name, name.len - 1) == '}')
		name = span_sub(name, 1, name.len - 2);
	for (size_t i = 0; i < name.len; i++)
		if (!ascii_is_alnum(span_at(name, i)) && span_at(name, i) != '_')
			return (struct span){ 0 };
	return name;
}

/* The variable is a piece of the text: "${NAME}-slim". */
static bool has_piece(struct span text, struct span name)
{
	text = unquoted(text);
	if (span_eq(variable_of(text), name))
		return false;
	for (size_t at = span_find(text, '$'); at < text.len;) {
		struct span rest = span_from(text, at + 1);

		rest = span_from(rest, span_at(rest, 0) == '{');
		uint8_t next = span_at(rest, name.len);

		if (span_starts(rest, name) && !ascii_is_alnum(next) && next != '_')
			return true;
		at += 1 + span_find(span_from(text, at + 1), '$');
	}
	return false;
}

/* Some FROM, or the default of another ARG, makes a longer name of it. */
static bool is_a_piece(const struct reading *r, struct span name)
{
	for (size_t i = 0; i < r->d.list.n; i++) {
		const struct instruction *one = &r->d.list.p[i];

		if (one->kind == INSTRUCTION_FROM && one->words.n &&
			has_piece(one->words.p[0].text, name))
			return true;
	}
	for (size_t i = 0; i < r->globals.n; i++)
		if (r->globals.p[i].has_value && has_piece(r->globals.p[i].value, name))
			return true;
	return false;
}

/* A name with variables: what it comes to is pinned, or an ARG's default is the whole name. */
static void add_variable(struct reading *r, const struct instruction *i, struct span text)
{
	struct global *g = global_of(r, variable_of(text));
	struct scov_err err;
	struct span all;
	struct pin_name n;

	if (!expand_word(&r->expand, text, r->f->a, &all, &err) && !r->expand.is_unset) {
		if (is_stage(r, all))
			return;
		if (pin_name_parse(all, &n) && recipe_is_digest(n.digest) &&
			(!g || !g->has_place)) {
			struct pin_spot s = { .line = i->line, .image = text, .digest = n.digest };

			pin_add(r->f, &s);
			return;
		}
	}
	if (!g || !g->has_value || pin_is_variable(g->value) || !g->has_place) {
		pin_add_name(r->f, i->line, text, 0,
			!g || !g->has_value ? "a variable is in it: write the digest by hand, or "
					      "give the whole name as the default of an ARG"
					    : "the default of its ARG is not a plain name");
		return;
	}
	if (!g->is_done)
		pin_add_name(r->f, g->line, unquoted(g->value), g->from,
			is_a_piece(r, g->name) ? "another image's name is made of it" : NULL);
	g->is_done = true;
}

static void add_from(struct reading *r, const struct instruction *i)
{
	if (!i->words.n)
		return;
	const struct recipe_word *w = &i->words.p[0];
	struct span bare = unquoted(w->text), stage = { 0 };
	size_t from = 0;

	if (i->words.n == 3)
		stage = i->words.p[2].text;
	if (span_find(bare, '$') < bare.len) {
		add_variable(r, i, bare);
	} else if (!is_stage(r, bare)) {
		bool has = place_word(r, i, w, bare.len == w->text.len ? 0 : 1, bare, &from);

		pin_add_name(r->f, i->line, bare, from, has ? NULL : moved);
	}
	vec_add(&r->stages, r->f->a, &stage);
}

/* The name at `skip` of a flag. */
static void add_flag(struct reading *r, const struct instruction *i, const struct recipe_word *w,
	size_t skip, struct span name)
{
	size_t from = 0;

	if (!name.len || is_stage(r, name))
		return;
	bool has = place_word(r, i, w, skip, name, &from);

	pin_add_name(r->f, i->line, name, from, has ? NULL : moved);
}

/* The fields of --mount=type=bind,from=alpine:3 */
static void add_mount(struct reading *r, const struct instruction *i, const struct recipe_word *w)
{
	struct span rest = span_from(w->text, sizeof("--mount=") - 1), field;
	bool is_quoted = span_find(rest, '"') < rest.len;

	while (span_split(&rest, ',', &field)) {
		if (span_at(field, 0) == '"')
			field = span_from(field, 1);
		if (span_ends(field, SPAN("\"")))
			field.len--;
		if (!span_starts(field, SPAN("from=")))
			continue;
		field = span_from(field, 5);
		if (is_quoted && !is_stage(r, field))
			pin_add_name(r->f, i->line, field, 0, "the mount has quotes");
		else if (!is_quoted)
			add_flag(r, i, w, (size_t)(field.p - w->text.p), field);
	}
}

static void add_instruction(struct reading *r, const struct instruction *i)
{
	struct span head = SPAN("--from=");

	if (i->kind == INSTRUCTION_ONBUILD && i->trigger)
		i = i->trigger;
	if (i->kind == INSTRUCTION_FROM)
		add_from(r, i);
	if (i->kind == INSTRUCTION_ARG && !r->stages.n)
		add_global(r, i);
	for (size_t k = 0; k < i->flags.n; k++) {
		const struct recipe_word *w = &i->flags.p[k];

		if (i->kind == INSTRUCTION_COPY && span_starts(w->text, head))
			add_flag(r, i, w, head.len, span_from(w->text, head.len));
		if (i->kind == INSTRUCTION_RUN && span_starts(w->text, SPAN("--mount=")))
			add_mount(r, i, w);
	}
}

int pin_find_dockerfile(struct pin_finding *f, struct scov_err *err)
{
	struct reading r = { .f = f };

	if (dockerfile_parse(f->file, f->a, &r.d, err))
		return err->code;
	r.expand = (struct expand){ .escape = r.d.escape, .get = get, .ctx = &r };
	if (r.d.syntax.len)
		pin_add_name(
			f, r.d.syntax_line, r.d.syntax, (size_t)(r.d.syntax.p - f->file.p), NULL);
	for (size_t i = 0; i < r.d.list.n; i++)
		add_instruction(&r, &r.d.list.p[i]);
	return arena_check(f->a, err);
}
