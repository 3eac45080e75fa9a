/* image.c - what a reference names: origins, platforms, manifests.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "api/api.h"

#include <stdio.h>

#include "base/err.h"

static void origin_drop(struct origin *o)
{
	if (!o || --o->users)
		return;
	source_free(o->source);
	arena_release(&o->arena);
	mem_free(o);
}

static int origin_open(struct scov_context *c, const char *reference, const char *platform,
	const struct call *call, struct origin **out, struct scov_err *err)
{
	struct origin *o = mem_alloc(sizeof(*o));
	struct source_options opt;
	struct platform want = { 0 };

	if (!o)
		return err_memory(err);
	if (platform)
		want = image_parse_platform(platform);
	api_source_options(c, &want, &opt);
	o->users = 1;
	o->reference = arena_cstr(&o->arena, span_str(reference));
	o->shown = arena_cstr(&o->arena, span_str(reference));
	if (arena_check(&o->arena, err)) {
		origin_drop(o);
		return err->code;
	}
	scov_mask(o->shown);
	int code = source_open(reference, &opt, call, &o->source, err);

	if (!code && o->source->ops->root)
		code = image_list(o->source, &c->limits, call, &o->arena, &o->choices, err);
	if (code) {
		origin_drop(o);
		return code;
	}
	*out = o;
	return 0;
}

/* An index may write anything there. */
static bool name_platform(struct scov_image *i)
{
	struct platform *p = &i->platform;

	p->os = api_masked(&i->arena, p->os);
	p->architecture = api_masked(&i->arena, p->architecture);
	p->variant = api_masked(&i->arena, p->variant);
	snprintf(i->platform_text, sizeof(i->platform_text), "%.*s/%.*s%s%.*s", SPAN_ARG(p->os),
		SPAN_ARG(p->architecture), p->variant.len ? "/" : "", SPAN_ARG(p->variant));
	if (!p->os.len && !p->architecture.len)
		i->platform_text[0] = 0;
	return p->os.p && p->architecture.p && p->variant.p;
}

static struct image_reader reader(const struct scov_image *i, const struct call *call)
{
	return (struct image_reader){ i->origin->source, &i->context->limits, call,
		(struct arena *)&i->arena };
}

/* asked: a platform that was; NULL: none. */
static int load(struct scov_image *i, const struct image_choice *choice, const char *asked,
	bool has_documents, const struct call *call, struct scov_err *err)
{
	struct image_reader r = reader(i, call);
	int code;

	if (choice) {
		code = image_manifest(
			r.source, r.limits, choice, call, &i->arena, &i->manifest, err);
	} else {
		code = r.source->ops->manifest(r.source, &i->arena, &i->manifest, err);
	}
	if (!code && asked && !(choice && choice->descriptor.has_platform))
		code = image_check_platform(&r, &i->manifest, asked, err);
	if (!code && choice && has_documents)
		code = api_documents(i, choice, call, err);
	if (!code)
		digest_format(&i->manifest.digest, i->digest);
	return code;
}

static int image_new(struct scov_context *c, struct origin *o, const struct image_choice *choice,
	struct scov_image **out, struct scov_err *err)
{
	struct scov_image *i = mem_alloc(sizeof(*i));

	if (!i)
		return err_memory(err);
	i->users = 1;
	i->context = c;
	i->origin = o;
	o->users++;
	if (choice) {
		struct span passed;
		int code = image_passed_over(&o->choices, choice, &i->arena, &passed, err);

		i->platform = choice->platform;
		i->index_digest = choice->index_digest;
		digest_format(&choice->descriptor.digest, i->digest);
		if (!code)
			i->passed_over = api_masked(&i->arena, passed);
	}
	if (!name_platform(i) || arena_check(&i->arena, err)) {
		scov_image_free(i);
		return err_memory(err);
	}
	*out = i;
	return 0;
}

int api_image_open(struct scov_context *c, const char *reference, const char *platform,
	bool has_documents, const struct call *call, struct scov_image **out, struct scov_err *err)
{
	const struct image_choice *choice = NULL;
	struct scov_image *i = NULL;
	struct origin *o;
	int code = origin_open(c, reference, platform, call, &o, err);

	if (code)
		return code;
	if (o->source->ops->root) {
		struct image_reader r = { o->source, &c->limits, call, &o->arena };

		code = image_pick(&r, &o->choices, platform, &choice, err);
	}
	if (!code)
		code = image_new(c, o, choice, &i, err);
	if (!code) {
		i->is_named = platform != NULL;
		code = load(i, choice, platform, has_documents, call, err);
	}
	origin_drop(o);
	if (code) {
		scov_image_free(i);
		return code;
	}
	*out = i;
	return 0;
}

