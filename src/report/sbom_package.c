/* sbom_package.c - a component of a bill of materials becomes a package.
 *
 * Our own documents state the type, name and version as facts have them. Of others the package URL
 * decides; properties and qualifiers of Syft and Trivy add the source package.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "format/purl.h"
#include "format/rpm_header.h"
#include "report/components.h"
#include "report/sbom_parts.h"

/* ---- properties ------------------------------------------------------------------------------ */

/* What is not a text of the fact alone. */
enum property {
	OF_TYPE,
	OF_PATH,
	OF_OWNER,
	OF_MAIN,
	OF_EXECUTABLE,
	OF_SOURCE,
	OF_SOURCE_VERSION,
	OF_SOURCE_RELEASE,
	OF_SOURCE_EPOCH,
	OF_VENDOR,
	OF_MODULE,
	OF_CLASS,
	PROPERTIES,
};

static const struct {
	const char *name;
	uint8_t property; /* enum property */
} names[] = {
	{ "scoville:type", OF_TYPE },
	{ "scoville:path", OF_PATH },
	{ "scoville:owner", OF_OWNER },
	{ "scoville:main", OF_MAIN },
	{ "scoville:executable", OF_EXECUTABLE },
	{ "syft:location:0:path", OF_PATH },
	{ "syft:metadata:source", OF_SOURCE },
	{ "syft:metadata:sourceVersion", OF_SOURCE_VERSION },
	{ "syft:metadata:originPackage", OF_SOURCE },
	{ "syft:metadata:maintainer", OF_VENDOR },
	{ "syft:metadata:vendor", OF_VENDOR },
	{ "syft:metadata:modularityLabel", OF_MODULE },
	{ "aquasecurity:trivy:SrcName", OF_SOURCE },
	{ "aquasecurity:trivy:SrcVersion", OF_SOURCE_VERSION },
	{ "aquasecurity:trivy:SrcRelease", OF_SOURCE_RELEASE },
	{ "aquasecurity:trivy:SrcEpoch", OF_SOURCE_EPOCH },
	{ "aquasecurity:trivy:Modularitylabel", OF_MODULE },
	{ "aquasecurity:trivy:FilePath", OF_PATH },
	{ "aquasecurity:trivy:Class", OF_CLASS },
};

struct properties {
	struct span value[PROPERTIES];
};

/* Ours are texts of the fact, or in the table. */
static void take_property(
	struct properties *p, struct package_fact *f, struct span name, struct span value)
{
	for (const struct component_text *t = component_texts; t->name; t++)
		if (span_eq(name, span_str(t->name)))
			memcpy((char *)f + t->offset, &value, sizeof(value));
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (span_eq(name, span_str(names[i].name)) && !p->value[names[i].property].len)
			p->value[names[i].property] = value;
}

static void take_properties(
	const struct sbom_component *c, struct properties *p, struct package_fact *f)
{
	struct span rest = c->comment, line;

	for (size_t i = 0; i < json_count(c->properties); i++) {
		const struct json *v = json_at(c->properties, i);

		take_property(p, f, json_get_text(v, "name"), json_get_text(v, "value"));
	}
	while (span_split(&rest, '\n', &line)) {
		size_t eq = span_find(line, '=');

		take_property(p, f, span_sub(line, 0, eq), span_from(line, eq + 1));
	}
}

struct span sbom_property(const struct json *properties, const char *name)
{
	for (size_t i = 0; i < json_count(properties); i++) {
		const struct json *v = json_at(properties, i);

		if (span_eq(json_get_text(v, "name"), span_str(name)))
			return json_get_text(v, "value");
	}
	return (struct span){ 0 };
}

/* ---- types and names ------------------------------------------------------------------------- */

/* Programs and JDKs are both generic, and matched alike. */
static unsigned type_of_purl(const struct purl *u)
{
	if (span_eq(u->type, SPAN("generic")))
		return PACKAGE_BINARY;
	for (unsigned i = 1; i < PACKAGE_TYPES; i++)
		if (span_eq(u->type, span_str(package_row(i)->purl)))
			return i;
	return 0;
}

static struct span joined(struct arena *a, struct span space, char between, struct span name)
{
	if (!space.len && between != ':')
		return name;
	return span_str(arena_printf(a, "%.*s%c%.*s", SPAN_ARG(space), between, SPAN_ARG(name)));
}

static struct span with_epoch(struct arena *a, struct span epoch, struct span version)
{
	if (!epoch.len || span_eq(epoch, SPAN("0")) || span_has(version, SPAN(":")))
		return version;
	return span_str(arena_printf(a, "%.*s:%.*s", SPAN_ARG(epoch), SPAN_ARG(version)));
}

