/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "base/date.h"
#include "known/bases.h"
#include "known/distributions.h"
#include "known/names.h"

#define COUNT(t) (sizeof(t) / sizeof(*(t)))

static void references(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span in;
		const char *repository, *tag, *text;
	} cases[] = {
		{ "short", SPAN_INIT("alpine"), "docker.io/library/alpine", "latest",
			"docker.io/library/alpine:latest" },
		{ "tag", SPAN_INIT("alpine:3.20"), "docker.io/library/alpine", "3.20",
			"docker.io/library/alpine:3.20" },
		{ "user", SPAN_INIT("a/b"), "docker.io/a/b", "latest", "docker.io/a/b:latest" },
		{ "host", SPAN_INIT("evil.example/a"), "evil.example/a", "latest",
			"evil.example/a:latest" },
		{ "port", SPAN_INIT("host:5000/x"), "host:5000/x", "latest", "host:5000/x:latest" },
		{ "localhost", SPAN_INIT("localhost/x:1"), "localhost/x", "1", "localhost/x:1" },
		{ "digest alone", SPAN_INIT("a@sha256:00"), "docker.io/library/a", "",
			"docker.io/library/a@sha256:00" },
		{ "tag and digest", SPAN_INIT("a:1@sha256:00"), "docker.io/library/a", "1",
			"docker.io/library/a:1@sha256:00" },
		{ "docker.io without library", SPAN_INIT("docker.io/debian:12"),
			"docker.io/library/debian", "12", "docker.io/library/debian:12" },
		{ "index.docker.io", SPAN_INIT("index.docker.io/library/debian"),
			"docker.io/library/debian", "latest", "docker.io/library/debian:latest" },
		{ "empty", SPAN_INIT(""), NULL, NULL, NULL },
		{ "blank inside", SPAN_INIT("a b"), NULL, NULL, NULL },
		{ "control character", SPAN_INIT("a\033b"), NULL, NULL, NULL },
		{ "a digest is no image called sha256",
			SPAN_INIT(
				"sha256:"
				"58f9e3fe2fc18da35b6565fa42d6596ee1ca4417283c1df4f4090384a862a112"),
			NULL, NULL, NULL },
		{ "only a digest", SPAN_INIT("@sha256:00"), NULL, NULL, NULL },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		scoped_arena struct arena a = { 0 };
		struct known_reference r = { 0 };

		check(cases[i].name,
			known_reference(&a, cases[i].in, &r) == (cases[i].repository != NULL));
		check_span(cases[i].name, r.repository, span_str(cases[i].repository));
		check_span(cases[i].name, r.tag, span_str(cases[i].tag));
		check_span(cases[i].name, r.text, span_str(cases[i].text));
	}
}

static void bases(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span in;
		int kind;
	} cases[] = {
		{ "scratch", SPAN_INIT("scratch"), KNOWN_MINIMAL },
		{ "alpine", SPAN_INIT("alpine:3.20"), KNOWN_MINIMAL },
		{ "slim", SPAN_INIT("docker.io/library/debian:bookworm-slim"), KNOWN_MINIMAL },
		{ "slim with a date", SPAN_INIT("debian:bookworm-20260101-slim"), KNOWN_MINIMAL },
		{ "python slim", SPAN_INIT("python:3.12-slim-bookworm"), KNOWN_MINIMAL },
		{ "debian", SPAN_INIT("debian:12"), KNOWN_FULL },
		{ "debian by digest", SPAN_INIT("debian@sha256:00"), KNOWN_FULL },
		{ "ubuntu on the AWS mirror",
			SPAN_INIT("public.ecr.aws/docker/library/ubuntu:24.04"), KNOWN_FULL },
		{ "distroless", SPAN_INIT("gcr.io/distroless/static-debian12:nonroot"),
			KNOWN_MINIMAL },
		{ "distroless debug", SPAN_INIT("gcr.io/distroless/base:debug-nonroot"),
			KNOWN_FULL },
		{ "chainguard", SPAN_INIT("cgr.dev/chainguard/static:latest"), KNOWN_MINIMAL },
		{ "chainguard dev", SPAN_INIT("cgr.dev/chainguard/python:latest-dev"), KNOWN_FULL },
		{ "ubi micro", SPAN_INIT("registry.access.redhat.com/ubi9/ubi-micro:9.4"),
			KNOWN_MINIMAL },
		{ "ubi minimal, old name", SPAN_INIT("registry.access.redhat.com/ubi8-minimal"),
			KNOWN_MINIMAL },
		{ "ubi", SPAN_INIT("registry.access.redhat.com/ubi9/ubi"), KNOWN_FULL },
		{ "a user's alpine", SPAN_INIT("someone/alpine:3.20"), KNOWN_NOTHING },
		{ "another host's slim", SPAN_INIT("evil.example/debian:slim"), KNOWN_NOTHING },
		{ "a name that starts alike", SPAN_INIT("alpine-fat/x"), KNOWN_NOTHING },
		{ "node, full Debian below", SPAN_INIT("node:20"), KNOWN_NOTHING },
		{ "no reference", SPAN_INIT("not a reference"), KNOWN_NOTHING },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct known_base *b = known_base_find(cases[i].in);

		check(cases[i].name, (b ? b->kind : KNOWN_NOTHING) == cases[i].kind);
	}
}

