/* test_inside.c - packages inside of programs, made here byte by byte: both sizes of addresses and
 * both orders of bytes, handed over in pieces of every size.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <zlib.h>

#include "facts/package.h"
#include "facts/symbols.h"
#include "format/rust_audit.h"
#include "scan/analyzers/record.h"
#include "tests/unit/scan/look.h"

/* The layout: headers, code, read-only data, data; then what is not loaded. Addresses are offsets
 * and BASE. */
enum {
	CODE = 0x1000,
	TEXT = 0x2000,
	DATA = 0x4000,
	TAIL = 0x5000,
	SIZE = 0x6000,
	BASE = 0x400000,
	NOTE = 0x400,
};

struct file {
	uint8_t bytes[SIZE];
	bool is_big, is_wide;
};

static void put(struct file *f, size_t at, unsigned bytes, uint64_t value)
{
	for (unsigned i = 0; i < bytes; i++)
		f->bytes[at + (f->is_big ? bytes - 1 - i : i)] = (uint8_t)(value >> 8 * i);
}

static void put_span(struct file *f, size_t at, struct span s)
{
	assert_true(at + s.len <= SIZE);
	memcpy(f->bytes + at, s.p, s.len);
}

static unsigned word(const struct file *f)
{
	return f->is_wide ? 8 : 4;
}

static void segment(
	struct file *f, unsigned i, uint32_t type, uint32_t flags, uint64_t offset, uint64_t size)
{
	unsigned w = word(f);
	size_t at = (f->is_wide ? 64 : 52) + i * (f->is_wide ? 56 : 32);

	put(f, at, 4, type);
	if (f->is_wide)
		put(f, at + 4, 4, flags);
	at += f->is_wide ? 8 : 4;
	put(f, at, w, offset);
	put(f, at + w, w, BASE + offset);
	put(f, at + 3 * w, w, size);
	put(f, at + 4 * w, w, size);
	if (!f->is_wide)
		put(f, at + 5 * w, 4, flags);
}

static void make_plain(struct file *f, bool is_wide, bool is_big)
{
	enum { LOAD = 1, NOTES = 4, R = 4, W = 2, X = 1 };
	unsigned w = is_wide ? 8 : 4;
	size_t at = 24;

	*f = (struct file){ .is_wide = is_wide, .is_big = is_big };
	put_span(f, 0,
		SPAN("\x7f"
		     "ELF"));
	f->bytes[4] = is_wide ? 2 : 1;
	f->bytes[5] = is_big ? 2 : 1;
	f->bytes[6] = 1;
	put(f, 16, 2, 2); /* ET_EXEC */
	put(f, 20, 4, 1);
	put(f, at + w, w, is_wide ? 64 : 52);
	at += 3 * w + 4;
	put(f, at, 2, is_wide ? 64 : 52);
	put(f, at + 2, 2, is_wide ? 56 : 32);
	put(f, at + 4, 2, 5);
	segment(f, 0, LOAD, R, 0, CODE);
	segment(f, 1, LOAD, R | X, CODE, TEXT - CODE);
	segment(f, 2, LOAD, R, TEXT, DATA - TEXT);
	segment(f, 3, LOAD, R | W, DATA, TAIL - DATA);
	segment(f, 4, NOTES, R, NOTE, 20);
}

/* One of Go: its linker's note says so. */
static void make(struct file *f, bool is_wide, bool is_big)
{
	make_plain(f, is_wide, is_big);
	put(f, NOTE, 4, 4);
	put(f, NOTE + 4, 4, 4);
	put(f, NOTE + 8, 4, 4);
	put_span(f, NOTE + 12, SPAN("Go\0\0test"));
}

/* Told as "TYPE name version," of all packages, '*' after a main one's; then the diagnostics. */
static struct span told(struct look *l)
{
	char *all = arena_printf(&l->arena, "%s", "");

	for (size_t i = 0; i < l->part.packages.n; i++) {
		const struct package_fact *p = &l->part.packages.p[i];

		all = arena_printf(&l->arena, "%s%s%s %.*s %.*s%s", all, i ? ", " : "",
			package_row(p->type)->name, SPAN_ARG(p->name), SPAN_ARG(p->version),
			p->is_main ? "*" : "");
		if (p->built)
			all = arena_printf(&l->arena, "%s @%lld", all, (long long)p->built);
	}
	for (size_t i = 0; i < l->part.diags.n; i++)
		all = arena_printf(&l->arena, "%s | %.*s", all, SPAN_ARG(l->part.diags.p[i].text));
	return span_str(all);
}

