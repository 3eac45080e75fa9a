/* helper.h - the program's side: start scoville-worker, ask it for workers, feed and end them.
 *
 * The helper is a small process that holds nothing of the program: no
 * environment, no descriptor but one socket. It forks one worker a part.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <sys/types.h>

#include "base/call.h"
#include "base/err.h"
#include "sandbox/answer.h"
#include "sandbox/intake.h"

struct helper;

/* Starts the program at `path` and does not wait for it. who: what it must say of itself.
 * unconfined: it runs without filter, landlock and limits. payload: sealed memory that it maps at
 * its start, the caller's; negative: none. Errors: SCOV_E_WORKER. */
must_check int helper_start(const char *path, const char *who, bool unconfined, int payload,
	struct helper **out, struct scov_err *err);
/* Waits for its hello, at most HELPER_WAIT_MS. One thread at a time. Errors: SCOV_E_WORKER (the
 * wrong version, it cannot sandbox, it died), those of call_check: ask again then. */
must_check int helper_ready(struct helper *h, const struct call *call, struct scov_err *err);
enum { HELPER_WAIT_MS = 20000, HELPER_JOBS = 256 /* workers at once */ };
const char *helper_note(const struct helper *h); /* what is not on; "" */
bool helper_is_dead(const struct helper *h);
pid_t helper_pid(const struct helper *h);
void helper_free(struct helper *h); /* ends it and waits; accepts NULL */

struct worker_spec {
	uint64_t memory, cpu_seconds; /* bounds of the kernel's */
	size_t answer_size;           /* head included */
	struct span request;          /* at most WIRE_REQUEST bytes, the worker's own */
};

/* When to give up. */
struct patience {
	uint64_t stall_ms; /* that it takes no byte, or does not end after the last */
	const struct call *call;
};

struct worker {
	struct supply supply;
	int job; /* where the helper says how it ended */
	int answer;
	size_t answer_size;
	bool ended;  /* it is dead and reaped */
	int status;  /* of waitpid, when ended */
	int error;   /* errno when it never ran, when ended */
	bool orphan; /* ended only as far as we know: the helper died */
};

/* Thread-safe once the helper is ready. Errors: SCOV_E_WORKER (the helper is dead), SCOV_E_IO. */
must_check int worker_start(
	struct helper *h, const struct worker_spec *spec, struct worker *out, struct scov_err *err);
/* Where the next bytes go, and how many at most: memory that the worker can only read. Waits until
 * there is some. 0, also when it has ended: see w->ended; it reads no more then.
 * Errors: SCOV_E_WORKER (stalled), SCOV_E_TIMEOUT, SCOV_E_CANCELLED; kill it then. */
must_check int worker_room(struct worker *w, const struct patience *until, uint8_t **out,
	size_t *cap, struct scov_err *err);
void worker_give(struct worker *w, size_t len); /* len bytes are there, for good */
/* No more bytes; wait until it has ended. Errors as worker_room. */
must_check int worker_finish(struct worker *w, const struct patience *until, struct scov_err *err);
/* 0 when it ended well, else SCOV_E_WORKER: signal, what that means, bytes consumed. */
must_check int worker_verdict(const struct worker *w, struct scov_err *err);
void worker_release(struct worker *w); /* kills too; only one that was zeroed and started */
