/* test_vex.c - what a document takes out, and what it does not.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tests/unit/unit.h"

#include <stdlib.h>

#include "advisory/match/vex.h"
#include "base/buf.h"
#include "crypto/digest.h"

#define OPENVEX                                                                                    \
	"{\"@context\": \"https://openvex.dev/ns/v0.2.0\", \"timestamp\": "                        \
	"\"2026-01-01T00:00:00Z\", \"statements\": ["
#define UNDATED "{\"@context\": \"https://openvex.dev/ns\", \"statements\": ["
#define STATEMENT(status, products)                                                                \
	"{\"vulnerability\": {\"name\": \"CVE-1\"}, \"products\": [" products                      \
	"], \"status\": \"" status "\", \"justification\": \"component_not_present\"}"
#define TIMED(time, status)                                                                        \
	"{\"vulnerability\": \"CVE-1\", \"timestamp\": \"" time                                    \
	"\", \"products\": [" ID(BASH) "], \"status\": \"" status "\"}"
#define AT(time, status) OPENVEX TIMED(time, status) "]}"
#define ABOUT(products) OPENVEX STATEMENT("not_affected", products) "]}"
#define ID(purl) "{\"@id\": \"" purl "\"}"
#define NO_PRODUCT(more)                                                                           \
	OPENVEX "{\"vulnerability\": {\"name\": \"CVE-1\"}, \"status\": \"not_affected\"" more "}" \
											       "]" \
											       "}"
#define WITH(purl, part) "{\"@id\": \"" purl "\", \"subcomponents\": [" ID(part) "]}"
enum { NOW = 1780000000 }; /* 2026-05-28 */
#define BASH "pkg:deb/debian/bash"
#define DIGEST "sha256%3Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

#define TREE                                                                                       \
	"\"product_tree\": {\"branches\": [{\"branches\": [{\"product\": {\"product_id\": "        \
	"\"bash\","                                                                                \
	"\"product_identification_helper\": {\"purl\": \"" BASH "@5.2-1\"}}}, {\"product\": "      \
	"{\"product_id\": \"image\", \"product_identification_helper\": {\"purl\": "               \
	"\"pkg:oci/app\"}}}, {\"product\": {\"product_id\": \"cpe\"}}]}], \"relationships\": ["    \
	"{\"product_reference\": \"bash\", \"relates_to_product_reference\": \"image\", "          \
	"\"full_product_name\": {\"product_id\": \"image:bash\"}}, {\"product_reference\": "       \
	"\"bash\", \"relates_to_product_reference\": \"cpe\", \"full_product_name\": "             \
	"{\"product_id\": \"cpe:bash\"}}]}"
#define CSAF(group, id)                                                                            \
	"{\"document\": {\"csaf_version\": \"2.0\", \"tracking\": {\"current_release_date\": "     \
	"\"2026-01-01T00:00:00Z\"}}, " TREE ", \"vulnerabilities\": [{\"cve\": \"CVE-1\", "        \
	"\"flags\": [{\"label\": \"component_not_present\", \"product_ids\": [\"" id "\"]}], "     \
	"\"product_status\": {\"" group "\": [\"" id "\"]}}]}"

#define CYCLONEDX(meta, state, ref)                                                                \
	"{\"bomFormat\": \"CycloneDX\"," meta                                                      \
	" \"components\": [{\"bom-ref\": \"b\", \"purl\": \"" BASH                                 \
	"\"}], \"vulnerabilities\": [{\"id\": \"CVE-1\", \"analysis\": {\"state\": \"" state       \
	"\", \"justification\": \"code_not_present\"}, \"affects\": [{\"ref\": \"" ref "\"}]}]}"
#define SERIAL                                                                                     \
	"\"serialNumber\": \"urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79\", \"version\": 2,"
#define OF_IMAGE(purl) "\"metadata\": {\"component\": {\"purl\": \"" purl "\"}},"