static void releases(void **state)
{
	(void)state;
	static const struct {
		const char *name, *id, *version, *codename, *end;
	} cases[] = {
		{ "Debian counts LTS", "debian", "12", "bookworm", "2028-06-30" },
		{ "Debian point release", "debian", "11.9", "bullseye", "2026-08-31" },
		{ "sid has no version", "debian", "", "sid", "rolling" },
		{ "testing is unknown", "debian", "", "forky", NULL },
		{ "Debian without anything", "debian", "", "", NULL },
		{ "Ubuntu standard support, not Pro", "ubuntu", "20.04", "focal", "2025-05-29" },
		{ "Alpine", "alpine", "3.20.3", "", "2026-04-01" },
		{ "3.2 is not 3.20", "alpine", "3.2.0", "", "2017-05-01" },
		{ "Alpine edge", "alpine", "3.21_alpha20240923", "", NULL },
		{ "a release of the future", "alpine", "4.0.0", "", NULL },
		{ "RHEL minor", "rhel", "9.4", "", "2032-05-31" },
		{ "SLES of service pack 6", "sles", "15.6", "", "2025-12-31" },
		{ "SLES service pack unknown", "sles", "15.9", "", NULL },
		{ "Amazon 2", "amzn", "2", "", "2026-06-30" },
		{ "Amazon 2023", "amzn", "2023", "", "2029-06-30" },
		{ "Wolfi", "wolfi", "20230201", "", "rolling" },
		{ "Tumbleweed", "opensuse-tumbleweed", "20260801", "", "rolling" },
		{ "no such distribution", "nonesuch", "1", "", NULL },
		{ "empty", "", "", "", NULL },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct known_release *r = known_release_find(span_str(cases[i].id),
			span_str(cases[i].version), span_str(cases[i].codename));
		char text[DATE_TEXT];

		check(cases[i].name, (r != NULL) == (cases[i].end != NULL));
		if (!r)
			continue;
		check_span(cases[i].name,
			span_str(r->end == KNOWN_ROLLING ? "rolling"
							 : date_format_day(r->end, text)),
			span_str(cases[i].end));
	}
	for (size_t i = 0; i < known_releases_n; i++)
		check("every row has its source",
			span_starts(known_releases[i].source, SPAN("https://")));
}

/* The end of the release that a row says, by the table and not by the function that is tested. */
static int64_t end_of(const struct known_replacement *r, struct span *codename)
{
	for (size_t i = 0; i < known_releases_n; i++) {
		const struct known_release *release = &known_releases[i];
		struct span version = release->version;

		if (span_ends(version, SPAN(".*")))
			version.len -= 2;
		if (span_eq(release->id, r->id) && span_eq(version, r->version)) {
			*codename = release->codename;
			return release->end;
		}
	}
	return -1;
}

static void a_base_to_build_on_can_be_pulled(void **state)
{
	(void)state;
	for (size_t i = 0; i < known_replacements_n; i++) {
		const struct known_replacement *r = &known_replacements[i];
		const char *name = (const char *)r->reference.p;
		scoped_arena struct arena a = { 0 };
		struct known_reference parsed;
		const struct known_base *base = known_base_find(r->reference);
		struct span codename = { 0 };
		int64_t until;

		check(name, known_reference(&a, r->reference, &parsed));
		check_span(name, parsed.text, r->reference); /* with its host and a tag */
		check(name, parsed.tag.len && !parsed.digest.len);
		check(name, base && base->kind == KNOWN_MINIMAL);
		check(name, end_of(r, &codename) > 0);
		check(name, span_has(r->reference, r->version) ||
				    (codename.len && span_has(parsed.tag, codename)));
		check(name, !r->until.len || date_parse_day(r->until, &until));
		check(name, span_starts(r->source, SPAN("https://")));
	}
}

