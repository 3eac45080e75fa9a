/* nuget.c - NuGet: four numbers, a pre-release in any spelling.
 *
 * Source: learn.microsoft.com/nuget/concepts/package-versioning, "Normalized version numbers".
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "version/schemes.h"

bool version_nuget(struct span a, struct span b, int *out_order)
{
	struct semver x, y;

	if (!semver_read(a, &x) || !semver_read(b, &y))
		return false;
	*out_order = semver_cmp(&x, &y, span_cmp_nocase);
	return true;
}
