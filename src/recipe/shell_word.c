/* shell_word.c - the words of a shell.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "recipe/shell_word.h"

#include <string.h>

#include "base/ascii.h"
#include "base/buf.h"

bool shell_fail(struct shell_lexer *l, int code, const char *why)
{
	if (!l->failed)
		err_fail(l->err, code, "byte %zu: %s", l->is_derived ? (size_t)l->base : l->off,
			why);
	l->failed = true;
	return false;
}

bool shell_enter(struct shell_lexer *l)
{
	return ++l->depth <= SHELL_DEPTH ||
	       shell_fail(l, SCOV_E_LIMIT, "commands are nested too deep");
}

void shell_leave(struct shell_lexer *l)
{
	l->depth--;
}

bool shell_is_meta(uint8_t c)
{
	return !c || strchr(" \t\n;&|<>()", c);
}

bool shell_is_name(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (span_at(s, i) != '_' && !ascii_is_letter(span_at(s, i)) &&
			(!i || !ascii_is_digit(span_at(s, i))))
			return false;
	return s.len > 0;
}

bool shell_is_plain(const struct shell_word *w)
{
	for (size_t i = 0; i < w->parts.n; i++)
		if (w->parts.p[i].kind != SHELL_TEXT)
			return false;
	return true;
}

struct span shell_plain(const struct shell_word *w, struct arena *a)
{
	scoped_buf struct buf b = { 0 };

	if (w->parts.n == 1 && w->parts.p[0].kind == SHELL_TEXT)
		return w->parts.p[0].text;
	for (size_t i = 0; i < w->parts.n; i++)
		if (w->parts.p[i].kind == SHELL_TEXT)
			buf_span(&b, w->parts.p[i].text);
	return arena_dup(a, buf_view(&b));
}

/* ---- parts ----------------------------------------------------------------------------------- */

static uint8_t peek(const struct shell_lexer *l)
{
	return span_at(l->in, l->off);
}

static uint8_t peek_at(const struct shell_lexer *l, size_t n)
{
	return span_at(l->in, l->off + n);
}

static bool at_end(const struct shell_lexer *l)
{
	return l->off >= l->in.len;
}

static bool add_part(struct shell_lexer *l, struct shell_word *w, const struct shell_part *part)
{
	return vec_add(&w->parts, l->a, part) || shell_fail(l, SCOV_E_LIMIT, "too much");
}

bool shell_add_text(struct shell_lexer *l, struct shell_word *w, struct span text, bool is_quoted)
{
	struct shell_part part = { .kind = SHELL_TEXT, .is_quoted = is_quoted, .text = text };

	return add_part(l, w, &part);
}

/* Text that was collected becomes a part. */
static bool flush(struct shell_lexer *l, struct shell_word *w, struct buf *b, bool is_quoted)
{
	bool good = !b->len || shell_add_text(l, w, arena_dup(l->a, buf_view(b)), is_quoted);

	b->len = 0;
	return good;
}

/* ---- variables and commands ------------------------------------------------------------------ */

static bool quoted(struct shell_lexer *l, struct shell_word *w);
static bool dollar(struct shell_lexer *l, struct shell_word *w, bool is_quoted, struct buf *b);
static bool backquotes(struct shell_lexer *l, struct shell_word *w, bool is_quoted);
static bool single_quote(struct shell_lexer *l, struct shell_word *w);

/* To the closing "))", with brackets in it. */
bool shell_skip_sum(struct shell_lexer *l)
{
	unsigned open = 0;

	for (; !at_end(l); l->off++) {
		if (peek(l) == '(')
			open++;
		else if (peek(l) == ')' && open)
			open--;
		else if (peek(l) == ')' && peek_at(l, 1) == ')')
			return l->off += 2, true;
		else if (peek(l) == ')')
			break;
	}
	return shell_fail(l, SCOV_E_FORMAT, "(( has no ))");
}

