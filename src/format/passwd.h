/* passwd.h - passwd(5) and group(5) lines.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/span.h"

enum {
	PASSWD_LINES_MAX = 4096,
	PASSWD_LINE_LENGTH_MAX = 64 << 10, /* of passwd: runtimes fail at such a line; Go, bufio */
};

struct passwd_reader {
	struct span rest;
	uint32_t line;      /* of the last line that was read, from 1 */
	bool has_long_line; /* one of PASSWD_LINE_LENGTH_MAX bytes or more was read */
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
/* The next line that is not blank, as runtimes take it, at most PASSWD_LINES_MAX lines. */
bool passwd_next(struct passwd_reader *r, struct passwd_user *out);
bool group_next(struct passwd_reader *r, struct passwd_group *out);
