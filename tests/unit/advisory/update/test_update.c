/* test_update.c - the rules of a signed manifest, and what updates remember.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "advisory/update/changed.h"
#include "advisory/update/repository.h"
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

/* RFC 8032, 7.1, test 1: somebody else's. */
static const char other_pem[] = "-----BEGIN PUBLIC KEY-----\n"
				"MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
				"-----END PUBLIC KEY-----\n";
static const char p256_pem[] = "-----BEGIN PUBLIC KEY-----\n"
			       "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt\n"
			       "6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==\n"
			       "-----END PUBLIC KEY-----\n";

static void keys_and_signatures(void **state)
{
	struct signed_keys keys = { 0 };
	struct buf signature = { 0 };
	struct scov_err err;
	char two[2 * sizeof(public_pem) + sizeof(private_pem)];

	(void)state;
	assert_int_equal(signed_keys_add(&keys, SPAN(public_pem), &err), 0);
	assert_int_equal(keys.n, 1);
	struct span spki = public_key_spki(keys.p[0]);

	check_span("key", span_from(spki, spki.len - 32), span_of(public_key, sizeof(public_key)));
	assert_int_equal(signed_make(SPAN(private_pem), SPAN("r"), &signature, &err), 0);
	check_span("signature", span_sub(buf_view(&signature), 0, sizeof(signature_head)),
		span_of(signature_head, sizeof(signature_head)));
	assert_int_equal(signature.len, SIGNED_SIZE);
	snprintf(two, sizeof(two), "%s%s%s", public_pem, private_pem, public_pem);
	for (size_t n = 3; n < SIGNED_KEYS_MAX; n += 2)
		assert_int_equal(signed_keys_add(&keys, span_str(two), &err), 0);
	assert_int_equal(keys.n, SIGNED_KEYS_MAX - 1);
	assert_int_equal(signed_keys_add(&keys, span_str(two), &err), SCOV_E_LIMIT);
	assert_int_equal(signed_keys_add(&keys, SPAN(private_pem), &err), SCOV_E_FORMAT);
	assert_int_equal(signed_keys_add(&keys, SPAN("no PEM"), &err), SCOV_E_FORMAT);
	assert_int_equal(keys.n, SIGNED_KEYS_MAX - 1);
	assert_int_equal(signed_keys_add(&keys, SPAN(p256_pem), &err), SCOV_E_FORMAT);
	signed_keys_release(&keys);
	assert_int_equal(signed_make(SPAN(public_pem), SPAN("r"), &signature, &err), SCOV_E_FORMAT);
	buf_release(&signature);
}

