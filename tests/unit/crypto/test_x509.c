/* test_x509.c - certificates and chains, made with the openssl command; SCTs of a log of our own.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crypto/x509.h"

#include "crypto/digest.h"
#include "crypto/crypto_paths.h"
#include "tests/unit/crypto/openssl.h"

enum { Y2021 = 1609459200, MINUTE = 60 };

static const struct span none = { 0 };

static int pki(void **state)
{
	static const char make[] =
		". " PKI "\n"
		"issue root root root /CN=Root 20200101000000Z 20300101000000Z\n"
		"issue other other root /CN=Root 20200101000000Z 20300101000000Z\n"
		"issue middle root middle /CN=Middle 20200101000000Z 20290101000000Z\n"
		"issue deeper middle middle_any /CN=Deeper 20200101000000Z 20290101000000Z\n"
		"issue any root middle_any /CN=Any 20200101000000Z 20290101000000Z\n"
		"issue web root middle_server /CN=Web 20200101000000Z 20290101000000Z\n"
		"issue leaf middle leaf '/C=US/ST=WA/O=Example, Inc./CN=Zürich' 20210101000000Z "
		"20210101001000Z\n"
		"issue server middle server /CN=s 20210101000000Z 20310101000000Z\n"
		"issue plain middle plain /CN=p 20210101000000Z 20310101000000Z\n"
		"issue encipher middle encipher /CN=e 20210101000000Z 20310101000000Z\n"
		"issue unknown middle unknown /CN=u 20210101000000Z 20310101000000Z\n"
		"issue poison middle poison /CN=p 20210101000000Z 20310101000000Z\n"
		"issue deep deeper leaf /CN=d 20210101000000Z 20310101000000Z\n"
		"issue web_leaf web leaf /CN=w 20210101000000Z 20310101000000Z\n"
		"issue tsa any tsa /CN=t 20210101000000Z 20310101000000Z\n"
		"issue tsa_soft any tsa_soft /CN=t 20210101000000Z 20310101000000Z\n"
		"issue names root names /CN=n 20210101000000Z 20310101000000Z\n"
		"issue name_kind root name_kind /CN=n 20210101000000Z 20310101000000Z\n"
		"issue name_damaged root name_damaged /CN=n 20210101000000Z 20310101000000Z\n"
		"issue name_control root name_control /CN=n 20210101000000Z 20310101000000Z\n"
		"issue namesake any leaf_bare /CN=Any 20210101000000Z 20310101000000Z\n"
		"MD=sha1 issue weak_namesake any leaf_bare /CN=Any 20210101000000Z "
		"20310101000000Z\n"
		"issue web_namesake web leaf_bare /CN=Web 20210101000000Z 20310101000000Z\n"
		"issue impostor impostor leaf_bare /CN=Any 20210101000000Z 20310101000000Z\n"
		"issue alone alone leaf /CN=alone 20210101000000Z 20310101000000Z\n"
		"MD=sha1 issue weak middle leaf /CN=w 20210101000000Z 20310101000000Z\n"
		"openssl genrsa -out small.key 1024\n"
		"issue small middle leaf /CN=w 20210101000000Z 20310101000000Z\n"
		"issue twice root twice /CN=t 20210101000000Z 20310101000000Z\n"
		"cat root.pem middle.pem leaf.pem >all.pem\n"
		"openssl x509 -in leaf.pem -outform DER -out leaf.der\n"
		"{ cat leaf.der; printf x; } >more.der";

	if (folder_make(state))
		return -1;
	must_run("pki", make);
	return 0;
}

static struct certificate *read_one(const char *file)
{
	struct certificate *c = NULL;
	struct scov_err err;

	if (certificate_parse(content(file), &c, &err))
		fail_msg("%s: %s", file, err.text);
	return c;
}

/* A list of files, one blank between two. */
static struct certificates read_list(const char *names)
{
	struct certificates list = { 0 };
	struct span rest = span_str(names), name;
	struct scov_err err;

