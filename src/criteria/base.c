/* base.c - "Use minimal base image" (minimalism, level 1).
 *
 * The join identifies the base; where it could not, the package count decides here. Debian and its
 * slim variant have the same packages, so a count never separates those two: the marker does.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "criteria/rows.h"
#include "known/names.h"

/* First guesses: Debian's minimal set has 78 to 88 packages, Alpine's about 15. Source: debootstrap
 * --print-debs. */
enum { PACKAGES_MINIMAL = 60, PACKAGES_FULL = 120, PACKAGES_MANY = 250 };

static void remarks(const struct image_facts *image, struct verdict_out *out)
{
	char why[64];

	remark_count(out, place_image(), "packages", image->system_packages,
		"operating system packages");
	remark_count(out, place_image(), "bytes", image->total_size,
		"bytes of visible files; size does not affect the verdict");
	for (size_t i = 0; i < image->files.n; i++) {
		const struct file *f = &image->files.p[i];
		struct span name = span_base(f->path);

		if (!file_is_program(f) || !(known_roles(name) & ROLE_FETCHER))
			continue;
		(void)snprintf(why, sizeof(why), "%.*s can fetch more tools", SPAN_ARG(name));
		evidence_file(out, REMARK, f, why);
	}
	if (image->base.kind == BASE_MINIMAL && image->system_packages > PACKAGES_MANY)
		remark_count(out, place_image(), "packages", image->system_packages,
			"many for an image on a minimal base");
}

static void advise(const struct image_facts *image, struct verdict_out *out)
{
	const struct distribution *dist = &image->distribution;
	struct remedy r = { .action = REMEDY_BASE };

	if (span_eq(dist->id, SPAN("debian")) && dist->codename.len) {
		remedy_for(out, &r,
			span_str(arena_printf(
				out->arena, "debian:%.*s-slim", SPAN_ARG(dist->codename))));
		remedy_for(out, &r,
			span_str(arena_printf(out->arena, "gcr.io/distroless/base-debian%.*s",
				SPAN_ARG(dist->version_id))));
		r.note = SPAN(" with the built files copied in");
	} else if (span_eq(dist->id, SPAN("ubuntu"))) {
		remedy_for(out, &r, SPAN("debian:stable-slim"));
		r.note = SPAN(", or a chiselled Ubuntu");
	} else if (span_eq(dist->id, SPAN("rhel"))) {
		remedy_for(out, &r, SPAN("registry.access.redhat.com/ubi9/ubi-minimal"));
		remedy_for(out, &r, SPAN("registry.access.redhat.com/ubi9/ubi-micro"));
	} else {
		remedy_for(out, &r, SPAN("gcr.io/distroless/static-debian12"));
		remedy_for(out, &r, SPAN("cgr.dev/chainguard/static"));
		remedy_for(out, &r, SPAN("alpine"));
		r.note = SPAN(", or a -slim variant");
	}
	remedy_add(out, r);
}

static enum verdict by_count(const struct image_facts *image, struct verdict_out *out)
{
	size_t n = image->system_packages;

	if (image->database_removed) {
		advise(image, out);
		return say(out, NOT_ASSESSED, place_image(),
			"the base is unknown, and a layer removed the package database");
	}
	if (!image->has_package_database)
		return say(out, NOT_ASSESSED, place_image(),
			"the base is unknown and there is no package database to count");
	if (n <= PACKAGES_MINIMAL)
		return say(out, MET, place_image(),
			"the base is unknown, but there are only %zu packages", n);
	advise(image, out);
	if (n > PACKAGES_FULL)
		return say(out, NOT_MET, place_image(),
			"the base is unknown and there are %zu packages", n);
	return say(out, NOT_ASSESSED, place_image(),
		"the base is unknown, and %zu packages fit a minimal base and a full one", n);
}

static enum verdict judge(const struct dossier *d, struct verdict_out *out)
{
	const struct image_facts *image = d->image;
	const struct base *b = &image->base;
	enum verdict v;

	out->report->class = b->source == BASE_ANNOTATION ? DECLARED : OBSERVED;
	if (b->kind == BASE_MINIMAL) {
		v = say(out, MET, b->at, "the base is %.*s: %.*s", SPAN_ARG(b->name),
			SPAN_ARG(b->how));
	} else if (b->kind == BASE_FULL) {
		advise(image, out);
		v = say(out, NOT_MET, b->at, "the base is %.*s, a full one: %.*s",
			SPAN_ARG(b->name), SPAN_ARG(b->how));
	} else {
		v = by_count(image, out);
	}
	remarks(image, out);
	return v;
}

const struct criterion min_base = {
	.id = "min.base",
	.title = "Use minimal base image",
	.vector = MINIMALISM,
	.level = 1,
	.rule = "The base is minimal (scratch, distroless, Wolfi, Alpine, a -slim variant, "
		"chiselled, ubi-micro or -minimal), identified by annotation, by --base or by its "
		"files. With an unknown base: met with at most 60 packages, not met with more than "
		"120.",
	.remedy = REMEDY_BASE,
	.fix = "FROM a distroless, Chainguard, Alpine or -slim image",
	.effort = 3,
	.needs = INPUT_FILES | INPUT_PACKAGES | INPUT_LINUX,
	.settled_by = "the base image, with --base REF",
	.judge = judge,
};
