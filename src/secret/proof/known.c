/* known.c - keys that everybody has: in standards, and shipped by products as their defaults.
 *
 * data/secrets/known-keys.tsv holds SHA-256 of key material, never material: of the raw bytes of a
 * symmetric key or a scalar, of the SubjectPublicKeyInfo of an asymmetric one, of the whole of a
 * container that a password closes. Keys of services and products are high; test keys, which
 * packages carry for their own tests, are only named. Rows of values are of the text of a token, a
 * password or a header that documentation shows, and of the claims of a JSON web token.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "crypto/digest.h"
#include "secret/proof/known_key.h"
#include "secret/proof/proof.h"

enum { MATERIAL_MAX = 64 };

/* The row of a hash; is_value: of the rows of values, else of those of keys. */
static const struct known_key *row_of(const uint8_t hash[32], bool is_value)
{
	struct digest d = { .algorithm = DIGEST_SHA256 };
	char text[DIGEST_TEXT];

	memcpy(d.bytes, hash, 32);
	digest_hex(&d, text);
	for (size_t i = 0; i < known_keys_n; i++)
		if (span_eq(known_keys[i].hash, span_str(text)) &&
			span_eq(known_keys[i].use, SPAN("value")) == is_value)
			return &known_keys[i];
	return NULL;
}

/* A literal: a NUL is after it. */
static const char *name_of(const struct known_key *k)
{
	return k ? (const char *)k->name.p : NULL;
}

void proof_known_hash(const uint8_t hash[32], struct proof *out)
{
	const struct known_key *k = row_of(hash, false);

	if (!k)
		return;
	if (span_eq(k->use, SPAN("test"))) { /* of no service: harmless but for its noise */
		out->flags |= SECRET_EXAMPLE;
		out->detail = name_of(k);
		proof_proven(out, PROOF_PARSED, name_of(k));
		return;
	}
	out->known = name_of(k);
	out->flags |= span_eq(k->use, SPAN("telecom")) ? SECRET_TELECOM : 0;
	out->flags |= span_eq(k->use, SPAN("ca")) ? SECRET_CA : 0;
	out->how = PROOF_KNOWN;
	proof_proven(out, PROOF_KNOWN, "a publicly known key");
}

const char *value_published(struct span value)
{
	struct digest d = digest_of(DIGEST_SHA256, value);
	const struct known_key *k = row_of(d.bytes, true);
	struct span rest = value, claims;

	if (!k && span_split(&rest, '.', &claims) && span_split(&rest, '.', &claims)) {
		d = digest_of(DIGEST_SHA256, claims);
		k = row_of(d.bytes, true);
	}
	return name_of(k);
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
