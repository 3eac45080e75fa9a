/* Places shared by threads. SPDX-License-Identifier: Apache-2.0 */
#include "base/budget.h"

#include <stdatomic.h>
#include <unistd.h>

#include "tests/unit/unit.h"

enum { PLACES = 3, THREADS = 40, ROUNDS = 50, GROUPS = 5 };

static struct budget budget;
static struct budget_group groups[GROUPS];
static atomic_int inside, most;

static void *come_and_go(void *arg)
{
	struct budget_group *g = arg;

	for (int i = 0; i < ROUNDS; i++) {
		assert_int_equal(budget_take(&budget, g, NULL, NULL), 0);
		int now = ++inside, seen = most;

		while (now > seen && !atomic_compare_exchange_weak(&most, &seen, now))
			;
		usleep(50);
		inside--;
		budget_give(&budget, g);
	}
	return NULL;
}

static void never_more_than_there_are(void **state)
{
	pthread_t threads[THREADS];

	(void)state;
	budget_init(&budget, PLACES);
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, come_and_go, &groups[i % GROUPS]), 0);
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_true(most > 0 && most <= PLACES);
	assert_int_equal(inside, 0);
	for (size_t i = 0; i < GROUPS; i++)
		assert_int_equal(groups[i].held, 0);
	budget_release(&budget);
}

struct guest {
	pthread_t thread;
	struct budget_group *group;
	char name;
};

static char order[8];
static atomic_size_t served;

static void *note_turn(void *arg)
{
	struct guest *g = arg;

	assert_int_equal(budget_take(&budget, g->group, NULL, NULL), 0);
	order[served++] = g->name;
	budget_give(&budget, g->group);
	return NULL;
}

static size_t waiting(void)
{
	size_t n;

	pthread_mutex_lock(&budget.lock);
	n = (size_t)budget.turn;
	pthread_mutex_unlock(&budget.lock);
	return n;
}

/* One group has a place already and two threads that wait; the other came last. */
static void the_group_with_the_fewest_places_is_next(void **state)
{
	struct budget_group many = { 0 }, few = { 0 };
	struct guest guests[] = { { .group = &many, .name = 'a' }, { .group = &many, .name = 'b' },
		{ .group = &few, .name = 'c' } };

	(void)state;
	budget_init(&budget, 2);
	assert_int_equal(budget_take(&budget, &many, NULL, NULL), 0);
	assert_int_equal(budget_take(&budget, &few, NULL, NULL), 0);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(pthread_create(&guests[i].thread, NULL, note_turn, &guests[i]), 0);
		while (waiting() < 3 + i)
			usleep(1000);
	}
	budget_give(&budget, &few);
	for (size_t i = 0; i < 3; i++)
		pthread_join(guests[i].thread, NULL);
	budget_give(&budget, &many);
	assert_string_equal(order, "cab");
	budget_release(&budget);
}

static void who_waits_hears_its_own_call(void **state)
{
	struct budget_group g = { 0 };
	struct scov_err err;
	struct call call;
	int cancelled = 0;

	(void)state;
	budget_init(&budget, 1);
	assert_int_equal(budget_take(&budget, &g, NULL, NULL), 0);
	call_start(&call, 150, &cancelled);
	assert_int_equal(budget_take(&budget, &g, &call, &err), SCOV_E_TIMEOUT);
	assert_string_equal(err.text, "timed out after 0.150 s (--timeout)");
	call_start(&call, 2000, &cancelled);
	call_cancel(&cancelled);
	assert_int_equal(budget_take(&budget, &g, &call, &err), SCOV_E_CANCELLED);
	assert_int_equal(g.held, 1);
	budget_give(&budget, &g);
	assert_int_equal(budget.held, 0);
	assert_null(budget.waiting);
	budget_release(&budget);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(never_more_than_there_are),
		cmocka_unit_test(the_group_with_the_fewest_places_is_next),
		cmocka_unit_test(who_waits_hears_its_own_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
