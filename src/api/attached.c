/* attached.c - what is attached to the image: found, verified, read, masked.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "advisory/match/vex.h"
#include "api/api.h"
#include "base/err.h"
#include "base/fd.h"
#include "report/sbom_read.h"
#include "source/attached.h"
#include "source/form.h"
#include "trust/predicate/predicate.h"

/* ---- what the user gives --------------------------------------------------------------------- */

static struct span sbom_type(struct span text)
{
	return span_has(text, SPAN("\"CycloneDX\"")) ? SPAN("application/vnd.cyclonedx+json")
	       : span_has(text, SPAN("\"spdx")) || span_has(text, SPAN("spdx.org"))
		       ? SPAN("application/spdx+json")
		       : SPAN("application/vnd.syft+json");
}

static int add_files(
	const char *option, const char *const *files, struct api_given *g, struct scov_err *err)
{
	for (; files && *files; files++) {
		size_t from = g->list.n;
		int code = api_trust_file(option, *files, &g->arena, &g->list, err);

		if (code)
			return code;
		for (size_t i = from; i < g->list.n; i++) {
			struct attached *at = &g->list.p[i];

			at->is_given = true;
			if (at->form == ATTACHED_FORM_DOCUMENT)
				at->artifact_type = sbom_type(at->bytes);
		}
	}
	return 0;
}

int api_given_open(const struct scov_policy *given, struct api_given *out, struct scov_err *err)
{
	struct scov_policy p = { 0 };
	int code = given ? api_options(given, given->struct_size, &p, sizeof(p), "policy", err) : 0;

	if (!code)
		code = api_trust_open(p.trust, &out->trust, err);
	if (!code)
		code = add_files("bundle", p.bundles, out, err);
	if (!code)
		code = add_files("provenance", p.provenance, out, err);
	if (!code)
		code = add_files("sbom", p.sboms, out, err);
	if (!code)
		return 0;
	api_given_release(out);
	return api_bad_option(err);
}

/* ---- found ----------------------------------------------------------------------------------- */

/* The bytes of the manifest or index with this digest; empty: the image does not keep them. */
static struct span raw_of(const struct scov_image *i, const struct digest *d)
{
	for (size_t k = 0; k < i->documents.n; k++)
		if (digest_eq(&i->documents.p[k].descriptor.digest, d))
			return i->documents.p[k].given;
	return (struct span){ 0 };
}

static int find(struct scov_image *i, const struct call *call, struct arena *a, attached_rows *list,
	struct trust *out, struct scov_err *err)
{
	struct attached_set set = { 0 };
	const struct attached_query q = {
		.reference = i->origin->reference,
		.index = { .digest = i->index_digest, .raw = raw_of(i, &i->index_digest) },
		.manifest = { .digest = i->manifest.digest,
			.media_type = i->manifest.media_type,
			.raw = i->manifest.raw },
	};
	int code = attached_find(i->origin->source, &i->context->limits, &q, call, a, &set, err);

	out->is_searched = set.is_searched;
	out->not_searched = api_masked(a, set.not_searched);
	out->passed_over = set.passed_over;
	for (size_t k = 0; k < set.list.n && !code; k++)
		if (!vec_add(list, a, &set.list.p[k]))
			code = arena_check(a, err);
	return code;
}

static int add_given(const struct scov_image *i, const struct api_given *g, struct arena *a,
	attached_rows *list, struct scov_err *err)
{
	for (size_t k = 0; k < g->list.n; k++) {
		struct attached at = g->list.p[k];

		if (at.form == ATTACHED_FORM_DOCUMENT)
			at.subject = i->manifest.digest;
		if (!vec_add(list, a, &at))
			return arena_check(a, err);
	}
	return 0;
}

static int load_of_site(
	void *ctx, const char *path, struct arena *a, struct span *out, struct scov_err *err)
{
	(void)ctx;
	return fd_load(AT_FDCWD, path, SITE_FILE_MAX, a, out, err);
}

/* As policy.json names an image: of a registry by its reference, of a layout or folder by its whole
 * path. Others have the transport alone. */
static int name_for_site(const struct scov_image *i, struct arena *a, const char **transport,
	struct span *name, struct scov_err *err)
{
	const struct source *s = i->origin->source;
	bool has_path = !strcmp(s->ops->transport, "oci") ||
			!strcmp(s->ops->transport, "oci-archive") ||
			!strcmp(s->ops->transport, "dir");
	struct form form;
	char path[PATH_MAX];

