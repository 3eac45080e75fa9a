/* test_verify.c - keys and signatures, against the openssl command in both directions.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crypto/verify.h"

#include "crypto/digest.h"
#include "crypto/secretbox.h"
#include "tests/unit/crypto/openssl.h"

static const struct {
	const char *name, *make; /* the private key, PKCS#8, to `key` */
	enum public_key_kind kind;
	enum hash_kind hash;
	unsigned bits;
	const char *sign, *verify; /* `text` to `sig`; `ours` of `text` */
} keys[] = {
	{ "P-256", "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256",
		PUBLIC_KEY_P256, HASH_SHA256, 256, "openssl dgst -sha256 -sign key -out sig text",
		"openssl dgst -sha256 -verify pub -signature ours text" },
	{ "P-384", "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384",
		PUBLIC_KEY_P384, HASH_SHA384, 384, "openssl dgst -sha384 -sign key -out sig text",
		"openssl dgst -sha384 -verify pub -signature ours text" },
	{ "P-521", "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521",
		PUBLIC_KEY_P521, HASH_SHA512, 521, "openssl dgst -sha512 -sign key -out sig text",
		"openssl dgst -sha512 -verify pub -signature ours text" },
	{ "RSA", "openssl pkcs8 -topk8 -nocrypt -in rsa", PUBLIC_KEY_RSA, HASH_SHA256, 2048,
		"openssl dgst -sha256 -sign key -out sig text",
		"openssl dgst -sha256 -verify pub -signature ours text" },
	{ "Ed25519", "openssl genpkey -algorithm ed25519", PUBLIC_KEY_ED25519, HASH_NONE, 256,
		"openssl pkeyutl -sign -rawin -inkey key -in text -out sig",
		"openssl pkeyutl -verify -rawin -pubin -inkey pub -in text -sigfile ours" },
};

enum { KEYS = sizeof(keys) / sizeof(*keys) };

static const struct span none = { 0 };

static void make(size_t i)
{
	struct arena a = { 0 };

	must_run(keys[i].name, arena_printf(&a,
				       "[ -e rsa ] || openssl genrsa -out rsa 2048; %s -out key; "
				       "openssl pkey -in key -pubout -out pub; printf abc >text",
				       keys[i].make));
	arena_release(&a);
}

/* Every change of one bit of a byte, and every shorter one, is refused. */
static void only_itself(const char *name, const struct public_key *k, enum signature_scheme s,
	enum hash_kind hash, struct span text, struct span signature)
{
	uint8_t other[KEY_RSA_BITS_MAX / 8];

	check(name, public_key_check(k, s, hash, text, signature));
	check(name, !public_key_check(k, s, hash, SPAN("abd"), signature));
	check(name, !public_key_check(k, s, hash, text, none));
	check(name, !public_key_check(k, s, hash, text, span_sub(signature, 0, signature.len - 1)));
	for (size_t i = 0; i < signature.len; i += 7) {
		memcpy(other, signature.p, signature.len);
		other[i] ^= 1;
		check(name, !public_key_check(k, s, hash, text, span_of(other, signature.len)));
	}
}

static void both_ways(void **state)
{
	struct scov_err err;

	(void)state;
	for (size_t i = 0; i < KEYS; i++) {
		const char *name = keys[i].name;
		struct public_key *k = NULL;
		struct private_key *own = NULL;
		struct buf made = { 0 };

		make(i);
		must_run(name, keys[i].sign);
		check(name, !public_key_parse(content("pub"), &k, &err));
		check(name, public_key_kind(k) == keys[i].kind);
		check(name, public_key_hash(k) == keys[i].hash);
		check(name, public_key_bits(k) == keys[i].bits);
		only_itself(name, k, SIGNATURE_OF_KEY, HASH_NONE, SPAN("abc"), content("sig"));
		check(name, !private_key_parse(content("key"), none, &own, &err));
		check(name, public_key_same(private_key_public(own), k));
		check_span(name, public_key_spki(private_key_public(own)), public_key_spki(k));
		check(name, !private_key_sign(own, SPAN("abc"), &made, &err));
		only_itself(name, k, SIGNATURE_OF_KEY, HASH_NONE, SPAN("abc"), buf_view(&made));
		put("ours", buf_view(&made));
		must_run(name, keys[i].verify);
		private_key_free(own);
		public_key_free(k);
		buf_release(&made);
	}
}

