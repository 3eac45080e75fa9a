/* cbor.h - a bounded walker over CBOR: one item at a time, nothing allocated.
 *
 * Definite lengths in their shortest form; no floats. Source: RFC 8949, sections 3 and 4.2.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/span.h"

enum { CBOR_DEPTH = 8 /* items in items, tags too */ };

enum cbor_kind {
	CBOR_NUMBER,
	CBOR_NEGATIVE, /* -1 - value */
	CBOR_BYTES,
	CBOR_TEXT, /* UTF-8 */
	CBOR_LIST,
	CBOR_MAP,
	CBOR_TAG,
	CBOR_SIMPLE, /* false, true, null, undefined */
};

struct cbor {
	uint8_t kind;
	uint64_t value;   /* the number, the tag, how many items or pairs follow */
	struct span text; /* of bytes and texts */
};

/* The head of the next item; what is in a list, a map or a tag comes next. False, and the cursor is
 * bad, when there is none. */
bool cbor_next(struct cur *c, struct cbor *out);
/* The whole of the next item: views from its first byte to its last. */
struct span cbor_whole(struct cur *c);
/* The same when it must be of one kind; otherwise the cursor is bad. */
struct cbor cbor_take(struct cur *c, enum cbor_kind kind);