/* The file in pieces of `step` bytes: what it says has to be `want`. */
static void check_in(
	const char *name, const struct file *f, struct span path, size_t step, struct span want)
{
	const struct analyzer *a = &analyzer_programs;
	scoped_look struct look l;

	look_init(&l);
	*vec_push(&l.part.entries, &l.arena) =
		(struct entry){ .path = path, .size = SIZE, .mode = 0755, .type = ENTRY_FILE };
	assert_int_equal(a->want(&l.part.entries.p[0], path, 0), WANT_STREAM);
	void *state = arena_alloc(&l.scratch, a->stream_size);

	for (size_t at = 0; at < SIZE; at += step)
		assert_int_equal(a->piece(&l.out, 0, path, state,
					 span_sub(span_of(f->bytes, SIZE), at, step), false),
			0);
	assert_int_equal(a->piece(&l.out, 0, path, state, (struct span){ 0 }, true), 0);
	check_span(name, told(&l), want);
}

static void check_all(const char *name, const struct file *f, struct span path, struct span want)
{
	static const size_t steps[] = { SIZE, 4096, 4095, 513, 512, 100, 7, 1 };

	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
		check_in(name, f, path, steps[i], want);
}

#define START "\x30\x77\xaf\x0c\x92\x74\x08\x02\x41\xe1\xc1\x07\xe6\xd6\x18\xe6"
#define END "\xf9\x32\x43\x31\x86\x18\x20\x72\x00\x82\x42\x10\x41\x16\xd8\xf2"
#define LINES                                                                                      \
	"path\texample.com/a\nmod\texample.com/a\tv1.2.3\t\ndep\tgolang.org/x/net\tv0.7.0\th1:=\n"
#define GO_WANT(version) "go example.com/a v1.2.3*, go golang.org/x/net v0.7.0, go stdlib " version
static const struct span lines = SPAN_INIT(START LINES END), path = SPAN_INIT("usr/bin/a");

static void magic(struct file *f, size_t at, uint8_t flags)
{
	put_span(f, at, SPAN("\xff Go build"));
	put_span(f, at + 10, SPAN("inf:"));
	f->bytes[at + 14] = (uint8_t)word(f);
	f->bytes[at + 15] = flags;
}

static void make_inline(struct file *f, size_t at)
{
	magic(f, at, 2);
	put_span(f, at + 32,
		SPAN("\x08"
		     "go1.22.3"));
	f->bytes[at + 41] = (uint8_t)(0x80 | (lines.len & 0x7f));
	f->bytes[at + 42] = (uint8_t)(lines.len >> 7);
	put_span(f, at + 43, lines);
}

static void make_by_address(struct file *f)
{
	unsigned w = word(f);

	put_span(f, TEXT + 0x101, SPAN("go1.9go1.16.5go1.4"));
	put_span(f, TEXT + 0x203, lines);
	magic(f, DATA, f->is_big);
	put(f, DATA + 16, w, BASE + DATA + 0x40);
	put(f, DATA + 16 + w, w, BASE + DATA + 0x60);
	put(f, DATA + 0x40, w, BASE + TEXT + 0x106);
	put(f, DATA + 0x40 + w, w, 8);
	put(f, DATA + 0x60, w, BASE + TEXT + 0x203);
	put(f, DATA + 0x60 + w, w, lines.len);
}

static void go(void **state)
{
	(void)state;
	struct file f;

	for (unsigned i = 0; i < 4; i++) {
		make(&f, i & 1, i & 2);
		make_inline(&f, DATA);
		check_all("inline", &f, path, SPAN(GO_WANT("go1.22.3")));
		make(&f, i & 1, i & 2);
		make_by_address(&f);
		check_all("by address", &f, path, SPAN(GO_WANT("go1.16.5")));
	}
	/* at every place of a piece */
	for (size_t at = DATA; at < DATA + 0x400; at += 16) {
		make(&f, true, false);
		make_inline(&f, at);
		check_in("place", &f, path, 512, SPAN(GO_WANT("go1.22.3")));
	}
}

