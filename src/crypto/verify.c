/* verify.c - public and private keys: read, signatures checked and made.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crypto/verify.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/arena.h"
#include "crypto/library.h"
#include "crypto/secretbox.h"

struct public_key {
	EVP_PKEY *key;
	uint8_t *spki;
	size_t spki_len;
	uint8_t kind;
};

struct private_key {
	EVP_PKEY *key;
	struct public_key *public;
};

static const struct {
	const char *name;
	const char *group; /* as the library calls the curve */
	size_t size;       /* bytes of a number of the curve */
	enum hash_kind hash;
} kinds[] = {
	[PUBLIC_KEY_P256] = { "ECDSA P-256", "prime256v1", 32, HASH_SHA256 },
	[PUBLIC_KEY_P384] = { "ECDSA P-384", "secp384r1", 48, HASH_SHA384 },
	[PUBLIC_KEY_P521] = { "ECDSA P-521", "secp521r1", 66, HASH_SHA512 },
	[PUBLIC_KEY_RSA] = { "RSA", NULL, 0, HASH_SHA256 },
	[PUBLIC_KEY_ED25519] = { "Ed25519", NULL, 0, HASH_NONE },
};

static const EVP_MD *hash_method(enum hash_kind h)
{
	switch (h) {
	case HASH_SHA256:
		return EVP_sha256();
	case HASH_SHA384:
		return EVP_sha384();
	case HASH_SHA512:
		return EVP_sha512();
	default:
		return NULL;
	}
}

static int curve_of(EVP_PKEY *key, uint8_t *out, struct scov_err *err)
{
	char group[32] = "";
	int is_explicit = 0;

	EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &is_explicit);
	if (is_explicit || EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) != 1)
		return err_fail(
			err, SCOV_E_UNSUPPORTED, "the curve of the key is not one with a name");
	for (uint8_t i = PUBLIC_KEY_P256; i <= PUBLIC_KEY_P521; i++)
		if (strcmp(group, kinds[i].group) == 0) {
			*out = i;
			return 0;
		}
	return err_fail(err, SCOV_E_UNSUPPORTED,
		"the curve of the key is %s, not P-256, 384 or 521", group);
}

/* With an exponent of 1, or an even one, anybody can sign. */
static int rsa_check(EVP_PKEY *key, struct scov_err *err)
{
	BIGNUM *e = NULL;
	int bits = EVP_PKEY_get_bits(key);
	bool is_good = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e) == 1 && BN_is_odd(e) &&
		       !BN_is_one(e) && BN_num_bits(e) <= 64;

	BN_free(e);
	if (bits < KEY_RSA_BITS_MIN || bits > KEY_RSA_BITS_MAX)
		return err_fail(err, SCOV_E_UNSUPPORTED, "an RSA key of %d bits, not %d to %d",
			bits, KEY_RSA_BITS_MIN, KEY_RSA_BITS_MAX);
	return is_good ? 0 : err_fail(err, SCOV_E_UNSUPPORTED, "an RSA key with a bad exponent");
}

static int kind_of(EVP_PKEY *key, uint8_t *out, struct scov_err *err)
{
	switch (EVP_PKEY_get_base_id(key)) {
	case EVP_PKEY_EC:
		return curve_of(key, out, err);
	case EVP_PKEY_RSA:
		*out = PUBLIC_KEY_RSA;
		return rsa_check(key, err);
	case EVP_PKEY_ED25519:
		*out = PUBLIC_KEY_ED25519;
		return 0;
	default:
		return err_fail(err, SCOV_E_UNSUPPORTED, "a key of %s, not ECDSA, RSA or Ed25519",
			EVP_PKEY_get0_type_name(key) ? EVP_PKEY_get0_type_name(key) : "?");
	}
}

int public_key_take(EVP_PKEY *key, struct span spki, struct public_key **out, struct scov_err *err)
{
	struct public_key *k = mem_alloc(sizeof(*k));
	unsigned char *made = NULL;

	if (!k) {
		EVP_PKEY_free(key);
		return err_memory(err);
	}
	k->key = key;
	int rc = kind_of(key, &k->kind, err);

	if (!rc && !spki.len) {
		int len = i2d_PUBKEY(key, &made);

		spki = span_of(made, len > 0 ? (size_t)len : 0);
	}
	if (!rc) {
		k->spki = mem_alloc(spki.len);
		k->spki_len = spki.len;
		if (k->spki && spki.len)
			memcpy(k->spki, spki.p, spki.len);
		else
			rc = err_memory(err);
	}
	OPENSSL_free(made);
	ERR_clear_error();
	if (rc) {
		public_key_free(k);
		return rc;
	}
	*out = k;
	return 0;
}

