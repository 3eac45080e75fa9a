/* pep440.c - Python: [N!]release[{a|b|rc}N][.postN][.devN][+local].
 *
 * What the standard calls legacy ("2004d", "0.1-bulbasaur") is not a version. Source:
 * packaging.python.org, "Version specifiers", appendix "Parsing version strings with regular
 * expressions".
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/ascii.h"
#include "version/schemes.h"

/* For pre: 1.0.dev1 < 1.0a1 < 1.0b1 < 1.0rc1 < 1.0. */
enum { PRE_DEV, PRE_A, PRE_B, PRE_RC, PRE_NONE };

struct pep440 {
	struct span epoch, release, pre_number, post_number, dev_number, local;
	int pre;
	bool has_post, has_dev, has_local;
};

/* Longer words first: "preview" is not "pre" and "view". */
static const struct {
	struct span word;
	int pre;
} pres[] = {
	{ SPAN_INIT("alpha"), PRE_A },
	{ SPAN_INIT("a"), PRE_A },
	{ SPAN_INIT("beta"), PRE_B },
	{ SPAN_INIT("b"), PRE_B },
	{ SPAN_INIT("preview"), PRE_RC },
	{ SPAN_INIT("pre"), PRE_RC },
	{ SPAN_INIT("rc"), PRE_RC },
	{ SPAN_INIT("c"), PRE_RC },
};

static bool is_mark(uint8_t c)
{
	return c == '.' || c == '-' || c == '_';
}

static void skip_mark(struct span *rest)
{
	if (is_mark(span_at(*rest, 0)))
		*rest = span_from(*rest, 1);
}

/* A mark before the word and one before its number, each if it is there. */
static bool take_part(struct span *rest, struct span word, struct span *out_number)
{
	struct span in = *rest, after;

	skip_mark(&in);
	if (!take_word(&in, word))
		return false;
	after = in;
	skip_mark(&after);
	*out_number = take_digits(&after);
	*rest = out_number->len ? after : in;
	return true;
}

static void take_pre(struct span *rest, struct pep440 *v)
{
	v->pre = PRE_NONE;
	for (size_t i = 0; i < sizeof(pres) / sizeof(*pres) && v->pre == PRE_NONE; i++)
		if (take_part(rest, pres[i].word, &v->pre_number))
			v->pre = pres[i].pre;
}

static void take_post(struct span *rest, struct pep440 *v)
{
	struct span in = *rest;

	if (take_byte(&in, '-') && ascii_is_digit(span_at(in, 0))) {
		v->post_number = take_digits(&in);
		v->has_post = true;
		*rest = in;
		return;
	}
	v->has_post = take_part(rest, SPAN("post"), &v->post_number) ||
		      take_part(rest, SPAN("rev"), &v->post_number) ||
		      take_part(rest, SPAN("r"), &v->post_number);
}

static bool is_local(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = span_at(s, i);

		if (is_mark(c) ? is_mark(span_at(s, i + 1)) : !ascii_is_alnum(c))
			return false;
	}
	return s.len && !is_mark(span_at(s, 0)) && !is_mark(span_at(s, s.len - 1));
}

static bool read(struct span v, struct pep440 *out)
{
	struct span rest = span_trim(v), from, digits;

	*out = (struct pep440){ 0 };
	take_word(&rest, SPAN("v"));
	from = rest;
	digits = take_digits(&rest);
	if (take_byte(&rest, '!')) {
		if (!digits.len)
			return false;
		out->epoch = digits;
		from = rest;
		digits = take_digits(&rest);
	}
	while (digits.len && span_at(rest, 0) == '.' && ascii_is_digit(span_at(rest, 1))) {
		take_byte(&rest, '.');
		digits = take_digits(&rest);
	}
	out->release = span_sub(from, 0, from.len - rest.len);
	take_pre(&rest, out);
	take_post(&rest, out);
	out->has_dev = take_part(&rest, SPAN("dev"), &out->dev_number);
	if (out->has_dev && out->pre == PRE_NONE && !out->has_post)
		out->pre = PRE_DEV;
	out->has_local = take_byte(&rest, '+');
	if (out->has_local) {
		out->local = rest;
		return digits.len && is_local(rest);
	}
	return digits.len && !rest.len;
}

static struct span take_segment(struct span *rest)
{
	size_t n = 0;

	while (ascii_is_alnum(span_at(*rest, n)))
		n++;

	struct span out = span_sub(*rest, 0, n);

	*rest = span_from(*rest, n + 1);
	return out;
}

/* Segments: words before numbers, then the shorter one. */
static int local_cmp(struct span a, struct span b)
{
	while (a.len && b.len) {
		struct span x = take_segment(&a), y = take_segment(&b);
		bool is_number = is_digits(x);
		int order = is_number - is_digits(y);

		if (!order)
			order = is_number ? digits_cmp(x, y) : span_cmp_nocase(x, y);
		if (order)
			return order;
	}
	return (a.len > 0) - (b.len > 0);
}

bool version_pep440(struct span a, struct span b, int *out_order)
{
	struct pep440 x, y;
	int order;

	if (!read(a, &x) || !read(b, &y))
		return false;
	order = digits_cmp(x.epoch, y.epoch);
	if (!order)
		order = release_cmp(x.release, y.release);
	if (!order)
		order = x.pre - y.pre;
	if (!order)
		order = digits_cmp(x.pre_number, y.pre_number);
	if (!order)
		order = x.has_post - y.has_post;
	if (!order)
		order = digits_cmp(x.post_number, y.post_number);
	if (!order)
		order = y.has_dev - x.has_dev;
	if (!order)
		order = digits_cmp(x.dev_number, y.dev_number);
	if (!order)
		order = x.has_local - y.has_local;
	*out_order = order ? order : local_cmp(x.local, y.local);
	return true;
}
