/* dockerfile.c - lines, directives and heredocs of a Dockerfile.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "recipe/dockerfile.h"

#include "base/ascii.h"
#include "base/buf.h"
#include "base/table.h"
#include "recipe/blank.h"
#include "recipe/expand.h"
#include "recipe/heredoc.h"
#include "recipe/instruction.h"

/* ---- lines ----------------------------------------------------------------------------------- */

enum { DIRECTIVE_SYNTAX, DIRECTIVE_CHECK, DIRECTIVE_ESCAPE, DIRECTIVES };
static const char *const directives[] = { "syntax", "check", "escape" };
ROWS(directives, DIRECTIVES);

struct reader {
	struct span rest; /* of the file */
	uint32_t line;    /* lines taken */
	unsigned seen;    /* directives */
	bool past_directives;
	struct dockerfile *out;
	struct arena *a;
	struct scov_err *err;
};

static int fail(const struct reader *r, uint32_t line, int code, const char *why)
{
	return err_fail(r->err, code, "line %u: %s", line, why);
}

/* The next line with its end; false at the end of the file. */
static bool next_line(struct reader *r, struct span *out)
{
	size_t n = span_find(r->rest, '\n');

	if (!r->rest.len)
		return false;
	n += n < r->rest.len;
	*out = span_sub(r->rest, 0, n);
	r->rest = span_from(r->rest, n);
	r->line++;
	return true;
}

static struct span without_end(struct span line)
{
	while (line.len &&
		(span_at(line, line.len - 1) == '\n' || span_at(line, line.len - 1) == '\r'))
		line.len--;
	return line;
}

static bool is_comment(struct span line)
{
	return span_at(line, recipe_blanks(line)) == '#';
}

/* The row of directives and the value of "# name = value", which is after the sign of comments;
 * DIRECTIVES: another line. */
static unsigned directive_parts(struct span s, struct span *value)
{
	struct span name;
	size_t n = 0;
	unsigned i = 0;

	s = span_from(s, recipe_blanks(s));
	if (!ascii_is_letter(span_at(s, 0)))
		return DIRECTIVES;
	while (ascii_is_alnum(span_at(s, n)))
		n++;
	name = span_sub(s, 0, n);
	while (ascii_is_space(span_at(s, n)) || span_at(s, n) == '\f')
		n++;
	if (span_at(s, n) != '=')
		return DIRECTIVES;
	s = span_from(s, n + 1);
	while (s.len && (ascii_is_space(span_at(s, 0)) || span_at(s, 0) == '\f'))
		s = span_from(s, 1);
	while (s.len && (ascii_is_space(span_at(s, s.len - 1)) || span_at(s, s.len - 1) == '\f'))
		s.len--;
	*value = s;
	while (i < DIRECTIVES && !span_eq_nocase(name, span_str(directives[i])))
		i++;
	return s.len ? i : DIRECTIVES;
}

/* The syntax is looked for before all else: after a line that begins with "#!", and in a comment of
 * another language. */
static void find_syntax(struct reader *r, struct span sign)
{
	struct span rest = r->rest, line, value;
	uint32_t number = 1;

	if (span_starts(rest, SPAN("\xef\xbb\xbf")))
		rest = span_from(rest, 3);
	if (span_starts(rest, SPAN("#!"))) {
		rest = span_from(rest, span_find(rest, '\n') + 1);
		number++;
	}
	for (unsigned seen = 0, i; span_split(&rest, '\n', &line) && !r->out->syntax_line;
		number++) {
		i = span_starts(line, sign) ? directive_parts(span_from(line, sign.len), &value)
					    : DIRECTIVES;
		if (i == DIRECTIVES || seen & 1u << i)
			return;
		seen |= 1u << i;
		if (i != DIRECTIVE_SYNTAX)
			continue;
		r->out->syntax = span_sub(value, 0, span_find(value, ' '));
		r->out->syntax_line = number;
	}
}

/* Directives come before all else, each once. */
static int directive(struct reader *r, struct span line)
{
	struct span value;
	unsigned i = DIRECTIVES;

	if (r->past_directives)
		return 0;
	if (span_at(line, 0) == '#')
		i = directive_parts(span_from(line, 1), &value);
	if (i == DIRECTIVES) {
		r->past_directives = true;
		return 0;
	}
	if (r->seen & 1u << i)
		return fail(r, r->line, SCOV_E_FORMAT, "a directive is given twice");
	r->seen |= 1u << i;
	if (i != DIRECTIVE_ESCAPE)
		return 0;
	if (value.len != 1 || (span_at(value, 0) != '\\' && span_at(value, 0) != '`'))
		return fail(r, r->line, SCOV_E_FORMAT, "escape has to be \\ or `");
	r->out->escape = span_at(value, 0);
	return 0;
}

/* The line goes on: it ends with the escape, which goes, and blanks. An escape that is escaped is
 * none. */
static bool goes_on(const struct reader *r, struct span *line)
{
	size_t n = line->len;

	while (n && ascii_is_blank(span_at(*line, n - 1)))
		n--;
	if (!n || span_at(*line, n - 1) != r->out->escape)
		return false;
	if (n > 1 && span_at(*line, n - 2) == r->out->escape)
		return false;
	line->len = n - 1;
	return true;
}

/* A piece of the file at the end of the text. */
static void add_piece(struct reader *r, struct buf *b, struct instruction *i, struct span piece)
{
	if (piece.len)
		vec_add(&i->text.pieces, r->a,
			&((struct recipe_piece){
				(uint32_t)b->len, (uint32_t)(piece.p - r->out->file.p) }));
	buf_span(b, piece);
}

static int check_line(const struct reader *r, struct span line)
{
	return line.len > DOCKERFILE_LINE_MAX
		       ? fail(r, r->line, SCOV_E_LIMIT, "the line is longer than 65,535 bytes")
		       : 0;
}

