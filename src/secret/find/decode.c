/* decode.c - secrets that are in a text in another form: base64, escapes, URL-encoding, UTF-16.
 *
 * The run around an encoded literal is decoded and looked at as a stream of its own, at most twice
 * deep.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "secret/find/parts.h"

#include "base/ascii.h"
#include "syntax/base64.h"

enum { RUN_MIN = 16 /* characters of a run that no hit led to */ };

/* A line break inside base64: real, or as JSON writes it. Its length; 0: not one. */
static size_t break_at(struct span s, size_t i)
{
	uint8_t c = span_at(s, i), next = span_at(s, i + 1);

	if (c == '\r' || c == '\n' || c == ' ')
		return 1;
	return c == '\\' && (next == 'n' || next == 'r') ? 2 : 0;
}

static size_t run_start(struct span s, size_t hit)
{
	while (hit && base64_digit(span_at(s, hit - 1)) >= 0)
		hit--;
	return hit;
}

/* The run from `from` on: breaks are taken only where base64 is on both sides. *end: after it.
 */
static size_t decode_base64(struct span s, size_t from, uint8_t *out, size_t *end)
{
	size_t n = 0, i;
	unsigned bits = 0;
	uint32_t held = 0;

	for (i = from; i < s.len;) {
		int d = base64_digit(span_at(s, i));
		size_t gap = d < 0 ? break_at(s, i) : 0;

		while (gap && break_at(s, i + gap))
			gap += break_at(s, i + gap);
		if (d < 0 && (!gap || base64_digit(span_at(s, i + gap)) < 0))
			break;
		if (d < 0) {
			i += gap;
			continue;
		}
		held = held << 6 | (uint32_t)d;
		bits += 6;
		i++;
		if (bits >= 8) {
			bits -= 8;
			out[n++] = (uint8_t)(held >> bits);
		}
	}
	*end = i;
	return n;
}

/* Where the next run of base64 begins; s.len: nowhere. */
static size_t next_base64(struct span s, size_t at)
{
	size_t n = 0;

	for (; at < s.len && n < RUN_MIN; at++)
		n = base64_digit(span_at(s, at)) >= 0 ? n + 1 : 0;
	return n < RUN_MIN ? s.len : at - n;
}

/* The half of the bytes that is at the hit's parity, as far as the other half is zero. */
static size_t decode_utf16(struct span s, size_t hit, uint8_t *out, size_t *end)
{
	size_t from = hit, n = 0, i;

	while (from >= 2 && span_at(s, from - 1) == 0 && span_at(s, from - 2) != 0)
		from -= 2;
	for (i = from; i < s.len && span_at(s, i); i += 2) {
		out[n++] = span_at(s, i);
		if (span_at(s, i + 1))
			break;
	}
	*end = i + 1;
	return n;
}

static size_t next_utf16(struct span s, size_t at)
{
	while (at < s.len) {
		size_t n = 0;

		while (n < RUN_MIN && span_at(s, at + 2 * n) && at + 2 * n + 1 < s.len &&
			!span_at(s, at + 2 * n + 1))
			n++;
		if (n == RUN_MIN)
			return at;
		at += n ? 2 * n : 1;
	}
	return s.len;
}

static size_t decode_url(struct span s, uint8_t *out)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		int byte = span_percent(s, i);

		if (byte >= 0) {
			out[n++] = (uint8_t)byte;
			i += 2;
		} else {
			out[n++] = span_at(s, i) == '+' ? ' ' : span_at(s, i);
		}
	}
	return n;
}

/* One escape after a backslash at i: its byte, and how much it takes. */
static uint8_t escape(struct span s, size_t i, size_t *taken)
{
	uint8_t c = span_at(s, i + 1);
	unsigned v = 0;

	*taken = 2;
	if (c == 'n' || c == 'r' || c == 't')
		return c == 'n' ? '\n' : c == 'r' ? '\r' : '\t';
	if (c != 'u' && c != 'x')
		return c;
	size_t digits = c == 'u' ? 4 : 2;

	for (size_t k = 0; k < digits; k++) {
		int d = ascii_hex(span_at(s, i + 2 + k));

		if (d < 0)
			return c;
		v = v << 4 | (unsigned)d;
	}
	*taken = 2 + digits;
	return v < 256 ? (uint8_t)v : '?';
}

/* "&#10;", "&#xA;" at i; anything else stands for itself. */
static uint8_t entity(struct span s, size_t i, size_t *taken)
{
	struct span rest = span_sub(s, i + 2, 8), number = span_sub(rest, 0, span_find(rest, ';'));
	bool is_hex = (span_at(number, 0) | 32) == 'x';
	uint64_t v;

	if (span_at(s, i + 1) != '#' || number.len == rest.len ||
		!span_number(span_from(number, is_hex), is_hex ? 16 : 10, 255, &v))
		return span_at(s, i);
	*taken = 2 + number.len + 1;
	return (uint8_t)v;
}

