/* path.c - what a path says of a secret: documentation, and tests of somebody's package.
 *
 * Test and example folders count only inside a package's own tree: an image's own "test" folder may
 * well hold what its makers use. Source of the folder names: where the package managers of Python,
 * Node.js, Go, Ruby, PHP, Rust, Perl and the Java tools install to.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "judge/parts.h"

/* Everything below is for people to read. */
static const struct span document_heads[] = {
	SPAN_INIT("usr/share/doc/"),
	SPAN_INIT("usr/share/man/"),
	SPAN_INIT("usr/share/info/"),
	SPAN_INIT("usr/share/gtk-doc/"),
	SPAN_INIT("usr/local/share/doc/"),
	SPAN_INIT("usr/local/share/man/"),
	SPAN_INIT("usr/local/share/info/"),
	SPAN_INIT("usr/local/man/"),
	SPAN_INIT("usr/man/"),
};

/* A package's own tree lies below a folder of this name. */
static const struct span tree_names[] = {
	SPAN_INIT("site-packages"),
	SPAN_INIT("dist-packages"),
	SPAN_INIT("node_modules"),
	SPAN_INIT("gems"),
	SPAN_INIT("rubygems"),
	SPAN_INIT("perl5"),
	SPAN_INIT("rustlib"),
};

/* ... or of these names behind each other. */
static const struct span tree_paths[] = {
	SPAN_INIT("/pkg/mod/"),
	SPAN_INIT("/usr/local/go/"),
	SPAN_INIT("/usr/lib/go/"),
	SPAN_INIT("/usr/lib/golang/"),
	SPAN_INIT("/usr/lib/ruby/"),
	SPAN_INIT("/usr/local/lib/ruby/"),
	SPAN_INIT("/.cargo/registry/"),
	SPAN_INIT("/usr/local/cargo/registry/"),
	SPAN_INIT("/usr/local/lib/php/"),
	SPAN_INIT("/usr/share/php/"),
	SPAN_INIT("/.m2/repository/"),
};

static const struct span test_names[] = {
	SPAN_INIT("test"),
	SPAN_INIT("tests"),
	SPAN_INIT("testing"),
	SPAN_INIT("testdata"),
	SPAN_INIT("test-data"),
	SPAN_INIT("test_data"),
	SPAN_INIT("testsuite"),
	SPAN_INIT("__tests__"),
	SPAN_INIT("spec"),
	SPAN_INIT("specs"),
	SPAN_INIT("fixture"),
	SPAN_INIT("fixtures"),
	SPAN_INIT("__fixtures__"),
	SPAN_INIT("example"),
	SPAN_INIT("examples"),
	SPAN_INIT("sample"),
	SPAN_INIT("samples"),
	SPAN_INIT("demo"),
	SPAN_INIT("demos"),
	SPAN_INIT("mock"),
	SPAN_INIT("mocks"),
	SPAN_INIT("dummyserver"),
	SPAN_INIT("testcert"),
};

#define ROWS(t) (sizeof(t) / sizeof(*(t)))

static bool is_one_of(struct span name, const struct span *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_eq_nocase(name, rows[i]))
			return true;
	return false;
}

/* "python3.12": the standard library lies in it, as its packages do. */
static bool is_python(struct span name)
{
	struct span number = span_from(name, SPAN("python3.").len);
	uint64_t n;

	return span_starts(name, SPAN("python3.")) && span_number(number, 10, 99, &n);
}

/* "vendor" is what Go, Ruby and PHP call it, and what anybody may: they have a host, "bundle", or
 * code of PHP in it. */
static bool is_vendor(struct span name, struct span rest)
{
	struct span path = rest, next = { 0 };

	span_split(&rest, '/', &next);
	return span_eq(name, SPAN("vendor")) &&
	       (span_find(next, '.') < next.len || span_eq(next, SPAN("bundle")) ||
		       span_eq(next, SPAN("composer")) || span_ends(path, SPAN(".php")));
}

/* Offset behind the folder that begins a package's own tree; path.len: none. */
static size_t tree_start(struct span path)
{
	struct span rest = path, name;

	for (size_t i = 0; i < ROWS(tree_paths); i++) {
		struct span head = span_from(tree_paths[i], 1);
		size_t at = span_find_span(path, tree_paths[i]);

		if (span_starts(path, head))
			return head.len;
		if (at < path.len)
			return at + tree_paths[i].len;
	}
	while (span_split(&rest, '/', &name))
		if (rest.len && (is_one_of(name, tree_names, ROWS(tree_names)) || is_python(name) ||
					is_vendor(name, rest)))
			return path.len - rest.len;
	return path.len;
}

static struct span test_folder(struct span path)
{
	struct span name;

	while (span_split(&path, '/', &name))
		if (path.len && is_one_of(name, test_names, ROWS(test_names)))
			return name;
	return (struct span){ 0 };
}

/* Files that are tests by the naming rules of the test runners of Go, Python and JavaScript. */
static bool is_test_file(struct span name)
{
	static const struct span tails[] = {
		SPAN_INIT("_test.go"),
		SPAN_INIT("_test.py"),
		SPAN_INIT(".test.js"),
		SPAN_INIT(".spec.js"),
		SPAN_INIT(".test.ts"),
		SPAN_INIT(".spec.ts"),
	};

	for (size_t i = 0; i < ROWS(tails); i++)
		if (span_ends(name, tails[i]))
			return true;
	return span_starts(name, SPAN("test_")) && span_ends(name, SPAN(".py"));
}

static struct span test_in(struct span tree)
{
	struct span name = span_base(tree), folder = test_folder(tree);

	if (folder.len)
		return folder;
	return is_test_file(name) || span_ends(name, SPAN(".md")) || span_ends(name, SPAN(".rst"))
		       ? name
		       : (struct span){ 0 };
}

bool path_is_published(struct span path)
{
	return tree_start(path) < path.len;
}

struct span path_class(struct span path, struct span member, bool is_owned, bool *is_test)
{
	size_t start = is_owned ? 0 : tree_start(path);
	struct span in_archive = span_from(member, span_rfind(member, '!'));
	struct span found = { 0 };

	*is_test = false;
	for (size_t i = 0; i < ROWS(document_heads); i++)
		if (span_starts(path, document_heads[i]))
			return document_heads[i];
	if (start < path.len || is_owned) {
		found = test_in(span_from(path, start));
		if (!found.len && member.len)
			found = test_in(in_archive.len ? span_from(in_archive, 1) : member);
		*is_test = found.len > 0;
	}
	if (!found.len && (span_ends(path, SPAN(".js.map")) || span_ends(path, SPAN(".css.map"))))
		found = span_base(path);
	return found;
}
