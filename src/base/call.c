/* call.c - what one call of the library minds.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/call.h"

#include <time.h>

#include "base/err.h"

int64_t clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void call_start(struct call *c, int64_t timeout_ms, const int *cancelled)
{
	*c = (struct call){ .cancelled = cancelled };
	if (timeout_ms > 0) {
		c->timeout_ms = timeout_ms;
		c->deadline_ms = clock_ms() + timeout_ms;
	}
}

int call_over(const struct call *c, struct scov_err *err)
{
	int64_t s = c->timeout_ms / 1000, ms = c->timeout_ms % 1000;

	if (ms)
		return err_fail(err, SCOV_E_TIMEOUT, "timed out after %lld.%03lld s (--timeout)",
			(long long)s, (long long)ms);
	return err_fail(err, SCOV_E_TIMEOUT, "timed out after %lld s (--timeout)", (long long)s);
}

int call_check(const struct call *c, struct scov_err *err)
{
	if (c && c->cancelled && __atomic_load_n(c->cancelled, __ATOMIC_RELAXED))
		return err_fail(err, SCOV_E_CANCELLED, "cancelled");
	return c && c->deadline_ms && clock_ms() >= c->deadline_ms ? call_over(c, err) : 0;
}

void call_cancel(int *cancelled)
{
	__atomic_store_n(cancelled, 1, __ATOMIC_RELAXED);
}

bool watch_ask(struct watch *w)
{
	int code = w->why.code ? w->why.code : call_check(w->call, &w->why);

	return code == 0;
}

int watch_check(struct watch *w, struct scov_err *err)
{
	if (!w || watch_ask(w))
		return 0;
	if (err)
		*err = w->why;
	return w->why.code;
}
