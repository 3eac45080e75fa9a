/* missing.h - what the sandbox of this build, on this kernel, does without: the same words with and
 * without a worker.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/err.h"
#include "scoville/scoville.h"

enum { MISSING_TEXT = 128 };

/* Why a build has no sandbox at all; NULL: it has one. */
extern const char *const missing_sandbox;
/* "landlock is not available (ENOSYS)", "" when it is. *abi is its version, 0 without. Errors:
 * SCOV_E_WORKER. */
must_check int missing_landlock(char text[MISSING_TEXT], long *abi, struct scov_err *err);
/* The text for the errno of a landlock call that says "not here"; NULL for another errno. */
const char *missing_errno(int e);
