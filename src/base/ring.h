/* ring.h - slots of bytes that one thread fills while another empties them.
 *
 * The filling thread writes straight into a slot, so nothing is copied. The
 * emptying thread is the ring's own and lives from ring_new to ring_free.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ring;

/* Takes the next bytes, on the ring's thread; false: wants no more, what follows is thrown away.
 * It may change the bytes; they are its own until it returns. */
typedef bool ring_take(void *ctx, uint8_t *p, size_t len);

/* Starts the thread and returns when it runs: a filter that forbids clone may be loaded then.
 * NULL without memory or without a thread. */
struct ring *ring_new(size_t slots, size_t slot_size, ring_take *take, void *ctx);
/* The slot to fill, of slot_size bytes; waits until one is free. NULL when the taker wants no more.
 */
uint8_t *ring_slot(struct ring *r);
void ring_give(
	struct ring *r, size_t len); /* the slot of ring_slot holds len bytes; 0 gives it back */
/* Waits until all that was given is taken. False when the taker said stop. After it the taker's
 * state belongs to the caller. */
bool ring_drain(struct ring *r);
void ring_free(struct ring *r); /* ends the thread; accepts NULL */