/* A SubjectPublicKeyInfo, a PKCS#1 key or a certificate, all of the bytes. */
static int parse_der(struct span der, struct public_key **out, struct scov_err *err)
{
	const unsigned char *at = der.p;
	long len = (long)der.len;
	EVP_PKEY *key = d2i_PUBKEY(NULL, &at, len);
	struct span spki = der;

	if (!key) {
		at = der.p;
		key = d2i_PublicKey(EVP_PKEY_RSA, NULL, &at, len);
		spki = (struct span){ 0 };
	}
	if (!key) {
		at = der.p;
		X509 *x = d2i_X509(NULL, &at, len);

		key = x ? X509_get_pubkey(x) : NULL;
		X509_free(x);
	}
	ERR_clear_error();
	if (!key || at != der.p + der.len) {
		EVP_PKEY_free(key);
		return err_fail(err, SCOV_E_FORMAT, "not a public key that can be read");
	}
	return public_key_take(key, spki, out, err);
}

/* The next block of a PEM text. *is_end: there is none. */
static int next_block(BIO *in, pem_block_fn *fn, void *ctx, bool *is_end, struct scov_err *err)
{
	char *name = NULL, *header = NULL;
	unsigned char *der = NULL;
	long len = 0;
	int got = PEM_read_bio(in, &name, &header, &der, &len);

	*is_end = !got && ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
	ERR_clear_error();
	int rc = got       ? fn(ctx, name, span_of(der, (size_t)len), err)
		 : *is_end ? 0
			   : err_fail(err, SCOV_E_FORMAT, "damaged PEM text");

	if (der) /* may be a private key */
		OPENSSL_clear_free(der, (size_t)len);
	OPENSSL_free(name);
	OPENSSL_free(header);
	return rc;
}

int pem_each(struct span pem, size_t max, pem_block_fn *fn, void *ctx, struct scov_err *err)
{
	BIO *in = pem.len <= max
			  ? BIO_new_mem_buf(pem.p ? pem.p : (const uint8_t *)"", (int)pem.len)
			  : NULL;
	bool is_end = false;
	int rc = in ? 0 : err_fail(err, SCOV_E_LIMIT, "more than %zu bytes", max);

	while (!rc && !is_end)
		rc = next_block(in, fn, ctx, &is_end, err);
	BIO_free(in);
	return rc;
}

struct keys {
	struct public_key **p;
	size_t n, max;
	bool takes_certificates;
};

static int add_key(void *ctx, const char *name, struct span der, struct scov_err *err)
{
	struct keys *keys = ctx;
	bool is_key = strcmp(name, PEM_STRING_PUBLIC) == 0 ||
		      strcmp(name, PEM_STRING_RSA_PUBLIC) == 0 ||
		      (keys->takes_certificates && (strcmp(name, PEM_STRING_X509) == 0 ||
							   strcmp(name, PEM_STRING_X509_OLD) == 0));

	if (!is_key)
		return 0;
	if (keys->n == keys->max)
		return err_fail(err, SCOV_E_LIMIT, "more than %zu keys", keys->max);
	int rc = parse_der(der, &keys->p[keys->n], err);

	keys->n += !rc;
	return rc;
}

static int parse_keys(struct span pem, struct keys *keys, struct scov_err *err)
{
	int rc = pem_each(pem, KEY_TEXT_MAX, add_key, keys, err);

	if (!rc && !keys->n)
		rc = err_fail(err, SCOV_E_FORMAT, "no public key in it (PEM)");
	while (rc && keys->n)
		public_key_free(keys->p[--keys->n]);
	return rc;
}

int public_keys_parse(
	struct span pem, struct public_key **out, size_t max, size_t *out_n, struct scov_err *err)
{
	struct keys keys = { .p = out, .max = max };
	int rc = parse_keys(pem, &keys, err);

	*out_n = keys.n;
	return rc;
}

int public_key_parse(struct span text, struct public_key **out, struct scov_err *err)
{
	struct public_key *one = NULL;
	struct keys keys = { .p = &one, .max = 1, .takes_certificates = true };

	if (text.len > KEY_TEXT_MAX)
		return err_fail(err, SCOV_E_LIMIT, "more than %d bytes", KEY_TEXT_MAX);
	int rc = span_at(text, 0) == 0x30 ? parse_der(text, &one, err)
					  : parse_keys(text, &keys, err);

	if (!rc)
		*out = one;
	return rc;
}

