/* test_language.c - the records of packages of languages.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/language.h"

#include "../unit.h"

#define PIP "usr/lib/python3/site-packages/"
#define GEM "usr/lib/ruby/gems/3.1.0/specifications/"
#define HEAD "Metadata-Version: 2.1\n"
#define SPEC "Gem::Specification.new do |s|\n"

/* packages as "name version license arch", '-' for what is not there, with "main" and what is wrong
 * at the end. */
static const struct {
	const char *name, *path, *text, *packages;
} cases[] = {
	{ "a wheel", PIP "a-1.dist-info/METADATA",
		HEAD "Name: A.b\nVersion: 1.0\nLicense: MIT\n\nName: c\n",
		"python: A.b 1.0 MIT -" },
	{ "an egg", PIP "a.egg-info/PKG-INFO", HEAD "Name: a\r\nVersion: 1\r\n\r\n",
		"python: a 1 - -" },
	{ "an egg of one file", PIP "a-1.egg-info", HEAD "Name: a\nVersion: 1\n",
		"python: a 1 - -" },
	{ "an egg as a folder", PIP "a-1-py3.egg/EGG-INFO/PKG-INFO", HEAD "Name: a\nVersion: 1\n",
		"python: a 1 - -" },
	{ "an expression before a text before a class", PIP "a-1.dist-info/METADATA",
		"Name: a\nVersion: 1\nClassifier: License :: OSI Approved :: BSD License\n"
		"License: BSD\nLicense-Expression: BSD-3-Clause\n",
		"python: a 1 BSD-3-Clause -" },
	{ "the whole text of a license, and a class", PIP "a-1.dist-info/METADATA",
		"Name: a\nVersion: 1\nLicense: Permission is hereby granted, free of charge, to "
		"any "
		"person\n        obtaining\nClassifier: License :: OSI Approved :: MIT License\n",
		"python: a 1 MIT License -" },
	{ "the first name counts", PIP "a-1.dist-info/METADATA",
		"Name: a\nVersion: 1\nName: b\nVersion: 2\n", "python: a 1 - -" },
	{ "a folded line", PIP "a-1.dist-info/METADATA",
		"Name: a\nSummary: x\n Version: 9\nVersion: 1\n", "python: a 1 - -" },
	{ "no version", PIP "a-1.dist-info/METADATA", "Name: a\n\nVersion: 1\n",
		"python: a package without a version" },
	{ "an empty file", PIP "a-1.dist-info/METADATA", "", "python: a package without a name" },
	{ "another file of a wheel", PIP "a-1.dist-info/RECORD", "", "no record" },
	{ "an egg that is an archive", PIP "docopt_x-0.6.2-py3.11.egg", "PK",
		"python: docopt_x 0.6.2 - -" },
	{ "an egg without a version", PIP "a.egg", "PK", "python: a package without a version" },
	{ "RabbitMQ", "opt/rabbitmq/plugins/rabbit-3.13.1/ebin/rabbit.app",
		"{application, 'rabbit', [\n\t{vsn, \"3.13.1\"},\n",
		"binary: rabbitmq 3.13.1 - - main" },
	{ "RabbitMQ without a version", "plugins/rabbit/ebin/rabbit.app", "{vsn, git}",
		"binary: a package without a version" },
	{ "in another package", PIP "b/_vendor/a-1.dist-info/METADATA", "Name: a\nVersion: 1\n",
		"python: a 1 - -" },
	{ "in the tests of another package", PIP "b/tests/data/a-1.egg/EGG-INFO/PKG-INFO",
		"Name: a\nVersion: 1\n", "no record" },
	{ "in a folder of that name that is not in a package", "srv/tests/a-1.dist-info/METADATA",
		"Name: a\nVersion: 1\n", "python: a 1 - -" },
	{ "metadata outside a wheel", PIP "METADATA", "", "no record" },

	{ "a package", "app/node_modules/a/package.json",
		"{\"name\":\"a\",\"version\":\"1.0.0\",\"license\":\"MIT\"}",
		"npm: a 1.0.0 MIT -" },
	{ "of a scope", "node_modules/@s/a/package.json",
		"{\"name\":\"@s/a\",\"version\":\"1.0.0\"}", "npm: @s/a 1.0.0 - -" },
	{ "of another package", "node_modules/@s/a/node_modules/b/package.json",
		"{\"name\":\"b\",\"version\":\"1\",\"license\":{\"type\":\"ISC\"}}",
		"npm: b 1 ISC -" },
	{ "in a store", "app/node_modules/.pnpm/a@1/node_modules/a/package.json",
		"{\"name\":\"a\",\"version\":\"1\",\"licenses\":[{\"type\":\"X\"},{\"type\":\"Y\"}]"
		"}",
		"npm: a 1 X -" },
	{ "a project", "app/package.json", "{\"name\":\"app\",\"version\":\"1\"}",
		"npm: app 1 - - main" },
	{ "at the root", "package.json", "{\"name\":\"app\",\"version\":\"1\"}",
		"npm: app 1 - - main" },
	{ "a file that says only how to read", "app/lib/package.json", "{\"type\":\"module\"}",
		"npm" },
	{ "neither name nor version of a package", "node_modules/a/package.json",
		"{\"type\":\"module\"}", "npm: a package without a name" },
	{ "no version of a package", "node_modules/a/package.json", "{\"name\":\"a\"}",
		"npm: a package without a version" },
	{ "a name that is a number", "node_modules/a/package.json",
		"{\"name\":1,\"version\":\"1\"}", "npm: a package without a name" },
	{ "a list", "node_modules/a/package.json", "[]", "npm: not an object" },
	{ "a text", "node_modules/a/package.json", "\"a\"", "npm: not an object" },
	{ "cut", "node_modules/a/package.json", "{\"name\":\"a\",", "npm: not JSON: line 1" },
	{ "a name that is no text", "node_modules/a/package.json",
		"{\"name\":\"a\xff\",\"version\":\"1\"}", "npm: invalid UTF-8" },
	{ "a key twice where nobody looks", "node_modules/a/package.json",
		"{\"name\":\"a\",\"scripts\":{\"x\":1,\"x\":2},\"version\":\"1\"}",
		"npm: a 1 - -" },
	{ "a folder of a package", "node_modules/a/lib/package.json", "", "no record" },
	{ "the folder of a scope", "node_modules/@s/package.json", "", "no record" },
	{ "a folder that is hidden", "node_modules/.bin/package.json", "", "no record" },
	{ "modules of a test", "node_modules/a/test/node_modules/b/package.json", "", "no record" },
	{ "modules in modules", "node_modules/node_modules/b/package.json", "", "no record" },
	{ "a name like it", "app/node_modules/a/xpackage.json", "", "no record" },

	{ "a gem", GEM "a-b-1.2.3.gemspec",
		"# -*- encoding: utf-8 -*-\n# stub: a-b 1.2.3 ruby lib\n\n" SPEC
		"  s.name = \"a-b\".freeze\n  s.version = \"1.2.3\"\n  s.licenses = "
		"[\"MIT\".freeze, "
		"\"X\"]\n",
		"gem: a-b 1.2.3 MIT -" },
	{ "a gem for a platform", GEM "a-1-x86_64-linux.gemspec",
		"# stub: a 1 x86_64-linux lib\n" SPEC, "gem: a 1 - x86_64-linux" },
	{ "a default gem without a stub", GEM "default/a-1.gemspec",
		SPEC "s.name = 'a'\ns.version = Gem::Version.new(\"1\")\ns.platform = \"ruby\"\n",
		"gem: a 1 - -" },
	{ "a version that is no literal", GEM "a-b-2.0.gemspec",
		SPEC "s.name = 'a-b'\ns.version = A::VERSION\n", "gem: a-b 2.0 - -" },
	{ "nothing is a literal", GEM "a-b-2.0-java.gemspec", SPEC "s.version = A::VERSION\n",
		"gem: a-b 2.0 - java" },
	{ "neither literals nor a version in the name", GEM "a.gemspec", SPEC,
		"gem: a package without a name" },
	{ "as RubyGems 1.3 wrote it", GEM "a-1.gemspec",
		"Gem::Specification::new do |s|\n  s.name = %q{a}\n  s.version = \"1\"\n",
		"gem: a 1 - -" },
	{ "a stub and nothing else", GEM "a-1.gemspec", "# stub: a 1 ruby lib\n",
		"gem: not a specification" },
	{ "a gem's own specification", "usr/lib/ruby/gems/3.1.0/gems/a-1/a.gemspec", "",
		"no record" },

	{ "Composer 2", "app/vendor/composer/installed.json",
		"{\"packages\":[{\"name\":\"v/a\",\"version\":\"v1.0\",\"license\":[\"MIT\"]},"
		"{\"name\":\"v/b\",\"version\":\"2\"}],\"dev\":false}",
		"composer: v/a v1.0 MIT -, v/b 2 - -" },
	{ "Composer 1", "vendor/composer/installed.json", "[{\"name\":\"v/a\",\"version\":\"1\"}]",
		"composer: v/a 1 - -" },
	{ "no list", "vendor/composer/installed.json", "{}", "composer: no list of packages" },
	{ "the second is damaged", "vendor/composer/installed.json",
		"[{\"name\":\"v/a\",\"version\":\"1\"},7,{\"name\":\"v/b\",\"version\":\"1\"}]",
		"composer: v/a 1 - -, v/b 1 - -, a package without a name" },

	{ "a program of .NET", "app/a.deps.json",
		"{\"targets\":{},\"libraries\":{\"App/1.0.0\":{\"type\":\"project\"},\"N.J/"
		"13.0.1\":{"
		"\"type\":\"package\"},\"X/1\":{\"type\":\"reference\"},\"runtimepack.M.N/8.0.1\":{"
		"\"type\":\"runtimepack\"}}}",
		"nuget: App 1.0.0 - - main, N.J 13.0.1 - -, M.N 8.0.1 - -" },
	{ "a library without a version", "a.deps.json",
		"{\"libraries\":{\"App\":{\"type\":\"package\"}}}",
		"nuget: a package without a version" },
	{ "no libraries", "a.deps.json", "{}", "nuget: no libraries" },
	{ "libraries that are no object", "a.deps.json", "{\"libraries\":[{}]}",
		"nuget: no libraries" },
	{ "a library of a type that nobody knows", "a.deps.json",
		"{\"libraries\":{\"A/1\":{},\"B/2\":{\"type\":\"package\"}}}",
		"nuget: B 2 - -, a library of unknown type" },

	{ "of conda", "opt/conda/conda-meta/a-1-h1.json",
		"{\"name\":\"a\",\"version\":\"1\",\"license\":\"BSD\",\"subdir\":\"linux-64\","
		"\"timestamp\":1700000000000}",
		"conda: a 1 BSD linux-64" },

	{ "a Java runtime", "opt/java/release",
		"IMPLEMENTOR=\"Eclipse Adoptium\"\nJAVA_VERSION=\"17.0.9\"\n",
		"jdk: openjdk 17.0.9 - -" },
	{ "another file of that name", "etc/release", "Fedora release 40\n", "jdk" },

	{ "of Bitnami", "opt/bitnami/nginx/.spdx-nginx.spdx",
		"{\"packages\":[{\"name\":\"nginx\",\"versionInfo\":\"1.2-3\",\"licenseDeclared\":"
		"\"BSD\",\"externalRefs\":[{\"referenceType\":\"cpe23Type\"},{\"referenceType\":"
		"\"purl\",\"referenceLocator\":\"pkg:bitnami/nginx@1.2-3?arch=amd64\"}]},"
		"{\"name\":\"x\",\"versionInfo\":\"1\",\"externalRefs\":[{\"referenceType\":"
		"\"purl\","
		"\"referenceLocator\":\"pkg:golang/x@1\"}]}]}",
		"bitnami: nginx 1.2-3 BSD amd64" },
	{ "of Bitnami without packages", "opt/bitnami/nginx/.spdx-nginx.spdx", "{}",
		"bitnami: no package of the builder's" },
	{ "of Bitnami, another's package", "opt/bitnami/nginx/.spdx-nginx.spdx",
		"{\"packages\":[{\"name\":\"x\",\"versionInfo\":\"1\"}]}",
		"bitnami: no package of the builder's" },
	{ "a document elsewhere", "srv/.spdx-nginx.spdx", "", "no record" },

	{ "of OCaml", "root/.opam/4.14/.opam-switch/packages/dune.3.1.0/opam",
		"opam-version: \"2.0\"\nlicense: \"MIT\"\n", "opam: dune 3.1.0 MIT -" },
	{ "of R", "usr/lib/R/library/MASS/DESCRIPTION",
		"Package: MASS\nVersion: 7.3-60\nLicense: GPL-2 | GPL-3\nBuilt: R 4.3\n",
		"cran: MASS 7.3-60 GPL-2 | GPL-3 -" },
};