static void no_go(void **state)
{
	(void)state;
	struct file f;

	make_plain(&f, true, false);
	make_inline(&f, DATA + 8);
	check_all("not aligned", &f, path, SPAN(""));
	make_plain(&f, true, false);
	make_inline(&f, TAIL);
	check_all("not loaded", &f, path, SPAN(""));
	make_plain(&f, true, false);
	make_inline(&f, CODE);
	check_all("in code", &f, path, SPAN(""));
	make(&f, true, false);
	make_by_address(&f);
	put(&f, DATA + 16, 8, BASE + SIZE);
	check_all("an address of nothing", &f, path,
		SPAN(" | a Go program without build information that can be read"));
	make(&f, true, false);
	make_inline(&f, DATA);
	f.bytes[DATA + 33] = 'x';
	check_all("no version", &f, path,
		SPAN(" | a Go program without build information that can be read"));
	make(&f, true, false);
	make_inline(&f, DATA);
	put_span(&f, DATA + 41, SPAN("\xff\xff\xff\x7f"));
	check_all("a length of 256 MB", &f, path,
		SPAN(GO_WANT("go1.22.3") " | not all of Go's build information could be read"));
	make(&f, true, false);
	make_by_address(&f);
	put(&f, DATA + 0x68, 8, lines.len + 1);
	check_all("a length that is wrong", &f, path,
		SPAN("go stdlib go1.16.5 | not all of Go's build information could be read"));
	make(&f, true, false);
	make_by_address(&f);
	put(&f, DATA + 0x48, 8, 1 << 20);
	check_all("a version that is too long", &f, path,
		SPAN("go example.com/a v1.2.3*, go golang.org/x/net v0.7.0, go stdlib "));
}

/* A table for stack traces, of Go 1.16, 1.18 and 1.20. */
static void make_symbols(struct file *f, uint32_t magic_number, size_t at, struct span names)
{
	unsigned w = word(f), i = 0;
	bool old = magic_number == 0xfffffffa;
	size_t head = 8 + (old ? 7 : 8) * w;

	put(f, at, 4, magic_number);
	f->bytes[at + 6] = 1;
	f->bytes[at + 7] = (uint8_t)w;
	put(f, at + 8 + i++ * w, w, 3);
	put(f, at + 8 + i++ * w, w, 1);
	if (!old)
		put(f, at + 8 + i++ * w, w, BASE + CODE);
	put(f, at + 8 + i++ * w, w, head);
	put(f, at + 8 + i++ * w, w, head + names.len);
	put_span(f, at + head, names);
}

static bool has_symbols(const struct file *f, size_t step, const char *yes, const char *no)
{
	const struct analyzer *a = &analyzer_programs;
	scoped_look struct look l;

	look_init(&l);
	*vec_push(&l.part.entries, &l.arena) =
		(struct entry){ .path = path, .size = SIZE, .mode = 0755, .type = ENTRY_FILE };
	void *state = arena_alloc(&l.scratch, a->stream_size);

	for (size_t at = 0; at < SIZE; at += step)
		a->piece(
			&l.out, 0, path, state, span_sub(span_of(f->bytes, SIZE), at, step), false);
	a->piece(&l.out, 0, path, state, (struct span){ 0 }, true);
	if (!l.part.symbols.n)
		return false;
	struct span bits = l.part.symbols.p[0].bits;

	assert_true(symbols_may_have(bits, span_str(yes)));
	assert_true(symbols_may_have(bits, SPAN("net/http.")));
	assert_false(symbols_may_have(bits, span_str(no)));
	return true;
}

