/* gem.c - RubyGems: numbers and words; any word makes a pre-release.
 *
 * Zeros at the end and zeros before the first word do not count; "-" is the word "pre". Source:
 * Gem::Version of rubygems, its documentation and its pattern of a correct version.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/ascii.h"
#include "version/schemes.h"

/* The numbers without zeros at their end, then all from the first word on. */
struct gem {
	struct span numbers, words;
};

/* The empty number is what follows the end: zeros without end. */
struct segment {
	bool is_word;
	struct span text;
};

static struct segment take(struct span *rest)
{
	while (take_byte(rest, '.'))
		;
	if (take_byte(rest, '-'))
		return (struct segment){ true, SPAN("pre") };
	if (ascii_is_letter(span_at(*rest, 0)))
		return (struct segment){ true, take_letters(rest) };
	return (struct segment){ false, take_digits(rest) };
}

static struct segment next(struct gem *g)
{
	return take(g->numbers.len ? &g->numbers : &g->words);
}

/* [0-9]+(\.[0-9a-zA-Z]+)*(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)? */
static bool is_gem(struct span v)
{
	bool has_dot = false, has_dash = false;

	for (size_t i = 0; i < v.len; i++) {
		uint8_t c = span_at(v, i), before = i ? span_at(v, i - 1) : '.',
			after = i + 1 < v.len ? span_at(v, i + 1) : '.';

		if (c == '-' && !has_dash && (before == '.' || after == '.'))
			return false;
		if (c == '.' && (before == '.' || i + 1 == v.len))
			return false;
		has_dash |= c == '-';
		has_dot |= c == '.';
		if (c == '.' || c == '-')
			continue;
		if (!ascii_is_alnum(c) || (!has_dot && !has_dash && !ascii_is_digit(c)))
			return false;
	}
	return v.len;
}

static bool read(struct span v, struct gem *out)
{
	struct span rest = v;
	size_t end = 0; /* of the last number that is not 0 */

	v = rest = span_trim(v);
	if (!is_gem(v))
		return false;
	for (size_t at = 0; rest.len; at = v.len - rest.len) {
		struct segment s = take(&rest);

		if (s.is_word) {
			out->words = span_from(v, at);
			out->numbers = span_sub(v, 0, end);
			return true;
		}
		if (digits_cmp(s.text, SPAN("")))
			end = v.len - rest.len;
	}
	*out = (struct gem){ .numbers = span_sub(v, 0, end) };
	return true;
}

bool version_gem(struct span a, struct span b, int *out_order)
{
	struct gem x, y;
	int order = 0;

	if (!read(a, &x) || !read(b, &y))
		return false;
	while (!order && (x.numbers.len || x.words.len || y.numbers.len || y.words.len)) {
		struct segment s = next(&x), t = next(&y);

		order = t.is_word - s.is_word;
		if (!order)
			order = s.is_word ? span_cmp(s.text, t.text) : digits_cmp(s.text, t.text);
	}
	*out_order = order;
	return true;
}
