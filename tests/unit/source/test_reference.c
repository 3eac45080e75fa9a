/* SPDX-License-Identifier: Apache-2.0 */
#include "source/reference.h"

#include "base/buf.h"
#include "tests/unit/unit.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void normal_forms(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span in;
		const char *want;
	} cases[] = {
		{ "short name", SPAN_INIT("nginx"), "docker.io/library/nginx:latest" },
		{ "tag", SPAN_INIT("nginx:1.25-alpine"), "docker.io/library/nginx:1.25-alpine" },
		{ "user of the hub", SPAN_INIT("grafana/loki"), "docker.io/grafana/loki:latest" },
		{ "hub written out", SPAN_INIT("docker.io/nginx"),
			"docker.io/library/nginx:latest" },
		{ "hub's old name", SPAN_INIT("index.docker.io/library/nginx"),
			"docker.io/library/nginx:latest" },
		{ "hub's server", SPAN_INIT("registry-1.docker.io/a/b:c"), "docker.io/a/b:c" },
		{ "other host", SPAN_INIT("ghcr.io/a/b/c:1"), "ghcr.io/a/b/c:1" },
		{ "one part at another host", SPAN_INIT("quay.io/x"), "quay.io/x:latest" },
		{ "port", SPAN_INIT("host:5000/x"), "host:5000/x:latest" },
		{ "port and tag", SPAN_INIT("host:5000/x:2"), "host:5000/x:2" },
		{ "localhost", SPAN_INIT("localhost/x"), "localhost/x:latest" },
		{ "host in capitals", SPAN_INIT("GHCR.IO/a/b"), "ghcr.io/a/b:latest" },
		{ "address", SPAN_INIT("127.0.0.1:5000/a"), "127.0.0.1:5000/a:latest" },
		{ "IPv6", SPAN_INIT("[::1]:5000/a:t"), "[::1]:5000/a:t" },
		{ "IPv6 without port", SPAN_INIT("[fd00::2]/a"), "[fd00::2]/a:latest" },
		{ "digest alone has no tag", SPAN_INIT("a/b@sha256:" HEX),
			"docker.io/a/b@sha256:" HEX },
		{ "tag and digest", SPAN_INIT("h:1/b:t@sha256:" HEX), "h:1/b:t@sha256:" HEX },
		{ "sha512", SPAN_INIT("b@sha512:" HEX HEX), "docker.io/library/b@sha512:" HEX HEX },
		{ "separators", SPAN_INIT("q.io/a--b/c__d/e.f_g"), "q.io/a--b/c__d/e.f_g:latest" },
		{ "tag of capitals", SPAN_INIT("a:V1_X.y-z"), "docker.io/library/a:V1_X.y-z" },
		{ "hex, but not an id", SPAN_INIT("h.io/" HEX), "h.io/" HEX ":latest" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_arena struct arena a = { 0 };
		struct reference r, again;
		struct scov_err err = { 0 };

		if (reference_parse(cases[i].in, &a, &r, &err))
			fail_msg("%s: %s", cases[i].name, err.text);
		const char *text = reference_format(&r, &a);

		check_span(cases[i].name, span_str(text), span_str(cases[i].want));
		check(cases[i].name, reference_parse(span_str(text), &a, &again, &err) == 0);
		check_span(cases[i].name, span_str(reference_format(&again, &a)), span_str(text));
	}
}

