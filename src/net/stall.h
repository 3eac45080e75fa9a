/* stall.h - how long the servers of one image may keep it waiting, all in all.
 *
 * The time that is spent waiting is counted once, however many lanes wait, and
 * each byte that comes earns some of it back: silence, a drip of bytes and
 * answers that always come late end in the same time. A lane that hears nothing
 * for half the limit tries again, once; whatever stalls after that has little
 * time left, and what goes on goes on. Private to net/.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <pthread.h>
#include <stdint.h>

#include "base/err.h"

struct stall {
	pthread_mutex_t lock;
	int64_t limit_ms, used_ms, since_ms;
	unsigned waiting;   /* lanes, and pauses between tries */
	int64_t silence_ms; /* when a lane was last found silent; 0: never */
	bool is_tired;      /* that was after the second try */
};

void stall_init(struct stall *s, uint64_t seconds);
void stall_release(struct stall *s);
void stall_enter(struct stall *s); /* a wait begins */
void stall_leave(struct stall *s);
void stall_heard(struct stall *s, size_t bytes);
bool stall_may_pause(struct stall *s, int64_t ms); /* before another try */
/* A lane has heard nothing since `since` (ms, clock_ms). Errors: SCOV_E_NET. *again: a second try
 * may help. */
must_check int stall_check(
	struct stall *s, int64_t since, const char *from, bool *again, struct scov_err *err);
/* SCOV_E_NET, in the one wording that there is. from: who was asked. */
must_check int stall_over(const struct stall *s, const char *from, struct scov_err *err);
