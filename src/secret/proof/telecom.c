/* telecom.c - keys of mobile networks, proved against their other half in the same file.
 *
 * MILENAGE: OPc = OP xor AES-128_K(OP), 3GPP TS 35.206, 4.1. Home-network keys of SUCI: X25519
 * (profile A) and P-256 (profile B), 3GPP TS 33.501, Annex C.3.4.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "crypto/aes.h"
#include "base/ascii.h"
#include "secret/proof/pbe.h"
#include "secret/proof/proof.h"

enum {
	WINDOW_MAX = 64 << 10,
	BLOCKS_MAX = 24, /* 128-bit hex values of a window that are tried with each other: 24 * 24
			    ciphers at most */
	DIGITS_MAX = 130,
	CIPHERS_ROUND = 4, /* that take as long as a round of key derivation */
};

static bool is_word(uint8_t c)
{
	return ascii_is_hex(c) || ((c | 0x20) >= 'g' && (c | 0x20) <= 'z') || c == '_' || c == '-';
}

/* The next run of hex digits that no other letter touches; 0x in front is left out. *rest moves
 * after it. */
static bool next_run(struct span *rest, struct span *out)
{
	size_t i = 0;

	while (i < rest->len) {
		size_t start = i;

		while (is_word(span_at(*rest, i)))
			i++;
		struct span word = span_sub(*rest, start, i - start);

		if (span_starts(word, SPAN("0x")) || span_starts(word, SPAN("0X")))
			word = span_from(word, 2);
		size_t digits = 0;

		while (digits < word.len && ascii_is_hex(span_at(word, digits)))
			digits++;
		if (word.len && digits == word.len) {
			*out = word;
			*rest = span_from(*rest, i);
			return true;
		}
		i += i == start;
	}
	return false;
}

struct blocks {
	uint8_t p[BLOCKS_MAX][AES_BLOCK];
	size_t n;
};

static void add(struct blocks *b, const uint8_t v[AES_BLOCK])
{
	for (size_t i = 0; i < b->n; i++)
		if (memcmp(b->p[i], v, AES_BLOCK) == 0)
			return;
	if (b->n < BLOCKS_MAX)
		memcpy(b->p[b->n++], v, AES_BLOCK);
}

static void collect(struct span window, struct blocks *b)
{
	struct span run, rest = span_sub(window, 0, WINDOW_MAX);
	uint8_t v[AES_BLOCK];

	while (b->n < BLOCKS_MAX && next_run(&rest, &run))
		if (text_hex(run, v, sizeof(v)))
			add(b, v);
	explicit_bzero(v, sizeof(v));
}

/* Row 0 is the value: it must take part as K, OP or OPc. */
static bool proves(const struct blocks *b)
{
	for (size_t k = 0; k < b->n; k++)
		for (size_t op = 0; op < b->n; op++) {
			uint8_t opc[AES_BLOCK];

			if (op == k || !aes128_block(b->p[k], b->p[op], opc))
				continue;
			for (size_t i = 0; i < AES_BLOCK; i++)
				opc[i] ^= b->p[op][i];
			for (size_t i = 0; i < b->n; i++)
				if ((k == 0 || op == 0 || i == 0) &&
					memcmp(opc, b->p[i], AES_BLOCK) == 0)
					return true;
		}
	return false;
}

static bool one_digit(const uint8_t *p, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (p[i] != p[0])
			return false;
	return true;
}

static int milenage(const struct candidate *c, struct span parameter, struct proof *out)
{
	struct blocks b = { .n = 1 };

	(void)parameter;
	if (!text_hex(c->value, b.p[0], AES_BLOCK))
		return proof_invalid(out, "not 128 bits in hex");
	if (one_digit(b.p[0], AES_BLOCK))
		return proof_harmless(out, SECRET_PLACEHOLDER, "one byte, repeated");
	out->flags |= SECRET_TELECOM;
	proof_known(span_of(b.p[0], AES_BLOCK), out);
	collect(c->window, &b);
	bool may = pbe_work(c, b.n * b.n / CIPHERS_ROUND), good = may && proves(&b);

	explicit_bzero(&b, sizeof(b));
	if (good)
		return proof_proven(out, PROOF_PAIR, "K, OP and OPc belong together by MILENAGE");
	if (!may)
		return proof_unknown(out, "one key of too many to look at each");
	return out->known ? 0 : proof_unknown(out, "no other half beside it");
}

/* A public key as configuration files write it: 32 bytes, or a point with or without its second
 * coordinate. */
static bool is_public(struct span run, struct span own)
{
	uint8_t v[KEY_PUBLIC_MAX];
	size_t half = (own.len - 1) / 2;

	if (run.len > DIGITS_MAX || !text_hex(run, v, run.len / 2))
		return false;
	struct span got = span_of(v, run.len / 2);

	if (span_eq(got, own))
		return true;
	return own.len > 32 && got.len == 1 + half &&
	       v[0] == (2 | (span_at(own, own.len - 1) & 1)) &&
	       span_eq(span_from(got, 1), span_sub(own, 1, half));
}

static int home_key(const struct candidate *c, enum key_curve curve, struct proof *out)
{
	uint8_t private[32], public[KEY_PUBLIC_MAX];
	struct span run, rest = span_sub(c->window, 0, WINDOW_MAX);
	size_t len;
	bool found = false;

	if (!text_hex(c->value, private, sizeof(private)))
		return proof_invalid(out, "not 256 bits in hex");
	if (one_digit(private, sizeof(private)))
		return proof_harmless(out, SECRET_PLACEHOLDER, "one byte, repeated");
	proof_known(span_of(private, sizeof(private)), out);
	if (!pbe_work(c, WORK_CURVE)) {
		explicit_bzero(private, sizeof(private));
		return proof_unknown(out, "one key of too many to look at each");
	}
	bool good = key_public(curve, span_of(private, sizeof(private)), public, &len);

	explicit_bzero(private, sizeof(private));
	if (!good)
		return proof_invalid(out, "a scalar that the curve does not have");
	if (out->known)
		out->flags |= SECRET_TELECOM;
	while (!found && next_run(&rest, &run))
		found = is_public(run, span_of(public, len));
	if (!found)
		return out->known ? 0 : proof_unknown(out, "its public half is not beside it");
	if (!proof_point(curve, span_of(public, len), c->scratch, out))
		return SCOV_E_LIMIT;
	out->flags |= SECRET_TELECOM;
	return proof_proven(out, PROOF_PAIR, "its public half is beside it");
}

static int x25519_pair(const struct candidate *c, struct span parameter, struct proof *out)
{
	(void)parameter;
	return home_key(c, CURVE_X25519, out);
}

static int p256_pair(const struct candidate *c, struct span parameter, struct proof *out)
{
	(void)parameter;
	return home_key(c, CURVE_P256, out);
}

const struct validator check_milenage = { "milenage-opc", "K, OP and OPc belong together",
	milenage };
const struct validator check_p256_pair = { "p256-pair", "a P-256 key beside its public half",
	p256_pair };
const struct validator check_x25519_pair = { "x25519-pair", "an X25519 key beside its public half",
	x25519_pair };
