/* expand.c - templates of examples, so that no file holds text in the shape of a token.
 *
 * doc/formats/secret-rules.md lists the pieces: characters of a class from a fixed pseudo-random
 * sequence, checksums of what is before them, keys and their other halves, and stretches that
 * are encoded.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "secret/rules/rule.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "crypto/aes.h"
#include "crypto/key.h"
#include "secret/proof/proof.h"
#include "syntax/base64.h"

enum { PIECE_MAX = 4096, EXAMPLE_MAX = 16 * PIECE_MAX, CRC_OVER = 30, STRETCHES_MAX = 4 };

/* An example in the making. */
struct expansion {
	struct buf *out;
	uint64_t state; /* of the sequence */
	uint64_t seed;  /* of what is the same in all of the example */
	struct {
		size_t from;
		char kind; /* of the encoding: what its piece begins with */
	} open[STRETCHES_MAX];
	size_t open_n;
};

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
	{ 'V', "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz" },
	{ 'U', "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" },
	{ 'W', "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-" },
	{ 'Q', "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L" },
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

static void fill(struct expansion *x, const char *set, uint64_t n)
{
	struct span chars = span_str(set);

	for (uint64_t i = 0; i < n; i++)
		buf_span(x->out, span_sub(chars, next(&x->state) % chars.len, 1));
}

/* Bytes of a sequence that depends on the example and `salt` alone: the same in all of it. */
static void fixed(const struct expansion *x, uint64_t salt, uint8_t *to, size_t len)
{
	uint64_t state = x->seed ^ salt * 0x9e3779b97f4a7c15u;

	for (size_t i = 0; i < len; i++)
		to[i] = (uint8_t)next(&state);
}

static void put_hex(struct buf *b, struct span bytes)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < bytes.len; i++) {
		buf_byte(b, digits[span_at(bytes, i) >> 4]);
		buf_byte(b, digits[span_at(bytes, i) & 15]);
	}
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

/* What is last, as far back as letters, digits and '_' or '-' go. */
static struct span last_token(const struct buf *b)
{
	struct span made = buf_view(b);
	size_t from = made.len;

	while (from && (span_has(span_str(digits62), span_sub(made, from - 1, 1)) ||
			       span_at(made, from - 1) == '_' || span_at(made, from - 1) == '-'))
		from--;
	return span_from(made, from);
}

/* Over the token without the "_" that parts the checksum from it. */
static void add_le_hex(struct buf *b)
{
	struct span over = last_token(b);

	if (span_ends(over, SPAN("_")))
		over.len--;
	uint32_t crc = crc32_of(over);
	uint8_t bytes[4] = { (uint8_t)crc, (uint8_t)(crc >> 8), (uint8_t)(crc >> 16),
		(uint8_t)(crc >> 24) };

	put_hex(b, span_of(bytes, sizeof(bytes)));
}

/* Six characters of checksum, in capitals, after a token whose data are after its last '1'
 * (BIP 173). */
static void add_bech32(struct buf *b)
{
	static const struct span digits = SPAN_INIT("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L");
	struct span over = last_token(b);
	size_t one = span_rfind(over, '1');
	uint32_t sum = 1;

	for (size_t i = 0; i < one; i++)
		sum = bech32_step(sum, (span_at(over, i) | 0x20u) >> 5);
	sum = bech32_step(sum, 0);
	for (size_t i = 0; i < one; i++)
		sum = bech32_step(sum, span_at(over, i) & 31);
	for (size_t i = one + 1; i < over.len; i++)
		sum = bech32_step(sum, (uint32_t)span_find(digits, span_at(over, i)));
	for (int i = 0; i < 6; i++)
		sum = bech32_step(sum, 0);
	sum ^= 1;
	for (int i = 5; i >= 0; i--)
		buf_span(b, span_sub(digits, sum >> 5 * i & 31, 1));
}

