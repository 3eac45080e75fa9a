/* confine.c - landlock and the kernel's limits.
 *
 * Source: Linux Documentation/userspace-api/landlock.rst (ABI 1 to 7), setrlimit(2), prctl(2).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "sandbox/confine.h"

#include <errno.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "sandbox/missing.h"

/* struct landlock_ruleset_attr as ABI 6 has it; the header of the build machine may be older. */
struct ruleset {
	uint64_t fs, net, scoped;
};

/* Rights on files by ABI: 13 in ABI 1, then REFER, TRUNCATE, and IOCTL_DEV in ABI 5. */
static struct ruleset rights(long abi)
{
	static const unsigned fs_bits[] = { 0, 13, 14, 15, 15, 16 };
	unsigned bits = fs_bits[abi < 5 ? abi : 5];

	return (struct ruleset){
		.fs = ((uint64_t)1 << bits) - 1,
		.net = abi >= 4 ? 3 : 0,    /* TCP bind and connect */
		.scoped = abi >= 6 ? 3 : 0, /* abstract sockets and signals to others */
	};
}

static size_t ruleset_size(long abi)
{
	return abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
}

static int landlock(char note[CONFINE_NOTE], struct scov_err *err)
{
	long abi;

	if (missing_landlock(note, &abi, err))
		return SCOV_E_WORKER;
	if (abi == 0)
		return 0;
	struct ruleset r = rights(abi);
	int fd = (int)syscall(SYS_landlock_create_ruleset, &r, ruleset_size(abi), 0);
	int rc = fd < 0 ? -1 : (int)syscall(SYS_landlock_restrict_self, fd, 0);
	int e = errno;

	if (fd >= 0)
		close(fd);
	if (rc == 0)
		return 0;
	if (!missing_errno(e))
		return err_fail(err, SCOV_E_WORKER, "landlock: %s", strerror(e));
	snprintf(note, CONFINE_NOTE, "landlock is not available (%s)", missing_errno(e));
	return 0;
}

int confine_helper(char note[CONFINE_NOTE], struct scov_err *err)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return err_fail(err, SCOV_E_WORKER, "no_new_privs: %s", strerror(errno));
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return err_fail(err, SCOV_E_WORKER, "dumpable: %s", strerror(errno));
	return landlock(note, err);
}

static int lower(int which, uint64_t to, uint64_t hard)
{
	struct rlimit now;

	if (getrlimit(which, &now) < 0)
		return -1;
	if (now.rlim_max != RLIM_INFINITY && hard > now.rlim_max)
		hard = now.rlim_max;
	if (to > hard)
		to = hard;
	return setrlimit(which, &(struct rlimit){ .rlim_cur = to, .rlim_max = hard });
}

/* A second of processor time between SIGXCPU, which says what happened, and SIGKILL. */
int confine_limits(uint64_t memory, uint64_t cpu_seconds, struct scov_err *err)
{
	if (lower(RLIMIT_CORE, 0, 0) < 0 || lower(RLIMIT_DATA, memory, memory) < 0 ||
		lower(RLIMIT_CPU, cpu_seconds, cpu_seconds + 1) < 0 ||
		lower(RLIMIT_FSIZE, 0, 0) < 0)
		return err_fail(err, SCOV_E_WORKER, "limits of the worker: %s", strerror(errno));
	return 0;
}