/* The word after the operator of ${x-word}, up to the brace that closes it, which is eaten. */
static bool operand(struct shell_lexer *l, struct shell_word *w, bool is_quoted)
{
	scoped_buf struct buf b = { 0 };

	while (!at_end(l) && peek(l) != '}') {
		uint8_t c = peek(l);

		if (c == '\\' && l->off + 1 < l->in.len) {
			if (!flush(l, w, &b, is_quoted))
				return false;
			if (!shell_add_text(l, w, span_sub(l->in, l->off + 1, 1), true))
				return false;
			l->off += 2;
			continue;
		}
		if (c != '$' && c != '`' && c != '"' && (c != '\'' || is_quoted)) {
			buf_byte(&b, (char)c);
			l->off++;
			continue;
		}
		if (!flush(l, w, &b, is_quoted) || !(c == '$'         ? dollar(l, w, is_quoted, &b)
							   : c == '`' ? backquotes(l, w, is_quoted)
							   : c == '"' ? quoted(l, w)
								      : single_quote(l, w)))
			return false;
	}
	if (at_end(l))
		return shell_fail(l, SCOV_E_FORMAT, "'${' has no '}'");
	l->off++;
	return flush(l, w, &b, is_quoted);
}

static struct span take_name(struct shell_lexer *l)
{
	size_t from = l->off;

	if (ascii_is_digit(peek(l)))
		while (ascii_is_digit(peek(l)))
			l->off++;
	else if (peek(l) && strchr("@*#?-$!", peek(l)))
		l->off++;
	else
		while (ascii_is_alnum(peek(l)) || peek(l) == '_')
			l->off++;
	return span_sub(l->in, from, l->off - from);
}

static bool braced(struct shell_lexer *l, struct shell_part *part)
{
	uint8_t c;

	if ((peek(l) == '#' || peek(l) == '!') && peek_at(l, 1) != '}' &&
		!strchr(":-+=?", peek_at(l, 1))) {
		part->op = '!';
		l->off++;
	}
	part->text = take_name(l);
	if (peek(l) == '[') { /* an array's member */
		part->op = '!';
		while (!at_end(l) && peek(l) != ']')
			l->off++;
		l->off++;
	}
	if (peek(l) == '}')
		return l->off++, true;
	part->has_colon = peek(l) == ':';
	l->off += part->has_colon;
	c = peek(l);
	if (!part->op && c && strchr("-=?+", c)) {
		part->op = c;
		l->off++;
	} else if (!part->op && !part->has_colon && c && strchr("#%/", c)) {
		part->op = c;
		l->off++;
		part->is_long = peek(l) == c;
		l->off += part->is_long;
	} else if (!part->text.len) {
		return shell_fail(l, SCOV_E_FORMAT, "bad substitution");
	} else {
		part->op = '!';
	}
	part->operand = arena_alloc(l->a, sizeof(*part->operand));
	if (!part->operand)
		return shell_fail(l, SCOV_E_LIMIT, "too much");
	return shell_enter(l) && operand(l, part->operand, part->is_quoted) &&
	       (shell_leave(l), true);
}

static bool commands(struct shell_lexer *l, struct shell_word *w, bool is_quoted, uint8_t kind)
{
	struct shell_part part = { .kind = kind, .is_quoted = is_quoted };
	size_t from = l->off;
	bool was_in = l->in_backquotes;

	l->in_backquotes = false;
	part.commands = l->commands(l, &l->off, ')');
	l->in_backquotes = was_in;
	part.text = span_sub(l->in, from - 2, l->off - from + 2);
	return part.commands && add_part(l, w, &part);
}

/* $x, ${x}, $(...), $((...)); a dollar alone is text. */
static bool dollar(struct shell_lexer *l, struct shell_word *w, bool is_quoted, struct buf *b)
{
	struct shell_part part = { .kind = SHELL_VARIABLE, .is_quoted = is_quoted };
	size_t from = l->off++;

	if (peek(l) == '(' && peek_at(l, 1) == '(') {
		struct shell_lexer before = *l;

		l->off += 2;
		part.kind = SHELL_NUMBER;
		if (shell_skip_sum(l)) {
			part.text = span_sub(l->in, from, l->off - from);
			return add_part(l, w, &part);
		}
		*l = before; /* $( (a); b ) */
	}
	if (peek(l) == '(')
		return l->off++, commands(l, w, is_quoted, SHELL_COMMANDS);
	if (peek(l) == '{') {
		l->off++;
		return braced(l, &part) && add_part(l, w, &part);
	}
	part.text = take_name(l);
	if (part.text.len)
		return add_part(l, w, &part);
	buf_byte(b, '$');
	return true;
}

