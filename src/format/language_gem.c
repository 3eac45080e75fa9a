/* language_gem.c - the specification of an installed Ruby gem.
 *
 * RubyGems writes "# stub: NAME VERSION PLATFORM FOLDERS" at its head, and reads that line alone to
 * list gems; older ones have only "s.name = ...", "s.version = ...". It is a program in Ruby:
 * nothing of it is run, and what is not a literal is taken from the file's name, NAME-VERSION.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/language.h"

#include "base/ascii.h"

/* The text in the first quotes of a line: "a", 'a', %q{a}. */
static struct span quoted(struct span line)
{
	size_t brace = span_find_span(line, SPAN("%q{"));

	if (brace < line.len) {
		line = span_from(line, brace + 3);
		return span_sub(line, 0, span_find(line, '}'));
	}
	size_t one = span_find(line, '\''), two = span_find(line, '"');
	size_t from = one < two ? one : two;
	struct span rest = span_from(line, from + 1);

	return span_sub(rest, 0, span_find(rest, span_at(line, from)));
}

/* "s.KEY = " at the head of a line, whatever the variable is called. */
static bool sets(struct span line, struct span key)
{
	struct span left = span_trim(span_sub(line, 0, span_find(line, '=')));
	size_t dot = span_find(left, '.');

	return dot < left.len && span_eq(span_from(left, dot + 1), key);
}

static void take_stub(struct span line, struct language_package *p)
{
	struct span word;

	for (size_t i = 0; span_split(&line, ' ', &word) && i < 3;) {
		if (!word.len)
			continue;
		*(i == 0 ? &p->name : i == 1 ? &p->version : &p->arch) = word;
		i++;
	}
}

/* NAME-VERSION, where the name is known or ends before a dash and a digit. */
static void take_file_name(struct span name, struct language_package *p)
{
	name.len -= SPAN(".gemspec").len;
	for (size_t dash = span_find(name, '-'); !p->version.len && dash < name.len;
		dash += 1 + span_find(span_from(name, dash + 1), '-')) {
		struct span head = span_sub(name, 0, dash), tail = span_from(name, dash + 1);

		if (!ascii_is_digit(span_at(tail, 0)) || (p->name.len && !span_eq(p->name, head)))
			continue;
		p->name = head;
		p->version = span_sub(tail, 0, span_find(tail, '-'));
		p->arch = span_from(tail, p->version.len + 1);
	}
}

int language_gem(const struct language_record *r, struct scov_err *err)
{
	static const struct span stub = SPAN_INIT("# stub: ");
	struct language_package p = { 0 };
	struct span rest = r->data, line;

	if (!span_has(r->data, SPAN("Gem::Specification.new")) &&
		!span_has(r->data, SPAN("Gem::Specification::new")))
		return err_fail(err, SCOV_E_FORMAT, "not a specification");
	while (span_line(&rest, &line)) {
		if (span_starts(line, stub) && !p.name.len)
			take_stub(span_from(line, stub.len), &p);
		else if (!p.name.len && sets(line, SPAN("name")))
			p.name = quoted(line);
		else if (!p.version.len && sets(line, SPAN("version")))
			p.version = quoted(line);
		else if (!p.arch.len && sets(line, SPAN("platform")))
			p.arch = quoted(line);
		else if (sets(line, SPAN("license")) || sets(line, SPAN("licenses")))
			p.license = quoted(line);
	}
	take_file_name(span_base(r->path), &p);
	if (span_eq(p.arch, SPAN("ruby")))
		p.arch = (struct span){ 0 };
	return language_found(r, &p, err);
}
