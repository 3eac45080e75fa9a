/* sbom_read.c - bills of materials read back.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "report/sbom_read.h"

#include <string.h>

#include "base/err.h"
#include "format/purl.h"
#include "report/components.h"
#include "report/sbom_parts.h"

#define BAD(r, code, ...) err_fail((r)->err, code, __VA_ARGS__)

/* ---- CycloneDX ------------------------------------------------------------------------------- */

static struct span licence_of(const struct json *list)
{
	const struct json *first = json_at(list, 0), *one = json_get(first, "license");
	struct span text = json_get_text(first, "expression");

	text = text.len ? text : json_get_text(one, "id");
	return text.len ? text : json_get_text(one, "name");
}

static int take_components(struct sbom_reading *r, const struct json *list, unsigned depth);

static int take_component(struct sbom_reading *r, const struct json *v, unsigned depth)
{
	struct span type = json_get_text(v, "type");
	const struct sbom_component c = { .group = json_get_text(v, "group"),
		.name = json_get_text(v, "name"),
		.version = json_get_text(v, "version"),
		.purl = json_get_text(v, "purl"),
		.licence = licence_of(json_get(v, "licenses")),
		.properties = json_get(v, "properties") };
	int code = 0;

	if (!json_is(v, JSON_DICT) || !json_is(json_get(v, "name"), JSON_TEXT))
		return BAD(r, SCOV_E_FORMAT, "CycloneDX: a component without a name");
	if (span_eq(type, SPAN("operating-system")))
		sbom_take_system(r, &c, json_get_text(v, "description"));
	else if (c.purl.len || span_has_word(SPAN("library application framework platform"), type))
		code = sbom_take(r, &c);
	return code ? code : take_components(r, json_get(v, "components"), depth + 1);
}

static int take_components(struct sbom_reading *r, const struct json *list, unsigned depth)
{
	int code = 0;

	if (!list)
		return 0;
	if (depth > SBOM_DEPTH_MAX)
		return BAD(r, SCOV_E_LIMIT, "CycloneDX: components nested deeper than %d",
			SBOM_DEPTH_MAX);
	if (!json_is(list, JSON_LIST))
		return BAD(r, SCOV_E_FORMAT, "CycloneDX: \"components\" is not a list");
	for (size_t i = 0; i < json_count(list) && !code; i++)
		code = take_component(r, json_at(list, i), depth);
	return code;
}

static void take_compositions(struct sbom_reading *r, const struct json *list)
{
	for (size_t i = 0; i < json_count(list); i++)
		if (span_starts(json_get_text(json_at(list, i), "aggregate"), SPAN("incomplete")))
			r->reason = SPAN("the SBOM says that it is incomplete");
}

static int read_cyclonedx(struct sbom_reading *r, const struct json *doc, struct span *out_name)
{
	const struct json *subject = json_get(json_get(doc, "metadata"), "component");
	const struct json *properties = json_get(subject, "properties");
	struct span version = json_get_text(doc, "specVersion");

	if (!span_has_word(SPAN("1.2 1.3 1.4 1.5 1.6 1.7"), version))
		return BAD(r, SCOV_E_UNSUPPORTED, "CycloneDX of another version than 1.2 to 1.7");
	*out_name = json_get_text(subject, "name");
	sbom_take_digest(r, json_get_text(subject, "version"));
	sbom_take_digest(r, json_get_text(subject, "purl"));
	take_compositions(r, json_get(doc, "compositions"));
	if (sbom_property(properties, "scoville:incomplete").len)
		r->reason = sbom_property(properties, "scoville:incomplete");
	return take_components(r, json_get(doc, "components"), 1);
}

/* ---- SPDX ------------------------------------------------------------------------------------ */

static struct span purl_in(const struct json *refs)
{
	for (size_t i = 0; i < json_count(refs); i++)
		if (span_eq(json_get_text(json_at(refs, i), "referenceType"), SPAN("purl")))
			return json_get_text(json_at(refs, i), "referenceLocator");
	return (struct span){ 0 };
}

