/* symbols.h - which functions a program holds, as a Bloom filter: a name that is not in it is not
 * in the program; one that is may be (one in fifty of those that are not).
 *
 * A filter is a power of two of bits, least significant first. A name sets SYMBOLS_HASHES bits:
 * a + i * b of its hash_span with hash_fact_key, a the lower 32 bits, b the upper with bit 0 set.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stdbool.h>

#include "base/arena.h"

enum { SYMBOLS_HASHES = 5, SYMBOLS_BYTES_MIN = 64, SYMBOLS_BYTES_MAX = 1 << 20 };

/* Bytes of a filter for so many names. */
size_t symbols_size(uint64_t names);
/* size: of symbols_size. */
void symbols_add(uint8_t *filter, size_t size, struct span name);
/* Names as advisories write them: "import/path.Type.Method", and "import/path." for any function
 * of a package. A filter of another size than symbols_size gives has all names. */
bool symbols_may_have(struct span filter, struct span name);
/* "sha256:..." of a list of names, whatever their order: which ones were looked for. Empty: no
 * memory. */
struct span symbols_digest(const struct span *list, size_t n, struct arena *a);
