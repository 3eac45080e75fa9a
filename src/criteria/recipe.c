/* recipe.c - what the Dockerfile shows: downloads, pinned images, pinned packages.
 *
 * Without one the lines of the history are judged as far as they go: what they show to be unchecked
 * or unpinned is so, and what they do not show is not known, since builder stages leave no trace.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "recipe/recipe.h"

#include "base/buf.h"
#include "criteria/rows.h"
#include "recipe/pin/pin.h"

enum { PINS_MAX = 12 /* that a remedy names */ };

struct place recipe_place(const struct recipe *r, uint32_t line)
{
	if (r->is_history)
		return place_history(line);
	return (struct place){
		.kind = PLACE_RECIPE, .layer = NO_LAYER, .path = r->name, .line = line
	};
}

struct counts {
	size_t open, unclear, fixed;
	const struct recipe_finding *first;
};

/* "Dockerfile:4: curl=8.14.1-2, git=1:2.47.3-0" */
static void advise_pins(const struct dossier *d, const struct recipe *r, struct verdict_out *out)
{
	scoped_buf struct buf b = { .limit = 4096 };
	size_t n = 0;

	for (size_t i = 0; i < r->findings.n && n < PINS_MAX; i++) {
		const struct recipe_finding *f = &r->findings.p[i];
		struct span pin = f->kind == RECIPE_PACKAGE && f->state == RECIPE_OPEN
					  ? pin_version(d->image, r, f, out->arena).word
					  : (struct span){ 0 };

		if (!pin.len)
			continue;
		buf_str(&b, n++ ? ", " : "the versions in this image: ");
		buf_span(&b, pin);
	}
	if (n)
		remedy_add(out, (struct remedy){ .action = REMEDY_RECIPE,
					.note = arena_dup(out->arena, buf_view(&b)) });
}

static void row(const struct dossier *d, const struct recipe *r, const struct recipe_finding *f,
	struct verdict_out *out)
{
	enum ev_class class = r->is_history ? OBSERVED : DECLARED;
	const char *state = f->state == RECIPE_UNCLEAR ? "not clear: " : "";
	struct span pin = pin_version(d->image, r, f, out->arena).word;
	const char *why = arena_printf(out->arena, "%s%.*s%s%.*s", state, SPAN_ARG(f->why),
		pin.len ? "; in the image: " : "", SPAN_ARG(pin));

	if (why)
		(void)evidence_add(out, EV_RECIPE, f->state == RECIPE_OPEN ? DECIDES : REMARK,
			class, recipe_place(r, f->line), f->what, why);
}

static struct counts look(const struct dossier *d, const struct recipe *r, enum recipe_kind kind,
	struct verdict_out *out)
{
	struct counts c = { 0 };
	size_t shown = 0;

	for (size_t i = 0; i < r->findings.n; i++) {
		const struct recipe_finding *f = &r->findings.p[i];

		if (f->kind != kind)
			continue;
		c.open += f->state == RECIPE_OPEN;
		c.unclear += f->state == RECIPE_UNCLEAR;
		c.fixed += f->state == RECIPE_FIXED;
		if (f->state == RECIPE_FIXED)
			continue;
		if (!c.first || f->state < c.first->state)
			c.first = f;
		if (shown++ < SHOWN_MAX)
			row(d, r, f, out);
	}
	remark_rest(out, "findings", shown, SHOWN_MAX);
	return c;
}

static enum verdict open_verdict(const struct recipe *r, const struct counts *c,
	enum recipe_kind kind, struct verdict_out *out)
{
	const struct recipe_finding *f = c->first;
	const char *colon = kind == RECIPE_PACKAGE ? ":" : "";

	if (c->open == 1)
		return say(out, NOT_MET, recipe_place(r, f->line), "%.*s%s %.*s", SPAN_ARG(f->what),
			colon, SPAN_ARG(f->why));
	return say(out, NOT_MET, recipe_place(r, f->line),
		"%zu of %zu %ss: %.*s%s %.*s, and %zu more", c->open,
		c->open + c->unclear + c->fixed, recipe_kind_names[kind], SPAN_ARG(f->what), colon,
		SPAN_ARG(f->why), c->open - 1);
}

