/* signer.c - check signatures by certificates up to a trust root, and what surrounds those by keys.
 *
 * Order of the checks, as the client specification of sigstore has it: time, chain at that time,
 * SCT, identity, log entry, signature. The first that fails is the reason.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "trust/signer.h"

enum { TIMES_MAX = TRUST_LOG_ENTRIES_MAX + TRUST_TIMESTAMPS_MAX };

struct times {
	struct trusted_time p[TIMES_MAX];
	size_t n;
};

static enum check bad(struct scov_err *err, const char *what)
{
	err_fail(err, SCOV_E_AUTH, "%s", what);
	return CHECK_BAD;
}

static enum check lacks(struct scov_err *err, const char *what)
{
	err_fail(err, SCOV_E_AUTH, "%s", what);
	return CHECK_LACKS;
}

static enum check log_times(const struct signed_thing *t, const struct trust_root *r, int64_t now,
	struct times *out, struct scov_err *err)
{
	for (size_t i = 0; i < t->entries.n; i++) {
		const struct log_entry *e = &t->entries.p[i];
		const struct trust_log *l = trust_root_log(r, e->log_id);

		if (!l || !l->key || !e->promise.len || !e->time)
			continue;
		if (!log_promise_check(e, l))
			return bad(err, "the log's promise of the entry does not verify");
		if (e->time > now)
			return bad(err, "the time of the log entry is in the future");
		if (e->time < l->from || e->time > l->until)
			return bad(
				err, "signed outside of the time in which the log's key was valid");
		out->p[out->n++] = (struct trusted_time){ e->time, true };
	}
	return CHECK_GOOD;
}

static int timestamp_of(struct span der, struct span signature, const struct trust_root *r,
	int64_t *out, struct scov_err *err)
{
	int code = err_fail(err, SCOV_E_AUTH, "the trust root has no timestamp authority");

	for (size_t i = 0; i < r->timestampers.n && code; i++) {
		const struct trust_authority *a = &r->timestampers.p[i];
		const struct timestamp_trust trust = {
			.roots = &a->anchors,
			.helpers = &a->helpers,
			.from = a->from,
			.until = a->until,
		};

		code = timestamp_check(der, signature, &trust, out, err);
	}
	return code;
}

/* A token of an authority that nobody here knows gives no time; where all of them fail that a root
 * with authorities should know, something is wrong. */
static enum check token_times(const struct signed_thing *t, const struct trust_root *r, int64_t now,
	struct times *out, struct scov_err *err)
{
	size_t good = 0;

	for (size_t i = 0; i < t->timestamps.n && r->timestampers.n; i++) {
		int64_t at;

		if (timestamp_of(t->timestamps.p[i], t->signature, r, &at, err))
			continue;
		if (at > now)
			return bad(err, "the timestamp is in the future");
		good++;
		out->p[out->n++] = (struct trusted_time){ at, false };
	}
	return t->timestamps.n && r->timestampers.n && !good ? CHECK_BAD : CHECK_GOOD;
}

/* The authority's own chain, and what came with the signature: a list that borrows. */
struct helpers {
	struct certificate *p[2 * TRUST_CERTIFICATES_MAX];
	struct certificates list;
};

static void helpers_make(
	struct helpers *h, const struct signed_thing *t, const struct trust_authority *a)
{
	size_t n = 0;

	for (size_t i = 0; i < a->helpers.n && n < TRUST_CERTIFICATES_MAX; i++)
		h->p[n++] = a->helpers.p[i];
	for (size_t i = 1; i < t->chain.n && n < 2 * TRUST_CERTIFICATES_MAX; i++)
		h->p[n++] = t->chain.p[i];
	h->list = (struct certificates){ .p = h->p, .n = n };
}

static int chain_at(const struct signed_thing *t, const struct trust_root *r,
	const struct trust_authority *a, int64_t at, struct chain *out, struct scov_err *err)
{
	struct helpers h;

	helpers_make(&h, t, a);
	/* Certificates of a PKI of one's own seldom say what they are for. */
	return certificate_chain(t->chain.p[0], &h.list, &a->anchors, at,
		r->is_pki ? CHAIN_ANY : CHAIN_CODE_SIGNING, out, err);
}

bool signer_is_known(const struct signed_thing *t, const struct trust_root *r)
{
	int64_t at = certificate_not_before(t->chain.p[0]);

	for (size_t i = 0; i < r->authorities.n; i++)
		if (!chain_at(t, r, &r->authorities.p[i], at, NULL, NULL))
			return true;
	return false;
}

static int chain_always(const struct signed_thing *t, const struct trust_root *r,
	const struct trust_authority *a, const struct times *times, struct chain *out,
	struct scov_err *err)
{
	int code = 0;