	while (span_split(&rest, ' ', &name))
		if (certificates_add(&list,
			    content(arena_printf(&files, "%.*s.pem", SPAN_ARG(name))), 8, &err))
			fail_msg("%.*s: %s", SPAN_ARG(name), err.text);
	return list;
}

static void what_it_says(void **state)
{
	struct certificate *leaf = read_one("leaf.pem"), *root = read_one("root.pem");
	struct name_attributes at;
	struct scov_err err;

	(void)state;
	check_span("subject", certificate_subject(leaf, &files),
		SPAN("CN=Z\xc3\xbcrich,O=Example\\, Inc.,ST=WA,C=US"));
	check_span("issuer", certificate_issuer(leaf, &files), SPAN("CN=Middle"));
	assert_int_equal(certificate_not_before(leaf), Y2021);
	assert_int_equal(certificate_not_after(leaf), Y2021 + 10 * MINUTE);
	check_span("DER", certificate_der(leaf), content("leaf.der"));
	assert_int_equal(public_key_kind(certificate_key(leaf)), PUBLIC_KEY_P256);
	assert_true(certificate_is_ca(root));
	assert_false(certificate_is_ca(leaf));
	assert_true(certificate_is_self_signed(root));
	assert_false(certificate_is_self_signed(leaf));
	assert_true(certificate_same(root, root));
	assert_false(certificate_same(root, leaf));
	assert_int_equal(certificate_attributes(leaf, &files, &at, &err), 0);
	assert_int_equal(at.n, 4);
	check_span("type", at.p[0].type, SPAN("C"));
	check_span("type", at.p[1].type, SPAN("ST"));
	check_span("value", at.p[2].value, SPAN("Example, Inc."));
	check_span("value", at.p[3].value, SPAN("Z\xc3\xbcrich"));
	certificate_free(leaf);
	certificate_free(root);
}

static void texts(void **state)
{
	static const struct {
		const char *name, *file;
		size_t max, n;
		int code;
	} rows[] = {
		{ "one", "leaf.pem", 3, 1, 0 },
		{ "three", "all.pem", 3, 3, 0 },
		{ "DER", "leaf.der", 3, 1, 0 },
		{ "more than allowed", "all.pem", 2, 0, SCOV_E_LIMIT },
		{ "bytes after it", "more.der", 3, 0, SCOV_E_FORMAT },
		{ "a key", "leaf.key", 3, 0, SCOV_E_FORMAT },
	};
	struct certificates list = { 0 };
	struct scov_err err;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		check(rows[i].name, certificates_add(&list, content(rows[i].file), rows[i].max,
					    &err) == rows[i].code);
		check(rows[i].name, list.n == rows[i].n);
		certificates_release(&list);
	}
	struct span der = content("leaf.der");

	for (size_t cut = 0; cut < der.len; cut++)
		assert_int_not_equal(certificates_add(&list, span_sub(der, 0, cut), 1, &err), 0);
	assert_int_equal(list.n, 0);
	assert_int_equal(
		certificates_add(&list, span_of(arena_alloc(&files, 5 << 20), 5 << 20), 1, &err),
		SCOV_E_LIMIT);
	certificates_release(&list);
}

/* openssl does not write that: one of two is given the OID of the other. */
static void an_extension_twice(void **state)
{
	struct certificate *c = read_one("twice.pem");
	struct span der = certificate_der(c);
	uint8_t *other = arena_alloc(&files, der.len);
	struct certificates list = { 0 };
	struct scov_err err;
	size_t at = span_find_span(der, SPAN("\x06\x03\x2a\x03\x05"));

	(void)state;
	memcpy(other, der.p, der.len);
	assert_true(at < der.len);
	other[at + 4] = 4;
	assert_int_equal(certificates_add(&list, span_of(other, der.len), 1, &err), SCOV_E_FORMAT);
	certificate_free(c);
}

