/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "base/buf.h"
#include "syntax/json_stream.h"

/* What was delivered, as lines: "a.b.2 VALUE" or "a.b ! what is wrong". Objects and lists whose
 * path ends in "take" are taken, in "pass" passed, others entered. */
struct seen {
	struct buf text;
	int fail_at; /* the value, from 1, at which the callback fails; 0: none */
	int values;
};

static void print_path(struct buf *b, const struct json_step *path, size_t steps)
{
	for (size_t i = 0; i < steps; i++) {
		if (i)
			buf_byte(b, '.');
		if (path[i].name.p)
			buf_span(b, path[i].name);
		else
			buf_printf(b, "%llu", (unsigned long long)path[i].at);
	}
}

static enum json_choice begins(
	void *ctx, const struct json_step *path, size_t steps, enum json_kind kind)
{
	struct span last = steps ? path[steps - 1].name : SPAN("");

	(void)ctx;
	assert_true(kind == JSON_DICT || kind == JSON_LIST);
	if (span_ends(last, SPAN("take")))
		return JSON_TAKE;
	return span_ends(last, SPAN("pass")) ? JSON_PASS : JSON_ENTER;
}

static int value(void *ctx, const struct json_step *path, size_t steps, const struct json *v,
	struct scov_err *err)
{
	struct seen *s = ctx;
	struct json_out w = { .out = &s->text };

	if (++s->values == s->fail_at)
		return err_fail(err, SCOV_E_CANCELLED, "enough");
	print_path(&s->text, path, steps);
	buf_byte(&s->text, ' ');
	json_out_value(&w, v);
	buf_byte(&s->text, '\n');
	return 0;
}

static void fault(void *ctx, const struct json_step *path, size_t steps, const char *why)
{
	struct seen *s = ctx;

	print_path(&s->text, path, steps);
	buf_printf(&s->text, " ! %s\n", why);
}

static const struct json_stream_events events = { begins, value, fault };

/* In pieces of `piece` bytes. */
static int run(struct span in, size_t piece, bool many, size_t memory, struct seen *s,
	struct scov_err *err)
{
	struct json_stream *js = json_stream_open(&events, s, memory, many);
	int code = 0;

	for (size_t i = 0; i < in.len && !code; i += piece)
		code = json_stream_push(js, span_sub(in, i, piece), err);
	if (!code)
		code = json_stream_end(js, err);
	json_stream_free(js);
	return code;
}

enum { MEMORY = 1 << 20 };

