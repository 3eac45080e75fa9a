/* differ_json.c - manifests, indexes, configs and manifest.json of `docker save`: keys in any
 * spelling, once and twice, values of any kind.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "differ.h"
#include "image/image.h"
#include "scan/analyzer.h"
#include "scan/search.h"
#include "secret/find/find.h"
#include "source/docker_manifest.h"
#include "source/oci.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde"

/* ---- making ---- */

static void quoted(struct dice *d, struct buf *b, const char *text)
{
	buf_byte(b, '"');
	for (const char *p = text; *p; p++)
		if (dice_percent(d, 2))
			buf_printf(b, "\\u%04x", (uint8_t)*p < 0x80 ? (unsigned)(uint8_t)*p : 0xe9);
		else
			buf_byte(b, *p);
	buf_byte(b, '"');
}

/* A key as it is defined or, seldom, in another spelling. */
static void key(struct dice *d, struct buf *b, const char *name)
{
	char text[80];
	size_t n = 0;

	for (const char *p = name; *p && n < sizeof(text) - 4; p++) {
		bool odd = dice_percent(d, 1);

		if (odd && (*p == 's' || *p == 'k')) {
			memcpy(text + n, *p == 's' ? "\xc5\xbf" : "\xe2\x84\xaa",
				*p == 's' ? 2 : 3);
			n += *p == 's' ? 2 : 3;
		} else {
			text[n++] = (char)(odd && *p != '.' && *p != '_' ? *p ^ 0x20 : *p);
		}
	}
	text[n] = 0;
	quoted(d, b, text);
	buf_byte(b, ':');
}

static void text_value(struct dice *d, struct buf *b)
{
	static const char *const words[] = { "a", "b", "", "linux", "amd64", "v2", "0", "1000",
		"app:app", "A=1", "B", "PATH=/bin", "/bin/sh", "-c", "2026-01-02T03:04:05Z",
		"\xc3\xa9", "Layers", "layer.tar", "sha256:" HEX "0", NULL };

	quoted(d, b, dice_word(d, words));
}

static void odd_value(struct dice *d, struct buf *b)
{
	static const char *const values[] = { "null", "null", "0", "-1", "1.0", "1e2", "true", "{}",
		"[]", "[null]", "[1]", "\"\"", "{\"a\":1}", "{\"a\":null}", "\"\\ud800\"", NULL };

	buf_str(b, dice_word(d, values));
}

typedef void (*value_fn)(struct dice *d, struct buf *b);

static void texts(struct dice *d, struct buf *b)
{
	buf_byte(b, '[');
	for (uint64_t n = dice_below(d, 3); n; n--) {
		text_value(d, b);
		buf_str(b, n > 1 ? "," : "");
	}
	buf_byte(b, ']');
}

static void map_of(struct dice *d, struct buf *b, bool of_text)
{
	static const char *const names[] = { "a", "A", "k", "\xe2\x84\xaa", "user", "User", "/v",
		"80/tcp", NULL };
	size_t first = dice_below(d, 8), n = dice_below(d, 3);

	buf_byte(b, '{');
	for (size_t i = 0; i < n; i++) {
		quoted(d, b, names[(first + i) % 8]);
		buf_byte(b, ':');
		if (of_text)
			text_value(d, b);
		else
			buf_str(b, "{}");
		buf_str(b, i + 1 < n ? "," : "");
	}
	buf_byte(b, '}');
}

static void map(struct dice *d, struct buf *b)
{
	map_of(d, b, true);
}

static void set(struct dice *d, struct buf *b)
{
	map_of(d, b, false);
}

static void truth(struct dice *d, struct buf *b)
{
	buf_str(b, dice_percent(d, 50) ? "true" : "false");
}

static void digest(struct dice *d, struct buf *b)
{
	buf_printf(b, "\"sha256:" HEX "%x\"", (unsigned)dice_below(d, 16));
}

static void length(struct dice *d, struct buf *b)
{
	static const char *const sizes[] = { "0", "7", "4096", "9223372036854775807", NULL };

	buf_str(b, dice_word(d, sizes));
}

