/* pool.c - do n numbered jobs on some threads.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

enum { THREADS_MAX = 256, STACK = 256 << 10 };

struct pool {
	atomic_size_t next;
	size_t n;
	void (*job)(void *, size_t);
	void *ctx;
};

static void *work(void *arg)
{
	struct pool *p = arg;

	for (size_t i; (i = atomic_fetch_add(&p->next, 1)) < p->n;)
		p->job(p->ctx, i);
	return NULL;
}

void pool_run(size_t threads, size_t n, void (*job)(void *ctx, size_t i), void *ctx)
{
	struct pool p = { .n = n, .job = job, .ctx = ctx };
	pthread_t more[THREADS_MAX];
	pthread_attr_t attr;
	size_t started = 0;

	if (threads > n)
		threads = n;
	if (threads > THREADS_MAX)
		threads = THREADS_MAX;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK);
	while (started + 1 < threads && pthread_create(&more[started], &attr, work, &p) == 0)
		started++;
	pthread_attr_destroy(&attr);
	work(&p);
	while (started)
		pthread_join(more[--started], NULL);
}

size_t pool_cpus(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return 1;
	int n = CPU_COUNT(&set);

	return n > 0 ? (size_t)n : 1;
}
