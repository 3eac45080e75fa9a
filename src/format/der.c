/* der.c - a bounded walker over DER: one element at a time, nothing allocated.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/der.h"

#include "base/date.h"

static size_t length(struct cur *c)
{
	uint8_t first = cur_u8(c);
	size_t n = first & 0x7f, len = 0;

	if (first < 0x80)
		return first;
	cur_need(c, n >= 1 && n <= 3 && cur_peek(c) != 0);
	for (size_t i = 0; i < n && !c->bad; i++)
		len = len << 8 | cur_u8(c);
	cur_need(c, len >= 0x80 && len <= DER_MAX);
	return len;
}

bool der_next(struct cur *c, struct der *out)
{
	struct der d = { 0 };
	size_t start = c->off;

	d.tag = cur_u8(c);
	cur_need(c, (d.tag & 0x1f) != 0x1f);
	d.body = cur_take(c, length(c));
	if (c->bad)
		return false;
	d.whole = span_sub(c->in, start, c->off - start);
	*out = d;
	return true;
}

bool der_peeks(const struct cur *c, uint8_t tag)
{
	return cur_left(c) && cur_peek(c) == tag;
}

struct span der_take(struct cur *c, uint8_t tag)
{
	struct der d = { 0 };

	cur_need(c, der_peeks(c, tag));
	return der_next(c, &d) ? d.body : (struct span){ 0 };
}

struct cur der_enter(struct cur *c, uint8_t tag)
{
	struct cur in = cur_over(der_take(c, tag));

	in.bad = c->bad;
	return in;
}

struct span der_magnitude(struct cur *c)
{
	struct span s = der_take(c, DER_INTEGER);

	cur_need(c, s.len && !(span_at(s, 0) & 0x80));
	if (s.len > 1 && span_at(s, 0) == 0) {
		cur_need(c, span_at(s, 1) & 0x80);
		s = span_from(s, 1);
	}
	return c->bad ? (struct span){ 0 } : s;
}

uint64_t der_number(struct cur *c, uint64_t max)
{
	struct span s = der_magnitude(c);
	uint64_t v = 0;

	cur_need(c, s.len <= sizeof(v));
	for (size_t i = 0; i < s.len && !c->bad; i++)
		v = v << 8 | span_at(s, i);
	cur_need(c, v <= max);
	return c->bad ? 0 : v;
}

struct span der_bits(struct cur *c)
{
	struct span s = der_take(c, DER_BITS);

	cur_need(c, s.len && span_at(s, 0) == 0);
	return c->bad ? (struct span){ 0 } : span_from(s, 1);
}

static bool pair(struct span s, size_t at, uint64_t max, int *out)
{
	uint64_t v;

	if (!span_number(span_sub(s, at, 2), 10, max, &v))
		return false;
	*out = (int)v;
	return true;
}

bool der_time(struct cur *c, int64_t *seconds)
{
	struct der d;
	int century = 19, hour, minute, second;
	struct civil day;

	if (!der_next(c, &d))
		return false;
	bool has_century = d.tag == DER_TIME;
	struct span s = has_century ? span_from(d.body, 2) : d.body;

	if ((!has_century && d.tag != DER_UTC_TIME) || s.len != 13 || span_at(s, 12) != 'Z' ||
		(has_century && !pair(d.body, 0, 99, &century)))
		return false;
	if (!pair(s, 0, 99, &day.year) || !pair(s, 2, 12, &day.month) ||
		!pair(s, 4, 31, &day.day) || !pair(s, 6, 23, &hour) || !pair(s, 8, 59, &minute) ||
		!pair(s, 10, 59, &second))
		return false;
	if (!day.month || !day.day)
		return false;
	if (!has_century && day.year < 50)
		century = 20; /* RFC 5280, 4.1.2.5.1 */
	day.year += century * 100;
	*seconds = date_days(day) * DAY_SECONDS + hour * 3600 + minute * 60 + second;
	return true;
}

size_t der_head(uint8_t out[DER_HEAD_MAX], uint8_t tag, size_t len)
{
	size_t n = 0;

	out[n++] = tag;
	if (len < 0x80) {
		out[n++] = (uint8_t)len;
		return n;
	}
	size_t bytes = len > 0xffffff ? 4 : len > 0xffff ? 3 : len > 0xff ? 2 : 1;

	out[n++] = (uint8_t)(0x80 | bytes);
	for (size_t i = bytes; i-- > 0;)
		out[n++] = (uint8_t)(len >> (8 * i));
	return n;
}
