/* test_notary_policy.c - trust policies and trust stores of notation.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crypto/crypto_paths.h"
#include "tests/unit/crypto/openssl.h"
#include "trust/notary/config.h"

static int pki(void **state)
{
	if (folder_make(state))
		return -1;
	must_run("pki", ". " PKI "; issue root root root /CN=Root 20200101000000Z 20400101000000Z; "
			"issue middle root middle /CN=Middle 20200101000000Z 20400101000000Z; "
			"issue leaf middle leaf '/C=US/ST=WA/L=Seattle/O=Example, Inc./CN=signer' "
			"20200101000000Z 20400101000000Z; "
			"issue twice middle leaf '/C=US/ST=WA/O=a/O=b' 20200101000000Z "
			"20400101000000Z; "
			"issue alone alone leaf /CN=alone 20200101000000Z 20400101000000Z");
	return 0;
}

#define HEAD "{\"version\": \"1.0\", \"trustPolicies\": ["
#define STATEMENT(name, scopes, verification, stores, identities)                                  \
	"{\"name\": \"" name "\", \"registryScopes\": [" scopes                                    \
	"], \"signatureVerification\": {" verification "}, \"trustStores\": [" stores              \
	"], \"trustedIdentities\": [" identities "]}"
#define ONE(scopes, verification, stores, identities)                                              \
	HEAD STATEMENT("a", scopes, verification, stores, identities) "]}"
#define STRICT "\"level\": \"strict\""
#define SUBJECT "\"x509.subject: C=US, ST=WA, O=acme\""

static void policies(void **state)
{
	static const struct {
		const char *name, *text;
		int code;
	} rows[] = {
		{ "the least", ONE("\"*\"", STRICT, "\"ca:a\"", "\"*\""), 0 },
		{ "a subject", ONE("\"r/a\"", STRICT, "\"ca:a\", \"tsa:b\"", SUBJECT), 0 },
		{ "skip needs nothing",
			HEAD "{\"name\": \"a\", \"registryScopes\": [\"*\"], "
			     "\"signatureVerification\": {\"level\": \"skip\"}}]}",
			0 },
		{ "keys in any case, as Go reads them",
			"{\"Version\": \"1.0\", \"TRUSTPOLICIES\": [{\"name\": \"a\", "
			"\"RegistryScopes\": [\"*\"], \"signatureVerification\": {\"Level\": "
			"\"skip\"}}]}",
			0 },
		{ "other fields", ONE("\"*\"", STRICT ", \"x\": 1", "\"ca:a\"", "\"*\""), 0 },
		{ "override",
			ONE("\"*\"",
				STRICT ", \"override\": {\"revocation\": \"skip\", "
				       "\"expiry\": \"log\"}",
				"\"ca:a\"", "\"*\""),
			0 },
		{ "another version", "{\"version\": \"2.0\", \"trustPolicies\": []}",
			SCOV_E_UNSUPPORTED },
		{ "no statement", HEAD "]}", SCOV_E_FORMAT },
		{ "not JSON", "{", SCOV_E_FORMAT },
		{ "no name", HEAD STATEMENT("", "\"*\"", STRICT, "\"ca:a\"", "\"*\"") "]}",
			SCOV_E_FORMAT },
		{ "a name twice",
			HEAD STATEMENT("a", "\"r/a\"", STRICT, "\"ca:a\"", "\"*\"") "," STATEMENT(
				"a", "\"r/b\"", STRICT, "\"ca:a\"", "\"*\"") "]}",
			SCOV_E_FORMAT },
		{ "a scope twice",
			HEAD STATEMENT("a", "\"r/a\"", STRICT, "\"ca:a\"", "\"*\"") "," STATEMENT(
				"b", "\"r/a\"", STRICT, "\"ca:a\"", "\"*\"") "]}",
			SCOV_E_FORMAT },
		{ "no scope", ONE("", STRICT, "\"ca:a\"", "\"*\""), SCOV_E_FORMAT },
		{ "all and one", ONE("\"*\", \"r/a\"", STRICT, "\"ca:a\"", "\"*\""),
			SCOV_E_FORMAT },
		{ "no store", ONE("\"*\"", STRICT, "", "\"*\""), SCOV_E_FORMAT },
		{ "no identity", ONE("\"*\"", STRICT, "\"ca:a\"", ""), SCOV_E_FORMAT },
		{ "any and one", ONE("\"*\"", STRICT, "\"ca:a\"", "\"*\", " SUBJECT),
			SCOV_E_FORMAT },
		{ "another level", ONE("\"*\"", "\"level\": \"lax\"", "\"ca:a\"", "\"*\""),
			SCOV_E_FORMAT },
		{ "no level", ONE("\"*\"", "", "\"ca:a\"", "\"*\""), SCOV_E_FORMAT },
		{ "override of integrity",
			ONE("\"*\"",
				STRICT ", \"override\": {\"integrity\": "
				       "\"log\"}",
				"\"ca:a\"", "\"*\""),
			SCOV_E_FORMAT },
		{ "authenticity skipped",
			ONE("\"*\"",
				STRICT ", \"override\": {\"authenticity\": "
				       "\"skip\"}",
				"\"ca:a\"", "\"*\""),
			SCOV_E_FORMAT },
		{ "an unknown check",
			ONE("\"*\"", STRICT ", \"override\": {\"x\": \"log\"}", "\"ca:a\"",
				"\"*\""),
			SCOV_E_FORMAT },
		{ "override of skip",
			ONE("\"*\"",
				"\"level\": \"skip\", \"override\": {\"expiry\": "
				"\"log\"}",
				"\"ca:a\"", "\"*\""),
			SCOV_E_FORMAT },
		{ "another time",
			ONE("\"*\"", STRICT ", \"verifyTimestamp\": \"never\"", "\"ca:a\"",
				"\"*\""),
			SCOV_E_FORMAT },
		{ "another kind of store", ONE("\"*\"", STRICT, "\"xx:a\"", "\"*\""),
			SCOV_E_FORMAT },
		{ "a store elsewhere", ONE("\"*\"", STRICT, "\"ca:../a\"", "\"*\""),
			SCOV_E_FORMAT },
		{ "the folder above", ONE("\"*\"", STRICT, "\"ca:..\"", "\"*\""), SCOV_E_FORMAT },
		{ "another kind of identity", ONE("\"*\"", STRICT, "\"ca:a\"", "\"mail: a\""),
			SCOV_E_FORMAT },
		{ "a subject without O",
			ONE("\"*\"", STRICT, "\"ca:a\"", "\"x509.subject: C=US, ST=WA\""),
			SCOV_E_FORMAT },
		{ "a subject with two C",
			ONE("\"*\"", STRICT, "\"ca:a\"",
				"\"x509.subject: C=US, ST=WA, O=a, C=DE\""),
			SCOV_E_FORMAT },
		{ "S and ST are one",
			ONE("\"*\"", STRICT, "\"ca:a\"",
				"\"x509.subject: C=US, ST=WA, O=a, S=WA\""),
			SCOV_E_FORMAT },
		{ "values joined",
			ONE("\"*\"", STRICT, "\"ca:a\"", "\"x509.subject: C=US+L=x, ST=WA, O=a\""),
			SCOV_E_FORMAT },
		{ "an empty subject", ONE("\"*\"", STRICT, "\"ca:a\"", "\"x509.subject:\""),
			SCOV_E_FORMAT },
	};
	struct scov_err err;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct notary_config *c = NULL;
		int rc = notary_config_parse(span_str(rows[i].text), &c, &err);

		if (rc != rows[i].code)
			fail_msg("%s: %d %s", rows[i].name, rc, rc ? err.text : "");
		check(rows[i].name, (c != NULL) == (rc == 0));
		notary_config_free(c);
	}
}

static void statements(void **state)
{
	static const char text[] = HEAD STATEMENT("one", "\"r.example:5000/a\", \"r/b\"", STRICT,
		"\"ca:a\"", "\"*\"") "," STATEMENT("all", "\"*\"",
		"\"level\": \"audit\", \"override\": {\"expiry\": "
		"\"enforce\"}, \"verifyTimestamp\": \"afterCertExpiry\"",
		"\"ca:a\", \"tsa:t\"", "\"*\"") "]}";
	static const struct {
		const char *reference, *name;
	} rows[] = {
		{ "r.example:5000/a", "one" },
		{ "r.example:5000/a:1.0", "one" },
		{ "r.example:5000/a@sha256:00", "one" },
		{ "r.example:5000/a:1@sha256:00", "one" },
		{ "r.example:5000/a/b", "all" },
		{ "r.example/a", "all" },
		{ "r/b", "one" },
		{ "", "all" },
	};
	struct notary_config *c;
	struct scov_err err;

	(void)state;
	assert_int_equal(notary_config_parse(SPAN(text), &c, &err), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		check_span(rows[i].reference,
			config_statement(c, span_str(rows[i].reference))->name,
			span_str(rows[i].name));
	const struct statement *s = config_statement(c, SPAN("x"));
	static const uint8_t want[] = { ACTION_ENFORCE, ACTION_LOG, ACTION_LOG, ACTION_ENFORCE,
		ACTION_LOG };

	assert_memory_equal(s->actions, want, CHECKS);
	assert_true(s->stamp_after_expiry);
	assert_int_equal(c->stores.n, 2); /* one of them in both statements */
	notary_config_free(c);
	assert_int_equal(
		notary_config_parse(SPAN(ONE("\"r/a\"", STRICT, "\"ca:a\"", "\"*\"")), &c, &err),
		0);
	assert_null(config_statement(c, SPAN("r/b")));
	notary_config_free(c);
}

