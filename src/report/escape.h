/* escape.h - bytes that an image controls, made fit to be shown.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/buf.h"
#include "base/span.h"

/* Control bytes, DEL, C1 controls, line separators, bidirectional controls and invalid UTF-8 become
 * \xNN or \u{N}; the rest stays. */
void escape_terminal(struct buf *out, struct span s);
/* As above, and & < > " ' as character references: for SVG and HTML. */
void escape_markup(struct buf *out, struct span s);
/* Columns of a terminal that the escaped text takes: two for a wide character, else one. */
size_t escape_width(struct span s);
/* The same of text that is escaped already. */
size_t shown_width(struct span s);
/* Bytes of its longest beginning of at most `columns`; never within a character. */
size_t shown_fit(struct span s, size_t columns);
