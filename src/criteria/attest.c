/* attest.c - what is attached to an image: signatures, provenance, SBOMs, security profiles.
 *
 * A thing counts that passed every check of trust/, and whose signer is one that the user expects
 * where somebody is expected. Without a complete search nothing is "not met": what was not found
 * may be where nobody could look.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "base/buf.h"
#include "base/date.h"
#include "criteria/rows.h"
#include "facts/predicate.h"
#include "facts/trust.h"

enum {
	COVERAGE_LEAST = 80, /* per cent of our packages that an SBOM names. A first guess */
	NAMED_MAX = 20,      /* packages that the evidence names; the report has more */
};

static const char need_signer[] = "the expected signer: --key FILE, or --certificate-identity with "
				  "--certificate-oidc-issuer",
		  need_key[] = "the signer's key, with --key FILE, or its root, with --trust-root "
			       "FILE";

/* ---- what was found -------------------------------------------------------------------------- */

static bool is_strict(const struct dossier *d)
{
	return d->policy->profile == PROFILE_STRICT;
}

static bool is_proved(const struct dossier *d, const struct trust_evidence *e)
{
	return trust_counts(e, trust_least(d->trust, is_strict(d)));
}

static struct place place_of(struct verdict_out *out, const struct trust_evidence *e)
{
	char text[DIGEST_TEXT];

	return (struct place){ .kind = PLACE_ATTESTATION,
		.layer = NO_LAYER,
		.path = arena_dup(out->arena, span_str(digest_format(&e->digest, text))) };
}

static void put(struct buf *b, const char *label, struct span text)
{
	if (text.len)
		buf_printf(b, "%s%s%.*s", b->len ? ", " : "", label, SPAN_ARG(text));
}

/* Level, signer, time, log, place and what failed first. */
static const char *story(struct verdict_out *out, const struct trust_evidence *e)
{
	scoped_buf struct buf b = { .limit = 4096 };
	char day[DATE_TEXT];

	buf_str(&b, e->is_bad            ? "failed"
		    : e->is_wrong_signer ? "wrong signer"
					 : trust_level_names[e->level]);
	put(&b, "signed by ", e->signer);
	put(&b, "issuer ", e->issuer);
	if (!e->signer.len)
		put(&b, "key ", e->key_id);
	if (e->time) {
		put(&b, "on ", span_str(date_format_day(date_day(e->time), day)));
		put(&b, "by ", e->time_source);
	}
	put(&b, "log ", e->log);
	put(&b, e->is_of_index ? "of the index, in " : "in ", e->place);
	if (e->why.len)
		buf_printf(&b, ": %.*s", SPAN_ARG(e->why));
	return arena_printf(out->arena, "%.*s", SPAN_ARG(buf_view(&b)));
}

/* All of one kind, the one that decides first. */
static void show(const struct dossier *d, struct verdict_out *out, enum attached_kind kind,
	const struct trust_evidence *best)
{
	const struct trust *t = d->trust;

	for (size_t pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < t->list.n; i++) {
			const struct trust_evidence *e = &t->list.p[i];

			if (e->kind == kind && (e == best) == !pass)
				evidence_add(out, EV_ATTESTATION, pass ? REMARK : DECIDES,
					is_proved(d, e) ? PROVED : DECLARED, place_of(out, e),
					e->predicate_type.len ? e->predicate_type : e->format,
					story(out, e));
		}
}

static enum verdict need(struct verdict_out *out, const char *what)
{
	struct span text = span_str(what);

	vec_add(&out->report->settled_by, out->arena, &text);
	return NOT_ASSESSED;
}

struct tally {
	size_t n, bad, wrong, undecided;
	const struct trust_evidence *first_bad, *first_wrong;
};

static struct tally tally_of(const struct trust *t, enum attached_kind kind)
{
	struct tally c = { 0 };

	for (size_t i = 0; i < t->list.n; i++) {
		const struct trust_evidence *e = &t->list.p[i];

		if (e->kind != kind)
			continue;
		c.n++;
		c.bad += e->is_bad;
		c.wrong += !e->is_bad && e->is_wrong_signer;
		c.undecided += !e->is_bad && e->is_undecided;
		if (e->is_bad && !c.first_bad)
			c.first_bad = e;
		if (!e->is_bad && e->is_wrong_signer && !c.first_wrong)
			c.first_wrong = e;
	}
	return c;
}

