/* zygote.h - inside scoville-worker: wait for requests, fork a worker for each.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "sandbox/answer.h"
#include "sandbox/intake.h"

struct zygote_ops {
	const char *who; /* versions, as the program expects them */
	/* In the helper, before landlock: libraries open their files now. payload: what the program
	 * gave it (helper_start), there for good; empty: nothing. May fail: then no worker can be
	 * had. */
	int (*warm)(struct span payload, struct scov_err *err);
	/* In a worker before its filter: start threads, keep what is needed. May fail (SCOV_E_*).
	 */
	int (*prepare)(struct span request, void **state, struct scov_err *err);
	/* Under the filter: read `in`, write the body after head, at most cap bytes; ends with
	 * answer_done or answer_fail. */
	void (*run)(void *state, struct intake *in, struct answer_head *head, size_t cap);
};

struct zygote_bounds {
	uint64_t memory, cpu_seconds;
};

/* Serve the socket of wire.h until the program closes it. open_why: NULL, or why there is no
 * sandbox, for the report. has_payload: memory is on WIRE_PAYLOAD. The status for exit. */
int zygote_main(const char *open_why, bool has_payload, const struct zygote_ops *ops);
/* A worker from its fork to its end: limits, threads, filter, run, exit. Also what --self-test
 * forks. */
_Noreturn void zygote_work(bool unconfined, const struct zygote_ops *ops, struct span request,
	const struct zygote_bounds *bounds, struct intake *in, struct answer_head *head,
	size_t answer_size);
