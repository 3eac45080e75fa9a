/* test_jar.c - coordinates of Java archives from manifests, properties and file names.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/jar.h"

#include "base/buf.h"
#include "tests/unit/unit.h"

static void file_names(void **state)
{
	(void)state;
	static const struct {
		const char *path, *artifact, *version;
	} cases[] = {
		{ "a/guava-31.1-jre.jar", "guava", "31.1-jre" },
		{ "log4j-1.2-api-2.17.1.jar", "log4j-1.2-api", "2.17.1" },
		{ "commons-lang3-3.12.0.jar", "commons-lang3", "3.12.0" },
		{ "x-1.0-SNAPSHOT.jar", "x", "1.0-SNAPSHOT" },
		{ "x-1.0-20230101.120000-7.jar", "x", "1.0-20230101.120000-7" },
		{ "spring-core-5.3.0-M1.jar", "spring-core", "5.3.0-M1" },
		{ "jrt-fs.jar", "jrt-fs", "" },
		{ "netty-4.jar", "netty", "4" },
		{ "-1.jar", "-1", "" },
		{ "a-.jar", "a-", "" },
		{ "scala-library_2.13-3.2.jar", "scala-library_2.13", "3.2" },
		{ "lib.v2/plain.war", "plain", "" },
		{ "app.war!lib/outer.jar!b-1.0.jar", "b", "1.0" },
		{ ".jar", "", "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct jar_id id;

		jar_file_name(span_str(cases[i].path), &id);
		check_span(cases[i].path, id.artifact, span_str(cases[i].artifact));
		check_span(cases[i].path, id.version, span_str(cases[i].version));
	}
}

static void properties(void **state)
{
	(void)state;
	static const struct {
		const char *name, *in;
		bool good;
		const char *group, *artifact, *version;
	} cases[] = {
		{ "as Maven writes them",
			"#Generated\n#Tue Jun 28 10:00:00 UTC 2022\nversion=1.2\ngroupId=org.a\n"
			"artifactId=b\n",
			true, "org.a", "b", "1.2" },
		{ "CRLF and blanks", "groupId = g\r\nartifactId : a\r\nversion=3\r\n", true, "g",
			"a", "3" },
		{ "a version that is a property", "groupId=g\nartifactId=a\nversion=${v}\n", true,
			"g", "a", "" },
		{ "a group that is a property", "groupId=${g}\nartifactId=a\nversion=1\n", false,
			"", "", "" },
		{ "no artifact", "groupId=g\nversion=1\n", false, "", "", "" },
		{ "empty", "", false, "", "", "" },
		{ "the last one wins", "groupId=g\ngroupId=h\nartifactId=a\n", true, "h", "a", "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct jar_id id;

		assert_int_equal(jar_pom(span_str(cases[i].in), &id), cases[i].good);
		if (!cases[i].good)
			continue;
		check_span(cases[i].name, id.group, span_str(cases[i].group));
		check_span(cases[i].name, id.artifact, span_str(cases[i].artifact));
		check_span(cases[i].name, id.version, span_str(cases[i].version));
	}
}

static void manifests(void **state)
{
	(void)state;
	static const struct {
		const char *name, *in, *path, *group, *artifact, *version;
	} cases[] = {
		{ "a bundle named group.artifact",
			"Manifest-Version: 1.0\r\nBundle-SymbolicName: "
			"com.x.core;singleton:=tr\r\n "
			"ue\r\nBundle-Version: 2.0.1\r\n",
			"core.jar", "com.x", "core", "2.0.1" },
		{ "the version of the file name goes first", "Implementation-Version: 9\n",
			"a-1.0.jar", "", "a", "1.0" },
		{ "a line that goes on", "Implementation-Version: 1.\n 2.\n 3\n", "a.jar", "", "a",
			"1.2.3" },
		{ "a vendor's id that the bundle confirms",
			"Implementation-Vendor-Id: org.x\nBundle-SymbolicName: org.x.y.z\n",
			"q-1.jar", "org.x", "q", "1" },
		{ "a vendor's id alone is not the group", "Implementation-Vendor-Id: org.x\n",
			"q-1.jar", "", "q", "1" },
		{ "a plugin of Jenkins",
			"Group-Id: org.jenkins-ci.plugins\nShort-Name: git\nPlugin-Version: 4.1\n",
			"git.hpi", "org.jenkins-ci.plugins", "git", "4.1" },
		{ "a version of several words is none", "Implementation-Version: 1.0 build 3\n",
			"a.jar", "", "a", "" },
		{ "other sections are not the archive's",
			"A: b\n\nName: x/\nImplementation-Version: 7\n", "a.jar", "", "a", "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct jar_manifest m = { 0 };
		struct jar_id id;

		jar_manifest_read(span_str(cases[i].in), &m);
		jar_identify(&m, span_str(cases[i].path), &id);
		check_span(cases[i].name, id.group, span_str(cases[i].group));
		check_span(cases[i].name, id.artifact, span_str(cases[i].artifact));
		check_span(cases[i].name, id.version, span_str(cases[i].version));
	}
}

static void long_values(void **state)
{
	(void)state;
	struct jar_manifest m = { 0 };
	scoped_buf struct buf text = { 0 };

	buf_str(&text, "Group-Id: ");
	for (int i = 0; i <= JAR_VALUE_MAX; i++)
		buf_byte(&text, 'x');
	buf_str(&text, "\n y\nShort-Name: z\n");
	jar_manifest_read(buf_view(&text), &m);
	check_span("left out whole", jar_value(&m, JAR_GROUP_ID), SPAN(""));
	check_span("the next is there", jar_value(&m, JAR_SHORT_NAME), SPAN("z"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(file_names),
		cmocka_unit_test(properties),
		cmocka_unit_test(manifests),
		cmocka_unit_test(long_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
