/* language_npm.c - package.json of a package in node_modules, and of a project.
 *
 * A package is node_modules/NAME or node_modules/@SCOPE/NAME, in the folder of another package or
 * in a store (node_modules/.pnpm/ID/node_modules/NAME). What lies deeper in a package (tests,
 * examples) is not installed. Outside node_modules a package.json is a project's: the join looks
 * whether it was installed. One without a version only says how its folder is read.
 * Source: "Folders" of the npm documentation.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/language.h"

static const struct span modules = SPAN_INIT("node_modules");

/* The names of a path up to the next node_modules, which is eaten. False: there is none; then
 * *names is the rest. */
static bool up_to_modules(struct span *rest, struct span *names)
{
	struct span whole = *rest, name;

	while (span_split(rest, '/', &name))
		if (span_eq(name, modules)) {
			size_t n = (size_t)(name.p - whole.p);

			*names = span_sub(whole, 0, n ? n - 1 : 0);
			return true;
		}
	*names = whole;
	return false;
}

/* NAME or @SCOPE/NAME; in between also the folder of a store: .STORE/ID. */
static bool is_package(struct span names, bool is_between)
{
	struct span first, second = { 0 };

	if (!span_split(&names, '/', &first))
		return false;
	span_split(&names, '/', &second);
	if (names.len || span_eq(first, SPAN("@")))
		return false;
	if (span_at(first, 0) == '@')
		return second.len > 0;
	if (span_at(first, 0) == '.')
		return is_between && second.len;
	return first.len && !second.len;
}

bool language_npm_is_record(struct span path)
{
	struct span rest = span_dir(path), names;

	if (!up_to_modules(&rest, &names))
		return true;
	while (up_to_modules(&rest, &names))
		if (!is_package(names, true))
			return false;
	return is_package(names, false);
}

int language_npm(const struct language_record *r, struct scov_err *err)
{
	struct span rest = span_dir(r->path), names, old = { 0 };
	struct language_package p = { .is_main = !up_to_modules(&rest, &names) };
	const struct language_member members[] = {
		{ "name", &p.name, NULL },
		{ "version", &p.version, NULL },
		{ "license", &p.license, NULL },
		{ "licenses", &old, NULL },
	};
	int code = language_members(r, members, sizeof(members) / sizeof(*members), err);

	p.license = p.license.len ? p.license : old;
	if (code || (p.is_main && !p.version.len))
		return code;
	return language_found(r, &p, err); /* one that is installed runs without a version too */
}