	*transport = s->ops->transport;
	*name = (struct span){ 0 };
	if (!strcmp(s->ops->transport, "registry")) {
		*transport = "docker";
		*name = s->description;
	}
	if (!has_path || form_parse(span_str(i->origin->reference), &form, NULL) ||
		!realpath(arena_cstr(a, form.name), path))
		return arena_check(a, err);
	*name = span_str(
		arena_printf(a, "%s%s%.*s", path, form.tag.len ? ":" : "", SPAN_ARG(form.tag)));
	return arena_check(a, err);
}

static int verify_for_site(const struct scov_image *i, const struct site_policy *p,
	const struct trust_input *in, struct arena *a, struct trust *out, struct scov_err *err)
{
	struct site_rules *rules = NULL;
	const char *transport;
	struct span name;
	int code = name_for_site(i, a, &transport, &name, err);

	if (!code && site_apply(p, transport, name, load_of_site, NULL, &rules, err))
		code = err_wrap(err, "policy-json");
	if (!code)
		code = site_verify(rules, in, a, out, err);
	site_rules_free(rules);
	return code;
}

static int verify(struct scov_image *i, struct api_given *g, struct span reference, int64_t now,
	const struct call *call, struct arena *a, struct trust *out, struct scov_err *err)
{
	attached_rows list = { 0 };
	int code = i->manifest.digest.algorithm ? find(i, call, a, &list, out, err) : 0;

	if (!code)
		code = add_given(i, g, a, &list, err);
	if (!code && list.n)
		code = api_trust_ready(&g->trust, err);
	const struct trust_input in = {
		.reference = reference,
		.manifest = i->manifest.digest,
		.index = i->index_digest,
		.list = list.p,
		.n = list.n,
		.roots = g->trust.roots,
		.policy = g->trust.policy,
		.notary = g->trust.notary,
		.now = now,
		.call = call,
	};

	if (code)
		return code;
	return g->trust.site ? verify_for_site(i, g->trust.site, &in, a, out, err)
			     : trust_verify(&in, a, out, err);
}

/* ---- read ------------------------------------------------------------------------------------ */

/* True: the call or the memory is at its end. What is wrong with the thing itself is its reason. */
static bool is_over(int code, const struct scov_err *why, struct trust_evidence *e, struct arena *a,
	struct scov_err *err)
{
	if (code == SCOV_E_MEMORY || code == SCOV_E_CANCELLED || code == SCOV_E_TIMEOUT) {
		*err = *why;
		return true;
	}
	if (!code)
		return false;
	e->is_bad = true;
	e->level = TRUST_NONE;
	e->why = arena_dup(a, span_str(why->text));
	return false;
}

static void mask_input(struct arena *a, struct provenance_input *in)
{
	in->uri = api_masked(a, in->uri);
	in->image = api_masked(a, in->image);
}

static void mask_provenance(struct arena *a, struct provenance *p)
{
	struct span *texts[] = { &p->builder, &p->build_type, &p->recipe, &p->recipe_name };

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		*texts[i] = api_masked(a, *texts[i]);
	mask_input(a, &p->source);
	for (size_t i = 0; i < p->inputs.n; i++)
		mask_input(a, &p->inputs.p[i]);
	for (size_t i = 0; i < p->arguments.n; i++)
		p->arguments.p[i].value = api_masked(a, p->arguments.p[i].value);
}

static int read_provenance(struct scov_report *r, struct trust_evidence *e, struct scov_err *err)
{
	struct provenance *p = arena_alloc(&r->arena, sizeof(*p));
	struct scov_err why = { 0 };
	int code = p ? provenance_read(e->payload, e->predicate_type, &r->arena, p, &why)
		     : err_memory(&why);

	if (is_over(code, &why, e, &r->arena, err))
		return err->code;
	if (code)
		return 0;
	mask_provenance(&r->arena, p);
	e->provenance = p;
	return 0;
}