void public_key_free(struct public_key *k)
{
	if (!k)
		return;
	EVP_PKEY_free(k->key);
	mem_free(k->spki);
	mem_free(k);
}

struct span public_key_spki(const struct public_key *k)
{
	return span_of(k->spki, k->spki_len);
}

enum public_key_kind public_key_kind(const struct public_key *k)
{
	return k->kind;
}

const char *public_key_name(const struct public_key *k)
{
	return kinds[k->kind].name;
}

unsigned public_key_bits(const struct public_key *k)
{
	return (unsigned)EVP_PKEY_get_bits(k->key);
}

bool public_key_same(const struct public_key *a, const struct public_key *b)
{
	return EVP_PKEY_eq(a->key, b->key) == 1;
}

enum hash_kind public_key_hash(const struct public_key *k)
{
	return kinds[k->kind].hash;
}

/* r and s as the library reads them. out is OPENSSL_malloc'ed. */
static bool raw_to_der(size_t size, struct span raw, unsigned char **out, size_t *out_len)
{
	if (!size || raw.len != 2 * size)
		return false;
	ECDSA_SIG *sig = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(raw.p, (int)size, NULL);
	BIGNUM *s = BN_bin2bn(raw.p + size, (int)size, NULL);
	bool is_set = sig && r && s && ECDSA_SIG_set0(sig, r, s) == 1;
	int len = is_set ? i2d_ECDSA_SIG(sig, out) : 0;

	if (!is_set) {
		BN_free(r);
		BN_free(s);
	}
	ECDSA_SIG_free(sig);
	*out_len = len > 0 ? (size_t)len : 0;
	return len > 0;
}

static bool fits(const struct public_key *k, enum signature_scheme s)
{
	switch (s) {
	case SIGNATURE_OF_KEY:
		return true;
	case SIGNATURE_ECDSA_RAW:
		return kinds[k->kind].size != 0;
	case SIGNATURE_RSA_PSS:
		return k->kind == PUBLIC_KEY_RSA;
	default:
		return false;
	}
}

static bool set_padding(EVP_PKEY_CTX *ctx, enum signature_scheme s)
{
	return s != SIGNATURE_RSA_PSS ||
	       (EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
		       EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_AUTO) == 1);
}

static bool check_text(const struct public_key *k, enum signature_scheme s, const EVP_MD *md,
	struct span text, struct span signature)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *of_key = NULL;
	bool is_good = ctx && EVP_DigestVerifyInit(ctx, &of_key, md, NULL, k->key) == 1 &&
		       set_padding(of_key, s) &&
		       EVP_DigestVerify(ctx, signature.p, signature.len, text.p, text.len) == 1;

	EVP_MD_CTX_free(ctx);
	return is_good;
}

static bool check_hash(const struct public_key *k, enum signature_scheme s, const EVP_MD *md,
	struct span hashed, struct span signature)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(k->key, NULL);
	bool is_good = ctx && EVP_PKEY_verify_init(ctx) == 1 && set_padding(ctx, s) &&
		       EVP_PKEY_CTX_set_signature_md(ctx, md) == 1 &&
		       EVP_PKEY_verify(ctx, signature.p, signature.len, hashed.p, hashed.len) == 1;

	EVP_PKEY_CTX_free(ctx);
	return is_good;
}

static bool check_either(const struct public_key *k, enum signature_scheme s, enum hash_kind hash,
	bool is_hashed, struct span text, struct span signature)
{
	bool is_edwards = k->kind == PUBLIC_KEY_ED25519;
	const EVP_MD *md =
		is_edwards ? NULL : hash_method(hash == HASH_NONE ? kinds[k->kind].hash : hash);
	unsigned char *der = NULL;

	if (!fits(k, s) || !signature.len || (!md && !is_edwards) ||
		(is_hashed && (!md || text.len != (size_t)EVP_MD_get_size(md))))
		return false;
	if (s == SIGNATURE_ECDSA_RAW) {
		size_t len = 0;

		if (!raw_to_der(kinds[k->kind].size, signature, &der, &len))
			return false;
		signature = span_of(der, len);
	}
	bool is_good = is_hashed ? check_hash(k, s, md, text, signature)
				 : check_text(k, s, md, text, signature);

	OPENSSL_free(der);
	ERR_clear_error();
	return is_good;
}

bool public_key_check(const struct public_key *k, enum signature_scheme s, enum hash_kind hash,
	struct span text, struct span signature)
{
	return check_either(k, s, hash, false, text, signature);
}

