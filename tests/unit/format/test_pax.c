/* test_pax.c - pax extended headers.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../unit.h"

#include "base/arena.h"
#include "base/buf.h"
#include "format/pax.h"

/* "KEY=VALUE" with its length and line end. */
static void add(struct buf *b, struct span key, struct span value)
{
	size_t body = key.len + value.len + 3, len = body + 1;
	char digits[24];

	while ((size_t)snprintf(digits, sizeof(digits), "%zu", len) + body != len)
		len++;
	buf_str(b, digits);
	buf_byte(b, ' ');
	buf_span(b, key);
	buf_byte(b, '=');
	buf_span(b, value);
	buf_byte(b, '\n');
}

static void records(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span in;
		int code;
		const char *path;
	} cases[] = {
		{ "one", SPAN_INIT("11 path=ab\n"), 0, "ab" },
		{ "nothing", SPAN_INIT(""), 0, "" },
		{ "last record wins", SPAN_INIT("11 path=ab\n11 path=cd\n"), 0, "cd" },
		{ "an empty value takes back", SPAN_INIT("11 path=ab\n8 path=\n"), 0, "" },
		{ "a line end in the value", SPAN_INIT("12 path=a\nb\n"), 0, "a\nb" },
		{ "an equals sign in the value", SPAN_INIT("12 path=a=b\n"), 0, "a=b" },
		{ "a key that is not known", SPAN_INIT("12 other=ab\n11 path=ab\n"), 0, "ab" },
		{ "hdrcharset is passed over", SPAN_INIT("21 hdrcharset=BINARY\n"), 0, "" },
		{ "length runs past the end", SPAN_INIT("12 path=ab\n"), SCOV_E_FORMAT, NULL },
		{ "length stops short", SPAN_INIT("10 path=ab\n"), SCOV_E_FORMAT, NULL },
		{ "length overflows", SPAN_INIT("99999999999999999999 path=ab\n"), SCOV_E_FORMAT,
			NULL },
		{ "length shorter than itself", SPAN_INIT("2 path=ab\n"), SCOV_E_FORMAT, NULL },
		{ "length is zero", SPAN_INIT("0 path=ab\n"), SCOV_E_FORMAT, NULL },
		{ "length with a sign", SPAN_INIT("+11 path=ab\n"), SCOV_E_FORMAT, NULL },
		{ "no length", SPAN_INIT(" path=ab\n"), SCOV_E_FORMAT, NULL },
		{ "no blank", SPAN_INIT("10path=ab\n"), SCOV_E_FORMAT, NULL },
		{ "no equals sign", SPAN_INIT("10 pathab\n"), SCOV_E_FORMAT, NULL },
		{ "no key", SPAN_INIT("7 =abc\n"), SCOV_E_FORMAT, NULL },
		{ "no line end", SPAN_INIT("11 path=abc"), SCOV_E_FORMAT, NULL },
		{ "zeros after", SPAN_INIT("11 path=ab\n\0"), SCOV_E_FORMAT, NULL },
		{ "a NUL in a path", SPAN_INIT("12 path=a\0b\n"), SCOV_E_FORMAT, NULL },
		{ "a NUL in a key", SPAN_INIT("12 pa\0th=ab\n"), SCOV_E_FORMAT, NULL },
		{ "a NUL in the owner's name", SPAN_INIT("13 uname=a\0b\n"), SCOV_E_FORMAT, NULL },
		{ "a NUL in a link", SPAN_INIT("16 linkpath=a\0b\n"), SCOV_E_FORMAT, NULL },
		{ "sparse name beside", SPAN_INIT("22 GNU.sparse.name=bc\n11 path=ab\n"), 0, "ab" },
	};
	struct limits l = limits_default();

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_arena struct arena a = { .limit = 1 << 20 };
		struct pax pax = { .size = 77 };
		struct scov_err err = { 0 };
		int code = pax_parse(cases[i].in, &l, &a, &pax, &err);

		if (code != cases[i].code)
			fail_msg("%s: %d, %s", cases[i].name, code, err.text);
		check(cases[i].name, !code || (pax.size == 77 && err.text[0]));
		if (!code)
			check_span(cases[i].name, pax.path, span_str(cases[i].path));
	}
}

