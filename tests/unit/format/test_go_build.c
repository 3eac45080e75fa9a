/* test_go_build.c - the lines that a Go program has of its build, and names of its functions.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/go_build.h"
#include "format/go_symbols.h"
#include "tests/unit/unit.h"

/* "path version," of every module, '*' after the main one's; then the toolchain and the time. */
static struct span told(struct arena *a, const struct go_build *b)
{
	char *all = arena_printf(a, "%s", "");

	for (size_t i = 0; i < b->modules.n; i++)
		all = arena_printf(a, "%s%.*s %.*s%s, ", all, SPAN_ARG(b->modules.p[i].path),
			SPAN_ARG(b->modules.p[i].version), b->modules.p[i].is_main ? "*" : "");
	return span_str(arena_printf(a, "%s%.*s %lld%s", all, SPAN_ARG(b->version),
		(long long)b->time, b->is_cut ? " cut" : ""));
}

#define MAIN "mod\texample.com/a\t(devel)\t\n"

static void lines(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span version, text, want;
	} cases[] = {
		{ "modules", SPAN_INIT("go1.22.3"),
			SPAN_INIT("path\texample.com/a/cmd\nmod\texample.com/a\tv1.2.3\th1:x=\n"
				  "dep\tgolang.org/x/net\tv0.7.0\th1:y=\n"),
			SPAN_INIT("example.com/a v1.2.3*, golang.org/x/net v0.7.0, go1.22.3 0") },
		{ "a replaced module is its replacement", SPAN_INIT("go1.22.3"),
			SPAN_INIT("dep\texample.com/old\tv1.0.0\n=>\texample.com/"
				  "new\tv2.0.0\th1:=\n"),
			SPAN_INIT("example.com/new v2.0.0, go1.22.3 0") },
		{ "a folder that replaces has no version", SPAN_INIT("go1.22.3"),
			SPAN_INIT("dep\texample.com/old\tv1.0.0\n=>\t./local\t(devel)\t\n"),
			SPAN_INIT("example.com/old v1.0.0, go1.22.3 0") },
		{ "a replacement of nothing", SPAN_INIT("go1.22.3"), SPAN_INIT("=>\ta\tv1\n"),
			SPAN_INIT("go1.22.3 0 cut") },
		{ "two replacements of one module", SPAN_INIT("go1.22.3"),
			SPAN_INIT("dep\ta\tv1.0.0\n=>\tb\tv2.0.0\n=>\tc\tv3.0.0\n"),
			SPAN_INIT("b v2.0.0, go1.22.3 0 cut") },
		{ "a module without a path", SPAN_INIT("go1.22.3"), SPAN_INIT("dep\t\tv1\n"),
			SPAN_INIT("go1.22.3 0 cut") },
		{ "no lines", SPAN_INIT("go1.22.3"), SPAN_INIT(""), SPAN_INIT("go1.22.3 0") },
		{ "an experiment", SPAN_INIT("go1.21.4 X:boringcrypto"), SPAN_INIT(""),
			SPAN_INIT("go1.21.4 0") },
		{ "a vendor's build", SPAN_INIT("go1.20.1 (Red Hat 1.20.1-1.el9)"), SPAN_INIT(""),
			SPAN_INIT("go1.20.1 0") },
		{ "a vendor's build with a dash", SPAN_INIT("go1.21.9-custom"), SPAN_INIT(""),
			SPAN_INIT("go1.21.9 0") },
		{ "a candidate", SPAN_INIT("go1.23rc1"), SPAN_INIT(""), SPAN_INIT("go1.23rc1 0") },
		{ "a development tree is no release", SPAN_INIT("devel go1.23-0123abc Mon"),
			SPAN_INIT(""), SPAN_INIT(" 0") },
		{ "version of -X", SPAN_INIT("go1.22.3"),
			SPAN_INIT(MAIN "build\t-ldflags=\"-s -w -X main.version=1.4.2\"\n"),
			SPAN_INIT("example.com/a v1.4.2*, go1.22.3 0") },
		{ "version of -X in quotes", SPAN_INIT("go1.22.3"),
			SPAN_INIT(MAIN "build\t-ldflags=\"-X 'example.com/a/v.Version=v1.4.2-rc.1' "
				       "-X 'main.date=a b'\"\n"),
			SPAN_INIT("example.com/a v1.4.2-rc.1*, go1.22.3 0") },
		{ "version of -X=", SPAN_INIT("go1.22.3"),
			SPAN_INIT(MAIN "build\t-ldflags=-X=main.Version=2.0.0\n"),
			SPAN_INIT("example.com/a v2.0.0*, go1.22.3 0") },
		{ "the program's own variable wins", SPAN_INIT("go1.22.3"),
			SPAN_INIT(MAIN "build\t-ldflags=\"-X example.com/lib.Version=9.9.9 -X "
				       "main.version=1.0.0\"\n"),
			SPAN_INIT("example.com/a v1.0.0*, go1.22.3 0") },
		{ "a library holds the program's version", SPAN_INIT("go1.22.3"),
			SPAN_INIT(MAIN "build\t-ldflags=\"-X "
				       "github.com/prometheus/common/version.Version=2.45.0\"\n"),
			SPAN_INIT("example.com/a v2.45.0*, go1.22.3 0") },
		{ "two that differ", SPAN_INIT("go1.22.3"),
			SPAN_INIT(MAIN "build\t-ldflags=\"-X example.com/l.Version=9.9.9 -X "
				       "example.com/k.Version=9.9.8\"\n"),
			SPAN_INIT("example.com/a *, go1.22.3 0") },
		{ "another variable", SPAN_INIT("go1.22.3"),
			SPAN_INIT(MAIN "build\t-ldflags=\"-X main.goVersion=1.22.3\"\n"),
			SPAN_INIT("example.com/a *, go1.22.3 0") },
		{ "not a version", SPAN_INIT("go1.22.3"),
			SPAN_INIT(MAIN "build\t-ldflags=\"-X main.version=abc\"\n"),
			SPAN_INIT("example.com/a *, go1.22.3 0") },
		{ "a release of the main module needs no settings", SPAN_INIT("go1.22.3"),
			SPAN_INIT("mod\texample.com/a\tv3.0.0\nbuild\t-ldflags=\"-X "
				  "main.version=1.0.0\"\n"),
			SPAN_INIT("example.com/a v3.0.0*, go1.22.3 0") },
		{ "a commit", SPAN_INIT("go1.22.3"),
			SPAN_INIT(MAIN
				"build\tvcs.revision=0123456789abcdef0123456789abcdef01234567\n"
				"build\tvcs.time=2024-01-31T12:34:56Z\n"),
			SPAN_INIT("example.com/a v0.0.0-20240131123456-0123456789ab*, go1.22.3 "
				  "1706704496") },
		{ "a commit without a time", SPAN_INIT("go1.22.3"),
			SPAN_INIT(MAIN "build\tvcs.revision=0123456789abcdef\n"),
			SPAN_INIT("example.com/a *, go1.22.3 0") },
		{ "a revision that is none", SPAN_INIT("go1.22.3"),
			SPAN_INIT(MAIN "build\tvcs.revision=%s%s%s%s%s%s%s\n"
				       "build\tvcs.time=2024-01-31T12:34:56Z\n"),
			SPAN_INIT("example.com/a *, go1.22.3 1706704496") },
		{ "a time that is none", SPAN_INIT("go1.22.3"),
			SPAN_INIT(MAIN "build\tvcs.time=yesterday\n"),
			SPAN_INIT("example.com/a *, go1.22.3 0") },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_arena struct arena a = { 0 };
		struct go_build b;

		assert_true(go_build_parse(cases[i].version, cases[i].text, &a, &b));
		check_span(cases[i].name, told(&a, &b), cases[i].want);
	}
}

