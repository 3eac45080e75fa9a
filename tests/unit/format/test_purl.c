/* test_purl.c - package URLs in their parts.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tests/unit/unit.h"

#include "format/purl.h"

static const struct {
	const char *name;
	struct span text;
	const char *type, *space, *base, *version, *arch; /* type NULL: refused */
} cases[] = {
	{ "all parts", SPAN_INIT("pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie#a/b"), "deb",
		"debian", "curl", "7.50.3-1", "i386" },
	{ "no version", SPAN_INIT("pkg:oci/debian"), "oci", "", "debian", "", "" },
	{ "an encoded scope", SPAN_INIT("pkg:npm/%40angular/animation@12.3.1"), "npm", "@angular",
		"animation", "12.3.1", "" },
	{ "a scope that is not encoded", SPAN_INIT("pkg:npm/@angular/animation"), "npm", "@angular",
		"animation", "", "" },
	{ "a digest as the version", SPAN_INIT("pkg:oci/a@sha256%3Aab?tag=1"), "oci", "", "a",
		"sha256:ab", "" },
	{ "a module's path", SPAN_INIT("pkg:golang/google.golang.org/genproto#googleapis/api"),
		"golang", "google.golang.org", "genproto", "", "" },
	{ "a type in upper case", SPAN_INIT("PKG:NuGet/EnterpriseLibrary.Common@6.0.1304"), "nuget",
		"", "EnterpriseLibrary.Common", "6.0.1304", "" },
	{ "slashes too many", SPAN_INIT("pkg://maven/org.apache//batik@1/"), "maven", "org.apache/",
		"batik", "1", "" },
	{ "a percent sign alone", SPAN_INIT("pkg:generic/100%@1"), "generic", "", "100%", "1", "" },
	{ "no scheme", SPAN_INIT("deb/debian/curl"), NULL },
	{ "no name", SPAN_INIT("pkg:deb"), NULL },
	{ "a version alone", SPAN_INIT("pkg:deb/@1"), "deb", "", "@1", "", "" },
	{ "a type that begins with a digit", SPAN_INIT("pkg:7z/a"), NULL },
	{ "nothing", SPAN_INIT(""), NULL },
};

static void parts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_arena struct arena a = { 0 };
		struct purl u = { 0 };

		check(cases[i].name, purl_parse(cases[i].text, &a, &u) == (cases[i].type != NULL));
		if (!cases[i].type)
			continue;
		check_span(cases[i].name, u.type, span_str(cases[i].type));
		check_span(cases[i].name, u.space, span_str(cases[i].space));
		check_span(cases[i].name, u.name, span_str(cases[i].base));
		check_span(cases[i].name, u.version, span_str(cases[i].version));
		check_span(cases[i].name, purl_qualifier(&u, "arch", &a), span_str(cases[i].arch));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(parts) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
