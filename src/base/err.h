/* err.h - filling a struct scov_err.
 *
 * A call that can fail returns 0 or a negative enum scov_code. The line that
 * fails names the object and the reason; a caller adds what it was doing.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "scoville/scoville.h"

/* On a function that returns a code: a caller that drops it does not compile. */
#define must_check __attribute__((warn_unused_result))

/* Set *err and return code. err may be NULL. Control bytes become "?". */
int err_fail(struct scov_err *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* "out of memory", SCOV_E_MEMORY. Of an arena: arena_check. */
int err_memory(struct scov_err *err);
/* Put "what: " in front of the text and return the code that *err holds. */
int err_wrap(struct scov_err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