static void subjects(void **state)
{
	static const struct {
		const char *certificate, *identities;
		bool is_trusted;
	} rows[] = {
		{ "leaf.pem", "\"*\"", true },
		{ "leaf.pem", "\"x509.subject: C=US, ST=WA, O=Example\\\\, Inc.\"", true },
		{ "leaf.pem", "\"x509.subject:O=Example\\\\2c Inc.,S=WA,C=US\"", true },
		{ "leaf.pem", "\"x509.subject: C=US, ST=WA, O=Example\\\\, Inc., CN=signer\"",
			true },
		{ "leaf.pem", "\"x509.subject: C=US, ST=WA, O=Example\\\\, Inc., CN=other\"",
			false },
		{ "leaf.pem", "\"x509.subject: C=US, ST=WA, O=Example\\\\, Inc., OU=x\"", false },
		{ "leaf.pem", "\"x509.subject: C=US, ST=WA, O=example\\\\, inc.\"", false },
		{ "leaf.pem", SUBJECT ", \"x509.subject: C=US, ST=WA, O=Example\\\\, Inc.\"",
			true },
		{ "leaf.pem", SUBJECT, false },
		{ "twice.pem", "\"x509.subject: C=US, ST=WA, O=a\"", false },
		{ "twice.pem", "\"x509.subject: C=US, ST=WA, O=b\"", false },
		{ "twice.pem", "\"*\"", true },
	};
	struct scov_err err;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *text = arena_printf(&files,
			HEAD "{\"name\": \"a\", \"registryScopes\": [\"*\"], "
			     "\"signatureVerification\": {\"level\": \"strict\"}, \"trustStores\": "
			     "[\"ca:a\"], \"trustedIdentities\": [%s]}]}",
			rows[i].identities);
		struct certificate *leaf = NULL;
		struct notary_config *c = NULL;

		if (notary_config_parse(span_str(text), &c, &err))
			fail_msg("%s: %s", rows[i].identities, err.text);
		assert_int_equal(certificate_parse(content(rows[i].certificate), &leaf, &err), 0);
		check(rows[i].identities, statement_trusts(config_statement(c, SPAN("r/a")), leaf,
						  &files) == rows[i].is_trusted);
		certificate_free(leaf);
		notary_config_free(c);
	}
}

