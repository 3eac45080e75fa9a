/* profile.c - a seccomp profile suggested for an image.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "api/api.h"
#include "join/join.h"
#include "trust/predicate/suggest.h"

struct scov_profile {
	struct arena arena;
	struct suggestion made;
};

struct reading {
	struct scov_image *image;
	const struct api_call *call;
	struct scan_job *jobs; /* the config, if there is one, then the layers */
	size_t n;
	struct watch watch;
	struct image_facts facts;
};

static void show_progress(void *ctx, const struct scan_progress *p)
{
	const struct reading *r = ctx;
	api_show_progress(r->call, r->image, p);
}

static int scan(struct reading *r, struct scov_err *err)
{
	struct scan_options opt;

	api_scan_options(r->image->context, &r->call->call, &opt);
	opt.skip = UINT32_MAX;
	opt.has_details = true;
	if (r->call->progress) {
		opt.progress = show_progress;
		opt.progress_ctx = r;
	}
	r->n = r->image->manifest.layers.n + r->image->manifest.has_config;
	r->jobs = mem_alloc((r->n + 1) * sizeof(*r->jobs));
	if (!r->jobs)
		return err_memory(err);
	for (size_t i = 0; i < r->n; i++)
		api_part_job(r->image, i, &r->jobs[i]);
	int code = scan_run(&opt, r->jobs, r->n, err);

	if (!code)
		code = api_check_diff_ids(r->image, r->jobs, err);
	for (size_t i = 0; i < r->n && !code; i++)
		if (!r->jobs[i].part)
			code = err_fail(err,
				r->jobs[i].error.code ? r->jobs[i].error.code : SCOV_E_FORMAT, "%s",
				r->jobs[i].error.code ? r->jobs[i].error.text
						      : "a part cannot be read");
	return code;
}

static int join(struct reading *r, struct scov_err *err)
{
	bool has_config = r->image->manifest.has_config;
	size_t n = r->n - has_config;
	scoped_arena struct arena own = { 0 };
	struct join_layer *layers = arena_array(&own, n + 1, sizeof(*layers));
	struct join_input in = {
		.platform = r->image->platform,
		.config = has_config ? r->jobs[0].part : NULL,
		.has_config = has_config,
		.layers = layers,
		.layers_n = n,
		.skip = UINT32_MAX,
		.limits = r->image->context->limits,
	};

	if (!layers)
		return arena_check(&own, err);
	for (size_t i = 0; i < n; i++)
		layers[i] = (struct join_layer){ .part = r->jobs[i + has_config].part };
	r->watch.call = &r->call->call;
	r->facts.watch = &r->watch;
	return join_image(&in, &r->facts, err);
}

static int make(struct reading *r, struct scov_profile *p, struct scov_err *err)
{
	int code = scan(r, err);

	if (!code)
		code = join(r, err);
	if (!code)
		code = suggestion_make(&r->facts, &p->arena, &p->made, err);
	/* paths are of the facts, which go */
	for (size_t i = 0; i < p->made.doubts.n && !code; i++)
		p->made.doubts.p[i].path = arena_dup(&p->arena, p->made.doubts.p[i].path);
	return code ? code : arena_check(&p->arena, err);
}

int scov_profile_suggest(struct scov_context *c, const char *reference, const char *platform,
	const struct scov_call *given, struct scov_profile **out, struct scov_err *err)
{
	struct scov_profile *p = NULL;
	struct reading r = { 0 };
	struct api_call call;
	struct scov_err mine;

	if (!err)
		err = &mine;
	int code = api_call(c, given, &call, err);

	if (!code && api_sbom_file(reference))
		code = err_fail(err, SCOV_E_UNSUPPORTED, "'%s': an SBOM has no programs to look at",
			reference);
	if (!code)
		code = api_image_open(c, reference, platform, false, &call.call, &r.image, err);
	if (!code && !(p = mem_alloc(sizeof(*p))))
		code = err_memory(err);
	r.call = &call;
	if (!code)
		code = make(&r, p, err);
	arena_release(&r.facts.arena);
	api_jobs_release(r.jobs, r.n);
	scov_image_free(r.image);
	if (code)
		scov_profile_free(p);
	else
		*out = p;
	return code;
}

int scov_profile_write(const struct scov_profile *p, const char *format, scov_write write,
	void *ctx, struct scov_err *err)
{
	scoped_buf struct buf b = { 0 };
	struct scov_err mine;
	int code;

	if (!err)
		err = &mine;
	if (!strcmp(format, "json"))
		code = suggestion_write(&p->made, &b, err);
	else if (!strcmp(format, "text"))
		code = suggestion_explain(&p->made, &b, err);
	else
		code = err_fail(err, SCOV_E_USAGE, "format '%s': json or text", format);
	return code ? code : api_deliver(&b, write, ctx, err);
}

void scov_profile_free(struct scov_profile *p)
{
	if (!p)
		return;
	arena_release(&p->arena);
	mem_free(p);
}