/* NOASSERTION, NONE and texts that are elsewhere say nothing. */
static struct span declared(struct span licence)
{
	return span_has_word(SPAN("NOASSERTION NONE"), licence) ||
			       span_starts(licence, SPAN("LicenseRef-"))
		       ? (struct span){ 0 }
		       : licence;
}

/* The id of what the document is about; empty: it does not say. */
static struct span subject_of(const struct json *doc)
{
	const struct json *relations = json_get(doc, "relationships");
	struct span id = json_text(json_at(json_get(doc, "documentDescribes"), 0));

	for (size_t i = 0; i < json_count(relations) && !id.len; i++)
		if (span_eq(json_get_text(json_at(relations, i), "relationshipType"),
			    SPAN("DESCRIBES")))
			id = json_get_text(json_at(relations, i), "relatedSpdxElement");
	return id;
}

static int take_package(
	struct sbom_reading *r, const struct json *v, struct span subject, struct span *out_name)
{
	struct span purpose = json_get_text(v, "primaryPackagePurpose"),
		    id = json_get_text(v, "SPDXID");
	const struct sbom_component c = { .name = json_get_text(v, "name"),
		.version = json_get_text(v, "versionInfo"),
		.purl = purl_in(json_get(v, "externalRefs")),
		.licence = declared(json_get_text(v, "licenseDeclared")),
		.comment = json_get_text(v, "comment"),
		.source_info = json_get_text(v, "sourceInfo") };

	if (!c.name.len)
		return BAD(r, SCOV_E_FORMAT, "SPDX: a package without a name");
	if (span_has_word(SPAN("OPERATING_SYSTEM OPERATING-SYSTEM"), purpose)) {
		sbom_take_system(r, &c, json_get_text(v, "description"));
		return 0;
	}
	if (!out_name->len && id.len && span_eq(id, subject)) {
		*out_name = c.name;
		sbom_take_digest(r, c.version);
		sbom_take_digest(r, c.purl);
		if (!c.purl.len || span_starts(c.purl, SPAN("pkg:oci/")))
			return 0;
	}
	/* of Trivy: a file whose packages are packages of their own */
	if (span_has_word(SPAN("CONTAINER FILE SOURCE"), purpose) ||
		(!c.purl.len && span_starts(id, SPAN("SPDXRef-Application-"))))
		return 0;
	return sbom_take(r, &c);
}

