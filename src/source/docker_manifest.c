/* docker_manifest.c - manifest.json of `docker save`.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "source/docker_manifest.h"

#include "base/buf.h"
#include "base/err.h"
#include "source/form.h"
#include "syntax/json.h"

typedef VEC(struct span) spans;

static int read_texts(const struct json *list, uint64_t most, const char *what, struct arena *a,
	spans *out, struct scov_err *err)
{
	if (list && !json_is(list, JSON_LIST) && !json_is(list, JSON_NIL))
		return err_fail(err, SCOV_E_FORMAT, "its %s are not a list", what);
	if (json_count(list) > most)
		return err_fail(err, SCOV_E_LIMIT, "%zu %s, more than %llu", json_count(list), what,
			(unsigned long long)most);
	for (size_t i = 0; i < json_count(list); i++) {
		struct span *text = vec_push(out, a);

		if (!text)
			return arena_check(a, err);
		*text = json_text(json_at(list, i));
		if (!text->len)
			return err_fail(
				err, SCOV_E_FORMAT, "%s: number %zu is not a string", what, i);
	}
	return 0;
}

static int read_image(const struct json *v, const struct limits *l, struct arena *a,
	struct docker_image *out, struct scov_err *err)
{
	spans tags = { 0 }, layers = { 0 };
	int code = read_texts(json_get(v, "RepoTags"), l->index_entries, "RepoTags", a, &tags, err);

	if (!code)
		code = read_texts(json_get(v, "Layers"), l->layers, "Layers", a, &layers, err);
	if (code)
		return code;
	out->config = json_get_text(v, "Config");
	if (!out->config.len)
		return err_fail(err, SCOV_E_FORMAT, "an image without a Config");
	out->tags.p = tags.p;
	out->tags.n = tags.n;
	out->layers.p = layers.p;
	out->layers.n = layers.n;
	return 0;
}

int docker_manifest_parse(struct span text, const struct limits *l, struct arena *a,
	docker_images *out, struct scov_err *err)
{
	const struct json *doc;
	static const struct json_field fields[] = {
		{ "Config", JSON_TEXT, false },
		{ "RepoTags", JSON_LIST, false },
		{ "Layers", JSON_LIST, false },
		{ "LayerSources", JSON_DICT, true },
		{ "Parent", JSON_TEXT, false },
		{ NULL, 0, false },
	};
	docker_images list = { 0 };
	int code = json_parse_go(text, (size_t)l->document_size, fields, a, &doc, err);

	if (code)
		return code;
	if (!json_is(doc, JSON_LIST))
		return err_fail(err, SCOV_E_FORMAT, "not a list of images");
	if (json_count(doc) > l->index_entries)
		return err_fail(err, SCOV_E_LIMIT, "%zu images, more than limit index_entries",
			json_count(doc));
	for (size_t i = 0; i < json_count(doc); i++) {
		struct docker_image *image = vec_push(&list, a);

		if (!image)
			return arena_check(a, err);
		if (read_image(json_at(doc, i), l, a, image, err))
			return err_wrap(err, "image %zu", i);
	}
	*out = list;
	return 0;
}

static void list_tags(const docker_images *list, struct buf *b)
{
	for (size_t i = 0; i < list->n && b->len < 700; i++) {
		const struct docker_image *image = &list->p[i];

		buf_str(b, i ? ", " : "");
		if (!image->tags.n) {
			buf_str(b, "one without a tag, config ");
			buf_span(b, image->config);
		}
		for (size_t k = 0; k < image->tags.n && b->len < 700; k++) {
			buf_str(b, k ? ", " : "");
			buf_span(b, image->tags.p[k]);
		}
	}
}

static bool has_tag(const struct docker_image *image, struct span tag)
{
	for (size_t i = 0; i < image->tags.n; i++)
		if (form_tag_matches(tag, image->tags.p[i]))
			return true;
	return false;
}

int docker_manifest_pick(const docker_images *list, struct span tag,
	const struct docker_image **out, struct scov_err *err)
{
	scoped_buf struct buf names = { 0 };
	const struct docker_image *pick = NULL;
	size_t found = 0;

	for (size_t i = 0; i < list->n; i++)
		if (!tag.len || has_tag(&list->p[i], tag)) {
			pick = &list->p[i];
			found++;
		}
	if (found == 1) {
		*out = pick;
		return 0;
	}
	list_tags(list, &names);
	if (!list->n)
		return err_fail(err, SCOV_E_NOT_FOUND, "manifest.json lists no image");
	if (found)
		return err_fail(err, SCOV_E_USAGE, "several images, add :TAG: %s", names.p);
	return err_fail(
		err, SCOV_E_NOT_FOUND, "no image '%.*s'; there is: %s", SPAN_ARG(tag), names.p);
}
