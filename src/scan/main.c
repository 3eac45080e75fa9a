/* main.c - scoville-worker: a small process that the program starts, and that forks one worker a
 * part.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "sandbox/missing.h"
#include "sandbox/wire.h"
#include "sandbox/zygote.h"
#include "scan/pass.h"
#include "scan/selftest.h"

#ifdef SCOV_SANITIZED
/* A worker exits with its second thread waiting; the thread sanitizer would sleep a second over
 * that, and no environment reaches a worker. */
const char *__tsan_default_options(void);
__attribute__((visibility("default"))) const char *__tsan_default_options(void)
{
	return "atexit_sleep_ms=0";
}
#endif

static int prepare(struct span request, void **state, struct scov_err *err)
{
	struct pass_request r;

	/* Who asks is the program of our own version: only a bug gets here. */
	if (request.len != sizeof(r)) {
		*err = (struct scov_err){ SCOV_E_WORKER, "a request of another version" };
		return err->code;
	}
	memcpy(&r, request.p, sizeof(r));
	struct pass *p = NULL;
	int rc = pass_new(&r, &p, err);

	*state = p;
	return rc;
}

static void run(void *state, struct intake *in, struct answer_head *head, size_t cap)
{
	struct scov_err err = { 0 };
	size_t len = 0;

	if (pass_run(state, in, (uint8_t *)head + ANSWER_HEAD, cap, &len, &err))
		answer_fail(head, &err);
	else
		answer_done(head, len, 0);
}

static int usage(void)
{
	fputs("scoville-worker is started by scoville; by hand it accepts only --version and "
	      "--self-test\n",
		stderr);
	return 2;
}

int main(int argc, char **argv)
{
	char who[PASS_WHO];
	struct zygote_ops ops = { pass_who(who), pass_warm, prepare, run };
	int type;
	socklen_t size = sizeof(type);

	mallopt(M_ARENA_MAX, 1); /* two threads, one of which allocates: a second arena is waste */
	if (argc == 2 && strcmp(argv[1], "--version") == 0)
		return puts(who) < 0;
	if (argc == 2 && strcmp(argv[1], "--self-test") == 0)
		return selftest(missing_sandbox, &ops);
	bool open = false, has_payload = false;

	for (int i = 1; i < argc; i++) {
		bool is_open = strcmp(argv[i], "--no-sandbox") == 0;

		if (!is_open && strcmp(argv[i], "--payload") != 0)
			return usage();
		open |= is_open;
		has_payload |= !is_open;
	}
	if (getsockopt(WIRE_SOCKET, SOL_SOCKET, SO_TYPE, &type, &size) < 0 ||
		type != SOCK_SEQPACKET)
		return usage();
	return zygote_main(open ? "--no-sandbox" : missing_sandbox, has_payload, &ops);
}