struct seen {
	struct arena arena;
	char *text;
};

static int package(void *ctx, const struct language_package *p)
{
	struct seen *s = ctx;
	const struct span none = SPAN("-");

	s->text = arena_printf(&s->arena, "%s%s%.*s %.*s %.*s %.*s%s", s->text,
		strchr(s->text, ' ') ? ", " : ": ", SPAN_ARG(p->name), SPAN_ARG(p->version),
		SPAN_ARG(p->license.len ? p->license : none),
		SPAN_ARG(p->arch.len ? p->arch : none), p->is_main ? " main" : "");
	return 0;
}

static void records(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct span path = span_str(cases[i].path);
		const struct language_format *f = language_format_of(path);
		scoped_arena struct arena scratch = { 0 };
		struct seen s = { .text = f ? arena_printf(&s.arena, "%s", f->type) : "no record" };
		struct language_record r = { .path = path,
			.data = span_str(cases[i].text),
			.arena = &scratch,
			.package = package,
			.ctx = &s };
		struct scov_err err = { 0 };

		if (f && f->read(&r, &err))
			s.text = arena_printf(&s.arena, "%s%s%.*s", s.text,
				strchr(s.text, ' ') ? ", " : ": ",
				(int)strlen(
					strstr(err.text, "JSON:") ? "not JSON: line 1" : err.text),
				err.text);
		check_span(cases[i].name, span_str(s.text), span_str(cases[i].packages));
		arena_release(&s.arena);
	}
}

