/* der.h - a bounded walker over DER: one element at a time, nothing allocated.
 *
 * Definite lengths in their shortest form, one-byte tags. Other forms of BER are refused.
 * Source: ITU-T X.690, sections 8 and 10.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/span.h"

enum der_tag {
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_BITS = 0x03,
	DER_OCTETS = 0x04,
	DER_NULL = 0x05,
	DER_OID = 0x06,
	DER_UTC_TIME = 0x17,
	DER_TIME = 0x18,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
	DER_CONTEXT = 0xa0, /* + n: [n], constructed */
};

enum { DER_MAX = 1 << 20 /* bytes of one element */, DER_HEAD_MAX = 6 };

struct der {
	uint8_t tag;
	struct span body, whole; /* whole: with tag and length */
};

/* The next element. False, and the cursor is bad, when there is none. */
bool der_next(struct cur *c, struct der *out);
/* The body of the next element, which must have this tag; otherwise empty, and the cursor is bad.
 */
struct span der_take(struct cur *c, uint8_t tag);
/* The same as a cursor over the body; bad from the start when it is not there. */
struct cur der_enter(struct cur *c, uint8_t tag);
bool der_peeks(const struct cur *c, uint8_t tag);
/* A non-negative INTEGER without its leading zero; zero is one byte 0. */
struct span der_magnitude(struct cur *c);
/* An INTEGER of 0..max. */
uint64_t der_number(struct cur *c, uint64_t max);
/* BIT STRING of whole bytes. */
struct span der_bits(struct cur *c);
/* UTCTime or GeneralizedTime in Zulu to seconds since 1970. False for any other form. */
bool der_time(struct cur *c, int64_t *seconds);
/* Writes tag and length; returns the bytes written, at most DER_HEAD_MAX. */
size_t der_head(uint8_t out[DER_HEAD_MAX], uint8_t tag, size_t len);
