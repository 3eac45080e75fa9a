/* test_notary.c - signatures of the Notary Project, made here: each rule broken once, in JWS and in
 * COSE.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <time.h>

#include "crypto/crypto_paths.h"
#include "syntax/base64.h"
#include "tests/unit/crypto/openssl.h"
#include "trust/notary/cbor.h"
#include "trust/notary/envelope.h"
#include "trust/trust.h"

#define DIGEST "sha256:0000000000000000000000000000000000000000000000000000000000000001"
#define OTHER "sha256:0000000000000000000000000000000000000000000000000000000000000002"
#define INDEX "sha256:0000000000000000000000000000000000000000000000000000000000000003"
#define TYPE "application/vnd.oci.image.manifest.v1+json"
#define TARGET(digest, type, size)                                                                 \
	"{\"targetArtifact\":{\"mediaType\":\"" type "\",\"digest\":\"" digest "\",\"size\":" size \
	"}}"
#define GOOD_TARGET TARGET(DIGEST, TYPE, "7")
#define N "io.cncf.notary."
#define CTY "application/vnd.cncf.notary.payload.v1+json"
#define PROTECTED(alg, crit, more)                                                                 \
	"{\"alg\":\"" alg "\",\"crit\":[\"" N "signingScheme\"" crit "],\"cty\":\"" CTY "\",\"" N  \
	"signingScheme\":\"notary.x509\",\"" N "signingTime\":\"2025-01-01T00:00:00Z\"" more "}"
#define GOOD PROTECTED("ES256", "", "")
#define AUTHORITY(time)                                                                            \
	"{\"alg\":\"ES256\",\"crit\":[\"" N "signingScheme\",\"" N                                 \
	"authenticSigningTime\"],\"cty\":\"" CTY "\",\"" N                                         \
	"signingScheme\":\"notary.x509.signingAuthority\",\"" N "authenticSigningTime\":\"" time   \
	"\"}"

static int64_t now;

static int pki(void **state)
{
	if (folder_make(state))
		return -1;
	now = time(NULL);
	must_run("pki",
		". " PKI "\n"
		"issue root root root /CN=Root 20200101000000Z 20400101000000Z\n"
		"issue other other root /CN=Other 20200101000000Z 20400101000000Z\n"
		"issue middle root middle_any /CN=Middle 20200101000000Z 20400101000000Z\n"
		"issue leaf middle leaf /C=US/ST=WA/O=acme/CN=signer 20200101000000Z "
		"20400101000000Z\n"
		"issue old middle leaf /C=US/ST=WA/O=acme/CN=old 20200101000000Z 20210101000000Z\n"
		"issue early middle leaf /C=US/ST=WA/O=acme 20390101000000Z 20400101000000Z\n"
		"issue server middle server /C=US/ST=WA/O=acme 20200101000000Z 20400101000000Z\n"
		"issue stranger other leaf /C=US/ST=WA/O=acme 20200101000000Z 20400101000000Z\n"
		"issue revocable middle leaf_crl /C=US/ST=WA/O=acme 20200101000000Z "
		"20400101000000Z\n"
		"issue ocsp middle leaf_ocsp /C=US/ST=WA/O=acme 20200101000000Z 20400101000000Z\n"
		"key wide secp384r1; issue wide middle leaf /C=US/ST=WA/O=acme 20200101000000Z "
		"20400101000000Z\n"
		"issue tsa middle tsa /CN=tsa 20200101000000Z 20400101000000Z\n"
		"s=c/truststore/x509; mkdir -p $s/ca/a $s/ca/b $s/signingAuthority/a $s/tsa/a\n"
		"cp root.pem $s/ca/a; cp other.pem $s/ca/b; cp root.pem $s/signingAuthority/a; cp "
		"root.pem $s/tsa/a\n"
		"cat >ts.cnf <<'E'\n[tsa]\ndefault_tsa = t\n[t]\nserial = number\ncrypto_device = "
		"builtin\ndefault_policy = 1.2.3.4\ndigests = sha256\nsigner_digest = sha256\n"
		"ess_cert_id_alg = sha256\nE\n:");
	return 0;
}

/* ---- what signs */