static void version(struct dice *d, struct buf *b)
{
	(void)d;
	buf_byte(b, '2');
}

static void layer_type(struct dice *d, struct buf *b)
{
	static const char *const types[] = { "application/vnd.oci.image.layer.v1.tar+gzip",
		"application/vnd.oci.image.layer.v1.tar", NULL };

	quoted(d, b, dice_word(d, types));
}

static void config_type(struct dice *d, struct buf *b)
{
	quoted(d, b, OCI_CONFIG);
	(void)d;
}

static void manifest_type(struct dice *d, struct buf *b)
{
	quoted(d, b, OCI_MANIFEST);
}

static void index_type(struct dice *d, struct buf *b)
{
	quoted(d, b, OCI_INDEX);
}

struct field {
	const char *name;
	value_fn value;
	unsigned chance; /* that it is there, in percent */
};

/* Fields of an object; one may come twice or be of another kind. */
static void object(struct dice *d, struct buf *b, const struct field *f)
{
	const char *sep = "";

	buf_byte(b, '{');
	for (; f->name; f++)
		for (unsigned n = dice_percent(d, f->chance) + (dice_below(d, 300) == 0); n; n--) {
			buf_str(b, sep);
			key(d, b, f->name);
			(dice_percent(d, 1) ? odd_value : f->value)(d, b);
			sep = ",";
		}
	buf_byte(b, '}');
}

static void list(struct dice *d, struct buf *b, value_fn value)
{
	buf_byte(b, '[');
	for (uint64_t n = dice_below(d, 3); n; n--) {
		value(d, b);
		buf_str(b, n > 1 ? "," : "");
	}
	buf_byte(b, ']');
}

static void platform(struct dice *d, struct buf *b)
{
	static const struct field fields[] = { { "architecture", text_value, 90 },
		{ "os", text_value, 90 }, { "variant", text_value, 30 },
		{ "os.version", text_value, 20 }, { "os.features", texts, 10 }, { NULL, NULL, 0 } };

	object(d, b, fields);
}

static void layer(struct dice *d, struct buf *b)
{
	static const struct field fields[] = { { "mediaType", layer_type, 95 },
		{ "digest", digest, 99 }, { "size", length, 99 }, { "annotations", map, 10 },
		{ NULL, NULL, 0 } };

	object(d, b, fields);
}

static void config_entry(struct dice *d, struct buf *b)
{
	static const struct field fields[] = { { "mediaType", config_type, 95 },
		{ "digest", digest, 99 }, { "size", length, 99 }, { "annotations", map, 10 },
		{ NULL, NULL, 0 } };

	object(d, b, fields);
}

static void index_entry(struct dice *d, struct buf *b)
{
	static const struct field fields[] = { { "mediaType", manifest_type, 95 },
		{ "digest", digest, 99 }, { "size", length, 99 }, { "annotations", map, 30 },
		{ "platform", platform, 80 }, { "artifactType", text_value, 5 },
		{ NULL, NULL, 0 } };

	object(d, b, fields);
}

static void layers(struct dice *d, struct buf *b)
{
	list(d, b, layer);
}

static void entries(struct dice *d, struct buf *b)
{
	list(d, b, index_entry);
}

static void spoil_sometimes(struct dice *d, struct buf *b)
{
	if (dice_percent(d, 5))
		dice_spoil(d, b, 0);
	if (dice_percent(d, 1))
		buf_str(b, dice_percent(d, 50) ? "{}" : " \n");
}

static void make_document(struct dice *d, struct buf *b)
{
	static const struct field manifest[] = { { "schemaVersion", version, 95 },
		{ "mediaType", manifest_type, 70 }, { "config", config_entry, 98 },
		{ "layers", layers, 98 }, { "annotations", map, 30 }, { "x", map, 5 },
		{ NULL, NULL, 0 } };
	static const struct field index[] = { { "schemaVersion", version, 95 },
		{ "mediaType", index_type, 70 }, { "manifests", entries, 99 },
		{ "annotations", map, 30 }, { NULL, NULL, 0 } };

	if (dice_percent(d, 1))
		buf_str(b, "\xef\xbb\xbf");
	object(d, b, dice_percent(d, 50) ? manifest : index);
	spoil_sometimes(d, b);
}

