/* confine.h - what scoville-worker takes away from itself.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "scoville/scoville.h"

enum { CONFINE_NOTE = 128 }; /* MISSING_TEXT */

/* The helper, once its libraries are warm: no privilege can be gained, no path be reached. What the
 * kernel does not have goes to the note ("landlock is not available (ENOSYS)"); the filter still
 * refuses open. */
must_check int confine_helper(char note[CONFINE_NOTE], struct scov_err *err);
/* A worker before its threads start: memory and processor time, no core file, no looking in from
 * outside. */
must_check int confine_limits(uint64_t memory, uint64_t cpu_seconds, struct scov_err *err);
/* A worker, last: the filter, over all of its threads. After it the process may read, write, wait,
 * have memory that is not executable, and exit. Opening and looking for files answers EACCES; all
 * else kills. */
must_check int confine_filter(struct scov_err *err);
/* Whether the kernel has filters at all. */
must_check int confine_can_filter(struct scov_err *err);
