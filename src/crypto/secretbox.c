/* secretbox.c - the private keys of cosign: PKCS#8 in a box of NaCl that a password opens.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crypto/secretbox.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <string.h>

#include "syntax/base64.h"
#include "syntax/json.h"

enum {
	SALSA_BLOCK = 64,
	BOX_TEXT_MAX = 64 << 10,
	SALT_MAX = 64,
	SCRYPT_COST_MAX = 1 << 20,
	/* N * r * p: 128 MiB; cosign takes 2^19 */ SCRYPT_MEMORY_MAX = 256 << 20
};

static uint32_t turn(uint32_t v, unsigned by)
{
	return v << by | v >> (32 - by);
}

static void quarter(uint32_t x[16], unsigned a, unsigned b, unsigned c, unsigned d)
{
	x[b] ^= turn(x[a] + x[d], 7);
	x[c] ^= turn(x[b] + x[a], 9);
	x[d] ^= turn(x[c] + x[b], 13);
	x[a] ^= turn(x[d] + x[c], 18);
}

/* 20 rounds over key and 16 bytes of input; x is without the last addition. */
static void salsa_rounds(const uint32_t in[16], uint32_t x[16])
{
	memcpy(x, in, 16 * sizeof(*x));
	for (unsigned i = 0; i < 10; i++) {
		for (unsigned j = 0; j < 4; j++) /* columns */
			quarter(x, 5 * j, (5 * j + 4) % 16, (5 * j + 8) % 16, (5 * j + 12) % 16);
		for (unsigned j = 0; j < 4; j++) /* rows */
			quarter(x, 5 * j, 4 * j + (j + 1) % 4, 4 * j + (j + 2) % 4,
				4 * j + (j + 3) % 4);
	}
}

static void salsa_fill(uint32_t out[16], struct span key, struct span in)
{
	static const uint8_t sigma[] = "expand 32-byte k";

	for (unsigned i = 0; i < 4; i++) {
		out[5 * i] = span_le32(span_of(sigma, 16), 4 * (size_t)i);
		out[1 + i] = span_le32(key, 4 * (size_t)i);
		out[11 + i] = span_le32(key, 16 + 4 * (size_t)i);
		out[6 + i] = span_le32(in, 4 * (size_t)i);
	}
}

static void put_le32(uint8_t *out, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		out[i] = (uint8_t)(v >> (8 * i));
}

/* The key of the stream: HSalsa20 over the first 16 bytes of the nonce. */
static void salsa_subkey(struct span key, struct span nonce, uint8_t out[32])
{
	static const uint8_t taken[] = { 0, 5, 10, 15, 6, 7, 8, 9 };
	uint32_t in[16], x[16];

	salsa_fill(in, key, nonce);
	salsa_rounds(in, x);
	for (size_t i = 0; i < 8; i++)
		put_le32(out + 4 * i, x[taken[i]]);
	OPENSSL_cleanse(x, sizeof(x));
	OPENSSL_cleanse(in, sizeof(in));
}

static void salsa_block(
	struct span key, const uint8_t nonce[8], uint64_t at, uint8_t out[SALSA_BLOCK])
{
	uint32_t in[16], x[16];
	uint8_t input[16];

	memcpy(input, nonce, 8);
	put_le32(input + 8, (uint32_t)at);
	put_le32(input + 12, (uint32_t)(at >> 32));
	salsa_fill(in, key, span_of(input, sizeof(input)));
	salsa_rounds(in, x);
	for (size_t i = 0; i < 16; i++)
		put_le32(out + 4 * i, x[i] + in[i]);
	OPENSSL_cleanse(x, sizeof(x));
	OPENSSL_cleanse(in, sizeof(in));
}

static bool poly1305(const uint8_t key[32], struct span text, uint8_t out[SECRETBOX_MAC])
{
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "POLY1305", NULL);
	EVP_MAC_CTX *ctx = mac ? EVP_MAC_CTX_new(mac) : NULL;
	size_t len = 0;
	bool is_made = ctx && EVP_MAC_init(ctx, key, 32, NULL) == 1 &&
		       EVP_MAC_update(ctx, text.p, text.len) == 1 &&
		       EVP_MAC_final(ctx, out, &len, SECRETBOX_MAC) == 1 && len == SECRETBOX_MAC;

	EVP_MAC_CTX_free(ctx);
	EVP_MAC_free(mac);
	ERR_clear_error();
	return is_made;
}

