/* semver.c - Semantic Versioning 2.0.0: npm, cargo; and the reader that its relatives share.
 *
 * Advisories write less and more than the standard allows, so "v1.2", "1" and "1.2.3.4" are
 * versions too; missing numbers are 0. Source: semver.org, 2.0.0, clauses 9 to 11.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/ascii.h"
#include "version/schemes.h"

/* Identifiers with dots between them: letters, digits, "-". */
static bool has_identifiers(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = span_at(s, i);

		if (c == '.' ? span_at(s, i + 1) == '.' : !ascii_is_alnum(c) && c != '-')
			return false;
	}
	return s.len && span_at(s, 0) != '.' && span_at(s, s.len - 1) != '.';
}

bool semver_read(struct span v, struct semver *out)
{
	if (!take_byte(&v, 'v'))
		take_byte(&v, 'V');

	struct span rest = v, digits;

	do
		digits = take_digits(&rest);
	while (digits.len && take_byte(&rest, '.'));
	*out = (struct semver){ .release = span_sub(v, 0, v.len - rest.len) };

	size_t plus = span_find(rest, '+');
	struct span build = span_from(rest, plus + 1);

	if (!digits.len || (plus < rest.len && !has_identifiers(build)))
		return false;
	rest = span_sub(rest, 0, plus);
	if (!rest.len)
		return true;
	if (!take_byte(&rest, '-') || !has_identifiers(rest))
		return false;
	out->pre = rest;
	return true;
}

static int pre_cmp(struct span a, struct span b, int (*word_cmp)(struct span a, struct span b))
{
	struct span x = { 0 }, y = { 0 };

	for (;;) {
		bool more_a = span_split(&a, '.', &x), more_b = span_split(&b, '.', &y);

		if (!more_a || !more_b)
			return more_a - more_b;

		bool is_number = is_digits(x);
		int order = is_digits(y) - is_number;

		if (!order)
			order = is_number ? digits_cmp(x, y) : word_cmp(x, y);
		if (order)
			return order;
	}
}

int semver_cmp(const struct semver *a, const struct semver *b,
	int (*word_cmp)(struct span a, struct span b))
{
	int order = release_cmp(a->release, b->release);

	if (!order) /* none is after any */
		order = (b->pre.len > 0) - (a->pre.len > 0);
	return order ? order : pre_cmp(a->pre, b->pre, word_cmp);
}

bool version_semver(struct span a, struct span b, int *out_order)
{
	struct semver x, y;

	if (!semver_read(a, &x) || !semver_read(b, &y))
		return false;
	*out_order = semver_cmp(&x, &y, span_cmp);
	return true;
}
