/* test_texts.c - the small formats of signatures: envelopes, statements, payloads, notes, roots,
 * and what is damaged in each.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "trust/dsse.h"
#include "trust/note.h"
#include "trust/parts.h"
#include "trust/policy.h"
#include "trust/roots.h"
#include "trust/simple.h"
#include "trust/statement.h"

#define STATEMENT(rest) "{\"_type\":\"https://in-toto.io/Statement/v1\"," rest "}"
#define SUBJECT "\"subject\":[{\"digest\":{\"sha256\":\"ab\"}}]"

static const struct {
	const char *name, *text;
	int code;
	const char *predicate;
} statements[] = {
	{ "whole", STATEMENT(SUBJECT ",\"predicateType\":\"t\",\"predicate\": {\"a\":[1,\"}\"]} "),
		0, "{\"a\":[1,\"}\"]}" },
	{ "predicate in the middle",
		STATEMENT("\"predicate\":[ 1 ],\"predicateType\":\"t\"," SUBJECT), 0, "[ 1 ]" },
	{ "predicate that is a text with quotes",
		STATEMENT("\"predicate\":\"a\\\"},{\",\"predicateType\":\"t\"," SUBJECT), 0,
		"\"a\\\"},{\"" },
	{ "without a predicate", STATEMENT(SUBJECT ",\"predicateType\":\"t\""), 0, "" },
	{ "a value that is called predicate",
		STATEMENT(SUBJECT ",\"predicateType\":\"predicate\",\"x\":\"predicate\""), 0, "" },
	{ "two predicates",
		STATEMENT(SUBJECT ",\"predicateType\":\"t\",\"predicate\":1,\"predicate\":2"),
		SCOV_E_FORMAT, NULL },
	{ "key with escapes", STATEMENT(SUBJECT ",\"predicateType\":\"t\",\"predic\\u0061te\":{}"),
		SCOV_E_FORMAT, NULL },
	{ "no type of predicate", STATEMENT(SUBJECT), SCOV_E_FORMAT, NULL },
	{ "no subject", STATEMENT("\"predicateType\":\"t\""), SCOV_E_FORMAT, NULL },
	{ "empty subject", STATEMENT("\"subject\":[],\"predicateType\":\"t\""), SCOV_E_FORMAT,
		NULL },
	{ "subject is an object",
		STATEMENT("\"subject\":{\"digest\":{\"sha256\":\"ab\"}},\"predicateType\":\"t\""),
		SCOV_E_FORMAT, NULL },
	{ "subject without a digest",
		STATEMENT("\"subject\":[{\"name\":\"x\"}],\"predicateType\":\"t\""), SCOV_E_FORMAT,
		NULL },
	{ "subject with a digest twice",
		STATEMENT("\"subject\":[{\"digest\":{\"sha256\":\"ab\",\"sha256\":\"cd\"}}],"
			  "\"predicateType\":\"t\""),
		SCOV_E_FORMAT, NULL },
	{ "digest is a number",
		STATEMENT("\"subject\":[{\"digest\":{\"sha256\":1}}],\"predicateType\":\"t\""),
		SCOV_E_FORMAT, NULL },
	{ "another type",
		"{\"_type\":\"https://in-toto.io/Statement/v9\",\"predicateType\":\"t\"," SUBJECT
		"}",
		SCOV_E_FORMAT, NULL },
	{ "a list", "[]", SCOV_E_FORMAT, NULL },
	{ "a text", "\"x\"", SCOV_E_FORMAT, NULL },
	{ "cut", "{\"_type\":\"https://in-toto.io/Statement/v1\",\"predicate\":{", SCOV_E_FORMAT,
		NULL },
	{ "empty", "", SCOV_E_FORMAT, NULL },
};

static void test_statement(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(statements) / sizeof(*statements); i++) {
		scoped_arena struct arena a = { 0 };
		struct statement s = { 0 };
		struct scov_err err = { 0 };
		int code = statement_read(span_str(statements[i].text), &a, &s, &err);

		check(statements[i].name, code == statements[i].code);
		if (!code)
			check_span(
				statements[i].name, s.predicate, span_str(statements[i].predicate));
	}
}

static void test_statement_names(void **state)
{
	scoped_arena struct arena a = { 0 };
	struct digest d = digest_of(DIGEST_SHA256, SPAN("x")),
		      other = digest_of(DIGEST_SHA256, SPAN("y"));
	struct digest none = { 0 };
	char hex[DIGEST_TEXT];
	struct statement s;
	struct span text = span_str(arena_printf(&a,
		STATEMENT("\"predicateType\":\"t\",\"subject\":[{\"digest\":{\"sha512\":\"%s\"}},"
			  "{\"digest\":{\"gitCommit\":\"1\",\"sha256\":\"%s\"}}]"),
		digest_hex(&other, hex), "X"));

	(void)state;
	assert_int_equal(statement_read(text, &a, &s, NULL), 0);
	assert_false(statement_names(&s, &other)); /* the same digits, of another algorithm */
	assert_false(statement_names(&s, &none));
	s.subjects.p[2].hex = span_str(digest_hex(&d, hex));
	assert_true(statement_names(&s, &d));
}