	for (size_t i = 0; i < times->n && !code; i++) {
		int64_t at = times->p[i].at;

		if (at < a->from || at > a->until)
			code = err_fail(err, SCOV_E_AUTH,
				"signed outside of the time in which the certificate authority was "
				"valid");
		else
			code = chain_at(t, r, a, at, out, err);
	}
	return code;
}

static enum check check_chain(const struct signed_thing *t, const struct trust_root *r,
	const struct times *times, struct chain *out, struct scov_err *err)
{
	int code = err_fail(err, SCOV_E_AUTH, "the trust root has no certificate authority");
	struct scov_err best = { 0 };

	for (size_t i = 0; i < r->authorities.n && code; i++) {
		const struct trust_authority *a = &r->authorities.p[i];
		int64_t issued = certificate_not_before(t->chain.p[0]);

		code = chain_always(t, r, a, times, out, err);
		if (code && err && !chain_at(t, r, a, issued, NULL, NULL))
			best = *err; /* of the one that issued it */
	}
	if (code && best.code && err)
		*err = best;
	return code ? CHECK_BAD : CHECK_GOOD;
}

static enum check check_sct(const struct signed_thing *t, const struct trust_root *r,
	const struct chain *chain, struct arena *a, struct scov_err *err)
{
	struct ct_log *logs = arena_array(a, r->ct_logs.n, sizeof(*logs));
	size_t n = 0;
	int64_t at;

	if (!r->ct_logs.n)
		return CHECK_GOOD;
	for (size_t i = 0; logs && i < r->ct_logs.n; i++)
		if (r->ct_logs.p[i].key)
			logs[n++] = (struct ct_log){ r->ct_logs.p[i].key, r->ct_logs.p[i].from,
				r->ct_logs.p[i].until };
	if (chain->n < 2)
		return bad(err, "the certificate has no issuer for its SCT");
	return certificate_sct_check(t->chain.p[0], chain->p[1], logs, n, &at, err) ? CHECK_BAD
										    : CHECK_GOOD;
}

#define FULCIO "1.3.6.1.4.1.57264.1."

/* The text of a DER UTF8String that is the whole value. */
static bool utf8_string(struct span der, struct span *out)
{
	struct cur c = cur_over(der);
	size_t len;

	cur_expect(&c, 0x0c);
	len = cur_u8(&c);
	if (len == 0x81)
		len = cur_u8(&c);
	else if (len == 0x82)
		len = cur_be16(&c);
	else
		cur_need(&c, len < 0x80);
	*out = cur_take(&c, len);
	return !c.bad && !cur_left(&c);
}

static int read_extensions(
	const struct certificate *leaf, struct arena *a, struct signer *s, struct scov_err *err)
{
	const struct {
		const char *oid;
		struct span *out;
	} rows[] = {
		{ FULCIO "8", &s->issuer },
		{ FULCIO "9", &s->builder_uri },
		{ FULCIO "11", &s->runner },
		{ FULCIO "12", &s->source_uri },
		{ FULCIO "13", &s->source_digest },
	};
	struct span old = certificate_extension(leaf, FULCIO "1");

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct span der = certificate_extension(leaf, rows[i].oid);

		if (der.p && !utf8_string(der, rows[i].out))
			return err_fail(err, SCOV_E_FORMAT,
				"extension %s of the certificate is not a UTF8String", rows[i].oid);
	}
	if (old.len && s->issuer.len && !span_eq(old, s->issuer))
		return err_fail(err, SCOV_E_AUTH,
			"the two issuers in the certificate contradict each other");
	if (!s->issuer.len)
		s->issuer = old;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].out->len) /* they outlive the certificate */
			*rows[i].out = arena_dup(a, *rows[i].out);
	return 0;
}

int signer_read(const struct certificate *leaf, bool is_pki, struct arena *a, struct signer *out,
	struct scov_err *err)
{
	struct sans names = { 0 };
	int code = certificate_names(leaf, a, &names, err);

	if (code)
		return code;
	out->is_pki = is_pki;
	if (is_pki) {
		for (size_t i = 0; i < names.n && !out->name.len; i++)
			out->name = names.p[i].text;
		if (!out->name.len)
			out->name = certificate_subject(leaf, a);
		out->issuer = certificate_issuer(leaf, a);
		return 0;
	}
	if (names.n != 1 || !names.p[0].text.len ||
		(names.p[0].kind != SAN_EMAIL && names.p[0].kind != SAN_URI &&
			names.p[0].kind != SAN_FULCIO))
		return err_fail(err, SCOV_E_AUTH,
			"the certificate must have one identity, an email address or a URI");
	out->name = names.p[0].text;
	return read_extensions(leaf, a, out, err);
}

