/* expand.c - variables and quotes in the words of instructions.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "recipe/expand.h"

#include "base/ascii.h"
#include "base/buf.h"
#include "recipe/blank.h"
#include "syntax/utf8.h"

struct lexer {
	struct expand *e;
	struct span in;
	size_t off;
	unsigned depth;
	struct arena *a;
	struct scov_err *err;
	expand_words *words; /* NULL: they are not asked for */
	struct buf *word;    /* the one that is being read */
	bool in_word;
	bool failed;
};

static bool fail(struct lexer *l, int code, const char *why)
{
	if (!l->failed)
		err_fail(l->err, code, "%s", why);
	l->failed = true;
	return false;
}

static uint8_t peek(const struct lexer *l)
{
	return span_at(l->in, l->off);
}

static bool at_end(const struct lexer *l)
{
	return l->off >= l->in.len;
}

/* ---- words ----------------------------------------------------------------------------------- */

static void end_word(struct lexer *l)
{
	struct span text = l->word->len ? arena_dup(l->a, buf_view(l->word)) : (struct span){ 0 };

	if (text.len)
		vec_add(l->words, l->a, &text);
	l->word->len = 0;
	l->in_word = false;
}

static void add_raw(struct lexer *l, struct span s)
{
	if (!l->words)
		return;
	buf_span(l->word, s);
	l->in_word = true;
}

/* A blank ends the word. */
static void add_split(struct lexer *l, struct span s)
{
	for (size_t i = 0; l->words && i < s.len;) {
		size_t blank = recipe_blank(s, i);

		if (blank && l->in_word && l->word->len)
			end_word(l);
		else if (!blank)
			add_raw(l, span_sub(s, i, 1));
		i += blank ? blank : 1;
	}
}

/* ---- patterns -------------------------------------------------------------------------------- */

enum { ANY_TEXT = 0x110000, ANY_ONE, PATTERN_END };

/* Characters as numbers, so that a pattern and its value can be read backwards. */
struct characters {
	uint32_t *p;
	size_t n;
};

static bool to_characters(struct lexer *l, struct span s, struct characters *out)
{
	out->p = arena_array(l->a, s.len + 1, sizeof(*out->p));
	out->n = 0;
	for (size_t i = 0, step; out->p && i < s.len; i += step) {
		step = utf8_step(s, i, &out->p[out->n]);
		if (!step) {
			out->p[out->n] = span_at(s, i);
			step = 1;
		}
		out->n++;
	}
	return out->p != NULL;
}

static bool to_pattern(struct lexer *l, struct span s, struct characters *out)
{
	struct characters from;
	size_t n = 0;

	if (!to_characters(l, s, &from))
		return false;
	for (size_t i = 0; i < from.n; i++) {
		uint32_t c = from.p[i];

		if (c == '\\') {
			uint32_t next = i + 1 < from.n ? from.p[i + 1] : 0;

			if (next == '}' || next == '/')
				continue;
			if (next != '*' && next != '?' && next != '\\')
				return fail(l, SCOV_E_FORMAT, "invalid escape in a pattern");
			c = next;
			i++;
		} else if (c == '*' || c == '?') {
			c = c == '*' ? ANY_TEXT : ANY_ONE;
		}
		from.p[n++] = c;
	}
	*out = (struct characters){ from.p, n };
	return true;
}

static void reverse(struct characters *c)
{
	for (size_t i = 0; i < c->n / 2; i++) {
		uint32_t swap = c->p[i];

		c->p[i] = c->p[c->n - 1 - i];
		c->p[c->n - 1 - i] = swap;
	}
}

/* The piece of the pattern without stars that begins at `from` is at `at` of the value. */
static bool piece_at(struct expand *e, const struct characters *p, size_t from, size_t to,
	const struct characters *v, size_t at)
{
	if (to - from > v->n - at)
		return false;
	for (size_t i = from; i < to; i++) {
		e->steps++;
		if (p->p[i] != v->p[at + i - from] && p->p[i] != ANY_ONE)
			return false;
	}
	return true;
}

