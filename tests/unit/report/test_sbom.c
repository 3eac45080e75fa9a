/* test_sbom.c - bills of materials as we, Syft and Trivy write them, and bad ones.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../unit.h"
#include "base/buf.h"
#include "report/sbom_read.h"

static struct span same(struct arena *a, struct span text)
{
	return arena_dup(a, text);
}

static struct span starred(struct arena *a, struct span text)
{
	(void)a;
	return span_eq(text, SPAN("hunter2")) ? SPAN("*******") : text;
}

/* "NAME|ID VERSION_ID|" and of each package "type name version arch source source_version vendor
 * path owner copies;", fields that are empty left out. */
static void show(const struct image_facts *f, struct span name, struct buf *out)
{
	buf_printf(out, "%.*s|%.*s %.*s|", SPAN_ARG(name), SPAN_ARG(f->distribution.id),
		SPAN_ARG(f->distribution.version_id));
	for (size_t i = 0; i < f->packages.n; i++) {
		const struct image_package *p = &f->packages.p[i];
		const struct package_fact *k = p->fact;
		const struct span fields[] = { k->name, k->version, k->arch, k->source,
			k->source_version, k->vendor, k->module, p->at.path,
			p->owner ? p->owner->name : (struct span){ 0 } };

		buf_str(out, package_row(k->type)->name);
		for (size_t n = 0; n < sizeof(fields) / sizeof(*fields); n++)
			if (fields[n].len)
				buf_printf(out, " %.*s", SPAN_ARG(fields[n]));
		buf_printf(out, p->copies > 1 ? " x%u;" : ";", p->copies);
	}
	if (!(f->inputs & INPUT_INVENTORY))
		buf_printf(out, " incomplete: %.*s",
			SPAN_ARG(f->inputs_missing[input_number(INPUT_INVENTORY)]));
	buf_byte(out, 0);
}

#define CDX(version, rest) "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"" version "\"," rest "}"
#define SYSTEM(name, version)                                                                      \
	"{\"type\":\"operating-system\",\"name\":\"" name "\",\"version\":\"" version "\"}"
#define PACKAGE(name, version, purl, rest)                                                         \
	"{\"type\":\"library\",\"name\":\"" name "\",\"version\":\"" version "\",\"purl\":\"" purl \
	"\"" rest "}"
#define PROPERTY(name, value) "{\"name\":\"" name "\",\"value\":\"" value "\"}"
#define SPDX(rest) "{\"spdxVersion\":\"SPDX-2.3\",\"name\":\"doc\"," rest "}"
#define PURL(purl)                                                                                 \
	"\"externalRefs\":[{\"referenceType\":\"cpe23Type\",\"referenceLocator\":\"x\"},"          \
	"{\"referenceType\":\"purl\",\"referenceLocator\":\"" purl "\"}]"
#define LOST(n, s)                                                                                 \
	" incomplete: " n " component" s " of the SBOM could not be matched: no package URL of a " \
	"known type, or of another distribution"