static void names(void **state)
{
	static const struct {
		uint8_t kind;
		struct span text;
	} want[] = {
		{ SAN_EMAIL, SPAN_INIT("a@example.com") },
		{ SAN_URI, SPAN_INIT("https://example.com/x") },
		{ SAN_DNS, SPAN_INIT("example.com") },
		{ SAN_OTHER, SPAN_INIT("") },
		{ SAN_FULCIO, SPAN_INIT("foo!bar") },
	};
	static const char *const bad[] = { "name_kind.pem", "name_damaged.pem",
		"name_control.pem" };
	struct certificate *c = read_one("names.pem");
	struct sans s;
	struct scov_err err;

	(void)state;
	assert_int_equal(certificate_names(c, &files, &s, &err), 0);
	assert_int_equal(s.n, sizeof(want) / sizeof(*want));
	for (size_t i = 0; i < s.n; i++) {
		assert_int_equal(s.p[i].kind, want[i].kind);
		check_span("name", s.p[i].text, want[i].text);
	}
	check_span("raw", certificate_extension(c, "1.3.6.1.4.1.57264.1.1"), SPAN("http"));
	check_span("UTF8String", certificate_extension(c, "1.3.6.1.4.1.57264.1.8"),
		SPAN("\x0c\x13https://example.com"));
	assert_null(certificate_extension(c, "1.3.6.1.4.1.57264.1.9").p);
	assert_null(certificate_extension(c, "nonsense").p);
	certificate_free(c);
	c = read_one("root.pem");
	assert_int_equal(certificate_names(c, &files, &s, &err), 0);
	assert_int_equal(s.n, 0);
	certificate_free(c);
	for (size_t i = 0; i < 3; i++) {
		c = read_one(bad[i]);
		check(bad[i], certificate_names(c, &files, &s, &err) == SCOV_E_FORMAT);
		certificate_free(c);
	}
}

