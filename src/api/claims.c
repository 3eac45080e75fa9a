/* claims.c - what provenance and annotations say that the image is built on, beside its layers.
 *
 * A claim is looked at where the image itself came from: in the same layout, or at the same
 * registry. What is elsewhere stays open. A build reads images that its last stage is not built on,
 * so an image that is not below this one contradicts nothing by itself.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "api/api.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "source/oci.h"
#include "source/reference.h"

#define BASE_NAME "org.opencontainers.image.base.name"
#define BASE_DIGEST "org.opencontainers.image.base.digest"

struct claims {
	struct scov_report *r;
	struct trust *t;
	const struct call *call;
	struct span name, digest; /* what the image's annotations name */
};

/* ---- what is claimed ------------------------------------------------------------------------- */

static bool is_over(int code)
{
	return code == SCOV_E_MEMORY || code == SCOV_E_CANCELLED || code == SCOV_E_TIMEOUT;
}

static bool add(
	struct claims *c, struct span image, struct digest digest, const struct trust_evidence *of)
{
	const struct base_claim claim = { .image = image, .digest = digest, .of = of };

	return vec_add(&c->t->bases, &c->r->arena, &claim);
}

/* Labels are not asked: an image inherits them from its base, with what they say of that one's. */
static struct span note(const struct image_facts *f, const char *key)
{
	struct span value = annotation_get(&f->manifest_annotations, key);

	return value.len ? value : annotation_get(&f->index_annotations, key);
}

static int collect(struct claims *c, struct scov_err *err)
{
	struct digest d;

	c->name = note(&c->r->facts, BASE_NAME);
	c->digest = note(&c->r->facts, BASE_DIGEST);
	if (span_eq(c->name, SPAN("scratch")))
		c->name = c->digest = (struct span){ 0 };
	if (c->digest.len && !digest_parse(c->digest, &d, NULL) && !add(c, c->name, d, NULL))
		return arena_check(&c->r->arena, err);
	for (size_t i = 0; i < c->t->list.n; i++) {
		const struct trust_evidence *e = &c->t->list.p[i];

		for (size_t k = 0; e->provenance && !e->is_bad && k < e->provenance->inputs.n;
			k++) {
			const struct provenance_input *in = &e->provenance->inputs.p[k];
			char text[DIGEST_TEXT];

			if (!in->image.len || !span_eq(in->algorithm, SPAN("sha256")))
				continue;
			(void)snprintf(text, sizeof(text), "sha256:%.*s", SPAN_ARG(in->hex));
			if (!digest_parse(span_str(text), &d, NULL) && !add(c, in->image, d, e))
				return arena_check(&c->r->arena, err);
		}
	}
	return 0;
}

/* ---- its layers ------------------------------------------------------------------------------ */

/* All layers of the config are the lowest of this image. */
static void compare(const struct claims *c, const struct part *config, struct base_claim *claim)
{
	const struct image_facts *f = &c->r->facts;
	size_t n = config->diff_ids.n;
	struct digest d;

	if (!n) {
		claim->why = SPAN("it has no layers");
		return;
	}
	claim->state = n <= f->layers_n ? BASE_CLAIM_HELD : BASE_CLAIM_DENIED;
	for (size_t i = 0; i < n && claim->state == BASE_CLAIM_HELD; i++) {
		if (!f->layers[i].diff_id.algorithm) {
			claim->state = BASE_CLAIM_OPEN;
			claim->why = SPAN("a layer of this image could not be read");
			return;
		}
		if (digest_parse(config->diff_ids.p[i].text, &d, NULL) ||
			!digest_eq(&d, &f->layers[i].diff_id))
			claim->state = BASE_CLAIM_DENIED;
	}
	claim->layers = claim->state == BASE_CLAIM_HELD ? (uint32_t)n : 0;
}

static int read_config(struct claims *c, struct source *s, const struct digest *digest,
	struct base_claim *claim, struct scov_err *err)
{
	struct scov_image *i = c->r->image;
	const struct limits *l = &i->context->limits;
	struct arena *a = &c->r->arena;
	struct image_choices choices;
	const struct image_choice *choice;
	struct manifest m;
	struct scan_options opt;
	struct scan_job job = { .kind = PART_CONFIG, .source = s };
	int code = image_list_at(s, l, digest, c->call, a, &choices, err);

	if (!code)
		code = image_pick(&(struct image_reader){ s, l, c->call, a }, &choices,
			choices.from_index && i->platform_text[0] ? i->platform_text : NULL,
			&choice, err);
	if (!code)
		code = image_manifest(s, l, choice, c->call, a, &m, err);
	if (code)
		return code;
	job.descriptor = &m.config;
	job.given = m.config_text;
	api_scan_options(i->context, c->call, &opt);
	code = scan_run(&opt, &job, 1, err);
	if (!code && job.part) {
		compare(c, job.part, claim);
	} else if (!code) {
		*err = job.error;
		code = err->code;
	}
	scan_job_release(&job);
	return code;
}

