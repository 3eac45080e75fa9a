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