static void health(struct dice *d, struct buf *b)
{
	static const struct field fields[] = { { "Test", texts, 90 }, { NULL, NULL, 0 } };

	object(d, b, fields);
}

static void settings(struct dice *d, struct buf *b)
{
	static const struct field fields[] = { { "User", text_value, 90 }, { "Env", texts, 50 },
		{ "Entrypoint", texts, 50 }, { "Cmd", texts, 50 }, { "Labels", map, 50 },
		{ "Volumes", set, 30 }, { "ExposedPorts", set, 30 },
		{ "WorkingDir", text_value, 50 }, { "StopSignal", text_value, 10 },
		{ "Healthcheck", health, 10 }, { "OnBuild", texts, 10 }, { "Shell", texts, 10 },
		{ NULL, NULL, 0 } };

	object(d, b, fields);
}

static void history_line(struct dice *d, struct buf *b)
{
	static const struct field fields[] = { { "created", text_value, 50 },
		{ "created_by", text_value, 90 }, { "author", text_value, 10 },
		{ "comment", text_value, 30 }, { "empty_layer", truth, 30 }, { NULL, NULL, 0 } };

	object(d, b, fields);
}

static void history(struct dice *d, struct buf *b)
{
	list(d, b, history_line);
}

static void rootfs(struct dice *d, struct buf *b)
{
	static const struct field fields[] = { { "type", text_value, 90 },
		{ "diff_ids", texts, 90 }, { NULL, NULL, 0 } };

	object(d, b, fields);
}

static void make_config(struct dice *d, struct buf *b)
{
	static const struct field fields[] = { { "architecture", text_value, 90 },
		{ "os", text_value, 90 }, { "variant", text_value, 20 },
		{ "os.version", text_value, 10 }, { "created", text_value, 80 },
		{ "author", text_value, 10 }, { "config", settings, 97 }, { "rootfs", rootfs, 95 },
		{ "history", history, 70 }, { "container_config", settings, 10 },
		{ NULL, NULL, 0 } };

	object(d, b, fields);
	spoil_sometimes(d, b);
}

static void archive_image(struct dice *d, struct buf *b)
{
	static const struct field fields[] = { { "Config", text_value, 98 },
		{ "RepoTags", texts, 70 }, { "Layers", texts, 95 }, { "Parent", text_value, 5 },
		{ NULL, NULL, 0 } };

	object(d, b, fields);
}

static void make_archive(struct dice *d, struct buf *b)
{
	list(d, b, archive_image);
	spoil_sometimes(d, b);
}

/* ---- reading ---- */

enum { ARENA = 8 << 20 };

/* The one document of a source, whatever is asked for. */
struct one {
	struct source source;
	struct span text;
};

static int root(struct source *s, const struct call *call, struct arena *a, struct descriptor *out,
	struct scov_err *err)
{
	(void)s, (void)call, (void)a, (void)err;
	*out = (struct descriptor){ 0 };
	return 0;
}

static int document(struct source *s, const struct descriptor *d, const struct call *call,
	struct arena *a, struct span *out, struct scov_err *err)
{
	(void)d, (void)call, (void)a, (void)err;
	*out = ((struct one *)s)->text;
	return 0;
}

/* On one line: control bytes as the oracle writes them. Good until 64 more are asked for. */
static struct span plain(struct span s)
{
	enum { TEXT = 4096, TEXTS = 64 };
	static char texts[TEXTS][TEXT];
	static unsigned at;
	char *p = texts[at++ % TEXTS];
	size_t n = s.len < TEXT ? s.len : TEXT;

	for (size_t i = 0; i < n; i++)
		p[i] = (char)(span_at(s, i) < 0x20 ? '?' : span_at(s, i));
	return span_of(p, n);
}
#define PLAIN(s) SPAN_ARG(plain(s))

