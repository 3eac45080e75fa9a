/* span.h - views of bytes, and the cursor that cannot leave its span.
 *
 * Text from an image is any bytes, with no NUL promised. Only this file and
 * span.c index input bytes; a parser reads through a cursor and asks once whether all of
 * it was there.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A view: whoever owns the bytes outlives it. The empty span may have p == NULL. */
struct span {
	const uint8_t *p;
	size_t len;
};

#define SPAN_INIT(lit)                                                                             \
	{                                                                                          \
		(const uint8_t *)(lit), sizeof(lit) - 1                                            \
	}
#define SPAN(lit) ((struct span)SPAN_INIT(lit))

/* printf("%.*s", SPAN_ARG(s)): for our own text and for error messages that are escaped later. */
#define SPAN_ARG(s) (int)((s).len > 4096 ? 4096 : (s).len), (s).len ? (const char *)(s).p : ""

static inline struct span span_of(const void *p, size_t len)
{
	return (struct span){ p, len };
}
struct span span_str(const char *s); /* NULL gives the empty span */
static inline bool span_eq(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || (a.p[0] == b.p[0] && memcmp(a.p, b.p, a.len) == 0));
}
bool span_eq_nocase(struct span a, struct span b); /* ASCII */
int span_cmp(struct span a, struct span b);        /* bytes, shorter first */
bool span_starts(struct span s, struct span head);
bool span_ends(struct span s, struct span tail);
bool span_ends_nocase(struct span s, struct span tail); /* ASCII */
/* Offset of the first byte or needle; s.len: not found. */
size_t span_find(struct span s, uint8_t byte);
size_t span_find_span(struct span s, struct span needle);
size_t span_rfind(struct span s, uint8_t byte);
/* The first place where one of n needles (none empty) begins; *which is its row; s.len: not found.
 * Fast where the shortest needle is long: steps are about its length. */
size_t span_find_any(struct span s, const struct span *needles, size_t n, size_t *which);
bool span_has(struct span s, struct span needle);
/* One of the words of a list, with one blank between two. */
bool span_has_word(struct span list, struct span word);
/* The first '.' in from..to that is between two digits or before "so", with what is around that in
 * s; to: none. Fast. */
size_t span_find_dotted(struct span s, size_t from, size_t to);
/* Out of range is clamped, never an error. */
static inline struct span span_sub(struct span s, size_t from, size_t len)
{
	if (from > s.len)
		from = s.len;
	if (len > s.len - from)
		len = s.len - from;
	return len ? span_of(s.p + from, len) : (struct span){ 0 };
}
static inline struct span span_from(struct span s, size_t from)
{
	return span_sub(s, from, SIZE_MAX);
}
struct span span_trim(struct span s);      /* blanks, tabs, CR, LF at both ends */
struct span span_base(struct span path);   /* after the last '/' */
struct span span_member(struct span path); /* after the last '!': of "outer.jar!a/b" what it is in
					      the innermost archive */
struct span span_dir(struct span path);    /* before the last '/', empty when none */
/* A clean path: names joined by single slashes, none of them "." or "..", at most names_max of
 * them. The empty path (the root) is one. */
bool span_is_path(struct span s, size_t names_max);
/* The bytes before the next sep; *rest starts after it. False when *rest is used up. */
bool span_split(struct span *rest, uint8_t sep, struct span *out);
bool span_line(struct span *rest, struct span *out); /* split at LF, one trailing CR removed */
/* Whole span as an unsigned number of the base, no sign, no blanks, not empty, at most max. */
bool span_number(struct span s, unsigned base, uint64_t max, uint64_t *out);
/* The byte that is written as %XX at i; -1: none is. */
int span_percent(struct span s, size_t i);
/* 0 outside. */
static inline uint8_t span_at(struct span s, size_t i)
{
	return i < s.len ? s.p[i] : 0;
}

/* Little-endian; 0 where the bytes are not all inside. */
static inline uint32_t span_le32(struct span s, size_t at)
{
	if (s.len < 4 || at > s.len - 4)
		return 0;
	return (uint32_t)s.p[at] | (uint32_t)s.p[at + 1] << 8 | (uint32_t)s.p[at + 2] << 16 |
	       (uint32_t)s.p[at + 3] << 24;
}

/* Sets bad at the first read that does not fit; from then on reads yield zeros and empty spans. */
struct cur {
	struct span in;
	size_t off;
	bool bad;
};

static inline struct cur cur_over(struct span in)
{
	return (struct cur){ .in = in };
}

/* 0 once bad. */
static inline size_t cur_left(const struct cur *c)
{
	return c->bad ? 0 : c->in.len - c->off;
}

/* False makes the cursor bad. */
static inline void cur_need(struct cur *c, bool truth)
{
	c->bad |= !truth;
}

static inline struct span cur_take(struct cur *c, size_t len)
{
	struct span s = { 0 };

	if (len > cur_left(c)) {
		c->bad = true;
		return s;
	}
	if (len)
		s = (struct span){ c->in.p + c->off, len };
	c->off += len;
	return s;
}

/* An unsigned number of n bytes, at most 8, little-endian. */
static inline uint64_t cur_little(struct cur *c, size_t n)
{
	struct span s = cur_take(c, n);
	uint64_t v = 0;

	if (s.len)
		memcpy(&v, s.p, n);
	return le64toh(v);
}

static inline uint8_t cur_u8(struct cur *c)
{
	return (uint8_t)cur_little(c, 1);
}

static inline uint16_t cur_le16(struct cur *c)
{
	return (uint16_t)cur_little(c, 2);
}

static inline uint32_t cur_le32(struct cur *c)
{
	return (uint32_t)cur_little(c, 4);
}

static inline uint64_t cur_le64(struct cur *c)
{
	return cur_little(c, 8);
}

struct span cur_rest(struct cur *c, size_t keep);  /* all but the last keep bytes */
struct span cur_until(struct cur *c, uint8_t end); /* up to end, which is eaten; bad when absent */
void cur_skip(struct cur *c, size_t len);
void cur_align(struct cur *c, size_t to);
void cur_seek(struct cur *c, size_t off);
void cur_expect(struct cur *c, uint8_t byte);
bool cur_expects(struct cur *c, struct span lit); /* false and bad when it differs */
uint8_t cur_peek(const struct cur *c);            /* 0 at the end */
uint16_t cur_be16(struct cur *c);
uint32_t cur_be32(struct cur *c);
uint64_t cur_be64(struct cur *c);
/* At least one digit, no sign; over max makes the cursor bad. */
uint64_t cur_decimal(struct cur *c, uint64_t max);
uint64_t cur_varint(struct cur *c); /* LEB128 as protobuf has it, 10 bytes at most */
/* The inner cursor ended good and fully read, else c becomes bad too. */
void cur_done(struct cur *c, const struct cur *inner);
