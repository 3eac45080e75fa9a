/* base.c - "Use minimal base image" (minimalism, level 1).
 *
 * The join identifies the base; where it could not, the package count decides here. Debian and its
 * slim variant have the same packages, so a count never separates those two: the marker does.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "criteria/rows.h"
#include "facts/trust.h"
#include "known/bases.h"
#include "known/distributions.h"
#include "known/names.h"
#include "recipe/recipe.h"

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
	for (const struct file *f = NULL; (f = file_next(image, f));) {
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

/* The row of the image's family: its ID, what it is like, or the type of its packages. */
static const struct known_replacement *replacement(const struct image_facts *image, int64_t now)
{
	const struct distribution *dist = &image->distribution;
	const struct known_replacement *r = known_replacement_find(dist->id, dist->version_id, now);
	struct span like = dist->id_like, word;

	while (!r && span_split(&like, ' ', &word))
		r = known_replacement_find(word, dist->version_id, now);
	for (size_t i = 0; !r && i < image->system_packages; i++)
		r = known_replacement_find(
			span_str(package_row(image->packages.p[i].fact->type)->name), SPAN(""),
			now);
	return r;
}

/* A program without libraries runs on a base that has nothing else. */
static const struct file *static_program(const struct image_facts *image)
{
	const struct command *c = main_command(image);
	const struct exec_fact *e = c && c->program && !c->is_shell_form ? c->program->exec : NULL;

	return e && e->kind == EXEC_ELF && (e->flags & EXEC_STATIC) && !is_multi_call(c->program)
		       ? c->program
		       : NULL;
}

static bool has_rpm(const struct image_facts *image)
{
	for (size_t i = 0; i < image->packages.n; i++)
		if (package_row(image->packages.p[i].fact->type)->ecosystem == ECOSYSTEM_RPM)
			return true;
	return false;
}

void base_advise(
	const struct image_facts *image, int64_t now, const char *note, struct verdict_out *out)
{
	const struct file *program = has_rpm(image) ? NULL : static_program(image);
	const struct known_replacement *row =
		program ? known_replacement_find(SPAN("static"), SPAN(""), now)
			: replacement(image, now);
	struct remedy r = { .action = REMEDY_BASE, .note = span_str(note) };

	if (!row) {
		r.note = SPAN("build on a minimal base of a supported release");
		remedy_add(out, r);
		return;
	}
	remedy_for(out, &r, row->reference);
	r.value = row->also;
	if (program)
		remedy_for(out, &r, program->path);
	if (row->also.len)
		r.note = SPAN("build is the stage that you have now (FROM ... AS build); copy all "
			      "that the program reads");
	remedy_add(out, r);
}

static enum verdict by_count(const struct image_facts *image, int64_t now, struct verdict_out *out)
{
	size_t n = image->system_packages;

	if (image->database_removed) {
		base_advise(image, now, NULL, out);
		return say(out, NOT_ASSESSED, place_image(),
			"the base is unknown, and a layer removed the package database");
	}
	if (!image->has_package_database)
		return say(out, NOT_ASSESSED, place_image(),
			"the base is unknown and there is no package database to count");
	if (n <= PACKAGES_MINIMAL)
		return say(out, MET, place_image(),
			"the base is unknown, but there are only %zu packages", n);
	base_advise(image, now, NULL, out);
	if (n > PACKAGES_FULL)
		return say(out, NOT_MET, place_image(),
			"the base is unknown and there are %zu packages", n);
	return say(out, NOT_ASSESSED, place_image(),
		"the base is unknown, and %zu packages fit a minimal base and a full one", n);
}

/* The annotation names an image whose layers are not there. */
bool base_is_denied(const struct dossier *d)
{
	const struct trust *t = d->trust;

	if (d->image->base.source != BASE_ANNOTATION)
		return false;
	for (size_t i = 0; t && i < t->bases.n; i++)
		if (!t->bases.p[i].of && t->bases.p[i].state == BASE_CLAIM_DENIED)
			return true;
	return false;
}

/* The name that verified provenance gives to layers which are the lowest of the image: of several
 * the one with most of them. */
