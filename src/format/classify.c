/* classify.c - programs and libraries that are known by their content alone.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/classify.h"

#include <string.h>

#include "base/ascii.h"

static bool is_text(uint8_t c)
{
	return c >= ' ' && c <= '~';
}

/* A comma-separated list of names, each with at most one '*'. */
static bool matches(struct span base, struct span list)
{
	struct span one;

	while (span_split(&list, ',', &one)) {
		size_t star = span_find(one, '*');
		struct span head = span_sub(one, 0, star), tail = span_from(one, star + 1);

		if (star == one.len ? span_eq(base, one)
				    : base.len >= head.len + tail.len && span_starts(base, head) &&
					      span_ends(base, tail))
			return true;
	}
	return false;
}

/* Digits and dots, a digit first and last. */
static size_t numbers(struct span s)
{
	size_t n = 0;

	while (ascii_is_digit(span_at(s, n)) ||
		(n && span_at(s, n) == '.' && ascii_is_digit(span_at(s, n + 1))))
		n++;
	return n;
}

/* After the numbers: "w", "p1", "rc2", "-beta3", "-rc.1": what makes it another version. */
static size_t suffix(struct span s)
{
	static const struct span words[] = { SPAN_INIT("alpha"), SPAN_INIT("beta"), SPAN_INIT("rc"),
		SPAN_INIT("RC"), SPAN_INIT("pre"), SPAN_INIT("dev"), SPAN_INIT("DEV"),
		SPAN_INIT("p"), SPAN_INIT("a"), SPAN_INIT("b") };
	size_t dash = span_at(s, 0) == '-' || span_at(s, 0) == '_';

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		struct span rest = span_from(s, dash);

		if (!span_starts(rest, words[i]))
			continue;
		size_t n = words[i].len;

		n += span_at(rest, n) == '.' && ascii_is_digit(span_at(rest, n + 1));
		while (ascii_is_digit(span_at(rest, n)))
			n++;
		if (!ascii_is_alnum(span_at(rest, n)))
			return dash + n;
	}
	return ascii_is_lower(span_at(s, 0)) && !ascii_is_alnum(span_at(s, 1));
}

/* "3 Sep 2024" */
static size_t date_len(struct span s)
{
	size_t n = 0;

	while (n < 2 && ascii_is_digit(span_at(s, n)))
		n++;
	if (!n || span_at(s, n) != ' ' || !ascii_is_upper(span_at(s, n + 1)) ||
		!ascii_is_lower(span_at(s, n + 2)) || !ascii_is_lower(span_at(s, n + 3)) ||
		span_at(s, n + 4) != ' ')
		return 0;
	struct span year = span_sub(s, n + 5, 4);

	return numbers(year) == 4 && span_find(year, '.') == 4 ? n + 9 : 0;
}

/* What follows a version. $: the text ends; %D: a date; %*: any text without a blank, as little as
 * possible; other bytes are themselves. As deep as the pattern has %*. */
static bool follows(struct span s, struct span pattern)
{
	while (pattern.len) {
		uint8_t c = span_at(pattern, 0), kind = span_at(pattern, 1);
		size_t n = c == '%' ? 2 : 1;

		pattern = span_from(pattern, n);
		if (c == '$')
			return !is_text(span_at(s, 0));
		if (c == '%' && kind == 'D') {
			size_t len = date_len(s);

			if (!len)
				return false;
			s = span_from(s, len);
		} else if (c == '%' && kind == '*') {
			while (!follows(s, pattern)) {
				if (!is_text(span_at(s, 0)) || span_at(s, 0) == ' ')
					return false;
				s = span_from(s, 1);
			}
			return true;
		} else {
			if (span_at(s, 0) != c)
				return false;
			s = span_from(s, 1);
		}
	}
	return true;
}

/* What precedes a version; '^': the text begins. */
static bool precedes(struct span s, struct span pattern)
{
	bool is_start = span_at(pattern, 0) == '^';
	struct span text = span_from(pattern, is_start);

	if (!span_ends(s, text))
		return false;
	return !is_start || s.len == text.len || !is_text(span_at(s, s.len - text.len - 1));
}

static bool is_noted(const struct classify *c, const struct known_classifier *row)
{
	for (size_t i = 0; i < c->noted_n; i++)
		if (c->noted[i] == row)
			return true;
	return false;
}