/* A seed of NATS: base32 of the kind, 32 bytes and the CRC-16 of both. */
static void add_nkey(struct expansion *x, uint8_t letter)
{
	static const struct span digits = SPAN_INIT("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
	uint8_t raw[36];
	uint32_t crc = 0, bits = 0, have = 0;
	uint8_t kind = (uint8_t)(span_find(digits, letter) << 3);

	fixed(x, 'n', raw, sizeof(raw));
	raw[0] = (uint8_t)(18 << 3 | kind >> 5);
	raw[1] = (uint8_t)(kind << 3 | (raw[1] & 7));
	for (size_t i = 0; i < 34; i++) {
		crc ^= (uint32_t)raw[i] << 8;
		for (int k = 0; k < 8; k++)
			crc = (crc << 1 ^ (crc & 0x8000 ? 0x1021U : 0)) & 0xffff;
	}
	raw[34] = (uint8_t)crc;
	raw[35] = (uint8_t)(crc >> 8);
	for (size_t i = 0; i < sizeof(raw); i++)
		for (bits = bits << 8 | raw[i], have += 8; have >= 5; have -= 5)
			buf_span(x->out, span_sub(digits, bits >> (have - 5) & 31, 1));
	buf_span(x->out, span_sub(digits, bits << (5 - have) & 31, 1));
}

/* K, OP and the OPc that MILENAGE makes of them. */
static bool add_milenage(struct expansion *x, struct span name)
{
	uint8_t k[AES_BLOCK], op[AES_BLOCK], opc[AES_BLOCK];

	fixed(x, 'K', k, sizeof(k));
	fixed(x, 'O', op, sizeof(op));
	if (!aes128_block(k, op, opc))
		return false;
	for (size_t i = 0; i < AES_BLOCK; i++)
		opc[i] ^= op[i];
	put_hex(x->out, span_of(span_eq(name, SPAN("K"))    ? k
				: span_eq(name, SPAN("OP")) ? op
							    : opc,
				AES_BLOCK));
	return true;
}

/* "key CURVE" and "public CURVE": the raw bytes of a private key, and of its public half. */
static bool add_key(struct expansion *x, struct span curve, bool is_public)
{
	uint8_t private[32], public[KEY_PUBLIC_MAX];
	size_t len;
	enum key_curve c = span_eq(curve, SPAN("x25519"))    ? CURVE_X25519
			   : span_eq(curve, SPAN("ed25519")) ? CURVE_ED25519
			   : span_eq(curve, SPAN("p256"))    ? CURVE_P256
							     : CURVE_NONE;

	fixed(x, 'P', private, sizeof(private));
	private[0] &= 0x78; /* within every curve's order, and clamped */
	private[31] = (private[31] & 0x3f) | 0x40;
	if (!c || !key_public(c, span_of(private, sizeof(private)), public, &len))
		return false;
	buf_span(x->out, is_public ? span_of(public, len) : span_of(private, sizeof(private)));
	return true;
}

static bool add_bytes(struct buf *b, struct span digits)
{
	for (size_t i = 0; i < digits.len; i += 2) {
		uint64_t v;

		if (!span_number(span_sub(digits, i, 2), 16, 255, &v) || i + 1 == digits.len)
			return false;
		buf_byte(b, (char)v);
	}
	return true;
}

static bool begin(struct expansion *x, char kind)
{
	if (x->open_n == STRETCHES_MAX)
		return false;
	x->open[x->open_n].kind = kind;
	x->open[x->open_n++].from = x->out->len;
	return true;
}

static bool end(struct expansion *x)
{
	scoped_buf struct buf text = { 0 };

	if (!x->open_n)
		return false;
	size_t from = x->open[--x->open_n].from;
	struct span bytes = span_from(buf_view(x->out), from);
	char kind = x->open[x->open_n].kind;

	if (kind == 'h')
		put_hex(&text, bytes);
	else
		base64_encode(&text, bytes);
	for (size_t i = 0; kind == 'u' && i < text.len; i++)
		text.p[i] = text.p[i] == '+' ? '-' : text.p[i] == '/' ? '_' : text.p[i];
	while (kind == 'u' && text.len && text.p[text.len - 1] == '=')
		text.len--;
	x->out->len = from;
	buf_span(x->out, buf_view(&text));
	return !text.failed;
}

static bool add_class(struct expansion *x, struct span piece)
{
	uint64_t n;

	if (!span_number(span_from(piece, 1), 10, PIECE_MAX, &n))
		return false;
	if (span_at(piece, 0) == 'R') {
		while (n--)
			buf_byte(x->out, (char)next(&x->state));
		return true;
	}
	for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++)
		if (span_at(piece, 0) == classes[i].letter) {
			fill(x, classes[i].set, n);
			return true;
		}
	return false;
}

static bool add_piece(struct expansion *x, struct span piece)
{
	struct span rest = piece, word = { 0 };

	span_split(&rest, ' ', &word);
	if (span_eq(piece, SPAN("n")))
		buf_byte(x->out, '\n');
	else if (span_eq(piece, SPAN("crc32-base62")))
		add_base62(x->out);
	else if (span_eq(piece, SPAN("crc32-le-hex")))
		add_le_hex(x->out);
	else if (span_eq(piece, SPAN("bech32")))
		add_bech32(x->out);
	else if (span_eq(word, SPAN("nkey")) && rest.len == 1)
		add_nkey(x, span_at(rest, 0));
	else if (span_eq(word, SPAN("bytes")))
		return add_bytes(x->out, rest);
	else if (span_eq(word, SPAN("key")) || span_eq(word, SPAN("public")))
		return add_key(x, rest, span_at(word, 0) == 'p');
	else if (span_eq(piece, SPAN("K")) || span_eq(piece, SPAN("OP")) ||
		 span_eq(piece, SPAN("OPc")))
		return add_milenage(x, piece);
	else if (span_eq(piece, SPAN("base64")))
		return begin(x, 'b');
	else if (span_eq(piece, SPAN("base64url")))
		return begin(x, 'u');
	else if (span_eq(piece, SPAN("hex")))
		return begin(x, 'h');
	else if (span_eq(piece, SPAN("end")))
		return end(x);
	else
		return add_class(x, piece);
	return true;
}

int rule_expand(
	struct span template, uint32_t n, struct arena *a, struct span *out, struct scov_err *err)
{
	scoped_buf struct buf b = { .limit = 2 * EXAMPLE_MAX };
	uint64_t seed = (uint64_t)n * 0x100000001b3u + template.len;
	struct expansion x = { .out = &b, .state = seed, .seed = seed };
	struct cur c = cur_over(template);

	while (cur_left(&c)) {
		struct span one = cur_take(&c, 1);

		if (span_at(one, 0) != '{') {
			buf_span(&b, one);
		} else if (cur_peek(&c) == '{') {
			cur_skip(&c, 1);
			buf_span(&b, one);
		} else {
			struct span piece = cur_until(&c, '}');

			if (c.bad || !add_piece(&x, piece))
				return err_fail(err, SCOV_E_USAGE,
					"no such piece in a template: '{%.*s'", SPAN_ARG(piece));
		}
		if (b.failed || b.len > EXAMPLE_MAX)
			return err_fail(
				err, SCOV_E_USAGE, "a template of more than %d bytes", EXAMPLE_MAX);
	}
	if (x.open_n)
		return err_fail(err, SCOV_E_USAGE, "a template without its last {end}");
	struct span made = arena_dup(a, buf_view(&b));
	if (!made.p)
		return err_memory(err);
	*out = made;
	return 0;
}
