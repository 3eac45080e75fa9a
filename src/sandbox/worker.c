/* worker.c - the program's side of one worker: feed it, watch it, end it, say how it ended.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "sandbox/helper.h"
#include "sandbox/wire.h"

/* SLICE_MS: how often cancelling is looked at. */
enum { SLICE_MS = 100, KILL_MS = 5000 };

static int send_start(struct helper *h, const struct wire_start *m, const int fds[WIRE_FDS])
{
	union {
		char bytes[CMSG_SPACE(WIRE_FDS * sizeof(int))];
		struct cmsghdr align;
	} control = { { 0 } };
	struct iovec io = { .iov_base = (void *)m, .iov_len = sizeof(*m) };
	struct msghdr msg = {
		.msg_iov = &io,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
	ssize_t n;

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(WIRE_FDS * sizeof(int));
	memcpy(CMSG_DATA(c), fds, WIRE_FDS * sizeof(int));
	do
		n = sendmsg(helper_socket(h), &msg, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n == sizeof(*m) ? 0 : -1;
}

int worker_start(
	struct helper *h, const struct worker_spec *spec, struct worker *out, struct scov_err *err)
{
	struct wire_start m = {
		.memory = spec->memory,
		.cpu_seconds = spec->cpu_seconds,
		.answer_size = spec->answer_size,
		.request_len = (uint32_t)spec->request.len,
	};
	int job[2];

	if (spec->request.len > sizeof(m.request))
		return err_fail(err, SCOV_E_WORKER, "a request of %zu bytes", spec->request.len);
	if (spec->request.len)
		memcpy(m.request, spec->request.p, spec->request.len);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, job) < 0)
		return err_fail(err, SCOV_E_IO, "socket to the worker: %s", strerror(errno));
	scoped_fd int ours = job[0], theirs = job[1], answer = -1, memory = -1, socket = -1;
	int rc = answer_new(spec->answer_size, &answer, err);
	struct supply supply;

	if (!rc)
		rc = supply_new(&supply, &memory, &socket, err);
	if (rc)
		return rc;
	if (send_start(h, &m, (int[]){ socket, memory, answer, theirs }) < 0) {
		supply_release(&supply);
		return err_fail(
			err, SCOV_E_WORKER, "scoville-worker has ended: %s", strerror(errno));
	}
	*out = (struct worker){
		.supply = supply,
		.job = fd_take(&ours),
		.answer = fd_take(&answer),
		.answer_size = spec->answer_size,
	};
	return 0;
}

static void hear_end(struct worker *w)
{
	struct wire_end end;
	ssize_t n;

	do
		n = recv(w->job, &end, sizeof(end), 0);
	while (n < 0 && errno == EINTR);
	supply_hear(&w->supply);
	w->ended = true;
	w->orphan = n != sizeof(end);
	w->status = w->orphan ? 0 : end.status;
	w->error = w->orphan ? 0 : end.error;
}

/* Waits for a slot to fill or, with room false, for the end only. Slices that pass without a byte
 * taken are added up, not read off a clock: a program that was stopped for an hour has not waited.
 */
static int wait_for(struct worker *w, bool room, const struct patience *until, struct scov_err *err)
{
	uint64_t waited = 0, had = w->supply.consumed;

	while (!room || supply_is_full(&w->supply)) {
		struct pollfd p[2] = {
			{ .fd = w->job, .events = POLLIN },
			{ .fd = w->supply.is_hung_up ? -1 : w->supply.socket, .events = POLLIN },
		};
		int n = poll(p, 2, SLICE_MS), rc = call_check(until->call, err);

		if (rc)
			return rc;
		if (n < 0 && errno != EINTR)
			return err_fail(
				err, SCOV_E_IO, "waiting for the worker: %s", strerror(errno));
		if (n > 0 && p[1].revents)
			supply_hear(&w->supply);
		if (n > 0 && p[0].revents) {
			hear_end(w);
			return 0;
		}
		if (n == 0)
			waited += SLICE_MS;
		if (w->supply.consumed != had)
			waited = 0;
		had = w->supply.consumed;
		if (waited >= until->stall_ms)
			return err_fail(err, SCOV_E_WORKER,
				"the worker read nothing for %llu seconds (%llu bytes consumed)",
				(unsigned long long)(until->stall_ms / 1000),
				(unsigned long long)had);
	}
	return 0;
}

