/* os_release.h - os-release files: KEY=value lines with the quoting of a shell.
 *
 * Source: os-release(5).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/span.h"

enum { OS_RELEASE_VALUE_MAX = 1024 };

struct os_release_line {
	struct span key;
	size_t value_len;
	uint8_t value[OS_RELEASE_VALUE_MAX]; /* unquoted; cut at its size */
	bool cut;
};

/* The next assignment; comments and other lines are skipped. */
bool os_release_next(struct span *rest, struct os_release_line *out);