static size_t piece_end(const struct characters *p, size_t from)
{
	while (from < p->n && p->p[from] != ANY_TEXT)
		from++;
	return from;
}

/* The end of the shortest or the longest match that begins at `at`; SIZE_MAX: none. Each piece
 * between stars goes where it fits first; the last of a longest one where it fits last. */
static size_t match(struct expand *e, const struct characters *p, const struct characters *v,
	size_t at, bool is_greedy)
{
	size_t from = 0, to = piece_end(p, 0);

	if (!piece_at(e, p, from, to, v, at))
		return SIZE_MAX;
	at += to - from;
	while (to < p->n) {
		from = to + 1;
		to = piece_end(p, from);

		size_t len = to - from;
		bool is_last = to == p->n && is_greedy;
		size_t k = is_last ? v->n + 1 : at;

		if (is_last && v->n - at < len)
			return SIZE_MAX;
		if (is_last) {
			for (k = v->n - len; k > at && !piece_at(e, p, from, to, v, k);)
				k--;
		} else {
			while (k + len <= v->n && !piece_at(e, p, from, to, v, k))
				k++;
		}
		if (k + len > v->n || !piece_at(e, p, from, to, v, k))
			return SIZE_MAX;
		at = k + len;
	}
	return at;
}

static struct span to_text(struct lexer *l, const struct characters *c, size_t from, size_t to)
{
	scoped_buf struct buf b = { 0 };

	for (size_t i = from; i < to; i++) {
		uint8_t bytes[4];

		buf_bytes(&b, bytes, utf8_put(c->p[i], bytes));
	}
	return arena_dup(l->a, buf_view(&b));
}

/* What a pattern is tried on: not long, and one line, where "any" is any. */
static bool may_match(struct lexer *l, struct span value)
{
	if (value.len <= EXPAND_PATTERN_MAX && span_find(value, '\n') == value.len &&
		l->e->steps < EXPAND_STEPS)
		return true;
	l->e->is_unknown = true;
	return false;
}

static struct span cut(struct lexer *l, struct span pattern, struct span value, bool at_tail)
{
	struct characters p, v;
	bool is_greedy = span_at(pattern, 0) == (at_tail ? '%' : '#');

	if (is_greedy)
		pattern = span_from(pattern, 1);
	if (!to_pattern(l, pattern, &p) || !may_match(l, value) || !to_characters(l, value, &v))
		return value;
	if (at_tail) {
		reverse(&p);
		reverse(&v);
	}
	size_t end = match(l->e, &p, &v, 0, is_greedy);

	if (end == SIZE_MAX)
		return value;
	if (!at_tail)
		return to_text(l, &v, end, v.n);
	reverse(&v);
	return to_text(l, &v, 0, v.n - end);
}

static struct span replace(
	struct lexer *l, struct span pattern, struct span value, struct span with, bool all)
{
	struct characters p, v;
	scoped_buf struct buf b = { .limit = EXPAND_MAX };

	if (!to_pattern(l, pattern, &p) || !may_match(l, value) || !to_characters(l, value, &v))
		return value;
	if (all && span_find(with, '$') < with.len) { /* Go would put parts of the match in */
		l->e->is_unknown = true;
		return value;
	}
	for (size_t i = 0, done = 0; i <= v.n; i++) {
		size_t end = match(l->e, &p, &v, i, true);

		if (end == SIZE_MAX || done) {
			if (i < v.n)
				buf_span(&b, to_text(l, &v, i, i + 1));
			continue;
		}
		buf_span(&b, with);
		if (end == i && i < v.n)
			buf_span(&b, to_text(l, &v, i, i + 1));
		i = end > i ? end - 1 : i;
		done = !all || end == v.n;
	}
	return b.failed ? value : arena_dup(l->a, buf_view(&b));
}

