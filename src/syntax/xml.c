/* xml.c - expat's events, bounded.
 *
 * A document type is refused at its first byte, before a declaration in it is read.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "syntax/xml.h"

#include <expat.h>

#include "base/arena.h"
#include "base/buf.h"

struct xml {
	struct xml_events ev;
	void *ctx;
	XML_Parser parser;
	struct buf text;
	size_t depth;
	size_t pushed; /* bytes since the last event */
	int code;      /* why it was stopped; 0: it was not */
	struct scov_err err;
};

static void stop(struct xml *x, int code, const char *why)
{
	x->code = err_fail(&x->err, code, "%s: line %lu: %s",
		code == SCOV_E_LIMIT ? "XML too large" : "not XML",
		(unsigned long)XML_GetCurrentLineNumber(x->parser), why);
	XML_StopParser(x->parser, XML_FALSE);
}

static void ended(struct xml *x, int code)
{
	x->code = code;
	if (code)
		XML_StopParser(x->parser, XML_FALSE);
}

static struct span local(const char *name)
{
	struct span s = span_str(name);
	size_t colon = span_rfind(s, ':');

	return colon + 1 < s.len ? span_from(s, colon + 1) : s;
}

static void on_begin(void *ctx, const char *name, const char **pairs)
{
	struct xml *x = ctx;
	struct xml_attribute list[XML_ATTRIBUTES];
	size_t n = 0;

	if (x->code) /* expat goes on to the end of an empty tag */
		return;
	x->pushed = 0;
	x->text.len = 0;
	if (++x->depth > XML_DEPTH) {
		stop(x, SCOV_E_LIMIT, "nested too deep");
		return;
	}
	for (; pairs[0]; pairs += 2) {
		if (n == XML_ATTRIBUTES) {
			stop(x, SCOV_E_LIMIT, "too many attributes");
			return;
		}
		list[n++] = (struct xml_attribute){ local(pairs[0]), span_str(pairs[1]) };
	}
	if (x->ev.begin)
		ended(x, x->ev.begin(x->ctx, local(name), list, n, &x->err));
}

static void on_end(void *ctx, const char *name)
{
	struct xml *x = ctx;

	if (x->code)
		return;
	x->pushed = 0;
	x->depth--;
	if (x->text.failed)
		ended(x, err_memory(&x->err));
	else if (x->ev.end)
		ended(x, x->ev.end(x->ctx, local(name), span_trim(buf_view(&x->text)), &x->err));
	x->text.len = 0;
}

static void on_text(void *ctx, const char *text, int n)
{
	struct xml *x = ctx;

	if (x->code)
		return;
	x->pushed = 0;
	if (x->text.len + (size_t)n > XML_TEXT_MAX)
		stop(x, SCOV_E_LIMIT, "a text is too long");
	else
		buf_bytes(&x->text, text, (size_t)n);
}

static void on_doctype(
	void *ctx, const char *name, const char *system, const char *public, int has_internal)
{
	(void)name;
	(void)system;
	(void)public;
	(void)has_internal;
	stop(ctx, SCOV_E_FORMAT, "a document type");
}

struct span xml_value(const struct xml_attribute *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (span_eq(list[i].name, span_str(name)))
			return list[i].value;
	return (struct span){ 0 };
}

struct xml *xml_open(const struct xml_events *ev, void *ctx)
{
	struct xml *x = mem_alloc(sizeof(*x));

	if (!x)
		return NULL;
	x->ev = *ev;
	x->ctx = ctx;
	x->parser = XML_ParserCreate(NULL);
	if (!x->parser) {
		mem_free(x);
		return NULL;
	}
	XML_SetUserData(x->parser, x);
	XML_SetElementHandler(x->parser, on_begin, on_end);
	XML_SetCharacterDataHandler(x->parser, on_text);
	XML_SetStartDoctypeDeclHandler(x->parser, on_doctype);
	return x;
}

/* Pieces are small, so that a tag that never ends is found before it fills the memory. */
static int parse(struct xml *x, struct span piece, bool is_last, struct scov_err *err)
{
	x->pushed += piece.len;
	if (XML_Parse(x->parser, (const char *)piece.p, (int)piece.len, is_last) !=
		XML_STATUS_ERROR) {
		if (x->pushed > XML_TOKEN_MAX)
			return err_fail(err, SCOV_E_LIMIT, "XML too large: line %lu: a tag",
				(unsigned long)XML_GetCurrentLineNumber(x->parser));
		return 0;
	}
	if (x->code) {
		*err = x->err;
		return x->code;
	}
	if (XML_GetErrorCode(x->parser) == XML_ERROR_NO_MEMORY)
		return err_memory(err);
	return err_fail(err, SCOV_E_FORMAT, "not XML: line %lu: %s",
		(unsigned long)XML_GetCurrentLineNumber(x->parser),
		XML_ErrorString(XML_GetErrorCode(x->parser)));
}

int xml_push(struct xml *x, struct span piece, struct scov_err *err)
{
	enum { STEP = 64 << 10 };
	int code = 0;

	while (piece.len && !code) {
		code = parse(x, span_sub(piece, 0, STEP), false, err);
		piece = span_from(piece, STEP);
	}
	return code;
}

int xml_end(struct xml *x, struct scov_err *err)
{
	return parse(x, (struct span){ 0 }, true, err);
}

void xml_free(struct xml *x)
{
	if (!x)
		return;
	XML_ParserFree(x->parser);
	buf_release(&x->text);
	mem_free(x);
}