#define SUBJECT(purl) "\"metadata\": {\"component\": {\"bom-ref\": \"b\", \"purl\": \"" purl "\"}},"
#define CSAF_NAME(purl)                                                                            \
	"{\"product_id\": \"b\", \"product_identification_helper\": {\"purl\": \"" purl "\"}}"
#define CSAF_NAMES(one, two)                                                                       \
	"{\"document\": {\"csaf_version\": \"2.0\"}, \"product_tree\": {\"full_product_names\": "  \
	"[" CSAF_NAME(one) "," CSAF_NAME(                                                          \
		two) "]}, \"vulnerabilities\": [{\"cve\": \"CVE-1\", "                             \
		     "\"product_status\": {\"known_not_affected\": [\"b\"]}}]}"

static const struct {
	const char *name, *text;
	const char *why; /* part of it; NULL: it stays */
	size_t unusable, to_come;
} cases[] = {
	{ "a package", ABOUT(ID(BASH "@5.2-1")), "not affected: component_not_present (a.json)",
		0 },
	{ "any version of it", ABOUT(ID(BASH)), "not affected", 0 },
	{ "as before 0.2", ABOUT("\"" BASH "\""), "not affected", 0 },
	{ "by its identifiers",
		ABOUT("{\"@id\": \"urn:x\", \"identifiers\": {\"purl\": \"" BASH "\"}}"),
		"not affected", 0 },
	{ "another version", ABOUT(ID(BASH "@5.2-2")), NULL, 0 },
	{ "another name", ABOUT(ID("pkg:deb/debian/dash")), NULL, 0 },
	{ "another distribution", ABOUT(ID("pkg:deb/ubuntu/bash")), NULL, 0 },
	{ "another architecture", ABOUT(ID(BASH "?arch=arm64")), NULL, 0 },
	{ "its architecture", ABOUT(ID(BASH "?arch=amd64&distro=debian-12")), "not affected", 0 },
	{ "a package of the image", ABOUT(WITH("pkg:oci/app", BASH)), "not affected", 0 },
	{ "of another image", ABOUT(WITH("pkg:oci/other", BASH)), NULL, 0 },
	{ "the whole image", ABOUT(ID("pkg:oci/app")), "not affected", 0 },
	{ "its digest", ABOUT(WITH("pkg:oci/x@" DIGEST, BASH)), "not affected", 0 },
	{ "another digest", ABOUT(WITH("pkg:oci/app@sha256%3Abb", BASH)), NULL, 0 },
	{ "its repository", ABOUT(WITH("pkg:oci/app?repository_url=reg.example/team/app", BASH)),
		"not affected", 0 },
	{ "another repository", ABOUT(WITH("pkg:oci/app?repository_url=reg.example/app", BASH)),
		NULL, 0 },
	{ "its tag", ABOUT(WITH("pkg:oci/app?tag=1.0", BASH)), "not affected", 0 },
	{ "another tag", ABOUT(WITH("pkg:oci/app?tag=1.1", BASH)), NULL, 0 },
	{ "a part of a package that is not its owner", ABOUT(WITH("pkg:deb/debian/dpkg", BASH)),
		NULL, 0 },
	{ "fixed", OPENVEX STATEMENT("fixed", ID(BASH)) "]}", "fixed", 0 },
	{ "affected", OPENVEX STATEMENT("affected", ID(BASH)) "]}", NULL, 0 },
	{ "under investigation", OPENVEX STATEMENT("under_investigation", ID(BASH)) "]}", NULL, 0 },
	{ "a status that is none", OPENVEX STATEMENT("harmless", ID(BASH)) "]}", NULL, 0 },
	{ "an alias",
		OPENVEX "{\"vulnerability\": {\"name\": \"X\", \"aliases\": [\"ghsa-1\"]}, "
			"\"products\": [" ID(BASH) "], \"status\": \"fixed\"}]}",
		"fixed", 0 },
	{ "another id",
		OPENVEX "{\"vulnerability\": {\"name\": \"CVE-11\"}, \"products\": [" ID(
			BASH) "], \"status\": \"fixed\"}]}",
		NULL, 0 },
	{ "of one time what leaves it",
		OPENVEX STATEMENT("affected", ID(BASH)) "," STATEMENT(
			"not_affected", ID(BASH)) "]}",
		NULL, 0 },
	{ "of one time what leaves it, in the other order",
		OPENVEX STATEMENT("not_affected", ID(BASH)) "," STATEMENT(
			"affected", ID(BASH)) "]}",
		NULL, 0 },
	{ "a later status that is none",
		OPENVEX STATEMENT("not_affected", ID(BASH)) "," STATEMENT(
			"Affected", ID(BASH)) "]}",
		NULL, 0 },
	{ "of two the later",
		OPENVEX STATEMENT("not_affected", ID(BASH)) "," STATEMENT(
			"affected", ID(BASH)) "]}",
		NULL, 0 },
	{ "by its time, not its place",
		OPENVEX "{\"vulnerability\": \"CVE-1\", \"timestamp\": \"2026-02-01T00:00:00Z\", "
			"\"products\": [" ID(BASH) "], \"status\": \"fixed\"}," STATEMENT(
				"affected", ID(BASH)) "]}",
		"fixed", 0 },
	{ "of a day to come", AT("2026-06-01T00:00:00Z", "fixed"), NULL, 0, 1 },
	{ "of a day to come, after what leaves it",
		OPENVEX STATEMENT("affected", ID(BASH)) "," TIMED(
			"2027-01-01T00:00:00Z", "not_affected") "]}",
		NULL, 0, 1 },
	{ "what leaves it, of a day to come",
		OPENVEX STATEMENT("not_affected", ID(BASH)) "," TIMED(
			"2027-01-01T00:00:00Z", "affected") "]}",
		NULL, 0, 1 },
	{ "without a time", UNDATED STATEMENT("fixed", ID(BASH)) "]}", "fixed", 0 },
	{ "without a time, beside what leaves it",
		UNDATED STATEMENT("fixed", ID(BASH)) "," TIMED(
			"2020-01-01T00:00:00Z", "affected") "]}",
		NULL, 0 },
	{ "what leaves it without a time may be later",
		UNDATED STATEMENT("affected", ID(BASH)) "," TIMED(
			"2026-01-01T00:00:00Z", "fixed") "]}",
		NULL, 0 },
	{ "a time that is none is not the document's",
		OPENVEX TIMED("2025-01-01T00:00:00Z", "affected") "," TIMED("soon", "fixed") "]}",
		NULL, 0 },
	{ "nor where it leaves it",
		OPENVEX TIMED("2026-02-01T00:00:00Z", "fixed") "," TIMED("soon", "affected") "]}",
		NULL, 0 },
	{ "a flaw without an id", OPENVEX "{\"products\": [" ID(BASH) "], \"status\": \"fixed\"}]}",
		NULL, 1 },
	{ "a product without a package URL", ABOUT("{\"@id\": \"https://example.com/a\"}"), NULL,
		1 },
	{ "no product", ABOUT(""), NULL, 1 },
	{ "CSAF", CSAF("known_not_affected", "bash"), "component_not_present", 0 },
	{ "CSAF, of an image", CSAF("known_not_affected", "image:bash"), "not affected", 0 },
	{ "CSAF, fixed", CSAF("fixed", "bash"), "fixed", 0 },
	{ "CSAF, affected", CSAF("known_affected", "bash"), NULL, 0 },
	{ "CSAF, of a product without a URL", CSAF("known_not_affected", "cpe:bash"), NULL, 1 },
	{ "CSAF, a product that is not in the tree", CSAF("known_not_affected", "x"), NULL, 1 },
	{ "CycloneDX", CYCLONEDX("", "not_affected", "b"), "code_not_present", 0 },
	{ "CycloneDX, of another document", CYCLONEDX("", "resolved", "urn:cdx:a/1#" BASH), "fixed",
		0 },
	{ "CycloneDX, a link to this document",
		CYCLONEDX(SERIAL, "resolved", "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/2#b"),
		"fixed", 0 },
	{ "CycloneDX, a name of another document",
		CYCLONEDX(SERIAL, "resolved", "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b70/2#b"),
		NULL, 1 },
	{ "CycloneDX, a name of another version of it",
		CYCLONEDX(SERIAL, "resolved", "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#b"),
		NULL, 1 },
	{ "CycloneDX, exploitable", CYCLONEDX("", "exploitable", "b"), NULL, 0 },
	{ "CycloneDX, of this image", CYCLONEDX(OF_IMAGE("pkg:oci/app"), "not_affected", "b"),
		"not affected", 0 },
	{ "CycloneDX, of another image", CYCLONEDX(OF_IMAGE("pkg:oci/else"), "not_affected", "b"),
		NULL, 0 },
	{ "CycloneDX, of an image whose URL cannot be read",
		CYCLONEDX(OF_IMAGE("PKG:OCI/"), "not_affected", "b"), NULL, 1 },
	{ "CycloneDX, an image by another type of URL",
		CYCLONEDX(OF_IMAGE("pkg:docker/else"), "not_affected", "b"), NULL, 0 },
	{ "CycloneDX, some versions only",
		CYCLONEDX("", "resolved",
			"b\", \"versions\": [{\"version\": \"1\", \"status\": "
			"\"affected\"}, {\"version\": \"2\", \"status\": "
			"\"unaffected\"}], \"x\": \""),
		NULL, 0 },
	{ "subcomponents that are no list",
		ABOUT("{\"@id\": \"" BASH "\", \"subcomponents\": \"pkg:deb/debian/else\"}"), NULL,
		1 },
	{ "CycloneDX, nothing there", CYCLONEDX("", "not_affected", "nowhere"), NULL, 1 },
};

