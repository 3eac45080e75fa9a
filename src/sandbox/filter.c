/* filter.c - which calls a worker may make, by libseccomp.
 *
 * The list is what glibc 2.36 and OpenSSL 3.0 were seen to need once the threads run, and what
 * newer ones use for the same ends. A call that looks for a file gets EACCES, because libraries try
 * files and go on without; the rest kills.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <linux/seccomp.h>
#include <unistd.h>

#include "base/err.h"
#include "sandbox/confine.h"

static const int allowed[] = {
	SCMP_SYS(read),
	SCMP_SYS(readv),
	SCMP_SYS(write),
	SCMP_SYS(writev),
	SCMP_SYS(close),
	SCMP_SYS(futex),
	SCMP_SYS(futex_time64),
	SCMP_SYS(sched_yield),
	SCMP_SYS(restart_syscall),
	SCMP_SYS(munmap),
	SCMP_SYS(madvise),
	SCMP_SYS(brk),
	SCMP_SYS(mremap),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sigreturn),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
	SCMP_SYS(getpid),
	SCMP_SYS(gettid),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_gettime64),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(time),
	SCMP_SYS(getrandom),
	SCMP_SYS(sysinfo),
	SCMP_SYS(set_robust_list),
	SCMP_SYS(rseq),
};

static const int refused[] = {
	SCMP_SYS(open),
	SCMP_SYS(openat),
	SCMP_SYS(openat2),
	SCMP_SYS(stat),
	SCMP_SYS(lstat),
	SCMP_SYS(fstat),
	SCMP_SYS(stat64),
	SCMP_SYS(lstat64),
	SCMP_SYS(fstat64),
	SCMP_SYS(newfstatat),
	SCMP_SYS(fstatat64),
	SCMP_SYS(statx),
	SCMP_SYS(access),
	SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2),
	SCMP_SYS(readlink),
	SCMP_SYS(readlinkat),
	SCMP_SYS(ioctl),
};

static int memory(scmp_filter_ctx f)
{
	static const int calls[] = { SCMP_SYS(mmap), SCMP_SYS(mmap2), SCMP_SYS(mprotect) };
	int rc = 0;

	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls) && !rc; i++)
		rc = seccomp_rule_add(
			f, SCMP_ACT_ALLOW, calls[i], 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	return rc;
}

static int rules(scmp_filter_ctx f)
{
	int rc = memory(f);

	for (size_t i = 0; i < sizeof(allowed) / sizeof(*allowed) && !rc; i++)
		rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, allowed[i], 0);
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused) && !rc; i++)
		rc = seccomp_rule_add(f, SCMP_ACT_ERRNO(EACCES), refused[i], 0);
	/* abort() in the worker itself must differ from a forbidden call. */
	if (!rc)
		rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 2,
			SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()),
			SCMP_A2(SCMP_CMP_EQ, SIGABRT));
	return rc;
}

int confine_filter(struct scov_err *err)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_KILL_PROCESS);

	if (!f)
		return err_fail(err, SCOV_E_WORKER, "seccomp: out of memory");
	int rc = seccomp_attr_set(f, SCMP_FLTATR_CTL_TSYNC, 1);

	if (!rc)
		rc = seccomp_attr_set(f, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	if (!rc)
		rc = rules(f);
	if (!rc)
		rc = seccomp_load(f);
	seccomp_release(f);
	return rc ? err_fail(err, SCOV_E_WORKER, "seccomp: %s", strerror(-rc)) : 0;
}

int confine_can_filter(struct scov_err *err)
{
	if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) < 0 || seccomp_api_get() < 2)
		return err_fail(err, SCOV_E_WORKER,
			"this kernel has no system call filter (seccomp); --no-sandbox "
			"runs without one");
	return 0;
}
