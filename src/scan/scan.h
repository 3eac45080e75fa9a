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

#include <sys/types.h>

#include "base/limits.h"
#include "facts/part.h"
#include "sandbox/answer.h"
#include "source/source.h"

struct cache;
struct scan_rules; /* scan/user_rules.h */

enum { SCAN_KEY_MAX = 64 };

struct scan_progress {
	uint64_t bytes, bytes_total; /* of blobs; total 0 where unknown */
	size_t parts, parts_total;
};

struct scan_options {
	size_t threads;  /* workers at once; 0: pool_cpus() */
	uint64_t memory; /* budget in bytes for all workers; 0: 64 MiB */
	struct limits limits;
	bool no_sandbox;
	uint32_t skip;                  /* bits of analyzers that are off (scan/analyzer.h) */
	struct span fingerprint_key;    /* of the user, 16 to SCAN_KEY_MAX bytes; empty: the cache's
					   own, which stays, else one of this scan */
	const struct scan_rules *rules; /* for secrets; NULL: the built-in ones alone */
	struct cache *cache;            /* NULL: none */
	void (*progress)(void *ctx,
		const struct scan_progress *p); /* may be NULL; from any thread, one at a time */
	void *progress_ctx;
	const struct call *call;
	const char *worker; /* path of scoville-worker; NULL: compiled in, or beside the program in
			       a build tree */
};

struct scan_job {
	/* in */
	uint8_t kind;    /* enum part_kind */
	uint8_t surface; /* of a document: SURFACE_ANNOTATION, every text of a JSON document, or
			    SURFACE_ATTESTATION, a stream of bytes */
	struct source *source;
	const struct descriptor *descriptor;
	struct span given; /* bytes of the blob, where they are at hand; else the source has them */
	struct digest diff_id; /* stated by the config; DIGEST_NONE: not stated */
	/* out; released with scan_job_release */
	struct arena arena;   /* holds part */
	struct answer answer; /* the worker's memory: bytes are views into it, or into the arena */
	struct span bytes;    /* the facts as facts_write made them */
	const struct part *part; /* NULL when the part is not readable */
	struct digest blob;      /* computed sha256 (or the descriptor's algorithm) */
	bool from_cache;
	struct scov_err error; /* why part is NULL; code 0 otherwise */
	double seconds;        /* wall clock */
};

struct scan;

/* With a cache nothing is spawned until the first miss; without one the helper starts here, beside
 * the caller's own work, and a failure shows in scan_run. Errors: SCOV_E_MEMORY. */
int scan_open(const struct scan_options *opt, struct scan **out, struct scov_err *err);
/* Runs all jobs. A job that fails says so in job->error and the others go on.
 * Errors: SCOV_E_WORKER (no worker can be had at all, version mismatch, no seccomp without
 * no_sandbox), SCOV_E_CANCELLED, SCOV_E_TIMEOUT. */
int scan_run(struct scan *s, struct scan_job *jobs, size_t n, struct scov_err *err);
void scan_job_release(struct scan_job *job);
/* What the report must state: "landlock is not available (EPERM)", "--no-sandbox"; empty when all
 * is on. */
struct span scan_sandbox_note(struct scan *s);
pid_t scan_helper_pid(const struct scan *s); /* 0: none was needed yet */
void scan_free(struct scan *s);
/* SHA-256 of schema, analyzers that are on, rules, fingerprint key, limits, version. */
struct digest scan_id(const struct scan_options *opt);
