/* test_known_keys.c - published test vectors, and the list of publicly known keys.
 *
 * Vectors: AES of FIPS 197 appendix C.1; MILENAGE of 3GPP TS 35.208 sets 1, 2, 3 and 19; the home
 * network keys of 3GPP TS 33.501 annex C.4; PBKDF2 of RFC 6070; HMAC of RFC 2202 and RFC 4231. They
 * are here as bytes; what a file would hold is made of them at run time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tests/unit/unit.h"

#include "crypto/aes.h"
#include "crypto/key.h"
#include "crypto/password.h"
#include "secret/proof/known_key.h"
#include "secret/proof/proof.h"

static void hex_of(const uint8_t *p, size_t n, char *out)
{
	for (size_t i = 0; i < n; i++)
		snprintf(out + 2 * i, 3, "%02x", p[i]);
}

static struct proof ask(const char *name, const char *value, const char *window)
{
	scoped_arena struct arena a = { .limit = 1 << 20 };
	struct candidate c = { span_str(value), span_str(window), { 0 }, &a, NULL };
	struct proof p = { 0 };

	assert_int_equal((validator_find(span_str(name))->check)(&c, SPAN(""), &p), 0);
	return p;
}

static void aes(void **state)
{
	(void)state;
	static const uint8_t want[] = { 0x69, 0xc4, 0xe0, 0xd8, 0x6a, 0x7b, 0x04, 0x30, 0xd8, 0xcd,
		0xb7, 0x80, 0x70, 0xb4, 0xc5, 0x5a };
	uint8_t key[16], in[16], out[16];

	for (uint8_t i = 0; i < 16; i++) {
		key[i] = i;
		in[i] = (uint8_t)(i * 0x11);
	}
	assert_true(aes128_block(key, in, out));
	assert_memory_equal(out, want, 16);
}

static const struct {
	const char *row;
	uint8_t k[16], op[16], opc[16];
} sets[] = {
	{ "set 1",
		{ 0x46, 0x5b, 0x5c, 0xe8, 0xb1, 0x99, 0xb4, 0x9f, 0xaa, 0x5f, 0x0a, 0x2e, 0xe2,
			0x38, 0xa6, 0xbc },
		{ 0xcd, 0xc2, 0x02, 0xd5, 0x12, 0x3e, 0x20, 0xf6, 0x2b, 0x6d, 0x67, 0x6a, 0xc7,
			0x2c, 0xb3, 0x18 },
		{ 0xcd, 0x63, 0xcb, 0x71, 0x95, 0x4a, 0x9f, 0x4e, 0x48, 0xa5, 0x99, 0x4e, 0x37,
			0xa0, 0x2b, 0xaf } },
	{ "set 3",
		{ 0xfe, 0xc8, 0x6b, 0xa6, 0xeb, 0x70, 0x7e, 0xd0, 0x89, 0x05, 0x75, 0x7b, 0x1b,
			0xb4, 0x4b, 0x8f },
		{ 0xdb, 0xc5, 0x9a, 0xdc, 0xb6, 0xf9, 0xa0, 0xef, 0x73, 0x54, 0x77, 0xb7, 0xfa,
			0xdf, 0x83, 0x74 },
		{ 0x10, 0x06, 0x02, 0x0f, 0x0a, 0x47, 0x8b, 0xf6, 0xb6, 0x99, 0xf1, 0x5c, 0x06,
			0x2e, 0x42, 0xb3 } },
	{ "set 19",
		{ 0x51, 0x22, 0x25, 0x02, 0x14, 0xc3, 0x3e, 0x72, 0x3a, 0x5d, 0xd5, 0x23, 0xfc,
			0x14, 0x5f, 0xc0 },
		{ 0xc9, 0xe8, 0x76, 0x32, 0x86, 0xb5, 0xb9, 0xff, 0xbd, 0xf5, 0x6e, 0x12, 0x97,
			0xd0, 0x88, 0x7b },
		{ 0x98, 0x1d, 0x46, 0x4c, 0x7c, 0x52, 0xeb, 0x6e, 0x50, 0x36, 0x23, 0x49, 0x84,
			0xad, 0x0b, 0xcf } },
};

/* Each of the three is proved by the other two, and known. */
static void milenage(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(sets) / sizeof(*sets); i++) {
		char k[33], op[33], opc[33], window[200], broken[200];

		hex_of(sets[i].k, 16, k);
		hex_of(sets[i].op, 16, op);
		hex_of(sets[i].opc, 16, opc);
		snprintf(window, sizeof(window), "k: %s, op: %s, opc: %s", k, op, opc);
		const char *const values[] = { k, op, opc };

		for (size_t v = 0; v < 3; v++) {
			struct proof p = ask("milenage-opc", values[v], window);

			check(sets[i].row, p.validity == VALID_PROVEN && p.how == PROOF_KNOWN &&
						   p.known && (p.flags & SECRET_TELECOM));
			check(sets[i].row, strstr(p.detail, "publicly known"));
		}
		/* Unknown keys of the same kind: not listed, and proved by nothing. */
		k[0] = k[0] == '1' ? '2' : '1';
		snprintf(broken, sizeof(broken), "k: %s, op: %s, opc: %s", k, op, opc);
		struct proof p = ask("milenage-opc", k, broken);

		check(sets[i].row, p.validity == VALID_UNKNOWN && !p.known);
		p = ask("known-key", k, k);
		check(sets[i].row, p.validity == VALID_UNKNOWN && !p.known);
	}
}

