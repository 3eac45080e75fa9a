/* test_text.c - the report for a person, against pages kept in golden/. SCOVILLE_WRITE_GOLDEN=1
 * writes them anew.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include "fixture.h"
#include "report/escape.h"

#define COUNT(rows) (sizeof(rows) / sizeof(*(rows)))

static const struct {
	const char *name;
	struct span text;
	struct write_options o;
} pages[] = {
	{ "plain", SPAN_INIT("web:1"), { 0 } },
	{ "color", SPAN_INIT("web:1"), { .color = true } },
	{ "verbose", SPAN_INIT("web:1"), { .verbose = true } },
	{ "quiet", SPAN_INIT("web:1"), { .quiet = true } },
	{ "narrow", SPAN_INIT("web:1"), { .width = 40 } },
	{ "wide", SPAN_INIT("web:1"), { .width = 120, .utf8 = true } },
	{ "secrets", SPAN_INIT("web:1"), { .secrets_only = true } },
	{ "secrets-all", SPAN_INIT("web:1"),
		{ .secrets_only = true, .all = true, .verbose = true } },
	{ "secrets-quiet", SPAN_INIT("web:1"), { .secrets_only = true, .quiet = true } },
	{ "secrets-hostile", SPAN_INIT(HOSTILE),
		{ .secrets_only = true, .all = true, .color = true } },
	{ "hostile", SPAN_INIT(HOSTILE), { .verbose = true } },
};

static size_t golden(const char *name, char *out, size_t size, const struct buf *now)
{
	static const char here[] = __FILE__;
	char path[512];
	size_t n = 0;

	snprintf(path, sizeof(path), "%.*s/golden/%s.txt", (int)(strrchr(here, '/') - here), here,
		name);
	if (getenv("SCOVILLE_WRITE_GOLDEN")) {
		FILE *f = fopen(path, "w");

		assert_non_null(f);
		assert_int_equal(fwrite(now->p, 1, now->len, f), now->len);
		fclose(f);
	}
	FILE *f = fopen(path, "r");

	if (!f)
		fail_msg("%s: not there", path);
	n = fread(out, 1, size, f);
	fclose(f);
	return n;
}

static void as_golden(void **state)
{
	static char want[1 << 16];

	(void)state;
	for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++) {
		struct fixture f;
		scoped_buf struct buf b = { 0 };

		fixture_init(&f, pages[i].text);
		check(pages[i].name,
			writer_find(SPAN("text"))->write(&f.report, &pages[i].o, &b, NULL) == 0);
		size_t n = golden(pages[i].name, want, sizeof(want), &b);

		check_span(pages[i].name, buf_view(&b), span_of(want, n));
		fixture_release(&f);
	}
}

/* Whatever an image is called: no control byte but our newlines, no direction marks, only UTF-8. */
static void nothing_of_the_image_acts(void **state)
{
	struct fixture f;
	scoped_buf struct buf b = { 0 };
	struct write_options o = { .verbose = true },
			     secrets = { .secrets_only = true, .all = true };

	(void)state;
	fixture_init(&f, SPAN(HOSTILE));
	assert_int_equal(writer_find(SPAN("text"))->write(&f.report, &o, &b, NULL), 0);
	assert_int_equal(writer_find(SPAN("text"))->write(&f.report, &secrets, &b, NULL), 0);
	for (size_t i = 0; i < b.len; i++)
		assert_false(((unsigned char)b.p[i] < 0x20 && b.p[i] != '\n') || b.p[i] == 0x7f);
	static const char *const marks[] = { "\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x80\x8e",
		"\xc2\x9b", "\xff" };

	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		check(marks[i], !span_has(buf_view(&b), span_str(marks[i])));
	assert_true(span_has(buf_view(&b), SPAN("a\\x1b[31m\\x0a")));
	fixture_release(&f);
}

static void a_long_path_is_whole(void **state)
{
	struct fixture f, again;
	scoped_buf struct buf b = { 0 };
	struct write_options o = { 0 };

	(void)state;
	fixture_init(&f, SPAN("x"));
	fixture_init(&again, span_of(f.long_path, 4096));
	assert_int_equal(writer_find(SPAN("text"))->write(&again.report, &o, &b, NULL), 0);
	assert_true(span_has(buf_view(&b), span_of(f.long_path, 4096)));
	fixture_release(&f);
	fixture_release(&again);
}

static const struct write_options manners[] = {
	{ 0 },
	{ .verbose = true },
	{ .utf8 = true },
	{ .secrets_only = true },
	{ .secrets_only = true, .all = true, .utf8 = true },
	{ .secrets_only = true, .verbose = true },
};

/* Of text that is escaped already. */
static bool is_one_word(struct span line)
{
	if (span_ends(line, SPAN(" ")))
		return false;
	line = span_trim(line);
	if (span_ends(line, SPAN(" \\")))
		line = span_sub(line, 0, line.len - 2);
	return span_find(line, ' ') == line.len;
}

