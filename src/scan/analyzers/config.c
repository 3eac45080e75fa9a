/* config.c - an image config as facts.
 *
 * OCI image-spec 1.1 config.md, and Docker's additions (Healthcheck, OnBuild, Shell,
 * moby.buildkit.buildinfo.v0), keys in the spellings that Go takes. What is null counts as absent.
 * A field of the wrong kind is a diagnostic that hides all: runtimes refuse such a config or read
 * it differently, so no verdict may rest on it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "scan/analyzers/record.h"
#include "scan/search.h"
#include "scan/text.h"
#include "syntax/json.h"

struct reading {
	struct analysis *out;
	bool full; /* the arena */
};

static void wrong(struct reading *r, const char *field, const char *want)
{
	diag_add(r->out, DIAG_ERROR, NO_ENTRY, HIDES_ALL, "config: %s is not %s", field, want);
}

static bool is_absent(const struct json *v)
{
	return json_is(v, JSON_ABSENT) || json_is(v, JSON_NIL);
}

/* NULL: absent, or of another kind, which is reported. */
static const struct json *member(struct reading *r, const struct json *dict, const char *name,
	enum json_kind kind, const char *want)
{
	const struct json *v = json_get(dict, name);

	if (!is_absent(v) && !json_is(v, kind))
		wrong(r, name, want);
	return json_is(v, kind) ? v : NULL;
}

static struct span text(struct reading *r, struct span raw)
{
	struct span s = fact_text(r->out, raw);

	r->full |= s.p == NULL;
	return s;
}

/* A name of a user, a folder or a program, which the layers have too; no line of a shell. */
static bool is_name(enum config_key key, struct span value)
{
	static const uint8_t keys[] = { CONFIG_USER, CONFIG_WORKDIR, CONFIG_ENTRYPOINT, CONFIG_CMD,
		CONFIG_HEALTHCHECK, CONFIG_SHELL };

	return memchr(keys, (int)key, sizeof(keys)) && span_find(value, ' ') == value.len &&
	       span_find(value, '=') == value.len;
}

static struct span value_text(
	struct reading *r, enum config_key key, struct span name, struct span value)
{
	bool is_path = key == CONFIG_ENV && span_eq(name, SPAN("PATH"));
	struct span s = is_path || (!name.len && is_name(key, value))
				? fact_name(r->out, value)
				: fact_value(r->out, name, value);

	r->full |= s.p == NULL;
	return s;
}

static void add_row(struct reading *r, struct config_fact f)
{
	r->full = r->full || r->out->part->configs.n >= r->out->limits->records ||
		  !vec_add(&r->out->part->configs, r->out->arena, &f);
}

static void add(struct reading *r, enum config_key key, struct span name, const struct span *value)
{
	struct config_fact f = {
		.key = (uint8_t)key, .name = text(r, name), .has_value = value != NULL
	};

	if (value)
		f.value = value_text(r, key, name, *value);
	add_row(r, f);
}

static void add_value(struct reading *r, enum config_key key, struct span value)
{
	add(r, key, SPAN(""), &value);
}

static void one_text(
	struct reading *r, const struct json *dict, const char *name, enum config_key key)
{
	const struct json *v = member(r, dict, name, JSON_TEXT, "text");

	if (v)
		add_value(r, key, json_text(v));
}

static void text_list(
	struct reading *r, const struct json *dict, const char *name, enum config_key key)
{
	const struct json *v = member(r, dict, name, JSON_LIST, "a list");

	for (size_t i = 0; i < json_count(v); i++) {
		struct config_fact f = { .key = (uint8_t)key, .has_value = true };

		if (!json_is(json_at(v, i), JSON_TEXT)) {
			wrong(r, name, "a list of text");
			continue;
		}
		f.name = text(r, SPAN(""));
		f.value = value_text(r, key, search_option(v, i), json_text(json_at(v, i)));
		add_row(r, f);
	}
}

