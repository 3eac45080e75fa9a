/* cache.h - part facts on disk, keyed by the computed digest of the blob and the scan id.
 *
 * Proves damage, not honesty: what can write the cache can write the verdict.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "crypto/digest.h"

struct cache;

/* folder NULL: $SCOVILLE_CACHE, $XDG_CACHE_HOME/scoville, ~/.cache/scoville. The folder is made
 * 0700; one that is not ours or is open to others is not used. Errors: SCOV_E_IO with the reason;
 * the caller goes on without. */
must_check int cache_open(
	const char *folder, uint64_t size_cap, struct cache **out, struct scov_err *err);
/* A cache that the caller brings (scoville.h). get copies into the arena and returns 1, 0 for a
 * miss. */
struct cache_ops {
	int (*get)(void *ctx, const char *key, struct arena *a, struct span *out);
	void (*put)(void *ctx, const char *key, struct span bytes);
};
must_check int cache_open_ops(
	const struct cache_ops *ops, void *ctx, struct cache **out, struct scov_err *err);
/* True on a hit: a damaged or foreign entry is a miss. Bytes are in the arena. */
bool cache_get(struct cache *c, const struct digest *blob, const struct digest *scan_id,
	struct arena *a, struct span *out);
/* Temporary name and rename; failures are silent (the cache is an aid). */
void cache_put(struct cache *c, const struct digest *blob, const struct digest *scan_id,
	struct span facts);
void cache_trim(struct cache *c); /* by age to the size cap, under a lock that nobody waits for */
/* The key of fingerprints that stays with the folder: made at the first call, file "key", 0600. Not
 * one that others can read. False: the caller's cache does not keep it, or the folder refuses. */
enum { CACHE_KEY = 32 };
bool cache_key(struct cache *c, uint8_t out[CACHE_KEY]);
const char *cache_folder(const struct cache *c);
must_check int cache_usage(
	struct cache *c, uint64_t *bytes, uint64_t *entries, struct scov_err *err);
must_check int cache_clear(struct cache *c, struct scov_err *err);
void cache_free(struct cache *c);
