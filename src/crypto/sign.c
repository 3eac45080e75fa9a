/* sign.c - Ed25519: keys from PEM, signatures made and checked.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crypto/sign.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>

#include "base/arena.h"

/* Instead of asking on the terminal. */
static int no_password(char *out, int size, int is_writing, void *ctx)
{
	(void)out;
	(void)size;
	(void)is_writing;
	(void)ctx;
	return 0;
}

/* One block of PEM; others than public keys are passed over. */
static int next_key(BIO *in, struct sign_key *out, bool *is_key, bool *is_end, struct scov_err *err)
{
	char *name = NULL, *header = NULL;
	unsigned char *der = NULL;
	long len = 0;
	int got = PEM_read_bio(in, &name, &header, &der, &len);
	const unsigned char *at = der;

	*is_end = !got && ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
	*is_key = got && strcmp(name, PEM_STRING_PUBLIC) == 0;
	EVP_PKEY *key = *is_key ? d2i_PUBKEY(NULL, &at, len) : NULL;
	size_t size = sizeof(out->bytes);
	bool is_good = key && EVP_PKEY_get_id(key) == EVP_PKEY_ED25519 &&
		       EVP_PKEY_get_raw_public_key(key, out->bytes, &size) == 1;

	if (der)
		explicit_bzero(der, (size_t)len); /* the file may hold the private key, too */
	OPENSSL_free(name);
	OPENSSL_free(header);
	OPENSSL_free(der);
	EVP_PKEY_free(key);
	ERR_clear_error();
	if (is_good || *is_end || (got && !*is_key))
		return 0;
	return err_fail(err, SCOV_E_FORMAT, "%s",
		key ? "a public key that is not Ed25519" : "a damaged public key");
}

int sign_public_keys(
	struct span pem, struct sign_key *out, size_t max, size_t *out_n, struct scov_err *err)
{
	BIO *in = pem.len <= SIGN_PEM_MAX ? BIO_new_mem_buf(pem.p, (int)pem.len) : NULL;
	bool is_end = false;
	int rc = in ? 0 : err_fail(err, SCOV_E_LIMIT, "more than %d bytes", SIGN_PEM_MAX);
	size_t n = 0;

	while (!rc && !is_end) {
		struct sign_key key;
		bool is_key = false;

		rc = next_key(in, &key, &is_key, &is_end, err);
		if (rc || !is_key)
			continue;
		if (n == max)
			rc = err_fail(err, SCOV_E_LIMIT, "more than %zu keys", max);
		else
			out[n++] = key;
	}
	BIO_free(in);
	if (!rc && !n)
		rc = err_fail(err, SCOV_E_FORMAT, "no public key in it (PEM, Ed25519)");
	*out_n = rc ? 0 : n;
	return rc;
}

int sign_make(struct span pem, struct span text, uint8_t out[SIGN_SIZE], struct scov_err *err)
{
	BIO *in = pem.len <= SIGN_PEM_MAX ? BIO_new_mem_buf(pem.p, (int)pem.len) : NULL;
	EVP_PKEY *key = in ? PEM_read_bio_PrivateKey(in, NULL, no_password, NULL) : NULL;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t len = SIGN_SIZE;
	bool is_key = key && EVP_PKEY_get_id(key) == EVP_PKEY_ED25519;
	bool is_good = is_key && ctx && EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) == 1 &&
		       EVP_DigestSign(ctx, out, &len, text.p, text.len) == 1 && len == SIGN_SIZE;

	ERR_clear_error();
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	BIO_free(in);
	if (is_good)
		return 0;
	return err_fail(err, SCOV_E_FORMAT, "%s",
		is_key ? "signing failed" : "no private key in it (PEM, Ed25519, no password)");
}

bool sign_check(const struct sign_key *key, struct span text, const uint8_t signature[SIGN_SIZE])
{
	EVP_PKEY *public =
		EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key->bytes, SIGN_KEY_SIZE);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool is_good = public && ctx && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, public) == 1 &&
		       EVP_DigestVerify(ctx, signature, SIGN_SIZE, text.p, text.len) == 1;

	ERR_clear_error();
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(public);
	return is_good;
}
