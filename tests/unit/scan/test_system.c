/* test_system.c - os-release, accounts, and the small files that tell how an image was made.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/passwd.h"
#include "scoville/scoville.h"
#include "tests/unit/scan/look.h"

static struct span joined(struct look *l)
{
	char *all = arena_printf(&l->arena, "%s", "");

	for (size_t i = 0; i < l->part.releases.n; i++)
		all = arena_printf(&l->arena, "%s%.*s=%.*s;", all,
			SPAN_ARG(l->part.releases.p[i].key), SPAN_ARG(l->part.releases.p[i].value));
	for (size_t i = 0; i < l->part.markers.n; i++)
		all = arena_printf(&l->arena, "%s%d:%u:%.*s;", all, l->part.markers.p[i].kind,
			l->part.markers.p[i].line, SPAN_ARG(l->part.markers.p[i].text));
	for (size_t i = 0; i < l->part.users.n; i++) {
		const struct user_fact *u = &l->part.users.p[i];

		all = arena_printf(&l->arena, "%s%s%u:%.*s:%u:%u:%.*s:%.*s;", all,
			u->is_group ? "g" : "u", u->line, SPAN_ARG(u->name), u->uid, u->gid,
			SPAN_ARG(u->home), SPAN_ARG(u->shell));
	}
	return span_str(all);
}

static void files(void **state)
{
	(void)state;
	static const struct {
		const char *name, *path;
		struct span in, want;
	} cases[] = {
		{ "os-release", "etc/os-release",
			SPAN_INIT("NAME=\"A \\\"B\\\"\"\nID=x # no\nHOME_URL=u\n"),
			SPAN_INIT("NAME=A \"B\";ID=x;") },
		{ "single quotes keep backslashes", "usr/lib/os-release",
			SPAN_INIT("VERSION_ID='1\\2'\r\n"), SPAN_INIT("VERSION_ID=1\\2;") },
		{ "the last one wins", "etc/os-release", SPAN_INIT("ID=a\nID=b\n"),
			SPAN_INIT("ID=b;") },
		{ "a quote that never ends", "etc/os-release", SPAN_INIT("ID=\"a"),
			SPAN_INIT("ID=a;") },
		{ "no assignment", "etc/os-release", SPAN_INIT("ID a\n=b\nX Y=c\n"),
			SPAN_INIT("") },
		{ "elsewhere", "opt/etc/os-release", SPAN_INIT("ID=a\n"), SPAN_INIT("") },
		{ "debian_version", "etc/debian_version", SPAN_INIT("12.7\nmore\n"),
			SPAN_INIT("debian_version=12.7;") },
		{ "alpine-release, empty", "etc/alpine-release", SPAN_INIT(""),
			SPAN_INIT("alpine-release=;") },
		{ "passwd", "etc/passwd",
			SPAN_INIT("root:x:0:0:r:/root:/bin/sh\n# c\napp:x:1000:100::/h:\n"),
			SPAN_INIT("u1:root:0:0:/root:/bin/sh;u2:# c:0:0::;u3:app:1000:100:/h:;") },
		{ "passwd, white space of Unicode", "etc/passwd",
			SPAN_INIT("\xc2\xa0\xe2\x80\x83"
				  "a:x:1:2:::s \xc2\x85\r\n\xa0"
				  "b:x:3:4:::\n"
				  "\xe3\x80\x80\n"),
			SPAN_INIT("u1:a:1:2::s;u2:\xa0"
				  "b:3:4::;") },
		{ "passwd, damaged lines", "etc/passwd",
			SPAN_INIT("a:x:-1:0::\nb:x:4294967296:0::\n:x:0:0::\nc\nd:x:0:0"),
			SPAN_INIT("u1:a:4294967295:0::;u2:b:4294967295:0::;u3::0:0::;u4:c:0:0::;"
				  "u5:d:0:0::;") },
		{ "group", "etc/group", SPAN_INIT("wheel:x:10:a,b\nbad\n"),
			SPAN_INIT("g1:wheel:0:10::;g2:bad:0:0::;") },
		{ "shells", "etc/shells", SPAN_INIT("# list\n/bin/sh\n\n/bin/x\n"),
			SPAN_INIT("1:2:/bin/sh;1:4:/bin/x;") },
		{ "slim", "etc/dpkg/dpkg.cfg.d/docker",
			SPAN_INIT("# This is the \"slim\" variant of\npath-exclude /x\n"),
			SPAN_INIT("2:1:# This is the \"slim\" variant of;") },
		{ "not slim", "etc/dpkg/dpkg.cfg.d/docker", SPAN_INIT("force-unsafe-io\n"),
			SPAN_INIT("") },
		{ "apko", "etc/apko.json", SPAN_INIT("{\"contents\":{}}"), SPAN_INIT("3:0:;") },
		{ "apko that is not JSON", "etc/apko.json", SPAN_INIT("{\"contents\":"),
			SPAN_INIT("") },
		{ "machine id", "etc/machine-id", SPAN_INIT("0123456789abcdef0123456789abcdef\n"),
			SPAN_INIT("4:1:;") },
		{ "machine id, empty", "etc/machine-id", SPAN_INIT(""), SPAN_INIT("") },
		{ "machine id not made yet", "etc/machine-id", SPAN_INIT("uninitialized\n"),
			SPAN_INIT("") },
		{ "apk repositories", "etc/apk/repositories",
			SPAN_INIT("https://a/v3.20/main\n#no\n@t https://b\n"),
			SPAN_INIT("5:1:https://a/v3.20/main;5:3:@t https://b;") },
		{ "sources.list", "etc/apt/sources.list",
			SPAN_INIT("deb [ a=b ] http://a b c\n# deb http://no x\ndeb-src http://c "
				  "d\n"),
			SPAN_INIT("6:1:http://a;6:3:http://c;") },
		{ "deb822", "etc/apt/sources.list.d/x.sources",
			SPAN_INIT("Types: deb\nURIs: http://a\n http://b\nSuites: s\n http-no\n"),
			SPAN_INIT("6:2:http://a;6:3:http://b;") },
		{ "apt, other suffix", "etc/apt/sources.list.d/x.save",
			SPAN_INIT("deb http://a b\n"), SPAN_INIT("") },
		{ "yarn, the package manager", "opt/yarn/bin/yarn",
			SPAN_INIT("#!/bin/sh\nexec node \"$b/yarn.js\" \"$@\"\n"),
			SPAN_INIT("7:0:opt/yarn/bin/yarn;") },
		{ "another yarn", "opt/hadoop/bin/yarn", SPAN_INIT("#!/bin/bash\nexec java yarn\n"),
			SPAN_INIT("") },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_look struct look l;

		look_init(&l);
		look_at(&l, span_str(cases[i].path),
			span_has(cases[i].in, SPAN("#!")) ? 0755 : 0644, cases[i].in);
		check(cases[i].name, l.code == 0 && l.part.diags.n == 0);
		check_span(cases[i].name, joined(&l), cases[i].want);
	}
}

static void too_many_accounts(void **state)
{
	(void)state;
	scoped_look struct look l;
	char *all = arena_printf((look_init(&l), &l.arena), "%s", "u:x:1:1:::\n");

	for (int i = 0; i < 13; i++)
		all = arena_printf(&l.arena, "%s%s", all, all);
	look_at(&l, SPAN("etc/passwd"), 0644, span_str(all));
	assert_int_equal(l.part.users.n, 4096);
	assert_int_equal(l.part.diags.n, 1);
	assert_int_equal(l.part.diags.p[0].hides, HIDES_FILE);
}

/* moby's reader of passwd fails at it. */
static void a_long_line(void **state)
{
	(void)state;
	for (size_t len = PASSWD_LINE_LENGTH_MAX - 1; len <= PASSWD_LINE_LENGTH_MAX; len++) {
		scoped_look struct look l;

		look_init(&l);
		uint8_t *p = arena_alloc(&l.arena, len);

		memset(p, 'x', len);
		look_at(&l, SPAN("etc/passwd"), 0644, span_of(p, len));
		assert_int_equal(l.part.diags.n, len == PASSWD_LINE_LENGTH_MAX);
		assert_true(!l.part.diags.n || l.part.diags.p[0].hides == HIDES_READING);
	}
}

