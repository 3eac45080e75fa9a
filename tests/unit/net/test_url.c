/* SPDX-License-Identifier: Apache-2.0 */
#include "net/url.h"

#include "tests/unit/unit.h"

static void parsing(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span in;
		int code;
		struct span host;
		unsigned port;
		bool loopback;
	} cases[] = {
		{ "plain name", SPAN_INIT("https://ghcr.io/v2/a/b"), 0, SPAN_INIT("ghcr.io"), 443,
			false },
		{ "port", SPAN_INIT("https://host:5000/v2/"), 0, SPAN_INIT("host"), 5000, false },
		{ "IPv6", SPAN_INIT("http://[::1]:80/x"), 0, SPAN_INIT("::1"), 80, true },
		{ "IPv6 without port", SPAN_INIT("https://[fe80::1]"), 0, SPAN_INIT("fe80::1"), 443,
			false },
		{ "upper-case scheme", SPAN_INIT("HTTPS://h/"), 0, SPAN_INIT("h"), 443, false },
		{ "query without path", SPAN_INIT("https://h?x=1"), 0, SPAN_INIT("h"), 443, false },
		{ "loopback name", SPAN_INIT("http://LOCALHOST/"), 0, SPAN_INIT("LOCALHOST"), 80,
			true },
		{ "all of 127/8", SPAN_INIT("http://127.8.9.1:1/"), 0, SPAN_INIT("127.8.9.1"), 1,
			true },
		{ "a name that starts like loopback", SPAN_INIT("http://127.0.0.1.example.org/"), 0,
			SPAN_INIT("127.0.0.1.example.org"), 80, false },
		{ "localhost below a domain", SPAN_INIT("http://localhost.example.org/"), 0,
			SPAN_INIT("localhost.example.org"), 80, false },
		{ "short form of an address is a name", SPAN_INIT("http://127.1/"), 0,
			SPAN_INIT("127.1"), 80, false },
		{ "file", SPAN_INIT("file:///etc/passwd"), SCOV_E_FORMAT, SPAN_INIT(""), 0, false },
		{ "gopher", SPAN_INIT("gopher://h/x"), SCOV_E_FORMAT, SPAN_INIT(""), 0, false },
		{ "user name", SPAN_INIT("https://me:pw@h/"), SCOV_E_FORMAT, SPAN_INIT(""), 0,
			false },
		{ "no host", SPAN_INIT("https:///x"), SCOV_E_FORMAT, SPAN_INIT(""), 0, false },
		{ "no slashes", SPAN_INIT("https:h"), SCOV_E_FORMAT, SPAN_INIT(""), 0, false },
		{ "relative", SPAN_INIT("/v2/x"), SCOV_E_FORMAT, SPAN_INIT(""), 0, false },
		{ "empty", SPAN_INIT(""), SCOV_E_FORMAT, SPAN_INIT(""), 0, false },
		{ "port zero", SPAN_INIT("https://h:0/"), SCOV_E_FORMAT, SPAN_INIT(""), 0, false },
		{ "port too large", SPAN_INIT("https://h:65536/"), SCOV_E_FORMAT, SPAN_INIT(""), 0,
			false },
		{ "port is no number", SPAN_INIT("https://h:5x/"), SCOV_E_FORMAT, SPAN_INIT(""), 0,
			false },
		{ "open bracket", SPAN_INIT("https://[::1/"), SCOV_E_FORMAT, SPAN_INIT(""), 0,
			false },
		{ "a folder above as host", SPAN_INIT("https://../x"), SCOV_E_FORMAT, SPAN_INIT(""),
			0, false },
		{ "line break", SPAN_INIT("https://h/\r\nX: y"), SCOV_E_FORMAT, SPAN_INIT(""), 0,
			false },
		{ "blank", SPAN_INIT("https://h/a b"), SCOV_E_FORMAT, SPAN_INIT(""), 0, false },
		{ "not ASCII", SPAN_INIT("https://h/\xc3\xa4"), SCOV_E_FORMAT, SPAN_INIT(""), 0,
			false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct scov_err err;
		struct url u = { 0 };

		check(cases[i].name, url_parse(cases[i].in, &u, &err) == cases[i].code);
		check_span(cases[i].name, u.host, cases[i].host);
		check(cases[i].name, u.port == cases[i].port);
		check(cases[i].name, url_is_loopback(&u) == cases[i].loopback);
	}
}

