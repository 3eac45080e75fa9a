/* sections.h - text of headings "[name]" and settings "key = value", one line at a time.
 *
 * Blank lines and lines that begin with '#' are skipped; blanks around a key and a value are
 * ignored.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/span.h"

enum sections_kind {
	SECTIONS_END,
	SECTIONS_HEADING, /* name: what is between the brackets */
	SECTIONS_SETTING, /* name and value */
	SECTIONS_BROKEN,  /* neither; name: the line */
};

struct sections {
	struct span rest;        /* initially the text */
	uint32_t line;           /* of what was read last, from 1 */
	struct span name, value; /* views of the text */
};

enum sections_kind sections_next(struct sections *s);
