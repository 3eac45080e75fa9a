/* test_nested.c - secrets in archives of archives; bombs and broken ones stay bounded.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tests/unit/scan/rig.h"
#include "tests/unit/secret/find/finding.h"
#include "tests/unit/zip.h"

static void text_with_token(struct buf *out, unsigned n)
{
	char token[TEST_TOKEN + 1];

	buf_str(out, "one\ntwo\n");
	buf_span(out, test_token(n, token));
	buf_str(out, "\n");
}

static void expect_one(struct span file, const char *member)
{
	struct finding x;

	finding_open(&x);
	for (size_t step = 1; step < 900; step += 61) {
		finding_file(&x, SPAN("opt/a"), file, step);
		assert_int_equal(x.part.secrets.n, 1);
		check_span(member, x.part.secrets.p[0].member, span_str(member));
		assert_int_equal(x.part.secrets.p[0].line, 3);
	}
	assert_int_equal(finder_dropped(x.finder), 0);
	finding_close(&x);
}

static void in_a_zip(void **state)
{
	(void)state;
	for (int form = 0; form < 4; form++) {
		scoped_buf struct buf text = { 0 }, zip = { 0 };

		if (form == 2) /* stored with a descriptor cannot be told */
			continue;
		text_with_token(&text, 4);
		zip_add(&zip, "empty", SPAN(""), false, false);
		zip_add(&zip, "a/b.txt", buf_view(&text), form & 1, form & 2);
		zip_add(&zip, "c.txt", SPAN("nothing"), true, false);
		zip_finish(&zip);
		expect_one(buf_view(&zip), "a/b.txt");
	}
}

static void in_a_zip_in_a_zip_and_a_gzip_of_a_tar(void **state)
{
	(void)state;
	scoped_buf struct buf text = { 0 }, zip = { 0 }, jar = { 0 }, tar = { 0 }, gz = { 0 };

	text_with_token(&text, 5);
	zip_add(&zip, "in.txt", buf_view(&text), true, false);
	zip_finish(&zip);
	zip_add(&jar, "lib.zip", buf_view(&zip), true, true);
	zip_finish(&jar);
	expect_one(buf_view(&jar), "lib.zip!in.txt");
	rig_tar_add(&tar, "etc/in.txt", 0644, buf_view(&text));
	tar_write_end(&tar);
	expect_one(buf_view(&tar), "etc/in.txt");
	deflate_to(&gz, buf_view(&tar), 15 + 16);
	expect_one(buf_view(&gz), "data!etc/in.txt");
}

/* A compressed tar is one archive: three in each other are read, a fourth is counted. */
static void tgz_in_tgz(void **state)
{
	(void)state;
	scoped_buf struct buf inner = { 0 };
	struct finding x;

	text_with_token(&inner, 7);
	for (int level = 1; level <= 4; level++) {
		scoped_buf struct buf tar = { 0 }, gz = { 0 };

		rig_tar_add(&tar, level == 1 ? "in.txt" : "a.tgz", 0644, buf_view(&inner));
		tar_write_end(&tar);
		deflate_to(&gz, buf_view(&tar), 15 + 16);
		inner.len = 0;
		buf_span(&inner, buf_view(&gz));
		if (level == 3)
			expect_one(buf_view(&inner), "data!a.tgz!data!a.tgz!data!in.txt");
	}
	finding_open(&x);
	finding_file(&x, SPAN("a"), buf_view(&inner), 512);
	assert_int_equal(finder_dropped(x.finder), 1);
	finding_close(&x);
}

