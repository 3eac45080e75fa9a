/* shell_expand.c - words of a shell made into arguments: braces, variables, splitting.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "recipe/shell_expand.h"

#include <string.h>

#include "base/ascii.h"
#include "base/buf.h"
#include "base/glob.h"

/* The argument that is being put together. */
struct making {
	struct shell_run *r;
	shell_args *out; /* NULL: all is one text */
	struct buf *b;
	struct shell_arg arg;
	bool has_any; /* a quote makes an empty argument one */
};

static void put(struct making *m, struct span s)
{
	buf_span(m->b, s);
	m->has_any = true;
	if (m->b->failed)
		m->r->is_cut = true;
}

static void end_argument(struct making *m)
{
	if (!m->has_any)
		return;
	m->arg.text = arena_dup(m->r->a, buf_view(m->b));
	vec_add(m->out, m->r->a, &m->arg);
	m->b->len = 0;
	m->has_any = false;
	m->arg = (struct shell_arg){ 0 };
}

/* A value in the word: outside of quotes its blanks end the argument. */
static void put_value(struct making *m, const struct shell_data *v, bool is_quoted)
{
	if (v->is_unknown)
		m->arg.is_unknown = true;
	if (v->tag) {
		m->arg.tag = v->tag;
		m->arg.about = v->about;
	}
	if (is_quoted || !m->out || v->is_unknown) {
		put(m, v->text);
		return;
	}
	for (size_t i = 0; i < v->text.len; i++) {
		uint8_t c = span_at(v->text, i);

		if (ascii_is_blank(c) || c == '\n') {
			end_argument(m);
			continue;
		}
		if (c == '*' || c == '?' || c == '[')
			m->arg.is_glob = true;
		put(m, span_sub(v->text, i, 1));
	}
}

/* ---- variables ------------------------------------------------------------------------------- */

static struct shell_data joined_params(struct shell_run *r)
{
	scoped_buf struct buf b = { .limit = SHELL_WORD_MAX };
	struct shell_data v = { 0 };

	for (size_t i = 1; i < r->params_n; i++) {
		buf_str(&b, i > 1 ? " " : "");
		buf_span(&b, r->params[i].text);
		v.is_unknown |= r->params[i].is_unknown;
	}
	v.text = arena_dup(r->a, buf_view(&b));
	return v;
}

/* False: not set. */
static bool get(struct shell_run *r, struct span name, struct shell_data *out)
{
	uint64_t n;
	const struct shell_data *v;

	*out = (struct shell_data){ 0 };
	if (span_eq(name, SPAN("@")) || span_eq(name, SPAN("*"))) {
		*out = joined_params(r);
		return r->params_n > 1;
	}
	if (span_number(name, 10, 1000, &n)) {
		if (n >= r->params_n) /* nobody gives a RUN any */
			return false;
		out->text = r->params[n].text;
		out->is_unknown = r->params[n].is_unknown;
		out->tag = r->params[n].tag;
		out->about = r->params[n].about;
		return true;
	}
	v = shell_get(r, name);
	if (v)
		*out = *v;
	return v != NULL;
}

static struct shell_data as_written(struct shell_run *r, const struct shell_part *part)
{
	return (struct shell_data){ .is_unknown = true,
		.text = span_str(arena_printf(r->a, "${%.*s}", SPAN_ARG(part->text))) };
}

/* The longest or the shortest part at one end that the pattern matches goes. */
static struct span cut(struct span value, struct span pattern, bool at_tail, bool is_long)
{
	for (size_t k = 0; k <= value.len; k++) {
		size_t n = is_long ? value.len - k : k;
		struct span part =
			at_tail ? span_from(value, value.len - n) : span_sub(value, 0, n);

		if (glob_match(pattern, part))
			return at_tail ? span_sub(value, 0, value.len - n) : span_from(value, n);
	}
	return value;
}

enum { PATTERN_VALUE_MAX = 512, PATTERN_MAX = 64, PATTERN_WORK = 20000000 };

/* Only what a glob of ours says in the same way: '*' within a path is any text in a shell. */
static bool pattern_of(struct shell_run *r, struct span s, struct span *out)
{
	scoped_buf struct buf b = { 0 };

	if (s.len > PATTERN_MAX || span_find(s, '[') < s.len || span_find(s, '\\') < s.len ||
		span_has(s, SPAN("?")))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		buf_byte(&b, (char)span_at(s, i));
		if (span_at(s, i) == '*')
			buf_byte(&b, '*');
	}
	*out = arena_dup(r->a, buf_view(&b));
	return true;
}