static const struct package_fact bash = { .type = PACKAGE_DEB,
	.name = SPAN_INIT("bash"),
	.version = SPAN_INIT("5.2-1"),
	.arch = SPAN_INIT("amd64") };
static const struct image_package package = { .fact = &bash, .copies = 1 };

static void statements(void **state)
{
	static const struct span alias = SPAN_INIT("GHSA-1");
	struct image_facts facts = {
		.distribution = { .id = SPAN("debian"), .version_id = SPAN("12"), .is_known = true }
	};
	const struct vex_image image = { &facts, SPAN("reg.example/team/app:1.0@sha256:0") };

	(void)state;
	assert_int_equal(
		digest_parse(
			SPAN("sha256:"
			     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
			&facts.index_digest, NULL),
		0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_arena struct arena a = { 0 };
		struct vex x = { .key = hash_random_key(), .now = NOW };
		struct vulnerability v = {
			.id = SPAN("CVE-1"), .aliases = &alias, .aliases_n = 1, .package = &package
		};
		struct scov_err err = { 0 };

		if (vex_read(&x, span_str(cases[i].text), "dir/a.json", NULL, &a, &err))
			fail_msg("%s: %s", cases[i].name, err.text);
		vex_apply(&x, &image, &a, &v);
		check(cases[i].name, (v.status == MATCH_VEX) == (cases[i].why != NULL));
		check(cases[i].name, !cases[i].why || span_has(v.why, span_str(cases[i].why)));
		check(cases[i].name, x.unusable == cases[i].unusable);
		check(cases[i].name, x.to_come == cases[i].to_come);
	}
}

/* In an attestation the image that it is about is the product of a statement without one. */
static void the_subject_of_an_attestation(void **state)
{
	static const struct {
		const char *name, *subject, *text;
		size_t unusable;
		bool is_out;
	} rows[] = {
		{ "of this image", "pkg:oci/image@" DIGEST, NO_PRODUCT(""), 0, true },
		{ "an empty list", "pkg:oci/image@" DIGEST, NO_PRODUCT(", \"products\": []"), 0,
			true },
		{ "of a part of it", "pkg:oci/image@" DIGEST,
			NO_PRODUCT(", \"subcomponents\": [" ID(BASH) "]"), 0, true },
		{ "of a part that it is not", "pkg:oci/image@" DIGEST,
			NO_PRODUCT(", \"subcomponents\": [" ID("pkg:deb/debian/dash") "]"), 0,
			false },
		{ "of another image", "pkg:oci/image@sha256:bb", NO_PRODUCT(""), 0, false },
		{ "not an attestation", "", NO_PRODUCT(""), 1, false },
		{ "products that are no list", "pkg:oci/image@" DIGEST,
			NO_PRODUCT(", \"products\": \"x\""), 1, false },
		{ "a product without a URL", "pkg:oci/image@" DIGEST,
			NO_PRODUCT(", \"products\": [{\"@id\": \"x\"}]"), 1, false },
		{ "of another product", "pkg:oci/image@" DIGEST, ABOUT(ID("pkg:oci/other")), 0,
			false },
	};
	struct image_facts facts = {
		.distribution = { .id = SPAN("debian"), .version_id = SPAN("12"), .is_known = true }
	};

	(void)state;
	assert_int_equal(
		digest_parse(
			SPAN("sha256:"
			     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
			&facts.index_digest, NULL),
		0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		scoped_arena struct arena a = { 0 };
		struct vex x = {
			.key = hash_random_key(), .now = NOW, .subject = span_str(rows[i].subject)
		};
		struct vulnerability v = { .id = SPAN("CVE-1"), .package = &package };

		check(rows[i].name, !vex_read(&x, span_str(rows[i].text), "a", NULL, &a, NULL));
		vex_apply(&x, &(struct vex_image){ &facts, { 0 } }, &a, &v);
		check(rows[i].name, (v.status == MATCH_VEX) == rows[i].is_out);
		check(rows[i].name, x.unusable == rows[i].unusable);
	}
}

/* A program's part is taken out by a statement on the program that it is linked into. */
static void parts_of_a_program(void **state)
{
	static const struct package_fact facts_of[] = {
		{ .type = PACKAGE_GO,
			.name = SPAN_INIT("a.b/app"),
			.version = SPAN_INIT("v2.0.0"),
			.is_main = true },
		{ .type = PACKAGE_GO,
			.name = SPAN_INIT("c.d/part"),
			.version = SPAN_INIT("v1.0.0") },
	};
	static const struct {
		const char *name, *text;
		bool is_out;
	} rows[] = {
		{ "of the program",
			ABOUT(WITH("pkg:golang/a.b/app@v2.0.0", "pkg:golang/c.d/part@v1.0.0")),
			true },
		{ "Go's v left out", ABOUT(WITH("pkg:golang/a.b/app@2.0.0", "pkg:golang/c.d/part")),
			true },
		{ "of another program", ABOUT(WITH("pkg:golang/a.b/other", "pkg:golang/c.d/part")),
			false },
	};
	struct image_facts facts = { 0 };
	scoped_arena struct arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < 2; i++)
		vec_add(&facts.packages, &a,
			&((struct image_package){ .fact = &facts_of[i],
				.copies = 1,
				.at = place_file(0, SPAN("app")) }));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct vex x = { .key = hash_random_key(), .now = NOW };
		struct vulnerability v = { .id = SPAN("CVE-1"), .package = &facts.packages.p[1] };

		check(rows[i].name, !vex_read(&x, span_str(rows[i].text), "a", NULL, &a, NULL));
		vex_apply(&x, &(struct vex_image){ &facts, { 0 } }, &a, &v);
		check(rows[i].name, (v.status == MATCH_VEX) == rows[i].is_out);
	}
}

