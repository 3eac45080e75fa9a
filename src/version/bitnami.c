/* bitnami.c - Bitnami's products: "1.2.3-4" is the fourth revision of 1.2.3 and after it.
 *
 * A suffix that begins with a word is a pre-release as in semver. Source:
 * github.com/bitnami/go-version.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "version/schemes.h"

/* -1: before the release, 0: the release, 1: a revision of it */
static int side(const struct semver *v)
{
	struct span rest = v->pre, first = { 0 };

	if (!span_split(&rest, '.', &first))
		return 0;
	return is_digits(first) ? 1 : -1;
}

bool version_bitnami(struct span a, struct span b, int *out_order)
{
	struct semver x, y;

	if (!semver_read(a, &x) || !semver_read(b, &y))
		return false;

	int order = release_cmp(x.release, y.release);

	if (!order)
		order = side(&x) - side(&y);
	*out_order = order ? order : semver_pre_cmp(x.pre, y.pre, span_cmp);
	return true;
}
