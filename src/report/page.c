/* page.c - ink, columns, words, commands and places of the text report.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "report/page.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/table.h"
#include "report/escape.h"

enum { WIDTH = 80, WIDTH_MIN = 40, CONTINUED = 4 };

struct page page_on(struct buf *out, const struct write_options *o)
{
	size_t width = o->width ? o->width : WIDTH;

	return (struct page){ out, o, width < WIDTH_MIN ? WIDTH_MIN : width, 0 };
}

void page_ink(struct page *p, enum ink i)
{
	static const char *const codes[] = { "0", "1", "2", "32", "92", "33", "38;5;208", "31" };

	if (p->o->color)
		buf_printf(p->out, "\033[%sm", codes[i]);
}

enum ink grade_ink(unsigned g)
{
	static const enum ink of[] = { RED, ORANGE, YELLOW, LIME, GREEN };

	return of[g];
}

/* Text that is fit to be shown. */
static void put(struct page *p, struct span s)
{
	buf_span(p->out, s);
	p->column += shown_width(s);
}

void page_inked(struct page *p, enum ink i, const char *text)
{
	page_ink(p, i);
	put(p, span_str(text));
	page_ink(p, PLAIN);
}

void page_verdict(struct page *p, uint8_t verdict)
{
	static const char *const ascii[] = { "?", "x", "+" };
	static const char *const utf8[] = { "?", "\xe2\x9c\x97", "\xe2\x9c\x93" };
	static const enum ink inks[] = { YELLOW, RED, GREEN };

	ROWS(ascii, VERDICTS);
	ROWS(utf8, VERDICTS);
	ROWS(inks, VERDICTS);
	page_inked(p, inks[verdict], p->o->utf8 ? utf8[verdict] : ascii[verdict]);
	page_to(p, 0);
}

void page_printf(struct page *p, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	put(p, span_str(text));
}

void page_span(struct page *p, struct span s)
{
	escape_terminal(p->out, s);
	p->column += escape_width(s);
}

void page_to(struct page *p, size_t column)
{
	if (p->column && p->column >= column)
		column = p->column + 1;
	for (; p->column < column; p->column++)
		buf_byte(p->out, ' ');
}

void page_end(struct page *p)
{
	while (p->column && p->out->len && p->out->p[p->out->len - 1] == ' ')
		p->out->len--;
	buf_byte(p->out, '\n');
	p->column = 0;
}

void page_title(struct page *p, const char *title)
{
	page_end(p);
	page_inked(p, BOLD, title);
	page_end(p);
}

/* True when nothing but the indent is on the line: a new one, where n columns do not fit here. */
static bool make_room(struct page *p, size_t indent, size_t n)
{
	if (p->column > indent && p->column + n > p->width)
		page_end(p);
	if (p->column)
		return false;
	page_to(p, indent);
	return true;
}

void page_words(struct page *p, size_t indent, struct span s)
{
	struct span rest = s, word;
	bool first = true;

	while (span_split(&rest, ' ', &word)) {
		if (!word.len)
			continue;
		if (!make_room(p, indent, escape_width(word) + !first) && !first)
			page_to(p, 0);
		page_span(p, word);
		first = false;
	}
}

void page_piece(struct page *p, size_t indent, enum ink i, struct span s)
{
	if (!make_room(p, indent, escape_width(s) + 2))
		page_to(p, p->column + 2);
	page_ink(p, i);
	page_words(p, indent, s);
	page_ink(p, PLAIN);
}

void page_paragraph(struct page *p, size_t indent, struct span s)
{
	page_words(p, indent, s);
	page_end(p);
}

void page_cut(struct page *p, struct span s)
{
	scoped_buf struct buf b = { 0 };
	size_t room = p->width > p->column ? p->width - p->column : 0;
	const char *end = p->o->utf8 ? "\xe2\x80\xa6" : "...";
	size_t n = shown_width(span_str(end));

	escape_terminal(&b, s);
	if (shown_width(buf_view(&b)) <= room) {
		put(p, buf_view(&b));
		return;
	}
	if (room < n)
		return;
	put(p, span_trim(span_sub(buf_view(&b), 0, shown_fit(buf_view(&b), room - n))));
	put(p, span_str(end));
}

/* Where the word at the start of s ends: the first blank outside quotes. */
static size_t command_word(struct span s)
{
	uint8_t quote = 0;

	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = span_at(s, i);

		if (c == '\\' && quote != '\'')
			i++;
		else if (quote ? c == quote : c == '\'' || c == '"')
			quote = quote ? 0 : c;
		else if (c == ' ' && !quote)
			return i;
	}
	return s.len;
}

void page_command(struct page *p, size_t indent, struct span s)
{
	bool first = true;

	while (s.len) {
		size_t n = command_word(s);
		struct span word = span_sub(s, 0, n), rest = span_from(s, n + 1);
		size_t needs = escape_width(word) + !first + (rest.len ? 2 : 0);

		if (!first && p->column + needs > p->width) {
			put(p, SPAN(" \\"));
			page_end(p);
			page_to(p, indent + CONTINUED);
		} else {
			page_to(p, first ? indent : 0);
		}
		page_span(p, word);
		first = false;
		s = n < s.len ? rest : (struct span){ 0 };
	}
	page_end(p);
}

void size_text(struct buf *b, uint64_t bytes)
{
	static const char units[] = "kMGT";
	unsigned u = 0;
	uint64_t tenths = (bytes + 50) / 100;

	if (bytes < 1000) {
		buf_printf(b, "%" PRIu64 " bytes", bytes);
		return;
	}
	for (; tenths >= 10000 && u < 3; u++)
		tenths = (tenths + 500) / 1000;
	buf_printf(b, "%" PRIu64 ".%" PRIu64 " %cB", tenths / 10, tenths % 10, units[u]);
}

void place_text(struct buf *b, const struct place *at)
{
	switch (at->kind) {
	case PLACE_FILE:
		buf_span(b, at->path);
		if (at->line)
			buf_printf(b, ":%u", at->line);
		if (at->layer >= 0)
			buf_printf(b, " (layer %d)", at->layer);
		break;
	case PLACE_LAYER:
		buf_printf(b, "layer %d", at->layer);
		break;
	case PLACE_HISTORY:
		buf_printf(b, "history line %u", at->line);
		break;
	case PLACE_CONFIG:
		buf_str(b, "config ");
		buf_span(b, at->path);
		break;
	case PLACE_MANIFEST:
		buf_str(b, "manifest ");
		buf_span(b, at->path);
		break;
	case PLACE_RECIPE:
		buf_span(b, at->path);
		buf_printf(b, ":%u", at->line);
		break;
	case PLACE_ATTESTATION:
		buf_str(b, "attestation ");
		buf_span(b, at->path);
		break;
	default:
		break;
	}
}
