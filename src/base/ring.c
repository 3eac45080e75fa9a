/* ring.c - slots of bytes that one thread fills while another empties them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/ring.h"

#include <pthread.h>

#include "base/arena.h"

enum { SLOTS_MAX = 64, STACK = 256 << 10 };

struct ring {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	pthread_t thread;
	ring_take *take;
	void *ctx;
	size_t slots, slot_size;
	uint64_t given, taken; /* counts of slots; slot i % slots */
	bool runs, stop, refused;
	size_t len[SLOTS_MAX];
	uint8_t *bytes;
};

static void *work(void *arg)
{
	struct ring *r = arg;

	pthread_mutex_lock(&r->mutex);
	r->runs = true;
	pthread_cond_broadcast(&r->changed);
	for (;;) {
		while (r->given == r->taken && !r->stop)
			pthread_cond_wait(&r->changed, &r->mutex);
		if (r->given == r->taken)
			break;
		size_t i = (size_t)(r->taken % r->slots);
		bool wants = !r->refused;

		pthread_mutex_unlock(&r->mutex);
		if (wants)
			wants = r->take(r->ctx, r->bytes + i * r->slot_size, r->len[i]);
		pthread_mutex_lock(&r->mutex);
		r->refused = !wants;
		r->taken++;
		pthread_cond_broadcast(&r->changed);
	}
	pthread_mutex_unlock(&r->mutex);
	return NULL;
}

struct ring *ring_new(size_t slots, size_t slot_size, ring_take *take, void *ctx)
{
	struct ring *r = slots && slots <= SLOTS_MAX ? mem_alloc(sizeof(*r)) : NULL;
	pthread_attr_t attr;

	if (!r)
		return NULL;
	r->take = take;
	r->ctx = ctx;
	r->slots = slots;
	r->slot_size = slot_size;
	r->bytes = mem_alloc(slots * slot_size);
	pthread_mutex_init(&r->mutex, NULL);
	pthread_cond_init(&r->changed, NULL);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK);
	bool started = r->bytes && pthread_create(&r->thread, &attr, work, r) == 0;

	pthread_attr_destroy(&attr);
	if (!started) {
		mem_free(r->bytes);
		mem_free(r);
		return NULL;
	}
	pthread_mutex_lock(&r->mutex);
	while (!r->runs)
		pthread_cond_wait(&r->changed, &r->mutex);
	pthread_mutex_unlock(&r->mutex);
	return r;
}

uint8_t *ring_slot(struct ring *r)
{
	pthread_mutex_lock(&r->mutex);
	while (r->given - r->taken == r->slots && !r->refused)
		pthread_cond_wait(&r->changed, &r->mutex);
	uint8_t *p = r->refused ? NULL : r->bytes + r->given % r->slots * r->slot_size;

	pthread_mutex_unlock(&r->mutex);
	return p;
}

void ring_give(struct ring *r, size_t len)
{
	if (!len)
		return;
	pthread_mutex_lock(&r->mutex);
	r->len[r->given % r->slots] = len;
	r->given++;
	pthread_cond_broadcast(&r->changed);
	pthread_mutex_unlock(&r->mutex);
}

bool ring_drain(struct ring *r)
{
	pthread_mutex_lock(&r->mutex);
	while (r->given != r->taken)
		pthread_cond_wait(&r->changed, &r->mutex);
	bool all = !r->refused;

	pthread_mutex_unlock(&r->mutex);
	return all;
}

void ring_free(struct ring *r)
{
	if (!r)
		return;
	pthread_mutex_lock(&r->mutex);
	r->stop = true;
	pthread_cond_broadcast(&r->changed);
	pthread_mutex_unlock(&r->mutex);
	pthread_join(r->thread, NULL);
	pthread_cond_destroy(&r->changed);
	pthread_mutex_destroy(&r->mutex);
	mem_free(r->bytes);
	mem_free(r);
}
