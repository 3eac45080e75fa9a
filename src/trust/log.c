/* log.c - check entries of transparency logs.
 *
 * Source: sigstore/architecture-docs, client-spec.md, rekor-v2-spec.md.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "trust/log.h"

#include "syntax/base64.h"
#include "trust/merkle.h"
#include "trust/note.h"

bool log_promise_check(const struct log_entry *e, const struct trust_log *l)
{
	scoped_buf struct buf b = { .limit = 2 * TRUST_LOG_ENTRY_MAX };

	/* RFC 8785: keys sorted, no blanks. */
	buf_str(&b, "{\"body\":\"");
	base64_encode(&b, e->body);
	buf_printf(&b, "\",\"integratedTime\":%lld,\"logID\":\"", (long long)e->time);
	for (size_t i = 0; i < e->log_id.len; i++)
		buf_printf(&b, "%02x", e->log_id.p[i]);
	buf_printf(&b, "\",\"logIndex\":%lld}", (long long)e->index);
	return !b.failed && l->key &&
	       public_key_check(l->key, (enum signature_scheme)l->details->scheme,
		       (enum hash_kind)l->details->hash, buf_view(&b), e->promise);
}

/* The name in a log's signature lines: v1 has its number after the name in the origin. */
static bool log_name(const struct trust_log *l, struct span origin, bool is_v2, struct span *out)
{
	size_t at = span_find_span(origin, SPAN(" - "));

	*out = is_v2 ? l->name : span_sub(origin, 0, at);
	return !is_v2 || span_eq(origin, l->name);
}

static int check_proof(
	const struct log_entry *e, const struct trust_log *l, bool is_v2, struct scov_err *err)
{
	struct digest leaf = merkle_leaf(e->body);
	struct checkpoint c;
	struct note n;
	struct span name;
	int code = note_read(e->checkpoint, &n, err);

	if (!code)
		code = checkpoint_read(n.text, &c, err);
	if (code)
		return code;
	if (!log_name(l, c.origin, is_v2, &name))
		return err_fail(err, SCOV_E_AUTH, "the checkpoint is of the log '%.*s'",
			SPAN_ARG(c.origin));
	code = note_check(&n, name, l->key, err);
	if (code)
		return code;
	if (!is_v2 &&
		(c.size != e->proof_size || !span_eq(e->proof_root, span_of(c.root.bytes, 32))))
		return err_fail(
			err, SCOV_E_AUTH, "the proof is for another tree than the checkpoint");
	if (!merkle_included(&leaf, e->proof_index, c.size, e->proof_hashes, &c.root))
		return err_fail(
			err, SCOV_E_AUTH, "the inclusion proof does not lead to the root hash");
	return 0;
}

static enum check lacks(struct scov_err *err, const char *what)
{
	err_fail(err, SCOV_E_AUTH, "%s", what);
	return CHECK_LACKS;
}

static enum check check_parts(const struct log_entry *e, const struct trust_log *l, bool is_v2,
	bool *out_included, struct scov_err *err)
{
	if (e->promise.len && !is_v2 && !log_promise_check(e, l)) {
		err_fail(err, SCOV_E_AUTH, "the log's promise of the entry does not verify");
		return CHECK_BAD;
	}
	if (e->has_proof && check_proof(e, l, is_v2, err))
		return CHECK_BAD;
	*out_included = e->has_proof;
	if (is_v2 && !e->has_proof)
		return lacks(err, "an entry of Rekor v2 needs an inclusion proof");
	if (!e->promise.len && !e->has_proof)
		return lacks(err, "the log entry has neither a promise nor a proof");
	return CHECK_GOOD;
}

enum check log_entry_check(const struct log_entry *e, const struct trust_log *l,
	const struct signed_thing *t, const struct public_key *k, const struct certificate *leaf,
	const struct trusted_time *times, size_t n, bool *out_included, struct scov_err *err)
{
	scoped_arena struct arena a = { .limit = 8 * (size_t)TRUST_LOG_ENTRY_MAX };
	struct entry_body b;
	enum check c;
	int code;

	*out_included = false;
	if (!l->key)
		return lacks(err, "the key of the log is of a kind that is not supported");
	code = entry_read(e, &a, &b, err);
	if (code)
		return code == SCOV_E_UNSUPPORTED ? CHECK_LACKS : CHECK_BAD;
	c = check_parts(e, l, b.form->is_v2, out_included, err);
	if (c != CHECK_GOOD)
		return c;
	for (size_t i = 0; i < n; i++)
		if (times[i].at < l->from || times[i].at > l->until) {
			err_fail(err, SCOV_E_AUTH,
				"signed outside of the time in which the log's key was valid");
			return CHECK_BAD;
		}
	return entry_bind(&b, t, k, leaf, err) ? CHECK_BAD : CHECK_GOOD;
}
