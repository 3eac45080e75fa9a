/* signed.c - which manifest an update may take: its signature, its sequence number, its last day.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/update/signed.h"

#include <inttypes.h>

#include "base/date.h"

static bool find_key(struct span manifest, struct span signatures, const struct sign_key *keys,
	size_t n, size_t *out)
{
	for (size_t at = 0; at < signatures.len; at += SIGN_SIZE)
		for (size_t i = 0; i < n; i++)
			if (sign_check(&keys[i], manifest, signatures.p + at)) {
				*out = i;
				return true;
			}
	return false;
}

/* Nothing of the manifest is parsed before its signature is known to be good. */
int signed_open(struct span manifest, struct span signatures, const struct sign_key *keys, size_t n,
	struct arena *a, struct advisory_manifest *out, size_t *out_key, struct scov_err *err)
{
	if (!signatures.len || signatures.len > SIGNED_MAX || signatures.len % SIGN_SIZE)
		return err_fail(err, SCOV_E_FORMAT, SIGNED_NAME ": %zu bytes are not signatures",
			signatures.len);
	if (!find_key(manifest, signatures, keys, n, out_key))
		return err_fail(err, SCOV_E_AUTH, MANIFEST_NAME ": not signed with %s (--key)",
			n == 1 ? "the key that was given" : "any of the keys that were given");
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