static void refused(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span in;
		const char *why;
	} cases[] = {
		{ "empty", SPAN_INIT(""), "not a name" },
		{ "scheme", SPAN_INIT("https://ghcr.io/a/b"), "without 'https://'" },
		{ "skopeo's scheme", SPAN_INIT("docker://nginx"), "without 'docker://'" },
		{ "capitals in the path", SPAN_INIT("ghcr.io/Foo/bar"), "lower case" },
		{ "a capital makes no host", SPAN_INIT("Host/x"), "lower case" },
		{ "capital name", SPAN_INIT("Nginx"), "lower case" },
		{ "image id", SPAN_INIT(HEX), "image id" },
		{ "empty tag", SPAN_INIT("nginx:"), "not a tag" },
		{ "tag starts with a dot", SPAN_INIT("nginx:.x"), "not a tag" },
		{ "tag with a slash after", SPAN_INIT("nginx:1/x/"), "not a" },
		{ "two slashes", SPAN_INIT("a//b"), "not a name" },
		{ "slash at the end", SPAN_INIT("a/b/"), "not a name" },
		{ "slash at the start", SPAN_INIT("/a"), "not a" },
		{ "dots", SPAN_INIT("a/../b"), "not a" },
		{ "three underscores", SPAN_INIT("a___b/c"), "not a name" },
		{ "separator at the end", SPAN_INIT("a-/b"), "not a name" },
		{ "port too large", SPAN_INIT("h:70000/a"), "not a host" },
		{ "port zero", SPAN_INIT("h:0/a"), "not a host" },
		{ "port with letters", SPAN_INIT("h:5x/a"), "not a host" },
		{ "host starts with a hyphen", SPAN_INIT("-h.io/a"), "not a host" },
		{ "host ends with a dot", SPAN_INIT("h.io./a"), "not a host" },
		{ "no IPv6 in the brackets", SPAN_INIT("[h]/a"), "not a host" },
		{ "open bracket", SPAN_INIT("[::1/a"), "not a host" },
		{ "digest too short", SPAN_INIT("a@sha256:12"), "not a digest" },
		{ "digest of an unknown kind", SPAN_INIT("a@md5:" HEX), "not a digest" },
		{ "digest in capitals",
			SPAN_INIT(
				"a@sha256:"
				"ABCDEF6789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
			"not a digest" },
		{ "query", SPAN_INIT("ghcr.io/a?b"), "not a name" },
		{ "user name", SPAN_INIT("me@ghcr.io/a"), "not a digest" },
		{ "blank", SPAN_INIT("a b"), "not a name" },
		{ "line break", SPAN_INIT("a\nb"), "not a name" },
		{ "NUL", SPAN_INIT("a\0b"), "not a name" },
		{ "not ASCII", SPAN_INIT("n\xc3\xa4he"), "not a name" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_arena struct arena a = { 0 };
		struct reference r;
		struct scov_err err = { 0 };

		check(cases[i].name, reference_parse(cases[i].in, &a, &r, &err) == SCOV_E_USAGE);
		if (!strstr(err.text, cases[i].why))
			fail_msg("%s: '%s' does not say '%s'", cases[i].name, err.text,
				cases[i].why);
	}
}

static void too_long(void **state)
{
	(void)state;
	scoped_arena struct arena a = { 0 };
	scoped_buf struct buf b = { 0 };
	struct reference r;

	buf_str(&b, "ghcr.io/");
	while (b.len < 255)
		buf_byte(&b, 'a');
	assert_int_equal(reference_parse(buf_view(&b), &a, &r, NULL), 0);
	buf_byte(&b, 'a');
	assert_int_equal(reference_parse(buf_view(&b), &a, &r, NULL), SCOV_E_USAGE);
	b.len = 0;
	buf_str(&b, "a:");
	for (int i = 0; i < REFERENCE_TAG_MAX; i++)
		buf_byte(&b, 't');
	assert_int_equal(reference_parse(buf_view(&b), &a, &r, NULL), 0);
	buf_byte(&b, 't');
	assert_int_equal(reference_parse(buf_view(&b), &a, &r, NULL), SCOV_E_USAGE);
	while (b.len <= REFERENCE_MAX)
		buf_byte(&b, 't');
	assert_int_equal(reference_parse(buf_view(&b), &a, &r, NULL), SCOV_E_USAGE);
}

static void the_hub_is_served_elsewhere(void **state)
{
	(void)state;
	scoped_arena struct arena a = { 0 };
	struct reference r;

	assert_int_equal(reference_parse(SPAN("nginx"), &a, &r, NULL), 0);
	check_span("hub", reference_server(&r), SPAN("registry-1.docker.io"));
	assert_int_equal(reference_parse(SPAN("quay.io/nginx"), &a, &r, NULL), 0);
	check_span("other", reference_server(&r), SPAN("quay.io"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(normal_forms),
		cmocka_unit_test(refused),
		cmocka_unit_test(too_long),
		cmocka_unit_test(the_hub_is_served_elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
