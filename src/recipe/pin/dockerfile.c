/* dockerfile.c - the images that a Dockerfile names: those that its judge finds.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "recipe/dockerfile.h"

#include "base/ascii.h"
#include "recipe/pin/parts.h"

struct reading {
	struct pin_finding *f;
	struct dockerfile d;
	struct recipe recipe;
};

static const char moved[] = "it is not in one piece in the file",
		  variable[] = "a variable is in it: write the digest by hand, or give the whole "
			       "name as the default of an ARG",
		  piece[] = "another image's name is made of it";

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
	bool is_global = true;

	for (size_t i = 0; i < r->d.list.n; i++) {
		const struct instruction *one = &r->d.list.p[i];

		is_global = is_global && one->kind != INSTRUCTION_FROM;
		for (size_t k = 0; is_global && k < one->pairs.n; k++)
			if (one->kind == INSTRUCTION_ARG &&
				has_piece(one->pairs.p[k].value.text, name))
				return true;
	}
	for (size_t i = 0; i < r->recipe.findings.n; i++)
		if (has_piece(r->recipe.findings.p[i].written, name))
			return true;
	return false;
}

static uint32_t line_of(struct span file, size_t at)
{
	uint32_t line = 1;

	for (size_t i = 0; i < at; i++)
		line += span_at(file, i) == '\n';
	return line;
}

static void add_image(struct reading *r, const struct recipe_finding *i)
{
	bool is_variable = span_find(i->written, '$') < i->written.len;
	struct pin_name n;

	if (i->from < i->to && is_variable && span_find(i->what, '$') == i->what.len)
		pin_add_name(r->f, line_of(r->f->file, i->from), i->what, i->from,
			is_a_piece(r, variable_of(i->written)) ? piece : NULL);
	else if (i->from < i->to)
		pin_add_name(r->f, i->line, i->written, i->from, NULL);
	else if (is_variable && i->state == RECIPE_FIXED && pin_name_parse(i->what, &n))
		pin_add(r->f, &(struct pin_spot){
				      .line = i->line, .image = i->written, .digest = n.digest });
	else
		pin_add_name(r->f, i->line, i->written, 0, is_variable ? variable : moved);
}

int pin_find_dockerfile(struct pin_finding *f, struct scov_err *err)
{
	struct recipe_input in = { .text = f->file };
	struct reading r = { .f = f };

	if (dockerfile_parse(f->file, f->a, &r.d, err) || recipe_read(&in, f->a, &r.recipe, err))
		return err->code;
	f->is_full = r.recipe.is_full;
	for (size_t i = 0; i < r.recipe.findings.n; i++) {
		const struct recipe_finding *one = &r.recipe.findings.p[i];
		bool is_again = false;

		if (one->kind != RECIPE_IMAGE)
			continue;
		/* a default that several FROM take is one place */
		for (size_t k = 0; k < i && one->from < one->to && !is_again; k++)
			is_again = r.recipe.findings.p[k].from == one->from;
		if (!is_again)
			add_image(&r, one);
	}
	return arena_check(f->a, err);
}