/* Lines up to one that does not go on. The first is given. */
static int join_lines(struct reader *r, struct span line, struct buf *b, struct instruction *i)
{
	bool more = goes_on(r, &line);

	i->line = r->line;
	add_piece(r, b, i, line);
	while (more && next_line(r, &line)) {
		if (check_line(r, line))
			return r->err->code;
		line = without_end(line);
		if (is_comment(line) || recipe_blanks(line) == line.len)
			continue;
		more = goes_on(r, &line);
		add_piece(r, b, i, line);
	}
	i->end_line = r->line;
	return 0;
}

/* ---- heredocs -------------------------------------------------------------------------------- */

/* Lines up to the one that is the end word. */
static int take_content(struct reader *r, struct instruction *i, struct heredoc *h)
{
	const uint8_t *from = r->rest.p;
	struct span line;

	h->line = r->line + 1;
	while (next_line(r, &line)) {
		struct span end = without_end(line);

		if (check_line(r, line))
			return r->err->code;
		while (h->chomps && span_at(end, 0) == '\t')
			end = span_from(end, 1);
		if (!span_eq(end, h->name))
			continue;
		h->content = span_of(from, (size_t)(line.p - from));
		return vec_add(&i->heredocs, r->a, h) ? 0 : err_memory(r->err);
	}
	return fail(r, i->line, SCOV_E_FORMAT, "the heredoc has no end");
}

static int take_heredocs(struct reader *r, struct instruction *i)
{
	const struct instruction *of = i->trigger ? i->trigger : i;
	struct expand e = {
		.escape = '\\', .raw_quotes = true, .raw_escapes = true, .keep_unset = true
	};
	expand_words words = { 0 };
	struct scov_err ignored;

	if ((of->kind != INSTRUCTION_RUN && of->kind != INSTRUCTION_COPY &&
		    of->kind != INSTRUCTION_ADD) ||
		of->is_json || !span_has(i->text.text, SPAN("<<")))
		return 0;
	/* A line that cannot be split has none. */
	if (expand_split(&e, i->text.text, r->a, &words, &ignored) == SCOV_E_LIMIT)
		return fail(r, i->line, SCOV_E_LIMIT, ignored.text);
	for (size_t k = 0; k < words.n; k++) {
		struct heredoc h;
		int is = heredoc_word(words.p[k], r->a, &h, r->err);

		if (is < 0)
			return err_wrap(r->err, "line %u", i->line);
		if (is && take_content(r, i, &h))
			return r->err->code;
	}
	i->end_line = r->line;
	return 0;
}

/* ---- the file -------------------------------------------------------------------------------- */

static int take_instruction(struct reader *r, struct span line)
{
	scoped_buf struct buf b = { 0 };
	struct instruction *i = vec_push(&r->out->list, r->a);

	if (!i)
		return arena_check(r->a, r->err);
	if (r->out->list.n > DOCKERFILE_INSTRUCTIONS_MAX)
		return fail(r, r->line, SCOV_E_LIMIT, "more than 10,000 instructions");
	if (join_lines(r, line, &b, i))
		return r->err->code;
	i->text.text = arena_dup(r->a, buf_view(&b));
	if (b.failed || !i->text.text.p)
		return err_memory(r->err);
	if (instruction_split(i, r->out->escape, r->a, r->err))
		return err_wrap(r->err, "line %u", i->line);
	if (take_heredocs(r, i))
		return r->err->code;
	return instruction_check(i, r->a, r->err) ? err_wrap(r->err, "line %u", i->line) : 0;
}

static int read_all(struct reader *r)
{
	struct span line;

	find_syntax(r, SPAN("#"));
	if (!r->out->syntax_line)
		find_syntax(r, SPAN("//"));
	while (next_line(r, &line)) {
		if (check_line(r, line))
			return r->err->code;
		if (r->line == 1 && span_starts(line, SPAN("\xef\xbb\xbf")))
			line = span_from(line, 3);
		line = without_end(line);
		line = span_from(line, recipe_blanks(line));
		if (directive(r, line))
			return r->err->code;
		if (!line.len || is_comment(line))
			continue;
		if (take_instruction(r, line))
			return r->err->code;
	}
	return r->out->list.n ? arena_check(r->a, r->err)
			      : err_fail(r->err, SCOV_E_FORMAT, "there is no instruction");
}

int dockerfile_parse(
	struct span file, struct arena *a, struct dockerfile *out, struct scov_err *err)
{
	struct dockerfile d = { .file = file, .escape = '\\' };
	struct scov_err mine;
	struct reader r = { .rest = file, .out = &d, .a = a, .err = err ? err : &mine };

	if (file.len > DOCKERFILE_MAX)
		return err_fail(err, SCOV_E_LIMIT, "larger than %d bytes", DOCKERFILE_MAX);
	if (read_all(&r))
		return r.err->code;
	*out = d;
	return 0;
}

size_t recipe_text_at(const struct recipe_text *t, size_t at)
{
	size_t low = 0, high = t->pieces.n;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (t->pieces.p[middle].at <= at)
			low = middle;
		else
			high = middle;
	}
	return high ? t->pieces.p[low].from + (at - t->pieces.p[low].at) : 0;
}

bool instruction_flag(const struct instruction *i, const char *name, struct recipe_word *out)
{
	bool found = false;

	for (size_t k = 0; k < i->flags.n; k++) {
		struct span text = span_from(i->flags.p[k].text, 2);
		size_t equals = span_find(text, '=');

		if (!span_eq(span_sub(text, 0, equals), span_str(name)))
			continue;
		*out = i->flags.p[k];
		out->text = span_from(text, equals + 1);
		found = true;
	}
	return found;
}
