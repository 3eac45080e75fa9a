/* language_bitnami.c - the SPDX documents in which Bitnami says what it built: packages whose
 * package URL is of type bitnami. Others in them are known by records of their own.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/language.h"

#include "syntax/json.h"

static bool is_bitnami(const struct json *package)
{
	const struct json *refs = json_get(package, "externalRefs");

	for (size_t i = 0; i < json_count(refs); i++)
		if (span_eq(json_get_text(json_at(refs, i), "referenceType"), SPAN("purl")) &&
			span_starts(json_get_text(json_at(refs, i), "referenceLocator"),
				SPAN("pkg:bitnami/")))
			return true;
	return false;
}

int language_bitnami(const struct language_record *r, struct scov_err *err)
{
	const struct json *root, *list;
	int code = language_json(r, &root, err);

	if (code)
		return code;
	list = json_get(root, "packages");
	for (size_t i = 0; i < json_count(list) && !code; i++) {
		const struct json *v = json_at(list, i);
		struct language_package p = {
			.name = json_get_text(v, "name"),
			.version = json_get_text(v, "versionInfo"),
			.license = json_get_text(v, "licenseDeclared"),
		};

		if (is_bitnami(v))
			code = language_found(r, &p, err);
	}
	return code;
}
