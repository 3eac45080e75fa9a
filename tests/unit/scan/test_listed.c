/* test_listed.c - what records list, and which secrets are in files that are as they list them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "scan/listed.h"

#include "crypto/digest.h"
#include "syntax/base64.h"
#include "tests/unit/scan/look.h"

static void add_secret(struct look *l, const char *path, const char *content)
{
	struct digest d = digest_of(DIGEST_SHA256, span_str(content));
	struct secret_fact x = { .entry = (uint32_t)l->part.entries.n };
	struct entry e = { .path = span_str(path), .type = ENTRY_FILE };

	assert_true(vec_add(&l->part.entries, &l->arena, &e));
	assert_true(vec_add(&l->part.secrets, &l->arena, &x));
	assert_int_equal(listed_have(&l->out, x.entry, listed_content(d.bytes)), 0);
}

/* The tree of a secret in this file, whose content is "content". */
static const char *tree_of(const char *record, struct span text, const char *path)
{
	static char tree[256];
	struct look l;

	look_init(&l);
	l.out.is_searched = true;
	look_at(&l, span_str(record), 0644, text);
	add_secret(&l, "another/file", "x");
	add_secret(&l, path, "content");
	listed_settle(&l.out);
	assert_int_equal(l.code, 0);
	assert_int_equal(l.part.secrets.p[0].tree, 0);
	uint32_t from = l.part.secrets.p[1].tree;

	assert_true(from <= strlen(path));
	snprintf(tree, sizeof(tree), "%s", from ? path + from - 1 : "none");
	look_release(&l);
	return tree;
}

static void of_pip(void **state)
{
	(void)state;
	struct digest d = digest_of(DIGEST_SHA256, SPAN("content"));
	scoped_buf struct buf digest = { 0 }, record = { 0 };
	static const struct {
		const char *path, *tree;
	} cases[] = {
		{ "var/task/p/a.py", "p/a.py" }, { "var/task/p/changed.py", "none" },
		{ "var/task/p/no-digest.txt", "p/no-digest.txt" },
		{ "var/task/p/other-digest.txt", "none" }, { "var/task/p/unknown.py", "none" },
		{ "var/task/p/a, b.py", "p/a, b.py" },
		{ "var/task/p/__pycache__/changed.cpython-311.pyc",
			"p/__pycache__/changed.cpython-311.pyc" },
		{ "var/task/p/__pycache__/unknown.cpython-311.pyc", "none" },
		{ "bin/tool", "bin/tool" }, { "opt/abs.py", "opt/abs.py" }, { "p/a.py", "none" },
		{ "var/task/p", "none" }, { "etc/passwd", "none" }, /* above the root */
	};

	base64_encode(&digest, span_of(d.bytes, 32));
	for (size_t i = 0; i < digest.len; i++) /* for URLs, not padded */
		digest.p[i] = digest.p[i] == '+' ? '-' : digest.p[i] == '/' ? '_' : digest.p[i];
	digest.len--;
	buf_printf(&record,
		"p/a.py,sha256=%.*s,7\r\np/changed.py,sha256=BAAAAAAAAAAAAAAA,7\np/"
		"no-digest.txt,,\n"
		"p/other-digest.txt,md5=AAAAAAAAAAAAAA,7\n\"p/a, "
		"b.py\",sha256=%.*s,7\n../../bin/tool,,\n"
		"/opt/abs.py,sha256=%.*s,7\n../../../etc/passwd,,\n,,\n",
		(int)digest.len, digest.p, (int)digest.len, digest.p, (int)digest.len, digest.p);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(
			tree_of("var/task/p-1.dist-info/RECORD", buf_view(&record), cases[i].path),
			cases[i].tree);
	assert_string_equal(
		tree_of("p-1.dist-info/RECORD", SPAN("p/a.py,,\n"), "p/a.py"), "p/a.py");
	assert_string_equal(
		tree_of("var/task/p/RECORD", buf_view(&record), "var/task/p/a.py"), "none");
}

