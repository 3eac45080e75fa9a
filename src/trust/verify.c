/* verify.c - trust_verify: each thing that is attached, and what it is worth.
 *
 * First what it is about (payload, statement), then who signed it. A thing that names another
 * digest is not looked at further.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "trust/notary/notary.h"
#include "trust/policy.h"
#include "trust/signer.h"
#include "trust/simple.h"
#include "trust/statement.h"

#include "base/table.h"

static const struct span form_names[] = {
	[ATTACHED_FORM_SIMPLE] = SPAN_INIT("cosign signature"),
	[ATTACHED_FORM_DSSE] = SPAN_INIT("cosign attestation"),
	[ATTACHED_FORM_BUNDLE] = SPAN_INIT("sigstore bundle"),
	[ATTACHED_FORM_STATEMENT] = SPAN_INIT("BuildKit attestation"),
	[ATTACHED_FORM_NOTARY_JWS] = SPAN_INIT("Notary JWS"),
	[ATTACHED_FORM_NOTARY_COSE] = SPAN_INIT("Notary COSE"),
	[ATTACHED_FORM_DOCUMENT] = SPAN_INIT("attached file"),
};
ROWS(form_names, ATTACHED_FORMS);

struct check_of {
	const struct trust_input *in;
	const struct attached *at;
	struct arena *arena;
	struct trust_evidence *e;
};

/* A check failed: what it is stays, what it is worth goes. */
static void fail(struct check_of *c, const char *why)
{
	c->e->is_bad = true;
	c->e->level = TRUST_NONE;
	c->e->why = arena_dup(c->arena, span_str(why));
}

static void remark(struct check_of *c, uint8_t level, const char *why)
{
	c->e->level = level;
	c->e->why = arena_dup(c->arena, span_str(why));
}

/* It has no signature of its own: one of the manifest that carries it speaks for it. */
static bool is_bare(const struct attached *at)
{
	return at->form == ATTACHED_FORM_STATEMENT || at->form == ATTACHED_FORM_DOCUMENT;
}

/* The image's manifest, the index that led to it, or a manifest that carries attestations. */
static bool is_subject(struct check_of *c, const struct digest *d)
{
	c->e->subject = *d;
	if (digest_eq(d, &c->in->manifest))
		return true;
	if (digest_eq(d, &c->in->index)) {
		c->e->is_of_index = true;
		return true;
	}
	for (size_t i = 0; i < c->in->n; i++)
		if (is_bare(&c->in->list[i]) && digest_eq(d, &c->in->list[i].carrier)) {
			c->e->kind = ATTACHED_OTHER;
			c->e->is_beside = true;
			return true;
		}
	return false;
}

static bool read_statement(struct check_of *c, struct span text)
{
	struct scov_err err = { 0 };
	struct statement s;
	struct digest longer = { 0 };
	const struct digest *wanted[] = { &c->in->manifest, &c->in->index, &longer };

	if (statement_read(text, c->arena, &s, &err)) {
		fail(c, err.text);
		return false;
	}
	c->e->kind = attached_kind_of(s.predicate_type);
	c->e->predicate_type = s.predicate_type;
	c->e->payload = s.predicate;
	if (c->in->artifact.len) /* packages of npm are named by it alone */
		longer = digest_of(DIGEST_SHA512, c->in->artifact);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
		if (statement_names(&s, wanted[i])) {
			c->e->subject = *wanted[i];
			c->e->is_of_index = i == 1;
			return true;
		}
	for (size_t i = 0; i < c->in->n; i++)
		if (is_bare(&c->in->list[i]) && statement_names(&s, &c->in->list[i].carrier))
			return is_subject(c, &c->in->list[i].carrier);
	fail(c, "the statement is about another digest");
	return false;
}

