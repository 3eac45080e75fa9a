/* sbom_others.c - SPDX 3.0 as JSON-LD, and Syft's own JSON.
 *
 * Sources: spdx.github.io/spdx-spec/v3.0.1, serialisation; anchore/syft,
 * schema/json/schema-16.json.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/err.h"
#include "report/sbom_parts.h"

/* ---- SPDX 3 ---------------------------------------------------------------------------------- */

static struct span first_text(const struct json *v)
{
	return json_is(v, JSON_LIST) ? json_text(json_at(v, 0)) : json_text(v);
}

static bool is_type(const struct json *v, const char *type)
{
	struct span t = json_get_text(v, "type");

	return span_eq(t.len ? t : json_get_text(v, "@type"), span_str(type));
}

/* The first root of the first element of the type that is `from`, or any where that is empty. */
static struct span root_of(const struct json *graph, const char *type, struct span from)
{
	for (size_t i = 0; i < json_count(graph); i++) {
		const struct json *v = json_at(graph, i);

		if (is_type(v, type) && (!from.len || span_eq(json_get_text(v, "spdxId"), from)))
			return first_text(json_get(v, "rootElement"));
	}
	return (struct span){ 0 };
}

static struct span purl_in(const struct json *package)
{
	const struct json *ids = json_get(package, "externalIdentifier");
	struct span purl = json_get_text(package, "software_packageUrl");

	for (size_t i = 0; i < json_count(ids) && !purl.len; i++)
		if (span_eq(json_get_text(json_at(ids, i), "externalIdentifierType"),
			    SPAN("packageUrl")))
			purl = json_get_text(json_at(ids, i), "identifier");
	return purl;
}

static int take_package(
	struct sbom_reading *r, const struct json *v, struct span root, struct span *out_name)
{
	struct span purpose = json_get_text(v, "software_primaryPurpose"),
		    id = json_get_text(v, "spdxId");
	const struct sbom_component c = { .name = json_get_text(v, "name"),
		.version = json_get_text(v, "software_packageVersion"),
		.purl = purl_in(v),
		.comment = json_get_text(v, "comment"),
		.source_info = json_get_text(v, "software_sourceInfo") };

	if (!c.name.len)
		return err_fail(r->err, SCOV_E_FORMAT, "SPDX: a package without a name");
	if (span_eq(purpose, SPAN("operatingSystem"))) {
		sbom_take_system(r, &c, json_get_text(v, "description"));
		return 0;
	}
	if (!out_name->len && id.len && span_eq(id, root)) {
		*out_name = c.name;
		sbom_take_digest(r, c.version);
		sbom_take_digest(r, c.purl);
		if (!c.purl.len || span_starts(c.purl, SPAN("pkg:oci/")))
			return 0;
	}
	if (span_has_word(SPAN("container file source"), purpose))
		return 0;
	return sbom_take(r, &c);
}

static struct span version_in(const struct json *graph)
{
	struct span version = { 0 };

	for (size_t i = 0; i < json_count(graph) && !version.len; i++)
		if (is_type(json_at(graph, i), "CreationInfo"))
			version = json_get_text(json_at(graph, i), "specVersion");
	return version;
}

int sbom_read_spdx3(struct sbom_reading *r, const struct json *graph, struct span *out_name)
{
	struct span root = root_of(graph, "SpdxDocument", (struct span){ 0 }),
		    inner = root_of(graph, "software_Sbom", root);
	int code = 0;

	if (!json_is(graph, JSON_LIST) || !span_starts(version_in(graph), SPAN("3.0")))
		return err_fail(r->err, SCOV_E_UNSUPPORTED, "SPDX of another version than 3.0");
	for (size_t i = 0; i < json_count(graph) && !code; i++)
		if (is_type(json_at(graph, i), "software_Package"))
			code = take_package(
				r, json_at(graph, i), inner.len ? inner : root, out_name);
	return code;
}

/* ---- Syft ------------------------------------------------------------------------------------ */

static struct span licence_in(const struct json *list)
{
	const struct json *first = json_at(list, 0);
	struct span text = json_get_text(first, "spdxExpression");

	text = text.len ? text : json_get_text(first, "value");
	return text.len ? text : json_text(first);
}

static int take_artifact(struct sbom_reading *r, const struct json *v)
{
	const struct sbom_component c = { .name = json_get_text(v, "name"),
		.version = json_get_text(v, "version"),
		.purl = json_get_text(v, "purl"),
		.licence = licence_in(json_get(v, "licenses")) };

	if (!c.name.len)
		return err_fail(r->err, SCOV_E_FORMAT, "Syft: a package without a name");
	return sbom_take(r, &c);
}

int sbom_read_syft(struct sbom_reading *r, const struct json *doc, struct span *out_name)
{
	const struct json *list = json_get(doc, "artifacts"), *source = json_get(doc, "source"),
			  *distro = json_get(doc, "distro");
	const struct sbom_component system = { .name = json_get_text(distro, "id"),
		.version = json_get_text(distro, "versionID") };
	int code = 0;

	if (!json_is(list, JSON_LIST))
		return err_fail(r->err, SCOV_E_FORMAT, "Syft: \"artifacts\" is not a list");
	*out_name = json_get_text(json_get(source, "metadata"), "userInput");
	if (!out_name->len)
		*out_name = json_get_text(source, "name");
	sbom_take_digest(r, json_get_text(json_get(source, "metadata"), "manifestDigest"));
	if (system.name.len)
		sbom_take_system(r, &system, json_get_text(distro, "prettyName"));
	for (size_t i = 0; i < json_count(list) && !code; i++)
		code = take_artifact(r, json_at(list, i));
	return code;
}
