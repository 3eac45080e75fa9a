/* shell.c - the grammar of a shell: words, commands and what joins them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "recipe/shell.h"

#include <string.h>

#include "base/ascii.h"
#include "base/buf.h"
#include "recipe/shell_word.h"

/* ---- blanks, comments, operators ------------------------------------------------------------- */

struct pending {
	struct shell_node *node; /* whose redirect waits for its text */
	size_t redirect;
	struct span end;
	bool is_quoted, chomps;
};

struct parser {
	struct shell_lexer l;
	VEC(struct pending) pending;
	size_t nodes;
};

static bool fail(struct parser *p, int code, const char *why)
{
	return shell_fail(&p->l, code, why);
}

static uint8_t peek(const struct parser *p)
{
	return span_at(p->l.in, p->l.off);
}

static uint8_t peek_at(const struct parser *p, size_t n)
{
	return span_at(p->l.in, p->l.off + n);
}

static bool at_end(const struct parser *p)
{
	return p->l.off >= p->l.in.len;
}

static void skip_blanks(struct parser *p)
{
	for (;;) {
		if (peek(p) == '\\' && peek_at(p, 1) == '\n')
			p->l.off += 2;
		else if (ascii_is_blank(peek(p)) || (peek(p) == '\r' && peek_at(p, 1) == '\n'))
			p->l.off++;
		else
			break;
	}
	if (peek(p) == '#')
		while (!at_end(p) && peek(p) != '\n')
			p->l.off++;
}

static bool takes(struct parser *p, const char *text)
{
	size_t n = strlen(text);

	if (!span_eq(span_sub(p->l.in, p->l.off, n), span_str(text)))
		return false;
	p->l.off += n;
	return true;
}

/* ---- heredocs -------------------------------------------------------------------------------- */

static bool read_heredoc(struct parser *p, struct pending *h)
{
	scoped_buf struct buf b = { 0 };
	size_t from = p->l.off;

	while (!at_end(p)) {
		size_t n = span_find(span_from(p->l.in, p->l.off), '\n');
		struct span line = span_sub(p->l.in, p->l.off, n);

		p->l.off += n + (p->l.off + n < p->l.in.len);
		while (h->chomps && span_at(line, 0) == '\t')
			line = span_from(line, 1);
		if (span_eq(line, h->end))
			break;
		buf_span(&b, line);
		buf_byte(&b, '\n');
	}

	struct span text = arena_dup(p->l.a, buf_view(&b));
	struct shell_word *w = &h->node->redirects.p[h->redirect].word;

	*w = (struct shell_word){ .at = (uint32_t)from, .end = (uint32_t)from, .is_quoted = true };
	return h->is_quoted ? shell_add_text(&p->l, w, text, true) : shell_document(&p->l, text, w);
}

/* The end of a line: the texts of its heredocs follow. */
static bool end_line(struct parser *p)
{
	p->l.off++;
	for (size_t i = 0; i < p->pending.n; i++)
		if (!read_heredoc(p, &p->pending.p[i]))
			return false;
	p->pending.n = 0;
	return true;
}

/* Blanks, comments and ends of lines. */
static bool skip_lines(struct parser *p)
{
	for (;;) {
		skip_blanks(p);
		if (peek(p) == '\r' && at_end(p))
			return true;
		if (peek(p) != '\n')
			return true;
		if (!end_line(p))
			return false;
	}
}

/* ---- redirects ------------------------------------------------------------------------------- */

static bool starts_redirect(const struct parser *p)
{
	size_t n = 0;

	if (peek(p) == '&' && peek_at(p, 1) == '>')
		return true;
	while (n < 10 && ascii_is_digit(peek_at(p, n)))
		n++;
	if (peek(p) == '{') /* {name}> */
		return false;
	uint8_t c = peek_at(p, n);

	/* <( and >( are words */
	return (c == '<' || c == '>') && (n || peek_at(p, 1) != '(');
}

