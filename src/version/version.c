/* version.c - the table of schemes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "version/version.h"

#include "base/table.h"
#include "version/schemes.h"

static const struct {
	struct span name;
	bool (*cmp)(struct span a, struct span b, int *out_order);
} schemes[] = {
	[VERSION_DEB] = { SPAN_INIT("deb"), version_deb },
	[VERSION_RPM] = { SPAN_INIT("rpm"), version_rpm },
	[VERSION_APK] = { SPAN_INIT("apk"), version_apk },
	[VERSION_SEMVER] = { SPAN_INIT("semver"), version_semver },
	[VERSION_GO] = { SPAN_INIT("go"), version_go },
	[VERSION_PEP440] = { SPAN_INIT("pep440"), version_pep440 },
	[VERSION_MAVEN] = { SPAN_INIT("maven"), version_maven },
	[VERSION_GEM] = { SPAN_INIT("gem"), version_gem },
	[VERSION_PACKAGIST] = { SPAN_INIT("packagist"), version_packagist },
	[VERSION_NUGET] = { SPAN_INIT("nuget"), version_nuget },
	[VERSION_BITNAMI] = { SPAN_INIT("bitnami"), version_bitnami },
};
ROWS(schemes, VERSION_SCHEMES);

bool version_cmp(enum version_scheme scheme, struct span a, struct span b, int *out_order)
{
	return scheme > 0 && scheme < VERSION_SCHEMES && a.len && a.len <= VERSION_MAX && b.len &&
	       b.len <= VERSION_MAX && schemes[scheme].cmp(a, b, out_order);
}

bool version_valid(enum version_scheme scheme, struct span v)
{
	int order;

	return version_cmp(scheme, v, v, &order);
}

enum version_scheme version_scheme_named(struct span name)
{
	for (enum version_scheme s = VERSION_DEB; s < VERSION_SCHEMES; s++)
		if (span_eq(schemes[s].name, name))
			return s;
	return 0;
}