/* A flag that names all products, and one id for all: the work grows with them, and it minds the
 * call. */
static void many_products(void **state)
{
	enum { PRODUCTS = 30000 };
	int cancelled = 1;
	struct call call = { .cancelled = &cancelled };
	scoped_arena struct arena a = { 0 };
	scoped_buf struct buf ids = { 0 }, tree = { 0 }, text = { 0 };
	struct vex x = { .key = hash_random_key(), .now = NOW };
	struct scov_err err = { 0 };

	(void)state;
	for (int i = 0; i < PRODUCTS; i++) {
		buf_printf(&ids, "%s\"p%d\"", i ? "," : "", i);
		buf_printf(&tree,
			"%s{\"product_id\":\"p%d\",\"product_identification_helper\":{\"purl\":"
			"\"pkg:deb/debian/p%d\"}}",
			i ? "," : "", i, i);
	}
	buf_str(&text, "{\"document\":{\"csaf_version\":\"2.0\"},\"product_tree\":{"
		       "\"full_product_names\":[");
	buf_span(&text, buf_view(&tree));
	buf_str(&text, "]},\"vulnerabilities\":[{\"cve\":\"CVE-1\",\"flags\":[{\"label\":\"x\","
		       "\"product_ids\":[");
	buf_span(&text, buf_view(&ids));
	buf_str(&text, "]}],\"product_status\":{\"known_not_affected\":[");
	buf_span(&text, buf_view(&ids));
	buf_str(&text, "]}}]}");
	if (vex_read(&x, buf_view(&text), "a", &call, &a, &err) != SCOV_E_CANCELLED)
		fail_msg("%s", err.text);
	cancelled = 0;
	call_start(&call, 5000, &cancelled);
	x = (struct vex){ .key = x.key, .now = NOW };
	assert_int_equal(vex_read(&x, buf_view(&text), "a", &call, &a, &err), 0);
	assert_int_equal(x.all.n, PRODUCTS);
	check_span("the flag's words", x.all.p[PRODUCTS - 1].justification, SPAN("x"));
}

