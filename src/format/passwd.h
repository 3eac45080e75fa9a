/* passwd.h - passwd(5) and group(5) lines.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/span.h"

enum { PASSWD_LINES_MAX = 4096 };

struct passwd_reader {
	struct span rest;
	uint32_t line; /* of the last line that was read, from 1 */
	uint32_t bad;  /* lines that are neither empty, a comment nor an account */
};

struct passwd_user {
	struct span name, home, shell;
	uint32_t uid, gid;
};

struct passwd_group {
	struct span name;
	uint32_t gid;
};

struct passwd_reader passwd_read(struct span in);
/* The next account, at most PASSWD_LINES_MAX lines. */
bool passwd_next(struct passwd_reader *r, struct passwd_user *out);
bool group_next(struct passwd_reader *r, struct passwd_group *out);
