/* annot.c - "Add annotations" (configuration and metadata, level 3).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/buf.h"
#include "base/date.h"
#include "criteria/rows.h"

#define PREFIX "org.opencontainers.image."

static bool is_text(struct span v)
{
	return span_trim(v).len > 0;
}

static bool is_time(struct span v)
{
	return date_parse_rfc3339(span_trim(v), NULL, NULL);
}

/* scheme "://" host: absolute, without blanks. */
static bool is_url(struct span v)
{
	size_t at;

	v = span_trim(v);
	at = span_find_span(v, SPAN("://"));
	if (!at || at >= v.len || at + 3 >= v.len || span_at(v, at + 3) == '/')
		return false;
	for (size_t i = 0; i < v.len; i++) {
		uint8_t c = span_at(v, i);

		if (c <= ' ' || c == 0x7f)
			return false;
		if (i < at && !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
				      (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.'))
			return false;
	}
	return true;
}

struct wanted {
	const char *key;
	bool (*is_valid)(struct span v);
	bool found, from_label, is_invalid, is_inherited;
	struct place at;
	struct span value;
};

enum { AUTHORS, VENDOR, CREATED, SOURCE, WANTED };

/* A LABEL line of the base's part of the history sets this key. */
static bool base_sets_label(const struct image_facts *image, struct span key)
{
	const struct part *c = image->config;
	int64_t last = -1;

	for (size_t i = 0; i < image->layers_n; i++)
		if (image->layers[i].is_base && image->layers[i].history_index > last)
			last = image->layers[i].history_index;
	for (int64_t i = 0; c && i <= last && (size_t)i < c->history.n; i++) {
		struct span by = c->history.p[i].created_by;

		if (span_has(by, SPAN("LABEL ")) && span_has(by, key))
			return true;
	}
	return false;
}

/* The config of the base (--base) has the same value. */
static bool base_has_value(const struct image_facts *image, struct span key, struct span value)
{
	const struct part *b = image->base_config;

	for (size_t i = 0; b && i < b->configs.n; i++)
		if (b->configs.p[i].key == CONFIG_LABEL && span_eq(b->configs.p[i].name, key) &&
			span_eq(b->configs.p[i].value, value))
			return true;
	return false;
}

static void take(struct wanted *w, struct span key, struct span value, struct place at,
	bool from_label, bool inherited)
{
	for (size_t i = 0; i < WANTED; i++) {
		if (!span_eq(key, span_str(w[i].key)) || w[i].found)
			continue;
		if (inherited)
			w[i].is_inherited = true;
		else if (!w[i].is_valid(value))
			w[i].is_invalid = true;
		else
			w[i] = (struct wanted){ w[i].key, w[i].is_valid, true, from_label, false,
				false, at, value };
	}
}

static void collect(const struct image_facts *image, struct wanted *w)
{
	const annotations *lists[] = { &image->index_annotations, &image->manifest_annotations };
	const struct part *c = image->config;

	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < lists[k]->n; i++)
			take(w, lists[k]->p[i].key, lists[k]->p[i].value,
				place_manifest("/annotations"), false, false);
	for (size_t i = 0; c && i < c->configs.n; i++) {
		const struct config_fact *row = &c->configs.p[i];

		if (row->key == CONFIG_LABEL)
			take(w, row->name, row->value, place_config("/config/Labels"), true,
				base_has_value(image, row->name, row->value) ||
					base_sets_label(image, row->name));
	}
}

/* What is missing, as text, and the labels to add; what only the user knows is in capitals. */
static void list_missing(
	struct verdict_out *out, const struct wanted *w, struct buf *text, int64_t now)
{
	char day[DATE_TEXT];
	const char *const examples[WANTED] = { "YOUR NAME <you@example.com>", "YOUR COMPANY",
		arena_printf(out->arena, "%sT00:00:00Z", date_format_day(now / DAY_SECONDS, day)),
		"https://example.com/YOUR-TEAM/YOUR-APP" };
	bool has_author = w[AUTHORS].found || w[VENDOR].found;
	struct remedy r = { .action = REMEDY_LABEL };

	for (size_t i = 0; i < WANTED; i++) {
		if (w[i].found || i == VENDOR || (i == AUTHORS && has_author))
			continue;
		bool invalid = w[i].is_invalid || (i == AUTHORS && w[VENDOR].is_invalid);
		bool inherited = w[i].is_inherited || (i == AUTHORS && w[VENDOR].is_inherited);

		buf_printf(text, "%s%s%s", text->len ? ", " : "",
			i == AUTHORS ? "authors or vendor" : w[i].key + sizeof(PREFIX) - 1,
			inherited ? " (only inherited from the base)"
			: invalid ? " (invalid)"
				  : "");
		remedy_for(out, &r,
			span_str(arena_printf(out->arena, "%s=%s", w[i].key, examples[i])));
	}
	if (!w[SOURCE].found || !has_author)
		r.note = SPAN("put your own values where there are capitals");
	remedy_add(out, r);
}

static bool has_key(const struct image_facts *image, struct span key)
{
	for (size_t i = 0; i < image->manifest_annotations.n; i++)
		if (span_eq(image->manifest_annotations.p[i].key, key))
			return true;
	for (size_t i = 0; i < image->index_annotations.n; i++)
		if (span_eq(image->index_annotations.p[i].key, key))
			return true;
	return image_config(image->config, CONFIG_LABEL, key).len > 0;
}

static void remarks(
	const struct image_facts *image, struct verdict_out *out, const struct wanted *w)
{
	static const char *const more[] = { PREFIX "revision", PREFIX "version", PREFIX "licenses",
		PREFIX "base.name", PREFIX "base.digest", PREFIX "documentation" };
	bool labels = false;

	for (size_t i = 0; i < sizeof(more) / sizeof(*more); i++)
		if (!has_key(image, span_str(more[i])))
			remark(out, place_image(), span_str(more[i]), "is not set");
	for (size_t i = 0; i < WANTED; i++) {
		if (!w[i].found)
			continue;
		labels = labels || w[i].from_label;
		evidence_add(out, EV_SETTING, DECIDES, DECLARED, w[i].at, span_str(w[i].key),
			"is set and valid");
	}
	if (labels && !image->base.layers && !image->base_config)
		remark(out, place_config("/config/Labels"), SPAN("labels"),
			"may be inherited: the base is unknown, pass --base");
	if (labels)
		remark(out, place_config("/config/Labels"), SPAN("labels"),
			"are used in place of annotations; they count");
}

static enum verdict judge(const struct dossier *d, struct verdict_out *out)
{
	const struct image_facts *image = d->image;
	struct wanted w[WANTED] = {
		[AUTHORS] = { .key = PREFIX "authors", .is_valid = is_text },
		[VENDOR] = { .key = PREFIX "vendor", .is_valid = is_text },
		[CREATED] = { .key = PREFIX "created", .is_valid = is_time },
		[SOURCE] = { .key = PREFIX "source", .is_valid = is_url },
	};
	scoped_buf struct buf missing = { .limit = 2048 };

	out->report->class = DECLARED;
	collect(image, w);
	remarks(image, out, w);
	if ((w[AUTHORS].found || w[VENDOR].found) && w[CREATED].found && w[SOURCE].found)
		return say(
			out, MET, place_image(), "authors or vendor, created and source are set");
	list_missing(out, w, &missing, d->policy->now);
	if (!(image->inputs & INPUT_ANNOTATIONS))
		return say(out, NOT_ASSESSED, place_image(),
			"this image format has no annotations, and the labels lack %.*s",
			SPAN_ARG(buf_view(&missing)));
	return say(out, NOT_MET, place_image(), "missing: %.*s", SPAN_ARG(buf_view(&missing)));
}

const struct criterion conf_annot = {
	.id = "conf.annot",
	.title = "Add annotations",
	.vector = CONFIGURATION,
	.level = 3,
	.rule = "Annotations or labels set authors or vendor, created (RFC 3339) and source (an "
		"absolute URL), all valid and not inherited from the base.",
	.remedy = REMEDY_LABEL,
	.fix = "LABEL " PREFIX "authors=... " PREFIX "created=... " PREFIX "source=...",
	.effort = 1,
	.needs = INPUT_CONFIG,
	.settled_by_input = INPUT_ANNOTATIONS,
	.judge = judge,
};