/* The vector of the DSSE protocol. */
static void test_dsse(void **state)
{
	scoped_arena struct arena a = { 0 };
	static const struct {
		const char *name, *text;
		int code;
	} rows[] = {
		{ "standard alphabet",
			"{\"payload\":\"+/8=\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"+/"
			"8=\"}]}",
			0 },
		{ "alphabet of URLs, unknown members",
			"{\"x\":1,\"payload\":\"-_8\",\"payloadType\":\"t\",\"signatures\":[{"
			"\"sig\":\"-_8\","
			"\"keyid\":\"k\"}]}",
			0 },
		{ "both alphabets in one text",
			"{\"payload\":\"+_8=\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"+/"
			"8=\"}]}",
			SCOV_E_FORMAT },
		{ "no signature", "{\"payload\":\"+/8=\",\"payloadType\":\"t\",\"signatures\":[]}",
			SCOV_E_FORMAT },
		{ "an empty signature",
			"{\"payload\":\"+/"
			"8=\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"\"}]}",
			SCOV_E_FORMAT },
		{ "no payload", "{\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"+/8=\"}]}",
			SCOV_E_FORMAT },
		{ "no type", "{\"payload\":\"+/8=\",\"signatures\":[{\"sig\":\"+/8=\"}]}",
			SCOV_E_FORMAT },
		{ "a list", "[]", SCOV_E_FORMAT },
	};

	(void)state;
	check_span("PAE",
		dsse_signed_text(SPAN("http://example.com/HelloWorld"), SPAN("hello world"), &a),
		SPAN("DSSEv1 29 http://example.com/HelloWorld 11 hello world"));
	check_span("PAE of a type with a NUL", dsse_signed_text(SPAN("a\0b"), SPAN("x"), &a),
		SPAN("DSSEv1 3 a\0b 1 x"));
	check_span("PAE of nothing", dsse_signed_text(SPAN("t"), (struct span){ 0 }, &a),
		SPAN("DSSEv1 1 t 0 "));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct json *v;
		struct dsse d;

		assert_int_equal(json_parse(span_str(rows[i].text), 4096, &a, &v, NULL), 0);
		check(rows[i].name, dsse_read(v, &a, &d, NULL) == rows[i].code);
		if (!rows[i].code)
			check_span(rows[i].name, d.payload, SPAN("\xfb\xff"));
	}
}

#define HEX32 "0123456789abcdef0123456789abcdef"
#define PAYLOAD(digest, type)                                                                      \
	"{\"critical\":{\"identity\":{\"docker-reference\":\"r\"},\"image\":{\"docker-manifest-"   \
	"digest\":\"" digest "\"},\"type\":\"" type "\"},\"optional\":null}"