static void line(struct buf *b, const char *name, struct span value)
{
	if (value.len)
		buf_printf(b, "%s %.*s\n", name, PLAIN(value));
}

static void pairs(struct buf *b, const char *name, const annotations *list)
{
	for (size_t i = 0; i < list->n; i++)
		buf_printf(
			b, "%s %.*s=%.*s\n", name, PLAIN(list->p[i].key), PLAIN(list->p[i].value));
}

static void descriptor_lines(
	struct buf *b, const char *name, size_t number, const struct descriptor *d)
{
	char text[DIGEST_TEXT], full[40];

	snprintf(full, sizeof(full), number == SIZE_MAX ? "%s" : "%s %zu", name, number);
	buf_printf(b, "%s %s %.*s %llu %.*s\n", full, digest_format(&d->digest, text),
		PLAIN(d->media_type), (unsigned long long)d->size, PLAIN(d->artifact_type));
	buf_printf(b, "%s on %.*s/%.*s/%.*s %.*s\n", full, PLAIN(d->platform.os),
		PLAIN(d->platform.architecture), PLAIN(d->platform.variant),
		PLAIN(d->platform.os_version));
	pairs(b, full, &d->annotations);
}

static bool read_index(
	const struct json *doc, const struct limits *l, struct arena *a, struct buf *out)
{
	descriptors list = { 0 };
	annotations notes = { 0 };
	struct scov_err err;

	if (oci_index_entries(doc, l, a, &list, &err) ||
		oci_annotations(json_get(doc, "annotations"), a, &notes, &err))
		return false;
	for (size_t i = 0; i < list.n; i++)
		descriptor_lines(out, "manifest", i, &list.p[i]);
	pairs(out, "annotation", &notes);
	buf_str(out, "config none\n");
	return true;
}

static bool read_manifest(
	struct source *s, const struct limits *l, struct arena *a, struct buf *out)
{
	struct image_choices c = { 0 };
	struct manifest m = { 0 };
	struct scov_err err;

	if (image_list(s, l, NULL, a, &c, &err) ||
		image_manifest(s, l, &c.list.p[0], NULL, a, &m, &err))
		return false;
	descriptor_lines(out, "config", SIZE_MAX, &m.config);
	for (size_t i = 0; i < m.layers.n; i++)
		descriptor_lines(out, "layer", i, &m.layers.p[i]);
	pairs(out, "annotation", &m.annotations);
	return true;
}

static bool read_document(struct span in, struct buf *out)
{
	static const struct source_ops ops = {
		.transport = "one", .root = root, .document = document
	};
	scoped_arena struct arena a = { .limit = ARENA };
	struct one s = { .source = { .ops = &ops }, .text = in };
	struct limits l = limits_default();
	const struct json *doc = NULL;
	struct scov_err err;

	if (oci_parse(in, &l, &a, &doc, &err))
		return false;
	line(out, "type", json_get_text(doc, "mediaType"));
	bool good =
		json_get(doc, "manifests") && !json_get(doc, "layers") && !json_get(doc, "config")
			? read_index(doc, &l, &a, out)
			: read_manifest(&s.source, &l, &a, out);

	sort_lines(out);
	return good;
}