static int read_spdx(struct sbom_reading *r, const struct json *doc, struct span *out_name)
{
	const struct json *list = json_get(doc, "packages");
	struct span comment = json_get_text(json_get(doc, "creationInfo"), "comment"),
		    subject = subject_of(doc);
	int code = 0;

	if (!span_has_word(SPAN("SPDX-2.2 SPDX-2.3"), json_get_text(doc, "spdxVersion")))
		return BAD(r, SCOV_E_UNSUPPORTED, "SPDX of another version than 2.2, 2.3 and 3.0");
	if (list && !json_is(list, JSON_LIST))
		return BAD(r, SCOV_E_FORMAT, "SPDX: \"packages\" is not a list");
	if (span_starts(comment, SPAN("incomplete: ")))
		r->reason = span_from(comment, sizeof("incomplete: ") - 1);
	for (size_t i = 0; i < json_count(list) && !code; i++)
		code = take_package(r, json_at(list, i), subject, out_name);
	if (!out_name->len)
		*out_name = json_get_text(doc, "name");
	return code;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void mask_text(struct arena *a, sbom_mask mask, struct span *text)
{
	if (text->len)
		*text = mask(a, *text);
}

static void mask_all(struct image_facts *f, sbom_mask mask, struct arena *a, struct span *name)
{
	static const size_t offsets[] = { offsetof(struct package_fact, name),
		offsetof(struct package_fact, version), offsetof(struct package_fact, arch),
		offsetof(struct package_fact, source),
		offsetof(struct package_fact, source_version),
		offsetof(struct package_fact, vendor), offsetof(struct package_fact, module),
		offsetof(struct package_fact, member), offsetof(struct package_fact, license) };
	struct distribution *d = &f->distribution;
	struct span *texts[] = { name, &d->id, &d->version_id, &d->codename, &d->pretty_name };

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		mask_text(a, mask, texts[i]);
	for (size_t i = 0; i < d->branches.n; i++)
		mask_text(a, mask, &d->branches.p[i]);
	for (size_t i = 0; i < f->packages.n; i++) {
		struct package_fact *fact = (void *)(uintptr_t)f->packages.p[i].fact; /* ours */

		for (size_t k = 0; k < sizeof(offsets) / sizeof(*offsets); k++)
			mask_text(a, mask, (struct span *)(void *)((char *)fact + offsets[k]));
		mask_text(a, mask, &f->packages.p[i].at.path);
		f->packages.p[i].at.member = fact->member;
	}
}

static void settle(struct sbom_reading *r)
{
	static const struct span only = SPAN_INIT("an SBOM lists packages only");
	struct span *why = &r->image->inputs_missing[input_number(INPUT_INVENTORY)];

	for (size_t i = 0; i < INPUTS; i++)
		r->image->inputs_missing[i] = only;
	if (r->reason.len)
		*why = r->reason;
	else if (r->unknown)
		*why = span_str(arena_printf(r->a,
			"%zu component%s of the SBOM could not be matched: no package URL of a "
			"known type, or of another distribution",
			r->unknown, r->unknown == 1 ? "" : "s"));
	else
		r->image->inputs = INPUT_INVENTORY;
}

static struct span format_of(struct sbom_reading *r, const char *name, struct span version)
{
	return span_str(arena_printf(r->a, "%s %.*s", name, SPAN_ARG(version)));
}

static int read_any(struct sbom_reading *r, const struct json *doc, struct sbom_head *head)
{
	const struct json *graph = json_get(doc, "@graph"), *schema = json_get(doc, "schema");
	struct span spdx = json_get_text(doc, "spdxVersion");

	if (span_eq(json_get_text(doc, "bomFormat"), SPAN("CycloneDX"))) {
		head->format = format_of(r, "CycloneDX", json_get_text(doc, "specVersion"));
		return read_cyclonedx(r, doc, &head->name);
	}
	if (spdx.len) {
		head->format = format_of(
			r, "SPDX", span_from(spdx, span_starts(spdx, SPAN("SPDX-")) ? 5 : 0));
		return read_spdx(r, doc, &head->name);
	}
	if (graph) {
		head->format = SPAN("SPDX 3.0");
		return sbom_read_spdx3(r, graph, &head->name);
	}
	if (json_get(doc, "artifacts") && schema) {
		head->format = format_of(r, "Syft", json_get_text(schema, "version"));
		return sbom_read_syft(r, doc, &head->name);
	}
	return BAD(r, SCOV_E_FORMAT, "neither CycloneDX nor SPDX, nor of Syft");
}

int sbom_read(struct span text, sbom_mask mask, struct arena *a, struct image_facts *image,
	struct sbom_head *out, struct scov_err *err)
{
	struct sbom_reading r = { .a = a, .image = image, .err = err };
	const struct json *doc;

	*out = (struct sbom_head){ 0 };
	if (span_at(span_trim(text), 0) != '{')
		return err_fail(err, SCOV_E_UNSUPPORTED,
			"not JSON: CycloneDX and SPDX are read as JSON only");
	int code = json_parse(text, SBOM_SIZE_MAX, a, &doc, err);

	/* older attestations of cosign have the document inside */
	if (!code && json_is(json_get(doc, "Data"), JSON_DICT))
		doc = json_get(doc, "Data");
	if (!code)
		code = read_any(&r, doc, out);
	if (code)
		return code;
	sbom_finish(&r);
	settle(&r);
	mask_all(image, mask, a, &out->name);
	mask_text(a, mask, &out->format);
	return arena_check(a, err);
}
