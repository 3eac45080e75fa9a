/* cbor.c - a bounded walker over CBOR: one item at a time, nothing allocated.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "trust/notary/cbor.h"

#include "syntax/utf8.h"

/* Shortest form: a value that fits fewer bytes is refused. */
static uint64_t take_value(struct cur *c, uint8_t low)
{
	uint64_t v = low;

	switch (low) {
	case 24:
		v = cur_u8(c);
		cur_need(c, v >= 24);
		break;
	case 25:
		v = cur_be16(c);
		cur_need(c, v > UINT8_MAX);
		break;
	case 26:
		v = cur_be32(c);
		cur_need(c, v > UINT16_MAX);
		break;
	case 27:
		v = cur_be64(c);
		cur_need(c, v > UINT32_MAX);
		break;
	default:
		cur_need(c, low < 24);
	}
	return v;
}

static bool is_utf8(struct span s)
{
	for (size_t i = 0; i < s.len;) {
		size_t step = utf8_step(s, i, NULL);

		if (!step)
			return false;
		i += step;
	}
	return true;
}

bool cbor_next(struct cur *c, struct cbor *out)
{
	uint8_t head = cur_u8(c);
	struct cbor got = { .kind = head >> 5 };

	got.value = take_value(c, head & 31);
	if (got.kind == CBOR_BYTES || got.kind == CBOR_TEXT) {
		cur_need(c, got.value <= cur_left(c));
		got.text = cur_take(c, (size_t)got.value);
		cur_need(c, got.kind == CBOR_BYTES || is_utf8(got.text));
	} else if (got.kind == CBOR_LIST || got.kind == CBOR_MAP) {
		cur_need(c, got.value <= cur_left(c)); /* an item has a byte at least */
	} else if (got.kind == CBOR_SIMPLE) {
		cur_need(c, got.value >= 20 && got.value <= 23 && (head & 31) < 24);
	}
	if (c->bad)
		return false;
	*out = got;
	return true;
}

struct span cbor_whole(struct cur *c)
{
	uint64_t left[CBOR_DEPTH + 1] = { 1 }; /* items that are still to come, by depth */
	size_t depth = 0, from = c->off;

	for (;;) {
		struct cbor item;

		while (depth && !left[depth])
			depth--;
		if (!left[depth] || !cbor_next(c, &item))
			break;
		left[depth]--;
		uint64_t more = item.kind == CBOR_LIST  ? item.value
				: item.kind == CBOR_MAP ? 2 * item.value
				: item.kind == CBOR_TAG ? 1
							: 0;

		cur_need(c, !more || depth < CBOR_DEPTH);
		if (more && !c->bad)
			left[++depth] = more;
	}
	return c->bad ? (struct span){ 0 } : span_sub(c->in, from, c->off - from);
}

struct cbor cbor_take(struct cur *c, enum cbor_kind kind)
{
	struct cbor item = { 0 };

	cbor_next(c, &item);
	cur_need(c, item.kind == kind);
	return c->bad ? (struct cbor){ 0 } : item;
}
