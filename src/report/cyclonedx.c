/* cyclonedx.c - a bill of materials as CycloneDX 1.6 JSON.
 *
 * The same image gives the same bytes: the serial number is of its digest, the time is the
 * config's. Source: https://cyclonedx.org/docs/1.6/json/. The properties of our own are in
 * doc/formats/sbom.md.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "base/err.h"
#include "report/components.h"
#include "report/json_parts.h"
#include "report/table.h"

static void property(void *ctx, const char *name, struct span value)
{
	struct json_out *w = ctx;

	json_out_dict(w);
	json_member_str(w, "name", name);
	json_member(w, "value", value);
	json_out_end(w);
}

static void licences(struct json_out *w, struct span text)
{
	enum licence_kind kind = licence_kind(text);

	if (kind == LICENCE_NONE)
		return;
	json_out_key(w, "licenses");
	json_out_list(w);
	json_out_dict(w);
	if (kind == LICENCE_EXPRESSION) {
		json_member(w, "expression", text);
	} else {
		json_out_key(w, "license");
		json_out_dict(w);
		json_member(w, kind == LICENCE_ID ? "id" : "name", text);
		json_out_end(w);
	}
	json_out_end(w);
	json_out_end(w);
}

/* What is before the name in a package's own way of writing it. */
static struct span group_of(const struct package_fact *p, struct span *name)
{
	char separator = package_row(p->type)->space;
	size_t at = separator ? span_rfind(p->name, (uint8_t)separator) : p->name.len;

	*name = at < p->name.len ? span_from(p->name, at + 1) : p->name;
	return at < p->name.len ? span_sub(p->name, 0, at) : (struct span){ 0 };
}

static void component(
	struct json_out *w, const struct report *r, const struct components *c, size_t i)
{
	const struct image_package *p = &r->image->packages.p[i];
	struct span name, group = group_of(p->fact, &name);

	json_out_dict(w);
	json_member_str(w, "type", p->fact->type == PACKAGE_BINARY ? "application" : "library");
	json_member(w, "bom-ref", c->refs[i]);
	if (group.len)
		json_member(w, "group", group);
	json_member(w, "name", name);
	json_member(w, "version", p->fact->version);
	licences(w, p->fact->license);
	json_member(w, "purl", c->purls[i]);
	json_out_key(w, "properties");
	json_out_list(w);
	component_properties(r->image, p, property, w);
	json_out_end(w);
	json_out_end(w);
}

static void system_component(struct json_out *w, const struct image_facts *f)
{
	if (!f->distribution.is_known)
		return;
	json_out_dict(w);
	json_member_str(w, "type", "operating-system");
	json_member_str(w, "bom-ref", "operating-system");
	json_member(w, "name", f->distribution.id);
	json_member(w, "version", f->distribution.version_id);
	if (f->distribution.pretty_name.len)
		json_member(w, "description", f->distribution.pretty_name);
	json_out_key(w, "properties");
	json_out_list(w);
	component_system(&f->distribution, property, w);
	json_out_end(w);
	json_out_end(w);
}

static void subject(struct json_out *w, const struct report *r)
{
	char digest[DIGEST_TEXT];
	const struct digest *d = &r->image->manifest_digest;

	json_out_key(w, "component");
	json_out_dict(w);
	json_member_str(w, "type", "container");
	json_member_str(w, "bom-ref", "image");
	json_member(w, "name", r->reference.len ? r->reference : SPAN("image"));
	json_member_str(
		w, "version", digest_format(d->algorithm ? d : &r->image->config_digest, digest));
	if (image_unlisted(r->image).len) {
		json_out_key(w, "properties");
		json_out_list(w);
		property(w, "scoville:incomplete", image_unlisted(r->image));
		json_out_end(w);
	}
	json_out_end(w);
}

static void metadata(struct json_out *w, const struct report *r, const struct components *c)
{
	json_out_key(w, "metadata");
	json_out_dict(w);
	if (c->created[0])
		json_member_str(w, "timestamp", c->created);
	json_out_key(w, "tools");
	json_out_dict(w);
	json_out_key(w, "components");
	json_out_list(w);
	json_out_dict(w);
	json_member_str(w, "type", "application");
	json_member_str(w, "name", "scoville");
	json_member_str(w, "version", SCOV_VERSION);
	json_out_end(w);
	json_out_end(w);
	json_out_end(w);
	subject(w, r);
	json_out_end(w);
}

static struct span ref_of(const struct components *c, uint32_t i)
{
	return i == IMAGE_ITSELF ? SPAN("image") : c->refs[i];
}

/* In CycloneDX what holds something depends on it. */
static void dependencies(struct json_out *w, const struct components *c)
{
	json_out_key(w, "dependencies");
	json_out_list(w);
	for (size_t i = 0; i < c->edges.n;) {
		uint32_t from = c->edges.p[i].from;

		json_out_dict(w);
		json_member(w, "ref", ref_of(c, from));
		json_out_key(w, "dependsOn");
		json_out_list(w);
		/* What is held is of a language, what is needed of the system: none is both. */
		for (; i < c->edges.n && c->edges.p[i].from == from; i++)
			json_out_text(w, c->refs[c->edges.p[i].to]);
		json_out_end(w);
		json_out_end(w);
	}
	json_out_end(w);
}

/* Whether the list has all; a reader takes what is not stated for unknown. */
static void compositions(struct json_out *w, const struct image_facts *f)
{
	json_out_key(w, "compositions");
	json_out_list(w);
	json_out_dict(w);
	json_member_str(w, "aggregate", image_unlisted(f).len ? "incomplete" : "unknown");
	json_out_key(w, "assemblies");
	json_out_list(w);
	json_out_str(w, "image");
	json_out_end(w);
	json_out_end(w);
	json_out_end(w);
}

static int write_one(const struct report *r, const struct write_options *o, struct buf *out,
	struct scov_err *err)
{
	scoped_components struct components c = { 0 };
	struct json_out w = { .out = out };
	char serial[sizeof("urn:uuid:") + sizeof(c.uuid)];
	int code = components_of(r, &c, err);

	(void)o;
	if (code)
		return code;
	snprintf(serial, sizeof(serial), "urn:uuid:%s", c.uuid);
	json_out_dict(&w);
	json_member_str(&w, "$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json");
	json_member_str(&w, "bomFormat", "CycloneDX");
	json_member_str(&w, "specVersion", "1.6");
	json_member_str(&w, "serialNumber", serial);
	json_member_int(&w, "version", 1);
	metadata(&w, r, &c);
	json_out_key(&w, "components");
	json_out_list(&w);
	system_component(&w, r->image);
	for (size_t i = 0; i < r->image->packages.n; i++)
		component(&w, r, &c, i);
	json_out_end(&w);
	dependencies(&w, &c);
	compositions(&w, r->image);
	json_out_end(&w);
	buf_byte(out, '\n');
	return out->failed ? err_memory(err) : 0;
}

const struct writer cyclonedx_writer = {
	.name = "cyclonedx",
	.help = "a bill of materials: CycloneDX 1.6 JSON",
	.write = write_one,
};
