/* differ.h - inputs made at random, and what our readers make of them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/buf.h"
#include "base/span.h"

/* A sequence that its seed decides. */
struct dice {
	uint64_t state;
};

uint64_t dice_below(struct dice *d, uint64_t n);
bool dice_percent(struct dice *d, unsigned chance);
const char *dice_word(struct dice *d, const char *const *list); /* NULL-ended */
/* One to three bytes set to others, here and there. */
void dice_spoil(struct dice *d, struct buf *b, size_t from);

/* A text after its length of four bytes. */
void put_text(struct buf *out, struct span s);
struct span take_text(struct cur *c);

/* The lines of text, sorted by bytes. */
void sort_lines(struct buf *text);

struct kind {
	const char *name;
	uint8_t letter; /* of the oracle's frames */
	void (*make)(struct dice *d, struct buf *out);
	/* The facts as the oracle writes them. False: refused, with an error or a diagnostic. */
	bool (*read)(struct span in, struct buf *out);
	const char *cautious; /* facts that begin so let nothing pass; NULL: none */
};

extern const struct kind kind_tar, kind_document, kind_config, kind_archive, kind_user, kind_index,
	kind_dockerfile, kind_word;