/* Syft's qualifier: "glibc", "gcc-12@12.2.0-14", "bash-5.1.8-6.el9.src.rpm". */
static void take_upstream(struct package_fact *f, struct span upstream)
{
	size_t at = span_rfind(upstream, '@');

	if (f->type == PACKAGE_RPM) {
		if (!rpm_source_split(upstream, &f->source, &f->source_version))
			f->source = upstream;
		return;
	}
	f->source = span_sub(upstream, 0, at);
	f->source_version = span_from(upstream, at + 1);
}

/* Trivy's and our words in SPDX: "built package from: NAME VERSION". */
static void take_source_info(struct package_fact *f, struct span info)
{
	static const struct span start = SPAN_INIT("built package from: ");
	struct span rest = span_from(info, start.len);
	size_t blank = span_find(rest, ' ');

	if (!span_starts(info, start))
		return;
	f->source = span_sub(rest, 0, blank);
	f->source_version = span_from(rest, blank + 1);
}

static void take_source(struct sbom_reading *r, const struct sbom_component *c,
	const struct purl *u, const struct properties *p, struct package_fact *f)
{
	struct span upstream = purl_qualifier(u, "upstream", r->a);

	if (upstream.len)
		take_upstream(f, upstream);
	take_source_info(f, c->source_info);
	if (p->value[OF_SOURCE].len) {
		struct span version = p->value[OF_SOURCE_VERSION];

		if (p->value[OF_SOURCE_RELEASE].len)
			version = joined(r->a, version, '-', p->value[OF_SOURCE_RELEASE]);
		f->source = p->value[OF_SOURCE];
		f->source_version = with_epoch(r->a, p->value[OF_SOURCE_EPOCH], version);
	}
	if (p->value[OF_VENDOR].len)
		f->vendor = p->value[OF_VENDOR];
	if (p->value[OF_MODULE].len)
		f->module = p->value[OF_MODULE];
}

/* A document of ours writes both as the fact has them. */
static void take_name(struct sbom_reading *r, const struct sbom_component *c, const struct purl *u,
	bool is_ours, struct package_fact *f)
{
	const struct package_row *row = package_row(f->type);
	char space = (char)row->space;

	if (is_ours) {
		f->name = c->properties && space ? joined(r->a, c->group, space, c->name) : c->name;
		f->version = c->version;
		return;
	}
	f->name = space ? joined(r->a, u->space, space, u->name) : u->name;
	f->version = with_epoch(
		r->a, purl_qualifier(u, "epoch", r->a), u->version.len ? u->version : c->version);
}

/* ---- the distribution ------------------------------------------------------------------------ */