static void hashes_and_schemes(void **state)
{
	static const struct {
		const char *name;
		size_t key;
		const char *sign;
		enum signature_scheme scheme;
		enum hash_kind hash;
	} rows[] = {
		{ "P-256 and SHA-384", 0, "openssl dgst -sha384 -sign key -out sig text",
			SIGNATURE_OF_KEY, HASH_SHA384 },
		{ "P-384 and SHA-256", 1, "openssl dgst -sha256 -sign key -out sig text",
			SIGNATURE_OF_KEY, HASH_SHA256 },
		{ "PKCS#1 and SHA-384", 3, "openssl dgst -sha384 -sign key -out sig text",
			SIGNATURE_OF_KEY, HASH_SHA384 },
		{ "PKCS#1 and SHA-512", 3, "openssl dgst -sha512 -sign key -out sig text",
			SIGNATURE_OF_KEY, HASH_SHA512 },
		{ "PSS and SHA-256", 3,
			"openssl dgst -sha256 -sigopt rsa_padding_mode:pss -sigopt "
			"rsa_pss_saltlen:digest -sign key -out sig text",
			SIGNATURE_RSA_PSS, HASH_SHA256 },
		{ "PSS and SHA-384, the longest salt", 3,
			"openssl dgst -sha384 -sigopt rsa_padding_mode:pss -sigopt "
			"rsa_pss_saltlen:max -sign key -out sig text",
			SIGNATURE_RSA_PSS, HASH_SHA384 },
		{ "PSS and SHA-512", 3,
			"openssl dgst -sha512 -sigopt rsa_padding_mode:pss -sign key -out sig text",
			SIGNATURE_RSA_PSS, HASH_SHA512 },
	};
	struct scov_err err;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct public_key *k = NULL;

		make(rows[i].key);
		must_run(rows[i].name, rows[i].sign);
		check(rows[i].name, !public_key_parse(content("pub"), &k, &err));
		struct span sig = content("sig");
		uint8_t hashed[HASH_MAX];
		struct span text = SPAN("abc");

		only_itself(rows[i].name, k, rows[i].scheme, rows[i].hash, text, sig);
		check(rows[i].name, hash_pieces(rows[i].hash, &text, 1, hashed));
		for (int h = HASH_NONE; h <= HASH_SHA512; h++) {
			bool is_right = (int)rows[i].hash == h;
			bool is_default = h == HASH_NONE && public_key_hash(k) == rows[i].hash;

			check(rows[i].name, public_key_check(k, rows[i].scheme, h, text, sig) ==
						    (is_right || is_default));
			check(rows[i].name, public_key_check_hash(k, rows[i].scheme, h,
						    span_of(hashed, hash_size(rows[i].hash)),
						    sig) == (is_right || is_default));
		}
		check(rows[i].name, !public_key_check(k,
					    rows[i].scheme == SIGNATURE_RSA_PSS ? SIGNATURE_OF_KEY
										: SIGNATURE_RSA_PSS,
					    rows[i].hash, text, sig));
		check(rows[i].name,
			!public_key_check(k, SIGNATURE_ECDSA_RAW, rows[i].hash, text, sig));
		public_key_free(k);
	}
}

/* openssl writes DER only: the numbers are taken out of it. */
static void raw_numbers(void **state)
{
	struct scov_err err;

	(void)state;
	for (size_t i = PUBLIC_KEY_P256; i <= PUBLIC_KEY_P521; i++) {
		const size_t size = (size_t[]){ 32, 48, 66 }[i];
		uint8_t raw[132] = { 0 };
		struct public_key *k = NULL;

		make(i);
		must_run("sign", keys[i].sign);
		check(keys[i].name, !public_key_parse(content("pub"), &k, &err));
		struct span der = content("sig");
		size_t at = span_at(der, 1) & 0x80 ? 3 : 2;

		for (size_t n = 0; n < 2; n++) {
			size_t len = span_at(der, at + 1);
			struct span number = span_sub(der, at + 2, len);

			at += 2 + len;
			number = span_from(number, number.len > size ? 1 : 0);
			memcpy(raw + (n + 1) * size - number.len, number.p, number.len);
		}
		only_itself(keys[i].name, k, SIGNATURE_ECDSA_RAW, HASH_NONE, SPAN("abc"),
			span_of(raw, 2 * size));
		check(keys[i].name, !public_key_check(k, SIGNATURE_OF_KEY, HASH_NONE, SPAN("abc"),
					    span_of(raw, 2 * size)));
		public_key_free(k);
	}
}

