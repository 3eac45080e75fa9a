/* pool.h - do n numbered jobs on some threads.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stddef.h>

/* Calls job(ctx, i) once for each i below n, in order of start, on at most `threads` threads (the
 * caller's is one of them; fewer when the system gives no more). Returns when all are done. */
void pool_run(size_t threads, size_t n, void (*job)(void *ctx, size_t i), void *ctx);
/* Processors this process may run on, at least 1. */
size_t pool_cpus(void);