static void test_simple(void **state)
{
	static const struct {
		const char *name, *text;
		int code;
	} rows[] = {
		{ "whole", PAYLOAD("sha256:" HEX32 HEX32, "cosign container image signature"), 0 },
		{ "of GPG", PAYLOAD("sha256:" HEX32 HEX32, "atomic container signature"),
			SCOV_E_FORMAT },
		{ "no digest", PAYLOAD("", "cosign container image signature"), SCOV_E_FORMAT },
		{ "short digest", PAYLOAD("sha256:" HEX32, "cosign container image signature"),
			SCOV_E_FORMAT },
		{ "digest twice",
			"{\"critical\":{\"image\":{\"docker-manifest-digest\":\"a\","
			"\"docker-manifest-digest\":\"b\"},\"type\":\"x\"}}",
			SCOV_E_FORMAT },
		{ "not JSON", "hello", SCOV_E_FORMAT },
		{ "data after the end",
			PAYLOAD("sha256:" HEX32 HEX32, "cosign container image signature") "x",
			SCOV_E_FORMAT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		scoped_arena struct arena a = { 0 };
		struct simple_payload p;

		check(rows[i].name,
			simple_read(span_str(rows[i].text), &a, &p, NULL) == rows[i].code);
	}
}

#define ROOT44 "rs1YPY0ydAV0lxgfrq5pE4oRpUJwo3syeps5+eGUTDI="

static void test_note(void **state)
{
	static const struct {
		const char *name, *text;
		int code;         /* of the note */
		int checkpoint;   /* of its text */
		const char *rest; /* the signature lines */
	} rows[] = {
		{ "whole", "log\n7\n" ROOT44 "\n\n\xe2\x80\x94 log AAAA\n", 0, 0,
			"\xe2\x80\x94 log AAAA\n" },
		{ "blank line in the text: the last one splits",
			"log\n7\n" ROOT44 "\nx\n\ny\n\n\xe2\x80\x94 log AAAA\n", 0, 0,
			"\xe2\x80\x94 log AAAA\n" },
		{ "no blank line", "log\n7\n" ROOT44 "\n", SCOV_E_FORMAT, 0, NULL },
		{ "no signatures", "log\n7\n" ROOT44 "\n\n", SCOV_E_FORMAT, 0, NULL },
		{ "the last line does not end", "log\n7\n" ROOT44 "\n\n\xe2\x80\x94 log AAAA",
			SCOV_E_FORMAT, 0, NULL },
		{ "empty", "", SCOV_E_FORMAT, 0, NULL },
		{ "no size", "log\n" ROOT44 "\n\nx\n", 0, SCOV_E_FORMAT, "x\n" },
		{ "no origin", "7\n" ROOT44 "\n\nx\n", 0, SCOV_E_FORMAT, "x\n" },
		{ "size with a sign", "log\n+7\n" ROOT44 "\n\nx\n", 0, SCOV_E_FORMAT, "x\n" },
		{ "size with zeros", "log\n07\n" ROOT44 "\n\nx\n", 0, SCOV_E_FORMAT, "x\n" },
		{ "size over 63 bits", "log\n9223372036854775808\n" ROOT44 "\n\nx\n", 0,
			SCOV_E_FORMAT, "x\n" },
		{ "short root", "log\n7\nrs1YPY0=\n\nx\n", 0, SCOV_E_FORMAT, "x\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct note n;
		struct checkpoint c;

		check(rows[i].name, note_read(span_str(rows[i].text), &n, NULL) == rows[i].code);
		if (rows[i].code)
			continue;
		check_span(rows[i].name, n.signatures, span_str(rows[i].rest));
		check(rows[i].name, checkpoint_read(n.text, &c, NULL) == rows[i].checkpoint);
	}
}

/* A public key of P-256 and a certificate are in the built-in root; here only the frame is wrong.
 */
#define TYPE "\"mediaType\":\"application/vnd.dev.sigstore.trustedroot+json;version=0.1\""
#define KEY                                                                                        \
	"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE2G2Y+"                                                \
	"2tabdTV5BcGiBIx0a9fAFwrkBbmLSGtks4L3qX6yYY0zufBnhC8"                                      \
	"Ur/iy55GhWP/9A/bY2LhC30M9+RYtw=="
#define LOG(details, valid)                                                                        \
	"{" TYPE                                                                                   \
	",\"tlogs\":[{\"baseUrl\":\"https://l.example/x\",\"publicKey\":{\"rawBytes\":\"" KEY      \
	"\",\"keyDetails\":\"" details "\",\"validFor\":" valid "},\"logId\":{\"keyId\":\"" ROOT44 \
	"\"}}]}"
#define P256 "PKIX_ECDSA_P256_SHA_256"
#define SINCE "{\"start\":\"2021-01-12T11:53:27Z\"}"

static void test_roots(void **state)
{
	static const struct {
		const char *name, *text;
		int code;
		size_t n;
	} rows[] = {
		{ "one", LOG(P256, SINCE), 0, 1 },
		{ "JSON lines", LOG(P256, SINCE) "\n" LOG(P256, SINCE) "\n", 0, 2 },
		{ "JSON lines, the second is damaged", LOG(P256, SINCE) "\n{" TYPE ",}\n",
			SCOV_E_FORMAT, 0 },
		{ "without a start", LOG(P256, "{}"), SCOV_E_FORMAT, 0 },
		{ "without validFor", LOG(P256, "null"), SCOV_E_FORMAT, 0 },
		{ "start is not a date", LOG(P256, "{\"start\":\"yesterday\"}"), SCOV_E_FORMAT, 0 },
		{ "another kind of key", LOG("PKIX_ECDSA_P384_SHA_384", SINCE), SCOV_E_FORMAT, 0 },
		{ "a kind that is refused: its log proves nothing", LOG("PKIX_ED25519_PH", SINCE),
			0, 1 },
		{ "a kind to come", LOG("PKIX_ML_DSA_65", SINCE), 0, 1 },
		{ "another media type", "{\"mediaType\":\"application/json\"}", SCOV_E_FORMAT, 0 },
		{ "an authority without certificates",
			"{" TYPE ",\"certificateAuthorities\":[{\"certChain\":{}}]}", SCOV_E_FORMAT,
			0 },
		{ "not a certificate in PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n", SCOV_E_FORMAT,
			0 },
		{ "empty", "", SCOV_E_FORMAT, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct trust_roots *r = trust_roots_new();
		struct scov_err err = { 0 };

		check(rows[i].name,
			trust_roots_add(r, span_str(rows[i].text), &err) == rows[i].code);
		check(rows[i].name, r->list.n == rows[i].n);
		check(rows[i].name, !trust_roots_date(r));
		if (rows[i].n && strstr(rows[i].name, "kind"))
			check(rows[i].name, !r->list.p[0].logs.p[0].key);
		else if (rows[i].n)
			check_span(rows[i].name, r->list.p[0].logs.p[0].name, SPAN("l.example"));
		trust_roots_free(r);
	}
}

static void test_builtin(void **state)
{
	struct trust_roots *r = trust_roots_new();
	struct span id;
	scoped_arena struct arena a = { 0 };

	(void)state;
	assert_int_equal(trust_roots_builtin(r, NULL), 0);
	assert_int_equal(trust_roots_date(r), 1758499200); /* 2025-09-22 */
	assert_int_equal(r->list.p[0].logs.n, 2);
	for (size_t i = 0; i < 2; i++) { /* the id in the file is the one that we compute */
		const struct trust_log *l = &r->list.p[0].logs.p[i];
		struct digest d = note_key_id(l->name, l->key);

		check_span("id", l->id, span_of(d.bytes, 32));
		assert_ptr_equal(trust_root_log(&r->list.p[0], l->id), l);
	}
	id = arena_dup(&a, SPAN("x"));
	assert_null(trust_root_log(&r->list.p[0], id));
	trust_roots_free(r);
}

static void test_policy(void **state)
{
	static const struct {
		const char *name;
		struct trust_rule rule;
		const char *identity, *issuer;
		bool fits;
	} rows[] = {
		{ "exact", { .identity = SPAN_INIT("a@b"), .issuer = SPAN_INIT("i") }, "a@b", "i",
			true },
		{ "another issuer", { .identity = SPAN_INIT("a@b"), .issuer = SPAN_INIT("i") },
			"a@b", "j", false },
		{ "no issuer in the certificate",
			{ .identity = SPAN_INIT("a@b"), .issuer = SPAN_INIT("i") }, "a@b", "",
			false },
		{ "exact is not a part", { .identity = SPAN_INIT("a@b") }, "a@bc", "", false },
		{ "exact is no expression", { .identity = SPAN_INIT("a.b") }, "axb", "", false },
		{ "issuer alone", { .issuer = SPAN_INIT("i") }, "whoever", "i", true },
		{ "expression is found anywhere",
			{ .identity = SPAN_INIT("/repo/"), .identity_is_regexp = true },
			"https://h/repo/x", "", true },
		{ "expression with anchors",
			{ .identity = SPAN_INIT("^https://h/repo$"), .identity_is_regexp = true },
			"https://h/repo\n", "", false },
		{ "expression that runs out of its steps",
			{ .identity = SPAN_INIT("^(a|a)*(a|a)*(a|a)*b$"),
				.identity_is_regexp = true },
			"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct trust_policy *p = trust_policy_new();

		check(rows[i].name, !trust_policy_expects(p));
		check(rows[i].name, !trust_policy_takes(p, SPAN("a@b"), SPAN("i")));
		check(rows[i].name, !trust_policy_add(p, &rows[i].rule, NULL));
		check(rows[i].name, trust_policy_expects(p) && !trust_policy_has_keys(p));
		check(rows[i].name, trust_policy_takes(p, span_str(rows[i].identity),
					    span_str(rows[i].issuer)) == rows[i].fits);
		trust_policy_free(p);
	}
}

static void test_policy_refused(void **state)
{
	static const struct trust_rule rules[] = {
		{ .key_name = SPAN_INIT("nothing") },
		{ .key = SPAN_INIT("not a key") },
		{ .identity = SPAN_INIT("("), .identity_is_regexp = true },
		{ .issuer = SPAN_INIT("\\C"), .issuer_is_regexp = true },
	};
	struct trust_policy *p = trust_policy_new();

	(void)state;
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		assert_true(trust_policy_add(p, &rules[i], NULL) < 0);
	assert_false(trust_policy_expects(p));
	trust_policy_free(p);
}

static void test_form(void **state)
{
	(void)state;
	assert_int_equal(trust_form(SPAN("{\"verificationMaterial\":{}}")), ATTACHED_FORM_BUNDLE);
	assert_int_equal(trust_form(SPAN("{\"payloadType\":\"\"}")), ATTACHED_FORM_DSSE);
	assert_int_equal(trust_form(SPAN("{\"_type\":\"x\"}")), ATTACHED_FORM_STATEMENT);
	assert_int_equal(trust_form(SPAN("{\"x\":{\"_type\":\"x\"}}")), ATTACHED_FORM_DOCUMENT);
	assert_int_equal(trust_form(SPAN("SPDXVersion: SPDX-2.3")), ATTACHED_FORM_DOCUMENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_statement),
		cmocka_unit_test(test_statement_names),
		cmocka_unit_test(test_dsse),
		cmocka_unit_test(test_simple),
		cmocka_unit_test(test_note),
		cmocka_unit_test(test_roots),
		cmocka_unit_test(test_builtin),
		cmocka_unit_test(test_policy),
		cmocka_unit_test(test_policy_refused),
		cmocka_unit_test(test_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
