/* path.c - what a path says of a secret: documentation, and tests of somebody's package.
 *
 * Test and example folders count only inside a package's own tree: an image's own "test" folder may
 * well hold what its makers use. The names are in data/secrets/places.rules.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "judge/parts.h"

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

/* Offset after the folder that begins a package's own tree; path.len: none. */
static size_t tree_start(const struct lexicon *l, struct span path, uint32_t tree)
{
	struct span rest = path, name;
	size_t n;
	const struct span *trees = lexicon_phrases(l, WORDS_TREE_PATH, &n);

	if (tree)
		return tree - 1;
	while (span_split(&rest, '/', &name))
		if (rest.len && lexicon_in(lexicon_of(l, name), WORDS_TREE_RECORDED))
			return path.len;
	rest = path;
	for (size_t i = 0; i < n; i++) {
		struct span head = span_from(trees[i], 1);
		size_t at = span_find_span(path, trees[i]);

		if (span_starts(path, head))
			return head.len;
		if (at < path.len)
			return at + trees[i].len;
	}
	while (span_split(&rest, '/', &name))
		if (rest.len && (lexicon_in(lexicon_of(l, name), WORDS_TREE) || is_python(name) ||
					is_vendor(name, rest)))
			return path.len - rest.len;
	return path.len;
}

static struct span test_folder(const struct lexicon *l, struct span path)
{
	struct span name;

	while (span_split(&path, '/', &name))
		if (path.len && lexicon_in(lexicon_of(l, name), WORDS_TEST_FOLDER))
			return name;
	return (struct span){ 0 };
}

static struct span test_in(const struct lexicon *l, struct span tree)
{
	struct span name = span_base(tree), folder = test_folder(l, tree);

	if (folder.len)
		return folder;
	return lexicon_in(lexicon_of(l, name), WORDS_TEST_FILE) ||
			       (span_starts(name, SPAN("test_")) && span_ends(name, SPAN(".py")))
		       ? name
		       : (struct span){ 0 };
}

bool path_is_published(const struct lexicon *l, struct span path, uint32_t tree)
{
	return tree_start(l, path, tree) < path.len;
}

bool path_is_credential(const struct lexicon *l, struct span path)
{
	bool is_test;
	size_t n;
	const struct span *ends = lexicon_phrases(l, WORDS_CREDENTIAL_PATH, &n);

	for (size_t i = 0; i < n; i++) {
		struct span end = ends[i], name = span_from(end, 1);

		if (span_ends(path, end) || span_eq(path, name))
			return !path_is_published(l, path, 0) &&
			       !path_class(l, path, (struct span){ 0 }, false, 0, &is_test).len;
	}
	return false;
}

static struct span document_in(const struct lexicon *l, struct span path)
{
	size_t n;
	const struct span *heads = lexicon_phrases(l, WORDS_DOCUMENTS, &n);

	for (size_t i = 0; i < n; i++)
		if (span_starts(path, heads[i]))
			return heads[i];
	return (struct span){ 0 };
}

/* By its name: source maps are text of others wherever they are, the rest where a package has it.
 */
static bool is_document(const struct lexicon *l, struct span path, bool is_of_package)
{
	struct span name = span_base(path);

	return span_ends(path, SPAN(".js.map")) || span_ends(path, SPAN(".css.map")) ||
	       (is_of_package && lexicon_in(lexicon_of(l, name), WORDS_DOCUMENT_FILE));
}

struct span path_class(const struct lexicon *l, struct span path, struct span member, bool is_owned,
	uint32_t tree, bool *is_test)
{
	size_t start = is_owned ? 0 : tree_start(l, path, tree);
	struct span in_archive = span_from(member, span_rfind(member, '!'));
	struct span found = document_in(l, path);

	*is_test = false;
	if (found.len)
		return found;
	if (start < path.len || is_owned) {
		found = test_in(l, span_from(path, start));
		if (!found.len && member.len)
			found = test_in(l, in_archive.len ? span_from(in_archive, 1) : member);
		*is_test = found.len > 0;
	}
	if (!found.len && is_document(l, path, start < path.len || is_owned))
		found = span_base(path);
	return found;
}