static void numbers(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span key, value;
		int code;
		unsigned has;
		int64_t v;
	} cases[] = {
		{ "size", SPAN_INIT("size"), SPAN_INIT("8589934592"), 0, PAX_SIZE, 8589934592 },
		{ "largest size", SPAN_INIT("size"), SPAN_INIT("9223372036854775807"), 0, PAX_SIZE,
			INT64_MAX },
		{ "size of 64 bits", SPAN_INIT("size"), SPAN_INIT("9223372036854775808"),
			SCOV_E_FORMAT, 0, 0 },
		{ "size below zero", SPAN_INIT("size"), SPAN_INIT("-1"), SCOV_E_FORMAT, 0, 0 },
		{ "size with a blank", SPAN_INIT("size"), SPAN_INIT(" 1"), SCOV_E_FORMAT, 0, 0 },
		{ "size in hex", SPAN_INIT("size"), SPAN_INIT("0x10"), SCOV_E_FORMAT, 0, 0 },
		{ "size taken back", SPAN_INIT("size"), SPAN_INIT(""), 0, 0, 0 },
		{ "uid", SPAN_INIT("uid"), SPAN_INIT("4294967295"), 0, PAX_UID, 4294967295 },
		{ "gid that is text", SPAN_INIT("gid"), SPAN_INIT("wheel"), SCOV_E_FORMAT, 0, 0 },
		{ "mtime", SPAN_INIT("mtime"), SPAN_INIT("1700000000"), 0, PAX_MTIME, 1700000000 },
		{ "mtime with a fraction", SPAN_INIT("mtime"), SPAN_INIT("1.999999999"), 0,
			PAX_MTIME, 1 },
		{ "mtime below zero", SPAN_INIT("mtime"), SPAN_INIT("-5"), 0, PAX_MTIME, -5 },
		{ "mtime below zero with a fraction", SPAN_INIT("mtime"), SPAN_INIT("-5.25"), 0,
			PAX_MTIME, -6 },
		{ "mtime below zero with a fraction of nothing", SPAN_INIT("mtime"),
			SPAN_INIT("-5.0"), 0, PAX_MTIME, -5 },
		{ "mtime with an end", SPAN_INIT("mtime"), SPAN_INIT("5."), 0, PAX_MTIME, 5 },
		{ "mtime that is text", SPAN_INIT("mtime"), SPAN_INIT("now"), SCOV_E_FORMAT, 0, 0 },
		{ "mtime with two points", SPAN_INIT("mtime"), SPAN_INIT("1.2.3"), SCOV_E_FORMAT, 0,
			0 },
		{ "mtime of a point", SPAN_INIT("mtime"), SPAN_INIT("."), SCOV_E_FORMAT, 0, 0 },
		{ "mtime too large", SPAN_INIT("mtime"), SPAN_INIT("9223372036854775807"),
			SCOV_E_FORMAT, 0, 0 },
		{ "uid below zero", SPAN_INIT("uid"), SPAN_INIT("-2"), 0, PAX_UID, -2 },
		{ "uid of a sign", SPAN_INIT("uid"), SPAN_INIT("-"), SCOV_E_FORMAT, 0, 0 },
		{ "atime that is text", SPAN_INIT("atime"), SPAN_INIT("now"), SCOV_E_FORMAT, 0, 0 },
		{ "the tenth digit of a fraction", SPAN_INIT("mtime"), SPAN_INIT("-5.0000000009"),
			0, PAX_MTIME, -5 },
		{ "sparse size of no version", SPAN_INIT("GNU.sparse.realsize"), SPAN_INIT("9"), 0,
			0, 0 },
		{ "sparse without a minor", SPAN_INIT("GNU.sparse.major"), SPAN_INIT("1"), 0, 0,
			0 },
	};
	struct limits l = limits_default();

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_arena struct arena a = { .limit = 1 << 20 };
		scoped_buf struct buf in = { 0 };
		struct pax pax = { 0 };
		struct scov_err err = { 0 };

		add(&in, cases[i].key, cases[i].value);
		check(cases[i].name, pax_parse(buf_view(&in), &l, &a, &pax, &err) == cases[i].code);
		check(cases[i].name, pax.has == cases[i].has);
		uint64_t v = pax.size + (uint64_t)pax.uid + (uint64_t)pax.gid + pax.sparse_size +
			     (uint64_t)pax.mtime;

		check(cases[i].name, v == (uint64_t)cases[i].v);
	}
}

