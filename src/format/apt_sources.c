/* apt_sources.c - where apt fetches packages from.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/apt_sources.h"

struct apt_reader apt_read(struct span in, bool deb822)
{
	return (struct apt_reader){ .rest = in, .deb822 = deb822 };
}

static bool next_word(struct span *rest, struct span *word)
{
	*rest = span_trim(*rest);
	if (!rest->len)
		return false;
	size_t n = 0;

	while (n < rest->len && span_at(*rest, n) != ' ' && span_at(*rest, n) != '\t')
		n++;
	*word = span_sub(*rest, 0, n);
	*rest = span_from(*rest, n);
	return true;
}

/* "deb [arch=amd64 signed-by=/x] URI suite component": the URI, or nothing. */
static struct span one_line(struct span line)
{
	struct span word, rest = span_sub(line, 0, span_find(line, '#'));

	if (!next_word(&rest, &word) ||
		!(span_eq(word, SPAN("deb")) || span_eq(word, SPAN("deb-src"))))
		return (struct span){ 0 };
	rest = span_trim(rest);
	if (span_at(rest, 0) == '[')
		rest = span_from(rest, span_find(rest, ']') + 1);
	return next_word(&rest, &word) ? word : (struct span){ 0 };
}

static struct span deb822_line(struct apt_reader *r, struct span line)
{
	uint8_t first = span_at(line, 0);
	size_t colon = span_find(line, ':');

	if (first == '#')
		return (struct span){ 0 };
	if (first == ' ' || first == '\t')
		return r->in_uris ? line : (struct span){ 0 };
	r->in_uris = span_eq_nocase(span_sub(line, 0, colon), SPAN("URIs"));
	return r->in_uris ? span_from(line, colon + 1) : (struct span){ 0 };
}

bool apt_next(struct apt_reader *r, struct span *uri)
{
	struct span line;

	while (!next_word(&r->words, uri)) {
		if (!span_line(&r->rest, &line))
			return false;
		r->line++;
		r->words = r->deb822 ? deb822_line(r, line) : one_line(line);
	}
	return true;
}
