/* store_jks.c - Java's key stores, JKS and JCEKS: is there a private key in it, or only
 * certificates?
 *
 * Source: sun.security.provider.JavaKeyStore, as described in the JDK's documentation of key store
 * types.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "secret/proof.h"

enum { ENTRIES_MAX = 65536, CHAIN_MAX = 64, STORE_MAX = 16 << 20 };

static struct span text(struct cur *c)
{
	return cur_take(c, cur_be16(c));
}

static struct span certificate(struct cur *c, uint32_t version)
{
	if (version == 2)
		text(c);
	uint32_t len = cur_be32(c);

	return cur_take(c, len);
}

static void key(struct cur *c, uint32_t version, struct arena *a, struct proof *out)
{
	bool is_ca;
	int64_t until;

	cur_skip(c, cur_be32(c));
	uint32_t n = cur_be32(c);

	cur_need(c, n <= CHAIN_MAX);
	for (uint32_t i = 0; i < n && !c->bad; i++) {
		struct span cert = certificate(c, version);

		if (i == 0 && !out->has_public &&
			certificate_public(cert, a, out->public_hash, &is_ca, &until))
			out->has_public = true;
	}
}

static int jks(const struct candidate *c, struct span parameter, struct proof *out)
{
	struct cur in = cur_over(c->value);
	uint32_t magic = cur_be32(&in), version = cur_be32(&in), n = cur_be32(&in), keys = 0;

	(void)parameter;
	cur_need(&in, magic == 0xfeedfeed || magic == 0xcececece);
	cur_need(&in,
		(version == 1 || version == 2) && n <= ENTRIES_MAX && c->value.len <= STORE_MAX);
	for (uint32_t i = 0; i < n && !in.bad; i++) {
		uint32_t tag = cur_be32(&in);

		text(&in);
		cur_skip(&in, 8); /* when it was made */
		if (tag == 3 && magic == 0xcececece && !in.bad) {
			/* A serialised object without a length: what follows cannot be told. */
			out->flags |= SECRET_ENCRYPTED;
			return proof_proven(
				out, PROOF_PARSED, "a Java key store with a secret key");
		}
		cur_need(&in, tag == 1 || tag == 2);
		keys += tag == 1;
		if (tag == 1)
			key(&in, version, c->scratch, out);
		else
			certificate(&in, version);
	}
	cur_need(&in, cur_left(&in) == 20); /* the digest over all of it */
	if (in.bad)
		return proof_invalid(out, "not a Java key store, or cut off");
	if (!keys)
		return proof_harmless(out, 0, "a Java key store with certificates only");
	out->flags |= SECRET_ENCRYPTED;
	return proof_proven(out, PROOF_PARSED, "a Java key store with a private key");
}

const struct validator check_jks = { "jks-entries", "a Java key store that holds a key", jks };
