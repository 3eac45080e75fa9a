/* signer.h - who made a signature, and up to what that is proved.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "trust/log.h"

struct signer {
	struct span name, issuer; /* identity of the certificate, and who vouches for it */
	struct span source_uri, source_digest, builder_uri, runner;
	int64_t time; /* 0: unknown */
	struct span time_source, log;
	bool is_included; /* proof of a log up to a signed checkpoint */
	bool is_pki;
};

/* What the certificate says of itself. Errors: SCOV_E_FORMAT (a damaged extension, issuers that
 * contradict each other). */
must_check int signer_read(const struct certificate *leaf, bool is_pki, struct arena *a,
	struct signer *out, struct scov_err *err);
/* By a certificate, up to one root. t->signature is chosen before. */
enum check signer_check_root(const struct signed_thing *t, const struct trust_root *r,
	const struct trust_roots *all, int64_t now, struct arena *a, struct signer *out,
	struct scov_err *err);
/* By a key that is trusted already: what logs and timestamps of any root add to it. */
enum check signer_check_key(const struct signed_thing *t, const struct public_key *k,
	const struct trust_roots *all, int64_t now, struct arena *a, struct signer *out,
	struct scov_err *err);
/* Some authority of the root issued the leaf, whether valid or not. */
bool signer_is_known(const struct signed_thing *t, const struct trust_root *r);