static void no_line_is_wider_than_the_terminal(void **state)
{
	static const struct span names[] = { SPAN_INIT("web:1"), SPAN_INIT(HOSTILE),
		SPAN_INIT("registry.example.com/a/long/name/of/an/image/in/a/registry:and-a-tag"),
		SPAN_INIT("\xe5\xae\xb9\xe5\x99\xa8 \xe5\xae\xb9\xe5\x99\xa8 "
			  "\xe5\xae\xb9\xe5\x99\xa8\xe5\xae\xb9\xe5\x99\xa8") };
	static const size_t widths[] = { 40, 57, 80, 120, 300 };

	(void)state;
	for (size_t i = 0; i < COUNT(names) * COUNT(widths) * COUNT(manners); i++) {
		struct fixture f;
		scoped_buf struct buf b = { 0 };
		struct write_options o = manners[i % COUNT(manners)];
		struct span text, line;

		o.width = widths[i / COUNT(manners) % COUNT(widths)];
		fixture_init(&f, names[i / COUNT(manners) / COUNT(widths)]);
		assert_int_equal(writer_find(SPAN("text"))->write(&f.report, &o, &b, NULL), 0);
		for (text = buf_view(&b); span_split(&text, '\n', &line);)
			if (shown_width(line) > o.width && !is_one_word(line))
				fail_msg("%zu columns: '%.*s'", o.width, SPAN_ARG(line));
		fixture_release(&f);
	}
}

static size_t times(struct span s, struct span word)
{
	size_t n = 0, at;

	for (; (at = span_find_span(s, word)) < s.len; n++)
		s = span_from(s, at + word.len);
	return n;
}

static void packages_of_languages_are_counted(void **state)
{
	struct fixture f;
	scoped_buf struct buf b = { 0 };
	struct write_options o = { .width = 120 };

	(void)state;
	fixture_init(&f, SPAN("web:1"));
	f.facts.system_packages = 3;
	assert_int_equal(writer_find(SPAN("text"))->write(&f.report, &o, &b, NULL), 0);
	assert_true(span_has(buf_view(&b), SPAN("4 packages (3 of the system)")));
	fixture_release(&f);
}

static void a_fix_is_printed_once(void **state)
{
	struct fixture f;
	scoped_buf struct buf b = { 0 };
	struct write_options o = { 0 };

	(void)state;
	fixture_init(&f, SPAN("web:1"));
	f.report.gates.n = 0;
	assert_int_equal(writer_find(SPAN("text"))->write(&f.report, &o, &b, NULL), 0);
	assert_int_equal(times(buf_view(&b), SPAN("USER 65532:65532")), 1);
	for (size_t i = 0; i < CRITERIA; i++) /* in the table, and of what is to be done again */
		check(criteria[i]->id, times(buf_view(&b), span_str(criteria[i]->id)) <= 2);
	fixture_release(&f);
}

static void platforms_end_with_where_they_differ(void **state)
{
	struct fixture a, b;
	const struct report *both[] = { &a.report, &b.report };
	struct write_options o = { 0 };
	scoped_buf struct buf same = { 0 }, other = { 0 };

	(void)state;
	fixture_init(&a, SPAN("amd64"));
	fixture_init(&b, SPAN("arm64"));
	assert_int_equal(
		report_write_platforms(writer_find(SPAN("text")), both, 2, &o, &same, NULL), 0);
	assert_true(span_ends(buf_view(&same),
		SPAN("\nWhere the platforms differ\n  nowhere: all 2 have the same verdicts\n")));
	b.report.criteria.p[0].verdict = MET;
	assert_int_equal(
		report_write_platforms(writer_find(SPAN("text")), both, 2, &o, &other, NULL), 0);
	assert_true(span_ends(buf_view(&other), SPAN("\nWhere the platforms differ\n  min.base"
						     "        ? linux/amd64/v8  + "
						     "linux/arm64/v8\n")));
	fixture_release(&a);
	fixture_release(&b);
}

static void a_full_buffer_is_an_error(void **state)
{
	struct fixture f;
	struct write_options o = { 0 };

	(void)state;
	fixture_init(&f, SPAN("x"));
	for (size_t limit = 1; limit < 400; limit += 37) {
		scoped_buf struct buf b = { .limit = limit };

		assert_int_equal(
			writer_find(SPAN("text"))->write(&f.report, &o, &b, NULL), SCOV_E_MEMORY);
	}
	fixture_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_golden),
		cmocka_unit_test(nothing_of_the_image_acts),
		cmocka_unit_test(a_long_path_is_whole),
		cmocka_unit_test(no_line_is_wider_than_the_terminal),
		cmocka_unit_test(packages_of_languages_are_counted),
		cmocka_unit_test(a_fix_is_printed_once),
		cmocka_unit_test(platforms_end_with_where_they_differ),
		cmocka_unit_test(a_full_buffer_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