static bool read_message(struct check_of *c, struct signed_thing *t)
{
	const struct digest *d = &c->in->manifest;
	uint8_t h[HASH_MAX], kind = d->algorithm == DIGEST_SHA512 ? HASH_SHA512 : HASH_SHA256;
	struct span artifact = c->in->artifact, hashed = span_of(d->bytes, digest_size(d));

	c->e->kind = ATTACHED_SIGNATURE;
	c->e->subject = *d;
	if (artifact.len) {
		t->text = artifact;
		if (t->hashed.len && hash_pieces((enum hash_kind)t->hashed_as, &artifact, 1, h)) {
			kind = t->hashed_as;
			hashed = span_of(h, hash_size((enum hash_kind)kind));
		}
	}
	if (t->hashed.len && t->hashed_as != kind) {
		remark(c, TRUST_CLAIMED,
			"the file itself is needed: the signature has another "
			"kind of digest");
		return false;
	}
	if (t->hashed.len && !span_eq(t->hashed, hashed)) {
		fail(c, "the signature is of another digest");
		return false;
	}
	t->hashed_as = kind;
	t->hashed = arena_dup(c->arena, hashed);
	return true;
}

static bool read_simple(struct check_of *c, const struct signed_thing *t)
{
	struct scov_err err = { 0 };
	struct simple_payload p;

	c->e->kind = ATTACHED_SIGNATURE;
	if (simple_read(t->payload, c->arena, &p, &err)) {
		fail(c, err.text);
		return false;
	}
	c->e->payload = t->payload;
	if (!is_subject(c, &p.manifest)) {
		fail(c, "the signature is of another digest");
		return false;
	}
	return true;
}

static bool read_subject(struct check_of *c, struct signed_thing *t)
{
	if (t->content == SIGNED_SIMPLE)
		return read_simple(c, t);
	if (t->content == SIGNED_MESSAGE)
		return read_message(c, t);
	if (!span_eq(t->payload_type, SPAN("application/vnd.in-toto+json"))) {
		c->e->kind = ATTACHED_OTHER;
		fail(c, "the payload of the envelope is not an in-toto statement");
		return false;
	}
	return read_statement(c, t->payload);
}

/* Of several signatures the first that the key made; else the first. */
static bool choose_signature(struct signed_thing *t, const struct public_key *k)
{
	for (size_t i = 0; k && i < t->signatures_n && !call_check(t->call, NULL); i++) {
		t->signature = t->signatures[i];
		if (signed_with(t, k))
			return true;
	}
	t->signature = t->signatures[0];
	return false;
}

static bool key_made_it(void *ctx, const struct public_key *k)
{
	return choose_signature(ctx, k);
}

static bool key_is_leafs(void *ctx, const struct public_key *k)
{
	const struct signed_thing *t = ctx;
	const struct public_key *own = certificate_key(t->chain.p[0]);

	return own && public_key_same(own, k);
}

static struct span key_id(const struct public_key *k, struct arena *a)
{
	struct digest d = digest_of(DIGEST_SHA256, public_key_spki(k));
	char text[DIGEST_TEXT];

	return arena_dup(a, span_str(digest_format(&d, text)));
}

static void take_signer(struct check_of *c, const struct signer *s)
{
	struct trust_evidence *e = c->e;

	e->signer = s->name;
	e->issuer = s->issuer;
	e->time = s->time;
	e->time_source = s->time_source;
	e->log = s->log;
	e->source_uri = s->source_uri;
	e->source_digest = s->source_digest;
	e->builder_uri = s->builder_uri;
	e->runner = s->runner;
}

static void by_expected_key(
	struct check_of *c, struct signed_thing *t, const struct public_key *k, struct span name)
{
	struct scov_err err = { 0 };
	struct signer s = { 0 };

	c->e->key_id = key_id(k, c->arena);
	if (signer_check_key(t, k, c->in->roots, c->in->now, c->arena, &s, &err) == CHECK_BAD) {
		fail(c, err.text);
		return;
	}
	take_signer(c, &s);
	c->e->signer = name.len ? arena_dup(c->arena, name) : c->e->key_id;
	c->e->level = s.is_included ? TRUST_TRANSPARENT : TRUST_EXPECTED;
}

