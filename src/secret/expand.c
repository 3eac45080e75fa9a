/* expand.c - templates of examples, so that no file holds text in the shape of a token.
 *
 * "{A36}" is 36 characters of a class, from a fixed pseudo-random sequence; "{crc32-base62}" and
 * "{crc32-le-hex}" are checksums of what stands before them; "{n}" ends a line, "{{" is a brace.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "secret/rule.h"

#include "base/buf.h"
#include "base/err.h"

enum { PIECE_MAX = 4096, CRC_OVER = 30 };

static const char digits62[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

static const struct {
	char letter;
	const char *set;
} classes[] = {
	{ 'A', digits62 },
	{ 'B', "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/" },
	{ 'D', "0123456789" },
	{ 'H', "0123456789abcdef" },
	{ 'L', "abcdefghijklmnopqrstuvwxyz" },
	{ 'M', "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" },
	{ 'U', "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" },
	{ 'W', "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-" },
	{ 'X', "0123456789ABCDEF" },
	{ 'Z', "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" },
	{ 'a', "0123456789abcdefghijklmnopqrstuvwxyz" },
};

/* splitmix64: any seed gives a good sequence. */
static uint64_t next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static uint32_t crc32_of(struct span s)
{
	uint32_t crc = ~0u;

	for (size_t i = 0; i < s.len; i++) {
		crc ^= span_at(s, i);
		for (int k = 0; k < 8; k++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

static bool fill(struct buf *b, const char *set, uint64_t n, uint64_t *state)
{
	struct span chars = span_str(set);

	for (uint64_t i = 0; i < n; i++)
		buf_span(b, span_sub(chars, next(state) % chars.len, 1));
	return true;
}

static void add_base62(struct buf *b)
{
	struct span made = buf_view(b);
	uint32_t crc = crc32_of(span_from(made, made.len > CRC_OVER ? made.len - CRC_OVER : 0));
	char out[7] = { 0 };

	for (int i = 5; i >= 0; i--, crc /= 62)
		out[i] = digits62[crc % 62];
	buf_span(b, span_of(out, 6));
}

/* Over the token's start to here, without the "_" that parts the checksum from it. */
static void add_le_hex(struct buf *b)
{
	struct span made = buf_view(b);
	size_t from = made.len;

	while (from && (span_has(span_str(digits62), span_sub(made, from - 1, 1)) ||
			       span_at(made, from - 1) == '_'))
		from--;
	struct span over = span_from(made, from);
	if (span_ends(over, SPAN("_")))
		over.len--;
	uint32_t crc = crc32_of(over);
	for (int i = 0; i < 4; i++, crc >>= 8) {
		const char two[2] = { "0123456789abcdef"[crc >> 4 & 15],
			"0123456789abcdef"[crc & 15] };
		buf_span(b, span_of(two, 2));
	}
}

static bool add_piece(struct buf *b, struct span piece, uint64_t *state)
{
	uint64_t n;

	if (span_eq(piece, SPAN("n"))) {
		buf_span(b, SPAN("\n"));
		return true;
	}
	if (span_eq(piece, SPAN("crc32-base62"))) {
		add_base62(b);
		return true;
	}
	if (span_eq(piece, SPAN("crc32-le-hex"))) {
		add_le_hex(b);
		return true;
	}
	for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++)
		if (span_at(piece, 0) == classes[i].letter &&
			span_number(span_from(piece, 1), 10, PIECE_MAX, &n))
			return fill(b, classes[i].set, n, state);
	return false;
}

int rule_expand(
	struct span template, uint32_t n, struct arena *a, struct span *out, struct scov_err *err)
{
	scoped_buf struct buf b = { 0 };
	struct cur c = cur_over(template);
	uint64_t state = (uint64_t)n * 0x100000001b3u + template.len;

	while (cur_left(&c)) {
		struct span one = cur_take(&c, 1);

		if (span_at(one, 0) != '{') {
			buf_span(&b, one);
		} else if (cur_peek(&c) == '{') {
			cur_skip(&c, 1);
			buf_span(&b, one);
		} else {
			struct span piece = cur_until(&c, '}');

			if (c.bad || !add_piece(&b, piece, &state))
				return err_fail(err, SCOV_E_USAGE,
					"no such piece in a template: '{%.*s'", SPAN_ARG(piece));
		}
		if (buf_view(&b).len > 16 * PIECE_MAX)
			return err_fail(err, SCOV_E_USAGE, "a template of more than %d bytes",
				16 * PIECE_MAX);
	}
	struct span made = arena_dup(a, buf_view(&b));
	if (!made.p || b.failed)
		return err_fail(err, SCOV_E_MEMORY, "out of memory");
	*out = made;
	return 0;
}