bool public_key_check_hash(const struct public_key *k, enum signature_scheme s, enum hash_kind hash,
	struct span hashed, struct span signature)
{
	return check_either(k, s, hash, true, hashed, signature);
}

struct asked {
	struct span password;
	bool is_asked;
};

/* Instead of asking on the terminal. */
static int give_password(char *out, int size, int is_writing, void *ctx)
{
	struct asked *asked = ctx;

	(void)is_writing;
	asked->is_asked = true;
	if (!asked->password.p || asked->password.len > (size_t)size)
		return -1;
	memcpy(out, asked->password.p, asked->password.len);
	return (int)asked->password.len;
}

static int read_private(struct span pem, struct span password, EVP_PKEY **out, struct scov_err *err)
{
	struct asked asked = { .password = password };
	BIO *in = BIO_new_mem_buf(pem.p, (int)pem.len);

	*out = in ? PEM_read_bio_PrivateKey(in, NULL, give_password, &asked) : NULL;
	BIO_free(in);
	ERR_clear_error();
	if (*out)
		return 0;
	if (asked.is_asked)
		return err_fail(err, SCOV_E_AUTH, "%s",
			password.p ? "the password does not open the private key"
				   : "the private key is password-protected");
	return err_fail(err, SCOV_E_FORMAT, "no private key in it (PEM)");
}

struct box_key {
	struct span password;
	bool is_found;
	EVP_PKEY *key;
};

/* cosign's: a PKCS#8 key in a box that a password opens. */
static int open_box(void *ctx, const char *name, struct span text, struct scov_err *err)
{
	struct box_key *b = ctx;

	if (b->key || (strcmp(name, "ENCRYPTED SIGSTORE PRIVATE KEY") != 0 &&
			      strcmp(name, "ENCRYPTED COSIGN PRIVATE KEY") != 0))
		return 0;
	scoped_arena struct arena a = { .limit = 4 * KEY_TEXT_MAX };
	struct span der;

	b->is_found = true;
	int rc = secretbox_key_open(text, b->password, &a, &der, err);

	if (rc)
		return rc;
	const unsigned char *at = der.p;

	b->key = d2i_AutoPrivateKey(NULL, &at, (long)der.len);
	explicit_bzero((void *)(uintptr_t)der.p, der.len);
	ERR_clear_error();
	return b->key ? 0 : err_fail(err, SCOV_E_FORMAT, "what the password opens is not a key");
}

int private_key_parse(
	struct span pem, struct span password, struct private_key **out, struct scov_err *err)
{
	struct box_key box = { .password = password };
	EVP_PKEY *key = NULL;

	if (pem.len > KEY_TEXT_MAX || password.len > KEY_PASSWORD_MAX)
		return err_fail(err, SCOV_E_LIMIT,
			"a key of more than %d bytes, or a password of %d", KEY_TEXT_MAX,
			KEY_PASSWORD_MAX);
	int rc = pem_each(pem, KEY_TEXT_MAX, open_box, &box, err);

	key = box.key;
	if (!rc && !box.is_found)
		rc = read_private(pem, password, &key, err);
	struct private_key *k = rc ? NULL : mem_alloc(sizeof(*k));

	if (!rc && !k)
		rc = err_memory(err);
	if (!rc) {
		EVP_PKEY_up_ref(key);
		rc = public_key_take(key, (struct span){ 0 }, &k->public, err);
	}
	if (rc) {
		EVP_PKEY_free(key);
		mem_free(k);
		return rc;
	}
	k->key = key;
	*out = k;
	return 0;
}

void private_key_free(struct private_key *k)
{
	if (!k)
		return;
	EVP_PKEY_free(k->key);
	public_key_free(k->public);
	mem_free(k);
}

const struct public_key *private_key_public(const struct private_key *k)
{
	return k->public;
}

int private_key_sign(
	const struct private_key *k, struct span text, struct buf *out, struct scov_err *err)
{
	uint8_t signature[KEY_RSA_BITS_MAX / 8];
	size_t len = sizeof(signature);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	const EVP_MD *md = hash_method(kinds[k->public->kind].hash);
	bool is_made = ctx && EVP_DigestSignInit(ctx, NULL, md, NULL, k->key) == 1 &&
		       EVP_DigestSign(ctx, signature, &len, text.p, text.len) == 1;

	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	if (!is_made)
		return err_fail(err, SCOV_E_UNSUPPORTED, "signing failed");
	buf_bytes(out, signature, len);
	return out->failed ? err_memory(err) : 0;
}
