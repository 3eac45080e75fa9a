/* key_details.h - what sigstore's names of kinds of keys mean.
 *
 * Source: sigstore/protobuf-specs, protos/sigstore_common.proto, PublicKeyDetails.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "crypto/verify.h"

struct key_details {
	struct span name;
	uint8_t kind;   /* enum public_key_kind */
	uint16_t bits;  /* of RSA; 0: any */
	uint8_t hash;   /* enum hash_kind */
	uint8_t scheme; /* enum signature_scheme */
};

/* NULL: unknown, or one that is refused: a prehashed Ed25519, which OpenSSL 3.0 would check as a
 * plain one, and the kinds that it lacks. */
const struct key_details *key_details_named(struct span name);
bool key_details_fit(const struct key_details *d, const struct public_key *k);
