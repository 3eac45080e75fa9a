/* known.c - keys that everybody has: in standards, and shipped by products as their defaults.
 *
 * data/secrets/known-keys.tsv holds SHA-256 of key material, never material: of the raw bytes of a
 * symmetric key or a scalar, of the SubjectPublicKeyInfo of an asymmetric one, of the whole of a
 * container that a password closes. Keys of services and products are high; test keys, which
 * packages carry for their own tests, are only named.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "crypto/digest.h"
#include "secret/proof/known_key.h"
#include "secret/proof/proof.h"

enum { MATERIAL_MAX = 64 };

void proof_known_hash(const uint8_t hash[32], struct proof *out)
{
	struct digest d = { .algorithm = DIGEST_SHA256 };
	char text[DIGEST_TEXT];

	memcpy(d.bytes, hash, 32);
	digest_hex(&d, text);
	for (size_t i = 0; i < known_keys_n; i++) {
		const struct known_key *k = &known_keys[i];
		const char *name = (const char *)k->name.p; /* a literal: a NUL is after it */

		if (!span_eq(k->hash, span_str(text)))
			continue;
		if (span_eq(k->use, SPAN("test"))) { /* of no service: harmless but for its noise */
			out->flags |= SECRET_EXAMPLE;
			out->detail = name;
			proof_proven(out, PROOF_PARSED, name);
			return;
		}
		out->known = name;
		out->flags |= span_eq(k->use, SPAN("telecom")) ? SECRET_TELECOM : 0;
		out->flags |= span_eq(k->use, SPAN("ca")) ? SECRET_CA : 0;
		out->how = PROOF_KNOWN;
		proof_proven(out, PROOF_KNOWN, "a publicly known key");
	}
}

void proof_known(struct span material, struct proof *out)
{
	if (material.len <= MATERIAL_MAX)
		proof_known_whole(material, out);
}

void proof_known_whole(struct span container, struct proof *out)
{
	struct digest d = digest_of(DIGEST_SHA256, container);

	if (d.algorithm == DIGEST_SHA256)
		proof_known_hash(d.bytes, out);
}

/* The value as hex, as base64, or as it is. */
static int known_key(const struct candidate *c, struct span parameter, struct proof *out)
{
	uint8_t raw[MATERIAL_MAX];
	struct span bytes;

	(void)parameter;
	if (c->value.len <= 2 * MATERIAL_MAX && text_hex(c->value, raw, c->value.len / 2))
		proof_known(span_of(raw, c->value.len / 2), out);
	explicit_bzero(raw, sizeof(raw));
	if (out->validity != VALID_PROVEN && text_base64(c->value, c->scratch, &bytes)) {
		proof_known(bytes, out);
		wipe(bytes);
	}
	if (out->validity != VALID_PROVEN)
		proof_known(c->value, out);
	return proof_unknown(out, "not on the list of publicly known keys");
}

const struct validator check_known_key = { "known-key", "on the list of publicly known keys",
	known_key };
