/* docstring.c - which bytes of a Python file are documentation: a string that is a statement, and
 * those that Ansible's modules assign to DOCUMENTATION, EXAMPLES and RETURN.
 *
 * A file is read only when a secret was found in it, and once. Source: the Python language
 * reference, 2.4.1 and 7.1; Ansible's "Module format and documentation".
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/ascii.h"
#include "secret/find/parts.h"

/* What is on the line before the string, prefix letters not counted. */
static bool is_statement(const struct docstring *d)
{
	static const struct span names[] = { SPAN_INIT("DOCUMENTATION"), SPAN_INIT("EXAMPLES"),
		SPAN_INIT("RETURN") };
	struct span line = span_sub(d->text, d->line, d->at - d->line);

	while (line.len && ascii_is_letter(span_at(line, line.len - 1)))
		line.len--;
	line = span_trim(line);
	if (!line.len)
		return true;
	if (!span_ends(line, SPAN("=")))
		return false;
	line = span_trim(span_sub(line, 0, line.len - 1));
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (span_eq(line, names[i]))
			return true;
	return false;
}

static void open_string(struct docstring *d, uint8_t quote)
{
	struct span three = span_sub(d->text, d->at, 3);

	d->quote = quote;
	d->is_triple = three.len == 3 && span_at(three, 1) == quote && span_at(three, 2) == quote;
	d->is_open = !d->depth && is_statement(d);
	d->at += d->is_triple ? 3 : 1;
}

static void in_string(struct docstring *d, uint8_t c)
{
	struct span three = span_sub(d->text, d->at, 3);

	if (c == '\\') {
		d->at += 2;
		return;
	}
	bool is_end = c == d->quote &&
		      (!d->is_triple || (span_at(three, 1) == c && span_at(three, 2) == c));

	d->at += is_end && d->is_triple ? 3 : 1;
	if (is_end || (c == '\n' && !d->is_triple)) /* one that is not closed ends with its line */
		d->quote = 0;
}

static void in_code(struct docstring *d, uint8_t c)
{
	if (c == '"' || c == '\'') {
		open_string(d, c);
		return;
	}
	if (c == '#') {
		d->at += span_find(span_from(d->text, d->at), '\n');
		return;
	}
	if (c == '(' || c == '[' || c == '{')
		d->depth++;
	if ((c == ')' || c == ']' || c == '}') && d->depth)
		d->depth--;
	d->at++;
}

bool docstring_holds(struct finder *f, const struct look *l, uint64_t at)
{
	struct docstring *d = &f->docstring;

	if (l != f->looks || at >= d->text.len || at < d->at)
		return false;
	while (d->at < at) {
		uint8_t c = span_at(d->text, d->at);

		if (c == '\n')
			d->line = d->at + 1;
		if (d->quote)
			in_string(d, c);
		else
			in_code(d, c);
	}
	return d->quote && d->is_open && d->at == at;
}
