/* spdx.c - a bill of materials as SPDX 2.3 JSON.
 *
 * The same image gives the same bytes: the namespace is of its digest, the time is the config's,
 * or 1970 where there is none, since the format asks for one. Source:
 * https://spdx.github.io/spdx-spec/v2.3/.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/ascii.h"
#include "base/err.h"
#include "base/hash.h"
#include "report/components.h"
#include "report/json_parts.h"
#include "report/table.h"

enum { ID_ROOM = 96, NAME_ROOM = 40 };

/* "SPDXRef-deb-libc6-0123456789abcdef": of letters, digits, '.' and '-'. */
static const char *id_of(
	const struct report *r, const struct components *c, uint32_t i, char out[ID_ROOM])
{
	char name[NAME_ROOM];
	size_t n = 0;

	if (i == IMAGE_ITSELF) {
		snprintf(out, ID_ROOM, "SPDXRef-image");
		return out;
	}
	const struct package_fact *p = r->image->packages.p[i].fact;

	for (; n < p->name.len && n + 1 < sizeof(name); n++) {
		uint8_t b = span_at(p->name, n);

		name[n] = ascii_is_alnum(b) || b == '.' ? (char)b : '-';
	}
	name[n] = '\0';
	snprintf(out, ID_ROOM, "SPDXRef-%s-%s-%016" PRIx64, package_row(p->type)->name, name,
		hash_span(hash_fact_key, c->refs[i]));
	return out;
}

static void member_licence(struct json_out *w, const char *key, const struct components *c,
	const struct report *r, uint32_t i)
{
	struct span text = i == IMAGE_ITSELF ? SPAN("") : r->image->packages.p[i].fact->license;
	enum licence_kind kind = licence_kind(text);
	char id[ID_ROOM + 16], package[ID_ROOM];

	if (kind == LICENCE_NONE) {
		json_member_str(w, key, "NOASSERTION");
	} else if (kind == LICENCE_TEXT) {
		snprintf(id, sizeof(id), "LicenseRef-%s", id_of(r, c, i, package) + 8);
		json_member_str(w, key, id);
	} else {
		json_member(w, key, span_trim(text));
	}
}

static void purl_reference(struct json_out *w, struct span purl)
{
	json_out_key(w, "externalRefs");
	json_out_list(w);
	json_out_dict(w);
	json_member_str(w, "referenceCategory", "PACKAGE-MANAGER");
	json_member_str(w, "referenceType", "purl");
	json_member(w, "referenceLocator", purl);
	json_out_end(w);
	json_out_end(w);
}

/* One that would end its line is left out. */
static void comment_line(void *ctx, const char *name, struct span value)
{
	struct buf *text = ctx;

	if (span_find(value, '\n') == value.len)
		buf_printf(text, "%s%s=%.*s", text->len ? "\n" : "", name, SPAN_ARG(value));
}

static void notes(
	struct json_out *w, const struct image_facts *image, const struct image_package *p)
{
	const struct package_fact *f = p->fact;
	scoped_buf struct buf text = { 0 };

	if (f->source.len) {
		buf_printf(&text, "built package from: %.*s", SPAN_ARG(f->source));
		if (f->source_version.len)
			buf_printf(&text, " %.*s", SPAN_ARG(f->source_version));
		json_member(w, "sourceInfo", buf_view(&text));
		text.len = 0;
	}
	component_properties(image, p, comment_line, &text);
	json_member(w, "comment", buf_view(&text));
	w->out->failed = w->out->failed || text.failed;
}

static void package(
	struct json_out *w, const struct report *r, const struct components *c, uint32_t i)
{
	const struct image_package *p = &r->image->packages.p[i];
	char id[ID_ROOM];

	json_out_dict(w);
	json_member_str(w, "SPDXID", id_of(r, c, i, id));
	json_member(w, "name", p->fact->name);
	if (p->fact->version.len)
		json_member(w, "versionInfo", p->fact->version);
	json_member_str(w, "downloadLocation", "NOASSERTION");
	json_member_bool(w, "filesAnalyzed", false);
	json_member_str(w, "licenseConcluded", "NOASSERTION");
	member_licence(w, "licenseDeclared", c, r, i);
	json_member_str(w, "copyrightText", "NOASSERTION");
	json_member_str(w, "primaryPackagePurpose",
		p->fact->type == PACKAGE_BINARY ? "APPLICATION" : "LIBRARY");
	notes(w, r->image, p);
	purl_reference(w, c->purls[i]);
	json_out_end(w);
}

static void image(struct json_out *w, const struct report *r)
{
	const struct digest *d = &r->image->manifest_digest;
	char text[DIGEST_TEXT];

	json_out_dict(w);
	json_member_str(w, "SPDXID", "SPDXRef-image");
	json_member(w, "name", r->reference.len ? r->reference : SPAN("image"));
	if (d->algorithm)
		json_member_str(w, "versionInfo", digest_format(d, text));
	json_member_str(w, "downloadLocation", "NOASSERTION");
	json_member_bool(w, "filesAnalyzed", false);
	json_member_str(w, "licenseConcluded", "NOASSERTION");
	json_member_str(w, "licenseDeclared", "NOASSERTION");
	json_member_str(w, "copyrightText", "NOASSERTION");
	json_member_str(w, "primaryPackagePurpose", "CONTAINER");
	json_out_end(w);
}