/* At the same registry, maybe in another repository. */
static int read_registry(struct claims *c, struct base_claim *claim, struct scov_err *err)
{
	const struct scov_image *i = c->r->image;
	struct arena *a = &c->r->arena;
	struct reference own, other;
	struct source_options opt;
	struct source *s = NULL;
	const char *text;
	int code = reference_parse(i->origin->source->description, a, &own, err);

	if (!code && claim->image.len)
		code = reference_parse(claim->image, a, &other, err);
	else
		other = own;
	if (code)
		return code;
	if (!span_eq(own.host, other.host))
		return err_fail(err, SCOV_E_NOT_FOUND, "it is at another registry than the image");
	other.tag = (struct span){ 0 };
	other.digest = claim->digest;
	text = reference_format(&other, a);
	text = text ? arena_printf(a, "docker://%s", text) : NULL;
	if (!text)
		return arena_check(a, err);
	api_source_options(i->context, &i->platform, &opt);
	code = source_open(text, &opt, c->call, &s, err);
	if (!code)
		code = read_config(c, s, &claim->digest, claim, err);
	source_free(s);
	return code;
}

static int look(struct claims *c, struct base_claim *claim, struct scov_err *err)
{
	struct source *s = c->r->image->origin->source;
	const struct descriptor d = { .digest = claim->digest };
	struct scov_err why = { 0 };
	int code;

	if (!strcmp(s->ops->transport, "registry"))
		code = read_registry(c, claim, &why);
	else if (s->ops->root && (!s->ops->holds || s->ops->holds(s, &d)))
		code = read_config(c, s, &claim->digest, claim, &why);
	else
		code = err_fail(&why, SCOV_E_NOT_FOUND, "it is not beside the image");
	if (is_over(code)) {
		*err = why;
		return code;
	}
	if (code)
		claim->why = api_masked(&c->r->arena, span_str(why.text));
	return 0;
}

static int look_at_all(struct claims *c, struct scov_err *err)
{
	size_t looked = 0;
	int code = 0;

	for (size_t i = 0; i < c->t->bases.n && !code; i++) {
		struct base_claim *claim = &c->t->bases.p[i];
		size_t k = 0;

		while (k < i && (!digest_eq(&c->t->bases.p[k].digest, &claim->digest) ||
					c->t->bases.p[k].state == BASE_CLAIM_OPEN))
			k++;
		if (k < i) {
			claim->state = c->t->bases.p[k].state;
			claim->layers = c->t->bases.p[k].layers;
		} else if (looked++ < BASE_CLAIMS_MAX) {
			code = look(c, claim, err);
		} else {
			claim->why = SPAN("too many images are named");
		}
	}
	return code;
}

/* ---- what contradicts ------------------------------------------------------------------------ */

/* The same repository, at whatever registry: mirrors serve it too. */
static bool same_path(struct arena *a, struct span x, struct span y)
{
	struct reference p, q;

	return x.len && y.len && !reference_parse(x, a, &p, NULL) &&
	       !reference_parse(y, a, &q, NULL) && span_eq(p.path, q.path);
}

static bool is_named(struct claims *c, const struct provenance_input *in)
{
	return (in->hex.len && span_ends(c->digest, in->hex)) ||
	       same_path(&c->r->arena, in->image, c->name);
}

static void contradict(struct trust_evidence *e, const char *why)
{
	e->is_bad = true;
	e->level = TRUST_NONE;
	e->why = span_str(why ? why : "it contradicts the image");
}

/* The image that the last stage is built on, by the Dockerfile or by annotation. */
static const struct base_claim *last_of(
	struct claims *c, const struct trust_evidence *e, struct span root)
{
	for (size_t i = 0; i < c->t->bases.n; i++) {
		const struct base_claim *b = &c->t->bases.p[i];

		if (b->of == e && (same_path(&c->r->arena, b->image, root) ||
					  same_path(&c->r->arena, b->image, c->name)))
			return b;
	}
	return NULL;
}

static void judge_one(struct claims *c, struct trust_evidence *e, struct span root)
{
	const struct base_claim *last = last_of(c, e, root);
	const struct provenance_input *image = NULL;
	bool named = false;

	for (size_t i = 0; i < c->t->bases.n; i++)
		if (c->t->bases.p[i].of == e && c->t->bases.p[i].state == BASE_CLAIM_HELD)
			return;
	if (last && last->state == BASE_CLAIM_DENIED) {
		contradict(e,
			arena_printf(&c->r->arena,
				"it says that the image is built on %.*s, whose layers are not the "
				"lowest of this image",
				SPAN_ARG(last->image)));
		return;
	}
	for (size_t i = 0; i < e->provenance->inputs.n; i++) {
		const struct provenance_input *in = &e->provenance->inputs.p[i];

		if (!in->image.len)
			continue;
		image = image ? image : in;
		named = named || is_named(c, in);
	}
	if (image && !named && (c->name.len || c->digest.len))
		contradict(e,
			arena_printf(&c->r->arena,
				"it says that the build read %.*s, but an annotation of the image "
				"names the base %.*s",
				SPAN_ARG(image->image),
				SPAN_ARG(c->name.len ? c->name : c->digest)));
}

int api_base_claims(
	struct scov_report *r, struct span root, const struct call *call, struct scov_err *err)
{
	struct claims c = { .r = r, .t = &r->trust, .call = call };
	int code = r->image->sbom ? 0 : collect(&c, err);

	if (!code)
		code = look_at_all(&c, err);
	for (size_t i = 0; i < c.t->list.n && !code; i++)
		if (c.t->list.p[i].provenance && !c.t->list.p[i].is_bad)
			judge_one(&c, &c.t->list.p[i], root);
	return code ? code : arena_check(&r->arena, err);
}
