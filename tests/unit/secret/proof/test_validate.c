/* test_validate.c - validators over checksums, key containers made by the tools of the system, and
 * broken copies.
 *
 * No key is here: openssl, ssh-keygen and keytool make them when the test runs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"
#include "crypto/aes.h"
#include "crypto/key.h"
#include "secret/proof/pbe.h"
#include "secret/rules/rule.h"
#include "secret/proof/validate.h"
#include "secret/value/value.h"

static char folder[] = "/tmp/scoville-validate-XXXXXX";

static struct proof ask(
	const char *name, struct span parameter, struct span value, struct span window)
{
	scoped_arena struct arena a = { .limit = 16 << 20 };
	struct candidate c = { .value = value, .window = window, .scratch = &a };
	const struct validator *v = validator_find(span_str(name));
	struct proof p = { 0 };

	check(name, v != NULL);
	check(name, (v->check)(&c, parameter, &p) == 0);
	return p;
}

static void is(const char *row, struct proof p, enum validity want)
{
	if (p.validity != want)
		fail_msg("%s: validity %d, want %d (%s)", row, p.validity, want,
			p.detail ? p.detail : "");
}

static void table_is_sorted(void **state)
{
	(void)state;
	for (size_t i = 1; validators[i]; i++)
		check(validators[i]->name,
			strcmp(validators[i - 1]->name, validators[i]->name) < 0);
}

/* doc/formats/secret-rules.md has a line of each. */
static void table_is_documented(void **state)
{
	scoped_arena struct arena a = { .limit = 1 << 20 };
	struct span doc = { 0 };

	(void)state;
	/* Tests run in the build folder. */
	if (fd_load(AT_FDCWD, "../doc/formats/secret-rules.md", 1 << 20, &a, &doc, NULL))
		skip();
	for (size_t i = 0; validators[i]; i++) {
		char name[80];

		snprintf(name, sizeof(name), "`%s", validators[i]->name);
		check(validators[i]->name, span_has(doc, span_str(name)));
		check(validators[i]->name, validators[i]->help && *validators[i]->help);
	}
}

/* Published checksums: CRC-32 of "123456789" is cbf43926; BIP 173 lists valid and broken strings.
 */