static void maps(void **state)
{
	(void)state;
	static const struct {
		const char *name, *keys;
		int code;
		size_t n;
		uint64_t last;
	} cases[] = {
		{ "0.1", "GNU.sparse.map=0,5,10,3;GNU.sparse.numblocks=2", 0, 2, 3 },
		{ "0.1, stated",
			"GNU.sparse.major=0;GNU.sparse.minor=1;GNU.sparse.map=0,5;"
			"GNU.sparse.numblocks=1",
			0, 1, 5 },
		{ "0.1, other count", "GNU.sparse.map=0,5;GNU.sparse.numblocks=2", SCOV_E_FORMAT, 0,
			0 },
		{ "0.1, no count", "GNU.sparse.map=0,5", SCOV_E_FORMAT, 0, 0 },
		{ "0.2", "GNU.sparse.major=0;GNU.sparse.minor=2;GNU.sparse.map=0,5", 0, 0, 0 },
		{ "0.1, empty", "GNU.sparse.map=", 0, 0, 0 },
		{ "0.1, odd", "GNU.sparse.map=0,5,10", SCOV_E_FORMAT, 0, 0 },
		{ "0.1, ends with a comma", "GNU.sparse.map=0,5,", SCOV_E_FORMAT, 0, 0 },
		{ "0.1, text", "GNU.sparse.map=a,b", SCOV_E_FORMAT, 0, 0 },
		{ "0.1, number too large", "GNU.sparse.map=0,9223372036854775808", SCOV_E_FORMAT, 0,
			0 },
		{ "0.1, too many",
			"GNU.sparse.map=0,1,2,1,4,1,6,1,8,1,10,1,12,1,14,1,16,1,18,1,20,1,22,1,24,"
			"1,26,1,28,1,30,1,32,1",
			SCOV_E_LIMIT, 0, 0 },
		{ "0.0",
			"GNU.sparse.offset=0;GNU.sparse.numbytes=5;GNU.sparse.offset=10;GNU.sparse."
			"numbytes=3;GNU.sparse.numblocks=2",
			0, 2, 3 },
		{ "0.0, no length", "GNU.sparse.offset=0", SCOV_E_FORMAT, 0, 0 },
		{ "0.0, two offsets", "GNU.sparse.offset=0;GNU.sparse.offset=0", SCOV_E_FORMAT, 0,
			0 },
		{ "0.0, length first", "GNU.sparse.numbytes=5", SCOV_E_FORMAT, 0, 0 },
		{ "0.0, a map in between",
			"GNU.sparse.offset=0;GNU.sparse.map=1,1;GNU.sparse.numbytes=5;"
			"GNU.sparse.numblocks=1",
			0, 1, 5 },
	};
	struct limits l = limits_default();

	l.sparse_pieces = 16;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_arena struct arena a = { .limit = 1 << 20 };
		scoped_buf struct buf in = { 0 };
		struct span rest = span_str(cases[i].keys), row;
		struct pax pax = { 0 };
		struct scov_err err = { 0 };

		while (span_split(&rest, ';', &row)) {
			size_t at = span_find(row, '=');

			add(&in, span_sub(row, 0, at), span_from(row, at + 1));
		}
		int code = pax_parse(buf_view(&in), &l, &a, &pax, &err);

		if (code != cases[i].code)
			fail_msg("%s: %d, %s", cases[i].name, code, err.text);
		check(cases[i].name, pax.pieces.n == cases[i].n);
		check(cases[i].name,
			!pax.pieces.n || pax.pieces.p[pax.pieces.n - 1].len == cases[i].last);
	}
}