/* Texts and programs that have the mark of an archive where it would be: looked at as they are. */
static void a_mark_alone(void **state)
{
	(void)state;
	static const struct span heads[] = { SPAN_INIT("BZh9 is how bzip2 begins\n"),
		SPAN_INIT("BZh"), SPAN_INIT("x^2 + y^2 = z^2\n"), SPAN_INIT("x\x9c times\n"),
		SPAN_INIT("PK\3\4 is a mark and no archive is here\n"),
		SPAN_INIT("MZ\0\0 looks for PK\3\4 in what it unpacks, and in no other place\n"),
		SPAN_INIT("#!/bin/sh\ngrep PK\3\4 $1 && echo this is a zip archive as others "
			  "are\n") };
	struct finding x;

	finding_open(&x);
	for (size_t i = 0; i <= sizeof(heads) / sizeof(*heads); i++)
		for (int packed = 0; packed < 2; packed++) {
			scoped_buf struct buf text = { 0 }, gz = { 0 };
			char token[TEST_TOKEN + 1];

			if (i < sizeof(heads) / sizeof(*heads))
				buf_span(&text, heads[i]);
			while (text.len < 600)
				buf_str(&text, text.len == 257 ? "ustar" : "\n");
			buf_span(&text, test_token(8, token));
			buf_str(&text, "\n");
			deflate_to(&gz, buf_view(&text), 15 + 16);
			finding_file(&x, SPAN("a"), packed ? buf_view(&gz) : buf_view(&text), 97);
			assert_int_equal(x.part.secrets.n, 1);
			assert_int_equal(finder_dropped(x.finder), 0);
		}
	finding_close(&x);
}

/* Whatever is broken: no crash, counted, and what is after is looked at as it is. */
static void broken_ones(void **state)
{
	(void)state;
	scoped_buf struct buf text = { 0 }, zip = { 0 };
	struct finding x;

	finding_open(&x);
	text_with_token(&text, 6);
	zip_add(&zip, "in.txt", buf_view(&text), true, false);
	for (size_t cut = 1; cut < zip.len; cut++) {
		finding_file(&x, SPAN("a"), span_sub(buf_view(&zip), 0, cut), 512);
		assert_true(cut < 4 || finder_dropped(x.finder) > 0);
	}
	for (size_t at = 4; at < zip.len; at++) {
		zip.p[at] = (char)(zip.p[at] ^ 0x55);
		finding_file(&x, SPAN("a"), buf_view(&zip), 512);
		zip.p[at] = (char)(zip.p[at] ^ 0x55);
	}
	zip_add(&zip, "x", SPAN(""), false, false);
	buf_span(&zip, SPAN("no header, but text\n\n"));
	text_with_token(&zip, 7);
	finding_file(&x, SPAN("a"), buf_view(&zip), 100000);
	assert_true(x.part.secrets.n >= 1);
	finding_close(&x);
}

/* The directory is what programs unpack by: one that names other bytes than the headers leaves the
 * zip not wholly searched. */
