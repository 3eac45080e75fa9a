/* test_badge.c - badges: files, words, colours, and that nothing of an image can become markup.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "fixture.h"
#include "syntax/json.h"

/* The bytes of one file of the folder; false when there is none. */
static bool file(struct fixture *f, const char *name, struct buf *out)
{
	const struct writer *w = writer_find(SPAN("badge"));
	const char *got;

	for (size_t i = 0;; i++) {
		out->len = 0;
		if (!w->file(&f->report, i, &got, out))
			return false;
		if (!strcmp(got, name))
			return true;
	}
}

static void eleven_files(void **state)
{
	static const char *const names[] = {
		"overall.svg",
		"minimalism.svg",
		"provenance.svg",
		"configuration.svg",
		"vulnerabilities.svg",
		"overall.json",
		"minimalism.json",
		"provenance.json",
		"configuration.json",
		"vulnerabilities.json",
		"badges.md",
	};
	struct fixture f;
	scoped_buf struct buf b = { 0 };

	(void)state;
	fixture_init(&f, SPAN("web:1"));
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		check(names[i], file(&f, names[i], &b) && b.len);
	check("a twelfth", !file(&f, "secrets.svg", &b));
	fixture_release(&f);
}

static void words_and_colours(void **state)
{
	static const struct {
		uint8_t grade, ceiling;
		const char *message, *color;
	} rows[] = {
		{ GRADE_A_PLUS, GRADE_A_PLUS, "A+", "01A178" },
		{ GRADE_A, GRADE_A, "A", "81FEA0" },
		{ GRADE_B, GRADE_B, "B", "BCF480" },
		{ GRADE_C, GRADE_C, "C", "F6EB61" },
		{ GRADE_D, GRADE_D, "D", "FE5B3C" },
		{ GRADE_A, GRADE_A_PLUS, "A, up to A+", "81FEA0" },
		{ GRADE_D, GRADE_C, "D, up to C", "FE5B3C" },
	};
	struct fixture f;

	(void)state;
	fixture_init(&f, SPAN("web:1"));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		scoped_buf struct buf b = { 0 };
		scoped_arena struct arena a = { 0 };
		const struct json *v = NULL;

		f.report.overall.grade = rows[i].grade;
		f.report.overall.ceiling = rows[i].ceiling;
		check(rows[i].message, file(&f, "overall.json", &b));
		check(rows[i].message, json_parse(buf_view(&b), 4096, &a, &v, NULL) == 0);
		check_span("message", json_get_text(v, "message"), span_str(rows[i].message));
		check_span("color", json_get_text(v, "color"), span_str(rows[i].color));
		check_span("label", json_get_text(v, "label"), SPAN("overall"));
		check_span("label colour", json_get_text(v, "labelColor"), SPAN("3443F4"));
		check(rows[i].message, file(&f, "overall.svg", &b));
		check("svg colour", span_has(buf_view(&b), span_str(rows[i].color)));
	}
	fixture_release(&f);
}

static void labels(void **state)
{
	static const char *const rows[][2] = {
		{ "overall.svg", ">overall<" },
		{ "minimalism.svg", ">minimalism<" },
		{ "provenance.svg", ">provenance<" },
		{ "configuration.svg", ">config<" },
		{ "vulnerabilities.svg", ">CVEs<" },
	};
	struct fixture f;
	scoped_buf struct buf b = { 0 };

	(void)state;
	fixture_init(&f, SPAN("web:1"));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		check(rows[i][0], file(&f, rows[i][0], &b));
		check(rows[i][1], span_has(buf_view(&b), span_str(rows[i][1])));
		check("a title for screen readers", span_has(buf_view(&b), SPAN("<title>")));
	}
	fixture_release(&f);
}

static void no_markup_of_others(void **state)
{
	struct fixture f;
	scoped_buf struct buf b = { 0 };

	(void)state;
	fixture_init(&f, SPAN(HOSTILE));
	f.report.overall.settles = SPAN("</title><script>alert('x')</script>\033&\xe2\x80\xae");
	assert_true(file(&f, "overall.svg", &b));
	assert_false(span_has(buf_view(&b), SPAN("<script")));
	assert_false(span_has(buf_view(&b), SPAN("\033")));
	assert_false(span_has(buf_view(&b), SPAN("\xe2\x80\xae")));
	assert_true(span_has(buf_view(&b), SPAN("&lt;/title&gt;&lt;script&gt;")));
	fixture_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(eleven_files),
		cmocka_unit_test(words_and_colours),
		cmocka_unit_test(labels),
		cmocka_unit_test(no_markup_of_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
