/* piece.c - digits and words, as all schemes take and compare them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/ascii.h"
#include "version/schemes.h"

static struct span take_run(struct span *rest, bool (*is_in)(uint8_t))
{
	size_t n = 0;

	while (n < rest->len && is_in(span_at(*rest, n)))
		n++;

	struct span out = span_sub(*rest, 0, n);

	*rest = span_from(*rest, n);
	return out;
}

struct span take_digits(struct span *rest)
{
	return take_run(rest, ascii_is_digit);
}

struct span take_letters(struct span *rest)
{
	return take_run(rest, ascii_is_letter);
}

bool take_byte(struct span *rest, uint8_t byte)
{
	if (!rest->len || span_at(*rest, 0) != byte)
		return false;
	*rest = span_from(*rest, 1);
	return true;
}

bool take_word(struct span *rest, struct span word)
{
	if (!span_eq_nocase(span_sub(*rest, 0, word.len), word))
		return false;
	*rest = span_from(*rest, word.len);
	return true;
}

bool is_digits(struct span s)
{
	return take_digits(&s).len && !s.len;
}

static struct span without_zeros(struct span digits)
{
	size_t n = 0;

	while (n < digits.len && span_at(digits, n) == '0')
		n++;
	return span_from(digits, n);
}

int digits_cmp(struct span a, struct span b)
{
	a = without_zeros(a);
	b = without_zeros(b);
	if (a.len != b.len)
		return a.len < b.len ? -1 : 1;
	return span_cmp(a, b);
}

int release_cmp(struct span a, struct span b)
{
	struct span x = { 0 }, y = { 0 };
	bool more_a, more_b;
	int order = 0;

	do {
		more_a = span_split(&a, '.', &x);
		more_b = span_split(&b, '.', &y);
		order = digits_cmp(more_a ? x : SPAN(""), more_b ? y : SPAN(""));
	} while (!order && (more_a || more_b));
	return order;
}

int span_cmp_nocase(struct span a, struct span b)
{
	for (size_t i = 0; i < a.len && i < b.len; i++) {
		int order = ascii_lower(span_at(a, i)) - ascii_lower(span_at(b, i));

		if (order)
			return order;
	}
	return a.len < b.len ? -1 : a.len > b.len;
}