static void of_others(void **state)
{
	(void)state;
#define LOCK(more)                                                                                 \
	"{\"packages\": {\n\"\": {\"name\": \"app\"},\n\"node_modules/a\": {\n\"resolved\": "      \
	"\"https://r.example/a.tgz\"},\n\"node_modules/mine\": {\"resolved\": \"packages/mine\", " \
	"\"link\": true},\n\"node_modules/@s/b\":{\"integrity\": \"sha512-x\"},\n\"node_modules/"  \
	"@s/b/node_modules/c\": {\"version\": \"1\"}" more "}}"
	static const struct {
		const char *record, *text, *path, *tree;
	} cases[] = {
		{ "app/node_modules/.package-lock.json", LOCK(""), "app/node_modules/a/x/y.js",
			"x/y.js" },
		{ "app/package-lock.json", LOCK(""), "app/node_modules/a/y.js", "y.js" },
		{ "package-lock.json", LOCK(""), "node_modules/@s/b/y.js", "y.js" },
		{ "package-lock.json", LOCK(""), "node_modules/@s/b/node_modules/c/y.js",
			"node_modules/c/y.js" },
		{ "app/package-lock.json", LOCK(""), "app/node_modules/mine/y.js", "none" },
		{ "app/package-lock.json", LOCK(""), "app/node_modules/other/y.js", "none" },
		{ "app/package-lock.json", LOCK(""), "app/node_modules/a.js", "none" },
		{ "app/package-lock.json", LOCK(""), "app/node_modules/.env", "none" },
		{ "app/other.json", LOCK(""), "app/node_modules/a/y.js", "none" },
		{ "app/package-lock.json", LOCK(", \"node_modules/z\": {\"integrity\": \"x\"}"),
			"app/node_modules/z/y.js", "y.js" },
		{ "app/package-lock.json", "{\"dependencies\": {\"node_modules/a\": \"^1\"}}",
			"app/node_modules/a/y.js", "none" },
		{ "app/node_modules/a/package.json",
			"{\"name\": \"a\", \"_resolved\": \"https://r.example/a\"}",
			"app/node_modules/a/lib/y.js", "lib/y.js" },
		{ "app/node_modules/a/package.json", "{\"name\": \"a\", \"version\": \"1\"}",
			"app/node_modules/a/lib/y.js", "none" },
		{ "app/a/package.json", "{\"_resolved\": \"https://r.example/a\"}", "app/a/y.js",
			"none" },
		{ "n/node_modules/.yarn-integrity",
			"{\n\"lockfileEntries\": {\n    \"@s/a@^1.0\": "
			"\"https://r.example/a.tgz#x\",\n  \"b@file:x\": "
			"\"\"\n}}",
			"n/node_modules/@s/a/y.js", "y.js" },
		{ "n/node_modules/.yarn-integrity",
			"{\n\"lockfileEntries\": {\n    \"b@file:x\": \"\"\n}}",
			"n/node_modules/b/y.js", "none" },
		{ "n/node_modules/.yarn-state.yml",
			"\"a@npm:1.0\":\n  locations:\n    - "
			"\"node_modules/a\"\n\n\"b@workspace:.\":\n  locations:\n  "
			"  - \"node_modules/b\"\n",
			"n/node_modules/a/y.js", "y.js" },
		{ "n/node_modules/.yarn-state.yml",
			"\"b@workspace:.\":\n  locations:\n    - \"node_modules/b\"\n",
			"n/node_modules/b/y.js", "none" },
		{ "n/node_modules/.modules.yaml", "{}",
			"n/node_modules/.pnpm/a@1/node_modules/a/y.js", "a@1/node_modules/a/y.js" },
		{ "n/node_modules/.modules.yaml", "{}", "n/node_modules/b/y.js", "none" },
		{ "g/specifications/a-1.gemspec", "Gem::Specification.new do |s|",
			"g/gems/a-1/lib/y.rb", "lib/y.rb" },
		{ "g/specifications/default/a-1.gemspec", "Gem::Specification.new do |s|",
			"g/gems/a-1/y.rb", "y.rb" },
		{ "g/specifications/a-1.gemspec", "", "g/gems/a-1/y.rb", "none" },
		{ "g/specifications/a-1.gemspec", "Gem::Specification.new", "g/gems/b-1/y.rb",
			"none" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(
			tree_of(cases[i].record, span_str(cases[i].text), cases[i].path),
			cases[i].tree);
}

/* Whatever its content is; nothing of another layer, since that has no record here. */
static void programs_are_marked(void **state)
{
	static const struct {
		const char *path;
		bool is_listed;
	} cases[] = {
		{ "bin/tool", true },
		{ "usr/site-packages/p/run", true },
		{ "usr/site-packages/q/run", false },
		{ "bin/other", false },
	};
	scoped_look struct look l;

	(void)state;
	look_init(&l);
	look_at(&l, SPAN("usr/site-packages/p-1.dist-info/RECORD"), 0644,
		SPAN("p/run,,\n../../bin/"
		     "tool,sha256=BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA,1\n"));
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		look_at(&l, span_str(cases[i].path), 0755, SPAN("#!/bin/sh\n"));
	listed_settle(&l.out);
	assert_int_equal(l.part.execs.n, sizeof(cases) / sizeof(*cases));
	for (size_t i = 0; i < l.part.execs.n; i++)
		if (!(l.part.execs.p[i].flags & EXEC_LISTED) == cases[i].is_listed)
			fail_msg("%s", cases[i].path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(programs_are_marked),
		cmocka_unit_test(of_pip),
		cmocka_unit_test(of_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