static void a_full_arena_is_an_error(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		struct span in;
	} cases[] = {
		{ "etc/passwd", SPAN_INIT("root:x:0:0:::\nroot:x:0:0:::\n") },
		{ "etc/os-release", SPAN_INIT("ID=a\nNAME=b\n") },
		{ "var/lib/dpkg/status", SPAN_INIT("Package: a\nVersion: 1\n") },
		{ "lib/apk/db/installed", SPAN_INIT("P:a\nV:1\nF:x\nR:y\n") },
		{ "var/lib/dpkg/info/a.list", SPAN_INIT("/x\n/y\n") },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_look struct look l;
		struct arena full = { .limit = 16 };

		look_init(&l);
		l.out.arena = &full;
		arena_alloc(&full, 16);
		look_at(&l, span_str(cases[i].path), 0644, cases[i].in);
		check(cases[i].path, l.code == SCOV_E_LIMIT);
		arena_release(&full);
	}
}

static void over_the_limit_of_packages(void **state)
{
	(void)state;
	scoped_look struct look l;

	look_init(&l);
	l.limits.packages = 1;
	look_at(&l, SPAN("lib/apk/db/installed"), 0644, SPAN("P:a\nV:1\n\nP:b\nV:1\n"));
	assert_int_equal(l.part.packages.n, 1);
	assert_int_equal(l.part.diags.n, 1);
	assert_int_equal(l.part.diags.p[0].hides, HIDES_PACKAGES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files),
		cmocka_unit_test(too_many_accounts),
		cmocka_unit_test(a_long_line),
		cmocka_unit_test(a_full_arena_is_an_error),
		cmocka_unit_test(over_the_limit_of_packages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
