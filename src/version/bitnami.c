/* bitnami.c - Bitnami's products: "1.2.3-4" is the fourth revision of 1.2.3 and after it.
 *
 * Without a revision it is 0. A suffix that does not begin with a number of its own is a
 * pre-release as in semver. Source: github.com/bitnami/go-version.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "version/schemes.h"

struct bitnami {
	struct semver v; /* pre is empty where there is a revision */
	struct span revision, more;
};

static bool read(struct span v, struct bitnami *out)
{
	*out = (struct bitnami){ 0 };
	if (!semver_read(v, &out->v))
		return false;

	struct span more = out->v.pre, digits = take_digits(&more);

	if (digits.len && (!more.len || span_find(SPAN(".-"), span_at(more, 0)) < 2))
		*out = (struct bitnami){ { out->v.release, SPAN("") }, digits, more };
	return true;
}

bool version_bitnami(struct span a, struct span b, int *out_order)
{
	struct bitnami x, y;

	if (!read(a, &x) || !read(b, &y))
		return false;

	int order = semver_cmp(&x.v, &y.v, span_cmp);

	if (!order)
		order = digits_cmp(x.revision, y.revision);
	*out_order = order ? order : span_cmp(x.more, y.more);
	return true;
}