static enum verdict judge(
	const struct dossier *d, enum recipe_kind kind, const char *good, struct verdict_out *out)
{
	const struct recipe *r = d->recipe ? d->recipe : d->history;
	struct counts c;

	if (!r)
		return say(out, NOT_ASSESSED, place_image(), "there is no Dockerfile");
	c = look(d, r, kind, out);
	out->report->class = r->is_history ? OBSERVED : DECLARED;
	if (c.open && kind == RECIPE_PACKAGE)
		advise_pins(d, r, out);
	if (c.open)
		return open_verdict(r, &c, kind, out);
	if (r->is_history)
		return say(out, NOT_ASSESSED, place_image(),
			"the history shows nothing of builder stages");
	if (c.unclear)
		return say(out, NOT_ASSESSED, recipe_place(r, c.first->line), "%.*s: %.*s",
			SPAN_ARG(c.first->what), SPAN_ARG(c.first->why));
	if (r->is_full)
		return say(out, NOT_ASSESSED, recipe_place(r, 1), "the Dockerfile holds too much");
	if (!c.fixed)
		return say(out, MET, recipe_place(r, 1), "the Dockerfile has no %ss%s",
			recipe_kind_names[kind], kind == RECIPE_IMAGE ? " from outside" : "");
	return say(out, MET, recipe_place(r, 1), "all %zu %ss are %s", c.fixed,
		recipe_kind_names[kind], good);
}

static enum verdict judge_downloads(const struct dossier *d, struct verdict_out *out)
{
	return judge(d, RECIPE_DOWNLOAD, "checked", out);
}

static enum verdict judge_images(const struct dossier *d, struct verdict_out *out)
{
	return judge(d, RECIPE_IMAGE, "pinned to a digest", out);
}

static enum verdict judge_packages(const struct dossier *d, struct verdict_out *out)
{
	return judge(d, RECIPE_PACKAGE, "of a fixed version", out);
}

const struct criterion prov_downloads = {
	.id = "prov.downloads",
	.title = "Verify d/ls by sig or checksum",
	.vector = PROVENANCE,
	.level = 2,
	.rule = "Every file that the Dockerfile downloads is checked against a signature or a "
		"SHA-2 "
		"checksum in the same stage, so that the build fails. Without a Dockerfile, an "
		"unchecked download in the history is not met; builder stages leave no trace in an "
		"image.",
	.remedy = REMEDY_RECIPE,
	.fix = "ADD --checksum=sha256:... URL, or check with sha256sum -c or gpg --verify in the "
	       "same RUN",
	.effort = 2,
	.needs = INPUT_RECIPE,
	.not_met_stands = true,
	.judge = judge_downloads,
};

const struct criterion prov_pinimg = {
	.id = "prov.pinimg",
	.title = "Pin images to digests",
	.vector = PROVENANCE,
	.level = 3,
	.rule = "Every image in the Dockerfile is pinned with @sha256: and its digest: of FROM, "
		"COPY "
		"--from, RUN --mount=from and # syntax; scratch and stage names are exempt.",
	.remedy = REMEDY_RECIPE,
	.fix = "FROM name:tag@sha256:...",
	.effort = 1,
	.needs = INPUT_RECIPE,
	.not_met_stands = true,
	.judge = judge_images,
};

const struct criterion prov_pinpkg = {
	.id = "prov.pinpkg",
	.title = "Pin packages",
	.vector = PROVENANCE,
	.level = 3,
	.rule = "Every package that the Dockerfile installs has a pinned version, or comes from a "
		"lock file or a repository snapshot of a fixed date. Without a Dockerfile, an "
		"unpinned install in the history is not met.",
	.remedy = REMEDY_RECIPE,
	.fix = "apt-get install curl=VERSION, apk add curl=VERSION, npm ci, pip install "
	       "--require-hashes -r requirements.txt",
	.effort = 2,
	.needs = INPUT_RECIPE,
	.not_met_stands = true,
	.judge = judge_packages,
};