static void environment(struct reading *r, const struct json *config)
{
	const struct json *v = member(r, config, "Env", JSON_LIST, "a list");

	for (size_t i = 0; i < json_count(v); i++) {
		struct span s = json_text(json_at(v, i));
		size_t eq = span_find(s, '=');
		struct span value = span_from(s, eq + 1);

		if (!json_is(json_at(v, i), JSON_TEXT))
			wrong(r, "Env", "a list of text");
		else
			add(r, CONFIG_ENV, span_sub(s, 0, eq), eq < s.len ? &value : NULL);
	}
}

static void labels(struct reading *r, const struct json *config)
{
	const struct json *v = member(r, config, "Labels", JSON_DICT, "an object");

	for (size_t i = 0; i < json_count(v); i++) {
		const struct json *label = json_at(v, i);
		struct span value = json_text(label);

		if (!json_is(label, JSON_TEXT) && !json_is(label, JSON_NIL))
			wrong(r, "Labels", "an object of text");
		else
			add(r, CONFIG_LABEL, json_name(label), &value);
	}
}

/* A set: an object whose keys are the members. */
static void key_set(
	struct reading *r, const struct json *config, const char *name, enum config_key key)
{
	const struct json *v = member(r, config, name, JSON_DICT, "an object");

	for (size_t i = 0; i < json_count(v); i++) {
		if (!json_is(json_at(v, i), JSON_DICT) && !json_is(json_at(v, i), JSON_NIL))
			wrong(r, name, "an object of objects");
		add_value(r, key, json_name(json_at(v, i)));
	}
}

/* What is read here, and what a runtime reads besides and could be mistaken for it. */
static const struct json_field fields[] = {
	{ "architecture", JSON_ABSENT, false },
	{ "os", JSON_ABSENT, false },
	{ "variant", JSON_ABSENT, false },
	{ "os.version", JSON_ABSENT, false },
	{ "os.features", JSON_ABSENT, false },
	{ "created", JSON_ABSENT, false },
	{ "author", JSON_ABSENT, false },
	{ "config", JSON_ABSENT, false },
	{ "rootfs", JSON_ABSENT, false },
	{ "history", JSON_ABSENT, false },
	{ "moby.buildkit.buildinfo.v0", JSON_ABSENT, false },
	{ "User", JSON_ABSENT, false },
	{ "Env", JSON_ABSENT, false },
	{ "Entrypoint", JSON_ABSENT, false },
	{ "Cmd", JSON_ABSENT, false },
	{ "ArgsEscaped", JSON_ABSENT, false },
	{ "Labels", JSON_ABSENT, true },
	{ "Volumes", JSON_ABSENT, true },
	{ "ExposedPorts", JSON_ABSENT, true },
	{ "Healthcheck", JSON_ABSENT, false },
	{ "OnBuild", JSON_ABSENT, false },
	{ "Shell", JSON_ABSENT, false },
	{ "WorkingDir", JSON_ABSENT, false },
	{ "StopSignal", JSON_ABSENT, false },
	{ "Test", JSON_ABSENT, false },
	{ "type", JSON_ABSENT, false },
	{ "diff_ids", JSON_ABSENT, false },
	{ "created_by", JSON_ABSENT, false },
	{ "comment", JSON_ABSENT, false },
	{ "empty_layer", JSON_ABSENT, false },
	{ NULL, JSON_ABSENT, false },
};

static void config_object(struct reading *r, const struct json *top)
{
	const struct json *config = member(r, top, "config", JSON_DICT, "an object");

	environment(r, config);
	text_list(r, config, "Entrypoint", CONFIG_ENTRYPOINT);
	text_list(r, config, "Cmd", CONFIG_CMD);
	labels(r, config);
	key_set(r, config, "Volumes", CONFIG_VOLUME);
	key_set(r, config, "ExposedPorts", CONFIG_PORT);
	text_list(r, member(r, config, "Healthcheck", JSON_DICT, "an object"), "Test",
		CONFIG_HEALTHCHECK);
	text_list(r, config, "OnBuild", CONFIG_ONBUILD);
	text_list(r, config, "Shell", CONFIG_SHELL);
	one_text(r, config, "User", CONFIG_USER);
	one_text(r, config, "WorkingDir", CONFIG_WORKDIR);
	one_text(r, config, "StopSignal", CONFIG_STOPSIGNAL);
}