static void redirect_targets(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span base, location;
		int code;
		const char *want;
	} cases[] = {
		{ "absolute", SPAN_INIT("https://a/v2/x"), SPAN_INIT("https://b/c?sig=1"), 0,
			"https://b/c?sig=1" },
		{ "absolute path", SPAN_INIT("https://a:5000/v2/x?q=1"), SPAN_INIT("/y"), 0,
			"https://a:5000/y" },
		{ "beside", SPAN_INIT("https://a/v2/x?q=/1"), SPAN_INIT("y"), 0, "https://a/v2/y" },
		{ "beside nothing", SPAN_INIT("https://a"), SPAN_INIT("y"), 0, "https://a/y" },
		{ "same scheme", SPAN_INIT("http://a/x"), SPAN_INIT("//b/y"), 0, "http://b/y" },
		{ "query only", SPAN_INIT("https://a/x?p"), SPAN_INIT("?q"), 0, "https://a/x?q" },
		{ "fragment goes", SPAN_INIT("https://a/x"), SPAN_INIT("/y#z"), 0, "https://a/y" },
		{ "colon in a path is no scheme", SPAN_INIT("https://a/x"), SPAN_INIT("/sha256:0"),
			0, "https://a/sha256:0" },
		{ "file", SPAN_INIT("https://a/x"), SPAN_INIT("file:///etc/shadow"), SCOV_E_FORMAT,
			NULL },
		{ "script", SPAN_INIT("https://a/x"), SPAN_INIT("javascript:alert(1)"),
			SCOV_E_FORMAT, NULL },
		{ "credentials", SPAN_INIT("https://a/x"), SPAN_INIT("https://u:p@b/"),
			SCOV_E_FORMAT, NULL },
		{ "empty", SPAN_INIT("https://a/x"), SPAN_INIT(""), SCOV_E_FORMAT, NULL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_arena struct arena a = { 0 };
		struct scov_err err;
		struct url base;
		const char *out = NULL;

		assert_int_equal(url_parse(cases[i].base, &base, &err), 0);
		check(cases[i].name,
			url_resolve(&base, cases[i].location, &a, &out, &err) == cases[i].code);
		check_span(cases[i].name, span_str(out), span_str(cases[i].want));
	}
}

static void long_redirect_is_kept_whole(void **state)
{
	(void)state;
	scoped_arena struct arena a = { 0 };
	scoped_buf struct buf b = { 0 };
	struct url base;
	const char *out = NULL;

	buf_str(&b, "/p?");
	while (b.len < 6000)
		buf_str(&b, "x");
	assert_int_equal(url_parse(SPAN("https://a/x"), &base, NULL), 0);
	assert_int_equal(url_resolve(&base, buf_view(&b), &a, &out, NULL), 0);
	assert_int_equal(strlen(out), 6000 + strlen("https://a"));
	while (b.len < 9000)
		buf_str(&b, "x");
	assert_int_not_equal(url_resolve(&base, buf_view(&b), &a, &out, NULL), 0);
}

static void origins(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span a, b;
		bool same;
	} cases[] = {
		{ "port written out", SPAN_INIT("https://h/"), SPAN_INIT("https://H:443/x"), true },
		{ "other port", SPAN_INIT("https://h/"), SPAN_INIT("https://h:444/"), false },
		{ "other scheme, same port", SPAN_INIT("https://h:80/"), SPAN_INIT("http://h:80/"),
			false },
		{ "other host", SPAN_INIT("https://h/"), SPAN_INIT("https://h.evil/"), false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct url a, b;

		assert_int_equal(
			url_parse(cases[i].a, &a, NULL) | url_parse(cases[i].b, &b, NULL), 0);
		check(cases[i].name, url_same_origin(&a, &b) == cases[i].same);
	}
}

static void what_is_shown_has_no_query(void **state)
{
	(void)state;
	char shown[URL_SHOWN];
	struct url u;

	assert_int_equal(url_parse(SPAN("https://h/p?X-Signature=secret#f"), &u, NULL), 0);
	assert_string_equal(url_show(&u, shown), "https://h/p");
}

static void escaping(void **state)
{
	(void)state;
	scoped_buf struct buf b = { 0 };

	url_escape(&b, SPAN("repository:a/b:pull &=%\xff~"));
	assert_string_equal(b.p, "repository%3Aa%2Fb%3Apull%20%26%3D%25%FF~");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parsing),
		cmocka_unit_test(redirect_targets),
		cmocka_unit_test(long_redirect_is_kept_whole),
		cmocka_unit_test(origins),
		cmocka_unit_test(what_is_shown_has_no_query),
		cmocka_unit_test(escaping),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
