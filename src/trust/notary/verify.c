/* verify.c - one signature of the Notary Project: what it is of, who made it, what it is worth.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/date.h"
#include "crypto/timestamp.h"
#include "trust/notary/config.h"
#include "trust/notary/envelope.h"

struct checking {
	const struct attached *at;
	const struct notary_input *in;
	struct arena *arena;
	struct trust_evidence *e;
	struct envelope envelope;
	const struct statement *statement; /* NULL: no policy, or none for this repository */
	bool is_weakened;                  /* a check failed that the policy only logs */
};

/* A check failed: what it is stays, what it is worth goes. */
static bool fail(struct checking *c, const char *why)
{
	c->e->is_bad = true;
	c->e->level = TRUST_NONE;
	c->e->why = arena_dup(c->arena, span_str(why));
	return false;
}

/* No more than this; only the first reason is kept. */
static bool end_at(struct checking *c, enum trust_level level, const char *why)
{
	c->e->level = (uint8_t)level;
	c->e->why = arena_dup(c->arena, span_str(why));
	return false;
}

/* What would decide cannot be had here. */
static bool leave_open(struct checking *c, enum trust_level level, const char *why)
{
	c->e->is_undecided = true;
	return end_at(c, level, why);
}

/* A check that the policy may only log: then the first reason is noted, and it goes on. notation
 * accepts such a signature with a warning; here it counts for nothing. */
static bool judge(struct checking *c, enum check_type check, const char *why)
{
	if (!c->statement || c->statement->actions[check] == ACTION_ENFORCE)
		return fail(c, why);
	c->is_weakened = true;
	if (!c->e->why.len)
		c->e->why = arena_dup(c->arena, span_str(why));
	return true;
}

/* ---- the envelope, its signature, what it is of */

static bool read_envelope(struct checking *c)
{
	struct scov_err err = { 0 };
	int rc = c->at->form == ATTACHED_FORM_NOTARY_COSE
			 ? cose_read(c->at->bytes, c->arena, &c->envelope, &err)
			 : jws_read(c->at->bytes, c->arena, &c->envelope, &err);

	return rc ? fail(c, err.text) : true;
}

static void name_signer(struct checking *c)
{
	const struct certificate *leaf = c->envelope.chain.p[0];
	struct digest thumb = digest_of(DIGEST_SHA256, certificate_der(leaf));
	char text[DIGEST_TEXT];

	c->e->signer = certificate_subject(leaf, c->arena);
	c->e->issuer = certificate_issuer(leaf, c->arena);
	c->e->key_id = arena_dup(c->arena, span_str(digest_format(&thumb, text)));
}

static bool check_signature(struct checking *c)
{
	const struct envelope *v = &c->envelope;
	const struct envelope_algorithm *row = &envelope_algorithms[v->algorithm];
	const struct public_key *key = certificate_key(v->chain.p[0]);

	if (!key)
		return fail(c, "the key of the certificate is not one that may sign");
	if (public_key_kind(key) != row->key || public_key_bits(key) != row->bits)
		return fail(c, "the algorithm of the signature is not that of the key");
	if (!public_key_check(key, row->scheme, row->hash, v->signed_text, v->signature))
		return fail(c, "the signature is wrong");
	return true;
}

static bool check_target(struct checking *c)
{
	struct scov_err err = { 0 };
	struct target t;

	if (envelope_target(c->envelope.payload, c->arena, &t, &err))
		return fail(c, err.text);
	c->e->subject = t.digest;
	c->e->is_of_index = digest_eq(&t.digest, &c->in->index);
	if (!c->e->is_of_index && !digest_eq(&t.digest, &c->in->manifest))
		return fail(c, "it signs another digest");
	if (c->at->subject.algorithm && !digest_eq(&t.digest, &c->at->subject))
		return fail(c, "it signs another digest than that it is attached to");
	if (!c->at->subject_type.len && !c->at->subject.algorithm)
		return true; /* not attached: the user names the digest alone */
	if (!c->at->subject_type.len)
		return leave_open(
			c, TRUST_CLAIMED, "the media type and size of what it signs are not known");
	if (!span_eq(t.media_type, c->at->subject_type) || t.size != c->at->subject_size)
		return fail(c, "it signs another media type or size");
	return true;
}