static const struct base_claim *proved_base(const struct dossier *d)
{
	const struct trust *t = d->trust;
	const struct base_claim *best = NULL;

	for (size_t i = 0; t && i < t->bases.n; i++) {
		const struct base_claim *c = &t->bases.p[i];

		if (c->of && c->state == BASE_CLAIM_HELD &&
			trust_counts(c->of, trust_least(t, d->policy->profile == PROFILE_STRICT)) &&
			(!best || c->layers > best->layers))
			best = c;
	}
	return best;
}

/* Without the digest, which the table of bases does not have. */
static struct span repository(struct span image)
{
	return span_sub(image, 0, span_find(image, '@'));
}

/* A name never makes the base smaller than its files are; what they leave open and many packages
 * speak against stays open. */
static struct base base_by_provenance(
	const struct dossier *d, const struct base_claim *claim, struct verdict_out *out)
{
	const struct known_base *known = known_base_find(repository(claim->image));
	struct base b = d->image->base;
	bool is_minimal = known && known->kind == KNOWN_MINIMAL;

	if (!known ||
		(is_minimal && (b.by_files == BASE_FULL ||
				       (b.by_files == BASE_KIND_UNKNOWN &&
					       d->image->system_packages > PACKAGES_MINIMAL)))) {
		remark(out, place_image(), claim->image,
			"verified provenance names it, and its layers are the lowest of the image");
		return b;
	}
	b.source = BASE_LAYERS;
	b.kind = is_minimal ? BASE_MINIMAL : BASE_FULL;
	b.name = claim->image;
	b.how = SPAN("verified provenance names it, and its layers are the lowest of the image");
	b.at = place_layer(0);
	return b;
}

/* What the Dockerfile builds on, when the table of bases has it; else what the files show. What
 * they show to be full stays full: the file may be of another build. */
static struct base base_of(const struct dossier *d, struct verdict_out *out)
{
	struct base b = d->image->base;
	const struct recipe *r = d->recipe;
	const struct known_base *known = r && r->root.len ? known_base_find(r->root) : NULL;
	bool is_minimal = known && known->kind == KNOWN_MINIMAL;
	const struct base_claim *claim = known ? NULL : proved_base(d);

	if (base_is_denied(d)) {
		remark(out, b.at, b.name,
			"the layers of the image that the annotation names are not the lowest of "
			"this one: it does not count");
		b.kind = b.by_files;
		b.source = BASE_MARKERS;
		b.name = d->image->distribution.id;
		b.how = SPAN("what the files show");
	}
	if (claim)
		return base_by_provenance(d, claim, out);
	if (!known)
		return b;
	if (is_minimal && b.kind == BASE_FULL) {
		remark(out, recipe_place(r, r->root_line), r->root,
			"the Dockerfile builds on another base than the files show");
		return b;
	}
	return (struct base){
		.source = BASE_ANNOTATION,
		.kind = is_minimal ? BASE_MINIMAL : BASE_FULL,
		.name = r->root,
		.how = SPAN("the Dockerfile builds on it"),
		.at = recipe_place(r, r->root_line),
	};
}

static enum verdict judge(const struct dossier *d, struct verdict_out *out)
{
	const struct image_facts *image = d->image;
	const struct base found = base_of(d, out), *b = &found;
	const int64_t now = d->policy->now;
	enum verdict v;

	out->report->class = b->source == BASE_ANNOTATION ? DECLARED : OBSERVED;
	if (b->kind == BASE_MINIMAL) {
		v = say(out, MET, b->at, "the base is %.*s: %.*s", SPAN_ARG(b->name),
			SPAN_ARG(b->how));
	} else if (b->kind == BASE_FULL) {
		base_advise(image, now, NULL, out);
		v = say(out, NOT_MET, b->at, "the base is %.*s, a full one: %.*s",
			SPAN_ARG(b->name), SPAN_ARG(b->how));
	} else {
		v = by_count(image, now, out);
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
		"chiselled, ubi-micro or -minimal), identified by the Dockerfile, by verified "
		"provenance whose image has the lowest layers, by annotation, by --base or by its "
		"files. With an unknown base: met with at most 60 packages, not "
		"met with more than "
		"120.",
	.remedy = REMEDY_BASE,
	.fix = "FROM a distroless, Chainguard, Alpine or -slim image",
	.effort = 3,
	.needs = INPUT_FILES | INPUT_PACKAGES | INPUT_LINUX,
	.settled_by = "the base image, with --base REF",
	.judge = judge,
};