static void system_package(struct json_out *w, const struct image_facts *f)
{
	scoped_buf struct buf text = { 0 };

	if (!f->distribution.is_known)
		return;
	json_out_dict(w);
	json_member_str(w, "SPDXID", "SPDXRef-operating-system");
	json_member(w, "name", f->distribution.id);
	if (f->distribution.version_id.len)
		json_member(w, "versionInfo", f->distribution.version_id);
	json_member_str(w, "downloadLocation", "NOASSERTION");
	json_member_bool(w, "filesAnalyzed", false);
	json_member_str(w, "licenseConcluded", "NOASSERTION");
	json_member_str(w, "licenseDeclared", "NOASSERTION");
	json_member_str(w, "copyrightText", "NOASSERTION");
	json_member_str(w, "primaryPackagePurpose", "OPERATING_SYSTEM");
	if (f->distribution.pretty_name.len)
		json_member(w, "description", f->distribution.pretty_name);
	component_system(&f->distribution, comment_line, &text);
	if (text.len)
		json_member(w, "comment", buf_view(&text));
	json_out_end(w);
}

static void relationship(struct json_out *w, const char *from, const char *what, const char *to)
{
	json_out_dict(w);
	json_member_str(w, "spdxElementId", from);
	json_member_str(w, "relationshipType", what);
	json_member_str(w, "relatedSpdxElement", to);
	json_out_end(w);
}

static void relationships(struct json_out *w, const struct report *r, const struct components *c)
{
	static const char *const names[] = {
		[RELATION_CONTAINS] = "CONTAINS", [RELATION_NEEDS] = "DEPENDS_ON"
	};
	char from[ID_ROOM], to[ID_ROOM];

	json_out_key(w, "relationships");
	json_out_list(w);
	relationship(w, "SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-image");
	if (r->image->distribution.is_known)
		relationship(w, "SPDXRef-image", "CONTAINS", "SPDXRef-operating-system");
	for (size_t i = 0; i < c->edges.n; i++)
		relationship(w, id_of(r, c, c->edges.p[i].from, from),
			names[c->edges.p[i].relation], id_of(r, c, c->edges.p[i].to, to));
	json_out_end(w);
}

/* Texts that are not expressions over the licence list. */
static void licence_texts(struct json_out *w, const struct report *r, const struct components *c)
{
	char id[ID_ROOM + 16], name[ID_ROOM];
	bool is_open = false;

	for (uint32_t i = 0; i < r->image->packages.n; i++) {
		struct span text = r->image->packages.p[i].fact->license;

		if (licence_kind(text) != LICENCE_TEXT)
			continue;
		if (!is_open) {
			json_out_key(w, "hasExtractedLicensingInfos");
			json_out_list(w);
			is_open = true;
		}
		snprintf(id, sizeof(id), "LicenseRef-%s", id_of(r, c, i, name) + 8);
		json_out_dict(w);
		json_member_str(w, "licenseId", id);
		json_member(w, "extractedText", text);
		json_out_end(w);
	}
	if (is_open)
		json_out_end(w);
}

static void head(struct json_out *w, const struct report *r, const struct components *c)
{
	scoped_buf struct buf namespace = { 0 };

	json_member_str(w, "spdxVersion", "SPDX-2.3");
	json_member_str(w, "dataLicense", "CC0-1.0");
	json_member_str(w, "SPDXID", "SPDXRef-DOCUMENT");
	json_member(w, "name", r->reference.len ? r->reference : SPAN("image"));
	buf_printf(&namespace, "https://spdx.org/spdxdocs/scoville-%s", c->uuid);
	json_member(w, "documentNamespace", buf_view(&namespace));
	json_out_key(w, "creationInfo");
	json_out_dict(w);
	if (image_unlisted(r->image).len) {
		scoped_buf struct buf text = { 0 };

		buf_printf(&text, "incomplete: %.*s", SPAN_ARG(image_unlisted(r->image)));
		json_member(w, "comment", buf_view(&text));
	}
	json_member_str(w, "created", c->created[0] ? c->created : "1970-01-01T00:00:00Z");
	json_out_key(w, "creators");
	json_out_list(w);
	json_out_str(w, "Tool: scoville-" SCOV_VERSION);
	json_out_end(w);
	json_out_end(w);
}

static int write_one(const struct report *r, const struct write_options *o, struct buf *out,
	struct scov_err *err)
{
	scoped_components struct components c = { 0 };
	struct json_out w = { .out = out };
	int code = components_of(r, &c, err);

	(void)o;
	if (code)
		return code;
	json_out_dict(&w);
	head(&w, r, &c);
	json_out_key(&w, "packages");
	json_out_list(&w);
	image(&w, r);
	system_package(&w, r->image);
	for (uint32_t i = 0; i < r->image->packages.n; i++)
		package(&w, r, &c, i);
	json_out_end(&w);
	relationships(&w, r, &c);
	licence_texts(&w, r, &c);
	json_out_end(&w);
	buf_byte(out, '\n');
	return out->failed ? err_memory(err) : 0;
}

const struct writer spdx_writer = {
	.name = "spdx",
	.help = "a bill of materials: SPDX 2.3 JSON",
	.write = write_one,
};

/* ---- package URLs ---------------------------------------------------------------------------- */

static int write_purls(const struct report *r, const struct write_options *o, struct buf *out,
	struct scov_err *err)
{
	scoped_components struct components c = { 0 };
	int code = components_of(r, &c, err);

	(void)o;
	for (size_t i = 0; i < r->image->packages.n && !code; i++) {
		if (c.refs[i].p != c.purls[i].p)
			continue; /* another package has the same */
		buf_span(out, c.purls[i]);
		buf_byte(out, '\n');
	}
	return code ? code : out->failed ? err_memory(err) : 0;
}

const struct writer purl_writer = {
	.name = "purl",
	.help = "the package URLs, a line each",
	.write = write_purls,
};
