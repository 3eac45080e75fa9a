/* package.c - the table of package types.
 *
 * Source of the purl types: package-url/purl-spec, PURL-TYPES.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "facts/package.h"

static const struct package_row rows[PACKAGE_TYPES] = {
	[0] = { "", "generic", 0, 0 },
	[PACKAGE_DEB] = { "deb", "deb", SCOPE_SYSTEM, ECOSYSTEM_DEB },
	[PACKAGE_APK] = { "apk", "apk", SCOPE_SYSTEM, ECOSYSTEM_APK },
	[PACKAGE_RPM] = { "rpm", "rpm", SCOPE_SYSTEM, ECOSYSTEM_RPM },
	[PACKAGE_OPKG] = { "opkg", "opkg", SCOPE_SYSTEM, ECOSYSTEM_DEB },
	/* slices of packages of Debian or Ubuntu */
	[PACKAGE_CHISEL] = { "chisel", "deb", SCOPE_SYSTEM, ECOSYSTEM_DEB },
};

const struct package_row *package_row(unsigned type)
{
	return &rows[type < PACKAGE_TYPES ? type : 0];
}
