/* utf8.c - decode one character at a time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "syntax/utf8.h"

size_t utf8_step(struct span s, size_t off, uint32_t *code)
{
	/* Smallest code point of each length: anything below it is an overlong form. */
	static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint8_t head = span_at(s, off);
	size_t len = head < 0x80 ? 1 : head >= 0xf0 ? 4 : head >= 0xe0 ? 3 : 2;
	uint32_t v = len == 1 ? head : head & (0x7fu >> len);

	if (off >= s.len || len > s.len - off || (head >= 0x80 && head < 0xc2) || head > 0xf4)
		return 0;
	for (size_t i = 1; i < len; i++) {
		uint8_t more = span_at(s, off + i);

		if ((more & 0xc0) != 0x80)
			return 0;
		v = v << 6 | (more & 0x3f);
	}
	if (v < least[len] || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
		return 0;
	if (code)
		*code = v;
	return len;
}

size_t utf8_put(uint32_t code, uint8_t to[4])
{
	size_t len = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

	for (size_t i = len; i-- > 1; code >>= 6)
		to[i] = (uint8_t)(0x80 | (code & 0x3f));
	to[0] = (uint8_t)(len == 1 ? code : (0xf00u >> len & 0xff) | code);
	return len;
}
