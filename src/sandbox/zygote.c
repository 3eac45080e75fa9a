/* zygote.c - inside scoville-worker: wait for requests, fork a worker for each.
 *
 * One thread, so fork is safe here. A worker has a socket of its job, kept open by this process
 * only: closed or shut by the program it means "kill", and the worker's end is written to it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "sandbox/zygote.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "sandbox/confine.h"
#include "sandbox/helper.h"
#include "sandbox/wire.h"

enum { OPEN_MAX_GUESS = 4096 };

struct job {
	pid_t pid; /* 0: the row is free */
	int socket;
	bool killed;
};

static struct zygote {
	const struct zygote_ops *ops;
	const char *open_why; /* NULL: confined */
	int signals;
	pid_t self;
	struct job jobs[HELPER_JOBS];
} z;

static void close_from(int first)
{
	if (syscall(SYS_close_range, first, ~0U, 0) == 0)
		return;
	for (int fd = first; fd < OPEN_MAX_GUESS; fd++)
		close(fd);
}

/* Nothing of the program stays open but the socket; 0, 1 and 2 lead nowhere, so that no library
 * writes elsewhere. A sanitizer's report needs 2. */
static int leave_descriptors(void)
{
	close_from(WIRE_SOCKET + 1);
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0)
		return -1;
#ifdef SCOV_SANITIZED
	int last = 1;
#else
	int last = 2;
#endif
	for (int fd = 0; fd <= last; fd++)
		if (dup2(null, fd) < 0)
			return -1;
	if (null > 2)
		close(null);
	return fcntl(WIRE_SOCKET, F_SETFD, FD_CLOEXEC);
}

/* Nobody can change or cut what is sealed, so it is read where it lies. */
static int take_payload(struct span *out, struct scov_err *err)
{
	const int seals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW;
	struct stat st;

	if (fstat(WIRE_PAYLOAD, &st) < 0 || st.st_size <= 0 ||
		(fcntl(WIRE_PAYLOAD, F_GET_SEALS) & seals) != seals)
		return err_fail(err, SCOV_E_WORKER, "scoville-worker: its rules are not sealed");
	void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, WIRE_PAYLOAD, 0);

	if (p == MAP_FAILED)
		return err_fail(
			err, SCOV_E_WORKER, "scoville-worker: its rules: %s", strerror(errno));
	*out = span_of(p, (size_t)st.st_size);
	return 0;
}

static int prepare(bool has_payload, struct scov_err *err)
{
	struct span payload = { 0 };
	int rc = has_payload ? take_payload(&payload, err) : 0;

	if (!rc && leave_descriptors() < 0)
		rc = err_fail(
			err, SCOV_E_WORKER, "scoville-worker: /dev/null: %s", strerror(errno));
	return rc ? rc : z.ops->warm(payload, err);
}

static bool say_hello(bool has_payload)
{
	struct wire_hello hello = { .who = "" };
	struct scov_err err = { 0 };

	snprintf(hello.who, sizeof(hello.who), "%s", z.ops->who);
	int rc = prepare(has_payload, &err);

	if (z.open_why)
		snprintf(hello.note, sizeof(hello.note), "%s", z.open_why);
	else if (!rc && !(rc = confine_can_filter(&err)))
		rc = confine_helper(hello.note, &err);
	if (rc)
		snprintf(hello.error, sizeof(hello.error), "%.200s", err.text);
	return send(WIRE_SOCKET, &hello, sizeof(hello), MSG_NOSIGNAL) == sizeof(hello) && !rc;
}

_Noreturn void zygote_work(bool unconfined, const struct zygote_ops *ops, struct span request,
	const struct zygote_bounds *bounds, struct intake *in, struct answer_head *head,
	size_t answer_size)
{
	struct scov_err err = { 0 };
	void *state = NULL;
	int rc = unconfined ? 0 : confine_limits(bounds->memory, bounds->cpu_seconds, &err);

	if (!rc)
		rc = ops->prepare(request, &state, &err);
	if (!rc && !unconfined)
		rc = confine_filter(&err);
	if (rc)
		answer_fail(head, &err);
	else
		ops->run(state, in, head, answer_size - ANSWER_HEAD);
	_exit(0);
}