/* Rows of the config; of a list each with its place. */
static void config_lines(const struct part *p, struct buf *out)
{
	static const struct {
		uint8_t key;
		const char *name;
		bool is_list;
	} rows[] = {
		{ CONFIG_CREATED, "created", false },
		{ CONFIG_AUTHOR, "author", false },
		{ CONFIG_ARCHITECTURE, "architecture", false },
		{ CONFIG_VARIANT, "variant", false },
		{ CONFIG_OS, "os", false },
		{ CONFIG_OS_VERSION, "osversion", false },
		{ CONFIG_USER, "user", false },
		{ CONFIG_WORKDIR, "workdir", false },
		{ CONFIG_STOPSIGNAL, "stop", false },
		{ CONFIG_LABEL, "label", false },
		{ CONFIG_PORT, "port", false },
		{ CONFIG_VOLUME, "volume", false },
		{ CONFIG_ENV, "env", true },
		{ CONFIG_ENTRYPOINT, "entrypoint", true },
		{ CONFIG_CMD, "cmd", true },
		{ CONFIG_ONBUILD, "onbuild", true },
		{ CONFIG_SHELL, "shell", true },
		{ CONFIG_HEALTHCHECK, "health", true },
	};

	for (size_t r = 0; r < sizeof(rows) / sizeof(*rows); r++) {
		bool is_map = rows[r].key == CONFIG_LABEL,
		     is_set = rows[r].key == CONFIG_PORT || rows[r].key == CONFIG_VOLUME;

		for (size_t i = 0, n = 0; i < p->configs.n; i++) {
			const struct config_fact *f = &p->configs.p[i];
			bool is_env = f->key == CONFIG_ENV;

			if (f->key != rows[r].key ||
				(!rows[r].is_list && !is_map && !is_set && !f->value.len))
				continue;
			buf_printf(out, "%s ", rows[r].name);
			if (rows[r].is_list)
				buf_printf(out, "%zu ", n++);
			if (is_env || is_map)
				buf_printf(out, "%.*s%s", PLAIN(f->name), f->has_value ? "=" : "");
			buf_printf(out, "%.*s\n", PLAIN(f->value));
		}
	}
	for (size_t i = 0; i < p->diff_ids.n; i++)
		buf_printf(out, "diff %zu %.*s\n", i, PLAIN(p->diff_ids.p[i].text));
	for (size_t i = 0; i < p->history.n; i++)
		buf_printf(out, "history %zu %.*s %.*s %.*s %.*s %s\n", i,
			PLAIN(p->history.p[i].created), PLAIN(p->history.p[i].created_by),
			PLAIN(p->history.p[i].author), PLAIN(p->history.p[i].comment),
			p->history.p[i].empty_layer ? "true" : "false");
}

static bool hides(const struct part *p)
{
	for (size_t i = 0; i < p->diags.n; i++)
		if (p->diags.p[i].hides)
			return true;
	return false;
}

static bool read_config(struct span in, struct buf *out)
{
	scoped_arena struct arena a = { .limit = ARENA }, scratch = { .limit = ARENA };
	struct limits l = limits_default();
	struct part part = { .kind = PART_CONFIG };
	struct analysis x = { .part = &part,
		.arena = &a,
		.scratch = &scratch,
		.limits = &l,
		.key = SPAN("0123456789abcdef") };
	struct scov_err err;

	x.finder = search_finder(&err);
	if (!x.finder)
		return false;
	finder_bind(x.finder, &part, &a, &l, x.key);
	if (analyze_config(&x, in) || hides(&part))
		return false;
	config_lines(&part, out);
	sort_lines(out);
	return true;
}

static bool read_archive(struct span in, struct buf *out)
{
	scoped_arena struct arena a = { .limit = ARENA };
	struct limits l = limits_default();
	docker_images list = { 0 };
	struct scov_err err;

	if (docker_manifest_parse(in, &l, &a, &list, &err))
		return false;
	for (size_t i = 0; i < list.n; i++) {
		buf_printf(out, "%zu config %.*s\n", i, PLAIN(list.p[i].config));
		for (size_t k = 0; k < list.p[i].tags.n; k++)
			buf_printf(out, "%zu tag %zu %.*s\n", i, k, PLAIN(list.p[i].tags.p[k]));
		for (size_t k = 0; k < list.p[i].layers.n; k++)
			buf_printf(out, "%zu layer %zu %.*s\n", i, k, PLAIN(list.p[i].layers.p[k]));
	}
	sort_lines(out);
	return true;
}

const struct kind kind_document = { "document", 'd', make_document, read_document, NULL };
const struct kind kind_config = { "config", 'c', make_config, read_config, NULL };
const struct kind kind_archive = { "archive", 'a', make_archive, read_archive, NULL };
