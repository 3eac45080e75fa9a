/* test_page.c - words, pieces, cuts and commands on lines of a given width.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../unit.h"
#include "report/page.h"

enum kind { WORDS, CUT, COMMAND, PIECE };

static const struct {
	const char *name;
	enum kind kind;
	bool utf8;
	struct span in;
	const char *out;
} rows[] = {
	{ "words fit", WORDS, false, SPAN_INIT("a few words"), "    a few words" },
	{ "words wrap, and no line ends with a blank", WORDS, false,
		SPAN_INIT("these are more words than fit on one line of forty columns"),
		"    these are more words than fit on one\n    line of forty columns" },
	{ "several blanks are one", WORDS, false, SPAN_INIT("a  b "), "    a b" },
	{ "a long word is whole, on a line of its own", WORDS, false,
		SPAN_INIT("see /usr/lib/x86_64-linux-gnu/libgnutls.so.30 there"),
		"    see\n    /usr/lib/x86_64-linux-gnu/libgnutls.so.30\n    there" },
	{ "escapes count as they are shown", WORDS, false,
		SPAN_INIT("aaaaaaaaaaaaaaaaaaaaaaaaaaaa \033[1m \033[2m"),
		"    aaaaaaaaaaaaaaaaaaaaaaaaaaaa \\x1b[1m\n    \\x1b[2m" },
	{ "wide characters count twice", WORDS, false,
		SPAN_INIT("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa \xe5\xae\xb9\xe5\x99\xa8\xe5\xae\xb9"),
		"    aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n    \xe5\xae\xb9\xe5\x99\xa8\xe5\xae\xb9" },
	{ "what fits is not cut", CUT, false, SPAN_INIT("123456789012345678901234567890123456"),
		"    123456789012345678901234567890123456" },
	{ "a cut is marked", CUT, false, SPAN_INIT("1234567890123456789012345678901234567"),
		"    123456789012345678901234567890123..." },
	{ "in UTF-8 with one character", CUT, true,
		SPAN_INIT("1234567890123456789012345678901234567"),
		"    12345678901234567890123456789012345\xe2\x80\xa6" },
	{ "never within a character", CUT, false,
		SPAN_INIT("12345678901234567890123456789012\xc3\xbc\xe5\xae\xb9xxxxxxxx"),
		"    12345678901234567890123456789012\xc3\xbc..." },
	{ "a command that fits", COMMAND, false, SPAN_INIT("RUN chmod u-s /usr/bin/su"),
		"    RUN chmod u-s /usr/bin/su" },
	{ "a command goes on after a backslash", COMMAND, false,
		SPAN_INIT("RUN rm -f /usr/bin/bash /usr/bin/dash /usr/bin/zsh"),
		"    RUN rm -f /usr/bin/bash \\\n        /usr/bin/dash /usr/bin/zsh" },
	{ "its last word needs no room for one", COMMAND, false,
		SPAN_INIT("RUN rm -f /usr/bin/bash /usr/bin/das"),
		"    RUN rm -f /usr/bin/bash /usr/bin/das" },
	{ "not within quotes", COMMAND, false,
		SPAN_INIT("LABEL a=\"one two three four five six\" b='x \"y z' c=1"),
		"    LABEL \\\n        a=\"one two three four five six\" \\\n"
		"        b='x \"y z' c=1" },
	{ "a quote after a backslash opens nothing", COMMAND, false,
		SPAN_INIT("RUN rm -f /a\\'b /cccccccccccccc /dddddddd 'x y'"),
		"    RUN rm -f /a\\'b /cccccccccccccc \\\n        /dddddddd 'x y'" },
	{ "nor does a blank end a word", COMMAND, false,
		SPAN_INIT("RUN rm -f /a\\ b /cccccccccccccccc /d\\ e"),
		"    RUN rm -f /a\\ b /cccccccccccccccc \\\n        /d\\ e" },
	{ "a piece stays together", PIECE, false, SPAN_INIT("Debian GNU/Linux 12.10 (bookworms)"),
		"begin\n    Debian GNU/Linux 12.10 (bookworms)" },
	{ "beside what is there", PIECE, false, SPAN_INIT("linux/amd64"), "begin  linux/amd64" },
};

static void on_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct write_options o = { .width = 40, .utf8 = rows[i].utf8 };
		scoped_buf struct buf b = { 0 };
		struct page p = page_on(&b, &o);

		if (rows[i].kind == PIECE)
			page_printf(&p, "begin");
		if (rows[i].kind == CUT)
			page_to(&p, 4);
		if (rows[i].kind == WORDS)
			page_words(&p, 4, rows[i].in);
		else if (rows[i].kind == CUT)
			page_cut(&p, rows[i].in);
		else if (rows[i].kind == COMMAND)
			page_command(&p, 4, rows[i].in);
		else
			page_piece(&p, 4, PLAIN, rows[i].in);
		check_span(rows[i].name, span_trim(buf_view(&b)), span_trim(span_str(rows[i].out)));
		check(rows[i].name, rows[i].kind == COMMAND || !span_ends(buf_view(&b), SPAN(" ")));
	}
}

/* With the backslashes and line ends taken out a command is the one that went in. */
static void a_command_pastes(void **state)
{
	static const struct span parts[] = { SPAN_INIT("/bin/a"), SPAN_INIT("'/b in/\\b'"),
		SPAN_INIT("\"c \\\" d\""), SPAN_INIT("e\\ f"),
		SPAN_INIT("/a/long/path/that/takes/more/than/a/line/of/forty/columns") };

	(void)state;
	for (size_t seed = 0; seed < 5000; seed++) {
		struct write_options o = { .width = 40 + seed % 50 };
		scoped_buf struct buf in = { 0 }, out = { 0 }, back = { 0 };
		struct page p = page_on(&out, &o);
		struct span text, line;

		buf_str(&in, "RUN rm -f");
		for (size_t k = seed, n = 0; n < 8; n++, k = k * 7 / 5 + n)
			buf_printf(&in, " %.*s", SPAN_ARG(parts[k % 5]));
		page_command(&p, 4, buf_view(&in));
		for (text = buf_view(&out); span_split(&text, '\n', &line) && line.len;) {
			line = span_trim(line);
			if (span_ends(line, SPAN(" \\")))
				line = span_sub(line, 0, line.len - 2);
			buf_printf(&back, "%s%.*s", back.len ? " " : "", SPAN_ARG(line));
		}
		check_span("joined", buf_view(&back), buf_view(&in));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(on_lines),
		cmocka_unit_test(a_command_pastes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
