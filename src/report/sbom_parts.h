/* sbom_parts.h - a component of a bill of materials becomes a package. Inside report/ only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "report/sbom_read.h"
#include "syntax/json.h"

struct sbom_entry {
	struct image_package package;
	struct span owner; /* name of the system's package; empty */
	bool is_ours;      /* of our own documents: twins are two packages */
};

struct sbom_reading {
	struct arena *a;
	struct image_facts *image;
	struct scov_err *err;
	VEC(struct sbom_entry) entries;
	size_t unknown;     /* components that name no package of a known type */
	struct span distro; /* qualifier of the first package that has one: "debian-12" */
	struct span reason; /* why the document calls itself incomplete; empty */
};

/* A component as both formats have it; what it lacks is empty. */
struct sbom_component {
	struct span group, name, version, purl, licence;
	const struct json *properties; /* CycloneDX */
	struct span comment;           /* SPDX: lines NAME=VALUE of ours */
	struct span source_info;       /* SPDX */
};

/* Errors: SCOV_E_LIMIT. */
must_check int sbom_take(struct sbom_reading *r, const struct sbom_component *c);
/* A digest, or a package URL whose version is one: of the image that the document is about. */
void sbom_take_digest(struct sbom_reading *r, struct span text);
/* The distribution. */
void sbom_take_system(struct sbom_reading *r, const struct sbom_component *c, struct span text);
/* The value of the first property with this name; empty. */
struct span sbom_property(const struct json *properties, const char *name);
/* When all are taken: sorted, the same package once, owners found. */
void sbom_finish(struct sbom_reading *r);

/* sbom_others.c. Errors: as sbom_read. */
must_check int sbom_read_spdx3(
	struct sbom_reading *r, const struct json *graph, struct span *out_name);
must_check int sbom_read_syft(
	struct sbom_reading *r, const struct json *doc, struct span *out_name);