static struct span replaced(
	struct shell_run *r, struct span value, struct span old, struct span with, bool all)
{
	scoped_buf struct buf b = { .limit = SHELL_WORD_MAX };

	for (size_t at; old.len && (at = span_find_span(value, old)) < value.len;) {
		buf_span(&b, span_sub(value, 0, at));
		buf_span(&b, with);
		value = span_from(value, at + old.len);
		if (!all)
			break;
	}
	buf_span(&b, value);
	return arena_dup(r->a, buf_view(&b));
}

static struct shell_data changed(
	struct shell_run *r, const struct shell_part *part, struct shell_data v)
{
	struct shell_data word = shell_text(r, part->operand);
	struct span pattern, old = { 0 }, with = word.text;

	r->work += (v.text.len + 1) * (v.text.len + 1);
	if (v.is_unknown || word.is_unknown || v.text.len > PATTERN_VALUE_MAX ||
		r->work > PATTERN_WORK)
		return as_written(r, part);
	if (part->op == '/') {
		if (!span_split(&with, '/', &old) || span_find(old, '*') < old.len ||
			span_find(old, '?') < old.len || span_find(old, '[') < old.len ||
			span_at(old, 0) == '#' || span_at(old, 0) == '%')
			return as_written(r, part);
		v.text = replaced(r, v.text, old, with, part->is_long);
	} else if (pattern_of(r, word.text, &pattern)) {
		v.text = cut(v.text, pattern, part->op == '%', part->is_long);
	} else {
		return as_written(r, part);
	}
	return v;
}

static bool is_param(struct span name)
{
	return ascii_is_digit(span_at(name, 0)) || span_at(name, 0) == '@' ||
	       span_at(name, 0) == '*';
}

static struct shell_data variable(struct shell_run *r, const struct shell_part *part)
{
	struct shell_data v;
	bool is_set = get(r, part->text, &v);
	bool is_empty = !is_set || (part->has_colon && !v.text.len);

	switch (part->op) {
	case 0:
		return is_set || is_param(part->text) ? v : as_written(r, part);
	case '-':
	case '=':
		if (is_empty)
			v = shell_text(r, part->operand);
		if (part->op == '=' && is_empty)
			shell_set(r, part->text, v.text, v.is_unknown);
		return v;
	case '+':
		return is_empty ? (struct shell_data){ 0 } : shell_text(r, part->operand);
	case '?':
		return is_set ? v : as_written(r, part);
	case '#':
	case '%':
	case '/':
		return is_set ? changed(r, part, v) : as_written(r, part);
	default:
		return as_written(r, part);
	}
}

/* ---- words ----------------------------------------------------------------------------------- */

static void put_params(struct making *m)
{
	for (size_t i = 1; i < m->r->params_n; i++) {
		if (i > 1)
			end_argument(m);
		put(m, m->r->params[i].text);
		m->arg.is_unknown |= m->r->params[i].is_unknown;
	}
}

static void put_part(struct making *m, const struct shell_part *part)
{
	struct shell_data v;

	if (++m->r->steps > SHELL_STEPS_MAX)
		m->r->is_cut = true;
	if (m->r->is_cut)
		return;
	switch (part->kind) {
	case SHELL_TEXT:
		for (size_t i = 0; !part->is_quoted && i < part->text.len; i++)
			if (strchr("*?[", span_at(part->text, i)))
				m->arg.is_glob = true;
		put(m, part->text);
		return;
	case SHELL_VARIABLE:
		if (m->out && part->is_quoted && !part->op && span_eq(part->text, SPAN("@"))) {
			put_params(m);
			return;
		}
		v = variable(m->r, part);
		break;
	case SHELL_COMMANDS:
	case SHELL_PROCESS:
		v = m->r->walk->capture(m->r, part->commands);
		if (v.is_unknown || part->kind == SHELL_PROCESS)
			v = (struct shell_data){ part->text, true, v.tag, v.about };
		break;
	default:
		v = (struct shell_data){ .text = part->text, .is_unknown = true };
		break;
	}
	if (part->is_quoted)
		m->has_any = true;
	put_value(m, &v, part->is_quoted);
}