static const uint8_t profile_a[] = { 0xc5, 0x3c, 0x22, 0x20, 0x8b, 0x61, 0x86, 0x0b, 0x06, 0xc6,
	0x2e, 0x54, 0x06, 0xa7, 0xb3, 0x30, 0xc2, 0xb5, 0x77, 0xaa, 0x55, 0x58, 0x98, 0x15, 0x10,
	0xd1, 0x28, 0x24, 0x7d, 0x38, 0xbd, 0x1d };
static const uint8_t public_a[] = { 0x5a, 0x8d, 0x38, 0x86, 0x48, 0x20, 0x19, 0x7c, 0x33, 0x94,
	0xb9, 0x26, 0x13, 0xb2, 0x0b, 0x91, 0x63, 0x3c, 0xbd, 0x89, 0x71, 0x19, 0x27, 0x3b, 0xf8,
	0xe4, 0xa6, 0xf4, 0xee, 0xc0, 0xa6, 0x50 };
static const uint8_t profile_b[] = { 0xf1, 0xab, 0x10, 0x74, 0x47, 0x7e, 0xbc, 0xc7, 0xf5, 0x54,
	0xea, 0x1c, 0x5f, 0xc3, 0x68, 0xb1, 0x61, 0x67, 0x30, 0x15, 0x5e, 0x00, 0x41, 0xac, 0x44,
	0x7d, 0x63, 0x01, 0x97, 0x5f, 0xec, 0xda };
static const uint8_t public_b[] = { 0x02, 0x72, 0xda, 0x71, 0x97, 0x62, 0x34, 0xce, 0x83, 0x3a,
	0x69, 0x07, 0x42, 0x58, 0x67, 0xb8, 0x2e, 0x07, 0x4d, 0x44, 0xef, 0x90, 0x7d, 0xfb, 0x4b,
	0x3e, 0x21, 0xc1, 0xc2, 0x25, 0x6e, 0xbc, 0xd1 };

static void home_network(void **state)
{
	(void)state;
	static const struct {
		const char *row, *name;
		struct span private, public;
		enum key_curve curve;
	} cases[] = {
		{ "profile A", "x25519-pair", { profile_a, 32 }, { public_a, 32 }, CURVE_X25519 },
		{ "profile B", "p256-pair", { profile_b, 32 }, { public_b, 33 }, CURVE_P256 },
	};

	for (size_t i = 0; i < 2; i++) {
		uint8_t point[KEY_PUBLIC_MAX];
		char private[65], public[67], window[200];
		size_t len, skip = cases[i].public.len - 32;

		check(cases[i].row, key_public(cases[i].curve, cases[i].private, point, &len));
		check(cases[i].row,
			span_eq(span_of(point + skip, 32), span_from(cases[i].public, skip)));
		hex_of(cases[i].private.p, 32, private);
		hex_of(cases[i].public.p, cases[i].public.len, public);
		snprintf(
			window, sizeof(window), "PrivateKey: %s\nPublicKey: %s\n", private, public);
		struct proof p = ask(cases[i].name, private, window);

		check(cases[i].row, p.validity == VALID_PROVEN && p.how == PROOF_KNOWN && p.known &&
					    p.has_public && (p.flags & SECRET_TELECOM));
		/* Alone it is still the known one; another key is not. */
		p = ask(cases[i].name, private, private);
		check(cases[i].row, p.validity == VALID_PROVEN && p.known);
		private[9] = private[9] == '1' ? '2' : '1';
		p = ask(cases[i].name, private, window);
		check(cases[i].row, p.validity == VALID_UNKNOWN && !p.known);
	}
}

