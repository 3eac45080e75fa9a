/* repro.c - "Fully reproducible" (provenance, level 5).
 *
 * Only a rebuild proves it. What can be seen without one are traces that two builds never share;
 * those of an identified base's layers concern the base's build and do not decide. (.pyc files hold
 * the source's mtime, which the package fixes: no trace.)
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "base/date.h"
#include "criteria/rows.h"
#include "known/tables.h"

enum { SPREAD_FILES = 10, SPREAD_SECONDS = 2, SPREAD_WINDOW = 3600 };

static const char *trace_of(const struct file *f)
{
	if (!f->body || !f->body->size ||
		(f->entry->type != ENTRY_FILE && f->entry->type != ENTRY_HARDLINK))
		return NULL;
	for (size_t i = 0; i < known_traces_n; i++)
		if (span_starts(f->path, known_traces[i].head) &&
			span_ends(f->path, known_traces[i].tail))
			return known_traces[i].why;
	return NULL;
}

/* etc/machine-id counts when it holds an id: empty or "uninitialized" is the same in each build. */
static bool is_machine_id(const struct image_facts *image, const struct file *f)
{
	if (!span_eq(f->path, SPAN("etc/machine-id")) || f->body_layer >= image->layers_n ||
		!image->parts[f->body_layer])
		return false;

	const struct part *p = image->parts[f->body_layer];

	for (size_t i = 0; i < p->markers.n; i++)
		if (p->markers.p[i].kind == MARKER_MACHINE_ID &&
			&p->entries.p[p->markers.p[i].entry] == f->body)
			return true;
	return false;
}

static size_t find_files(
	const struct image_facts *image, struct verdict_out *out, struct remedy *remove)
{
	size_t found = 0, base = 0;

	for (size_t i = 0; i < image->files.n; i++) {
		const struct file *f = &image->files.p[i];
		const char *why =
			is_machine_id(image, f) ? "a machine id made by the build" : trace_of(f);

		if (!why)
			continue;
		if (is_base_layer(image, f->layer)) {
			if (base++ < SHOWN_MAX)
				evidence_file(out, REMARK, f,
					"a trace in the base's build, which is not this one's");
			continue;
		}
		remedy_for(out, remove, f->path);
		if (++found <= SHOWN_MAX)
			evidence_file(out, DECIDES, f, why);
	}
	remark_rest(out, "traces", found, SHOWN_MAX);
	remark_rest(out, "traces of the base", base, SHOWN_MAX);
	return found;
}

/* History lines up to the last one that made a layer of the base are the base's. */
static int64_t first_own_line(const struct image_facts *image)
{
	int64_t first = 0;

	for (size_t i = 0; i < image->layers_n; i++)
		if (image->layers[i].is_base && image->layers[i].history_index >= first)
			first = (int64_t)image->layers[i].history_index + 1;
	return first;
}

static size_t find_fractions(const struct image_facts *image, struct verdict_out *out)
{
	struct span created = image_config(image->config, CONFIG_CREATED, SPAN(""));
	size_t found = 0;
	bool fraction;

	if (date_parse_rfc3339(created, NULL, &fraction) && fraction) {
		evidence_add(out, EV_SETTING, DECIDES, OBSERVED, place_config("/created"), created,
			"a time with a fraction of a second is the clock's");
		found++;
	}
	for (int64_t i = first_own_line(image);
		image->config && (size_t)i < image->config->history.n; i++) {
		struct span at = image->config->history.p[i].created;

		if (!date_parse_rfc3339(at, NULL, &fraction) || !fraction)
			continue;
		if (++found <= SHOWN_MAX)
			evidence_add(out, EV_RECIPE, DECIDES, OBSERVED, place_history((uint32_t)i),
				at, "a time with a fraction of a second is the clock's");
	}
	return found;
}

/* Files that were written one after the other while the layer was made. */
static size_t find_spread(const struct image_facts *image, struct verdict_out *out)
{
	size_t found = 0;

	for (size_t k = 0; k < image->layers_n; k++) {
		const struct image_layer *layer = &image->layers[k];
		const struct part *p = image->parts[k];
		int64_t low = INT64_MAX, high = INT64_MIN;
		size_t n = 0;

		if (!p || layer->is_base || !layer->history_created)
			continue;
		for (size_t i = 0; i < p->entries.n; i++) {
			int64_t t = p->entries.p[i].mtime;

			if (p->entries.p[i].type != ENTRY_FILE || t > layer->history_created ||
				t < layer->history_created - SPREAD_WINDOW)
				continue;
			n++;
			low = t < low ? t : low;
			high = t > high ? t : high;
		}
		if (n < SPREAD_FILES || high - low <= SPREAD_SECONDS)
			continue;

		struct evidence *e = evidence_add(out, EV_COUNT, DECIDES, OBSERVED,
			place_layer((int32_t)k), SPAN("files"),
			"files carry times of the hour before their layer was made");
		if (e) {
			e->number = (int64_t)n;
			e->has_number = true;
		}
		found++;
	}
	return found;
}

/* Oldest and newest file of the own layers: what a clamp to one epoch looks like. */
static bool is_clamped(const struct image_facts *image)
{
	int64_t first = 0;
	bool any = false;

	for (size_t k = 0; k < image->layers_n; k++) {
		const struct part *p = image->parts[k];

		for (size_t i = 0; p && !image->layers[k].is_base && i < p->entries.n; i++) {
			if (p->entries.p[i].type != ENTRY_FILE)
				continue;
			if (any && p->entries.p[i].mtime != first)
				return false;
			first = p->entries.p[i].mtime;
			any = true;
		}
	}
	return any;
}

static enum verdict judge(const struct dossier *d, struct verdict_out *out)
{
	const struct image_facts *image = d->image;
	struct remedy remove = { .action = REMEDY_REMOVE,
		.note = SPAN(" in the RUN that makes them") };
	size_t files = find_files(image, out, &remove), fractions = find_fractions(image, out),
	       spread = find_spread(image, out);

	if (!files && !fractions && !spread)
		return say(out, NOT_ASSESSED, place_image(),
			is_clamped(image) ? "consistent with a reproducible build: every file has "
					    "one time; only a rebuild can prove it"
					  : "no trace against it; only a rebuild can prove it");
	if (files)
		remedy_add(out, remove);
	remedy_add(out, (struct remedy){ .action = REMEDY_REBUILD,
		.note = SPAN("docker buildx build --build-arg SOURCE_DATE_EPOCH=$(git log -1 "
			     "--format=%ct) --output type=registry,rewrite-timestamp=true .") });
	return say(out, NOT_MET, place_image(), "traces of one build: %zu %s, %zu %s, %zu %s",
		files, files == 1 ? "file" : "files", fractions,
		fractions == 1 ? "clock time" : "clock times", spread,
		spread == 1 ? "layer with spread file times" : "layers with spread file times");
}

const struct criterion prov_repro = {
	.id = "prov.repro",
	.title = "Fully reproducible",
	.vector = PROVENANCE,
	.level = 5,
	.rule = "A rebuild gives the same digest. Without one it is never met, and not met where "
		"the own layers or the config hold traces that "
		"two builds do not share: clock times with fractions, logs, host keys, machine "
		"ids, file times spread over the build.",
	.remedy = REMEDY_REBUILD,
	.fix = "set SOURCE_DATE_EPOCH, build with rewrite-timestamp=true, and compare the digests "
	       "of two builds",
	.effort = 4,
	.needs = INPUT_CONFIG | INPUT_FILES,
	.settled_by_input = INPUT_REBUILD,
	.judge = judge,
};
