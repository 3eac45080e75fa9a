/* grade.c - one grading: scan what is not cached, join, judge.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "api/api.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "base/err.h"
#include "grade/grade.h"
#include "join/join.h"
#include "scan/analyzer.h"
#include "secret/rules/rule.h"

enum { RUN_KEY = 32, RECIPE_MEMORY = 128 << 20 };

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void timed(struct report *r, const char *name, double from)
{
	if (r->timings_n == sizeof(r->timings) / sizeof(*r->timings))
		return;
	r->timings[r->timings_n].name = span_str(name);
	r->timings[r->timings_n++].seconds = seconds() - from;
}

struct listener {
	const struct api_call *call;
	const struct scov_image *image;
};

static void show_progress(void *ctx, const struct scan_progress *p)
{
	const struct listener *l = ctx;
	api_show_progress(l->call, l->image, p);
}

/* ---- the parts ------------------------------------------------------------------------------- */

static int make_jobs(struct scov_report *r, struct scov_err *err)
{
	struct grading *g = &r->grading;

	g->jobs_n = scov_image_parts(r->image);
	if (g->policy.skip & SKIP_SECRETS)
		g->jobs_n -= r->image->documents.n - api_texts(r->image);
	g->jobs = mem_alloc(g->jobs_n * sizeof(*g->jobs));
	if (!g->jobs)
		return err_memory(err);
	for (size_t k = 0; k < g->jobs_n; k++)
		api_part_job(r->image, k, &g->jobs[k]);
	return 0;
}

static int note_sandbox(struct scov_report *r, struct scov_err *err)
{
	char note[CREW_NOTE];

	if (!*crew_note(r->image->context->crew, note))
		return 0;
	struct diagnostic d = { DIAG_WARNING, place_image(), arena_dup(&r->arena, span_str(note)) };

	return vec_add(&r->report.diags, &r->arena, &d) ? 0 : err_memory(err);
}

static int note_passed_over(struct scov_report *r, struct scov_err *err)
{
	struct diagnostic *d;

	if (!r->image->passed_over.len)
		return 0;
	d = vec_push(&r->report.diags, &r->arena);
	if (!d)
		return err_memory(err);
	*d = (struct diagnostic){ DIAG_WARNING, place_image(), r->image->passed_over };
	return 0;
}

/* listener: NULL: it is not shown. */
static int scan_jobs(struct scov_report *r, struct scan_job *jobs, size_t n,
	const struct call *call, struct listener *listener, struct scov_err *err)
{
	const struct scov_context *c = r->image->context;
	struct scan_options opt;
	uint8_t key[CACHE_KEY];

	api_scan_options(r->image->context, call, &opt);
	opt.skip = r->grading.policy.skip;
	opt.fingerprint_key = r->grading.policy.fingerprint_key;
	r->grading.has_user_key = opt.fingerprint_key.len != 0;
	if (!r->grading.has_user_key && c->keys && cache_key(c->keys, key)) {
		opt.fingerprint_key = span_of(key, sizeof(key));
		r->grading.has_cache_key = true;
	}
	if (listener) {
		opt.progress = show_progress;
		opt.progress_ctx = listener;
	}
	int code = scan_run(&opt, jobs, n, err);

	explicit_bzero(key, sizeof(key));
	return code;
}

static int scan_all(struct scov_report *r, const struct api_call *call, struct scov_err *err)
{
	struct listener l = { call, r->image };
	int code = scan_jobs(r, r->grading.jobs, r->grading.jobs_n, &call->call,
		call->progress ? &l : NULL, err);

	if (!code)
		code = note_sandbox(r, err);
	return code ? code : note_passed_over(r, err);
}

/* ---- what is attached ------------------------------------------------------------------------ */

static struct span reference_of(const struct scov_report *r)
{
	const struct source *s = r->image->origin->source;

	return s && !strcmp(s->ops->transport, "registry") ? s->description : (struct span){ 0 };
}

/* Found, verified, and searched for secrets: before the join, which judges those. */
static int find_attached(struct scov_report *r, const struct call *call, struct scov_err *err)
{
	struct grading *g = &r->grading;
	double start = seconds();
	int code = api_attached_find(r, reference_of(r), call, err);

	if (!code && !(g->policy.skip & SKIP_SECRETS))
		code = api_attached_documents(r, err);
	if (!code && g->attached.n) {
		g->attached_jobs = mem_alloc(g->attached.n * sizeof(*g->attached_jobs));
		if (!g->attached_jobs)
			return err_memory(err);
		for (size_t k = 0; k < g->attached.n; k++)
			api_document_job(r->image, &g->attached.p[k], &g->attached_jobs[k]);
		code = scan_jobs(r, g->attached_jobs, g->attached.n, call, NULL, err);
	}
	timed(&r->report, "attached", start);
	return code;
}

