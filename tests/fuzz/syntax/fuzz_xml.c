/* fuzz_xml.c - pieces make no difference; every element that begins ends before what is around it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/buf.h"
#include "syntax/xml.h"
#include "tests/fuzz/fuzz.h"

struct seen {
	struct buf out;
	size_t depth;
};

static int begin(void *ctx, struct span name, const struct xml_attribute *list, size_t n,
	struct scov_err *err)
{
	struct seen *s = ctx;

	(void)err;
	must(name.len && n <= XML_ATTRIBUTES && ++s->depth <= XML_DEPTH);
	buf_printf(&s->out, "<%.*s", SPAN_ARG(name));
	for (size_t i = 0; i < n; i++)
		buf_printf(&s->out, " %.*s=%.*s", SPAN_ARG(list[i].name), SPAN_ARG(list[i].value));
	return 0;
}

static int end(void *ctx, struct span name, struct span text, struct scov_err *err)
{
	struct seen *s = ctx;

	(void)err;
	must(s->depth-- && text.len <= XML_TEXT_MAX);
	buf_printf(&s->out, "|%.*s>%.*s", SPAN_ARG(text), SPAN_ARG(name));
	return 0;
}

static int run(struct span in, size_t piece, struct seen *s)
{
	static const struct xml_events events = { begin, end };
	struct xml *x = xml_open(&events, s);
	struct scov_err err = { 0 };
	int code = 0;

	must(x);
	for (size_t at = 0; at < in.len && !code; at += piece)
		code = xml_push(x, span_sub(in, at, piece), &err);
	if (!code)
		code = xml_end(x, &err);
	must(code ? *err.text != 0 : s->depth == 0);
	xml_free(x);
	return code;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen whole = { 0 }, cut = { 0 };
	int code = run(span_of(data, size), SIZE_MAX / 2, &whole);

	must(code == run(span_of(data, size), 3, &cut));
	must(code || span_eq(buf_view(&whole.out), buf_view(&cut.out)));
	buf_release(&whole.out);
	buf_release(&cut.out);
	return 0;
}
