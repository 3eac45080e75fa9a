/* secretfile.c - "Support secrets via file mount" (configuration and metadata, level 3).
 *
 * The weakest of the rules: it guesses from the entrypoint and the environment how secrets are
 * read. It shows the lines, and the label io.scoville.secrets lets an author declare what no script
 * shows.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "criteria/rows.h"
#include "secret/value/name.h"

#define LABEL "io.scoville.secrets"

/* X of X_FILE, FILE__X or X__FILE; empty: the name has no such form. */
static struct span bare_name(struct span name)
{
	if (span_starts(name, SPAN("FILE__")))
		return span_from(name, 6);
	if (span_ends(name, SPAN("__FILE")))
		return span_sub(name, 0, name.len - 6);
	if (span_ends(name, SPAN("_FILE")))
		return span_sub(name, 0, name.len - 5);
	return SPAN("");
}

static bool is_secret_folder(struct span path)
{
	static const char *const folders[] = { "/run/secrets", "/var/run/secrets" };

	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		struct span f = span_str(folders[i]);

		if (span_starts(path, f) && (path.len == f.len || span_at(path, f.len) == '/'))
			return true;
	}
	return false;
}

static bool is_boolean(struct span v)
{
	static const char *const words[] = { "0", "1", "true", "false", "yes", "no", "on", "off" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (span_eq_nocase(v, span_str(words[i])))
			return true;
	return false;
}

/* "none", or absolute paths parted by commas or blanks. */
static bool is_declaration(struct span v)
{
	size_t paths = 0;
	bool at_start = true;

	if (span_eq(span_trim(v), SPAN("none")))
		return true;
	for (size_t i = 0; i < v.len; i++) {
		uint8_t c = span_at(v, i);
		bool sep = c == ',' || c == ' ';

		if (at_start && !sep && c != '/')
			return false;
		paths += at_start && !sep;
		at_start = sep;
	}
	return paths > 0;
}

static struct place script_place(const struct image_facts *image, const struct script_fact *s)
{
	if (s->entry >= image->files.n)
		return place_image();
	return place_line(
		(int32_t)image->files.p[s->entry].layer, image->files.p[s->entry].path, s->line);
}

static bool reads_twin(const struct image_facts *image, struct span name)
{
	for (size_t i = 0; i < image->scripts.n; i++)
		if (image->scripts.p[i].kind == SCRIPT_READS_FILE &&
			span_eq(bare_name(image->scripts.p[i].name), name))
			return true;
	return false;
}

struct tally {
	size_t by_file, by_value;
	struct place file_at, value_at;
	struct span file_name, value_name;
	struct remedy entrypoint; /* of each variable */
};

static void see_file(struct tally *t, struct verdict_out *out, struct place at, struct span name,
	const char *why)
{
	if (!t->by_file++) {
		t->file_at = at;
		t->file_name = name;
	}
	if (t->by_file <= SHOWN_MAX)
		remark(out, at, name, "%s", why);
}

static void see_value(struct tally *t, struct verdict_out *out, struct place at, struct span name,
	const char *why)
{
	if (!t->by_value++) {
		t->value_at = at;
		t->value_name = name;
	}
	remedy_for(out, &t->entrypoint,
		span_str(arena_printf(out->arena, "%.*s_FILE", SPAN_ARG(name))));
	if (t->by_value <= SHOWN_MAX)
		evidence_add(out, at.kind == PLACE_FILE ? EV_FILE : EV_SETTING, DECIDES, OBSERVED,
			at, name, why);
}

static void read_config(const struct image_facts *image, struct verdict_out *out, struct tally *t)
{
	const struct part *c = image->config;

	for (size_t i = 0; c && i < c->configs.n; i++) {
		const struct config_fact *row = &c->configs.p[i];
		struct span bare = bare_name(row->name);

		if (row->key == CONFIG_VOLUME && is_secret_folder(row->value))
			see_file(t, out, place_config("/config/Volumes"), row->value,
				"a volume for secrets");
		if (row->key != CONFIG_ENV || !row->has_value || !row->value.len)
			continue;
		if (bare.len && name_is_secret(bare) && span_at(row->value, 0) == '/')
			see_file(t, out, place_config("/config/Env"), row->name,
				"the default path of a secret file");
		else if (name_is_secret(row->name) && span_at(row->value, 0) != '/' &&
			 !is_boolean(row->value))
			see_value(t, out, place_config("/config/Env"), row->name,
				"a secret with a value in the environment");
	}
}

static void read_scripts(const struct image_facts *image, struct verdict_out *out, struct tally *t)
{
	for (size_t i = 0; i < image->scripts.n; i++) {
		const struct script_fact *s = &image->scripts.p[i];

		if (s->kind == SCRIPT_READS_FILE)
			see_file(t, out, script_place(image, s), s->name,
				"the entrypoint reads a secret from a file");
		else if (s->kind == SCRIPT_WANTS_VALUE && !reads_twin(image, s->name))
			see_value(t, out, script_place(image, s), s->name,
				"the entrypoint reads this secret from the variable only");
	}
}

static enum verdict judge(const struct dossier *d, struct verdict_out *out)
{
	struct span label = image_config(d->image->config, CONFIG_LABEL, SPAN(LABEL));
	struct tally t = { .entrypoint = { .action = REMEDY_ENTRYPOINT,
				   .note = SPAN("and remove the value from the environment") } };

	read_config(d->image, out, &t);
	read_scripts(d->image, out, &t);
	remark_rest(out, "ways to read a secret from a file", t.by_file, SHOWN_MAX);
	remark_rest(out, "secrets passed by value", t.by_value, SHOWN_MAX);
	if (t.by_value) {
		remedy_add(out, t.entrypoint);
		return say(out, NOT_MET, place_image(), "%.*s is read from the environment only",
			SPAN_ARG(t.value_name));
	}
	if (t.by_file)
		return say(out, MET, t.file_at, "secrets are read from files: %.*s",
			SPAN_ARG(t.file_name));
	if (label.len && is_declaration(label)) {
		out->report->class = DECLARED;
		return say(out, MET, place_config("/config/Labels/" LABEL),
			"the label " LABEL " says %.*s", SPAN_ARG(label));
	}
	remedy_one(out, REMEDY_LABEL, LABEL "=none",
		"if it takes none; else the paths of their files, such as /run/secrets/db");
	return say(out, NOT_ASSESSED, place_image(),
		"neither the entrypoint nor the environment shows how secrets are passed");
}

const struct criterion conf_secretfile = {
	.id = "conf.secretfile",
	.title = "Support secrets via file mount",
	.vector = CONFIGURATION,
	.level = 3,
	.rule = "The entrypoint or a script that it runs reads X_FILE, FILE__X, X__FILE or "
		"/run/secrets for a secret X, or Env, Volumes or the "
		"label " LABEL
		" declare it. A secret that is read from a variable only is not met.",
	.remedy = REMEDY_ENTRYPOINT,
	.fix = "read NAME_FILE in the entrypoint, or LABEL " LABEL "=none",
	.effort = 2,
	.needs = INPUT_CONFIG | INPUT_FILES | INPUT_LINUX,
	.settled_by = "the label " LABEL ", or an entrypoint that reads NAME_FILE",
	.judge = judge,
};