static int check_tree(const struct scan_job *job, struct scov_err *err)
{
	if (!job->part || !api_is_empty(job->part))
		return 0;
	return err_fail(err, SCOV_E_FORMAT, "the tree %s", API_EMPTY_TREE);
}

/* Without a config there is no report: interface.md, exit status 3. */
static int check_config(struct scov_report *r, struct scov_err *err)
{
	struct scan_job *job = r->grading.jobs;

	if (!r->image->manifest.has_config)
		return check_tree(job, err);
	if (!job->part) {
		*err = job->error;
		return err_wrap(err, "config");
	}
	return api_check_diff_ids(r->image, r->grading.jobs, err);
}

/* The image that an option names, for the same platform. One that names nothing cannot be read. */
static int open_other(const struct scov_report *r, const char *option, const char *reference,
	const struct call *call, struct scov_image **out, struct scov_err *err)
{
	const struct scov_image *i = r->image;
	int code = api_image_open(i->context, reference,
		i->platform_text[0] ? i->platform_text : NULL, false, call, out, err);

	if (code == SCOV_E_USAGE)
		err->code = SCOV_E_NOT_FOUND;
	return code ? err_wrap(err, "%s '%s'", option, reference) : 0;
}

static int read_base(
	struct scov_report *r, const char *reference, const struct call *call, struct scov_err *err)
{
	struct grading *g = &r->grading;
	struct scov_context *c = r->image->context;
	struct scan_options opt;
	int code = open_other(r, "base", reference, call, &g->base, err);

	if (code)
		return code;
	if (!g->base->manifest.has_config)
		return err_fail(err, SCOV_E_UNSUPPORTED, "base: '%s' has no config", reference);
	api_part_job(g->base, 0, &g->base_job);
	api_scan_options(c, call, &opt);
	code = scan_run(&opt, &g->base_job, 1, err);
	if (!code && !g->base_job.part) {
		*err = g->base_job.error;
		code = err_wrap(err, "base '%s': config", reference);
	}
	return code;
}

/* ---- the image built again ------------------------------------------------------------------- */

/* The image itself is not a second build, however it is written. */
static int compare_rebuilt(struct scov_report *r, const char *reference,
	const struct api_call *call, struct scov_err *err)
{
	struct scov_image *i = r->image, *again = NULL;
	double start = seconds();

	if (source_same(reference, i->origin->reference))
		return err_fail(err, SCOV_E_USAGE,
			"rebuilt '%s': that is the image itself, not a second build", reference);
	int code = open_other(r, "rebuilt", reference, &call->call, &again, err);

	if (!code && api_diff(i, again, call, &r->arena, &r->difference, err))
		code = err_wrap(err, "rebuilt");
	scov_image_free(again);
	if (code)
		return code;
	r->rebuild.difference = &r->difference;
	r->has_rebuild = true;
	timed(&r->report, "rebuilt", start);
	return 0;
}

/* ---- the join -------------------------------------------------------------------------------- */

static struct join_layer *join_layers(struct scov_report *r)
{
	const struct manifest *m = &r->image->manifest;
	struct join_layer *layers = arena_array(&r->arena, m->layers.n, sizeof(*layers));

	for (size_t k = 0; layers && k < m->layers.n; k++) {
		struct scan_job *job = &r->grading.jobs[k + m->has_config];

		layers[k] = (struct join_layer){
			.part = job->part,
			.digest = m->layers.p[k].digest,
			.blob_size = job->part ? job->part->blob_size : m->layers.p[k].size,
			.media_type = api_masked(&r->arena, m->layers.p[k].media_type),
			.from_cache = job->from_cache,
			.problem = api_masked(
				&r->arena, span_str(job->error.code ? job->error.text : "")),
		};
		if (job->part)
			layers[k].diff_id = job->part->diff_id;
		r->report.layers_from_cache += job->from_cache;
		r->report.bytes_read += job->part && !job->from_cache ? job->part->blob_size : 0;
	}
	return layers;
}

/* Without a key that stays fingerprints are printed under one of this run. Parts that were scanned
 * elsewhere have theirs under a key that is not known here. */
