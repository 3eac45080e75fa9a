/* deb.c - Debian and Ubuntu: [epoch:]upstream[-revision].
 *
 * Source: Debian Policy 5.6.12; where it leaves room, what dpkg accepts: a version may begin with a
 * letter.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/ascii.h"
#include "version/schemes.h"

struct deb {
	uint64_t epoch;
	struct span upstream, revision;
};

static bool has_only(struct span s, struct span marks)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ascii_is_alnum(span_at(s, i)) && span_find(marks, span_at(s, i)) == marks.len)
			return false;
	return true;
}

static bool read(struct span v, struct deb *out)
{
	size_t colon = span_find(v, ':');

	*out = (struct deb){ 0 };
	if (colon < v.len) {
		if (!span_number(span_sub(v, 0, colon), 10, INT32_MAX, &out->epoch))
			return false;
		v = span_from(v, colon + 1);
	}

	size_t dash = span_rfind(v, '-');

	out->upstream = span_sub(v, 0, dash);
	out->revision = span_from(v, dash + 1);
	return out->upstream.len && has_only(out->upstream, SPAN(".-+~:")) &&
	       (dash == v.len || out->revision.len) && has_only(out->revision, SPAN(".+~"));
}

/* "~" is before the end, the end before letters, letters before all else. */
static int weight(struct span s)
{
	uint8_t c = span_at(s, 0);

	if (!s.len || ascii_is_digit(c))
		return 0;
	return c == '~' ? -1 : ascii_is_letter(c) ? c : c + 256;
}

static int part_cmp(struct span a, struct span b)
{
	int order = 0;

	while (!order && (a.len || b.len)) {
		order = weight(a) - weight(b);
		if (order)
			break;
		if (weight(a)) {
			a = span_from(a, 1);
			b = span_from(b, 1);
		} else {
			order = digits_cmp(take_digits(&a), take_digits(&b));
		}
	}
	return order;
}

bool version_deb(struct span a, struct span b, int *out_order)
{
	struct deb x, y;

	if (!read(a, &x) || !read(b, &y))
		return false;

	int order = x.epoch < y.epoch ? -1 : x.epoch > y.epoch;

	if (!order)
		order = part_cmp(x.upstream, y.upstream);
	*out_order = order ? order : part_cmp(x.revision, y.revision);
	return true;
}