static int refuse(void *ctx, const struct language_package *p)
{
	(void)p;
	++*(size_t *)ctx;
	return SCOV_E_LIMIT;
}

/* Whoever takes the packages may have enough of them. */
static void ended_by_the_taker(void **state)
{
	size_t n = 0;
	scoped_arena struct arena scratch = { 0 };
	struct scov_err err = { 0 };
	struct language_record r = {
		.path = SPAN("vendor/composer/installed.json"),
		.data = SPAN(
			"[{\"name\":\"a\",\"version\":\"1\"},{\"name\":\"b\",\"version\":\"1\"}]"),
		.arena = &scratch,
		.package = refuse,
		.ctx = &n,
	};

	(void)state;
	assert_int_equal(language_composer(&r, &err), SCOV_E_LIMIT);
	assert_int_equal(n, 1);
}

/* A list of objects that is deeper, or more, than JSON may be. */
static void hostile_json(void **state)
{
	enum { DEEP = 4096 };
	scoped_arena struct arena scratch = { 0 };
	struct scov_err err = { 0 };
	uint8_t *deep = arena_alloc(&scratch, DEEP);
	size_t n = 0;
	struct language_record r = { .path = SPAN("node_modules/a/package.json"),
		.data = span_of(deep, DEEP),
		.arena = &scratch,
		.package = refuse,
		.ctx = &n };

	(void)state;
	memset(deep, '[', DEEP);
	assert_int_equal(language_npm(&r, &err), SCOV_E_LIMIT);
	assert_int_equal(n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records),
		cmocka_unit_test(ended_by_the_taker),
		cmocka_unit_test(hostile_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