/* ---- variables ------------------------------------------------------------------------------- */

static bool stop_on(struct lexer *l, uint8_t stop, bool raw_escapes, bool doubles, struct buf *out);

/* Letters of all scripts are letters here; what is not ASCII is taken for one. */
static bool is_name_byte(uint8_t c)
{
	return ascii_is_alnum(c) || c == '_' || c >= 0x80;
}

/* A name, digits, or one of the special ones. */
static struct span take_name(struct lexer *l)
{
	size_t from = l->off;
	uint8_t c = peek(l);

	if (ascii_is_digit(c)) {
		while (ascii_is_digit(peek(l)))
			l->off++;
	} else if (c && strchr("@*#?-$!", c)) {
		l->off++;
	} else {
		while (is_name_byte(peek(l)))
			l->off++;
	}
	return span_sub(l->in, from, l->off - from);
}

static bool get(struct lexer *l, struct span name, struct expand_value *out)
{
	*out = (struct expand_value){ 0 };
	return l->e->get && l->e->get(l->e->ctx, name, out);
}

/* It goes in as it is. */
static struct span value_of(
	struct lexer *l, struct span name, const struct expand_value *v, bool is_set)
{
	if (is_set && v->is_unknown)
		l->e->is_unknown = true;
	if (!is_set && !l->e->is_unset) {
		l->e->is_unset = true;
		l->e->unset = name;
	}
	return is_set ? v->text : (struct span){ 0 };
}

/* What follows the name, up to the brace: an operator and its word. */
struct modifier {
	uint8_t op;
	bool has_colon, is_all;
	struct span word, with;
};

static struct span modified(struct lexer *l, struct span name, const struct modifier *m)
{
	struct expand_value v;
	bool is_set = get(l, name, &v), is_empty = !is_set || (m->has_colon && !v.text.len);

	if (!is_set && l->e->keep_unset) {
		const char *text =
			m->op == '/' ? arena_printf(l->a, "${%.*s/%.*s/%.*s}", SPAN_ARG(name),
					       SPAN_ARG(m->word), SPAN_ARG(m->with))
				     : arena_printf(l->a, "${%.*s%s%c%.*s}", SPAN_ARG(name),
					       m->has_colon ? ":" : "", m->op, SPAN_ARG(m->word));
		return span_str(text);
	}
	switch (m->op) {
	case '-':
		return is_empty ? m->word : value_of(l, name, &v, is_set);
	case '+':
		return is_empty ? (struct span){ 0 } : m->word;
	case '?':
		if (is_empty && !v.is_unknown)
			fail(l, SCOV_E_FORMAT, "a variable is not set that has to be");
		return value_of(l, name, &v, is_set);
	case '/':
		v.text = value_of(l, name, &v, is_set);
		return replace(l, m->word, v.text, m->with, m->is_all);
	default:
		v.text = value_of(l, name, &v, is_set);
		return cut(l, m->word, v.text, m->op == '%');
	}
}

static bool operand(struct lexer *l, uint8_t stop, bool raw, bool doubles, struct span *out)
{
	scoped_buf struct buf b = { .limit = EXPAND_MAX };

	if (++l->depth > EXPAND_DEPTH)
		return fail(l, SCOV_E_LIMIT, "variables are nested too deep");
	if (!stop_on(l, stop, raw, doubles, &b))
		return false;
	l->depth--;
	*out = arena_dup(l->a, buf_view(&b));
	return true;
}