static void too_many(void **state)
{
	(void)state;
	scoped_arena struct arena a = { 0 };
	char *text = arena_alloc(&a, 8 * (GO_MODULES_MAX + 2));
	struct go_build b;

	for (size_t i = 0; i <= GO_MODULES_MAX; i++)
		memcpy(text + 8 * i, "dep\ta\tv\n", 8);
	assert_true(go_build_parse(SPAN("go1.22"), span_str(text), &a, &b));
	assert_int_equal(b.modules.n, GO_MODULES_MAX);
	assert_true(b.is_cut);
}

static void symbols(void **state)
{
	(void)state;
	static const struct {
		struct span raw, want, package; /* want empty: not a name */
	} cases[] = {
		{ SPAN_INIT("net/http.Get"), SPAN_INIT("net/http.Get"), SPAN_INIT("net/http.") },
		{ SPAN_INIT("net/http.(*Transport).RoundTrip"),
			SPAN_INIT("net/http.Transport.RoundTrip"), SPAN_INIT("net/http.") },
		{ SPAN_INIT("net/http.Header.Add"), SPAN_INIT("net/http.Header.Add"),
			SPAN_INIT("net/http.") },
		{ SPAN_INIT("gopkg.in/yaml%2ev3.(*Node).Decode"),
			SPAN_INIT("gopkg.in/yaml.v3.Node.Decode"), SPAN_INIT("gopkg.in/yaml.v3.") },
		{ SPAN_INIT("slices.Sort[go.shape.[]a/b.c]"), SPAN_INIT("slices.Sort"),
			SPAN_INIT("slices.") },
		{ SPAN_INIT("a/b.(*List[go.shape.int]).Push"), SPAN_INIT("a/b.List.Push"),
			SPAN_INIT("a/b.") },
		{ SPAN_INIT("maps.Keys[go.shape.struct { A int \"json:\\\"a\\\"\" }]"),
			SPAN_INIT("maps.Keys"), SPAN_INIT("maps.") },
		{ SPAN_INIT("main.main"), SPAN_INIT("main.main"), SPAN_INIT("main.") },
		{ SPAN_INIT("type:.eq.net/http.http2frame"), SPAN_INIT(""), SPAN_INIT("") },
		{ SPAN_INIT("go:buildid"), SPAN_INIT(""), SPAN_INIT("") },
		{ SPAN_INIT("_rt0_amd64_linux"), SPAN_INIT(""), SPAN_INIT("") },
		{ SPAN_INIT("a/b"), SPAN_INIT(""), SPAN_INIT("") },
		{ SPAN_INIT("a/b."), SPAN_INIT(""), SPAN_INIT("") },
		{ SPAN_INIT(""), SPAN_INIT(""), SPAN_INIT("") },
		{ SPAN_INIT("a]b.c"), SPAN_INIT("a]b.c"), SPAN_INIT("a]b.") },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint8_t text[GO_NAME_MAX];
		struct span name;
		size_t package;
		bool good = go_symbol_parse(cases[i].raw, text, &name, &package);

		assert_int_equal(good, cases[i].want.len != 0);
		if (!good)
			continue;
		check_span("name", name, cases[i].want);
		check_span("package", span_sub(name, 0, package), cases[i].package);
	}
}

