/* language_spdx.c - SPDX documents in which a builder says what it put into an image: packages
 * whose package URL is of its own type. Others in them are known by records of their own.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/language.h"

#include "syntax/json.h"

/* Its package URL of the type, or empty. */
static struct span url_of(const struct json *package, struct span type)
{
	const struct json *refs = json_get(package, "externalRefs");

	for (size_t i = 0; i < json_count(refs); i++) {
		struct span url = json_get_text(json_at(refs, i), "referenceLocator");

		if (span_eq(json_get_text(json_at(refs, i), "referenceType"), SPAN("purl")) &&
			span_starts(url, type))
			return url;
	}
	return (struct span){ 0 };
}

static struct span arch_in(struct span url)
{
	static const struct span key = SPAN_INIT("arch=");
	struct span rest = span_from(url, span_find(url, '?') + 1), word;

	while (span_split(&rest, '&', &word))
		if (span_starts(word, key))
			return span_from(word, key.len);
	return (struct span){ 0 };
}

static int read_spdx(const struct language_record *r, struct span type, struct scov_err *err)
{
	static const struct span unknown = SPAN_INIT("NOASSERTION");
	const struct json *root, *list;
	int damage = 0, code = language_json(r, &root, err);
	bool any = false;

	if (code)
		return code;
	list = json_get(root, "packages");
	for (size_t i = 0; i < json_count(list) && !code; i++) {
		const struct json *v = json_at(list, i);
		struct span url = url_of(v, type);
		struct language_package p = {
			.name = json_get_text(v, "name"),
			.version = json_get_text(v, "versionInfo"),
			.license = json_get_text(v, "licenseDeclared"),
			.arch = arch_in(url),
		};

		if (span_eq(p.license, unknown))
			p.license = (struct span){ 0 };
		any = any || url.len;
		if (url.len)
			code = language_one(r, &p, &damage, err);
	}
	if (!code && !any)
		return err_fail(err, SCOV_E_FORMAT, "no package of the builder's");
	return code ? code : damage;
}

int language_bitnami(const struct language_record *r, struct scov_err *err)
{
	return read_spdx(r, SPAN("pkg:bitnami/"), err);
}

int language_apk(const struct language_record *r, struct scov_err *err)
{
	return read_spdx(r, SPAN("pkg:apk/"), err);
}