static bool braced(struct lexer *l, struct span *out)
{
	struct modifier m = { 0 };
	uint8_t c = peek(l);

	if (at_end(l) || c == '{' || c == '}' || c == ':')
		return fail(l, SCOV_E_FORMAT, at_end(l) ? "missing '}'" : "bad substitution");
	struct span name = take_name(l);

	m.op = peek(l);
	l->off++;
	if (m.op == '}') {
		struct expand_value v;
		bool is_set = get(l, name, &v);

		*out = !is_set && l->e->keep_unset
			       ? span_str(arena_printf(l->a, "${%.*s}", SPAN_ARG(name)))
			       : value_of(l, name, &v, is_set);
		return true;
	}
	if (m.op == ':') {
		m.has_colon = true;
		m.op = peek(l);
		l->off++;
	}
	if (m.op == '/' && !m.has_colon) {
		m.is_all = peek(l) == '/';
		l->off += m.is_all;
		if (!operand(l, '/', true, true, &m.word) || !operand(l, '}', true, false, &m.with))
			return false;
	} else if (m.op && strchr(m.has_colon ? "+-?" : "+-?#%", m.op)) {
		bool is_pattern = m.op == '#' || m.op == '%';

		if (!operand(l, '}', is_pattern, is_pattern, &m.word))
			return false;
	} else {
		return fail(l, SCOV_E_FORMAT, "unsupported modifier in a substitution");
	}
	*out = modified(l, name, &m);
	return !l->failed;
}

static bool dollar(struct lexer *l, struct span *out)
{
	l->off++;
	if (peek(l) == '{') {
		l->off++;
		return braced(l, out);
	}
	size_t from = l->off - 1;
	struct span name = take_name(l);
	struct expand_value v;

	if (!name.len) {
		*out = SPAN("$");
		return true;
	}
	bool is_set = get(l, name, &v);

	*out = !is_set && l->e->keep_unset ? span_sub(l->in, from, l->off - from)
					   : value_of(l, name, &v, is_set);
	return true;
}

/* ---- quotes ---------------------------------------------------------------------------------- */

static bool single_quote(struct lexer *l, bool doubles, struct buf *out)
{
	struct span rest = span_from(l->in, l->off + 1);
	size_t n = span_find(rest, '\'');

	if (n == rest.len)
		return fail(l, SCOV_E_FORMAT, "no end of a single quote");
	if (l->e->raw_quotes)
		buf_byte(out, '\'');
	for (size_t i = 0; i < n; i++) {
		if (doubles && span_at(rest, i) == l->e->escape)
			buf_byte(out, (char)l->e->escape);
		buf_byte(out, (char)span_at(rest, i));
	}
	if (l->e->raw_quotes)
		buf_byte(out, '\'');
	l->off += n + 2;
	return true;
}

/* An escape in double quotes. */
static void quoted_escape(struct lexer *l, bool raw, bool doubles, struct buf *out)
{
	uint8_t escape = l->e->escape, next = span_at(l->in, l->off + 1);

	l->off++;
	if (at_end(l))
		return;
	if (next == '"' || next == '$' || next == escape) {
		if (raw)
			buf_byte(out, (char)escape);
		buf_byte(out, (char)next);
		l->off++;
		return;
	}
	if (raw && (!l->e->raw_quotes || doubles))
		buf_byte(out, (char)escape);
	buf_byte(out, (char)escape);
}

static bool double_quote(struct lexer *l, bool raw, bool doubles, struct buf *out)
{
	if (l->e->raw_quotes)
		buf_byte(out, '"');
	for (l->off++; !at_end(l);) {
		uint8_t c = peek(l);
		struct span value;

		if (c == '"') {
			if (l->e->raw_quotes)
				buf_byte(out, '"');
			l->off++;
			return true;
		}
		if (c == '$') {
			if (!dollar(l, &value))
				return false;
			buf_span(out, value);
		} else if (c == l->e->escape) {
			quoted_escape(l, raw, doubles, out);
		} else {
			buf_byte(out, (char)c);
			l->off++;
		}
	}
	return fail(l, SCOV_E_FORMAT, "no end of a double quote");
}

/* ---- the text -------------------------------------------------------------------------------- */