static void forms_of_public_keys(void **state)
{
	static const struct {
		const char *name, *make;
		int code;
	} rows[] = {
		{ "DER", "openssl pkey -in key -pubout -outform DER -out k", 0 },
		{ "PKCS#1, PEM", "openssl rsa -in key -RSAPublicKey_out -out k", 0 },
		{ "PKCS#1, DER", "openssl rsa -in key -RSAPublicKey_out -outform DER -out k", 0 },
		{ "certificate", "openssl req -x509 -new -key key -subj /CN=a -out k", 0 },
		{ "certificate, DER",
			"openssl req -x509 -new -key key -subj /CN=a -outform DER -out k", 0 },
		{ "text around it", "{ echo hello; openssl pkey -in key -pubout; echo bye; } >k",
			0 },
		{ "bytes after DER", "{ openssl pkey -in key -pubout -outform DER; printf x; } >k",
			SCOV_E_FORMAT },
		{ "two", "openssl pkey -in key -pubout -out k; cat k k >l; mv l k", SCOV_E_LIMIT },
		{ "a private key", "cp key k", SCOV_E_FORMAT },
		{ "nothing", ": >k", SCOV_E_FORMAT },
		{ "too large", "head -c 70000 /dev/zero >k", SCOV_E_LIMIT },
		{ "a damaged one", "openssl pkey -in key -pubout | sed 's/^M/=/' >k",
			SCOV_E_FORMAT },
		{ "RSA of 1024 bits",
			"openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 | openssl "
			"pkey -pubout -out k",
			SCOV_E_UNSUPPORTED },
		{ "secp256k1",
			"openssl ecparam -name secp256k1 -genkey -noout | openssl pkey -pubout "
			"-out "
			"k",
			SCOV_E_UNSUPPORTED },
		{ "a curve given by its parameters",
			"openssl ecparam -name prime256v1 -genkey -noout -param_enc explicit | "
			"openssl pkey -pubout -out k",
			SCOV_E_UNSUPPORTED },
		{ "RSA for PSS only",
			"openssl genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 | "
			"openssl "
			"pkey -pubout -out k",
			SCOV_E_UNSUPPORTED },
		{ "Ed448", "openssl genpkey -algorithm ed448 | openssl pkey -pubout -out k",
			SCOV_E_UNSUPPORTED },
		{ "X25519", "openssl genpkey -algorithm x25519 | openssl pkey -pubout -out k",
			SCOV_E_UNSUPPORTED },
	};
	struct public_key *whole = NULL;
	struct scov_err err;

	(void)state;
	make(3);
	assert_int_equal(public_key_parse(content("pub"), &whole, &err), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct public_key *k = NULL;

		must_run(rows[i].name, rows[i].make);
		int rc = public_key_parse(content("k"), &k, &err);

		check(rows[i].name, rc == rows[i].code);
		check(rows[i].name, (rc == 0) == (k != NULL));
		check(rows[i].name, rc || public_key_same(k, whole));
		if (!rc)
			check_span(rows[i].name, public_key_spki(k), public_key_spki(whole));
		public_key_free(k);
	}
	public_key_free(whole);
}

