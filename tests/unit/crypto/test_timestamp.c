/* test_timestamp.c - time stamp tokens, made with `openssl ts`.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crypto/timestamp.h"

#include <time.h>

#include "crypto/crypto_paths.h"
#include "tests/unit/crypto/openssl.h"

static int pki(void **state)
{
	static const char make[] =
		". " PKI "\n"
		"issue root root root /CN=Root 20200101000000Z 20400101000000Z\n"
		"issue other other root /CN=Root 20200101000000Z 20400101000000Z\n"
		"issue middle root middle_any /CN=Middle 20200101000000Z 20400101000000Z\n"
		"issue tsa middle tsa /CN=tsa 20200101000000Z 20400101000000Z\n"
		"issue old middle tsa /CN=tsa 20200101000000Z 20210101000000Z\n"
		"issue leaf middle leaf /CN=leaf 20200101000000Z 20400101000000Z\n"
		"cat >ts.cnf <<'E'\n"
		"[tsa]\ndefault_tsa = t\n"
		"[t]\nserial = number\ncrypto_device = builtin\ndefault_policy = 1.2.3.4\n"
		"digests = sha1, sha256, sha384, sha512\nsigner_digest = $ENV::SD\n"
		"ess_cert_id_alg = sha256\n"
		"E\n"
		"printf abc >text; export SD\n"
		"stamp() { openssl ts -query -data text $2 -out query; shift 2; openssl ts -reply "
		"-config ts.cnf -queryfile query \"$@\"; }\n"
		"SD=sha256\n"
		"by() { stamp \"$1\" \"$2\" -signer $3.pem -inkey $3.key -out \"$1\" $4; }\n"
		"by embedded '-sha256 -cert' tsa '-chain middle.pem'\n"
		"by leaf_only '-sha256 -cert' tsa\n"
		"by none '-sha256' tsa\n"
		"by token '-sha256 -cert' tsa '-token_out'\n"
		"by of384 '-sha384 -cert' tsa\n"
		"by of512 '-sha512 -cert' tsa\n"
		"by of1 '-sha1 -cert' tsa\n"
		"by expired '-sha256 -cert' old\n"
		"SD=sha1; by signed1 '-sha256 -cert' tsa\n"
		"SD=sha256; sed -i 's/^digests.*/digests = sha512/' ts.cnf; by refused '-sha256' "
		"tsa "
		"|| :\n"
		"{ cat embedded; printf x; } >more\n"
		"openssl cms -sign -in text -signer tsa.pem -inkey tsa.key -outform DER -nodetach "
		"-out cms\n"
		": >nothing";

	if (folder_make(state))
		return -1;
	must_run("pki", make);
	return 0;
}

static void add(struct certificates *list, const char *names)
{
	struct span rest = span_str(names), name;
	struct scov_err err;

	while (span_split(&rest, ' ', &name))
		if (certificates_add(list,
			    content(arena_printf(&files, "%.*s.pem", SPAN_ARG(name))), 8, &err))
			fail_msg("%.*s: %s", SPAN_ARG(name), err.text);
}