/* What only the signer's attributes say. */
static bool check_attributes(struct checking *c)
{
	const struct envelope *v = &c->envelope;

	if (v->unknown.len && !v->plugin.len)
		return fail(c, arena_printf(c->arena, "critical attribute '%.*s' is not known",
				       SPAN_ARG(v->unknown)));
	if (v->plugin.len)
		return leave_open(c, TRUST_INTACT,
			arena_printf(c->arena,
				"needs the verification plugin '%.*s', which is not run",
				SPAN_ARG(v->plugin)));
	return true;
}

static bool check_expiry(struct checking *c)
{
	char day[DATE_TEXT];

	if (!c->envelope.has_expiry || c->in->now <= c->envelope.expiry)
		return true;
	return judge(c, CHECK_EXPIRY,
		arena_printf(c->arena, "the signature expired on %s",
			date_format_day(c->envelope.expiry / DAY_SECONDS, day)));
}

/* ---- the chain of certificates, at a time that can be trusted */

/* All roots of a type that the statement names. The list borrows: release_borrowed. */
static bool borrow_roots(const struct checking *c, enum store_type type, struct certificates *out)
{
	const struct statement *s = c->statement;
	size_t n = 0;

	for (size_t i = 0; i < s->stores.n; i++) {
		const struct store *from = &c->in->config->stores.p[s->stores.p[i]];

		n += from->type == type ? from->list.n : 0;
	}
	*out = (struct certificates){ .p = arena_array(c->arena, n, sizeof(*out->p)) };
	if (!out->p)
		return false;
	for (size_t i = 0; i < s->stores.n; i++) {
		const struct store *from = &c->in->config->stores.p[s->stores.p[i]];

		for (size_t k = 0; from->type == type && k < from->list.n; k++)
			out->p[out->n++] = from->list.p[k];
	}
	return true;
}

/* NULL: all certificates of the envelope are valid then. */
static const char *time_fault(struct checking *c, int64_t at)
{
	char day[DATE_TEXT];

	for (size_t i = 0; i < c->envelope.chain.n; i++) {
		const struct certificate *x = c->envelope.chain.p[i];

		if (at < certificate_not_before(x))
			return arena_printf(c->arena,
				"its certificate is valid from %s, and signed earlier",
				date_format_day(certificate_not_before(x) / DAY_SECONDS, day));
		if (at > certificate_not_after(x))
			return arena_printf(c->arena, "its certificate expired on %s%s",
				date_format_day(certificate_not_after(x) / DAY_SECONDS, day),
				c->e->time ? ", before it signed"
					   : ", and no time stamp shows that it signed before");
	}
	return NULL;
}

/* A time inside the validity of all certificates; for chains whose time the policy only logs. */
static int64_t any_time(const struct checking *c)
{
	int64_t at = INT64_MIN;

	for (size_t i = 0; i < c->envelope.chain.n; i++)
		if (certificate_not_before(c->envelope.chain.p[i]) > at)
			at = certificate_not_before(c->envelope.chain.p[i]);
	return at;
}

/* By the token of a time stamping authority that the policy trusts. */
static const char *stamp_fault(struct checking *c, int64_t *at)
{
	struct certificates roots;
	struct timestamp_trust trust = { &roots, NULL, INT64_MIN, INT64_MAX };
	struct scov_err err = { 0 };

	if (!borrow_roots(c, STORE_TSA, &roots))
		return "out of memory";
	if (!roots.n || (c->statement->stamp_after_expiry && !time_fault(c, *at)))
		return NULL;
	if (!c->envelope.timestamp.len)
		return "it has no time stamp, which the policy wants";
	if (timestamp_check(c->envelope.timestamp, c->envelope.signature, &trust, at, &err))
		return arena_printf(c->arena, "%s", err.text);
	c->e->time = *at;
	c->e->time_source = SPAN("timestamp");
	return NULL;
}