static void many_public_keys(void **state)
{
	struct public_key *k[3] = { NULL };
	struct scov_err err;
	size_t n = 9;

	(void)state;
	make(0);
	must_run("three",
		"cat pub key pub pub >k; cat key >l; sed 's/^MFk/MFx/' pub >m; cat pub m >n");
	assert_int_equal(public_keys_parse(content("k"), k, 3, &n, &err), 0);
	assert_int_equal(n, 3);
	for (size_t i = 0; i < n; i++)
		public_key_free(k[i]);
	assert_int_equal(public_keys_parse(content("k"), k, 2, &n, &err), SCOV_E_LIMIT);
	assert_int_equal(n, 0);
	assert_int_equal(public_keys_parse(content("l"), k, 3, &n, &err), SCOV_E_FORMAT);
	assert_int_equal(public_keys_parse(content("n"), k, 3, &n, &err), SCOV_E_FORMAT);
	assert_int_equal(n, 0);
}

static void forms_of_private_keys(void **state)
{
	static const struct {
		const char *name, *make, *password;
		int code;
	} rows[] = {
		{ "PKCS#8", "cp key k", NULL, 0 },
		{ "SEC 1", "openssl ec -in key -out k", NULL, 0 },
		{ "parameters before it",
			"{ openssl ecparam -name prime256v1; openssl ec -in key; } >k", NULL, 0 },
		{ "encrypted PKCS#8", "openssl pkcs8 -topk8 -in key -passout pass:eins -out k",
			"eins", 0 },
		{ "by scrypt", "openssl pkcs8 -topk8 -scrypt -in key -passout pass:eins -out k",
			"eins", 0 },
		{ "the old form", "openssl ec -in key -aes256 -passout pass:eins -out k", "eins",
			0 },
		{ "another password", "openssl pkcs8 -topk8 -in key -passout pass:eins -out k",
			"zwei", SCOV_E_AUTH },
		{ "no password", "openssl pkcs8 -topk8 -in key -passout pass:eins -out k", NULL,
			SCOV_E_AUTH },
		{ "a public key", "cp pub k", NULL, SCOV_E_FORMAT },
		{ "nothing", ": >k", NULL, SCOV_E_FORMAT },
		{ "too large", "head -c 70000 /dev/zero >k", NULL, SCOV_E_LIMIT },
		{ "damaged", "sed 's/^M/=/' key >k", NULL, SCOV_E_FORMAT },
		{ "a curve that is not accepted",
			"openssl ecparam -name secp256k1 -genkey -noout -out k", NULL,
			SCOV_E_UNSUPPORTED },
	};
	struct public_key *public = NULL;
	struct scov_err err;

	(void)state;
	make(0);
	assert_int_equal(public_key_parse(content("pub"), &public, &err), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct private_key *k = NULL;

		must_run(rows[i].name, rows[i].make);
		int rc = private_key_parse(content("k"), span_str(rows[i].password), &k, &err);

		check(rows[i].name, rc == rows[i].code);
		check(rows[i].name, rc || public_key_same(private_key_public(k), public));
		private_key_free(k);
	}
	must_run("PKCS#1", "openssl rsa -in rsa -traditional -out k");
	struct private_key *k = NULL;

	assert_int_equal(private_key_parse(content("k"), none, &k, &err), 0);
	assert_int_equal(public_key_kind(private_key_public(k)), PUBLIC_KEY_RSA);
	private_key_free(k);
	public_key_free(public);
}