static void chains(void **state)
{
	static const struct {
		const char *name, *leaf, *helpers, *roots;
		int64_t at;
		enum chain_purpose purpose;
		size_t n; /* 0: refused */
	} rows[] = {
		{ "leaf, CA, root", "leaf.pem", "middle", "root", Y2021, CHAIN_CODE_SIGNING, 3 },
		{ "the last second", "leaf.pem", "middle", "root", Y2021 + 10 * MINUTE,
			CHAIN_CODE_SIGNING, 3 },
		{ "a second later", "leaf.pem", "middle", "root", Y2021 + 10 * MINUTE + 1,
			CHAIN_CODE_SIGNING, 0 },
		{ "a second before", "leaf.pem", "middle", "root", Y2021 - 1, CHAIN_CODE_SIGNING,
			0 },
		{ "the CA has expired", "server.pem", "middle", "root", Y2021 + 9 * 31536000,
			CHAIN_ANY, 0 },
		{ "a CA is the root", "leaf.pem", "", "middle", Y2021, CHAIN_CODE_SIGNING, 2 },
		{ "the leaf is the root", "leaf.pem", "", "leaf", Y2021, CHAIN_CODE_SIGNING, 1 },
		{ "of itself", "alone.pem", "", "alone", Y2021, CHAIN_CODE_SIGNING, 1 },
		{ "of itself, not trusted", "alone.pem", "alone", "root", Y2021, CHAIN_CODE_SIGNING,
			0 },
		{ "helpers are not roots", "leaf.pem", "middle root", "other", Y2021,
			CHAIN_CODE_SIGNING, 0 },
		{ "a root of the same name too", "leaf.pem", "middle", "other root", Y2021,
			CHAIN_CODE_SIGNING, 3 },
		{ "no root", "leaf.pem", "middle", "", Y2021, CHAIN_CODE_SIGNING, 0 },
		{ "the CA is missing", "leaf.pem", "", "root", Y2021, CHAIN_CODE_SIGNING, 0 },
		{ "for servers", "server.pem", "middle", "root", Y2021, CHAIN_CODE_SIGNING, 0 },
		{ "for servers, any", "server.pem", "middle", "root", Y2021, CHAIN_ANY, 3 },
		{ "for nothing named", "plain.pem", "middle", "root", Y2021, CHAIN_CODE_SIGNING,
			0 },
		{ "for no signatures", "encipher.pem", "middle", "root", Y2021, CHAIN_CODE_SIGNING,
			0 },
		{ "unknown critical extension", "unknown.pem", "middle", "root", Y2021,
			CHAIN_CODE_SIGNING, 0 },
		{ "precertificate", "poison.pem", "middle", "root", Y2021, CHAIN_CODE_SIGNING, 0 },
		{ "a CA too many", "deep.pem", "middle deeper", "root", Y2021, CHAIN_CODE_SIGNING,
			0 },
		{ "a CA for servers", "web_leaf.pem", "web", "root", Y2021, CHAIN_CODE_SIGNING, 0 },
		{ "a leaf as CA", "leaf.pem", "", "server", Y2021, CHAIN_CODE_SIGNING, 0 },
		{ "SHA-1", "weak.pem", "middle", "root", Y2021, CHAIN_CODE_SIGNING, 0 },
		{ "RSA of 1024 bits", "small.pem", "middle", "root", Y2021, CHAIN_CODE_SIGNING, 0 },
		{ "named as its CA", "namesake.pem", "", "any", Y2021, CHAIN_CODE_SIGNING, 2 },
		{ "named as its CA, which is not a root", "namesake.pem", "any", "root", Y2021,
			CHAIN_CODE_SIGNING, 3 },
		{ "named as its CA, for servers", "web_namesake.pem", "web", "root", Y2021,
			CHAIN_CODE_SIGNING, 0 },
		{ "named as a CA that did not issue it", "impostor.pem", "impostor", "any", Y2021,
			CHAIN_CODE_SIGNING, 0 },
		{ "named as its CA, expired", "namesake.pem", "", "any", Y2021 + 11 * 31536000,
			CHAIN_CODE_SIGNING, 0 },
		{ "named as its CA, by SHA-1", "weak_namesake.pem", "", "any", Y2021,
			CHAIN_CODE_SIGNING, 0 },
		{ "time stamps", "tsa.pem", "any", "root", Y2021, CHAIN_TIME_STAMPING, 3 },
		{ "time stamps, not critical", "tsa_soft.pem", "any", "root", Y2021,
			CHAIN_TIME_STAMPING, 0 },
		{ "code for time stamps", "leaf.pem", "middle", "root", Y2021, CHAIN_TIME_STAMPING,
			0 },
	};
	struct scov_err err;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct certificate *leaf = read_one(rows[i].leaf);
		struct certificates helpers = read_list(rows[i].helpers);
		struct certificates roots = read_list(rows[i].roots);
		struct chain chain = { 0 };
		int rc = certificate_chain(
			leaf, &helpers, &roots, rows[i].at, rows[i].purpose, &chain, &err);

		check(rows[i].name, rc == (rows[i].n ? 0 : SCOV_E_AUTH));
		check(rows[i].name, chain.n == rows[i].n);
		check(rows[i].name, !chain.n || chain.p[0] == leaf);
		for (size_t j = 0; j < chain.n; j++)
			check(rows[i].name, chain.p[j] != NULL);
		check(rows[i].name, !chain.n || (rows[i].helpers[0] == 0 && chain.n == 1) ||
					    certificate_is_ca(chain.p[chain.n - 1]));
		certificates_release(&helpers);
		certificates_release(&roots);
		certificate_free(leaf);
	}
}

static void keys_of_other_kinds(void **state)
{
	struct certificate *c = read_one("small.pem");

	(void)state;
	assert_null(certificate_key(c));
	certificate_free(c);
}

/* ---- SCTs: the certificate without them is signed by a log of our own, then issued with them. */

static void put_be(struct buf *b, uint64_t v, unsigned bytes)
{
	while (bytes--)
		buf_byte(b, (char)(uint8_t)(v >> (8 * bytes)));
}