static bool take_redirect(struct parser *p, struct shell_node *node)
{
	struct shell_redirect r = { .fd = 254 };
	struct pending h = { .node = node };
	uint64_t fd = 254;
	size_t n = 0;

	while (ascii_is_digit(peek_at(p, n)))
		n++;
	if (n)
		r.fd = span_number(span_sub(p->l.in, p->l.off, n), 10, 250, &fd) ? (uint8_t)fd
										 : 255;
	p->l.off += n;
	bool is_both = peek(p) == '&' && !n;

	p->l.off += is_both;
	if (takes(p, "<<<"))
		r.kind = SHELL_HERE;
	else if ((h.chomps = takes(p, "<<-")) || takes(p, "<<"))
		h.redirect = node->redirects.n + 1;
	else if (takes(p, ">>"))
		r.kind = SHELL_APPEND;
	else if (takes(p, ">&") || takes(p, "<&"))
		r.kind = SHELL_DUP;
	else if (takes(p, ">|") || takes(p, ">") || takes(p, "<>"))
		r.kind = SHELL_OUT;
	else
		p->l.off++; /* < */
	if (r.fd == 254)
		r.fd = r.kind == SHELL_IN || r.kind == SHELL_HERE || h.redirect ? 0 : 1;
	skip_blanks(p);
	if (!shell_take_word(&p->l, &r.word) || !r.word.parts.n)
		return fail(p, SCOV_E_FORMAT, "a redirection has no file");
	if (h.redirect) {
		r.kind = SHELL_HERE;
		h.redirect--;
		h.is_quoted = r.word.is_quoted;
		h.end = shell_plain(&r.word, p->l.a);
		vec_add(&p->pending, p->l.a, &h);
	}
	return vec_add(&node->redirects, p->l.a, &r) || fail(p, SCOV_E_LIMIT, "too much");
}

/* ---- commands -------------------------------------------------------------------------------- */

static struct shell_node *list(struct parser *p, const char *ends);
static struct shell_node *command(struct parser *p);

static struct shell_node *node_new(struct parser *p, enum shell_node_kind kind)
{
	struct shell_node *n = NULL;

	if (++p->nodes <= SHELL_NODES_MAX)
		n = arena_alloc(p->l.a, sizeof(*n));
	if (!n) {
		fail(p, SCOV_E_LIMIT, "too many commands");
		return NULL;
	}
	n->kind = (uint8_t)kind;
	n->at = (uint32_t)p->l.off;
	return n;
}

static bool add_child(struct parser *p, struct shell_node *n, struct shell_node *child)
{
	return child &&
	       (vec_add(&n->children, p->l.a, &child) || fail(p, SCOV_E_LIMIT, "too much"));
}

/* The word that comes next, if no quote and no variable is in it: a look ahead. */
static struct span next_word(const struct parser *p)
{
	size_t n = 0;
	struct span s = span_from(p->l.in, p->l.off);

	while (n < s.len && !shell_is_meta(span_at(s, n)) && !strchr("'\"\\$`", span_at(s, n)))
		n++;
	return n < s.len && !shell_is_meta(span_at(s, n)) ? (struct span){ 0 } : span_sub(s, 0, n);
}

static bool is_reserved(const struct parser *p, const char *word)
{
	return span_eq(next_word(p), span_str(word));
}

static bool takes_reserved(struct parser *p, const char *word)
{
	if (!skip_lines(p) || !is_reserved(p, word))
		return false;
	p->l.off += strlen(word);
	return true;
}

static bool needs(struct parser *p, const char *word)
{
	return takes_reserved(p, word) || fail(p, SCOV_E_FORMAT, "a compound command has no end");
}

/* Of a list of words with blanks between: the next word is one of them. */
static bool at_one_of(const struct parser *p, const char *words)
{
	struct span w = next_word(p);

	return w.len && words && span_has_word(span_str(words), w);
}

static struct shell_node *if_command(struct parser *p)
{
	struct shell_node *n = node_new(p, SHELL_IF);

	do {
		if (!n || !add_child(p, n, list(p, "then")) || !needs(p, "then") ||
			!add_child(p, n, list(p, "elif else fi")))
			return NULL;
	} while (takes_reserved(p, "elif"));
	if (takes_reserved(p, "else") && !add_child(p, n, list(p, "fi")))
		return NULL;
	return needs(p, "fi") ? n : NULL;
}

static struct shell_node *while_command(struct parser *p, bool is_until)
{
	struct shell_node *n = node_new(p, SHELL_WHILE);

	if (!n || !add_child(p, n, list(p, "do")) || !needs(p, "do") ||
		!add_child(p, n, list(p, "done")))
		return NULL;
	n->children.p[0]->is_negated ^= is_until;
	return needs(p, "done") ? n : NULL;
}

static bool for_words(struct parser *p, struct shell_node *n)
{
	n->has_in = true;
	for (;;) {
		struct shell_word w;

		skip_blanks(p);
		if (peek(p) == ';' || peek(p) == '\n' || at_end(p))
			return true;
		if (!shell_take_word(&p->l, &w))
			return false;
		if (!w.parts.n)
			return fail(p, SCOV_E_FORMAT, "a list of words has a sign in it");
		vec_add(&n->words, p->l.a, &w);
	}
}

