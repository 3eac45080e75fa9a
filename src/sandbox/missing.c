/* missing.c - what the sandbox of this build, on this kernel, does without.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "sandbox/missing.h"

#include <errno.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"

#ifdef SCOV_SANITIZED
const char *const missing_sandbox = "a build with sanitizers, which die of filter and limits";
#else
const char *const missing_sandbox = NULL;
#endif

const char *missing_errno(int e)
{
	return e == ENOSYS       ? "ENOSYS"
	       : e == EOPNOTSUPP ? "EOPNOTSUPP"
	       : e == EPERM      ? "EPERM"
				 : NULL;
}

int missing_landlock(char text[MISSING_TEXT], long *abi, struct scov_err *err)
{
	text[0] = 0;
	*abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	if (*abi > 0)
		return 0;
	const char *why = *abi < 0 ? missing_errno(errno) : "no version";

	if (!why)
		return err_fail(err, SCOV_E_WORKER, "landlock: %s", strerror(errno));
	*abi = 0;
	snprintf(text, MISSING_TEXT, "landlock is not available (%s)", why);
	return 0;
}
