/* base64.c - base64 text to bytes and back.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "syntax/base64.h"

#include "base/err.h"

/* Removes the padding, which must be correct if there is any. */
static bool strip(struct span *text)
{
	size_t pad = 0;

	while (pad < 2 && text->len && span_at(*text, text->len - 1) == '=') {
		*text = span_sub(*text, 0, text->len - 1);
		pad++;
	}
	return text->len % 4 != 1 && (!pad || (text->len + pad) % 4 == 0);
}

int base64_decode(struct span text, struct arena *a, struct span *out, struct scov_err *err)
{
	bool url = span_find(text, '-') < text.len || span_find(text, '_') < text.len;
	bool standard = span_find(text, '+') < text.len || span_find(text, '/') < text.len;
	uint32_t bits = 0;
	unsigned held = 0;
	size_t n = 0;

	if (!strip(&text) || (url && standard))
		return err_fail(err, SCOV_E_FORMAT, "not base64: wrong %s",
			url && standard ? "alphabet" : "length or padding");
	uint8_t *p = arena_alloc(a, text.len / 4 * 3 + 3);

	if (!p)
		return err_fail(err, SCOV_E_LIMIT,
			"base64 text of %zu bytes does not fit in memory", text.len);
	for (size_t i = 0; i < text.len; i++) {
		int v = base64_digit(span_at(text, i));

		if (v < 0)
			return err_fail(
				err, SCOV_E_FORMAT, "not base64: invalid character at byte %zu", i);
		bits = (bits << 6 | (uint32_t)v) & 0xffff;
		held += 6;
		if (held >= 8) {
			held -= 8;
			p[n++] = (uint8_t)(bits >> held);
		}
	}
	if (bits & ((1u << held) - 1))
		return err_fail(err, SCOV_E_FORMAT, "not base64: bits after the last byte");
	*out = span_of(p, n);
	return 0;
}

void base64_encode(struct buf *b, struct span bytes)
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < bytes.len; i += 3) {
		size_t have = bytes.len - i;
		uint32_t v = (uint32_t)span_at(bytes, i) << 16 |
			     (uint32_t)span_at(bytes, i + 1) << 8 | span_at(bytes, i + 2);

		buf_byte(b, alphabet[v >> 18]);
		buf_byte(b, alphabet[v >> 12 & 63]);
		buf_byte(b, have > 1 ? alphabet[v >> 6 & 63] : '=');
		buf_byte(b, have > 2 ? alphabet[v & 63] : '=');
	}
}