struct log {
	struct private_key *key;
	struct digest id;
};

static struct log log_make(const char *name, const char *make)
{
	struct log l = { 0 };
	struct scov_err err;

	must_run(name, make);
	assert_int_equal(private_key_parse(content(name), none, &l.key, &err), 0);
	l.id = digest_of(DIGEST_SHA256, public_key_spki(private_key_public(l.key)));
	return l;
}

/* tbs: what follows the head of the certificate, by its own length. */
static struct span tbs_of(const struct certificate *c)
{
	struct span der = certificate_der(c);
	size_t head = span_at(der, 1) == 0x82 ? 4 : 3;
	size_t len = span_at(der, head + 1) == 0x82
			     ? 4 + (size_t)(span_at(der, head + 2) << 8 | span_at(der, head + 3))
			     : 3 + (size_t)span_at(der, head + 2);

	return span_sub(der, head, len);
}

static void sct_put(struct buf *list, const struct log *l, const struct certificate *issuer,
	struct span tbs, uint64_t milliseconds, struct span extensions)
{
	struct buf text = { 0 }, signature = { 0 };
	struct digest of_issuer =
		digest_of(DIGEST_SHA256, public_key_spki(certificate_key(issuer)));
	struct scov_err err;
	bool is_rsa = public_key_kind(private_key_public(l->key)) == PUBLIC_KEY_RSA;

	put_be(&text, 0, 2);
	put_be(&text, milliseconds, 8);
	put_be(&text, 1, 2);
	buf_bytes(&text, of_issuer.bytes, 32);
	put_be(&text, tbs.len, 3);
	buf_span(&text, tbs);
	put_be(&text, extensions.len, 2);
	buf_span(&text, extensions);
	assert_int_equal(private_key_sign(l->key, buf_view(&text), &signature, &err), 0);
	put_be(list, 1 + 32 + 8 + 2 + extensions.len + 4 + signature.len, 2);
	put_be(list, 0, 1);
	buf_bytes(list, l->id.bytes, 32);
	put_be(list, milliseconds, 8);
	put_be(list, extensions.len, 2);
	buf_span(list, extensions);
	put_be(list, 4, 1);
	put_be(list, is_rsa ? 1 : 3, 1);
	put_be(list, signature.len, 2);
	buf_span(list, buf_view(&signature));
	buf_release(&text);
	buf_release(&signature);
}

/* The same certificate again, with the list in it. */
static struct certificate *issue_with(struct span list)
{
	struct buf b = { 0 };

	buf_printf(&b,
		". " PKI
		"; echo 77 >serial; printf '[scts]\\nkeyUsage = critical,digitalSignature\\n"
		"extendedKeyUsage = codeSigning\\nsubjectAltName = critical,email:a@example.com\\n"
		"1.3.6.1.4.1.11129.2.4.2 = DER:0482%04zx%04zx",
		list.len + 2, list.len);
	for (size_t i = 0; i < list.len; i++)
		buf_printf(&b, "%02x", span_at(list, i));
	buf_str(&b, "\\n' >>ca.cnf; issue logged middle scts /CN=logged 20210101000000Z "
		    "20310101000000Z");
	must_run("issue", b.p);
	buf_release(&b);
	return read_one("logged.pem");
}