/* What nobody signed does not make up for what somebody signed who is not expected; a file that the
 * user gives may. */
static bool is_overruled(const struct dossier *d, const struct trust_evidence *e)
{
	return !is_proved(d, e) && !e->is_given &&
	       tally_of(d->trust, (enum attached_kind)e->kind).wrong;
}

/* Nothing of the kind is good: the worst that was seen says why. */
static enum verdict nothing_good(
	const struct dossier *d, struct verdict_out *out, enum attached_kind kind, const char *name)
{
	const struct trust *t = d->trust;
	struct tally c = tally_of(t, kind);

	show(d, out, kind, c.first_wrong ? c.first_wrong : c.first_bad);
	if (c.first_wrong && t->is_searched && !c.first_wrong->signer.len)
		return say(out, NOT_MET, place_image(), "no %s counts: %.*s", name,
			SPAN_ARG(c.first_wrong->why));
	if (c.first_wrong && t->is_searched)
		return say(out, NOT_MET, place_image(),
			"the %s is signed by %.*s, who is not expected", name,
			SPAN_ARG(c.first_wrong->signer));
	if (!t->is_searched) {
		say(out, NOT_ASSESSED, place_image(), "%s%.*s",
			c.wrong ? "what was found is of somebody who is not expected, and "
			: c.bad ? "what was found does not verify, and "
				: "",
			SPAN_ARG(t->not_searched.len ? t->not_searched
						     : SPAN("not every place was searched")));
		return NOT_ASSESSED;
	}
	if (t->passed_over)
		return say(out, NOT_ASSESSED, place_image(),
			"%zu attached things were not checked, and none of the others is a good %s",
			t->passed_over, name);
	if (c.first_bad)
		return say(out, NOT_MET, place_image(), "no %s counts: %.*s", name,
			SPAN_ARG(c.first_bad->why));
	return say(out, NOT_MET, place_image(), "no %s was found", name);
}

/* ---- signatures ------------------------------------------------------------------------------ */

/* The best at the level or above; of several the first. */
static const struct trust_evidence *best_signature(const struct trust *t, enum trust_level least)
{
	const struct trust_evidence *best = NULL;

	for (size_t i = 0; i < t->list.n; i++) {
		const struct trust_evidence *e = &t->list.p[i];

		if (e->kind == ATTACHED_SIGNATURE && trust_counts(e, least) &&
			(!best || e->level > best->level))
			best = e;
	}
	return best;
}

static enum verdict judge_signed(const struct dossier *d, struct verdict_out *out)
{
	const struct trust *t = d->trust;
	const struct trust_evidence *good, *open;
	struct tally c;
	char day[DATE_TEXT];

	if (!t)
		return judge_nothing(d, out);
	good = best_signature(t, trust_least(t, is_strict(d)));
	open = best_signature(t, TRUST_CLAIMED);
	c = tally_of(t, ATTACHED_SIGNATURE);
	if (!good && open && open->level == TRUST_ROOTED && !t->has_policy) {
		show(d, out, ATTACHED_SIGNATURE, NULL);
		say(out, NOT_ASSESSED, place_image(),
			"signed by %.*s; --profile strict needs to know who is expected",
			SPAN_ARG(open->signer));
		return need(out, need_signer);
	}
	if (good) {
		out->report->class = PROVED;
		show(d, out, ATTACHED_SIGNATURE, good);
		return say(out, MET, place_image(), "signed by %.*s%s%s%s%s",
			SPAN_ARG(good->signer.len ? good->signer : good->key_id),
			good->time ? " on " : "",
			good->time ? date_format_day(date_day(good->time), day) : "",
			c.bad ? "; another signature does not verify" : "",
			c.wrong ? "; another one is of somebody who is not expected" : "");
	}
	if (!open || c.wrong)
		return nothing_good(d, out, ATTACHED_SIGNATURE, "signature");
	show(d, out, ATTACHED_SIGNATURE, NULL);
	if (t->has_policy && t->is_searched && !t->passed_over && !c.undecided)
		return say(out, NOT_MET, place_image(),
			"no signature is of an expected signer: %.*s", SPAN_ARG(open->why));
	say(out, NOT_ASSESSED, place_image(), "there is a signature, not verified: %.*s",
		SPAN_ARG(open->why));
	return need(out, need_key);
}