static int run_key(struct scov_report *r, struct span *out, struct scov_err *err)
{
	uint8_t key[RUN_KEY];

	*out = (struct span){ 0 };
	r->report.fingerprint_key_is_cache = r->grading.has_cache_key;
	r->report.fingerprint_key_is_run = !r->grading.has_user_key && !r->grading.has_cache_key;
	if (!r->report.fingerprint_key_is_run)
		return 0;
	if (getrandom(key, sizeof(key), 0) != sizeof(key))
		return err_fail(err, SCOV_E_IO, "no random bytes for the fingerprints");
	*out = arena_dup(&r->arena, span_of(key, sizeof(key)));
	explicit_bzero(key, sizeof(key));
	return out->p ? 0 : err_memory(err);
}

struct image_annotations {
	annotations index, manifest;
};

/* What the manifest, the indexes and the attestations say. */
static int join_documents(
	struct scov_report *r, struct join_input *in, struct image_annotations *found)
{
	struct scov_image *i = r->image;
	const struct scan_job *jobs =
		r->grading.jobs + i->manifest.layers.n + i->manifest.has_config;
	struct span why = { 0 };

	if (in->has_secrets) {
		in->documents = api_read_documents(r, jobs, &in->documents_n);
		if (!in->documents)
			return SCOV_E_MEMORY;
	}
	in->index_annotations = &found->index;
	in->manifest_annotations = &found->manifest;
	int code = api_annotations(i, jobs, &r->arena, &found->index, &found->manifest, &why);

	if (why.len) {
		in->has_annotations = false;
		in->annotations_reason = why;
	}
	return code;
}

static int join(struct scov_report *r, const char *base_name, struct scov_err *err)
{
	struct scov_image *i = r->image;
	const struct manifest *m = &i->manifest;
	struct source *s = i->origin->source;
	uint32_t skip = r->grading.policy.skip;
	struct image_annotations found = { 0 };
	struct join_input in = {
		.has_secrets = !(skip & SKIP_SECRETS),
		.secrets_reason = SPAN("not searched (--skip secrets)"),
		.secret_rules = i->context->opt.secret_rules ? &i->context->rules.all : NULL,
		.index_digest = i->index_digest,
		.manifest_digest = m->digest,
		.manifest_type = m->media_type,
		.platform = i->platform,
		.config = m->has_config ? r->grading.jobs[0].part : NULL,
		.has_config = m->has_config,
		.layers = join_layers(r),
		.layers_n = m->layers.n,
		.has_annotations = s->ops->has_annotations,
		.annotations_reason = SPAN("this form of the image carries no annotations"),
		.incomplete_xattrs = s->incomplete_xattrs,
		.xattrs_reason = s->xattrs_reason,
		.base_config = r->grading.base_job.part,
		.base_name = span_str(base_name),
		.now = r->grading.policy.now,
		.skip = skip,
		.limits = i->context->limits,
	};

	if (!in.layers)
		return err_memory(err);
	if (join_documents(r, &in, &found))
		return err_memory(err);
	if (run_key(r, &in.fingerprint_key, err))
		return err->code;
	if (m->has_config)
		in.config_digest =
			m->config.digest.algorithm ? m->config.digest : r->grading.jobs[0].blob;
	return join_image(&in, &r->facts, err);
}

static struct span rules_text(struct scov_report *r)
{
	const struct scov_context *c = r->image->context;
	struct digest d = scan_rules_digest(c->opt.secret_rules ? &c->rules : NULL);
	char text[DIGEST_TEXT];

	return arena_dup(&r->arena, span_str(digest_format(&d, text)));
}

/* That BuildKit's mode=max has put into provenance of this image: of the best that has one. NULL:
 * none has. */
static const struct provenance *recipe_of(const struct trust *t)
{
	const struct trust_evidence *best = NULL;

	for (size_t i = 0; t && i < t->list.n; i++) {
		const struct trust_evidence *e = &t->list.p[i];

		if (e->kind == ATTACHED_PROVENANCE && e->provenance && e->provenance->recipe.len &&
			trust_counts(e, TRUST_CLAIMED) && (!best || e->level > best->level))
			best = e;
	}
	return best ? best->provenance : NULL;
}

/* One that cannot be read is as if there were none. */
static bool attested_recipe(
	struct scov_report *r, const struct provenance *p, struct recipe *recipe)
{
	const char **args = arena_array(&r->arena, p->arguments.n + 1, sizeof(*args));
	struct scov_err ignored;

