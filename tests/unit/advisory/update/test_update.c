/* test_update.c - the rules of a signed manifest, and what updates remember.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "advisory/update/signed.h"
#include "advisory/update/state.h"
#include "tests/unit/unit.h"

/* RFC 8032, 7.1, test 2: secret key, public key, and the signature of the byte 0x72. */
static const char private_pem[] =
	"-----BEGIN PRIVATE KEY-----\n"
	"MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7\n"
	"-----END PRIVATE KEY-----\n";
static const uint8_t public_key[] = { 0x3d, 0x40, 0x17, 0xc3, 0xe8, 0x43, 0x89, 0x5a, 0x92, 0xb7,
	0x0a, 0xa7, 0x4d, 0x1b, 0x7e, 0xbc, 0x9c, 0x98, 0x2c, 0xcf, 0x2e, 0xc4, 0x96, 0x8c, 0xc0,
	0xcd, 0x55, 0xf1, 0x2a, 0xf4, 0x66, 0x0c };
static const char public_pem[] = "-----BEGIN PUBLIC KEY-----\n"
				 "MCowBQYDK2VwAyEAPUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=\n"
				 "-----END PUBLIC KEY-----\n";
static const uint8_t signature_head[] = { 0x92, 0xa0, 0x09, 0xa9, 0xf0, 0xd4, 0xca, 0xb8 };

static const char manifest[] =
	"{\"format\": 1, \"built\": \"2026-11-29\", \"sequence\": 7, \"expires\": "
	"\"2026-12-13\", \"sources\": [], \"files\": []}";

static void keys_and_signatures(void **state)
{
	struct sign_key keys[2];
	uint8_t signature[SIGN_SIZE];
	struct scov_err err;
	char two[2 * sizeof(public_pem) + sizeof(private_pem)];
	size_t n = 9;

	(void)state;
	assert_int_equal(sign_public_keys(SPAN(public_pem), keys, 2, &n, &err), 0);
	assert_int_equal(n, 1);
	assert_memory_equal(keys[0].bytes, public_key, SIGN_KEY_SIZE);
	assert_int_equal(sign_make(SPAN(private_pem), SPAN("r"), signature, &err), 0);
	assert_memory_equal(signature, signature_head, sizeof(signature_head));
	assert_true(sign_check(&keys[0], SPAN("r"), signature));
	assert_false(sign_check(&keys[0], SPAN("s"), signature));
	signature[63] ^= 1;
	assert_false(sign_check(&keys[0], SPAN("r"), signature));
	snprintf(two, sizeof(two), "%s%s%s", public_pem, private_pem, public_pem);
	assert_int_equal(sign_public_keys(span_str(two), keys, 2, &n, &err), 0);
	assert_int_equal(n, 2);
	assert_int_equal(sign_public_keys(span_str(two), keys, 1, &n, &err), SCOV_E_LIMIT);
	assert_int_equal(sign_public_keys(SPAN(private_pem), keys, 2, &n, &err), SCOV_E_FORMAT);
	assert_int_equal(sign_public_keys(SPAN("no PEM"), keys, 2, &n, &err), SCOV_E_FORMAT);
	assert_int_equal(sign_make(SPAN(public_pem), SPAN("r"), signature, &err), SCOV_E_FORMAT);
	strstr(two, "MCow")[1] = 'X';
	assert_int_equal(sign_public_keys(span_str(two), keys, 2, &n, &err), SCOV_E_FORMAT);
}

