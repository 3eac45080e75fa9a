/* site.c - a site's policy over what is attached to an image.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crypto/x509.h"
#include "trust/site/parts.h"

enum { MEMORY = 64 << 20 };

int site_policy_read(struct span text, struct site_policy **out, struct scov_err *err)
{
	struct site_policy *p = mem_alloc(sizeof(*p));
	int rc;

	if (!p)
		return err_memory(err);
	p->arena.limit = MEMORY;
	rc = json_parse(text, SITE_POLICY_MAX, &p->arena, &p->root, err);
	p->is_own = json_is(p->root, JSON_LIST);
	if (!rc)
		rc = p->is_own ? own_check(p->root, err) : policy_json_check(p->root, err);
	if (rc)
		site_policy_free(p);
	else
		*out = p;
	return rc;
}

void site_policy_free(struct site_policy *p)
{
	if (!p)
		return;
	arena_release(&p->arena);
	mem_free(p);
}

int site_apply(const struct site_policy *p, const char *transport, struct span reference,
	site_load_fn *load, void *ctx, struct site_rules **out, struct scov_err *err)
{
	struct site_rules *r = mem_alloc(sizeof(*r));
	struct named n;
	int rc = 0;

	if (!r)
		return err_memory(err);
	r->arena.limit = MEMORY;
	r->reference = arena_dup(&r->arena, reference);
	r->is_docker = !strcmp(transport, "docker");
	if (r->is_docker && !named_read(r->reference, &r->arena, &n))
		rc = err_fail(err, SCOV_E_FORMAT, "'%.*s' is not a reference of an image",
			SPAN_ARG(reference));
	if (!rc && p->is_own)
		rc = own_apply(p->root, load, ctx, r, err);
	else if (!rc)
		rc = policy_json_apply(p->root, transport, load, ctx, r, err);
	if (rc)
		site_rules_free(r);
	else
		*out = r;
	return rc;
}

void site_rules_free(struct site_rules *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->list.n; i++) {
		trust_policy_free(r->list.p[i].policy);
		trust_roots_free(r->list.p[i].roots);
	}
	arena_release(&r->arena);
	mem_free(r);
}

/* ---- one signature under one requirement */

struct judged {
	const struct site_rules *rules;
	const struct requirement *q;
	struct arena *arena;
};

static void wrong(struct trust_evidence *e, const char *why)
{
	e->is_wrong_signer = true;
	if (e->level > TRUST_ROOTED)
		e->level = TRUST_ROOTED;
	e->why = span_str(why);
}

static bool has_name(const struct sans *names, uint8_t kind, struct span text)
{
	for (size_t i = 0; i < names->n; i++)
		if (names->p[i].kind == kind && span_eq(names->p[i].text, text))
			return true;
	return false;
}

/* The names in the certificate that came with a simple signature. */
static bool pki_fits(const struct judged *j, const struct attached *at)
{
	struct span pem = { 0 };
	struct certificate *leaf = NULL;
	struct sans names = { 0 };

	for (size_t i = 0; i < at->annotations.n; i++)
		if (span_eq(at->annotations.p[i].key, SPAN("dev.sigstore.cosign/certificate")))
			pem = span_trim(at->annotations.p[i].value);
	bool fits = pem.len && !certificate_parse(pem, &leaf, NULL) &&
		    !certificate_names(leaf, j->arena, &names, NULL) &&
		    (!j->q->email.len || has_name(&names, SAN_EMAIL, j->q->email)) &&
		    (!j->q->host.len || has_name(&names, SAN_DNS, j->q->host));

	certificate_free(leaf);
	return fits;
}

static bool reference_fits(
	const struct judged *j, const struct attached *at, const struct trust_evidence *e)
{
	const struct json *v;

	if (at->form != ATTACHED_FORM_SIMPLE ||
		json_parse(e->payload, TRUST_PAYLOAD_MAX, j->arena, &v, NULL))
		return false;
	return identity_fits(j->q, j->rules,
		json_get_text(json_get(json_get(v, "critical"), "identity"), "docker-reference"),
		j->arena);
}

static void judge_sigstore(
	const struct judged *j, const struct attached *at, struct trust_evidence *e)
{
	bool is_pki = j->q->email.len || j->q->host.len;

	if (is_pki && e->level == TRUST_ROOTED) {
		if (pki_fits(j, at))
			e->level = TRUST_EXPECTED;
		else
			wrong(e, "its certificate has other names than policy.json asks for");
	}
	if (e->level < TRUST_EXPECTED || e->kind != ATTACHED_SIGNATURE)
		return;
	if (at->form != ATTACHED_FORM_SIMPLE)
		wrong(e, "it names no repository, which policy.json asks for");
	else if (j->q->needs_log && !e->log.len)
		wrong(e, "no entry of the log that policy.json asks for");
	else if (!reference_fits(j, at, e))
		wrong(e, "signed for another reference than policy.json takes here");
}

