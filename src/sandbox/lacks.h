/* lacks.h - what the sandbox of this build, on this kernel, does without: the same words with and
 * without a worker.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "scoville/scoville.h"

enum { LACKS_TEXT = 128 };

/* Why a build has no sandbox at all; NULL: it has one. */
extern const char *const lacks_sandbox;
/* "landlock is not available (ENOSYS)", "" when it is. *abi is its version, 0 without. Errors:
 * SCOV_E_WORKER. */
int lacks_landlock(char text[LACKS_TEXT], long *abi, struct scov_err *err);
/* The text for the errno of a landlock call that says "not here"; NULL for another errno. */
const char *lacks_errno(int e);
