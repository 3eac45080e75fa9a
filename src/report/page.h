/* page.h - a page of text for a terminal. Inside report/ only.
 *
 * Every line is written through here, so that it ends at the width: words are wrapped or cut. Only
 * a word that is longer than a line is left whole, alone on its line, for it may be copied.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "facts/report.h"
#include "report/report.h"

enum ink { PLAIN, BOLD, DIM, GREEN, LIME, YELLOW, ORANGE, RED };

struct page {
	struct buf *out;
	const struct write_options *o;
	size_t width, column; /* of the terminal; written of this line */
};

struct page page_on(struct buf *out, const struct write_options *o);
void page_ink(struct page *p, enum ink i); /* nothing without colour */
enum ink grade_ink(unsigned grade);
void page_inked(struct page *p, enum ink i, const char *text);
void page_verdict(struct page *p, uint8_t verdict); /* its mark and a blank */
/* Text of ours, as it is. */
void page_printf(struct page *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void page_span(struct page *p, struct span s); /* of an image: escaped */
void page_to(struct page *p, size_t column); /* blanks; at least one, but at the start of a line */
void page_end(struct page *p);               /* of the line; takes blanks before it away */
void page_title(struct page *p, const char *title); /* after an empty line */
/* Words, each further line indented; the line is not ended. */
void page_words(struct page *p, size_t indent, struct span s);
/* A piece that is kept together: on the next line when it does not fit here. */
void page_piece(struct page *p, size_t indent, enum ink i, struct span s);
/* Words from the indent to the end of the line. */
void page_paragraph(struct page *p, size_t indent, struct span s);
/* As much as fits on this line. */
void page_cut(struct page *p, struct span s);
/* One command or instruction of a Dockerfile, continued with a backslash, never within quotes. */
void page_command(struct page *p, size_t indent, struct span s);
void size_text(struct buf *b, uint64_t bytes);          /* "1.5 MB" */
void place_text(struct buf *b, const struct place *at); /* raw bytes */