/* Of every release of the table, and what has only a type of packages, on every day. */
static void no_base_past_its_end(void **state)
{
	static const struct span others[] = { SPAN_INIT("deb"), SPAN_INIT("apk"), SPAN_INIT("rpm"),
		SPAN_INIT("suse"), SPAN_INIT("static"), SPAN_INIT("nonesuch") };
	enum { FIRST = 17532 /* 2018-01-01 */, LAST = 22280 /* 2031-01-01 */ };
	size_t found = 0;

	(void)state;
	for (size_t i = 0; i < known_releases_n + COUNT(others); i++) {
		bool is_release = i < known_releases_n;
		struct span id = is_release ? known_releases[i].id : others[i - known_releases_n];
		struct span version = is_release ? known_releases[i].version : SPAN("");

		if (span_ends(version, SPAN(".*")))
			version.len -= 2;
		for (int64_t day = FIRST; day <= LAST; day++) {
			const struct known_replacement *r = known_replacement_find(
				id, version, day * DAY_SECONDS + DAY_SECONDS - 1);
			struct span codename;
			int64_t until = INT64_MAX;

			if (!r)
				continue;
			found++;
			if (r->until.len)
				assert_true(date_parse_day(r->until, &until));
			if (day > end_of(r, &codename) || day > until)
				fail_msg("%.*s %.*s on day %d: %.*s is past its end", SPAN_ARG(id),
					SPAN_ARG(version), (int)day, SPAN_ARG(r->reference));
		}
	}
	assert_true(found > 10000);
}

static void names(void **state)
{
	(void)state;
	static const struct {
		struct span name;
		int shell, tool, manager;
		bool shared;
		const char *plain;
	} cases[] = {
		{ SPAN_INIT("bash"), SHELL_NAME, 0, 0, false, NULL },
		{ SPAN_INIT("ksh93"), SHELL_NAME, 0, 0, false, NULL },
		{ SPAN_INIT("rc"), SHELL_SHARED_NAME, 0, 0, false, NULL },
		{ SPAN_INIT("busybox"), SHELL_MULTI_CALL, 0, 0, false, NULL },
		{ SPAN_INIT("nologin"), SHELL_NOT, 0, 0, false, NULL },
		{ SPAN_INIT("zsh"), SHELL_NAME, 0, 0, false, NULL },
		{ SPAN_INIT("x86_64-linux-gnu-gcc-12"), 0, TOOL_BUILD, 0, false, "gcc" },
		{ SPAN_INIT("gcc-ar-12"), 0, TOOL_BUILD, 0, false, "gcc-ar" },
		{ SPAN_INIT("bash-static"), SHELL_NAME, 0, 0, false, NULL },
		{ SPAN_INIT("bash5"), SHELL_NAME, 0, 0, false, NULL },
		{ SPAN_INIT("zsh-5.9"), SHELL_NAME, 0, 0, false, NULL },
		{ SPAN_INIT("ksh93u+m"), SHELL_NAME, 0, 0, false, NULL },
		{ SPAN_INIT("zsh4-beta"), SHELL_NAME, 0, 0, false, NULL },
		{ SPAN_INIT("sh.distrib"), SHELL_NAME, 0, 0, false, NULL },
		{ SPAN_INIT("push"), SHELL_NOT, 0, 0, false, NULL },
		{ SPAN_INIT("es2html"), SHELL_NOT, 0, 0, false, NULL },
		{ SPAN_INIT("busybox.nosuid"), SHELL_MULTI_CALL, 0, 0, false, NULL },
		{ SPAN_INIT("apk.static"), 0, 0, MANAGER_OS, false, NULL },
		{ SPAN_INIT("pacman-static"), 0, 0, MANAGER_OS, false, NULL },
		{ SPAN_INIT("easy_install-3.9"), 0, 0, MANAGER_LANGUAGE, false, NULL },
		{ SPAN_INIT("cpan5.36-x86_64-linux-gnu"), 0, 0, MANAGER_LANGUAGE, false, NULL },
		{ SPAN_INIT("gdb-multiarch"), 0, TOOL_DEBUG, 0, false, "gdb" },
		{ SPAN_INIT("ninja-build"), 0, TOOL_BUILD, 0, false, "ninja" },
		{ SPAN_INIT("go1.22"), 0, TOOL_BUILD, 0, false, "go" },
		{ SPAN_INIT("m4"), 0, TOOL_BUILD, 0, false, "m4" },
		{ SPAN_INIT("zig"), 0, TOOL_BUILD, 0, false, "zig" },
		{ SPAN_INIT("abuild"), 0, TOOL_BUILD, 0, false, "abuild" },
		{ SPAN_INIT("clang-14"), 0, TOOL_BUILD, 0, false, "clang" },
		{ SPAN_INIT("ld.bfd"), 0, TOOL_BUILD, 0, false, "ld.bfd" },
		{ SPAN_INIT("aarch64-linux-gnu-ld.bfd"), 0, TOOL_BUILD, 0, false, "ld.bfd" },
		{ SPAN_INIT("nc.openbsd"), 0, TOOL_DEBUG, 0, false, "nc.openbsd" },
		{ SPAN_INIT("nc"), 0, TOOL_DEBUG, 0, false, "nc" },
		{ SPAN_INIT("cargo"), 0, TOOL_BUILD, 0, false, "cargo" },
		{ SPAN_INIT("pip3.11"), 0, 0, MANAGER_LANGUAGE, false, NULL },
		{ SPAN_INIT("pip3"), 0, 0, MANAGER_LANGUAGE, false, NULL },
		{ SPAN_INIT("dnf5"), 0, 0, MANAGER_OS, false, NULL },
		{ SPAN_INIT("dnf-3"), 0, 0, MANAGER_OS, false, NULL },
		{ SPAN_INIT("yarn"), 0, 0, MANAGER_LANGUAGE, true, NULL },
		{ SPAN_INIT("apk"), 0, 0, MANAGER_OS, false, NULL },
		{ SPAN_INIT("zypper"), 0, 0, MANAGER_OS, false, NULL },
		{ SPAN_INIT("go"), 0, TOOL_BUILD, 0, false, "go" },
		{ SPAN_INIT(""), 0, 0, 0, false, NULL },
		{ SPAN_INIT("12"), 0, 0, 0, false, NULL },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *name = cases[i].name.len ? (const char *)cases[i].name.p : "empty";
		struct span plain = { 0 };
		bool shared = true;

		check(name, (int)known_shell(cases[i].name) == cases[i].shell);
		check(name, (int)known_tool(cases[i].name, &plain) == cases[i].tool);
		check_span(name, plain, span_str(cases[i].plain));
		check(name, (int)known_manager(cases[i].name, &shared) == cases[i].manager);
		check(name, shared == cases[i].shared);
	}
	assert_true(known_roles(SPAN("su-exec")) & ROLE_DROPPER);
	assert_true(known_roles(SPAN("chroot")) & ROLE_DROPPER);
	assert_true(known_roles(SPAN("chpst")) & ROLE_DROPPER);
	assert_false(known_roles(SPAN("su")) & ROLE_DROPPER);
	assert_int_equal(known_roles(SPAN("")), 0);
	assert_int_equal(known_roles(SPAN("zzz")), 0);
	assert_true(known_interpreter(SPAN("python3.11")) && known_interpreter(SPAN("awk")) &&
		    !known_interpreter(SPAN("sh")));
}