/* `...`: the text in it without its escapes is read as commands. */
static bool backquotes(struct shell_lexer *l, struct shell_word *w, bool is_quoted)
{
	struct shell_part part = { .kind = SHELL_COMMANDS, .is_quoted = is_quoted };
	struct shell_lexer inner = *l;
	scoped_buf struct buf b = { 0 };
	size_t from = l->off++, at = 0;

	for (; !at_end(l) && peek(l) != '`'; l->off++) {
		if (peek(l) == '\\' && peek_at(l, 1) &&
			strchr(is_quoted ? "$`\\\"" : "$`\\", peek_at(l, 1)))
			l->off++;
		buf_byte(&b, (char)peek(l));
	}
	if (at_end(l))
		return shell_fail(l, SCOV_E_FORMAT, "'`' has no end");
	l->off++;
	inner.in = arena_dup(l->a, buf_view(&b));
	if (!inner.is_derived)
		inner.base = (uint32_t)from;
	inner.is_derived = true;
	if (!shell_enter(&inner))
		return l->failed = true, false;
	part.commands = inner.commands(&inner, &at, 0);
	l->failed = inner.failed;
	if (part.commands && at < inner.in.len)
		return shell_fail(l, SCOV_E_FORMAT, "commands in backquotes do not end");
	part.text = span_sub(l->in, from, l->off - from);
	return part.commands && add_part(l, w, &part);
}

/* ---- quotes ---------------------------------------------------------------------------------- */

static bool single_quote(struct shell_lexer *l, struct shell_word *w)
{
	struct span rest = span_from(l->in, l->off + 1);
	size_t n = span_find(rest, '\'');

	if (n == rest.len)
		return shell_fail(l, SCOV_E_FORMAT, "a single quote has no end");
	l->off += n + 2;
	w->is_quoted = true;
	return shell_add_text(l, w, span_sub(rest, 0, n), true);
}

/* $'...' of bash. */
static bool escapes(struct shell_lexer *l, struct shell_word *w)
{
	static const char from[] = "ntrabfve", to[] = "\n\t\r\a\b\f\v\033";
	scoped_buf struct buf b = { 0 };

	for (l->off += 2; !at_end(l) && peek(l) != '\''; l->off++) {
		const char *c;

		if (peek(l) != '\\') {
			buf_byte(&b, (char)peek(l));
			continue;
		}
		l->off++;
		c = peek(l) ? strchr(from, peek(l)) : NULL;
		if (peek(l) == 'x' && ascii_is_hex(peek_at(l, 1))) {
			int v = ascii_hex(peek_at(l, 1));

			l->off++;
			if (ascii_is_hex(peek_at(l, 1))) {
				v = v * 16 + ascii_hex(peek_at(l, 1));
				l->off++;
			}
			buf_byte(&b, (char)v);
		} else if (c) {
			buf_byte(&b, to[c - from]);
		} else {
			if (!peek(l) || !strchr("'\"\\?", peek(l)))
				buf_byte(&b, '\\');
			buf_byte(&b, (char)peek(l));
		}
	}
	if (at_end(l))
		return shell_fail(l, SCOV_E_FORMAT, "a quote has no end");
	l->off++;
	w->is_quoted = true;
	return shell_add_text(l, w, arena_dup(l->a, buf_view(&b)), true);
}

/* Text with variables and commands up to `end`, which is not eaten; 0: all. */
static bool soft(struct shell_lexer *l, struct shell_word *w, uint8_t end)
{
	scoped_buf struct buf b = { 0 };

	while (!at_end(l) && (!end || peek(l) != end)) {
		uint8_t c = peek(l), next = peek_at(l, 1);

		if (c == '\\' && next == '\n') {
			l->off += 2;
		} else if (c == '\\' && next && strchr(end ? "$`\"\\" : "$`\\", next)) {
			buf_byte(&b, (char)next);
			l->off += 2;
		} else if (c == '$' || c == '`') {
			if (!flush(l, w, &b, true) ||
				!(c == '$' ? dollar(l, w, true, &b) : backquotes(l, w, true)))
				return false;
		} else {
			buf_byte(&b, (char)c);
			l->off++;
		}
	}
	return flush(l, w, &b, true);
}