static void only_what_is_signed_is_read(void **state)
{
	struct arena a = { 0 };
	struct signed_keys keys = { 0 };
	const struct signed_keys none = { 0 };
	struct buf signature = { 0 };
	uint8_t signatures[2 * SIGNED_SIZE] = { 0 };
	struct advisory_manifest m;
	struct scov_err err;
	size_t which = 9;
	struct span text = SPAN(manifest), both = span_of(signatures, sizeof(signatures));

	(void)state;
	assert_int_equal(signed_keys_add(&keys, SPAN(other_pem), &err), 0);
	const struct signed_keys other = keys;

	assert_int_equal(signed_keys_add(&keys, SPAN(public_pem), &err), 0);
	assert_int_equal(signed_make(SPAN(private_pem), text, &signature, &err), 0);
	memcpy(signatures + SIGNED_SIZE, signature.p, SIGNED_SIZE);
	assert_int_equal(signed_open(text, both, &keys, &a, &m, &which, &err), 0);
	assert_int_equal(which, 1);
	assert_int_equal(m.sequence, 7);
	assert_int_equal(signed_open(text, both, &other, &a, &m, &which, &err), SCOV_E_AUTH);
	assert_int_equal(signed_open(text, both, &none, &a, &m, &which, &err), SCOV_E_AUTH);
	assert_int_equal(
		signed_open(span_from(text, 1), both, &keys, &a, &m, &which, &err), SCOV_E_AUTH);
	for (size_t cut = 1; cut <= sizeof(signatures); cut++) {
		struct span less = span_sub(both, 0, both.len - cut);
		int want = less.len && less.len % SIGNED_SIZE == 0 ? SCOV_E_AUTH : SCOV_E_FORMAT;

		assert_int_equal(signed_open(text, less, &keys, &a, &m, &which, &err), want);
	}
	signature.len = 0;
	assert_int_equal(
		signed_make(SPAN(private_pem), SPAN("{\"format\": 2}"), &signature, &err), 0);
	assert_int_equal(signed_open(SPAN("{\"format\": 2}"), buf_view(&signature), &keys, &a, &m,
				 &which, &err),
		SCOV_E_UNSUPPORTED);
	signed_keys_release(&keys);
	buf_release(&signature);
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

static void a_list_of_changes(void **state)
{
	static const struct {
		const char *name, *text;
		int code;
		size_t lines;
		bool is_over;
	} cases[] = {
		{ "until the first that is older",
			"2026-11-29T10:00:00.12Z,GHSA-2\n2026-11-28T10:00:00Z,ALSA-2026:1\n"
			"2026-11-27T00:00:00Z,GHSA-1\nwhat is older is not read\n",
			0, 2, true },
		{ "all are newer", "2026-11-29T10:00:00Z,GHSA-2\n", 0, 1, false },
		{ "a line without an end is not there", "2026-11-29T10:00:00Z,GHSA-2", 0, 0,
			false },
		{ "line ends of another system", "2026-11-29T10:00:00Z,GHSA-2\r\n", 0, 1, false },
		{ "a page instead", "<!DOCTYPE html>\n", SCOV_E_FORMAT, 0, false },
		{ "a head line", "modified,id\n", SCOV_E_FORMAT, 0, false },
		{ "not the newest first", "2026-11-28T10:00:00Z,A-1\n2026-11-29T10:00:00Z,A-2\n",
			SCOV_E_FORMAT, 1, false },
		{ "an id with a path", "2026-11-29T10:00:00Z,../../A-1\n", SCOV_E_FORMAT, 0,
			false },
		{ "an id with a query", "2026-11-29T10:00:00Z,A-1?x\n", SCOV_E_FORMAT, 0, false },
		{ "no id", "2026-11-29T10:00:00Z,\n", SCOV_E_FORMAT, 0, false },
		{ "no time", "yesterday,A-1\n", SCOV_E_FORMAT, 0, false },
	};
	scoped_arena struct arena a = { 0 };
	struct scov_err err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct changed_list l = { .since = 1795737600 }; /* 2026-11-27 */

		l.since += 3600;
		check(cases[i].name,
			changed_push(&l, span_str(cases[i].text), &a, &err) == cases[i].code &&
				l.lines.n == cases[i].lines && l.is_over == cases[i].is_over);
	}
}

static void records_that_have_changed(void **state)
{
	static const struct {
		const char *name, *record;
		int code;
	} cases[] = {
		{ "on several lines",
			"{\n \"id\": \"A-2\",\r\n \"modified\": \"2026-11-29T10:00:00.500Z\"}", 0 },
		{ "of another id", "{\"id\": \"A-3\"}", SCOV_E_FORMAT },
		{ "without an id", "{}", SCOV_E_FORMAT },
		{ "a page instead", "<html></html>", SCOV_E_FORMAT },
		{ "cut", "{\"id\": \"A-2\"", SCOV_E_FORMAT },
		{ "empty", "", SCOV_E_FORMAT },
	};
	static const struct changed_line same = { SPAN_INIT("2026-11-29T10:00:00.5Z"),
		SPAN_INIT("A-2") };
	static const struct changed_line later = { SPAN_INIT("2026-11-29T10:00:01Z"),
		SPAN_INIT("A-2") };
	scoped_arena struct arena a = { 0 };
	scoped_buf struct buf out = { 0 };
	struct changed c;
	struct scov_err err;

	(void)state;
	assert_int_equal(
		changed_load(SPAN("{\"id\":\"B-1\"}\n{\"id\":\"A-1\"}\n"), &a, &c, &err), 0);
	assert_false(changed_has(&c, &same));
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		check(cases[i].name, changed_put(&c, SPAN("A-2"), span_str(cases[i].record), &a,
					     &err) == cases[i].code);
	assert_true(changed_has(&c, &same));
	assert_false(changed_has(&c, &later));
	assert_int_equal(
		changed_put(&c, SPAN("B-1"), SPAN("{\"id\":\"B-1\",\"x\":1}"), &a, &err), 0);
	changed_write(&c, &out);
	check_span("as written", buf_view(&out),
		SPAN("{\"id\":\"A-1\"}\n"
		     "{  \"id\": \"A-2\",   \"modified\": \"2026-11-29T10:00:00.500Z\"}\n"
		     "{\"id\":\"B-1\",\"x\":1}\n"));
	assert_true(span_eq(changed_ids(&c, &a)[1], SPAN("A-2")));
}

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
#define SUM "<checksum type=\"sha256\">" ZEROS "</checksum>"