static void note(struct classify *c, const struct known_classifier *row)
{
	if (c->noted_n < CLASSIFY_NOTED_MAX && !is_noted(c, row))
		c->noted[c->noted_n++] = row;
}

static void add(struct classify *c, const struct known_classifier *row, struct span version)
{
	for (size_t i = 0; i < c->n; i++) {
		struct classified *x = &c->found[i];
		bool same = span_eq(span_of(x->version, x->len), version);

		if (x->row == row && row->how == HOW_ALONE && !same)
			x->is_unclear = true;
		if (x->row == row && (same || row->how == HOW_ALONE))
			return;
	}
	c->is_cut = c->is_cut || c->n == CLASSIFY_FOUND_MAX;
	if (c->n == CLASSIFY_FOUND_MAX)
		return;
	struct classified *x = &c->found[c->n++];

	*x = (struct classified){ .row = row, .len = (uint8_t)version.len };
	memcpy(x->version, version.p, version.len);
}

/* "7.2.4" of "7.2.4buildhost-1704723602000000000": a version, a host's name, a time, and whether
 * and from where the tree was changed. A name of hexadecimal digits alone may begin with what looks
 * like the version's last digits: that of a container has twelve. Source: redis,
 * src/mkreleasehdr.sh. */
static size_t build_version(struct span s)
{
	enum { TIME = 10, TREE = 9, CONTAINER = 12 };
	size_t end = 0, n;
	bool is_hex = true;

	while (is_text(span_at(s, end)))
		end++;
	if (end < TIME + TREE)
		return 0;
	for (size_t i = end - TREE - TIME; i < end; i++)
		if (i < end - TREE ? !ascii_is_digit(span_at(s, i)) : !ascii_is_hex(span_at(s, i)))
			return 0;
	s = span_sub(s, 0, end - TREE - TIME);
	n = numbers(s);
	for (size_t i = n; i < s.len; i++)
		is_hex = is_hex && (ascii_is_hex(span_at(s, i)) || span_at(s, i) == '-');
	if (n == s.len || !is_hex)
		return n;
	size_t dash = span_find(s, '-');

	n = dash > CONTAINER ? dash - CONTAINER : 0;
	return n && numbers(s) >= n && !span_has(span_sub(s, n, CONTAINER), SPAN(".")) ? n : 0;
}

/* '#' is a digit; other bytes are themselves. */
static bool begins(struct span s, struct span pattern)
{
	for (size_t i = 0; i < pattern.len; i++)
		if (span_at(pattern, i) == '#' ? !ascii_is_digit(span_at(s, i))
					       : span_at(pattern, i) != span_at(s, i))
			return false;
	return true;
}

/* A text that is a version of two or three numbers and nothing else, no longer than one is. */
static size_t alone_version(
	const struct known_classifier *row, struct span before, struct span here)
{
	enum { LONG = 12 };
	size_t n = numbers(here), dots = 0;

	for (size_t i = 0; i < n; i++)
		dots += span_at(here, i) == '.';
	return n <= LONG && dots <= 2 && begins(here, row->after) && !is_text(span_at(here, n)) &&
			       !is_text(span_at(before, before.len - 1))
		       ? n
		       : 0;
}

/* Bytes of the version that the row reads there; 0: none. */
static size_t version_len(const struct known_classifier *row, struct span here, struct span number)
{
	size_t n = numbers(here);

	if (row->how == HOW_MODULE || row->how == HOW_FILE)
		return 0;
	if (row->how == HOW_BUILD)
		return build_version(here);
	if (row->how != HOW_PLAIN)
		n += suffix(span_from(here, n));
	if (row->how == HOW_NAMED && !(number.len && span_starts(here, number) &&
					     (n == number.len || span_at(here, number.len) == '.')))
		return 0;
	struct span rest = span_from(here, n);
	bool is_end =
		row->after.len ? follows(rest, row->after) : !ascii_is_alnum(span_at(rest, 0));

	return is_end ? n : 0;
}

static void try_alone(struct classify *c, const struct known_classifier *row, struct span before,
	struct span here)
{
	if (row->only_in.len && !matches(c->base, row->only_in))
		return;
	size_t n = alone_version(row, before, here);

	if (n && n <= CLASSIFY_VERSION_MAX)
		add(c, row, span_sub(here, 0, n));
	if (row->before.len && precedes(before, row->before))
		note(c, row);
}