static const struct {
	const char *name, *in, *out;
} good[] = {
	{ "CycloneDX of Syft",
		CDX("1.6",
			"\"metadata\":{\"component\":{\"name\":\"app\",\"version\":\"sha256:00\"}},"
			"\"components\":[" PACKAGE("bash", "5.2.15-2+b7",
				"pkg:deb/debian/bash@5.2.15-2%2Bb7?arch=amd64&distro=debian-12&"
				"upstream=bash%405.2.15-2",
				",\"properties\":[" PROPERTY("syft:location:0:path",
					"/var/lib/dpkg/status") "]") "," PACKAGE("openssl-libs",
				"1:3.0.7-25.el9",
				"pkg:rpm/rocky/openssl-libs@3.0.7-25.el9?arch=x86_64&epoch=1&"
				"upstream=openssl-3.0.7-25.el9.src.rpm",
				"") "," SYSTEM("debian", "12") "]"),
		"app|debian 12|deb bash 5.2.15-2+b7 amd64 bash 5.2.15-2 var/lib/dpkg/status;"
		"rpm openssl-libs 1:3.0.7-25.el9 x86_64 openssl 3.0.7-25.el9;" },
	{ "CycloneDX of Trivy",
		CDX("1.5", "\"components\":[" SYSTEM("redhat", "9.3") "," PACKAGE("libssl3",
				   "3.0.11", "pkg:deb/debian/libssl3@3.0.11?arch=amd64&epoch=2",
				   ",\"properties\":[" PROPERTY("aquasecurity:trivy:SrcName",
					   "openssl") "," PROPERTY("aquasecurity:trivy:SrcVersion",
					   "3.0.11") "," PROPERTY("aquasecurity:trivy:SrcRelease",
					   "1~deb12u2") "," PROPERTY("aquasecurity:trivy:SrcEpoch",
					   "2") "]") ","
						     "{\"type\":\"application\",\"name\":\"package-"
						     "lock.json\",\"properties\":[" PROPERTY(
							     "aquasecurity:trivy:Class",
							     "lang-pkgs") "]}]"),
		"|rhel 9.3|deb libssl3 2:3.0.11 amd64 openssl 2:3.0.11-1~deb12u2;" },
	{ "languages",
		CDX("1.4", "\"components\":[" PACKAGE("x", "1", "pkg:npm/%40scope/x@1",
				   "") "," PACKAGE("x", "1", "pkg:maven/org.a/x@1",
				   "") "," PACKAGE("x", "1", "pkg:maven/x@1", "") "," PACKAGE("x",
				   "v1", "pkg:golang/example.com/A/x@v1",
				   "") "," PACKAGE("x", "1", "pkg:composer/v/x@1",
				   "") "," PACKAGE("x", "1", "pkg:gem/x@1?platform=java",
				   "") "," PACKAGE("node", "20", "pkg:generic/node@20", "") "]"),
		"| |npm @scope/x 1;gem x 1 java;go example.com/A/x v1;maven :x 1;maven org.a:x "
		"1;composer v/x 1;binary node 20;" },
	{ "a version that only the component has",
		CDX("1.2", "\"components\":[" PACKAGE("x", "1.2", "pkg:cargo/x", "") "]"),
		"| |cargo x 1.2;" },
	{ "the same package in two places is one",
		CDX("1.6", "\"components\":[" PACKAGE("x", "1", "pkg:npm/x@1", "") "," PACKAGE(
				   "x", "1", "pkg:npm/x@1", "") "]"),
		"| |npm x 1 x2;" },
	{ "components in components",
		CDX("1.6", "\"components\":[{\"type\":\"framework\",\"name\":\"a\",\"purl\":\"pkg:"
			   "npm/a@1\","
			   "\"components\":[" PACKAGE("b", "2", "pkg:npm/b@2", "") "]}]"),
		"| |npm a 1;npm b 2;" },
	{ "what has no package URL, or one of an unknown type, is counted",
		CDX("1.6", "\"components\":[" PACKAGE("a", "1", "pkg:swift/a@1",
				   "") ","
				       "{\"type\":\"library\",\"name\":\"b\"}," PACKAGE("c", "1",
					       "c@1",
					       "") ","
						   "{\"type\":\"file\",\"name\":\"d\"}," PACKAGE(
							   "e", "1", "pkg:npm/e@1", "") "]"),
		"| |npm e 1;" LOST("3", "s") },
	{ "of the second distribution nothing is matched",
		CDX("1.6", "\"components\":[" PACKAGE("a", "1",
				   "pkg:deb/debian/a@1?distro=debian-12", "") "," PACKAGE("b", "1",
				   "pkg:deb/debian/b@1?distro=debian-11", "") "]"),
		"|debian 12|deb a 1;" LOST("1", "") },
	{ "a distribution without a release is not known",
		CDX("1.6",
			"\"components\":[" PACKAGE("a", "1", "pkg:deb/debian/a@1?distro=bookworm",
				"") "," SYSTEM("debian", "") "]"),
		"| |deb a 1;" },
	{ "it calls itself incomplete",
		CDX("1.6", "\"compositions\":[{\"aggregate\":\"incomplete_first_party_only\"}]"),
		"| | incomplete: the SBOM says that it is incomplete" },
	{ "ours: type, name and version as facts have them",
		CDX("1.6",
			"\"components\":[" PACKAGE("Typing_Ext", "4.0", "pkg:pypi/typing-ext@4.0",
				",\"properties\":[" PROPERTY(
					"scoville:type", "python") "," PROPERTY("scoville:owner",
					"python3-typing") "]") "," PACKAGE("art", "1",
				"pkg:maven/art@1",
				",\"properties\":[" PROPERTY(
					"scoville:type", "maven") "]") "," PACKAGE("python3-typing",
				"2:1", "pkg:rpm/rocky/python3-typing@1?epoch=2",
				",\"properties\":[" PROPERTY("scoville:type", "rpm") "," PROPERTY(
					"scoville:vendor", "Rocky") "," PROPERTY("scoville:module",
					"python:3.9") "]") "]"),
		"| |rpm python3-typing 2:1 Rocky python:3.9;python Typing_Ext 4.0 "
		"python3-typing;maven :art 1;" },
	{ "SPDX of Syft: the image is not a package",
		SPDX("\"packages\":[{\"name\":\"app\",\"SPDXID\":\"SPDXRef-a\",\"versionInfo\":"
		     "\"1\","
		     "\"primaryPackagePurpose\":\"CONTAINER\"," PURL(
			     "pkg:oci/app@sha256:00") "},"
						      "{\"name\":\"musl\",\"SPDXID\":\"SPDXRef-b\","
						      "\"versionInfo\":\"1.2.4-r2\"," PURL(
							      "pkg:apk/alpine/"
							      "musl@1.2.4-r2?arch=x86_64&distro="
							      "alpine-3.18.4&upstream="
							      "musl-src") "}],\"relationships\":[{"
									  "\"spdxElementId\":"
									  "\"SPDXRef-DOCUMENT\","
									  "\"relationshipType\":"
									  "\"DESCRIBES\","
									  "\"relatedSpdxElement\":"
									  "\"SPDXRef-a\"}]"),
		"app|alpine 3.18.4|apk musl 1.2.4-r2 x86_64 musl-src;" },
	{ "SPDX of Trivy",
		SPDX("\"packages\":[{\"name\":\"debian\",\"SPDXID\":\"SPDXRef-OperatingSystem-1\","
		     "\"versionInfo\":\"12.5\",\"primaryPackagePurpose\":\"OPERATING-SYSTEM\"},"
		     "{\"name\":\"npm\",\"SPDXID\":\"SPDXRef-Application-1\"},"
		     "{\"name\":\"libc6\",\"SPDXID\":\"SPDXRef-Package-1\",\"versionInfo\":\"2.36-"
		     "9\","
		     "\"sourceInfo\":\"built package from: glibc 2.36-9\"," PURL(
			     "pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12.5") "}]"),
		"doc|debian 12.5|deb libc6 2.36-9 amd64 glibc 2.36-9;" },
	{ "SPDX of ours: lines of the comment",
		SPDX("\"packages\":[{\"name\":\"debian\",\"versionInfo\":\"12\","
		     "\"primaryPackagePurpose\":\"OPERATING_SYSTEM\","
		     "\"comment\":\"scoville:codename=bookworm\"},"
		     "{\"name\":\"a\",\"versionInfo\":\"1\",\"comment\":\"scoville:type=chisel\\n"
		     "scoville:source=b\\nscoville:source-version=2\\nscoville:path=x/y\"," PURL(
			     "pkg:deb/debian/a@1") "}],\"creationInfo\":{\"comment\":\"incomplete: "
						   "cut\"}"),
		"doc|debian 12|chisel a 1 b 2 x/y; incomplete: cut" },
	{ "SPDX 3: the root is the image",
		"{\"@context\":\"https://spdx.org/rdf/3.0.1/spdx-context.jsonld\",\"@graph\":[{"
		"\"type\":\"CreationInfo\",\"@id\":\"_:c\",\"specVersion\":\"3.0.1\"},{\"type\":"
		"\"SpdxDocument\",\"spdxId\":\"x:d\",\"rootElement\":[\"x:s\"]},{\"type\":"
		"\"software_Sbom\",\"spdxId\":\"x:s\",\"rootElement\":[\"x:i\"]},{\"type\":"
		"\"software_Package\",\"spdxId\":\"x:i\",\"name\":\"app\","
		"\"software_packageVersion\":\"1\",\"software_primaryPurpose\":\"container\"},{"
		"\"type\":\"software_Package\",\"spdxId\":\"x:o\",\"name\":\"alpine\","
		"\"software_packageVersion\":\"3.20.1\",\"software_primaryPurpose\":"
		"\"operatingSystem\"},{\"type\":\"software_Package\",\"spdxId\":\"x:m\",\"name\":"
		"\"musl\",\"software_packageVersion\":\"1.2.5-r0\",\"software_packageUrl\":"
		"\"pkg:apk/alpine/musl@1.2.5-r0?arch=x86_64\"},{\"type\":\"software_Package\","
		"\"spdxId\":\"x:n\",\"name\":\"left-pad\",\"externalIdentifier\":[{\"type\":"
		"\"ExternalIdentifier\",\"externalIdentifierType\":\"packageUrl\",\"identifier\":"
		"\"pkg:npm/left-pad@1.3.0\"}]}]}",
		"app|alpine 3.20.1|apk musl 1.2.5-r0 x86_64;npm left-pad 1.3.0;" },
	{ "Syft",
		"{\"artifacts\":[{\"name\":\"musl\",\"version\":\"1.2.5-r0\",\"type\":\"apk\","
		"\"purl\":\"pkg:apk/alpine/musl@1.2.5-r0?arch=x86_64&distro=alpine-3.20.1\"}],"
		"\"source\":{\"type\":\"image\",\"metadata\":{\"userInput\":\"app:1\","
		"\"manifestDigest\":\"sha256:00\"}},\"distro\":{\"id\":\"alpine\",\"versionID\":"
		"\"3.20.1\"},\"schema\":{\"version\":\"16.0.0\"}}",
		"app:1|alpine 3.20.1|apk musl 1.2.5-r0 x86_64;" },
	{ "cosign's older attestation",
		"{\"Data\":" CDX("1.7", "\"components\":[" PACKAGE(
						"a", "1", "pkg:npm/a@1", "") "]") ","
										  "\"Timestamp\":"
										  "\"\"}",
		"| |npm a 1;" },
	{ "texts are masked",
		CDX("1.6", "\"components\":[" PACKAGE("x", "hunter2", "pkg:npm/x@hunter2", "") "]"),
		"| |npm x *******;" },
};