static struct shell_node *for_command(struct parser *p)
{
	struct shell_node *n = node_new(p, SHELL_FOR);
	bool is_sum;

	skip_blanks(p);
	is_sum = takes(p, "((");
	if (!n || (is_sum && !shell_skip_sum(&p->l)))
		return NULL;
	if (!is_sum) {
		n->name = next_word(p);
		p->l.off += n->name.len;
		if (!shell_is_name(n->name)) {
			fail(p, SCOV_E_FORMAT, "for needs a name");
			return NULL;
		}
		if (takes_reserved(p, "in") && !for_words(p, n))
			return NULL;
	}
	skip_blanks(p);
	takes(p, ";");
	if (!skip_lines(p))
		return NULL;

	bool has_brace = takes_reserved(p, "{"); /* bash takes it for do */

	if ((!has_brace && !needs(p, "do")) || !add_child(p, n, list(p, has_brace ? "}" : "done")))
		return NULL;
	return needs(p, has_brace ? "}" : "done") ? n : NULL;
}

static bool case_pattern(struct parser *p)
{
	struct shell_word w;

	skip_blanks(p);
	takes(p, "(");
	do {
		skip_blanks(p);
		if (!shell_take_word(&p->l, &w))
			return false;
		if (!w.parts.n)
			return fail(p, SCOV_E_FORMAT, "case has no pattern");
		skip_blanks(p);
	} while (takes(p, "|"));
	return takes(p, ")") || fail(p, SCOV_E_FORMAT, "a pattern of case has no end");
}

static struct shell_node *case_command(struct parser *p)
{
	struct shell_node *n = node_new(p, SHELL_CASE);
	struct shell_word w;

	skip_blanks(p);
	if (!n || !shell_take_word(&p->l, &w) || !w.parts.n || !vec_add(&n->words, p->l.a, &w) ||
		!needs(p, "in"))
		return fail(p, SCOV_E_FORMAT, "case needs a word and in"), NULL;
	while (skip_lines(p) && !is_reserved(p, "esac")) {
		if (!case_pattern(p) || !add_child(p, n, list(p, "esac")))
			return NULL;
		if (!takes(p, ";;&") && !takes(p, ";;") && !takes(p, ";&"))
			break;
	}
	return needs(p, "esac") ? n : NULL;
}

static struct shell_node *function(struct parser *p, struct span name)
{
	struct shell_node *n = node_new(p, SHELL_FUNCTION);

	if (!n || !skip_lines(p))
		return NULL;
	n->name = name;
	return add_child(p, n, command(p)) ? n : NULL;
}

static struct shell_node *named_function(struct parser *p)
{
	struct span name;

	skip_blanks(p);
	name = next_word(p);
	p->l.off += name.len;
	skip_blanks(p);
	if (takes(p, "(")) {
		skip_blanks(p);
		if (!takes(p, ")"))
			return fail(p, SCOV_E_FORMAT, "a function has no ()"), NULL;
	}
	return function(p, name);
}

/* name() */
static bool at_function(const struct parser *p, struct span *name)
{
	size_t n;

	*name = next_word(p);
	n = name->len;
	while (n && ascii_is_blank(peek_at(p, n)))
		n++;
	if (!name->len || peek_at(p, n) != '(' || span_find(*name, '=') < name->len)
		return false;
	for (n++; ascii_is_blank(peek_at(p, n));)
		n++;
	return peek_at(p, n) == ')';
}

static struct shell_node *group(struct parser *p, bool is_subshell)
{
	struct shell_node *n = node_new(p, is_subshell ? SHELL_SUBSHELL : SHELL_GROUP);

	if (!n || !add_child(p, n, list(p, is_subshell ? NULL : "}")))
		return NULL;
	if (!is_subshell)
		return needs(p, "}") ? n : NULL;
	return skip_lines(p) && takes(p, ")") ? n
					      : (fail(p, SCOV_E_FORMAT, "'(' has no ')'"), NULL);
}

/* ((1 + x)); what is not closed by )) is a subshell in a subshell. */
static struct shell_node *sum(struct parser *p)
{
	struct shell_lexer before = p->l;
	struct shell_node *n = node_new(p, SHELL_SUM);

	p->l.off += 2;
	if (!n || shell_skip_sum(&p->l))
		return n;
	p->l = before;
	p->l.off++;
	return group(p, true);
}

/* NULL without an error: what comes is a simple command. */
static struct shell_node *compound(struct parser *p)
{
	struct span name;