/* s[at] is a digit that begins a number with a dot. */
static void try_rows(struct classify *c, struct span s, size_t at)
{
	struct span before = span_sub(s, 0, at), here = span_from(s, at);
	uint8_t last = span_at(before, at - 1);

	for (size_t i = 0; i < known_classifiers_n; i++) {
		const struct known_classifier *row = &known_classifiers[i];
		uint8_t want = span_at(row->before, row->before.len - 1);

		if (row->how == HOW_ALONE) {
			try_alone(c, row, before, here);
			continue;
		}
		if ((want != '^' && (!at || want != last)) || !precedes(before, row->before) ||
			(row->only_in.len && !matches(c->base, row->only_in)))
			continue;
		size_t n = version_len(row, here, c->number);

		if (n && n <= CLASSIFY_VERSION_MAX)
			add(c, row, span_sub(here, 0, n));
	}
}

static bool is_of_file(uint8_t c)
{
	return ascii_is_alnum(c) || c == '.' || c == '-' || c == '_' || c == '+';
}

/* s[at] is the dot of "libNAME.so". */
static void see_library(struct classify *c, struct span s, size_t at)
{
	size_t from = at, to = at;

	while (from && at - from < CLASSIFY_VERSION_MAX && is_of_file(span_at(s, from - 1)))
		from--;
	while (is_of_file(span_at(s, to)) && to - at < CLASSIFY_VERSION_MAX)
		to++;
	struct span name = span_sub(s, from, to - from);

	for (size_t i = 0; i < known_classifiers_n; i++)
		if (known_classifiers[i].how == HOW_HEADER &&
			matches(name, known_classifiers[i].own))
			note(c, &known_classifiers[i]);
}

bool classify_is_own(const struct classify *c, const struct known_classifier *row)
{
	return matches(c->base, row->own);
}

void classify_start(struct classify *c, struct span path)
{
	*c = (struct classify){ .base = span_base(path) };
	size_t from = span_find_dotted(c->base, 1, c->base.len);

	if (span_at(c->base, from + 1) == 's')
		from = span_find_dotted(c->base, from + 1, c->base.len);
	while (from && ascii_is_digit(span_at(c->base, from - 1)))
		from--;
	c->number = span_sub(c->base, from, numbers(span_from(c->base, from)));
	for (size_t i = 0; i < known_classifiers_n; i++)
		if (known_classifiers[i].how == HOW_FILE && c->number.len <= CLASSIFY_VERSION_MAX &&
			begins(c->number, known_classifiers[i].after) &&
			classify_is_own(c, &known_classifiers[i]))
			add(c, &known_classifiers[i], c->number);
}

void classify_look(struct classify *c, struct span bytes, size_t from, size_t to)
{
	for (size_t at = from; (at = span_find_dotted(bytes, at, to)) < to;) {
		size_t start = at, back = CLASSIFY_VERSION_MAX;

		if (span_at(bytes, at + 1) == 's') {
			see_library(c, bytes, at++);
			continue;
		}
		while (start && back-- &&
			(ascii_is_digit(span_at(bytes, start - 1)) ||
				span_at(bytes, start - 1) == '.'))
			start--;
		while (span_at(bytes, start) == '.')
			start++;
		/* the first dot of its number */
		if (span_find(span_sub(bytes, start, at - start), '.') == at - start)
			try_rows(c, bytes, start);
		at++;
	}
}

/* Whether what is in the file speaks against the row: the text of the library's header where the
 * library is a file of its own, a bare number without the text that goes with it. */
static bool is_other(const struct classify *c, const struct known_classifier *row)
{
	if (row->how == HOW_HEADER)
		return is_noted(c, row) && !classify_is_own(c, row);
	return row->how == HOW_ALONE && row->before.len && !is_noted(c, row);
}

static bool counts(const struct classify *c, const struct classified *x)
{
	return !x->is_unclear && !is_other(c, x->row);
}

bool classify_has(const struct classify *c, size_t i, struct span *version)
{
	const struct classified *x = &c->found[i];

	*version = span_of(x->version, x->len);
	for (size_t k = 0; k < c->n; k++) {
		const struct classified *y = &c->found[k];
		struct span other = span_of(y->version, y->len);

		/* "2.4" of "2.4.57" says less of the same */
		if (k != i && counts(c, y) && span_eq(y->row->name, x->row->name) &&
			span_starts(other, *version) && (k < i || other.len > version->len))
			return false;
	}
	return counts(c, x);
}