static void checksums(void **state)
{
	(void)state;
	static const struct {
		const char *row, *name;
		struct span parameter, value;
		enum validity want;
	} cases[] = {
		{ "crc32 good", "crc32-hex", SPAN_INIT("9+8"),
			SPAN_INIT("123456789"
				  "cbf43926"),
			VALID_PROVEN },
		{ "crc32 all before", "crc32-hex", SPAN_INIT("*+8"),
			SPAN_INIT("123456789"
				  "CBF43926"),
			VALID_PROVEN },
		{ "crc32 with a gap", "crc32-hex", SPAN_INIT("9+1+8"),
			SPAN_INIT("123456789_cbf43926"), VALID_PROVEN },
		{ "crc32 low byte first", "crc32-le-hex", SPAN_INIT("9+1+8"),
			SPAN_INIT("123456789_2639f4cb"), VALID_PROVEN },
		{ "crc32 low byte last", "crc32-le-hex", SPAN_INIT("9+1+8"),
			SPAN_INIT("123456789_cbf43926"), VALID_INVALID },
		{ "crc32 base62", "crc32-base62", SPAN_INIT("9+6"),
			SPAN_INIT("123456789"
				  "3jZRME"),
			VALID_PROVEN },
		{ "crc32 base62 wrong", "crc32-base62", SPAN_INIT("9+6"),
			SPAN_INIT("123456789"
				  "3jZRM0"),
			VALID_INVALID },
		{ "shorter than its sum", "crc32-base62", SPAN_INIT("30+6"), SPAN_INIT("abc"),
			VALID_UNKNOWN },
		{ "a parameter that is not one", "crc32-base62", SPAN_INIT("x"),
			SPAN_INIT("abcdefghijkl"), VALID_UNKNOWN },
		{ "bech32 of BIP 173", "bech32", SPAN_INIT(""), SPAN_INIT("A12UEL5L"),
			VALID_PROVEN },
		{ "bech32 of BIP 173, small", "bech32", SPAN_INIT(""), SPAN_INIT("a12uel5l"),
			VALID_PROVEN },
		{ "bech32, split", "bech32", SPAN_INIT(""),
			SPAN_INIT("split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w"),
			VALID_PROVEN },
		{ "bech32, one letter off", "bech32", SPAN_INIT(""), SPAN_INIT("A12UEL5M"),
			VALID_INVALID },
		{ "bech32, mixed case", "bech32", SPAN_INIT(""), SPAN_INIT("A12uEL5L"),
			VALID_INVALID },
		{ "bech32, no separator", "bech32", SPAN_INIT(""), SPAN_INIT("pzry9x0s0muk"),
			VALID_INVALID },
		{ "bech32, too short a sum", "bech32", SPAN_INIT(""), SPAN_INIT("li1dgmt3"),
			VALID_INVALID },
		{ "luhn", "luhn", SPAN_INIT(""), SPAN_INIT("79927398713"), VALID_PROVEN },
		{ "luhn off", "luhn", SPAN_INIT(""), SPAN_INIT("79927398710"), VALID_INVALID },
		{ "luhn of letters", "luhn", SPAN_INIT(""), SPAN_INIT("7992739871x"),
			VALID_INVALID },
		{ "3 bytes", "base64-len", SPAN_INIT("2,3"), SPAN_INIT("AAAA"), VALID_PROVEN },
		{ "not 4 bytes", "base64-len", SPAN_INIT("4"), SPAN_INIT("AAAA"), VALID_INVALID },
		{ "not base64", "base64-len", SPAN_INIT("3"), SPAN_INIT("A*AA"), VALID_INVALID },
		{ "nkey not base32", "crc16-nkey", SPAN_INIT(""), SPAN_INIT("SU1111111111"),
			VALID_INVALID },
		{ "nkey wrong", "crc16-nkey", SPAN_INIT(""), SPAN_INIT("SUAAAAAAAAAAAAAA"),
			VALID_INVALID },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		is(cases[i].row,
			ask(cases[i].name, cases[i].parameter, cases[i].value, cases[i].value),
			cases[i].want);
}

static void fields(void **state)
{
	(void)state;
	static const struct {
		const char *row, *name;
		struct span value;
		enum validity want;
	} cases[] = {
		{ "no password", "shadow-field", SPAN_INIT("root::19000:0:99999:7:::"),
			VALID_PROVEN },
		{ "locked", "shadow-field", SPAN_INIT("root:*:19000:0:99999:7:::"),
			VALID_HARMLESS },
		{ "locked twice", "shadow-field", SPAN_INIT("bin:!!:19000::::::"), VALID_HARMLESS },
		{ "in shadow", "shadow-field", SPAN_INIT("x"), VALID_HARMLESS },
		{ "a hash cut off", "shadow-field", SPAN_INIT("$6$salt$abc"), VALID_INVALID },
		{ "no hash", "shadow-field", SPAN_INIT("hello"), VALID_INVALID },
		{ "SHA-1 of htpasswd", "shadow-field",
			SPAN_INIT("{SHA}AAAAAAAAAAAAAAAAAAAAAAAAAAA="), VALID_PROVEN },
		{ "salted SHA-1 of LDAP", "shadow-field",
			SPAN_INIT("{SSHA}AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), VALID_PROVEN },
		{ "SHA-1 cut off", "shadow-field", SPAN_INIT("{SHA}AAAAAAAA"), VALID_INVALID },
		{ "a scheme that is not one", "shadow-field", SPAN_INIT("{CLEARTEXT}abc"),
			VALID_INVALID },
		{ "Argon2", "shadow-field",
			SPAN_INIT(
				"$argon2id$v=19$m=65536,t=3,p=4$AAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAA"),
			VALID_PROVEN },
		{ "Argon2 without its hash", "shadow-field",
			SPAN_INIT("$argon2id$v=19$m=65536,t=3,p=4$"), VALID_INVALID },
		{ "bcrypt", "shadow-field",
			SPAN_INIT(
				"me:$2y$05$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
			VALID_PROVEN },
		{ "bcrypt, one too few", "shadow-field",
			SPAN_INIT("me:$2y$05$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
			VALID_INVALID },
		{ "apr1", "shadow-field", SPAN_INIT("me:$apr1$AAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA"),
			VALID_PROVEN },
		{ "no user", "docker-auth", SPAN_INIT("OnBhc3N3b3JkLTc3"), VALID_HARMLESS },
		{ "a user alone", "docker-auth", SPAN_INIT("dXNlcjo="), VALID_HARMLESS },
		{ "Bouncy Castle, cut off", "bks-store", SPAN_INIT("\0\0\0\2\0\0\0\x14"),
			VALID_INVALID },
		{ "Bouncy Castle, another salt", "bks-store", SPAN_INIT("\0\0\0\2\0\0\0\x15"),
			VALID_INVALID },
		{ "not NSS", "nss-keys", SPAN_INIT("SQLite format 3"), VALID_INVALID },
		{ "base64 of nothing", "base64-key", SPAN_INIT("AAAA"), VALID_INVALID },
		{ "base64 of a marker", "base64-key",
			SPAN_INIT("LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCg=="), VALID_HARMLESS },
		{ "no name", "shadow-field", SPAN_INIT(":x:1"), VALID_INVALID },
		{ "user and password", "basic-auth", SPAN_INIT("YWxhZGRpbjpvcGVuLXNlc2FtLTc3"),
			VALID_PROVEN },
		{ "no colon", "basic-auth", SPAN_INIT("aGVsbG8="), VALID_INVALID },
		{ "no password at all", "basic-auth", SPAN_INIT("dXNlcjo="), VALID_HARMLESS },
		{ "control bytes", "docker-auth", SPAN_INIT("AAE6Av8="), VALID_INVALID },
		{ "no token", "jwt", SPAN_INIT("a.b.c"), VALID_INVALID },
		{ "one part", "jwt", SPAN_INIT("eyJhbGciOiJub25lIn0"), VALID_INVALID },
		{ "unsigned", "jwt", SPAN_INIT("eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0."),
			VALID_UNKNOWN },
		{ "no macaroon", "macaroon", SPAN_INIT("AAAAAAAA"), VALID_INVALID },
		{ "marker alone", "pem-key", SPAN_INIT("-----BEGIN PRIVATE KEY-----\n...\n"),
			VALID_HARMLESS },
		{ "a public key", "pem-key",
			SPAN_INIT("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"),
			VALID_HARMLESS },
		{ "not a store", "pkcs12-open", SPAN_INIT("\x30\x03\x02\x01\x03"), VALID_INVALID },
		{ "not a Java store", "jks-entries",
			SPAN_INIT("\xfe\xed\xfe\xed\0\0\0\2\xff\xff\xff\xff"), VALID_INVALID },
		{ "not PuTTY's", "ppk", SPAN_INIT("PuTTY-User-Key-File-9: x\n"), VALID_INVALID },
		{ "not PGP", "pgp-packet", SPAN_INIT("\x95\xff"), VALID_INVALID },
		{ "length without end", "asn1-key", SPAN_INIT("\x30\x84\xff\xff\xff\xff"),
			VALID_INVALID },
		{ "BER, no length", "asn1-key", SPAN_INIT("\x30\x80\0\0"), VALID_INVALID },
		{ "nothing", "asn1-key", SPAN_INIT(""), VALID_INVALID },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		is(cases[i].row, ask(cases[i].name, SPAN(""), cases[i].value, cases[i].value),
			cases[i].want);
}

/* When values end: a token of Amazon's registry, signed URLs. */
static void ends(void **state)
{
	(void)state;
	static const struct {
		const char *row, *name;
		struct span parameter, value, window;
		int64_t want;
	} cases[] = {
		{ "Azure", "url-expiry", SPAN_INIT(""), SPAN_INIT("abcdef"),
			SPAN_INIT(
				"x https://a.example/b?sv=1&se=2020-01-02T00%3A00%3A00Z&sig=abcdef "
				"y"),
			1577923200 },
		{ "Azure, a day", "url-expiry", SPAN_INIT(""), SPAN_INIT("abcdef"),
			SPAN_INIT("\"?se=2020-01-02&sig=abcdef\""), 1577923200 },
		{ "seconds", "url-expiry", SPAN_INIT(""), SPAN_INIT("abcdef"),
			SPAN_INIT("?Expires=1577923200&Signature=abcdef"), 1577923200 },
		{ "by name", "url-expiry", SPAN_INIT("ttl"), SPAN_INIT("abcdef"),
			SPAN_INIT("?sig=abcdef&ttl=1577923200"), 1577923200 },
		{ "of another URL", "url-expiry", SPAN_INIT(""), SPAN_INIT("abcdef"),
			SPAN_INIT("?se=2020-01-02&sig=xyz ?sig=abcdef"), 0 },
		{ "the end of a longer name", "url-expiry", SPAN_INIT(""), SPAN_INIT("abcdef"),
			SPAN_INIT("?base=2020-01-02&sig=abcdef"), 0 },
		{ "no day", "url-expiry", SPAN_INIT(""), SPAN_INIT("abcdef"),
			SPAN_INIT("?se=2020-13-02&sig=abcdef"), 0 },
		{ "a year of five digits", "url-expiry", SPAN_INIT(""), SPAN_INIT("abcdef"),
			SPAN_INIT("?se=99999999999999&sig=abcdef"), 0 },
		{ "none", "url-expiry", SPAN_INIT(""), SPAN_INIT("abcdef"), SPAN_INIT("abcdef"),
			0 },
		{ "Amazon's registry", "docker-auth", SPAN_INIT(""),
			SPAN_INIT("QVdTOmV5SmxlSEJwY21GMGFXOXVJam94TlRjM09USXpNakF3ZlE9PQ=="),
			SPAN_INIT(""), 1577923200 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct proof p =
			ask(cases[i].name, cases[i].parameter, cases[i].value, cases[i].window);

		if (p.expires != cases[i].want)
			fail_msg("%s: ends %lld", cases[i].row, (long long)p.expires);
	}
}

static void hex_of(const uint8_t *p, size_t n, char *out)
{
	for (size_t i = 0; i < n; i++)
		snprintf(out + 2 * i, 3, "%02x", p[i]);
}

static void milenage(void **state)
{
	(void)state;
	uint8_t k[16], op[16], opc[16];
	char kt[33], opt[33], opct[33], window[200];

	for (size_t i = 0; i < 16; i++) {
		k[i] = (uint8_t)(i * 37 + 11);
		op[i] = (uint8_t)(i * 91 + 5);
	}
	assert_true(aes128_block(k, op, opc));
	for (size_t i = 0; i < 16; i++)
		opc[i] ^= op[i];
	hex_of(k, 16, kt);
	hex_of(op, 16, opt);
	hex_of(opc, 16, opct);
	snprintf(window, sizeof(window), "k: %s\nop: %s\nopc: 0x%s\n", kt, opt, opct);
	struct proof p = ask("milenage-opc", SPAN(""), span_str(kt), span_str(window));

	is("K with OP and OPc", p, VALID_PROVEN);
	check("K with OP and OPc", p.how == PROOF_PAIR && (p.flags & SECRET_TELECOM) && !p.known);
	is("OPc is proven too", ask("milenage-opc", SPAN(""), span_str(opct), span_str(window)),
		VALID_PROVEN);
	is("K alone", ask("milenage-opc", SPAN(""), span_str(kt), span_str(kt)), VALID_UNKNOWN);
	opct[0] = opct[0] == '0' ? '1' : '0';
	snprintf(window, sizeof(window), "k: %s\nop: %s\nopc: 0x%s\n", kt, opt, opct);
	is("OPc of another", ask("milenage-opc", SPAN(""), span_str(kt), span_str(window)),
		VALID_UNKNOWN);
	is("half a key", ask("milenage-opc", SPAN(""), SPAN("0123"), span_str(window)),
		VALID_INVALID);
	is("zeros",
		ask("milenage-opc", SPAN(""), SPAN("00000000000000000000000000000000"),
			span_str(window)),
		VALID_HARMLESS);
}

static void home_network(void **state)
{
	(void)state;
	static const struct {
		const char *row, *name;
		enum key_curve curve;
	} cases[] = {
		{ "profile A", "x25519-pair", CURVE_X25519 },
		{ "profile B", "p256-pair", CURVE_P256 },
	};

	for (size_t i = 0; i < 2; i++) {
		uint8_t private[32], public[KEY_PUBLIC_MAX];
		char pt[65], qt[2 * KEY_PUBLIC_MAX + 1], window[400];
		size_t len;

		for (size_t k = 0; k < 32; k++)
		private[k] = (uint8_t)(k * 53 + 29);
		check(cases[i].row, key_public(cases[i].curve, span_of(private, 32), public, &len));
		hex_of(private, 32, pt);
		hex_of(public, len, qt);
		snprintf(window, sizeof(window), "PrivateKey: %s\nPublicKey: %s\n", pt, qt);
		is(cases[i].row, ask(cases[i].name, SPAN(""), span_str(pt), span_str(window)),
			VALID_PROVEN);
		is(cases[i].row, ask(cases[i].name, SPAN(""), span_str(pt), span_str(pt)),
			VALID_UNKNOWN);
		scoped_arena struct arena room = { 0 };

		/* One product alone: the second asks for more work than is left. */
		uint64_t work = WORK_CURVE;
		struct candidate c = { span_str(pt), span_str(window), { 0 }, &room, &work };
		struct proof first = { 0 }, second = { 0 };

		const struct validator *v = validator_find(span_str(cases[i].name));

		(v->check)(&c, (struct span){ 0 }, &first);
		(v->check)(&c, (struct span){ 0 }, &second);
		check(cases[i].row, first.validity == VALID_PROVEN);
		check(cases[i].row, second.validity == VALID_UNKNOWN && !work);
		qt[5] = qt[5] == '0' ? '1' : '0';
		snprintf(window, sizeof(window), "PrivateKey: %s\nPublicKey: %s\n", pt, qt);
		is(cases[i].row, ask(cases[i].name, SPAN(""), span_str(pt), span_str(window)),
			VALID_UNKNOWN);
		if (cases[i].curve == CURVE_P256) {
			public[0] = (uint8_t)(2 | (public[len - 1] & 1));
			hex_of(public, 33, qt);
			snprintf(window, sizeof(window), "PrivateKey: %s\nPublicKey: %s\n", pt, qt);
			is("a short point",
				ask(cases[i].name, SPAN(""), span_str(pt), span_str(window)),
				VALID_PROVEN);
		}
	}
}

/* ---- containers, made by tools ---- */

enum { OPENED = SECRET_ENCRYPTED | SECRET_DEFAULT };

static bool run(const char *command)
{
	char line[1024];

	snprintf(line, sizeof(line), "cd %s && (%s) >/dev/null 2>&1", folder, command);
	return system(line) == 0;
}

static struct span load(const char *name, struct arena *a)
{
	char path[200];
	struct span s = { 0 };

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(fd_load(AT_FDCWD, path, 1 << 20, a, &s, NULL), 0);
	return s;
}

static struct span damaged(struct span s, size_t at, struct arena *a)
{
	struct span copy = arena_dup(a, s);
	uint8_t *p = (uint8_t *)(uintptr_t)copy.p;

	p[at] ^= 1;
	return copy;
}

static void containers(void **state)
{
	(void)state;
	static const struct {
		const char *row, *command, *file, *name;
		enum validity want;
		uint32_t flags;
	} cases[] = {
		{ "RSA, PKCS#8", "openssl genrsa -out r.key 2048", "r.key", "pem-key", VALID_PROVEN,
			0 },
		{ "RSA, PKCS#1", "openssl rsa -traditional -in r.key -out r1.key", "r1.key",
			"pem-key", VALID_PROVEN, 0 },
		{ "RSA, DER", "openssl rsa -in r.key -outform DER -out r.der", "r.der", "asn1-key",
			VALID_PROVEN, 0 },
		{ "RSA, closed", "openssl pkcs8 -topk8 -in r.key -passout pass:q1w2 -out re.key",
			"re.key", "pem-key", VALID_UNKNOWN, SECRET_ENCRYPTED },
		{ "RSA, closed the old way",
			"openssl rsa -traditional -aes128 -passout pass:q1w2 -in r.key -out ro.key",
			"ro.key", "pem-key", VALID_UNKNOWN, SECRET_ENCRYPTED },
		{ "CR LF", "sed 's/$/\\r/' r.key > rc.key", "rc.key", "pem-key", VALID_PROVEN, 0 },
		{ "escaped line ends", "awk '{printf \"%s\\\\n\", $0}' r.key > rn.key", "rn.key",
			"pem-key", VALID_PROVEN, 0 },
		{ "RSA, closed with a default password",
			"openssl pkcs8 -topk8 -in r.key -passout pass:changeme -out rd.key",
			"rd.key", "pem-key", VALID_PROVEN, OPENED },
		{ "RSA, closed with nothing",
			"openssl pkcs8 -topk8 -in r.key -passout pass: -v2 aes-128-cbc -v2prf "
			"hmacWithSHA512 -out re0.key",
			"re0.key", "pem-key", VALID_PROVEN, OPENED },
		{ "RSA, closed as PKCS#12 does, default password",
			"openssl pkcs8 -topk8 -in r.key -passout pass:changeit -v1 PBE-SHA1-3DES "
			"-out rv.key",
			"rv.key", "pem-key", VALID_PROVEN, OPENED },
		{ "RSA, more rounds than are tried",
			"openssl pkcs8 -topk8 -in r.key -passout pass:changeit -iter 20001 -out "
			"rm.key",
			"rm.key", "pem-key", VALID_UNKNOWN, SECRET_ENCRYPTED },
		{ "RSA, closed with scrypt",
			"openssl pkcs8 -topk8 -scrypt -in r.key -passout pass:changeit -out rs.key",
			"rs.key", "pem-key", VALID_UNKNOWN, SECRET_ENCRYPTED },
		{ "RSA, closed the old way, default password",
			"openssl rsa -traditional -aes256 -passout pass:password -in r.key -out "
			"rp.key",
			"rp.key", "pem-key", VALID_PROVEN, OPENED },
		{ "RSA, closed the old way, triple DES",
			"openssl rsa -traditional -des3 -passout pass:changeit -in r.key -out "
			"rt.key",
			"rt.key", "pem-key", VALID_PROVEN, OPENED },
		{ "RSA, DEK-Info without its IV", "sed '/^DEK/s/,.*/,00/' rp.key > rq.key",
			"rq.key", "pem-key", VALID_INVALID, 0 },
		{ "base64 of PEM, one line", "base64 -w0 r.key > rb", "rb", "base64-key",
			VALID_PROVEN, 0 },
		{ "base64 of DER", "base64 r.der > rb2", "rb2", "base64-key", VALID_PROVEN, 0 },
		{ "base64 of a certificate", "base64 -w0 /etc/hostname > rb3", "rb3", "base64-key",
			VALID_INVALID, 0 },
		{ "DSA",
			"openssl dsaparam -out dp 1024 && openssl gendsa -out ds.key dp && openssl "
			"dsa "
			"-in ds.key -out ds1.key",
			"ds.key", "pem-key", VALID_PROVEN, 0 },
		{ "DSA, PKCS#8", "openssl pkcs8 -topk8 -nocrypt -in ds.key -out ds8.key", "ds8.key",
			"pem-key", VALID_PROVEN, 0 },
		{ "DSA, OpenSSL's own form", "openssl dsa -in ds.key -out ds2.key", "ds2.key",
			"pem-key", VALID_PROVEN, 0 },
		{ "cut off", "head -c 900 r.key > rx.key", "rx.key", "pem-key", VALID_INVALID, 0 },
		{ "a line lost", "sed 5d r.key > rl.key", "rl.key", "pem-key", VALID_INVALID, 0 },
		{ "P-256, SEC1", "openssl ecparam -name prime256v1 -genkey -noout -out e.key",
			"e.key", "pem-key", VALID_PROVEN, 0 },
		{ "P-256, PKCS#8", "openssl pkcs8 -topk8 -nocrypt -in e.key -out e8.key", "e8.key",
			"pem-key", VALID_PROVEN, 0 },
		{ "P-521", "openssl ecparam -name secp521r1 -genkey -noout -out e5.key", "e5.key",
			"pem-key", VALID_PROVEN, 0 },
		{ "Ed25519", "openssl genpkey -algorithm ed25519 -out d.key", "d.key", "pem-key",
			VALID_PROVEN, 0 },
		{ "X25519", "openssl genpkey -algorithm x25519 -out x.key", "x.key", "pem-key",
			VALID_PROVEN, 0 },
		{ "OpenSSH, Ed25519", "ssh-keygen -q -t ed25519 -N '' -f o1", "o1", "pem-key",
			VALID_PROVEN, 0 },
		{ "OpenSSH, RSA", "ssh-keygen -q -t rsa -b 2048 -N '' -f o2", "o2", "pem-key",
			VALID_PROVEN, 0 },
		{ "OpenSSH, P-256", "ssh-keygen -q -t ecdsa -N '' -f o3", "o3", "pem-key",
			VALID_PROVEN, 0 },
		{ "OpenSSH, closed", "ssh-keygen -q -t ed25519 -N q1w2e3 -f o4", "o4", "pem-key",
			VALID_UNKNOWN, SECRET_ENCRYPTED },
		{ "OpenSSH's lines, by its own name", "true", "o1", "openssh-key", VALID_PROVEN,
			0 },
		{ "OpenSSH, a line lost", "sed 3d o2 > ox", "ox", "openssh-key", VALID_INVALID, 0 },
		{ "PuTTY 3", "puttygen o1 -O private -o p3.ppk", "p3.ppk", "ppk", VALID_PROVEN, 0 },
		{ "PuTTY 2, RSA",
			"puttygen o2 -O private --ppk-param version=2 -C 'a b: c' -o p2.ppk",
			"p2.ppk", "ppk", VALID_PROVEN, 0 },
		{ "PuTTY 3, P-256", "puttygen o3 -O private -o p4.ppk", "p4.ppk", "ppk",
			VALID_PROVEN, 0 },
		{ "PuTTY, another comment", "sed 's/^Comment: .*/Comment: x/' p3.ppk > p5.ppk",
			"p5.ppk", "ppk", VALID_INVALID, SECRET_CHECKSUM_BAD },
		{ "PuTTY, another code",
			"sed '/^Private-MAC/s/[0-9]/a/;/^Private-MAC/s/b/c/' p2.ppk > p6.ppk",
			"p6.ppk", "ppk", VALID_INVALID, SECRET_CHECKSUM_BAD },
		{ "PuTTY, a line lost", "sed '/^Private-Lines/{n;d}' p2.ppk > p7.ppk", "p7.ppk",
			"ppk", VALID_INVALID, 0 },
		{ "PuTTY, closed",
			"echo q1w2e3 > pw; puttygen o1 -O private --new-passphrase pw -o p8.ppk",
			"p8.ppk", "ppk", VALID_UNKNOWN, SECRET_ENCRYPTED },
		{ "age", "age-keygen -o ag && grep AGE- ag | tr -d '\\n' > ag1", "ag1", "bech32",
			VALID_PROVEN, 0 },
		{ "age, two letters changed", "tr 2-9Q 3-92 < ag1 > ag2", "ag2", "bech32",
			VALID_INVALID, SECRET_CHECKSUM_BAD },
		{ "WireGuard", "wg genkey | tr -d '\\n' > wk", "wk", "wireguard-key", VALID_PROVEN,
			0 },
		{ "WireGuard, cut off", "head -c 40 wk > wx", "wx", "wireguard-key", VALID_INVALID,
			0 },
		{ "NSS", "certutil -N -d sql:$PWD --empty-password", "key4.db", "nss-keys",
			VALID_UNKNOWN, SECRET_ENCRYPTED },
		{ "a certificate",
			"openssl req -x509 -new -key r.key -subj /CN=a -days 9 -out r.pem", "r.pem",
			"pem-key", VALID_HARMLESS, 0 },
		{ "PKCS#12, default password",
			"openssl pkcs12 -export -inkey r.key -in r.pem -passout pass:changeit -out "
			"r.p12",
			"r.p12", "pkcs12-open", VALID_PROVEN, OPENED | SECRET_CA },
		{ "PKCS#12, no password",
			"openssl pkcs12 -export -inkey r.key -in r.pem -passout pass: -out r0.p12",
			"r0.p12", "pkcs12-open", VALID_PROVEN, OPENED | SECRET_CA },
		{ "PKCS#12, the ciphers of old",
			"openssl pkcs12 -export -inkey r.key -in r.pem -passout pass:password "
			"-keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1 -out rt.p12",
			"rt.p12", "pkcs12-open", VALID_PROVEN, OPENED | SECRET_CA },
		{ "PKCS#12, the key unclosed",
			"openssl pkcs12 -export -inkey r.key -in r.pem -passout pass:q1w2 -keypbe "
			"NONE -certpbe NONE -out rn.p12",
			"rn.p12", "pkcs12-open", VALID_PROVEN, SECRET_CA },
		{ "PKCS#12, certificates only, in the clear",
			"openssl pkcs12 -export -nokeys -in r.pem -passout pass:q1w2 -certpbe NONE "
			"-out rc.p12",
			"rc.p12", "pkcs12-open", VALID_HARMLESS, 0 },
		{ "PKCS#12, certificates only, closed",
			"openssl pkcs12 -export -nokeys -in r.pem -passout pass:changeit -out "
			"rC.p12",
			"rC.p12", "pkcs12-open", VALID_HARMLESS, OPENED },
		{ "PKCS#12, another password",
			"openssl pkcs12 -export -inkey r.key -in r.pem -passout pass:q1w2 -out "
			"rp.p12",
			"rp.p12", "pkcs12-open", VALID_UNKNOWN, SECRET_ENCRYPTED },
		{ "PKCS#12, too many rounds",
			"openssl pkcs12 -export -inkey r.key -in r.pem -passout pass:changeit "
			"-iter 300000 -out ri.p12",
			"ri.p12", "pkcs12-open", VALID_UNKNOWN, SECRET_ENCRYPTED },
		{ "PKCS#12, cut off", "head -c 500 r.p12 > rx.p12", "rx.p12", "pkcs12-open",
			VALID_INVALID, 0 },
		{ "PKCS#12, of Java",
			"keytool -genkeypair -alias a -keyalg RSA -dname CN=a -storetype PKCS12 "
			"-keystore kj.p12 -storepass changeit",
			"kj.p12", "pkcs12-open", VALID_PROVEN, OPENED },
		{ "JKS with a key",
			"keytool -genkeypair -alias a -keyalg EC -dname CN=a -storetype JKS "
			"-keystore k.jks -storepass q1w2e3 -keypass q1w2e3",
			"k.jks", "jks-entries", VALID_UNKNOWN, SECRET_ENCRYPTED },
		{ "JKS, default password",
			"keytool -genkeypair -alias a -keyalg RSA -dname CN=a -storetype JKS "
			"-keystore kd.jks -storepass changeit -keypass changeit",
			"kd.jks", "jks-entries", VALID_PROVEN, OPENED },
		{ "JKS, default password of the store alone",
			"keytool -genkeypair -alias a -keyalg RSA -dname CN=a -storetype JKS "
			"-keystore kq.jks -storepass changeit -keypass q1w2e3",
			"kq.jks", "jks-entries", VALID_UNKNOWN, SECRET_ENCRYPTED },
		{ "JCEKS, default password",
			"keytool -genkeypair -alias a -keyalg RSA -dname CN=a -storetype JCEKS "
			"-keystore kc.jks -storepass changeit -keypass changeit",
			"kc.jks", "jks-entries", VALID_PROVEN, OPENED },
		{ "JCEKS, a secret key",
			"keytool -genseckey -alias a -keyalg AES -keysize 128 -storetype JCEKS "
			"-keystore ks.jks -storepass q1w2e3 -keypass q1w2e3",
			"ks.jks", "jks-entries", VALID_UNKNOWN, SECRET_ENCRYPTED },
		{ "JKS, certificates",
			"keytool -importcert -noprompt -alias a -file r.pem -storetype JKS "
			"-keystore t.jks -storepass q1w2e3",
			"t.jks", "jks-entries", VALID_HARMLESS, 0 },
		{ "JKS, cut off", "test -f k.jks && head -c 200 k.jks > x.jks", "x.jks",
			"jks-entries", VALID_INVALID, 0 },
		{ "OpenPGP",
			"mkdir -m 700 g; gpg --homedir g --batch --passphrase '' --quick-gen-key a "
			"ed25519 && gpg --homedir g --batch --export-secret-keys > g.key; gpgconf "
			"--homedir g --kill all",
			"g.key", "pgp-packet", VALID_PROVEN, 0 },
		{ "OpenPGP, armored",
			"gpg --homedir g --batch --armor --export-secret-keys > ga.key; gpgconf "
			"--homedir g --kill all",
			"ga.key", "pem-key", VALID_PROVEN, 0 },
		{ "OpenPGP, armored, by its own name", "true", "ga.key", "pgp-packet", VALID_PROVEN,
			0 },
		{ "OpenPGP, a wrong checksum of its armor", "sed 's/^=..../=AAAA/' ga.key > gw.key",
			"gw.key", "pem-key", VALID_INVALID, SECRET_CHECKSUM_BAD },
		{ "OpenPGP, no checksum of its armor", "sed '/^=/d' ga.key > gn.key", "gn.key",
			"pem-key", VALID_PROVEN, 0 },
		{ "OpenPGP, closed",
			"mkdir -m 700 h; gpg --homedir h --batch --pinentry-mode loopback "
			"--passphrase "
			"q1w2e3 --quick-gen-key a rsa2048 && gpg --homedir h --batch "
			"--pinentry-mode "
			"loopback --passphrase q1w2e3 --export-secret-keys > gc.key; gpgconf "
			"--homedir h "
			"--kill all; test -s gc.key",
			"gc.key", "pgp-packet", VALID_UNKNOWN, SECRET_ENCRYPTED },
		{ "OpenPGP, public",
			"gpg --homedir g --batch --export > gp.key; gpgconf --homedir g --kill all",
			"gp.key", "pgp-packet", VALID_HARMLESS, 0 },
	};
	size_t skipped = 0;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_arena struct arena a = { .limit = 32 << 20 };

		if (!run(cases[i].command)) {
			skipped++;
			printf("skipped: %s\n", cases[i].row);
			continue;
		}
		struct span s = load(cases[i].file, &a);

		if (!s.len) {
			skipped++;
			continue;
		}
		struct proof p = ask(cases[i].name, SPAN(""), s, s);

		is(cases[i].row, p, cases[i].want);
		if (p.flags != cases[i].flags)
			fail_msg("%s: flags %u, want %u", cases[i].row, p.flags, cases[i].flags);
		/* No single broken byte may crash, or pass the limits; what it says may differ. */
		for (size_t at = 0; at < s.len && s.len < 4096; at += s.len / 64 + 7)
			ask(cases[i].name, SPAN(""), damaged(s, at, &a), s);
	}
	check("openssl is there", skipped < sizeof(cases) / sizeof(*cases) / 2);
}

static void pairs(void **state)
{
	(void)state;
	static const char *const keys[] = { "r.key", "r1.key", "e.key", "e8.key", "d.key" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		scoped_arena struct arena a = { .limit = 16 << 20 };
		char command[300];
		uint8_t hash[32];
		bool is_ca;
		int64_t until;

		snprintf(command, sizeof(command),
			"openssl req -x509 -new -key %s -subj /CN=a -days 9 -out c.pem", keys[i]);
		if (!run(command))
			continue;
		struct span key = load(keys[i], &a);
		struct proof p = ask("pem-key", SPAN(""), key, key);

		check(keys[i], certificate_public(load("c.pem", &a), &a, hash, &is_ca, &until));
		check(keys[i], p.has_public && memcmp(p.public_hash, hash, 32) == 0);
		check(keys[i],
			is_ca && until > 0); /* what `openssl req -x509` makes is an authority */
		check(keys[i],
			!certificate_public(span_sub(key, 0, 200), &a, hash, &is_ca, &until));
	}
}

static void plausible(void **state)
{
	(void)state;
	static const struct {
		struct span value;
		uint8_t class;
		bool want;
	} cases[] = {
		{ SPAN_INIT("${DB_PASSWORD}"), CLASS_PASSWORD, false },
		{ SPAN_INIT("<password>"), CLASS_PASSWORD, false },
		{ SPAN_INIT("{{ .Values.x }}"), CLASS_PASSWORD, false },
		{ SPAN_INIT("changeme"), CLASS_PASSWORD, false },
		{ SPAN_INIT("xxxxxxxxxxxx"), CLASS_TOKEN, false },
		{ SPAN_INIT("abcdefghijklmnop"), CLASS_TOKEN, false },
		{ SPAN_INIT("0123456789abcdef0123456789abcdef"), CLASS_HEX, false },
		{ SPAN_INIT("deadbeefdeadbeefdeadbeef"), CLASS_HEX, false },
		{ SPAN_INIT("getUserPasswordFromVault"), CLASS_TOKEN, false },
		{ SPAN_INIT("your_api_key_goes_here1"), CLASS_TOKEN, false },
		{ SPAN_INIT("application-properties"), CLASS_PASSWORD, false },
		{ SPAN_INIT("short"), CLASS_TOKEN, false },
		{ SPAN_INIT(""), CLASS_PASSWORD, false },
		{ SPAN_INIT("/run/secrets/db"), CLASS_PASSWORD, false },
		{ SPAN_INIT("getenv(\"PW\")"), CLASS_PASSWORD, false },
		{ SPAN_INIT("zQ7vXk2Lw9Rj4TbN"), CLASS_TOKEN, true },
		{ SPAN_INIT("h7#kQ!92x"), CLASS_PASSWORD, true },
		{ SPAN_INIT("9f1c07b3a6e8d245"), CLASS_HEX, true },
		{ SPAN_INIT("qZ8wXv1kRj5bYp3mLs7t"), CLASS_BASE64, true },
		{ SPAN_INIT("anything at all"), CLASS_NONE, true },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *why = "";
		bool got = value_plausible(lexicon_builtin(), cases[i].class, cases[i].value, &why);

		if (got != cases[i].want)
			fail_msg("row %zu: %d (%s)", i, got, why);
		check("a reason", got || *why);
	}
}

static int open_folder(void **state)
{
	(void)state;
	validators_warm();
	return mkdtemp(folder) ? 0 : -1;
}

static int close_folder(void **state)
{
	char line[100];

	(void)state;
	snprintf(line, sizeof(line), "rm -rf %s", folder);
	return system(line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_is_sorted),
		cmocka_unit_test(table_is_documented),
		cmocka_unit_test(checksums),
		cmocka_unit_test(fields),
		cmocka_unit_test(ends),
		cmocka_unit_test(milenage),
		cmocka_unit_test(home_network),
		cmocka_unit_test(containers),
		cmocka_unit_test(pairs),
		cmocka_unit_test(plausible),
	};

	return cmocka_run_group_tests(tests, open_folder, close_folder);
}
