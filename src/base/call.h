/* call.h - what one call of the library minds: how long it may take, and whether it was cancelled.
 *
 * Passed down through every function that may wait. NULL: no limit and no
 * cancel. Nothing keeps one beyond the call that brought it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/err.h"
#include "scoville/scoville.h"

struct call {
	int64_t deadline_ms;  /* CLOCK_MONOTONIC; 0: none */
	int64_t timeout_ms;   /* what that was at the start, for the message */
	const int *cancelled; /* not 0: stop; may be set from a signal handler. May be NULL */
};

int64_t clock_ms(void); /* CLOCK_MONOTONIC */
/* The deadline for a call that starts now. */
void call_start(struct call *c, int64_t timeout_ms, const int *cancelled);
/* 0: go on. Errors: SCOV_E_CANCELLED, SCOV_E_TIMEOUT. */
must_check int call_check(const struct call *c, struct scov_err *err);
/* SCOV_E_TIMEOUT, in the one wording that there is. */
must_check int call_over(const struct call *c, struct scov_err *err);
void call_cancel(int *cancelled);

/* Work that does not wait asks by it too, once in WATCH_STEPS steps. Once ended it stays ended, and
 * what was being made is unusable. */
struct watch {
	const struct call *call;
	uint32_t steps;
	struct scov_err why; /* code 0: go on */
};

enum { WATCH_STEPS = 1024 };

bool watch_ask(struct watch *w); /* now */

/* One step. True: go on; NULL always goes on. */
static inline bool watch_on(struct watch *w)
{
	if (!w)
		return true;
	return ++w->steps % WATCH_STEPS ? !w->why.code : watch_ask(w);
}
/* 0, or why it has ended; asks now. NULL: 0. */
must_check int watch_check(struct watch *w, struct scov_err *err);