const struct criterion prov_signed = {
	.id = "prov.signed",
	.title = "Sign images",
	.vector = PROVENANCE,
	.level = 2,
	.rule = "A signature of this manifest, or of the index that lists it, verifies up to a "
		"trust "
		"root or a given key, by an expected signer where one is named: cosign, a sigstore "
		"bundle or Notary Project. An attestation is not a signature of the image.",
	.remedy = REMEDY_SIGN,
	.fix = "scoville sign NAME@sha256:... --key KEY.pem",
	.effort = 2,
	.needs = INPUT_REFERRERS,
	.judge = judge_signed,
};

/* ---- provenance ------------------------------------------------------------------------------ */

static bool is_buildkit(const struct provenance *p)
{
	return span_has(p->build_type, SPAN("buildkit"));
}

/* BuildKit leaves the builder empty unless one is named. */
static bool names_builder(const struct provenance *p)
{
	return p->has_builder && (p->builder.len || is_buildkit(p));
}

static const struct trust_evidence *best_provenance(const struct trust *t)
{
	const struct trust_evidence *best = NULL;

	for (size_t i = 0; i < t->list.n; i++) {
		const struct trust_evidence *e = &t->list.p[i];

		if (e->kind == ATTACHED_PROVENANCE && trust_counts(e, TRUST_CLAIMED) &&
			e->provenance && names_builder(e->provenance) &&
			(!best || e->level > best->level))
			best = e;
	}
	return best;
}

static void show_claim(struct verdict_out *out, struct place at, struct span what, const char *why)
{
	if (what.len)
		evidence_add(out, EV_ATTESTATION, REMARK, DECLARED, at, what, why);
}

/* The certificate is of the build's own run; a URI may be longer. */
static void compare_certificate(struct verdict_out *out, const struct trust_evidence *e)
{
	const struct provenance *p = e->provenance;
	struct span uri = p->source.uri, hex = p->source.hex;

	if (span_starts(uri, SPAN("git+")))
		uri = span_from(uri, 4);
	if (e->source_uri.len && uri.len && !span_starts(uri, e->source_uri))
		remark(out, place_of(out, e), e->source_uri,
			"the certificate names another source than the provenance");
	if (e->source_digest.len && hex.len && !span_eq(hex, e->source_digest))
		remark(out, place_of(out, e), e->source_digest,
			"the certificate names another commit than the provenance");
}

/* Whether the images that it names are below this one. */
static void show_bases(
	struct verdict_out *out, const struct trust *t, const struct trust_evidence *e)
{
	for (size_t i = 0; i < t->bases.n; i++) {
		const struct base_claim *c = &t->bases.p[i];
		char digest[DIGEST_TEXT];
		struct span what = c->image.len
					   ? c->image
					   : arena_dup(out->arena,
						     span_str(digest_format(&c->digest, digest)));

		if (c->of && c->of != e)
			continue;

		struct place at = c->of ? place_of(out, e) : place_manifest("/annotations");

		if (c->state == BASE_CLAIM_HELD)
			evidence_add(out, EV_ATTESTATION, REMARK, OBSERVED, at, what,
				arena_printf(out->arena,
					"%s: its layers are the lowest %u of this image",
					c->of ? "an image that the build read" : "the base",
					c->layers));
		else if (c->state == BASE_CLAIM_DENIED)
			evidence_add(out, EV_ATTESTATION, REMARK, OBSERVED, at, what,
				c->of ? "an image that the build read, not below this one: its "
					"layers are not the lowest"
				      : "not the base, as the annotation says: its layers are not "
					"the lowest of this image");
		else
			remark(out, at, what, "whether it is the base was not checked: %.*s",
				SPAN_ARG(c->why));
	}
}

static void show_provenance(
	struct verdict_out *out, const struct trust *t, const struct trust_evidence *e)
{
	const struct provenance *p = e->provenance;
	struct place at = place_of(out, e);