static void base64_url(struct buf *b, struct span bytes)
{
	struct buf text = { 0 };

	base64_encode(&text, bytes);
	for (size_t i = 0; i < text.len; i++)
		if (text.p[i] != '=')
			buf_byte(b, text.p[i] == '+' ? '-' : text.p[i] == '/' ? '_' : text.p[i]);
	buf_release(&text);
}

/* r and s without DER around them. */
static struct span sign_raw(const char *name, struct span text)
{
	struct private_key *k = NULL;
	struct buf der = { 0 };
	struct scov_err err;
	const struct span none = { 0 };

	assert_int_equal(
		private_key_parse(content(arena_printf(&files, "%s.key", name)), none, &k, &err),
		0);
	assert_int_equal(private_key_sign(k, text, &der, &err), 0);
	size_t size = public_key_bits(private_key_public(k)) / 8, at = 2;
	uint8_t *raw = arena_alloc(&files, 2 * size);

	for (size_t i = 0; i < 2; i++) {
		struct span number =
			span_sub(buf_view(&der), at + 2, span_at(buf_view(&der), at + 1));

		at += 2 + number.len;
		number = span_from(number, number.len > size ? 1 : 0);
		memcpy(raw + (i + 1) * size - number.len, number.p, number.len);
	}
	private_key_free(k);
	buf_release(&der);
	return span_of(raw, 2 * size);
}

static struct span stamp_of(struct span signature)
{
	put("signature", signature);
	must_run("stamp", "openssl ts -query -data signature -sha256 -cert -out query; openssl ts "
			  "-reply -config ts.cnf -queryfile query -signer tsa.pem -inkey tsa.key "
			  "-chain middle.pem -token_out -out token");
	return content("token");
}

static struct span der_of(const char *name)
{
	struct certificate *c = NULL;
	struct scov_err err;

	assert_int_equal(
		certificate_parse(content(arena_printf(&files, "%s.pem", name)), &c, &err), 0);
	struct span der = arena_dup(&files, certificate_der(c));

	certificate_free(c);
	return der;
}

static struct span jws(const char *protected, const char *payload, const char *key, bool is_stamped)
{
	struct buf head = { 0 }, body = { 0 }, text = { 0 }, b = { 0 };

	base64_url(&head, span_str(protected));
	base64_url(&body, span_str(payload));
	buf_printf(&text, "%s.%s", head.p, body.p);
	struct span signature = sign_raw(key, buf_view(&text));

	buf_printf(&b, "{\"payload\":\"%s\",\"protected\":\"%s\",\"header\":{\"x5c\":[\"", body.p,
		head.p);
	base64_encode(&b, der_of(key));
	buf_str(&b, "\",\"");
	base64_encode(&b, der_of("middle"));
	buf_str(&b, "\"]");
	if (is_stamped) {
		buf_str(&b, ",\"" N "timestampSignature\":\"");
		base64_encode(&b, stamp_of(signature));
		buf_str(&b, "\"");
	}
	buf_str(&b, "},\"signature\":\"");
	base64_url(&b, signature);
	buf_str(&b, "\"}");
	struct span made = arena_dup(&files, buf_view(&b));

	buf_release(&head);
	buf_release(&body);
	buf_release(&text);
	buf_release(&b);
	return made;
}

/* ---- what checks */

#define POLICY(scope, verification, stores, identities)                                            \
	"{\"version\":\"1.0\",\"trustPolicies\":[{\"name\":\"p\",\"registryScopes\":[\"" scope     \
	"\"],\"signatureVerification\":{" verification "},\"trustStores\":[" stores                \
	"],\"trustedIdentities\":[" identities "]}]}"
#define STRICT "\"level\":\"strict\""
#define ACME "\"x509.subject: C=US, ST=WA, O=acme\""
#define STORES "\"ca:a\",\"signingAuthority:a\""
#define NORMAL POLICY("r/a", STRICT, STORES, ACME)
#define STAMPED POLICY("r/a", STRICT, STORES ",\"tsa:a\"", ACME)

struct wanted {
	uint8_t level;
	bool is_bad;
	const char *why;
};