/* The key of a log entry, which came with the signature and says nothing about whose it is. */
static bool by_logged_key(struct check_of *c, struct signed_thing *t)
{
	bool found = false;

	for (size_t i = 0; i < t->entries.n && !found; i++) {
		scoped_arena struct arena a = { .limit = 8 * (size_t)TRUST_LOG_ENTRY_MAX };
		struct entry_body b;
		struct public_key *k = NULL;

		if (entry_read(&t->entries.p[i], &a, &b, NULL) || b.is_certificate ||
			public_key_parse(b.verifier, &k, NULL))
			continue;
		found = choose_signature(t, k);
		if (found)
			c->e->key_id = key_id(k, c->arena);
		public_key_free(k);
	}
	return found;
}

/* Ed25519 signs the text, and only its digest is known. */
static bool needs_file(const struct signed_thing *t)
{
	return t->content == SIGNED_MESSAGE && !t->text.len;
}

static void by_key(struct check_of *c, struct signed_thing *t)
{
	struct span name = { 0 };
	const struct public_key *k = trust_policy_key(c->in->policy, key_made_it, t, &name);

	if (k) {
		by_expected_key(c, t, k, name);
		return;
	}
	bool has_keys = trust_policy_has_keys(c->in->policy);

	c->e->key_id = t->key_hint;
	remark(c, by_logged_key(c, t) ? TRUST_INTACT : TRUST_CLAIMED,
		!has_keys       ? "signed with a key that was not given"
		: needs_file(t) ? "none of the given keys made the signature, unless it is of "
				  "Ed25519: that needs the file itself"
				: "none of the given keys made the signature");
}

/* What is most worth saying where no root is good: it failed, it lacks something, nobody knows it.
 */
static int rank(enum check c)
{
	return c == CHECK_BAD ? 3 : c == CHECK_LACKS ? 2 : 1;
}

static void unrooted(
	struct check_of *c, struct signed_thing *t, enum check how, bool verifies, const char *why)
{
	struct scov_err err = { 0 };
	struct signer s = { 0 };

	if (how == CHECK_BAD || !verifies) {
		fail(c, how == CHECK_ALIEN ? "the signature does not verify with the key of the "
					     "certificate"
					   : why);
		return;
	}
	if (signer_read(t->chain.p[0], true, c->arena, &s, &err)) {
		fail(c, err.text);
		return;
	}
	take_signer(c, &s);
	remark(c, how == CHECK_ALIEN ? TRUST_INTACT : TRUST_CLAIMED, why);
}

static void rooted(struct check_of *c, const struct signer *s)
{
	take_signer(c, s);
	c->e->level = TRUST_ROOTED;
	if (!trust_policy_expects(c->in->policy)) {
		if (c->in->notary)
			c->e->why = SPAN("only signers of notation's trust policy are expected");
		return;
	}
	if (trust_policy_takes(c->in->policy, s->name, s->issuer)) {
		c->e->level = s->is_included ? TRUST_TRANSPARENT : TRUST_EXPECTED;
		return;
	}
	c->e->is_wrong_signer = true;
	c->e->why = SPAN("signed by somebody who is not expected");
}

static void by_certificate(struct check_of *c, struct signed_thing *t)
{
	const struct trust_roots *roots = c->in->roots;
	struct span name = { 0 };
	const struct public_key *k = trust_policy_key(c->in->policy, key_is_leafs, t, &name);
	bool verifies = choose_signature(t, certificate_key(t->chain.p[0]));
	struct scov_err best = { 0 };
	enum check worst = CHECK_ALIEN;

	if (k && verifies) {
		by_expected_key(c, t, k, name);
		return;
	}
	k = certificate_key(t->chain.p[0]);
	if (k && public_key_kind(k) == PUBLIC_KEY_ED25519 && needs_file(t)) {
		remark(c, TRUST_CLAIMED, "the file itself is needed: signed with Ed25519");
		return;
	}
	err_fail(&best, SCOV_E_AUTH, "there is no trust root for its certificate");
	for (size_t i = 0; roots && i < roots->list.n; i++) {
		const struct trust_root *r = &roots->list.p[i];
		struct scov_err err = { 0 };
		struct signer s = { 0 };
		enum check how = signer_check_root(t, r, roots, c->in->now, c->arena, &s, &err);

		if (how == CHECK_GOOD) {
			rooted(c, &s);
			return;
		}
		if (!signer_is_known(t, r)) {
			char detail[sizeof(err.text)];

			snprintf(detail, sizeof(detail), "%s", how == CHECK_BAD ? err.text : "");
			how = CHECK_ALIEN;
			err_fail(&err, SCOV_E_AUTH,
				"its certificate leads to no trust root that is held%s%s",
				*detail ? ": " : "", detail);
		}
		if (rank(how) >= rank(worst)) {
			worst = how;
			best = err;
		}
	}
	unrooted(c, t, worst, verifies, best.text);
}