/* *at: when the chain must be valid. */
static bool find_time(struct checking *c, int64_t *at)
{
	const char *fault = NULL;

	*at = c->in->now;
	if (c->envelope.by_authority) {
		*at = c->e->time = c->envelope.signing_time;
		c->e->time_source = SPAN("signing authority");
		if (*at > c->in->now)
			fault = "its signing time is in the future";
	} else {
		fault = stamp_fault(c, at);
	}
	if (!fault)
		fault = time_fault(c, *at);
	if (!fault)
		return true;
	*at = any_time(c);
	return judge(c, CHECK_TIME, fault);
}

/* Does a certificate under the root say where its revocation is published? */
static bool is_revocable(const struct chain *chain)
{
	const struct span ocsp = SPAN("\x2b\x06\x01\x05\x05\x07\x30\x01"); /* id-ad-ocsp */

	for (size_t i = 0; i + 1 < chain->n; i++)
		if (certificate_extension(chain->p[i], "2.5.29.31").p ||
			span_has(certificate_extension(chain->p[i], "1.3.6.1.5.5.7.1.1"), ocsp))
			return true;
	return false;
}

static bool check_chain(struct checking *c)
{
	const struct envelope *v = &c->envelope;
	struct certificates roots;
	struct chain chain;
	struct scov_err err = { 0 };
	bool is_enforced = c->statement->actions[CHECK_AUTHENTICITY] == ACTION_ENFORCE;
	int64_t at;

	if (!borrow_roots(c, v->by_authority ? STORE_AUTHORITY : STORE_CA, &roots) ||
		!find_time(c, &at))
		return false;
	if (certificate_chain(
		    v->chain.p[0], &v->chain, &roots, at, CHAIN_CODE_SIGNING, &chain, &err))
		return end_at(c, TRUST_INTACT,
			arena_printf(c->arena, "not of a trust store of the policy: %s", err.text));
	if (!statement_trusts(c->statement, v->chain.p[0], c->arena)) {
		c->e->is_wrong_signer = is_enforced;
		return end_at(c, is_enforced ? TRUST_ROOTED : TRUST_INTACT,
			"its signer is not one that the trust policy names (trustedIdentities)");
	}
	if (c->is_weakened) {
		c->e->level = TRUST_INTACT;
		return false;
	}
	if (c->statement->actions[CHECK_REVOCATION] == ACTION_ENFORCE && is_revocable(&chain))
		return leave_open(c, TRUST_INTACT,
			"revocation is enforced by the trust policy and not checked offline");
	if (!is_enforced)
		return leave_open(c, TRUST_ROOTED,
			"the trust policy only logs who signed: authenticity is not enforced");
	c->e->level = TRUST_EXPECTED;
	return true;
}

static void check(struct checking *c)
{
	if (!read_envelope(c))
		return;
	name_signer(c);
	if (!check_signature(c) || !check_target(c))
		return;
	if (c->in->config)
		c->statement = config_statement(c->in->config, c->in->reference);
	if (c->statement && c->statement->is_skipped) {
		leave_open(c, TRUST_CLAIMED, "the trust policy skips this repository");
		return;
	}
	if (!check_attributes(c) || !check_expiry(c))
		return;
	if (c->statement)
		check_chain(c);
	else
		end_at(c, TRUST_INTACT,
			c->in->config ? "no trust policy for this repository"
				      : "no trust policy (--notation-config)");
}

void notary_verify(const struct attached *at, const struct notary_input *in, struct arena *a,
	struct trust_evidence *e)
{
	struct checking c = { .at = at, .in = in, .arena = a, .e = e };

	e->kind = ATTACHED_SIGNATURE;
	check(&c);
	envelope_release(&c.envelope);
	if (arena_failed(a)) {
		e->is_bad = true;
		e->level = TRUST_NONE;
	}
}
