/* stall.c - how long the servers of one image may keep it waiting, all in all.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "net/stall.h"

#include "base/call.h"

enum {
	TRICKLE = 1024,   /* bytes that are worth a second */
	TIRED_SHARE = 50, /* of the limit, that a lane is waited for when others stalled for good */
};

void stall_init(struct stall *s, uint64_t seconds)
{
	*s = (struct stall){ .limit_ms = (int64_t)seconds * 1000 };
	pthread_mutex_init(&s->lock, NULL);
}

void stall_release(struct stall *s)
{
	pthread_mutex_destroy(&s->lock);
}

/* Under the lock, as all that changes it. */
static void settle(struct stall *s)
{
	int64_t now = clock_ms();

	if (s->waiting)
		s->used_ms += now - s->since_ms;
	s->since_ms = now;
}

void stall_enter(struct stall *s)
{
	pthread_mutex_lock(&s->lock);
	settle(s);
	s->waiting++;
	pthread_mutex_unlock(&s->lock);
}

void stall_leave(struct stall *s)
{
	pthread_mutex_lock(&s->lock);
	settle(s);
	s->waiting--;
	pthread_mutex_unlock(&s->lock);
}

void stall_heard(struct stall *s, size_t bytes)
{
	int64_t earned = (int64_t)(bytes * 1000 / TRICKLE);

	pthread_mutex_lock(&s->lock);
	settle(s);
	s->used_ms = s->used_ms > earned ? s->used_ms - earned : 0;
	pthread_mutex_unlock(&s->lock);
}

/* ms; 0 or less: over. */
static int64_t left_of(struct stall *s)
{
	pthread_mutex_lock(&s->lock);
	settle(s);
	int64_t left = s->limit_ms - s->used_ms;

	pthread_mutex_unlock(&s->lock);
	return left;
}

bool stall_may_pause(struct stall *s, int64_t ms)
{
	bool has_time = ms < left_of(s);

	pthread_mutex_lock(&s->lock);
	bool may = has_time && !s->is_tired;

	pthread_mutex_unlock(&s->lock);
	return may;
}

int stall_check(struct stall *s, int64_t since, const char *from, bool *again, struct scov_err *err)
{
	*again = false;
	if (left_of(s) <= 0)
		return stall_over(s, from, err);
	pthread_mutex_lock(&s->lock);
	int64_t now = clock_ms(), patience = s->limit_ms / (s->is_tired ? TIRED_SHARE : 2);
	bool is_silent = now - since >= patience;

	if (is_silent) {
		/* Lanes that fell silent together are one event. */
		s->is_tired = s->is_tired || (s->silence_ms && since >= s->silence_ms);
		s->silence_ms = now;
		*again = !s->is_tired;
	}
	pthread_mutex_unlock(&s->lock);
	if (!is_silent)
		return 0;
	return *again ? err_fail(err, SCOV_E_NET, "%s: sent nothing for %.3g s", from,
				(double)(now - since) / 1000)
		      : stall_over(s, from, err);
}

int stall_over(const struct stall *s, const char *from, struct scov_err *err)
{
	return err_fail(err, SCOV_E_NET,
		"%s: stalled: sent nothing, or too little, for %lld s; given up (limit "
		"answer_stall)",
		from, (long long)(s->limit_ms / 1000));
}