	if (peek(p) == '(' && peek_at(p, 1) == '(')
		return sum(p);
	if (takes(p, "("))
		return group(p, true);
	if (takes_reserved(p, "{"))
		return group(p, false);
	if (takes_reserved(p, "if"))
		return if_command(p);
	if (takes_reserved(p, "while"))
		return while_command(p, false);
	if (takes_reserved(p, "until"))
		return while_command(p, true);
	if (takes_reserved(p, "for") || takes_reserved(p, "select"))
		return for_command(p);
	if (takes_reserved(p, "case"))
		return case_command(p);
	if (takes_reserved(p, "function"))
		return named_function(p);
	if (at_function(p, &name)) {
		p->l.off += span_find(span_from(p->l.in, p->l.off), ')') + 1;
		return function(p, name);
	}
	return NULL;
}

/* In [[ ]] a word ends at a blank, and a sign is a word. */
static bool test_words(struct parser *p, struct shell_node *n)
{
	for (;;) {
		struct shell_word w;

		if (!skip_lines(p))
			return false;
		if (at_end(p))
			return fail(p, SCOV_E_FORMAT, "'[[' has no ']]'");
		if (!shell_take_test_word(&p->l, &w) || !vec_add(&n->words, p->l.a, &w))
			return false;
		if (!w.is_quoted && span_eq(shell_plain(&w, p->l.a), SPAN("]]")))
			return true;
	}
}

/* NAME=, NAME+= or NAME[...]=: its bytes with the sign; 0: it is not one. */
static size_t assignment_head(const struct parser *p, struct shell_assignment *out)
{
	struct span s = span_from(p->l.in, p->l.off);
	size_t n = 0;

	while (ascii_is_alnum(span_at(s, n)) || span_at(s, n) == '_')
		n++;
	out->name = span_sub(s, 0, n);
	if (!shell_is_name(out->name))
		return 0;
	if (span_at(s, n) == '[') {
		while (n < s.len && span_at(s, n) != ']' && !ascii_is_space(span_at(s, n)))
			n++;
		n++;
		out->is_array = true;
	}
	out->is_added = span_at(s, n) == '+';
	n += out->is_added;
	return span_at(s, n) == '=' ? n + 1 : 0;
}

static bool take_array(struct parser *p)
{
	struct shell_word w;

	for (;;) {
		if (!skip_lines(p))
			return false;
		if (takes(p, ")"))
			return true;
		if (!shell_take_word(&p->l, &w))
			return false;
		if (!w.parts.n)
			return fail(p, SCOV_E_FORMAT, "an array has no end");
	}
}

static bool take_assignment(
	struct parser *p, struct shell_node *n, struct shell_assignment *v, size_t head)
{
	p->l.off += head;
	if (takes(p, "(")) {
		v->is_array = true;
		if (!take_array(p))
			return false;
	} else if (!shell_take_word(&p->l, &v->value)) {
		return false;
	}
	return vec_add(&n->assignments, p->l.a, v) || fail(p, SCOV_E_LIMIT, "too much");
}

static struct shell_node *simple(struct parser *p)
{
	struct shell_node *n = node_new(p, SHELL_SIMPLE);

	if (at_one_of(p, "then else elif fi do done esac }"))
		return fail(p, SCOV_E_FORMAT, "the end of a compound command is here without it"),
		       NULL;
	while (n && !p->l.failed) {
		struct shell_assignment v = { 0 };
		struct shell_word w;
		size_t head;

		skip_blanks(p);
		if (starts_redirect(p)) {
			if (!take_redirect(p, n))
				return NULL;
			continue;
		}
		head = n->words.n ? 0 : assignment_head(p, &v);
		if (head) {
			if (!take_assignment(p, n, &v, head))
				return NULL;
			continue;
		}
		if (!shell_take_word(&p->l, &w))
			return NULL;
		if (!w.parts.n)
			break;
		vec_add(&n->words, p->l.a, &w);
		/* of local, declare: name=(...) */
		if (span_at(p->l.in, p->l.off - 1) == '=' && takes(p, "(") && !take_array(p))
			return NULL;
		if (n->words.n == 1 && !w.is_quoted &&
			span_eq(shell_plain(&w, p->l.a), SPAN("[[")) && !test_words(p, n))
			return NULL;
	}
	if (n && !n->words.n && !n->assignments.n && !n->redirects.n)
		return fail(p, SCOV_E_FORMAT, "a command is missing"), NULL;
	return p->l.failed ? NULL : n;
}

static struct shell_node *command(struct parser *p)
{
	struct shell_node *n;

	if (!shell_enter(&p->l))
		return NULL;
	skip_blanks(p);
	n = compound(p);
	if (!n && !p->l.failed) {
		n = simple(p);
	} else if (n && n->kind != SHELL_FUNCTION) {
		for (skip_blanks(p); starts_redirect(p); skip_blanks(p))
			if (!take_redirect(p, n))
				return NULL;
	}
	shell_leave(&p->l);
	return p->l.failed ? NULL : n;
}