static struct trust_evidence verify(const char *name, struct span bytes, const char *policy)
{
	struct attached at = { .bytes = bytes,
		.subject_type = SPAN(TYPE),
		.subject_size = 7,
		.form = span_at(bytes, 0) == '{' ? ATTACHED_FORM_NOTARY_JWS
						 : ATTACHED_FORM_NOTARY_COSE };
	struct notary_input in = { .reference = SPAN("r/a:1"), .now = now };
	struct notary_config *config = NULL;
	struct trust_evidence e = { 0 };
	struct scov_err err;

	assert_int_equal(digest_parse(SPAN(DIGEST), &at.subject, &err), 0);
	in.manifest = at.subject;
	assert_int_equal(digest_parse(SPAN(INDEX), &in.index, &err), 0);
	if (policy) {
		put("c/trustpolicy.json", span_str(policy));
		if (notary_config_open("c", &config, &err))
			fail_msg("%s: %s", name, err.text);
		in.config = config;
	}
	notary_verify(&at, &in, &files, &e);
	notary_config_free(config);
	return e;
}

static void must_be(const char *name, const struct trust_evidence *e, const struct wanted *want)
{
	if (e->level != want->level || e->is_bad != want->is_bad ||
		!span_has(e->why, span_str(want->why)) || (!want->why[0] && e->why.len))
		fail_msg("%s: %s%s '%.*s'", name, trust_level_names[e->level],
			e->is_bad ? " bad" : "", SPAN_ARG(e->why));
	check(name, e->kind == ATTACHED_SIGNATURE);
}

