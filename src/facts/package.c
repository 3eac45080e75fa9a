/* package.c - the table of package types.
 *
 * Source of what package URLs need: package-url/purl-spec, type definitions.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "facts/package.h"

#include <stddef.h>

static const struct package_row rows[PACKAGE_TYPES] = {
	[0] = { "", "generic", 0, 0, NULL },
	[PACKAGE_DEB] = { "deb", "deb", SCOPE_SYSTEM, ECOSYSTEM_DEB, NULL, true },
	[PACKAGE_APK] = { "apk", "apk", SCOPE_SYSTEM, ECOSYSTEM_APK, NULL, true },
	[PACKAGE_RPM] = { "rpm", "rpm", SCOPE_SYSTEM, ECOSYSTEM_RPM, NULL },
	[PACKAGE_OPKG] = { "opkg", "opkg", SCOPE_SYSTEM, ECOSYSTEM_DEB, NULL, true },
	/* slices of packages of Debian or Ubuntu */
	[PACKAGE_CHISEL] = { "chisel", "deb", SCOPE_SYSTEM, ECOSYSTEM_DEB, NULL, true },
	[PACKAGE_PYTHON] = { "python", "pypi", SCOPE_LANGUAGE, ECOSYSTEM_PYPI, "PyPI", true },
	[PACKAGE_NPM] = { "npm", "npm", SCOPE_LANGUAGE, ECOSYSTEM_NPM, "npm", false, '/' },
	[PACKAGE_GEM] = { "gem", "gem", SCOPE_LANGUAGE, ECOSYSTEM_GEM, "RubyGems", false, 0,
		"platform" },
	[PACKAGE_GO] = { "go", "golang", SCOPE_LANGUAGE, ECOSYSTEM_GO, "Go", false, '/' },
	[PACKAGE_CARGO] = { "cargo", "cargo", SCOPE_LANGUAGE, ECOSYSTEM_CARGO, "crates.io" },
	[PACKAGE_MAVEN] = { "maven", "maven", SCOPE_LANGUAGE, ECOSYSTEM_MAVEN, "Maven", false,
		':' },
	[PACKAGE_NUGET] = { "nuget", "nuget", SCOPE_LANGUAGE, ECOSYSTEM_NUGET, "NuGet" },
	[PACKAGE_COMPOSER] = { "composer", "composer", SCOPE_LANGUAGE, ECOSYSTEM_COMPOSER,
		"Packagist", true, '/' },
	[PACKAGE_CONDA] = { "conda", "conda", SCOPE_LANGUAGE, 0, NULL, false, 0, "subdir" },
	[PACKAGE_JDK] = { "jdk", "generic", SCOPE_LANGUAGE, 0, "Bitnami" },
	[PACKAGE_BITNAMI] = { "bitnami", "bitnami", SCOPE_LANGUAGE, ECOSYSTEM_BITNAMI, "Bitnami",
		true },
	[PACKAGE_BINARY] = { "binary", "generic", SCOPE_LANGUAGE, 0, "Bitnami" },
	[PACKAGE_OPAM] = { "opam", "opam", SCOPE_LANGUAGE, 0, NULL },
	[PACKAGE_CRAN] = { "cran", "cran", SCOPE_LANGUAGE, 0, NULL },
};

const struct package_row *package_row(unsigned type)
{
	return &rows[type < PACKAGE_TYPES ? type : 0];
}

unsigned package_type_named(struct span name)
{
	for (unsigned i = 1; name.len && i < PACKAGE_TYPES; i++)
		if (span_eq(name, span_str(rows[i].name)))
			return i;
	return 0;
}

struct span package_need_name(struct span text)
{
	size_t n = 0;

	text = span_trim(text);
	while (n < text.len && !span_has(SPAN(" (=<>~"), span_sub(text, n, 1)))
		n++;
	text = span_sub(text, 0, n);
	if (span_ends(text, SPAN(":any")))
		text.len -= 4;
	return span_at(text, 0) == '!' ? SPAN("") : text;
}

uint8_t package_need_end(unsigned type)
{
	return type == PACKAGE_APK ? ' ' : ',';
}