static void expand_one(struct shell_run *r, const struct shell_word *w, shell_args *out)
{
	scoped_buf struct buf b = { .limit = SHELL_WORD_MAX };
	struct making m = { .r = r, .out = out, .b = &b };

	for (size_t i = 0; i < w->parts.n; i++)
		put_part(&m, &w->parts.p[i]);
	end_argument(&m);
}

/* ---- braces ---------------------------------------------------------------------------------- */

/* Where in the word a sign is: a part that is text and not quoted, and a byte of it. */
struct spot {
	size_t part, byte;
};

/* From *s on the first byte that is not quoted for which is() holds at brace depth 0. */
static bool find_sign(const struct shell_word *w, struct spot *s, const char *signs)
{
	unsigned open = 0;

	for (; s->part < w->parts.n; s->part++, s->byte = 0) {
		const struct shell_part *p = &w->parts.p[s->part];

		if (p->kind != SHELL_TEXT || p->is_quoted)
			continue;
		for (; s->byte < p->text.len; s->byte++) {
			uint8_t c = span_at(p->text, s->byte);

			if (!open && strchr(signs, c) && c)
				return true;
			open += c == '{';
			open -= c == '}' && open;
		}
	}
	return false;
}

static void copy(struct shell_run *r, const struct shell_word *w, struct spot from, struct spot to,
	struct shell_word *out)
{
	for (size_t i = from.part; i < w->parts.n && i <= to.part; i++) {
		struct shell_part p = w->parts.p[i];

		if (p.kind == SHELL_TEXT && !p.is_quoted) {
			size_t end = i == to.part ? to.byte : p.text.len;
			size_t begin = i == from.part ? from.byte : 0;

			p.text = span_sub(p.text, begin, end > begin ? end - begin : 0);
			if (!p.text.len)
				continue;
		} else if (i == to.part) {
			continue;
		}
		vec_add(&out->parts, r->a, &p);
	}
}

static struct spot after(struct spot s)
{
	return (struct spot){ s.part, s.byte + 1 };
}

/* The word with the first {a,b} in it replaced by each of its alternatives. False: it has none. */
static bool braces(struct shell_run *r, const struct shell_word *w, shell_args *out, size_t *left,
	unsigned depth)
{
	struct spot open = { 0 }, end = { w->parts.n, 0 }, close, comma, from;
	bool has_comma;

	for (;; open = after(open)) {
		if (!find_sign(w, &open, "{"))
			return false;
		close = comma = after(open);
		has_comma = find_sign(w, &comma, ",}") &&
			    span_at(w->parts.p[comma.part].text, comma.byte) == ',';
		if (has_comma && find_sign(w, &close, "}"))
			break;
	}
	if (depth > 8)
		r->is_cut = true;
	for (from = after(open); depth <= 8; from = after(comma)) {
		struct shell_word one = { .is_quoted = w->is_quoted };

		comma = from;
		find_sign(w, &comma, ",}");
		copy(r, w, (struct spot){ 0 }, open, &one);
		copy(r, w, from, comma, &one);
		copy(r, w, after(close), end, &one);
		if (!*left)
			r->is_cut = true;
		else if (!braces(r, &one, out, left, depth + 1)) {
			--*left;
			expand_one(r, &one, out);
		}
		if (!*left || (comma.part == close.part && comma.byte == close.byte))
			break;
	}
	return true;
}

void shell_expand(struct shell_run *r, const struct shell_word *w, shell_args *out)
{
	size_t before = out->n, left = SHELL_BRACES_MAX;
	bool is_one = !braces(r, w, out, &left, 0);

	if (is_one)
		expand_one(r, w, out);
	for (size_t i = before; i < out->n; i++)
		out->p[i].at = out->p[i].end = r->is_derived ? r->base : w->at;
	if (is_one && out->n == before + 1 && shell_is_plain(w) && !r->is_derived)
		out->p[before].end = w->end;
}

struct shell_data shell_text(struct shell_run *r, const struct shell_word *w)
{
	scoped_buf struct buf b = { .limit = SHELL_WORD_MAX };
	struct making m = { .r = r, .b = &b };

	for (size_t i = 0; i < w->parts.n; i++)
		put_part(&m, &w->parts.p[i]);
	return (struct shell_data){ arena_dup(r->a, buf_view(&b)), m.arg.is_unknown, m.arg.tag,
		m.arg.about };
}