	show_claim(out, at, p->builder, "the builder");
	if (!p->builder.len)
		show_claim(out, at, p->build_type, "the type of the build; it names no builder");
	show_claim(out, at, p->source.uri, "the source");
	show_claim(out, at, p->source.hex, "the source's commit or digest");
	if (p->inputs.n)
		remark_count(out, at, "inputs", p->inputs.n, "things that the build read");
	if (p->is_hermetic)
		show_claim(out, at, SPAN("hermetic"), "said to be built without the network");
	if (p->is_reproducible)
		show_claim(out, at, SPAN("reproducible"), "said to be reproducible");
	if (p->recipe.len)
		show_claim(out, at, p->recipe_name, "the Dockerfile is in it");
	compare_certificate(out, e);
	show_bases(out, t, e);
}

static enum verdict judge_slsa(const struct dossier *d, struct verdict_out *out)
{
	const struct trust *t = d->trust;
	const struct trust_evidence *e;
	bool proved;

	if (!t)
		return judge_nothing(d, out);
	e = best_provenance(t);
	if (!e || is_overruled(d, e))
		return nothing_good(d, out, ATTACHED_PROVENANCE, "provenance");
	proved = is_proved(d, e);
	out->report->class = proved ? PROVED : DECLARED;
	show(d, out, ATTACHED_PROVENANCE, proved || !is_strict(d) ? e : NULL);
	show_provenance(out, t, e);
	if (!proved && is_strict(d)) {
		say(out, NOT_ASSESSED, place_image(),
			"SLSA %.*s; --profile strict needs it signed by an expected signer",
			SPAN_ARG(e->provenance->version));
		return need(out, need_signer);
	}
	return say(out, MET, place_image(), "SLSA %.*s%s%.*s%s", SPAN_ARG(e->provenance->version),
		proved ? ", signed by " : "",
		SPAN_ARG(proved ? (e->signer.len ? e->signer : e->key_id) : SPAN("")),
		proved ? "" : ", but nobody's signature on it was verified");
}

const struct criterion prov_slsa = {
	.id = "prov.slsa",
	.title = "Provenance attestations",
	.vector = PROVENANCE,
	.level = 4,
	.rule = "An in-toto statement with a SLSA provenance predicate names this digest, or that "
		"of "
		"the index, as its subject, and has a builder; neither the layers nor an "
		"annotation "
		"contradict the base that it names. It need not be signed, but for "
		"--profile strict.",
	.remedy = REMEDY_ATTEST,
	.fix = "docker buildx build --provenance=mode=max --push .",
	.effort = 2,
	.needs = INPUT_REFERRERS,
	.judge = judge_slsa,
};

/* ---- SBOMs ----------------------------------------------------------------------------------- */

/* A file of the user is bound to the image by what it says itself, or by the user. */
static bool names_another(const struct dossier *d, const struct trust_evidence *e)
{
	const struct digest *named = &e->sbom->digest;

	return named->algorithm && !digest_eq(named, &d->image->manifest_digest) &&
	       !digest_eq(named, &d->image->index_digest) &&
	       !digest_eq(named, &d->image->config_digest);
}

static bool covers(const struct sbom_truth *s)
{
	return s->ours && s->versions && s->found * 100 >= s->ours * COVERAGE_LEAST;
}

static bool is_better(const struct trust_evidence *a, const struct trust_evidence *b)
{
	if (covers(a->sbom) != covers(b->sbom))
		return covers(a->sbom);
	return a->level != b->level ? a->level > b->level : a->sbom->found > b->sbom->found;
}

static const struct trust_evidence *best_sbom(const struct dossier *d)
{
	const struct trust_evidence *best = NULL;

	for (size_t i = 0; i < d->trust->list.n; i++) {
		const struct trust_evidence *e = &d->trust->list.p[i];

		if (e->kind != ATTACHED_SBOM || !trust_counts(e, TRUST_CLAIMED) || !e->sbom ||
			(e->is_given && names_another(d, e)))
			continue;
		if (!best || is_better(e, best))
			best = e;
	}
	return best;
}

static void show_packages(struct verdict_out *out, struct place at,
	const struct package_fact *const *list, size_t n, const char *why)
{
	for (size_t i = 0; i < n && i < NAMED_MAX; i++)
		evidence_add(out, EV_PACKAGE, REMARK, OBSERVED, at,
			span_str(arena_printf(out->arena, "%s %.*s %.*s",
				package_row(list[i]->type)->name, SPAN_ARG(list[i]->name),
				SPAN_ARG(list[i]->version))),
			why);
}

