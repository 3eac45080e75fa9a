/* signed.c - which manifest an update may take: its signature, its sequence number, its last day.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/update/signed.h"

#include <inttypes.h>

#include "base/date.h"

static int must_be_edwards(const struct public_key *k, struct scov_err *err)
{
	if (public_key_kind(k) == PUBLIC_KEY_ED25519)
		return 0;
	return err_fail(err, SCOV_E_FORMAT, "a key of %s: it must be Ed25519", public_key_name(k));
}

int signed_keys_add(struct signed_keys *keys, struct span pem, struct scov_err *err)
{
	size_t n = 0;
	int rc = public_keys_parse(pem, keys->p + keys->n, SIGNED_KEYS_MAX - keys->n, &n, err);

	for (; n; n--, keys->n++)
		if (!rc)
			rc = must_be_edwards(keys->p[keys->n], err);
	return rc;
}

void signed_keys_release(struct signed_keys *keys)
{
	while (keys->n)
		public_key_free(keys->p[--keys->n]);
}

int signed_make(struct span pem, struct span manifest, struct buf *out, struct scov_err *err)
{
	struct private_key *k = NULL;
	int rc = private_key_parse(pem, (struct span){ 0 }, &k, err);

	if (!rc)
		rc = must_be_edwards(private_key_public(k), err);
	if (!rc)
		rc = private_key_sign(k, manifest, out, err);
	private_key_free(k);
	return rc;
}

static bool find_key(
	struct span manifest, struct span signatures, const struct signed_keys *keys, size_t *out)
{
	for (size_t at = 0; at < signatures.len; at += SIGNED_SIZE)
		for (size_t i = 0; i < keys->n; i++)
			if (public_key_check(keys->p[i], SIGNATURE_OF_KEY, HASH_NONE, manifest,
				    span_sub(signatures, at, SIGNED_SIZE))) {
				*out = i;
				return true;
			}
	return false;
}

/* Nothing of the manifest is parsed before its signature is known to be good. */
int signed_open(struct span manifest, struct span signatures, const struct signed_keys *keys,
	struct arena *a, struct advisory_manifest *out, size_t *out_key, struct scov_err *err)
{
	if (!signatures.len || signatures.len > SIGNED_MAX || signatures.len % SIGNED_SIZE)
		return err_fail(err, SCOV_E_FORMAT, SIGNED_NAME ": %zu bytes are not signatures",
			signatures.len);
	if (!find_key(manifest, signatures, keys, out_key))
		return err_fail(err, SCOV_E_AUTH, MANIFEST_NAME ": not signed with %s (--key)",
			keys->n == 1 ? "the key that was given"
				     : "any of the keys that were given");
	int rc = manifest_parse(manifest, a, out, err);

	return rc ? err_wrap(err, MANIFEST_NAME) : 0;
}

int signed_is_fresh(
	const struct advisory_manifest *m, uint64_t seen, int64_t today, struct scov_err *err)
{
	char day[DATE_TEXT];

	if (!m->sequence)
		return err_fail(err, SCOV_E_AUTH,
			"it has no sequence number: publish it with `scoville db export` or push");
	if (m->sequence < seen)
		return err_fail(err, SCOV_E_AUTH,
			"older than the one that was taken before: sequence %" PRIu64
			", had %" PRIu64,
			m->sequence, seen);
	if (m->expires < today)
		return err_fail(err, SCOV_E_AUTH,
			"expired on %s: its publisher has stopped, or it is an old copy",
			date_format_day(m->expires, day));
	return 0;
}