static bool keep_last(void *ctx, struct span raw)
{
	static uint8_t text[GO_NAME_MAX];
	size_t package;

	return go_symbol_parse(raw, text, ctx, &package);
}

/* The table of Go 1.26 begins at any multiple of eight. */
static void table_at_eight(void **state)
{
	(void)state;
	enum { AT = 8, NAMES = 72, END = NAMES + 13 };
	static const struct span main = SPAN_INIT("runtime.main");
	const struct elf elf = { .bits = 64 };
	struct span name = { 0 };
	struct go_symbols g = { .elf = &elf, .name = keep_last, .ctx = &name };
	uint8_t bytes[AT + END] = {
		[AT] = 0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8, 1, [AT + 32] = NAMES, [AT + 40] = END
	};

	memcpy(bytes + AT + NAMES, main.p, main.len);
	go_symbols_look(&g, span_of(bytes, sizeof(bytes)), 0, 0, sizeof(bytes));
	assert_true(go_symbols_end(&g));
	check_span("name", name, main);
}

/* Parameters of types that are longer than what is kept, in pieces of any size. */
static void long_parameters(void **state)
{
	(void)state;
	enum { NAME = 5000 };
	static uint8_t bytes[NAME];
	static const struct span head = SPAN_INIT("a/b.(*T["), tail = SPAN_INIT("]).Push");

	memset(bytes, 'x', sizeof(bytes));
	memcpy(bytes, head.p, head.len);
	memcpy(bytes + NAME - 1 - tail.len, tail.p, tail.len);
	bytes[NAME - 1] = 0;
	for (size_t piece = 1; piece <= NAME; piece = piece * 3 + 1) {
		struct span name = { 0 };
		struct go_symbols g = {
			.is_found = true, .end = NAME, .name = keep_last, .ctx = &name
		};

		for (size_t at = 0; at < NAME; at += piece)
			go_symbols_feed(&g, span_sub(span_of(bytes, NAME), at, piece), at);
		check_span("name", name, SPAN("a/b.T.Push"));
		assert_int_equal(g.next, NAME);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(too_many),
		cmocka_unit_test(symbols),
		cmocka_unit_test(long_parameters),
		cmocka_unit_test(table_at_eight),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