static void judge(void *ctx, const struct attached *at, struct trust_evidence *e)
{
	const struct judged *j = ctx;

	switch (j->q->kind) {
	case REQUIRE_NOTHING:
		break;
	case REQUIRE_REJECT:
		wrong(e, "policy.json rejects this image");
		break;
	case REQUIRE_GPG:
		if (e->level > TRUST_CLAIMED)
			e->level = TRUST_CLAIMED;
		e->why = SPAN("policy.json asks for a GPG signature, which is not checked");
		break;
	case REQUIRE_SIGSTORE:
		judge_sigstore(j, at, e);
		break;
	default:
		break;
	}
}

/* ---- all of them */

/* What one requirement does not know, another may. */
static void merge(struct trust_evidence *e, const struct trust_evidence *other)
{
	bool counts = trust_counts(e, TRUST_CLAIMED), also = trust_counts(other, TRUST_CLAIMED);

	if (counts != also ? also : other->level > e->level)
		*e = *other;
}

static bool is_met(const struct requirement *q, const struct trust *t, size_t from)
{
	uint8_t least = q->least[ATTACHED_SIGNATURE] > TRUST_EXPECTED ? q->least[ATTACHED_SIGNATURE]
								      : TRUST_EXPECTED;

	if (q->kind == REQUIRE_NOTHING || (q->kind == REQUIRE_OWN && !q->expects))
		return true;
	if (q->kind == REQUIRE_REJECT || q->kind == REQUIRE_GPG)
		return false;
	for (size_t i = from; i < t->list.n; i++)
		if (t->list.p[i].kind == ATTACHED_SIGNATURE &&
			trust_counts(&t->list.p[i], (enum trust_level)least))
			return true;
	return false;
}

static int run(const struct site_rules *r, const struct requirement *q,
	const struct trust_input *in, struct arena *a, struct trust *out, struct scov_err *err)
{
	struct judged j = { r, q, a };
	struct trust_input one = *in;

	one.policy = q->policy;
	if (q->roots)
		one.roots = q->roots;
	one.judge = judge;
	one.judge_ctx = &j;
	return trust_verify(&one, a, out, err);
}

/* What would count without the requirement that nothing meets. */
static void hold_back(struct trust *t, size_t from, bool has_gpg)
{
	for (size_t i = from; i < t->list.n; i++) {
		struct trust_evidence *e = &t->list.p[i];

		if (!trust_counts(e, TRUST_INTACT))
			continue;
		wrong(e, "another requirement of the site's policy is not met");
		if (!has_gpg)
			continue;
		e->is_wrong_signer = false; /* nobody knows */
		e->level = TRUST_CLAIMED;
	}
}

/* Rows below the level that an entry of our form asks of their kind count for nothing. */
static void check_levels(const struct site_rules *r, struct trust *t, size_t from)
{
	for (size_t i = from; i < t->list.n; i++)
		for (size_t k = 0; k < r->list.n; k++) {
			struct trust_evidence *e = &t->list.p[i];

			if (e->is_bad || e->level >= r->list.p[k].least[e->kind])
				continue;
			e->is_bad = true;
			e->why = SPAN("below the level that the site's policy asks for");
		}
}

int site_verify(const struct site_rules *r, const struct trust_input *in, struct arena *a,
	struct trust *out, struct scov_err *err)
{
	size_t from = out->list.n;
	bool is_met_all = true, has_policy = false, has_gpg = false;

	if (!r->list.n)
		return trust_verify(in, a, out, err);
	for (size_t i = 0; i < r->list.n; i++) {
		const struct requirement *q = &r->list.p[i];
		struct trust one = { 0 };
		int rc = run(r, q, in, a, i ? &one : out, err);

		if (rc)
			return rc;
		is_met_all = is_met(q, i ? &one : out, i ? 0 : from) && is_met_all;
		has_policy = has_policy || q->expects || q->kind == REQUIRE_REJECT ||
			     q->kind == REQUIRE_GPG;
		has_gpg = has_gpg || q->kind == REQUIRE_GPG;
		for (size_t k = 0; k < one.list.n && from + k < out->list.n; k++)
			merge(&out->list.p[from + k], &one.list.p[k]);
	}
	if (!is_met_all)
		hold_back(out, from, has_gpg);
	check_levels(r, out, from);
	out->has_policy = has_policy || in->notary;
	if (has_gpg) {
		out->is_searched = false;
		out->not_searched =
			SPAN("policy.json asks for a GPG signature, which is not checked");
	}
	return 0;
}
