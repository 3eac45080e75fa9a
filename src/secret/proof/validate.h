/* validate.h - offline proof: checksums, key containers, pairs.
 *
 * A validator looks at a candidate value (and its window) and says what it proves. It never reads a
 * file, a clock or the network, and its work is bounded whatever the bytes are.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "facts/part.h"

struct lexicon;

struct candidate {
	struct span value;  /* what the expression's group matched, decoded */
	struct span window; /* around it, for pairs in the same file; may be the value alone */
	struct span path;
	struct arena *scratch;
	uint64_t *work; /* rounds of key derivation, and what costs as much, that may still be
			   run; NULL: no bound */
	const struct lexicon *words; /* NULL: our own */
};

enum validity {
	VALID_UNKNOWN,
	VALID_PROVEN,
	VALID_INVALID,
	VALID_HARMLESS /* a placeholder, a public key, an empty store */
};

struct proof {
	uint8_t validity;        /* enum validity */
	uint8_t how;             /* enum secret_proof */
	uint32_t flags;          /* enum secret_flags */
	int64_t expires;         /* seconds since 1970; 0: not stated */
	uint8_t public_hash[32]; /* SHA-256 of the SubjectPublicKeyInfo (or of the raw public key),
				    to pair with a certificate */
	bool has_public;
	const char *known; /* name on the list of publicly known keys; NULL, for test keys too: they
			      have SECRET_EXAMPLE and their name as detail */
	const char *detail; /* one clause, static text */
};

struct validator {
	const char *name; /* as rules write it */
	const char *help;
	int (*check)(const struct candidate *c, struct span parameter,
		struct proof *out); /* 0 or SCOV_E_LIMIT */
};

/* The name of the documentation that shows this value, or these claims of a token, as an example;
 * NULL: none on the list does. */
const char *value_published(struct span value);

extern const struct validator *const validators[]; /* NULL-ended, alphabetical */
const struct validator *validator_find(struct span name);
/* Makes the libraries load what they open lazily; call before a worker's filter. */
void validators_warm(void);
/* A certificate in PEM or DER: the public part that private keys are paired with. False when it
 * does not parse. */
bool certificate_public(struct span der_or_pem, struct arena *scratch, uint8_t public_hash[32],
	bool *is_ca, int64_t *not_after);
