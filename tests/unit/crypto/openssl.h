/* openssl.h - for the tests of keys and certificates: a folder in which the openssl command works.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/fd.h"
#include "tests/unit/unit.h"

static char folder[] = "/tmp/scoville-crypto-XXXXXX";
static struct arena files; /* what was read */

static inline int folder_make(void **state)
{
	(void)state;
	return mkdtemp(folder) && !chdir(folder) ? 0 : -1;
}

static inline int folder_drop(void **state)
{
	(void)state;
	arena_release(&files);
	return chdir("/") ? -1 : system(arena_printf(&files, "rm -rf %s", folder));
}

/* Shell commands in the folder: did all succeed? */
static inline bool shell(const char *commands)
{
	struct arena a = { 0 };
	int rc = system(arena_printf(&a, "{ set -e; %s; } >log 2>&1", commands));

	arena_release(&a);
	return rc == 0;
}

static inline void must_run(const char *name, const char *commands)
{
	if (!shell(commands)) {
		(void)!system("cat log >&2");
		fail_msg("%s: %s", name, commands);
	}
}

static inline struct span content(const char *name)
{
	struct span s = { 0 };

	if (fd_load(AT_FDCWD, name, 16 << 20, &files, &s, NULL))
		fail_msg("%s: not there", name);
	return s;
}

static inline void put(const char *name, struct span s)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, s.p, s.len), (ssize_t)s.len);
	close(fd);
}