int worker_room(struct worker *w, const struct patience *until, uint8_t **out, size_t *cap,
	struct scov_err *err)
{
	int rc = call_check(until->call, err);

	if (!rc && !w->ended && supply_is_full(&w->supply))
		rc = wait_for(w, true, until, err);
	if (!rc)
		*out = supply_room(&w->supply, cap);
	return rc;
}

void worker_give(struct worker *w, size_t len)
{
	supply_give(&w->supply, len);
}

int worker_finish(struct worker *w, const struct patience *until, struct scov_err *err)
{
	supply_end(&w->supply);
	return w->ended ? 0 : wait_for(w, false, until, err);
}

/* Has it killed and waits until it has ended. Nothing to do when it has. */
static void worker_kill(struct worker *w)
{
	struct pollfd p = { .fd = w->job, .events = POLLIN };

	if (w->ended)
		return;
	shutdown(w->job, SHUT_WR);
	/* The helper answers at once; one that is stopped itself must not hold us. */
	for (int n, waited = 0; waited < KILL_MS; waited += SLICE_MS) {
		n = poll(&p, 1, SLICE_MS);
		if (n > 0) {
			hear_end(w);
			return;
		}
	}
	w->ended = w->orphan = true;
}

static const struct {
	int number;
	const char *name, *meaning;
} signals[] = {
	{ SIGSYS, "SIGSYS", "it made a system call that the sandbox forbids" },
	{ SIGKILL, "SIGKILL", "from outside, or the system ran out of memory" },
	{ SIGXCPU, "SIGXCPU", "it used more processor time than the limit worker_seconds" },
	{ SIGSEGV, "SIGSEGV", "invalid memory access" },
	{ SIGBUS, "SIGBUS", "invalid memory access" },
	{ SIGABRT, "SIGABRT", "internal check failed" },
	{ SIGILL, "SIGILL", "internal check failed" },
	{ SIGTRAP, "SIGTRAP", "internal check failed" },
	{ SIGFPE, "SIGFPE", "it divided by zero" },
	{ SIGTERM, "SIGTERM", "from outside" },
};

int worker_verdict(const struct worker *w, struct scov_err *err)
{
	unsigned long long used = (unsigned long long)w->supply.consumed;

	if (!w->ended || w->orphan)
		return err_fail(err, SCOV_E_WORKER,
			"scoville-worker itself died (%llu bytes consumed)", used);
	if (w->supply.lost)
		return err_fail(err, SCOV_E_IO, "sending to the worker: %s (%llu bytes consumed)",
			strerror(w->supply.lost), used);
	if (w->error)
		return err_fail(
			err, SCOV_E_WORKER, "the worker could not start: %s", strerror(w->error));
	if (WIFEXITED(w->status) && WEXITSTATUS(w->status) == 0)
		return 0;
	if (!WIFSIGNALED(w->status))
		return err_fail(err, SCOV_E_WORKER,
			"the worker ended with status %d (%llu bytes consumed)",
			WEXITSTATUS(w->status), used);
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		if (signals[i].number == WTERMSIG(w->status))
			return err_fail(err, SCOV_E_WORKER,
				"the worker was killed by signal %d (%s): %s (%llu bytes consumed)",
				signals[i].number, signals[i].name, signals[i].meaning, used);
	return err_fail(err, SCOV_E_WORKER,
		"the worker was killed by signal %d (%llu bytes consumed)", WTERMSIG(w->status),
		used);
}

void worker_release(struct worker *w)
{
	worker_kill(w);
	supply_release(&w->supply);
	fd_close(&w->job);
	fd_close(&w->answer);
}
