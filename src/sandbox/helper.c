/* helper.c - the program's side: start scoville-worker and know whether it lives.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "sandbox/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/fd.h"
#include "sandbox/wire.h"

enum { END_MS = 2000, SLICE_MS = 100 };

struct helper {
	pid_t pid;
	int socket;
	bool is_ready;
	int waited_ms; /* for its hello */
	char path[512], who[96];
	struct wire_hello hello;
};

/* Signals of the terminal are for the program, which then cancels: hence a process group of its
 * own. */
static int spawn(const char *path, bool unconfined, int socket, int payload, pid_t *pid)
{
	char *argv[] = { (char *)"scoville-worker", NULL, NULL, NULL };
	size_t argc = 1;
	char *envp[] = { NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t all, none;

	if (unconfined)
		argv[argc++] = (char *)"--no-sandbox";
	if (payload >= 0)
		argv[argc++] = (char *)"--payload";
	sigfillset(&all);
	sigemptyset(&none);
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attr);
	posix_spawn_file_actions_adddup2(&actions, socket, WIRE_SOCKET);
	if (payload >= 0)
		posix_spawn_file_actions_adddup2(&actions, payload, WIRE_PAYLOAD);
	posix_spawnattr_setsigdefault(&attr, &all);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setpgroup(&attr, 0);
	posix_spawnattr_setflags(
		&attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	int rc = posix_spawn(pid, path, &actions, &attr, argv, envp);

	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	return rc;
}

int helper_start(const char *path, const char *who, bool unconfined, int payload,
	struct helper **out, struct scov_err *err)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return err_fail(err, SCOV_E_WORKER, "scoville-worker: socket: %s", strerror(errno));
	scoped_fd int ours = ends[0], theirs = ends[1];
	/* Above what the child's socket is moved to. */
	scoped_fd int high = payload < 0 ? -1 : fcntl(payload, F_DUPFD_CLOEXEC, WIRE_PAYLOAD + 1);

	if (payload >= 0 && high < 0)
		return err_fail(err, SCOV_E_WORKER, "scoville-worker: %s", strerror(errno));
	struct helper *h = mem_alloc(sizeof(*h));

	if (!h)
		return err_memory(err);
	/* dup2 onto itself would keep CLOEXEC: glibc clears it, others need not. */
	int rc = spawn(path, unconfined, theirs, high, &h->pid);

	if (rc) {
		mem_free(h);
		return err_fail(err, SCOV_E_WORKER, "cannot start '%s': %s", path, strerror(rc));
	}
	snprintf(h->path, sizeof(h->path), "%s", path);
	snprintf(h->who, sizeof(h->who), "%s", who);
	h->socket = fd_take(&ours);
	*out = h;
	return 0;
}

static int greet(struct helper *h, const struct call *call, struct scov_err *err)
{
	struct pollfd p = { .fd = h->socket, .events = POLLIN };

	for (int rc; poll(&p, 1, SLICE_MS) <= 0; h->waited_ms += SLICE_MS) {
		if ((rc = call_check(call, err)))
			return rc;
		if (h->waited_ms >= HELPER_WAIT_MS)
			return err_fail(err, SCOV_E_WORKER, "'%s' does not answer", h->path);
	}
	ssize_t len = recv(h->socket, &h->hello, sizeof(h->hello), 0);

	if (len <= 0)
		return err_fail(err, SCOV_E_WORKER, "'%s' ended before it was ready", h->path);
	h->hello.who[sizeof(h->hello.who) - 1] = 0;
	h->hello.note[sizeof(h->hello.note) - 1] = 0;
	h->hello.error[sizeof(h->hello.error) - 1] = 0;
	if (len != sizeof(h->hello) || strcmp(h->hello.who, h->who) != 0)
		return err_fail(err, SCOV_E_WORKER,
			"'%s' is another version: it is '%s', needed is '%s'", h->path,
			h->hello.who, h->who);
	if (h->hello.error[0])
		return err_fail(err, SCOV_E_WORKER, "%s", h->hello.error);
	h->is_ready = true;
	return 0;
}

int helper_ready(struct helper *h, const struct call *call, struct scov_err *err)
{
	return h->is_ready ? 0 : greet(h, call, err);
}

const char *helper_note(const struct helper *h)
{
	return h->hello.note;
}

pid_t helper_pid(const struct helper *h)
{
	return h->pid;
}

bool helper_is_dead(const struct helper *h)
{
	struct pollfd p = { .fd = h->socket };

	return poll(&p, 1, 0) > 0 && (p.revents & (POLLHUP | POLLERR));
}

/* It ends by itself when the socket closes; one that does not is killed. The program may have its
 * children reaped elsewhere, so waitpid may find none. */
void helper_free(struct helper *h)
{
	if (!h)
		return;
	struct pollfd p = { .fd = h->socket };

	shutdown(h->socket, SHUT_WR);
	if (poll(&p, 1, END_MS) == 0)
		kill(h->pid, SIGKILL);
	close(h->socket);
	while (waitpid(h->pid, NULL, 0) < 0 && errno == EINTR)
		;
	mem_free(h);
}

int helper_socket(const struct helper *h)
{
	return h->socket;
}
