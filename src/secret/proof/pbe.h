/* pbe.h - what a password closes, and the few passwords that everybody tries. Inside secret/ only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "crypto/password.h"
#include "format/der.h"
#include "secret/proof/validate.h"

enum {
	PBE_ROUNDS_MAX = 20000, /* of one key: the JDK writes 10000, OpenSSL 2048 */
	PBE_PASSWORDS = 5,
	WORK_CURVE = 2000, /* rounds that take as long as the slowest curve's product */
	WORK_BYTES = 64,   /* hashed or deciphered in a round */
};

struct pbe {
	enum hash_kind hash;
	enum cipher_kind cipher;
	bool is_pkcs12, is_pem; /* else PBES2 */
	struct span salt, iv;
	uint64_t rounds;
};

enum pbe_state {
	PBE_READY,
	PBE_BROKEN,
	PBE_FOREIGN, /* an algorithm that is not tried */
	PBE_ROUNDS,  /* more than PBE_ROUNDS_MAX: refused unworked */
};

/* The empty one first. */
extern const struct span pbe_passwords[PBE_PASSWORDS];
/* Takes so many rounds from the candidate's allowance. False: there are not so many left. */
bool pbe_work(const struct candidate *c, uint64_t rounds);
/* A hash, or the HMAC with it, by its object identifier. */
enum hash_kind pbe_hash(struct span oid);
/* The body of an AlgorithmIdentifier. */
enum pbe_state pbe_read(struct cur algorithm, struct pbe *out);
/* The value of "DEK-Info"; out->iv points into iv. */
enum pbe_state pbe_read_pem(struct span dek, uint8_t iv[CIPHER_IV_MAX], struct pbe *out);

/* False: this is not the password (or its padding only looks right: look at what comes out). */
bool pbe_open(const struct pbe *p, struct span password, struct span in, struct arena *a,
	struct span *out);
/* Says that a key stays closed, and why. */
int pbe_closed(enum pbe_state state, struct proof *out);
/* The passwords in turn; what comes out must be a private key in DER. */
int pbe_try_key(const struct pbe *p, struct span in, const struct candidate *c, struct proof *out);