/* "Cryptography in NaCl", section 10: key, nonce, box and message. */
static void box_of_nacl(void **state)
{
	static const uint8_t key[] = { 0x1b, 0x27, 0x55, 0x64, 0x73, 0xe9, 0x85, 0xd4, 0x62, 0xcd,
		0x51, 0x19, 0x7a, 0x9a, 0x46, 0xc7, 0x60, 0x09, 0x54, 0x9e, 0xac, 0x64, 0x74, 0xf2,
		0x06, 0xc4, 0xee, 0x08, 0x44, 0xf6, 0x83, 0x89 };
	static const uint8_t nonce[] = { 0x69, 0x69, 0x6e, 0xe9, 0x55, 0xb6, 0x2b, 0x73, 0xcd, 0x62,
		0xbd, 0xa8, 0x75, 0xfc, 0x73, 0xd6, 0x82, 0x19, 0xe0, 0x03, 0x6b, 0x7a, 0x0b,
		0x37 };
	static const uint8_t message[] = { 0xbe, 0x07, 0x5f, 0xc5, 0x3c, 0x81, 0xf2, 0xd5, 0xcf,
		0x14, 0x13, 0x16, 0xeb, 0xeb, 0x0c, 0x7b, 0x52, 0x28, 0xc5, 0x2a, 0x4c, 0x62, 0xcb,
		0xd4, 0x4b, 0x66, 0x84, 0x9b, 0x64, 0x24, 0x4f, 0xfc, 0xe5, 0xec, 0xba, 0xaf, 0x33,
		0xbd, 0x75, 0x1a, 0x1a, 0xc7, 0x28, 0xd4, 0x5e, 0x6c, 0x61, 0x29, 0x6c, 0xdc, 0x3c,
		0x01, 0x23, 0x35, 0x61, 0xf4, 0x1d, 0xb6, 0x6c, 0xce, 0x31, 0x4a, 0xdb, 0x31, 0x0e,
		0x3b, 0xe8, 0x25, 0x0c, 0x46, 0xf0, 0x6d, 0xce, 0xea, 0x3a, 0x7f, 0xa1, 0x34, 0x80,
		0x57, 0xe2, 0xf6, 0x55, 0x6a, 0xd6, 0xb1, 0x31, 0x8a, 0x02, 0x4a, 0x83, 0x8f, 0x21,
		0xaf, 0x1f, 0xde, 0x04, 0x89, 0x77, 0xeb, 0x48, 0xf5, 0x9f, 0xfd, 0x49, 0x24, 0xca,
		0x1c, 0x60, 0x90, 0x2e, 0x52, 0xf0, 0xa0, 0x89, 0xbc, 0x76, 0x89, 0x70, 0x40, 0xe0,
		0x82, 0xf9, 0x37, 0x76, 0x38, 0x48, 0x64, 0x5e, 0x07, 0x05 };
	static const uint8_t box[] = { 0xf3, 0xff, 0xc7, 0x70, 0x3f, 0x94, 0x00, 0xe5, 0x2a, 0x7d,
		0xfb, 0x4b, 0x3d, 0x33, 0x05, 0xd9, 0x8e, 0x99, 0x3b, 0x9f, 0x48, 0x68, 0x12, 0x73,
		0xc2, 0x96, 0x50, 0xba, 0x32, 0xfc, 0x76, 0xce, 0x48, 0x33, 0x2e, 0xa7, 0x16, 0x4d,
		0x96, 0xa4, 0x47, 0x6f, 0xb8, 0xc5, 0x31, 0xa1, 0x18, 0x6a, 0xc0, 0xdf, 0xc1, 0x7c,
		0x98, 0xdc, 0xe8, 0x7b, 0x4d, 0xa7, 0xf0, 0x11, 0xec, 0x48, 0xc9, 0x72, 0x71, 0xd2,
		0xc2, 0x0f, 0x9b, 0x92, 0x8f, 0xe2, 0x27, 0x0d, 0x6f, 0xb8, 0x63, 0xd5, 0x17, 0x38,
		0xb4, 0x8e, 0xee, 0xe3, 0x14, 0xa7, 0xcc, 0x8a, 0xb9, 0x32, 0x16, 0x45, 0x48, 0xe5,
		0x26, 0xae, 0x90, 0x22, 0x43, 0x68, 0x51, 0x7a, 0xcf, 0xea, 0xbd, 0x6b, 0xb3, 0x73,
		0x2b, 0xc0, 0xe9, 0xda, 0x99, 0x83, 0x2b, 0x61, 0xca, 0x01, 0xb6, 0xde, 0x56, 0x24,
		0x4a, 0x9e, 0x88, 0xd5, 0xf9, 0xb3, 0x79, 0x73, 0xf6, 0x22, 0xa4, 0x3d, 0x14, 0xa6,
		0x59, 0x9b, 0x1f, 0x65, 0x4c, 0xb4, 0x5a, 0x74, 0xe3, 0x55, 0xa5 };
	uint8_t out[sizeof(box)], other[sizeof(box)];

	(void)state;
	assert_true(secretbox_open(key, nonce, span_of(box, sizeof(box)), out));
	assert_memory_equal(out, message, sizeof(message));
	for (size_t i = 0; i < sizeof(box); i++) {
		memcpy(other, box, sizeof(box));
		other[i] ^= 0x40;
		assert_false(secretbox_open(key, nonce, span_of(other, sizeof(box)), out));
		assert_false(secretbox_open(key, nonce, span_of(box, i), out));
	}
}

