/* fuzz_walk.c - tar bytes through walker and analyzers: how they are cut makes no difference, and
 * what comes out is what the program's bounded reader takes.
 *
 * First byte: the length of the pieces; its top bit: headers get their right checksum first.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "facts/serial.h"
#include "scan/search.h"
#include "scan/walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CAP = 8 << 20, MEMORY = 32 << 20, BLOCK = 512 };

static struct limits small_limits(void)
{
	struct limits l = limits_default();

	l.kept_file = 64 << 10;
	l.layer_entries = 10000;
	return l;
}

static void mend_checksum(uint8_t *h)
{
	unsigned sum = 8 * ' ';

	for (size_t i = 0; i < BLOCK; i++)
		sum += i >= 148 && i < 156 ? 0 : h[i];
	snprintf((char *)h + 148, 8, "%06o", sum);
}

/* Facts of the bytes, cut into pieces; an error ends the walk as it does in a worker. */
static size_t facts_of(struct span tar, size_t piece, bool is_searched, uint8_t *out)
{
	struct limits l = small_limits();
	scoped_arena struct arena arena = { .limit = MEMORY }, scratch = { .limit = MEMORY };
	struct part part = { .kind = PART_LAYER };
	struct analysis a = { .part = &part, .arena = &arena, .scratch = &scratch, .limits = &l };
	struct scov_err err = { 0 };

	a.key = SPAN("0123456789abcdef");
	a.finder = search_finder(&err);
	a.is_searched = is_searched;
	if (!a.finder)
		abort();
	finder_bind(a.finder, &part, &arena, &l, a.key);
	struct walk *w = walk_new(&a, 0);
	size_t len = 0;
	int rc = 0;

	if (!w)
		abort();
	for (size_t at = 0; at < tar.len && !rc; at += piece)
		rc = walk_push(w, span_sub(tar, at, piece), &err);
	if (!rc)
		rc = walk_end(w, &err);
	if (rc && !err.text[0])
		abort();
	walk_free(w);
	part.complete = !rc;
	part.size = tar.len;
	arena.limit += 64 << 10;
	if (rc)
		diag_add(&a, DIAG_ERROR, NO_ENTRY, HIDES_ALL, "%s", err.text);
	if (facts_write(&part, out, CAP, &len, &err))
		len = 0;
	return len;
}

static void check_readable(struct span facts)
{
	scoped_arena struct arena a = { .limit = 64 << 20 };
	struct limits l = small_limits();
	struct scov_err err;
	struct part part;

	if (facts.len && facts_read(facts, &l, &a, &part, &err)) {
		fprintf(stderr, "%s\n", err.text);
		abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t whole[CAP], cut[CAP];
	scoped_arena struct arena a = { .limit = 64 << 20 };

	if (size < 1 || size > 1 << 20)
		return 0;
	uint8_t *tar = arena_alloc(&a, size);

	memcpy(tar, data + 1, size - 1);
	for (size_t at = 0; data[0] & 0x80 && at + BLOCK <= size - 1; at += BLOCK)
		if (tar[at] && memcmp(tar + at + 257, "ustar", 5) == 0)
			mend_checksum(tar + at);
	size_t piece = 1 + (size_t)(data[0] & 0x7f) * 7,
	       n = facts_of(span_of(tar, size - 1), size, false, whole);
	size_t m = facts_of(span_of(tar, size - 1), piece, false, cut);

	if (n != m || memcmp(whole, cut, n) != 0)
		abort();
	check_readable(span_of(whole, n));
	/* And with the search for secrets. */
	check_readable(span_of(cut, facts_of(span_of(tar, size - 1), piece, true, cut)));
	return 0;
}