static void where_updateinfo_is(void **state)
{
	static const struct {
		const char *name, *text, *want; /* NULL: an error */
		bool is_list;
	} cases[] = {
		{ "a list", "https://a.example/2/core/1/x86_64/abc\nhttps://b.example\n",
			"https://a.example/2/core/1/x86_64/abc/", true },
		{ "a variable, a slash", "https://a.example/g/$basearch/\r\n",
			"https://a.example/g/x86_64/", true },
		{ "not https", "http://a.example/\n", NULL, true },
		{ "no host", "https:///\n", NULL, true },
		{ "a blank inside", "https://a.example/ b\n", NULL, true },
		{ "a page", "<html></html>", NULL, true },
		{ "no list", "", NULL, true },
		{ "a repomd.xml",
			"<repomd><data type=\"primary\"><location href=\"p\"/></data>"
			"<data type=\"updateinfo\">" SUM "<open-checksum type=\"sha256\">1"
			"</open-checksum><location "
			"href=\"repodata/1-updateinfo.xml.gz\"/></data><data "
			"type=\"other\"><location href=\"o\"/></data></repomd>",
			"repodata/1-updateinfo.xml.gz" },
		{ "without one",
			"<repomd><data type=\"primary\"><location href=\"p\"/></data></repomd>",
			NULL },
		{ "out of the repository",
			"<repomd><data type=\"updateinfo\">" SUM "<location "
			"href=\"../../x\"/></data></repomd>",
			NULL },
		{ "another host",
			"<repomd><data type=\"updateinfo\">" SUM "<location "
			"href=\"https://x/\"/></data></repomd>",
			NULL },
		{ "a query",
			"<repomd><data type=\"updateinfo\">" SUM "<location "
			"href=\"a?b\"/></data></repomd>",
			NULL },
		{ "no checksum",
			"<repomd><data type=\"primary\">" SUM "</data><data type=\"updateinfo\">"
			"<location href=\"a\"/></data></repomd>",
			NULL },
		{ "a weak checksum",
			"<repomd><data type=\"updateinfo\"><checksum type=\"sha\">" ZEROS
			"</checksum><location href=\"a\"/></data></repomd>",
			NULL },
		{ "cut", "<repomd><data type=\"updateinfo\">" SUM "<location href=\"a\"/>", NULL },
	};
	scoped_arena struct arena a = { 0 };
	struct scov_err err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct span text = span_str(cases[i].text), out = { 0 };
		struct digest sum;
		int code = cases[i].is_list
				   ? repository_address(text, &a, &out, &err)
				   : repository_updateinfo(text, &a, &out, &sum, &err);

		check(cases[i].name, code == (cases[i].want ? 0 : SCOV_E_FORMAT));
		if (cases[i].want)
			check_span(cases[i].name, out, span_str(cases[i].want));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_and_signatures),
		cmocka_unit_test(only_what_is_signed_is_read),
		cmocka_unit_test(only_forward),
		cmocka_unit_test(what_is_remembered),
		cmocka_unit_test(a_list_of_changes),
		cmocka_unit_test(where_updateinfo_is),
		cmocka_unit_test(records_that_have_changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
