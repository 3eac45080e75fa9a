/* classify.h - programs and libraries that are known by their content alone: by a text that holds
 * their version (data/classifier.tsv).
 *
 * A number with a dot is looked for first; what is before and after it says whose it is. Libraries
 * that are linked into another program are found the same way.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/span.h"
#include "known/tables.h"

enum {
	CLASSIFY_BEFORE =
		64, /* bytes before and after a position that classify_look wants in its */
	CLASSIFY_AFTER = 160, /* view, where the file has them */
	CLASSIFY_FOUND_MAX = 32,
	CLASSIFY_NOTED_MAX = 16,
	CLASSIFY_VERSION_MAX = 48,
};

struct classified {
	const struct known_classifier *row;
	bool is_unclear; /* another version of the same row: only for rows that must be alone */
	uint8_t len;
	uint8_t version[CLASSIFY_VERSION_MAX];
};

/* One file. */
struct classify {
	struct span base;   /* the file's name */
	struct span number; /* the first number with a dot in it, "3.11" of libpython3.11.so.1.0 */
	struct classified found[CLASSIFY_FOUND_MAX];
	size_t n;
	bool is_cut; /* more were found than there is room for */
	/* rows of libraries whose files it names: they are not in it; rows of bare numbers whose
	 * other text is there */
	const struct known_classifier *noted[CLASSIFY_NOTED_MAX];
	size_t noted_n;
};

void classify_start(struct classify *c, struct span path); /* path outlives it */
/* Positions from..to of bytes, which have not been looked at before. */
void classify_look(struct classify *c, struct span bytes, size_t from, size_t to);
/* The file is the program or library itself, by its name. */
bool classify_is_own(const struct classify *c, const struct known_classifier *row);
/* The i-th that was found, each version of a product once; false: unclear, or said already. */
bool classify_has(const struct classify *c, size_t i, struct span *version);