static void a_directory_that_disagrees(void **state)
{
	(void)state;
	enum {
		METHOD = 10,
		PACKED = 20,
		AT = 42,
		ROW = 47,
		END_SIZE = 2 * ROW + 12,
		END_AT = END_SIZE + 4
	};
	static const struct {
		const char *prefix;
		size_t at; /* the byte of the directory that changes; 0: none */
		unsigned by;
		unsigned offset; /* added to every place */
		bool is_twice, is_lost;
	} rows[] = {
		{ "", 0, 0, 0, false, false },
		{ "#!/bin/sh\n", 0, 0, 0, false, false },
		{ "#!/bin/sh\n", 0, 0, 10, false, false },
		{ "", METHOD, 8, 0, false, true },
		{ "", PACKED, 1, 0, false, true },
		{ "", AT, 1, 0, false, true },
		{ "", ROW + AT, 4, 0, false, true },
		{ "", END_SIZE, 2, 0, false, true },
		{ "", END_AT, 2, 0, false, true },
		{ "", 0, 0, 0, true, true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		scoped_buf struct buf text = { 0 }, zip = { 0 }, file = { 0 };
		struct finding x;

		text_with_token(&text, 12);
		zip_add(&zip, "a", buf_view(&text), false, false);
		size_t second = zip.len;

		zip_add(&zip, "b", buf_view(&text), true, true);
		size_t begin = zip.len, packed[] = { text.len, begin - second - 31 - 16 };

		for (unsigned m = 0; m < 2; m++) {
			buf_str(&zip, "PK\1\2");
			le(&zip, 20, 4);
			le(&zip, m ? 8 : 0, 2); /* flags: a descriptor */
			le(&zip, m ? 8 : 0, 2);
			le(&zip, 0, 8);
			le(&zip, packed[m], 4);
			le(&zip, text.len, 4);
			le(&zip, 1, 2);
			le(&zip, 0, 8);
			le(&zip, 0, 4);
			le(&zip, (m ? second : 0) + rows[i].offset, 4);
			buf_byte(&zip, m ? 'b' : 'a');
		}
		buf_str(&zip, "PK\5\6");
		le(&zip, 0, 8);
		le(&zip, 2 * ROW, 4);
		le(&zip, begin + rows[i].offset, 4);
		le(&zip, 0, 2);
		if (rows[i].at)
			zip.p[begin + rows[i].at] =
				(char)(zip.p[begin + rows[i].at] ^ (char)rows[i].by);
		buf_str(&file, rows[i].prefix);
		buf_span(&file, buf_view(&zip));
		if (rows[i].is_twice)
			buf_span(&file, buf_view(&zip));
		for (size_t step = 1; step < 600; step += 97) {
			finding_open(&x);
			finding_file(&x, SPAN("a"), buf_view(&file), step);
			assert_true(x.part.secrets.n >= 1);
			assert_int_equal(finder_dropped(x.finder) > 0, rows[i].is_lost);
			finding_close(&x);
		}
	}
}

/* The header's size is too small for what it names: what is missing is no part of the zip. */
static void an_unfinished_member(void **state)
{
	(void)state;
	enum { PACKED_AT = 18, CUT = 3 };
	scoped_buf struct buf text = { 0 }, zip = { 0 };
	struct finding x;

	text_with_token(&text, 9);
	zip_add(&zip, "in.txt", buf_view(&text), true, false);
	zip.p[PACKED_AT] = (char)(zip.p[PACKED_AT] - CUT);
	zip.len -= CUT;
	zip_finish(&zip);
	finding_open(&x);
	finding_file(&x, SPAN("a"), buf_view(&zip), 512);
	assert_true(finder_dropped(x.finder) > 0);
	finding_close(&x);
}

static void a_bomb_is_cut_off(void **state)
{
	(void)state;
	scoped_buf struct buf zeros = { .limit = 128 << 20 }, zip = { 0 };
	struct limits l = limits_default();
	struct scov_err err = { 0 };
	struct arena a = { 0 };
	struct part p = { 0 };
	struct finder *f = NULL;

	l.nested_size = 1 << 20;
	struct finder_options o = { .rules = &test_rules };

	for (size_t i = 0; i < 16 << 20; i++)
		buf_byte(&zeros, '0');
	zip_add(&zip, "zeros", buf_view(&zeros), true, false);
	assert_int_equal(finder_new(&o, &f, &err), 0);
	finder_bind(f, &p, &a, &l, (struct span){ 0 });
	finder_begin(f, 1, SURFACE_CONTENT, SPAN("a"));
	finder_piece(f, buf_view(&zip), false);
	finder_end(f);
	assert_true(finder_dropped(f) > 0);
	finder_free(f);
	arena_release(&a);
}

/* A script or a program that unpacks itself. */
static void behind_a_program(void **state)
{
	(void)state;
	static const char *const heads[] = { "#!/bin/sh\nexec java -jar \"$0\"\n",
		"MZ\1\2 program" };

	for (size_t i = 0; i < 2; i++) {
		scoped_buf struct buf text = { 0 }, file = { 0 };

		text_with_token(&text, 8);
		buf_str(&file, heads[i]);
		for (int k = 0; k < 600; k++)
			buf_str(&file, "# ahead\n");
		size_t mark = file.len;

		zip_add(&file, "in.txt", buf_view(&text), true, false);
		zip_finish(&file);
		/* whole, the mark across a border, and byte by byte */
		const size_t steps[] = { 100000, mark, mark + 1, mark + 2, mark + 3, 1 };
		struct finding x;

		finding_open(&x);
		for (size_t k = 0; k < sizeof(steps) / sizeof(*steps); k++) {
			finding_file(&x, SPAN("opt/run"), buf_view(&file), steps[k]);
			assert_int_equal(x.part.secrets.n, 1);
			check_span("member", x.part.secrets.p[0].member, SPAN("in.txt"));
			assert_int_equal(finder_dropped(x.finder), 0);
		}
		finding_close(&x);
	}
}

/* Past the depth nothing is unpacked; it is said, and the next file is looked at. */
static void without_end(void **state)
{
	(void)state;
	scoped_buf struct buf a = { 0 }, b = { 0 };
	struct finding x;

	text_with_token(&a, 9);
	for (int depth = 0; depth < 12; depth++) {
		struct buf *from = depth & 1 ? &b : &a, *to = depth & 1 ? &a : &b;

		to->len = 0;
		if (depth % 3)
			deflate_to(to, buf_view(from), 15 + 16);
		else {
			zip_add(to, "again", buf_view(from), true, false);
			zip_finish(to);
		}
		if (depth < 5) /* a zip in a gzip is one with it */
			continue;
		finding_open(&x);
		finding_file(&x, SPAN("a"), buf_view(to), 4096);
		assert_int_equal(x.part.secrets.n, 0);
		assert_true(finder_dropped(x.finder) > 0);
		scoped_buf struct buf text = { 0 };

		text_with_token(&text, 9);
		finding_file(&x, SPAN("b"), buf_view(&text), 4096);
		assert_int_equal(x.part.secrets.n, 1);
		finding_close(&x);
	}
}

/* A bomb takes half of what archives may hold, not all: the next archive is still read. */
static void after_a_bomb(void **state)
{
	(void)state;
	scoped_buf struct buf zeros = { .limit = 8 << 20 }, bomb = { 0 }, text = { 0 }, zip = { 0 };
	struct limits l = limits_default();
	struct finding x;

	for (size_t i = 0; i < 4 << 20; i++)
		buf_byte(&zeros, '0');
	zip_add(&bomb, "zeros", buf_view(&zeros), true, false);
	text_with_token(&text, 10);
	zip_add(&zip, "in.txt", buf_view(&text), true, false);
	zip_finish(&zip);
	finding_open(&x);
	uint64_t dropped = 0;

	l.nested_size = 1 << 20;
	finder_bind(x.finder, &x.part, &x.arena, &l, SPAN("0123456789abcdef"));
	for (int round = 0; round < 5; round++) {
		finding_file(&x, SPAN("bomb"), buf_view(&bomb), 4096);
		assert_int_equal(x.part.secrets.n, 0);
		assert_true(finder_dropped(x.finder) > dropped);
		dropped = finder_dropped(x.finder);
		finding_file(&x, SPAN("a"), buf_view(&zip), 4096);
		assert_int_equal(x.part.secrets.n, 1);
	}
	/* A new part begins anew. */
	finder_bind(x.finder, &x.part, &x.arena, &l, SPAN("0123456789abcdef"));
	finding_file(&x, SPAN("a"), buf_view(&zip), 4096);
	assert_int_equal(x.part.secrets.n, 1);
	assert_int_equal(finder_dropped(x.finder), 0);
	finding_close(&x);
}

/* Every byte but the NUL in a member's name: no harm, and it is told as it is. */
static void names_of_every_byte(void **state)
{
	(void)state;
	scoped_buf struct buf text = { 0 }, zip = { 0 };
	char name[256] = { 0 };
	struct finding x;

	for (int i = 0; i < 255; i++)
		name[i] = (char)(i + 1);
	text_with_token(&text, 11);
	zip_add(&zip, name, buf_view(&text), true, false);
	zip_finish(&zip);
	finding_open(&x);
	finding_file(&x, span_of(name, 255), buf_view(&zip), 100);
	assert_int_equal(x.part.secrets.n, 1);
	check_span("member", x.part.secrets.p[0].member, span_of(name, 255));
	finding_close(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_a_zip),
		cmocka_unit_test(in_a_zip_in_a_zip_and_a_gzip_of_a_tar),
		cmocka_unit_test(tgz_in_tgz),
		cmocka_unit_test(a_mark_alone),
		cmocka_unit_test(broken_ones),
		cmocka_unit_test(a_directory_that_disagrees),
		cmocka_unit_test(an_unfinished_member),
		cmocka_unit_test(a_bomb_is_cut_off),
		cmocka_unit_test(behind_a_program),
		cmocka_unit_test(without_end),
		cmocka_unit_test(after_a_bomb),
		cmocka_unit_test(names_of_every_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
