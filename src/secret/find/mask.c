/* mask.c - short texts with stars in place of the values that the rules find.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "secret/find/mask.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "secret/find/parts.h"
#include "secret/value/name.h"
#include "secret/value/value.h"

enum {
	PART_SHORT = 16, /* bytes: a shorter part of a name is not a value by itself */
	PASSES_MAX = 8,  /* looks at one text; when they do not suffice, none of it is shown */
};

/* ---- tier one alone ---- */

static int on_literal(
	unsigned id, unsigned long long from, unsigned long long end, unsigned flags, void *ctx)
{
	bool *is_there = ctx;

	(void)from;
	(void)end;
	(void)flags;
	if (PATTERN_KIND(id) == PATTERN_PACE)
		return 0;
	*is_there = true;
	return 1; /* no need to go on */
}

bool sieve_holds(hs_stream_t *sieve, hs_scratch_t *scratch, struct span text)
{
	bool is_there = false;

	/* What is not text is looked at with the other set. */
	if (!text.len || span_find(text, 0) < text.len)
		return text.len;
	hs_error_t bad = hs_scan_stream(
		sieve, (const char *)text.p, (unsigned)text.len, 0, scratch, on_literal, &is_there);

	hs_reset_stream(sieve, 0, NULL, NULL, NULL);
	return is_there || bad;
}

bool finder_suspects(const struct finder *f, struct span text)
{
	return sieve_holds(f->sieve, f->scratch, text);
}

/* ---- texts ---- */

bool finder_is_set(const struct finder *f, struct span name, struct span value)
{
	return name_class_by(f->words, name) > NAME_WEAK && span_at(value, 0) != '/' &&
	       !value_placeholder(f->words, value);
}

/* Stars in f->mask for what is found in a copy of it. */
static void mask_once(struct finder *f, struct span copy)
{
	struct look *l = look_begin(f, NULL);

	if (!l)
		return; /* counted in f->dropped */
	l->surface = SURFACE_ANNOTATION;
	look_push(f, l, copy, true);
	look_end(f, l);
}

size_t finder_mask(struct finder *f, uint8_t *text, size_t len)
{
	struct span path = f->path;
	uint32_t entry = f->entry;

	if (!finder_suspects(f, span_of(text, len)))
		return 0;
	/* What was found must not change what is still to be looked at. */
	uint8_t *copy = mem_alloc(len);

	if (!copy) {
		memset(text, '*', len);
		return 1;
	}
	uint64_t dropped = f->dropped;

	f->mask = text;
	f->mask_len = len;
	f->masked = 0;
	f->entry = NO_ENTRY;
	f->path = (struct span){ 0 };
	/* A value may hide another one: again, until nothing is found that is not stars. */
	int passes = 0;

	do {
		memcpy(copy, text, len);
		mask_once(f, span_of(copy, len));
	} while (memcmp(copy, text, len) && ++passes < PASSES_MAX);
	explicit_bzero(copy, len);
	mem_free(copy);
	f->mask = NULL;
	f->path = path;
	f->entry = entry;
	f->masked += f->dropped != dropped; /* what was not looked at whole is not shown */
	if (f->dropped != dropped || passes == PASSES_MAX)
		memset(text, '*', len);
	return f->masked;
}

/* ---- names ---- */

static size_t part_end(struct span name, size_t from)
{
	return from + span_find(span_from(name, from), '/');
}

/* Stars that the look at all of `name` up to `end` put into `copy` and that its part [from, end)
 * has not. */
static void take_stars(uint8_t *name, const uint8_t *copy, size_t from, size_t end,
	bool (*is_known)(struct span part))
{
	bool is_whole = true;

	for (size_t i = from; i < end; i++)
		is_whole &= copy[i] == '*';
	if (is_whole && (end - from < PART_SHORT ||
				(is_known && is_known(span_of(name + from, end - from)))))
		return;
	for (size_t i = from; i < end; i++)
		if (copy[i] == '*')
			name[i] = '*';
}

/* Each part as the parts before it and itself say, so that what follows changes nothing. */
static size_t mask_across(
	struct finder *f, uint8_t *name, size_t len, bool (*is_known)(struct span part))
{
	size_t from = part_end(span_of(name, len), 0) + 1, n = 0;
	uint8_t *copy = from < len ? mem_alloc(len) : NULL;

	if (from >= len)
		return 0;
	if (!copy) {
		arena_fail(f->arena);
		return 1;
	}
	for (size_t end; from < len; from = end + 1) {
		end = part_end(span_of(name, len), from);
		memcpy(copy, name, end);
		if (end == from || !finder_mask(f, copy, end))
			continue;
		take_stars(name, copy, from, end, is_known);
		n++;
	}
	explicit_bzero(copy, len);
	mem_free(copy);
	return n;
}

size_t finder_mask_name(
	struct finder *f, uint8_t *name, size_t len, bool (*is_known)(struct span part))
{
	size_t n = 0;

	if (!finder_suspects(f, span_of(name, len)))
		return 0;
	for (size_t from = 0, end; from < len; from = end + 1) {
		end = part_end(span_of(name, len), from);
		n += finder_mask(f, name + from, end - from);
	}
	return n + mask_across(f, name, len, is_known);
}
