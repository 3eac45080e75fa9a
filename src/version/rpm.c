/* rpm.c - rpm: [epoch:]version[-release].
 *
 * Version and release are runs of digits and of letters; what is between them only separates, but
 * for "~" (before the end) and "^" (after the end, before anything else). Source: rpm-version(7).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/ascii.h"
#include "version/schemes.h"

struct rpm {
	struct span epoch, version, release;
	bool has_epoch, has_release;
};

static bool read(struct span v, struct rpm *out)
{
	struct span rest = v;

	for (size_t i = 0; i < v.len; i++)
		if (span_at(v, i) <= ' ' || span_at(v, i) == 0x7f)
			return false;
	*out = (struct rpm){ .epoch = take_digits(&rest) };
	out->has_epoch = out->epoch.len && take_byte(&rest, ':');
	if (!out->has_epoch) {
		out->epoch = SPAN("");
		rest = v;
	}

	size_t dash = span_rfind(rest, '-');

	out->version = span_sub(rest, 0, dash);
	out->has_release = dash < rest.len;
	out->release = span_from(rest, dash + 1);
	return out->version.len;
}

enum kind { TILDE, END, CARET, LETTERS, DIGITS };

static enum kind next(struct span *rest, struct span *out)
{
	for (*out = SPAN(""); rest->len; *rest = span_from(*rest, 1)) {
		uint8_t c = span_at(*rest, 0);

		if (take_byte(rest, '~'))
			return TILDE;
		if (take_byte(rest, '^'))
			return CARET;
		if (ascii_is_digit(c)) {
			*out = take_digits(rest);
			return DIGITS;
		}
		if (ascii_is_letter(c)) {
			*out = take_letters(rest);
			return LETTERS;
		}
	}
	return END;
}

static int part_cmp(struct span a, struct span b)
{
	struct span x, y;
	enum kind kind;
	int order;

	do {
		kind = next(&a, &x);
		order = (int)kind - (int)next(&b, &y);
		if (!order)
			order = kind == DIGITS ? digits_cmp(x, y) : span_cmp(x, y);
	} while (!order && kind != END);
	return order;
}

bool version_rpm(struct span a, struct span b, int *out_order)
{
	struct rpm x, y;

	if (!read(a, &x) || !read(b, &y))
		return false;

	int order = digits_cmp(x.epoch, y.epoch);

	if (!order)
		order = part_cmp(x.version, y.version);
	if (!order)
		order = x.has_release - y.has_release;
	*out_order = order ? order : part_cmp(x.release, y.release);
	return true;
}

bool version_rpm_has_epoch(struct span v)
{
	struct rpm r;

	return read(v, &r) && r.has_epoch;
}
