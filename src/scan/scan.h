/* scan.h - the one pass: parts in, part facts out.
 *
 * The parent feeds each blob to a worker of scoville-worker and computes the
 * blob's digest on the way; the worker inflates, computes the diff_id, walks
 * the tar and runs the analyzers. Facts are used and stored only when the
 * digest is right, the worker ended well and the bounded reader took all of it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/err.h"
#include "base/limits.h"
#include "facts/part.h"
#include "sandbox/answer.h"
#include "source/source.h"

struct crew; /* scan/crew.h */

enum { SCAN_KEY_MAX = 64 };

struct scan_progress {
	uint64_t bytes, bytes_total; /* of blobs; total 0 where unknown */
	size_t parts, parts_total;
	size_t layers, layers_total; /* of the parts */
};

/* One scan; its crew knows the cache and the rules for secrets. */
struct scan_options {
	struct crew *crew;
	struct limits limits;
	uint32_t skip;               /* bits of analyzers that are off (scan/analyzer.h) */
	bool has_details;            /* part.details and part.values are made too */
	struct span fingerprint_key; /* of the user, 16 to SCAN_KEY_MAX bytes; empty: the cache's
					own, which stays, else one of this scan */
	const struct call *call;
	void (*progress)(void *ctx,
		const struct scan_progress *p); /* may be NULL; from any thread, one at a time */
	void *progress_ctx;
};

struct scan_job {
	/* in */
	uint8_t kind;    /* enum part_kind */
	uint8_t surface; /* of a document: SURFACE_ANNOTATION, every text of a JSON document, or
			    SURFACE_ATTESTATION, a stream of bytes */
	struct source *source;
	const struct descriptor *descriptor;
	struct span
		given; /* bytes of the blob, where they are available; else the source has them */
	struct digest diff_id; /* stated by the config; DIGEST_NONE: not stated */
	/* out; released with scan_job_release */
	struct arena arena;   /* holds part */
	struct answer answer; /* the worker's memory: bytes are views into it, or into the arena */
	struct span bytes;    /* the facts as facts_write made them */
	const struct part *part; /* NULL when the part is not readable; of one blob the same */
	struct digest blob;      /* computed sha256 (or the descriptor's algorithm) */
	bool from_cache;
	struct scov_err error; /* why part is NULL; code 0 otherwise */
	double seconds;        /* wall clock */
};

/* Runs all jobs, as many at once as the crew has places. A job that fails says so in job->error and
 * the others go on. Errors: SCOV_E_WORKER (no worker can be had at all, version mismatch, no
 * seccomp without no_sandbox), SCOV_E_CANCELLED, SCOV_E_TIMEOUT, SCOV_E_USAGE (the key),
 * SCOV_E_LIMIT (image_facts), SCOV_E_MEMORY. Jobs about one blob share the facts of the first. */
must_check int scan_run(
	const struct scan_options *opt, struct scan_job *jobs, size_t n, struct scov_err *err);
void scan_job_release(struct scan_job *job);
/* SHA-256 of the build, schema, analyzers that are on, rules, fingerprint key, limits. */
struct digest scan_id(const struct scan_options *opt);