/* Trivy's names of distributions. */
static struct span id_of(struct span name)
{
	static const struct {
		const char *theirs, *id;
	} rows[] = {
		{ "alma", "almalinux" },
		{ "amazon", "amzn" },
		{ "cbl-mariner", "mariner" },
		{ "opensuse.leap", "opensuse-leap" },
		{ "opensuse.tumbleweed", "opensuse-tumbleweed" },
		{ "oracle", "ol" },
		{ "redhat", "rhel" },
		{ "suse linux enterprise server", "sles" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (span_eq(name, span_str(rows[i].theirs)))
			return span_str(rows[i].id);
	return name;
}

void sbom_take_system(struct sbom_reading *r, const struct sbom_component *c, struct span text)
{
	struct distribution *d = &r->image->distribution;
	struct span rest = c->comment, line;

	if (d->is_known || !c->name.len)
		return;
	d->id = id_of(c->name);
	d->version_id = c->version;
	d->pretty_name = text;
	d->codename = sbom_property(c->properties, "scoville:codename");
	for (size_t i = 0; i < json_count(c->properties); i++) {
		const struct json *v = json_at(c->properties, i);
		struct span value = json_get_text(v, "value");

		if (span_eq(json_get_text(v, "name"), SPAN("scoville:branch")))
			vec_add(&d->branches, r->a, &value);
	}
	while (span_split(&rest, '\n', &line)) {
		struct span value = span_from(line, span_find(line, '=') + 1);

		if (span_starts(line, SPAN("scoville:codename=")))
			d->codename = value;
		else if (span_starts(line, SPAN("scoville:branch=")))
			vec_add(&d->branches, r->a, &value);
	}
	/* without a release advisories of the wrong one would be taken */
	d->is_known = d->version_id.len || d->codename.len;
}

/* "debian-12": no component is the distribution. */
static void system_of_distro(struct sbom_reading *r)
{
	struct distribution *d = &r->image->distribution;
	size_t dash = span_rfind(r->distro, '-');

	if (d->is_known || dash >= r->distro.len || dash + 1 == r->distro.len) {
		if (!d->is_known)
			*d = (struct distribution){ 0 };
		return;
	}
	d->id = id_of(span_sub(r->distro, 0, dash));
	d->version_id = span_from(r->distro, dash + 1);
	d->is_known = true;
}

/* ---- packages -------------------------------------------------------------------------------- */

/* The package's advisories are another distribution's. */
static bool is_foreign(struct sbom_reading *r, struct span distro)
{
	if (!distro.len)
		return false;
	if (!r->distro.len)
		r->distro = distro;
	return !span_eq(distro, r->distro);
}

static int add(struct sbom_reading *r, const struct package_fact *f, const struct properties *p,
	bool is_ours)
{
	struct package_fact *fact = arena_alloc(r->a, sizeof(*fact));
	struct sbom_entry *e;

	if (r->entries.n >= SBOM_COMPONENTS_MAX)
		return err_fail(
			r->err, SCOV_E_LIMIT, "more than %d components", SBOM_COMPONENTS_MAX);
	e = fact ? vec_push(&r->entries, r->a) : NULL;
	if (!e)
		return arena_check(r->a, r->err);
	*fact = *f;
	*e = (struct sbom_entry){ .owner = p->value[OF_OWNER], .is_ours = is_ours };
	e->package = (struct image_package){
		.fact = fact,
		.copies = 1,
		.has_executable = !span_eq(p->value[OF_EXECUTABLE], SPAN("false")),
		.at = place_image(),
	};
	if (p->value[OF_PATH].len) {
		struct span path = p->value[OF_PATH];

		e->package.at =
			place_file(NO_LAYER, span_at(path, 0) == '/' ? span_from(path, 1) : path);
		e->package.at.member = fact->member;
	}
	return 0;
}

int sbom_take(struct sbom_reading *r, const struct sbom_component *c)
{
	struct package_fact f = { 0 };
	struct properties p = { 0 };
	struct purl u = { 0 };
	struct span distro;
	bool has_purl = purl_parse(c->purl, r->a, &u);

	take_properties(c, &p, &f);
	if (p.value[OF_CLASS].len && !has_purl)
		return 0; /* of Trivy: a file whose packages are components of their own */
	f.type = (uint8_t)package_type_named(p.value[OF_TYPE]);
	bool is_ours = f.type != 0;

	if (!is_ours && has_purl)
		f.type = (uint8_t)type_of_purl(&u);
	distro = purl_qualifier(&u, "distro", r->a);
	if (!f.type || (package_is_system(f.type) && is_foreign(r, distro))) {
		r->unknown++;
		return 0;
	}
	f.arch = purl_qualifier(
		&u, package_row(f.type)->arch ? package_row(f.type)->arch : "arch", r->a);
	f.license = c->licence;
	f.is_main = span_eq(p.value[OF_MAIN], SPAN("true"));
	take_name(r, c, &u, is_ours, &f);
	if (!is_ours)
		take_source(r, c, &u, &p, &f);
	if (f.name.len)
		return add(r, &f, &p, is_ours);
	r->unknown++;
	return 0;
}

/* ---- when all are there ---------------------------------------------------------------------- */

static int by_fact(const void *a, const void *b)
{
	const struct sbom_entry *x = a, *y = b;

	return package_cmp(x->package.fact, y->package.fact);
}

static bool is_copy(const struct image_facts *f, const struct sbom_entry *e)
{
	const struct image_package *last = f->packages.n ? &f->packages.p[f->packages.n - 1] : NULL;

	return last && !e->is_ours && !package_cmp(last->fact, e->package.fact) &&
	       span_eq(last->fact->source_version, e->package.fact->source_version);
}

void sbom_finish(struct sbom_reading *r)
{
	struct image_facts *f = r->image;

	system_of_distro(r);
	if (r->entries.n)
		qsort(r->entries.p, r->entries.n, sizeof(*r->entries.p), by_fact);
	for (size_t i = 0; i < r->entries.n; i++) {
		struct sbom_entry *e = &r->entries.p[i];

		if (is_copy(f, e)) {
			f->packages.p[f->packages.n - 1].copies++;
			continue;
		}
		if (!vec_add(&f->packages, r->a, &e->package))
			return;
		f->system_packages += package_is_system(e->package.fact->type);
		if (e->owner.len && !package_is_system(e->package.fact->type))
			f->packages.p[f->packages.n - 1].owner = image_owner(f, e->owner);
	}
}

void sbom_take_digest(struct sbom_reading *r, struct span text)
{
	struct digest *d = &r->image->manifest_digest;
	struct purl u;

	if (d->algorithm || !text.len)
		return;
	if (purl_parse(text, r->a, &u) && span_eq(u.type, SPAN("oci")))
		text = u.version;
	if (digest_parse(text, d, NULL))
		*d = (struct digest){ 0 };
}
