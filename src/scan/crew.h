/* crew.h - who works for a context: one helper for all its scans, and a budget of workers.
 *
 * The helper is started at the first need, restarted when it died, and ended
 * with the crew. Any number of scans may run at once.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/budget.h"
#include "base/err.h"
#include "sandbox/helper.h"

struct cache;
struct scan_rules; /* scan/user_rules.h */

struct crew_options {
	const char *worker; /* path of scoville-worker; NULL: compiled in, or beside the program in
			       a build tree */
	bool no_sandbox;
	size_t threads;                 /* workers at once; 0: one a processor, at most 2 */
	const struct scan_rules *rules; /* for secrets; NULL: the built-in ones alone */
	struct cache *cache;            /* NULL: none */
};

struct crew;

/* Starts nothing yet. What the options point to outlives the crew. Errors: SCOV_E_MEMORY. */
must_check int crew_new(const struct crew_options *opt, struct crew **out, struct scov_err *err);
void crew_free(struct crew *c); /* no scan may run; accepts NULL */
const struct crew_options *crew_options(const struct crew *c);
size_t crew_size(const struct crew *c); /* workers at once */
/* Starts the helper without waiting for it; a failure is seen by the first worker. */
void crew_wake(struct crew *c);

/* What one scan has of the crew. Zeroed at its start. */
struct shift {
	struct budget_group group;
	unsigned first;          /* number of the first helper that it had; 0: none yet */
	struct scov_err failure; /* why it can have no worker at all; code 0: none */
};

/* A place in the budget, which one worker needs from its start to its end. Errors: those of
 * call_check. */
must_check int crew_enter(
	struct crew *c, struct shift *s, const struct call *call, struct scov_err *err);
void crew_leave(struct crew *c, struct shift *s);
/* Errors: SCOV_E_WORKER (also in s->failure when no part of this scan can have one), those of
 * call_check, SCOV_E_IO. */
must_check int crew_start(struct crew *c, struct shift *s, const struct worker_spec *spec,
	const struct call *call, struct worker *out, struct scov_err *err);

/* What the report must state: "landlock is not available (EPERM)", "--no-sandbox"; empty when all
 * is on. Into `out`. */
enum { CREW_NOTE = 160 };
const char *crew_note(struct crew *c, char out[CREW_NOTE]);
pid_t crew_helper_pid(struct crew *c); /* 0: none */
