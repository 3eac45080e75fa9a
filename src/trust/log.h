/* log.h - entries of transparency logs: the log's promise, its proof, and what they prove.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "trust/entry.h"
#include "trust/roots.h"

/* A time that somebody we trust vouches for. */
struct trusted_time {
	int64_t at;
	bool is_log; /* of a log's promise, else of a timestamp */
};

/* The signature of the log over body, time, index and id (Rekor v1). */
bool log_promise_check(const struct log_entry *e, const struct trust_log *l);
/* The whole entry: promise and proof as far as they are there, log and times within
 * its window, and that it is about t, signed with k (leaf: its certificate, or NULL).
 * *out_included: a proof up to a signed checkpoint. CHECK_LACKS: what would be needed is missing.
 */
enum check log_entry_check(const struct log_entry *e, const struct trust_log *l,
	const struct signed_thing *t, const struct public_key *k, const struct certificate *leaf,
	const struct trusted_time *times, size_t n, bool *out_included, struct scov_err *err);