/* Every entry of a log that we know has to be right; entries of others are passed over. */
static enum check check_entries(const struct signed_thing *t, const struct trust_root *r,
	const struct public_key *k, const struct certificate *leaf, const struct times *times,
	struct arena *a, struct signer *out, size_t *good, struct scov_err *err)
{
	for (size_t i = 0; i < t->entries.n; i++) {
		const struct log_entry *e = &t->entries.p[i];
		const struct trust_log *l = trust_root_log(r, e->log_id);
		bool is_included;
		enum check c;

		if (!l)
			continue;
		c = log_entry_check(e, l, t, k, leaf, times->p, times->n, &is_included, err);
		if (c != CHECK_GOOD)
			return c;
		++*good;
		out->is_included = out->is_included || is_included;
		if (!out->log.len) {
			char *text = arena_printf(
				a, "%.*s, entry %lld", SPAN_ARG(l->name), (long long)e->index);

			out->log = span_str(text);
		}
	}
	return CHECK_GOOD;
}

static void set_time(const struct times *times, struct signer *out)
{
	for (size_t i = 0; i < times->n; i++)
		if (!out->time || times->p[i].at < out->time) {
			out->time = times->p[i].at;
			out->time_source = times->p[i].is_log ? SPAN("log") : SPAN("timestamp");
		}
}

/* *is_now: nobody vouches for a time. */
static enum check find_times(const struct signed_thing *t, const struct trust_root *r,
	const struct trust_roots *all, int64_t now, struct times *out, bool *is_now,
	struct scov_err *err)
{
	enum check c;

	if (!r->is_pki) {
		c = log_times(t, r, now, out, err);
		if (c == CHECK_GOOD)
			c = token_times(t, r, now, out, err);
		if (c == CHECK_GOOD && !out->n)
			c = lacks(err, "no trusted time: neither a promise of a trusted log nor a "
				       "timestamp of a trusted authority");
		return c;
	}
	/* Times of whoever gives one, else the certificate has to be valid now. */
	for (size_t i = 0; i < all->list.n && !out->n; i++) {
		c = log_times(t, &all->list.p[i], now, out, err);
		if (c != CHECK_GOOD)
			return c;
		(void)token_times(t, &all->list.p[i], now, out, NULL);
	}
	*is_now = !out->n;
	if (*is_now)
		out->p[out->n++] = (struct trusted_time){ now, false };
	return CHECK_GOOD;
}

enum check signer_check_root(const struct signed_thing *t, const struct trust_root *r,
	const struct trust_roots *all, int64_t now, struct arena *a, struct signer *out,
	struct scov_err *err)
{
	const struct certificate *leaf = t->chain.p[0];
	const struct public_key *k = certificate_key(leaf);
	struct signer s = { 0 };
	struct times times = { .n = 0 };
	struct chain chain;
	size_t entries = 0;
	bool is_now = false;
	enum check c = find_times(t, r, all, now, &times, &is_now, err);

	if (c == CHECK_GOOD)
		c = check_chain(t, r, &times, &chain, err);
	if (c == CHECK_GOOD)
		c = check_sct(t, r, &chain, a, err);
	if (c == CHECK_GOOD && signer_read(leaf, r->is_pki, a, &s, err))
		c = CHECK_BAD;
	if (c == CHECK_GOOD && !k)
		c = bad(err, "the key of the certificate is of a kind that is not accepted");
	if (c == CHECK_GOOD && !r->is_pki)
		c = check_entries(t, r, k, leaf, &times, a, &s, &entries, err);
	for (size_t i = 0; i < all->list.n && c == CHECK_GOOD && r->is_pki; i++)
		c = check_entries(t, &all->list.p[i], k, leaf, &times, a, &s, &entries, err);
	if (c == CHECK_GOOD && r->logs.n && !entries)
		c = lacks(err, "no entry of a log of the trust root");
	if (c == CHECK_GOOD && !signed_with(t, k))
		c = bad(err, "the signature does not verify with the key of the certificate");
	if (c != CHECK_GOOD)
		return c;
	if (!is_now)
		set_time(&times, &s);
	*out = s;
	return CHECK_GOOD;
}

enum check signer_check_key(const struct signed_thing *t, const struct public_key *k,
	const struct trust_roots *all, int64_t now, struct arena *a, struct signer *out,
	struct scov_err *err)
{
	struct signer s = { 0 };
	struct times times = { .n = 0 };

	for (size_t i = 0; all && i < all->list.n; i++) {
		const struct trust_root *r = &all->list.p[i];
		struct times here = { .n = 0 };
		size_t entries = 0;
		enum check c = log_times(t, r, now, &here, err);

		if (c == CHECK_GOOD)
			(void)token_times(
				t, r, now, &here, NULL); /* of whom, is not ours to know */
		if (c == CHECK_GOOD)
			c = check_entries(t, r, k, NULL, &here, a, &s, &entries, err);
		if (c == CHECK_BAD)
			return c;
		if (!times.n)
			times = here;
	}
	set_time(&times, &s);
	*out = s;
	return CHECK_GOOD;
}
