/* xml.h - XML of any length that is pushed in pieces: elements, their attributes and their text.
 *
 * For feeds only. No document type, so no entities but the five of XML and characters by number.
 * Names are without their prefix. No recursion.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/err.h"
#include "base/span.h"

enum {
	XML_DEPTH = 64,          /* nested elements */
	XML_ATTRIBUTES = 32,     /* of one element */
	XML_TEXT_MAX = 1 << 20,  /* bytes of text inside one element, before its next child */
	XML_TOKEN_MAX = 1 << 20, /* bytes of a tag */
};

struct xml_attribute {
	struct span name, value;
};

/* Views live until the callback returns. Both may be NULL. A negative scov_code ends the reading:
 * the callback fills *err. */
struct xml_events {
	int (*begin)(void *ctx, struct span name, const struct xml_attribute *list, size_t n,
		struct scov_err *err);
	/* text: what follows its start or its last child, blanks at both ends removed */
	int (*end)(void *ctx, struct span name, struct span text, struct scov_err *err);
};
/* The value; empty: no such attribute. */
struct span xml_value(const struct xml_attribute *list, size_t n, const char *name);

struct xml;

/* NULL without memory. Keeps *ev by value. */
struct xml *xml_open(const struct xml_events *ev, void *ctx);
/* Errors: SCOV_E_FORMAT (with the line), SCOV_E_LIMIT, SCOV_E_MEMORY, a callback's code. After an
 * error only xml_free. */
must_check int xml_push(struct xml *x, struct span piece, struct scov_err *err);
/* The text has ended. Errors: SCOV_E_FORMAT: inside an element, or there is none. */
must_check int xml_end(struct xml *x, struct scov_err *err);
void xml_free(struct xml *x); /* accepts NULL */
