/* test_java.c - packages of jars, and of jars in jars.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/jar.h"
#include "tests/unit/scan/look.h"
#include "tests/unit/zip.h"

static void add_pom(struct buf *zip, const char *group, const char *artifact, const char *version)
{
	char name[256], text[256];

	snprintf(name, sizeof(name), "META-INF/maven/%s/%s/pom.properties", group, artifact);
	snprintf(text, sizeof(text), "#Created\nversion=%s\ngroupId=%s\nartifactId=%s\n", version,
		group, artifact);
	zip_add(zip, name, span_str(text), true, true);
}

static bool hides_inventory(const struct look *l)
{
	for (size_t i = 0; i < l->part.diags.n; i++)
		if (l->part.diags.p[i].hides & HIDES_INVENTORY)
			return true;
	return false;
}

/* "name version member" of each package, a line each. */
static void expect(struct look *l, const char *path, struct span jar, const char *want)
{
	scoped_buf struct buf got = { 0 };
	size_t before = l->part.packages.n;

	look_at(l, span_str(path), 0644, jar);
	assert_int_equal(l->code, 0);
	for (size_t i = before; i < l->part.packages.n; i++) {
		const struct package_fact *p = &l->part.packages.p[i];

		assert_int_equal(p->type, PACKAGE_MAVEN);
		buf_printf(&got, "%.*s %.*s %.*s\n", SPAN_ARG(p->name), SPAN_ARG(p->version),
			SPAN_ARG(p->member));
	}
	check_span(path, buf_view(&got), span_str(want));
}

static void one_jar(void **state)
{
	(void)state;
	scoped_look struct look l;
	scoped_buf struct buf own = { 0 }, shaded = { 0 }, plain = { 0 }, runtime = { 0 };

	look_init(&l);
	zip_add(&own, "META-INF/MANIFEST.MF", SPAN("Bundle-Version: 9\n"), true, false);
	add_pom(&own, "org.a", "b", "1.2");
	zip_finish(&own);
	expect(&l, "app/b-1.2.jar", buf_view(&own), "org.a:b 1.2 \n");
	add_pom(&shaded, "org.a", "b", "${project.version}");
	add_pom(&shaded, "org.c", "d", "3");
	zip_finish(&shaded);
	expect(&l, "app/b-1.3.jar", buf_view(&shaded), "org.a:b 1.3 \norg.c:d 3 \n");
	zip_add(&plain, "META-INF/MANIFEST.MF", SPAN("Bundle-SymbolicName: org.x.y\n"), true, true);
	zip_add(&plain, "org/x/Y.class", SPAN("\xca\xfe\xba\xbe"), false, false);
	zip_finish(&plain);
	expect(&l, "app/y-2.jar", buf_view(&plain), "org.x:y 2 \n");
	expect(&l, "app/other.jar", buf_view(&plain), ":other  \n");
	zip_add(&runtime, "META-INF/MANIFEST.MF",
		SPAN("Implementation-Title: Java Runtime Environment\n"), true, true);
	zip_add(&runtime, "A.class", SPAN("\xca\xfe\xba\xbe"), false, false);
	zip_finish(&runtime);
	expect(&l, "opt/java/lib/jrt-fs.jar", buf_view(&runtime), "");
	assert_false(hides_inventory(&l));
}

static void jars_in_jars(void **state)
{
	(void)state;
	scoped_look struct look l;
	scoped_buf struct buf deep = { 0 }, lib = { 0 }, app = { 0 };

	look_init(&l);
	add_pom(&deep, "org.deep", "deep", "1");
	zip_finish(&deep);
	zip_add(&lib, "lib/deep-1.jar", buf_view(&deep), false, false);
	add_pom(&lib, "org.lib", "lib", "2");
	zip_finish(&lib);
	zip_add(&app, "META-INF/MANIFEST.MF", SPAN("Implementation-Version: 4\n"), true, false);
	zip_add(&app, "BOOT-INF/lib/lib-2.jar", buf_view(&lib), true, true);
	zip_add(&app, "App.class", SPAN("\xca\xfe\xba\xbe"), false, false);
	zip_finish(&app);
	expect(&l, "app/app.war", buf_view(&app),
		"org.deep:deep 1 BOOT-INF/lib/lib-2.jar!lib/deep-1.jar\n"
		"org.lib:lib 2 BOOT-INF/lib/lib-2.jar\n"
		":app 4 \n");
	assert_false(hides_inventory(&l));
}

/* What cannot be read whole leaves the inventory incomplete. */
static void damaged(void **state)
{
	(void)state;
	scoped_buf struct buf zip = { 0 }, big = { 0 }, fill = { 0 }, deep = { 0 }, unknown = { 0 };
	char name[1200];

	add_pom(&zip, "org.a", "b", "1.2");
	zip_finish(&zip);
	add_pom(&unknown, "${project.groupId}", "b", "1.2");
	add_pom(&unknown, "org.c", "d", "3");
	zip_finish(&unknown);
	while (fill.len <= JAR_TEXT_MAX)
		buf_str(&fill, "Name: x\n");
	zip_add(&big, "META-INF/MANIFEST.MF", buf_view(&fill), true, false);
	zip_finish(&big);
	memset(name, 'a', sizeof(name));
	memcpy(name + sizeof(name) - 5, ".jar", 5);
	zip_add(&deep, name, buf_view(&zip), false, false);
	zip_finish(&deep);
	const struct {
		const char *name;
		struct span in;
	} cases[] = {
		{ "cut off", span_sub(buf_view(&zip), 0, 60) },
		{ "no zip", SPAN("this is no archive") },
		{ "bytes before the zip's first", SPAN("\0\0PK\3\4") },
		{ "a manifest over its bound", buf_view(&big) },
		{ "a jar in it whose name is cut", buf_view(&deep) },
		{ "properties without a group that can be used", buf_view(&unknown) },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_look struct look l;

		look_init(&l);
		look_at(&l, SPAN("a.jar"), 0644, cases[i].in);
		if (!hides_inventory(&l))
			fail_msg(
				"%s: nothing says that the inventory is incomplete", cases[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_jar),
		cmocka_unit_test(jars_in_jars),
		cmocka_unit_test(damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