static int open_sbom(struct scov_context *c, const char *reference, struct scov_image **out,
	struct scov_err *err)
{
	struct scov_image *i = mem_alloc(sizeof(*i));
	struct origin *o = mem_alloc(sizeof(*o));
	int code;

	if (!i || !o) {
		mem_free(i);
		mem_free(o);
		return err_memory(err);
	}
	o->users = i->users = 1;
	o->reference = arena_cstr(&o->arena, span_str(reference));
	o->shown = arena_cstr(&o->arena, span_str(reference));
	i->context = c;
	i->origin = o;
	code = arena_check(&o->arena, err);
	if (!code) {
		scov_mask(o->shown);
		code = api_sbom_read(i, api_sbom_file(reference), err);
	}
	if (code) {
		scov_image_free(i);
		return code;
	}
	*out = i;
	return 0;
}

int scov_image_open(struct scov_context *c, const char *reference, const char *platform,
	const struct scov_call *given, struct scov_image **out, struct scov_err *err)
{
	struct api_call call;
	struct scov_err mine;

	if (!err)
		err = &mine;
	int code = api_call(c, given, &call, err);

	if (!code && api_sbom_file(reference))
		return open_sbom(c, reference, out, err);
	return code ? code : api_image_open(c, reference, platform, true, &call.call, out, err);
}

/* One of all: what cannot be opened is reported when it is graded, and the rest goes on. */
static int open_one(struct scov_context *c, struct origin *o, const struct image_choice *choice,
	const struct call *call, struct scov_image **out, struct scov_err *err)
{
	struct image_reader r = { o->source, &c->limits, call, &o->arena };
	struct scov_image *i = NULL;
	int code = image_new(c, o, choice, &i, err);

	if (code)
		return code;
	if (choice)
		code = image_check_rivals(&r, &o->choices, choice, &i->failure);
	if (!code)
		code = load(i, choice, NULL, true, call, &i->failure);
	if (code == SCOV_E_CANCELLED || code == SCOV_E_TIMEOUT || code == SCOV_E_MEMORY) {
		*err = i->failure;
		scov_image_free(i);
		return code;
	}
	if (code && i->platform_text[0])
		err_wrap(&i->failure, "%s", i->platform_text);
	*out = i;
	return 0;
}

int scov_image_open_all(struct scov_context *c, const char *reference,
	const struct scov_call *given, struct scov_image ***out, size_t *count,
	struct scov_err *err)
{
	struct origin *o = NULL;
	struct api_call call;
	struct scov_err mine;

	if (!err)
		err = &mine;
	int code = api_call(c, given, &call, err);

	if (!code && api_sbom_file(reference))
		code = err_fail(err, SCOV_E_UNSUPPORTED,
			"'%s': an SBOM is of one platform, without --all-platforms", reference);
	if (!code)
		code = origin_open(c, reference, NULL, &call.call, &o, err);
	if (code)
		return code;
	size_t n = o->source->ops->root ? o->choices.list.n : 1, made = 0;
	struct scov_image **list = mem_alloc(n * sizeof(*list));

	if (!list)
		code = err_memory(err);
	else if (!n)
		code = err_fail(err, SCOV_E_NOT_FOUND, "'%s' holds no image", reference);
	for (; !code && made < n; made++)
		code = open_one(c, o, o->source->ops->root ? &o->choices.list.p[made] : NULL,
			&call.call, &list[made], err);
	origin_drop(o);
	if (code) {
		scov_images_free(list, list && made ? made - 1 : 0);
		return code;
	}
	*out = list;
	*count = n;
	return 0;
}

struct scov_image *api_image_ref(struct scov_image *i)
{
	i->users++;
	return i;
}

void scov_image_free(struct scov_image *i)
{
	if (!i || --i->users)
		return;
	arena_release(&i->arena);
	origin_drop(i->origin);
	mem_free(i);
}

void scov_images_free(struct scov_image **list, size_t count)
{
	for (size_t k = 0; list && k < count; k++)
		scov_image_free(list[k]);
	mem_free(list);
}

const char *scov_image_digest(const struct scov_image *i)
{
	return i->digest;
}

const char *scov_image_platform(const struct scov_image *i)
{
	return i->platform_text;
}

size_t scov_image_parts(const struct scov_image *i)
{
	return i->manifest.layers.n + i->manifest.has_config + i->documents.n;
}