static struct span history_text(struct reading *r, const struct json *line, const char *name)
{
	return text(r, json_text(member(r, line, name, JSON_TEXT, "text")));
}

static void history(struct reading *r, const struct json *top)
{
	const struct json *v = member(r, top, "history", JSON_LIST, "a list");

	for (size_t i = 0; i < json_count(v) && !r->full; i++) {
		const struct json *line = json_at(v, i);
		struct history_fact f = { .empty_layer = json_truth(member(r, line, "empty_layer",
						  JSON_BOOL, "true or false")) };

		if (!json_is(line, JSON_DICT))
			wrong(r, "history",
				"a list of objects"); /* the row stays: layers are counted by it */
		f.created = history_text(r, line, "created");
		f.created_by = history_text(r, line, "created_by");
		f.author = history_text(r, line, "author");
		f.comment = history_text(r, line, "comment");
		r->full = r->full || !vec_add(&r->out->part->history, r->out->arena, &f);
	}
}

static void diff_ids(struct reading *r, const struct json *top)
{
	const struct json *rootfs = member(r, top, "rootfs", JSON_DICT, "an object");
	const struct json *v = member(r, rootfs, "diff_ids", JSON_LIST, "a list");

	(void)member(r, rootfs, "type", JSON_TEXT, "text");

	for (size_t i = 0; i < json_count(v) && !r->full; i++) {
		struct diff_id_fact f = { text(r, json_text(json_at(v, i))) };

		if (!json_is(json_at(v, i), JSON_TEXT))
			wrong(r, "diff_ids", "a list of text");
		r->full = r->full || !vec_add(&r->out->part->diff_ids, r->out->arena, &f);
	}
}

static enum secret_surface surface_of(struct span pointer)
{
	static const struct {
		struct span head;
		uint8_t surface;
	} rows[] = {
		{ SPAN_INIT("/config/Env"), SURFACE_ENV },
		{ SPAN_INIT("/config/Cmd"), SURFACE_COMMAND },
		{ SPAN_INIT("/config/Entrypoint"), SURFACE_COMMAND },
		{ SPAN_INIT("/config/Shell"), SURFACE_COMMAND },
		{ SPAN_INIT("/config/Labels"), SURFACE_LABEL },
		{ SPAN_INIT("/config/Healthcheck"), SURFACE_HEALTHCHECK },
		{ SPAN_INIT("/config/OnBuild"), SURFACE_ONBUILD },
		{ SPAN_INIT("/history/"), SURFACE_HISTORY },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (span_starts(pointer, rows[i].head))
			return (enum secret_surface)rows[i].surface;
	return SURFACE_SETTING;
}

int analyze_config(struct analysis *out, struct span in)
{
	scoped_arena struct arena own = { .limit = out->limits->worker_memory / 2 };
	struct reading r = { .out = out };
	const struct json *top = NULL;
	struct scov_err err = { 0 };
	int code = json_parse_go(in, (size_t)out->limits->document_size, fields, &own, &top, &err);

	if (!code && !json_is(top, JSON_DICT))
		code = SCOV_E_FORMAT;
	if (code) {
		diag_add(out, DIAG_ERROR, NO_ENTRY, HIDES_ALL, "config: %s",
			top ? "not an object" : err.text);
		return code;
	}
	config_object(&r, top);
	one_text(&r, top, "created", CONFIG_CREATED);
	one_text(&r, top, "author", CONFIG_AUTHOR);
	one_text(&r, top, "architecture", CONFIG_ARCHITECTURE);
	one_text(&r, top, "os", CONFIG_OS);
	one_text(&r, top, "variant", CONFIG_VARIANT);
	one_text(&r, top, "os.version", CONFIG_OS_VERSION);
	one_text(&r, top, "moby.buildkit.buildinfo.v0", CONFIG_BUILDINFO);
	history(&r, top);
	diff_ids(&r, top);
	r.full |= !search_json(out, top, surface_of);
	return r.full ? SCOV_E_LIMIT : 0;
}
