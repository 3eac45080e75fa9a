/* cmd_explain.c - scoville explain: the page of a criterion.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/nearest.h"
#include "base/span.h"
#include "cli/cli.h"

static const char *page_of(const char *id)
{
	for (const struct page_text *p = pages; p->id; p++)
		if (!strcmp(p->id, id))
			return p->text;
	return NULL;
}

/* ---- Markdown for a terminal ------------------------------------------------------------------
 */

enum { BOLD_ON = 1, BOLD_OFF = 2, WIDTH = 80 }; /* marks in the text of a block */

struct show {
	struct buf block; /* the paragraph, item or row that is being read */
	size_t indent;    /* of its lines but the first */
	bool has_color, in_table;
};

static void mark(const struct show *s, char c)
{
	if (s->has_color)
		fputs(c == BOLD_ON ? "\033[1m" : "\033[0m", stdout);
}

static size_t columns(const char *word, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += (unsigned char)word[i] > BOLD_OFF && (word[i] & 0xc0) != 0x80;
	return n;
}

static void put_word(const struct show *s, const char *word, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (word[i] == BOLD_ON || word[i] == BOLD_OFF)
			mark(s, word[i]);
		else
			putchar(word[i]);
}

/* The block, wrapped. */
static void flush(struct show *s)
{
	const char *text = s->block.p ? s->block.p : "";
	size_t at = 0;

	for (size_t n; *text; text += n) {
		size_t blanks = at ? strspn(text, " ") : 0;

		n = strcspn(text + blanks, " ") + blanks;
		size_t width = columns(text + blanks, n - blanks);

		if (at > s->indent && at + 1 + width > WIDTH) {
			printf("\n%*s", (int)s->indent, "");
			at = s->indent;
			text += blanks;
			n -= blanks;
			blanks = 0;
		}
		if (blanks)
			putchar(' ');
		put_word(s, text + blanks, n - blanks);
		at += width + (blanks != 0);
	}
	if (at)
		putchar('\n');
	s->block.len = 0;
	if (s->block.p)
		*s->block.p = 0;
	s->indent = 0;
}

/* "(target)": where it can be read besides this page; nothing for pages that are not installed. */
static void target(struct buf *out, struct span to)
{
	struct span name = span_from(to, span_rfind(to, '/') + 1);

	if (span_find(to, '/') == to.len && span_ends(to, SPAN(".md")))
		buf_printf(out, " (scoville explain %.*s)", (int)to.len - 3, to.p);
	else if (span_starts(to, SPAN("http")))
		buf_printf(out, " <%.*s>", SPAN_ARG(to));
	else if (span_starts(to, SPAN("../formats/")) || span_eq(to, SPAN("../limits.md")))
		buf_printf(out, " (%.*s)", SPAN_ARG(name));
}

/* [text](target) becomes text and where it leads; **bold** is bold. */
static void inline_text(struct buf *out, struct span text)
{
	bool bold = false;

	for (size_t i = 0; i < text.len; i++) {
		struct span rest = span_from(text, i);
		size_t close = span_find(rest, ']'), end = span_find(rest, ')');

		if (span_starts(rest, SPAN("**"))) {
			bold = !bold;
			buf_byte(out, bold ? BOLD_ON : BOLD_OFF);
			i++;
		} else if (span_at(rest, 0) == '[' && span_at(rest, close + 1) == '(' &&
			   end > close && end < rest.len) {
			buf_span(out, span_sub(rest, 1, close - 1));
			target(out, span_sub(rest, close + 2, end - close - 2));
			i += end;
		} else {
			buf_byte(out, (char)span_at(rest, 0));
		}
	}
}

static void heading(struct show *s, struct span line)
{
	mark(s, BOLD_ON);
	while (span_at(line, 0) == '#')
		line = span_from(line, 1);
	line = span_trim(line);
	printf("%.*s", SPAN_ARG(line));
	mark(s, BOLD_OFF);
	putchar('\n');
}

/* "| what | level |" as "- what: level"; the two lines of its head are left out. */
static void row(struct show *s, struct span line)
{
	struct span rest = span_sub(line, 1, line.len - 2), cell;
	bool first = true, is_head = !s->in_table || span_starts(line, SPAN("|--"));

	s->in_table = true;
	if (is_head)
		return;
	while (span_split(&rest, '|', &cell)) {
		buf_str(&s->block, first ? "- " : ": ");
		buf_span(&s->block, span_trim(cell));
		first = false;
	}
	s->indent = 2;
}

/* A block goes to inline_text as a whole: a link may cross the end of a line. */
static void end_block(struct show *s)
{
	scoped_buf struct buf raw = s->block;

	s->block = (struct buf){ 0 };
	inline_text(&s->block, buf_view(&raw));
	flush(s);
	buf_release(&s->block);
	s->block = (struct buf){ 0 };
}

static void take_line(struct show *s, struct span line)
{
	bool is_item = span_starts(line, SPAN("- ")), is_row = span_at(line, 0) == '|',
	     is_code = span_starts(line, SPAN("    ")) && !s->block.len;

	if (!line.len || is_item || is_row || is_code || span_at(line, 0) == '#')
		end_block(s);
	s->in_table = s->in_table && is_row;
	if (!line.len) {
		putchar('\n');
	} else if (is_code) {
		printf("%.*s\n", SPAN_ARG(line));
	} else if (is_row) {
		row(s, line);
	} else if (span_at(line, 0) == '#') {
		heading(s, line);
	} else {
		if (s->block.len)
			buf_byte(&s->block, ' ');
		buf_span(&s->block, span_trim(line));
		s->indent = is_item ? 2 : s->indent;
	}
}

static void show(const char *text, bool has_color)
{
	struct show s = { .has_color = has_color };
	struct span rest = span_str(text), line;

	while (span_line(&rest, &line))
		take_line(&s, line);
	end_block(&s);
}

static void list(void)
{
	struct scov_criterion c;

	for (size_t i = 0; scov_criterion_at(i, &c); i++)
		printf("%-16s %s\n", c.id, c.title);
}

int cmd_explain(struct options *o)
{
	int status = EXIT_GRADED;

	if (!o->arguments.n)
		list();
	for (size_t i = 0; i < o->arguments.n; i++) {
		const char *id = o->arguments.p[i], *text = page_of(id);
		char why[256];

		if (text) {
			show(text, cli_color(o, STDOUT_FILENO));
			continue;
		}
		struct nearest near = { .given = span_str(id) };
		char hint[NEAREST_HINT];

		for (const struct page_text *p = pages; p->id; p++)
			nearest_try(&near, p->id);
		nearest_hint(&near, hint);
		snprintf(why, sizeof(why), "explain: no criterion '%s'%s", id,
			*hint ? hint : ": scoville explain lists them");
		cli_complain(why);
		status = EXIT_USAGE;
	}
	return status;
}