static void only_what_is_signed_is_read(void **state)
{
	struct arena a = { 0 };
	/* RFC 8032, 7.1, test 1: somebody else's */
	struct sign_key keys[2] = { { { 0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b,
		0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a, 0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25,
		0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a } } };
	uint8_t signatures[2 * SIGN_SIZE] = { 0 };
	struct advisory_manifest m;
	struct scov_err err;
	size_t n, which = 9;
	struct span text = SPAN(manifest), both = span_of(signatures, sizeof(signatures));

	(void)state;
	assert_int_equal(sign_public_keys(SPAN(public_pem), &keys[1], 1, &n, &err), 0);
	assert_int_equal(sign_make(SPAN(private_pem), text, signatures + SIGN_SIZE, &err), 0);
	assert_int_equal(signed_open(text, both, keys, 2, &a, &m, &which, &err), 0);
	assert_int_equal(which, 1);
	assert_int_equal(m.sequence, 7);
	assert_int_equal(signed_open(text, both, keys, 1, &a, &m, &which, &err), SCOV_E_AUTH);
	assert_int_equal(signed_open(text, both, keys, 0, &a, &m, &which, &err), SCOV_E_AUTH);
	assert_int_equal(
		signed_open(span_from(text, 1), both, keys, 2, &a, &m, &which, &err), SCOV_E_AUTH);
	for (size_t cut = 1; cut <= sizeof(signatures); cut++) {
		struct span less = span_sub(both, 0, both.len - cut);
		int want = less.len && less.len % SIGN_SIZE == 0 ? SCOV_E_AUTH : SCOV_E_FORMAT;

		assert_int_equal(signed_open(text, less, keys, 2, &a, &m, &which, &err), want);
	}
	assert_int_equal(
		sign_make(SPAN(private_pem), SPAN("{\"format\": 2}"), signatures, &err), 0);
	assert_int_equal(signed_open(SPAN("{\"format\": 2}"), both, keys, 2, &a, &m, &which, &err),
		SCOV_E_UNSUPPORTED);
	arena_release(&a);
}

static void only_forward(void **state)
{
	const struct advisory_manifest m = { .sequence = 7, .expires = 20800 };
	const struct advisory_manifest unpublished = { .built = 20000 };
	struct scov_err err;

	(void)state;
	assert_int_equal(signed_is_fresh(&m, 0, 20790, &err), 0);
	assert_int_equal(signed_is_fresh(&m, 7, 20800, &err), 0);
	assert_int_equal(signed_is_fresh(&m, 8, 20790, &err), SCOV_E_AUTH);
	assert_int_equal(signed_is_fresh(&m, 7, 20801, &err), SCOV_E_AUTH);
	assert_int_equal(signed_is_fresh(&unpublished, 0, 20000, &err), SCOV_E_AUTH);
}

static void what_is_remembered(void **state)
{
	struct arena a = { 0 };
	struct update_state s = { 0 }, again;
	struct buf text = { 0 };
	struct scov_err err;

	(void)state;
	state_set(&s, "etag", SPAN("osv-npm"), SPAN("\"a b\""), &a);
	state_set(&s, "wanted", SPAN("npm"), SPAN("yes"), &a);
	state_set(&s, "etag", SPAN("osv-npm"), SPAN("W/\"c d\""), &a);
	state_set(&s, "etag", SPAN("osv-go"), SPAN("x\ny"), &a);
	state_set(&s, "wanted", SPAN("go"), SPAN("yes"), &a);
	state_set(&s, "wanted", SPAN("go"), SPAN(""), &a);
	state_write(&text, &s);
	assert_true(span_eq(buf_view(&text), SPAN("etag osv-npm W/\"c d\"\nwanted npm yes\n")));
	assert_int_equal(state_parse(buf_view(&text), &a, &again, &err), 0);
	assert_true(span_eq(state_get(&again, "etag", SPAN("osv-npm")), SPAN("W/\"c d\"")));
	assert_int_equal(state_get(&again, "etag", SPAN("npm")).len, 0);
	assert_int_equal(state_parse(SPAN("etag x\n"), &a, &again, &err), SCOV_E_FORMAT);
	assert_int_equal(state_parse(SPAN("\n"), &a, &again, &err), SCOV_E_FORMAT);
	buf_release(&text);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_and_signatures),
		cmocka_unit_test(only_what_is_signed_is_read),
		cmocka_unit_test(only_forward),
		cmocka_unit_test(what_is_remembered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
