/* page.h - a page of text for a terminal. Inside report/ only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "facts/report.h"
#include "report/report.h"

enum { PAGE_WIDTH = 96 };

enum ink { PLAIN, BOLD, DIM, GREEN, LIME, YELLOW, ORANGE, RED };

struct page {
	struct buf *out;
	const struct write_options *o;
};

void page_ink(struct page *p, enum ink i); /* nothing without colour */
void page_inked(struct page *p, enum ink i, const char *text);
void page_title(struct page *p, const char *title); /* of a section */
void page_verdict(struct page *p, uint8_t verdict); /* its mark, four columns */
/* Blanks from column `used` to column `to`, at least one. */
void page_pad(struct page *p, size_t used, size_t to);
/* Words of s, lines of at most PAGE_WIDTH columns, each further line indented; ends the line. used:
 * columns already written. */
void page_paragraph(struct page *p, size_t indent, size_t used, struct span s);
void page_size(struct page *p, uint64_t bytes);
void page_place(struct page *p, const struct place *at);