static void packages_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		scoped_arena struct arena a = { 0 };
		scoped_buf struct buf text = { 0 };
		struct image_facts f = { 0 };
		struct scov_err err = { 0 };
		struct sbom_head head;

		if (sbom_read(span_str(good[i].in), starred, &a, &f, &head, &err))
			fail_msg("%s: %s", good[i].name, err.text);
		show(&f, head.name, &text);
		check_span(good[i].name, span_str(text.p), span_str(good[i].out));
	}
}

static const struct {
	const char *name, *in;
	int code;
	const char *words;
} bad[] = {
	{ "empty", "", SCOV_E_UNSUPPORTED, "not JSON" },
	{ "XML", "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.5\"/>", SCOV_E_UNSUPPORTED,
		"read as JSON only" },
	{ "tag-value", "SPDXVersion: SPDX-2.3\n", SCOV_E_UNSUPPORTED, "read as JSON only" },
	{ "another document", "{\"packages\":[]}", SCOV_E_FORMAT, "neither CycloneDX nor SPDX" },
	{ "cut", "{\"bomFormat\":\"CycloneDX\"", SCOV_E_FORMAT, "" },
	{ "a newer CycloneDX", CDX("1.9", "\"components\":[]"), SCOV_E_UNSUPPORTED, "1.2 to 1.7" },
	{ "a version that is a number", "{\"bomFormat\":\"CycloneDX\",\"specVersion\":1.6}",
		SCOV_E_UNSUPPORTED, "1.2 to 1.7" },
	{ "SPDX 3", "{\"spdxVersion\":\"SPDX-3.0\"}", SCOV_E_UNSUPPORTED, "2.2, 2.3 and 3.0" },
	{ "a graph of another version",
		"{\"@graph\":[{\"type\":\"CreationInfo\",\"specVersion\":\"4.0\"}]}",
		SCOV_E_UNSUPPORTED, "than 3.0" },
	{ "a graph that is not a list", "{\"@graph\":{}}", SCOV_E_UNSUPPORTED, "than 3.0" },
	{ "a package of a graph without a name",
		"{\"@graph\":[{\"type\":\"CreationInfo\",\"specVersion\":\"3.0.1\"},{"
		"\"type\":\"software_Package\"}]}",
		SCOV_E_FORMAT, "without a name" },
	{ "Syft without a list", "{\"artifacts\":{},\"schema\":{}}", SCOV_E_FORMAT, "not a list" },
	{ "components that are not a list", CDX("1.6", "\"components\":{\"a\":{}}"), SCOV_E_FORMAT,
		"not a list" },
	{ "a component that is a text", CDX("1.6", "\"components\":[\"a\"]"), SCOV_E_FORMAT,
		"without a name" },
	{ "a name that is a number", CDX("1.6", "\"components\":[{\"name\":1}]"), SCOV_E_FORMAT,
		"without a name" },
	{ "packages that are not a list", SPDX("\"packages\":\"x\""), SCOV_E_FORMAT, "not a list" },
	{ "a package without a name", SPDX("\"packages\":[{}]"), SCOV_E_FORMAT, "without a name" },
	{ "a key twice", CDX("1.6", "\"components\":[],\"components\":[]"), SCOV_E_FORMAT, "" },
};

