/* escape.c - bytes that an image controls, made fit to be shown.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "report/escape.h"

#include "syntax/utf8.h"

/* Controls of direction and format that make text look like other text. Source: Unicode, UAX 9, and
 * CVE-2021-42574. */
static bool hides(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x200e || c == 0x200f || c == 0x061c ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff ||
	       (c >= 0x200b && c <= 0x200d);
}

static void each(struct buf *out, struct span s, void (*put)(struct buf *, struct span))
{
	for (size_t i = 0, n; i < s.len; i += n) {
		uint32_t code = 0;

		n = utf8_step(s, i, &code);
		if (n == 0) {
			buf_printf(out, "\\x%02x", span_at(s, i));
			n = 1;
		} else if (hides(code)) {
			buf_printf(out, code < 0x100 ? "\\x%02x" : "\\u{%x}", code);
		} else {
			put(out, span_sub(s, i, n));
		}
	}
}

void escape_terminal(struct buf *out, struct span s)
{
	each(out, s, buf_span);
}

static void markup(struct buf *out, struct span character)
{
	switch (span_at(character, 0)) {
	case '&':
		buf_str(out, "&amp;");
		break;
	case '<':
		buf_str(out, "&lt;");
		break;
	case '>':
		buf_str(out, "&gt;");
		break;
	case '"':
		buf_str(out, "&quot;");
		break;
	case '\'':
		buf_str(out, "&#39;");
		break;
	default:
		buf_span(out, character);
	}
}

void escape_markup(struct buf *out, struct span s)
{
	each(out, s, markup);
}

/* Columns of one character. Source: Unicode, EastAsianWidth.txt, W and F, in whole blocks. */
static size_t columns_of(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} wide[] = {
		{ 0x1100, 0x115f },
		{ 0x2e80, 0xa4cf },
		{ 0xac00, 0xd7a3 },
		{ 0xf900, 0xfaff },
		{ 0xfe30, 0xfe6f },
		{ 0xff00, 0xff60 },
		{ 0xffe0, 0xffe6 },
		{ 0x1f300, 0x1faff },
		{ 0x20000, 0x3fffd },
	};

	for (size_t i = 0; i < sizeof(wide) / sizeof(*wide); i++)
		if (c >= wide[i].first && c <= wide[i].last)
			return 2;
	return 1;
}

size_t shown_fit(struct span s, size_t columns)
{
	size_t at = 0, used = 0, n;
	uint32_t code;

	while ((n = utf8_step(s, at, &code))) {
		used += columns_of(code);
		if (used > columns)
			break;
		at += n;
	}
	return at;
}

size_t shown_width(struct span s)
{
	size_t used = 0, n;
	uint32_t code;

	for (size_t at = 0; (n = utf8_step(s, at, &code)); at += n)
		used += columns_of(code);
	return used;
}

size_t escape_width(struct span s)
{
	scoped_buf struct buf b = { 0 };

	escape_terminal(&b, s);
	return shown_width(buf_view(&b));
}
