/* packagist.c - Composer: numbers, then dev < alpha < beta < RC < none < patch.
 *
 * A branch ("dev-main", "1.x-dev") has no place in the order and is not a version; Composer's own
 * form of the second ("1.9999999.9999999.9999999-dev") is one. Missing numbers are 0, as Composer
 * normalizes them. Source: getcomposer.org/doc/articles/versions.md; the order of what follows the
 * numbers: php.net, version_compare.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/ascii.h"
#include "version/schemes.h"

enum kind { DEV, ALPHA, BETA, RC, END, NUMBER, PATCH, BAD };

static const struct {
	struct span word;
	enum kind kind;
} words[] = {
	{ SPAN_INIT("dev"), DEV },
	{ SPAN_INIT("alpha"), ALPHA },
	{ SPAN_INIT("a"), ALPHA },
	{ SPAN_INIT("beta"), BETA },
	{ SPAN_INIT("b"), BETA },
	{ SPAN_INIT("rc"), RC },
	{ SPAN_INIT("stable"), END },
	{ SPAN_INIT("patch"), PATCH },
	{ SPAN_INIT("post"), PATCH }, /* of no standard, but in use and so to PHP */
	{ SPAN_INIT("pl"), PATCH },
	{ SPAN_INIT("p"), PATCH },
};

struct packagist {
	struct span release, tail;
};

static enum kind next(struct span *rest, struct span *out_digits)
{
	*out_digits = SPAN("");
	if (!rest->len)
		return END;
	if (span_find(SPAN(".-_"), span_at(*rest, 0)) < 3)
		*rest = span_from(*rest, 1);
	*out_digits = take_digits(rest);
	if (out_digits->len)
		return NUMBER;

	struct span word = take_letters(rest);

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (span_eq_nocase(words[i].word, word))
			/* nothing follows "stable" */
			return words[i].kind == END && rest->len ? BAD : words[i].kind;
	return BAD;
}

static bool read(struct span v, struct packagist *out)
{
	struct span rest, digits;
	enum kind kind;

	if (!take_byte(&v, 'v'))
		take_byte(&v, 'V');
	v = span_sub(v, 0, span_find(v, '+')); /* the rest is build metadata */
	rest = v;
	do
		digits = take_digits(&rest);
	while (digits.len && span_at(rest, 0) == '.' && ascii_is_digit(span_at(rest, 1)) &&
		take_byte(&rest, '.'));
	*out = (struct packagist){ span_sub(v, 0, v.len - rest.len), rest };
	do
		kind = next(&rest, &digits);
	while (kind != END && kind != BAD);
	return out->release.len && kind == END;
}

bool version_packagist(struct span a, struct span b, int *out_order)
{
	struct packagist x, y;
	struct span s, t;
	enum kind kind;

	if (!read(a, &x) || !read(b, &y))
		return false;

	int order = release_cmp(x.release, y.release);

	for (kind = NUMBER; !order && kind != END;) {
		kind = next(&x.tail, &s);
		order = (int)kind - (int)next(&y.tail, &t);
		if (!order)
			order = digits_cmp(s, t);
	}
	*out_order = order;
	return true;
}