static void what_is_delivered(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span in;
		bool many;
		int code;
		const char *want, *error; /* error: a part of its text */
	} cases[] = {
		{ "members of what is entered",
			SPAN_INIT("{\"v\":\"1\",\"rows\":[{\"a_take\":{\"x\":[1,2.5]}},7]}"), false,
			0, "v \"1\"\nrows.0.a_take {\"x\":[1,2.5]}\nrows.1 7\n", NULL },
		{ "what is passed", SPAN_INIT("{\"pass\":{\"a\":[\"\\ud800\",1e999]},\"b\":null}"),
			false, 0, "b null\n", NULL },
		{ "a scalar alone", SPAN_INIT(" -12 "), false, 0, " -12\n", NULL },
		{ "a number ends with the text", SPAN_INIT("12"), false, 0, " 12\n", NULL },
		{ "lines", SPAN_INIT("1\n\"a\"\n{\"take\":[]}"), true, 0, " 1\n \"a\"\ntake []\n",
			NULL },
		{ "lines, two on one", SPAN_INIT("true{}false"), true, 0, " true\n false\n", NULL },
		{ "a byte order mark", SPAN_INIT("\xef\xbb\xbf[1]"), false, 0, "0 1\n", NULL },
		{ "escapes", SPAN_INIT("[\"\\\"\\\\\\/\\u00e9\\ud83d\\ude00\\n\"]"), false, 0,
			"0 \"\\\"\\\\/\xc3\xa9\xf0\x9f\x98\x80\\n\"\n", NULL },
		{ "an escaped name on the way", SPAN_INIT("{\"\\u0061\":{\"b\":1}}"), false, 0,
			"a.b 1\n", NULL },
		{ "the largest and smallest integer",
			SPAN_INIT("[9223372036854775807,-9223372036854775808,-0]"), false, 0,
			"0 9223372036854775807\n1 -9223372036854775808\n2 0\n", NULL },

		{ "a key twice in a value",
			SPAN_INIT("{\"take\":{\"a\":1,\"b\":{\"c\":1,\"\\u0063\":2}},\"x\":1}"),
			false, 0, "take ! a key twice\nx 1\n", NULL },
		{ "one of many keys twice",
			SPAN_INIT("{\"take\":{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,"
				  "\"g\":1,\"h\":1,\"i\":1,\"a\":1}}"),
			false, 0, "take ! a key twice\n", NULL },
		{ "not UTF-8 in a value",
			SPAN_INIT("{\"take\":[\"\xc0\x80\"],\"x\":\"\xff\",\"y\":1}"), false, 0,
			"take ! invalid UTF-8\nx ! invalid UTF-8\ny 1\n", NULL },
		{ "half a surrogate in a value", SPAN_INIT("[\"\\ud83dx\",\"\\ude00\",\"\\u12\"]"),
			false, 0, "0 ! a bad escape\n1 ! a bad escape\n2 ! a bad escape\n", NULL },
		{ "a number out of range", SPAN_INIT("[1e999,9223372036854775808,1]"), false, 0,
			"0 ! a number out of range\n1 ! a number out of range\n2 1\n", NULL },
		{ "NUL in a name", SPAN_INIT("{\"take\":{\"\\u0000\":1}}"), false, 0,
			"take ! NUL in a key\n", NULL },

		{ "a key twice on the way", SPAN_INIT("{\"a\":1,\"b\":2,\"a\":3}"), false,
			SCOV_E_FORMAT, "a 1\nb 2\n", "line 1, column 17: a key twice" },
		{ "NUL in a name on the way", SPAN_INIT("{\"\\u0000\":1}"), false, SCOV_E_FORMAT,
			"", "NUL in a key" },
		{ "HTML", SPAN_INIT("\n <!DOCTYPE html>"), false, SCOV_E_FORMAT, "",
			"looks like HTML" },
		{ "empty", SPAN_INIT(""), false, SCOV_E_FORMAT, "", "empty" },
		{ "no lines", SPAN_INIT("\n\n"), true, SCOV_E_FORMAT, "", "empty" },
		{ "only a mark", SPAN_INIT("\xef\xbb\xbf"), false, SCOV_E_FORMAT, "", "empty" },
		{ "half a mark", SPAN_INIT("\xef\xbb{}"), false, SCOV_E_FORMAT, "", "bad syntax" },
		{ "two documents", SPAN_INIT("{}\n{}"), false, SCOV_E_FORMAT, "",
			"line 2, column 1: bad syntax" },
		{ "a comma too many", SPAN_INIT("[1,]"), false, SCOV_E_FORMAT, "0 1\n",
			"bad syntax" },
		{ "a comma too many in an object", SPAN_INIT("{\"a\":1,}"), false, SCOV_E_FORMAT,
			"a 1\n", "bad syntax" },
		{ "the other end", SPAN_INIT("[1}"), false, SCOV_E_FORMAT, "0 1\n", "bad syntax" },
		{ "an end alone", SPAN_INIT("]"), false, SCOV_E_FORMAT, "", "bad syntax" },
		{ "no colon", SPAN_INIT("{\"a\" 1}"), false, SCOV_E_FORMAT, "", "bad syntax" },
		{ "a word", SPAN_INIT("[nul]"), false, SCOV_E_FORMAT, "", "bad syntax" },
		{ "a leading zero", SPAN_INIT("[01]"), false, SCOV_E_FORMAT, "", "bad syntax" },
		{ "a plus", SPAN_INIT("[+1]"), false, SCOV_E_FORMAT, "", "bad syntax" },
		{ "half a fraction", SPAN_INIT("[1.]"), false, SCOV_E_FORMAT, "", "bad syntax" },
		{ "half an exponent", SPAN_INIT("[1e+]"), false, SCOV_E_FORMAT, "", "bad syntax" },
		{ "a control byte", SPAN_INIT("[\"\n\"]"), false, SCOV_E_FORMAT, "",
			"control byte" },
		{ "cut in a value", SPAN_INIT("{\"take\":[1,"), false, SCOV_E_FORMAT, "",
			"it ends early" },
		{ "cut in a string", SPAN_INIT("[\"abc"), false, SCOV_E_FORMAT, "",
			"it ends early" },
		{ "cut in an escape", SPAN_INIT("[\"\\"), false, SCOV_E_FORMAT, "",
			"it ends early" },
		{ "cut after a name", SPAN_INIT("{\"a\""), false, SCOV_E_FORMAT, "",
			"it ends early" },
		{ "cut in a line", SPAN_INIT("{}\n{\"a\":1"), true, SCOV_E_FORMAT, "",
			"it ends early" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		for (size_t piece = 1; piece < 70; piece = piece * 2 + (piece == 1)) {
			struct seen s = { 0 };
			struct scov_err err = { 0 };

			check(cases[i].name, run(cases[i].in, piece, cases[i].many, MEMORY, &s,
						     &err) == cases[i].code);
			check(cases[i].name, !cases[i].error || strstr(err.text, cases[i].error));
			check_span(cases[i].name, buf_view(&s.text), span_str(cases[i].want));
			buf_release(&s.text);
		}
}

static struct span repeated(
	struct buf *b, const char *head, const char *middle, size_t n, const char *tail)
{
	b->len = 0;
	buf_str(b, head);
	for (size_t i = 0; i < n; i++)
		buf_str(b, middle);
	buf_str(b, tail);
	return buf_view(b);
}

static void bounds(void **state)
{
	(void)state;
	scoped_buf struct buf b = { 0 };
	static const struct {
		const char *name, *head, *middle;
		size_t n;
		const char *tail;
		int code;
		const char *want;
	} cases[] = {
		{ "as deep as it may be", "", "[", JSON_DEPTH, "", SCOV_E_FORMAT, "" },
		{ "deeper", "", "[", JSON_DEPTH + 1, "", SCOV_E_LIMIT, "" },
		{ "deeper in what is passed", "{\"pass\":", "[", JSON_DEPTH, "", SCOV_E_LIMIT, "" },
		{ "deeper in what is taken", "{\"take\":", "{\"a\":", JSON_DEPTH, "", SCOV_E_LIMIT,
			"" },
		{ "a long string in a value", "{\"take\":[\"", "0123456789abcdef", MEMORY / 16,
			"\"],\"b\":1}", 0, "take ! it needs too much memory\nb 1\n" },
		{ "a long string", "{\"a\":\"", "0123456789abcdef", MEMORY / 16 + 1, "\",\"b\":1}",
			0, "a ! it needs too much memory\nb 1\n" },
		{ "a long string that is passed", "{\"pass\":[\"", "0123456789abcdef", MEMORY / 8,
			"\"],\"b\":1}", 0, "b 1\n" },
		{ "many values in a value", "{\"take\":[1", ",1", MEMORY / 16, "],\"b\":1}", 0,
			"take ! it needs too much memory\nb 1\n" },
		{ "a long name in a value", "{\"take\":{\"", "0123456789abcdef", MEMORY / 16,
			"\":1},\"b\":1}", 0, "take ! it needs too much memory\nb 1\n" },
		{ "a long name on the way", "{\"", "0123456789abcdef", 65, "\":1}", SCOV_E_LIMIT,
			"" },
		{ "a long number", "[", "1", 513, "]", SCOV_E_FORMAT, "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		for (size_t piece = 7; piece < 10000; piece *= 37) {
			struct seen s = { 0 };
			struct scov_err err = { 0 };
			struct span in = repeated(
				&b, cases[i].head, cases[i].middle, cases[i].n, cases[i].tail);

			check(cases[i].name,
				run(in, piece, false, MEMORY, &s, &err) == cases[i].code);
			check_span(cases[i].name, buf_view(&s.text), span_str(cases[i].want));
			buf_release(&s.text);
		}
}

static void a_callback_ends_it(void **state)
{
	(void)state;
	struct seen s = { .fail_at = 2 };
	struct scov_err err = { 0 };

	assert_int_equal(SCOV_E_CANCELLED, run(SPAN("[1,2,3]"), 100, false, MEMORY, &s, &err));
	assert_string_equal(err.text, "enough");
	check_span("delivered", buf_view(&s.text), SPAN("0 1\n"));
	buf_release(&s.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_delivered),
		cmocka_unit_test(bounds),
		cmocka_unit_test(a_callback_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
