/* helper.c - ask a docker-credential-* program for the secret of one server.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "source/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/fd.h"

extern char **environ;

enum { TICK_MS = 50 };

/* Its own process group, so that a shell script and what it started end together. */
static int spawn(char *program, int in, int out, pid_t *pid)
{
	char *argv[] = { program, "get", NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none, usual;

	sigemptyset(&none);
	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE);
	sigaddset(&usual, SIGINT);
	sigaddset(&usual, SIGTERM);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(
		&attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setpgroup(&attr, 0);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &usual);
	int rc = posix_spawnp(pid, program, &files, &attr, argv, environ);

	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return rc;
}

static int check_time(const struct credentials_search *b, int64_t until, struct scov_err *err)
{
	int rc = call_check(b->call, err);

	if (!rc && clock_ms() >= until)
		rc = err_fail(
			err, SCOV_E_TIMEOUT, "no answer within %d s", CREDENTIALS_HELPER_MS / 1000);
	return rc;
}

static int listen_to(int fd, const struct credentials_search *b, int64_t until, struct buf *answer,
	struct scov_err *err)
{
	char piece[4096];
	int rc;

	while (!(rc = check_time(b, until, err))) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int ready = poll(&p, 1, TICK_MS);
		ssize_t n = ready > 0 ? fd_read(fd, piece, sizeof(piece)) : 1;

		if (n <= 0) /* its end, or its death */
			break;
		if (ready > 0)
			buf_bytes(answer, piece, (size_t)n);
		if (answer->failed)
			return err_fail(err, SCOV_E_FORMAT, "more than %d bytes of answer",
				CREDENTIALS_TEXT_MAX);
	}
	explicit_bzero(piece, sizeof(piece));
	return rc;
}

/* The exit status, or -1 when it did not end by itself. */
static int reap(pid_t pid, const struct credentials_search *b, int64_t until)
{
	int status = -1;
	pid_t got = 0;

	while ((got = waitpid(pid, &status, WNOHANG)) == 0 && !check_time(b, until, NULL))
		nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
	if (got == 0) {
		kill(-pid, SIGKILL);
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
		return -1;
	}
	kill(-pid, SIGKILL); /* whatever it started */
	return got == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int run(char *program, struct span server, const struct credentials_search *b,
	struct buf *answer, struct scov_err *err)
{
	int in[2] = { -1, -1 }, out[2] = { -1, -1 };
	pid_t pid = 0;
	int64_t until = clock_ms() + CREDENTIALS_HELPER_MS;

	if (pipe2(in, O_CLOEXEC) < 0)
		return err_fail(err, SCOV_E_IO, "%s", strerror(errno));
	scoped_fd int in_read = in[0], in_write = in[1];

	if (pipe2(out, O_CLOEXEC) < 0)
		return err_fail(err, SCOV_E_IO, "%s", strerror(errno));
	scoped_fd int out_read = out[0], out_write = out[1];

	/* Written before there is a reader that could go away: a name fits the pipe, and no SIGPIPE
	 * can come. */
	if (server.len > PIPE_BUF || fd_write_all(in_write, server.p, server.len) < 0)
		return err_fail(err, SCOV_E_IO, "cannot be given the server's name");
	int spawned = spawn(program, in_read, out_write, &pid);

	fd_close(&in_write);
	fd_close(&out_write);
	if (spawned)
		return err_fail(err, spawned == ENOENT ? SCOV_E_NOT_FOUND : SCOV_E_IO, "%s",
			spawned == ENOENT ? "no such program in PATH" : strerror(spawned));
	int rc = listen_to(out_read, b, until, answer, err);
	int status = reap(pid, b, rc ? 0 : until);

	if (rc || status == 0)
		return rc;
	if (span_has(buf_view(answer), SPAN("credentials not found"))) {
		answer->len = 0;
		return 0;
	}
	return status < 0 ? err_fail(err, SCOV_E_IO, "killed")
			  : err_fail(err, SCOV_E_IO, "exit status %d", status);
}

int helper_get(struct span name, struct span server, const struct credentials_search *bounds,
	struct arena *a, struct credentials *out, struct scov_err *err)
{
	scoped_buf struct buf answer = { .limit = CREDENTIALS_TEXT_MAX };
	char *program = arena_printf(a, "docker-credential-%.*s", SPAN_ARG(name));

	if (!credentials_is_helper_name(name) || !program)
		return err_fail(
			err, SCOV_E_USAGE, "credential helper with a name that is not a word");
	int rc = run(program, server, bounds, &answer, err);

	*out = (struct credentials){ 0 };
	if (!rc && answer.len)
		rc = credentials_parse_helper(buf_view(&answer), a, out, err);
	if (answer.p)
		explicit_bzero(answer.p, answer.cap);
	if (rc)
		err_wrap(err, "credential helper '%s'", program);
	return rc;
}