static void attributes(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span key, value;
		size_t n;
		const char *got_name, *got;
		unsigned lost;
	} cases[] = {
		{ "schily", SPAN_INIT("SCHILY.xattr.user.a"), SPAN_INIT("x"), 1, "user.a", "x", 0 },
		{ "an equals sign ends the name", SPAN_INIT("SCHILY.xattr.user.a"),
			SPAN_INIT("b=c"), 1, "user.a", "b=c", 0 },
		{ "without a name", SPAN_INIT("SCHILY.xattr."), SPAN_INIT("x"), 0, "", "", 0 },
		{ "libarchive", SPAN_INIT("LIBARCHIVE.xattr.user.a"), SPAN_INIT("aGVsbG8"), 1,
			"user.a", "hello", 0 },
		{ "libarchive with padding", SPAN_INIT("LIBARCHIVE.xattr.user.a"),
			SPAN_INIT("aGVsbG8="), 1, "user.a", "hello", 0 },
		{ "libarchive, not base64", SPAN_INIT("LIBARCHIVE.xattr.user.a"), SPAN_INIT("a*b"),
			0, "", "", PAX_LOST_BROKEN },
		{ "libarchive, one digit too many", SPAN_INIT("LIBARCHIVE.xattr.user.a"),
			SPAN_INIT("aGVsb"), 0, "", "", PAX_LOST_BROKEN },
	};
	struct limits l = limits_default();

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_arena struct arena a = { .limit = 1 << 20 };
		scoped_buf struct buf in = { 0 };
		struct pax pax = { 0 };

		add(&in, cases[i].key, cases[i].value);
		check(cases[i].name, pax_parse(buf_view(&in), &l, &a, &pax, NULL) == 0);
		check(cases[i].name, pax.xattrs.n == cases[i].n && pax.lost == cases[i].lost);
		if (!pax.xattrs.n)
			continue;
		check_span(cases[i].name, pax.xattrs.p[0].name, span_str(cases[i].got_name));
		check_span(cases[i].name, pax.xattrs.p[0].value, span_str(cases[i].got));
	}
}

static void too_much(void **state)
{
	(void)state;
	scoped_arena struct arena a = { .limit = 1 << 20 };
	scoped_buf struct buf in = { 0 };
	struct limits l = limits_default();
	struct pax pax;
	char key[60];
	uint8_t long_value[300] = { 0 };

	l.xattr_size = 256;
	add(&in, SPAN("SCHILY.xattr.user.long"), span_of(long_value, sizeof(long_value)));
	add(&in, SPAN("SCHILY.xattr.user.twice"), SPAN("first"));
	add(&in, SPAN("LIBARCHIVE.xattr.user.twice"), SPAN("aGVsbG8"));
	add(&in, SPAN("SCHILY.xattr.user.twice"), SPAN("last"));
	for (int i = 0; i < PAX_XATTRS; i++) {
		snprintf(key, sizeof(key), "SCHILY.xattr.user.%d", i);
		add(&in, span_str(key), SPAN("v"));
	}
	assert_int_equal(pax_parse(buf_view(&in), &l, &a, &pax, NULL), 0);
	assert_int_equal(pax.xattrs.n, PAX_XATTRS);
	assert_int_equal(pax.lost, PAX_LOST_BIG | PAX_LOST_MANY);
	check_span("of two the last", pax.xattrs.p[0].value, SPAN("last"));
	/* what decides is kept, and cut where it is too long */
	add(&in, SPAN("SCHILY.xattr.trusted.overlay.opaque"), SPAN("y"));
	add(&in, SPAN("SCHILY.xattr.security.capability"), span_of(long_value, sizeof(long_value)));
	assert_int_equal(pax_parse(buf_view(&in), &l, &a, &pax, NULL), 0);
	check_span("a capability", pax.xattrs.p[0].name, SPAN("security.capability"));
	assert_int_equal(pax.xattrs.p[0].value.len, l.xattr_size);
	assert_true(pax.has & PAX_OVERLAY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records),
		cmocka_unit_test(numbers),
		cmocka_unit_test(maps),
		cmocka_unit_test(attributes),
		cmocka_unit_test(too_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