static void check_signed(struct check_of *c)
{
	struct scov_err err = { 0 };
	struct signed_thing t = { 0 };
	int code;

	c->e->kind = c->at->form == ATTACHED_FORM_SIMPLE ? ATTACHED_SIGNATURE : ATTACHED_OTHER;
	if (c->at->bytes.len > TRUST_BUNDLE_MAX)
		code = err_fail(&err, SCOV_E_LIMIT, "it has more than %d bytes", TRUST_BUNDLE_MAX);
	else if (c->at->form == ATTACHED_FORM_BUNDLE)
		code = bundle_read(c->at->bytes, c->arena, &t, &err);
	else
		code = cosign_read(c->at, c->arena, &t, &err);
	if (code) {
		fail(c, err.text);
		return;
	}
	t.signature = t.signatures[0];
	t.hashes = arena_alloc(c->arena, sizeof(*t.hashes));
	t.call = c->in->call;
	if (!read_subject(c, &t))
		;
	else if (t.chain.n)
		by_certificate(c, &t);
	else
		by_key(c, &t);
	signed_thing_release(&t);
}

static void check_document(struct check_of *c)
{
	struct span type = c->at->artifact_type.len ? c->at->artifact_type : c->at->media_type;

	c->e->kind = attached_kind_of(type);
	if (c->e->kind == ATTACHED_OTHER)
		c->e->kind = attached_kind_of(c->at->media_type);
	c->e->predicate_type = type;
	c->e->payload = c->at->bytes;
	if (is_subject(c, &c->at->subject))
		remark(c, TRUST_CLAIMED, "not signed");
	else
		fail(c, "it is attached to another digest");
}

static void check_one(struct check_of *c)
{
	c->e->format =
		form_names[c->at->form < ATTACHED_FORMS ? c->at->form : ATTACHED_FORM_DOCUMENT];
	c->e->place = c->at->place;
	c->e->is_given = c->at->is_given;
	c->e->digest = c->at->digest;
	if (c->at->why.len) {
		c->e->kind = ATTACHED_OTHER;
		c->e->is_bad = true;
		c->e->why = c->at->why;
		return;
	}
	switch (c->at->form) {
	case ATTACHED_FORM_STATEMENT:
		if (read_statement(c, c->at->bytes))
			remark(c, TRUST_CLAIMED, "not signed");
		return;
	case ATTACHED_FORM_NOTARY_JWS:
	case ATTACHED_FORM_NOTARY_COSE:
		notary_verify(c->at,
			&(struct notary_input){
				.reference = c->in->reference,
				.manifest = c->in->manifest,
				.index = c->in->index,
				.config = c->in->notary,
				.now = c->in->now,
			},
			c->arena, c->e);
		return;
	case ATTACHED_FORM_DOCUMENT:
		check_document(c);
		return;
	default:
		check_signed(c);
	}
}

/* A statement without a signature is as good as the best signature of the manifest that carries it,
 * or of the index which lists that manifest. */
