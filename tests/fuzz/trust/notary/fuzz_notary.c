/* fuzz_notary.c - envelopes of the Notary Project: JWS where they begin with '{', else COSE.
 *
 * Without a root nothing is worth more than its own signature, and with a policy that skips, less.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tests/fuzz/fuzz.h"
#include "trust/notary/cbor.h"
#include "trust/notary/envelope.h"

static const uint8_t policy[] =
	"{\"version\":\"1.0\",\"trustPolicies\":[{\"name\":\"a\",\"registryScopes\":[\"r/a\"],"
	"\"signatureVerification\":{\"level\":\"audit\"},\"trustStores\":[\"ca:a\"],"
	"\"trustedIdentities\":[\"*\"]},{\"name\":\"b\",\"registryScopes\":[\"r/b\"],"
	"\"signatureVerification\":{\"level\":\"skip\"}}]}";

static void envelope(struct span in, bool is_json)
{
	scoped_arena struct arena a = { .limit = 64 << 20 };
	struct envelope v;
	struct target t;
	struct scov_err err;
	int rc = is_json ? jws_read(in, &a, &v, &err) : cose_read(in, &a, &v, &err);

	if (!rc) {
		must(v.chain.n && v.chain.n <= NOTARY_CHAIN_MAX);
		must(v.algorithm < ENVELOPE_ALGORITHMS && v.signature.len);
		if (!is_json)
			must_lie_in(v.payload, in);
		if (!envelope_target(v.payload, &a, &t, &err))
			must(digest_size(&t.digest) && t.media_type.len);
	}
	envelope_release(&v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scoped_arena struct arena a = { .limit = 64 << 20 };
	struct span in = span_of(data, size);
	bool is_json = span_at(in, 0) == '{';
	struct cur c = cur_over(in);
	const struct attached at = { .bytes = in,
		.form = is_json ? ATTACHED_FORM_NOTARY_JWS : ATTACHED_FORM_NOTARY_COSE,
		.subject_type = SPAN("application/vnd.oci.image.manifest.v1+json"),
		.subject_size = 7 };
	struct notary_input with = { .now = 1750000000, .manifest = { DIGEST_SHA256, { 0 } } };
	struct notary_config *config = NULL;
	struct scov_err err;

	must_lie_in(cbor_whole(&c), in);
	envelope(in, is_json);
	with.manifest.bytes[31] = 1;
	must(!notary_config_parse(span_of(policy, sizeof(policy) - 1), &config, &err));
	for (int i = 0; i < 3; i++) {
		struct trust_evidence e = { 0 };

		with.config = i ? config : NULL;
		with.reference = i == 2 ? SPAN("r/b") : SPAN("r/a");
		notary_verify(&at, &with, &a, &e);
		must(e.level <= (i == 2 ? TRUST_CLAIMED : TRUST_INTACT) || e.is_bad);
		must(!e.is_bad || !e.level);
		must(e.why.len || arena_failed(&a));
	}
	notary_config_free(config);
	return 0;
}
