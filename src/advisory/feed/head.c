/* head.c - what a file is, by its name and its first bytes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/feed/head.h"

#include "base/ascii.h"

bool feed_head_has(const struct feed_head *h, const char *key)
{
	for (size_t i = 0; i < h->keys_n; i++)
		if (span_eq(h->keys[i], span_str(key)))
			return true;
	return false;
}

bool feed_head_is_html(const struct feed_head *h)
{
	return span_at(span_trim(h->bytes), 0) == '<';
}

static void add_key(struct feed_head *h, struct span key, struct arena *a)
{
	struct span copy = h->keys_n < FEED_KEYS ? arena_dup(a, key) : (struct span){ 0 };

	if (copy.len)
		h->keys[h->keys_n++] = copy;
}

/* ---- JSON: the names of the first level, or of the second if the first is a list ---- */

struct keys {
	struct feed_head *head;
	struct arena *arena;
	bool is_list;
};

static void see(struct keys *k, const struct json_step *path, size_t steps)
{
	if (steps == (k->is_list ? 2u : 1u))
		add_key(k->head, path[steps - 1].name, k->arena);
}

static enum json_choice key_begins(
	void *ctx, const struct json_step *path, size_t steps, enum json_kind kind)
{
	struct keys *k = ctx;

	if (!steps)
		k->is_list = kind == JSON_LIST;
	see(k, path, steps);
	return steps < (k->is_list ? 2u : 1u) ? JSON_ENTER : JSON_PASS;
}

static int key_value(void *ctx, const struct json_step *path, size_t steps, const struct json *v,
	struct scov_err *err)
{
	(void)v;
	(void)err;
	see(ctx, path, steps);
	return 0;
}

/* An error in a head that is cut means nothing: the reader of the file reports it. */
static int json_keys(struct feed_head *h, bool is_whole, struct arena *a, struct scov_err *err)
{
	static const struct json_stream_events events = { key_begins, key_value, NULL };
	struct keys k = { .head = h, .arena = a };
	struct json_stream *s = json_stream_open(&events, &k, 2 * FEED_HEAD, true);
	int code = s ? json_stream_push(s, h->bytes, err) : err_memory(err);

	if (!code && is_whole)
		code = json_stream_end(s, err);
	json_stream_free(s);
	return is_whole || code == SCOV_E_MEMORY ? code : 0;
}

/* ---- YAML: words at the beginning of a line, before a colon ---- */

static void yaml_keys(struct feed_head *h, struct arena *a)
{
	struct span rest = h->bytes, line;

	while (span_line(&rest, &line)) {
		size_t end = span_find(line, ':');

		if (end < line.len && ascii_is_alnum(span_at(line, 0)))
			add_key(h, span_sub(line, 0, end), a);
	}
}

int feed_head_make(struct span path, struct span bytes, bool is_whole, struct arena *a,
	struct feed_head *out, struct scov_err *err)
{
	struct span text = span_starts(bytes, SPAN("\xef\xbb\xbf")) ? span_from(bytes, 3) : bytes;
	uint8_t first = span_at(span_trim(text), 0);

	*out = (struct feed_head){ .path = path, .name = span_base(path), .bytes = bytes };
	if (first == '{' || first == '[') {
		out->syntax = FEED_JSON;
		return json_keys(out, is_whole, a, err);
	}
	if (first == '<') {
		out->syntax = FEED_XML;
	} else if (span_ends_nocase(path, SPAN(".yaml")) || span_ends_nocase(path, SPAN(".yml"))) {
		out->syntax = FEED_YAML;
		yaml_keys(out, a);
	}
	return 0;
}