/* Bisection needs order: every name of every table must be found. */
static void every_name_of_section_six_is_found(void **state)
{
	(void)state;
	static const char all_shells[] = "sh bash rbash dash ash hush ksh ksh93 mksh lksh oksh "
					 "yash zsh fish csh tcsh rc es elvish nu "
					 "xonsh posh pwsh busybox toybox sash";
	static const char all_tools[] =
		"gcc g++ cc c++ cpp clang clang++ tcc ld ld.bfd ld.gold ld.lld mold as ar nm "
		"objdump objcopy "
		"ranlib strip readelf make gmake cmake ninja meson bazel bazelisk buck2 scons "
		"autoconf automake libtool m4 bison flex "
		"pkg-config go gofmt rustc cargo ghc javac jlink mvn gradle ant sbt kotlinc scalac "
		"swiftc nvcc gfortran ldc2 zig nasm "
		"yasm node-gyp tsc protoc git svn hg rpmbuild dpkg-buildpackage abuild docker "
		"buildctl buildah kaniko cc1 cc1plus "
		"collect2 lto1 gdb gdbserver lldb lldb-server strace ltrace perf bpftrace bpftool "
		"rr valgrind stap crash dlv jdb jmap "
		"jstack jcmd tcpdump tshark ngrep nmap ncat socat nc.traditional nc.openbsd iperf3";
	static const char all_managers[] =
		"apt apt-get aptitude dpkg apk rpm yum dnf dnf5 microdnf tdnf zypper pacman opkg "
		"xbps-install "
		"emerge nix nix-env guix brew snap flatpak swupd pip pipx uv poetry pdm conda "
		"mamba micromamba pixi npm npx yarn pnpm "
		"bun corepack gem bundle composer pear pecl luarocks cpan cpanm opam nuget mix "
		"rebar3 stack cabal";
	struct span word, rest;
	bool shared;

	rest = span_str(all_shells);
	while (span_split(&rest, ' ', &word))
		check(all_shells, known_shell(word) != SHELL_NOT);
	rest = span_str(all_tools);
	while (span_split(&rest, ' ', &word))
		if (known_tool(word, NULL) == TOOL_NOT)
			fail_msg("%.*s", SPAN_ARG(word));
	rest = span_str(all_managers);
	while (span_split(&rest, ' ', &word))
		if (known_manager(word, &shared) == MANAGER_NOT)
			fail_msg("%.*s", SPAN_ARG(word));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(references),
		cmocka_unit_test(bases),
		cmocka_unit_test(releases),
		cmocka_unit_test(a_base_to_build_on_can_be_pulled),
		cmocka_unit_test(no_base_past_its_end),
		cmocka_unit_test(names),
		cmocka_unit_test(every_name_of_section_six_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