/* As cosign makes it, boxed by libsodium. */
static const char sigstore_pem[] =
	"-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n"
	"eyJrZGYiOiB7Im5hbWUiOiAic2NyeXB0IiwgInBhcmFtcyI6IHsiTiI6IDY1NTM2\n"
	"LCAiciI6IDgsICJwIjogMX0sICJzYWx0IjogImlZQ2NNdWFoMnlIVVRUcjVOWkhR\n"
	"UWZwRXJYWDg0TTYrdk9IaE81MnZFT0E9In0sICJjaXBoZXIiOiB7Im5hbWUiOiAi\n"
	"bmFjbC9zZWNyZXRib3giLCAibm9uY2UiOiAiZFQ2UVRQSzZUSE45WDB4YUk2eUgr\n"
	"UldpM2lBOUw3aTUifSwgImNpcGhlcnRleHQiOiAiN1hqRkpyYkRyeWkwUlNPUkNK\n"
	"WFZUbWM0OG5aNit0WXlzbkV5TlNHQWdkQ2I3eDNuUGt1MkxvelhsWjJsNmxaMGEz\n"
	"c29HSThjSFJ2MEN1ai9GTTRVTGswb0xMUTV0STRuc2pTNDZVWjRqcnh3cDhsTFY0\n"
	"cU92aGhsaUpWNzlwRGpkd2sxRVRGZW9kcHFXbHdjbzFDbFcwSFdTbVphOFBKYmNi\n"
	"K2tuQldLTVNBS29xMmVWaTNsc3FSTnNKOFV3YkpiK01WN2RYcmZ6VlBnMFE9PSJ9\n"
	"-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n";
static const char sigstore_public[] =
	"-----BEGIN PUBLIC KEY-----\n"
	"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE7PhxAb10vaNv4Lr/V1VxHEypUiGV\n"
	"MEhJ8oLj8QAD7v+iaGKal7jIN2NzLIp2GhZNlFSDsjrQwJ1N6q8gbjvoAw==\n"
	"-----END PUBLIC KEY-----\n";

static void key_of_cosign(void **state)
{
	struct private_key *k = NULL;
	struct public_key *public = NULL;
	struct scov_err err;
	char other[sizeof(sigstore_pem)];

	(void)state;
	assert_int_equal(private_key_parse(SPAN(sigstore_pem), SPAN("eins"), &k, &err), 0);
	assert_int_equal(public_key_parse(SPAN(sigstore_public), &public, &err), 0);
	assert_true(public_key_same(private_key_public(k), public));
	public_key_free(public);
	private_key_free(k);
	assert_int_equal(
		private_key_parse(SPAN(sigstore_pem), SPAN("zwei"), &k, &err), SCOV_E_AUTH);
	assert_int_equal(private_key_parse(SPAN(sigstore_pem), SPAN(""), &k, &err), SCOV_E_AUTH);
	assert_int_equal(private_key_parse(SPAN(sigstore_pem), none, &k, &err), SCOV_E_AUTH);
	memcpy(other, sigstore_pem, sizeof(other));
	memcpy(strstr(other, "IDY1NTM2"), "IDk5OTk5", 8); /* 65536 to 99999: not a power of two */
	assert_int_equal(private_key_parse(SPAN(other), SPAN("eins"), &k, &err), SCOV_E_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways),
		cmocka_unit_test(hashes_and_schemes),
		cmocka_unit_test(raw_numbers),
		cmocka_unit_test(forms_of_public_keys),
		cmocka_unit_test(many_public_keys),
		cmocka_unit_test(forms_of_private_keys),
		cmocka_unit_test(box_of_nacl),
		cmocka_unit_test(key_of_cosign),
	};

	return cmocka_run_group_tests(tests, folder_make, folder_drop);
}
