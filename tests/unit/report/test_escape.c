/* test_escape.c - bytes of an image made fit for a terminal and for markup.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../unit.h"
#include "report/escape.h"

static const struct {
	const char *name;
	struct span in;
	const char *terminal, *markup;
} cases[] = {
	{ "plain", SPAN_INIT("usr/bin/x"), "usr/bin/x", "usr/bin/x" },
	{ "empty", SPAN_INIT(""), "", "" },
	{ "letters beyond ASCII", SPAN_INIT("h\xc3\xbcte \xf0\x9f\x8c\xb6"),
		"h\xc3\xbcte \xf0\x9f\x8c\xb6", "h\xc3\xbcte \xf0\x9f\x8c\xb6" },
	{ "escape sequence", SPAN_INIT("\033[2J"), "\\x1b[2J", "\\x1b[2J" },
	{ "newline and return", SPAN_INIT("a\r\nb"), "a\\x0d\\x0ab", "a\\x0d\\x0ab" },
	{ "NUL", SPAN_INIT("a\0b"), "a\\x00b", "a\\x00b" },
	{ "DEL", SPAN_INIT("\x7f"), "\\x7f", "\\x7f" },
	{ "C1 control as UTF-8",
		SPAN_INIT("\xc2\x9b"
			  "31m"),
		"\\x9b31m", "\\x9b31m" },
	{ "not UTF-8", SPAN_INIT("\xff\xc3"), "\\xff\\xc3", "\\xff\\xc3" },
	{ "overlong", SPAN_INIT("\xc0\xaf"), "\\xc0\\xaf", "\\xc0\\xaf" },
	{ "surrogate", SPAN_INIT("\xed\xa0\x80"), "\\xed\\xa0\\x80", "\\xed\\xa0\\x80" },
	{ "cut in a character", SPAN_INIT("a\xe2\x82"), "a\\xe2\\x82", "a\\xe2\\x82" },
	{ "override", SPAN_INIT("\xe2\x80\xae"), "\\u{202e}", "\\u{202e}" },
	{ "embedding", SPAN_INIT("\xe2\x80\xaa"), "\\u{202a}", "\\u{202a}" },
	{ "isolate", SPAN_INIT("\xe2\x81\xa6\xe2\x81\xa9"), "\\u{2066}\\u{2069}",
		"\\u{2066}\\u{2069}" },
	{ "marks", SPAN_INIT("\xe2\x80\x8e\xe2\x80\x8f"), "\\u{200e}\\u{200f}",
		"\\u{200e}\\u{200f}" },
	{ "line separator", SPAN_INIT("\xe2\x80\xa8"), "\\u{2028}", "\\u{2028}" },
	{ "markup", SPAN_INIT("<a href=\"x\">&'"), "<a href=\"x\">&'",
		"&lt;a href=&quot;x&quot;&gt;&amp;&#39;" },
};

static void each(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_buf struct buf t = { 0 }, m = { 0 };

		escape_terminal(&t, cases[i].in);
		escape_markup(&m, cases[i].in);
		check_span(cases[i].name, buf_view(&t), span_str(cases[i].terminal));
		check_span(cases[i].name, buf_view(&m), span_str(cases[i].markup));
	}
}

static void width_is_of_what_is_shown(void **state)
{
	(void)state;
	assert_int_equal(escape_width(SPAN("h\xc3\xbcte")), 4);
	assert_int_equal(escape_width(SPAN("\033")), 4);
	assert_int_equal(escape_width(SPAN("\xe5\xae\xb9\xe5\x99\xa8")), 4);
	assert_int_equal(shown_fit(SPAN("h\xc3\xbcte"), 2), 3);
	assert_int_equal(shown_fit(SPAN("\xe5\xae\xb9"), 1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(each),
		cmocka_unit_test(width_is_of_what_is_shown) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