static size_t decode_escapes(struct span s, uint8_t *out)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len;) {
		size_t taken = 1;
		uint8_t c = span_at(s, i);

		out[n++] = c == '\\' ? escape(s, i, &taken) : c == '&' ? entity(s, i, &taken) : c;
		i += taken;
	}
	return n;
}

/* The decoded text, as a look inside this one. Wipes it. [from, end) of this look was decoded; a
 * hit is at `at`. */
static void look_at(struct finder *f, struct look *l, uint64_t at, uint64_t from, uint64_t end,
	uint8_t encoding, uint8_t *text, size_t len)
{
	struct look *inner = look_begin(f, l);

	if (!l->encoding) {
		f->run = (size_t)from;
		f->run_end = (size_t)end;
	}

	if (inner) {
		inner->encoding = encoding;
		inner->decoded = l->decoded + 1;
		inner->line_base = look_line(l, at);
		look_push(f, inner, span_of(text, len), true);
		look_end(f, inner);
	}
	explicit_bzero(text, len);
}

/* A run that began before the window does not say where its groups of four begin. The literal
 * does, up to which of its three forms it is: at the first, third or fourth of a group
 * (pattern.c). All three are tried. Where the last ends. */
static size_t look_at_cut(struct finder *f, struct look *l, const struct window *w,
	struct span text, size_t hit, uint8_t *out)
{
	static const uint8_t ahead[] = { 0, 2, 3 };
	size_t end = hit;

	for (size_t i = 0; i < sizeof(ahead); i++) {
		size_t from = hit >= ahead[i] ? (hit - ahead[i]) % 4 : hit;
		size_t n = decode_base64(text, from, out, &end);

		look_at(f, l, w->from + hit, w->from + from, w->from + end, ENCODED_BASE64, out, n);
	}
	return end;
}

/* Hits share a window and the first alone is known: its run, and all runs after it. */
static void look_at_runs(struct finder *f, struct look *l, const struct window *w,
	enum pattern_kind kind, struct span text, uint8_t *out)
{
	bool is_wide = kind == PATTERN_UTF16;
	size_t at = w->hit > w->from + w->len ? (size_t)(w->hit - w->len - w->from) : 0;
	uint64_t done = l->done[w->slot];

	if (w->from + at < done)
		at = is_wide ? next_utf16(text, (size_t)(done - w->from))
			     : next_base64(text, (size_t)(done - w->from));
	while (at < text.len) {
		size_t end = at, from = is_wide ? at : run_start(text, at), n;

		if (!is_wide && !from && w->from) {
			end = look_at_cut(f, l, w, text, at, out);
		} else {
			n = is_wide ? decode_utf16(text, at, out, &end)
				    : decode_base64(text, from, out, &end);
			look_at(f, l, w->from + at, w->from + from, w->from + end,
				is_wide ? ENCODED_UTF16 : ENCODED_BASE64, out, n);
		}
		end = end > at ? end : at + 1;
		l->done[w->slot] = w->from + end;
		at = is_wide ? next_utf16(text, end) : next_base64(text, end);
	}
}

void confirm_encoded(struct finder *f, struct look *l, const struct window *w,
	enum pattern_kind kind, struct span text)
{
	/* As long as the text at most. */
	uint8_t *out = mem_alloc(text.len + 4);

	if (!out) {
		f->dropped++;
		return;
	}
	if (kind == PATTERN_BASE64 || kind == PATTERN_UTF16)
		look_at_runs(f, l, w, kind, text, out);
	else
		look_at(f, l, w->hit - w->len, w->from, w->to, ENCODED_URL, out,
			decode_url(text, out));
	mem_free(out);
}

void confirm_escaped(struct finder *f, struct look *l, const struct window *w, struct span text)
{
	bool is_url = span_find(text, '%') < text.len,
	     is_escaped = span_find(text, '\\') < text.len || span_has(text, SPAN("&#"));
	uint8_t *out = NULL;

	if (l->decoded >= DECODED_DEPTH || (!is_url && !is_escaped))
		return;
	if (!(out = mem_alloc(text.len + 1))) {
		f->dropped++;
		return;
	}
	if (is_escaped) {
		size_t n = decode_escapes(text, out);

		look_at(f, l, w->hit, w->from, w->to, ENCODED_ESCAPED, out, n);
	}
	if (is_url) {
		size_t n = decode_url(text, out);

		look_at(f, l, w->hit, w->from, w->to, ENCODED_URL, out, n);
	}
	mem_free(out);
}