static void what_is_none(void **state)
{
	static const char *const texts[] = { "", "{}", "[]", "{\"bomFormat\": \"SPDX\"}",
		"{\"@context\": \"https://example.com\"}", "not json", "{\"@context\": 1}" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		scoped_arena struct arena a = { 0 };
		struct vex x = { .key = hash_random_key(), .now = NOW };
		struct scov_err err = { 0 };

		check(texts[i], vex_read(&x, span_str(texts[i]), "a.json", NULL, &a, &err) != 0);
		check(texts[i], strstr(err.text, "a.json") != NULL && x.all.n == 0);
	}
}

/* Neither format allows an id twice: what is said of it may be about the other one. */
static void twice(void **state)
{
	static const struct {
		const char *name, *text;
		bool is_good;
	} rows[] = {
		{ "CSAF", CSAF_NAMES(BASH, "pkg:deb/debian/dash"), false },
		{ "CSAF, the same product", CSAF_NAMES(BASH, BASH), true },
		{ "CycloneDX", CYCLONEDX(SUBJECT("pkg:deb/debian/dash"), "not_affected", "b"),
			false },
		{ "CycloneDX, the same product", CYCLONEDX(SUBJECT(BASH), "not_affected", "b"),
			true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		scoped_arena struct arena a = { 0 };
		struct vex x = { .key = hash_random_key(), .now = NOW };
		struct scov_err err = { 0 };
		int code = vex_read(&x, span_str(rows[i].text), "a.json", NULL, &a, &err);

		check(rows[i].name, code == (rows[i].is_good ? 0 : SCOV_E_FORMAT));
		check(rows[i].name,
			!code || !strcmp(err.text, "a.json: two products have the id 'b'"));
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(statements),
		cmocka_unit_test(parts_of_a_program),
		cmocka_unit_test(the_subject_of_an_attestation),
		cmocka_unit_test(many_products),
		cmocka_unit_test(twice),
		cmocka_unit_test(what_is_none),
	};

	/* a corpus for the fuzz target: --dump NUMBER */
	if (argc == 3 && !strcmp(argv[1], "--dump")) {
		puts(cases[strtoul(argv[2], NULL, 10)].text);
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