static void envelopes(void **state)
{
	static const struct {
		const char *name, *protected, *payload, *key;
		struct wanted want;
	} rows[] = {
		{ "good", GOOD, GOOD_TARGET, "leaf", { TRUST_EXPECTED, false, "" } },
		{ "another digest", GOOD, TARGET(OTHER, TYPE, "7"), "leaf",
			{ TRUST_NONE, true, "another digest" } },
		{ "the index, not what it hangs on", GOOD, TARGET(INDEX, TYPE, "7"), "leaf",
			{ TRUST_NONE, true, "another digest than" } },
		{ "another media type", GOOD, TARGET(DIGEST, "a/b", "7"), "leaf",
			{ TRUST_NONE, true, "media type or size" } },
		{ "another size", GOOD, TARGET(DIGEST, TYPE, "8"), "leaf",
			{ TRUST_NONE, true, "media type or size" } },
		{ "no target", GOOD, "{}", "leaf", { TRUST_NONE, true, "payload" } },
		{ "a digest twice", GOOD,
			"{\"targetArtifact\":{\"digest\":\"" DIGEST "\",\"digest\":\"" DIGEST
			"\",\"mediaType\":\"" TYPE "\",\"size\":7}}",
			"leaf", { TRUST_NONE, true, "payload" } },
		{ "a payload that is not JSON", GOOD, "x", "leaf",
			{ TRUST_NONE, true, "payload" } },
		{ "expired",
			PROTECTED("ES256", ",\"" N "expiry\"",
				",\"" N "expiry\":\"2025-02-01T00:00:00Z\""),
			GOOD_TARGET, "leaf", { TRUST_NONE, true, "expired on 2025-02-01" } },
		{ "expires later",
			PROTECTED("ES256", ",\"" N "expiry\"",
				",\"" N "expiry\":\"2999-02-01T00:00:00Z\""),
			GOOD_TARGET, "leaf", { TRUST_EXPECTED, false, "" } },
		{ "expired before it was signed",
			PROTECTED("ES256", ",\"" N "expiry\"",
				",\"" N "expiry\":\"2024-02-01T00:00:00Z\""),
			GOOD_TARGET, "leaf", { TRUST_NONE, true, "before it was signed" } },
		{ "an expiry that is not critical",
			PROTECTED("ES256", "", ",\"" N "expiry\":\"2999-02-01T00:00:00Z\""),
			GOOD_TARGET, "leaf", { TRUST_NONE, true, "not marked as critical" } },
		{ "an expiry that is not a time",
			PROTECTED("ES256", ",\"" N "expiry\"", ",\"" N "expiry\":\"soon\""),
			GOOD_TARGET, "leaf", { TRUST_NONE, true, "not a time" } },
		{ "a critical attribute that is not there", PROTECTED("ES256", ",\"x\"", ""),
			GOOD_TARGET, "leaf", { TRUST_NONE, true, "is not there" } },
		{ "an unknown critical attribute", PROTECTED("ES256", ",\"x\"", ",\"x\":1"),
			GOOD_TARGET, "leaf", { TRUST_NONE, true, "'x' is not known" } },
		{ "an unknown attribute", PROTECTED("ES256", "", ",\"x\":1"), GOOD_TARGET, "leaf",
			{ TRUST_EXPECTED, false, "" } },
		{ "an attribute twice", PROTECTED("ES256", "", ",\"alg\":\"ES256\""), GOOD_TARGET,
			"leaf", { TRUST_NONE, true, "protected header" } },
		{ "a plugin",
			PROTECTED("ES256", ",\"" N "verificationPlugin\"",
				",\"" N "verificationPlugin\":\"p\""),
			GOOD_TARGET, "leaf", { TRUST_INTACT, false, "plugin 'p'" } },
		{ "another algorithm", PROTECTED("ES384", "", ""), GOOD_TARGET, "leaf",
			{ TRUST_NONE, true, "not that of the key" } },
		{ "an algorithm of RSA", PROTECTED("PS256", "", ""), GOOD_TARGET, "leaf",
			{ TRUST_NONE, true, "not that of the key" } },
		{ "PKCS#1", PROTECTED("RS256", "", ""), GOOD_TARGET, "leaf",
			{ TRUST_NONE, true, "'RS256'" } },
		{ "none", PROTECTED("none", "", ""), GOOD_TARGET, "leaf",
			{ TRUST_NONE, true, "'none'" } },
		{ "P-384", PROTECTED("ES384", "", ""), GOOD_TARGET, "wide",
			{ TRUST_EXPECTED, false, "" } },
		{ "another content",
			"{\"alg\":\"ES256\",\"crit\":[\"" N "signingScheme\"],\"cty\":\"a/b\",\"" N
			"signingScheme\":\"notary.x509\",\"" N
			"signingTime\":\"2025-01-01T00:00:00Z\"}",
			GOOD_TARGET, "leaf", { TRUST_NONE, true, "its content" } },
		{ "another scheme",
			"{\"alg\":\"ES256\",\"crit\":[\"" N "signingScheme\"],\"cty\":\"" CTY
			"\",\"" N "signingScheme\":\"x\",\"" N
			"signingTime\":\"2025-01-01T00:00:00Z\"}",
			GOOD_TARGET, "leaf", { TRUST_NONE, true, "scheme 'x'" } },
		{ "no time",
			"{\"alg\":\"ES256\",\"crit\":[\"" N "signingScheme\"],\"cty\":\"" CTY
			"\",\"" N "signingScheme\":\"notary.x509\"}",
			GOOD_TARGET, "leaf", { TRUST_NONE, true, "no signing time" } },
		{ "a time of the other scheme",
			PROTECTED("ES256", ",\"" N "authenticSigningTime\"",
				",\"" N "authenticSigningTime\":\"2025-01-01T00:00:00Z\""),
			GOOD_TARGET, "leaf", { TRUST_NONE, true, "signing time" } },
		{ "an authority", AUTHORITY("2025-01-01T00:00:00Z"), GOOD_TARGET, "leaf",
			{ TRUST_EXPECTED, false, "" } },
		{ "an authority, the certificate has expired since",
			AUTHORITY("2020-06-01T00:00:00+02:00"), GOOD_TARGET, "old",
			{ TRUST_EXPECTED, false, "" } },
		{ "an authority, after the certificate", AUTHORITY("2021-06-01T00:00:00Z"),
			GOOD_TARGET, "old", { TRUST_NONE, true, "before it signed" } },
		{ "an authority, in the future", AUTHORITY("2999-06-01T00:00:00Z"), GOOD_TARGET,
			"leaf", { TRUST_NONE, true, "in the future" } },
		{ "the certificate has expired", GOOD, GOOD_TARGET, "old",
			{ TRUST_NONE, true, "no time stamp shows" } },
		{ "the certificate is not valid yet", GOOD, GOOD_TARGET, "early",
			{ TRUST_NONE, true, "signed earlier" } },
		{ "a certificate for servers", GOOD, GOOD_TARGET, "server",
			{ TRUST_INTACT, false, "extended key usage" } },
		{ "of another root", GOOD, GOOD_TARGET, "stranger",
			{ TRUST_INTACT, false, "not of a trust store" } },
		{ "the CA says where it revokes", GOOD, GOOD_TARGET, "revocable",
			{ TRUST_INTACT, false, "revocation" } },
		{ "the CA says where to ask", GOOD, GOOD_TARGET, "ocsp",
			{ TRUST_INTACT, false, "revocation" } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct trust_evidence e = verify(rows[i].name,
			jws(rows[i].protected, rows[i].payload, rows[i].key, false), NORMAL);

		must_be(rows[i].name, &e, &rows[i].want);
		check(rows[i].name, !e.is_wrong_signer);
	}
}

static void policies(void **state)
{
	static const char expired[] =
		PROTECTED("ES256", ",\"" N "expiry\"", ",\"" N "expiry\":\"2025-02-01T00:00:00Z\"");
	static const struct {
		const char *name, *policy, *protected, *key;
		bool is_stamped, is_wrong;
		struct wanted want;
	} rows[] = {
		{ "none", NULL, GOOD, "leaf", false, false,
			{ TRUST_INTACT, false, "no trust policy" } },
		{ "none, and expired", NULL, expired, "leaf", false, false,
			{ TRUST_NONE, true, "expired" } },
		{ "of another repository", POLICY("r/b", STRICT, STORES, ACME), GOOD, "leaf", false,
			false, { TRUST_INTACT, false, "for this repository" } },
		{ "all repositories", POLICY("*", STRICT, STORES, ACME), GOOD, "leaf", false, false,
			{ TRUST_EXPECTED, false, "" } },
		{ "any signer", POLICY("*", STRICT, STORES, "\"*\""), GOOD, "leaf", false, false,
			{ TRUST_EXPECTED, false, "" } },
		{ "another signer",
			POLICY("*", STRICT, STORES, "\"x509.subject: C=US, ST=WA, O=b\""), GOOD,
			"leaf", false, true, { TRUST_ROOTED, false, "trustedIdentities" } },
		{ "another signer, logged",
			POLICY("*", "\"level\":\"audit\"", STORES,
				"\"x509.subject: C=US, ST=WA, O=b\""),
			GOOD, "leaf", false, false, { TRUST_INTACT, false, "trustedIdentities" } },
		{ "audit", POLICY("*", "\"level\":\"audit\"", STORES, ACME), GOOD, "leaf", false,
			false, { TRUST_ROOTED, false, "only logs who signed" } },
		{ "audit, another store", POLICY("*", "\"level\":\"audit\"", "\"ca:b\"", ACME),
			GOOD, "leaf", false, false,
			{ TRUST_INTACT, false, "not of a trust store" } },
		{ "audit, expired", POLICY("*", "\"level\":\"audit\"", STORES, ACME), expired,
			"leaf", false, false, { TRUST_INTACT, false, "expired" } },
		{ "audit, but authenticity is enforced",
			POLICY("*",
				"\"level\":\"audit\",\"override\":{\"authenticity\":\"enforce\"}",
				STORES, ACME),
			GOOD, "leaf", false, false, { TRUST_EXPECTED, false, "" } },
		{ "strict, but authenticity is logged",
			POLICY("*", STRICT ",\"override\":{\"authenticity\":\"log\"}", STORES,
				ACME),
			GOOD, "leaf", false, false,
			{ TRUST_ROOTED, false, "only logs who signed" } },
		{ "permissive", POLICY("*", "\"level\":\"permissive\"", STORES, ACME), GOOD, "leaf",
			false, false, { TRUST_EXPECTED, false, "" } },
		{ "another store", POLICY("*", STRICT, "\"ca:b\"", ACME), GOOD, "leaf", false,
			false, { TRUST_INTACT, false, "not of a trust store" } },
		{ "a store of the other scheme",
			POLICY("*", STRICT, "\"signingAuthority:a\"", ACME), GOOD, "leaf", false,
			false, { TRUST_INTACT, false, "not of a trust store" } },
		{ "skip", POLICY("*", "\"level\":\"skip\"", "", ""), GOOD, "leaf", false, false,
			{ TRUST_CLAIMED, false, "skips" } },
		{ "expired, logged", POLICY("*", "\"level\":\"permissive\"", STORES, ACME), expired,
			"leaf", false, false, { TRUST_INTACT, false, "expired" } },
		{ "expired, enforced",
			POLICY("*",
				"\"level\":\"permissive\",\"override\":{\"expiry\":\"enforce\"}",
				STORES, ACME),
			expired, "leaf", false, false, { TRUST_NONE, true, "expired" } },
		{ "expired certificate, logged",
			POLICY("*", "\"level\":\"permissive\"", STORES, ACME), GOOD, "old", false,
			false, { TRUST_INTACT, false, "no time stamp shows" } },
		{ "revocation skipped",
			POLICY("*", STRICT ",\"override\":{\"revocation\":\"skip\"}", STORES, ACME),
			GOOD, "revocable", false, false, { TRUST_EXPECTED, false, "" } },
		{ "time stamp wanted, and there", STAMPED, GOOD, "leaf", true, false,
			{ TRUST_EXPECTED, false, "" } },
		{ "time stamp wanted, not there", STAMPED, GOOD, "leaf", false, false,
			{ TRUST_NONE, true, "no time stamp" } },
		{ "time stamp after the certificate", STAMPED, GOOD, "old", true, false,
			{ TRUST_NONE, true, "before it signed" } },
		{ "time stamp wanted only after expiry",
			POLICY("*", STRICT ",\"verifyTimestamp\":\"afterCertExpiry\"",
				STORES ",\"tsa:a\"", ACME),
			GOOD, "leaf", false, false, { TRUST_EXPECTED, false, "" } },
		{ "time stamp wanted after expiry",
			POLICY("*", STRICT ",\"verifyTimestamp\":\"afterCertExpiry\"",
				STORES ",\"tsa:a\"", ACME),
			GOOD, "old", false, false, { TRUST_NONE, true, "no time stamp" } },
		{ "a time stamp that nobody asks for", NORMAL, GOOD, "leaf", true, false,
			{ TRUST_EXPECTED, false, "" } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct trust_evidence e = verify(rows[i].name,
			jws(rows[i].protected, GOOD_TARGET, rows[i].key, rows[i].is_stamped),
			rows[i].policy);

		must_be(rows[i].name, &e, &rows[i].want);
		check(rows[i].name, e.is_wrong_signer == rows[i].is_wrong);
	}
}

/* The stamp of another signature. */
static void a_stamp_of_another(void **state)
{
	struct span one = jws(GOOD, GOOD_TARGET, "leaf", true);
	struct span two = jws(GOOD, GOOD_TARGET, "leaf", true);
	size_t from = span_find_span(two, SPAN("\"signature\":"));
	const char *mixed =
		arena_printf(&files, "%.*s%.*s", (int)span_find_span(one, SPAN("\"signature\":")),
			(const char *)one.p, (int)(two.len - from), (const char *)two.p + from);
	static const struct wanted want = { TRUST_NONE, true,
		"timestamp: message imprint mismatch" };
	struct trust_evidence e = verify("mixed", span_str(mixed), STAMPED);

	(void)state;
	must_be("mixed", &e, &want);
	e = verify("mixed", span_str(mixed), NORMAL);
	assert_int_equal(e.level, TRUST_EXPECTED); /* two good signatures of one text */
}

/* No change of one character, but in what is not signed, leaves a signature that counts. */
static void changed(void **state)
{
	struct span good = jws(GOOD, GOOD_TARGET, "leaf", false);
	uint8_t *other = arena_alloc(&files, good.len);
	size_t header = span_find_span(good, SPAN("\"header\":"));
	size_t signature = span_find_span(good, SPAN("\"signature\":"));

	(void)state;
	for (size_t i = 0; i < good.len; i += i < header ? 3 : 1) {
		if (i >= header && i < signature)
			i = signature;
		memcpy(other, good.p, good.len);
		other[i] = other[i] == 'A' ? 'B' : 'A';
		struct trust_evidence e = verify("changed", span_of(other, good.len), NORMAL);

		if (e.level >= TRUST_ROOTED || !e.is_bad)
			fail_msg("byte %zu: %s", i, trust_level_names[e.level]);
	}
	for (size_t cut = 0; cut < good.len; cut += 97)
		assert_true(verify("cut", span_sub(good, 0, cut), NORMAL).is_bad);
}

/* ---- COSE */

static void head(struct buf *b, enum cbor_kind kind, size_t len)
{
	unsigned more = len < 24 ? 0 : len < 256 ? 1 : 2;

	buf_byte(b, (char)(kind << 5 | (more ? 23 + more : len)));
	for (; more; more--)
		buf_byte(b, (char)(uint8_t)(len >> (8 * (more - 1))));
}

static void cbor_put(struct buf *b, enum cbor_kind kind, struct span s)
{
	head(b, kind, s.len);
	buf_span(b, s);
}

static void cbor_text(struct buf *b, const char *s)
{
	cbor_put(b, CBOR_TEXT, span_str(s));
}

/* extra: more pairs of the protected map, as CBOR. */
struct cose_plan {
	size_t pairs; /* of the protected map */
	uint8_t algorithm;
	struct span extra, unprotected; /* the latter instead of the chain */
	size_t tag, fields;
	bool is_of_another, is_stamped;
};

static struct span cose(const struct cose_plan *p)
{
	struct buf map = { 0 }, text = { 0 }, b = { 0 };

	head(&map, CBOR_MAP, p->pairs);
	head(&map, CBOR_NUMBER, 1);
	head(&map, CBOR_NEGATIVE, p->algorithm);
	head(&map, CBOR_NUMBER, 2);
	head(&map, CBOR_LIST, 1);
	cbor_text(&map, N "signingScheme");
	head(&map, CBOR_NUMBER, 3);
	cbor_text(&map, CTY);
	cbor_text(&map, N "signingScheme");
	cbor_text(&map, "notary.x509");
	cbor_text(&map, N "signingTime");
	head(&map, CBOR_TAG, 1);
	buf_bytes(&map, "\x1a\x67\x74\x85\x80", 5);
	buf_span(&map, p->extra);
	head(&text, CBOR_LIST, 4);
	cbor_text(&text, "Signature1");
	cbor_put(&text, CBOR_BYTES, buf_view(&map));
	head(&text, CBOR_BYTES, 0);
	cbor_put(&text, CBOR_BYTES, p->is_of_another ? SPAN("x") : SPAN(GOOD_TARGET));
	struct span signature = sign_raw("leaf", buf_view(&text));

	head(&b, CBOR_TAG, p->tag);
	head(&b, CBOR_LIST, p->fields);
	cbor_put(&b, CBOR_BYTES, buf_view(&map));
	if (p->unprotected.len) {
		buf_span(&b, p->unprotected);
	} else {
		head(&b, CBOR_MAP, p->is_stamped ? 2 : 1);
		head(&b, CBOR_NUMBER, 33);
		head(&b, CBOR_LIST, 2);
		cbor_put(&b, CBOR_BYTES, der_of("leaf"));
		cbor_put(&b, CBOR_BYTES, der_of("middle"));
	}
	if (p->is_stamped) {
		cbor_text(&b, N "timestampSignature");
		cbor_put(&b, CBOR_BYTES, stamp_of(signature));
	}
	cbor_put(&b, CBOR_BYTES, SPAN(GOOD_TARGET));
	cbor_put(&b, CBOR_BYTES, signature);
	struct span made = arena_dup(&files, buf_view(&b));

	buf_release(&map);
	buf_release(&text);
	buf_release(&b);
	return made;
}

static void cose_messages(void **state)
{
	static const struct {
		const char *name;
		struct cose_plan plan;
		struct wanted want;
	} rows[] = {
		{ "good", { .pairs = 5 }, { TRUST_EXPECTED, false, "" } },
		{ "stamped", { .pairs = 5, .is_stamped = true }, { TRUST_EXPECTED, false, "" } },
		{ "another text is signed", { .pairs = 5, .is_of_another = true },
			{ TRUST_NONE, true, "signature is wrong" } },
		{ "another algorithm", { .pairs = 5, .algorithm = 34 },
			{ TRUST_NONE, true, "not that of the key" } },
		{ "an unknown algorithm", { .pairs = 5, .algorithm = 7 },
			{ TRUST_NONE, true, "algorithm is not known" } },
		{ "another message", { .pairs = 5, .tag = 98 },
			{ TRUST_NONE, true, "not a COSE_Sign1" } },
		{ "five fields", { .pairs = 5, .fields = 5 },
			{ TRUST_NONE, true, "not a COSE_Sign1" } },
		{ "an attribute twice",
			{ .pairs = 6,
				.extra = SPAN_INIT("\x03\x63"
						   "a/b") },
			{ TRUST_NONE, true, "'cty' is there twice" } },
		{ "a text for a number",
			{ .pairs = 6,
				.extra = SPAN_INIT("\x63"
						   "alg"
						   "\x26") },
			{ TRUST_NONE, true, "'alg' is there twice" } },
		{ "more pairs than there are", { .pairs = 6 }, { TRUST_NONE, true, "not a map" } },
		{ "fewer", { .pairs = 4 }, { TRUST_NONE, true, "not a map" } },
		{ "another attribute",
			{ .pairs = 6, .extra = SPAN_INIT("\x61x\x82\x01\xa1\x01\x02") },
			{ TRUST_EXPECTED, false, "" } },
		{ "no certificate", { .pairs = 5, .unprotected = SPAN_INIT("\xa0") },
			{ TRUST_NONE, true, "no certificate" } },
		{ "a chain of none", { .pairs = 5, .unprotected = SPAN_INIT("\xa1\x18\x21\x80") },
			{ TRUST_NONE, true, "no certificate" } },
		{ "a chain of numbers",
			{ .pairs = 5, .unprotected = SPAN_INIT("\xa1\x18\x21\x81\x01") },
			{ TRUST_NONE, true, "not bytes" } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct cose_plan p = rows[i].plan;

		p.tag = p.tag ? p.tag : 18;
		p.fields = p.fields ? p.fields : 4;
		p.algorithm = p.algorithm ? p.algorithm : 6;
		struct trust_evidence e =
			verify(rows[i].name, cose(&p), p.is_stamped ? STAMPED : NORMAL);

		must_be(rows[i].name, &e, &rows[i].want);
		if (p.is_stamped)
			check(rows[i].name,
				e.time >= now && span_eq(e.time_source, SPAN("timestamp")));
	}
	const struct cose_plan good = { .pairs = 5, .tag = 18, .fields = 4, .algorithm = 6 };
	struct span whole = cose(&good);

	for (size_t cut = 0; cut < whole.len; cut += 7)
		assert_true(verify("cut", span_sub(whole, 0, cut), NORMAL).is_bad);
	uint8_t *more = arena_alloc(&files, whole.len + 1);

	memcpy(more, whole.p, whole.len);
	assert_true(verify("more", span_of(more, whole.len + 1), NORMAL).is_bad);
}

/* A file that the user names hangs on nothing: its digest is what counts. */
static void a_file(void **state)
{
	const struct cose_plan plan = { .pairs = 5, .tag = 18, .fields = 4, .algorithm = 6 };
	const struct span forms[] = { jws(GOOD, GOOD_TARGET, "leaf", false), cose(&plan) };
	struct notary_input in = { .now = now };
	struct scov_err err;

	(void)state;
	assert_int_equal(trust_form(forms[0]), ATTACHED_FORM_NOTARY_JWS);
	assert_int_equal(trust_form(forms[1]), ATTACHED_FORM_NOTARY_COSE);
	assert_int_equal(digest_parse(SPAN(DIGEST), &in.manifest, &err), 0);
	for (size_t i = 0; i < 2; i++) {
		struct attached at = { .bytes = forms[i], .form = (uint8_t)trust_form(forms[i]) };
		struct trust_evidence e = { 0 };

		notary_verify(&at, &in, &files, &e);
		assert_int_equal(e.level, TRUST_INTACT);
		at.subject = in.manifest; /* attached, but nobody knows of what kind it is */
		e = (struct trust_evidence){ 0 };
		notary_verify(&at, &in, &files, &e);
		assert_int_equal(e.level, TRUST_CLAIMED);
		in.manifest.bytes[0] ^= 1;
		e = (struct trust_evidence){ 0 };
		notary_verify(&at, &in, &files, &e);
		assert_true(e.is_bad);
		in.manifest.bytes[0] ^= 1;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(envelopes),
		cmocka_unit_test(policies),
		cmocka_unit_test(a_stamp_of_another),
		cmocka_unit_test(changed),
		cmocka_unit_test(cose_messages),
		cmocka_unit_test(a_file),
	};

	return cmocka_run_group_tests(tests, pki, folder_drop);
}