/* "<<" and the blanks after it are of the word that follows. */
static struct span angle(struct lexer *l)
{
	size_t from = l->off++;

	if (peek(l) != '<')
		return span_sub(l->in, from, 1);
	l->off++;
	while (ascii_is_blank(peek(l)) || peek(l) == '\r')
		l->off++;
	return span_sub(l->in, from, l->off - from);
}

static void escaped(struct lexer *l, bool raw, struct buf *out)
{
	struct span escape = span_sub(l->in, l->off++, 1);
	size_t step = utf8_step(l->in, l->off, NULL);
	struct span c = span_sub(l->in, l->off, step ? step : 1);

	if (raw) {
		add_raw(l, escape);
		buf_span(out, escape);
	}
	l->off += c.len;
	if (c.len)
		add_raw(l, c);
	buf_span(out, c);
}

/* Up to `stop`, which is eaten; 0: to the end. */
static bool text_up_to(struct lexer *l, uint8_t stop, bool raw, bool doubles, struct buf *out)
{
	while (!at_end(l) && !l->failed) {
		uint8_t c = peek(l);
		size_t from = out->len;
		struct span value;

		if (stop && c == stop) {
			l->off++;
			return true;
		}
		if (c == '$') {
			if (!dollar(l, &value))
				return false;
			buf_span(out, value);
			add_split(l, value);
		} else if (c == '\'' || c == '"') {
			if (c == '"' ? !double_quote(l, raw, doubles, out)
				     : !single_quote(l, doubles, out))
				return false;
			add_raw(l, span_from(buf_view(out), from));
		} else if (c == '<') {
			value = angle(l);
			buf_span(out, value);
			add_raw(l, value);
		} else if (c == l->e->escape) {
			escaped(l, raw, out);
		} else {
			size_t step = utf8_step(l->in, l->off, NULL);

			value = span_sub(l->in, l->off, step ? step : 1);
			l->off += value.len;
			buf_span(out, value);
			if (recipe_blank(value, 0))
				add_split(l, value);
			else
				add_raw(l, value);
		}
	}
	return !l->failed && (!stop || fail(l, SCOV_E_FORMAT, "no end of a substitution"));
}

/* The words of an operand are nobody's, and it takes with it what was read of the word around it:
 * so does BuildKit, which looks at words only for heredocs. */
static bool stop_on(struct lexer *l, uint8_t stop, bool raw, bool doubles, struct buf *out)
{
	expand_words *words = l->words;

	l->words = stop ? NULL : words;
	l->word->len = 0;

	bool good = text_up_to(l, stop, raw, doubles, out);

	l->words = words;
	if (good && words && !stop)
		end_word(l);
	return good;
}

static int expand(struct expand *e, struct span in, struct arena *a, struct span *out,
	expand_words *words, struct scov_err *err)
{
	scoped_buf struct buf b = { .limit = EXPAND_MAX }, word = { .limit = EXPAND_MAX };
	struct scov_err mine;
	struct lexer l = {
		.e = e, .in = in, .a = a, .err = err ? err : &mine, .words = words, .word = &word
	};

	e->is_unknown = e->is_unset = false;
	if (!stop_on(&l, 0, e->raw_escapes, false, &b))
		return l.err->code;
	if (b.failed || word.failed)
		return err_fail(l.err, SCOV_E_LIMIT, "a word is longer than %d bytes", EXPAND_MAX);
	if (out)
		*out = arena_dup(a, buf_view(&b));
	return arena_check(a, l.err);
}

int expand_word(
	struct expand *e, struct span in, struct arena *a, struct span *out, struct scov_err *err)
{
	return expand(e, in, a, out, NULL, err);
}

int expand_split(
	struct expand *e, struct span in, struct arena *a, expand_words *out, struct scov_err *err)
{
	expand_words words = { 0 };
	int code = expand(e, in, a, NULL, &words, err);

	if (!code)
		*out = words;
	return code;
}