static void vouch(const struct trust_input *in, const struct attached *at, struct trust *t,
	size_t from, struct trust_evidence *e)
{
	const struct trust_evidence *best = NULL;

	for (size_t i = from; i < t->list.n; i++) {
		const struct trust_evidence *s = &t->list.p[i];
		bool covers = digest_eq(&s->subject, &at->carrier) ||
			      (at->is_listed && digest_eq(&s->subject, &in->index));

		/* A document says nothing of the image: the manifest has to. */
		if (at->form == ATTACHED_FORM_DOCUMENT && !at->is_bound)
			continue;

		if (covers && trust_counts(s, TRUST_ROOTED) && (!best || s->level > best->level) &&
			(s->kind == ATTACHED_SIGNATURE || digest_eq(&s->subject, &at->carrier)))
			best = s;
	}
	if (!best)
		return;
	e->level = best->level;
	e->signer = best->signer;
	e->issuer = best->issuer;
	e->key_id = best->key_id;
	e->time = best->time;
	e->time_source = best->time_source;
	e->log = best->log;
	e->why = SPAN("not signed itself: the manifest or index that carries it is");
}

static bool same_annotations(const struct attached *a, const struct attached *b)
{
	if (a->annotations.n != b->annotations.n)
		return false;
	for (size_t i = 0; i < a->annotations.n; i++)
		if (!span_eq(a->annotations.p[i].key, b->annotations.p[i].key) ||
			!span_eq(a->annotations.p[i].value, b->annotations.p[i].value))
			return false;
	return true;
}

/* Two that are not known are the same here. */
static bool same_digest(const struct digest *a, const struct digest *b)
{
	return digest_eq(a, b) || (!a->algorithm && !b->algorithm);
}

/* The same bytes found in two places. Where more than the bytes decides, that is the same too: what
 * is in annotations, what carries a thing without a signature, what a signature of the Notary
 * Project hangs on. What could not be read is the same in one place only. */
static bool is_same(const struct attached *a, const struct attached *b)
{
	bool hangs_alike = same_digest(&a->subject, &b->subject);

	if (a->form != b->form || !span_eq(a->why, b->why))
		return false;
	if (a->why.len)
		return hangs_alike && same_digest(&a->digest, &b->digest) &&
		       same_digest(&a->carrier, &b->carrier) && span_eq(a->place, b->place);
	if (!digest_eq(&a->digest, &b->digest))
		return false;
	switch (a->form) {
	case ATTACHED_FORM_BUNDLE:
		return true;
	case ATTACHED_FORM_SIMPLE:
	case ATTACHED_FORM_DSSE:
		return same_annotations(a, b);
	case ATTACHED_FORM_NOTARY_JWS:
	case ATTACHED_FORM_NOTARY_COSE:
		return hangs_alike;
	default:
		return hangs_alike && same_digest(&a->carrier, &b->carrier) &&
		       a->is_bound == b->is_bound && a->is_listed == b->is_listed;
	}
}

static bool is_duplicate(const struct trust_input *in, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (is_same(&in->list[k], &in->list[i]))
			return true;
	return false;
}

int trust_verify(
	const struct trust_input *in, struct arena *a, struct trust *out, struct scov_err *err)
{
	size_t from = out->list.n, n = in->n < TRUST_ATTACHED_MAX ? in->n : TRUST_ATTACHED_MAX;
	VEC(size_t) bare = { 0 };
	VEC(size_t) rows = { 0 };

	out->has_policy = trust_policy_expects(in->policy) || in->notary;
	out->root_date = trust_roots_date(in->roots);
	out->passed_over += in->n - n;
	for (size_t i = 0; i < n; i++) {
		struct trust_evidence e = { 0 };
		struct check_of c = { .in = in, .at = &in->list[i], .arena = a, .e = &e };
		int code = call_check(in->call, err);

		if (code)
			return code;
		if (is_duplicate(in, i))
			continue;
		check_one(&c);
		if (in->judge && !e.is_bad)
			in->judge(in->judge_ctx, c.at, &e);
		if (is_bare(&in->list[i]) && !e.is_bad) {
			vec_add(&bare, a, &i);
			vec_add(&rows, a, &out->list.n);
		}
		vec_add(&out->list, a, &e);
		if (arena_failed(a))
			return arena_check(a, err);
	}
	for (size_t i = 0; i < bare.n; i++)
		vouch(in, &in->list[bare.p[i]], out, from, &out->list.p[rows.p[i]]);
	return call_check(in->call, err);
}
