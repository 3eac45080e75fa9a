/* lock.h - a mutex.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <pthread.h>
#include <stdbool.h>

/* Zeroed memory is an unlocked lock. */
struct lock {
	pthread_mutex_t mutex;
};

static inline void lock_take(struct lock *l)
{
	pthread_mutex_lock(&l->mutex);
}

static inline bool lock_try(struct lock *l) /* false: another has it */
{
	return pthread_mutex_trylock(&l->mutex) == 0;
}

static inline void lock_drop(struct lock *l)
{
	pthread_mutex_unlock(&l->mutex);
}