static void tokens(void **state)
{
	static const struct {
		const char *name, *file, *roots, *helpers, *text;
		int code;
	} rows[] = {
		{ "certificates in it", "embedded", "root", "", "abc", 0 },
		{ "its own alone", "leaf_only", "root", "middle", "abc", 0 },
		{ "its own alone, no CA", "leaf_only", "root", "", "abc", SCOV_E_AUTH },
		{ "a CA as the root", "leaf_only", "middle", "", "abc", 0 },
		{ "the authority itself as the root", "leaf_only", "tsa", "", "abc", 0 },
		{ "none in it", "none", "root", "middle tsa", "abc", 0 },
		{ "none in it, nor from elsewhere", "none", "root", "middle", "abc", SCOV_E_AUTH },
		{ "none in it, another's", "none", "root", "middle leaf", "abc", SCOV_E_AUTH },
		{ "without the answer around it", "token", "root", "middle", "abc", 0 },
		{ "SHA-384", "of384", "root", "middle", "abc", 0 },
		{ "SHA-512", "of512", "root", "middle", "abc", 0 },
		{ "SHA-1 of the text", "of1", "root", "middle", "abc", SCOV_E_UNSUPPORTED },
		{ "SHA-1 of the token", "signed1", "root", "middle", "abc", SCOV_E_UNSUPPORTED },
		{ "another text", "embedded", "root", "", "abd", SCOV_E_AUTH },
		{ "another root", "embedded", "other", "", "abc", SCOV_E_AUTH },
		{ "no root", "embedded", "", "root middle", "abc", SCOV_E_AUTH },
		{ "the authority had expired", "expired", "root", "middle", "abc", SCOV_E_AUTH },
		{ "refused", "refused", "root", "middle tsa", "abc", SCOV_E_AUTH },
		{ "bytes after it", "more", "root", "", "abc", SCOV_E_FORMAT },
		{ "a signature, not a time stamp", "cms", "root", "middle", "abc", SCOV_E_FORMAT },
		{ "nothing", "nothing", "root", "", "abc", SCOV_E_FORMAT },
		{ "a certificate", "tsa.pem", "root", "", "abc", SCOV_E_FORMAT },
	};
	struct scov_err err;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct certificates roots = { 0 }, helpers = { 0 };
		const struct timestamp_trust trust = { &roots, &helpers, INT64_MIN, INT64_MAX };
		int64_t at = 0, now = time(NULL);

		add(&roots, rows[i].roots);
		add(&helpers, rows[i].helpers);
		int rc = timestamp_check(
			content(rows[i].file), span_str(rows[i].text), &trust, &at, &err);

		if (rc != rows[i].code)
			fail_msg("%s: %d %s", rows[i].name, rc, rc ? err.text : "");
		check(rows[i].name, rc ? !at : at <= now && at > now - 600);
		certificates_release(&roots);
		certificates_release(&helpers);
	}
}

static void windows(void **state)
{
	struct certificates roots = { 0 };
	struct timestamp_trust trust = { &roots, NULL, INT64_MIN, INT64_MAX };
	struct span token = content("embedded"), text = SPAN("abc");
	struct scov_err err;
	int64_t at = 0, again = 0;

	(void)state;
	add(&roots, "root");
	assert_int_equal(timestamp_check(token, text, &trust, &at, &err), 0);
	trust.from = trust.until = at;
	assert_int_equal(timestamp_check(token, text, &trust, &again, &err), 0);
	assert_int_equal(again, at);
	trust.until = at - 1;
	trust.from = INT64_MIN;
	assert_int_equal(timestamp_check(token, text, &trust, &again, &err), SCOV_E_AUTH);
	trust.until = INT64_MAX;
	trust.from = at + 1;
	assert_int_equal(timestamp_check(token, text, &trust, &again, &err), SCOV_E_AUTH);
	trust.from = INT64_MIN;
	for (size_t cut = 0; cut < token.len; cut += 3)
		assert_int_not_equal(
			timestamp_check(span_sub(token, 0, cut), text, &trust, &again, &err), 0);
	certificates_release(&roots);
}

/* What the token says of the text and of the time, changed by one bit. */
static void changed(void **state)
{
	struct certificates roots = { 0 };
	const struct timestamp_trust trust = { &roots, NULL, INT64_MIN, INT64_MAX };
	struct span token = content("embedded");
	uint8_t *other = arena_alloc(&files, token.len);
	size_t head =
		span_find_span(token, SPAN("\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x04"));
	struct scov_err err;
	int64_t at;

	(void)state;
	add(&roots, "root");
	assert_true(head < token.len);
	for (size_t i = head; i < head + 120; i++) {
		memcpy(other, token.p, token.len);
		other[i] ^= 1;
		assert_int_not_equal(
			timestamp_check(span_of(other, token.len), SPAN("abc"), &trust, &at, &err),
			0);
	}
	certificates_release(&roots);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tokens),
		cmocka_unit_test(windows),
		cmocka_unit_test(changed),
	};

	return cmocka_run_group_tests(tests, pki, folder_drop);
}
