/* test_notary_real.c - envelopes of notation's own tests, if they are there: ../shared/data.
 *
 * Each with a trust store that holds the end of its own chain, and one of the time stamping
 * authority that is in most of them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crypto/crypto_paths.h"
#include "tests/unit/crypto/openssl.h"
#include "trust/notary/envelope.h"

enum { NOW = 1750000000 /* 2025-06-15 */ };

#define POLICY(level)                                                                              \
	"{\"version\": \"1.0\", \"trustPolicies\": [{\"name\": \"p\", \"registryScopes\": "        \
	"[\"*\"], \"signatureVerification\": " level ", \"trustStores\": [\"ca:own\", "            \
	"\"signingAuthority:own\", \"tsa:tsa\"], \"trustedIdentities\": [\"*\"]}]}"

#define ALWAYS POLICY("{\"level\": \"strict\"}")
#define AFTER POLICY("{\"level\": \"strict\", \"verifyTimestamp\": \"afterCertExpiry\"}")
#define PERMISSIVE POLICY("{\"level\": \"permissive\"}")

static bool has_data;

static int unpack(void **state)
{
	if (folder_make(state))
		return -1;
	has_data = shell(
		"for d in \"$SCOVILLE_TEST_SHARED\" " SHARED "; do f=$d/data/provenance/"
		"dev.tar.zst; [ ! -e \"$f\" ] || break; done; tar --zstd -xf $f dev/notation; "
		"mkdir -p c/truststore/x509/ca/own c/truststore/x509/signingAuthority/own "
		"c/truststore/x509/tsa; cp -r dev/notation/truststore/x509/tsa/test-timestamp "
		"c/truststore/x509/tsa/tsa");
	if (!has_data)
		puts("skipped: no envelopes of notation (../shared/data/provenance/dev.tar.zst)");
	return 0;
}

static void envelopes(void **state)
{
	static const struct {
		const char *file, *policy;
		uint8_t level;
		bool is_bad;
		const char *why, *source;
	} rows[] = {
		{ "ca_valid_sig_env.json", AFTER, TRUST_EXPECTED, false, "", "" },
		{ "ca_valid_sig_env.json", ALWAYS, TRUST_NONE, true, "no time stamp", "" },
		{ "ca_valid_sig_env.json", PERMISSIVE, TRUST_INTACT, false, "no time stamp", "" },
		{ "ca_valid_sig_env.json", NULL, TRUST_INTACT, false, "no trust policy", "" },
		{ "ca_invalid_sig_env.json", AFTER, TRUST_NONE, true,
			"'payload': not base64 for URLs", "" },
		{ "jws_signature.sig", AFTER, TRUST_EXPECTED, false, "", "" },
		{ "jwsWithTimestamp.sig", ALWAYS, TRUST_EXPECTED, false, "", "timestamp" },
		{ "jwsWithTimestamp.sig", AFTER, TRUST_EXPECTED, false, "", "" },
		{ "jwsExpiredWithTimestamp.sig", ALWAYS, TRUST_EXPECTED, false, "", "timestamp" },
		{ "jwsExpiredWithTimestamp.sig", AFTER, TRUST_EXPECTED, false, "", "timestamp" },
		{ "coseWithTimestamp.sig", ALWAYS, TRUST_EXPECTED, false, "", "timestamp" },
		{ "coseExpiredWithTimestamp.sig", ALWAYS, TRUST_EXPECTED, false, "", "timestamp" },
		{ "timestampAfterNotAfter.sig", ALWAYS, TRUST_NONE, true, "before it signed",
			"timestamp" },
		{ "timestampBeforeNotBefore.sig", ALWAYS, TRUST_NONE, true, "signed earlier",
			"timestamp" },
		{ "withoutTimestamp.sig", ALWAYS, TRUST_NONE, true, "no time stamp", "" },
		{ "withoutTimestamp.sig", AFTER, TRUST_EXPECTED, false, "", "" },
		{ "sig_env_with_metadata.json", AFTER, TRUST_NONE, true, "no time stamp", "" },
		{ "sig_env_with_metadata.json", NULL, TRUST_INTACT, false, "no trust policy", "" },
		{ "ca_plugin_sig_env.json", AFTER, TRUST_INTACT, false, "plugin", "" },
		{ "sa_plugin_sig_env.json", AFTER, TRUST_INTACT, false, "plugin", "" },
		{ "ca_compatible_pluginver_sig_env_0.0.9.json", AFTER, TRUST_INTACT, false,
			"plugin", "" },
		{ "ca_compatible_pluginver_sig_env_1.0.0.json", AFTER, TRUST_INTACT, false,
			"plugin", "" },
		{ "ca_incompatible_pluginver_sig_env_1.0.1.json", AFTER, TRUST_INTACT, false,
			"plugin", "" },
		{ "ca_incompatible_pluginver_sig_env_1.0.9.json", AFTER, TRUST_INTACT, false,
			"plugin", "" },
		{ "ca_incompatible_pluginver_sig_env_1.1.0-alpha.json", AFTER, TRUST_INTACT, false,
			"plugin", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows) && has_data; i++) {
		const char *name = rows[i].file;
		struct span bytes =
			content(arena_printf(&files, "dev/notation/envelopes/%s", name));
		bool is_json = span_at(bytes, 0) == '{';
		struct attached at = { .bytes = bytes,
			.form = is_json ? ATTACHED_FORM_NOTARY_JWS : ATTACHED_FORM_NOTARY_COSE };
		struct notary_config *config = NULL;
		struct trust_evidence e = { 0 };
		struct envelope v;
		struct scov_err err;

		struct target t = { 0 };
		int rc = is_json ? jws_read(bytes, &files, &v, &err)
				 : cose_read(bytes, &files, &v, &err);

		if (!rc && !envelope_target(v.payload, &files, &t, &err))
			put("c/truststore/x509/ca/own/c.der",
				certificate_der(v.chain.p[v.chain.n - 1]));
		must_run(name,
			"cp c/truststore/x509/ca/own/* c/truststore/x509/signingAuthority/own");
		envelope_release(&v);
		if (rows[i].policy) {
			put("c/trustpolicy.json", span_str(rows[i].policy));
			if (notary_config_open("c", &config, &err))
				fail_msg("%s: %s", name, err.text);
		}
		at.subject = t.digest;
		at.subject_type = t.media_type;
		at.subject_size = t.size;
		const struct notary_input in = {
			.reference = SPAN("r/a"), .manifest = t.digest, .config = config, .now = NOW
		};

		notary_verify(&at, &in, &files, &e);
		if (e.level != rows[i].level || e.is_bad != rows[i].is_bad ||
			!span_has(e.why, span_str(rows[i].why)) || (!rows[i].why[0] && e.why.len))
			fail_msg("%s %zu: %s %s%.*s", name, i, trust_level_names[e.level],
				e.is_bad ? "bad " : "", SPAN_ARG(e.why));
		check_span(name, e.time_source, span_str(rows[i].source));
		check(name, rc || (e.signer.len && e.key_id.len));
		at.subject_size++;
		e = (struct trust_evidence){ 0 };
		notary_verify(&at, &in, &files, &e);
		check(name, e.is_bad && e.level == TRUST_NONE);
		notary_config_free(config);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(envelopes) };
	int rc = cmocka_run_group_tests(tests, unpack, folder_drop);

	return rc || has_data ? rc : 77;
}