static void folders(void **state)
{
	static const struct {
		const char *name, *make, *stores;
		int code;
	} rows[] = {
		{ "a root", "cp root.pem $s/ca/a", "\"ca:a\"", 0 },
		{ "the other name of the policy",
			"cp root.pem $s/ca/a; mv c/trustpolicy.json "
			"c/trustpolicy.oci.json",
			"\"ca:a\"", 0 },
		{ "a CA in the middle", "cp middle.pem $s/ca/a", "\"ca:a\"", 0 },
		{ "one that signed itself", "cp alone.pem $s/ca/a", "\"ca:a\"", 0 },
		{ "several in a file", "cat root.pem alone.pem >$s/ca/a/x", "\"ca:a\"", 0 },
		{ "DER", "openssl x509 -in root.pem -outform DER -out $s/ca/a/x.der", "\"ca:a\"",
			0 },
		{ "of time stamps", "cp root.pem $s/tsa/a", "\"tsa:a\"", 0 },
		{ "of an authority", "cp root.pem $s/signingAuthority/a", "\"signingAuthority:a\"",
			0 },
		{ "another store is not read", "cp root.pem $s/ca/a; mkdir $s/ca/b; : >$s/ca/b/x",
			"\"ca:a\"", 0 },
		{ "a leaf", "cp leaf.pem $s/ca/a", "\"ca:a\"", SCOV_E_FORMAT },
		{ "a leaf after a root", "cat root.pem leaf.pem >$s/ca/a/x", "\"ca:a\"",
			SCOV_E_FORMAT },
		{ "time stamps by a CA in the middle", "cp middle.pem $s/tsa/a", "\"tsa:a\"",
			SCOV_E_FORMAT },
		{ "time stamps by a leaf of itself", "cp alone.pem $s/tsa/a", "\"tsa:a\"",
			SCOV_E_FORMAT },
		{ "empty", ":", "\"ca:a\"", SCOV_E_FORMAT },
		{ "not there", "rmdir $s/ca/a", "\"ca:a\"", SCOV_E_NOT_FOUND },
		{ "not a certificate", "echo x >$s/ca/a/x", "\"ca:a\"", SCOV_E_FORMAT },
		{ "a folder in it", "cp root.pem $s/ca/a; mkdir $s/ca/a/b", "\"ca:a\"",
			SCOV_E_FORMAT },
		{ "a link in it", "ln -s ../../../../../root.pem $s/ca/a/x", "\"ca:a\"",
			SCOV_E_FORMAT },
		{ "a link to it", "cp root.pem $s/ca/a; mv $s/ca/a $s/ca/b; ln -s b $s/ca/a",
			"\"ca:a\"", SCOV_E_IO },
		{ "no policy", "rm c/trustpolicy.json", "\"ca:a\"", SCOV_E_NOT_FOUND },
		{ "no folder", "rm -r c", "\"ca:a\"", SCOV_E_NOT_FOUND },
	};
	struct scov_err err;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct notary_config *c = NULL;

		must_run(rows[i].name,
			arena_printf(&files,
				"rm -rf c; s=c/truststore/x509; mkdir -p $s/ca/a $s/tsa/a "
				"$s/signingAuthority/a; printf '%%s' '" HEAD
				"{\"name\": \"a\", \"registryScopes\": [\"*\"], "
				"\"signatureVerification\": {\"level\": \"strict\"}, "
				"\"trustStores\": [%s], \"trustedIdentities\": [\"*\"]}]}' "
				">c/trustpolicy.json; %s",
				rows[i].stores, rows[i].make));
		int rc = notary_config_open("c", &c, &err);

		if (rc != rows[i].code)
			fail_msg("%s: %d %s", rows[i].name, rc, rc ? err.text : "");
		check(rows[i].name, rc || c->stores.p[0].list.n > 0);
		notary_config_free(c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(policies),
		cmocka_unit_test(statements),
		cmocka_unit_test(subjects),
		cmocka_unit_test(folders),
	};

	return cmocka_run_group_tests(tests, pki, folder_drop);
}
