/* budget.c - a number of places, shared fairly by groups of threads.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/budget.h"

#include <stdbool.h>
#include <time.h>

enum { TICK_MS = 100 }; /* how late a cancel or a deadline may be seen */

struct budget_wait {
	struct budget_wait *next;
	struct budget_group *group;
	uint64_t turn;
	bool has_place;
	pthread_cond_t given;
};

void budget_init(struct budget *b, size_t places)
{
	*b = (struct budget){ .places = places };
	pthread_mutex_init(&b->lock, NULL);
}

void budget_release(struct budget *b)
{
	pthread_mutex_destroy(&b->lock);
}

static void unlink_wait(struct budget *b, const struct budget_wait *w)
{
	struct budget_wait **at = &b->waiting;

	while (*at != w)
		at = &(*at)->next;
	*at = w->next;
}

/* The lock is held. */
static void hand_out(struct budget *b)
{
	while (b->held < b->places && b->waiting) {
		struct budget_wait *first = b->waiting;

		for (struct budget_wait *w = first->next; w; w = w->next)
			if (w->group->held < first->group->held ||
				(w->group->held == first->group->held && w->turn < first->turn))
				first = w;
		unlink_wait(b, first);
		b->held++;
		first->group->held++;
		first->has_place = true;
		pthread_cond_signal(&first->given);
	}
}

/* The lock is held. */
static void wait_a_tick(struct budget *b, struct budget_wait *w)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += TICK_MS * 1000000L;
	until.tv_sec += until.tv_nsec / 1000000000L;
	until.tv_nsec %= 1000000000L;
	pthread_cond_timedwait(&w->given, &b->lock, &until);
}

int budget_take(
	struct budget *b, struct budget_group *g, const struct call *call, struct scov_err *err)
{
	struct budget_wait w = { .group = g };
	pthread_condattr_t attr;
	int rc = call_check(call, err);

	if (rc)
		return rc;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&w.given, &attr);
	pthread_condattr_destroy(&attr);
	pthread_mutex_lock(&b->lock);
	w.turn = b->turn++;
	w.next = b->waiting;
	b->waiting = &w;
	hand_out(b);
	while (!w.has_place && !(rc = call_check(call, err)))
		wait_a_tick(b, &w);
	if (!w.has_place)
		unlink_wait(b, &w);
	pthread_mutex_unlock(&b->lock);
	pthread_cond_destroy(&w.given);
	return w.has_place ? 0 : rc;
}

void budget_give(struct budget *b, struct budget_group *g)
{
	pthread_mutex_lock(&b->lock);
	b->held--;
	g->held--;
	hand_out(b);
	pthread_mutex_unlock(&b->lock);
}
