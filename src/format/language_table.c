/* language_table.c - the records by which packages of languages are known: one row each.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/language.h"

#include "base/glob.h"

static const struct language_format formats[] = {
	{ "python", { "**/*.dist-info/METADATA", "**/*.egg-info/PKG-INFO", "**/EGG-INFO/PKG-INFO" },
		language_python_is_record, language_python },
	{ "python", { "**/*.egg-info" }, language_python_is_record, language_python },
	{ "python", { "**/*.egg" }, language_python_is_record, language_egg },
	{ "npm", { "**/package.json" }, language_npm_is_record, language_npm },
	{ "gem", { "**/specifications/*.gemspec", "**/specifications/default/*.gemspec" }, NULL,
		language_gem },
	{ "composer", { "**/composer/installed.json" }, NULL, language_composer },
	{ "nuget", { "**/*.deps.json" }, NULL, language_nuget },
	{ "conda", { "**/conda-meta/*.json" }, NULL, language_conda },
	{ "jdk", { "**/release" }, NULL, language_jdk },
	{ "bitnami", { "opt/bitnami/*/.spdx-*.spdx", "opt/bitnami/**/.spdx.json" }, NULL,
		language_bitnami },
	{ "opam", { "**/.opam-switch/packages/*/opam" }, NULL, language_opam },
	{ "cran", { "**/library/*/DESCRIPTION", "**/site-library/*/DESCRIPTION" }, NULL,
		language_cran },
	{ "binary", { "**/ebin/rabbit.app" }, NULL, language_rabbitmq },
};

/* Most paths of a layer end otherwise than any pattern. */
static bool matches(struct span path, const char *pattern)
{
	struct span p = span_str(pattern), tail = span_base(span_from(p, span_rfind(p, '*') + 1));

	return span_ends(path, tail) && glob_match(p, path);
}

const struct language_format *language_format_of(struct span path)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++)
		for (size_t k = 0; k < LANGUAGE_PATHS_MAX && formats[i].paths[k]; k++)
			if (matches(path, formats[i].paths[k]) &&
				(!formats[i].is_record || formats[i].is_record(path)))
				return &formats[i];
	return NULL;
}
