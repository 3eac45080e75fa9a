/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "base/buf.h"
#include "syntax/xml.h"

static int begin(void *ctx, struct span name, const struct xml_attribute *list, size_t n,
	struct scov_err *err)
{
	struct buf *b = ctx;

	if (span_eq(name, SPAN("stop")))
		return err_fail(err, SCOV_E_LIMIT, "enough");
	buf_printf(b, "<%.*s", SPAN_ARG(name));
	for (size_t i = 0; i < n; i++)
		buf_printf(b, " %.*s=%.*s", SPAN_ARG(list[i].name), SPAN_ARG(list[i].value));
	buf_printf(b, "(%.*s)", SPAN_ARG(xml_value(list, n, "id")));
	return 0;
}

static int end(void *ctx, struct span name, struct span text, struct scov_err *err)
{
	(void)err;
	buf_printf(ctx, "|%.*s>%.*s ", SPAN_ARG(text), SPAN_ARG(name));
	return 0;
}

static int run(struct span in, size_t piece, struct buf *out, struct scov_err *err)
{
	static const struct xml_events events = { begin, end };
	struct xml *x = xml_open(&events, out);
	int code = 0;

	assert_non_null(x);
	for (size_t at = 0; at < in.len && !code; at += piece)
		code = xml_push(x, span_sub(in, at, piece), err);
	if (!code)
		code = xml_end(x, err);
	xml_free(x);
	return code;
}

static void documents(void **state)
{
	(void)state;
	static const struct {
		const char *name, *in;
		int code;
		const char *want; /* events, or a part of the error */
	} cases[] = {
		{ "text after the last child", "<a>one<b id='7'> x </b>two</a>", 0,
			"<a()<b id=7(7)|x>b |two>a " },
		{ "names without prefixes", "<p:a xmlns:p='u' p:id='1'/>", 0,
			"<a p=u id=1(1)|>a " },
		{ "characters by name and number", "<a b='&lt;'>&amp;&#65;</a>", 0,
			"<a b=<()|&A>a " },
		{ "comments and processing instructions", "<?x y?><a><!-- <b/> -->t</a>", 0,
			"<a()|t>a " },
		{ "a document type", "<!DOCTYPE a><a/>", SCOV_E_FORMAT, "line 1: a document type" },
		{ "entities that grow", "<!DOCTYPE a [<!ENTITY b 'bb'>]><a>&b;</a>", SCOV_E_FORMAT,
			"a document type" },
		{ "an external entity", "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
			SCOV_E_FORMAT, "a document type" },
		{ "an entity that nobody defined", "<a>&b;</a>", SCOV_E_FORMAT, "line 1" },
		{ "cut", "<a>\n<b>", SCOV_E_FORMAT, "line 2" },
		{ "empty", "", SCOV_E_FORMAT, "not XML" },
		{ "two roots", "<a/><b/>", SCOV_E_FORMAT, "not XML" },
		{ "HTML", "<html><br></html>", SCOV_E_FORMAT, "line 1" },
		{ "an attribute twice", "<a b='1' b='2'/>", SCOV_E_FORMAT, "line 1" },
		{ "a callback's error", "<a><stop/></a>", SCOV_E_LIMIT, "enough" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		for (size_t piece = 1; piece < 100; piece *= 9) {
			scoped_buf struct buf out = { 0 };
			struct scov_err err = { 0 };
			int code = run(span_str(cases[i].in), piece, &out, &err);

			check(cases[i].name, code == cases[i].code);
			if (code)
				check(cases[i].name, strstr(err.text, cases[i].want));
			else
				check_span(cases[i].name, buf_view(&out), span_str(cases[i].want));
		}
}

static void bounds(void **state)
{
	(void)state;
	scoped_buf struct buf deep = { 0 }, wide = { 0 }, text = { 0 }, tag = { 0 }, out = { 0 };
	struct scov_err err = { 0 };

	for (size_t i = 0; i <= XML_DEPTH; i++)
		buf_str(&deep, "<a>");
	assert_int_equal(SCOV_E_LIMIT, run(buf_view(&deep), 1000, &out, &err));
	assert_non_null(strstr(err.text, "nested too deep"));

	buf_str(&wide, "<a");
	for (int i = 0; i <= XML_ATTRIBUTES; i++)
		buf_printf(&wide, " b%d=''", i);
	buf_str(&wide, "/>");
	assert_int_equal(SCOV_E_LIMIT, run(buf_view(&wide), 1000, &out, &err));
	assert_non_null(strstr(err.text, "too many attributes"));

	buf_str(&text, "<a>");
	for (int i = 0; i <= XML_TEXT_MAX; i++)
		buf_byte(&text, 'x');
	assert_int_equal(SCOV_E_LIMIT, run(buf_view(&text), SIZE_MAX / 2, &out, &err));
	assert_non_null(strstr(err.text, "a text is too long"));

	buf_str(&tag, "<a b='");
	for (int i = 0; i <= XML_TOKEN_MAX; i++)
		buf_byte(&tag, 'x');
	assert_int_equal(SCOV_E_LIMIT, run(buf_view(&tag), SIZE_MAX / 2, &out, &err));
	assert_non_null(strstr(err.text, "a tag"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents),
		cmocka_unit_test(bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