static void show_sbom(
	const struct dossier *d, struct verdict_out *out, const struct trust_evidence *e)
{
	const struct sbom_truth *s = e->sbom;
	struct place at = place_of(out, e);

	if (names_another(d, e))
		remark(out, at, s->format, "the document itself names another image");
	remark_count(out, at, "packages", s->theirs, "packages that the SBOM names");
	show_packages(out, at, s->missing.p, s->missing.n, "in the image, not in the SBOM");
	show_packages(out, at, s->extra.p, s->extra.n, "in the SBOM, not in the image");
	remark_rest(out, "missing packages", s->ours - s->found, NAMED_MAX);
	remark_rest(out, "additional packages", s->theirs - s->found, NAMED_MAX);
}

static enum verdict judge_sbom(const struct dossier *d, struct verdict_out *out)
{
	const struct trust *t = d->trust;
	const struct trust_evidence *e;
	const struct sbom_truth *s;
	bool proved, decides;

	if (!t)
		return judge_nothing(d, out);
	e = best_sbom(d);
	if (!e || is_overruled(d, e))
		return nothing_good(d, out, ATTACHED_SBOM, "SBOM");
	s = e->sbom;
	proved = is_proved(d, e);
	decides = s->ours && (!covers(s) ? t->is_searched : proved || !is_strict(d));
	out->report->class = proved ? PROVED : e->is_given ? ASSERTED : DECLARED;
	show(d, out, ATTACHED_SBOM, decides ? e : NULL);
	show_sbom(d, out, e);
	if (!s->ours) {
		say(out, NOT_ASSESSED, place_image(),
			"no package was found in the image that an SBOM could be compared with");
		return need(out, "packages that leave a record in the image");
	}
	if (!covers(s) && !t->is_searched)
		return say(out, NOT_ASSESSED, place_image(),
			"the SBOM names %zu of %zu packages, and others could not be searched for",
			s->found, s->ours);
	if (!covers(s))
		return say(out, NOT_MET, place_image(), "the SBOM names %zu of %zu packages%s",
			s->found, s->ours, s->theirs && !s->versions ? ", without versions" : "");
	if (!decides) {
		say(out, NOT_ASSESSED, place_image(),
			"the SBOM names %zu of %zu packages; --profile strict needs it signed by "
			"an expected signer",
			s->found, s->ours);
		return need(out, need_signer);
	}
	return say(out, MET, place_image(), "%.*s names %zu of %zu packages (%zu %%)%s",
		SPAN_ARG(s->format), s->found, s->ours, s->found * 100 / s->ours,
		proved ? ", and is signed" : "");
}

const struct criterion prov_sbom = {
	.id = "prov.sbom",
	.title = "SBOMs",
	.vector = PROVENANCE,
	.level = 4,
	.rule = "An attached SPDX or CycloneDX document names this digest and at least 80 % of the "
		"packages in the image, by type, name and version.",
	.remedy = REMEDY_ATTEST,
	.fix = "docker buildx build --sbom=true --push .",
	.effort = 2,
	.needs = INPUT_REFERRERS | INPUT_FILES | INPUT_INVENTORY,
	.judge = judge_sbom,
};

/* ---- security profiles ----------------------------------------------------------------------- */

static const struct annotation *profile_annotation(const annotations *list, bool *unconfined)
{
	const struct annotation *found = NULL;

	for (size_t i = 0; i < list->n; i++) {
		if (!attached_names_profile(list->p[i].key))
			continue;
		if (!*unconfined)
			found = &list->p[i];
		if (span_eq_nocase(span_trim(list->p[i].value), SPAN("unconfined")))
			*unconfined = true;
	}
	return found;
}

static const struct trust_evidence *best_profile(const struct trust *t)
{
	const struct trust_evidence *best = NULL;

	for (size_t i = 0; t && i < t->list.n; i++) {
		const struct trust_evidence *e = &t->list.p[i];

		if (e->kind == ATTACHED_PROFILE && trust_counts(e, TRUST_CLAIMED) && e->profile &&
			(!best || e->profile->restricts > best->profile->restricts ||
				(e->profile->restricts == best->profile->restricts &&
					e->level > best->level)))
			best = e;
	}
	return best;
}