static bool quoted(struct shell_lexer *l, struct shell_word *w)
{
	size_t parts = w->parts.n;

	l->off++;
	w->is_quoted = true;
	if (!soft(l, w, '"'))
		return false;
	if (at_end(l))
		return shell_fail(l, SCOV_E_FORMAT, "a double quote has no end");
	l->off++;
	return w->parts.n > parts || shell_add_text(l, w, SPAN(""), true);
}

bool shell_document(struct shell_lexer *l, struct span text, struct shell_word *out)
{
	struct shell_lexer inner = *l;

	inner.in = text;
	inner.off = 0;
	if (!inner.is_derived)
		inner.base = (uint32_t)l->off;
	inner.is_derived = true;
	if (!shell_enter(&inner))
		return false;
	bool good = soft(&inner, out, 0);

	l->failed = inner.failed;
	return good;
}

/* ---- words ----------------------------------------------------------------------------------- */

/* One step of a word that is not text. */
static bool special(struct shell_lexer *l, struct shell_word *w, struct buf *b)
{
	uint8_t c = peek(l), next = peek_at(l, 1);

	if (c == '\\') {
		if (next == '\n') {
			l->off += 2;
			return true;
		}
		w->is_quoted = true;
		if (!flush(l, w, b, false) ||
			!shell_add_text(l, w, span_sub(l->in, l->off + 1, 1), true))
			return false;
		l->off += l->off + 1 < l->in.len ? 2 : 1;
		return true;
	}
	if (!flush(l, w, b, false))
		return false;
	if (c == '\'')
		return single_quote(l, w);
	if (c == '"')
		return quoted(l, w);
	if (c == '`')
		return backquotes(l, w, false);
	if (c == '$' && next == '\'')
		return escapes(l, w);
	if (c == '$' && next == '"')
		return l->off++, quoted(l, w);
	return dollar(l, w, false, b);
}

static void place(struct shell_lexer *l, struct shell_word *w, size_t from)
{
	w->at = l->is_derived ? l->base : (uint32_t)from;
	w->end = l->is_derived ? l->base : (uint32_t)l->off;
}

bool shell_take_word(struct shell_lexer *l, struct shell_word *out)
{
	scoped_buf struct buf b = { 0 };
	size_t from = l->off;

	*out = (struct shell_word){ 0 };
	while (!at_end(l)) {
		uint8_t c = peek(l);

		if (c == '`' && l->in_backquotes)
			break;
		if ((c == '<' || c == '>') && peek_at(l, 1) == '(') {
			l->off += 2;
			if (!flush(l, out, &b, false) || !commands(l, out, false, SHELL_PROCESS))
				return false;
			continue;
		}
		if (shell_is_meta(c) || (c == '\r' && peek_at(l, 1) == '\n'))
			break;
		if (strchr("\\'\"`$", c)) {
			if (!special(l, out, &b))
				return false;
			continue;
		}
		buf_byte(&b, (char)c);
		l->off++;
	}
	place(l, out, from);
	return flush(l, out, &b, false);
}

bool shell_take_test_word(struct shell_lexer *l, struct shell_word *out)
{
	scoped_buf struct buf b = { 0 };
	size_t from = l->off, sign = 0;

	*out = (struct shell_word){ 0 };
	if ((peek(l) == '&' || peek(l) == '|') && peek_at(l, 1) == peek(l))
		sign = 2;
	else if (peek(l) == '(' || peek(l) == ')' || peek(l) == '<' || peek(l) == '>')
		sign = 1;
	if (sign) {
		l->off += sign;
		place(l, out, from);
		return shell_add_text(l, out, span_sub(l->in, from, sign), false);
	}
	while (!at_end(l) && !ascii_is_space(peek(l))) {
		if (strchr("\\'\"`$", peek(l))) {
			if (!special(l, out, &b))
				return false;
			continue;
		}
		buf_byte(&b, (char)peek(l));
		l->off++;
	}
	place(l, out, from);
	return flush(l, out, &b, false);
}