static void symbols(void **state)
{
	(void)state;
	static const uint32_t magics[] = { 0xfffffffa, 0xfffffff0, 0xfffffff1 };
	static const size_t steps[] = { SIZE, 512, 61, 1 };
	struct span names = SPAN("\0runtime.main\0net/http.(*Client).Do\0main.main\0");
	struct file f;

	for (size_t k = 0; k < 3; k++)
		for (unsigned i = 0; i < 4; i++)
			for (size_t s = 0; s < 4; s++) {
				make(&f, i & 1, i & 2);
				make_inline(&f, DATA);
				make_symbols(&f, magics[k], TEXT + 0x100, names);
				assert_true(has_symbols(
					&f, steps[s], "net/http.Client.Do", "net/http.Client.Get"));
			}
	/* without a fact every symbol counts as there */
	make(&f, true, false);
	make_inline(&f, DATA);
	make_symbols(&f, 0xfffffff1, TEXT + 0x100, SPAN("\0net/http.(*Client).Do\0"));
	assert_false(has_symbols(&f, SIZE, "", ""));
	make_symbols(&f, 0xfffffff1, TEXT + 0x100, names);
	make_symbols(&f, 0xfffffff1, TEXT + 0x800, names);
	assert_false(has_symbols(&f, SIZE, "", ""));
	make(&f, true, false);
	make_inline(&f, DATA);
	make_symbols(&f, 0xfffffffb, TEXT + 0x100, names);
	assert_false(has_symbols(&f, SIZE, "", ""));
	make(&f, true, false);
	make_inline(&f, DATA);
	make_symbols(&f, 0xfffffff1, TEXT + 0x100, SPAN("\0runtime.main\0\x01\x02\0"));
	assert_false(has_symbols(&f, SIZE, "", ""));
}

#define CRATES                                                                                     \
	"{\"packages\":[{\"name\":\"a\",\"version\":\"0.1.0\",\"source\":\"local\",\"root\":true}" \
	","                                                                                        \
	"{\"name\":\"cc\",\"version\":\"1.0.0\",\"source\":\"crates.io\",\"kind\":\"build\"},"     \
	"{\"name\":\"mine\",\"version\":\"1.0.0\",\"source\":\"git\"},"                            \
	"{\"name\":\"serde\",\"version\":\"1.0.217\",\"source\":\"crates.io\"}]}"

static size_t put_crates(struct file *f, size_t at, struct span json, int level)
{
	uLongf len = SIZE - at;

	assert_int_equal(compress2(f->bytes + at, &len, json.p, json.len, level), Z_OK);
	return len;
}

static void rust(void **state)
{
	(void)state;
	struct span want = SPAN("cargo a 0.1.0*, cargo serde 1.0.217");
	struct file f;

	for (int level = 1; level <= 9; level += 4) {
		make_plain(&f, true, false);
		put_crates(&f, TAIL + 0x101, SPAN(CRATES), level);
		check_all("crates", &f, path, want);
	}
	for (size_t at = TAIL; at < TAIL + 600; at += 13) {
		make_plain(&f, true, false);
		put_span(&f, at - 2 < TAIL ? TAIL : at - 2, SPAN("x\x9c"));
		put_crates(&f, at, SPAN(CRATES), 9);
		check_in("place", &f, path, 512, want);
	}
	make_plain(&f, true, false);
	put_crates(&f, TEXT, SPAN(CRATES), 9);
	check_all("loaded: not the section", &f, path, SPAN(""));
	make_plain(&f, true, false);
	put_crates(&f, TAIL, SPAN("{\"packages\":[{\"name\":"), 9);
	check_all("not JSON", &f, path, SPAN(" | the list of crates in .dep-v0 could not be read"));
	make_plain(&f, true, false);
	put_crates(&f, TAIL, SPAN("{\"packages\":[{\"version\":\"1.0.0\"}]}"), 9);
	check_all("a crate without a name", &f, path,
		SPAN(" | the list of crates in .dep-v0 could not be read"));
	make_plain(&f, true, false);
	memset(f.bytes + TAIL + put_crates(&f, TAIL, SPAN(CRATES), 9) - 20, 0xff, 40);
	check_all("damaged", &f, path, SPAN(" | the list of crates in .dep-v0 could not be read"));
}

/* More that looks like the section than is looked into: it may come after them. */
static void many_that_are_no_list(void **state)
{
	(void)state;
	scoped_arena struct arena a = { 0 };
	struct rust_reader r = { .arena = &a };
	size_t n = 2 * (size_t)RUST_TRIES_MAX + 2;
	uint8_t *bytes = arena_alloc(&a, n);

	for (size_t i = 0; i < n; i++)
		bytes[i] = i % 2 ? 0x9c : 'x';
	rust_look(&r, span_of(bytes, n), 0, 0, n);
	assert_int_equal(rust_end(&r).len, 0);
	assert_true(r.is_bad);
}