/* The profile is the one that the annotation names: attached_find. */
static bool is_of(const struct trust_evidence *e, const struct annotation *a)
{
	struct span head = SPAN("annotation ");

	return span_starts(e->place, head) && span_eq(span_from(e->place, head.len), a->key);
}

static enum verdict attached_profile(const struct dossier *d, struct verdict_out *out,
	const struct trust_evidence *e, const struct annotation *a)
{
	const struct trust *t = d->trust;
	const struct profile_facts *p = e->profile;
	bool proved = is_proved(d, e);

	if (p->restricts && is_strict(d) && !proved) {
		show(d, out, ATTACHED_PROFILE, NULL);
		say(out, NOT_ASSESSED, place_image(),
			"there is a %s profile; --profile strict needs it signed by an expected "
			"signer",
			profile_kind_names[p->kind]);
		return need(out, need_signer);
	}
	if (p->restricts) {
		out->report->class = proved ? PROVED : DECLARED;
		show(d, out, ATTACHED_PROFILE, e);
		if (p->allows_first)
			remark(out, place_of(out, e), SPAN("seccomp"),
				"it allows every system call that it does not list");
		return say(out, MET, place_image(), "a %s profile that restricts is attached%s",
			profile_kind_names[p->kind], proved ? ", and signed" : "");
	}
	if (!t->is_searched || (a && !is_of(e, a))) {
		show(d, out, ATTACHED_PROFILE, NULL);
		return say(out, NOT_ASSESSED, place_image(),
			"the attached profile restricts nothing: %.*s; %s", SPAN_ARG(p->why),
			a ? "the one that an annotation names was not fetched"
			  : "others could not be searched for");
	}
	show(d, out, ATTACHED_PROFILE, e);
	return say(out, NOT_MET, place_image(), "the attached profile restricts nothing: %.*s",
		SPAN_ARG(p->why));
}

static enum verdict judge_profile(const struct dossier *d, struct verdict_out *out)
{
	bool unconfined = false;
	const struct trust_evidence *e = best_profile(d->trust);
	const struct annotation *a =
		profile_annotation(&d->image->manifest_annotations, &unconfined);

	if (!unconfined) {
		const struct annotation *b =
			profile_annotation(&d->image->index_annotations, &unconfined);

		a = b ? b : a;
	}
	out->report->class = DECLARED;
	if (unconfined) {
		remedy_one(out, REMEDY_PROFILE,
			arena_printf(out->arena, "%.*s=registry/profile:tag", SPAN_ARG(a->key)),
			NULL);
		return say(out, NOT_MET, place_manifest("/annotations"),
			"the annotation %.*s turns the profile off: unconfined", SPAN_ARG(a->key));
	}
	if (e && is_overruled(d, e))
		return nothing_good(d, out, ATTACHED_PROFILE, "security profile");
	if (e)
		return attached_profile(d, out, e, a);
	if (a)
		return say(out, NOT_ASSESSED, place_manifest("/annotations"),
			"an annotation names a profile, which was not fetched: it is not named by "
			"its digest, or not where the image is");
	if (!d->trust)
		return say(out, NOT_ASSESSED, place_image(),
			"no annotation names a profile, and attached profiles were not searched "
			"for");
	return nothing_good(d, out, ATTACHED_PROFILE, "security profile");
}

const struct criterion conf_secprofile = {
	.id = "conf.secprofile",
	.title = "Security profile in metadata",
	.vector = CONFIGURATION,
	.level = 5,
	.rule = "A seccomp, AppArmor or SELinux profile that restricts something is attached to "
		"the "
		"image. Not met without one, or with an annotation that says unconfined; a profile "
		"that an annotation names by a tag, or elsewhere, is not assessed.",
	.remedy = REMEDY_PROFILE,
	.fix = "scoville attest NAME --type seccomp --predicate seccomp.json --key KEY.pem; "
	       "scoville profile suggest NAME prints a profile to begin with",
	.effort = 4,
	.needs = INPUT_ANNOTATIONS,
	.settled_by_input = INPUT_REFERRERS,
	.judge = judge_profile,
};
