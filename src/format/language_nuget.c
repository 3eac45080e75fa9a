/* language_nuget.c - NAME.deps.json of .NET: "libraries": { "NAME/VERSION": { "type": ... } }.
 *
 * A package, a runtime that was packed with the program, or the project itself. A reference is a
 * bare library of the project. Source: dotnet/sdk,
 * documentation/specs/runtime-configuration-file.md.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/language.h"

#include "syntax/json.h"

int language_nuget(const struct language_record *r, struct scov_err *err)
{
	static const struct span packed = SPAN_INIT("runtimepack.");
	const struct json *root, *libraries;
	int damage = 0, code = language_json(r, &root, err);

	if (code)
		return code;
	libraries = json_get(root, "libraries");
	if (!json_is(libraries, JSON_DICT))
		return err_fail(err, SCOV_E_FORMAT, "no libraries");
	for (size_t i = 0; i < json_count(libraries) && !code; i++) {
		const struct json *v = json_at(libraries, i);
		struct span type = json_get_text(v, "type"), key = json_name(v);
		size_t slash = span_find(key, '/');
		struct language_package p = {
			.name = span_sub(key, 0, slash),
			.version = span_from(key, slash + 1),
			.is_main = span_eq_nocase(type, SPAN("project")),
		};

		if (span_eq_nocase(type, SPAN("runtimepack"))) {
			if (span_starts(p.name, packed))
				p.name = span_from(p.name, packed.len);
		} else if (!p.is_main && !span_eq_nocase(type, SPAN("package"))) {
			if (!span_starts(type, SPAN("reference")))
				damage = err_fail(err, SCOV_E_FORMAT, "a library of unknown type");
			continue;
		}
		code = language_one(r, &p, &damage, err);
	}
	return code ? code : damage;
}