static struct shell_node *pipe_line(struct parser *p)
{
	struct shell_node *n = node_new(p, SHELL_PIPE);

	if (!n)
		return NULL;
	for (skip_blanks(p);; skip_blanks(p)) {
		if (is_reserved(p, "!")) {
			n->is_negated = !n->is_negated;
			p->l.off++;
		} else if (is_reserved(p, "time")) {
			p->l.off += 4;
			skip_blanks(p);
			if (is_reserved(p, "-p"))
				p->l.off += 2;
		} else {
			break;
		}
	}
	for (;;) {
		if (!add_child(p, n, command(p)))
			return NULL;
		skip_blanks(p);
		if (peek(p) != '|' || peek_at(p, 1) == '|')
			break;
		p->l.off += 1 + (peek_at(p, 1) == '&');
		if (!skip_lines(p))
			return NULL;
	}
	if (n->children.n > 1)
		return n;
	n->children.p[0]->is_negated ^= n->is_negated;
	return n->children.p[0];
}

/* The list goes on after a command: what is next, and how it is joined. */
static bool take_join(struct parser *p, struct shell_node *last, uint8_t *before, bool *ended)
{
	skip_blanks(p);
	*before = SHELL_THEN;
	if (takes(p, "&&")) {
		*before = SHELL_AND;
	} else if (takes(p, "||")) {
		*before = SHELL_OR;
	} else if (peek(p) == '&') {
		p->l.off++;
		last->is_background = true;
	} else if (peek(p) == ';' && peek_at(p, 1) != ';' && peek_at(p, 1) != '&') {
		p->l.off++;
	} else if (peek(p) != '\n') {
		*ended = true;
		return true;
	}
	return skip_lines(p);
}

/* Commands up to one of the words, or to what cannot be in a list. */
static struct shell_node *list(struct parser *p, const char *ends)
{
	struct shell_node *n = node_new(p, SHELL_LIST);
	uint8_t before = SHELL_THEN;
	bool ended = false;

	if (!n || !shell_enter(&p->l) || !skip_lines(p))
		return NULL;
	while (!ended && !p->l.failed) {
		bool is_stop = at_end(p) || peek(p) == ')' || (peek(p) == ';') ||
			       (peek(p) == '`' && p->l.in_backquotes) || at_one_of(p, ends) ||
			       (peek(p) == '\r' && p->l.off + 1 == p->l.in.len);
		struct shell_node *c;

		if (is_stop && before != SHELL_THEN)
			return fail(p, SCOV_E_FORMAT, "nothing follows && or ||"), NULL;
		if (is_stop)
			break;
		c = pipe_line(p);
		if (!add_child(p, n, c))
			return NULL;
		c->before = before;
		if (!take_join(p, c, &before, &ended))
			return NULL;
	}
	shell_leave(&p->l);
	if (!n->children.n && ends && !at_end(p) && strcmp(ends, "esac") != 0)
		return fail(p, SCOV_E_FORMAT, "a compound command has no commands"), NULL;
	return p->l.failed ? NULL : n;
}

static struct shell_node *commands(struct shell_lexer *outer, size_t *off, uint8_t end)
{
	struct parser p = { .l = *outer };
	struct shell_node *n;

	p.l.off = *off;
	n = list(&p, NULL);
	if (n && end && (!skip_lines(&p) || peek(&p) != end)) {
		fail(&p, SCOV_E_FORMAT, "commands in a word have no end");
		n = NULL;
	}
	*off = p.l.off + (end != 0);
	outer->failed = p.l.failed;
	return n;
}

int shell_parse(struct span text, struct arena *a, struct shell_node **out, struct scov_err *err)
{
	struct scov_err mine;
	struct shell_lexer l = {
		.in = text, .a = a, .err = err ? err : &mine, .commands = commands
	};
	struct shell_node *n;
	size_t off = 0;

	if (text.len > SHELL_MAX)
		return err_fail(err, SCOV_E_LIMIT, "commands of more than %d bytes", SHELL_MAX);
	n = commands(&l, &off, 0);
	if (!n)
		return arena_check(a, l.err) ? l.err->code : l.err->code;
	if (off < text.len && !(off + 1 == text.len && span_at(text, off) == '\r'))
		return err_fail(err, SCOV_E_FORMAT, "byte %zu: '%c' cannot be here", off,
			span_at(text, off));
	int code = arena_check(a, l.err);

	if (!code)
		*out = n;
	return code;
}
