/* Kernels without landlock or without filters, played by a filter of the test's own.
 * SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "scan/selftest_data.h"
#include "tests/unit/scan/rig.h"

/* From now on, here and in children, the call `nr` fails with `error`; with nr prctl only
 * PR_GET_SECCOMP does. */
static bool deny(unsigned nr, unsigned error)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 4),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prctl, 0, 2),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PR_GET_SECCOMP, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog p = { .len = sizeof(code) / sizeof(*code), .filter = code };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &p) == 0;
}

enum { AS_WANTED, NO_FILTER, WRONG_CODE, WRONG_TEXT, NO_PART };

static int scan_with(unsigned nr, unsigned error, bool no_sandbox, int code, const char *text)
{
	struct rig_blob b = rig_blob(span_of(tar_gzip, sizeof(tar_gzip)));
	struct rig o = rig_options();
	struct scan_job job = rig_job(&b);
	struct scov_err err = { 0 };
	char note[CREW_NOTE];

	o.crew.no_sandbox = no_sandbox;
	if (!deny(nr, error))
		return NO_FILTER;
	struct crew *s = rig_crew(&o);
	int rc = scan_run(&o.scan, &job, 1, &err);
	struct span said = rc ? span_str(err.text) : span_str(crew_note(s, note));

	fprintf(stderr, "%d '%.*s'\n", rc, SPAN_ARG(said));
	if (rc != code)
		return WRONG_CODE;
	if (!span_has(said, span_str(text)))
		return WRONG_TEXT;
	return rc || job.part ? AS_WANTED : NO_PART;
}

static void a_poorer_kernel_is_said_or_refused(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		unsigned nr, error;
		bool open;
		int code;
		const char *text;
	} rows[] = {
		{ "no landlock in the kernel", SYS_landlock_create_ruleset, ENOSYS, false, 0,
			"landlock is not available (ENOSYS)" },
		{ "landlock switched off", SYS_landlock_create_ruleset, EOPNOTSUPP, false, 0,
			"landlock is not available (EOPNOTSUPP)" },
		{ "a container's own filter", SYS_landlock_create_ruleset, EPERM, false, 0,
			"landlock is not available (EPERM)" },
		{ "landlock half there", SYS_landlock_restrict_self, EPERM, false, 0,
			"landlock is not available (EPERM)" },
		{ "landlock fails otherwise", SYS_landlock_restrict_self, EIO, false, SCOV_E_WORKER,
			"landlock: " },
		{ "no filters", SYS_prctl, EINVAL, false, SCOV_E_WORKER, "--no-sandbox" },
		{ "no filters, and that is taken", SYS_prctl, EINVAL, true, 0, "--no-sandbox" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int status;
		pid_t pid = fork();

		if (pid == 0)
			_exit(scan_with(rows[i].nr, rows[i].error, rows[i].open, rows[i].code,
				rows[i].text));
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (status)
			fail_msg("%s: status %d", rows[i].name, WEXITSTATUS(status));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(a_poorer_kernel_is_said_or_refused) };

	rig_options();
#ifdef SCOV_SANITIZED
	puts("SKIP: a build with sanitizers has no sandbox");
	return 77;
#endif
	return cmocka_run_group_tests(tests, NULL, NULL);
}
