/* attest.c - what is attached to an image: signatures, provenance, SBOMs, security profiles.
 *
 * Referrers are not searched yet, so nothing here is met; a profile that is turned off shows
 * without them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "criteria/rows.h"

const struct criterion prov_signed = {
	.id = "prov.signed",
	.title = "Sign images",
	.vector = PROVENANCE,
	.level = 2,
	.rule = "A signature of this manifest, or of the index that lists it, verifies: cosign, a "
		"sigstore bundle or Notary Project. An attestation is not a signature of the "
		"image.",
	.remedy = REMEDY_SIGN,
	.fix = "cosign sign NAME@sha256:...",
	.effort = 2,
	.needs = INPUT_REFERRERS,
	.judge = judge_nothing,
};

const struct criterion prov_slsa = {
	.id = "prov.slsa",
	.title = "Provenance attestations",
	.vector = PROVENANCE,
	.level = 4,
	.rule = "An in-toto statement with a SLSA provenance predicate names this digest as its "
		"subject, and names the builder.",
	.remedy = REMEDY_ATTEST,
	.fix = "docker buildx build --provenance=mode=max --push .",
	.effort = 2,
	.needs = INPUT_REFERRERS,
	.judge = judge_nothing,
};

const struct criterion prov_sbom = {
	.id = "prov.sbom",
	.title = "SBOMs",
	.vector = PROVENANCE,
	.level = 4,
	.rule = "An attached SPDX or CycloneDX document names this digest and at least 80 % of the "
		"packages in the image.",
	.remedy = REMEDY_ATTEST,
	.fix = "docker buildx build --sbom=true --push .",
	.effort = 2,
	.needs = INPUT_REFERRERS,
	.judge = judge_nothing,
};

/* Keys of CRI-O's annotation, alone or followed by "/POD" or "/CONTAINER". Source: CRI-O, "seccomp
 * OCI artifacts". */
static bool is_profile_key(struct span key)
{
	static const char *const keys[] = { "seccomp-profile.kubernetes.cri-o.io",
		"seccomp-profile.crio.io" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		struct span k = span_str(keys[i]);

		if (span_starts(key, k) && (key.len == k.len || span_at(key, k.len) == '/'))
			return true;
	}
	return false;
}

static const struct annotation *profile_annotation(const annotations *list, bool *unconfined)
{
	const struct annotation *found = NULL;

	for (size_t i = 0; i < list->n; i++) {
		if (!is_profile_key(list->p[i].key))
			continue;
		if (!*unconfined)
			found = &list->p[i];
		if (span_eq_nocase(span_trim(list->p[i].value), SPAN("unconfined")))
			*unconfined = true;
	}
	return found;
}

static enum verdict judge_profile(const struct dossier *d, struct verdict_out *out)
{
	bool unconfined = false;
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
	if (a)
		return say(out, NOT_ASSESSED, place_manifest("/annotations"),
			"an annotation names a profile, which was not fetched: it may restrict "
			"nothing");
	return say(out, NOT_ASSESSED, place_image(),
		"no annotation names a profile, and attached profiles were not searched for");
}

const struct criterion conf_secprofile = {
	.id = "conf.secprofile",
	.title = "Security profile in metadata",
	.vector = CONFIGURATION,
	.level = 5,
	.rule = "A restrictive seccomp, AppArmor or SELinux profile is attached to the image. Not "
		"met with an annotation that says unconfined; all else is not assessed without a "
		"search of referrers.",
	.remedy = REMEDY_PROFILE,
	.fix = "attach a seccomp profile as an OCI artifact and name it in the annotation "
	       "seccomp-profile.kubernetes.cri-o.io",
	.effort = 4,
	.needs = INPUT_ANNOTATIONS,
	.settled_by_input = INPUT_REFERRERS,
	.judge = judge_profile,
};