static void derivations(void **state)
{
	(void)state;
	static const struct {
		const char *row;
		enum hash_kind hash;
		uint32_t rounds;
		uint8_t head[4];
	} cases[] = {
		{ "RFC 6070, 1 round", HASH_SHA1, 1, { 0x0c, 0x60, 0xc8, 0x0f } },
		{ "RFC 6070, 2 rounds", HASH_SHA1, 2, { 0xea, 0x6c, 0x01, 0x4d } },
		{ "RFC 6070, 4096 rounds", HASH_SHA1, 4096, { 0x4b, 0x00, 0x79, 0x01 } },
	};
	uint8_t out[HASH_MAX];

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		check(cases[i].row, password_pbkdf2(cases[i].hash, SPAN("password"), SPAN("salt"),
					    cases[i].rounds, out, 20));
		check(cases[i].row, memcmp(out, cases[i].head, 4) == 0);
	}
	static const uint8_t sha1[] = { 0xef, 0xfc, 0xdf, 0x6a },
			     sha256[] = { 0x5b, 0xdc, 0xc1, 0x46 };

	assert_true(hash_hmac(HASH_SHA1, SPAN("Jefe"), SPAN("what do ya want for nothing?"), out));
	assert_memory_equal(out, sha1, 4);
	assert_true(
		hash_hmac(HASH_SHA256, SPAN("Jefe"), SPAN("what do ya want for nothing?"), out));
	assert_memory_equal(out, sha256, 4);
	/* Refused: no rounds, too long a key or password, no hash. */
	assert_false(password_pbkdf2(HASH_SHA1, SPAN("p"), SPAN("s"), 0, out, 20));
	assert_false(password_pbkdf2(HASH_SHA1, SPAN("p"), SPAN("s"), UINT32_MAX, out, 20));
	assert_false(password_pbkdf2(HASH_SHA1, SPAN("p"), SPAN("s"), 1, out, 33));
	assert_false(password_pbkdf2(HASH_NONE, SPAN("p"), SPAN("s"), 1, out, 20));
	assert_false(password_pkcs12(HASH_SHA1, 1, SPAN("p"), SPAN(""), 1, out, 20));
	assert_false(cipher_open(
		CIPHER_AES128, SPAN("short"), SPAN("iv"), SPAN("data"), out, &(size_t){ 0 }));
}

/* Every row is reached by its hash and says what its use says. */
static void rows(void **state)
{
	(void)state;
	size_t test = 0, service = 0, values = 0;

	for (size_t i = 0; i < known_keys_n; i++) {
		const struct known_key *k = &known_keys[i];
		char name[200];
		uint8_t hash[32];
		struct proof p = { 0 };
		bool is_test = span_eq(k->use, SPAN("test"));

		snprintf(name, sizeof(name), "%.*s", SPAN_ARG(k->name));
		check(name, text_hex(k->hash, hash, 32));
		if (span_eq(k->use, SPAN("value"))) { /* of a text, never of a key */
			proof_known_hash(hash, &p);
			check(name, p.validity == VALID_UNKNOWN && !p.flags);
			values++;
			continue;
		}
		proof_known_hash(hash, &p);
		check(name, p.validity == VALID_PROVEN && p.detail);
		check(name, is_test == !p.known && is_test == !!(p.flags & SECRET_EXAMPLE));
		check(name, is_test == (p.how != PROOF_KNOWN));
		check(name, !span_eq(k->use, SPAN("telecom")) || (p.flags & SECRET_TELECOM));
		check(name, !span_eq(k->use, SPAN("ca")) || (p.flags & SECRET_CA));
		check(name, is_test || span_eq(k->use, SPAN("telecom")) ||
				    span_eq(k->use, SPAN("tls")) || span_eq(k->use, SPAN("ca")) ||
				    span_eq(k->use, SPAN("product")));
		test += is_test;
		service += !is_test;
		hash[31] ^= 1;
		p = (struct proof){ 0 };
		proof_known_hash(hash, &p);
		check(name, p.validity == VALID_UNKNOWN && !p.known && !p.flags);
	}
	assert_true(test > 100 && service > 60 && values > 80);
}

/* RFC 7617, RFC 6749, jwt.io (under another signature), and what is none of them. */
static void published(void **state)
{
	(void)state;
	assert_non_null(value_published(SPAN("QWxhZGRpbjpvcGVuIHNlc2FtZQ==")));
	assert_non_null(value_published(SPAN("czZCaGRSa3F0MzpnWDFmQmF0M2JW")));
	assert_non_null(value_published(SPAN(
		"x.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.y")));
	assert_null(value_published(SPAN("QWxhZGRpbjpvcGVuIHNlc2FtZQ=")));
	assert_null(value_published(SPAN("x.eyJzdWIiOiIxMjM0NTY3ODkwIn0.y")));
	assert_null(value_published(SPAN("x.y")));
	assert_null(value_published(SPAN("")));
}

/* A whole container is known whatever its kind: GnuTLS tests itself with curves not computed here.
 */
static void details(void **state)
{
	(void)state;
	struct proof p = { 0 };

	proof_proven(&p, PROOF_PARSED, "a key that parses");
	assert_string_equal(p.detail, "a key that parses");
	assert_int_equal(proof_unknown(&p, "something else"), 0);
	assert_int_equal(p.validity, VALID_PROVEN); /* proven stays proven */
	p = (struct proof){ .known = "a name", .how = PROOF_KNOWN, .detail = "listed" };
	proof_proven(&p, PROOF_PAIR, "a pair");
	assert_int_equal(p.how, PROOF_KNOWN);
	assert_string_equal(p.detail, "listed");
	proof_invalid(&p, "broken");
	assert_int_equal(p.validity, VALID_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(aes),
		cmocka_unit_test(milenage),
		cmocka_unit_test(home_network),
		cmocka_unit_test(derivations),
		cmocka_unit_test(rows),
		cmocka_unit_test(published),
		cmocka_unit_test(details),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