static int read_sbom(struct scov_report *r, struct trust_evidence *e, struct scov_err *err)
{
	struct sbom_truth *s = arena_alloc(&r->arena, sizeof(*s));
	struct image_facts *theirs = arena_alloc(&r->arena, sizeof(*theirs));
	struct scov_err why = { 0 };
	struct sbom_head head = { 0 };
	int code = s && theirs ? sbom_read(e->payload, api_masked, &r->arena, theirs, &head, &why)
			       : err_memory(&why);

	if (is_over(code, &why, e, &r->arena, err))
		return err->code;
	if (code)
		return 0;
	s->format = head.format;
	s->digest = theirs->manifest_digest;
	e->sbom = s;
	return sbom_compare(&r->facts, theirs, &r->arena, s, err);
}

static int read_profile(struct scov_report *r, struct trust_evidence *e, struct scov_err *err)
{
	struct profile_facts *p = arena_alloc(&r->arena, sizeof(*p));

	if (!p)
		return err_memory(err);
	e->profile = p;
	return profile_read(e->payload, e->predicate_type, &r->arena, p, err);
}

/* Only of a signer whom the user expects: it takes findings out. Read twice, so that a document
 * that cannot be read adds nothing. */
static int read_vex(struct scov_report *r, struct trust_evidence *e, const struct call *call,
	struct scov_err *err)
{
	struct policy *p = &r->grading.policy;
	struct vex *x = (void *)(uintptr_t)p->vex; /* ours */
	struct vex trial = { .key = hash_random_key(), .now = p->now };
	struct span subject;
	scoped_arena struct arena scratch = { 0 };
	struct scov_err why = { 0 };
	char text[DIGEST_TEXT];
	const char *name =
		arena_printf(&p->arena, "attestation %s", digest_format(&e->digest, text));

	if (!trust_counts(e, TRUST_EXPECTED)) {
		if (!e->is_bad && !e->why.len)
			e->why = SPAN("not applied: nobody said that its signer is expected");
		return 0;
	}
	subject = span_str(
		arena_printf(&p->arena, "pkg:oci/image@%s", digest_format(&e->subject, text)));
	trial.subject = subject;

	int code = name && subject.len ? vex_read(&trial, e->payload, name, call, &scratch, &why)
				       : err_memory(&why);

	if (is_over(code, &why, e, &r->arena, err))
		return err->code;
	if (code)
		return 0;
	if (!x) {
		x = arena_alloc(&p->arena, sizeof(*x));
		if (!x)
			return err_memory(err);
		*x = trial;
		x->all = (__typeof__(x->all)){ 0 };
		x->by_id = (struct table){ 0 };
		p->vex = x;
	}
	x->subject = subject;
	code = vex_read(x, e->payload, name, call, &p->arena, err);
	x->subject = (struct span){ 0 };
	return code;
}

static int read_one(struct scov_report *r, struct trust_evidence *e, const struct call *call,
	struct scov_err *err)
{
	if (e->is_bad)
		return 0;
	switch (e->kind) {
	case ATTACHED_PROVENANCE:
		return read_provenance(r, e, err);
	case ATTACHED_SBOM:
		return read_sbom(r, e, err);
	case ATTACHED_PROFILE:
		return read_profile(r, e, err);
	case ATTACHED_VEX:
		return read_vex(r, e, call, err);
	default:
		return 0;
	}
}

int api_attached_find(
	struct scov_report *r, struct span reference, const struct call *call, struct scov_err *err)
{
	int code = verify(r->image, &r->grading.given, reference, r->grading.policy.now, call,
		&r->arena, &r->trust, err);

	r->grading.has_trust = r->trust.is_searched || r->trust.list.n;
	return code;
}

int api_attached_read(struct scov_report *r, const struct call *call, struct scov_err *err)
{
	struct trust *t = &r->trust;
	int code = 0;

	for (size_t k = 0; k < t->list.n && !code; k++) {
		code = call_check(call, err);
		if (!code)
			code = read_one(r, &t->list.p[k], call, err);
	}
	api_trust_mask(t, &r->arena);
	return code ? code : arena_check(&r->arena, err);
}

/* ---- secrets --------------------------------------------------------------------------------- */

/* An attestation of the image's index: searched with the image. */
static bool is_listed(const struct scov_image *i, const struct digest *d)
{
	char text[DIGEST_TEXT];
	struct span name = span_str(digest_format(d, text));

	for (size_t k = 0; k < i->documents.n; k++)
		if (digest_eq(&i->documents.p[k].descriptor.digest, d))
			return true;
	for (size_t k = 0; k < i->unread.n; k++)
		if (span_eq(i->unread.p[k].name, name))
			return true;
	return false;
}

