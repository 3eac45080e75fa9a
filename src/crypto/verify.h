/* verify.h - public and private keys: read, signatures checked and made.
 *
 * Sources: RFC 5208, 5958, 8017, 8032, 8410; FIPS 186-4; cosign's form of a private key.
 * Accepted: ECDSA on P-256, P-384 and P-521, RSA of 2048 to 8192 bits, Ed25519. Any other key is
 * refused with the reason.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "crypto/password.h"

enum {
	KEY_TEXT_MAX = 64 << 10, /* bytes of a file of keys */
	KEY_RSA_BITS_MIN = 2048,
	KEY_RSA_BITS_MAX = 8192,
	KEY_PASSWORD_MAX = 1024,
};

enum public_key_kind {
	PUBLIC_KEY_P256,
	PUBLIC_KEY_P384,
	PUBLIC_KEY_P521,
	PUBLIC_KEY_RSA,
	PUBLIC_KEY_ED25519,
};

enum signature_scheme {
	SIGNATURE_OF_KEY,    /* ECDSA in DER, RSA PKCS#1 v1.5, Ed25519 of the text itself */
	SIGNATURE_ECDSA_RAW, /* r and s, each as long as the curve */
	SIGNATURE_RSA_PSS,   /* MGF1 with the same hash; any length of the salt */
};

struct public_key;
struct private_key;

/* One key: DER or PEM of a SubjectPublicKeyInfo, of a PKCS#1 RSA key or of a certificate. Errors:
 * SCOV_E_FORMAT, SCOV_E_UNSUPPORTED (a kind, a curve, a size that is not accepted), SCOV_E_LIMIT.
 */
must_check int public_key_parse(struct span text, struct public_key **out, struct scov_err *err);
/* The public keys of a PEM text, at most `max`; private keys and other blocks are passed over. On
 * failure none is left. Errors: the same; SCOV_E_FORMAT also: none in it. */
must_check int public_keys_parse(
	struct span pem, struct public_key **out, size_t max, size_t *out_n, struct scov_err *err);
void public_key_free(struct public_key *k); /* accepts NULL */
struct span public_key_spki(
	const struct public_key *k); /* DER, as it was read; lives with the key */
enum public_key_kind public_key_kind(const struct public_key *k);
const char *public_key_name(const struct public_key *k); /* "ECDSA P-256", "RSA", "Ed25519" */
unsigned public_key_bits(const struct public_key *k);
bool public_key_same(const struct public_key *a, const struct public_key *b);
/* The hash that goes with a key where nothing names another: of its size for ECDSA, else SHA-256.
 */
enum hash_kind public_key_hash(const struct public_key *k);

/* hash: SHA-256, SHA-384, SHA-512; HASH_NONE is public_key_hash. Ed25519 signs the text and ignores
 * it. False: a wrong signature, a scheme that is not one of this key, no memory. */
bool public_key_check(const struct public_key *k, enum signature_scheme s, enum hash_kind hash,
	struct span text, struct span signature);
/* Where only the hash of the text is known; never true for Ed25519. */
bool public_key_check_hash(const struct public_key *k, enum signature_scheme s, enum hash_kind hash,
	struct span hashed, struct span signature);

/* PEM of PKCS#8 (plain or encrypted), SEC 1, PKCS#1, or "ENCRYPTED SIGSTORE PRIVATE KEY" (COSIGN).
 * password: p == NULL when there is none. Errors: SCOV_E_FORMAT, SCOV_E_AUTH (it needs a password,
 * or another one), SCOV_E_UNSUPPORTED, SCOV_E_LIMIT. */
must_check int private_key_parse(
	struct span pem, struct span password, struct private_key **out, struct scov_err *err);
void private_key_free(struct private_key *k); /* accepts NULL */
/* The public half; lives with the key. */
const struct public_key *private_key_public(const struct private_key *k);
/* Adds to out, as SIGNATURE_OF_KEY with public_key_hash has it. Errors: SCOV_E_UNSUPPORTED: the
 * library refused; SCOV_E_MEMORY. */
must_check int private_key_sign(
	const struct private_key *k, struct span text, struct buf *out, struct scov_err *err);