	for (size_t i = 0; args && i < p->arguments.n; i++) {
		const struct provenance_argument *a = &p->arguments.p[i];

		args[i] =
			arena_printf(&r->arena, "%.*s=%.*s", SPAN_ARG(a->name), SPAN_ARG(a->value));
		if (!args[i])
			return false;
	}
	return args &&
	       !api_recipe(p->recipe, p->recipe_name.len ? p->recipe_name : SPAN("Dockerfile"),
		       args, &r->facts.platform, &r->recipe_arena, recipe, &ignored);
}

/* The Dockerfile that the user gave, else that of provenance, else what the history shows. A
 * history that cannot be read is as if it showed nothing. */
static int judge_recipe(struct scov_report *r, struct dossier *d, struct scov_err *err)
{
	const struct grading *g = &r->grading;
	struct recipe *recipe = arena_alloc(&r->arena, sizeof(*recipe));
	struct scov_err ignored;

	if (!recipe)
		return err_memory(err);
	r->recipe_arena.limit = RECIPE_MEMORY;
	if (g->policy.dockerfile.len) {
		d->recipe = recipe;
		if (api_recipe(g->policy.dockerfile, g->policy.dockerfile_name,
			    g->policy.build_args, &r->facts.platform, &r->recipe_arena, recipe,
			    err))
			return err_wrap(err, "%.*s", SPAN_ARG(g->policy.dockerfile_name));
	} else if (recipe_of(d->trust) && attested_recipe(r, recipe_of(d->trust), recipe)) {
		d->recipe = recipe;
	} else if (!r->image->sbom &&
		   !api_recipe_history(&r->facts, &r->recipe_arena, recipe, &ignored)) {
		d->history = recipe;
	}
	return 0;
}

/* A Dockerfile of provenance that turns out to be wrong goes with it. */
static int check_claims(
	struct scov_report *r, struct dossier *d, const struct call *call, struct scov_err *err)
{
	const struct provenance *before = recipe_of(d->trust);
	int code = api_base_claims(r, d->recipe ? d->recipe->root : (struct span){ 0 }, call, err);

	if (code || recipe_of(d->trust) == before)
		return code;
	d->recipe = NULL;
	return judge_recipe(r, d, err);
}

static int judge(struct scov_report *r, const struct call *call, struct scov_err *err)
{
	struct origin *o = r->image->origin;
	struct span transport = span_str(o->source ? o->source->ops->transport : "sbom"),
		    description = o->source ? o->source->description : r->image->sbom_name;
	struct dossier d = {
		.image = &r->facts,
		.policy = &r->grading.policy,
		.reference = reference_of(r),
		.is_registry = span_eq(transport, SPAN("registry")),
	};
	double start = seconds();

	r->report.transport = transport;
	if (r->image->sbom)
		api_sbom_missing(d.missing);
	else if (api_attached_read(r, call, err))
		return err->code;
	else
		d.missing[input_number(INPUT_REFERRERS)] = r->trust.not_searched;
	d.trust = r->grading.has_trust ? &r->trust : NULL;
	if (judge_recipe(r, &d, err) || check_claims(r, &d, call, err))
		return err->code;
	if (api_match(r, r->image->context, d.reference, &d.missing[input_number(INPUT_ADVISORIES)],
		    err))
		return err->code;
	timed(&r->report, "match", start);
	d.matches = r->grading.has_matches ? &r->matches : NULL;
	d.rebuild = r->has_rebuild ? &r->rebuild : NULL;
	r->report.image = &r->facts;
	r->report.trust = d.trust;
	r->report.reference = api_masked(&r->arena, span_str(o->reference));
	r->report.source = api_masked(&r->arena, description);
	r->report.now = r->grading.policy.now;
	r->report.secret_rules = rules_text(r);
	return grade_image(&d, &r->report, err);
}

/* There is nothing to read or to join. */
static int judge_sbom(struct scov_report *r, const struct scov_policy *policy,
	const struct call *call, struct scov_err *err)
{
	struct watch watch = { .call = call };

	if (policy && policy->base)
		return err_fail(err, SCOV_E_UNSUPPORTED,
			"base '%s': an SBOM has no layers to compare", policy->base);
	if (policy && policy->rebuilt)
		return err_fail(err, SCOV_E_UNSUPPORTED,
			"rebuilt '%s': an SBOM has no layers to compare", policy->rebuilt);
	r->facts = *r->image->sbom;
	r->facts.watch = &watch;
	int code = judge(r, call, err);

	r->facts.watch = NULL;
	return code;
}