static void texts(void **state)
{
	(void)state;
	struct span text = SPAN("\0OpenSSL 3.0.15 3 Sep 2024\0"),
		    want = SPAN("binary openssl 3.0.15");
	struct file f;

	for (size_t at = TEXT; at < TEXT + 1100; at += 11) {
		make_plain(&f, true, false);
		put_span(&f, at, text);
		check_in("place", &f, path, 512, want);
		check_in("place", &f, path, 4096, want);
	}
	make_plain(&f, true, false);
	put_span(&f, DATA - text.len, text);
	check_all("the end of a segment", &f, path, want);
	make_plain(&f, true, false);
	put_span(&f, DATA, text);
	check_all("data", &f, path, want);
	make_plain(&f, true, false);
	put_span(&f, CODE, text);
	check_all("code", &f, path, SPAN(""));
	make_plain(&f, true, false);
	put_span(&f, TAIL, text);
	check_all("not loaded", &f, path, SPAN(""));
	make_plain(&f, true, false);
	put_span(&f, TEXT, text);
	put_span(&f, 0x380, SPAN("UPX!"));
	check_all("far from the headers", &f, path, want);
	put_span(&f, 0x190, SPAN("UPX!"));
	check_all("packed", &f, SPAN("usr/bin/b"),
		SPAN("binary openssl 3.0.15 | packed with UPX: what is inside is not known"));
	make_plain(&f, true, false);
	put(&f, 16, 2, 1);
	put_span(&f, TEXT, text);
	check_all("an object file", &f, path, SPAN(""));
	make_plain(&f, true, false);
	put(&f, 32, 8, SIZE - 64);
	put_span(&f, TEXT, text);
	check_all("program headers elsewhere: all of it counts", &f, path, want);
}

/* Segments that overlap are looked at once. */
static void overlapping(void **state)
{
	(void)state;
	struct file f;

	make_plain(&f, true, false);
	for (unsigned i = 0; i < 5; i++)
		segment(&f, i, 1, 4, 0x1000 * i / 2, SIZE);
	put_span(&f, TEXT, SPAN("\0libcurl/8.1.2\0"));
	check_all("overlapping", &f, path, SPAN("binary libcurl 8.1.2"));
}

static void wanted(void **state)
{
	(void)state;
	static const struct {
		struct span path;
		uint32_t mode;
		uint64_t size;
		enum want want;
	} cases[] = {
		{ SPAN_INIT("usr/bin/a"), 0755, 1 << 30, WANT_STREAM },
		{ SPAN_INIT("usr/bin/a.x"), 0755, 5000, WANT_STREAM },
		{ SPAN_INIT("usr/lib/liba.so.1.2"), 0644, 1 << 30, WANT_STREAM },
		{ SPAN_INIT("srv/a.node"), 0644, 5000, WANT_STREAM },
		{ SPAN_INIT("srv/a"), 0644, 5000, WANT_STREAM },
		{ SPAN_INIT("var/log/lastlog"), 0664, 1 << 30, WANT_NOTHING },
		{ SPAN_INIT("srv/a.txt"), 0644, 5000, WANT_NOTHING },
		{ SPAN_INIT("usr/bin/a"), 0755, 100, WANT_NOTHING },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct entry e = { .path = cases[i].path,
			.mode = cases[i].mode,
			.size = cases[i].size,
			.type = ENTRY_FILE };

		assert_int_equal(analyzer_programs.want(&e, cases[i].path, 0), cases[i].want);
	}
}

/* Go's product names; its time is the package's. */
static void products(void **state)
{
	(void)state;
	static const struct span text = SPAN_INIT(START
		"mod\tgo.etcd.io/etcd/v3\tv3.5.9\t\nbuild\tvcs.time=2024-01-31T12:34:56Z\n" END);
	struct file f;

	make_plain(&f, true, false);
	make_inline(&f, DATA);
	f.bytes[DATA + 41] = (uint8_t)(0x80 | (text.len & 0x7f));
	f.bytes[DATA + 42] = (uint8_t)(text.len >> 7);
	put_span(&f, DATA + 43, text);
	check_all("product", &f, path,
		SPAN("go go.etcd.io/etcd/v3 v3.5.9* @1706704496, binary etcd 3.5.9*, go stdlib "
		     "go1.22.3"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(go),
		cmocka_unit_test(no_go),
		cmocka_unit_test(symbols),
		cmocka_unit_test(rust),
		cmocka_unit_test(many_that_are_no_list),
		cmocka_unit_test(texts),
		cmocka_unit_test(overlapping),
		cmocka_unit_test(wanted),
		cmocka_unit_test(products),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