static _Noreturn void become_worker(const struct wire_start *m, int fds[WIRE_FDS])
{
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() != z.self)
		_exit(1);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	struct answer_head *head = answer_map(fds[2], (size_t)m->answer_size);
	struct intake in;

	if (!head || !intake_open(&in, fds[1], WIRE_SOCKET))
		_exit(2);
	/* Only the socket of the bytes stays, as the lowest that we need: whatever else is open
	 * belongs to other jobs. */
	if (dup2(fds[0], WIRE_SOCKET) < 0)
		_exit(2);
	close_from(WIRE_SOCKET + 1);
	struct zygote_bounds bounds = { m->memory, m->cpu_seconds };

	zygote_work(z.open_why, z.ops, span_of(m->request, m->request_len), &bounds, &in, head,
		(size_t)m->answer_size);
}

static void say_end(int socket, int error, int status)
{
	struct wire_end end = { .error = error, .status = status };

	/* The program may have gone; then nobody is left to tell. */
	if (send(socket, &end, sizeof(end), MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		return;
}

static struct job *free_row(void)
{
	for (size_t i = 0; i < HELPER_JOBS; i++)
		if (!z.jobs[i].pid)
			return &z.jobs[i];
	return NULL;
}

static void start(const struct wire_start *m, int fds[WIRE_FDS])
{
	struct job *j = free_row();
	pid_t pid = j ? fork() : -1;

	if (pid == 0)
		become_worker(m, fds);
	if (pid < 0) {
		say_end(fds[3], j ? errno : EAGAIN, 0);
		return;
	}
	*j = (struct job){ .pid = pid, .socket = fds[3] };
	fds[3] = -1;
}

/* The descriptors of a message, all of them or none. */
static bool take_fds(struct msghdr *msg, int fds[WIRE_FDS])
{
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);

	if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS ||
		c->cmsg_len != CMSG_LEN(WIRE_FDS * sizeof(int)) || (msg->msg_flags & MSG_CTRUNC))
		return false;
	memcpy(fds, CMSG_DATA(c), WIRE_FDS * sizeof(int));
	return true;
}

/* False when the program has gone. */
static bool hear(void)
{
	struct wire_start m;
	union {
		char bytes[CMSG_SPACE(WIRE_FDS * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec io = { .iov_base = &m, .iov_len = sizeof(m) };
	struct msghdr msg = {
		.msg_iov = &io,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
	};
	ssize_t n = recvmsg(WIRE_SOCKET, &msg, MSG_CMSG_CLOEXEC);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	int fds[WIRE_FDS];

	/* The program is the other side; a message that is wrong means that it is not the one we
	 * know. */
	if (n != sizeof(m) || m.request_len > sizeof(m.request) || m.answer_size < ANSWER_HEAD ||
		!take_fds(&msg, fds))
		return false;
	start(&m, fds);
	for (int i = 0; i < WIRE_FDS; i++)
		fd_close(&fds[i]);
	return true;
}

static void reap(void)
{
	struct signalfd_siginfo info;
	int status;
	pid_t pid;

	while (read(z.signals, &info, sizeof(info)) > 0)
		;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (size_t i = 0; i < HELPER_JOBS; i++)
			if (z.jobs[i].pid == pid) {
				say_end(z.jobs[i].socket, 0, status);
				fd_close(&z.jobs[i].socket);
				z.jobs[i].pid = 0;
			}
}

static bool serve(void)
{
	struct pollfd p[2 + HELPER_JOBS] = {
		{ .fd = WIRE_SOCKET, .events = POLLIN },
		{ .fd = z.signals, .events = POLLIN },
	};

	for (size_t i = 0; i < HELPER_JOBS; i++)
		p[2 + i] = (struct pollfd){
			.fd = z.jobs[i].pid && !z.jobs[i].killed ? z.jobs[i].socket : -1,
			.events = POLLIN | POLLRDHUP,
		};
	if (poll(p, 2 + HELPER_JOBS, -1) < 0)
		return errno == EINTR;
	for (size_t i = 0; i < HELPER_JOBS; i++)
		if (p[2 + i].fd >= 0 && p[2 + i].revents) {
			kill(z.jobs[i].pid, SIGKILL);
			z.jobs[i].killed = true;
		}
	if (p[1].revents)
		reap();
	return p[0].revents ? hear() : true;
}

int zygote_main(const char *open_why, bool has_payload, const struct zygote_ops *ops)
{
	sigset_t child;

	z.ops = ops;
	z.open_why = open_why;
	z.self = getpid();
	if (!say_hello(has_payload))
		return 1;
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &child, NULL) < 0)
		return 1;
	z.signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
	if (z.signals < 0)
		return 1;
	while (serve())
		;
	for (size_t i = 0; i < HELPER_JOBS; i++)
		if (z.jobs[i].pid)
			kill(z.jobs[i].pid, SIGKILL);
	while (waitpid(-1, NULL, 0) > 0)
		;
	return 0;
}
