/* budget.h - a number of places, shared fairly by groups of threads.
 *
 * Of the threads that wait, the one whose group holds the fewest places comes
 * first, then the one that has waited longest: a group with many threads does
 * not keep a small one waiting.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#include "base/call.h"
#include "base/err.h"

struct budget_wait;

struct budget {
	pthread_mutex_t lock;
	size_t places, held;
	uint64_t turn;
	struct budget_wait *waiting;
};

/* Zeroed: holds nothing. Its memory outlives its places. */
struct budget_group {
	size_t held;
};

void budget_init(struct budget *b, size_t places);
/* Waits for a place. Whoever holds one must not wait for a second. Errors: those of call_check;
 * then there is none to give back. */
must_check int budget_take(
	struct budget *b, struct budget_group *g, const struct call *call, struct scov_err *err);
void budget_give(struct budget *b, struct budget_group *g);
void budget_release(struct budget *b); /* when nobody holds a place */
