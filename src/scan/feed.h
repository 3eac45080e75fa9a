/* feed.h - one part in the program. Inside scan/ only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "scan/cache.h"
#include "scan/crew.h"
#include "scan/scan.h"

/* What all jobs of a run share. */
struct feed {
	const struct limits *limits;
	uint32_t skip;
	bool has_details;
	struct span key;     /* of fingerprints, at most PASS_KEY bytes */
	struct cache *cache; /* may be NULL */
	const struct digest *scan_id;
	const struct patience *until;
	struct crew *crew;
	struct shift *shift;
	void (*progress)(void *ctx, uint64_t bytes);
	void *progress_ctx;
};

/* Fills job's outputs; the error is in job->error and returned. */
int feed_part(const struct feed *f, struct scan_job *job);