static bool add_unread(struct scov_report *r, struct span name, struct span why)
{
	const struct image_document d = { .is_attestation = true, .name = name, .problem = why };

	return vec_add(&r->grading.attached_unread, &r->arena, &d);
}

static bool add_document(struct scov_report *r, const struct trust_evidence *e)
{
	const struct api_document d = {
		.surface = SURFACE_ATTESTATION,
		.given = e->payload,
		.shown = e->digest,
		.descriptor = { .digest = digest_of(DIGEST_SHA256, e->payload),
			.size = e->payload.len,
			.has_size = true },
	};

	return vec_add(&r->grading.attached, &r->arena, &d);
}

/* A file of the user's that is about another image says nothing of this one. */
int api_attached_documents(struct scov_report *r, struct scov_err *err)
{
	const struct trust *t = &r->trust;
	char text[DIGEST_TEXT];
	bool good = true;

	for (size_t k = 0; k < t->list.n && good; k++) {
		const struct trust_evidence *e = &t->list.p[k];

		if (e->kind == ATTACHED_SIGNATURE || (e->is_bad && e->is_given) ||
			is_listed(r->image, &e->digest))
			continue;
		if (e->payload.len)
			good = add_document(r, e);
		else if (e->is_bad)
			good = add_unread(r,
				arena_dup(&r->arena, span_str(digest_format(&e->digest, text))),
				api_masked(&r->arena, e->why));
	}
	if (good && t->passed_over)
		good = add_unread(r, (struct span){ 0 },
			span_str(arena_printf(
				&r->arena, "%zu attached things were not read", t->passed_over)));
	return good ? 0 : err_memory(err);
}

/* ---- the public calls ------------------------------------------------------------------------ */

int scov_policy_check(struct scov_context *c, const struct scov_policy *policy,
	const struct scov_call *given, struct scov_err *err)
{
	struct api_call call;
	struct policy p;
	struct scov_err mine;

	if (!err)
		err = &mine;
	int code = api_call(c, given, &call, err);

	if (!code)
		code = api_policy(c, policy, &call.call, &p, err);
	if (code)
		return code;
	struct api_given g = { 0 };

	policy_release(&p);
	code = api_given_open(policy, &g, err);
	api_given_release(&g);
	return code;
}

static struct span reference_of(const struct scov_image *i)
{
	const struct source *s = i->origin->source;

	return s && !strcmp(s->ops->transport, "registry") ? s->description : (struct span){ 0 };
}

static int verify_image(struct scov_verification *v, struct scov_image *i, struct api_given *g,
	int64_t now, const struct call *call, struct scov_err *err)
{
	int code = i->origin->source
			   ? verify(i, g, reference_of(i), now, call, &v->arena, &v->trust, err)
			   : err_fail(err, SCOV_E_UNSUPPORTED, "an SBOM is not signed by itself");

	if (code)
		return code;
	v->is_image = true;
	v->digest = i->manifest.digest;
	v->artifact = api_masked(&v->arena, span_str(i->origin->shown));
	api_trust_mask(&v->trust, &v->arena);
	return arena_check(&v->arena, err);
}

int scov_verify_image(struct scov_image *i, const struct scov_policy *policy,
	const struct scov_call *given, struct scov_verification **out, struct scov_err *err)
{
	struct scov_err mine;
	struct api_call call;
	struct api_given g = { 0 };
	struct scov_verification *v = mem_alloc(sizeof(*v));
	int64_t now = 0;
	int code;

	err = err ? err : &mine;
	if (!v)
		return err_memory(err);
	v->arena.limit = 16 * (size_t)TRUST_BUNDLE_MAX;
	code = api_call(i->context, given, &call, err);
	if (!code)
		code = api_given_open(policy, &g, err);
	if (!code)
		code = api_now(policy ? policy->now : NULL, &now, err);
	if (!code)
		code = verify_image(v, i, &g, now, &call.call, err);
	if (!code)
		*out = v;
	else
		scov_verification_free(v);
	/* the rows point into what was given */
	if (!code)
		v->given = g;
	else
		api_given_release(&g);
	if (code)
		scov_mask(err->text);
	return code;
}
