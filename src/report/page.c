/* page.c - ink, columns, paragraphs and places of the text report.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "report/page.h"

#include <inttypes.h>
#include <string.h>

#include "base/table.h"
#include "report/escape.h"

void page_ink(struct page *p, enum ink i)
{
	static const char *const codes[] = { "0", "1", "2", "32", "92", "33", "38;5;208", "31" };

	if (p->o->color)
		buf_printf(p->out, "\033[%sm", codes[i]);
}

void page_inked(struct page *p, enum ink i, const char *text)
{
	page_ink(p, i);
	buf_str(p->out, text);
	page_ink(p, PLAIN);
}

void page_title(struct page *p, const char *title)
{
	buf_byte(p->out, '\n');
	page_inked(p, BOLD, title);
	buf_byte(p->out, '\n');
}

void page_verdict(struct page *p, uint8_t verdict)
{
	static const char *const marks[] = { "?", "-", "+" };
	static const enum ink inks[] = { YELLOW, RED, GREEN };

	ROWS(marks, VERDICTS);
	ROWS(inks, VERDICTS);
	buf_str(p->out, "  ");
	page_inked(p, inks[verdict], marks[verdict]);
	buf_byte(p->out, ' ');
}

void page_pad(struct page *p, size_t used, size_t to)
{
	do
		buf_byte(p->out, ' ');
	while (++used < to);
}

/* Words of s, lines of at most PAGE_WIDTH columns, each further line indented. */
void page_paragraph(struct page *p, size_t indent, size_t used, struct span s)
{
	struct span rest = s, word;
	bool first = true;

	while (span_split(&rest, ' ', &word)) {
		size_t n = escape_width(word);

		if (!first && used + 1 + n > PAGE_WIDTH) {
			buf_byte(p->out, '\n');
			for (used = 0; used < indent; used++)
				buf_byte(p->out, ' ');
		} else if (!first) {
			buf_byte(p->out, ' ');
			used++;
		}
		escape_terminal(p->out, word);
		used += n;
		first = false;
	}
	buf_byte(p->out, '\n');
}

void page_size(struct page *p, uint64_t bytes)
{
	static const char units[] = "kMGT";
	unsigned u = 0;
	uint64_t tenths = (bytes + 50) / 100;

	if (bytes < 1000) {
		buf_printf(p->out, "%" PRIu64 " bytes", bytes);
		return;
	}
	for (; tenths >= 10000 && u < 3; u++)
		tenths = (tenths + 500) / 1000;
	buf_printf(p->out, "%" PRIu64 ".%" PRIu64 " %cB", tenths / 10, tenths % 10, units[u]);
}

void page_place(struct page *p, const struct place *at)
{
	switch (at->kind) {
	case PLACE_FILE:
		escape_terminal(p->out, at->path);
		if (at->line)
			buf_printf(p->out, ":%u", at->line);
		if (at->layer >= 0)
			buf_printf(p->out, " (layer %d)", at->layer);
		break;
	case PLACE_LAYER:
		buf_printf(p->out, "layer %d", at->layer);
		break;
	case PLACE_HISTORY:
		buf_printf(p->out, "history line %u", at->line);
		break;
	case PLACE_CONFIG:
		buf_str(p->out, "config ");
		escape_terminal(p->out, at->path);
		break;
	case PLACE_MANIFEST:
		buf_str(p->out, "manifest ");
		escape_terminal(p->out, at->path);
		break;
	case PLACE_RECIPE:
		escape_terminal(p->out, at->path);
		buf_printf(p->out, ":%u", at->line);
		break;
	case PLACE_ATTESTATION:
		buf_str(p->out, "attestation ");
		escape_terminal(p->out, at->path);
		break;
	default:
		break;
	}
}