static void bad_ones_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		scoped_arena struct arena a = { 0 };
		struct image_facts f = { 0 };
		struct scov_err err = { 0 };
		struct sbom_head head;

		int code = sbom_read(span_str(bad[i].in), same, &a, &f, &head, &err);

		if (code != bad[i].code || !strstr(err.text, bad[i].words))
			fail_msg("%s: %d '%s'", bad[i].name, code, err.text);
	}
}

/* n times open, then n times close. */
static int nested(size_t n, const char *open, const char *close, struct scov_err *err)
{
	scoped_arena struct arena a = { 0 };
	scoped_buf struct buf b = { 0 };
	struct image_facts f = { 0 };
	struct sbom_head head;

	buf_str(&b, "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\"");
	for (size_t i = 0; i < n; i++)
		buf_str(&b, open);
	for (size_t i = 0; i < n; i++)
		buf_str(&b, close);
	buf_str(&b, "}");
	return sbom_read(buf_view(&b), same, &a, &f, &head, err);
}

static void depth_is_bounded(void **state)
{
	static const char open[] = ",\"components\":[{\"name\":\"a\"";
	struct scov_err err;

	(void)state;
	assert_int_equal(nested(SBOM_DEPTH_MAX, open, "}]", &err), 0);
	assert_int_equal(nested(SBOM_DEPTH_MAX + 1, open, "}]", &err), SCOV_E_LIMIT);
	assert_int_equal(nested(1000000, open, "}]", &err), SCOV_E_LIMIT);
}

static void components_are_bounded(void **state)
{
	scoped_arena struct arena a = { 0 };
	scoped_buf struct buf b = { 0 };
	struct image_facts f = { 0 };
	struct scov_err err;
	struct sbom_head head;

	(void)state;
	buf_str(&b, "{\"spdxVersion\":\"SPDX-2.3\",\"packages\":[{\"name\":\"a\"}");
	for (size_t i = 0; i < SBOM_COMPONENTS_MAX; i++)
		buf_str(&b, ",{\"name\":\"a\",\"comment\":\"scoville:type=deb\"}");
	buf_str(&b, "]}");
	assert_int_equal(sbom_read(buf_view(&b), same, &a, &f, &head, &err), SCOV_E_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packages_are_read),
		cmocka_unit_test(bad_ones_are_refused),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(components_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