static int join_and_judge(struct scov_report *r, const struct scov_policy *policy,
	const struct call *call, struct scov_err *err)
{
	struct watch watch = { .call = call };
	double start = seconds();
	int code = check_config(r, err);

	r->facts.watch = &watch;

	if (!code && policy && policy->base)
		code = read_base(r, policy->base, call, err);
	if (!code)
		code = join(r, policy ? policy->base : NULL, err);
	timed(&r->report, "join", start);
	start = seconds();
	if (!code)
		code = judge(r, call, err);
	r->facts.watch = NULL;
	timed(&r->report, "judge", start);
	return code;
}

/* ---- the public calls ------------------------------------------------------------------------ */

static int report_new(struct scov_image *i, const struct scov_policy *policy,
	const struct call *call, struct scov_report **out, struct scov_err *err)
{
	struct scov_report *r = i->failure.code ? NULL : mem_alloc(sizeof(*r));

	if (i->failure.code) {
		*err = i->failure;
		return err->code;
	}
	if (!r)
		return err_memory(err);
	int code = api_policy(i->context, policy, call, &r->grading.policy, err);

	if (!code && api_given_open(policy, &r->grading.given, err)) {
		policy_release(&r->grading.policy);
		code = err->code;
	}
	if (code) {
		mem_free(r);
		return code;
	}
	r->image = api_image_ref(i);
	*out = r;
	return 0;
}

/* Facts stay the caller's: only the jobs' heads are copied. */
static void borrow(struct scov_report *r, struct scov_part *const *parts)
{
	for (size_t k = 0; k < r->grading.jobs_n; k++) {
		struct scan_job *job = &r->grading.jobs[k];

		if (parts[k]) {
			job->part = parts[k]->job.part;
			job->blob = parts[k]->job.blob;
		} else {
			err_fail(&job->error, SCOV_E_NOT_FOUND, "part %zu was not given", k);
		}
	}
}

/* parts: NULL: they are scanned. */
static int grade_parts(struct scov_report *r, struct scov_part *const *parts,
	const struct scov_policy *policy, const struct api_call *call, struct scov_err *err)
{
	double start = seconds();
	int code = make_jobs(r, err);

	if (!code && parts)
		borrow(r, parts);
	else if (!code)
		code = scan_all(r, call, err);
	if (!parts)
		timed(&r->report, "scan", start);
	if (!code && policy && policy->rebuilt)
		code = compare_rebuilt(r, policy->rebuilt, call, err);
	if (!code)
		code = find_attached(r, &call->call, err);
	return code ? code : join_and_judge(r, policy, &call->call, err);
}

static int grade(struct scov_image *i, struct scov_part *const *parts,
	const struct scov_policy *policy, const struct scov_call *given, struct scov_report **out,
	struct scov_err *err)
{
	struct scov_report *r = NULL;
	struct scov_err mine;
	struct api_call call;

	if (!err)
		err = &mine;
	int code = api_call(i->context, given, &call, err);

	if (!code)
		code = report_new(i, policy, &call.call, &r, err);
	if (code)
		return code;
	if (i->sbom)
		code = judge_sbom(r, policy, &call.call, err);
	else
		code = grade_parts(r, parts, policy, &call, err);
	if (code) {
		scov_report_free(r);
		return code;
	}
	*out = r;
	return 0;
}

int scov_grade(struct scov_image *i, const struct scov_policy *policy,
	const struct scov_call *given, struct scov_report **out, struct scov_err *err)
{
	return grade(i, NULL, policy, given, out, err);
}

int scov_grade_parts(struct scov_image *i, struct scov_part *const *parts,
	const struct scov_policy *policy, const struct scov_call *given, struct scov_report **out,
	struct scov_err *err)
{
	return grade(i, parts, policy, given, out, err);
}

void scov_report_free(struct scov_report *r)
{
	if (!r)
		return;
	advisory_db_free(r->db);
	arena_release(&r->recipe_arena);
	arena_release(&r->report.arena);
	arena_release(&r->facts.arena);
	arena_release(&r->arena);
	api_jobs_release(r->grading.jobs, r->grading.jobs_n);
	api_jobs_release(r->grading.attached_jobs, r->grading.attached.n);
	if (r->grading.base) {
		scan_job_release(&r->grading.base_job);
		scov_image_free(r->grading.base);
	}
	policy_release(&r->grading.policy);
	api_given_release(&r->grading.given);
	scov_image_free(r->image);
	mem_free(r);
}