bool secretbox_open(const uint8_t key[SECRETBOX_KEY], const uint8_t nonce[SECRETBOX_NONCE],
	struct span box, uint8_t *out)
{
	uint8_t subkey[32], block[SALSA_BLOCK], mac[SECRETBOX_MAC];
	struct span text = span_from(box, SECRETBOX_MAC);

	salsa_subkey(span_of(key, SECRETBOX_KEY), span_of(nonce, 16), subkey);
	salsa_block(span_of(subkey, 32), nonce + 16, 0, block);
	bool is_good = box.len >= SECRETBOX_MAC && poly1305(block, text, mac) &&
		       CRYPTO_memcmp(mac, box.p, SECRETBOX_MAC) == 0;

	/* The first 32 bytes of the stream are the key of the code, the text begins after them. */
	for (size_t i = 0; i < text.len && is_good; i++) {
		size_t at = i + 32;

		if (at % SALSA_BLOCK == 0)
			salsa_block(span_of(subkey, 32), nonce + 16, at / SALSA_BLOCK, block);
		out[i] = (uint8_t)(span_at(text, i) ^ block[at % SALSA_BLOCK]);
	}
	OPENSSL_cleanse(subkey, sizeof(subkey));
	OPENSSL_cleanse(block, sizeof(block));
	return is_good;
}

struct box {
	uint64_t n, r, p;
	struct span salt, nonce, text;
};

static int parse_box(struct span text, struct arena *a, struct box *out, struct scov_err *err)
{
	const struct json *root;
	int rc = json_parse(text, BOX_TEXT_MAX, a, &root, err);

	if (rc)
		return rc;
	const struct json *kdf = json_get(root, "kdf"), *cipher = json_get(root, "cipher");
	const struct json *cost = json_get(kdf, "params");

	if (!span_eq(json_get_text(kdf, "name"), SPAN("scrypt")) ||
		!span_eq(json_get_text(cipher, "name"), SPAN("nacl/secretbox")))
		return err_fail(err, SCOV_E_UNSUPPORTED,
			"the private key is protected otherwise than by scrypt and nacl/secretbox");
	if (!json_uint(json_get(cost, "N"), SCRYPT_COST_MAX, &out->n) ||
		!json_uint(json_get(cost, "r"), 64, &out->r) ||
		!json_uint(json_get(cost, "p"), 16, &out->p) ||
		out->n * out->r * out->p > SCRYPT_COST_MAX)
		return err_fail(
			err, SCOV_E_LIMIT, "the cost of scrypt is too high, or not a number");
	rc = base64_decode(json_get_text(kdf, "salt"), a, &out->salt, err);
	if (!rc)
		rc = base64_decode(json_get_text(cipher, "nonce"), a, &out->nonce, err);
	if (!rc)
		rc = base64_decode(json_get_text(root, "ciphertext"), a, &out->text, err);
	if (!rc && (out->salt.len > SALT_MAX || out->nonce.len != SECRETBOX_NONCE ||
			   out->text.len <= SECRETBOX_MAC))
		rc = err_fail(err, SCOV_E_FORMAT, "salt, nonce or text of the wrong length");
	return rc;
}

int secretbox_key_open(struct span text, struct span password, struct arena *a, struct span *out,
	struct scov_err *err)
{
	uint8_t key[SECRETBOX_KEY];
	struct box b;
	int rc = parse_box(text, a, &b, err);

	if (rc)
		return rc;
	if (!password.p)
		return err_fail(err, SCOV_E_AUTH, "the private key is password-protected");
	uint8_t *der = arena_alloc(a, b.text.len);

	if (!der)
		return arena_check(a, err);
	bool is_made = EVP_PBE_scrypt((const char *)password.p, password.len, b.salt.p, b.salt.len,
			       b.n, b.r, b.p, SCRYPT_MEMORY_MAX, key, sizeof(key)) == 1;
	bool is_open = is_made && secretbox_open(key, b.nonce.p, b.text, der);

	OPENSSL_cleanse(key, sizeof(key));
	ERR_clear_error();
	if (!is_made)
		return err_fail(err, SCOV_E_LIMIT, "scrypt refuses its parameters");
	if (!is_open)
		return err_fail(err, SCOV_E_AUTH, "the password does not open the private key");
	*out = span_of(der, b.text.len - SECRETBOX_MAC);
	return 0;
}