static void entries_in_logs(void **state)
{
	struct log log = log_make("log.key", "openssl ecparam -name prime256v1 -genkey -noout -out "
					     "log.key"),
		   rsa = log_make("rsa.key", "openssl genrsa -out rsa.key 2048");
	struct certificate *middle, *root = read_one("root.pem"), *leaf;
	struct buf list = { 0 };
	struct scov_err err;

	(void)state;
	must_run("without",
		". " PKI "; echo 77 >serial; issue logged middle leaf /CN=logged 20210101000000Z "
		"20310101000000Z");
	middle = read_one("middle.pem");
	leaf = read_one("logged.pem");
	struct span tbs = tbs_of(leaf);
	const struct ct_log logs[] = {
		{ private_key_public(log.key), Y2021, Y2021 + MINUTE },
		{ private_key_public(rsa.key), Y2021, INT64_MAX },
	};
	const struct ct_log later[] = { { private_key_public(log.key), Y2021 + 7, INT64_MAX } };
	const struct ct_log earlier[] = { { private_key_public(log.key), Y2021, Y2021 + 5 } };
	const struct ct_log exact[] = { { private_key_public(log.key), Y2021 + 6, Y2021 + 6 } };
	int64_t at = 0;

	assert_int_equal(certificate_sct_check(leaf, middle, logs, 2, &at, &err), SCOV_E_AUTH);
	sct_put(&list, &log, middle, tbs, (Y2021 + 6) * 1000ull + 999, none);
	struct certificate *with = issue_with(buf_view(&list));

	assert_int_equal(certificate_sct_check(with, middle, logs, 2, &at, &err), 0);
	assert_int_equal(at, Y2021 + 6);
	assert_int_equal(certificate_sct_check(with, middle, exact, 1, &at, &err), 0);
	assert_int_equal(certificate_sct_check(with, root, logs, 2, &at, &err), SCOV_E_AUTH);
	assert_int_equal(certificate_sct_check(with, middle, logs + 1, 1, &at, &err), SCOV_E_AUTH);
	assert_int_equal(certificate_sct_check(with, middle, logs, 0, &at, &err), SCOV_E_AUTH);
	assert_int_equal(certificate_sct_check(with, middle, later, 1, &at, &err), SCOV_E_AUTH);
	assert_int_equal(certificate_sct_check(with, middle, earlier, 1, &at, &err), SCOV_E_AUTH);
	certificate_free(with);

	/* Extensions are signed too; one of two is enough. */
	list.len = 0;
	sct_put(&list, &rsa, root, tbs, (Y2021 + 6) * 1000ull, none); /* another issuer: wrong */
	sct_put(&list, &log, middle, tbs, (Y2021 + 6) * 1000ull, SPAN("extension"));
	with = issue_with(buf_view(&list));
	assert_int_equal(certificate_sct_check(with, middle, logs, 2, &at, &err), 0);
	assert_int_equal(certificate_sct_check(with, middle, logs + 1, 1, &at, &err), SCOV_E_AUTH);
	certificate_free(with);

	/* The list is cut, or of another certificate. */
	with = issue_with(span_sub(buf_view(&list), 0, list.len - 1));
	assert_int_equal(certificate_sct_check(with, middle, logs, 2, &at, &err), SCOV_E_FORMAT);
	certificate_free(with);
	list.len = 0;
	sct_put(&list, &rsa, middle, tbs_of(root), (Y2021 + 6) * 1000ull, none);
	with = issue_with(buf_view(&list));
	assert_int_equal(certificate_sct_check(with, middle, logs, 2, &at, &err), SCOV_E_AUTH);
	certificate_free(with);
	list.len = 0;
	for (size_t i = 0; i < SCTS_MAX + 1; i++)
		sct_put(&list, &log, middle, tbs, Y2021 * 1000ull, none);
	with = issue_with(buf_view(&list));
	assert_int_equal(certificate_sct_check(with, middle, logs, 2, &at, &err), SCOV_E_LIMIT);
	certificate_free(with);

	with = read_one("poison.pem");
	assert_int_equal(certificate_sct_check(with, middle, logs, 2, &at, &err), SCOV_E_AUTH);
	certificate_free(with);
	buf_release(&list);
	private_key_free(log.key);
	private_key_free(rsa.key);
	certificate_free(leaf);
	certificate_free(middle);
	certificate_free(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_says),
		cmocka_unit_test(texts),
		cmocka_unit_test(an_extension_twice),
		cmocka_unit_test(names),
		cmocka_unit_test(chains),
		cmocka_unit_test(keys_of_other_kinds),
		cmocka_unit_test(entries_in_logs),
	};

	return cmocka_run_group_tests(tests, pki, folder_drop);
}
